-- Through the command line: whatever is wrong, one line that names it and says what to do, and no crash.
local support = require("tests.lua.support")
local t = require("residua.testing")

local test = t.suite()

-- A folder with a tiny model in it, which a test then breaks.
local function with_model()
  local folder = support.folder()
  support.model():save(folder.path .. "/model", { dtype = "float32", tokenizer = support.tokenizer_json() })
  folder:write("texts/eng.txt", "One.\nTwo.\n")
  return folder
end

local function run_experiment(folder, arguments)
  local command = "run T-004 --threads 1 --model DIR/model --texts DIR/texts --out DIR/runs ARGUMENTS"
  return support.run((command:gsub("%u%u%u+", { DIR = folder.path, ARGUMENTS = arguments or "" })))
end

-- Checks the exit status, and that standard error is one line that holds all of `parts`.
local function check(status, err, expected, parts)
  t.eq(status, expected, err)
  t.eq(select(2, err:gsub("\n", "\n")), 1, "lines of: " .. err)
  t.ok(err:find("\n$"), err)
  for _, part in ipairs(parts) do
    t.ok(err:find(part, 1, true), ("'%s' does not say '%s'"):format(err, part))
  end
  t.ok(not err:find("stack traceback", 1, true) and not err:find("attempt to", 1, true), err)
end

local function check_broken(folder, parts)
  local _, err, status = run_experiment(folder, "sentences=1")
  check(status, err, 1, parts)
end

function test.a_missing_model()
  local folder <close> = support.folder()
  folder:write("texts/eng.txt", "One.\n")
  check_broken(folder, { folder.path .. "/model", "no such folder", ";" })
end

function test.missing_texts()
  local folder <close> = with_model()
  local _, err, status = support.run(("run T-004 --model '%s/model' --texts /no/such/texts"):format(folder.path))
  check(status, err, 1, { "no texts '/no/such/texts': no such file or folder; parallel16 is bundled" })
end

function test.a_corrupt_config()
  local folder <close> = with_model()
  local path = folder:write("model/config.json", '{"model_type": "gpt2", ')
  check_broken(folder, { path .. ": not valid JSON at byte", "; check or download the file again" })
  folder:write("model/config.json", '{"model_type": "gpt2", "n_layer": -3}')
  check_broken(folder, { path, "n_", ";" })
end

function test.truncated_weights()
  local folder <close> = with_model()
  local path = folder.path .. "/model/model.safetensors"
  local whole = support.read(path)
  for _, size in ipairs({ 0, 5, 100, #whole // 2, #whole - 1 }) do
    folder:write("model/model.safetensors", whole:sub(1, size))
    check_broken(folder, { path, ";" })
  end
end

function test.weights_that_are_no_numbers()
  local folder <close> = with_model()
  local whole = support.read(folder.path .. "/model/model.safetensors")
  local header = 8 + string.unpack("<I8", whole)
  local nan = string.pack("<f", 0 / 0)
  folder:write("model/model.safetensors", whole:sub(1, header) .. nan .. whole:sub(header + 5))
  check_broken(folder, { "model", "holds NaN or infinite values", ";" })
end

function test.a_corrupt_tokenizer()
  local folder <close> = with_model()
  local path = folder:write("model/tokenizer.json", support.tokenizer_json():sub(1, 500))
  check_broken(folder, { path .. ": not valid JSON at byte", ";" })
  folder:write("model/tokenizer.json", "{}")
  check_broken(folder, { path, ";" })
end

function test.a_model_without_tokenizer()
  local folder <close> = with_model()
  os.remove(folder.path .. "/model/tokenizer.json")
  check_broken(folder, { "has no tokenizer; put its tokenizer.json into the model's folder" })
end

function test.empty_texts()
  local folder <close> = with_model()
  local path = folder:write("texts/eng.txt", "")
  check_broken(folder, { path .. ": no sentence", ";" })
  folder:write("texts/eng.txt", "One.\n\xff\xfe\n")
  check_broken(folder, { path .. ": not UTF-8 at", ";" })
end

function test.texts_longer_than_the_context()
  local folder <close> = with_model()
  folder:write("texts/eng.txt", ("x"):rep(5000) .. "\n")
  check_broken(folder, { "text 1 has", "tokens", ";" })
end

function test.wrong_options_of_the_program()
  local _, err, status = support.run("run T-004 --modle mini")
  check(status, err, 2, { "unknown option '--modle' (did you mean '--model'?)" })
  _, err, status = support.run("rnu T-004")
  check(status, err, 2, { "no command or file 'rnu' (did you mean 'run'?)" })
end

function test.wrong_options_of_a_function()
  local folder <close> = support.folder()
  local script = folder:write("script.lua", 'local bits = 4\nlocal q = quant.int { bist = bits }\nprint(q)\n')
  local _, err, status = support.run(script)
  check(status, err, 1, { script .. ":2: ", "quant.int: unknown option 'bist' (did you mean 'bits'?)" })
end

function test.unknown_experiments()
  local folder <close> = with_model()
  local _, err, status = support.run("run T-0044")
  check(status, err, 2, { "no experiment 'T-0044'", "residua list shows them all" })
  _, err, status = run_experiment(folder, "no/such/file.lua")
  check(status, err, 2, { "no experiment 'no/such/file.lua'" })
end

function test.unknown_parameters()
  local folder <close> = with_model()
  local _, err, status = run_experiment(folder, "bist=3")
  check(status, err, 2, { "T-004 has no parameter 'bist' (did you mean 'bits'?); parameters are" })
end

function test.parameters_out_of_range()
  local folder <close> = with_model()
  local _, err, status = run_experiment(folder, "bits=40 sentences=1")
  check(status, err, 1, { "T-004", "2 to 8" })
end

function test.fewer_sentences_than_one()
  local folder <close> = with_model()
  local _, err, status = run_experiment(folder, "sentences=0")
  check(status, err, 1, { "cannot keep 0 sentences", "; give" })
end

return test
