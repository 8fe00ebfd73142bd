"""Herding and expected error reduction, mixed by how far the model believes that classes are clusters.

Where they are, a Gaussian field knows what each label would do to the whole pool, and nothing needs fewer labels. Where they
are not, the field is wrong about that too, and covering what the model doubts is what is left. A stack says how far it believes
its field; so neither is chosen, both are heard.
"""

from __future__ import annotations

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.learners.gaussian_field import ExactCovariance, GaussianField
from al_core.learners.model import Model
from al_core.strategies.parts.best import argbest
from al_core.strategies.parts.coverage import Kernel, add, cover, doubts, gains, kernel_of
from al_core.strategies.parts.field_errors import expected_errors, with_label
from al_core.strategies.registry import Choice, Parameter, QueryContext, strategy

MOST_HEARD = 0.5
"""Share of expected error reduction where the model is a field and nothing else: alone it never asks what it is sure of."""


@strategy(
    "auto",
    family="mixed",
    formula="(1 − φ/2)·H(x)/max H + φ/2·R(x)/max R, H herding's gain, R the expected error that goes, φ the field's weight",
    source="UHerding: Bae, Oliveira & Sutherland 2025; expected error reduction: Zhu, Lafferty & Ghahramani 2003",
    cost="that of herding, and of expected error reduction on a field of up to 5,000 items",
    why="Of what a label can do at most, standing for others and teaching the field, its label does {score:.0%}.",
    parameters={"neighbors": Parameter("nearest items that an item stands for", low=1)},
)
def auto(context: QueryContext, k: int, *, neighbors: int = 50) -> Choice:
    """Herding by the model's doubt, mixed with expected error reduction by the weight of the Gaussian field in the model."""
    kernel, weights = kernel_of(context, neighbors, 1.0), doubts(context)
    field, share = field_of(context.model)
    if (
        field is None
        or not share
        or not isinstance(field.prior, ExactCovariance)
        or not field.graph.positions(context.candidates)[1].all()
    ):
        indices, scores = cover(context, kernel, weights, k)
        return Choice(indices, scores / scores.max() if scores.max() > 0 else scores, np.arange(1, k + 1))
    return _mixed(context, kernel, weights, field, share, k)


def field_of(model: Model) -> tuple[GaussianField | None, float]:
    """The Gaussian field in a model and how much of the model it is: all of it, its weight in a stack, or nothing."""
    if isinstance(model, GaussianField):
        return model, 1.0
    members, voices = getattr(model, "members", ()), getattr(model, "voices", ())
    for member, voice in zip(members, voices, strict=False):
        if isinstance(member, GaussianField):
            return member, float(voice.weight)
    return None, 0.0


def _mixed(context: QueryContext, kernel: Kernel, weights: FloatArray, field: GaussianField, share: float, k: int) -> Choice:
    """Picks one by one: each is covered, and given its most probable label in the field, before the next."""
    rows = context.candidates
    places = np.searchsorted(context.rows, rows)
    covered = np.zeros(len(context.rows))
    for position in np.searchsorted(context.rows, context.labelled).tolist():
        add(kernel, position, covered)
    f, everyone = field.field(rows), np.arange(len(rows))
    covariance = field.covariance(rows, rows)
    eligible = np.ones(len(rows), dtype=bool)
    picks, scores = np.empty(k, dtype=np.int64), np.empty(k)
    for pick in range(k):
        variance = np.where(eligible, covariance[everyone, everyone], 1.0)
        now = float((1.0 - f.max(axis=1)).mean())
        taught = now - expected_errors(f, covariance, variance, f, "zero_one")
        stood = gains(kernel, weights, covered)[places]
        heard = MOST_HEARD * share
        mixed = (1.0 - heard) * _of_most(stood, eligible) + heard * _of_most(taught, eligible)
        best = argbest(np.where(eligible, mixed, -np.inf), context.rng)
        picks[pick], scores[pick] = best, mixed[best]
        eligible[best] = False
        add(kernel, int(places[best]), covered)
        if pick + 1 < k:
            f, covariance = with_label(f, covariance, float(variance[best]), best, best)
    return Choice(picks, scores, np.arange(1, k + 1))


def _of_most(values: FloatArray, eligible: IntArray) -> FloatArray:
    """Values as shares of the largest of those that are eligible, at least 0; all 0 where that is not above 0."""
    most = float(values[eligible].max())
    return np.maximum(values, 0.0) / most if most > 0 else np.zeros_like(values)
