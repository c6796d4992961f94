#!/usr/bin/env python3
"""Time to the first loss and peak memory, for a synthetic checkpoint of a published shape.

    python3 tests/bench/loading.py build/residua FOLDER [--shape bloom-560m | llama-7b | gpt2-124m] [--sentences N]
                                   [--peer PYTHON]   # a Python with transformers, run on the same tokens

FOLDER receives the checkpoint (1.1 GB for bloom-560m in float16, 13.5 GB for llama-7b in bfloat16, 0.5 GB for
gpt2-124m in float32); checkpoints.py makes it once, and it is kept.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from checkpoints import SHAPES, make

# Each prints the seconds up to the loaded model and to the loss, and the loss.
LUA = """
local start = system.clock()
local m = model.load(arg[1])
local loaded = system.clock() - start
local loss = m:loss(corpus.load("parallel16", { sentences = tonumber(arg[2]) }))
print(json.encode { loaded = loaded, done = system.clock() - start, nats = loss:total() })
"""
TOKENS = """
local tok = model.load(arg[1]):tokenizer()
local texts = corpus.load("parallel16", { sentences = tonumber(arg[2]) })
for i = 1, texts:count() do print(json.encode(tok:encode(texts:text(i)))) end
"""
PEER = """
import json, sys, time, torch
from transformers import AutoModelForCausalLM
torch.set_num_threads(int(sys.argv[3]))
start = time.monotonic()
model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
loaded = time.monotonic() - start
nats = 0
with torch.no_grad():
    for line in open(sys.argv[2]):
        ids = torch.tensor([json.loads(line)])
        logits = model(ids, use_cache=False).logits[0, :-1]
        nats += torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum").item()
print(json.dumps({"loaded": loaded, "done": time.monotonic() - start, "nats": nats}))
"""


def run(label, command):
    """Runs a command in a process of its own, whose peak memory is then its own."""
    read, write = os.pipe()
    start = time.monotonic()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1)])
    os.close(write)
    with open(read) as out:
        lines = out.read().splitlines()
    _, status, usage = os.wait4(pid, 0)
    seconds = time.monotonic() - start
    if status:
        sys.exit(f"{label} failed")
    facts = json.loads(lines[-1])
    print(f"{label:14} loaded {facts['loaded']:7.2f} s   loss {facts['done']:7.2f} s   whole process {seconds:7.2f} s   "
          f"peak {usage.ru_maxrss / 2**20:6.2f} GiB   {facts['nats']:.4f} nats", flush=True)
    return facts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("residua")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shape", choices=SHAPES, default="bloom-560m")
    parser.add_argument("--sentences", type=int, default=4)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--peer")
    args = parser.parse_args()
    make(args.folder, args.shape)
    with tempfile.TemporaryDirectory() as scratch:
        scripts = {name: Path(scratch) / name for name in ("loss.lua", "tokens.lua", "peer.py", "tokens")}
        for name, text in (("loss.lua", LUA), ("tokens.lua", TOKENS), ("peer.py", PEER)):
            scripts[name].write_text(text)
        inputs = [str(args.folder), str(args.sentences)]
        residua = [args.residua, "--threads", str(args.threads)]
        ours = run("residua", [*residua, str(scripts["loss.lua"]), *inputs])
        if not args.peer:
            return
        with open(scripts["tokens"], "w") as file:
            subprocess.run([*residua, str(scripts["tokens.lua"]), *inputs], stdout=file, check=True)
        theirs = run("transformers", [args.peer, str(scripts["peer.py"]), inputs[0], str(scripts["tokens"]),
                                      str(args.threads)])
        print(f"ratio of times to the loss {theirs['done'] / ours['done']:.2f}, "
              f"relative difference of the losses {abs(ours['nats'] / theirs['nats'] - 1):.1e}")


if __name__ == "__main__":
    main()
