"""Writes fits.json: references for distribution fits, histograms, quantiles and covariances.

    pip install numpy scipy
    python tests/golden/make_fits.py              # rewrites the file beside this one

Numbers are written so that they read back as the same doubles. By section:

    fits        data sets and, by law, scipy's maximum likelihood: params, log likelihood, KS
                distance, Anderson-Darling statistic by its definition from logcdf and logsf. Closed
                forms come from scipy's fit. Others start from it (and from other points) and are
                polished by Nelder-Mead to 1e-10, since scipy's own stop at 1e-4.
    tails       ln P(X > z) of the standard laws, far out by scipy's logsf
    histograms  values, weights, range, bins: numpy's counts and edges
    quantiles   values, weights: numpy's inverted_cdf quantiles
    covariance  rows, frequency weights: numpy's cov and mean
"""

import json
from pathlib import Path

import numpy as np
from scipy import optimize, special, stats

HERE = Path(__file__).parent


class Lognormal:
    """Two-sided: |x| is lognormal, the sign is a fair coin. scipy has no such law."""

    @staticmethod
    def fit(x):
        shape, _, scale = stats.lognorm.fit(np.abs(x), floc=0)
        return np.log(scale), shape

    @staticmethod
    def logpdf(x, m, s):
        return stats.lognorm.logpdf(np.abs(x), s, scale=np.exp(m)) - np.log(2)

    @staticmethod
    def logsf(x, m, s):
        upper = np.log(0.5) + stats.lognorm.logsf(np.abs(x), s, scale=np.exp(m))
        return np.where(x > 0, upper, np.log1p(-np.exp(upper)))

    @staticmethod
    def logcdf(x, m, s):
        return Lognormal.logsf(-x, m, s)


# name: law, names of its params in scipy's order, whether its fit is iterative
LAWS = {
    "gauss": (stats.norm, ("location", "scale"), False),
    "laplace": (stats.laplace, ("location", "scale"), False),
    "logistic": (stats.logistic, ("location", "scale"), True),
    "student": (stats.t, ("df", "location", "scale"), True),
    "lognormal": (Lognormal, ("log_location", "log_scale"), False),
    "generalised_gauss": (stats.gennorm, ("shape", "location", "scale"), True),
}


def starts(law, x):
    spread = np.abs(x - np.median(x)).mean()
    if law is stats.logistic:
        return [(np.median(x), spread)]
    return [(shape, np.median(x), spread) for shape in (1.5, 8)]


def polished(law, x):
    """Nelder-Mead from several points, restarted until nothing is gained; positive params as logs."""
    log = np.array([True, False, True] if law.numargs else [False, True])

    def loss(p):
        with np.errstate(all="ignore"):
            value = -np.mean(law.logpdf(x, *np.where(log, np.exp(np.minimum(p, 50)), p)))
        return value if np.isfinite(value) else 1e10

    def minimise(p):
        return optimize.minimize(loss, p, method="Nelder-Mead",
                                 options={"xatol": 1e-10, "fatol": 1e-15, "maxfev": 1000})

    points = [[np.log(v) if is_log else v for v, is_log in zip(start, log)] for start in [law.fit(x), *starts(law, x)]]
    best = min((minimise(p) for p in points), key=lambda found: found.fun)
    for _ in range(3):
        best = min(best, minimise(best.x), key=lambda found: found.fun)
    params = np.where(log, np.exp(best.x), best.x)
    return student_root(x, params) if law is stats.t else params


def student_root(x, start):
    """Where the derivatives of the log-likelihood vanish: so flat is it in df that no search by values finds df to
    six digits."""
    def score(p):
        df, location, scale = np.exp(p[0]), p[1], np.exp(p[2])
        z = (x - location) / scale
        w = (df + 1) / (df + z**2)
        of_df = special.digamma((df + 1) / 2) - special.digamma(df / 2) - np.log1p(z**2 / df) + (w * z**2 - 1) / df
        return [np.mean(of_df) * df, np.mean(w * z), np.mean(w * z**2) - 1]

    df, location, scale = start
    if df > 1e3:  # no root: the likelihood rises towards a Gaussian, and the caller drops the case
        return start
    x = (x - location) / scale
    found = optimize.root(score, [np.log(df), 0, 0], tol=1e-14)
    assert np.max(np.abs(score(found.x))) < 1e-10 and np.max(np.abs(found.x - [np.log(df), 0, 0])) < 1e-4
    return np.array([np.exp(found.x[0]), location + scale * found.x[1], scale * np.exp(found.x[2])])


