"""Diagrams are where the document's numbers are: what is drawn is read back out of the SVG by the ticks of its axes."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from odd_bench import NAMES, SLOW
from odd_bench import document as odd_document

pytest.importorskip("matplotlib", reason="needs the extra report")

from al_core.comparison.documents import Across, Comparison, StrategyRow
from al_core.comparison.encoding import from_json
from al_core.measures.estimates import FriedmanResult
from al_core.race.marks import marks
from al_core.reports.plots import GREY, LOWEST, WIDTH, colours, curves_svg, in_colour, ranks_svg, savings_svg, sprite

SIGNED = [f"{marks(NAMES)[name].sign} {name}" for name in NAMES]
SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
INK = "currentColor"
"""The colour of whatever page the diagram stands on."""


class Read:
    """A diagram, read by whoever has only the SVG."""

    def __init__(self, text: str) -> None:
        self.root = ElementTree.fromstring(text)
        self.scale: dict[str, dict[str, float]] = {}
        for axis in "xy":
            ticks = {}
            for group in self._groups(f"{axis}tick_"):
                mark, words = group.find(f".//{SVG}use"), group.find(f".//{SVG}text")
                assert mark is not None
                assert words is not None
                ticks["".join(words.itertext())] = float(mark.get(axis, ""))
            self.scale[axis] = ticks
        self.texts = [" ".join("".join(each.itertext()).split()) for each in self.root.iter(f"{SVG}text")]

    def _groups(self, name: str) -> list[ElementTree.Element]:
        return [group for group in self.root.iter(f"{SVG}g") if re.fullmatch(rf"\w+-{name}\d+", group.get("id", ""))]

    def value(self, axis: str, place: float) -> float:
        """What a place stands for, by two ticks of the axis."""
        (low, start), *_, (high, end) = ((float(name.replace("−", "-")), at) for name, at in self.scale[axis].items())
        return low + (place - start) / (end - start) * (high - low)

    @property
    def lines(self) -> list[tuple[str, list[tuple[float, float]]]]:
        """Colour and points of whatever was drawn as a line."""
        found = []
        for group in self._groups("line2d_"):
            path = group.find(f"{SVG}path")
            if path is not None:
                colour = re.search(r"stroke: ([^;]+)", path.get("style", ""))
                assert colour is not None
                found.append((colour[1], _points(path.get("d", ""))))
        return found

    @property
    def dots(self) -> list[tuple[str, float, float]]:
        """Colour and place of single points."""
        marks = [mark for group in self._groups("line2d_") for mark in group.findall(f"{SVG}g[@clip-path]/{SVG}use")]
        found = [(re.search(r"fill: ([^;]+)", mark.get("style", "")), mark) for mark in marks]
        return [(colour[1], float(mark.get("x", "")), float(mark.get("y", ""))) for colour, mark in found if colour]

    @property
    def clip(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of what is to be seen of what is drawn over the axes."""
        box = self.root.find(f".//{SVG}clipPath/{SVG}rect")
        assert box is not None
        x, y, width, height = (float(box.get(name, "")) for name in ("x", "y", "width", "height"))
        return x, y, x + width, y + height


def _points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML] (\S+) (\S+)", path)]


@pytest.fixture(scope="module")
def part() -> Comparison:
    (found,) = from_json(odd_document()).comparisons
    return found


def named(part: Comparison, name: str) -> StrategyRow:
    return next(row for row in part.strategies if row.name == name)


