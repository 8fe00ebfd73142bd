"""What was fitted on the items of a pool, as a record that is plain JSON and arrays beside it, and back: nothing is pickled.

What stands in a file is not trusted: every array has the shape that the record says, and numbers that can be computed with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from al_core.data.column_kinds import Kept
from al_core.data.projection import Projection
from al_core.data.table_features import FittedColumns
from al_core.data.text_features import FittedTexts, Half, half_of
from al_core.data.writing import COLUMNS, Writing
from al_core.ground.errors import UserError

if TYPE_CHECKING:
    from al_core.data.column_scaling import Filled
    from al_core.data.projection import Fitted

ArraysByName = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class OfPictures:
    """A `Projection` but for its arrays."""

    kind: Literal["pixels", "hog"]
    shape: tuple[int, ...]
    scale: float
    scaled: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class OfColumn:
    """A column that is learnt from; of categories the words that have a feature, and whether all others have one."""

    name: str
    kind: Literal["number", "date", "category"]
    decimal_comma: bool
    words: tuple[str, ...]
    others: bool


@dataclass(frozen=True, slots=True)
class OfColumns:
    """`FittedColumns` but for its arrays and for what is only shown."""

    learnt: tuple[OfColumn, ...]
    known_by: tuple[str, ...]
    ids: str | None


@dataclass(frozen=True, slots=True)
class OfTerms:
    """A `Half` of what is learnt from texts, but for its arrays."""

    analyzer: Literal["word", "char_wb"]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfTexts:
    """`FittedTexts` but for its arrays."""

    halves: tuple[OfTerms, ...]
    column: str | None
    ids: str | None


@dataclass(frozen=True, slots=True)
class FittedRecord:
    """What was fitted; nothing where numbers are learnt from as they are."""

    pictures: OfPictures | None = None
    columns: OfColumns | None = None
    texts: OfTexts | None = None


def recorded(fitted: Projection | Fitted | None) -> tuple[FittedRecord, ArraysByName]:
    """What was fitted, as a record and arrays.

    Raises
    ------
    UserError
        It is of a reader that is not of this program.
    """
    if fitted is None:
        return FittedRecord(), {}
    if isinstance(fitted, Projection):
        said = OfPictures(fitted.kind, fitted.shape, float(fitted.scale), fitted.scaled)  # type: ignore[arg-type]
        return FittedRecord(pictures=said), {"pictures.components": fitted.components, "pictures.centre": fitted.centre}
    if isinstance(fitted, FittedColumns):
        return _columns_recorded(fitted)
    if isinstance(fitted, FittedTexts):
        return _texts_recorded(fitted)
    raise UserError("what was fitted on the items is of a reader that is a plug-in, and nobody but it can write that down")


def _columns_recorded(fitted: FittedColumns) -> tuple[FittedRecord, ArraysByName]:
    learnt = [OfColumn(one.name, one.kind, one.decimal_comma, (), False) for one in fitted.numbers]  # type: ignore[arg-type]
    coding = zip(fitted.categories, fitted.coding.words, fitted.coding.others, strict=True)
    learnt += [OfColumn(one.name, "category", False, words, others) for one, words, others in coding]
    arrays: ArraysByName = {"columns.missing": fitted.scaling.missing}
    for name, part in (("plain", fitted.scaling.plain), ("ranked", fitted.scaling.ranked)):
        for what in ("columns", "usual", "mean", "scale"):
            arrays[f"columns.{name}.{what}"] = getattr(part, what)
    for number, (values, scores) in enumerate(fitted.scaling.knots):
        arrays |= {f"columns.knots.{number}.values": values, f"columns.knots.{number}.scores": scores}
    return FittedRecord(columns=OfColumns(tuple(learnt), fitted.known_by, fitted.ids)), arrays


def _texts_recorded(fitted: FittedTexts) -> tuple[FittedRecord, ArraysByName]:
    arrays: ArraysByName = {"writing.mean": fitted.writing.mean, "writing.spread": fitted.writing.spread}
    halves = []
    for half in fitted.halves:
        places = half.vectorizer.vocabulary_
        halves.append(OfTerms(half.analyzer, tuple(sorted(places, key=places.__getitem__))))  # type: ignore[arg-type]
        arrays[f"texts.{half.analyzer}.weights"] = half.vectorizer.idf_
        if half.components is not None:
            arrays[f"texts.{half.analyzer}.components"] = half.components
    return FittedRecord(texts=OfTexts(tuple(halves), fitted.column, fitted.ids)), arrays


class Checked:
    """Arrays of a file, handed out one by one if they are what they must be.

    Parameters
    ----------
    arrays : by name.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    def has(self, name: str) -> bool:
        """Whether there is such an array."""
        return name in self._arrays

    def numbers(self, name: str, *shape: int | None) -> NDArray[np.float64]:
        """Finite numbers of this shape, in which a side may be any; raises `UserError`."""
        found = self._of(name, shape, "f")
        if not np.isfinite(found).all():
            raise UserError(f"its array {name} has numbers that nothing can be computed with")
        return found

    def positive(self, name: str, *shape: int | None) -> NDArray[np.float64]:
        """The same above 0."""
        found = self.numbers(name, *shape)
        if not (found > 0).all():
            raise UserError(f"its array {name} has numbers that nothing can be divided by")
        return found

    def places(self, name: str, count: int | None, below: int) -> NDArray[np.int64]:
        """Whole numbers from 0 to below another one, ascending, each once."""
        found = self._of(name, (count,), "i")
        if len(found) and (found.min() < 0 or found.max() >= below or (np.diff(found) <= 0).any()):
            raise UserError(f"its array {name} has places that there are not")
        return found

    def _of(self, name: str, shape: tuple[int | None, ...], kind: str) -> NDArray[Any]:
        found = self._arrays.get(name)
        if found is None or found.dtype.kind != kind or found.dtype.itemsize != 8 or len(found.shape) != len(shape):
            raise UserError(f"its array {name} is missing or of another kind")
        if any(wanted not in (None, side) for wanted, side in zip(shape, found.shape, strict=True)):
            raise UserError(f"its array {name} has the shape {found.shape}, which does not go with the others")
        return found


