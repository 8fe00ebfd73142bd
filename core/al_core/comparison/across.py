"""Tests over data sets, where the data set is the unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from al_core.comparison.cell import BenchResult
from al_core.comparison.conclusion import across_words
from al_core.comparison.documents import Across, Comparison, Document, StrategyRow
from al_core.comparison.encoding import to_json
from al_core.comparison.plan import CONTROL
from al_core.comparison.summary import compare
from al_core.ground.release import __version__
from al_core.ground.versions import Versions
from al_core.measures import statistics as tests
from al_core.task.spec import BASELINE


def documents(results: Sequence[BenchResult], software: Versions | None = None) -> dict[str, Any]:
    """The JSON document of one or several results; ``software`` computed them, by default that of this process.

    One result is `al_core.comparison.summary.summary`; several stand under ``"comparisons"``, with the tests over data sets
    under ``"across"``.
    """
    return to_json(compare_all(results, software))


def compare_all(results: Sequence[BenchResult], software: Versions | None = None) -> Document:
    """What one or several results say; ``software`` computed them, by default that of this process."""
    parts = tuple(compare(result, software) for result in results)
    return Document(__version__, parts, across(parts) if len(parts) > 1 else ())


def across(parts: Sequence[Comparison]) -> tuple[Across, ...]:
    """Tests over data sets, one entry per learner: there, the data set is the unit, its score the mean AULC over seeds."""
    return tuple(
        _across(learner, [part for part in parts if part.protocol.learner == learner])
        for learner in dict.fromkeys(part.protocol.learner for part in parts)
    )


def _across(learner: str, parts: Sequence[Comparison]) -> Across:
    names = [row.name for row in parts[0].strategies if row.name != CONTROL]
    scores = {
        name: tuple(row.aulc.mean.value for part in parts for row in part.strategies if row.name == name) for name in names
    }
    partial = {
        part.protocol.dataset: lacking
        for part in parts
        if (lacking := tuple(row.name for row in part.strategies if row.name in names and not _whole(row, part)))
    }
    known = {name: [area for area in areas if area is not None] for name, areas in scores.items()}
    found = tests.friedman(known, BASELINE) if not partial and BASELINE in names else None
    entry = Across(
        learner=learner,
        datasets=tuple(part.protocol.dataset for part in parts),
        seeds=parts[0].protocol.planned,
        mean_aulc=scores,
        partial=partial,
        friedman=found,
    )
    return replace(entry, conclusion=across_words(entry))


def _whole(row: StrategyRow, part: Comparison) -> bool:
    """True when a strategy has a result on every seed that was fixed at the start."""
    return row.presence.finished == part.protocol.planned
