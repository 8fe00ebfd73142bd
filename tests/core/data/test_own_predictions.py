"""Predictions of one's own model: whose rows are whose, what is none, and the voice that they have in a vote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from al_core.data.identity import identity
from al_core.data.kinds import read_dataset, read_more
from al_core.data.origin import Origin
from al_core.ground.errors import UserError
from al_core.labelling.defaults import LEARNER, STRATEGY, by_data
from al_core.labelling.messages import ModelRequest, Wanted
from al_core.labelling.model import predict
from al_core.labelling.opening import open_items, task_of
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.sessions.settings import Settings
from al_core.task.spec import TaskSpec

CLASSES = ["a", "b", "c"]


def told(path: Path, rows: list[list[float]], **more: object) -> Path:
    if path.suffix == ".npz":
        np.savez(path, X=np.array(rows), **more)
    else:
        np.save(path, np.array(rows))
    return path


@pytest.fixture
def pots(tmp_path: Path) -> Path:
    (tmp_path / "pots.csv").write_text("size,kind\n3,red\n4,white\n5,red\n9,white\n")
    return tmp_path / "pots.csv"


SURE = [[0.9, 0.1, 0.0], [0.2, 0.7, 0.1], [0.0, 0.0, 1.0], [0.3, 0.3, 0.4]]


def test_they_stand_beside_any_source_in_order_or_by_name(pots: Path, tmp_path: Path) -> None:
    data = read_dataset(pots, CLASSES, probabilities=told(tmp_path / "p.npy", SURE))
    plain = read_dataset(pots, CLASSES)
    assert data.predictions is not None
    assert np.allclose(data.predictions, SURE)
    assert np.array_equal(data.X, plain.X)
    assert (data.item_ids, data.recipe) == (plain.item_ids, plain.recipe)
    assert data.fingerprint != plain.fingerprint
    names = ["row 4", "row 2", "row 1", "row 3"]
    by_name = read_dataset(pots, CLASSES, probabilities=told(tmp_path / "p.npz", SURE, ids=names))
    assert by_name.predictions is not None
    assert np.allclose(by_name.predictions, [SURE[2], SURE[1], SURE[3], SURE[0]])
    for name in "abcd":
        (tmp_path / "t").mkdir(exist_ok=True)
        (tmp_path / "t" / f"{name}.txt").write_text(f"some words of {name}")
    texts = read_dataset(tmp_path / "t", CLASSES, probabilities=tmp_path / "p.npy")
    assert texts.predictions is not None
    assert texts.predictions[2].tolist() == [0, 0, 1]
    both = read_dataset(pots, CLASSES, probabilities=tmp_path / "p.npy", embeddings=told(tmp_path / "e.npy", SURE))
    assert np.allclose(both.X, both.predictions)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row[:2] for row in SURE], r"p\.npy has 2 columns, and there are 3 classes; give the probability of each, .* a, b, c"),
        (SURE[:3], "there are 3 rows, and 4 rows in"),
        ([[1.2, -0.2, 0.0], *SURE[1:]], r"p\.npy: row 0 has no probabilities: they are at least 0 and together 1"),
        ([*SURE[:3], [0.9, 0.9, 0.9]], r"p\.npy: row 3 has no probabilities.*2\.7 together"),
        ([*SURE[:3], [np.nan, 0.0, 1.0]], r"p\.npy: row 3, column 0 is nan"),
    ],
)
def test_what_is_no_probability_of_a_class_is_refused_in_one_line(
    pots: Path, tmp_path: Path, rows: list[list[float]], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        read_dataset(pots, CLASSES, probabilities=told(tmp_path / "p.npy", rows))


def test_an_item_without_a_row_is_named_and_nothing_is_known_of_new_ones(pots: Path, tmp_path: Path) -> None:
    three = told(tmp_path / "p.npz", SURE[:3], ids=["row 1", "row 2", "row 4"])
    with pytest.raises(UserError, match=r"has no row for 1 items, the first of them 'row 3'"):
        read_dataset(pots, CLASSES, probabilities=three)
    pool = read_dataset(pots, CLASSES, probabilities=told(tmp_path / "p.npy", SURE))
    with pytest.raises(
        UserError, match="predictions of your own beside it, and of new items nobody knows them; import its labels"
    ):
        read_more(pots, pool)


def training(predictions: np.ndarray | None) -> Training:
    X = np.arange(12.0)[:, None]
    rows = np.array([0, 5, 11])
    return Training(X, rows, np.array([0, 1, 2]), 3, np.arange(12), ("a", 0, 1), {}, predictions)


@pytest.mark.parametrize("learner", ["soft_vote(logistic,knn)", "soft_vote(soft_vote(logistic,knn))", "soft_vote(logistic)"])
def test_they_are_one_voice_more_of_a_vote_however_it_is_nested(learner: str) -> None:
    mine = np.random.default_rng(0).dirichlet([1, 1, 1], 12)
    rows = np.arange(12)
    found = resolve_learner(learner)
    without, heard = (found.fit(training(said)).probabilities(rows) for said in (None, mine))
    voices = 3 if learner == "soft_vote(logistic,knn)" else 2
    assert np.allclose(heard, ((voices - 1) * without + mine) / voices)


def test_they_follow_the_classes_that_a_session_has_by_now(pots: Path, tmp_path: Path) -> None:
    told(tmp_path / "p.npy", SURE)
    origin = Origin(str(pots), tuple(CLASSES), probabilities=str(tmp_path / "p.npy"))
    spec = TaskSpec(origin.word, "soft_vote(logistic)", initial="typical")
    origin = open_items(spec, origin).origin

    def said(added: int, follows: tuple[int, ...]) -> np.ndarray:
        found = task_of(spec, origin, added, follows).predictions
        assert found is not None
        return found.round(3)

    assert np.allclose(said(0, ()), SURE)
    assert said(1, ()).tolist()[1] == [0.2, 0.7, 0.1, 0.0]  # nothing is known of what was added
    assert said(0, (0, 0, 2)).tolist()[1] == [0.9, 0.0, 0.1]  # dogs are cats now
    assert said(0, (0, 1, -1)).tolist()[1] == [0.222, 0.778, 0.0]
    assert said(0, (0, 1, -1)).tolist()[2] == [0.5, 0.5, 0.0]  # all that it said is of a class that is no more
    assert said(1, (0, 1, 3, 3)).tolist()[2] == [0.0, 0.0, 0.0, 1.0]


def test_with_them_a_session_begins_with_a_mix_and_another_learner_is_refused() -> None:
    settings = Settings("pots", "", (), probabilities="p.npy")
    begun = by_data(settings, 100, ())
    assert (begun.learner, begun.strategy) == (LEARNER, STRATEGY) == ("auto", "auto")
    assert by_data(replace(settings, strategy="entropy"), 100, ("strategy",)).learner == LEARNER
    with pytest.raises(UserError, match=r"are one voice of a vote, and the learner is knn; .* such as soft_vote\(knn\)"):
        by_data(replace(settings, learner="knn"), 100, ("learner",))


def test_all_of_a_large_pool_are_labelled_with_the_predictions_of_each(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(60, 2))
    np.save(tmp_path / "x.npy", X)
    mine = np.eye(3)[np.arange(60) % 3] * 0.94 + 0.02
    np.save(tmp_path / "p.npy", mine)
    origin = Origin(str(tmp_path / "x.npy"), tuple(CLASSES), most=20, probabilities=str(tmp_path / "p.npy"))
    spec = TaskSpec(origin.word, "soft_vote(logistic)", initial="typical")
    items = open_items(spec, origin)
    assert len(items.pool) == 20
    labels = tuple((items.ids[row], number % 3) for number, row in enumerate(items.pool[:3]))
    request = ModelRequest(spec, "margin", labels, (), 3, origin=items.origin)
    found = predict(request, Wanted(tempered=False))
    assert len(found.items) == 60
    by_item = dict(zip(found.items, found.probabilities, strict=True))
    for row in range(60):  # the other voice hears three labels at random; this one is sure, and each is heard on its own row
        assert by_item[identity(X[row].tobytes())][row % 3] >= 0.47
