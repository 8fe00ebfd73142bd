"""Keeps the model of a labelling session up to date, in a worker, without ever standing in the person's way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor

from al_core.ground.safe_text import safe_text
from al_core.labelling.messages import ModelReply, ModelRequest
from al_core.labelling.model import model_round
from al_core.labelling.session import LabelSession

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0


class Trainer:
    """Sends the session's requests to a worker, one at a time, and hands the replies back.

    A worker that dies, hangs past the executor's limit, raises or returns nonsense costs one attempt: the session keeps its
    last good order, `trouble` says what happened, and the next attempt is made after a pause that doubles from half a second to
    half a minute. `run` is started as a task beside the screen and cancelled with it.

    Parameters
    ----------
    session : gets the replies.
    executor : where the model learns.
    changed : called after every attempt, for the screen to draw.
    learn : the worker's function.
    pause : how to wait between attempts after a failure.
    """

    def __init__(
        self,
        session: LabelSession,
        executor: Executor,
        changed: Callable[[], None] = lambda: None,
        *,
        learn: Callable[[ModelRequest], ModelReply] = model_round,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.trouble: str | None = None
        self.learning = False
        self.attempts = 0
        self._session = session
        self._executor = executor
        self._changed = changed
        self._learn = learn
        self._pause = pause
        self._failures = 0
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something was answered or changed: learn it as soon as the worker is free."""
        self._wake.set()

    async def run(self) -> None:
        """Learn whatever there is to learn, for ever."""
        self.wake()
        while True:
            await self._wake.wait()
            self._wake.clear()
            while (request := self._session.request()) is not None:
                await self._attempt(request)
                self._changed()
                if self._failures:
                    await self._pause(min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self._failures - 1)))

    async def _attempt(self, request: ModelRequest) -> None:
        self.learning = True
        self.attempts += 1
        try:
            reply = await asyncio.wrap_future(self._executor.submit(self._learn, request))
            reason = self._session.accept(request, reply)
        except Exception as error:  # whatever a worker may raise, labelling goes on
            reason = safe_text(f"{type(error).__name__}: {error}", 200)
        finally:
            self.learning = False
        self._failures = 0 if reason is None else self._failures + 1
        self.trouble = None if reason is None else f"the model could not learn: {reason}"
