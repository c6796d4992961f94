#!/usr/bin/env python3
"""Losses of one model and sweeps of many, beside transformers on the same tokens, weights and cores, in one session.

    python3 tests/bench/sweep.py build/residua FOLDER --peer PYTHON [--shape gpt2-124m | bloom-560m] [--rows NAME...]
                                 [--sentences N] [--points N] [--threads N] [--layers N]

PYTHON has torch, transformers and tokenizers. FOLDER receives the checkpoints, made once (0.5 and 1.1 GB), with a
byte-level BPE trained on parallel16. Without --shape the first row runs on both shapes, the others on GPT-2's.
Everything is quantized to symmetric INT4 per output channel. The peer loads the model once; for every plan it quantizes
in place, computes all losses the faster of two ways (one by one, batched by length), and restores the weights. Where it
computes some of the plans, evenly spread, its time is multiplied. Losses must agree to 1e-4 in every text.
"""

import argparse
import dataclasses
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from checkpoints import ROOT, TOKENIZER, make

HERE = Path(__file__).resolve().parent
VOCABULARY = 2000  # about 42 tokens a sentence
STARTS = 5
TOLERANCE = 1e-4


@dataclasses.dataclass
class Work:
    title: str
    sentences: int
    least: float
    aim: float
    points: int = None     # plans that the peer computes; all
    languages: list = None  # all 16


WORKS = {
    "nll": Work("NLL of one model", 64, 3, 3.6),
    "single": Work("plans of a single layer", 8, 4, 5),
    "grid-params": Work("Exp-088 grid by param", 8, 12, 16),
    "grid-rows": Work("Exp-088 grid by rows", 8, 3, 4, points=8),
    "sets": Work("all protected sets of 12 layers", 8, 10, 14, points=64, languages=["eng"]),
    "start": Work("start to first NLL", 1, 6, 10),
}
SHARE = (0.75, 0.85)  # of the sgemm peak, in the first row
MEMORY = 10           # times less than the peer, in the first row

TRAIN = """
import sys
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
encoder = Tokenizer(models.BPE())
encoder.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
encoder.decoder = decoders.ByteLevel()
encoder.train(sys.argv[3:], trainers.BpeTrainer(vocab_size=int(sys.argv[2]), show_progress=False,
                                                initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
encoder.save(sys.argv[1])
"""
START_LUA = "print(model.load(arg[1]):loss(corpus.of { eng = { arg[2] } }):total())"
START_PEER = """
import sys, torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM
torch.set_num_threads(int(sys.argv[3]))
model = AutoModelForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
ids = torch.tensor([Tokenizer.from_file(sys.argv[1] + "/tokenizer.json").encode(sys.argv[2]).ids])
with torch.no_grad():
    logits = model(ids, use_cache=False).logits[0, :-1]
print(torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum").item())
"""


def last_line(command, threads):
    """What a process of its own prints last."""
    environment = os.environ | {"RESIDUA_STORE": "off", "OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1",
                                "HF_HUB_DISABLE_PROGRESS_BARS": "1", "TRANSFORMERS_VERBOSITY": "error"}
    result = subprocess.run(command, stdout=subprocess.PIPE, env=environment, text=True)
    if result.returncode:
        sys.exit(f"{Path(command[0]).name} failed with status {result.returncode}")
    return json.loads(result.stdout.splitlines()[-1])


def flops_of(config, tokens):
    """Per text of t tokens and width w: 24 w^2 t of the products of a layer (q, k, v, out: 4 w^2 weights; mlp: 8 w^2;
    two FLOPs each), 2 w t (t + 1) of its attention (scores and mix, 2 w each per causal pair of tokens), and
    2 w V (t - 1) of the head, for the predicted tokens alone."""
    w, v = config.get("n_embd") or config["hidden_size"], config["vocab_size"]
    lengths = [len(text) for text in tokens]
    return {"layer": sum(24 * w * w * t for t in lengths), "attention": sum(2 * w * t * (t + 1) for t in lengths),
            "head": sum(2 * w * v * (t - 1) for t in lengths)}


