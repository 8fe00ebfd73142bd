"""A model that goes along: of every kind of source it says to the last bit what `al-tui predict` says; nothing is trusted."""

from __future__ import annotations

import json
import shutil
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from al_core import Dataset, UserError, load_model
from al_core.data.kinds import load_dataset, read_dataset, read_more
from al_core.exchange.recipe import ARRAYS, RECIPE, Written, write_model
from al_core.labelling.delivery import described, items_of
from al_core.labelling.messages import Wanted
from al_core.labelling.model import predict
from al_core.sessions.actions import Choice, Labelled, Settings
from al_core.sessions.class_actions import ClassMerged
from al_core.sessions.store import SessionFile

CLASSES = ("bowl", "jug", "lid")
WORDS = {"bowl": "wide low open rim", "jug": "handle spout tall pour", "lid": "flat knob round cover"}
ITEMS, NEW = 60, 25
Source = tuple[dict[str, Any], Path, Any]
"""How a session is set up, new items as a file or folder, and the same in memory, where they can be."""


def numbers(seed: int, count: int) -> np.ndarray:
    return np.eye(3, 5)[np.arange(count) % 3] * 3 + np.random.default_rng(seed).normal(size=(count, 5))


def levels(seed: int, count: int, *colours: int) -> np.ndarray:
    found = np.random.default_rng(seed).integers(0, 80, (count, 16, 16, *colours), dtype=np.uint8)
    for row in range(count):
        found[row, :, 5 * (row % 3) : 5 * (row % 3) + 5] += 150
    return found


def texts(seed: int, count: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS[CLASSES[row % 3]].split(), 6)) + f" no. {row}{'!' * (row % 4)}" for row in range(count)]


def table(path: Path, seed: int, count: int) -> Path:
    rng = np.random.default_rng(seed)
    lines = ["pot,height,weight,colour,note"]
    for row in range(count):
        height = "" if row % 7 == 0 else f"{row % 3 + rng.normal() / 5:.3f}"
        colour = ("red", "grey", "blue")[(row + rng.integers(0, 2)) % 3] if row else "never seen"
        lines.append(f"p{seed}-{row},{height},{np.exp(3 * rng.normal()):.5g},{colour},{rng.choice(['a', 'b'])}")
    path.write_text("\n".join(lines) + "\n")
    return path


def digits(root: Path) -> Source:
    np.save(root / "new.npy", load_dataset("digits").X[:NEW] * 0.9)
    return {"dataset": "digits", "classes": tuple("0123456789")}, root / "new.npy", load_dataset("digits").X[:NEW] * 0.9


def arrays(root: Path) -> Source:
    np.savez(root / "pots.npz", X=numbers(0, ITEMS))
    np.savez(root / "new.npz", X=numbers(1, NEW), ids=[f"new {row}" for row in range(NEW)])
    return {"dataset": str(root / "pots.npz")}, root / "new.npz", numbers(1, NEW)


def pictures_in_an_array(root: Path) -> Source:
    np.savez(root / "pots.npz", images=levels(0, ITEMS) / 7.0)
    np.save(root / "new.npy", levels(1, NEW) / 7.0)
    return {"dataset": str(root / "pots.npz")}, root / "new.npy", levels(1, NEW) / 7.0


def pictures(root: Path) -> Source:
    for name, seed, count in (("pots", 0, ITEMS), ("new", 1, NEW)):
        (root / name).mkdir()
        for row, picture in enumerate(levels(seed, count, 3)):
            Image.fromarray(picture).save(root / name / f"{row:03}.png")
    return {"dataset": str(root / "pots")}, root / "new", None


def rows_of_a_table(root: Path) -> Source:
    return {"dataset": str(table(root / "pots.csv", 0, ITEMS)), "id_column": "pot"}, table(root / "new.csv", 1, NEW), None


def texts_in_files(root: Path) -> Source:
    for name, seed, count in (("pots", 0, ITEMS), ("new", 1, NEW)):
        (root / name).mkdir()
        for row, text in enumerate(texts(seed, count)):
            (root / name / f"{row:03}.txt").write_text(text)
    return {"dataset": str(root / "pots")}, root / "new", texts(1, NEW)


