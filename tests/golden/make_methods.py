"""Writes methods.safetensors and methods.json: calibrated quantization of two layers by the authors' code.

    pip install torch==2.13.0 safetensors torchao==0.18.0 transformers
    pip install --no-deps --no-build-isolation auto-gptq==0.7.1 autoawq==0.2.9 hqq==0.2.8.post1
    python tests/golden/make_methods.py           # rewrites the two files beside this one

    gptq     auto_gptq.quantization.gptq.GPTQ, the authors' loop, damp 0.01. Its symmetric scale is absmax / 7.5 at 4
             bits ("full"); for "sym" it is handed absmax / 7 and codes -7 to 7 instead
    awq      awq.quantize.quantizer.AwqQuantizer: its search without duo_scaling (the paper's s = mean|x|^a), then its
             quantizer on the scaled weight
    hqq      hqq.core.quantize.Quantizer, axis 1, as it comes
    smooth   torchao's SmoothQuantObserver

Of the packages only these modules are loaded, since their __init__ wants CUDA kernels and other versions of
transformers. All run in float32 on the CPU, one thread.

Layers have correlated activations [256, in] with a few large channels and a dead one (stored as float16, which holds
them exactly) and a weight [out, in] with outlier columns. methods.json lists the cases: loss is sum(((W - Q) X)^2)
over all tokens in float64; result names a tensor where the quantized weight is stored too; nearest is the loss of plain
rounding to nearest on the same grid.
"""

import importlib
import json
import sys
import types
from pathlib import Path
from unittest.mock import MagicMock

import torch
from safetensors.torch import save_file
from torchao.prototype.smoothquant.core import SmoothQuantObserver

HERE = Path(__file__).parent
GROUP = 32
LAYERS = {"a": (48, 64), "b": (32, 96)}
STORED = {"a.gptq.sym4.channel", "a.gptq.sym4.group", "a.gptq.full3.channel.order", "a.gptq.asym4.group.block16",
          "b.gptq.sym3.group.order", "a.awq.sym4.group", "a.awq.asym3.channel", "a.hqq4", "b.hqq3"}


def load(module, mocked=()):
    """A module of a package whose __init__ does not run; `mocked` modules that it imports are left out."""
    parts = module.split(".")
    for end in range(1, len(parts)):
        name = ".".join(parts[:end])
        path = [str(Path(folder, *parts[:end])) for folder in sys.path if Path(folder, *parts[:end]).is_dir()]
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = path
    for name in mocked:
        sys.modules[name] = MagicMock()
    return importlib.import_module(module)


gptq = load("auto_gptq.quantization.gptq")
hqq = load("hqq.core.quantize", ("termcolor",))
awq = load("awq.quantize.quantizer", ("awq.utils", "awq.utils.calib_data", "awq.utils.utils", "awq.utils.module",
                                      "awq.quantize.scale", "awq.modules", "awq.modules.linear"))
torch.cuda.synchronize = lambda: None  # the GPTQ class times itself on a GPU


