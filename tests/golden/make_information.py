"""Writes information.json: references for information theory, spectra and mean field.

    pip install numpy scipy scikit-learn
    python tests/golden/make_information.py       # rewrites the file beside this one

By section:

    entropy      weights and their entropy [nats], scipy.stats.entropy
    divergences  p, q: kl (scipy.stats.entropy), js and its root (scipy.spatial.distance)
    wasserstein  samples with weights: scipy.stats.wasserstein_distance
    histograms   p, q on common bins, mass even in each: the distance of the distribution functions
    gaussian     covariances and entropies, scipy.stats.multivariate_normal
    information  x, y: KSG-1 by scikit-learn, and by brute force over columns of standard deviation 1
    spectrum     matrices, singular values of numpy, effective ranks by definition
    pca          covariances, eigenvalues of numpy, components for shares of the variance
    law          Marchenko-Pastur: cdf by quadrature; matrices with their KS distance (scipy.stats.kstest)
    mean_field   chi as a double sum, its best spacing by scipy, and the error of the best uniform quantizer
    lognormal    sparsity after stochastic pruning, by quadrature
"""

import json
from pathlib import Path

import numpy as np
from scipy import integrate, optimize, special, stats
from scipy.spatial import distance
from sklearn.feature_selection import mutual_info_regression

HERE = Path(__file__).parent


def entropies(rng):
    lists = [[1], [0.5, 0.5], [3, 0, 1], [1e-12, 1], rng.integers(0, 9, 30).tolist(), rng.dirichlet(np.ones(200)).tolist()]
    return [{"weights": w, "entropy": stats.entropy(w)} for w in lists]


def divergences(rng):
    pairs = [([0.5, 0.5], [0.9, 0.1]), ([1, 2, 3], [3, 2, 1]), ([0, 1, 1], [1, 1, 2]), ([1, 0], [0, 1]),
             (rng.dirichlet(np.ones(50)), rng.dirichlet(np.ones(50)))]
    base = rng.dirichlet(np.ones(50))
    pairs.append((base, base * (1 + 1e-3 * rng.normal(size=50))))
    rows = []
    for p, q in pairs:
        kl = stats.entropy(p, q)
        rows.append({"p": list(p), "q": list(q), "kl": kl if np.isfinite(kl) else None,
                     "js_distance": distance.jensenshannon(p, q, base=2),
                     "js": distance.jensenshannon(p, q, base=2) ** 2})
    return rows


def wassersteins(rng):
    rows = [{"x": [0], "y": [3]}, {"x": [1, 1, 2], "y": [1, 2, 2]}]
    for n, m in ((5, 9), (40, 40)):
        rows.append({"x": rng.normal(size=n).tolist(), "y": (rng.normal(size=m) * 2 + 1).tolist()})
    rows.append({"x": np.round(rng.normal(size=30) * 2).tolist(), "y": np.round(rng.normal(size=20) * 2).tolist(),
                 "x_weights": rng.integers(0, 4, 30).tolist(), "y_weights": rng.uniform(size=20).tolist()})
    for row in rows:
        row["distance"] = stats.wasserstein_distance(row["x"], row["y"], row.get("x_weights"), row.get("y_weights"))
    return rows


def histograms(rng):
    rows = []
    for bins in (1, 2, 12):
        p, q, edges = rng.integers(0, 6, bins) + 0.5, rng.integers(0, 6, bins) + 0.25, np.sort(rng.normal(size=bins + 1))
        f, g = (np.concatenate([[0], np.cumsum(w / w.sum())]) for w in (p, q))
        area = 0
        for i in range(bins):  # each side of a crossing is a line: the trapezoid rule is exact
            d = np.array([f[i] - g[i], f[i + 1] - g[i + 1]])
            at = [0, d[0] / (d[0] - d[1]), 1] if d[0] * d[1] < 0 else [0, 1]
            area += np.trapezoid(np.abs(np.interp(at, [0, 1], d)), at) * (edges[i + 1] - edges[i])
        rows.append({"p": p.tolist(), "q": q.tolist(), "edges": edges.tolist(), "distance": area})
    return rows


def gaussians(rng):
    matrices = [np.array([[2.5]]), np.array([[1, 0.9], [0.9, 1]])]
    a = rng.normal(size=(5, 8)) * np.array([[0.1], [1], [1], [2], [10]])
    matrices.append(a @ a.T)
    return [{"covariance": m.tolist(), "entropy": stats.multivariate_normal(cov=m).entropy()} for m in matrices]


