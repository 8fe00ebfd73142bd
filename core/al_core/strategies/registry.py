"""What a query strategy is, and the list of all of them.

A strategy is one function with `@strategy(...)` above it, in any module of this package, or in a module that an installed
distribution names under the entry-point group ``al_tui.strategies``. There are two forms:

- a *score*, ``f(context) -> (n,)``: the value of the strategy's formula for every candidate. ``wants`` says whether the
  largest or the smallest are asked for; ties are broken at random.
- a *batch*, ``f(context, k) -> (k,)``: positions of the chosen candidates, or a `Choice` that carries scores as well.

Keyword-only arguments of the function are its parameters, written ``name(parameter=value)`` on the command line.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.errors import StrategyError, UserError, unknown
from al_core.learners.registry import Model
from al_core.names import Call, Value, parse_call
from al_core.strategies.info import ParameterInfo, StrategyInfo, Wants

ENTRY_POINTS = "al_tui.strategies"
_CHUNK = 8192


@dataclass(frozen=True, eq=False)
class QueryContext:
    """What a strategy may see. Labels of the candidates are not in it.

    Parameters
    ----------
    model : fitted on the labelled items.
    features : float array, shape (n_items, d), of all items; may be a read-only memory map.
    candidates : int array, shape (n,), rows that may be asked for, ascending. Strategies answer with positions in it.
    labelled : int array, shape (m,), rows with a label, ascending.
    labels : int array, shape (m,), their class indices.
    n_classes : classes there are.
    rng : the run's own random stream; the only source of randomness a strategy may use.
    memo : the task's store for what is derived from features alone, kept between rounds.
    """

    model: Model
    features: FloatArray
    candidates: IntArray
    labelled: IntArray
    labels: IntArray
    n_classes: int
    rng: np.random.Generator
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @cached_property
    def probabilities(self) -> FloatArray:
        """The model's class probabilities of every candidate, shape (n, n_classes), computed once a round; read-only."""
        p = self.model.probabilities(self.candidates)
        p.setflags(write=False)
        return p

    @cached_property
    def X(self) -> FloatArray:
        """Features of the candidates, shape (n, d)."""
        return np.asarray(self.features[self.candidates])

    def over_probabilities(self, score: Callable[[FloatArray], FloatArray]) -> FloatArray:
        """Apply ``score``, (m, n_classes) → (m,), to all candidates, in chunks: a large pool needs no n × C matrix."""
        if len(self.candidates) <= _CHUNK or "probabilities" in self.__dict__:
            return score(self.probabilities)
        out = np.empty(len(self.candidates))
        for begin in range(0, len(out), _CHUNK):
            rows = self.candidates[begin : begin + _CHUNK]
            out[begin : begin + len(rows)] = score(self.model.probabilities(rows))
        return out


@dataclass(frozen=True, eq=False)
class Choice:
    """The chosen batch: positions among the candidates, shape (k,), with their scores and ranks, if there are any."""

    indices: IntArray
    scores: FloatArray | None = None
    ranks: IntArray | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a parameter means and which values it takes; its type and default stand in the function's signature."""

    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Strategy:
    """A query strategy with its parameters bound; ``str()`` gives the name as it is written on the command line.

    ``replica`` tells independent repetitions of one strategy apart: ``random#2`` computes what ``random`` does, but draws from
    its own random stream, because streams hang on the name.
    """

    info: StrategyInfo
    function: Callable[..., Any] = field(repr=False)
    parameters: Mapping[str, Parameter] = field(default_factory=dict, repr=False)
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    replica: int = 1

    def __str__(self) -> str:
        name = str(Call(self.info.name, (), tuple(sorted(self.kwargs.items()))))
        return name if self.replica == 1 else f"{name}#{self.replica}"

    def choose(self, context: QueryContext, k: int) -> Choice:
        """Choose ``k`` different candidates.

        Raises
        ------
        StrategyError
            The function raised, or returned something else than it must; the message names the strategy.
        """
        k = min(k, len(context.candidates))
        try:
            if self.info.wants == "batch":
                answer = self.function(context, k, **self.kwargs)
            else:
                answer = self.function(context, **self.kwargs)
        except Exception as error:
            raise StrategyError(f"{self} raised {type(error).__name__}: {error}") from error
        if self.info.wants == "batch":
            return self._checked_batch(answer, context, k)
        return self._best(answer, context, k)

    def _best(self, answer: Any, context: QueryContext, k: int) -> Choice:
        scores = np.asarray(answer, dtype=np.float64)
        if scores.shape != context.candidates.shape:
            raise StrategyError(f"{self} returned scores of shape {scores.shape}, not {context.candidates.shape}")
        if np.isnan(scores).any():
            raise StrategyError(f"{self} returned NaN for {np.isnan(scores).sum()} of {len(scores)} candidates")
        utility = scores if self.info.wants == "largest" else -scores
        indices = top(utility, k, context.rng)
        ranks = 1 + np.searchsorted(-utility[indices], -utility[indices], side="left")
        return Choice(indices, scores[indices], ranks)

    def _checked_batch(self, answer: Any, context: QueryContext, k: int) -> Choice:
        choice = answer if isinstance(answer, Choice) else Choice(np.asarray(answer))
        indices = np.asarray(choice.indices)
        if indices.shape != (k,) or indices.dtype.kind not in "iu":
            raise StrategyError(f"{self} returned {indices.dtype} of shape {indices.shape}, not {k} integers")
        if len(np.unique(indices)) < k:
            raise StrategyError(f"{self} picked a candidate more than once: {np.sort(indices).tolist()}")
        if indices.min() < 0 or indices.max() >= len(context.candidates):
            raise StrategyError(f"{self} picked a position out of range 0…{len(context.candidates) - 1}: {indices.tolist()}")
        return replace(choice, indices=indices.astype(np.int64))


