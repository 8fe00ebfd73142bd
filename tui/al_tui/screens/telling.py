"""What a flow has the person told: it is said when the screen has the turn, each thing once."""

from __future__ import annotations

from typing import NamedTuple


class Told(NamedTuple):
    """Something to tell the person; a problem is told louder."""

    words: str
    problem: bool = False


class Telling:
    """Collects what is to be told."""

    def __init__(self) -> None:
        self._told: list[Told] = []

    def tell(self, words: str, *, problem: bool = False) -> None:
        """Have the person told."""
        self._told.append(Told(words, problem))

    def take_told(self) -> tuple[Told, ...]:
        """What is to be told; it is told once."""
        told, self._told = tuple(self._told), []
        return told
