"""A small program that labels: what is killed, cut off from power and starved of disk in the trials of this directory.

Says what it is about to do and what is saved, one JSON line each, through the operating system at once.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import sqlite3
import sys
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from rig import IDS, ITEMS, NEWER, SETTINGS, operations

from al_core.exchange.records import export_labels
from al_core.ground.errors import UserError
from al_core.ground.files import write_new
from al_core.labelling.session import LabelSession
from al_core.sessions import folding
from al_core.sessions.database import FORMAT
from al_core.sessions.store import NotSaved, SessionFile

COUNTDOWN = {"point": "", "left": 0}


def say(word: str, value: Any = None) -> None:
    os.write(1, (json.dumps([word, value]) + "\n").encode())


def pass_by(point: str) -> None:
    """Die when this is the point at which to die, for the n-th time."""
    if COUNTDOWN["point"] == point:
        COUNTDOWN["left"] -= 1
        if COUNTDOWN["left"] == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Watched(sqlite3.Connection):
    """A connection that passes the named points, and may be made careless about flushing."""

    careless = False

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        word = sql.split()[0]
        if self.careless and sql == "PRAGMA synchronous = FULL":
            sql = "PRAGMA synchronous = NORMAL"
        pass_by(f"before {word}")
        pass_by("any statement")
        result = super().execute(sql, *parameters)
        pass_by(f"after {word}")
        return result


def around(function: Any, point: str) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        pass_by(f"before {point}")
        result = function(*args, **kwargs)
        pass_by(f"after {point}")
        return result

    return call


def do(session: LabelSession, operation: list[Any]) -> None:
    kind, *given = operation
    if kind == "undo":
        session.undo()
    elif kind == "redo":
        session.redo()
    elif kind == "flag":
        session.flag(*given)
    elif isinstance(given[1], str):
        session.skip(given[0], status=given[1])
    else:
        session.label(*given)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("session", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10**9)
    parser.add_argument("--point", default="")
    parser.add_argument("--nth", type=int, default=0)
    parser.add_argument("--careless", action="store_true")
    parser.add_argument("--kill-write", type=int, default=0)
    parser.add_argument("--moment", type=float, default=folding.MOMENT, help="seconds from a write until it is folded")
    parser.add_argument("--fail", type=int, default=0)
    parser.add_argument("--error", type=int, default=5)
    parser.add_argument("--operation", default="type")
    parser.add_argument("--export", type=Path)
    options = parser.parse_args()

    folding.MOMENT = options.moment
    Watched.careless = options.careless
    sqlite3.connect = partial(sqlite3.connect, factory=Watched)
    os.link = around(os.link, "link")
    Path.replace = around(Path.replace, "rename")
    shim = ctypes.CDLL(None)

    def arm() -> None:
        COUNTDOWN.update(point=options.point, left=options.nth)
        if options.kill_write:
            shim.shim_kill(ctypes.c_long(options.kill_write), options.session.name.encode())
        if options.fail:
            shim.shim_fail(ctypes.c_long(options.fail), options.error)

    if options.operation in ("create", "migrate", "renew"):
        arm()
    try:
        if options.session.exists():
            form = NEWER if options.operation == "migrate" else FORMAT
            session = LabelSession(SessionFile.open(options.session, form=form), ITEMS, "ann")
        else:
            session = LabelSession.create(options.session, SETTINGS, ITEMS, "ann")
    except UserError as error:
        say("refused", str(error))
        return 2
    say("open", session.file.stale_owner and session.file.stale_owner.pid)

    if options.operation == "hold":
        sys.stdin.readline()
    elif options.operation == "type":
        arm()
        stream = operations(options.seed)
        for _ in range(options.count):
            operation = next(stream)
            say("begin", operation)
            try:
                do(session, operation)
            except NotSaved as error:
                say("failed", str(error))
                if sys.stdin.readline() != "go on\n":
                    break
                do(session, operation)
            say("saved", operation)
    elif options.operation in ("label", "undo", "export", "close"):
        for operation in (["label", IDS[0], 1], ["label", IDS[1], 2]):
            do(session, operation)
            say("saved", operation)
        arm()
        operation = {"label": ["label", IDS[2], 0], "undo": ["undo"]}.get(options.operation)
        try:
            if operation is not None:
                say("begin", operation)
                do(session, operation)
                say("saved", operation)
            elif options.operation == "export":
                write_new(options.export, export_labels(session.ledger, "csv"), force=True)
                say("exported")
            else:
                session.close()
        except UserError as error:
            say("failed", str(error))
            if operation is not None:
                say("begin", operation)
                do(session, operation)
                say("saved", operation)
    session.close()
    if options.fail:
        say("calls", shim.shim_calls())
    say("closed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
