"""One mark and one colour for every strategy, wherever it is shown: curves, tables, plots, on a screen or on paper.

They go by the order in which strategies were named. `random`, against which all are measured, is grey; so are its repetitions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from al_core.task.spec import BASELINE

DARK = ("#91aaec", "#ffa851", "#99ed98", "#f0506a", "#ffcbff", "#4cfed7", "#ffff5a", "#df7e4a")
"""Hues on a dark ground. With the grey any two are apart by a CIE76 difference of 12, for those who see all colours and for
those who do not; so are those of `LIGHT`."""
LIGHT = ("#1738a6", "#9e6100", "#005631", "#b60743", "#9830e0", "#007696", "#514500", "#3a1f5c")
"""Hues on a light ground, in the same order."""
DARK_GREY, LIGHT_GREY = "#a3a7ad", "#6a6e75"
HUES = len(DARK)

_SIGNS = "◆▲□●▽✚■△◇▼★◐✱◀☆◧◒▣◑◨"
_BASELINE, _REPETITION = "○", "·"
GREY = -1


class Mark(NamedTuple):
    """How a strategy is told from others.

    Parameters
    ----------
    sign : one character.
    number : its place among those that have a colour; `GREY` for `random` and its repetitions.
    """

    sign: str
    number: int

    @property
    def hue(self) -> int:
        """Which of the `HUES` it has; `GREY` for none. Strategies of one hue differ in sign and `dash`."""
        return self.number % HUES if self.number >= 0 else GREY

    @property
    def dash(self) -> int:
        """Which kind of line it has: 0 for a whole one."""
        return self.number // HUES if self.number >= 0 else 0


def marks(names: Sequence[str]) -> dict[str, Mark]:
    """The mark of every strategy, by name."""
    return _marks(tuple(names))


@cache
def _marks(names: tuple[str, ...]) -> dict[str, Mark]:
    found: dict[str, Mark] = {}
    number = 0
    for name in names:
        if name == BASELINE:
            found[name] = Mark(_BASELINE, GREY)
        elif name.partition("#")[0] == BASELINE:
            found[name] = Mark(_REPETITION, GREY)
        elif name not in found:
            found[name] = Mark(_SIGNS[number % len(_SIGNS)], number)
            number += 1
    return found