def texts_in_a_table(root: Path) -> Source:
    for name, seed, count in (("pots", 0, ITEMS), ("new", 1, NEW)):
        (root / f"{name}.jsonl").write_text("".join(json.dumps({"said": text}) + "\n" for text in texts(seed, count)))
    return {"dataset": str(root / "pots.jsonl"), "text_column": "said"}, root / "new.jsonl", texts(1, NEW)


def own_features(root: Path) -> Source:
    settings, _, _ = pictures(root)
    np.save(root / "mine.npy", numbers(0, ITEMS))
    np.save(root / "new.npy", numbers(1, NEW))
    return {**settings, "embeddings": str(root / "mine.npy")}, root / "new.npy", numbers(1, NEW)


SOURCES = (
    digits,
    arrays,
    pictures_in_an_array,
    pictures,
    rows_of_a_table,
    texts_in_files,
    texts_in_a_table,
    own_features,
)


def begun(root: Path, settings: dict[str, Any], learner: str, audit: int = 9, labels: int = 24) -> tuple[SessionFile, Any]:
    """A session in which so many items have a label, and some more are to measure by."""
    settings = {"classes": CLASSES, "own_classes": settings["dataset"] != "digits", "audit": 0.2, **settings}
    items = items_of(Settings(fingerprint="", learner=learner, **settings))
    file = SessionFile.create(root / "a.session", Settings(fingerprint=items.fingerprint, learner=learner, **settings), "ann")
    count = len(settings["classes"])
    pool = sorted(items.row_of.values())[: labels + audit]
    answers = [
        Labelled(
            items.ids[row], items.truth[row] if items.truth else row % count, Choice("strategy" if at < labels else "audit")
        )
        for at, row in enumerate(pool)
    ]
    file.append(answers, "ann")
    return file, items


def exported(root: Path, source: Callable[[Path], Source], learner: str, **more: int) -> tuple[np.ndarray, Written, Source]:
    """What `al-tui predict` says of new items, and the model as a folder ``model``."""
    found = source(root)
    file, items = begun(root, found[0], learner, **more)
    with file:
        request, _ = described(file, items)
        audited = tuple((item, label) for item in request.audit if (label := file.ledger.person_label(item)) is not None)
        said = predict(request, Wanted(audited, more=str(found[1])))
        written = write_model(file, items, root / "model")
    assert said.temperature != 1.0
    return said.probabilities, written, found


@pytest.mark.parametrize("source", SOURCES)
def test_it_says_what_predict_says_to_the_last_bit(tmp_path: Path, source: Callable[[Path], Source]) -> None:
    learner = (
        "stack(gaussian_field,logistic)"
        if source in (rows_of_a_table, texts_in_files)
        else "soft_vote(gaussian_field,random_forest(trees=10))"
    )
    said, written, (_, new, here) = exported(tmp_path, source, learner)
    assert written.recipe.pool > 0
    for name in ("pots", "pots.npz", "pots.csv", "pots.jsonl", "mine.npy"):  # nothing but the folder is needed
        path = tmp_path / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    with warnings.catch_warnings(action="error"):
        model = load_model(tmp_path / "model")
    np.testing.assert_array_equal(model.predict_proba(new), said)
    assert model.predict(str(new)).tolist() == [model.classes[best] for best in said.argmax(axis=1)]
    assert len(set(model.predict(new).tolist())) == len(model.classes) == (10 if source is digits else 3)
    if here is not None:
        np.testing.assert_array_equal(model.predict_proba(here), said)
        half = load_model(tmp_path / "model").predict_proba(here[:7])
        np.testing.assert_allclose(half, said[:7], atol=1e-12)
    assert len(model.read(new).item_ids) == NEW


@pytest.mark.parametrize("learner", ["logistic", "knn", "naive_bayes", "mlp", "stack(logistic,random_forest(trees=10))"])
def test_where_labelled_items_are_enough_no_others_go_along(tmp_path: Path, learner: str) -> None:
    def far_away(root: Path) -> Source:
        settings, new, here = arrays(root)
        far = np.array([0, 0, 5000, 0, 0])
        for path, seed, count in ((root / "pots.npz", 0, ITEMS), (new, 1, NEW)):
            np.savez(path, X=numbers(seed, count) + far)  # so that features are moved before they are learnt
        return settings, new, here + far

    said, written, (_, new, here) = exported(tmp_path, far_away, learner)
    assert (written.recipe.pool, written.pool_size) == (0, 0)
    with np.load(tmp_path / "model" / ARRAYS) as found:
        assert found["features"].shape == (24, 5)
    model = load_model(tmp_path / "model")
    np.testing.assert_array_equal(model.predict_proba(new), said)
    np.testing.assert_array_equal(model.predict_proba(here), said)


