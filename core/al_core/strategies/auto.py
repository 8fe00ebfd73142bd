"""Doubt, covering and expected error reduction, mixed by how far the model believes that classes are clusters.

Where they are, a Gaussian field knows what each label would do to the whole pool, an item stands for those around it, and
nothing needs fewer labels. Where they are not, the field is wrong about all that, and what is dense may be of one class alone:
then what the model doubts is what is left, and while a class is missing not even that. A stack says how far it believes its
field; so none of them is chosen, all are heard, these two as far as the field is believed more than it would be in equal parts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.learners.gaussian_field import GaussianField
from al_core.learners.model import Model
from al_core.strategies.parts.anchored import AnchorKernel
from al_core.strategies.parts.best import argbest
from al_core.strategies.parts.coverage import Kernel, cover, covered_by, doubts, kernel_of
from al_core.strategies.parts.field_errors import Lessons, lessons_of
from al_core.strategies.parts.numbers import Asked, number, taken
from al_core.strategies.registry import Choice, Numbers, Parameter, QueryContext, strategy

TRIED = 5000
"""Candidates whose label is tried out on the field: of more, those that the rest of the score likes best."""


def _parts_of(context: QueryContext, asked: Asked, *, neighbors: int = 50) -> Numbers:
    kernel, weights = kernel_of(context, neighbors, 1.0), doubts(context)
    field, believed = _believed_field(context)
    blind = missing(context.labels, context.n_living)
    if not len(context.labelled) or (believed is None and not blind):
        there = np.searchsorted(context.rows, context.candidates)
        first = kernel.gains(weights, covered_by(context, kernel, context.labelled))[there].max()
        now = kernel.gains(weights, covered_by(context, kernel, taken(context, asked)))[there[asked.at]]
        words = "the model believes in no field: what its label adds to the cover, H, by what the first of the batch added"
        return Numbers(f"{number(now)} / {number(first)}" if first > 0 else "0", (words,))
    mix = _Mix(context, kernel, weights, field, 1.0 if believed is None else believed)
    for before in asked.before:
        mix.parts()  # what it taught is learnt in the order of the batch
        mix.take(before)
    parts = [(share_, values[asked.at], values[mix.eligible].max(), name) for share_, values, name in mix.parts()]
    expression = " + ".join(
        f"{number(share_)}·{number(max(value, 0.0))}/{number(most)}"
        for share_, value, most, _ in parts
        if most > 0 and share_ > 0
    )
    lines = [f"{name}: {number(value)}, at most {number(most)}" for _, value, most, name in parts]
    chance = [f"{number(blind)} of all picks are drawn blindly: classes have no label yet"] if blind else []
    return Numbers(expression or "0", (*lines, *chance))


@strategy(
    "auto",
    family="mixed",
    formula="(1 − κ)·U(x)/max U + κ/2·(H(x)/max H + R(x)/max R): doubt, herding's gain, expected error; κ: belief in the field",
    source="UHerding: Bae, Oliveira & Sutherland 2025; expected error reduction: Zhu, Lafferty & Ghahramani 2003",
    cost="that of herding, and of expected error reduction on a field, of whose candidates at most 5,000 are tried",
    why="Of what a label can do at most, settling doubt, standing for others, teaching the field, its label does {score:.0%}.",
    parameters={"neighbors": Parameter("nearest items that an item stands for", low=1)},
    numbers=_parts_of,
)
def auto(context: QueryContext, k: int, *, neighbors: int = 50) -> Choice:
    """Doubt, herding and expected error reduction, mixed by how far the Gaussian field in the model is believed."""
    kernel, weights = kernel_of(context, neighbors, 1.0), doubts(context)
    field, believed = _believed_field(context)
    blind = missing(context.labels, context.n_living)
    if not len(context.labelled) or (believed is None and not blind):
        indices, scores = cover(context, kernel, weights, k)
        return Choice(indices, scores / scores.max() if scores.max() > 0 else scores, np.arange(1, k + 1))
    return _Mix(context, kernel, weights, field, 1.0 if believed is None else believed).asked(k, blind)


def _believed_field(context: QueryContext) -> tuple[GaussianField | None, float | None]:
    """The field in the context's model, None where it cannot try labels out, and how far it is believed; see `belief`."""
    field, weight, members = field_of(context.model)
    if field is not None and not (field.prior is not None and field.graph.positions(context.candidates)[1].all()):
        field = None
    return field, None if weight is None else belief(weight, members)


def belief(weight: float, members: int) -> float:
    """How far a member of a mix is believed: its weight φ times how far that is above an even part, φ·max(0, (mφ − 1)/(m − 1)).

    Parameters
    ----------
    weight : its part of the mix, in [0, 1].
    members : m, how many there are; one alone is believed altogether.

    Returns
    -------
    float
        In [0, 1]: 0 up to an even part, which is what a member has that no label has spoken for; 1 where it is the whole.

    Examples
    --------
    >>> belief(1.0, 1), belief(0.25, 4), round(belief(0.5, 4), 4), belief(1.0, 4)
    (1.0, 0.0, 0.1667, 1.0)
    """
    if members < 2:
        return weight
    return weight * max(0.0, (members * weight - 1.0) / (members - 1))


