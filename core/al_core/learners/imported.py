"""Any scikit-learn compatible classifier, named on the command line as ``module:factory(key=value)``."""

from __future__ import annotations

import importlib
from functools import partial
from typing import Any

from al_core.ground.calls import Call
from al_core.ground.errors import UserError
from al_core.ground.trial import error_line
from al_core.learners.estimator import fit_estimator
from al_core.learners.model import Learner, Model, Training


def imported_learner(call: Call) -> Learner:
    """The learner that calls ``module:factory`` for a fresh classifier at every fit.

    Raises
    ------
    UserError
        The module cannot be imported, or the factory is not there or does not give a classifier.
    """
    make = partial(_factory(call.name), *call.args, **dict(call.kwargs))
    _classifier(call, make)
    return Learner(
        str(call), f"{call.name}, imported", "named on the command line", partial(_fit, call, make), call=Call(str(call))
    )


def _factory(name: str) -> Any:
    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise UserError(f"cannot read the learner {name!r}; write module:factory, e.g. sklearn.ensemble:ExtraTreesClassifier")
    try:
        found = getattr(importlib.import_module(module), attribute, None)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a module may raise anything while it is imported
        raise UserError(f"learner {name!r}: cannot import {module}: {error_line(error)}") from None
    if not callable(found):
        raise UserError(f"learner {name!r}: the module {module} has nothing to call named {attribute!r}")
    return found


def _classifier(call: Call, make: Any) -> Any:
    try:
        estimator = make()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise UserError(f"learner {str(call)!r}: {call.name} raised {error_line(error)}") from None
    scores = hasattr(estimator, "predict_proba") or hasattr(estimator, "decision_function")
    if isinstance(estimator, type) or not (hasattr(estimator, "fit") and hasattr(estimator, "predict") and scores):
        raise UserError(
            f"learner {str(call)!r} gives {type(estimator).__name__}, no classifier with fit, predict, and predict_proba or"
            " decision_function"
        )
    return estimator


def _fit(call: Call, make: Any, training: Training) -> Model:
    estimator = _classifier(call, make)
    parameters = estimator.get_params() if hasattr(estimator, "get_params") else {}
    unseeded = {key: training.random_state for key, value in parameters.items() if _is_seed(key) and value is None}
    if unseeded:
        estimator.set_params(**unseeded)
    return fit_estimator(training, estimator, as_they_are=True)


def _is_seed(key: str) -> bool:
    return key == "random_state" or key.endswith("__random_state")
