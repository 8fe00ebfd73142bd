"""What is kept of a fault: everything in the log, which stays with the person, and in a report what anybody may see.

A message of an exception, a value of a variable or a path may hold an answer, an item or a person's name, so a report has none
of them: only what failed, where in the program, with which versions, and on what terminal.
"""

from __future__ import annotations

import contextlib
import os
import platform
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from al_core import __version__
from al_core.ground.safe_text import safe_text

_LIBRARIES = ("textual", "rich", "plotext", "click", "platformdirs", "numpy", "scipy", "scikit-learn")
_VARIABLES = ("TERM", "COLORTERM", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "NO_COLOR", "LANG", "LC_ALL")
_LONGEST_LINE = 1000
_MOST_FRAMES = 60


def write_down(error: BaseException, log: Path) -> None:
    """Add a fault with all that is known of it to the log; nothing happens where that cannot be written."""
    lines = [f"{datetime.now(UTC).isoformat(timespec='seconds')} al-tui {__version__}: a fault in the program"]
    for part in traceback.format_exception(error):
        lines += [safe_text(line, _LONGEST_LINE) for line in part.splitlines()]
    with contextlib.suppress(OSError), log.open("a", encoding="utf-8", errors="replace") as file:
        file.write("\n".join(lines) + "\n")


def write_report(error: BaseException, log: Path, screen: Mapping[str, str]) -> Path | None:
    """Write a report that may be shown to anybody; its file, or None where none can be written.

    Parameters
    ----------
    log : it is written beside this file, if that is one.
    screen : what was on the screen, in names that are the program's own.
    """
    now = datetime.now(UTC)
    path = log.with_name(f"crash-{now:%Y%m%d-%H%M%S}-{os.getpid()}.txt")
    if log == Path(os.devnull):
        return None
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join(_report(error, now, screen)) + "\n")
    except OSError:
        return None
    return path


def place_of(error: BaseException) -> str:
    """Where it was raised, as module and line."""
    *_, place = ["", *_frames(error)]
    return place


def _report(error: BaseException, now: datetime, screen: Mapping[str, str]) -> Iterator[str]:
    yield f"al-tui {__version__} ended by a fault of its own, {now.isoformat(timespec='seconds')}"
    yield "This file holds no answers, no items, no messages and no paths; those are in the log, which nobody else has."
    yield ""
    yield f"python {platform.python_version()} on {platform.system()} {platform.release()} {platform.machine()}"
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            yield f"{name} {metadata.version(name)}"
    yield ""
    for name, value in screen.items():
        yield f"{name}: {safe_text(value, 80)}"
    for name in _VARIABLES:
        if name in os.environ:
            yield f"{name}={safe_text(os.environ[name], 80)}"
    yield from _what_failed(error)


def _what_failed(error: BaseException, how: str = "failed") -> Iterator[str]:
    """The fault, those it came of, and those that are in it."""
    yield ""
    yield f"{how}: {type(error).__module__}.{type(error).__qualname__}"
    yield from (f"  {place}" for place in [*_frames(error)][-_MOST_FRAMES:])
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _what_failed(inner, "within it")
    if error.__cause__ is not None:
        yield from _what_failed(error.__cause__, "because of")
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _what_failed(error.__context__, "while treating")


def _frames(error: BaseException) -> Iterator[str]:
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_qualname}"
