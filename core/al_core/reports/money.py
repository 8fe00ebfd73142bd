"""What a race on the screen comes to in time and money, in a sentence for whoever looks at it. Free of numerics."""

from __future__ import annotations

from al_core.comparison.live_view import LiveView
from al_core.ground.numbers import duration, listed
from al_core.measures.worth import Price
from al_core.race.view import RaceView, standings
from al_core.reports.seeds import is_final
from al_core.reports.worths import computed, worths
from al_core.task.spec import BASELINE


def race_money(view: RaceView, price: Price) -> str:
    """What one seed came to in time and money, of who held the target first, against random; empty where nothing is known."""
    rows = [row for row in standings(view) if row.held is not None and row.person is None]
    base = next((row for row in rows if row.strategy == BASELINE), None)
    first = min(rows, key=lambda row: (row.held or 0, row.strategy), default=None)
    if price.seconds is None or base is None or first is None or first is base or base.held is None or first.held is None:
        return ""
    saved = base.held - first.held
    if saved <= 0:
        return ""
    ran = [f"{row.strategy} {duration(seconds)}" for row in (first, base) if (seconds := _ran(view, row.run)) is not None]
    beside = f"; computed: {listed(ran)}" if ran else ""
    return f"At {price.words}: {first.strategy} saves {saved:,} labels, {price.worth(saved)}{beside}."


def _ran(view: RaceView, run: int) -> float | None:
    found = view.runs[run]
    return found.fit_seconds + found.query_seconds if found.rounds_timed else None


def seeds_money(view: LiveView, price: Price) -> str:
    """What all seeds came to in time and money, of each strategy that differs; empty where none does, or nothing is known."""
    if price.seconds is None or view.comparison is None or not is_final(view):
        return ""
    found = view.comparison
    said = []
    for one in worths(found):
        if one.verdict in ("saves", "costs"):
            sign = 1 if one.labels >= 0 else -1
            span = None if one.span is None else tuple(sorted(sign * end for end in one.span))
            worth = price.worth(sign * one.labels, None if span is None else (span[0], span[1]))
            ran = "" if one.computed is None else f", and computes {duration(one.computed)} a run"
            said.append(f"{one.strategy} {'saves' if sign > 0 else 'costs'} {worth}{ran}")
    if not said:
        return ""
    needs = computed(found, found.of(BASELINE))
    return f"At {price.words}: {'; '.join(said)}" + (f"; {BASELINE} {duration(needs)}." if needs is not None else ".")