def top(utility: FloatArray, k: int, rng: np.random.Generator) -> IntArray:
    """Positions of the ``k`` largest values, largest first, ties broken at random; linear in the number of values."""
    n = len(utility)
    threshold = np.partition(utility, n - k)[n - k]
    above = np.flatnonzero(utility > threshold)
    tied = rng.permutation(np.flatnonzero(utility == threshold))[: k - len(above)]
    chosen = rng.permutation(np.concatenate([above, tied]))
    return np.asarray(chosen[np.argsort(-utility[chosen], kind="stable")])


_STRATEGIES: dict[str, Strategy] = {}
_FAILED_PLUGINS: dict[str, str] = {}
_loaded = False


def strategy(
    name: str,
    *,
    family: str,
    formula: str,
    source: str,
    cost: str,
    why: str,
    wants: Wants = "batch",
    parameters: Mapping[str, Parameter] = MappingProxyType({}),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function below as the strategy ``name``; see `StrategyInfo` for the fields.

    Raises
    ------
    TypeError
        A keyword-only argument of the function is not described in ``parameters``, or the other way round.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        keywords = _keywords(function)
        if set(keywords) != set(parameters):
            raise TypeError(f"strategy {name!r}: describe exactly its keyword-only arguments {sorted(keywords)}")
        infos = tuple(ParameterInfo(key, str(keywords[key].default), parameters[key].help) for key in keywords)
        summary = (inspect.getdoc(function) or "").partition("\n")[0]
        info = StrategyInfo(name, family, formula, source, cost, wants, why, summary, infos)
        _STRATEGIES[name] = Strategy(info, function, dict(parameters))
        return function

    return register


def strategies() -> list[Strategy]:
    """All strategies, built-in and installed, the baseline first and then by family and name."""
    _load()
    return sorted(_STRATEGIES.values(), key=lambda found: (found.info.family != "baseline", found.info.family, found.info.name))


def failed_plugins() -> Mapping[str, str]:
    """Entry points that could not be loaded, with the reason."""
    _load()
    return MappingProxyType(_FAILED_PLUGINS)


def resolve_strategy(text: str) -> Strategy:
    """The strategy written as ``text``, e.g. ``"margin"``, ``"power_margin(beta=2)"``, or ``"random#2"`` for an independent
    repetition of ``random``.

    Raises
    ------
    UserError
        No such strategy, no such parameter, or a value that the parameter does not take.
    """
    _load()
    text, mark, replica = text.partition("#")
    if mark and not (replica.strip().isdecimal() and int(replica) >= 2):
        raise UserError(f"cannot read {text + mark + replica!r}; write {text}#2 for a second, independent {text}")
    call = parse_call(text)
    if call.name not in _STRATEGIES:
        raise unknown("strategy", call.name, _STRATEGIES)
    found = _STRATEGIES[call.name]
    if call.args:
        raise UserError(f"{call.name}: write parameters as {call.name}(key=value)")
    kwargs = {key: _checked(found, key, value) for key, value in call.kwargs}
    return replace(found, kwargs=kwargs, replica=int(replica) if mark else 1)


def _checked(found: Strategy, key: str, value: Value) -> Value:
    name = found.info.name
    if key not in found.parameters:
        if not found.parameters:
            raise UserError(f"{name} takes no parameters, but {key} was given")
        raise unknown(f"parameter of {name}", key, found.parameters)
    parameter = found.parameters[key]
    kind: type = _keywords(found.function)[key].annotation
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UserError(f"{name}: {key} is {value!r}; give {_article(kind)}")
    if parameter.choices and value not in parameter.choices:
        raise unknown(f"{key} of {name}", str(value), parameter.choices)
    if isinstance(value, int | float):
        if parameter.low is not None and value < parameter.low:
            raise UserError(f"{name}: {key} is {value}; it must be at least {parameter.low:g}")
        if parameter.high is not None and value > parameter.high:
            raise UserError(f"{name}: {key} is {value}; it must be at most {parameter.high:g}")
    return value


def _article(kind: type) -> str:
    return {int: "a whole number", float: "a number", bool: "True or False", str: "a name"}[kind]


def _keywords(function: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    hints = typing.get_type_hints(function)
    return {
        name: parameter.replace(annotation=hints.get(name, str))
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }


def _load() -> None:
    global _loaded
    if _loaded:
        return
    _loaded = True
    package = importlib.import_module("al_core.strategies")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"al_core.strategies.{module.name}")
    for point in entry_points(group=ENTRY_POINTS):
        try:
            point.load()
        except Exception as error:
            _FAILED_PLUGINS[point.name] = f"{type(error).__name__}: {error}"
