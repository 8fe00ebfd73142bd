"""Files that somebody forged or a disk spoiled: seeded changes to a document, to what stands in a store, to single bits."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import io
import json
import random
import signal
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from al_tui.main import main

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1,
    0.5,
    -0.5,
    1.5,
    1e308,
    -1e308,
    float("nan"),
    float("inf"),
    2**31,
    2**63,
    10**30,
    10**400,
    "",
    "x",
    "x" * 5000,
    "a\x1b]52;c;eA==\x07b",
    "[red]a[/nope]",
    "$\\frac{$",
    "\ud800",
    "a\u202eb\nc",
    [],
    [None],
    [[]],
    {},
    {"a": None},
    [0, 1],
    [1, 0],
    [0.9, 0.1, 0.9],
    ["a", "a"],
)
"""What stands where something else should."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    def in_order(self) -> bool:
        """Done with something to show, or refused in one line."""
        if self.code == 0:
            return bool(self.out)
        if "fault of its own" in self.err:
            return False
        told = self.err.startswith("al-tui: ") and "\x1b" not in self.err and self.err.count("\n") == 1
        return self.code in (1, 2) and self.out == "" and told


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> Ran:
    """Run a command in this process: what it does not catch fails the test. The alarm is there for one that hangs."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace")
    with monkeypatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        patch.setattr(sys, "argv", ["al-tui", *map(str, arguments)])
        signal.alarm(120)
        try:
            with pytest.raises(SystemExit) as stop:
                main()
        finally:
            signal.alarm(0)
    for stream in (out, err):
        stream.flush()
    code = stop.value.code
    return Ran(code if isinstance(code, int) else 0, *(s.buffer.getvalue().decode("utf-8", "replace") for s in (out, err)))


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document, the whole of it last."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield from paths(inner, (*at, key))
    yield at


def forged(document: Any, dice: random.Random) -> Any:
    """The document with one to three things in it that are not what they should be."""
    result = copy.deepcopy(document)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        at = dice.choice(list(paths(result)))
        if not at:
            return dice.choice(ODD)
        holder = result
        for key in at[:-1]:
            holder = holder[key]
        old = holder[at[-1]]
        match dice.randrange(8):
            case 0:
                del holder[at[-1]]
            case 1 if isinstance(holder, list):
                holder.insert(dice.randrange(len(holder) + 1), copy.deepcopy(old))
            case 1:
                holder[str(at[-1]) + dice.choice(("", "s", " "))] = holder.pop(at[-1])
            case 2:
                holder[at[-1]] = [old]
            case 3 if isinstance(old, int | float) and not isinstance(old, bool):
                holder[at[-1]] = dice.choice((-old, old + 1, old * 1000, float(old), str(old)))
            case 3 if isinstance(old, list):
                holder[at[-1]] = dice.choice((old[:1], old[::-1], old * 2, old * 50))
            case _:
                holder[at[-1]] = dice.choice(ODD)
    return result


def forged_text(document: Any, dice: random.Random) -> bytes:
    """A document as it may stand in a file, mostly well-formed."""
    if dice.random() < 0.85:
        return json.dumps(forged(document, dice)).encode()
    text = json.dumps(document).encode()
    cut = dice.randrange(len(text))
    return dice.choice(
        (
            text[:cut],
            text[:cut] + b"\xff\xfe" + text[cut:],
            text[:cut] + b"[" * 50_000 + text[cut:],
            b"\xef\xbb\xbf" + text,
            text + text,
            b"[" * 200_000,
            b'{"comparisons":' * 3000,
            text.replace(b":", b":" + b"9" * 5000, 1),
            text.replace(b"0", b"NaN", 1),
            b"\0" * 4096,
            b"",
        )
    )


def canonical(value: Any) -> str:
    """As the program writes into its store."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """The checksum of what stands in a store."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def forge_store(path: Path, dice: random.Random) -> None:
    """Change what stands in a results store, with checksums that fit; program, version and schema stay."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        number, asked_at, text = dice.choice(connection.execute("SELECT * FROM benches").fetchall())
        key, _, versions, record, *_ = dice.choice(connection.execute("SELECT * FROM cells").fetchall())
        with contextlib.suppress(sqlite3.Error, UnicodeError, OverflowError):  # what the database itself does not take
            match dice.randrange(8):
                case 0 | 1 | 2:
                    document = forged(json.loads(text), dice)
                    if isinstance(document, dict) and "checksum" in document:
                        document["checksum"] = checksum(document, asked_at)
                    connection.execute("UPDATE benches SET document = ? WHERE id = ?", (canonical(document), number))
                case 3 | 4 | 5:
                    new = canonical(forged(json.loads(record), dice))
                    connection.execute("UPDATE cells SET record = ?, checksum = ? WHERE key = ?", (new, digest(new), key))
                case 6:
                    new = canonical(forged(json.loads(versions), dice))
                    connection.execute("UPDATE cells SET versions = ? WHERE key = ?", (new, key))
                case _:
                    column = dice.choice(("key", "question", "versions", "record", "checksum", "computed"))
                    connection.execute(f"UPDATE cells SET {column} = ? WHERE key = ?", (some_value(dice), key))


def checksum(document: dict[str, Any], asked_at: str) -> str:
    """The checksum of a bench that was asked for at that time."""
    return digest(asked_at + "\n" + canonical({name: value for name, value in document.items() if name != "checksum"}))


def some_value(dice: random.Random) -> Any:
    """Something that a column can hold."""
    return dice.choice(("", "x", "[" * 50_000, '{"a":1}', "null", "x" * 100_000, -1, 0, 2**62, "\x1b[2J", "{}"))


def flip(path: Path, dice: random.Random) -> int:
    """Flip one bit; returns where."""
    content = bytearray(path.read_bytes())
    bit = dice.randrange(8 * len(content))
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    return bit
