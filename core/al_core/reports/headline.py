"""What a comparison comes to, in a sentence or two: for whoever reads nothing else. Free of numerics."""

from __future__ import annotations

from collections.abc import Sequence

from al_core.comparison.live_view import LiveView
from al_core.comparison.plan import CONTROL
from al_core.ground.numbers import between, level, listed, percent, whole
from al_core.measures.curves import HELD_ROUNDS
from al_core.race.view import RaceView, Standing, standings
from al_core.reports.seeds import SeedsRow, is_final, seeds_rows
from al_core.task.spec import BASELINE


def race_headline(view: RaceView) -> str:
    """What one seed came to: who held the target with the fewest labels. No verdict hangs on it."""
    target, rows = level(view.spec.target), standings(view)
    held = sorted((row.held, row.strategy) for row in rows if row.held is not None)
    if not held:
        return f"On this seed no run has held {target} for {HELD_ROUNDS} rounds."
    labels, _ = held[0]
    first = listed([name for other, name in held if other == labels])
    base = next((row for row in rows if row.strategy == BASELINE), None)
    said = f"On this seed {first} held {target} first, from {labels:,} labels on"
    return f"{said}{_against(base, labels)}."


def _against(base: Standing | None, labels: int) -> str:
    """What is to be said of random beside the first."""
    if base is None or base.held == labels:
        return ""
    return f"; {BASELINE} from {base.held} on" if base.held is not None else f"; {BASELINE} did not"


def seeds_headline(view: LiveView) -> str:
    """What all seeds came to: a sentence a strategy that differs, and one for all that were not shown to."""
    rows = [row for row in seeds_rows(view) if row.strategy != CONTROL]
    if not is_final(view):
        done = f"{view.whole_seeds} of {view.planned} seeds"
        return f"Preview of {done}: verdicts wait for all of them." if not view.complete else "Intervals are being computed."
    verdicts = {row.name: row.verdict for row in view.comparison.strategies} if view.comparison is not None else {}
    target, base = level(view.plan.specs[0].target), next((row for row in rows if row.strategy == BASELINE), None)
    sentences: list[str] = []
    for row in rows:
        if verdicts.get(row.strategy) in ("saves", "costs") and row.saved is not None and base is not None:
            sentences.append(_differs(row, base, target, first=not sentences))
    same = [row.strategy for row in rows if verdicts.get(row.strategy) == "none" and row.strategy != BASELINE]
    if same:
        sentences.append(f"No difference from {BASELINE} was shown for {listed(same)}.")
    waiting = [row.strategy for row in rows if verdicts.get(row.strategy) == "preview" and row.strategy != BASELINE]
    if waiting:
        sentences.append(f"No verdict on {listed(waiting)}: {_reasons(rows, waiting)}.")
    return " ".join(sentences)


def _reasons(rows: Sequence[SeedsRow], names: Sequence[str]) -> str:
    """Why there is no verdict on some strategies, each reason once."""
    reasons = [row.words.removeprefix("no verdict: ").removeprefix("preview: ") for row in rows if row.strategy in names]
    return "; ".join(dict.fromkeys(filter(None, reasons))) or "too few seeds"


def _differs(row: SeedsRow, base: SeedsRow, target: str, *, first: bool) -> str:
    saved = row.saved or 0.0
    does = "saves" if saved > 0 else "costs"
    low, high = (abs(end) for end in sorted(row.saved_interval or (saved, saved), key=abs))
    share = f"{percent(abs(saved))} ({between(low, high, percent)})"
    open_end = ["≥ " if each.reached < each.compared else "" for each in (row, base)]
    if first:
        needs = f"{row.strategy} needs {open_end[0]}{whole(row.to_target)} labels for {target}"
        return f"{needs}, {BASELINE} {open_end[1]}{whole(base.to_target)}: it {does} {share}."
    return f"{row.strategy} {does} {share}."
