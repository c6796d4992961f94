"""Writes regression.json: references for regressions, rank tests, change points and curve fits.

    pip install numpy scipy scikit-learn statsmodels
    python tests/golden/make_regression.py        # rewrites the file beside this one

Numbers are written so that they read back as the same doubles. By section:

    ols       statsmodels' OLS and WLS; q2 and leverage from one fit per item that is left out
    ridge     scikit-learn's Ridge (alpha = penalty); q2 as above
    logistic  scikit-learn's LogisticRegression (C = 1 / penalty), or statsmodels' Logit and MNLogit
              where the penalty is 0, whose class 0 has coefficients 0: all less their mean
    partial   Pearson's r of residuals on the controls, Spearman's of those of ranks; t and Fisher's z
    ranks     SciPy's mannwhitneyu and wilcoxon (with continuity where not exact)
    auc       scikit-learn's area and roc_curve; DeLong's variance by its definition over all pairs
    split     exact p of the difference of two means over all splits, SciPy's permutation_test
    change    squares and locations from fine grids, polished by SciPy; break ones by QR at each bend
    curves    SciPy's curve_fit with the analytic Jacobian
"""

import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import optimize, special, stats
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score, roc_curve

HERE = Path(__file__).parent


def left_out_q2(x, y, w, predict, centre):
    """predict(x, y, w, row) is the prediction at `row` of a fit to the rest."""
    errors = []
    for i in range(len(y)):
        rest = np.arange(len(y)) != i
        errors.append(y[i] - predict(x[rest], y[rest], w[rest], x[i]))
    mean = np.average(y, weights=w) if centre else 0
    return 1 - np.sum(w * np.square(errors)) / np.sum(w * (y - mean) ** 2)


def ols(x, y, w=None, intercept=True):
    weights = np.ones(len(y)) if w is None else w
    design = sm.add_constant(x, has_constant="add") if intercept else x
    fit = sm.WLS(y, design, weights=weights).fit()

    def predict(x, y, w, row):
        d = sm.add_constant(x, has_constant="add") if intercept else x
        b = sm.WLS(y, d, weights=w).fit().params
        return (np.r_[1, row] if intercept else row) @ b

    root = np.sqrt(weights)[:, None] * design
    return {
        "x": x.tolist(), "y": y.tolist(), "weights": None if w is None else w.tolist(), "intercept": intercept,
        "estimate": fit.params.tolist(), "error": fit.bse.tolist(), "p": fit.pvalues.tolist(),
        "interval": fit.conf_int(0.1).tolist(), "r2": fit.rsquared, "adjusted_r2": fit.rsquared_adj,
        "sd": np.sqrt(fit.mse_resid), "residuals": fit.resid.tolist(),
        "leverage": np.diag(root @ np.linalg.pinv(root)).tolist(),
        "q2": left_out_q2(x, y, weights, predict, intercept),
    }


def ridge(x, y, penalty, w=None, standardize=False):
    weights = np.ones(len(y)) if w is None else w
    centre = np.average(x, axis=0, weights=weights)
    scale = np.sqrt(np.average((x - centre) ** 2, axis=0, weights=weights)) if standardize else np.ones(x.shape[1])

    def fit(x, y, w):
        return Ridge(alpha=penalty, solver="cholesky").fit(x / scale, y, sample_weight=w)

    whole = fit(x, y, weights)
    centred = np.sqrt(weights)[:, None] * (x - centre) / scale
    gram = centred.T @ centred
    return {
        "x": x.tolist(), "y": y.tolist(), "weights": None if w is None else w.tolist(), "penalty": penalty,
        "standardize": standardize, "intercept": whole.intercept_, "coefficients": (whole.coef_ / scale).tolist(),
        "r2": whole.score(x / scale, y, sample_weight=weights),
        "degrees": np.trace(np.linalg.solve(gram + penalty * np.eye(len(gram)), gram)),
        "q2": left_out_q2(x, y, weights, lambda x, y, w, row: fit(x, y, w).predict((row / scale)[None])[0], True),
    }


