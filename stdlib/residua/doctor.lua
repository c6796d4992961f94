-- Checks the machine: libraries, threads, speed, and what to do where something is slow or missing.

local aligned = require("residua.aligned")
local system = require("residua.system")

local M = {}

local SLOW_PER_THREAD = 25 -- GFLOP/s; a reference BLAS gives 4, OpenBLAS and oneDNN 50 to 220

-- What is wrong, as { problem, what to do }.
local function find_problems(facts)
  local problems = {}
  if facts.gflops < SLOW_PER_THREAD * facts.threads then
    problems[#problems + 1] = {
      ("matrix products run at %.0f GFLOP/s, slow for %d threads"):format(facts.gflops, facts.threads),
      (facts.libraries.mkl or facts.libraries.blas:find("openblas", 1, true)) and "stop other programs"
        or "stop other programs, or install a fast BLAS: apt-get install libopenblas0-openmp",
    }
  end
  if not facts.mini then
    problems[#problems + 1] = { "the bundled model mini is missing",
      "restore stdlib/assets/mini, or train it with scripts/train_mini.lua" }
  end
  return problems
end

--- Returns what the machine has: libraries, device, threads, cores, measured gflops, whether mini is there.
---@param n? integer  size of the matrices that are multiplied; 1024 by default
---@return table
---@example
---assert(require("residua.doctor").facts(256).gflops > 0)
function M.facts(n)
  return { libraries = system.libraries(), device = system.device(), threads = system.threads(), cores = system.cores(),
    gflops = system.gflops(n or 1024), mini = require("residua.assets").path("mini") ~= "mini" }
end

--- Prints the state of the machine and what to do about problems.
---@return integer status  0 when all is well, 1 otherwise
function M.report()
  local facts = M.facts()
  local libraries = facts.libraries
  print(aligned {
    { "residua", system.version() },
    { "lua", _VERSION },
    { "libtorch", libraries.libtorch },
    { "BLAS", libraries.mkl and "MKL, inside libtorch" or libraries.blas },
    { "products", libraries.products .. " (the faster of oneDNN and the BLAS here)" },
    { "oneDNN", libraries.onednn and (libraries.config:match("DNN v([%d.]+)") or "yes") or "no" },
    { "CUDA", libraries.cuda and "yes" or "no" },
    { "device", facts.device },
    { "threads", ("%d of %d cores"):format(facts.threads, facts.cores) },
    { "speed", ("%.0f GFLOP/s (float32 products of 1024 x 1024)"):format(facts.gflops) },
    { "mini", facts.mini and "there" or "missing" },
  })
  if facts.threads < facts.cores then
    print("note: --threads or OMP_NUM_THREADS leaves cores unused")
  end
  local problems = find_problems(facts)
  for _, problem in ipairs(problems) do
    print(("problem: %s; %s"):format(problem[1], problem[2]))
  end
  return #problems == 0 and 0 or 1
end

return M
