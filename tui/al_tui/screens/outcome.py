"""What a race came to, as a plot: labels saved over seeds, or of one seed who was where first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from al_core.comparison.plan import CONTROL
from al_core.ground.numbers import level
from al_core.measures.curves import first_hit
from al_core.race.marks import marks
from al_core.race.view import RaceView
from al_core.reports.seeds import seeds_rows
from al_core.task.spec import BASELINE
from al_tui.widgets.intervals import Interval, Intervals, Lane

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView

_STEP = 20
"""Lanes of a race to an accuracy of 1."""
_LANES = 4
"""Of them, the highest, there is room for in any case."""


def show_outcome(
    panel: Intervals, view: RaceView, seeds: LiveView | None, order: Sequence[str] | None = None, words: str = ""
) -> int:
    """Show it.

    Parameters
    ----------
    seeds : all seeds; None for the one that was raced here.
    order : the strategies from above to below; None for the order of their areas.
    words : what the title says beside.

    Returns
    -------
    For how many lines there is to be room.
    """
    if seeds is None:
        found = marks([run.name for run in view.runs])
        lanes = [Lane(level(share), there) for share, there in _there(view)]
        panel.show_lanes(lanes, found, view.spec.budget, view.spec.measured_by.words, words)
        return min(len(lanes), _LANES)
    rows = {row.strategy: row for row in seeds_rows(seeds)}
    shown = [rows[name] for name in order or rows if name != BASELINE]
    control = rows[CONTROL].saved_interval if CONTROL in rows else None
    found = marks(seeds.plan.strategies)
    panel.show_intervals([Interval(row.strategy, row.saved, row.saved_interval) for row in shown], found, control, words)
    return len(shown)


def _there(view: RaceView) -> list[tuple[float, dict[str, int]]]:
    """Accuracies that not all had at the start and some got to, and the target, with the labels of those that got there."""
    curves = {run.name: run.state.curve for run in view.runs if run.state.curve}
    start = min((curve[0][1] for curve in curves.values()), default=0.0)
    out = []
    for share in sorted({*(step / _STEP for step in range(1, _STEP)), view.spec.target}):
        hits = sorted((labels, name) for name, curve in curves.items() if (labels := first_hit(curve, share)) is not None)
        if share == view.spec.target or (hits and share > start):
            out.append((share, {name: labels for labels, name in hits}))
    return out
