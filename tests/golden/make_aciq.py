"""Writes aciq.json: clipping optima, errors of grids and clip ranges.

    pip install numpy scipy
    python tests/golden/make_aciq.py              # rewrites the file beside this one

By section:

    errors    law, bits, a: the error of ACIQ's model (arXiv 1810.05723), the clipped part by quadrature of the density
    optima    law, bits: its minimum, by scipy.optimize
    grids     grid, law, scale: mean squared error after rounding to the nearest code times scale, by quadrature over
              the cells; levels are written out here from the definition of each format
    best      grid, law: scale and error of the least error, by a fine scan polished by scipy.optimize
    clips     values (float32) with the range that each rule should keep, by numpy and scipy.stats
"""

import json
from pathlib import Path

import numpy as np
from scipy import integrate, optimize, stats

HERE = Path(__file__).parent
LAWS = {"gauss": lambda x: np.exp(-x * x / 2) / np.sqrt(2 * np.pi), "laplace": lambda x: np.exp(-abs(x)) / 2}
NF4 = [-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334,
       -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
       0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0]


def float_levels(exponent_bits, mantissa_bits, bias, most):
    """sign, exponent, mantissa as IEEE 754 reads them, up to the greatest finite value of the format."""
    positive = set()
    for exponent in range(2**exponent_bits):
        for mantissa in range(2**mantissa_bits):
            share = mantissa / 2**mantissa_bits
            value = (1 + share) * 2.0 ** (exponent - bias) if exponent else share * 2.0 ** (1 - bias)
            if value <= most:
                positive.add(value)
    return np.array(sorted(positive | {-v for v in positive}))


def grids():
    levels = {"fp8_e4m3": float_levels(4, 3, 7, 448), "fp8_e5m2": float_levels(5, 2, 15, 57344),
              "fp4_e2m1": float_levels(2, 1, 1, 6), "nf4": np.array(NF4), "ternary": np.array([-1.0, 0, 1]),
              "binary": np.array([-1.0, 1])}
    for bits in range(2, 9):
        top = 2 ** (bits - 1) - 1
        levels[f"symmetric {bits}"] = np.arange(-top, top + 1.0)
        levels[f"full {bits}"] = levels[f"asymmetric {bits}"] = np.arange(-top - 1, top + 1.0)
    return levels


def integral(f, low, high):
    return integrate.quad(f, low, high, epsabs=1e-16, epsrel=1e-11, limit=200)[0]


def aciq_error(law, a, bits):
    density = LAWS[law]
    return 2 * integral(lambda x: (x - a) ** 2 * density(x), a, a + 60) + a * a / (3 * 4**bits)


def grid_error(levels, law, scale):
    """Mean squared error; cells beyond 60 units hold nothing."""
    density, points = LAWS[law], levels * scale
    borders = np.concatenate([[-60], np.clip((points[1:] + points[:-1]) / 2, -60, 60), [60]])
    total = 0
    for level, low, high in zip(points, borders[:-1], borders[1:]):
        for start, end in ((min(low, 0), min(high, 0)), (max(low, 0), max(high, 0))):  # Laplace has a kink at 0
            for left, right in zip(*(lambda cut: (cut[:-1], cut[1:]))(np.unique(np.clip([start, -12, -4, 4, 12, end], start, end)))):
                total += integral(lambda x: (x - level) ** 2 * density(x), left, right)
    return total


def fast_error(levels, law, scale, nodes=np.polynomial.legendre.leggauss(2000)):
    """The same by Gauss-Legendre over [0, 40] in pieces, to find the minimum."""
    density, points, total = LAWS[law], levels * scale, 0
    for low, high in ((-40, -15), (-15, -5), (-5, -1.5), (-1.5, 0), (0, 1.5), (1.5, 5), (5, 15), (15, 40)):
        x = (high - low) / 2 * nodes[0] + (high + low) / 2
        nearest = points[np.searchsorted((points[1:] + points[:-1]) / 2, x)]
        total += (high - low) / 2 * np.sum(nodes[1] * (x - nearest) ** 2 * density(x))
    return total


