"""How a race answers a question: something is measured of every run, or two of them are compared. Free of numerics.

Written as ``fewest labels(0.9)``, ``most found(rare)``, ``same(margin, entropy)``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from al_core.ground.calls import parse_call, split_names
from al_core.ground.errors import UserError, unknown
from al_core.ground.numbers import NONE, fixed, milliseconds, rate, whole
from al_core.measures.curves import accuracy_at, aulc, first_hit
from al_core.race.view import RaceView, RunView

NOBODY = "no difference"
"""The answer where two strategies or more come out alike."""
YES, NO = "yes", "no"


class Found(NamedTuple):
    """What a race answers.

    Parameters
    ----------
    answer : one of the choices.
    numbers : what was measured of each strategy, in words, in the order of the race.
    """

    answer: str
    numbers: tuple[tuple[str, str], ...]


Measured = Callable[[RunView, Sequence[str], str], float | None]
"""From a run, the names of the classes and what stands in parentheses to a number; None where there is none."""


def _labels(run: RunView, classes: Sequence[str], target: str) -> float | None:
    return first_hit(run.state.curve, float(target))


def _accuracy(run: RunView, classes: Sequence[str], labels: str) -> float | None:
    curve = run.state.curve
    if not labels or not curve:
        return run.accuracy
    return accuracy_at(curve, float(labels)) if curve[0][0] <= float(labels) <= curve[-1][0] and len(curve) > 1 else None


def _area(run: RunView, classes: Sequence[str], _: str) -> float | None:
    return aulc(run.state.curve)


def _found(run: RunView, classes: Sequence[str], name: str) -> float | None:
    number = list(classes).index(name)
    return float(sum(given.label == number for given in run.state.history))


def _seconds(run: RunView, classes: Sequence[str], _: str) -> float | None:
    return run.seconds_per_query


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that is measured of a run: how, what stands in parentheses, in words for a person."""

    of: Measured
    needs: str
    shown: Callable[[float], str]
    unit: str
    never: str = NONE


MEASURES = {
    "labels": Measure(_labels, "target", whole, " labels", "never"),
    "accuracy": Measure(_accuracy, "labels or nothing", rate, ""),
    "area": Measure(_area, "nothing", fixed, ""),
    "found": Measure(_found, "class", whole, " found"),
    "seconds": Measure(_seconds, "nothing", milliseconds, " a query"),
}
_WAYS = ("most", "fewest")


@dataclass(frozen=True, slots=True)
class Check:
    """A way to answer a question by a race.

    Parameters
    ----------
    way : ``most`` or ``fewest`` of a measure, or ``same``.
    measure, inside : what is measured, and what stands in its parentheses; both empty for ``same``.
    pair : the two strategies that ``same`` is about.
    """

    way: str
    measure: str = ""
    inside: str = ""
    pair: tuple[str, ...] = ()

    def choices(self, strategies: Sequence[str]) -> tuple[str, ...]:
        """All answers that there may be."""
        return (YES, NO) if self.way == "same" else (*strategies, NOBODY)

    def answer(self, view: RaceView, classes: Sequence[str]) -> Found:
        """What a race says, as far as it has got."""
        if self.way == "same":
            return _same(view, self.pair)
        measure = MEASURES[self.measure]
        values = [measure.of(run, classes, self.inside) for run in view.runs]
        known = [value for value in values if value is not None]
        best = None if not known else max(known) if self.way == "most" else min(known)
        first = [run.name for run, value in zip(view.runs, values, strict=True) if value is not None and value == best]
        words = (measure.never if value is None else f"{measure.shown(value)}{measure.unit}" for value in values)
        numbers = tuple(zip((run.name for run in view.runs), words, strict=True))
        return Found(first[0] if len(first) == 1 else NOBODY, numbers)


def _same(view: RaceView, pair: tuple[str, ...]) -> Found:
    """Whether two strategies have asked for the same items in every round."""
    asked = [[{given.row for given in entry.answers} for entry in run.state.rounds] for run in view.runs if run.name in pair]
    alike = sum(one == other for one, other in zip(*asked, strict=False))
    rounds = max(map(len, asked))
    return Found(YES if alike == rounds else NO, ((" and ".join(pair), f"the same in {alike:,} of {rounds:,} rounds"),))


def read_check(text: str, strategies: Sequence[str], classes: Sequence[str]) -> Check:
    """Read how a question is answered.

    Raises
    ------
    UserError
        There is no such way, measure, class or strategy; it says what there is.
    """
    way, _, rest = text.strip().partition(" ")
    if text.startswith("same"):
        inside = text.removeprefix("same").strip().removeprefix("(").removesuffix(")")
        pair = tuple(split_names(inside))
        if len(pair) != 2:
            raise UserError(f"{text!r} compares {len(pair)} strategies; write same(one, other)")
        for name in pair:
            if name not in strategies:
                raise unknown("strategy in this race", name, strategies)
        return Check("same", pair=pair)
    if way not in _WAYS:
        raise UserError(f"{text!r} is no way to answer; write most MEASURE, fewest MEASURE or same(one, other)")
    call = parse_call(rest)
    if (measure := MEASURES.get(call.name)) is None:
        raise unknown("measure", call.name, MEASURES)
    inside = "".join(str(value) for value in call.args[:1])
    _check_inside(measure, call.name, inside, len(call.args) + len(call.kwargs), classes)
    return Check(way, call.name, inside)


def _check_inside(measure: Measure, name: str, inside: str, count: int, classes: Sequence[str]) -> None:
    """Raise `UserError` where what stands in the parentheses of a measure is not what it needs."""
    if count > (measure.needs != "nothing"):
        raise UserError(f"{name} takes {measure.needs} in its parentheses")
    if measure.needs == "class":
        if inside not in classes:
            raise unknown("class", inside, classes)
    elif measure.needs != "nothing" and (inside or measure.needs == "target"):
        try:
            number = float(inside)
        except ValueError:
            number = -1.0
        if not 0 < number <= (1 if measure.needs == "target" else 1e9):
            example = "labels(0.9)" if measure.needs == "target" else "accuracy(40)"
            raise UserError(f"{name}({inside}) has no number that can be meant; write {example}")
