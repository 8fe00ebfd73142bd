"""What a learner sees, and what it must give back."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

import numpy as np

from al_core.data.dataset import FloatArray, IntArray, as_float
from al_core.data.near_zero import kept_offset
from al_core.ground.calls import Call
from al_core.ground.parameters import Parameter, ParameterInfo
from al_core.ground.seeding import stable_seed


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
    predictions : what a model of the person's own says of every item, shape (n, n_classes); None without one.
    """

    features: FloatArray
    rows: IntArray
    labels: IntArray
    n_classes: int
    pool: IntArray
    seed: tuple[Hashable, ...]
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    predictions: FloatArray | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "features", as_float(self.features))

    @property
    def X(self) -> FloatArray:
        """Features of the labelled items, shape (m, d)."""
        return np.asarray(self.features[self.rows])

    @property
    def offset(self) -> FloatArray:
        """How far features are to be moved before differences are taken, shape (d,); see `al_core.data.near_zero`."""
        return kept_offset(self.features, self.memo)

    @property
    def seen(self) -> tuple[IntArray, IntArray]:
        """The classes that have a label, ascending, and every label as a position among them: 0 to k − 1 without gaps."""
        classes, positions = np.unique(self.labels, return_inverse=True)
        return classes.astype(np.int64), positions.astype(np.int64)

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
    """A learner with its parameters bound; ``str()`` gives the name as it is written on the command line.

    Parameters
    ----------
    labelled_only : whether it looks at no item without a label, and neither do learners in it: then a model can be fitted
        again from the labelled items alone.
    semi_supervised : whether it, or a learner in it, learns from how items without a label lie, not only at what scale.
    """

    name: str
    summary: str
    source: str
    function: Callable[..., Model] = field(repr=False)
    parameters: Mapping[str, Parameter] = field(default_factory=dict, repr=False)
    infos: tuple[ParameterInfo, ...] = ()
    call: Call = field(default_factory=lambda: Call(""))
    labelled_only: bool = False
    semi_supervised: bool = False

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
