"""Which options each command takes: one list for the command line and for the files that say the same."""

from __future__ import annotations

from al_core.comparison.plan import PlanOptions
from al_core.sessions.actions import Settings
from al_core.task.options import Option, option, options_of
from al_core.task.spec import TaskSpec
from al_tui.requests.bench import BenchOptions
from al_tui.requests.money import MoneyOptions
from al_tui.requests.options import LabelOptions, RaceOptions, ScreenOptions
from al_tui.requests.raced import DataOptions
from al_tui.requests.where import Place

_SEEDS, _STRATEGIES = option(PlanOptions, "seeds"), option(RaceOptions, "strategies")
_RACE = (_STRATEGIES, *options_of(TaskSpec), _SEEDS, *(row for row in options_of(RaceOptions) if row != _STRATEGIES))
_PLACE, _DATA, _MONEY = options_of(Place), options_of(DataOptions), options_of(MoneyOptions)

RACE = "race"
"""`al-tui` itself."""
TAKEN: dict[str, tuple[Option, ...]] = {
    RACE: (*_RACE, *_DATA, *_PLACE, *options_of(ScreenOptions), *_MONEY),
    "bench": (
        *_RACE,
        *_DATA,
        *_PLACE,
        *(row for row in options_of(PlanOptions) if row != _SEEDS),
        *options_of(BenchOptions),
        *_MONEY,
    ),
    "report": _MONEY,
    "label": (option(TaskSpec, "dataset"), *options_of(Settings), *options_of(LabelOptions), *_MONEY),
    "resume": (
        option(LabelOptions, "annotator")._replace(help="Who labels from here on."),
        option(RaceOptions, "workers")._replace(help="Worker processes of a race."),
        option(ScreenOptions, "pace")._replace(help="Rounds per second of a race's strategies, or max."),
        *_PLACE,
        *_MONEY,
    ),
    "replay": (option(ScreenOptions, "pace")._replace(help="Rounds per second of each strategy, or max."),),
}
"""By command, in the order of its help. In a file, a command's own options stand under its name."""
