"""What a document of a comparison must be, beyond the types of its records, to be shown: it may come from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from al_core.comparison.documents import Across, AtTarget, Comparison, Curves, Document, StrategyRow
from al_core.ground.errors import BadOption
from al_core.task.options import late_options
from al_core.task.spec import LAST_SEED, TaskSpec

_MOST = 1e9
"""Nothing that is counted or measured here is larger."""
_LOWEST_SHARE = -1e300
"""An interval of what is saved, over two seeds, has no lower end to speak of; per cent of it are a number all the same."""


def problem_of(document: Document) -> str:
    """What is wrong with a document, in a few words; empty where nothing is."""
    if not document.comparisons:
        return "there is no comparison in it"
    for part in document.comparisons:
        for problem in _comparison(part):
            return problem
    for entry in document.across:
        for problem in _across(entry):
            return problem
    return ""


def _comparison(part: Comparison) -> Iterator[str]:
    asked, references = part.protocol, part.references
    if not asked.seeds or any(later <= earlier for earlier, later in pairwise(asked.seeds)) or asked.seeds[-1] > LAST_SEED:
        yield "its seeds"
    if not asked.targets or not all(0 < target <= 1 for target in (asked.target, *asked.targets)):
        yield "its targets"
    if not _within(0, 1, [asked.least_saving]):
        yield "its least saving"
    yield from _options(asked.further)
    names = [row.name for row in part.strategies]
    if not names or not all(names) or len(set(names)) < len(names):
        yield "the names of its strategies"
    for row in part.strategies:
        if problem := _row(row, len(asked.targets), asked.planned):
            yield f"{problem} of {row.name}"
    if not _within(0, 1, [references.all_labels.accuracy.mean]):
        yield "the accuracy with all labels"
    if (oracle := references.greedy_oracle) is not None:
        shares = [oracle.aulc, oracle.final_accuracy, *(target for target, _ in oracle.targets)]
        if not _within(0, 1, shares) or not _is_curve(oracle.curve):
            yield "its greedy oracle"
    if not _within(0, 1, [pair.jaccard for pair in part.similarity]):
        yield "how similar its strategies are"


def _options(values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with options of the task that came later, each by its row."""
    late = late_options(TaskSpec)
    for name, value in values.items():
        try:
            late[name].read(value)
        except BadOption:
            yield f"its {late[name].key}"


def _row(row: StrategyRow, targets: int, planned: int) -> str:
    areas, costs = row.aulc, (row.seconds.total, row.seconds.fit, row.seconds.query)
    columns = [
        areas.per_seed,
        row.final_accuracy.values,
        *(hits.per_seed for at in row.targets for hits in (at.first, at.held)),
    ]
    if any(len(column) != planned for column in columns):
        return "how many seeds there are"
    if len(row.targets) != targets or not all(map(_is_place, row.targets)):
        return "the labels to the targets"
    if not _within(0, 1, [areas.mean.value, areas.mean.low, areas.mean.high, row.early_aulc, row.late_aulc]):
        return "the areas"
    if not _within(0, 1, [row.final_accuracy.mean, areas.p_value, areas.p_value_holm]) or not _is_curve(row.curve):
        return "the accuracies"
    if not _within(0, _MOST, [*costs, row.mean_rank]):
        return "seconds or rank"
    return ""


def _is_place(place: AtTarget) -> bool:
    counts = [place.first.mean, place.first.median, place.held.mean, place.held.median]
    saved = place.saved
    shares = [saved.share.value, saved.share.low, saved.share.high, saved.adjusted.low, saved.adjusted.high]
    return _within(0, 1, [place.target]) and _within(0, _MOST, counts) and _within(_LOWEST_SHARE, 1, shares)


def _is_curve(curve: Curves) -> bool:
    columns = (curve.accuracy, curve.median, curve.lower_quartile, curve.upper_quartile)
    grows = all(later > earlier for earlier, later in pairwise(curve.labels)) and _within(0, _MOST, curve.labels)
    return grows and all(len(column) == len(curve.labels) and _within(0, 1, column) for column in columns)


def _across(entry: Across) -> Iterator[str]:
    if (found := entry.friedman) is None:
        return
    if len(found.ranks) < 2 or not _within(1, len(found.ranks), found.ranks.values()):
        yield "the ranks over data sets"
    if not all(group and set(group) <= set(found.ranks) for group in found.groups):
        yield "the groups over data sets"
    if not _within(0, _MOST, [found.critical_difference]):
        yield "the critical difference"


def _within(low: float, high: float, values: Iterable[float | None]) -> bool:
    return all(value is None or low <= value <= high for value in values)