def test_asked_twice_it_has_not_learnt_what_it_was_asked(tmp_path: Path) -> None:
    said, _, (_, _, here) = exported(tmp_path, arrays, "gaussian_field")
    model = load_model(tmp_path / "model")
    model.predict_proba(here[::-1])
    np.testing.assert_array_equal(model.predict_proba(here), said)


def test_classes_that_became_one_are_one(tmp_path: Path) -> None:
    settings, new, _ = arrays(tmp_path)
    file, items = begun(tmp_path, settings, "knn")
    with file:
        file.append([ClassMerged(2, 1)], "ann")
        request, _ = described(file, items)
        audited = tuple((item, label) for item in request.audit if (label := file.ledger.person_label(item)) is not None)
        said = predict(request, Wanted(audited, more=str(new)))
        write_model(file, items, tmp_path / "model")
    model = load_model(tmp_path / "model")
    assert model.classes == ("bowl", "jug")
    np.testing.assert_array_equal(model.predict_proba(new), said.probabilities[:, :2])


def test_the_folder_says_what_it_is_and_is_replaced_only_when_asked(tmp_path: Path) -> None:
    settings, _, _ = arrays(tmp_path)
    file, items = begun(tmp_path, settings, "logistic")
    with file:
        written = write_model(file, items, tmp_path / "model")
        first = {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()}
        with pytest.raises(UserError, match="is there already; choose another name or use --force"):
            write_model(file, items, tmp_path / "model")
        write_model(file, items, tmp_path / "model", force=True)
        assert {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()} == first, "the same labels, the same"
        (tmp_path / "model" / "mine").touch()
        with pytest.raises(UserError, match=r"mine in .* was not exported into it"):
            write_model(file, items, tmp_path / "model", force=True)
        with pytest.raises(UserError, match="is no model that was exported"):
            write_model(file, items, tmp_path, force=True)
    assert sorted(first) == [ARRAYS, RECIPE]
    said = json.loads(first[RECIPE])["recipe"]
    assert (said["dataset"], said["classes"], said["learner"], said["seed"]) == ("pots.npz", list(CLASSES), "logistic", 0)
    assert said["labels"] == [[items.ids[row], CLASSES[row % 3]] for row in range(24)]
    assert said["estimate"]["asked"] == 9
    assert str(tmp_path).encode() not in first[RECIPE], "where the data lies is nobody's business"
    assert written.size > 24 * 5 * 8
    model = load_model(tmp_path / "model")
    assert (model.learner, model.labels) == ("logistic", 24)
    assert model.estimate is not None
    assert model.estimate.asked == 9


def test_other_versions_are_a_warning_and_another_format_is_an_error(tmp_path: Path) -> None:
    _, _, (_, new, _) = exported(tmp_path, arrays, "logistic")
    rewritten(tmp_path / "model", lambda said: said["versions"].update(sklearn="0.1"))
    with pytest.warns(UserWarning, match=r"model was written with sklearn 0\.1 instead of .*: it may say other probabilities"):
        model = load_model(tmp_path / "model")
    assert len(model.predict(new)) == NEW
    whole = json.loads((tmp_path / "model" / RECIPE).read_text())
    (tmp_path / "model" / RECIPE).write_text(json.dumps(whole | {"format": 2}))
    with pytest.raises(UserError, match="it has format 2, and this al-tui reads format 1"):
        load_model(tmp_path / "model")


def rewritten(folder: Path, change: Callable[[dict[str, Any]], None], arrays: dict[str, Any] | None = None) -> None:
    """Change what is in a folder, and have its digests say that it was written so: as somebody would who means harm."""
    from al_core.exchange import recipe

    whole = json.loads((folder / RECIPE).read_text())
    change(whole["recipe"])
    if arrays is not None:
        with np.load(folder / ARRAYS) as found:
            there = dict(found) | arrays
        np.savez(folder / ARRAYS, **{name: array for name, array in there.items() if array is not None})
        with (folder / ARRAYS).open("rb") as file:
            whole["arrays"] = recipe.digest_of(file)
    said = {"arrays": whole["arrays"], "recipe": whole["recipe"]}
    (folder / RECIPE).write_text(json.dumps(whole | {"digest": recipe._digest(said)}))


