"""The map of a pool: every item where it lies, signs over dots, and a cloud that is made once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

import pytest
from rich.text import Text
from textual.app import App, ComposeResult

from al_core.data.plane import SIDE, Plane
from al_tui.widgets import pool_map
from al_tui.widgets.per_class import PerClass
from al_tui.widgets.pool_map import ASKED, PoolMap, Scene

WIDTH, HEIGHT = 20, 8
END = SIDE - 1


def plane(*places: tuple[int, int]) -> Plane:
    return Plane(array("H", [x for x, _ in places]), array("H", [y for _, y in places]), by_neighbours=False)


CORNERS = plane((0, 0), (END, 0), (0, END), (END, END), (END // 2, END // 2))
"""A row in every corner, and one in the middle."""


class Page(App[None]):
    def __init__(self, height: int = HEIGHT + 1) -> None:
        super().__init__()
        self._height = height

    def compose(self) -> ComposeResult:
        yield PoolMap()

    def on_mount(self) -> None:
        panel = self.query_one(PoolMap)
        panel.styles.width, panel.styles.height = WIDTH, self._height


def scene(
    there: Plane = CORNERS,
    rows: tuple[int, ...] = (0, 1, 2, 3, 4),
    labelled: Mapping[int, int] | None = None,
    asked: tuple[int, ...] = (),
    highlighted: int | None = None,
) -> Scene:
    return Scene(there, array("I", rows), labelled or {}, asked, highlighted, ("a", "b"))


async def drawn(shown: Scene | None, height: int = HEIGHT + 1) -> Text:
    app = Page(height)
    async with app.run_test(size=(40, 20)) as pilot:
        panel = app.query_one(PoolMap)
        panel.show(shown, "Pool map")
        await pilot.pause()
        text = panel.render()
        assert isinstance(text, Text)
        return text


def dots(text: str) -> int:
    return sum((ord(sign) - 0x2800).bit_count() for sign in text if "⠀" <= sign <= "⣿")


async def test_every_item_is_a_dot_where_it_lies() -> None:
    lines = (await drawn(scene())).plain.split("\n")
    assert len(lines) == HEIGHT
    assert {len(line) for line in lines} == {WIDTH}
    assert (lines[0][0], lines[0][-1], lines[-1][0], lines[-1][-1]) == ("⠁", "⠈", "⡀", "⢀")
    assert dots("".join(lines)) == 5


async def test_what_is_not_in_the_pool_is_not_there() -> None:
    lines = (await drawn(scene(rows=(1, 4)))).plain.split("\n")
    assert dots("".join(lines)) == 2
    assert lines[0][0] == " "


async def test_labels_stand_over_dots_and_what_is_asked_over_labels() -> None:
    text = await drawn(scene(labelled={0: 0, 3: 1}, asked=(1, 3), highlighted=1))
    lines = text.plain.split("\n")
    assert (lines[0][0], lines[0][-1], lines[-1][-1], lines[-1][0]) == ("a", ASKED, ASKED, "⡀")
    styles = {span.start: str(span.style) for span in text.spans if span.end == span.start + 1}
    assert "reverse" in styles[WIDTH - 1]  # the one that one looks at
    assert "reverse" not in styles[len(text) - 1]


async def test_a_legend_says_how_much_there_is_where_there_is_room() -> None:
    text = await drawn(scene(labelled={0: 0}, asked=(1,)), height=11)
    last = text.plain.split("\n")[-1]
    assert last.startswith(" ⠂ 5 items")
    assert ASKED not in last  # no room for all of it
    assert len(text.plain.split("\n")) == 10


async def test_without_a_scene_it_says_why() -> None:
    assert "first round" in " ".join((await drawn(None)).plain.split())


async def test_a_round_changes_signs_and_not_the_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    real = pool_map._cloud

    def counted(*args: object) -> Iterator[None]:
        made.append(args)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(pool_map, "_cloud", counted)
    app = Page()
    async with app.run_test(size=(40, 20)) as pilot:
        panel = app.query_one(PoolMap)
        first = scene()
        for labelled in ({}, {0: 0}, {0: 0, 1: 1}):
            panel.show(first._replace(labelled=labelled), "Pool map")
            await pilot.pause()
            await app.workers.wait_for_complete()
        assert "b" in panel.render().plain  # type: ignore[union-attr]
        assert len(made) == 1
        panel.styles.width = WIDTH - 2
        await pilot.pause()
        panel.render()
        assert len(made) == 2


async def test_a_large_pool_is_drawn_in_parts() -> None:
    count = 100_000
    many = plane(*((row * 7919 % SIDE, row * 104729 % SIDE) for row in range(count)))
    app = Page()
    async with app.run_test(size=(40, 20)) as pilot:
        panel = app.query_one(PoolMap)
        panel.show(scene(many, tuple(range(count))), "Pool map")
        await pilot.pause()
        panel._cloud = None
        assert sum(1 for _ in panel.parts()) >= count / pool_map._TOGETHER


async def shown(classes: tuple[str, ...], labels: list[int], width: int, there: tuple[int, ...] = ()) -> str:
    class Line(App[None]):
        def compose(self) -> ComposeResult:
            yield PerClass()

    app = Line()
    async with app.run_test(size=(width, 5)) as pilot:
        app.query_one(PerClass).show(classes, labels, there)
        await pilot.pause()
        return app.query_one(PerClass).render().plain  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (40, " labels per class a█ b▅ c– "),
        (21, " per class a█ b▅ c– "),
        (12, " a█ b▅ c– "),
        (8, " a█ b▅ …"),
    ],
)
async def test_labels_per_class_are_bars_and_what_has_none_is_a_dash(width: int, line: str) -> None:
    assert await shown(("a", "b", "c"), [0, 0, 1], width) == line


@pytest.mark.parametrize(
    ("there", "width", "line"),
    [
        ((50, 45, 5), 60, " found / expected c 1/0.5 b 4/4.5 a 5/5.0"),
        ((50, 45, 5), 38, " found/exp. c 1/0.5 b 4/4.5 a 5/5.0"),
        ((50, 45, 5), 34, " found/exp. c 1/0.5 rest 9/9.5"),
        ((50, 45, 5), 20, " found/exp. c 1/0.5…"),
        ((40, 40, 20), 60, " labels per class a█ b▇ c▂ "),
        ((40, 60, 0), 60, " labels per class a█ b▇ c▂ "),
    ],
)
async def test_where_a_class_is_rare_there_are_counts_the_rarest_first(there: tuple[int, ...], width: int, line: str) -> None:
    assert await shown(("a", "b", "c"), [0] * 5 + [1] * 4 + [2], width, there) == line


async def test_long_names_are_cut_and_nothing_is_said_before_there_are_labels() -> None:
    assert "extraor…▅" in await shown(("extraordinary", "b"), [0, 1, 1], 60)
    assert await shown(("a", "b"), [], 60) == ""
