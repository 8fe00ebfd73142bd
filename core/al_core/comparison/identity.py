"""What defines a cell: its question, its data, and the software that answers it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from typing import Any

from al_core.comparison.cell import ALL_LABELS, ORACLE
from al_core.compute.arithmetic import arithmetic
from al_core.data.facts import comes_with, known
from al_core.data.given import when_given
from al_core.ground.calls import called, imports_code
from al_core.ground.versions import Versions, plugin_digest, versions
from al_core.task.options import identifying
from al_core.task.spec import TaskSpec


@dataclass(frozen=True, slots=True)
class Identity:
    """What defines a cell: its question, the software that answers it, and how the machine adds that runs it."""

    question: str
    versions: Versions
    arithmetic: str

    @property
    def key(self) -> str:
        """Digest under which the cell is kept."""
        return digest("\n".join([self.question, canonical(asdict(self.versions)), self.arithmetic]))

    @property
    def plugins(self) -> bool:
        """True when the answer hangs on code that is not this program's own."""
        return bool(json.loads(self.question)["plugins"])

    @property
    def question_key(self) -> str:
        """Digest of the question alone, the same whichever software answers it."""
        return digest(self.question)


def identify(spec: TaskSpec, strategy: str) -> Identity:
    """The identity of one cell as this process would compute it.

    Raises
    ------
    UserError
        The data set or the strategy is not known.
    """
    asked = identifying(spec)  # all options, so that one that is added some day cannot be forgotten here
    if not comes_with(spec.dataset):
        asked["dataset"] = ""  # whatever it is called, and wherever it lies: its content says which it is
    data, plugins = fingerprint_of(spec.dataset), _plugins(spec.learner, strategy)
    question = canonical({**asked, "data": data, "strategy": strategy, "plugins": plugins})
    return Identity(question, versions(), arithmetic())


@cache
def fingerprint_of(dataset: str) -> str:
    """The fingerprint of a data set known by name."""
    if (info := None if comes_with(dataset) else known(dataset)) is not None:
        return info.fingerprint
    from al_core.data.kinds import load_dataset

    return load_dataset(dataset).fingerprint


@cache
def labels_of(dataset: str) -> tuple[int, int]:
    """How many items a data set known by name has, and how many of them have no label."""
    if (info := None if comes_with(dataset) else known(dataset)) is not None:
        return info.rows, info.unlabelled
    from al_core.data.kinds import load_dataset

    data = load_dataset(dataset)
    return len(data.y), len(data.y) - len(data.known)


when_given(fingerprint_of.cache_clear)
when_given(labels_of.cache_clear)


@cache
def _plugins(learner: str, strategy: str) -> str:
    """Digest of the code outside this program that a cell hangs on, wherever in the names it is named; empty without any."""
    from al_core.learners.registry import known_learner
    from al_core.strategies.registry import known_strategy, resolve_strategy
    from al_core.strategies.skactiveml_adapter import PREFIX

    names = set(called(learner))
    modules, peers = set(), set()
    if strategy not in (ALL_LABELS, ORACLE):
        found = resolve_strategy(strategy)  # which looks up whatever strategy its parameters name
        names |= {found.info.name, *(name for value in found.kwargs.values() for name in called(str(value)))}
    for name in names:
        if name.startswith(PREFIX):
            peers.add(f"scikit-activeml {metadata.version('scikit-activeml')}")
        elif imports_code(name.partition("(")[0]):
            modules.add(name.partition(":")[0])
        else:  # a strategy, a learner, or a value that names nothing
            known = (known_strategy(name), known_learner(name))
            modules.update(found.function.__module__ for found in known if found is not None)
    return plugin_digest(*modules) + "".join(peers)


def canonical(value: Any) -> str:
    """JSON of ``value`` that is the same for equal values: keys in order, no blanks."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """Hex digest of a text, 16 bytes."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
