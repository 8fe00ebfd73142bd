"""Keeps the model of a labelling session up to date, in a worker, without ever standing in the person's way."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Executor
from typing import Any

from al_core.ground.errors import NotWhole, UserError, WorkerDied
from al_core.ground.safe_text import safe_text
from al_core.labelling.messages import ModelReply, ModelRequest, Suspect
from al_core.labelling.model import claim_holds, find_suspects, model_round
from al_core.labelling.session import LabelSession

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
RECENT = 5
"""So many attempts tell how soon a model may be expected."""


class Trainer:
    """Sends the session's requests to a worker, one at a time, and hands the replies back.

    A worker that dies, hangs past the executor's limit, raises or returns nonsense costs one attempt: the session keeps its
    last good order, `trouble` says what happened, and the next attempt is made after a pause that doubles from half a second to
    half a minute. Where a file is not whole twice in a row, the next attempt waits for the next answer. `run` is started as a
    task beside the screen and cancelled with it.

    Parameters
    ----------
    session : gets the replies.
    executor : where the model learns.
    changed : called after every attempt, for the screen to draw.
    learn, check, doubt : the worker's functions. What a model claims about its own errors is checked beside the learning, when
        the next items are on the screen already, and so are labels that were given before a class was there.
    before : what is awaited before a reply is taken in, so that what it asks for can be shown then.
    pause : how to wait between attempts after a failure.
    clock : what time it is, in seconds.
    """

    def __init__(
        self,
        session: LabelSession,
        executor: Executor,
        changed: Callable[[], None] = lambda: None,
        *,
        learn: Callable[[ModelRequest], ModelReply] = model_round,
        check: Callable[[ModelRequest], bool] = claim_holds,
        doubt: Callable[[ModelRequest], tuple[Suspect, ...]] = find_suspects,
        before: Callable[[ModelReply], Awaitable[None]] | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.trouble: str | None = None
        self.learning = False
        self.attempts = 0
        self._session = session
        self._executor = executor
        self._changed = changed
        self._learn = learn
        self._check = check
        self._doubt = doubt
        self._checking: asyncio.Task[None] | None = None
        self._before = before
        self._pause = pause
        self._failures = 0
        self._not_whole = 0
        self._clock = clock
        self._wake = asyncio.Event()
        self._took: deque[float] = deque(maxlen=RECENT)

    @property
    def quickest(self) -> float:
        """Seconds that the quickest of the last few attempts took; 0 before the first."""
        return min(self._took, default=0.0)

    def wake(self) -> None:
        """Something was answered or changed: learn it as soon as the worker is free."""
        self._wake.set()

    async def run(self) -> None:
        """Learn whatever there is to learn, for ever."""
        self.wake()
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while (request := self._session.request()) is not None:
                    await self._attempt(request)
                    self._changed()
                    if self._not_whole > 1:
                        break
                    if self._failures:
                        await self._pause(min(LONGEST_WAIT, FIRST_WAIT * 2 ** (self._failures - 1)))
                if not self.checking and (work := self._unchecked()) is not None:
                    self._checking = asyncio.create_task(work)
        finally:
            if self._checking is not None:
                self._checking.cancel()

    @property
    def checking(self) -> bool:
        """True while something is checked."""
        return self._checking is not None and not self._checking.done()

    def _unchecked(self) -> Coroutine[Any, Any, None] | None:
        """What there is to check."""
        session = self._session
        if session.claims.unchecked is not None:
            return self._check_claim(session.claims.unchecked)
        return None if session.doubts.unchecked is None else self._look_for_doubts(session.doubts.unchecked)

    async def _check_claim(self, claim: ModelRequest) -> None:
        """Have a claim checked; one that cannot be does not hold."""
        try:
            holds = await asyncio.wrap_future(self._executor.submit(self._check, claim))
        except Exception:  # whatever a worker may raise, labelling goes on
            holds = False
        self._session.claims.checked(claim, holds)
        self._was_checked()

    async def _look_for_doubts(self, request: ModelRequest) -> None:
        """Have labels looked at that were given before a class was there; where that cannot be done, none is doubted."""
        try:
            found = await asyncio.wrap_future(self._executor.submit(self._doubt, request))
        except Exception:  # whatever a worker may raise, labelling goes on
            found = ()
        self._session.doubts.checked(request, found if self._session.is_about(request) else ())
        self._was_checked()

    def _was_checked(self) -> None:
        self._changed()
        if self._session.claims.unchecked is not None or self._session.doubts.unchecked is not None:
            self.wake()  # there is more to check by now

    async def _attempt(self, request: ModelRequest) -> None:
        self.learning, not_whole = True, False
        self.attempts += 1
        begun = self._clock()
        try:
            reply = await asyncio.wrap_future(self._executor.submit(self._learn, request))
            if self._before is not None and self._session.is_about(request):
                await self._before(reply)
            reason = self._session.accept(request, reply) if self._session.is_about(request) else None
        except Exception as error:  # whatever a worker may raise, labelling goes on
            kind = "" if isinstance(error, UserError | WorkerDied) else f"{type(error).__name__}: "  # those are sentences
            reason = safe_text(f"{kind}{error}", 200)
            not_whole = isinstance(error, NotWhole)
        finally:
            self.learning = False
        self._took.append(self._clock() - begun)
        self._failures = 0 if reason is None else self._failures + 1
        self._not_whole = self._not_whole + 1 if not_whole else 0
        self.trouble = None if reason is None else f"the model could not learn: {reason}"
