"""Items drawn at random to measure a model by, that no model ever learns, and what they say of it. Nothing is written.

What comes at which turn follows from the seed, the number of answers and what is open alone, so that it is the same after a
restart and after answers were taken back. What was drawn is asked before anything else until it is answered: nobody can pass
over it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import NamedTuple

from al_core.labelling.items import Items
from al_core.labelling.messages import ModelRequest
from al_core.labelling.share import share_of
from al_core.measures.audit import audit_interval
from al_core.sessions.ledger import Ledger

USUAL = 0.1
"""How probable an item to measure with is at each turn, where nobody has said it and no label is known."""
FEW, FASTER = 30, 2.0
"""While fewer are answered they come so many times as often: of few items one can say little."""
FEWEST = 10
"""Of fewer a share is no point of a curve."""
_TRIES = 64


class Estimate(NamedTuple):
    """What an audit says of the latest model.

    Parameters
    ----------
    right, asked : items that were drawn to measure with and answered, in ``right`` those to which the model gives that label.
    unknown : how many of them have an answer that is no label: wrong for the lower end, right for the upper.
    lower, upper : between which shares of the items that it has not learnt the model has right, with 95 % confidence over all
        looks together.
    """

    right: int
    asked: int
    unknown: int
    lower: float
    upper: float


class Audit:
    """Draws items to measure with, at the rate of the session's settings.

    Parameters
    ----------
    ledger : what is chosen and answered.
    items : the items.
    """

    def __init__(self, ledger: Ledger, items: Items) -> None:
        self._ledger, self._items = ledger, items
        share = share_of(ledger.settings)
        self._common = () if share is None else share.common(items.ids[row] for row in items.pool)
        """Items that others are asked as well, in the order in which they measure with them."""

    @property
    def drawn(self) -> tuple[str, ...]:
        """The items that were drawn and are here, answered or not."""
        return tuple(item for item in self._ledger.choices.audited if item in self._items.row_of)

    @property
    def answered(self) -> int:
        """How many items that were drawn are answered."""
        return sum(item in self._ledger.answers for item in self._ledger.choices.audited)

    @property
    def labelled(self) -> int:
        """How many items that were drawn have a label of the person."""
        return sum(self._ledger.person_label(item) is not None for item in self._ledger.choices.audited)

    def next(self) -> str | None:
        """The item to measure with that comes next; None where the next one is to learn from."""
        waiting = next((item for item in self._ledger.choices.audited if self._is_open(item)), None)
        turn = len(self._ledger.answers)
        return waiting or (self._draw(turn) if self._is_due(turn) else None)

    def ahead(self, count: int) -> Mapping[int, str]:
        """The items to measure with among the next ``count``, by their places, if nothing changes."""
        turn = len(self._ledger.answers)
        found = {} if (first := self.next()) is None else {0: first}
        for place in range(1, count):
            if self._is_due(turn + place) and (item := self._draw(turn + place, {*found.values()})) is not None:
                found[place] = item
        return found

    def lessons(self) -> dict[str, int]:
        """Item → label that a model may learn: the person's, or else ground truth's, of what was not drawn to measure with."""
        ledger, drawn = self._ledger, self._ledger.choices.audited
        labels = {item: label for item, label in ledger.person_labels.items() if item not in drawn}
        for item, entry in ledger.machine.items():
            if entry.by == "truth" and item not in ledger.answers and item not in drawn:
                labels[item] = entry.label
        return labels

    def population(self, request: ModelRequest) -> int:
        """How many items there are that a model of ``request`` has not learnt, but for those that are bad; of what the items
        were drawn from, all.
        """
        answers, row_of = self._ledger.answers, self._items.row_of
        learnt = {item for item, _ in request.labels if item in row_of}
        bad = {item for item, answer in answers.items() if answer.label is None and answer.status == "bad" and item in row_of}
        return len(row_of) - len(learnt | bad) + self._items.others

    def estimate(self, items: Sequence[str], guesses: Sequence[int], population: int) -> Estimate | None:
        """What is known by now of the model that says ``guesses`` of ``items``; None before one of these was answered.

        An item that is bad is none that a model could be right about, and is no part of the sample.
        """
        answers = self._ledger.answers
        given = [(answers[item], guess) for item, guess in zip(items, guesses, strict=True) if item in answers]
        given = [(answer, guess) for answer, guess in given if answer.status != "bad" or answer.label is not None]
        if not given:
            return None
        right = sum(answer.label == guess for answer, guess in given)
        unknown = sum(answer.label is None for answer, _ in given)
        pool = max(population, len(given))
        return Estimate(right, len(given), unknown, *audit_interval(right, len(given), pool, unknown=unknown))

    def _is_due(self, turn: int) -> bool:
        """Whether an item to measure with comes after so many answers."""
        rate = self._ledger.settings.audit or 0.0
        answered = (item for item in self._ledger.choices.audited if item in self._ledger.answers)
        few = sum(1 for _ in islice(answered, FEW)) < FEW
        return self._number(turn, "whether") < rate * (FASTER if few else 1.0)

    def _draw(self, turn: int, before: AbstractSet[str] = frozenset()) -> str | None:
        """One of the open items, each as likely as any other, but for those that come ``before``; None where there is none.

        Of a part, those that are asked of everybody come first, in an order by their content that is everybody's: which items
        these are is random as well, and where everybody measures with the same, how far they agree is known from the beginning.
        """
        ids, pool = self._items.ids, self._items.pool
        if not pool:
            return None
        if (item := next((one for one in self._common if self._is_open(one) and one not in before), None)) is not None:
            return item
        for attempt in range(_TRIES):
            item = ids[pool[int(self._number(turn, f"which {attempt}") * len(pool))]]
            if self._is_open(item) and item not in before:
                return item
        # so few that they are seldom met
        left = [ids[row] for row in pool if self._is_open(ids[row]) and ids[row] not in before]
        return left[int(self._number(turn, "which") * len(left))] if left else None

    def _number(self, turn: int, what: str) -> float:
        """A number from 0 to below 1, as at random."""
        text = f"audit {self._ledger.settings.seed} {turn} {what}"
        return (int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 11) / 2**53

    def _is_open(self, item: str) -> bool:
        ledger = self._ledger
        return item in self._items.row_of and item not in ledger.answers and item not in ledger.machine


def audit_curve(ledger: Ledger) -> tuple[tuple[int, float], ...]:
    """(labels, share right of what was drawn to measure with) of the last model at every number of labels; none of too few."""
    points = {entry.labels: entry.audited_right / entry.audited for entry in ledger.rounds if entry.audited >= FEWEST}
    return tuple(sorted(points.items()))


def audit_rate(said: float | None, items: Items) -> float | None:
    """The share of items to measure with of a new session: what was said, or else the usual one where no label is known."""
    return USUAL if said is None and items.truth is None else said
