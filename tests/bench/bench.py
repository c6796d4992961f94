"""Times starts and the bundled experiments. Usage: bench.py RESIDUA BARE [RUNS]

Starts are paired, residua and bare in turn, so that a machine whose speed drifts does not matter.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time


os.environ["RESIDUA_STORE"] = "off"


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def bench_start(residua, bare, runs):
    pairs = [(seconds([residua]), seconds([bare])) for _ in range(runs)]
    ours, theirs = (statistics.median(column) for column in zip(*pairs))
    difference = statistics.median(a - b for a, b in pairs)
    print(f"start to prompt and exit  {ours:.3f} s   bare libtorch program {theirs:.3f} s   "
          f"median difference {difference:+.3f} s over {runs} pairs")


def bench_experiments(residua):
    with tempfile.TemporaryDirectory() as out:
        command = [residua, "run", "T-002", "T-004", "T-009", "S-003", "--json", "-", "--out", out]
        lines = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.splitlines()
    for record in map(json.loads, lines):
        print(f"{record['id']}  {record['seconds']:.1f} s on {record['threads']} threads")


if __name__ == "__main__":
    bench_start(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 15)
    bench_experiments(sys.argv[1])
