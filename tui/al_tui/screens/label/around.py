"""What stands beside an item: how well the model learns, why this item, its batch, the pool on a map, and how far one is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from al_core.ground.numbers import level, rate
from al_core.labelling.view import LabelView
from al_core.measures.curves import first_hit
from al_tui.background.labelling import Labeller
from al_tui.widgets.learning import TARGET, Learning
from al_tui.widgets.per_class import PerClass
from al_tui.widgets.pool_map import PoolMap, Scene
from al_tui.widgets.reason import Reason
from al_tui.widgets.so_far import Goal, SoFar
from al_tui.widgets.strip import Strip

_BESIDE_A_BATCH = 38
"""Lines of a terminal from which on there is room for a map beside a batch."""


class Around(Vertical):
    """The panels beside the item.

    Parameters
    ----------
    measured : whether there is anything to measure by; None while that is not known.
    """

    def __init__(self, measured: bool | None) -> None:
        super().__init__(id="side")
        self._measured = measured

    def compose(self) -> ComposeResult:
        yield Learning(self._measured)
        reason = Reason()
        reason.border_title = "Why this item"
        yield reason
        yield PoolMap()
        yield Strip(id="batch")
        yield PerClass()
        yield SoFar()


def draw_far(screen: Screen[None], view: LabelView, labeller: Labeller) -> None:
    """Show how many labels each class has, how far one is, and what is worth a look, where there is room for that."""
    session, classes = labeller.session, screen.query_one(PerClass)
    batch = screen.query_one("#batch", Strip)
    screen.set_class(batch.display and screen.size.height < _BESIDE_A_BATCH, "crowded")
    if session is None or not classes.is_on_screen:
        return
    counts = labeller.map.per_class(session)
    alive = session.ledger.scheme.alive
    places = {label: at for at, label in enumerate(alive)}
    classes.show(session.ledger.living, (places[label] for label in counts.elements() if label in places))
    screen.query_one(SoFar).show(goals(view), view.worth)


def goals(view: LabelView) -> tuple[Goal, ...]:
    """What one wants to get to, in words, and the share of the way that is done."""
    found: list[Goal] = []
    if (standing := view.standing) is not None and (budget := standing.budget) is not None:
        labelled = standing.progress.labelled
        found.append((f"{labelled:,} of {budget:,} labels", labelled / max(1, budget)))
    if view.measured and view.curve:
        now, there = view.curve[-1][1], first_hit(view.curve, TARGET)
        words = f"now {rate(now)}" if there is None else f"reached with {there:,} labels"
        found.append((f"target {level(TARGET)}, {words}", now / TARGET if there is None else 1.0))
    return tuple(found)


def draw_map(screen: Screen[None], scene: Scene | None, trouble: str | None) -> None:
    """Show the pool on the map."""
    panel = screen.query_one(PoolMap)
    panel.show(scene, "Pool map · your labels by class, ◎ this item", trouble or "The map comes in a moment.")
