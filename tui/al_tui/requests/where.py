"""Where a race or a comparison is computed and where its cells are kept: options of all commands that compute one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from al_core.ground.errors import CannotKeep, UserError
from al_core.ground.places import data_directory
from al_core.task.options import declared
from al_tui.output import say
from al_tui.requests.warnings import warn

if TYPE_CHECKING:
    from al_core.compute.dask import DaskCluster

T = TypeVar("T")
EXECUTORS = ("inline", "processes", "dask")


@dataclass(frozen=True, slots=True)
class Place:
    """Options about executor and results store, checked when they are made; every field is a row of options.

    Parameters
    ----------
    executor : one of `EXECUTORS`.
    scheduler : address of the Dask scheduler.
    results : the results store; None for the user's own.
    no_results : neither read nor keep finished cells.
    """

    executor: str = declared("processes", "Where it is computed.", choices=EXECUTORS, group="executor", where="settings")
    scheduler: str | None = declared(
        None,
        "The Dask scheduler, for --executor dask.",
        reader=str,
        metavar="tcp://…",
        group="executor",
        where="settings",
    )
    results: Path | None = declared(
        None,
        "Results store, where finished runs are kept.",
        reader=Path,
        shown="in the user's data directory",
        group="results",
        where="settings",
    )
    no_results: bool = declared(False, "Neither read nor keep finished runs.", group="results", where="settings")

    def __post_init__(self) -> None:
        if (self.executor == "dask") != (self.scheduler is not None):
            raise UserError("--executor dask and --scheduler tcp://… belong together; give both or none")
        if self.no_results and self.results is not None:
            raise UserError("--results and --no-results exclude each other; give one of them")

    def open_store(self, make: Callable[[Path], T]) -> T | None:
        """What ``make`` makes of the results store; None for none.

        The one that is used when none is named is a convenience: where it cannot be written, that is said, and nothing is kept.

        Raises
        ------
        UserError
            The store that was named cannot be used, or the usual one is damaged or locked.
        """
        if self.no_results:
            return None
        if self.results is not None:
            return make(self.results)
        try:
            return make(results_file())
        except CannotKeep as error:
            warn(f"finished runs are not kept: {error}")
            return None

    def words(self, workers: int) -> str:
        """Where it is computed, for people."""
        if self.executor == "processes":
            return f"{workers} worker{'s' if workers != 1 else ''}"
        return "in this process" if self.executor == "inline" else f"on {self.scheduler}"

    def open(self, workers: int, limit: float, log: Path) -> Executor:
        """The executor for somebody who can wait for it.

        Parameters
        ----------
        workers : number of processes.
        limit : seconds a call may run before its process is ended.
        log : the file that receives what workers print.

        Raises
        ------
        UserError
            The Dask cluster cannot be used.
        """
        from al_core.compute.inline import Inline
        from al_core.compute.processes import Processes

        if self.executor == "inline":
            return Inline()
        return Processes(workers, limit=limit, log=log) if self.executor == "processes" else self.connect(log)

    def connect(self, log: Path | None = None) -> DaskCluster:
        """The Dask cluster; ``log`` receives what its library has to say, instead of stderr."""
        from al_core.compute.dask import DaskCluster
        from al_core.compute.dask_client import check_address, is_exposed

        assert self.scheduler is not None
        check_address(self.scheduler)
        if is_exposed(self.scheduler):
            say(f"al-tui: {self.scheduler} is not encrypted: whoever answers there can run code here; use tls:// if you can")
        return DaskCluster(self.scheduler, log=log)


def results_file() -> Path:
    """The results store that is used when none is named; raises `CannotKeep` when there is no place for it."""
    return data_directory() / "results.sqlite3"
