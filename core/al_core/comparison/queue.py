"""The cells that are still to be computed: handed to an executor, tried once more when a worker dies, turned into cells.

It waits for nothing, so that a bench, which blocks, and a dashboard, which must not, share it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from al_core.comparison.cell import Cell
from al_core.comparison.in_worker import play_cell
from al_core.comparison.plan import Question
from al_core.ground.errors import NobodyComputes, WorkerDied
from al_core.ground.safe_text import safe_text
from al_core.task.spec import TaskSpec


@dataclass(frozen=True, slots=True)
class _Job:
    index: int
    question: Question
    tries: int = 1


class Work:
    """Questions that wait, and questions that are being computed.

    Parameters
    ----------
    questions : what is asked, with the index that its answer is returned under.
    executor : where cells are computed, each in one call, so that scheduling costs next to nothing.
    """

    def __init__(self, questions: Sequence[tuple[int, Question]], executor: Executor) -> None:
        self._executor = executor
        self._waiting = [_Job(index, question) for index, question in reversed(questions)]
        self._pending: dict[Future[Cell], _Job] = {}

    @property
    def waiting(self) -> int:
        """How many questions have not been handed out."""
        return len(self._waiting)

    @property
    def pending(self) -> frozenset[Future[Cell]]:
        """What is being computed."""
        return frozenset(self._pending)

    def asked(self, future: Future[Cell]) -> Question:
        """What is being computed in a future that is not settled."""
        return self._pending[future].question

    def submit(self) -> Future[Cell]:
        """Hand the next question out; there must be one."""
        job = self._waiting.pop()
        future = self._executor.submit(play_cell, *job.question)
        self._pending[future] = job
        return future

    def settle(self, future: Future[Cell]) -> tuple[int, Cell] | None:
        """The index and the cell of a future that is done; None when its worker died and the question waits again.

        Raises
        ------
        NobodyComputes
            Nothing more can be computed; the question has not failed.
        """
        job = self._pending.pop(future)
        try:
            cell = future.result()
            if (cell.spec, cell.strategy) != job.question:
                raise RuntimeError(f"the worker answered another question: {cell.strategy} on seed {cell.seed}")
            return job.index, cell
        except NobodyComputes:
            raise
        except WorkerDied as error:
            if job.tries == 0:
                return job.index, _failed(*job.question, error)
            self._waiting.append(_Job(job.index, job.question, job.tries - 1))
            return None
        except Exception as error:
            return job.index, _failed(*job.question, error)

    def cancel(self) -> None:
        """Hand nothing out any more, and take back what no worker has begun."""
        self._waiting.clear()
        for future in self._pending:
            future.cancel()


def _failed(spec: TaskSpec, strategy: str, error: Exception) -> Cell:
    return Cell(spec, strategy, error=safe_text(str(error) or type(error).__name__))
