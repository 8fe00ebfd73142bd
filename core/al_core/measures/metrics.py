"""What a model is measured by on test rows: each metric a pure function of true and predicted classes. Free of numerics until
one is computed.

`METRICS` is all there is of them: to add one, write its function and its row. `metric_of` reads the word for one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from al_core.ground.errors import UserError, unknown
from al_core.ground.safe_text import safe_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    IntArray = NDArray[np.int64]

ACCURACY = "accuracy"
"""What is measured if nobody says otherwise."""
_LONGEST_CLASS = 30
"""Characters of a class's name in words about its recall."""


def accuracy(true: IntArray, predicted: IntArray, n_classes: int) -> float:
    """Share of rows that are predicted right."""
    import numpy as np

    return float(np.mean(predicted == true))


def balanced_accuracy(true: IntArray, predicted: IntArray, n_classes: int) -> float:
    """Mean over the classes that there are rows of, of the share of their rows that is predicted right.

    Source: Brodersen, Ong, Stephan & Buhmann 2010, The balanced accuracy and its posterior distribution.
    """
    import numpy as np

    there, right = np.bincount(true, minlength=n_classes), np.bincount(true[true == predicted], minlength=n_classes)
    return float(np.mean(right[there > 0] / there[there > 0]))


def macro_f1(true: IntArray, predicted: IntArray, n_classes: int) -> float:
    """Mean over the classes that there are rows of, or that are predicted, of 2 right / (rows + predicted rows).

    Source: Opitz & Burst 2019, Macro F1 and macro F1, the mean of the F1 of each class.
    """
    import numpy as np

    right = np.bincount(true[true == predicted], minlength=n_classes)
    both = np.bincount(true, minlength=n_classes) + np.bincount(predicted, minlength=n_classes)
    return float(np.mean(2 * right[both > 0] / both[both > 0]))


def recall(true: IntArray, predicted: IntArray, label: int) -> float | None:
    """Share of the rows of one class that is predicted right; None where there are none."""
    import numpy as np

    mine = true == label
    return float(np.mean(predicted[mine] == label)) if mine.any() else None


class Kind(NamedTuple):
    """One row of `METRICS`.

    Parameters
    ----------
    words : what it is called in a sentence.
    short : the same as the title of a narrow column, at most four letters.
    measure : the function of true classes, predicted classes, and how many classes there are, or which one it is about.
    of_class : whether it is about one class, which its word names.
    """

    words: str
    short: str
    measure: Callable[[IntArray, IntArray, int], float | None]
    of_class: bool = False


METRICS = {
    ACCURACY: Kind("accuracy", "acc", accuracy),
    "balanced_accuracy": Kind("balanced accuracy", "bal", balanced_accuracy),
    "macro_f1": Kind("macro F1", "F1", macro_f1),
    "recall": Kind("recall", "rec", recall, of_class=True),
}


class Metric(NamedTuple):
    """What a word such as ``macro_f1`` or ``recall(8)`` names.

    Parameters
    ----------
    name : one of `METRICS`.
    label : the class that it is about, by its name; empty where it is about all.
    """

    name: str
    label: str = ""

    @property
    def words(self) -> str:
        """What it is called in a sentence, e.g. ``recall of 8``."""
        return METRICS[self.name].words + (f" of {safe_text(self.label, _LONGEST_CLASS)}" if self.label else "")

    @property
    def title(self) -> str:
        """The same at the beginning of a sentence."""
        return self.words[0].upper() + self.words[1:]

    @property
    def short(self) -> str:
        """The title of a narrow column."""
        return METRICS[self.name].short

    def __str__(self) -> str:
        """The word."""
        return f"{self.name}({self.label})" if self.label else self.name

    def check(self, classes: Sequence[str]) -> None:
        """Raise `UserError`, which lists the classes, where it is about a class that is none of them."""
        if self.label and self.label not in classes:
            raise UserError(
                f"--metric is {safe_text(str(self), 100)}, and there is no such class; the classes are: {', '.join(classes)}"
            )

    def measure(self, true: IntArray, predicted: IntArray, classes: Sequence[str]) -> float | None:
        """Its value, from 0 to 1; None where it has none: there are no rows, or none of the class that it is about.

        Parameters
        ----------
        true, predicted : int arrays, shape (m,), indices into ``classes``.

        Raises
        ------
        UserError
            It is about a class that is none of these.
        """
        if not len(true):
            return None
        self.check(classes)
        return METRICS[self.name].measure(true, predicted, classes.index(self.label) if self.label else len(classes))


@lru_cache(maxsize=256)
def metric_of(word: str) -> Metric:
    """The metric that a word names; the class in parentheses may be any text, in quotes or not.

    Examples
    --------
    >>> metric_of("recall(large jug)").words
    'recall of large jug'

    Raises
    ------
    UserError
        There is no such metric, or it is about a class and names none, or the other way round.
    """
    name, paren, rest = word.strip().partition("(")
    name = name.strip()
    if name not in METRICS:
        raise unknown("metric", name, METRICS, {key: f"{key}(CLASS)" for key, kind in METRICS.items() if kind.of_class})
    label = rest.strip().removesuffix(")").strip()
    if len(label) > 1 and label[0] == label[-1] and label[0] in "\"'":
        label = label[1:-1]
    if paren and not rest.strip().endswith(")"):
        raise UserError(f"--metric is {safe_text(word, 100)!r}, which lacks a ')'; write {name}(CLASS)")
    if METRICS[name].of_class and not label:
        raise UserError(f"--metric is {safe_text(word, 100)!r}; name the class that it is of, e.g. {name}(8)")
    if paren and not METRICS[name].of_class:
        raise UserError(f"--metric is {safe_text(word, 100)!r}, and {name} is of all classes; write {name}")
    return Metric(name, label)


def check_word(word: str) -> None:
    """Raise `UserError` where a word names no metric."""
    metric_of(word)
