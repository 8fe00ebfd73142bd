"""Asks workers for what there is no going on without, until one answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from typing import TypeVar

from al_core.ground.errors import NotWhole, UserError
from al_core.ground.safe_text import safe_text
from al_core.labelling.trainer import FIRST_WAIT, LONGEST_WAIT

T = TypeVar("T")


class Patience:
    """Asks once, or until a worker answers.

    Parameters
    ----------
    executor : the workers.
    changed : called when there is something to be said of them that was not before.
    """

    def __init__(self, executor: Executor, changed: Callable[[], None]) -> None:
        self.trouble: str | None = None
        """Why no worker has answered yet; None when nobody waits for one."""
        self.executor, self._changed = executor, changed

    async def ask(self, fn: Callable[..., T], *args: object) -> T:
        """What a worker answers; raises whatever it raises."""
        return await asyncio.wrap_future(self.executor.submit(fn, *args))

    async def insist(self, fn: Callable[..., T], *args: object) -> T:
        """What a worker answers, however often they have to be asked; raises only `UserError`."""
        return await self.until_done(lambda: self.ask(fn, *args))

    async def until_done(self, ask: Callable[[], Awaitable[T]]) -> T:
        """The same of anything that asks workers, with pauses that grow."""
        wait, not_whole = FIRST_WAIT, False
        while True:
            try:
                answer = await ask()
            except UserError:
                raise
            except Exception as error:  # whatever became of the worker, the next one may fare better
                if isinstance(error, NotWhole):
                    if not_whole:  # the next one looks how long the file is now, and found nothing wrong
                        raise UserError(f"{error}, twice; copy it to another place and label that") from None
                    not_whole = True
                self.trouble = f"the engine did not start, trying again: {safe_text(str(error) or type(error).__name__, 200)}"
                self._changed()
                await asyncio.sleep(wait)
                wait = min(LONGEST_WAIT, 2 * wait)
            else:
                self.trouble = None
                return answer
