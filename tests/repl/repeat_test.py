"""The whole library twice with one seed: records are equal byte for byte but for times.

Usage: python3 repeat_test.py [EXECUTABLE] [unittest options]
"""
import glob
import json
import os
import shutil
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import HERE, ProgramTest  # noqa: E402

MINI = os.path.join(HERE, "..", "..", "stdlib", "assets", "mini")

# A random model that reads mini's tokens, and a few sentences: with layers, heads, languages and kinds of languages
# enough that most experiments come to their statistics.
MAKE = """
local tokenizer = model.load("mini"):tokenizer()
model.new { seed = 3, tokenizer = tokenizer, config = { model_type = "gpt2", n_layer = 10, n_embd = 16, n_head = 4,
  vocab_size = tokenizer:vocab_size(), n_positions = 256 } }:save(arg[1] .. "/model")
for _, code in ipairs { "deu", "eng", "heb", "swa", "tha", "tur" } do
  local file = io.open(("%s/texts/%s.txt"):format(arg[1], code), "w")
  local texts = corpus.load("parallel16", { languages = { code }, sentences = 8 })
  for i = 1, texts:count() do
    file:write(texts:text(i), "\\n")
  end
  file:close()
end
"""


def without_times(path):
    records = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            del record["started"], record["seconds"]
            records[record["id"]] = json.dumps(record, sort_keys=True)
    return records


class RepeatTest(ProgramTest):
    def setUp(self):
        super().setUp()
        if not os.path.isdir(MINI):
            self.skipTest("stdlib/assets/mini is not there")
        os.mkdir(os.path.join(self.folder, "texts"))
        script = self.write("make.lua", MAKE)
        made = self.program("--threads", "1", script, self.folder)
        self.assertEqual(made.returncode, 0, made.stderr)
        shutil.copy(os.path.join(MINI, "tokenizer.json"), os.path.join(self.folder, "model"))
        self.env["RESIDUA_STORE"] = "off"

    def run_all(self, out):
        folder, model = os.path.join(self.folder, out), os.path.join(self.folder, "model")
        done = self.program("--threads", "1", "run", "all", "--quick", "--model", model, "--model2", model,
                            "--texts", os.path.join(self.folder, "texts"), "--out", folder, timeout=600)
        self.assertEqual(done.returncode, 0, done.stderr)
        return without_times(glob.glob(os.path.join(folder, "*", "record.jsonl"))[0])

    def test_two_runs_of_one_seed_are_equal(self):
        one, other = self.run_all("one"), self.run_all("other")
        self.assertGreaterEqual(len(one), 39)
        self.assertEqual([key for key in one if one[key] != other.get(key)], [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
