"""A step of a lesson in words."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from al_core.lessons.checks import Found
from al_core.lessons.lesson import Question, Step
from al_core.race.view import RaceView
from al_core.strategies.description import Numbers
from al_tui.commands.command import shown_key
from al_tui.screens.learn.flow import LessonFlow
from al_tui.theme.colours import Palette

_WIDE = 10
"""Columns of the word at the beginning of a line."""
COMING = "on their way …"


class Asks:
    """What a run asks first, as far as that is known: its strategy, the name of the item, and the numbers."""

    def __init__(self, strategy: str, score: str, numbers: Numbers | None) -> None:
        self.strategy, self.score, self.numbers = strategy, score, numbers


def step_words(flow: LessonFlow, view: RaceView, asks: Sequence[Asks] | None, colours: Palette) -> Text:
    """All that a step says now."""
    step, out = flow.step, Text()
    if step.words:
        out.append(f"{step.words}\n")
    if step.numbers:
        _add_numbers(out, asks, colours)
    if step.turn is not None:
        values = "  ".join(f"[{one}]" if at == flow.turned else one for at, one in enumerate(step.turn.values))
        _add(out, "Turn", f"{step.turn.name}  {values}   by < and >", colours)
    for name, words in (("Look", step.look), ("Press", _keys(flow)), ("Expect", step.expect)):
        if words:
            _add(out, name, words, colours)
    if step.question is not None:
        _add_question(out, flow, step, step.question, view, colours)
    return out


def _add(out: Text, name: str, words: str, colours: Palette, style: str = "") -> None:
    out.append(f"{name:<{_WIDE}}", f"bold {colours.accent}").append(f"{words}\n", style)


def _keys(flow: LessonFlow) -> str:
    """The keys of a step, and how often each was pressed of so many times."""
    parts = []
    for key in dict.fromkeys(flow.step.press):
        times, done = flow.step.press.count(key), flow.pressed[key]
        count = f" {times} times" if times > 1 else ""
        so_far = f" ({done})" if 0 < done < times else ""
        parts.append(f"{shown_key(key)}{count}{' ✓' if done >= times else so_far}")
    return " · ".join(parts)


def _add_numbers(out: Text, asks: Sequence[Asks] | None, colours: Palette) -> None:
    if asks is None:
        out.append(f"The numbers are {COMING}\n", colours.dim)
    for one in asks or ():
        out.append(f"{one.strategy}: ", f"bold {colours.accent}")
        if one.numbers is None:
            out.append("has no numbers\n", colours.dim)
        else:
            out.append(f"{one.numbers.expression} = {one.score}\n")


def _add_question(out: Text, flow: LessonFlow, step: Step, question: Question, view: RaceView, colours: Palette) -> None:
    _add(out, "Question", question.words, colours, "bold")
    if flow.expected is None:
        _add(out, "Enter", "and say what you expect; then the race runs to its end and answers.", colours)
        return
    if (found := flow.found(view)) is None:
        failed = any(run.status == "failed" for run in view.runs)
        mine = any(run.by_hand for run in view.runs)
        words = "a run failed; r tries again" if failed else "h hands your run back first" if mine else "the race answers …"
        _add(out, "You", f"{flow.expected} · {words}", colours)
        return
    _add_answer(out, flow.expected, question, found, colours)
    holds = f"So on {question.holds} of the seeds 0 to 9. " if question.holds is not None else ""
    out.append(f"{question.because}\n" if question.because else "").append(f"{holds}R tries another seed.\n", colours.dim)


def _add_answer(out: Text, expected: str, question: Question, found: Found, colours: Palette) -> None:
    right = expected == found.answer
    numbers = ", ".join(f"{name}: {words}" for name, words in found.numbers)
    mark = "✓ As you expected" if right else f"✗ Not {expected}"
    out.append(f"{mark}: {found.answer}. ", f"bold {colours.good if right else colours.accent}").append(f"{numbers}.\n")
    if found.answer != question.answer:
        out.append(f"This seed is not like most: elsewhere it is {question.answer}.\n", colours.dim)
