"""The line at the top: what is raced, how far it is, how fast."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from al_core.view import RaceView
from al_tui.palette import palette


class HeaderLine(Widget):
    """Data set, learner, seed, round, labels, workers, time; what does not fit is left out from the right."""

    DEFAULT_CSS = "HeaderLine { height: 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[tuple[str, str]] = []

    def show(self, view: RaceView, focus: int, workers: int, seconds: float, ready: bool) -> None:
        """Show a race; ``focus`` is the run whose round and labels are told."""
        colours = palette(self.app)
        spec, run = view.spec, view.runs[focus]
        if not ready:
            state = ("starting the engine …", colours.accent)
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
            (f"round {played}/{spec.rounds}", ""),
            (f"{run.state.labels}/{spec.budget} labels", ""),
            (f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}", ""),
            (f"seed {spec.seed}", ""),
            (spec.dataset, ""),
            (spec.learner, ""),
            (f"{workers} worker{'s' if workers != 1 else ''}", ""),
        ]
        self.say(parts)

    def say(self, parts: list[tuple[str, str]]) -> None:
        """Show texts with their styles, the most important first."""
        if parts != self._parts:
            self._parts = parts
            self.refresh()

    def render(self) -> Text:
        line = Text(" ", no_wrap=True, overflow="ellipsis")
        for position, (text, style) in enumerate(self._parts):
            if line.cell_len + len(text) + 4 > self.size.width:
                break
            if position:
                line.append(" · ", palette(self.app).dim)
            line.append(text, style)
        return line
