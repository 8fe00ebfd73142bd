"""Why this item: the strategy's formula, the item's score and rank, and a sentence in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widget import Widget

from al_core.race.view import Agreement, RunView
from al_core.run.state import Pick
from al_tui.theme.colours import palette
from al_tui.widgets.host import Host

if TYPE_CHECKING:
    from al_core.strategies.description import StrategyInfo


MOSTLY_RIGHT = 0.9
"""From this share of right labels on it is good news how many there were."""


class Reason(Widget):
    """Words about the focused run: why it asks, what went wrong, or how it ended."""

    app: Host
    DEFAULT_CSS = "Reason { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._text = Text()

    def show(
        self,
        run: RunView,
        info: StrategyInfo | None,
        pick: Pick | None,
        hidden: bool,
        agreed: Agreement | None,
        classes: tuple[str, ...] | None,
        trouble: str | None,
    ) -> None:
        """Explain ``pick``.

        Parameters
        ----------
        run, info, pick : the focused run, its strategy, and the item it asks about.
        hidden : keep back what would give the model's opinion away.
        agreed : how many of the labels of the batch before were right, which is said first.
        classes : class names; None until the data is there.
        trouble : why nothing can be computed.
        """
        colours = palette(self.app)
        out = Text()
        if agreed is not None:
            good = agreed.right >= MOSTLY_RIGHT * agreed.known
            words = f"Last batch: {agreed.right} of your {agreed.known} labels agree with ground truth.\n"
            out.append(words, f"bold {colours.good if good else colours.accent}")
        if trouble is not None:
            out.append(f"{trouble}\n", colours.bad).append(f"Log: {self.app.log_path}")
        elif run.error is not None:
            out.append(f"✗ {run.error}\n", colours.bad)
            out.append(f"r tries again; the others race on. Log: {self.app.log_path}")
        elif classes is None:
            out.append("Workers are starting; the race begins in a moment.", colours.dim)
        elif run.state.done:
            out.append(f"{run.state.labels} labels, accuracy {run.accuracy:.3f}. c compares the strategies.")
        elif info is not None and pick is not None and run.state.query is not None:
            wants = f"picks the {info.wants} " if info.wants != "batch" else "picks by "
            out.append(f"{info.name} {wants}", colours.dim).append(info.formula, "bold")
            if pick.score is not None:
                place = f"rank {pick.rank} of {run.state.query.candidates:,}" if pick.rank else "chosen as a batch"
                out.append(f"\nscore {pick.score:.3f}, {place}", colours.dim)
            if not hidden:
                from al_core.run.explain import explain

                out.append("\n" + explain(info, run.state.query, pick, classes or ()))
        if out != self._text:
            self._text = out
            self.refresh()

    def render(self) -> Text:
        return self._text
