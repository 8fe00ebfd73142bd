"""What a data set is read from: a word, and how it is meant. Small, and free of numerics: it crosses borders."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from al_core.data.columns import AS_THERE, Columns
from al_core.data.facts import comes_with
from al_core.data.rare import base_of
from al_core.ground.written import ABSENT

FEATURES = ("auto", "pixels", "hog")
"""What features of pictures can be: ``auto`` is ``hog`` where there are pixels enough."""

MOST_ASKED = 20_000
"""Items that one is asked about at most: of so many the graph of neighbours takes seconds, and each model about one."""

_LONGEST_STEM = 40


@dataclass(frozen=True, slots=True)
class Origin:
    """A data set, as somebody in another process can open it.

    Parameters
    ----------
    word : the name of a data set that comes with the program, or else a path.
    classes : names of the classes where the person gave them; None takes those of the data.
    features : what is computed of pictures, see `al_core.data.features`.
    fingerprint : what the data must be; rows mean nothing in any other. None takes what is there.
    test : the path of what models are measured by; None where the data says it, or nothing.
    embeddings : the path of features of the person's own; None to compute some.
    most : items that may be asked for; of more, so many are drawn. None takes all.
    keep : hashes of items that are wanted in any case, as far as they are there.
    first : only so many, as they are found at random: what can be had while the others are still being read. None takes all.
    columns : which columns of a table are what.
    probabilities : the path of what a model of the person's own says of every item; None where it says nothing.
    """

    word: str
    # Sessions of races and results stores keep origins: what came later may be absent there.
    classes: tuple[str, ...] | None = field(default=None, metadata={ABSENT: None})
    features: str = field(default="auto", metadata={ABSENT: "auto"})
    fingerprint: str | None = field(default=None, metadata={ABSENT: None})
    test: str | None = field(default=None, metadata={ABSENT: None})
    embeddings: str | None = field(default=None, metadata={ABSENT: None})
    most: int | None = field(default=None, metadata={ABSENT: None})
    keep: tuple[str, ...] = field(default=(), metadata={ABSENT: ()})
    first: int | None = field(default=None, metadata={ABSENT: None})
    columns: Columns = field(default=AS_THERE, metadata={ABSENT: AS_THERE})
    probabilities: str | None = field(default=None, metadata={ABSENT: None})

    @property
    def bundled(self) -> bool:
        """Whether it comes with the program."""
        return comes_with(self.word)


class Places(NamedTuple):
    """Where data is now, what is measured by, and features and predictions of the person's own; None where it is known
    otherwise.
    """

    data: str | None = None
    test: str | None = None
    embeddings: str | None = None
    probabilities: str | None = None


AS_SAID = Places()
"""Where a session says."""


def short_name(word: str) -> str:
    """What people call a data set: its name, or the last part of its path.

    Examples
    --------
    >>> short_name("digits"), short_name("/home/anna/pots.npz")
    ('digits', 'pots.npz')
    """
    return word if comes_with(word) else Path(word).name or word


def class_word(word: str) -> str:
    """What a class of a data set is called in a question about an item."""
    return "digit" if base_of(word) == "digits" else "class"


def file_stem(word: str) -> str:
    """The same as the beginning of a file's name: letters, digits and dashes, whatever the path or the parameters have.

    Examples
    --------
    >>> file_stem("digits"), file_stem("/home/anna/my pots (2).npz"), file_stem("/home/anna/壺")
    ('digits', 'my-pots-2-npz', 'data')
    >>> file_stem("plane(separation=0.5)")
    'plane-separation-0-5'
    """
    plain = re.sub(r"[^A-Za-z0-9_]+", "-", short_name(word)).strip("-")
    return plain[:_LONGEST_STEM].strip("-") or "data"
