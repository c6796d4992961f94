"""Writes quant.safetensors and quant.json: fake-quantised weights for every bits/scheme/granularity.

    pip install torch==2.13.0 safetensors compressed-tensors
    python tests/golden/make_quant.py             # rewrites the two files beside this one

The reference is the plain definition in float32 torch operations, per block (the whole tensor, a
row, or a group of 4 along a row, the last group of a row possibly short):

    sym    scale = absmax / (2^(b-1)-1)                            q in [-2^(b-1), 2^(b-1)-1]
    asym   lo = min(w, 0), hi = max(w, 0), scale = (hi-lo)/(2^b-1) q in [0, 2^b-1]
           zero = clamp(round(-lo/scale))
    result = (clamp(round(w/scale) + zero) - zero) * scale         round is half to even

A block whose scale is 0 in float32 stays exactly as it is: zeros, and also denormals so small that
the division underflows. Two other implementations check it, wherever they are well defined:

* torch.fake_quantize multiplies by the inverse scale, so it differs at ties, and its inverse
  overflows for denormal scales: both are left out of the comparison.
* compressed-tensors adds the zero point before it rounds, so ties differ there too, and holds it
  as a signed integer, which shifts q and zero alike. Only its asymmetric parameters are
  comparable: its symmetric scale is absmax / ((2^b-1)/2), so there it is handed ours.

quant.json lists the cases: input and result name tensors of quant.safetensors; scales and zeros are
one per block, in row-major order (zeros are 0 when symmetric), and ties counts the elements of the
case that lie within 1e-5 of a half step, where the implementations may differ.
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
    """scale (0-dim float32), zero point, q range of one block."""
    if scheme == "sym":
        half = 2 ** (bits - 1)
        return w.abs().max() / (half - 1), 0, -half, half - 1
    top = 2**bits - 1
    lo, hi = w.min().clamp(max=0), w.max().clamp(min=0)
    scale = (hi - lo) / top
    zero = 0 if scale == 0 else int(torch.round(-lo / scale).clamp(0, top))
    return scale, zero, 0, top


def quantise(w, scale, zero, qmin, qmax):
    if scale == 0:
        return w.clone()
    q = (torch.round(w / scale) + zero).clamp(qmin, qmax)
    return (q - zero) * scale


def near_ties(w, scale):
    steps = w.double() / scale.double() if scale else torch.zeros_like(w)
    return ((steps - steps.floor()) - 0.5).abs() < 1e-5


def cross_check(w, result, bits, scheme, scale, zero, qmin, qmax):
    if scale < TINY:
        return
    compare = ~near_ties(w, scale)
    torch_result = torch.fake_quantize_per_tensor_affine(w, scale.item(), zero, qmin, qmax)
    assert torch.equal(torch_result[compare], result[compare])

    args = QuantizationArgs(num_bits=bits, symmetric=scheme == "sym", strategy="tensor")
    ct_scale, ct_zero = calculate_qparams(w.min(), w.max(), args)
    if scheme == "sym":
        ct_scale, ct_zero = scale.reshape(1), torch.zeros(1, dtype=torch.int8)
    assert ct_scale.item() == scale.item() and ct_zero.item() == zero - (0 if scheme == "sym" else 2 ** (bits - 1))
    ct_result = fake_quantize(w, ct_scale, ct_zero, args)
    assert torch.equal(ct_result[compare], result[compare])


def main():
    tensors, cases = inputs(), []
    for name, w in list(tensors.items()):
        for bits in BITS:
            if name.startswith("ties") and not name.endswith(str(bits)):
                continue
            for scheme in ("sym", "asym"):
                for granularity in ("tensor", "channel", "group"):
                    results, scales, zeros, ties = [], [], [], 0
                    for block in blocks_of(w, granularity):
                        p = params(block, bits, scheme)
                        result = quantise(block, *p)
                        cross_check(block, result, bits, scheme, *p)
                        results.append(result.flatten())
                        scales.append(p[0].item())
                        zeros.append(p[1])
                        ties += int(near_ties(block, p[0]).sum())
                    key = f"{name}.b{bits}.{scheme}.{granularity}"
                    tensors[key] = torch.cat(results).reshape(w.shape)
                    cases.append({"input": name, "result": key, "bits": bits, "scheme": scheme,
                                  "granularity": granularity, "group_size": GROUP if granularity == "group" else 0,
                                  "scales": scales, "zeros": zeros, "ties": ties})
    save_file(tensors, HERE / "quant.safetensors")
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    (HERE / "quant.json").write_text('{"cases": [\n' + lines + "\n]}\n")
    print(len(cases), "cases,", sum(case["ties"] > 0 for case in cases), "with ties")


if __name__ == "__main__":
    main()