def logistic(x, labels, penalty, w=None):
    classes = labels.max() + 1
    if penalty > 0:
        fit = LogisticRegression(C=1 / penalty, solver="newton-cg", tol=1e-13, max_iter=10000)
        fit.fit(x, labels, sample_weight=w)
        coefficients, intercepts = fit.coef_, fit.intercept_
        p = fit.predict_proba(x)
    else:
        design = sm.add_constant(x)
        model = sm.Logit(labels, design) if classes == 2 else sm.MNLogit(labels, design)
        result = model.fit(method="newton", tol=1e-14, maxiter=200, disp=0)
        b = result.params.reshape(x.shape[1] + 1, -1, order="C")
        b = b if classes == 2 else np.c_[np.zeros(len(b)), b] - np.c_[np.zeros(len(b)), b].mean(1)[:, None]
        coefficients, intercepts = b[1:].T, b[0]
        z = design @ b
        p = special.softmax(np.c_[np.zeros(len(z)), z] if classes == 2 else z, axis=1)
    return {
        "x": x.tolist(), "labels": labels.tolist(), "weights": None if w is None else w.tolist(), "penalty": penalty,
        "coefficients": coefficients.tolist(), "intercepts": (intercepts - (intercepts.mean() if classes > 2 else 0)).tolist(),
        "log_loss": np.average(-np.log(p[np.arange(len(p)), labels]), weights=w),
        "accuracy": np.mean(p.argmax(1) == labels), "first": p[0].tolist(),
    }


def partial(x, y, controls):
    result = {"x": x.tolist(), "y": y.tolist(), "controls": controls.tolist()}
    for name in ("pearson", "spearman"):
        rank = (lambda v: stats.rankdata(v, axis=0)) if name == "spearman" else (lambda v: v)
        design = sm.add_constant(rank(controls))
        rx, ry = (v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (rank(x), rank(y)))
        r, free = stats.pearsonr(rx, ry).statistic, len(x) - controls.shape[1]
        se = np.sqrt((1 + (r * r / 2 if name == "spearman" else 0)) / (free - 3))
        half = stats.norm.ppf(0.975) * se
        result[name] = {"r": r, "p": 2 * stats.t.sf(abs(r) * np.sqrt((free - 2) / (1 - r * r)), free - 2),
                        "low": np.tanh(np.arctanh(r) - half), "high": np.tanh(np.arctanh(r) + half)}
    return result


def mann_whitney(a, b):
    result = stats.mannwhitneyu(a, b)
    return {"a": a.tolist(), "b": b.tolist(), "u": result.statistic, "p": result.pvalue}


def wilcoxon(d):
    kept = d[d != 0]
    ranks = stats.rankdata(abs(kept))
    exact = len(kept) == len(d) <= 50 and len(set(abs(kept))) == len(kept)
    p = stats.wilcoxon(d, correction=not exact, method="exact" if exact else "asymptotic").pvalue
    return {"d": d.tolist(), "w": ranks[kept > 0].sum(), "exact": exact, "p": p}


def auc(scores, labels):
    positives, negatives = scores[labels == 1], scores[labels == 0]
    wins = np.sign(positives[:, None] - negatives) / 2 + 0.5
    area = roc_auc_score(labels, scores)
    variance = wins.mean(1).var(ddof=1) / len(positives) + wins.mean(0).var(ddof=1) / len(negatives)
    half = stats.norm.ppf(0.975) * np.sqrt(variance) / (area * (1 - area))
    false, true, thresholds = roc_curve(labels, scores, drop_intermediate=False)
    best = 1 + np.argmax((true - false)[1:])
    return {"scores": scores.tolist(), "labels": labels.tolist(), "auc": area,
            "low": special.expit(special.logit(area) - half), "high": special.expit(special.logit(area) + half),
            "threshold": thresholds[best], "sensitivity": true[best], "specificity": 1 - false[best]}


