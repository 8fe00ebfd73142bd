"""What a bench is asked for beside its tasks, its comparison and its place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from al_core.data.facts import dataset_names
from al_core.task.options import declared


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """Options of `al-tui bench` that the race does not have; every field is a row of options."""

    datasets: str | None = declared(
        None, f"Several data sets: {', '.join(dataset_names())}.", reader=str, metavar="A,B,…", group="dataset"
    )
    learners: str | None = declared(None, "Several learners.", reader=str, metavar="A,B,…", group="learner")
    as_json: bool = declared(False, "Print JSON instead of a table.", flag="--json", where="command line")
    out: Path | None = declared(None, "Write to this file instead of stdout.", reader=Path, where="command line")
    force: bool = declared(False, "Let --out replace a file.", where="command line")
