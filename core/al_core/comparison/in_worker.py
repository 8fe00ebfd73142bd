"""What a comparison has computed in a worker process. Numerics load when a function is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from al_core.comparison.cell import ALL_LABELS, ORACLE, BenchResult, Cell, cell_of
from al_core.compute.one_thread import one_thread
from al_core.run.play import play
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.comparison.documents import Comparison


def play_cell(spec: TaskSpec, strategy: str) -> Cell:
    """Compute one cell from its question; runs inside a worker.

    Parameters
    ----------
    spec : the task.
    strategy : the strategy's name, with parameters if any, or `ALL_LABELS` or `ORACLE`.
    """
    if strategy in (ALL_LABELS, ORACLE):
        from al_core.comparison.references import all_labels, greedy_oracle

        with one_thread():
            return all_labels(spec) if strategy == ALL_LABELS else greedy_oracle(spec)
    played = play(spec, RunState(strategy), rounds=0)
    return cell_of(spec, played.state, played.timings)


def summarise(result: BenchResult) -> Comparison:
    """`al_core.comparison.summary.compare` for those who must not load numerics themselves: submit this to an executor."""
    from al_core.comparison.summary import compare

    return compare(result)
