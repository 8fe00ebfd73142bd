"""A model as a folder: how it is made again, as JSON, and the numbers for it, as arrays. Nothing in it is code, or pickled.

What stands in such a folder is not trusted: it has a digest, and every part of it must go with the others.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from al_core.data.array_files import MOST_BYTES, MOST_CLASSES, all_numbers_in, digest_of
from al_core.data.fitted_record import Checked, FittedRecord, fitted_of, recorded
from al_core.data.near_zero import with_offset
from al_core.data.origin import short_name
from al_core.ground.errors import UserError
from al_core.ground.files import refuse_odd
from al_core.ground.json_text import json_text
from al_core.ground.new_folder import check_place, new_folder, place_of
from al_core.ground.numbers import storage
from al_core.ground.records import Reader, Unreadable
from al_core.ground.safe_text import safe_text
from al_core.ground.versions import Versions, versions
from al_core.labelling.audit import Estimate
from al_core.labelling.delivery import described
from al_core.labelling.learnt import Learnt
from al_core.labelling.messages import Wanted
from al_core.labelling.model import learnt_by, predict

if TYPE_CHECKING:
    from al_core.data.projection import Fitted, Projection
    from al_core.labelling.items import Items
    from al_core.sessions.store import SessionFile

FORMAT = 1
RECIPE, ARRAYS = "recipe.json", "arrays.npz"
"""The files of such a folder."""
_MOST_TEXT = 1 << 28
"""Bytes of the first."""
_MOST_ARRAYS = 2 * MOST_BYTES
_HOTTEST = 1000.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is made again.

    Parameters
    ----------
    dataset : what the data is called that was labelled.
    classes, numbers, n_classes : names of the classes that there are, their numbers, and how many there were ever.
    learner, seed : what learns, and the seed of the session.
    labels : the item, by its hash, and the class of each row that is learnt.
    pool : how many items without a label are beside them, because the learner looks at these as well.
    features, width : how features were made, empty where they are numbers as they are; and how many there are.
    temperature, judged_by : how sure its probabilities are, and how many labels that goes by, see `Predictions`.
    estimate, population : how often it is right, by items drawn to measure by, and among how many; None where there were none.
    fitted : what describes new items.
    versions : what made it.
    """

    dataset: str
    classes: tuple[str, ...]
    numbers: tuple[int, ...]
    n_classes: int
    learner: str
    seed: int
    labels: tuple[tuple[str, str], ...]
    pool: int
    features: str
    width: int
    temperature: float
    judged_by: tuple[int, int]
    estimate: Estimate | None
    population: int
    fitted: FittedRecord
    versions: Versions


class Written(NamedTuple):
    """A folder that was written: its recipe, and how many bytes its arrays and those of the pool in them take."""

    recipe: Recipe
    size: int
    pool_size: int


class Opened(NamedTuple):
    """A folder that was read: its recipe, what the model is fitted from, and what describes new items."""

    recipe: Recipe
    learnt: Learnt
    fitted: Projection | Fitted | None


def write_model(file: SessionFile, items: Items, out: Path, *, force: bool = False) -> Written:
    """Write the model of a labelling session, as it would be fitted now, to a new folder; whole, or not at all.

    Parameters
    ----------
    file, items : the session and its data.
    out : the folder to make.
    force : whether it may replace a folder that was made here before.

    Raises
    ------
    UserError
        Nothing is labelled, the model cannot go along, or the folder cannot be made.
    """
    place = place_of(out)
    check_place(out, place, force, _check_ours)
    request, audit = described(file, items)
    learnt, data = learnt_by(request)
    if data.predictions is not None:
        raise UserError(
            f"{file.path.name}: its model hears predictions of your own as well, and of new items nobody knows them; begin a"
            " session without --probabilities, al-tui import what this one exports, and export the model of that"
        )
    fitted, arrays = recorded(data.projection)
    ledger, carried = file.ledger, learnt.carried()
    audited = tuple((item, label) for item in request.audit if (label := ledger.person_label(item)) is not None)
    found, population = predict(request, Wanted(audited)), audit.population(request)
    names, numbers = ledger.classes, tuple(carried.living.tolist())
    ids = [data.item_ids[row] for row in learnt.rows.tolist()]
    recipe = Recipe(
        safe_text(short_name(items.dataset), 100),
        tuple(names[number] for number in numbers),
        numbers,
        carried.n_classes,
        carried.learner,
        carried.seed,
        tuple((item, names[label]) for item, label in zip(ids, carried.labels.tolist(), strict=True)),
        len(carried.features) - len(carried.rows),
        data.recipe or "",
        carried.features.shape[1],
        found.temperature,
        found.judged_by,
        audit.estimate(request.audit, found.guesses, population),
        population,
        fitted,
        versions(),
    )
    arrays |= {"features": carried.features, "rows": carried.rows, "pool": carried.pool, "offset": carried.offset}
    size = sum(array.nbytes for array in arrays.values())
    if size > _MOST_ARRAYS:
        raise UserError(f"the model takes {storage(size)}, more than the {storage(_MOST_ARRAYS)} that can go along")
    with new_folder(place) as made:
        np.savez(made / ARRAYS, **arrays)  # type: ignore[arg-type]
        with (made / ARRAYS).open("rb") as written:
            digest = digest_of(written)
        estimate = None if recipe.estimate is None else recipe.estimate._asdict()
        said = {"arrays": digest, "recipe": json.loads(json.dumps(asdict(recipe) | {"estimate": estimate}))}
        text = json_text({"format": FORMAT, "digest": _digest(said), **said}, indent=1)
        (made / RECIPE).write_text(text + "\n", encoding="utf-8")
    return Written(recipe, size, recipe.pool * carried.features.shape[1] * 8)


