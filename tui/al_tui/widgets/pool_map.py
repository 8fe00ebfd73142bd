"""The pool on a map: every item a dot, what is labelled by its class, what is asked now as a ring."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message

from al_core.data.plane import SIDE, Plane
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.drawn import DrawnInParts, Parts, entitle, in_its_place
from al_tui.widgets.field_cells import MEMBERS, FieldCells
from al_tui.widgets.pointing import Grid

if TYPE_CHECKING:
    from al_core.run.field import Field

ASKED = "◎"
_TOGETHER = 1_000
"""Items that are placed in one go."""
_LINES = 8
"""Lines that are written in one go."""
_LEGEND = 9
"""Lines from which on one of them says what the signs are."""
_DOTS = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
"""The dots of a braille character, two by two from the top."""
_BRAILLE = 0x2800
COMING = "The map comes with the first round."


class Scene(NamedTuple):
    """What is on a map.

    Parameters
    ----------
    plane : where items lie.
    rows : which of them are there.
    labelled : class indices by row.
    asked : rows that are asked about now.
    highlighted : the one of these that one looks at; None for none.
    signs : what stands for each class, one character.
    field, before : what the model of this round says everywhere, and that of the round before, for each of `PoolMap.cells`.
    """

    plane: Plane
    rows: array[int]
    labelled: Mapping[int, int]
    asked: tuple[int, ...]
    highlighted: int | None
    signs: tuple[str, ...]
    field: Field | None = None
    before: Field | None = None


class Cloud(NamedTuple):
    """All items as dots, for one plane, some rows, and one size: a byte of dots a cell."""

    plane: Plane
    rows: array[int]
    width: int
    height: int
    dots: bytearray


class PoolMap(DrawnInParts):
    """Draws a scene. The dots are made once a size; with a round a few signs change. A click means the item that is there.

    Parameters
    ----------
    legend : whether a line says what the signs are, where there is room for one.
    """

    class Pointed(Message):
        """An item was clicked."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    DEFAULT_CSS = "PoolMap { height: 1fr; border-top: solid $foreground 30%; border-title-color: $foreground; }"

    class Resized(Message):
        """There is another room for the map, and what a model says is wanted for each cell of it."""

    def __init__(self, *, legend: bool = True) -> None:
        super().__init__()
        self._legend = legend
        self._scene: Scene | None = None
        self._words = COMING
        self._seen: object = None
        self._cloud: Cloud | None = None
        self._grid: tuple[object, Grid] | None = None

    def show(self, scene: Scene | None, title: str, words: str = COMING) -> None:
        """Show a scene, or ``words`` where there is none."""
        seen = words if scene is None else (*scene[:2], len(scene.labelled), *scene[3:])
        entitle(self, title)
        if seen != self._seen:
            self._scene, self._words, self._seen = scene, words, seen
            self.redraw()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.post_message(self.Resized())

    @property
    def cells(self) -> tuple[int, int]:
        """Columns and lines that a map has here, without the line that says what the signs are."""
        width, height = self.size
        return width, height - (self._legend and height >= _LEGEND)

    @property
    def grid(self) -> Grid | None:
        """Which items are where; None where nothing is shown."""
        scene, (width, down) = self._scene, self.cells
        if scene is None or width < 1 or down < 1:
            return None
        of = (*scene[:2], scene.asked, width, down)
        if self._grid is None or self._grid[0] != of:
            self._grid = of, Grid(scene.plane, scene.rows, width, down, scene.asked)
        return self._grid[1]

    def on_click(self, event: events.Click) -> None:
        offset, grid = event.get_content_offset(self), self.grid
        if offset is not None and grid is not None and (row := grid.at(*offset)) is not None:
            self.post_message(self.Pointed(row))

    def parts(self) -> Parts:
        (width, height), scene, colours = self.size, self._scene, palette(self.app)
        if scene is None:
            return in_its_place(self._words, width, colours.dim)
        down = self.cells[1]
        legend = _legend(scene, colours, width) if down < height else None
        if width < 4 or down < 2:
            return Text("")
        cloud = self._cloud
        if cloud is None or (cloud.plane, cloud.rows, cloud.width, cloud.height) != (scene.plane, scene.rows, width, down):
            cloud = self._cloud = yield from _cloud(scene, width, down)
        field, cells = scene.field, None
        if field is not None and (field.width, field.height) == (width, down):
            cells = FieldCells(field, scene.before, colours)
        picture = yield from _written(cloud, _signs(scene, cloud, colours), cells, colours)
        return picture if legend is None else picture.append("\n").append(legend)


