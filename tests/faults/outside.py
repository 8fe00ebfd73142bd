"""Words from outside: what hostile text looks like, and what may reach a terminal whatever was read.

`PAYLOADS` are what files, names and variables hold; `foreign` finds what is not ours in bytes that the program wrote.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from trials import LARGE

PAYLOADS = {
    "osc 52": "\x1b]52;c;aGk=\x07",
    "osc 0": "\x1b]0;taken over\x1b\\",
    "clear": "\x1b[2J\x1b[H",
    "c1": "\x9b2J\x9d0;taken over\x9c",
    "device query": "\x1b[c\x1b[6n\x1bP+q544e\x1b\\",
    "bidi": "\u202egnp.\u2066x\u2069\u200f",
    "markup with an action": "[@click=app.quit]press[/]",
    "unclosed markup": "[bold][/nope][",
    "nul": "a\x00b",
    "bell": "\x07",
    "surrogate": "\udc9b\udcff",
    "100,000 characters": "x" * 100_000,
    "5,000 combining marks": "e" + "\u0301" * 5000,
    "line breaks": "a\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h",
}
"""Name and text. A surrogate is a byte that is no UTF-8 wherever the system takes bytes."""


def _mixed(*names: str) -> str:
    return "".join(PAYLOADS[name] for name in names)


_MIXED = {
    "sequences": _mixed("osc 52", "osc 0", "clear", "bell"),
    "codes": _mixed("c1", "device query", "bidi", "surrogate", "line breaks"),
    "markup": _mixed("markup with an action", "unclosed markup"),
    "length": PAYLOADS["5,000 combining marks"] + PAYLOADS["100,000 characters"][:60_000],
    "nul": PAYLOADS["nul"],
}
TRIED = PAYLOADS if LARGE else _MIXED
"""What a trial puts everywhere: each payload by itself, by hand; several at a time, every day."""
SPOKEN = {name: payload for name, payload in TRIED.items() if "\0" not in payload}
"""Those that the system hands to a program as arguments, variables and names of files, which hold no NUL."""

LONGEST_LINE = 5000
"""Characters that a line for people may have, whatever it is about."""
MOST_MARKS = 8
"""Combining marks that may stand on one character; no script needs more than half of it."""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

OURS = re.compile(
    r"\x1b\[[0-9;:]*m"  # colours
    r"|\x1b\[\d*(?:;\d*)?[HABCDGJKX]"  # the cursor, and what is erased
    r"|\x1b\[\?\d+(?:;\d+)*[hl]"  # modes: the other screen, mouse, paste, focus, the cursor
    r"|\x1b\[\?\d+\$p"  # which modes there are
    r"|\x1b\[[<>=?]\d*u"  # how keys are told
    r"|\x1b\[=\d+;\d+u"
    r"|\x1b\[>4;\d+m"
    r"|\x1b\[[ !\"$']?q"
    r"|\x1b\[\d+ q"
    r"|\x1b\]22;[a-z-]+\x07"  # the shape of the mouse's pointer
)
"""What the program says to a terminal itself."""


def foreign(data: bytes, *, terminal: bool = False, longest: int | None = LONGEST_LINE) -> list[str]:
    """What in ``data`` does not come from the program, in words; nothing in good output.

    Parameters
    ----------
    data : bytes written to stdout, stderr or a terminal.
    terminal : whether that is a terminal, where our own sequences are in order.
    longest : most characters of a line; None for data that other programs read, whose lines are as long as they are.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return [f"no UTF-8: {data[max(0, error.start - 20) : error.start + 20]!r}"]
    found = []
    if terminal:
        text = OURS.sub("", text).replace("\r", "")
    for at, char in enumerate(text):
        if char != "\n" and (unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") or char in _BIDI):
            found.append(f"{char!r} in {text[max(0, at - 20) : at + 20]!r}")
    marks = re.search(rf"[\u0300-\u036f]{{{MOST_MARKS + 1},}}", text)
    if marks is not None:
        found.append(f"{len(marks[0])} combining marks in a row")
    line = max(map(len, text.split("\n")))
    if longest is not None and not terminal and line > longest:
        found.append(f"a line of {line} characters")
    return found


@dataclass(frozen=True)
class Ran:
    """How a command ended, with what it wrote."""

    code: int
    out: bytes
    err: bytes

    @property
    def problems(self) -> list[str]:
        """Whatever no command may do, whatever it was given: speak with another's voice, fall over, hang, mean nothing."""
        found = [f"stdout: {words}" for words in foreign(self.out, longest=None)]
        found += [f"stderr: {words}" for words in foreign(self.err)]
        if b"Traceback" in self.err + self.out:
            found.append(f"a traceback: {self.err[-300:]!r}")
        if self.code not in (0, 1, 2):
            found.append(f"exit code {self.code}")
        last = self.err.removesuffix(b"\n").rpartition(b"\n")[2]
        if self.code == 2 and not (last.startswith(b"al-tui: ") and self.err.count(b"al-tui: ") == 1):
            found.append(f"exit code 2 without its one line: {self.err[-300:]!r}")
        return found


class Forked:
    """`al-tui` many times over, without the time it takes to start Python."""

    def __init__(self) -> None:
        command = [sys.executable, str(Path(__file__).with_name("forked.py"))]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()

    def run(
        self, arguments: Sequence[str | Path], environment: Mapping[str, str], directory: Path, seconds: float = 120
    ) -> Ran:
        """Run ``al-tui`` with these arguments in this environment, which is all there is, and this directory."""
        asked = {
            "arguments": [_bytes(str(argument)) for argument in arguments],
            "environment": {name: _bytes(value) for name, value in environment.items()},
            "directory": _bytes(str(directory)),
            "seconds": seconds,
        }
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        return Ran(answer["code"], answer["out"].encode("latin-1"), answer["err"].encode("latin-1"))


def _bytes(text: str) -> str:
    return os.fsencode(text).decode("latin-1")


def as_name(payload: str) -> str:
    """The payload as a file may be called."""
    return os.fsdecode(os.fsencode(payload.replace("/", "∕"))[:200])


MARK = "MARK"
"""Stands for a payload while a file is made by the program, which would not write the payload itself."""


def forge(session: Path, payload: str) -> None:
    """Put ``payload`` for every `MARK` in a session file, with checksums that fit, as another program could."""
    column = payload.encode(errors="ignore").decode() or "\x9b"  # what SQLite takes
    with sqlite3.connect(session) as connection:
        previous = "0" * 32
        for row in connection.execute("SELECT * FROM event ORDER BY sequence").fetchall():
            body = [
                value.replace(MARK, column) if isinstance(value, str) and at != 4 else value
                for at, value in enumerate(row[:-1])
            ]
            body[4] = row[4].replace(MARK, json.dumps(payload)[1:-1])
            digest = hashlib.blake2b(previous.encode(), digest_size=16)
            digest.update(json.dumps(body, separators=(",", ":")).encode())
            previous = digest.hexdigest()
            columns = "item = ?, value = ?, annotator = ?, strategy = ?, checksum = ?"
            changed = (body[3], body[4], body[5], body[6], previous, row[0])
            connection.execute(f"UPDATE event SET {columns} WHERE sequence = ?", changed)
    connection.close()
