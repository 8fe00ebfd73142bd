"""A model that was exported, at work: it labels new items as `al-tui predict` would have."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from al_core.compute.one_thread import one_thread
from al_core.data.array_files import Arrays
from al_core.data.dataset import UNKNOWN, Dataset
from al_core.data.kinds import read_more, said_aside
from al_core.data.text_features import FittedTexts
from al_core.exchange.recipe import Opened, read_model
from al_core.ground.calls import imports_code
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.ground.versions import versions
from al_core.labelling.delivery import Delivered, Delivery

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from al_core.data.dataset import FloatArray
    from al_core.labelling.audit import Estimate

Data = str | Path | Sequence[str] | Dataset | Any
"""A path, texts, arrays, or what `CarriedModel.read` has made of one of these."""


class CarriedModel:
    """A model that was exported. It is fitted when it is first asked, and the same from then on.

    Parameters
    ----------
    opened : what is in its folder.
    """

    def __init__(self, opened: Opened) -> None:
        self.recipe, self._learnt, fitted = opened
        recipe = self.recipe
        self._pool = Dataset(
            recipe.dataset,
            self._learnt.features[:1],
            [UNKNOWN],
            recipe.classes,
            recipe=recipe.features or None,
            projection=fitted,
        )

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of probabilities."""
        return self.recipe.classes

    @property
    def learner(self) -> str:
        """What learnt."""
        return self.recipe.learner

    @property
    def labels(self) -> int:
        """How many labels it has learnt."""
        return len(self.recipe.labels)

    @property
    def estimate(self) -> Estimate | None:
        """How often it was right about items of the session drawn to measure by; None where there were none."""
        return self.recipe.estimate

    def predict(self, data: Data) -> NDArray[Any]:
        """The name of a class for each item, shape (items,); see `read` for what ``data`` can be."""
        best = self.predict_proba(data).argmax(axis=1)
        return np.asarray(np.array(self.classes)[best])

    def predict_proba(self, data: Data) -> FloatArray:
        """How probable each class is for each item, shape (items, classes), as sure as it is right."""
        X = self.read(data).X
        said = self._learnt.made_sure(self._learnt.raw(X), self.recipe.temperature)
        return said[:, list(self.recipe.numbers)]

    def read(self, data: Data) -> Dataset:
        """Items as the model sees them; ``item_names`` says what they are called, in the order of predictions.

        Parameters
        ----------
        data : the path of a file or folder like the one that was labelled; or texts; or rows of numbers, shape
            (items, features), where numbers or features of one's own were labelled; or an array of pictures, where one was.

        Raises
        ------
        UserError
            It cannot be read, or is of another kind than what was labelled.
        """
        with one_thread():
            found = self._read(data)
        if found.X.shape[1] != self.recipe.width:
            raise UserError(f"{found.name}: there are {found.X.shape[1]} features; what was labelled has {self.recipe.width}")
        return found

    def _read(self, data: Data) -> Dataset:
        from al_core.data.arrays import more_of

        if isinstance(data, Dataset):
            return data
        if isinstance(data, str | Path):
            if not Path(data).exists():
                raise UserError(f"there is no file or folder {safe_text(str(data), 200)}")
            with warnings.catch_warnings(action="ignore"):  # `aside` says what is no item
                return read_more(Path(data), self._pool)
        if isinstance(self._pool.projection, FittedTexts):
            return self._texts(data)
        if self._pool.projection is not None and isinstance(data, Sequence) and any(isinstance(one, str) for one in data):
            raise UserError("these are texts, and none were labelled; give a path, or arrays")
        array = np.asarray(data)
        X, images = (array, None) if array.ndim == 2 else (None, array)
        return more_of(Arrays("the array", X, images), self._pool)

    def _texts(self, texts: Sequence[str]) -> Dataset:
        fitted = self._pool.projection
        assert isinstance(fitted, FittedTexts)
        given = list(texts)
        if not given or not all(isinstance(text, str) for text in given):
            raise UserError("texts were labelled; give a list of texts, or the path of a file or folder of them")
        X = fitted.features(given, len(given))
        return Dataset("the texts", X, np.full(len(X), UNKNOWN), self.classes, recipe=self._pool.recipe, projection=fitted)

    def deliver(self, path: Path) -> Delivery:
        """What the model says of the items of a file or folder, to be written as `al-tui predict` does."""
        data, recipe = self.read(path), self.recipe
        shares = self.predict_proba(data)
        names = data.item_names or [""] * len(data.y)
        rows = zip(data.item_ids, names, shares.argmax(axis=1).tolist(), shares.tolist(), strict=True)
        items = tuple(Delivered(item, name, self.classes[best], "predicted", "open", tuple(p)) for item, name, best, p in rows)
        return Delivery(
            items,
            self.classes,
            recipe.learner,
            len(recipe.labels),
            False,
            recipe.temperature,
            recipe.judged_by,
            recipe.estimate,
            recipe.population,
            True,
            said_aside(data),
        )


def opened_model(folder: str | Path, learner: str | None = None) -> tuple[CarriedModel, str]:
    """The model in a folder, and in words what has changed since it was written; empty where nothing has.

    Raises
    ------
    UserError
        As `load_model`.
    """
    path = Path(folder).expanduser()
    opened = read_model(path)
    named = opened.recipe.learner
    if imports_code(named) and learner != named:
        raise UserError(
            f"{path} names the learner {safe_text(named, 100)}, which is code to run; to have it run, name it yourself as the"
            " learner"
        )
    changed = versions().differences(opened.recipe.versions)
    words = f"{path} was written with {', '.join(changed)}: it may say other probabilities here" if changed else ""
    return CarriedModel(opened), safe_text(words, 400)


def load_model(folder: str | Path, *, learner: str | None = None) -> CarriedModel:
    """The model that ``al-tui export SESSION --model DIR`` has written: it says of items what `al-tui predict` says.

    Nothing in the folder is code, or unpickled. Where it was written with other versions, a warning says with which.

    Parameters
    ----------
    folder : the folder.
    learner : the learner in it, where that is ``module:factory``: no file names code to run.

    Raises
    ------
    UserError
        The folder is no model, or not as it was written; or its learner is code that ``learner`` does not name.

    Examples
    --------
    >>> model = load_model("pots-model")  # doctest: +SKIP
    >>> model.predict("new_pots/")  # doctest: +SKIP
    array(['bowl', 'jug', 'bowl'], dtype='<U4')
    """
    model, changed = opened_model(folder, learner)
    if changed:
        warnings.warn(changed, stacklevel=2)
    return model
