"""What a query strategy is, and the list of all of them.

A strategy is one function with `@strategy(...)` above it, in any module of this package, or in a module that an installed
distribution names under the entry-point group ``al_tui.strategies``. There are two forms:

- a *score*, ``f(context) -> (n,)``: the value of the strategy's formula for every candidate. ``wants`` says whether the
  largest or the smallest are asked for; ties are broken at random. A score that depends on nothing but the candidate itself
  and the models is ``pointwise``: a large pool is then scored part by part, in memory that does not grow with it.
- a *batch*, ``f(context, k) -> (k,)``: positions of the chosen candidates, or a `Choice` that carries scores as well.

Keyword-only arguments of the function are its parameters, written ``name(parameter=value)`` on the command line.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.calls import Call, Value, parse_call
from al_core.ground.errors import StrategyError, UserError, unknown
from al_core.ground.modules import modules_of
from al_core.ground.parameters import Parameter as Parameter
from al_core.ground.parameters import checked, described
from al_core.ground.plugins import Plugins, check_free
from al_core.ground.safe_text import safe_record
from al_core.ground.trial import error_line
from al_core.strategies.context import QueryContext as QueryContext
from al_core.strategies.description import Numbers as Numbers
from al_core.strategies.description import StrategyInfo, Wants, check_why
from al_core.strategies.parts.best import Best
from al_core.strategies.skactiveml_adapter import PREFIX, peer_strategy

ENTRY_POINTS = "al_tui.strategies"


@dataclass(frozen=True, eq=False)
class Choice:
    """The chosen batch: positions among the candidates, shape (k,), with their scores and ranks, if there are any."""

    indices: IntArray
    scores: FloatArray | None = None
    ranks: IntArray | None = None


@dataclass(frozen=True)
class Strategy:
    """A query strategy with its parameters bound; ``str()`` gives the name as it is written on the command line.

    ``replica`` tells independent repetitions of one strategy apart: ``random#2`` computes what ``random`` does, but draws from
    its own random stream, because streams hang on the name. ``numbers`` writes the formula with its numbers for an item,
    from the context, who is `Asked` about (`al_core.strategies.parts.numbers`), and the parameters; None where it has none.
    """

    info: StrategyInfo
    function: Callable[..., Any] = field(repr=False)
    parameters: Mapping[str, Parameter] = field(default_factory=dict, repr=False)
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    pointwise: bool = False
    replica: int = 1
    numbers: Callable[..., Numbers | None] | None = field(default=None, repr=False)

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
        if k == 0:
            return Choice(np.empty(0, dtype=np.int64))
        if self.info.wants == "batch":
            return self._checked_batch(self._call(context, k), context, k)
        best = Best(k, context.rng, largest=self.info.wants == "largest")
        for offset, part in context.slices() if self.pointwise else [(0, context)]:
            best.add(self.scores(part), offset)
        return Choice(best.positions, best.scores, best.ranks)

    def scores(self, context: QueryContext) -> FloatArray:
        """The formula's value for every candidate, shape (n,); only for strategies that are a score.

        Raises
        ------
        StrategyError
            As for `choose`.
        """
        scores = np.asarray(self._call(context), dtype=np.float64)
        if scores.shape != context.candidates.shape:
            raise StrategyError(f"{self} returned scores of shape {scores.shape}, not {context.candidates.shape}")
        if np.isnan(scores).any():
            raise StrategyError(f"{self} returned NaN for {np.isnan(scores).sum():,} of {len(scores):,} candidates")
        return scores

    def _call(self, *args: Any) -> Any:
        try:
            return self.function(*args, **self.kwargs)
        except UserError as error:
            raise StrategyError(str(error)) from error
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a plug-in may raise anything, and none of it may end the program
            raise StrategyError(f"{self} raised {error_line(error)}") from error

    def _checked_batch(self, answer: Any, context: QueryContext, k: int) -> Choice:
        choice = answer if isinstance(answer, Choice) else Choice(np.asarray(answer))
        indices = np.asarray(choice.indices)
        if indices.shape != (k,) or indices.dtype.kind not in "iu":
            raise StrategyError(f"{self} returned {indices.dtype} of shape {indices.shape}, not {k} integers")
        if len(np.unique(indices)) < k:
            raise StrategyError(f"{self} picked a candidate more than once: {np.sort(indices).tolist()}")
        if indices.min() < 0 or indices.max() >= len(context.candidates):
            raise StrategyError(f"{self} picked a position out of range 0…{len(context.candidates) - 1}: {indices.tolist()}")
        if choice.scores is not None and (lost := np.count_nonzero(np.isnan(choice.scores))):
            raise StrategyError(f"{self} returned NaN for {lost:,} of {k:,} scores")
        return replace(choice, indices=indices.astype(np.int64))


_STRATEGIES: dict[str, Strategy] = {}


def strategy(
    name: str,
    *,
    family: str,
    formula: str,
    source: str,
    cost: str,
    why: str,
    wants: Wants = "batch",
    pointwise: bool = False,
    parameters: Mapping[str, Parameter] = MappingProxyType({}),
    numbers: Callable[..., Numbers | None] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function below as the strategy ``name``; see `StrategyInfo` and `Strategy` for the fields.

    Raises
    ------
    TypeError
        A keyword-only argument of the function is not described in ``parameters``, or the other way round.
    ValueError
        The name is none, or is that of a strategy of another module; or ``why`` asks for a field that there is not.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        if not function.__module__.startswith("al_core."):
            load_built_in()
        if not name.isidentifier() or str(parse_call(name)) != name:
            raise ValueError(f"{name!r} is no name for a strategy; write a word of letters, digits and _")
        taken = _STRATEGIES.get(name)
        check_free("strategy", name, function.__module__, None if taken is None else taken.function.__module__)
        infos = described(f"strategy {name!r}", function, parameters)
        summary = (inspect.getdoc(function) or "").partition("\n")[0]
        info = safe_record(StrategyInfo(name, family, formula, source, cost, wants, why, summary, infos))
        check_why(info)
        _STRATEGIES[name] = Strategy(info, function, dict(parameters), pointwise=pointwise, numbers=numbers)
        resolve_strategy.cache_clear()
        return function

    return register


def strategies() -> list[Strategy]:
    """All strategies, built-in and installed, the baseline first and then by family and name."""
    load_built_in()
    _PLUGINS.load()
    return sorted(_STRATEGIES.values(), key=lambda found: (found.info.family != "baseline", found.info.family, found.info.name))


def failed_plugins() -> Mapping[str, str]:
    """Plug-ins that were needed so far and are left out, with the reason."""
    return _PLUGINS.left_out


def known_strategy(name: str) -> Strategy | None:
    """The strategy called ``name`` if it is there without importing a plug-in."""
    load_built_in()
    return _STRATEGIES.get(name)


@lru_cache(maxsize=256)
def resolve_strategy(text: str) -> Strategy:
    """The strategy written as ``text``, e.g. ``"margin"``, ``"power_margin(beta=2)"``, or ``"random#2"`` for an independent
    repetition of ``random``.

    Raises
    ------
    UserError
        No such strategy, no such parameter, or a value that the parameter does not take.
    """
    load_built_in()
    text, mark, replica = text.partition("#")
    replica = replica.strip()
    if mark and not (replica.isdecimal() and len(replica) <= 9 and int(replica) >= 2):
        raise UserError(f"cannot read {text + mark + replica!r}; write {text}#2 for a second, independent {text}")
    call = parse_call(text)
    count = int(replica) if mark else 1
    if call.name.startswith(PREFIX):
        return Strategy(*peer_strategy(call), kwargs=dict(call.kwargs), replica=count)
    if call.name not in _STRATEGIES:
        _PLUGINS.find(call.name)
    if call.name not in _STRATEGIES:
        left_out = [f"; the plug-in {name!r} is left out: {reason}" for name, reason in failed_plugins().items()]
        raise UserError(str(unknown("strategy", call.name, _STRATEGIES)) + "".join(left_out[:3]))
    found = _STRATEGIES[call.name]
    if call.args:
        raise UserError(f"{call.name}: write parameters as {call.name}(key=value)")
    kwargs = checked(call.name, found.function, found.parameters, call.kwargs)
    return replace(found, kwargs=kwargs, replica=count)


@cache
def load_built_in() -> None:
    """Import the strategies of this package, and no plug-in."""
    modules_of("al_core.strategies")


def try_plugin(written: str) -> str:
    """Import a plug-in beside the strategies of this package; returns nothing, and raises whatever it raises."""
    load_built_in()
    _PLUGINS.load_one(written)
    return ""


_PLUGINS = Plugins(ENTRY_POINTS, lambda: _STRATEGIES, try_plugin)
