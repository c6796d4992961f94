"""The peer's side of sweep.py: transformers on the same tokens. Usage: python -I peer_sweep.py JOB.json

The job names folder, threads, texts, tokens (the ids of each text), warm (the ids of a short text) and, for the loop,
plans: per plan the quantized params, each with the rows (output channels, from 1) that stay as they are. Prints a line
of JSON.
"""

import json
import sys
import time

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM

BATCH = 16  # texts; the longest first
# Residua's names of the matrices of a layer, the checkpoint's, and the dimension of the input channels: GPT-2's Conv1D
# stores [in, out].
NAMES = {
    "gpt2": ("h.%s.", 0, {"attn.qkv": "attn.c_attn", "attn.out": "attn.c_proj", "mlp.up": "mlp.c_fc",
                          "mlp.down": "mlp.c_proj"}),
    "bloom": ("h.%s.", 1, {"attn.qkv": "self_attention.query_key_value", "attn.out": "self_attention.dense",
                           "mlp.up": "mlp.dense_h_to_4h", "mlp.down": "mlp.dense_4h_to_h"}),
}


def memory(field):
    """VmRSS or VmHWM, its peak [bytes]."""
    for line in open("/proc/self/status"):
        if line.startswith(field):
            return int(line.split()[1]) * 1024


def one_by_one(model, tokens):
    nats = []
    for text in tokens:
        ids = torch.tensor([text])
        logits = model(ids, use_cache=False).logits[0, :-1]
        nats.append(cross_entropy(logits, ids[0, 1:], reduction="sum").item())
    return nats


def batched(model, tokens):
    """Batches of texts of nearly the same length, padded on the right."""
    nats = [0.0] * len(tokens)
    order = sorted(range(len(tokens)), key=lambda i: -len(tokens[i]))
    for start in range(0, len(order), BATCH):
        batch = order[start:start + BATCH]
        longest = len(tokens[batch[0]])
        ids = torch.tensor([tokens[i] + [0] * (longest - len(tokens[i])) for i in batch])
        there = torch.tensor([[1] * len(tokens[i]) + [0] * (longest - len(tokens[i])) for i in batch])
        logits = model(ids, attention_mask=there, use_cache=False).logits
        wanted = torch.full_like(ids, -100)  # nothing after the last token; so the logits need no copy
        wanted[:, :-1] = ids[:, 1:].masked_fill(there[:, 1:] == 0, -100)
        losses = cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="none", ignore_index=-100)
        for i, loss in zip(batch, losses.view(ids.shape).double().sum(1).tolist()):
            nats[i] = loss
    return nats


def measured(work):
    """Seconds, bytes by which the peak exceeds what was resident before, and the result."""
    before = memory("VmRSS")
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak starts anew
    start = time.perf_counter()
    nats = work()
    return {"seconds": time.perf_counter() - start, "peak": memory("VmHWM") - before, "nats": nats}


def int4(weight, in_dim):
    """Symmetric, 15 levels, one scale per output channel, half to even."""
    scale = weight.abs().amax(in_dim, keepdim=True).clamp_min_(1e-30) / 7
    return (weight / scale).round_().clamp_(-7, 7).mul_(scale)


class Loop:
    """Quantizes in place, computes, restores."""

    def __init__(self, model):
        self.layers, self.in_dim, self.parts = NAMES[model.config.model_type]
        self.weights = dict(model.transformer.named_parameters())
        self.saved = {}

    def weight(self, param):
        layer, part = param[1:].split(".", 1)
        return self.weights[self.layers % layer + self.parts[part] + ".weight"]

    def save(self, plans):
        for param in {param for plan in plans for param in plan}:
            self.saved[param] = self.weight(param).clone()

    def quantize(self, param, kept):
        weight, saved = self.weight(param), self.saved[param]
        weight.copy_(int4(saved, self.in_dim))
        if kept:
            rows = torch.tensor(kept) - 1
            weight.index_copy_(1 - self.in_dim, rows, saved.index_select(1 - self.in_dim, rows))

    def run(self, plans, work):
        self.save(plans)
        start = time.perf_counter()
        nats = []
        for plan in plans:
            for param, kept in plan.items():
                self.quantize(param, kept)
            nats.append(work())
            for param in plan:
                self.weight(param).copy_(self.saved[param])
        return {"seconds": time.perf_counter() - start, "nats": nats}


def gflops(n):
    a, b = torch.ones(n, n), torch.ones(n, n)
    torch.mm(a, b)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        torch.mm(a, b)
        best = min(best, time.perf_counter() - start)
    return 2 * n**3 / best / 1e9


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    torch.set_num_threads(job["threads"])
    tokens = job["tokens"]
    encoder = Tokenizer.from_file(job["folder"] + "/tokenizer.json")
    if [encoder.encode(text).ids for text in job["texts"]] != tokens:
        sys.exit("the tokens differ from those of the tokenizers library")
    model = AutoModelForCausalLM.from_pretrained(job["folder"], dtype=torch.float32).eval()
    with torch.no_grad():
        one_by_one(model, [job["warm"]])
        ways = {way.__name__: measured(lambda way=way: way(model, tokens)) for way in (one_by_one, batched)}
        faster = min(ways, key=lambda name: ways[name]["seconds"])
        result = ways[faster]
        if "plans" in job:
            result = Loop(model).run(job["plans"], lambda: globals()[faster](model, tokens))
    ways = {name: {"seconds": facts["seconds"], "peak": facts["peak"]} for name, facts in ways.items()}
    print(json.dumps(result | {"ways": ways, "gflops": gflops(2048)}))


if __name__ == "__main__":
    main()
