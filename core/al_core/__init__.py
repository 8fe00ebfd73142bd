"""The active-learning engine of al-tui: data, learners, query strategies, the loop, the race and its statistics.

Knows nothing of terminals. This is its door for notebooks, scripts and plug-ins: ``from al_core import TaskSpec, bench``. What
stands behind a name is loaded when the name is first used, so that a program that only shows results pays for no numerics.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from al_core.ground.release import __version__ as __version__

if TYPE_CHECKING:
    from al_core.comparison.campaign import bench as bench
    from al_core.comparison.campaign import campaign as campaign
    from al_core.comparison.plan import plan as plan
    from al_core.comparison.store import ResultsStore as ResultsStore
    from al_core.comparison.summary import summary as summary
    from al_core.compute.inline import Inline as Inline
    from al_core.compute.processes import Processes as Processes
    from al_core.data.dataset import Dataset as Dataset
    from al_core.data.kinds import read_dataset as read_dataset
    from al_core.data.looks import Card as Card
    from al_core.data.looks import Passage as Passage
    from al_core.data.looks import Picture as Picture
    from al_core.exchange.by_program import Labelling as Labelling
    from al_core.exchange.carried import load_model as load_model
    from al_core.ground.errors import UserError as UserError
    from al_core.ground.parameters import Parameter as Parameter
    from al_core.learners.model import Model as Model
    from al_core.learners.model import Training as Training
    from al_core.learners.registry import learner as learner
    from al_core.reports.comparison import bench_table as bench_table
    from al_core.reports.findings import findings_of as findings_of
    from al_core.reports.rendering import render as render
    from al_core.run.play import play as play
    from al_core.run.round import start as start
    from al_core.strategies.context import QueryContext as QueryContext
    from al_core.strategies.registry import Choice as Choice
    from al_core.strategies.registry import strategy as strategy
    from al_core.task.spec import TaskSpec as TaskSpec
    from al_core.task.split import split as split

_ROOMS = {
    "Card": "data.looks",
    "Choice": "strategies.registry",
    "Dataset": "data.dataset",
    "Inline": "compute.inline",
    "Labelling": "exchange.by_program",
    "Model": "learners.model",
    "Parameter": "ground.parameters",
    "Passage": "data.looks",
    "Picture": "data.looks",
    "Processes": "compute.processes",
    "QueryContext": "strategies.context",
    "ResultsStore": "comparison.store",
    "TaskSpec": "task.spec",
    "Training": "learners.model",
    "UserError": "ground.errors",
    "bench": "comparison.campaign",
    "bench_table": "reports.comparison",
    "campaign": "comparison.campaign",
    "findings_of": "reports.findings",
    "learner": "learners.registry",
    "load_model": "exchange.carried",
    "plan": "comparison.plan",
    "play": "run.play",
    "read_dataset": "data.kinds",
    "render": "reports.rendering",
    "split": "task.split",
    "start": "run.round",
    "strategy": "strategies.registry",
    "summary": "comparison.summary",
}
"""Public names, and the rooms they are in."""


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_ROOMS])
