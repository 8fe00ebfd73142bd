"""The line at the top: what is raced, how far it is, how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from al_core.data.facts import comes_with, dataset_names, describe_dataset, is_bundled
from al_core.ground.numbers import clock
from al_core.task.options import named
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView
    from al_tui.background.race import Engine


class HeaderLine(Drawn):
    """Data set, learner, seed, round, labels, workers, time; what does not fit is left out from the right."""

    DEFAULT_CSS = "HeaderLine { height: 1; background: $panel; }"

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[tuple[str, str]] = []

    def show(self, engine: Engine, focus: int) -> None:
        """Show how far the whole job is, the seeds included; ``focus`` is the run whose round and labels are told."""
        colours = palette(self.app)
        view, seeds, workers = engine.view, engine.seeds.view if engine.seeds is not None else None, engine.workers
        spec, run = view.spec, view.runs[focus]
        played = min(len(run.state.rounds), spec.rounds) if run.state.query else 0
        labelled = len(view.truth or ()) - view.unlabelled
        made = (
            not is_bundled(spec.dataset) and comes_with(spec.dataset) and spec.dataset not in dataset_names()
        )  # then its name says what was done to it
        here = [(f"round {played}/{spec.rounds}", ""), (f"{run.state.labels:,}/{spec.budget:,} labels", "")]
        clock = [(_minutes(engine.seconds), "")]
        left = engine.seconds_left
        if left is not None and not (view.done and (seeds is None or seeds.complete or seeds.stopped)):
            clock.append((f"~{_minutes(left)} left", ""))
        if seeds is None:
            counts = [*here, *clock]
        elif seeds.complete:
            counts = [_seeds(seeds, colours), *here, *clock]
        else:
            counts = [_seeds(seeds, colours), (f"{seeds.done}/{seeds.total} runs", ""), *clock, *([] if view.done else here)]
        self.say(
            [
                ("al-tui", "bold"),
                self._state(engine, seeds, colours),
                *([] if engine.kept else [("not kept", colours.bad if engine.trouble else colours.accent)]),
                *(
                    [(f"{labelled:,} of {labelled + view.unlabelled:,} items have a label", colours.accent)]
                    if view.unlabelled
                    else []
                ),
                *([(spec.dataset, "")] if made else []),
                *counts,
                (f"seed {spec.seed}", ""),
                *([] if made else [(spec.dataset, "")]),
                *([(f"{groups:,} groups", "")] if (groups := describe_dataset(spec.dataset).groups) else []),
                (spec.learner, ""),
                *((words, "") for words in named(spec)),
                *([] if workers.lost else [(workers.words, "")]),
            ]
        )

    def _state(self, engine: Engine, seeds: LiveView | None, colours: Palette) -> tuple[str, str]:
        """What the whole job is doing, and the colour to say it in."""
        view, going_on = engine.view, seeds is not None and not seeds.complete
        if engine.replayed is not None or engine.race is None:
            return engine.replayed or "starting the engine …", colours.accent
        if engine.workers.lost and (going_on or not view.done):
            return engine.workers.words, colours.bad
        if view.done and seeds is not None and going_on:
            return ("stopped", colours.bad) if seeds.stopped else (f"seed {view.spec.seed} done", colours.accent)
        if view.done:
            failed = sum(run.status == "failed" for run in view.runs)
            words = f"finished, {failed} run{'s' if failed != 1 else ''} failed" if failed else "finished"
            return words, colours.bad if failed or (seeds is not None and seeds.failed) else colours.good
        if view.paused:
            return "race paused" if going_on else "paused", colours.accent
        return f"{view.pace:g} rounds/s" if view.pace else "full speed", ""

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


def _minutes(seconds: float) -> str:
    return clock(seconds)


def _seeds(view: LiveView, colours: Palette) -> tuple[str, str]:
    failed = view.failed
    text = f"seeds {view.whole_seeds}/{view.planned}"
    if view.stopped and not view.complete:
        return f"{text}, stopped", colours.bad
    if failed:
        return f"{text}, {failed} run{'s' if failed != 1 else ''} failed", colours.bad
    return text, colours.good if view.complete else colours.accent
