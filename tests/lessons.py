"""Lessons to be read, and what they come to over seeds."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from unittest.mock import patch

from al_core.data.contents import open_contents
from al_core.data.facts import describe_dataset
from al_core.lessons.checks import Found
from al_core.lessons.lesson import LessonRace, Question
from al_core.race.view import RaceView, RunView, with_truth
from al_core.run.play import play
from al_core.run.state import RunState

LESSON = """---
title: A lesson
strategies: random, margin
dataset: plane
batch: 2
budget: 12
---

# A step
press: n*2 space
look: there
expect: something

Words.

# A question
ask: Who?
check: most area
answer: margin
holds: 7
because: so it is
"""


@cache
def played(race: LessonRace, seed: int) -> RaceView:
    """The race of a lesson at its end, from a seed."""
    spec = replace(race.spec, seed=seed)
    runs = []
    for name in race.strategies:
        with patch("al_core.run.play.time.perf_counter", time.process_time):  # however busy the machine is
            done = play(spec, RunState(name), rounds=0)
        fit, query = (sum(getattr(entry, part) for entry in done.timings) for part in ("fit", "query"))
        runs.append(RunView(done.state, rounds_timed=len(done.timings), fit_seconds=fit, query_seconds=query))
    return with_truth(RaceView(spec, tuple(runs)), open_contents(spec.dataset).truth)


def answered(question: Question, race: LessonRace, seed: int) -> Found:
    """What the race says to a question, from a seed."""
    return question.check.answer(played(race, seed), describe_dataset(race.spec.dataset).class_names)
