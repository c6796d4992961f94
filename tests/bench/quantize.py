#!/usr/bin/env python3
"""Quantizing one large matrix: time beside the PyTorch expression of the same, and peak memory.

    python3 tests/bench/quantize.py build/residua --peer PYTHON [--rows 250000] [--columns 1024] [--repeats 3]

PYTHON has torch. Both make a random float32 matrix, quantize it to INT4 with absmax per channel, per group of 128 and
with the MSE search per channel (the same candidates), and report the median seconds and by how many bytes their peak
memory exceeds the matrix itself, over the size of the matrix: 1.0 is one extra copy. Threads are those of the machine.
"""

import argparse
import json
import subprocess

OURS = """
local rows, columns, repeats = %d, %d, %d
local function peak()
  for line in io.lines("/proc/self/status") do
    local kib = line:match("VmHWM:%%s+(%%d+)")
    if kib then return kib * 1024 end
  end
end
local w = tensor.randn(1, rows, columns)
local size = rows * columns * 4
local schemes = { channel = quant.int { bits = 4 }, group = quant.int { bits = 4, per = "group", group = 128 },
  mse = quant.int { bits = 4, clip = "mse" } }
for _, name in ipairs { "channel", "group", "mse" } do
  local times = {}
  io.open("/proc/self/clear_refs", "w"):write("5"):close() -- the peak starts anew
  local before = peak()
  for i = 1, name == "mse" and 1 or repeats do
    local start = system.clock()
    local q = schemes[name]:apply(w)
    times[i] = system.clock() - start
    q:release()
  end
  table.sort(times)
  print(json.encode { scheme = name, seconds = times[(#times + 1) // 2], copies = (peak() - before) / size })
end
"""

THEIRS = """
import json, resource, statistics, time, torch
rows, columns, repeats = %d, %d, %d
w = torch.randn(rows, columns, generator=torch.Generator().manual_seed(1))
size = w.numel() * 4

def peak():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1]) * 1024

def channel(w, share=1.0):
    scale = w.abs().amax(1, keepdim=True) * share / 7
    return torch.round(w / scale).clamp_(-7, 7).mul_(scale)

def group(w):
    return channel(w.view(-1, 128)).view(w.shape)

def mse(w):
    best, least = torch.ones(len(w), 1), torch.full((len(w), 1), float("inf"))
    def attempt(share):
        error = (channel(w, share) - w).square_().sum(1, keepdim=True)
        better = error < least
        least[better], best[better] = error[better], share.expand_as(best)[better] if torch.is_tensor(share) else share
    for share in [part / 64 for part in range(64, 3, -1)] + [1 / 24 / 1.5**k for k in range(15)]:
        attempt(share)
    for part in [p for p in range(-7, 8) if p]:
        attempt(best + part / 512)
    return channel(w, best)

for name, work in (("channel", channel), ("group", group), ("mse", mse)):
    times = []
    open("/proc/self/clear_refs", "w").write("5")
    before = peak()
    for _ in range(1 if name == "mse" else repeats):
        start = time.perf_counter()
        work(w)
        times.append(time.perf_counter() - start)
    print(json.dumps({"scheme": name, "seconds": statistics.median(times), "copies": (peak() - before) / size}))
"""


def run(command):
    lines = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()
    return {record["scheme"]: record for record in map(json.loads, lines)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("residua")
    parser.add_argument("--peer", required=True)
    parser.add_argument("--rows", type=int, default=250_000)
    parser.add_argument("--columns", type=int, default=1024)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    sizes = (options.rows, options.columns, options.repeats)
    ours = run([options.residua, "-e", OURS % sizes])
    theirs = run([options.peer, "-c", THEIRS % sizes])
    print(f"{'scheme':8} {'residua':>10} {'torch':>10} {'ratio':>7}   extra copies of the matrix")
    for name, mine in ours.items():
        other = theirs[name]
        print(f"{name:8} {mine['seconds']:8.2f} s {other['seconds']:8.2f} s {other['seconds'] / mine['seconds']:6.2f}x   "
              f"{mine['copies']:.2f} / {other['copies']:.2f}")


if __name__ == "__main__":
    main()