def fitted(name, x):
    law, names, iterative = LAWS[name]
    params = polished(law, x) if iterative else law.fit(x)
    ordered, i, n = np.sort(x), np.arange(1, len(x) + 1), len(x)
    below, above = law.logcdf(ordered, *params), law.logsf(ordered, *params)
    f = np.exp(below)
    return {
        "params": dict(zip(names, map(float, params))),
        "log_likelihood": float(np.sum(law.logpdf(x, *params))),
        "ks": float(max(np.max(i / n - f), np.max(f - (i - 1) / n))),
        "anderson_darling": float(-n - np.sum((2 * i - 1) * below + (2 * n + 1 - 2 * i) * above) / n),
    }


def data_sets(rng):
    ties = np.round(rng.normal(0, 2, 120) * 4) / 4 + 0.125
    return {
        "gauss": rng.normal(3, 2, 200),
        "laplace": rng.laplace(-1, 0.5, 150),
        "logistic": rng.logistic(100, 3, 120),
        "student": stats.t.rvs(3, 0.5, 2, 200, random_state=rng),
        "skewed": rng.gamma(3, 1, 150) - 1,
        "tiny": rng.laplace(0, 1e-7, 80),
        "ties": ties,
        "five": np.array([-1.5, 0.25, 0.75, 1.0, 3.5]),
    }


# The law has no interior maximum there, or only one at a value: tested otherwise.
def applies(data, law, params):
    if law == "student":
        return 0.6 < params["df"] < 1e3
    return law != "generalised_gauss" or 1.01 < params["shape"] < 20


def fits(rng):
    result = {}
    for name, x in data_sets(rng).items():
        laws = {law: fitted(law, x) for law in LAWS}
        kept = {law: fit for law, fit in laws.items() if applies(name, law, fit["params"])}
        result[name] = {"x": x.tolist(), "laws": kept}
    return result


def tails():
    return {
        "gauss": [[z, float(stats.norm.logsf(z))] for z in (-3, 0, 1, 10, 35, 36.5, 60, 1000)],
        "logistic": [[z, float(stats.logistic.logsf(z))] for z in (0, 1, 40, 2000)],
        "student": [[df, z, float(stats.t.logsf(z, df))] for df in (0.5, 1, 3, 30, 1000, 1e6)
                    for z in (0, 1e-3, 1, 5, 20)],
        "generalised_gauss": [[b, z, float(stats.gennorm.logsf(z, b))] for b in (0.3, 1, 2, 8)
                              for z in (0, 0.5, 1, 1.5)],
    }


def histogram(values, weights, low, high, bins):
    counts, edges = np.histogram(values, bins, (low, high), weights=weights)
    return {"values": values.tolist(), "weights": weights.tolist(), "low": low, "high": high,
            "bins": bins, "counts": counts.tolist(), "edges": edges.tolist()}


def quantiles(values, weights):
    q = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1]
    return {"values": values.tolist(), "weights": weights.tolist(), "q": q,
            "plain": np.quantile(values, q, method="inverted_cdf").tolist(),
            "weighted": np.quantile(values, q, method="inverted_cdf", weights=weights).tolist()}


def covariance(rows, weights):
    return {"rows": rows.tolist(), "mean": rows.mean(0).tolist(), "cov": np.cov(rows.T).tolist(),
            "eigenvalues": np.linalg.eigvalsh(np.cov(rows.T))[::-1].tolist(),
            "weights": weights.tolist(), "weighted_mean": np.average(rows, axis=0, weights=weights).tolist(),
            "weighted_cov": np.cov(rows.T, fweights=weights).tolist()}


def main():
    rng = np.random.default_rng(17)
    lattice = np.arange(-12, 13) / 10  # on the edges, where a division may round either way
    rows = rng.normal(0, 1, (30, 4)) @ rng.normal(0, 1, (4, 4)) + (0, 5, -100, 1e4)
    result = {
        "fits": fits(rng), "tails": tails(),
        "histograms": [histogram(rng.normal(0, 1, 200), rng.integers(0, 4, 200) / 4, -2.5, 2.5, 20),
                       histogram(lattice, np.ones(25), -1, 1, 20), histogram(lattice, np.ones(25), -0.3, 0.9, 12)],
        "quantiles": [quantiles(rng.standard_t(2, 300), rng.integers(1, 9, 300) / 8),
                      quantiles(np.array([0, -3.0, 0, 2, 2, 2, 1e-3, 0]), np.ones(8))],
        "covariance": covariance(rows, rng.integers(0, 5, 30)),
    }
    (HERE / "fits.json").write_text(json.dumps(result, indent=1, default=float) + "\n")


if __name__ == "__main__":
    main()