def fitted_of(record: FittedRecord, arrays: Checked) -> Projection | Fitted | None:
    """What was fitted, to the last bit.

    Raises
    ------
    UserError
        Record and arrays do not go together.
    """
    if record.pictures is not None:
        return _projection(record.pictures, arrays)
    if record.columns is not None:
        return _columns(record.columns, arrays)
    return None if record.texts is None else _texts(record.texts, arrays)


def _projection(said: OfPictures, arrays: Checked) -> Projection:
    if len(said.shape) not in (2, 3) or not all(0 < side <= 1 << 16 for side in said.shape) or not said.scale > 0:
        raise UserError("it says pictures that there are not")
    if said.kind == "pixels":
        return Projection(said.kind, said.shape, scaled=said.scaled)
    components = arrays.numbers("pictures.components", None, None)
    centre = arrays.numbers("pictures.centre", len(components))
    return Projection(said.kind, said.shape, components, centre, said.scale, said.scaled)


def _columns(said: OfColumns, arrays: Checked) -> FittedColumns:
    from al_core.data.column_scaling import Coding, Scaling

    kept = tuple(Kept(one.name, one.kind, one.decimal_comma) for one in said.learnt)
    numbers = tuple(one for one in kept if one.kind != "category")
    coded = [one for one in said.learnt if one.kind == "category"]
    plain, ranked = _filled("plain", len(numbers), arrays), _filled("ranked", len(numbers), arrays)
    if sorted([*plain.columns.tolist(), *ranked.columns.tolist()]) != list(range(len(numbers))) or not kept:
        raise UserError("its columns of numbers are not those that it names")
    knots = []
    for number in range(len(ranked.columns)):
        values = arrays.numbers(f"columns.knots.{number}.values", None)
        if not len(values) or (np.diff(values) <= 0).any():
            raise UserError("its ranks have no order")
        knots.append((values, arrays.numbers(f"columns.knots.{number}.scores", len(values))))
    scaling = Scaling(plain, ranked, tuple(knots), arrays.places("columns.missing", None, len(numbers)))
    coding = Coding(tuple(one.words for one in coded), tuple(one.others for one in coded))
    categories = tuple(one for one in kept if one.kind == "category")
    heavy = frozenset(numbers[place].name for place in ranked.columns.tolist())
    return FittedColumns((), numbers, categories, heavy, scaling, coding, said.known_by, said.ids)


def _filled(name: str, below: int, arrays: Checked) -> Filled:
    from al_core.data.column_scaling import Filled

    columns = arrays.places(f"columns.{name}.columns", None, below)
    usual, mean = (arrays.numbers(f"columns.{name}.{what}", len(columns)) for what in ("usual", "mean"))
    return Filled(columns, usual, mean, arrays.positive(f"columns.{name}.scale", len(columns)))


def _texts(said: OfTexts, arrays: Checked) -> FittedTexts:
    halves: list[Half] = []
    for half in said.halves:
        if not half.terms or len({*half.terms}) < len(half.terms):
            raise UserError("its words are none, or stand there twice")
        weights, name = arrays.numbers(f"texts.{half.analyzer}.weights", len(half.terms)), f"texts.{half.analyzer}.components"
        components = arrays.numbers(name, None, len(half.terms)) if arrays.has(name) else None
        halves.append(half_of(half.analyzer, half.terms, weights, components))
    writing = Writing(arrays.numbers("writing.mean", COLUMNS), arrays.numbers("writing.spread", COLUMNS))
    return FittedTexts(tuple(halves), writing, said.column, said.ids)
