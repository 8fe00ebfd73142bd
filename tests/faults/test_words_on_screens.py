"""Whatever names, files, variables and plug-ins say: on a full screen, too, only the program speaks to the terminal."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from outside import MARK, SPOKEN, as_name, foreign, forge

from al_core.labelling.opening import open_items
from al_core.sessions.actions import Disagreed, Flagged, Labelled, Settings
from al_core.sessions.lock import lock_path
from al_core.sessions.store import SessionFile

StartTerminal = Callable[..., Any]

every_payload = pytest.mark.parametrize("payload", SPOKEN.values(), ids=SPOKEN)

PLUGIN = """
from al_core.strategies.registry import strategy

META = dict(family={payload!r}, formula={payload!r}, source={payload!r}, cost={payload!r})

@strategy("hostile", **META, why={payload!r}.replace("{{", "").replace("}}", ""))
def hostile(context, k):
    return list(range(k))

@strategy("failing", **META, why="so")
def failing(context, k):
    raise ValueError({payload!r})

hostile.__doc__ = {payload!r}
"""


@pytest.fixture
def home(tmp_path: Path, payload: str) -> Path:
    """A home directory that is called as hostile as a directory may be."""
    made = tmp_path / (as_name(payload).strip(".") or "x")
    made.mkdir()
    return made


@pytest.fixture
def environment(home: Path, payload: str) -> dict[str, str]:
    """Variables that hold the payload, and an installed plug-in that does."""
    site = home.parent / "site"
    info = site / "hostile-0.1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hostile\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text("[al_tui.strategies]\nhostile = hostile_plugin\n")
    (site / "hostile_plugin.py").write_text(PLUGIN.format(payload=payload))
    return {"HOME": str(home), "PYTHONPATH": str(site), "LOGNAME": payload, "USER": payload}


def ours(at: Any) -> None:
    """Whatever reached the terminal came from the program."""
    assert "\ufffd" not in at.raw, "bytes that are no UTF-8"
    assert foreign(at.raw.encode("utf-8", "surrogatepass"), terminal=True) == []
    assert "Traceback" not in at.raw


def left(at: Any) -> None:
    at.press("q")
    assert at.finish() == 0
    ours(at)


@every_payload
def test_a_race(terminal: StartTerminal, home: Path, environment: dict[str, str], payload: str) -> None:
    session = home / f"{as_name(payload)[:40]}.session"
    names = ("--strategies", "hostile,failing,random", "--budget", "40", "--pace", "max")
    at = terminal(*names, "--session", str(session), env=environment)
    at.wait("Failed: failing")
    at.press("\x1b")
    at.wait("finished")
    for key in ("\x1b[B", "\x1b[B", "\x1b[A", "e", "p", "?"):
        at.press(key)
        at.settle()
    at.press("\x1b")
    at.settle()
    left(at)
    again = terminal("resume", str(session), env=environment)
    again.wait("Comparison ·|Failed: failing|finished")
    again.settle()
    left(again)


@every_payload
def test_labels_of_somebody_with_such_a_name(
    terminal: StartTerminal, home: Path, environment: dict[str, str], payload: str
) -> None:
    session = home / f"{as_name(payload)[:40]}.session"
    at = terminal("label", "--session", str(session), "--annotator", payload, "--strategy", "hostile", env=environment)
    at.wait("one of the first items")
    for count, key in enumerate("314159265358", 1):  # past the start, to what the strategy asks for
        at.press(key)
        at.wait(rf"al-tui · {count} labels? ")
    at.wait("asked by hostile|the model's next best|drawn at random")
    at.press("g")
    at.wait("Enter does it")
    at.press(f"\x1b[200~{''.join(char for char in payload[:200] if char.isprintable())}\x1b[201~\r")
    at.wait(r"\(the mark|⚑|flag")
    for key in ("e", "\x1b[D", "\x1b[D", "\x1b", "e"):
        at.press(key)
        at.settle()
    left(at)
    # Whoever had it before is gone, and has left a hostile note about itself.
    lock_path(session).write_text(json.dumps({"host": socket.gethostname(), "pid": 1, "since": payload}))
    again = terminal("resume", str(session), env=environment)
    again.wait(r"12 labels ")
    again.settle()
    left(again)


@every_payload
def test_a_session_of_others(terminal: StartTerminal, home: Path, environment: dict[str, str], payload: str) -> None:
    settings = Settings("digits", "", (), "logistic", "margin", 2, 0, "typical", None)
    items = open_items(settings.spec())
    settings = replace(settings, fingerprint=items.fingerprint, classes=items.classes)
    session = home / "others.session"
    ids = [items.ids[row] for row in items.start]
    with SessionFile.create(session, settings, MARK) as file:
        file.append([Labelled(item, 3) for item in ids[:5]] + [Flagged(ids[0], MARK), Flagged(ids[1], f"x {MARK}")], MARK)
        file.append([Disagreed(item, ((MARK, 1), (f"{MARK} too", 2))) for item in ids[5:8]], MARK)
    forge(session, payload)
    said = payload.encode(errors="ignore").decode()[:300]  # a lock that is too long, or no text, names nobody
    lock_path(session).write_text(json.dumps({"host": said, "pid": 77, "since": said}))
    refused = terminal("resume", str(session), env=environment)
    assert refused.finish() == 2
    ours(refused)
    at = terminal("resume", str(session), "--take-over", env=environment)
    at.wait(r"al-tui · 5 labels ")
    at.press("v")
    at.wait("1 of 3")
    for key in ("\r", "\r", "\x1b", "\x1b[D", "\x1b[D", "\x1b", "e"):
        at.press(key)
        at.settle()
    left(at)


@every_payload
def test_what_is_refused_before_a_screen_opens(
    terminal: StartTerminal, home: Path, environment: dict[str, str], payload: str
) -> None:
    for words in (
        ("--strategies", payload),
        ("--learner", f"{payload}:x"),
        ("label", f"{payload} nowhere"),
        ("label", "--session", str(home)),
        ("resume", payload),
        ("--executor", "dask", "--scheduler", payload),
    ):
        at = terminal(*words, env=environment)
        assert at.finish() == 2
        ours(at)
        assert "\x1b[?1049h" not in at.raw