def best(levels, law):
    tops = np.geomspace(0.3, 60, 300)
    errors = [fast_error(levels, law, top / levels.max()) for top in tops]
    top = tops[int(np.argmin(errors))]
    found = optimize.minimize_scalar(lambda t: grid_error(levels, law, t / levels.max()), bounds=(top / 1.02, top * 1.02),
                                     method="bounded", options={"xatol": 1e-7})
    return found.x / levels.max(), found.fun


def ranges(x, asymmetric):
    """Name of the rule (with its value), and the range that it keeps of x."""
    x = np.asarray(x, dtype=np.float32).astype(np.float64)
    low, high = (min(x.min(), 0), max(x.max(), 0)) if asymmetric else (-abs(x).max(), abs(x).max())
    mean = x.mean()
    std, b = x.std(), abs(x - mean).mean()
    gauss, laplace = optimum("gauss", 4)[0] * std, optimum("laplace", 4)[0] * b
    likelier = stats.laplace(mean, b).logpdf(x).sum() > stats.norm(mean, std).logpdf(x).sum()
    kurtosis = max(0, stats.kurtosis(x))
    about = mean if asymmetric else 0
    found = {"absmax": (0, None), "absmean": (0, abs(x).mean()), "aciq_gauss": (about, gauss),
             "aciq_laplace": (about, laplace), "aciq": (about, laplace if likelier else gauss),
             "kurtosis_rule": (about, std * (2.5 + 0.3 * np.log1p(kurtosis)))}
    for percent in (60, 90, 97.3, 99.9, 100):
        found[f"percentile {percent}"] = (0, np.percentile(abs(x), percent))
    fixed = {f"fixed {threshold}": [-threshold, threshold] for threshold in (0.01, 0.5, 1e6)}  # whatever the values
    return fixed | {rule: [low, high] if t is None else [max(low, min(0, c - t)), min(high, max(0, c + t))]
            for rule, (c, t) in found.items()}


def optimum(law, bits):
    found = optimize.minimize_scalar(lambda a: aciq_error(law, a, bits), bounds=(0.5, 15), method="bounded",
                                     options={"xatol": 1e-9})
    return found.x, found.fun


def clips(rng):
    mirrored = lambda x: np.concatenate([x, -x])  # mean 0 exactly
    values = {"normal": mirrored(rng.normal(size=60)), "laplace": mirrored(rng.laplace(size=60)),
              "uniform": mirrored(rng.uniform(size=40)), "heavy": mirrored(rng.standard_t(3, size=150)),
              "pair": np.array([0.3, -0.3]), "ties": mirrored(rng.integers(0, 4, 30) / 4)}
    shifted = {"shifted": rng.normal(size=80) + 0.8, "skewed": rng.gamma(2, size=90), "negative": -rng.gamma(2, size=50) - 1}
    rows = []
    for name, x in {**values, **shifted}.items():
        x = x.astype(np.float32).tolist()
        for asymmetric in (False, True) if name in values else (True,):
            rows.append({"name": name, "asymmetric": asymmetric, "values": x, "ranges": ranges(x, asymmetric)})
    return rows


def main():
    errors = [{"law": law, "bits": bits, "a": a, "error": aciq_error(law, a, bits)}
              for law in LAWS for bits in (2, 3, 4, 6, 8) for a in (0.1, 1, 2.5, 5, 9)]
    optima = [{"law": law, "bits": bits, "a": optimum(law, bits)[0], "error": optimum(law, bits)[1]}
              for law in LAWS for bits in range(2, 10)]
    cells, least = [], []
    for name, levels in grids().items():
        for law in LAWS:
            tops = (0.8, 2.5, 7) if len(levels) < 40 else (2.5,)
            for top in tops:
                scale = top / levels.max()
                cells.append({"grid": name, "law": law, "scale": scale, "error": grid_error(levels, law, scale)})
            if len(levels) < 70 and not name.startswith("asymmetric"):
                scale, error = best(levels, law)
                least.append({"grid": name, "law": law, "scale": scale, "error": error})
    sections = {"errors": errors, "optima": optima, "grids": cells, "best": least, "clips": clips(np.random.default_rng(5))}
    lines = ",\n".join(f' "{key}": [\n' + ",\n".join("  " + json.dumps(row) for row in rows) + "\n ]"
                       for key, rows in sections.items())
    (HERE / "aciq.json").write_text("{\n" + lines + "\n}\n")
    print({key: len(rows) for key, rows in sections.items()}, (HERE / "aciq.json").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