def split(a, b):
    test = stats.permutation_test((a, b), lambda a, b, axis: a.mean(axis) - b.mean(axis), n_resamples=np.inf, vectorized=True)
    sums = test.null_distribution
    return {"a": a.tolist(), "b": b.tolist(), "difference": a.mean() - b.mean(),
            "p": np.mean(abs(sums) >= abs(a.mean() - b.mean()) - 1e-12)}


def squares(columns, y):
    b = np.linalg.lstsq(columns, y, rcond=None)[0]
    return np.sum((y - columns @ b) ** 2), b


def logistic_step(x, y):
    def step(m, s):
        return np.c_[np.ones(len(x)), special.expit((x - m) / s)]

    reach = x[-1] - x[0]
    starts = [(m, s * reach) for m in np.linspace(x[0], x[-1], 21) for s in (0.01, 0.03, 0.1, 0.3)]
    m, s = min(starts, key=lambda start: squares(step(*start), y)[0])
    (m, s, low, rise), _ = optimize.curve_fit(lambda x, m, s, low, rise: low + rise * special.expit((x - m) / s), x, y,
                                              (m, s, *squares(step(m, s), y)[1]), xtol=1e-14, ftol=1e-14, gtol=1e-14)
    return {"location": m, "width": s, "before": low, "after": low + rise, "squares": squares(step(m, s), y)[0]}


def change(x, y, logistic=True):
    one = np.ones(len(x))
    line, b = squares(np.c_[one, x], y)

    def bend(at):
        return np.c_[one, np.minimum(x - at, 0), np.maximum(x - at, 0)]

    grid = np.linspace(x[1], x[-2], 20001)
    at = grid[np.argmin([squares(bend(t), y)[0] for t in grid])]
    near = (max(at - (grid[1] - grid[0]), x[1]), min(at + (grid[1] - grid[0]), x[-2]))
    at = optimize.minimize_scalar(lambda t: squares(bend(t), y)[0], bounds=near, method="bounded", options={"xatol": 1e-12}).x
    two, c = squares(bend(at), y)
    n = len(x)
    bic = {name: n * np.log(value / n) + k * np.log(n) for name, value, k in (("line", line, 3), ("two_segment", two, 5))}
    return {"x": x.tolist(), "y": y.tolist(), "line": {"intercept": b[0], "slope": b[1], "squares": line},
            "two_segment": {"location": at, "value": c[0], "before": c[1], "after": c[2], "squares": two},
            "logistic": logistic_step(x, y) if logistic else None, "bic": bic}


def curve(name, f, jacobian, x, y, start, w=None):
    params, covariance = optimize.curve_fit(f, x, y, start, sigma=None if w is None else 1 / np.sqrt(w), jac=jacobian,
                                            xtol=1e-15, ftol=1e-15, gtol=1e-15)
    return {"name": name, "x": x.tolist(), "y": y.tolist(), "start": list(start), "weights": None if w is None else w.tolist(),
            "params": params.tolist(), "covariance": covariance.tolist()}


def curves(rng):
    x = np.linspace(0, 4, 25)
    decay = (lambda x, a, k, c: a * np.exp(-k * x) + c,
             lambda x, a, k, c: np.c_[np.exp(-k * x), -a * x * np.exp(-k * x), np.ones_like(x)])
    power = (lambda x, a, b: a * x ** b, lambda x, a, b: np.c_[x ** b, a * x ** b * np.log(x)])
    noisy = decay[0](x, 3, 1.2, 0.5) + rng.normal(0, 0.1, 25)
    z = np.linspace(1, 1000, 30)
    return [curve("decay", *decay, x, noisy, (1, 1, 0)), curve("decay", *decay, x, noisy, (1, 1, 0), rng.uniform(0.5, 4, 25)),
            curve("power", *power, z, power[0](z, 20, -0.3) * np.exp(rng.normal(0, 0.05, 30)), (1, 0.1))]


