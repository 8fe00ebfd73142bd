"""Strategies of an installed scikit-activeml, written ``skactiveml:Name``, e.g. ``skactiveml:Falcun``.

They see what our own see: features of the pool, the labels that were given, and a classifier that is fitted on them. Where the
run's learner is a scikit-learn classifier, that is the one; elsewhere it is a logistic regression. Committees are the mixed one
of `committees`. Strategies that need what a race does not have (a regressor, another strategy to wrap) are left out.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from al_core.data.dataset import IntArray
from al_core.ground.calls import Call
from al_core.ground.errors import UserError, unknown
from al_core.learners.counted import counting_classes
from al_core.strategies.context import QueryContext
from al_core.strategies.description import ParameterInfo, StrategyInfo
from al_core.strategies.parts.committees import mixed_estimators

PREFIX = "skactiveml:"
_SUPPLIED = {"self", "random_state", "missing_label", "classes", "n_classes"}
_SCALARS = (bool, int, float, str)
_MODELS = ("clf", "estimator", "ensemble", "discriminator")
_OWN_CLASSIFIER = {"FourDs": "MixtureModelClassifier", "ProbabilisticAL": "ParzenWindowClassifier"}
"""Those that work with one classifier of their own library only."""


def peer_names() -> list[str]:
    """Names behind ``skactiveml:`` that can race.

    Raises
    ------
    UserError
        scikit-activeml is not installed, or cannot be imported.
    """
    pool = _pool()
    return sorted(name for name in pool.__all__ if _fits(getattr(pool, name)))


def peer_strategy(call: Call) -> tuple[StrategyInfo, Any]:
    """Metadata and function of the strategy written as ``call``.

    Raises
    ------
    UserError
        scikit-activeml is not installed, has no such strategy, or its strategy has no such parameter.
    """
    name, names = call.name.removeprefix(PREFIX), peer_names()
    if name not in names:
        message = str(unknown("scikit-activeml strategy", name, names))
        listed = f"there are: {', '.join(sorted(names))}"
        raise UserError(message if listed in message else f"{message}; {listed}")
    make = getattr(_pool(), name)
    signature = inspect.signature(make.__init__).parameters
    parameters = {
        key: parameter.default
        for key, parameter in signature.items()
        if key not in _SUPPLIED and (parameter.default is None or isinstance(parameter.default, _SCALARS))
    }
    if call.args:
        raise UserError(f"{call.name}: write parameters as {call.name}(key=value)")
    for key, _ in call.kwargs:
        if key not in parameters:
            raise unknown(f"parameter of {call.name}", key, parameters)

    def choose(context: QueryContext, k: int, **kwargs: Any) -> IntArray:
        return _query(make, context, k, kwargs)

    infos = tuple(ParameterInfo(key, str(default), "see scikit-activeml") for key, default in parameters.items())
    info = StrategyInfo(
        name=call.name,
        family="scikit-activeml",
        formula="see scikit-activeml",
        source=f"scikit-activeml {importlib.import_module('skactiveml').__version__}",
        cost="see scikit-activeml",
        wants="batch",
        why=f"Chosen by {name} of scikit-activeml.",
        summary=(inspect.getdoc(make) or name).partition("\n")[0],
        parameters=infos,
    )
    return info, choose


def _pool() -> Any:
    try:
        return importlib.import_module("skactiveml.pool")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "skactiveml":
            raise UserError(f"scikit-activeml cannot be imported: {error}") from None
        raise UserError("scikit-activeml is not installed; try: pip install 'al-tui[skactiveml]'") from None
    except Exception as error:
        raise UserError(f"scikit-activeml cannot be imported: {type(error).__name__}: {error}") from None


def _fits(found: Any) -> bool:
    base: Any = importlib.import_module("skactiveml.base").SingleAnnotatorPoolQueryStrategy
    is_strategy = inspect.isclass(found) and issubclass(found, base) and not inspect.isabstract(found)
    return is_strategy and _required(found.query) <= {"self", "X", "y", *_MODELS} and _required(found.__init__) <= _SUPPLIED


def _required(function: Any) -> set[str]:
    return {name for name, parameter in inspect.signature(function).parameters.items() if parameter.default is parameter.empty}


def _query(make: Any, context: QueryContext, k: int, kwargs: dict[str, Any]) -> IntArray:
    seed = int(context.rng.integers(2**31))
    rows, classes = context.rows, list(range(context.n_classes))
    y = np.full(len(rows), np.nan)
    y[np.searchsorted(rows, context.labelled)] = context.labels
    supplied = {"random_state": seed, "missing_label": np.nan, "classes": classes, "n_classes": context.n_classes}
    accepted = inspect.signature(make.__init__).parameters
    strategy = make(**{key: value for key, value in supplied.items() if key in accepted}, **kwargs)
    asked = inspect.signature(strategy.query).parameters
    models = {key: _model(key, make.__name__, context, seed, classes) for key in _MODELS if key in asked}
    with _global_seed(seed):
        chosen = strategy.query(
            np.array(context.features[rows], dtype=np.float64),
            y,
            candidates=np.searchsorted(rows, context.candidates),
            batch_size=k,
            **models,
        )
    return np.searchsorted(context.candidates, rows[np.asarray(chosen, dtype=np.int64)])


@contextmanager
def _global_seed(seed: int) -> Iterator[None]:
    """Some of them draw from NumPy's global stream, whatever seed they are given: fix it, and give it back as it was."""
    before = np.random.get_state()
    np.random.seed(seed)
    try:
        yield
    finally:
        np.random.set_state(before)


def _model(role: str, strategy: str, context: QueryContext, seed: int, classes: list[int]) -> Any:
    from sklearn.base import clone, is_classifier
    from sklearn.linear_model import LogisticRegression

    peers = importlib.import_module("skactiveml.classifier")
    if strategy in _OWN_CLASSIFIER:
        return getattr(peers, _OWN_CLASSIFIER[strategy])(classes=classes, missing_label=np.nan, random_state=seed)

    def wrapped(estimator: Any, labels: list[int] = classes) -> Any:
        return peers.SklearnClassifier(estimator, classes=labels, missing_label=np.nan, random_state=seed)

    if role == "ensemble":
        return [wrapped(estimator) for estimator in mixed_estimators(seed, len(context.labels))]
    if role == "discriminator":
        return wrapped(LogisticRegression(max_iter=1000), [0, 1])
    own = getattr(context.model, "estimator", None)
    if own is None or not is_classifier(own):
        return wrapped(LogisticRegression(max_iter=1000))
    return wrapped(counting_classes()(clone(own)))