def field_of(model: Model) -> tuple[GaussianField | None, float | None, int]:
    """The Gaussian field in a model, how much of the model fields are, and of how many members it is.

    In a stack it is the field with the largest weight, and weights of several are added up; a stack may be in another one. A
    mix whose parts are equal whatever they know, as in a vote, says of no field how far it is to be believed: (None, None, m).
    """
    parts = list(_weighed(model, 1.0))
    fields = [(weight, member) for member, weight in parts if isinstance(member, GaussianField)]
    if not fields:
        return None, None, len(parts)
    return max(fields, key=lambda part: part[0])[1], sum(weight for weight, _ in fields), len(parts)


def _weighed(model: Model, weight: float) -> Iterator[tuple[Model, float]]:
    """What a model is a mix of, each with its part of the whole."""
    voices = getattr(model, "voices", ())
    if not voices:
        yield model, weight
    for member, voice in zip(getattr(model, "members", ()), voices, strict=False):
        yield from _weighed(member, weight * float(voice.weight))


def missing(labels: IntArray, n_classes: int) -> float:
    """The share of picks to be made blindly, because classes have no label although so many labels should have met them.

    Of n labels by chance among C classes of one size, C·(1 − 1/C)ⁿ classes are expected to have none. Where u have none, that
    happens by chance with a probability of at most that expectation divided by u (Markov's inequality); 1 minus it is the
    share, and half of it once two classes have a label and there is something to doubt.

    Examples
    --------
    >>> missing(np.array([0, 1, 1, 0]), 2), missing(np.array([0, 1, 2]), 10)
    (0.0, 0.0)
    >>> missing(np.zeros(5, dtype=np.int64), 2)
    0.9375
    """
    seen = len(np.unique(labels))
    if not seen or seen >= n_classes:
        return 0.0
    expected = n_classes * (1.0 - 1.0 / n_classes) ** len(labels)
    against = max(0.0, 1.0 - expected / (n_classes - seen))
    return against if seen == 1 else against / 2


class _Mix:
    """The parts of the score, for one batch: each pick is covered, and given its most probable label in the field, before the
    next."""

    def __init__(
        self,
        context: QueryContext,
        kernel: Kernel | AnchorKernel,
        weights: FloatArray,
        field: GaussianField | None,
        believed: float,
    ) -> None:
        self._context, self._kernel, self._weights, self._field = context, kernel, weights, field
        self._believed = believed
        self._places = np.searchsorted(context.rows, context.candidates)
        self._covered = covered_by(context, kernel, context.labelled)
        self.eligible = np.ones(len(context.candidates), dtype=bool)
        """Candidates that are not in the batch yet."""
        self._tried: IntArray = np.arange(len(context.candidates))
        self._lessons: Lessons | None = None

    def asked(self, k: int, blind: float) -> Choice:
        """The batch, of which each pick is any candidate with the probability ``blind``."""
        rng, eligible = self._context.rng, self.eligible
        picks, scores = np.empty(k, dtype=np.int64), np.empty(k)
        for pick in range(k):
            mixed = self._mixed()
            if blind and rng.random() < blind:
                best = int(rng.choice(np.flatnonzero(eligible)))
            else:
                best = argbest(np.where(eligible, mixed, -np.inf), rng)
            picks[pick], scores[pick] = best, mixed[best]
            if pick + 1 < k:
                self.take(best)
        return Choice(picks, scores, np.arange(1, k + 1))

    def _mixed(self) -> FloatArray:
        mixed = np.zeros(len(self._places))
        for share, values, _ in self.parts():
            mixed += share * _of_most(values, self.eligible)
        return mixed

    def parts(self) -> list[tuple[float, FloatArray, str]]:
        """What the score is a sum of, each of every candidate by the largest: its share, its values and what they are."""
        doubt = self._weights[self._places] * (1.0 - self._kernel.of_rows(self._covered)[self._places])
        stood = self._kernel.gains(self._weights, self._covered)[self._places]
        if self._field is None:
            return [(1.0 - self._believed, doubt, "doubt U"), (self._believed, stood, "herding's gain H")]
        half = self._believed / 2
        rest = (1.0 - self._believed) * _of_most(doubt, self.eligible) + half * _of_most(stood, self.eligible)
        taught = self._taught(rest)
        return [(1.0 - self._believed, doubt, "doubt U"), (half, stood, "herding's gain H"), (half, taught, "expected error R")]

    def _taught(self, rest: FloatArray) -> FloatArray:
        """How much expected error the label of each candidate would take away; 0 of those that are not tried."""
        if self._lessons is None:
            assert self._field is not None
            if len(rest) > TRIED:
                self._tried = np.sort(np.argpartition(-rest, TRIED)[:TRIED])
            self._lessons = lessons_of(self._field, self._context.candidates, self._tried)
        taught = np.zeros(len(rest))
        taught[self._tried] = self._lessons.now() - self._lessons.errors(self.eligible[self._tried], "zero_one")
        return taught

    def take(self, best: int) -> None:
        """Put a candidate into the batch."""
        position = int(np.searchsorted(self._tried, best))
        if self._lessons is not None and position < len(self._tried) and self._tried[position] == best:
            self._lessons.learn(position, self.eligible[self._tried])
        self.eligible[best] = False
        self._kernel.add(int(self._places[best]), self._covered)


def _of_most(values: FloatArray, eligible: IntArray) -> FloatArray:
    """Values as shares of the largest of those that are eligible, at least 0; all 0 where that is not above 0."""
    most = float(values[eligible].max())
    return np.maximum(values, 0.0) / most if most > 0 else np.zeros_like(values)