def _cloud(scene: Scene, width: int, height: int) -> Generator[None, None, Cloud]:
    """Every item as a dot."""
    across, down, rows = scene.plane.across, scene.plane.down, scene.rows
    dots = bytearray(width * height)
    columns, lines = 2 * width, 4 * height
    for begin in range(0, len(rows), _TOGETHER):
        for row in rows[begin : begin + _TOGETHER]:
            x, y = across[row] * columns // SIDE, down[row] * lines // SIDE
            dots[y // 4 * width + x // 2] |= _DOTS[y % 4 * 2 + x % 2]
        yield
    return Cloud(scene.plane, rows, width, height, dots)


Signs = dict[int, tuple[str, str | Style]]
"""What stands in a cell in place of its dots, and how."""


def _signs(scene: Scene, cloud: Cloud, colours: Palette) -> Signs:
    """The latest of what would stand in one cell."""
    across, down = scene.plane.across, scene.plane.down

    def cell(row: int) -> int:
        return down[row] * cloud.height // SIDE * cloud.width + across[row] * cloud.width // SIDE

    bold = "" if scene.field is None else "bold "  # on a tint of the same hue
    hues = [bold + colours.hue(label) for label in range(len(scene.signs))]
    found: Signs = {cell(row): (scene.signs[label], hues[label]) for row, label in scene.labelled.items()}
    for row in scene.asked:
        found[cell(row)] = ASKED, f"bold {colours.accent}"
    if scene.highlighted is not None:
        found[cell(scene.highlighted)] = ASKED, f"bold reverse {colours.accent}"
    return found


def _written(cloud: Cloud, signs: Signs, cells: FieldCells | None, colours: Palette) -> Parts:
    out = Text(no_wrap=True)
    for y in range(cloud.height):
        begin, text, style = y * cloud.width, "", None
        if y:
            out.append("\n")
        for at in range(begin, begin + cloud.width):
            char, wanted = _cell(at, cloud, signs, cells, colours.dim)
            if wanted != style:
                out.append(text, style)
                text, style = "", wanted
            text += char
        out.append(text, style)
        if y % _LINES == _LINES - 1:
            yield
    return out


def _cell(at: int, cloud: Cloud, signs: Signs, cells: FieldCells | None, dim: str) -> tuple[str, str | Style]:
    """What stands in a cell, and how: a sign, else the dots of items, else what the model says there."""
    if (sign := signs.get(at)) is not None:
        char, style = sign
    elif cloud.dots[at]:
        char, style = chr(_BRAILLE + cloud.dots[at]), dim
    elif cells is None:
        return " ", dim
    else:
        char, style = cells.line(at)
    return char, style if cells is None else cells.style(at, style)


_SHORT = {"logistic regression": "logistic", "decision tree": "tree", "naive Bayes": "Bayes"}
"""Members of a committee where there is little room."""


def _legend(scene: Scene, colours: Palette, width: int) -> Text:
    """What the signs are, as much of it as fits."""
    asked = f"{ASKED} {len(scene.asked)} asked now" if scene.asked else ""
    labelled, how = f"{len(scene.labelled):,} labelled", "t-SNE" if scene.plane.by_neighbours else "principal components"
    if scene.field is not None:
        how = "line: its border, dim before"
    elif scene.plane.as_they_are:
        how = ""
    else:
        labelled += ", by class"
    members = () if scene.field is None else scene.field.members
    who = [f"{sign} {name}" for sign, (name, _) in zip(MEMBERS, members, strict=False)]
    items = f"⠂ {len(scene.rows):,} items"
    if who and sum(len(words) + 2 for words in (items, asked, *who)) > width:  # whose border is whose is said first
        asked, items = asked and f"{ASKED} asked", ""
        who = [f"{sign} {_SHORT.get(name, name)}" for sign, (name, _) in zip(MEMBERS, members, strict=False)]
    each = (items, asked, *who, labelled, how)
    line = Text(no_wrap=True)
    for words in filter(None, each):
        if line.cell_len + len(words) + 2 <= width:
            line.append(f" {words} ", colours.accent if words is asked else colours.dim)
    return line
