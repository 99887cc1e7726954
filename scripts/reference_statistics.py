#!/usr/bin/env python3
"""Figures of others for what `slant compare` computes itself, as tests/reference/statistics.json.

    pip install scipy statsmodels ppi-python
    scripts/reference_statistics.py > tests/reference/statistics.json

Unit tests of src/compare hold slant's own functions to them, to 1e-6: the standard error of a mean over
clustered rows and Hedges' g (statsmodels), the adjustment for many comparisons and the p of exchanging
articles and of giving differences either sign in every way (scipy), and the mean corrected by labels
(ppi-python, at the λ that slant's formula gives).
"""

import json
import random

import numpy
import statsmodels.api
from ppi_py import ppi_mean_pointestimate
from scipy.stats import false_discovery_control, permutation_test
from statsmodels.stats.meta_analysis import effectsize_smd

draw = random.Random(1)


def group(articles: int) -> list[list[dict]]:
    """Articles of uneven length; each row has the model's score and maybe a label."""
    collection = []
    for _ in range(articles):
        tone = draw.choice([-0.5, 0, 0.3])
        rows = [round(max(-1, min(1, draw.gauss(tone, 0.4))), 4) for _ in range(draw.randint(1, 9))]
        label = [draw.choice([-1, 0, 1]) if draw.random() < 0.4 else None for _ in rows]
        collection.append([{"score": score, "label": label} for score, label in zip(rows, label)])
    return collection


def clustered(articles: list[list[dict]]) -> list[float]:
    scores = [row["score"] for rows in articles for row in rows]
    numbers = [number for number, rows in enumerate(articles) for _ in rows]
    model = statsmodels.api.OLS(scores, numpy.ones(len(scores)))
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": numpy.array(numbers)})
    return [float(fit.params[0]), float(fit.bse[0])]


def hedges(a: list[list[dict]], b: list[list[dict]]) -> float:
    means = [[numpy.mean([row["score"] for row in rows]) for rows in articles] for articles in (a, b)]
    told = [(numpy.mean(one), numpy.std(one, ddof=1), len(one)) for one in means]
    return float(effectsize_smd(*told[0], *told[1])[0])


def corrected(articles: list[list[dict]]) -> float:
    rows = [row for rows in articles for row in rows]
    scores = numpy.array([row["score"] for row in rows])
    labelled = [row for row in rows if row["label"] is not None]
    truth = numpy.array([float(row["label"]) for row in labelled])
    model = numpy.array([row["score"] for row in labelled])
    a, b = [], []
    for rows in articles:
        own = [row for row in rows if row["label"] is not None]
        a.append(sum(row["label"] - truth.mean() for row in own) / len(labelled))
        of_labelled = sum(row["score"] - model.mean() for row in own) / len(labelled)
        b.append(of_labelled - sum(row["score"] - scores.mean() for row in rows) / len(scores))
    tuned = min(1.0, max(0.0, float(numpy.dot(a, b) / numpy.dot(b, b))))
    return float(numpy.squeeze(ppi_mean_pointestimate(truth, model, scores, lam=tuned)))


def standard_error(rows: numpy.ndarray, sums: numpy.ndarray) -> float:
    left = sums - sums.sum() / rows.sum() * rows
    return float(numpy.sqrt(len(rows) / (len(rows) - 1) * (left**2).sum()) / rows.sum())


def exchanged(a: list[list[dict]], b: list[list[dict]]) -> float:
    """The p of exchanging articles, which are known by number here, in every way."""
    rows = numpy.array([len(rows) for rows in a + b], dtype=float)
    sums = numpy.array([sum(row["score"] for row in rows) for rows in a + b])

    def distance(one, other):
        one, other = one.astype(int), other.astype(int)
        difference = sums[one].sum() / rows[one].sum() - sums[other].sum() / rows[other].sum()
        errors = [standard_error(rows[group], sums[group]) for group in (one, other)]
        return abs(difference) / numpy.hypot(*errors)

    numbers = numpy.arange(len(a + b))
    return every(distance, (numbers[: len(a)], numbers[len(a) :]), "independent")


def signed(differences: list[float]) -> float:
    def distance(signed):
        return abs(numpy.mean(signed)) / (numpy.std(signed, ddof=1) / numpy.sqrt(len(signed)))

    return every(distance, (numpy.array(differences),), "samples")


def every(distance, samples, kind: str) -> float:
    found = permutation_test(
        samples,
        distance,
        permutation_type=kind,
        vectorized=False,
        n_resamples=numpy.inf,
        alternative="greater",
    )
    return float(found.pvalue)


a, b = group(14), group(23)
few = [group(5), group(6)]
differences = [round(draw.gauss(0.2, 0.3), 4) for _ in range(9)]
p = [round(draw.random() ** 3, 6) for _ in range(12)]
print(
    json.dumps(
        {
            "a": a,
            "b": b,
            "p": p,
            "mean": clustered(a),
            "effect": hedges(a, b),
            "adjusted": [float(value) for value in false_discovery_control(p)],
            "corrected": corrected(a),
            "few": few,
            "few_p": exchanged(*few),
            "differences": differences,
            "differences_p": signed(differences),
        },
        indent=1,
    )
)
