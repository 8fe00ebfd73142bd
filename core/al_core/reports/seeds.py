"""The comparison over paired seeds as it stands, as rows of text and as files; free of numerics.

Means are over the seeds that all strategies have. Savings, intervals and verdicts are those of the latest summary; verdicts
are told only when that summary is of all cells that were planned.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from al_core.comparison.documents import StrategyRow
from al_core.comparison.live_view import LiveView
from al_core.comparison.plan import CONTROL
from al_core.ground.numbers import between, fixed, level, milliseconds, signed_percent, whole
from al_core.ground.release import __version__
from al_core.ground.written import plain
from al_core.reports.comparison import measured, short_verdict
from al_core.reports.tables import comma_separated, markdown
from al_core.task.options import named
from al_core.task.spec import BASELINE

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SeedsRow:
    """One strategy; None where there is nothing to say yet. Means are over the seeds that all strategies have, ``compared``."""

    strategy: str
    finished: int
    compared: int
    failed: int
    to_target: float | None
    reached: int
    saved: float | None
    saved_interval: Interval | None
    words: str
    aulc: float | None
    aulc_interval: Interval | None
    accuracy: float | None
    seconds_per_round: float | None


def seeds_rows(view: LiveView) -> tuple[SeedsRow, ...]:
    """One row per strategy, references included, the largest mean area under the curve first."""
    found = {row.name: row for row in view.comparison.strategies} if view.comparison is not None else {}
    rows = []
    for entry, compared in zip(view.strategies, view.compared, strict=True):
        row = found.get(entry.name)
        rows.append(
            SeedsRow(
                strategy=entry.name,
                finished=entry.finished,
                compared=compared.finished,
                failed=len(entry.errors),
                to_target=compared.to_target,
                reached=compared.reached,
                saved=None if row is None or entry.name == BASELINE else row.saved.share.value,
                saved_interval=None if row is None or entry.name == BASELINE else row.saved.share.bounds,
                words=_words(view, entry.name, entry.finished, row),
                aulc=compared.aulc,
                aulc_interval=None if row is None else row.aulc.mean.bounds,
                accuracy=compared.accuracy,
                seconds_per_round=entry.seconds_per_round,
            )
        )
    return tuple(sorted(rows, key=lambda row: -1.0 if row.aulc is None else row.aulc, reverse=True))


def is_final(view: LiveView) -> bool:
    """True when everything is there and the summary is of all of it: from then on there may be verdicts."""
    if not view.complete or view.comparison is None:
        return False
    summed = {row.name: row.presence.finished for row in view.comparison.strategies}
    return all(summed[entry.name] == entry.finished for entry in view.strategies)


def seeds_header(view: LiveView) -> list[str]:
    """Column titles of `seeds_cells`."""
    target = f"→{level(view.plan.specs[0].target)}"
    return ["strategy", "seeds", target, "saved, 95%", "verdict", "reached", "AULC, 95%", "final", "per round"]


def seeds_cells(row: SeedsRow, planned: int) -> list[str]:
    """One row as text."""
    return [
        row.strategy,
        f"{row.finished}/{planned}" + (f" ✗{row.failed}" if row.failed else ""),
        ("≥ " if row.to_target is not None and row.reached < row.compared else "") + whole(row.to_target),
        "baseline" if row.strategy == BASELINE else signed_percent(row.saved) + _span(row.saved_interval, signed_percent),
        row.words,
        f"{row.reached}/{row.compared}",
        fixed(row.aulc) + _span(row.aulc_interval, fixed),
        fixed(row.accuracy),
        milliseconds(row.seconds_per_round),
    ]


def seeds_note(view: LiveView) -> str:
    """What the table is: a preview of so many seeds, or the paragraph in plain words."""
    if is_final(view) and view.comparison is not None:
        return view.comparison.conclusion
    if view.complete:
        return "All seeds are finished; intervals are being computed."
    text = f"Preview: {view.whole_seeds} of {view.planned} seeds; intervals may be looked at, verdicts wait for all of them."
    text += " Means are over the seeds that all strategies have."
    if view.comparison is not None:
        summed = min(row.presence.finished for row in view.comparison.strategies)
        text += f" Savings and intervals are those of {summed} seeds."
    return text


def seeds_failures(view: LiveView) -> list[str]:
    """A line for every strategy that failed on some seeds."""
    lines = []
    for entry in view.strategies:
        if entry.errors:
            seeds = ", ".join(str(seed) for seed, _ in entry.errors)
            lines.append(f"{entry.name} failed on seed{'s' if len(entry.errors) > 1 else ''} {seeds}: {entry.errors[0][1]}")
    return lines


def seeds_title(view: LiveView) -> str:
    """What is compared."""
    spec = view.plan.specs[0]
    seeds = f"seeds {view.plan.seeds[0]} to {view.plan.seeds[-1]}"
    return " · ".join([spec.dataset, spec.learner, seeds, f"batch {spec.batch}", f"budget {spec.budget}", *named(spec)])


def seeds_markdown(view: LiveView, money: str = "") -> str:
    """The comparison as a Markdown table between what is compared and what it means, and is worth."""
    rows = [seeds_cells(row, view.planned) for row in seeds_rows(view)]
    lines = [seeds_title(view), markdown(seeds_header(view), rows).rstrip(), seeds_note(view), *seeds_failures(view)]
    lines += [money] if money else []
    return "\n\n".join(lines) + "\n"


def seeds_csv(view: LiveView) -> str:
    """The comparison as CSV with plain numbers; empty where there is none."""
    lines = []
    for row in seeds_rows(view):
        values = asdict(row)
        for name in ("saved", "aulc"):
            low, high = values.pop(f"{name}_interval") or (None, None)
            values |= {f"{name}_low": low, f"{name}_high": high}
        lines.append(values)
    names = list(lines[0])
    titles = measured(names, view.plan.specs[0])
    return comma_separated(titles, [["" if line[name] is None else str(line[name]) for name in names] for line in lines])


def seeds_json(view: LiveView) -> str:
    """When everything is there the document of ``al-tui bench --json``; until then the rows of the table."""
    if is_final(view):
        return json.dumps(view.document, indent=2) + "\n"
    rows = [asdict(row) for row in seeds_rows(view)]
    head = {"format": "al-tui preview 2", "version": __version__, "note": seeds_note(view), "task": plain(view.plan.specs[0])}
    return json.dumps({**head, "seeds": list(view.plan.seeds), "strategies": rows}, indent=2) + "\n"


def _words(view: LiveView, name: str, finished: int, row: StrategyRow | None) -> str:
    if name == CONTROL:
        return "A/A control"
    if is_final(view) and row is not None:
        return "" if name == BASELINE and not row.presence.errors else short_verdict(row)
    return "" if name == BASELINE else f"preview: {finished} of {view.planned} seeds"


def _span(bounds: Interval | None, write: Callable[[float], str]) -> str:
    return "" if bounds is None else f" ({between(*bounds, write)})"
