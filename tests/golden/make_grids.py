"""Writes grids.safetensors and grids.json: fake-quantized tensors for the grids that are not integers.

    pip install torch==2.13.0 safetensors compressed-tensors==0.20.0 torchao==0.18.0 bitsandbytes
    python tests/golden/make_grids.py             # rewrites the two files beside this one

Per block (the whole tensor, a row, or a group along a row, the last group of a row possibly short):

    fp8_e4m3, fp4_e2m1   compressed-tensors: scale = absmax / greatest code
    fp8_e5m2             the same with torch's cast to float8_e5m2, saturating
    nf4                  scale = absmax; the nearest level of bitsandbytes' table by its half-way borders, a tie to
                         the lower level; checked against bitsandbytes' quantize_4bit
    mxfp4, mxfp8         OCP MX 1.0, section 6.3: scale = 2^(floor(log2 absmax) - exponent of the greatest code),
                         clamped to 2^-127; checked against torchao's to_mx with FLOOR, except where the scale is
                         2^-127, by which torchao multiplies but does not divide. (compressed-tensors rounds the
                         exponent of MX scales to the nearest instead.)
    nvfp4                compressed-tensors, strategy tensor_group: E4M3 scales, and one float32 per tensor, here the
                         quotient 2688 / absmax: its generate_gparam multiplies by a rounded reciprocal, 1 ulp away
    ternary              BitNet b1.58 (Ma et al. 2024): scale = mean |w|, codes clamp(round(w / scale), -1, 1); a tie
                         goes to the lower level, where BitNet has the even one
    binary               scale = mean |w|, codes sign(w), that of 0 being -1

A block whose scale is 0 becomes 0. grids.json lists the cases: input and result name tensors of grids.safetensors.
"""

import json
import math
from pathlib import Path

import torch
from bitsandbytes.functional import dequantize_4bit, get_4bit_type, quantize_4bit
from compressed_tensors.quantization import QuantizationArgs
from compressed_tensors.quantization.lifecycle.forward import fake_quantize
from compressed_tensors.quantization.utils import calculate_qparams, generate_gparam
from safetensors.torch import save_file
from torchao.prototype.mx_formats.mx_tensor import ScaleCalculationMode, to_dtype, to_mx

HERE = Path(__file__).parent
NF4 = get_4bit_type("nf4", device="cpu")
FP4 = torch.tensor([0, 0.5, 1, 1.5, 2, 3, 4, 6])


def float8_levels(dtype):
    """The finite codes of a float8 type from 0 up, by decoding its bytes."""
    values = torch.arange(128, dtype=torch.uint8).view(dtype).float()
    return values[values.isfinite()]