def test_curves_run_through_the_medians(part: Comparison) -> None:
    drawn, styles = Read(curves_svg(part, "c")), colours(NAMES)
    assert float(drawn.root.get("width", "").removesuffix("pt")) < 72 * WIDTH + 10  # as narrow as a telephone
    assert {"labels", "test accuracy", "all labels", "greedy oracle", *SIGNED} <= set(drawn.texts)
    lines = [
        (colour, [(drawn.value("x", x), drawn.value("y", y)) for x, y in points])
        for colour, points in drawn.lines
        if len(points) > 3  # what stands in the legend is shorter
    ]
    oracle = part.references.greedy_oracle
    assert oracle is not None
    expected = [(in_colour(styles[row.name][0]), row.curve) for row in part.strategies] + [(INK, oracle.curve)]
    assert len(lines) == len(expected)
    for (colour, points), (own, curve) in zip(lines, expected, strict=True):
        assert colour == own
        assert np.array(points) == pytest.approx(np.transpose([curve.labels, curve.median]), abs=0.01)
    level = [
        drawn.value("y", points[0][1]) for colour, points in drawn.lines if colour == INK and points[0][1] == points[-1][1]
    ]
    full = part.references.all_labels.accuracy.mean
    assert full is not None
    assert all(any(abs(at - height) < 0.001 for at in level) for height in (*part.protocol.targets, full))


def test_long_names_stand_in_two_columns(part: Comparison) -> None:
    def columns(longest: str) -> int:
        rows = tuple(replace(row, name=longest if row.name == SLOW else row.name) for row in part.strategies)
        drawn = Read(curves_svg(replace(part, strategies=rows), "c"))
        legend = drawn.root.find(f".//{SVG}g[@id='c-legend_1']")
        assert legend is not None
        return len({round(float(words.get("x", ""))) for words in legend.iter(f"{SVG}text")})

    assert [columns("n" * length) for length in (14, 15)] == [3, 2]


@pytest.mark.filterwarnings("error")  # matplotlib would say so where a person reads
def test_a_curve_that_nobody_has_is_not_drawn(part: Comparison) -> None:
    nothing = replace(part.strategies[0].curve, labels=(), median=(), lower_quartile=(), upper_quartile=())
    rows = tuple(replace(row, curve=nothing) for row in part.strategies)
    bare = replace(part, strategies=rows, references=replace(part.references, greedy_oracle=None))
    assert curves_svg(bare, "c") == ""


def test_every_saving_is_a_dot_on_its_interval_in_sight(part: Comparison) -> None:
    drawn, styles = Read(savings_svg(part, "s")), colours(NAMES)
    left, top, right, bottom = drawn.clip
    lines = {colour: points for colour, points in drawn.lines if colour not in (INK, in_colour(GREY))}
    shown = [name for name in NAMES if name != "random"]
    assert list(drawn.scale["y"]) == [f"{marks(NAMES)[name].sign} {name}" for name in reversed(shown)]
    assert "labels saved against random, %" in drawn.texts
    dots = {round(y, 3): (colour, x) for colour, x, y in drawn.dots}
    for name in shown:
        share, at = named(part, name).saved.share, round(drawn.scale["y"][f"{marks(NAMES)[name].sign} {name}"], 3)
        colour, x = dots[at]
        assert colour == in_colour(styles[name][0])
        assert left < x < right
        assert top < at < bottom
        assert share.value is not None
        assert drawn.value("x", x) == pytest.approx(100 * share.value, abs=0.1)
        assert share.bounds is not None
        if name != "random#2":
            (low, height), (high, _) = lines[colour]
            assert (drawn.value("x", low), drawn.value("x", high)) == pytest.approx(
                [100 * end for end in share.bounds], abs=0.1
            )
            assert round(height, 3) == at
    control = named(part, "random#2").saved.share.bounds
    band = _points(
        next(path.get("d", "") for path in drawn.root.iter(f"{SVG}path") if "opacity: 0.18" in path.get("style", ""))
    )
    assert control is not None
    assert {round(drawn.value("x", x), 1) for x, _ in band} == {round(100 * end, 1) for end in control}


@pytest.mark.parametrize(("low", "cut"), [(-1.99, False), (-2.01, True)])
def test_an_interval_that_goes_far_down_leaves_room_for_the_others(part: Comparison, low: float, cut: bool) -> None:
    rows = []
    for row in part.strategies:
        first, *others = row.targets
        if row.name == "margin":
            first = replace(first, saved=replace(first.saved, share=replace(first.saved.share, low=low)))
        rows.append(replace(row, targets=(first, *others)))
    drawn = Read(savings_svg(replace(part, strategies=tuple(rows)), "s"))
    ends = [drawn.value("x", drawn.clip[0]), drawn.value("x", drawn.clip[2])]
    if cut:
        assert ends == pytest.approx([LOWEST, 105], abs=0.5)
    else:
        assert ends[0] < LOWEST
        assert ends[1] < 105


