std = "lua54"
max_line_length = 120
-- The modules of the library, which the host gives to scripts.
read_globals = {
  "capture", "corpus", "disparity", "divergence", "experiment", "given", "help", "json", "model", "plan",
  "plot", "quant", "range", "rate", "run", "search", "stats", "store", "sweep", "system", "table_of", "tensor",
  "tokenizer", "train",
}
exclude_files = { "stdlib/residua/meta" }
ignore = { "212/_.*", "213/_.*" }
