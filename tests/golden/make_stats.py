"""Writes stats.json: references for the statistics, from scipy or by definition in numpy.

    pip install numpy scipy
    python tests/golden/make_stats.py             # rewrites the file beside this one

Numbers are written so that they read back as the same doubles. By section:

    samples   x, y and of x: mean, sd (ddof 1), skewness and excess kurtosis (both biased),
              quantiles (linear) at .025 .5 .975, average ranks; of both: pearson, spearman,
              kendall (tau-b)
    holm      p values and their Holm adjustment
    signflip  paired differences and the exact two-sided p of their mean over all 2^n sign flips
    cka       linear CKA of x and y (rows are observations) with the unbiased HSIC_1 of
              Song et al. 2012; not clipped, so it may be negative
"""

import json
from itertools import product
from pathlib import Path

import numpy as np
from scipy import stats

HERE = Path(__file__).parent
QUANTILES = (0.025, 0.5, 0.975)


def sample(x, y):
    return {
        "x": x.tolist(), "y": y.tolist(),
        "mean": x.mean(), "sd": x.std(ddof=1),
        "skewness": stats.skew(x), "kurtosis": stats.kurtosis(x),
        "quantiles": [[q, np.quantile(x, q)] for q in QUANTILES],
        "ranks": stats.rankdata(x).tolist(),
        "pearson": stats.pearsonr(x, y).statistic,
        "spearman": stats.spearmanr(x, y).statistic,
        "kendall": stats.kendalltau(x, y).statistic,
    }


def holm(p):
    """Step down: the running maximum of (m - k) * p_(k), at most 1, in the order given."""
    order = np.argsort(p, kind="stable")
    scaled = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(scaled), 1)
    return {"p": p.tolist(), "adjusted": adjusted.tolist()}


def signflip(d):
    p = stats.permutation_test((d,), np.mean, permutation_type="samples", n_resamples=np.inf).pvalue
    flips = np.array(list(product((1, -1), repeat=len(d)))) * d
    extreme = np.abs(flips.mean(1)) >= abs(d.mean()) * (1 - 1e-12)
    assert p == extreme.mean()
    return {"d": d.tolist(), "p": p}


def hsic1(k, l):
    n = len(k)
    k, l = k - np.diag(np.diag(k)), l - np.diag(np.diag(l))
    return (np.trace(k @ l) + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (k @ l).sum()) / (n * (n - 3))


def cka(x, y):
    k, l = x @ x.T, y @ y.T
    return {"x": x.tolist(), "y": y.tolist(), "hsic_xy": hsic1(k, l), "hsic_xx": hsic1(k, k),
            "hsic_yy": hsic1(l, l), "cka": hsic1(k, l) / np.sqrt(hsic1(k, k) * hsic1(l, l))}


def main():
    rng = np.random.default_rng(11)
    samples = {}
    for n in (2, 5, 40):
        x = rng.normal(1, 2, n)
        samples[f"n{n}"] = sample(x, 0.5 * x + rng.normal(0, 1, n))
    x = np.round(rng.normal(0, 2, 40))
    samples["n40_ties"] = sample(x, np.round(0.5 * x + rng.normal(0, 1, 40)))

    x = rng.normal(1, 1, (12, 5))
    result = {
        "samples": samples,
        "holm": [holm(np.array([0.01, 0.04, 0.03, 0.005, 0.5, 0.03])), holm(rng.uniform(0, 0.2, 7)),
                 holm(np.array([0.6, 0.4])), holm(np.array([0.2]))],
        # the third has ties in the null distribution and a zero; its values are exact in binary
        "signflip": [signflip(rng.normal(0.6, 1, 5)), signflip(rng.normal(0.6, 1, 8)),
                     signflip(np.array([0.5, 0.5, -0.25, 0.75, 0, 1, -0.5, 0.25]))],
        "cka": [cka(x, x @ rng.normal(0, 1, (5, 7)) + rng.normal(0, 2, (12, 7)) - 0.5),
                cka(x, rng.normal(0, 1, (12, 7)))],
    }
    (HERE / "stats.json").write_text(json.dumps(result, indent=1, default=float) + "\n")


if __name__ == "__main__":
    main()
