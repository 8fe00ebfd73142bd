"""The word for a data set of the program in which one class is made rare: ``digits(rare=8,share=0.02)``. Free of numerics."""

from __future__ import annotations

import re
from typing import NamedTuple

from al_core.ground.calls import parse_call
from al_core.ground.errors import UserError, unknown
from al_core.ground.numbers import between, significant
from al_core.ground.safe_text import safe_text

SHARE = 0.02
"""What the class is of all, if nobody says otherwise."""
LEAST = 4
"""Items of it that are left at least: two to start from, one to be asked for, one to measure by."""
_WORD = re.compile(r"\s*([A-Za-z_][A-Za-z_0-9]*)\s*\(.*\)\s*", re.DOTALL)
_TAKEN = ("rare", "share", "seed")


class Rare(NamedTuple):
    """What such a word says.

    Parameters
    ----------
    base : the data set that items are left out of.
    label : the class that is made rare, by its name.
    share : how much of all it is then.
    seed : which items of it are left hangs on it.
    """

    base: str
    label: str
    share: float = SHARE
    seed: int = 0

    def __str__(self) -> str:
        """The word; the same for all words that say the same."""
        seed = f",seed={self.seed}" if self.seed else ""
        return f"{self.base}(rare={self.label},share={self.share:g}{seed})"

    def left(self, classes: tuple[str, ...], counts: tuple[int, ...]) -> tuple[int, ...]:
        """How many items of each class are left, where there are ``counts`` of them.

        Raises
        ------
        UserError
            There is no such class, or so many of it are not there, or too few would be left.
        """
        if self.label not in classes:
            raise UserError(f"{self}: there is no class {self.label!r}; the classes of {self.base} are: {', '.join(classes)}")
        at = classes.index(self.label)
        others = sum(counts) - counts[at]
        most, least = counts[at] / sum(counts), LEAST / (others + LEAST)
        number = round(self.share / (1 - self.share) * others) if 0 < self.share < 1 else 0
        if not LEAST <= number <= counts[at]:
            may = between(least, most, lambda share: significant(share, 2))
            raise UserError(f"{self}: share is {self.share:g}; of class {self.label} give {may}")
        return (*counts[:at], number, *counts[at + 1 :])


def base_of(word: str) -> str:
    """The name before the parentheses, where a word ends in such; else the word."""
    found = _WORD.fullmatch(word)
    return found[1] if found else word


def read_rare(word: str) -> Rare:
    """What a word with parentheses says.

    Raises
    ------
    UserError
        It says something else, or not which class is to be rare.
    """
    call, base = parse_call(word), base_of(word)
    said = dict(call.kwargs)
    shown = safe_text(word, 100)
    if odd := next((key for key in said if key not in _TAKEN), None):
        raise UserError(f"{shown}: {unknown('parameter', odd, _TAKEN)}")
    if call.args or "rare" not in said:
        raise UserError(f"{shown} does not say which class is to be rare; write e.g. {base}(rare=8,share={SHARE:g})")
    share, seed = said.get("share", SHARE), said.get("seed", 0)
    if isinstance(share, bool) or not isinstance(share, int | float):
        raise UserError(f"{shown}: share is {share!r}; give a number, e.g. {SHARE:g}")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise UserError(f"{shown}: seed is {seed!r}; give a whole number from 0 on")
    return Rare(base, str(said["rare"]), float(f"{share:g}"), seed)
