"""One door for text that comes from outside: data, file names, variables, error messages of plug-ins.

What a person did not type into this program passes `safe_text` where it enters. Whatever is written passes `visible`, or
`json_text`, where it leaves.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")

MOST_MARKS = 6
"""Combining marks that stay on one character: more than any script needs, and few enough for a line of a terminal."""
LONGEST_TEXT = 2000
"""Characters that are kept of a single text in a file of ours that somebody may have changed."""

_OBEYED = "\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
"""Besides C0: DEL and C1, bidirectional controls, line and paragraph separators, surrogates."""
_UNSAFE = f"[\x00-\x1f{_OBEYED}]"
_UNSAFE_IN_LINES = f"[\x00-\x08\x0b-\x1f{_OBEYED}]"
"""Both are compiled when the first text comes that is not printable: the screen is painted without."""
_BREAKS = str.maketrans("\n\r\t", "   ")


def safe_text(text: str, limit: int = 500) -> str:
    """Text that is safe to put on a terminal: one line, no control codes, clipped.

    C0, DEL and C1 codes, bidirectional controls and surrogates are made visible; line breaks and tabs become blanks. Of the
    combining marks on one character, `MOST_MARKS` stay.

    Parameters
    ----------
    text : anything.
    limit : longest result in characters; a clipped text ends in ``…``.
    """
    clean = few_marks(_replaced(_UNSAFE, _shown, text[: limit + 1].translate(_BREAKS)))
    return clean if len(clean) <= limit and len(text) <= limit else clean[: limit - 1] + "…"


def safe_sentence(text: str, limit: int) -> str:
    """As `safe_text`, but of a text that is too long the middle is left out: its end says what to do."""
    if len(text) <= limit:
        return safe_text(text, 8 * limit)
    head = 2 * limit // 3
    return f"{safe_text(text[:head], limit)} … {safe_text(text[head - limit :], limit)}"


def visible(text: str) -> str:
    """Lines of text with nothing in them that a terminal would obey; tabs and line feeds stay, and nothing is clipped."""
    return few_marks(_replaced(_UNSAFE_IN_LINES, _shown, text))


def escaped(text: str, escape: Callable[[str], str]) -> str:
    """As `visible`, with ``escape`` of each character that `visible` would show in another way, or leave out."""
    return few_marks(_replaced(_UNSAFE_IN_LINES, lambda found: escape(found[0]), text), escape)


def without_controls(text: str, instead: Callable[[str], str]) -> str:
    """A text with ``instead`` of each character that a terminal would obey, line feeds included."""
    return _replaced(_UNSAFE, lambda found: instead(found[0]), text)


def is_plain(text: str) -> bool:
    """Whether a text is so harmless that nothing read from it, as JSON for instance, can need `safe_text`."""
    return len(text) <= LONGEST_TEXT and text.isascii() and text.isprintable() and "\\" not in text


def safe_record(value: T, limit: int = LONGEST_TEXT) -> T:
    """A value with `safe_text` in place of every text in it, ``limit`` long: in records, tuples, lists and objects."""
    made: T = _safe(value, limit)
    return made


def _safe(value: Any, limit: int) -> Any:
    if isinstance(value, str):
        clean = safe_text(value, limit)
        return value if clean == value else clean  # a member of an enumeration stays one
    if isinstance(value, dict):
        return {_safe(key, limit): _safe(entry, limit) for key, entry in value.items()}
    if isinstance(value, list):
        return [_safe(entry, limit) for entry in value]
    if isinstance(value, tuple):
        entries = [_safe(entry, limit) for entry in value]
        return value._make(entries) if hasattr(value, "_make") else tuple(entries)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{entry.name: _safe(getattr(value, entry.name), limit) for entry in fields(value)})
    return value


def _replaced(pattern: str, instead: Callable[[re.Match[str]], str], text: str) -> str:
    return text if text.isprintable() else re.sub(pattern, instead, text)


def _shown(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<{code:04X}>"


def few_marks(text: str, instead: Callable[[str], str] = lambda mark: "") -> str:
    """The text with at most `MOST_MARKS` combining marks in a row; ``instead`` says what stands for the others."""
    if text.isascii():
        return text
    out, row = [], 0
    for char in text:
        row = row + 1 if char > "\u02ff" and unicodedata.category(char) in ("Mn", "Me") else 0
        out.append(char if row <= MOST_MARKS else instead(char))
    return "".join(out)
