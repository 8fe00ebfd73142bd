"""The progress bar of headless commands, on stderr; plain lines where stderr is no terminal."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from al_core.ground.numbers import duration
from al_tui.output import is_terminal, say, say_anew
from al_tui.requests.terminal import only_prints


class ProgressLine:
    """Shows (done, total); call it with both at the start and whenever something is finished."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._live = is_terminal("stderr") and not only_prints()
        self._begin = time.monotonic()
        self._tenth = 0
        self._known: int | None = None
        """What was done at the start: it cost no time, so it says nothing about the time that is left."""

    def __enter__(self) -> Self:
        say(self._title)
        return self

    def __call__(self, done: int, total: int) -> None:
        if self._known is None:
            self._known = done
            if done:
                say(f"{done:,} of {total:,} runs are known already")
        elapsed = time.monotonic() - self._begin
        if done == self._known:
            return
        left = elapsed / (done - self._known) * (total - done)
        text = f"{done}/{total} runs, {duration(elapsed)}, about {duration(left)} left"
        if self._live:
            filled = 30 * done // total
            say_anew(f"[{'█' * filled}{'·' * (30 - filled)}] {text}", last=done == total)
        elif done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            say(text)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live and kind is not None:
            say()
