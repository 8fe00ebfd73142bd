"""Sentences about several data sets, and pictures of a race over seeds, event by event."""

from __future__ import annotations

from dataclasses import replace

import pytest

from al_core.comparison.cell import Cell
from al_core.comparison.conclusion import across_words
from al_core.comparison.documents import Across
from al_core.comparison.live_view import CellsFinished, Noted, Recalled, Stopped, TriedAgain, open_live, reduce_live
from al_core.comparison.plan import complete
from al_core.measures.estimates import FriedmanResult
from al_core.task.spec import TaskSpec

TESTED = FriedmanResult(3, {"random": 2.9, "margin": 1.25, "entropy": 1.85}, 5.0, 0.04, None, None, 1.9, {}, ())
ACROSS = Across("svm", ("digits", "iris", "wine"), 5, {}, {}, TESTED)
HEAD = "Over 3 data sets (digits, iris and wine) with svm, mean ranks by AULC: margin 1.25, entropy 1.85, random 2.90."
END = "With 3 data sets only large and regular differences can be shown."


@pytest.mark.parametrize(
    ("p_value", "p_holm", "words"),
    [
        (0.06, {"margin": 0.01}, "Friedman's test shows no difference between the strategies (p = .060)."),
        (
            0.05,
            {"margin": 0.05, "entropy": 0.051},
            "Friedman's test shows a difference (p = .050); with Holm's correction these differ from random: margin.",
        ),
        (
            0.0123,
            {"margin": 0.051, "entropy": 0.9},
            "Friedman's test shows a difference (p = .012), but with Holm's correction none from random.",
        ),
    ],
)
def test_what_is_said_over_data_sets(p_value: float, p_holm: dict[str, float], words: str) -> None:
    assert across_words(replace(ACROSS, friedman=replace(TESTED, p_value=p_value, p_holm=p_holm))) == f"{HEAD} {words} {END}"


def test_where_nothing_is_tested_it_is_said_why() -> None:
    untested = "Over data sets nothing is tested: "
    needs = "that needs at least three strategies, random among them, on two data sets."
    assert across_words(replace(ACROSS, friedman=None)) == untested + needs
    gaps = replace(ACROSS, partial={"iris": ("margin", "random"), "wine": ("margin",)})
    missing = "not all of the 5 seeds are there of margin and random on iris and margin on wine."
    assert across_words(gaps) == untested + missing


def test_what_screens_are_told_of_a_race_over_seeds() -> None:
    spec = TaskSpec(dataset="iris", batch=10, budget=26)
    view = open_live(complete([spec], ("random",), seeds=2))
    cells = tuple(
        Cell(replace(spec, seed=seed), "random", ((6, 0.5), (16, 0.7), (26, 0.9)), (), 1.0, 2.0, 3) for seed in (1, 0)
    )
    view = reduce_live(view, CellsFinished(cells))
    assert (view.done, view.recalled, view.stopped, view.notes) == (2, 0, False, ())
    view = reduce_live(view, Recalled())
    assert (view.done, view.recalled) == (2, 2)
    view = reduce_live(reduce_live(view, Noted("one")), Noted("two"))
    assert view.notes == ("one", "two")
    bad = Cell(spec, "random#2", error="oh")
    view = reduce_live(view, CellsFinished((bad,)))
    assert (view.done, view.recalled, view.failed) == (3, 2, 1)
    view = reduce_live(view, Stopped("three"))
    assert (view.stopped, view.notes) == (True, ("one", "two", "three"))
    view = reduce_live(view, TriedAgain(1))
    assert (view.done, view.recalled, view.failed, view.stopped, view.comparison) == (2, 2, 0, False, None)
    entry = view.of("random")
    assert entry is not None
    assert [outcome.seed for outcome in entry.outcomes] == [0, 1]
    assert (entry.rounds, entry.fit_seconds, entry.query_seconds) == (6, 2.0, 4.0)
    assert (entry.seconds_per_round, entry.seconds_per_query) == (1.0, 4.0 / 6)
    assert (view.whole_seeds, view.drawable, view.complete) == (0, True, False)
