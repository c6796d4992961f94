"""Tests of sweeps whose store cannot be used: a warning, the same numbers, and the file as it was.

Usage: python3 store_test.py [EXECUTABLE] [unittest options]
"""
import os
import sqlite3
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from program import HERE, ProgramTest  # noqa: E402

MINI = os.path.join(HERE, "..", "..", "stdlib", "assets", "mini")

SWEEP = """
local m, models = model.load("mini"), {}
for bits = 2, 8 do
  models[#models + 1] = m:quantized { with = quant.int { bits = bits } }
end
local rows = sweep { models = models, texts = corpus.load("parallel16", { sentences = 1 }) }
for _, row in ipairs(rows) do
  print(("%.17g"):format(row.loss:mean()))
end
local state = store.state()
print(state and state.found or 0, state and state.written or 0)
"""


class UnusableTest(ProgramTest):
    def setUp(self):
        super().setUp()
        if not os.path.isdir(MINI):
            self.skipTest("stdlib/assets/mini is not there")
        self.store = os.path.join(self.folder, "results.sqlite")
        self.script = self.write("sweep.lua", SWEEP)

    def sweep(self, store):
        """Mean losses of the models, then how many results were found and how many are new; and what was said."""
        self.env["RESIDUA_STORE"] = store
        done = self.program("--threads", "1", self.script)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [float(number) for number in done.stdout.split()], done.stderr

    def check(self, message):
        with open(self.store, "rb") as file:
            before = file.read()
        numbers, said = self.sweep(self.store)
        self.assertRegex(said, r"\Awarning: " + self.store + ": " + message + r"[^\n]*\n\Z")
        expected, nothing = self.sweep("off")
        self.assertEqual((len(numbers), numbers[-2:], nothing), (9, [0, 0], ""))
        for one, other in zip(numbers, expected):  # other processes may round otherwise
            self.assertAlmostEqual(one, other, delta=1e-6)
        with open(self.store, "rb") as file:
            self.assertEqual(file.read(), before)

    def make_store(self):
        self.env["RESIDUA_STORE"] = self.store
        self.assertEqual(self.program("-e", "store.open():release()").returncode, 0)

    def test_foreign(self):
        self.write("results.sqlite", "not a store")
        self.check("no store, or a damaged one")

    def test_newer(self):
        self.make_store()
        database = sqlite3.connect(self.store)
        database.execute("PRAGMA user_version = 99")
        database.execute("PRAGMA journal_mode = DELETE")
        database.close()
        self.check("store of a newer Residua")

    def test_damaged(self):
        self.make_store()
        with open(self.store, "r+b") as file:
            file.seek(100)
            file.write(bytes(1000))
        self.check("damaged")


if __name__ == "__main__":
    unittest.main(verbosity=2)
