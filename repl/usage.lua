-- What the command line takes: the text of --help, and the options of each command.
local M = {}

local EVERYWHERE <const> = [==[
Everywhere: --device D (cpu, cuda, cuda:N), --threads N, --traceback (calls below an error),
--help. RESIDUA_STORE names the store, a file, or turns it off.]==]

--- What `residua --help` prints.
M.TEXT = [==[
residua                          session
residua FILE.lua [ARGS]          run a script
residua -e CODE                  run code and show its results
residua run ID... [key=value]    run experiments: T-004, 'T-*', a family (exp, s, t, studies), all
    --model M      a bundled name, a folder, or a Hugging Face id in the local cache
    --model2 M     a second one, for experiments that compare two
    --texts T      a bundled name or a folder
    --out DIR      folder for the records of the runs
    --json FILE    results as JSON; - is standard output
    --seed N       seed of all random choices
    --quick        a small version of each experiment
    --full         the whole experiment
residua list                     list the experiments
residua runs                     list the runs in the store
    show ID        verdicts, params, digests, versions of a run
    compare ID ID  two runs side by side, and what differs in how they were made
    prune          says what could go: results of other versions; with --older DAYS or --all also
                   runs and other results; --yes deletes them
    export [ID...] records as --format jsonl or csv, to --out FILE; - is standard output
    An ID may be cut short, or be that of an experiment for its latest run.
residua info MODEL               family, sizes, params, tokenizer of a model, from its files
    --json         as JSON
    --digest       also the digest of the weights, which reads them all
residua doc [NAME]               show documentation: quant.int, Tensor:matmul, a word
residua new NAME                 start an experiment from a template
residua test [FILE [NAME]]       run the tests of the library: all, a folder (planted/s), one file or
                                 one test
residua doctor                   check this machine
residua stubs [DIR]              write the stubs of the native modules for editors
residua --version                print the version

]==] .. EVERYWHERE

--- Returns what `residua NAME --help` prints.
---@param name string  of a command
---@return string
function M.of(name)
  local lines, inside = {}, false
  for line in M.TEXT:gmatch("[^\n]+") do
    if line:find("^%S") then
      inside = line:find("^residua " .. name .. "%f[%W]")
    end
    lines[#lines + 1] = inside and line or nil
  end
  return table.concat(lines, "\n") .. "\n\n" .. EVERYWHERE
end

--- Options of every command.
M.GENERAL = {
  ["--device"] = { key = "device", value = "D" },
  ["--threads"] = { key = "threads", value = "N", least = 1 },
  ["--traceback"] = { key = "traceback" },
  ["--help"] = { key = "help" },
  ["-h"] = { key = "help" },
}

local function with_general(options)
  for name, option in pairs(M.GENERAL) do
    options[name] = option
  end
  return options
end

--- Options before a command.
M.TOP = with_general({
  ["--version"] = { key = "version" },
  ["-v"] = { key = "version" },
  ["-e"] = { key = "code", value = "CODE" },
})

local RUN <const> = with_general({
  ["--model"] = { key = "model", value = "M" },
  ["--model2"] = { key = "model2", value = "M" },
  ["--texts"] = { key = "texts", value = "T" },
  ["--out"] = { key = "out", value = "DIR" },
  ["--json"] = { key = "json", value = "FILE" },
  ["--seed"] = { key = "seed", value = "N", least = 0 },
  ["--quick"] = { key = "quick" },
  ["--full"] = { key = "full" },
})

local INFO <const> = with_general({
  ["--json"] = { key = "json" },
  ["--digest"] = { key = "digest" },
})

local RUNS <const> = with_general({
  ["--older"] = { key = "older", value = "DAYS", least = 0 },
  ["--all"] = { key = "all" },
  ["--yes"] = { key = "yes" },
  ["--format"] = { key = "format", value = "F" },
  ["--out"] = { key = "out", value = "FILE" },
})

--- Options of the commands that have some of their own.
M.OPTIONS = { run = RUN, runs = RUNS, info = INFO }

return M
