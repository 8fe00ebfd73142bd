"""Lines of a race with their marks: named at their ends, alone, hidden, told apart without colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rich.text import Text

from al_core.race.marks import marks
from al_core.race.view import RaceView, leads, open_view
from al_core.run.state import Query, Round, RunState
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec
from al_tui.theme.colours import Palette
from al_tui.widgets.bars import sparkline
from al_tui.widgets.curves import Curves
from al_tui.widgets.drawn import whole
from al_tui.widgets.leaderboard import Leaderboard
from al_tui.widgets.one_race import draw

MakeDesk = Callable[..., Any]
MORE = "bald consensus_entropy max_disagreement vote_entropy cluster_margin coreset probcover typiclust density badge"
MANY = (*DEFAULT_STRATEGIES, *MORE.split(), "expected_gradient_length", "expected_error_reduction", "power_margin", "margin#2")
INK = Palette(dark=True, ansi=False, colour=True, ground="#121212", ink="#e0e0e0")


def view(curves: dict[str, list[float]]) -> RaceView:
    """A race in which every run has such accuracies at 20, 30, 40 labels and so on."""
    spec = TaskSpec(budget=120)
    opened = open_view(spec, tuple(curves))
    runs = []
    for run, accuracies in zip(opened.runs, curves.values(), strict=True):
        *before, last = [Query(20 + 10 * at, accuracy, 1000, ()) for at, accuracy in enumerate(accuracies)]
        runs.append(run._replace(state=RunState(run.name, tuple(Round(query, ()) for query in before), last)))
    return opened._replace(runs=tuple(runs))


def picture(race: RaceView, width: int, height: int, colours: Palette = INK) -> Text:
    return whole(draw(race, 1, width, height, colours))


@pytest.mark.parametrize("keys", [(), ("f",)])
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_every_line_is_named_at_its_end(desk: MakeDesk, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    at = desk()
    async with at.app.run_test(size=size) as pilot:
        await at.press(pilot, *["n"] * 8, *keys)
        shown = at.shown(Curves)
        for name, mark in marks(DEFAULT_STRATEGIES).items():
            assert f"{mark.sign} {name[:6]}" in shown


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_eighteen_fit(desk: MakeDesk, size: tuple[int, int]) -> None:
    at = desk(MANY)
    async with at.app.run_test(size=size) as pilot:
        await at.press(pilot, *["n"] * 4)
        lines = at.shown(Curves).splitlines()
        assert len(lines) <= at.app.screen.query_one(Curves).size.height
        assert {len(line) <= at.app.screen.query_one(Curves).size.width for line in lines} == {True}
        assert "◆ least_" in at.shown(Curves)  # the one in front
        assert "○ ra" in at.shown(Curves)


@pytest.mark.parametrize("names", [DEFAULT_STRATEGIES, MANY])
def test_lines_differ_without_colour(names: tuple[str, ...]) -> None:
    bare = INK._replace(colour=False)
    pictures = []
    for at in range(len(names)):
        race = view({name: [0.5 + 0.04 * step for step in range(10)] for name in names})
        alone = whole(draw(race, at, 60, 20, bare, frozenset(range(len(names))) - {at}))
        pictures.append(alone.plain)
    assert len(set(pictures)) == len(names)  # by the sign at the end
    dots = {"".join(sign for sign in each if "⠀" < sign <= "⣿") for each in pictures}
    assert len(dots) >= 4  # and by the line


def test_the_mark_of_a_line_has_its_colour() -> None:
    found = picture(view({"random": [0.5, 0.6], "margin": [0.6, 0.7]}), 60, 20)
    at = found.plain.index("▲" if "▲" in found.plain else "◆")
    styles = [str(span.style) for span in found.spans if span.start <= at < span.end]
    assert INK.run(marks(("random", "margin"))["margin"]) in styles


async def test_i_shows_a_line_alone_with_that_of_random(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "n", "i")
        assert "◆ least_" in at.shown(Curves)
        assert "○ random" in at.shown(Curves)
        assert "▲" not in at.shown(Curves)
        assert "alone" in str(at.app.screen.query_one(Curves).border_title)
        await at.press(pilot, "i")
        assert "▲ margin" in at.shown(Curves)


async def test_capital_i_hides_the_line_that_one_looks_at_and_shows_it_again(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "n", "I")
        assert "◆" not in at.shown(Curves)
        assert "◆" not in at.shown(Leaderboard)
        assert "least_confidence" in at.shown(Leaderboard)
        assert "1 line hidden" in str(at.app.screen.query_one(Curves).border_title)
        await at.press(pilot, "n")
        assert "◆" not in at.shown(Curves)
        await at.press(pilot, "I")
        assert "◆ least_" in at.shown(Curves)
        assert "hidden" not in str(at.app.screen.query_one(Curves).border_title)


async def test_all_lines_may_be_hidden(desk: MakeDesk) -> None:
    at = desk(("random",))
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "I")
        assert "No line" in at.shown(Curves)


def test_a_lead_is_how_many_labels_before_one_was_where_the_other_is_now() -> None:
    race = view(
        {
            "random": [0.50, 0.60, 0.65, 0.70],
            "margin": [0.50, 0.72, 0.80, 0.85],  # at 30 labels it had what random has at 50
            "entropy": [0.40, 0.50, 0.55, 0.60],  # random had that at 30
            "badge": [0.50, 0.60, 0.65, 0.70],
        }
    )
    assert leads(race) == (None, 20, -20, 0)


def test_a_lead_is_told_at_the_labels_that_all_have() -> None:
    race = view({"random": [0.5, 0.6], "margin": [0.6, 0.7, 0.95, 0.99]})
    assert leads(race) == (None, 10)
    assert leads(view({"margin": [0.6, 0.7], "entropy": [0.5, 0.6]})) == (None, None)


def test_a_small_curve_is_as_long_as_its_race() -> None:
    seen = [0.0, 1.0]
    assert sparkline([(20, 0.0), (40, 0.5), (60, 1.0)], 20, 100, seen, 8) == "▁▁▅▅█   "
    assert sparkline([], 20, 100, [], 4) == "    "
    assert sparkline([(20, 0.3), (100, 0.3)], 20, 100, [0.3], 4) == "▁▁▁▁"