@pytest.mark.parametrize(
    ("ranks", "distance", "bars"),
    [
        (
            {"margin": 1.4, "entropy": 2.1, "badge": 3.0, "random": 3.5},
            1.25,
            (("margin", "entropy"), ("entropy", "badge", "random")),
        ),
        ({"margin": 1.1, "random": 1.9}, 7.5, (("margin", "random"),)),
        ({"margin": 1.0, "entropy": 2.5, "random": 2.5}, 0.8, ()),
    ],
)
def test_ranks_stand_on_their_line(ranks: dict[str, float], distance: float, bars: tuple[tuple[str, ...], ...]) -> None:
    found = FriedmanResult(2, ranks, 1.0, 0.1, None, None, distance, {}, bars)
    drawn = Read(ranks_svg(Across("logistic", ("a", "b"), 3, {}, {}, found), "r"))
    count = len(ranks)
    scale = next(points for _, points in drawn.lines)
    unit = (scale[1][0] - scale[0][0]) / (count - 1)

    def rank(x: float) -> float:
        return 1 + (x - scale[0][0]) / unit

    expected = {f"{name} {value:.2f}" for name, value in ranks.items()} | {str(tick) for tick in range(1, count + 1)}
    assert set(drawn.texts) == expected | {f"critical difference {distance:.2f}"}
    ticks = [points for colour, points in drawn.lines if points[0][0] == pytest.approx(points[-1][0]) and len(points) == 2]
    assert [rank(points[0][0]) for points in ticks] == pytest.approx(list(range(1, count + 1)), abs=0.01)
    hung = [points for _, points in drawn.lines if len(points) == 3]
    assert [rank(points[0][0]) for points in hung] == pytest.approx(sorted(ranks.values()), abs=0.01)
    assert len({round(points[-1][1]) for points in hung}) >= (count + 1) // 2  # no two of a side on one line
    joined = [points for colour, points in drawn.lines if colour not in (INK, "currentColor")]
    assert [rank(points[0][0]) + 0.04 for points in joined] == pytest.approx([ranks[bar[0]] for bar in bars], abs=0.01)
    assert [rank(points[1][0]) - 0.04 for points in joined] == pytest.approx([ranks[bar[-1]] for bar in bars], abs=0.01)
    level = [points for colour, points in drawn.lines if colour == INK and len(points) == 2 and points not in ticks]
    assert [rank(end) - 1 for end in (level[-1][0][0], level[-1][1][0])] == pytest.approx(
        [0, min(distance, count - 1)], abs=0.01
    )
    heights = [scale[0][1], *(points[0][1] for points in joined), level[-1][0][1], drawn.clip[1]]
    assert all(one > other + 2 for one, other in pairwise(heights))  # one above the other, and the last in sight


def test_what_is_random_is_grey_and_others_stay_apart() -> None:
    found = colours(["random", "random#2", "margin", "margin#2"])
    assert [found[name][0] == GREY for name in ("random", "random#2", "margin", "margin#2")] == [True, True, False, False]
    assert len(set(found.values())) == 4


def test_picked_items_are_ink_on_paper() -> None:
    import matplotlib.image

    images = np.zeros((3, 2, 2), dtype=np.uint8)
    images[1], images[2, 0, 0] = 255, 128
    address, width, height = sprite(images, [[1, 0], [2]])
    assert (width, height) == (5, 5)
    sheet = matplotlib.image.imread(io.BytesIO(base64.b64decode(address.removeprefix("data:image/png;base64,"))))
    grey = sheet[..., :3].mean(axis=2)
    expected = np.ones((5, 5))
    expected[:2, :2] = 0  # the first that was asked for, then one of nothing but paper; below, a grey dot
    expected[3, 0] = 127 / 255
    assert grey == pytest.approx(expected, abs=0.02)
    assert np.ptp(sheet[..., :3], axis=2).max() == 0
