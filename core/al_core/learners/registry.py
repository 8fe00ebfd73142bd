"""What a learner is, and the list of all of them.

A learner is made in one place: a function that turns `Training` into a `Model`, with `@learner(...)` above it, in any module of
this package. Modules are found by themselves; scikit-learn is loaded when something is fitted, not when it is named.

Keyword-only arguments of the function are its parameters, written ``name(parameter=value)`` on the command line; positional
ones are other learners, written ``name(a,b)``.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from al_core.data.dataset import FloatArray, IntArray, stable_seed
from al_core.errors import UserError, unknown
from al_core.names import Call, parse_call
from al_core.parameters import Parameter, ParameterInfo, checked, described


@dataclass(frozen=True, eq=False)
class Training:
    """What a learner may see.

    Parameters
    ----------
    features : float array, shape (n, d), of every item.
    rows : int array, shape (m,), of the labelled items, ascending.
    labels : int array, shape (m,), their class indices.
    n_classes : classes there are, labelled or not.
    pool : int array of the rows whose features a semi-supervised learner may use.
    seed : what names the learner's own random stream, for `stable_seed`: most learners draw nothing from it.
    memo : the task's store for what is derived from features alone.
    """

    features: FloatArray
    rows: IntArray
    labels: IntArray
    n_classes: int
    pool: IntArray
    seed: tuple[Hashable, ...]
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def X(self) -> FloatArray:
        """Features of the labelled items, shape (m, d)."""
        return np.asarray(self.features[self.rows])

    @property
    def random_state(self) -> int:
        """An integer seed, as scikit-learn wants it."""
        return int(stable_seed(*self.seed).generate_state(1)[0])


class Model(Protocol):
    """A fitted learner. Rows are row numbers of the data set."""

    def predict(self, rows: IntArray) -> IntArray:
        """Class index of every row, shape (m,)."""
        ...

    def probabilities(self, rows: IntArray) -> FloatArray:
        """Probability of every class for every row, shape (m, n_classes); each row sums to 1."""
        ...


@dataclass(frozen=True, slots=True)
class Learner:
    """A learner with its parameters bound; ``str()`` gives the name as it is written on the command line."""

    name: str
    summary: str
    source: str
    function: Callable[..., Model] = field(repr=False)
    parameters: Mapping[str, Parameter] = field(default_factory=dict, repr=False)
    infos: tuple[ParameterInfo, ...] = ()
    call: Call = field(default_factory=lambda: Call(""))

    def __str__(self) -> str:
        return str(self.call)

    @property
    def takes_learners(self) -> bool:
        """True when other learners are its positional arguments."""
        return _takes_any_number(self.function)

    def fit(self, training: Training) -> Model:
        """Fit on the labelled items."""
        return self.function(training, *self.call.args, **dict(self.call.kwargs))


@cache
def _takes_any_number(function: Callable[..., Any]) -> bool:
    kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
    return inspect.Parameter.VAR_POSITIONAL in kinds


_LEARNERS: dict[str, Learner] = {}


def learner(
    name: str,
    *,
    summary: str,
    source: str,
    parameters: Mapping[str, Parameter] = MappingProxyType({}),
) -> Callable[[Callable[..., Model]], Callable[..., Model]]:
    """Register the function below as the learner ``name``.

    Raises
    ------
    TypeError
        A keyword-only argument of the function is not described in ``parameters``, or the other way round.
    """

    def register(function: Callable[..., Model]) -> Callable[..., Model]:
        infos = described(f"learner {name!r}", function, parameters)
        _LEARNERS[name] = Learner(name, summary, source, function, dict(parameters), infos, Call(name))
        resolve_learner.cache_clear()
        return function

    return register


@cache
def _load() -> None:
    package = importlib.import_module("al_core.learners")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name != "registry":
            importlib.import_module(f"al_core.learners.{module.name}")


def learners() -> list[Learner]:
    """All learners, in the order of their names."""
    _load()
    return [_LEARNERS[name] for name in sorted(_LEARNERS)]


@lru_cache(maxsize=256)
def resolve_learner(text: str) -> Learner:
    """The learner written as ``text``, e.g. ``"knn(k=3)"``, ``"soft_vote(gaussian_field,knn)"`` or ``"module:factory"``.

    A ``module:factory`` imports that module: see `al_core.names.imports_code` for texts that a file brought along.

    Raises
    ------
    UserError
        No such learner, or a parameter it does not have or does not take.
    """
    _load()
    call = parse_call(text)
    if ":" in call.name:
        from al_core.learners.imported import imported_learner

        return imported_learner(call)
    if call.name not in _LEARNERS:
        raise unknown("learner", call.name, _LEARNERS)
    found = _LEARNERS[call.name]
    if call.args and not found.takes_learners:
        raise UserError(f"{call.name}: write parameters as {call.name}(key=value)")
    if found.takes_learners and not call.args:
        raise UserError(f"{call.name} is made of other learners; write {call.name}(a,b), e.g. {call.name}(logistic,knn)")
    members = tuple(str(resolve_learner(str(member))) for member in call.args)
    kwargs = checked(call.name, found.function, found.parameters, call.kwargs)
    return replace(found, call=Call(call.name, members, tuple(sorted(kwargs.items()))))