def set_to(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda said: said.update(values)


HOSTILE: dict[str, tuple[Callable[[dict[str, Any]], None], dict[str, Any] | None, str]] = {
    "code": (set_to(learner="os:system"), None, "names the learner os:system, which is code to run"),
    "no learner": (set_to(learner="nothing"), None, "no learner 'nothing'"),
    "a class that is none": (set_to(classes=["bowl", "jug", "cup"]), None, "some of classes that there are not"),
    "a class twice": (set_to(classes=["bowl", "jug", "jug"]), None, "have names twice"),
    "numbers of classes": (set_to(numbers=[0, 1, 7]), None, "have numbers that there are not"),
    "no order": (set_to(numbers=[0, 2, 1]), None, "have numbers that there are not"),
    "too many classes": (set_to(n_classes=10**9), None, "its classes are none"),
    "no labels": (set_to(labels=[]), None, "it has no labels"),
    "fewer labels": (lambda said: said["labels"].pop(), None, "array features has the shape"),
    "no temperature": (set_to(temperature=0), None, "its temperature is none"),
    "wide": (set_to(width=6), None, "array features has the shape"),
    "a field more": (set_to(more=1), None, "cannot be read: Object contains unknown field"),
    "objects": (set_to(), {"rows": np.array([None] * 24)}, "it holds Python objects, which are never unpickled"),
    "rows beyond": (set_to(), {"rows": np.arange(24) + 1}, "array rows has places that there are not"),
    "texts": (set_to(), {"offset": np.array(["a"] * 5)}, "save numbers"),
    "missing": (set_to(), {"offset": None}, "its array offset is missing or of another kind"),
    "no numbers": (set_to(), {"offset": np.full(5, np.nan)}, "numbers that nothing can be computed with"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_made_to_do_harm_is_one_line(tmp_path: Path, name: str) -> None:
    change, arrays_in_it, words = HOSTILE[name]
    _, _, (_, new, _) = exported(tmp_path, arrays, "logistic")
    rewritten(tmp_path / "model", change, arrays_in_it)
    with pytest.raises(UserError) as refused:
        load_model(tmp_path / "model").predict(new)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def fitted_on(said: dict[str, Any], what: str, **values: Any) -> None:
    said["fitted"][what].update(values)


def test_features_that_do_not_go_together_are_one_line(tmp_path: Path) -> None:
    for number, (source, change, arrays_in_it, words) in enumerate(
        (
            (rows_of_a_table, lambda said: said["fitted"]["columns"]["learnt"].pop(), None, "features; what was labelled has"),
            (rows_of_a_table, set_to(), {"columns.plain.scale": np.zeros(1)}, "nothing can be divided by"),
            (rows_of_a_table, set_to(), {"columns.knots.0.values": np.zeros(60)}, "its ranks have no order"),
            (texts_in_files, lambda said: said["fitted"]["texts"]["halves"][0]["terms"].pop(), None, "does not go with"),
            (texts_in_files, set_to(), {"writing.mean": np.zeros(3)}, "array writing.mean has the shape"),
            (pictures_in_an_array, lambda said: fitted_on(said, "pictures", scale=0.0), None, "pictures that there are not"),
            (pictures_in_an_array, set_to(), {"pictures.centre": np.zeros(2)}, "array pictures.centre has the shape"),
        )
    ):
        root = tmp_path / str(number)
        root.mkdir()
        _, _, (_, new, _) = exported(root, source, "naive_bayes")
        rewritten(root / "model", change, arrays_in_it)
        with pytest.raises(UserError, match=words) as refused:
            load_model(root / "model").predict(new)
        assert "\n" not in str(refused.value)


def test_what_was_changed_cut_off_or_lost_on_the_way_is_one_line(tmp_path: Path) -> None:
    exported(tmp_path, arrays, "logistic")
    recipe, whole = (tmp_path / "model" / RECIPE).read_bytes(), (tmp_path / "model" / ARRAYS).read_bytes()
    for name, content, words in (
        (RECIPE, recipe.replace(b'"seed": 0', b'"seed": 1'), "is not what was written"),
        (RECIPE, recipe[: len(recipe) // 2], "is no JSON"),
        (RECIPE, b"[" * 100_000, "is no JSON"),
        (RECIPE, b"[]", "is no recipe of al-tui"),
        (ARRAYS, whole[:-100], "is not the file that was written"),
        (ARRAYS, whole.replace(b"\0\0\0\0", b"\0\1\0\0", 1), "is not the file that was written"),
        (RECIPE, None, "recipe.json is missing"),
        (ARRAYS, None, "arrays.npz is missing"),
    ):
        path, before = tmp_path / "model" / name, {RECIPE: recipe, ARRAYS: whole}[name]
        path.write_bytes(content) if content is not None else path.unlink()
        with pytest.raises(UserError) as refused:
            load_model(tmp_path / "model")
        assert words in str(refused.value)
        assert "\n" not in str(refused.value)
        path.write_bytes(before)
    assert load_model(tmp_path / "model").labels == 24
    with pytest.raises(UserError, match="is no folder of a model; make one with al-tui export SESSION --model nothing"):
        load_model(tmp_path / "nothing")


def test_an_archive_that_unpacks_to_more_than_there_is_room_for_is_refused(tmp_path: Path) -> None:
    from al_core.data.array_files import all_numbers_in, digest_of

    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.npy", "w") as member:
        np.lib.format.write_array_header_1_0(member, {"descr": "|u1", "fortran_order": False, "shape": (1 << 22,)})
        member.write(bytes(1 << 22))
    with (tmp_path / "bomb.npz").open("rb") as file:
        digest = digest_of(file)
    with pytest.raises(UserError, match="unpacks to more than"):
        all_numbers_in(tmp_path / "bomb.npz", digest, 1 << 21)
    assert len(all_numbers_in(tmp_path / "bomb.npz", digest, 1 << 22)["a"]) == 1 << 22


def test_code_is_run_where_one_names_it_and_other_kinds_are_refused(tmp_path: Path) -> None:
    named = "sklearn.neighbors:KNeighborsClassifier(n_neighbors=3)"
    said, written, (_, new, _) = exported(tmp_path, texts_in_files, named)
    assert written.recipe.pool > 0, "nobody knows what it looks at"
    with pytest.raises(UserError, match="which is code to run; to have it run, name it yourself"):
        load_model(tmp_path / "model")
    model = load_model(tmp_path / "model", learner=named)
    np.testing.assert_array_equal(model.predict_proba(new), said)
    np.save(tmp_path / "numbers.npy", np.zeros((3, 5)))
    for data, words in (
        (tmp_path / "numbers.npy", "is of another kind than what was labelled"),
        (tmp_path / "nowhere", "there is no file or folder"),
        (np.zeros((3, 5)), "texts were labelled; give a list of texts"),
        ([], "texts were labelled; give a list of texts"),
        (Dataset("others", np.zeros((3, 5)), [-1] * 3, CLASSES), "there are 5 features; what was labelled has"),
    ):
        with pytest.raises(UserError) as refused:
            model.predict(data)
        assert words in str(refused.value)


def test_what_cannot_go_along_is_said(tmp_path: Path) -> None:
    settings, _, _ = arrays(tmp_path)
    np.save(tmp_path / "told.npy", np.full((ITEMS, 3), 1 / 3))
    file, items = begun(tmp_path, {**settings, "probabilities": str(tmp_path / "told.npy")}, "soft_vote(knn)")
    with (
        file,
        pytest.raises(UserError, match=r"hears predictions of your own as well.*; begin a session without --probabilities"),
    ):
        write_model(file, items, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_own_features_of_new_items_are_rows_of_numbers_and_nothing_else(tmp_path: Path) -> None:
    settings, new, here = own_features(tmp_path)
    pool = read_dataset(settings["dataset"], CLASSES, embeddings=settings["embeddings"])
    np.testing.assert_array_equal(read_more(new, pool).X, here)
    with pytest.raises(UserError, match=r"nobody knows them; give those features, in a \.npy or \.npz file"):
        read_more(Path(settings["dataset"]), pool)
    (tmp_path / "again").mkdir()
    exported(tmp_path / "again", own_features, "knn")
    with pytest.raises(UserError, match="nobody knows them; give those features"):
        load_model(tmp_path / "again" / "model").predict(settings["dataset"])