def trie_flops(flops, keys):
    """Models that agree on their first layers compute these once, equal models the head as well."""
    prefixes = {tuple(key[:depth]) for key in keys for depth in range(1, len(key) + 1)}
    return len(prefixes) * (flops["layer"] + flops["attention"]) + len(set(map(tuple, keys))) * flops["head"]


def difference(ours, theirs):
    """The greatest relative difference of the NLL of a text."""
    flat = [[value for part in side for value in (part if isinstance(part, list) else [part])]
            for side in (ours, theirs)]
    return max(abs(a - b) / max(abs(b), 1e-9) for a, b in zip(*flat, strict=True))


class Bench:
    def __init__(self, args, scratch):
        self.args, self.scratch = args, scratch
        self.peaks = {"residua": [], "torch": []}  # GFLOP/s
        self.rows, self.shares = [], []

    def checkpoint(self, shape):
        name = shape + (f"-{self.args.layers}-layers" if self.args.layers else "")
        folder = self.args.folder / name
        config = make(folder, shape, self.args.layers)
        file = folder / "tokenizer.json"
        if file.read_bytes() == TOKENIZER.read_bytes():
            texts = sorted(map(str, (ROOT / "stdlib/assets/parallel16").glob("*.txt")))
            subprocess.run([self.args.peer, "-I", "-c", TRAIN, str(file), str(VOCABULARY), *texts], check=True)
        return name, folder, config

    def residua(self, *arguments):
        return last_line([self.args.residua, "--threads", str(self.args.threads), *arguments], self.args.threads)

    def peer(self, *arguments):  # -I: this folder's tokenizers.py is not the library
        return last_line([self.args.peer, "-I", *arguments], self.args.threads)

    def row(self, title, ours, theirs, work, agree, facts=()):
        ratio = theirs / ours
        self.rows.append((title, f"{ours:.2f} s", f"{theirs:.2f} s", f"{ratio:.2f}x", f"{work.least}x, {work.aim}x",
                          facts, f"{'yes' if agree <= TOLERANCE else 'NO'} ({agree:.0e})"))
        return ratio

    def both_sides(self, name, work, folder):
        sentences = self.args.sentences or work.sentences
        job = {"folder": str(folder), "work": name, "sentences": sentences, "languages": work.languages,
               "points": self.args.points or work.points}
        ours = self.residua(str(HERE / "sweep.lua"), json.dumps({k: v for k, v in job.items() if v is not None}))
        print(f"  residua {ours['seconds']:.2f} s; sgemm {ours['gflops']:.0f} GFLOP/s", flush=True)
        file = self.scratch / "job.json"
        asked = {key: ours[key] for key in ("texts", "tokens", "warm", "plans") if key in ours}
        file.write_text(json.dumps(asked | {"folder": str(folder), "threads": self.args.threads}))
        theirs = self.peer(str(HERE / "peer_sweep.py"), str(file))
        ways = ", ".join(f"one model {way} {facts['seconds']:.2f} s and {facts['peak'] / 2**20:.0f} MiB"
                         for way, facts in theirs["ways"].items())
        print(f"  peer {theirs['seconds']:.2f} s ({ways}); mm {theirs['gflops']:.0f} GFLOP/s", flush=True)
        for side, result in (("residua", ours), ("torch", theirs)):
            self.peaks[side].append(result["gflops"])
        return ours, theirs

    def compare(self, name, shape, folder, config):
        work = WORKS[name]
        print(f"{work.title}, {shape}", flush=True)
        ours, theirs = self.both_sides(name, work, folder)
        keys = ours.get("keys") or [list(range(config.get("n_layer")))]
        computed = len(ours["plans"]) if "plans" in ours else 1
        flops = flops_of(config, ours["tokens"])
        trie = trie_flops(flops, keys)
        seconds = theirs["seconds"] * len(keys) / computed
        agree = difference(ours["nats"], theirs["nats"])
        count = sum(map(len, ours["tokens"]))
        title = f"{work.title}, {shape}: {len(keys)} x {len(ours['tokens'])} texts of {count} tokens"
        if computed < len(keys):
            title += f", peer from {computed}"
        ratio = self.row(title, ours["seconds"], seconds, work, agree, (trie, ours["seconds"], seconds))
        print(f"  ratio {ratio:.2f}, losses differ by {agree:.1e}; one model "
              + ", ".join(f"{part} {value * (1 if part == 'head' else len(keys[0])) / 1e12:.3f}"
                          for part, value in flops.items())
              + f", all with shared prefixes {trie / 1e12:.3f} TFLOP", flush=True)
        if name == "nll":
            self.shares.append((shape, trie, ours["seconds"]))
            self.memory(shape, ours["peak"], theirs["peak"])

    def memory(self, shape, ours, theirs):
        """The peak while the losses are computed, less what is resident after a short text, on both sides: weights,
        libraries and what loading left are in neither figure. The peer's is that of its faster way."""
        self.rows.append((f"peak memory above the weights, {shape}", f"{ours / 2**20:.0f} MiB",
                          f"{theirs / 2**20:.0f} MiB", f"{theirs / max(ours, 1):.1f}x", f"{MEMORY}x", (), ""))
        print(f"  peak above the weights {ours / 2**20:.0f} and {theirs / 2**20:.0f} MiB", flush=True)

    def start(self, shape, folder):
        script = self.scratch / "start.lua"
        script.write_text(START_LUA)
        text = (ROOT / "stdlib/assets/parallel16/eng.txt").read_text(encoding="utf-8").splitlines()[0]
        runs = {self.residua: (str(script), str(folder), text),
                self.peer: ("-c", START_PEER, str(folder), text, str(self.args.threads))}
        seconds, nats = {side: [] for side in runs}, []
        for _ in range(STARTS):
            for side, arguments in runs.items():
                begin = time.monotonic()
                nats.append(side(*arguments))
                seconds[side].append(time.monotonic() - begin)
        ours, theirs = map(statistics.median, seconds.values())
        title = f"{WORKS['start'].title}, {shape}"
        ratio = self.row(title, ours, theirs, WORKS["start"], difference(nats[:1], nats[1:2]))
        print(f"{title}\n  residua {ours:.2f} s, peer {theirs:.2f} s, ratio {ratio:.2f}", flush=True)

    @staticmethod
    def at_peak(facts, peak):
        """If the FLOPs of the trie were all there is and ran at the sgemm peak: the ratio, which no float32 runner could
        exceed, and Residua's time over that time."""
        if not facts:
            return "", ""
        flops, ours, theirs = facts
        seconds = flops / (peak * 1e9)
        return f"{theirs / seconds:.2f}x", f"{ours / seconds:.2f}"

    def table(self):
        peak, other = (max(speeds, default=0) for speeds in self.peaks.values())
        print("\n| work | Residua | peer | ratio | at least, aim | ratio at the peak | time over that at the peak | "
              "losses agree |\n|---|---|---|---|---|---|---|---|")
        for *start, facts, agree in self.rows:
            print("| " + " | ".join([*start, *self.at_peak(facts, peak), agree]) + " |")
        for shape, flops, seconds in self.shares:
            print(f"| share of the sgemm peak, {shape} | {flops / seconds / peak / 1e7:.0f} % | | | "
                  f"{SHARE[0]:.0%}, {SHARE[1]:.0%} | | | |")
        if peak:
            print(f"\nsgemm of 2048 x 2048 on {self.args.threads} threads: Residua {peak:.0f} GFLOP/s, torch's mm "
                  f"{other:.0f}, ratio {peak / other:.2f}")
        if any("NO" in row[-1] for row in self.rows):
            sys.exit("the losses differ by more than 1e-4")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("residua")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peer", required=True)
    parser.add_argument("--shape", choices=["gpt2-124m", "bloom-560m"])
    parser.add_argument("--rows", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--sentences", type=int, help="per language, in place of each row's own number")
    parser.add_argument("--points", type=int, help="plans that the peer computes, in place of each row's own number")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layers", type=int, help="shrinks the model")
    args = parser.parse_args()
    shapes = [args.shape] if args.shape else ["gpt2-124m", "bloom-560m"]
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(args, Path(scratch))
        for shape in shapes:
            rows = [row for row in args.rows if shape == shapes[0] or row == "nll"]
            if not rows:
                continue
            name, folder, config = bench.checkpoint(shape)
            for row in rows:
                if row == "start":
                    bench.start(name, folder)
                else:
                    bench.compare(row, name, folder, config)
        bench.table()


if __name__ == "__main__":
    main()
