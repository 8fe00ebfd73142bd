"""How names of items are put under them."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from al_tui.screens.label.drawing import LONGEST_ENDING, ending
from al_tui.screens.label.heading import _duration


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", ""),
        ("scan 7", "scan 7"),
        ("x" * LONGEST_ENDING, "x" * LONGEST_ENDING),
        ("archive/2024/kiln-3/shelf-12/pot-0042.png", "…3/shelf-12/pot-0042.png"),
        ("壺" * 30, "…" + "壺" * 11),
    ],
)
def test_of_a_long_name_the_end_is_kept(name: str, shown: str) -> None:
    assert cell_len(ending(name)) <= LONGEST_ENDING
    assert ending(name) == shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (60, "1.0 min"),
        (59 * 60, "59.0 min"),
        (90 * 60, "1.5 h"),
        (7.5e4, "20.8 h"),
    ],
)
def test_how_long_it_takes_is_said_in_what_people_count_in(seconds: float, words: str) -> None:
    assert _duration(seconds) == words
