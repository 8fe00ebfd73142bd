"""One door for text that comes from outside: data, file names, error messages of plug-ins."""

from __future__ import annotations

import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def safe_text(text: str, limit: int = 500) -> str:
    """Text that is safe to put on a terminal: one line, no control codes, clipped.

    C0, DEL and C1 codes, bidirectional controls and surrogates are made visible; line breaks and tabs become blanks.

    Parameters
    ----------
    text : anything.
    limit : longest result in characters; a clipped text ends in ``…``.
    """
    shown: list[str] = []
    for char in text[: limit + 1]:
        code = ord(char)
        if char in "\n\r\t":
            shown.append(" ")
        elif code < 0x20:
            shown.append(chr(0x2400 + code))
        elif code == 0x7F:
            shown.append("\u2421")
        elif char in _BIDI or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp"):
            shown.append(f"<{code:04X}>")
        else:
            shown.append(char)
    clean = "".join(shown)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"
