"""What a query strategy may see, and how it reads a pool that may be far larger than a cache."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from al_core.data.dataset import FloatArray, IntArray, as_float
from al_core.data.near_zero import kept_offset
from al_core.learners.linear_head import linear_head
from al_core.learners.model import Model

T = TypeVar("T")

CHUNK = 4096
"""Rows scored at a time: their features and class scores stay in the processor's second-level cache."""
_SLICE = 1 << 17
_DENSE = 1.25


@dataclass(frozen=True, eq=False)
class QueryContext:
    """What a strategy may see. Labels of the candidates are not in it.

    Parameters
    ----------
    model : fitted on the labelled items.
    features : float array, shape (n_items, d), of all items; may be a read-only memory map.
    candidates : int array, shape (n,), rows that may be asked for, ascending. Strategies answer with positions in it.
    labelled : int array, shape (m,), rows with a label, ascending.
    labels : int array, shape (m,), their class indices.
    n_classes : classes there are.
    rng : the run's own random stream; the only source of randomness a strategy may use.
    memo : the task's store for what is derived from features alone, kept between rounds.
    round_memo : what is derived once a round, such as a committee; gone with the round.
    refit : fits the run's learner as if ``(rows, labels)`` were what is labelled; for strategies that try labels out.
    dead : classes that no label may be of any more, because they were deleted or are part of others now.
    pool : int array, rows of everything that a learner sees beside what is labelled, ascending, asked for or not; the
        candidates where nothing is said.
    """

    model: Model
    features: FloatArray
    candidates: IntArray
    labelled: IntArray
    labels: IntArray
    n_classes: int
    rng: np.random.Generator
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    round_memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    refit: Callable[[IntArray, IntArray], Model] | None = field(default=None, repr=False)
    pool: IntArray | None = field(default=None, repr=False)
    dead: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", as_float(self.features))

    @cached_property
    def probabilities(self) -> FloatArray:
        """The model's class probabilities of every candidate, shape (n, n_classes), computed once a round; read-only."""
        p = self._asked(self.candidates)
        p.setflags(write=False)
        return p

    @property
    def n_living(self) -> int:
        """Classes that a label may still be of."""
        return self.n_classes - self.dead

    @cached_property
    def X(self) -> FloatArray:
        """Features of the candidates, shape (n, d); a copy."""
        return np.asarray(self.features[self.candidates])

    @property
    def offset(self) -> FloatArray:
        """How far features are to be moved before differences are taken, shape (d,); see `al_core.data.near_zero`."""
        return kept_offset(self.features, self.memo)

    @cached_property
    def rows(self) -> IntArray:
        """Rows of the candidates and of everything labelled, ascending: what density and clusters are about."""
        return np.union1d(self.candidates, self.labelled)

    @cached_property
    def nodes(self) -> IntArray:
        """Rows of everything that a learner sees, ascending: the same all through a run, whatever is put aside."""
        return np.union1d(self.candidates if self.pool is None else self.pool, self.labelled)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What ``make`` returns, made once a round and shared by everything that scores in it."""
        if key not in self.round_memo:
            self.round_memo[key] = make()
        made: T = self.round_memo[key]
        return made

    def slices(self) -> Iterator[tuple[int, QueryContext]]:
        """The same context over consecutive parts of the candidates, with the position of each part's first."""
        if len(self.candidates) <= _SLICE:
            yield 0, self
            return
        for begin in range(0, len(self.candidates), _SLICE):
            yield begin, replace(self, candidates=self.candidates[begin : begin + _SLICE])

    def over_features(self, function: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """Apply ``function``, (m, d) → (…, m), to all candidates, a cache-sized chunk at a time, without a copy of them.

        A chunk whose rows lie close together is read as one slice and what does not belong to it is dropped afterwards: that
        reads memory in order, and costs less than gathering rows.
        """
        parts = []
        for begin in range(0, len(self.candidates), CHUNK):
            rows = self.candidates[begin : begin + CHUNK]
            first, span = int(rows[0]), int(rows[-1]) - int(rows[0]) + 1
            if span == len(rows):
                parts.append(function(self.features[first : first + span]))
            elif 0 < span <= _DENSE * len(rows):
                parts.append(function(self.features[first : first + span])[..., rows - first])
            else:
                parts.append(function(self.features[rows]))
        return np.concatenate(parts, axis=-1)

    def score_columns(
        self,
        of_probabilities: Callable[[FloatArray], FloatArray],
        of_logits: Callable[[FloatArray], FloatArray] | None = None,
    ) -> FloatArray:
        """Score all candidates in chunks: a large pool needs no n × C matrix.

        Parameters
        ----------
        of_probabilities : from class probabilities, one column per candidate, (C, m) → (…, m).
        of_logits : the same from the logits of a softmax over the classes known to it, (K, m) → (…, m); may overwrite them.
            Used for models that have a linear layer.

        Returns
        -------
        Float array, shape (…, n).
        """
        head = linear_head(self.model)
        if head is not None:
            score = of_logits or (lambda z: of_probabilities(_spread(softmax(z), head.classes, self.n_classes)))
            return self.over_features(lambda X: score(head.logits(X)))
        if len(self.candidates) <= CHUNK or "probabilities" in self.__dict__:
            return of_probabilities(self.probabilities.T)
        chunks = range(0, len(self.candidates), CHUNK)
        return np.concatenate(
            [of_probabilities(self._asked(self.candidates[begin : begin + CHUNK]).T) for begin in chunks], axis=-1
        )

    def _asked(self, rows: IntArray) -> FloatArray:
        """The model's probabilities for some rows: a score of what is no number would be a pick at random."""
        p = self.model.probabilities(rows)
        if not np.isfinite(p).all():
            raise ValueError("the learner gave probabilities that are no numbers")
        return p

    def squared_norms(self) -> FloatArray:
        """Squared Euclidean norm of every candidate's features, shape (n,)."""
        return self.over_features(lambda X: np.asarray(np.einsum("ij,ij->i", X, X), dtype=np.float64))


def softmax(z: FloatArray) -> FloatArray:
    """Probabilities from logits, shape (K, m), column by column, in place."""
    z -= z.max(axis=0)
    np.exp(z, out=z)
    z /= z.sum(axis=0)
    return z


def _spread(p: FloatArray, classes: IntArray, n_classes: int) -> FloatArray:
    if len(p) == n_classes:
        return p
    full = np.zeros((n_classes, p.shape[1]))
    full[classes] = p
    return full