def ties(levels, width):
    """Rows that hold the greatest level (so that the scale is 1), half-way points and their float neighbours."""
    levels = levels.double()
    middle = ((levels[1:] + levels[:-1]) / 2).float()
    infinity = torch.full_like(middle, math.inf)
    points = torch.stack([middle, middle.nextafter(infinity), middle.nextafter(-infinity)], 1).flatten()
    points = points * torch.tensor([1, 1, 1, -1, -1, -1]).repeat(len(points) // 6 + 1)[:len(points)]
    rows = [torch.cat([levels[-1:].float(), part]) for part in points.split(width - 1)]
    return torch.stack([torch.nn.functional.pad(row, (0, width - len(row))) for row in rows])


def inputs():
    generator = torch.Generator().manual_seed(11)
    normal = lambda *shape: torch.randn(*shape, generator=generator)
    tensors = {
        "normal": normal(4, 40),
        "heavy": normal(3, 70) ** 3,
        "equal": torch.full((2, 20), 0.7),
        "zeros": torch.zeros(2, 20),
        "zero_row": normal(3, 40),
        "outlier": normal(3, 40) * 0.02,
        "negative": -normal(2, 40).abs() - 0.25,
        "one_value": torch.tensor([[-1.7]]),
        "large": normal(2, 40) * 1e30,
        "small": normal(2, 40) * 1e-30,
        "greatest": torch.tensor([[3.4028234663852886e38, -3.4028234663852886e38, 1e38, 1.0]]),
        "spread": normal(16, 20) * 2.0 ** -(3 * torch.arange(16).reshape(16, 1)),
        "powers": 2.0 ** torch.arange(-20, 20).reshape(2, 20),
        "below_powers": (2.0 ** torch.arange(-20, 20).reshape(2, 20)).nextafter(torch.zeros(1)),
        "denormal": torch.tensor([-9, -4, -1, 0, 1, 2, 5, 7, -300, -150, -1, 0, 20, 75, 299, 300,
                                  -4e6, -2e6, -3, 0, 1e3, 1e6, 3e6, 4e6, 1e7, 9e7, -2e8, 1e9]).reshape(4, 7) * 2.0**-149,
        "ties_e4m3": ties(float8_levels(torch.float8_e4m3fn), 32),
        "ties_e5m2": ties(float8_levels(torch.float8_e5m2), 32),
        "ties_fp4": ties(FP4, 16),
        "ties_nf4": torch.cat([ties(NF4[7:], 32), -ties(-NF4[:8].flip(0), 32)]),
    }
    tensors["zero_row"][1] = 0
    tensors["zero_row"][2, 32:] = 0
    tensors["outlier"][1, 5] = 40.0
    codes = float8_levels(torch.float8_e4m3fn)[1:]
    middle = ((codes[1:] + codes[:-1]) / 2)[::5]  # block scales of NVFP4 that lie half way, the tensor's being 1
    tensors["ties_scale"] = 6 * torch.cat([codes[-1:], middle])[:, None] * torch.rand(1, 16, generator=generator)
    tensors["ties_scale"][:, 3] = 6 * torch.cat([codes[-1:], middle])
    return tensors


def compressed_tensors(bits):
    args = QuantizationArgs(num_bits=bits, type="float", symmetric=True, strategy="tensor")

    def quantize(block, _):
        scale, zero = calculate_qparams(block.min(), block.max(), args)
        return fake_quantize(block, scale, zero.to(torch.float32), args)

    return quantize


def e5m2(block, _):
    scale = block.abs().max() / 57344
    return (block / scale).clamp(-57344, 57344).to(torch.float8_e5m2).float() * scale if scale > 0 else block * 0


def nf4(block, _):
    scale = block.abs().max()
    if scale == 0:
        return block
    result = NF4[torch.bucketize(block / scale, (NF4[1:] + NF4[:-1]) / 2)] * scale
    if scale > 1e-37 and block.numel() < 64:  # less than a block: bitsandbytes divides, as here
        theirs = dequantize_4bit(*quantize_4bit(block.clone(), blocksize=64, quant_type="nf4"))
        assert torch.equal(theirs.flatten()[:block.numel()], result)
    return result


def mx(dtype, exponent):
    def quantize(block, _):
        most = block.abs().max().item()
        if most == 0:
            return block
        scale = 2.0 ** max(math.frexp(most)[1] - 1 - exponent, -127)
        if dtype == torch.float4_e2m1fn_x2:
            codes = fp4_codes(block / scale)
        else:
            limit = torch.finfo(dtype).max
            codes = (block / scale).clamp(-limit, limit).to(dtype).float()
        result = codes * scale
        if scale > 2.0**-127:
            padded = torch.nn.functional.pad(block.reshape(1, -1), (0, 32 - block.numel()))
            scales, data = to_mx(padded, dtype, 32, ScaleCalculationMode.FLOOR)
            assert torch.equal(to_dtype(data, scales, dtype, 32, torch.float32)[0, :block.numel()], result)
        return result

    return quantize


def fp4_codes(values):
    """The nearest of 0, 0.5, 1, 1.5, 2, 3, 4, 6, a tie to the even mantissa: every other one from 0 on."""
    distance = (values.double().abs()[:, None] - FP4.double()).abs()
    nearest = distance == distance.min(1, keepdim=True).values
    even = nearest * torch.tensor([2, 1] * 4)
    return FP4[even.argmax(1)] * values.sign()


def nvfp4(block, tensor):
    args = QuantizationArgs(num_bits=4, type="float", symmetric=True, strategy="tensor_group", group_size=16,
                            scale_dtype=torch.float8_e4m3fn)
    theirs, whole = generate_gparam(tensor.min(), tensor.max()), torch.tensor([2688.0]) / tensor.abs().max()
    whole = torch.where(whole.isfinite() & (theirs != 1), whole, 1.0)  # a fallback of theirs
    assert torch.allclose(whole, theirs, rtol=2e-7, atol=0)
    scale, zero = calculate_qparams(block.min(), block.max(), args, whole)
    padded = torch.nn.functional.pad(block.reshape(1, -1), (0, 16 - block.numel()))
    return fake_quantize(padded, scale.reshape(1, 1), zero.float().reshape(1, 1), args, global_scale=whole)[0, :block.numel()]


def mean_magnitude(block):
    return torch.tensor(math.fsum(block.abs().tolist()) / block.numel(), dtype=torch.float32)


def ternary(block, _):
    scale = mean_magnitude(block)
    if scale == 0:
        return block
    ratio = block / scale
    codes = (ratio > 0.5).float() - (ratio <= -0.5).float()
    assert torch.equal(codes[ratio != -0.5], ratio.round().clamp(-1, 1)[ratio != -0.5])
    return codes * scale


def binary(block, _):
    return torch.where(block > 0, 1.0, -1.0) * mean_magnitude(block)


FORMATS = {  # values in a block: 0 the whole tensor, 10^6 a row
    "fp8_e4m3": (compressed_tensors(8), [0, 10**6]),
    "fp8_e5m2": (e5m2, [0, 10**6]),
    "fp4_e2m1": (compressed_tensors(4), [10**6, 32]),
    "nf4": (nf4, [64, 16]),
    "mxfp4": (mx(torch.float4_e2m1fn_x2, 2), [32]),
    "mxfp8_e4m3": (mx(torch.float8_e4m3fn, 8), [32]),
    "mxfp8_e5m2": (mx(torch.float8_e5m2, 15), [32]),
    "nvfp4": (nvfp4, [16]),
    "ternary": (ternary, [10**6]),
    "binary": (binary, [10**6]),
}


def main():
    tensors, cases = inputs(), []
    for name, tensor in list(tensors.items()):
        for form, (quantize, sizes) in FORMATS.items():
            for size in sizes:
                blocks = [part for row in tensor for part in row.split(size)] if size else [tensor.flatten()]
                result = torch.cat([quantize(block, tensor) for block in blocks]).reshape(tensor.shape)
                if not result.isfinite().all():
                    print("not finite:", name, form, size)
                    continue
                key = f"{name}.{form}.{size % 10**6 if size else 'tensor'}"
                tensors[key] = result + 0.0  # no -0
                cases.append({"input": name, "result": key, "format": form, "group_size": size % 10**6,
                              "granularity": "tensor" if size == 0 else "channel" if size == 10**6 else "group"})
    save_file(tensors, HERE / "grids.safetensors")
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    (HERE / "grids.json").write_text('{"cases": [\n' + lines + "\n]}\n")
    print(len(cases), "cases,", (HERE / "grids.safetensors").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
