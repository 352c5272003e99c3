#!/usr/bin/env python3
"""Writes tests/golden/statistics/statistics.json: what SciPy and statsmodels say about the numbers
that results/{paired_test,interval,statistics}.cc compute. Needs numpy, scipy and statsmodels, which
the project itself does not; run by hand, the file is committed."""
import json
import pathlib

import numpy
import scipy
import statsmodels
from scipy import stats
from statsmodels import api
from statsmodels.stats import contingency_tables, multitest, proportion

SAMPLED = 1_000_000
random = numpy.random.default_rng(20240131)


def mcnemar(lost, gained):
    n = lost + gained
    table = [[50, lost], [gained, 50]]
    return {
        "lost": lost,
        "gained": gained,
        "worse": stats.binomtest(lost, n, alternative="greater").pvalue if n else 1.0,
        "better": stats.binomtest(gained, n, alternative="greater").pvalue if n else 1.0,
        "two_sided": float(contingency_tables.mcnemar(table, exact=True).pvalue) if n else 1.0,
    }


def permutation(differences, n_resamples):
    def p(alternative):
        return float(
            stats.permutation_test(
                (numpy.array(differences),),
                lambda x, axis: numpy.sum(x, axis=axis),
                permutation_type="samples",
                alternative=alternative,
                n_resamples=n_resamples,
                vectorized=True,
                batch=1000,
                random_state=1,
            ).pvalue
        )

    return {
        "differences": [float(d) for d in differences],
        "worse": p("less"),
        "better": p("greater"),
        "two_sided": p("two-sided"),
    }


def clustered_rows(num_clusters, largest, effect):
    sizes = random.integers(1, largest + 1, num_clusters)
    shared = random.normal(0, 0.2, num_clusters)
    return [
        [round(float(v), 6) for v in effect + shared[c] + random.normal(0, 0.3, sizes[c])]
        for c in range(num_clusters)
    ]


def clustered_error(clusters):
    rows = numpy.concatenate([numpy.array(c) for c in clusters])
    groups = numpy.repeat(numpy.arange(len(clusters)), [len(c) for c in clusters])
    fit = api.OLS(rows, numpy.ones(len(rows))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return float(fit.bse[0])


def bootstrap(clusters):
    sums = numpy.array([sum(c) for c in clusters])
    sizes = numpy.array([len(c) for c in clusters])
    found = stats.bootstrap(
        (sums, sizes),
        lambda x, y, axis: numpy.sum(x, axis=axis) / numpy.sum(y, axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        confidence_level=0.95,
        n_resamples=200_000,
        batch=1000,
        random_state=1,
    ).confidence_interval
    return {
        "clusters": clusters,
        "mean": float(sums.sum() / sizes.sum()),
        "standard_error": clustered_error(clusters),
        "low": float(found.low),
        "high": float(found.high),
    }


def wilson(successes, n, alpha):
    low, high = proportion.proportion_confint(successes, n, alpha=alpha, method="wilson")
    return {"successes": successes, "n": n, "z": float(stats.norm.isf(alpha / 2)),
            "low": float(low), "high": float(high)}


def holm(p_values):
    adjusted = multitest.multipletests(p_values, method="holm")[1]
    return {"p": p_values, "adjusted": [float(p) for p in adjusted]}


golden = {
    "made_with": {"numpy": numpy.__version__, "scipy": scipy.__version__,
                  "statsmodels": statsmodels.__version__},
    "mcnemar": [mcnemar(*pair) for pair in
                [(0, 0), (1, 0), (3, 0), (0, 5), (6, 0), (9, 2), (10, 10), (37, 20), (20, 37),
                 (400, 350), (5012, 4890), (100, 4900), (60000, 60500)]],
    "permutation_exact": [permutation(d, numpy.inf) for d in
                          [[-1.0, 0.4], [0.3, -0.7, 0.1], [-0.1] * 6, [0.3, -0.3, 0.6, -0.6, 0.1],
                           [0.0, -0.3, 0.0, -0.6, 0.1, -1.0],
                           [-2.0, -1.0, 1.0, -3.0, 1.0, -1.0, -2.0, 2.0, -1.0, -1.0],
                           [round(float(d), 6) for d in random.normal(-0.3, 0.5, 16)],
                           [float(d) for d in random.integers(-3, 3, 18)]]],
    "permutation_sampled": [permutation([round(float(d), 6) for d in random.normal(m, s, n)],
                                        SAMPLED)
                            for m, s, n in [(0, 0.5, 40), (-0.1, 0.5, 60), (-0.05, 0.4, 200),
                                            (0.06, 0.4, 150)]],
    "intervals": [bootstrap(clustered_rows(*shape)) for shape in
                  [(12, 1, 0.1), (60, 1, 0.0), (40, 6, -0.05), (200, 4, -0.02)]],
    "wilson": [wilson(*case) for case in
               [(0, 10, 0.05), (10, 10, 0.05), (15, 20, 0.05), (303, 900, 0.05),
                (7484, 12578, 0.05), (1, 1, 0.05), (97, 100, 0.01)]],
    "holm": [holm(p) for p in
             [[0.03], [0.01, 0.04, 0.03, 0.005], [0.5, 0.5, 0.5], [0.001, 0.001, 0.9, 0.02],
              [round(float(p), 6) for p in random.uniform(0, 0.2, 16)]]],
    "normal_quantile": [{"p": p, "z": float(stats.norm.ppf(p))} for p in
                        [1e-9, 0.003125, 0.05, 0.5, 0.8, 0.975, 0.999]],
}
path = pathlib.Path(__file__).parent.parent / "tests/golden/statistics/statistics.json"
path.parent.mkdir(parents=True, exist_ok=True)
path.write_text(json.dumps(golden, indent=1) + "\n")
print(path, path.stat().st_size, "bytes")
