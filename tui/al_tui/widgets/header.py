"""The line at the top: what is raced, how far it is, how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from al_core.race.view import RaceView
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView
    from al_tui.background.workers import Workers


class HeaderLine(Drawn):
    """Data set, learner, seed, round, labels, workers, time; what does not fit is left out from the right."""

    DEFAULT_CSS = "HeaderLine { height: 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[tuple[str, str]] = []

    def show(
        self, view: RaceView, focus: int, workers: Workers, seconds: float, ready: bool, repeated: LiveView | None = None
    ) -> None:
        """Show a race; ``focus`` is the run whose round and labels are told, ``repeated`` the same race over seeds."""
        colours = palette(self.app)
        spec, run = view.spec, view.runs[focus]
        if not ready:
            state = ("starting the engine …", colours.accent)
        elif workers.lost and not (view.done and (repeated is None or repeated.complete)):
            state = (workers.words, colours.bad)
        elif view.done:
            state = ("finished", colours.good)
        elif view.paused:
            state = ("paused", colours.accent)
        else:
            state = (f"{view.pace:g} rounds/s" if view.pace else "full speed", "")
        played = min(len(run.state.rounds), spec.rounds) if run.state.query else 0
        parts = [
            ("al-tui", "bold"),
            state,
            *([] if repeated is None else [_seeds(repeated, colours)]),
            (f"round {played}/{spec.rounds}", ""),
            (f"{run.state.labels}/{spec.budget} labels", ""),
            (f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}", ""),
            (f"seed {spec.seed}", ""),
            (spec.dataset, ""),
            (spec.learner, ""),
            *([] if workers.lost else [(workers.words, "")]),
        ]
        self.say(parts)

    def say(self, parts: list[tuple[str, str]]) -> None:
        """Show texts with their styles, the most important first."""
        self._parts = parts
        self.redraw()

    def render(self) -> Text:
        line = Text(" ", no_wrap=True, overflow="ellipsis")
        for position, (text, style) in enumerate(self._parts):
            if line.cell_len + len(text) + 4 > self.size.width:
                break
            if position:
                line.append(" · ", palette(self.app).dim)
            line.append(text, style)
        return line


def _seeds(view: LiveView, colours: Palette) -> tuple[str, str]:
    failed = view.failed
    text = f"seeds {view.whole_seeds}/{view.planned}"
    if failed:
        return f"{text}, {failed} run{'s' if failed != 1 else ''} failed", colours.bad
    return text, colours.good if view.complete else colours.accent
