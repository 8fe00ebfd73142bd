"""Tests over data sets, where the data set is the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from al_core.comparison.cell import BenchResult
from al_core.comparison.conclusion import across_words
from al_core.comparison.plan import CONTROL
from al_core.comparison.summary import summary
from al_core.ground.release import __version__
from al_core.ground.versions import Versions
from al_core.measures import statistics as tests
from al_core.task.spec import BASELINE


def documents(results: Sequence[BenchResult], software: Versions | None = None) -> dict[str, Any]:
    """The JSON document of one or several results; ``software`` computed them, by default that of this process.

    One result is `summary`; several stand under ``"comparisons"``, with the tests over data sets under ``"across"``.
    """
    if len(results) == 1:
        return summary(results[0], software)
    parts = [summary(result, software) for result in results]
    return {"version": __version__, "comparisons": parts, "across": across(parts)}


def across(parts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Tests over data sets, one entry per learner: there, the data set is the unit, its score the mean AULC over seeds."""
    entries = []
    for learner in dict.fromkeys(part["protocol"]["learner"] for part in parts):
        mine = [part for part in parts if part["protocol"]["learner"] == learner]
        names = [row["name"] for row in mine[0]["strategies"] if row["name"] != CONTROL]
        scores = {
            name: [next(row for row in part["strategies"] if row["name"] == name)["aulc"]["mean"] for part in mine]
            for name in names
        }
        partial = {
            part["protocol"]["dataset"]: lacking
            for part in mine
            if (lacking := [row["name"] for row in part["strategies"] if row["name"] in names and not _whole(row, part)])
        }
        found = tests.friedman(scores, BASELINE) if not partial and BASELINE in names else None
        entry = {
            "learner": learner,
            "datasets": [part["protocol"]["dataset"] for part in mine],
            "seeds": len(mine[0]["protocol"]["seeds"]),
            "mean_aulc": scores,
            "partial": partial,
            "friedman": None if found is None else asdict(found),
        }
        entry["conclusion"] = across_words(entry)
        entries.append(entry)
    return entries


def _whole(row: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    """True when a strategy has a result on every seed that was fixed at the start."""
    return bool(row["seeds_finished"] == len(part["protocol"]["seeds"]))
