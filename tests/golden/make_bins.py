"""Writes small files of torch.save: good ones, foreign ones and hostile ones.

    pip install torch==2.13.0 transformers safetensors
    python tests/golden/make_bins.py              # rewrites the folder bins/ beside this file

    tensors.bin          a state_dict of many dtypes and layouts; tensors.safetensors has the values
    parameters.bin       a plain dict of parameters; one.bin a dict of one; protocol4.bin in protocol 4
    rezipped.bin         tensors.bin written by zipfile: no ZIP64, no alignment
    compressed.bin       tensors.bin deflated
    whole.bin nested.bin list.bin number.bin keys.bin   no dict of tensors
    system.bin hidden.bin   would run os.system, as the value and inside the metadata
    old.bin              the format before torch 1.6
    big_endian.bin expanded.bin quantized.bin
    gpt2-safe gpt2-bin gpt2-shards   one GPT-2 as model.safetensors, pytorch_model.bin, two shards
"""

import json
import os
import shutil
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel

OUT = Path(__file__).parent / "bins"


def tensors():
    torch.manual_seed(1)
    base = torch.randn(6, 5)
    shared = torch.arange(12.0)
    values = {
        "contiguous": torch.randn(4, 3),
        "transposed": torch.randn(3, 7).t(),
        "permuted": torch.randn(2, 3, 4).permute(2, 0, 1),
        "rows": base[2:5], "columns": base[:, 1:3], "every_other": base[::2, ::2],
        "whole": shared, "same": shared, "tail": shared[8:], "as_matrix": shared.view(3, 4),
        "bfloat16": torch.randn(5).bfloat16(), "float16": torch.randn(5).half(), "float64": torch.randn(3).double(),
        "int64": torch.tensor([-(2**40), 0, 2**62]), "int32": torch.arange(-3, 3, dtype=torch.int32),
        "int16": torch.tensor([-300, 300], dtype=torch.int16), "int8": torch.tensor([-128, 127], dtype=torch.int8),
        "uint8": torch.tensor([0, 255], dtype=torch.uint8), "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3), "name with 'quotes' and ü": torch.ones(1),
    }
    state = OrderedDict(values)
    state._metadata = OrderedDict({"": {"version": 1}, "ln": {"version": 2}})
    return state


class Run:
    """Pickles as a call of os.system, which a reader that constructs objects would make."""

    def __reduce__(self):
        return os.system, ("touch was-run",)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(2, 2)


def rezip(source, target, method, change=lambda name, content: content):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", method) as new:
        for info in old.infolist():
            new.writestr(zipfile.ZipInfo(info.filename), change(info.filename, old.read(info)), method)


def good():
    state = tensors()
    torch.save(state, OUT / "tensors.bin")
    save_file({k: v.clone().contiguous() for k, v in state.items()}, OUT / "tensors.safetensors")
    torch.save({k: torch.nn.Parameter(state[k]) for k in ("contiguous", "bfloat16")}, OUT / "parameters.bin")
    torch.save({"contiguous": state["contiguous"]}, OUT / "one.bin")
    torch.save(state, OUT / "protocol4.bin", pickle_protocol=4)
    rezip(OUT / "tensors.bin", OUT / "rezipped.bin", zipfile.ZIP_STORED)


def bad():
    w = torch.ones(2, 2)
    rezip(OUT / "one.bin", OUT / "compressed.bin", zipfile.ZIP_DEFLATED)
    torch.save(Net(), OUT / "whole.bin")
    torch.save({"epoch": 3, "state_dict": {"w": w}}, OUT / "nested.bin")
    torch.save([w, w], OUT / "list.bin")
    torch.save(3, OUT / "number.bin")
    torch.save({1: w}, OUT / "keys.bin")
    torch.save({"w": Run()}, OUT / "system.bin")
    hidden = OrderedDict(w=w)
    hidden._metadata = {"": Run()}
    torch.save(hidden, OUT / "hidden.bin")
    torch.save({"w": w}, OUT / "old.bin", _use_new_zipfile_serialization=False)
    rezip(OUT / "one.bin", OUT / "big_endian.bin", zipfile.ZIP_STORED,
          lambda name, content: b"big" if name.endswith("byteorder") else content)
    torch.save({"w": torch.ones(1).expand(1 << 40)}, OUT / "expanded.bin")
    torch.save({"w": torch.quantize_per_tensor(w, 0.1, 0, torch.qint8)}, OUT / "quantized.bin")


def checkpoints():
    torch.manual_seed(2)
    model = GPT2LMHeadModel(GPT2Config(vocab_size=11, n_layer=2, n_head=2, n_embd=8, n_positions=16, bos_token_id=0,
                                       eos_token_id=0))
    state = model.state_dict()  # a view of wte is lm_head.weight
    model.save_pretrained(OUT / "gpt2-safe")
    for folder in ("gpt2-bin", "gpt2-shards"):
        (OUT / folder).mkdir()
        shutil.copy(OUT / "gpt2-safe" / "config.json", OUT / folder)
    torch.save(state, OUT / "gpt2-bin" / "pytorch_model.bin")
    shards = [f"pytorch_model-0000{i}-of-00002.bin" for i in (1, 2)]
    where = {name: shards[".h.1." in name] for name in state}
    for shard in shards:
        torch.save({k: v for k, v in state.items() if where[k] == shard}, OUT / "gpt2-shards" / shard)
    index = {"metadata": {}, "weight_map": where}
    (OUT / "gpt2-shards" / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=2) + "\n")
    (OUT / "gpt2-safe" / "generation_config.json").unlink()


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    good()
    bad()
    checkpoints()
    print(sum(f.stat().st_size for f in OUT.rglob("*") if f.is_file()), "bytes in", OUT.name)


if __name__ == "__main__":
    main()