def brute_ksg(x, y, k):
    """Estimate 1 of Kraskov et al. 2004 by its definition: all pairs, strictly nearer points."""
    scale = lambda a: a / a.std(0)
    dx, dy = (np.abs(a[:, None] - a[None]).max(-1) for a in (scale(x), scale(y)))
    both = np.maximum(dx, dy)
    np.fill_diagonal(both, np.inf)
    radius = np.sort(both, 1)[:, k - 1:k]
    count = lambda d: (d < radius).sum(1) - 1
    return special.digamma(k) + special.digamma(len(x)) - np.mean(
        special.digamma(count(dx) + 1) + special.digamma(count(dy) + 1))


def information(rng):
    rows = []
    for n, rho, k in ((200, 0.9, 3), (200, 0.0, 3), (60, 0.5, 5), (4, 0.5, 3)):
        x = rng.normal(5, 3, (n, 1))
        y = rho * (x - 5) / 3 + np.sqrt(1 - rho**2) * rng.normal(size=(n, 1))
        rows.append({"x": x.tolist(), "y": y.tolist(), "k": k, "brute": brute_ksg(x, y, k),
                     "sklearn": mutual_info_regression(x, y[:, 0], n_neighbors=k, random_state=0)[0]})
    x = rng.normal(size=(150, 2))
    y = x @ rng.normal(size=(2, 3)) + rng.normal(size=(150, 3))
    rows.append({"x": x.tolist(), "y": y.tolist(), "k": 3, "brute": brute_ksg(x, y, 3)})
    return rows


def ranks(s):
    """Effective ranks by definition."""
    rank = lambda w: np.exp(stats.entropy(w))
    return {"entropy": rank(s), "entropy_squared": rank(s**2), "participation": (s**2).sum() ** 2 / (s**4).sum(),
            "stable": (s**2).sum() / s.max() ** 2, "share": np.mean(s > 0.01 * s.max()), "condition": s.max() / s.min()}


def spectra(rng):
    shapes = ((1, 1), (3, 1), (4, 4), (20, 7), (6, 30), (300, 4))
    matrices = [rng.normal(size=shape) for shape in shapes]
    q, r = np.linalg.qr(rng.normal(size=(12, 12)))[0], np.linalg.qr(rng.normal(size=(12, 12)))[0]
    matrices.append(q @ np.diag(10.0 ** -np.arange(12)) @ r)  # condition 1e11
    rows = []
    for m in matrices:
        s = np.linalg.svd(m, compute_uv=False)
        rows.append({"matrix": m.tolist(), "values": s.tolist(), "ranks": ranks(s)})
    return rows


def pca(rng):
    rows = []
    for n, p in ((50, 1), (50, 6), (5, 9)):
        c = np.cov((rng.normal(size=(n, p)) * np.arange(1, p + 1)).T).reshape(p, p)
        values = np.maximum(np.linalg.eigvalsh(c)[::-1], 0)
        cumulated = np.cumsum(values) / values.sum()
        rows.append({"covariance": c.tolist(), "eigenvalues": values.tolist(),
                     "dimensions": [[s, int(np.searchsorted(cumulated, s) + 1)] for s in (0.5, 0.9, 0.95, 0.99)]})
    return rows


def mp_density(x, c, v):
    a, b = v * (1 - np.sqrt(c)) ** 2, v * (1 + np.sqrt(c)) ** 2
    return np.sqrt(max((b - x) * (x - a), 0)) / (2 * np.pi * v * c * x)


def mp_cdf(x, c, v):
    """By quadrature in an angle that takes the square roots at both edges away."""
    a, b = v * (1 - np.sqrt(c)) ** 2, v * (1 + np.sqrt(c)) ** 2
    if x >= b:
        return 1.0
    mass = max(0, 1 - 1 / c)
    if x <= a:
        return mass
    middle, half = (a + b) / 2, (b - a) / 2
    # sin(t)^2 / (middle - half cos(t)), in half angles: finite at t = 0 where a = 0
    f = lambda t: 2 * (half * np.sin(t)) ** 2 / (a + 2 * half * np.sin(t / 2) ** 2) / (4 * np.pi * v * c)
    return mass + integrate.quad(f, 0, np.arccos((middle - x) / half), epsabs=1e-13, epsrel=1e-13, limit=200)[0]


