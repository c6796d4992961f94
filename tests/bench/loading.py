#!/usr/bin/env python3
"""Time to the first loss and peak memory, for a synthetic checkpoint of a published shape.

    python3 tests/bench/loading.py build/residua FOLDER [--shape bloom-560m | llama-7b] [--sentences N]
                                   [--peer PYTHON]   # a Python with transformers, run on the same tokens

FOLDER receives the checkpoint (1.1 GB for bloom-560m in float16, 13.5 GB for llama-7b in bfloat16); it is made once and kept. The weights are one random block repeated, so that making them takes disk time only.
"""

import argparse
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = 1 << 16  # elements of the repeated block
SHARD = 2_000_000_000

SHAPES = {
    "bloom-560m": ({"model_type": "bloom", "architectures": ["BloomForCausalLM"], "hidden_size": 1024, "n_layer": 24,
                    "n_head": 16, "vocab_size": 250880, "dtype": "float16", "bos_token_id": 0, "eos_token_id": 0}, "F16"),
    "llama-7b": ({"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 4096,
                  "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
                  "intermediate_size": 11008, "vocab_size": 32000, "max_position_embeddings": 2048,
                  "rms_norm_eps": 1e-6, "dtype": "bfloat16", "bos_token_id": 0, "eos_token_id": 0}, "BF16"),
}


def tensors(config):
    """(name, shape) in the order of the forward pass."""
    w = config["hidden_size"]
    if config["model_type"] == "bloom":
        yield "transformer.word_embeddings.weight", [config["vocab_size"], w]
        for part in ("weight", "bias"):
            yield f"transformer.word_embeddings_layernorm.{part}", [w]
        for i in range(config["n_layer"]):
            for name, shape in (("input_layernorm", [w]), ("self_attention.query_key_value", [3 * w, w]),
                                ("self_attention.dense", [w, w]), ("post_attention_layernorm", [w]),
                                ("mlp.dense_h_to_4h", [4 * w, w]), ("mlp.dense_4h_to_h", [w, 4 * w])):
                yield f"transformer.h.{i}.{name}.weight", shape
                yield f"transformer.h.{i}.{name}.bias", shape[:1]
        for part in ("weight", "bias"):
            yield f"transformer.ln_f.{part}", [w]
        return
    m = config["intermediate_size"]
    yield "model.embed_tokens.weight", [config["vocab_size"], w]
    for i in range(config["num_hidden_layers"]):
        for name, shape in (("input_layernorm", [w]), ("self_attn.q_proj", [w, w]), ("self_attn.k_proj", [w, w]),
                            ("self_attn.v_proj", [w, w]), ("self_attn.o_proj", [w, w]),
                            ("post_attention_layernorm", [w]), ("mlp.gate_proj", [m, w]), ("mlp.up_proj", [m, w]),
                            ("mlp.down_proj", [w, m])):
            yield f"model.layers.{i}.{name}.weight", shape
    yield "model.norm.weight", [w]
    yield "lm_head.weight", [config["vocab_size"], w]


def half(value, dtype):
    return struct.pack("<e", value) if dtype == "F16" else struct.pack("<f", value)[2:]


def count(shape):
    return shape[0] * (shape[1] if len(shape) > 1 else 1)


def write_shard(path, parts, dtype, block):
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in parts:
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + 2 * count(shape)]}
        offset += 2 * count(shape)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, shape in parts:
            if len(shape) == 1:  # norms 1, biases 0
                file.write(half(1.0 if name.endswith("weight") else 0.0, dtype) * shape[0])
                continue
            left = 2 * count(shape)
            while left:
                left -= file.write(block[:min(left, len(block))])


def make(folder, shape):
    config, dtype = SHAPES[shape]
    if (folder / "config.json").exists():
        return config
    folder.mkdir(parents=True, exist_ok=True)
    numbers = random.Random(1)
    block = b"".join(half(numbers.gauss(0, 0.02), dtype) for _ in range(BLOCK)) * 64
    shards, size = [[]], 0
    for name, dims in tensors(config):
        if size > SHARD:
            shards.append([])
            size = 0
        shards[-1].append((name, dims))
        size += 2 * count(dims)
    where = {}
    for i, parts in enumerate(shards, 1):
        file = f"model-{i:05}-of-{len(shards):05}.safetensors"
        write_shard(folder / file, parts, dtype, block)
        where.update({name: file for name, _ in parts})
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": where}))
    shutil.copy(ROOT / "stdlib/assets/mini/tokenizer.json", folder)
    (folder / "config.json").write_text(json.dumps(config))
    return config


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
