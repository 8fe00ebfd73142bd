"""What the line at the top of the labelling screen says: how far one is, how quick, and at what price."""

from __future__ import annotations

from al_core.ground.numbers import duration, whole
from al_core.ground.safe_text import safe_text
from al_core.labelling.view import LabelView, Standing
from al_core.labelling.worth import paid_and_to_pay
from al_core.learners.voices import leader
from al_core.measures.worth import Price
from al_tui.theme.colours import Palette

Part = tuple[str, str]
"""A text and its style."""


def heading(view: LabelView, colours: Palette, price: Price) -> list[Part]:
    """The parts of the line, the most important first."""
    standing = view.standing
    if standing is None:
        words = "starting the engine …" if view.reading is None else f"{view.reading} …"
        return [("al-tui", "bold"), (words, colours.accent)]
    progress = standing.progress
    money = [(words, "")] if (words := paid_and_to_pay(progress, price)) else []
    parts = [("al-tui", "bold"), (_count(progress.labelled, "label"), "bold"), *money, _model(standing, colours)]
    if progress.per_minute is not None:
        parts.append((f"{whole(round(progress.per_minute))} a minute", ""))
    if progress.seconds_left is not None:
        parts.append((f"{_duration(progress.seconds_left)} left", ""))
    if aside := progress.skipped - progress.later:
        parts.append((f"{aside:,} put aside", ""))
    if progress.later:
        parts.append((f"{progress.later:,} for later", ""))
    if progress.machine:
        parts.append((f"{progress.machine:,} by machine", ""))
    if view.reading is not None:
        parts.insert(1, (f"{view.reading} …", colours.accent))
    return [*parts, *_job(standing)]


def _model(standing: Standing, colours: Palette) -> Part:
    """What the model knows of the answers."""
    age = standing.model_age
    if standing.read_only:
        return "reading only", colours.accent
    if age is None:
        return "no model yet", colours.dim
    if age == 0:
        return "model knows every answer", colours.good
    return f"model {age:,} answer{'s' if age != 1 else ''} behind", colours.accent


def _job(standing: Standing) -> list[Part]:
    """What is labelled, of how many, who asks and who learns."""
    progress, budget = standing.progress, standing.budget
    drawn = f"{progress.items:,} drawn from " if standing.others else ""
    there = f"of {drawn}{progress.items + standing.others:,} {standing.dataset}"
    total = f"of {budget} wanted" if budget is not None else there
    total += f" ({standing.features})" if standing.features else ""
    batch = f" × {standing.batch}" if standing.batch > 1 else ""
    leads = safe_text(leader(standing.voices), 40)
    asks = [(total, ""), (standing.strategy + batch, "")]
    if leads:  # of a mix, what it is made of is found only here, and what describes the items may be long
        return [(f"{standing.learner}: {leads}", ""), *asks]
    return [*asks, (standing.learner, "")]


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _duration(seconds: float) -> str:
    return duration(seconds) if seconds >= 60 else "less than a minute"