def law(rng):
    points = []
    for c, v in ((0.25, 1), (0.5, 3), (0.999, 1), (1, 2), (4, 0.5), (1e-3, 1)):
        a, b = v * (1 - np.sqrt(c)) ** 2, v * (1 + np.sqrt(c)) ** 2
        for u in (0.001, 0.1, 0.5, 0.9, 0.999):
            x = a + u * (b - a)
            points.append({"ratio": c, "variance": v, "x": x, "density": mp_density(x, c, v), "cdf": mp_cdf(x, c, v)})
    matrices = []
    for m in (rng.normal(0, 2, (40, 10)), rng.normal(0, 1, (12, 30)), rng.standard_t(2, (25, 25))):
        n, p = max(m.shape), min(m.shape)
        values, v = np.linalg.svd(m, compute_uv=False) ** 2 / n, m.var()
        ks = stats.kstest(values, np.vectorize(lambda x: mp_cdf(x, p / n, v))).statistic
        edges = v * (1 - np.sqrt(p / n)) ** 2, v * (1 + np.sqrt(p / n)) ** 2
        matrices.append({"matrix": m.tolist(), "ks": ks, "variance": v,
                         "outside": np.mean((values < edges[0]) | (values > edges[1]))})
    return {"points": points, "matrices": matrices}


def chi(n, d):
    k = np.arange(1, n) - n / 2
    i, j = np.meshgrid(k, k)
    top = np.exp(-(i**2 + j**2) * d**2 / 2) / (2 * np.pi)
    below = stats.norm.cdf(-np.maximum(i, j) * d) * stats.norm.cdf(np.minimum(i, j) * d)
    return top.sum() / below.sum()


def quantizer_error(n, d):
    """Mean squared error of n uniform levels, d apart, on a unit Gaussian, in closed form per bin."""
    levels = (np.arange(n) - (n - 1) / 2) * d
    cuts = np.concatenate([[-np.inf], (np.arange(1, n) - n / 2) * d, [np.inf]])
    mass, moment = np.diff(stats.norm.cdf(cuts)), -np.diff(stats.norm.pdf(cuts))
    return 1 - 2 * (levels * moment).sum() + (levels**2 * mass).sum()


def mean_field():
    rows = []
    for n in (3, 4, 5, 8, 16, 64):
        best = optimize.minimize_scalar(lambda d: 1 - chi(n, d), bounds=(1 / n, 9 / n), method="bounded", options={"xatol": 1e-12})
        error = optimize.minimize_scalar(lambda d: quantizer_error(n, d), bounds=(1 / n, 9 / n), method="bounded",
                                         options={"xatol": 1e-12}).fun
        rows.append({"levels": n, "spacing": best.x, "loss": best.fun, "quantizer": error, "chi_half": chi(n, 0.5)})
    return rows


def lognormal():
    rows = []
    for mu, sigma, alpha in ((0, 1, 1), (0, 2, 5), (-3, 0.5, 0.1), (1, 3, 0.2), (0, 0.3, 30), (0, 30, 1), (2, 40, 0.5)):
        z = (np.log(alpha) - mu) / sigma
        f = lambda t: stats.norm.pdf(t) * -np.expm1(mu + sigma * t - np.log(alpha))
        # |g| below alpha vanishes with probability 1 - |g| / alpha
        edges = [max(-12, z - 12), z - 6 / sigma if sigma > 3 else z - 3, z]
        value = sum(integrate.quad(f, a, b, epsabs=1e-14, epsrel=1e-13, limit=400)[0]
                    for a, b in zip([-np.inf] + edges, edges) if b > a)
        rows.append({"mu": mu, "sigma": sigma, "alpha": alpha, "sparsity": value})
    return rows


def main():
    rng = np.random.default_rng(17)
    result = {
        "entropy": entropies(rng), "divergences": divergences(rng), "wasserstein": wassersteins(rng),
        "histograms": histograms(rng), "gaussian": gaussians(rng), "information": information(rng),
        "spectrum": spectra(rng), "pca": pca(rng), "law": law(rng), "mean_field": mean_field(),
        "lognormal": lognormal(),
    }
    text = json.dumps(result, separators=(",", ":"), default=lambda a: a.tolist() if hasattr(a, "tolist") else float(a))
    (HERE / "information.json").write_text(text.replace('},{', '},\n{') + "\n")


if __name__ == "__main__":
    main()
