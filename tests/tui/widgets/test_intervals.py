"""Intervals on one scale, over what chance does; lanes with everyone's mark where they got there."""

from __future__ import annotations

import pytest
from rich.text import Text
from textual.app import App, ComposeResult

from al_core.race.marks import marks
from al_tui.widgets.intervals import Interval, Intervals, Lane, ends, spread

NAMES = ("random", "margin", "entropy", "random#2")
ROWS = (
    Interval("margin", 0.31, (0.23, 0.37)),
    Interval("entropy", -0.09, (-0.17, -0.01)),
    Interval("random#2", -0.04, (-0.16, 0.07)),
    Interval("late", None, None),
)
CHANCE = (-0.16, 0.07)


async def drawn(width: int, height: int, *, lanes: tuple[Lane, ...] = ()) -> list[str]:
    class Page(App[None]):
        def compose(self) -> ComposeResult:
            yield Intervals()

    app = Page()
    async with app.run_test(size=(width, height + 1)) as pilot:
        panel = app.query_one(Intervals)
        panel.styles.height = height + 1
        if lanes:
            panel.show_lanes(lanes, marks(NAMES), 320, "accuracy")
        else:
            panel.show_intervals(ROWS, marks((*NAMES, "late")), CHANCE)
        await pilot.pause()
        text = panel.render()
        assert isinstance(text, Text)
        assert all(line.cell_len <= width for line in text.split("\n"))
        return text.plain.split("\n")


async def test_every_interval_lies_where_its_numbers_are() -> None:
    ruler, *lines = await drawn(80, 5)
    zero = {line.index("┃") for line in lines if "┃" in line}
    assert len(zero) <= 1
    (middle,) = zero
    assert ruler[middle] == "0"
    margin, entropy, control, late = lines
    assert margin.startswith(" ◆ margin ")
    assert middle < margin.index("━") < margin.index("●") < margin.rindex("━")
    assert entropy.rindex("━") <= middle
    assert control.index("━") < middle <= control.rindex("━")
    assert "●" not in late
    ticks = {int(word.replace("−", "-").replace("+", "")): ruler.index(word) + len(word) // 2 for word in ruler.split()}
    (low, at_low), *_, (high, at_high) = sorted(ticks.items())
    scale = (at_high - at_low) / (high - low)
    assert abs(margin.index("●") - (at_low + (31 - low) * scale)) <= 1.5
    assert abs(margin.index("━") - (at_low + (23 - low) * scale)) <= 1.5


async def test_chance_is_a_band_behind_all_of_them() -> None:
    _, margin, _, control, late = await drawn(80, 5)
    assert late.count("▒") + late.count("┃") > 4
    first, last = control.index("━"), control.rindex("━")
    assert (late.index("▒"), late.rindex("▒")) == (first, last)
    assert margin[first] == "▒"


async def test_lines_stand_as_far_apart_as_there_is_room_with_their_ground_between() -> None:
    _, *lines = await drawn(80, 17)
    there = [at for at, line in enumerate(lines) if line.strip(" ┊▒┃")]
    assert there == spread(4, 16) == [2, 6, 10, 14]
    zero = next(line.index("┃") for line in lines if "┃" in line)
    assert all(line[zero] in "┃━●" for line in lines)
    assert all("▒" in line for line in lines if not line.strip(" ┊▒┃"))


@pytest.mark.parametrize(("count", "height"), [(1, 1), (4, 4), (4, 5), (5, 12), (7, 40)])
def test_no_two_lines_stand_in_one_place(count: int, height: int) -> None:
    found = spread(count, height)
    assert len({*found}) == count
    assert 0 <= found[0] <= found[-1] < height
    assert height - 1 - found[-1] <= height // (2 * count)


async def test_of_more_lanes_than_there_is_room_for_the_highest_are_shown() -> None:
    lanes = tuple(Lane(f"{share}%", {"margin": share}) for share in range(50, 95, 5))
    _, *lines = await drawn(80, 4, lanes=lanes)
    assert [line.split()[0] for line in lines] == ["80%", "85%", "90%"]


async def test_where_there_is_no_room_for_all_it_is_said() -> None:
    assert (await drawn(80, 3))[-1].strip() == "+3 more"
    assert await drawn(20, 8) == [""]


def test_the_scale_holds_everything_but_what_is_far_off() -> None:
    low, high, step = ends(ROWS, CHANCE)
    assert low <= -0.17
    assert high >= 0.37
    assert abs(round((high - low) / step) - (high - low) / step) < 1e-6
    low, high, _ = ends((Interval("a", -30.0, (-99.0, 0.2)),), None)
    assert low == -1.0
    assert high == pytest.approx(0.2)
    low, high, step = ends((Interval("a", 0.0, (0.0, 0.0)),), None)
    assert low <= 0 < high


async def test_lanes_have_the_marks_of_those_who_got_there() -> None:
    lanes = (Lane("90%", {"margin": 60, "entropy": 60, "random": 110}), Lane("95%", {"margin": 300}))
    ruler, first, second = await drawn(80, 3, lanes=lanes)
    assert first.startswith(" 90%")
    order = [sign for sign in first if sign in "◆▲○"]
    assert order == ["◆", "▲", "○"]
    assert first.index("▲") == first.index("◆") + 1  # of two in one place none hides the other
    assert second.count("◆") == 1
    assert abs(second.index("◆") - ruler.index("300") - 1) <= 2
