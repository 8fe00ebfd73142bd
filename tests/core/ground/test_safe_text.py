"""The door for text from outside: what it lets through, what it makes visible, and that JSON loses nothing."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from hypothesis import example, given
from hypothesis import strategies as st

from al_core.ground.errors import LONGEST_MESSAGE, UserError, unknown
from al_core.ground.json_text import json_text
from al_core.ground.safe_text import (
    MOST_MARKS,
    is_plain,
    safe_record,
    safe_sentence,
    safe_text,
    visible,
    without_controls,
)

HARD = st.text(st.characters(categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Mn", "Lu", "Po")), max_size=60)


def obeyed(text: str) -> list[str]:
    """Characters that a terminal might obey."""
    bidi = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    return [char for char in text if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in bidi]


def longest_row_of_marks(text: str) -> int:
    row = most = 0
    for char in text:
        row = row + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        most = max(most, row)
    return most


@given(HARD | st.text(max_size=60))
def test_no_door_lets_through_what_a_terminal_obeys(text: str) -> None:
    for shown in (safe_text(text, 80), safe_sentence(text, 40), without_controls(text, lambda char: "")):
        assert obeyed(shown) == []
    assert set(obeyed(visible(text))) <= {"\n", "\t"}
    assert set(obeyed(json_text([text, {text: text}], 2))) <= {"\n"}
    for shown in (safe_text(text, 80), visible(text), json_text(text)):
        assert longest_row_of_marks(shown) <= MOST_MARKS
        shown.encode()


@given(HARD | st.text(max_size=60))
@example("\ud800\udc00")
def test_json_loses_nothing(text: str) -> None:
    # JSON's escapes are UTF-16: the two halves of a pair, side by side, are the character that they are the halves of.
    written = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    assert json.loads(json_text({"a": [text], text: 1})) == {"a": [written], written: 1}


@given(st.text(max_size=60))
def test_what_is_plain_needs_no_door(text: str) -> None:
    if is_plain(text):
        assert safe_text(text) == text == visible(text)
        assert safe_record((text, [text])) == (text, [text])


def test_what_is_shown_in_place_of_what_is_taken_out() -> None:
    assert safe_text("a\x1b[31m\nb\u202ec\x9bd\x7f\t\ud800") == "a␛[31m b<202E>c<009B>d␡ <D800>"
    assert visible("a\tb\nc\rd\x1b") == "a\tb\nc␍d␛"
    assert json_text("ä→\x1b\u202e\ud800") == '"ä→\\u001b\\u202e\\ud800"'
    assert without_controls("a\x1bb\n", lambda char: "?") == "a?b?"


def test_text_that_is_too_long_is_clipped_at_its_end_and_a_sentence_in_its_middle() -> None:
    assert safe_text("x" * 100, 10) == "x" * 9 + "…"
    assert safe_text("x" * 10, 10) == "x" * 10
    assert safe_text("e" + "\u0301" * 5000 + "tail", 100) == "e" + "\u0301" * MOST_MARKS + "…"
    shown = safe_sentence("no strategy '" + "x" * 10_000 + "'; did you mean 'y'?", 90)
    assert shown.startswith("no strategy 'xxx")
    assert shown.endswith("xxx'; did you mean 'y'?")
    assert " … " in shown
    assert len(shown) <= 93


class Word(StrEnum):
    ONE = "one"


@dataclass(frozen=True, slots=True)
class Inner:
    names: tuple[str, ...]
    number: float | None


@dataclass(frozen=True, slots=True)
class Outer:
    inner: Inner
    word: Word
    table: dict[str, list[str]]


def test_a_record_is_made_safe_all_the_way_down() -> None:
    hostile = Outer(Inner(("a\x1b", "b"), 1.5), Word.ONE, {"k\x07": ["v\n"]})
    made = safe_record(hostile)
    assert made == Outer(Inner(("a␛", "b"), 1.5), Word.ONE, {"k␇": ["v "]})
    assert made.word is Word.ONE


def test_errors_are_one_safe_line_that_keeps_its_end() -> None:
    assert str(UserError("no\x1b[2J\nfile")) == "no␛[2J file"
    long = str(UserError("a" * 50_000 + " do this"))
    assert len(long) <= LONGEST_MESSAGE + 3
    assert long.endswith(" do this")
    assert str(unknown("strategy", "m\x1bargin", ["margin"])) == "no strategy 'm␛argin'; did you mean 'margin'?"