def make_layer(out, width, seed):
    generator = torch.Generator().manual_seed(seed)
    normal = lambda *shape: torch.randn(*shape, generator=generator)
    x = normal(256, width // 4) @ normal(width // 4, width) / (width // 4) ** 0.5 + 0.5 * normal(256, width)
    weight = 0.05 * normal(out, width)
    for i, channel in enumerate(range(5, width, 23)):
        x[:, channel] *= 6 + 5 * i
    for i, column in enumerate(range(9, width, 31)):
        weight[:, column] *= 5 + 2 * i
    x[:, width // 2 + 3] = 0
    weight[:, width // 2 + 3] *= 0.1  # the authors' GPTQ takes a row's scale before it zeroes these
    return weight, x.half().float()


class NarrowQuantizer(gptq.Quantizer):
    """Codes -(2^(b-1) - 1) to 2^(b-1) - 1, where the authors' symmetric grid has one code more."""

    def find_params(self, x, weight=False):
        most = (int(self.maxq) - 1) // 2 if self.maxq % 2 else int(self.maxq) // 2
        self.maxq = torch.tensor(2 * most)
        self.scale = x.abs().amax(1, keepdim=True) / most
        self.zero = torch.full_like(self.scale, most)


def run_gptq(weight, x, bits, scheme, group, block, order):
    layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    layer.weight.data = weight.clone()
    method = gptq.GPTQ(layer)
    if scheme == "sym":
        method.quantizer = NarrowQuantizer()
    method.quantizer.configure(bits, perchannel=True, sym=scheme != "asym", mse=False)
    method.add_batch(x, None)
    method.fasterquant(blocksize=block, percdamp=0.01, group_size=group, actorder=order)
    return layer.weight.data


def nearest(weight, bits, scheme, group):
    quantizer = NarrowQuantizer() if scheme == "sym" else gptq.Quantizer()
    quantizer.configure(bits, perchannel=True, sym=scheme != "asym", mse=False)
    parts = []
    for part in weight.split(weight.shape[1] if group == -1 else group, dim=1):
        quantizer.find_params(part, weight=True)
        parts.append(quantizer.quantize(part))
    return torch.cat(parts, 1)


def run_awq(weight, x, bits, scheme, group):
    method = object.__new__(awq.AwqQuantizer)
    method.w_bit, method.group_size, method.zero_point = bits, group, scheme == "asym"
    method.duo_scaling, method.max_chunk_memory, method.n_parallel_calib_samples = False, 2**30, None
    layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    layer.weight.data = weight.clone()
    with torch.no_grad():
        scales = method._compute_best_scale(x, torch.ones(weight.shape[1]), x.abs().mean(0), layer, [layer], layer(x))
        return method.pseudo_quantize_tensor(weight * scales)[0] / scales


def run_hqq(weight, bits):
    codes, meta = hqq.Quantizer.quantize(weight, nbits=bits, group_size=GROUP, axis=1, device="cpu", bitpack=False)
    return ((codes - meta["zero"]) * meta["scale"]).reshape(weight.shape)


def main():
    torch.set_num_threads(1)
    tensors, cases = {}, []
    for seed, (layer, (out, width)) in enumerate(LAYERS.items()):
        weight, x = make_layer(out, width, seed)
        tensors[f"{layer}.weight"], tensors[f"{layer}.activations"] = weight, x.half()
        loss = lambda q: ((x.double() @ (weight.double() - q.double()).T) ** 2).sum().item()

        def add(name, result, **settings):
            case = {"name": name, "layer": layer, "loss": loss(result), **settings}
            if name in STORED:
                tensors[name], case["result"] = result.contiguous(), name
            cases.append(case)

        for bits in (3, 4):
            for scheme in ("sym", "full", "asym"):
                for per, group in (("channel", -1), ("group", GROUP)):
                    key = f"{scheme}{bits}.{per}"
                    settings = {"bits": bits, "scheme": scheme, "per": per,
                                "nearest": loss(nearest(weight, bits, scheme, group))}
                    for block, order in ((128, False), (128, True), (16, False)):
                        suffix = (".order" if order else "") + (".block16" if block == 16 else "")
                        add(f"{layer}.gptq.{key}{suffix}", run_gptq(weight, x, bits, scheme, group, block, order),
                            method="gptq", block=block, order=order, **settings)
                    if scheme != "full":
                        add(f"{layer}.awq.{key}", run_awq(weight, x, bits, scheme, group), method="awq", **settings)
        for bits in (2, 3, 4, 8):
            add(f"{layer}.hqq{bits}", run_hqq(weight, bits), method="hqq", bits=bits)
        for alpha in (0.0, 0.3, 0.5, 1.0):
            observer = SmoothQuantObserver(weight, alpha)
            observer(x)
            tensors[f"{layer}.smooth{alpha}"] = observer.calculate_qparams()[0].contiguous()
    assert STORED <= tensors.keys()
    save_file(tensors, HERE / "methods.safetensors")
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    (HERE / "methods.json").write_text(f'{{"group": {GROUP}, "cases": [\n{lines}\n]}}\n')
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