def _digest(said: dict[str, Any]) -> str:
    """Of all that a recipe says, whatever it is written like."""
    plain = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.blake2b(plain.encode(), digest_size=32).hexdigest()


def _check_ours(out: Path, place: Path) -> None:
    """Make sure that a folder is a model that was exported, with nothing else in it."""
    try:
        if place.is_symlink() or not place.is_dir() or not (place / RECIPE).is_file():
            raise UserError(f"{out} is no model that was exported, so it is not replaced; choose another name")
        others = sorted(path.name for path in place.iterdir() if path.name not in (RECIPE, ARRAYS))
    except OSError as error:
        raise UserError(f"cannot read {out}: {error.strerror}") from None
    if others:
        raise UserError(f"{others[0]} in {out} was not exported into it; move it away, or choose another name")


def read_model(folder: Path) -> Opened:
    """What is in the folder of a model.

    Raises
    ------
    UserError
        It is none, or not as it was written, or was written by another version that wrote it in another way.
    """
    try:
        recipe, digest = _said(folder)
        return _opened(recipe, Checked(all_numbers_in(folder / ARRAYS, digest, _MOST_ARRAYS)))
    except UserError as error:
        words = str(error)
        raise UserError(words if words.startswith(str(folder)) else f"{folder} is no model that can be used: {words}") from None


def _said(folder: Path) -> tuple[Recipe, str]:
    """The recipe in a folder, and the digest that its arrays must have."""
    path = folder / RECIPE
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder of a model; make one with al-tui export SESSION --model {folder.name or 'DIR'}")
    refuse_odd(path, folder / ARRAYS)
    for needed in (path, folder / ARRAYS):
        if not needed.exists():
            raise UserError(f"{needed.name} is missing; copy the whole folder")
    try:
        if path.stat().st_size > _MOST_TEXT:
            raise UserError(f"{path.name} is larger than any recipe")
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path.name} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError, MemoryError):
        raise UserError(f"{path.name} is no JSON; copy it anew") from None
    if not isinstance(found, dict) or not isinstance(found.get("format"), int):
        raise UserError(f"{path.name} is no recipe of al-tui")
    if found["format"] != FORMAT:
        raise UserError(f"it has format {found['format']}, and this al-tui reads format {FORMAT}; export it with this one")
    digest = found.get("arrays")
    said = {"arrays": digest, "recipe": found.get("recipe")}
    if not isinstance(digest, str) or found.get("digest") != _digest(said):
        raise UserError(f"{path.name} is not what was written; copy it anew, and change nothing in it")
    try:
        return Reader(Recipe).take(found["recipe"]), digest
    except Unreadable as error:
        raise UserError(f"{path.name} {error}") from None


def _opened(recipe: Recipe, arrays: Checked) -> Opened:
    """What a recipe and arrays make, if they go together."""
    place = dict(zip(recipe.classes, recipe.numbers, strict=False))
    numbers = np.array(recipe.numbers, dtype=np.int64)
    if not 0 < recipe.n_classes <= MOST_CLASSES or not len(place) == len(recipe.classes) == len(recipe.numbers) > 0:
        raise UserError("its classes are none, or have names twice")
    if (np.diff(numbers) <= 0).any() or numbers[-1] >= recipe.n_classes:
        raise UserError("its classes have numbers that there are not")
    if not recipe.labels or not all(name in place for _, name in recipe.labels):
        raise UserError("it has no labels, or some of classes that there are not")
    if not 0 < recipe.temperature <= _HOTTEST:
        raise UserError("its temperature is none")
    items = len(recipe.labels) + recipe.pool
    features = arrays.numbers("features", items, recipe.width)
    rows, pool = arrays.places("rows", len(recipe.labels), items), arrays.places("pool", None, items)
    labels = np.array([place[name] for _, name in recipe.labels], dtype=np.int64)
    memo = with_offset(arrays.numbers("offset", recipe.width))
    learnt = Learnt(recipe.learner, recipe.seed, features, rows, labels, pool, recipe.n_classes, numbers, memo=memo)
    return Opened(recipe, learnt, fitted_of(recipe.fitted, arrays))
