"""Writes quant.safetensors and quant.json: fake-quantised weights for every bits/scheme/granularity.

    pip install torch==2.13.0 safetensors compressed-tensors
    python tests/golden/make_quant.py             # rewrites the two files beside this one

Per block (the whole tensor, a row, or a group of 4 along a row, the last group of a row possibly short),
rounding half to even:

    sym    scale = absmax / (2^(b-1)-1), codes up to +-(2^(b-1)-1): the plain definition in float32 torch
           operations, checked against torch.fake_quantize and compressed-tensors with this scale
    full   compressed-tensors, symmetric: scale = absmax / ((2^b-1)/2), codes -2^(b-1) to 2^(b-1)-1
    asym   compressed-tensors, asymmetric: scale = (hi-lo)/(2^b-1) with lo <= 0 <= hi, zero point rounded,
           codes clamp(round(w/scale + zero))

torch.fake_quantize multiplies by the inverse scale, so it differs at ties, and its inverse overflows for
denormal scales: both are left out of that comparison. A block whose scale is 0 in float32 becomes 0.

quant.json lists the cases: input and result name tensors of quant.safetensors; scales are one per block, in
row-major order, and ties counts the elements of the case that lie within 1e-5 of a half step.
"""

import json
from pathlib import Path

import torch
from compressed_tensors.quantization import QuantizationArgs
from compressed_tensors.quantization.lifecycle.forward import fake_quantize
from compressed_tensors.quantization.utils import calculate_qparams
from safetensors.torch import save_file

HERE = Path(__file__).parent
BITS = (2, 3, 4, 8)
GROUP = 4
TINY = torch.finfo(torch.float32).tiny


def inputs():
    generator = torch.Generator().manual_seed(7)
    normal = lambda *shape: torch.randn(*shape, generator=generator)
    tensors = {
        "normal": normal(6, 10),
        "equal": torch.full((3, 8), 0.7),
        "equal_negative": torch.full((2, 4), -0.3),
        "zeros": torch.zeros(2, 8),
        "zero_row": normal(4, 8),
        "outlier": normal(4, 8) * 0.1,
        "positive": normal(3, 8).abs() + 0.5,
        "short_group": normal(3, 7),
        "denormal": torch.tensor([-9, -4, -1, 0, 1, 2, 5, 7, -300, -150, -1, 0, 20, 75, 299, 300,
                                  -4e6, -2e6, -3, 0, 1e3, 1e6, 3e6, 4e6]).reshape(3, 8) * 2.0**-149,
    }
    tensors["zero_row"][1] = 0
    tensors["zero_row"][2, 4:] = 0
    tensors["outlier"][2, 5] = 40.0
    for bits in BITS:  # values half way between steps of exactly 1 or, where divided by 4, 1/4
        top = 2.0 ** (bits - 1) - 1
        tensors[f"ties_sym{bits}"] = torch.tensor([
            [top, -top, 0.5, -0.5, top - 0.5, 0.5 - top, top, -top],
            [-top, top - 0.5, 0.0, 0.5, -0.5, top, 0.5 - top, 0.25],
            [-top / 4, top / 4, 0.125, -0.125, top / 4, 0.125 - top / 4, top / 4 - 0.125, -0.125],
        ])
        tensors[f"ties_asym{bits}"] = torch.tensor([
            [-top - 1, top, 0.5, -0.5, top, -top - 1, top - 0.5, -top - 0.5],
            [-(top + 1) / 4, top / 4, 0.125, -0.125, top / 4, -(top + 1) / 4, 0.125, -0.25],
        ])
        tensors[f"ties_zero{bits}"] = torch.tensor([  # the asymmetric zero point is on a tie as well
            [-0.5, 2 * top + 0.5, 0.5, 1.5, -0.5, 2 * top + 0.5, 1.0, 0.0],
        ])
    return tensors


def blocks_of(w, granularity):
    if granularity == "tensor":
        return [w]
    return [block for row in w for block in row.split(GROUP if granularity == "group" else len(row))]


def params(w, bits, scheme):
    """scale (0-dim float32) and zero point of one block."""
    if scheme == "sym":
        return w.abs().max() / (2 ** (bits - 1) - 1), 0
    args = QuantizationArgs(num_bits=bits, symmetric=scheme == "full", strategy="tensor")
    scale, zero = calculate_qparams(w.min(), w.max(), args)
    return scale[0], zero[0].item()


def quantise(w, bits, scheme, scale, zero):
    if scheme == "sym":
        most = 2 ** (bits - 1) - 1
        return torch.round(w / scale).clamp(-most, most) * scale if scale > 0 else torch.zeros_like(w)
    args = QuantizationArgs(num_bits=bits, symmetric=scheme == "full", strategy="tensor")
    return fake_quantize(w, scale.reshape(1), torch.tensor([zero], dtype=torch.int8), args)


def near_ties(w, scale):
    steps = w.double() / scale.double() if scale else torch.zeros_like(w)
    return ((steps - steps.floor()) - 0.5).abs() < 1e-5


def cross_check(w, result, bits, scale):
    """The plain definition, against two implementations where they are well defined."""
    if scale < TINY:
        return
    most, compare = 2 ** (bits - 1) - 1, ~near_ties(w, scale)
    torch_result = torch.fake_quantize_per_tensor_affine(w, scale.item(), 0, -most - 1, most)
    assert torch.equal(torch_result[compare], result[compare])
    args = QuantizationArgs(num_bits=bits, symmetric=True, strategy="tensor")
    ct_result = fake_quantize(w, scale.reshape(1), torch.zeros(1, dtype=torch.int8), args)
    assert torch.equal(ct_result, result)


def main():
    tensors, cases = inputs(), []
    for name, w in list(tensors.items()):
        for bits in BITS:
            if name.startswith("ties") and not name.endswith(str(bits)):
                continue
            for scheme in ("sym", "full", "asym"):
                for granularity in ("tensor", "channel", "group"):
                    results, scales, ties = [], [], 0
                    for block in blocks_of(w, granularity):
                        scale, zero = params(block, bits, scheme)
                        result = quantise(block, bits, scheme, scale, zero)
                        if scheme == "sym":
                            cross_check(block, result, bits, scale)
                        results.append(result.flatten())
                        scales.append(scale.item())
                        ties += int(near_ties(block, scale).sum())
                    key = f"{name}.b{bits}.{scheme}.{granularity}"
                    tensors[key] = torch.cat(results).reshape(w.shape)
                    cases.append({"input": name, "result": key, "bits": bits, "scheme": scheme,
                                  "granularity": granularity, "group_size": GROUP if granularity == "group" else 0,
                                  "scales": scales, "ties": ties})
    save_file(tensors, HERE / "quant.safetensors")
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    (HERE / "quant.json").write_text('{"cases": [\n' + lines + "\n]}\n")
    print(len(cases), "cases,", sum(case["ties"] > 0 for case in cases), "with ties")


if __name__ == "__main__":
    main()
