"""Synthetic checkpoints of published shapes in the Hugging Face layout, for the benchmarks beside this file.

Every matrix repeats a random normal block of its own, of a spread of its own: rankings of matrices have an order, and
making them takes little more than disk time. Norms are 1, biases 0.
"""

import array
import json
import random
import shutil
import struct
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOKENIZER = ROOT / "stdlib/assets/mini/tokenizer.json"
BLOCK = 1 << 16  # elements of a repeated block
SHARD = 2_000_000_000
BYTES = {"F32": 4, "F16": 2, "BF16": 2}

SHAPES = {
    "gpt2-124m": ({"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": 768, "n_layer": 12, "n_head": 12,
                   "n_positions": 1024, "vocab_size": 50257, "layer_norm_epsilon": 1e-5,
                   "activation_function": "gelu_new", "dtype": "float32", "bos_token_id": 0, "eos_token_id": 0}, "F32"),
    "bloom-560m": ({"model_type": "bloom", "architectures": ["BloomForCausalLM"], "hidden_size": 1024, "n_layer": 24,
                    "n_head": 16, "vocab_size": 250880, "dtype": "float16", "bos_token_id": 0, "eos_token_id": 0}, "F16"),
    "llama-7b": ({"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 4096,
                  "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
                  "intermediate_size": 11008, "vocab_size": 32000, "max_position_embeddings": 2048,
                  "rms_norm_eps": 1e-6, "dtype": "bfloat16", "bos_token_id": 0, "eos_token_id": 0}, "BF16"),
}


def layer_field(config):
    return "n_layer" if "n_layer" in config else "num_hidden_layers"


def gpt2_tensors(config):
    w = config["n_embd"]
    yield "wte.weight", [config["vocab_size"], w]
    yield "wpe.weight", [config["n_positions"], w]
    for i in range(config["n_layer"]):
        # Conv1D: [in, out]
        for name, shape in (("ln_1", [w]), ("attn.c_attn", [w, 3 * w]), ("attn.c_proj", [w, w]), ("ln_2", [w]),
                            ("mlp.c_fc", [w, 4 * w]), ("mlp.c_proj", [4 * w, w])):
            yield f"h.{i}.{name}.weight", shape
            yield f"h.{i}.{name}.bias", shape[-1:]
    for part in ("weight", "bias"):
        yield f"ln_f.{part}", [w]


def bloom_tensors(config):
    w = config["hidden_size"]
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


def llama_tensors(config):
    w, m = config["hidden_size"], config["intermediate_size"]
    yield "model.embed_tokens.weight", [config["vocab_size"], w]
    for i in range(config["num_hidden_layers"]):
        for name, shape in (("input_layernorm", [w]), ("self_attn.q_proj", [w, w]), ("self_attn.k_proj", [w, w]),
                            ("self_attn.v_proj", [w, w]), ("self_attn.o_proj", [w, w]),
                            ("post_attention_layernorm", [w]), ("mlp.gate_proj", [m, w]), ("mlp.up_proj", [m, w]),
                            ("mlp.down_proj", [w, m])):
            yield f"model.layers.{i}.{name}.weight", shape
    yield "model.norm.weight", [w]
    yield "lm_head.weight", [config["vocab_size"], w]


TENSORS = {"gpt2": gpt2_tensors, "bloom": bloom_tensors, "llama": llama_tensors}


def packed(values, dtype):
    if dtype == "F16":
        return struct.pack(f"<{len(values)}e", *values)
    data = array.array("f", values).tobytes()
    return data if dtype == "F32" else b"".join(data[i + 2:i + 4] for i in range(0, len(data), 4))


def size_of(shape, dtype):
    return BYTES[dtype] * shape[0] * (shape[1] if len(shape) > 1 else 1)


def write_matrix(file, size, dtype, numbers):
    spread = 0.02 * numbers.uniform(0.75, 1.25)
    block = packed([numbers.gauss(0, spread) for _ in range(BLOCK)], dtype) * 16
    while size:
        size -= file.write(block[:min(size, len(block))])


def write_shard(path, parts, dtype, numbers):
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in parts:
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + size_of(shape, dtype)]}
        offset += size_of(shape, dtype)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, shape in parts:
            if len(shape) == 1:
                file.write(packed([1.0 if name.endswith("weight") else 0.0] * shape[0], dtype))
            else:
                write_matrix(file, size_of(shape, dtype), dtype, numbers)


def make(folder, shape, layers=None):
    """Fills the folder unless it holds a model; `layers` shrinks the shape. Returns the configuration."""
    config, dtype = SHAPES[shape]
    config = config | ({layer_field(config): layers} if layers else {})
    if (folder / "config.json").exists():
        return json.loads((folder / "config.json").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    shards, size = [[]], 0
    for name, dims in TENSORS[config["model_type"]](config):
        if size > SHARD:
            shards.append([])
            size = 0
        shards[-1].append((name, dims))
        size += size_of(dims, dtype)
    where, numbers = {}, random.Random(1)
    for i, parts in enumerate(shards, 1):
        file = f"model-{i:05}-of-{len(shards):05}.safetensors"
        write_shard(folder / file, parts, dtype, numbers)
        where.update({name: file for name, _ in parts})
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": where}))
    shutil.copy(TOKENIZER, folder)
    (folder / "config.json").write_text(json.dumps(config))
    return config