def regressions(rng):
    x = rng.normal(0, 1, (30, 3)) * (1, 20, 0.01) + (0, 1000, 5)
    y = x @ (1, -0.2, 30) + rng.normal(0, 2, 30)
    w = rng.uniform(0.2, 3, 30)
    wide = rng.normal(0, 1, (12, 40))
    two = (x[:, 0] + rng.normal(0, 1, 30) > 0).astype(int)
    z = rng.normal(0, 1, (60, 4))
    three = np.argmax(z @ rng.normal(0, 1, (4, 3)) + rng.gumbel(0, 1, (60, 3)), 1)
    v = rng.uniform(0.2, 3, 60)
    return {
        "ols": [ols(x, y), ols(x, y, w), ols(x, y, None, False), ols(x[:5], y[:5]), ols(x[:, :1], y, w, False)],
        "ridge": [ridge(x, y, 2.0), ridge(x, y, 0.3, w), ridge(x, y, 5.0, None, True), ridge(x, y, 5.0, w, True),
                  ridge(wide, y[:12], 1.0)],
        "logistic": [logistic(z, (three > 0).astype(int), 1.0), logistic(z, three, 1.0), logistic(z, three, 0.01, v),
                     logistic(z, (three > 0).astype(int), 0.0), logistic(z, three, 0.0), logistic(x[:, :1], two, 0.5)],
        "partial": [partial(y, x[:, 0], x[:, 1:]), partial(np.round(z[:, 0] * 2), np.round(z[:, 1] + z[:, 0]), z[:, 2:3]),
                    partial(z[:8, 0], z[:8, 1], z[:8, 2:])],
    }


def main():
    rng = np.random.default_rng(17)
    a, b = rng.normal(0, 1, 40), rng.normal(0.6, 1, 25)
    labels = (rng.uniform(0, 1, 70) < 0.4).astype(int)
    scores = labels + rng.normal(0, 1, 70)
    share = np.arange(0, 50.5, 1.0)
    bent = np.where(share < 11.3, 2 - 0.12 * share, 2 - 0.12 * 11.3 - 0.01 * (share - 11.3)) + rng.normal(0, 0.05, len(share))
    step = 1 + 0.8 / (1 + np.exp((share - 18) / 2.5)) + rng.normal(0, 0.05, len(share))
    result = regressions(rng) | {
        "mann_whitney": [mann_whitney(a, b), mann_whitney(a[:7], b), mann_whitney(a[:3], b[:4]), mann_whitney(a[:8], b[:1]),
                         mann_whitney(np.round(2 * a), np.round(2 * b)), mann_whitney(np.round(a[:4]), np.round(b[:5])),
                         mann_whitney(a[:1], b[:2]), mann_whitney(a[:8] - 3, rng.normal(0, 1, 500))],
        "wilcoxon": [wilcoxon(b), wilcoxon(b[:3]), wilcoxon(a[:1] + 2), wilcoxon(np.round(2 * b)), wilcoxon(np.r_[a, a + 0.5]),
                     wilcoxon(np.round(a[:12] + 0.5, 1)), wilcoxon(a[:2])],
        "auc": [auc(scores, labels), auc(np.round(scores), labels), auc(-scores[:20], labels[:20])],
        "split": [split(a[:4], b[:6]), split(a[:2], b[:9]), split(np.array([1.0, 2, 2, 3]), np.array([2.0, 4, 3]))],
        "change": [change(share, bent, False), change(share, step), change(share ** 1.5, bent, False),
                   change(share[:6], bent[:6], False)],
        "curves": curves(rng),
    }
    (HERE / "regression.json").write_text(json.dumps(result, default=float) + "\n")


if __name__ == "__main__":
    main()
