"""What a bench asked, as it is remembered in a results store. Checked when it is read: a store may be damaged, or forged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple, Self

from al_core.comparison.cell import ALL_LABELS, ORACLE
from al_core.comparison.identity import canonical, digest
from al_core.comparison.plan import Plan, PlanOptions
from al_core.data.sources import Source, meet_all, sources_of
from al_core.ground.errors import UserError
from al_core.ground.records import Reader, Unreadable
from al_core.ground.safe_text import safe_text
from al_core.ground.versions import Versions
from al_core.ground.written import plain
from al_core.task.options import option
from al_core.task.spec import LAST_SEED, LEAST_SAVING, TaskSpec, check_spec

_KEY = 32
_LONGEST_NAME = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, of which software, and under which keys the answers are kept.

    Parameters
    ----------
    specs, strategies, seeds, targets, oracle, least_saving : as in `Plan`.
    versions : the software that was asked.
    keys : of the cells, in the order of the plan's questions.
    plugins : whether an answer hangs on code that is not this program's own.
    failed : why cells failed, by key.
    arithmetic : how the machines add that compute it; empty where that was not noted yet.
    machine : a mark of the machine that computes it, where it is a single one.
    data : what was known of data that does not come with the program.
    """

    specs: tuple[TaskSpec, ...]
    strategies: tuple[str, ...]
    seeds: tuple[int, ...]
    targets: tuple[float, ...]
    oracle: bool
    versions: Versions
    keys: tuple[str, ...]
    least_saving: float = LEAST_SAVING
    plugins: bool = False
    failed: Mapping[str, str] = field(default_factory=dict)
    arithmetic: str = ""
    machine: str = ""
    data: tuple[Source, ...] = ()

    @classmethod
    def of(cls, plan: Plan, software: Versions, keys: Sequence[str], **more: Any) -> Self:
        """What is asked by a plan."""
        said = {entry.name: getattr(plan, entry.name) for entry in fields(plan)}
        data = sources_of(spec.dataset for spec in plan.specs)
        return cls(**said, versions=software, keys=tuple(keys), data=data, **more)

    @property
    def plan(self) -> Plan:
        """What was to be computed; from here on this process knows the data that it was asked of.

        Raises
        ------
        UserError
            Nobody can have asked that.
        """
        plan = Plan(**{entry.name: getattr(self, entry.name) for entry in fields(Plan)})
        if problem := self._problem(plan):
            raise UserError(problem)
        return plan

    def _problem(self, plan: Plan) -> str:
        if not (self.specs and self.strategies and self.seeds and self.targets):
            return "something is missing"
        names = [source.name for source in self.data]
        if len(set(names)) < len(names) or not all(map(_is_name, names)):
            return "there is a name of a data set that is none, or stands there twice"
        meet_all(self.data)
        first = self.seeds[0]
        if self.seeds != tuple(range(first, first + len(self.seeds))) or self.seeds[-1] > LAST_SEED:
            return "the seeds do not follow one another"
        for spec in self.specs:
            check_spec(spec)
        option(PlanOptions, "least_saving").check(self.least_saving)
        for target in self.targets:
            option(TaskSpec, "target").check(target)
        if any(spec.seed != first for spec in self.specs) or len(set(self.specs)) < len(self.specs):
            return "the tasks do not fit the seeds, or one stands there twice"
        names = [*self.strategies, *(spec.learner for spec in self.specs)]
        if len(set(self.strategies)) < len(self.strategies) or not all(map(_is_name, names)):
            return "there is a name that is none, or stands there twice"
        if len(self.keys) != plan.cells or len(set(self.keys)) < len(self.keys) or any(len(key) != _KEY for key in self.keys):
            return "the keys are not those of the questions"
        return "" if self.failed.keys() <= set(self.keys) else "something failed that was not asked"


class Bench(NamedTuple):
    """A bench that a store remembers: its number, when it was asked for last, UTC, and what it asked."""

    number: int
    asked_at: str
    asked: Asked


_BENCHES = Reader(Asked, exact=False)
_OPTIONAL = ("failed", "arithmetic", "machine", "data")
"""Left out where there is nothing to say."""


def written(asked: Asked, asked_at: str) -> str:
    """What a store keeps of a bench: JSON, with a checksum over itself and the time."""
    document = {name: value for name, value in plain(asked).items() if value or name not in _OPTIONAL}
    return canonical({**document, "checksum": _checksum(document, asked_at)})


def read(text: str, asked_at: str) -> Asked:
    """What `written` made of a bench, also in an earlier version of this program, which made no checksum.

    Raises
    ------
    Unreadable
        It is something else, or was changed since.
    """
    asked = _BENCHES.read(text)
    document = json.loads(text)
    checksum = document.pop("checksum", None)
    if checksum is not None and checksum != _checksum(document, asked_at):
        raise Unreadable("does not match its checksum")
    return asked


def _checksum(document: Mapping[str, Any], asked_at: str) -> str:
    return digest(f"{asked_at}\n{canonical(document)}")


def _is_name(text: str) -> bool:
    return bool(text) and text == safe_text(text, _LONGEST_NAME) and text not in (ALL_LABELS, ORACLE)
