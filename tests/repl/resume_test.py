"""Kills a sweep at random moments: the store loses nothing, and the next run computes only what is missing.

Usage: python3 resume_test.py [EXECUTABLE] [--kills N]
"""
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
KILLS = int(sys.argv.pop(sys.argv.index("--kills") + 1)) if "--kills" in sys.argv else 8
if "--kills" in sys.argv:
    sys.argv.remove("--kills")
from program import EXE, ProgramTest  # noqa: E402

# 24 models, 64 texts; a batch of few tokens, so that results come in many portions.
SWEEP = """
local m = model.load("mini")
local texts, models = corpus.load("parallel16", { sentences = 4 }), {}
for layer = 0, m:layers() - 1 do
  models[#models + 1] = m:quantized(quant.sane { protect = { layer } })
  models[#models + 1] = m:quantized(quant.naive { protect = { layer } })
end
io.stdout:write("started\\n"):flush()
local rows, nll = sweep { models = models, texts = texts, memory = 0.002 }, {}
for i, row in ipairs(rows) do nll[i] = row.loss.nll end
print(json.encode { nll = nll, remembered = rows.report.remembered })
"""
MODELS, TEXTS = 24, 64


class ResumeTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.script = self.write("sweep.lua", SWEEP)
        self.store = os.path.join(self.folder, "results.sqlite")

    def start(self, store):
        return subprocess.Popen([EXE, "--threads", "1", self.script], env={**self.env, "RESIDUA_STORE": store},
                                text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def finish(self, store):
        start = time.monotonic()
        with self.start(store) as process:
            out, errors = process.communicate(timeout=600)
        self.assertEqual(process.returncode, 0, errors)
        return json.loads(out.splitlines()[-1]), time.monotonic() - start

    def on_disk(self):
        if not os.path.exists(self.store):
            return 0
        database = sqlite3.connect(self.store, timeout=30)
        try:
            return database.execute("SELECT count(*) FROM results").fetchone()[0]
        except sqlite3.OperationalError:  # killed before the tables were made
            return 0
        finally:
            database.close()

    def test_nothing_is_lost_or_computed_twice(self):
        expected, seconds = self.finish("off")
        self.assertEqual(expected["remembered"], 0)
        random.seed(7)
        portions, known = set(), 0
        for _ in range(KILLS):
            with self.start(self.store) as process:
                process.stdout.readline()
                time.sleep(random.uniform(0, 0.9 * seconds))
                process.send_signal(signal.SIGKILL)
                process.communicate()
            count = self.on_disk()
            self.assertGreaterEqual(count, known)
            known = count
            portions.add(count)
            if count == MODELS * TEXTS:  # complete: begin anew
                for suffix in ("", "-wal", "-shm"):
                    if os.path.exists(self.store + suffix):
                        os.remove(self.store + suffix)
                known = 0
        result, _ = self.finish(self.store)
        self.assertEqual(result["remembered"], known)
        self.assertEqual(self.on_disk(), MODELS * TEXTS)
        for one, other in zip(result["nll"], expected["nll"]):
            for a, b in zip(one, other):
                self.assertAlmostEqual(a, b, delta=1e-6 * abs(b))
        again, _ = self.finish(self.store)
        self.assertEqual((again["remembered"], again["nll"]), (MODELS * TEXTS, result["nll"]))
        print(f"{KILLS} kills, results on disk after each: {sorted(portions)}")

    def test_an_interrupt_keeps_what_is_done(self):
        with self.start(self.store) as process:
            process.stdout.readline()
            while process.poll() is None and self.on_disk() == 0:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
        self.assertEqual((process.returncode, errors), (130, "interrupted\n"))
        kept = self.on_disk()
        self.assertTrue(0 < kept < MODELS * TEXTS, kept)
        result, _ = self.finish(self.store)
        self.assertEqual(result["remembered"], kept)


if __name__ == "__main__":
    unittest.main()
