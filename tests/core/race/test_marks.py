"""Strategies are told apart by sign, colour and line, by those too who do not see all colours."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from al_core.race.marks import DARK, DARK_GREY, GREY, HUES, LIGHT, LIGHT_GREY, marks
from al_core.task.spec import DEFAULT_STRATEGIES

APART = 12.0
"""CIE76 difference of two colours that one does not take for each other."""
FIRST = 8
SEEN_AS: dict[str, list[list[float]]] = {
    "all colours": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""What becomes of linear light. Source: Machado, Oliveira & Fernandes 2009, severity 1."""
TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
GROUNDS = {"dark": ("#121212", DARK, DARK_GREY), "light": ("#e0e0e0", LIGHT, LIGHT_GREY)}


def linear(colour: str) -> NDArray[np.float64]:
    levels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def lab(light: NDArray[np.float64]) -> NDArray[np.float64]:
    share = TO_XYZ @ np.clip(light, 0, 1) / TO_XYZ.sum(axis=1)
    x, y, z = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one: str, other: str, seen: str) -> float:
    a, b = (lab(np.array(SEEN_AS[seen]) @ linear(colour)) for colour in (one, other))
    return float(np.linalg.norm(a - b))


def test_the_measure_knows_what_is_alike() -> None:
    assert difference("#000000", "#ffffff", "all colours") == pytest.approx(100)
    assert difference("#8fb8ff", "#5ee0d8", "all colours") > APART
    red, green = "#c40000", "#4a6b00"
    assert difference(red, green, "deuteranopia") < difference(red, green, "all colours") / 3


@pytest.mark.parametrize("seen", SEEN_AS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_no_two_of_the_first_eight_are_taken_for_each_other(ground: str, seen: str) -> None:
    _, hues, grey = GROUNDS[ground]
    found = marks(["random", *map(str, range(FIRST))])
    colours = [grey if mark.hue == GREY else hues[mark.hue] for mark in found.values()]
    assert len(set(colours)) == FIRST + 1
    for one, other in combinations(colours, 2):
        assert difference(one, other, seen) >= APART, (one, other)


@pytest.mark.parametrize("ground", GROUNDS)
def test_every_colour_stands_out_from_its_ground(ground: str) -> None:
    behind, hues, grey = GROUNDS[ground]
    for colour in (*hues, grey):
        light = sorted(float(TO_XYZ[1] @ linear(each)) for each in (behind, colour))
        assert (light[1] + 0.05) / (light[0] + 0.05) >= 3, colour  # WCAG 2.2, of what is no text


def test_random_is_a_grey_circle_wherever_it_is_named() -> None:
    for names in (DEFAULT_STRATEGIES, ("margin", "random"), ("random#2", "entropy", "random")):
        found = marks(names)["random"]
        assert (found.sign, found.hue) == ("○", GREY)
    assert [(mark.sign, mark.hue) for mark in marks(("random", "random#2")).values()] == [("○", GREY), ("·", GREY)]


def test_others_have_theirs_in_the_order_of_their_names_whether_random_is_among_them() -> None:
    assert marks(("random", "margin", "entropy"))["entropy"] == marks(("margin", "random", "entropy"))["entropy"]
    assert [mark.sign for mark in marks(("margin", "entropy", "badge")).values()] == ["◆", "▲", "□"]


def test_more_strategies_than_colours_differ_in_sign_and_line() -> None:
    found = [mark for name, mark in marks(["random", *map(str, range(20))]).items() if name != "random"]
    assert len({mark.sign for mark in found}) == 20
    assert len({(mark.hue, mark.dash) for mark in found}) == 20
    assert found[0].hue == found[HUES].hue
    assert found[0].dash != found[HUES].dash
