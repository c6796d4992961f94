#!/usr/bin/env python3
"""Throughput of encoding beside Hugging Face's tokenizers, for the pipelines of tests/golden/tokenizer, in one run.

    python3 tests/bench/tokenizers.py build/residua PYTHON [--texts FOLDER] [--lines N] [--repeats N] [PIPELINE...]

PYTHON has the `tokenizers` library. The texts are all languages of NTREX-128 in FOLDER, by default
$RESIDUA_DATA/ntrex128, of each the first N lines (all by default). Both sides encode the same lines with one thread and
print MB/s (10^6 bytes of UTF-8 per second): one call per line, and one call for all lines (encode_corpus, encode_batch;
Hugging Face's then also works through them one after the other). Each measurement is a process of its own, which reads
the texts and loads the tokenizer before the clock starts; the sides take turns, which of them goes first alternates,
and the figures are medians over the repeats. The number of tokens must be the same on both sides.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests/golden/tokenizer"
PIPELINES = ["gpt2", "opt", "bloom", "neox", "llama3", "qwen2", "llama2", "mistral", "gemma", "xglm", "mixed"]

# Each prints the seconds for one call per line and for one call for all, and the number of tokens.
LUA = """
local encoder = tokenizer.load(arg[1])
local texts = corpus.load(arg[2])
local lines = {}
for i = 1, texts:count() do lines[i] = texts:text(i) end
local count, start = 0, system.clock()
for _, line in ipairs(lines) do count = count + #encoder:encode(line) end
local one = system.clock() - start
encoder = tokenizer.load(arg[1])
start = system.clock()
encoder:encode_corpus(texts)
print(json.encode { one = one, all = system.clock() - start, tokens = count })
"""
PEER = """
import json, sys, time
from tokenizers import Tokenizer
encoder = Tokenizer.from_file(sys.argv[1])
lines = [json.loads(line)["text"] for line in open(sys.argv[2], encoding="utf-8")]
start = time.monotonic()
count = sum(len(encoder.encode(line).ids) for line in lines)
one = time.monotonic() - start
encoder = Tokenizer.from_file(sys.argv[1])
start = time.monotonic()
encoder.encode_batch(lines)
print(json.dumps({"one": one, "all": time.monotonic() - start, "tokens": count}))
"""


def write_texts(folder, limit, file):
    """All languages as lines of JSON; returns the bytes of their texts."""
    size = 0
    with open(file, "w", encoding="utf-8") as out:
        for path in sorted(folder.glob("newstest2019-*.txt")):
            lines = path.read_text(encoding="utf-8").split("\n")
            kept = [(number, line) for number, line in enumerate(lines[:limit], 1) if line.strip()]
            for number, line in kept:
                size += len(line.encode())
                fields = {"language": path.name.split(".")[1], "sentence": number, "text": line}
                out.write(json.dumps(fields, ensure_ascii=False) + "\n")
    if size == 0:
        sys.exit(f"no newstest2019-*.txt in {folder}: name the folder of NTREX-128 by --texts or RESIDUA_DATA")
    return size


def seconds(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True,
                            env=os.environ | {"TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"})
    return json.loads(result.stdout.splitlines()[-1])


def measure(name, commands, repeats, size):
    """Runs both sides by turns and prints a line of medians; returns the ratios, ours over theirs."""
    file = str(GOLDEN / f"{name}.tokenizer.json")
    runs = {side: [] for side in commands}
    for repeat in range(repeats):
        for side in sorted(commands, reverse=repeat % 2 == 1):
            runs[side].append(seconds(commands[side](file)))
    tokens = {run["tokens"] for side in runs.values() for run in side}
    if len(tokens) != 1:
        sys.exit(f"{name}: the sides differ in the number of tokens: {sorted(tokens)}")
    speed = {(side, how): statistics.median(size / 1e6 / run[how] for run in results)
             for side, results in runs.items() for how in ("one", "all")}
    ratios = [speed["residua", how] / speed["tokenizers", how] for how in ("one", "all")]
    print(f"{name:9}" + "".join(
        f"   {label}: {speed['residua', how]:6.2f} and {speed['tokenizers', how]:6.2f} MB/s, ratio {ratio:5.2f}"
        for label, how, ratio in zip(("line by line", "all at once"), ("one", "all"), ratios)), flush=True)
    return ratios


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("residua")
    parser.add_argument("python")
    parser.add_argument("pipelines", nargs="*", default=PIPELINES, metavar="PIPELINE")
    parser.add_argument("--texts", type=Path,
                        default=Path(os.environ.get("RESIDUA_DATA", ROOT.parent / "shared/data")) / "ntrex128")
    parser.add_argument("--lines", type=int)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        texts, lua, peer = (str(Path(scratch) / name) for name in ("texts.jsonl", "ours.lua", "peer.py"))
        Path(lua).write_text(LUA)
        Path(peer).write_text(PEER)
        size = write_texts(args.texts, args.lines, texts)
        print(f"{size / 1e6:.2f} MB, medians of {args.repeats}; residua and tokenizers:")
        commands = {"residua": lambda file: [args.residua, "--threads", "1", lua, file, texts],
                    "tokenizers": lambda file: [args.python, peer, file, texts]}
        least = min(ratio for name in args.pipelines for ratio in measure(name, commands, args.repeats, size))
        print(f"least ratio {least:.2f}")


if __name__ == "__main__":
    main()
