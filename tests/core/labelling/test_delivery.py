"""Labels to take home: whose each is, that new items are spoken of by the very model, how sure, and what is measured."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from labelled_digits import begun, save, truth

from al_core.data.kinds import read_dataset
from al_core.data.origin import Places
from al_core.ground.errors import UserError
from al_core.labelling.delivery import deliver, described, items_of
from al_core.labelling.messages import Wanted
from al_core.labelling.model import model_round, predict
from al_core.measures.audit import audit_interval
from al_core.measures.calibration import calibration_error, log_loss
from al_core.sessions.actions import ClassAdded, Labelled, MachineLabelled, Settings
from al_core.sessions.store import SessionFile

ROWS = np.arange(300)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return save(tmp_path / "scans.npz", ROWS)


def test_whose_each_label_is(tmp_path: Path, data: Path) -> None:
    file, items = begun(tmp_path / "s.session", data, ROWS, labels=60, audit=30)
    with file:
        open_ = [item for item in items.ids if item not in file.ledger.answers][:2]
        file.append([MachineLabelled("truth", None, ((open_[0], 7),))], "ann")
        file.append([MachineLabelled("model", 0.9, ((open_[1], 3),))], "ann")
        found = deliver(file, items)
        answers = file.ledger.answers
    assert [entry.item for entry in found.items] == [*items.ids]
    assert [entry.name for entry in found.items] == [f"scan {row}" for row in ROWS]
    assert Counter(entry.by for entry in found.items) == {"person": 90, "truth": 1, "predicted": 207, "": 2}
    assert Counter(entry.status for entry in found.items) == {"label": 91, "bad": 2, "unsure": 2, "open": 205}
    for entry in found.items:
        given = answers.get(entry.item)
        if entry.by == "person":
            assert given is not None
            assert given.label is not None
            assert (entry.label, entry.probability) == (found.classes[given.label], None)
        elif entry.by == "predicted":
            assert entry.label == found.classes[int(np.argmax(entry.probabilities))]
            assert sum(entry.probabilities) == pytest.approx(1.0)
            assert entry.probability == max(entry.probabilities)
    said = {entry.item: entry for entry in found.items}
    assert (said[open_[0]].by, said[open_[0]].label, said[open_[1]].by) == ("truth", "7", "predicted")
    predicted = [(int(entry.label), int(truth(ROWS)[row])) for row, entry in enumerate(found.items) if entry.by == "predicted"]
    assert np.mean([label == right for label, right in predicted]) > 0.7


def test_what_was_drawn_to_measure_by_measures_a_model_that_has_not_learnt_it(tmp_path: Path, data: Path) -> None:
    file, items = begun(tmp_path / "s.session", data, ROWS, labels=60, audit=30)
    with file:
        plain, last = deliver(file, items), deliver(file, items, learn_audited=True)
        request, audit = described(file, items)
        reply = model_round(request)
        given = [file.ledger.answers[item] for item in request.audit]
    assert (plain.labels, last.labels) == (60, 90)
    assert plain.estimate == last.estimate == audit.estimate(request.audit, reply.audit, 300 - 60 - 2)
    assert plain.estimate is not None
    right = sum(answer.label == guess for answer, guess in zip(given, reply.audit, strict=True))
    assert plain.estimate[:3] == (right, 31, 1)
    assert plain.estimate[3:] == audit_interval(right, 31, 238, unknown=1)
    assert plain.population == 238
    assert plain.most_wrong == min(208, round(238 * (1 - plain.estimate.lower)))
    assert last.most_wrong is None
    assert plain.judged_by == (30, 60)
    assert last.judged_by == (30, 60), "judged in folds, for the model has learnt them"
    assert {entry.item for entry in plain.items} == {entry.item for entry in last.items}
    assert [entry.probabilities for entry in plain.items] != [entry.probabilities for entry in last.items]


LEARNERS = (
    "gaussian_field",
    "logistic",
    "random_forest(trees=20)",
    "knn",
    "naive_bayes",
    "svm",
    "soft_vote(gaussian_field,knn)",
)


@pytest.mark.parametrize("learner", LEARNERS)
def test_new_items_are_spoken_of_by_the_very_model_and_change_nothing_of_it(tmp_path: Path, data: Path, learner: str) -> None:
    file, items = begun(tmp_path / "s.session", data, ROWS, labels=50, audit=20, learner=learner)
    more = save(tmp_path / "more.npz", np.arange(280, 420))
    with file:
        request, _ = described(file, items)
        before = predict(request, Wanted())
        beside = predict(request, Wanted(more=str(more)))
        again = predict(request, Wanted())
        half = predict(request, Wanted(more=str(save(tmp_path / "half.npz", np.arange(350, 420)))))
        found = deliver(file, items, more=more)
        answered = {item for item, given in file.ledger.answers.items() if given.label is not None}
    np.testing.assert_array_equal(before.probabilities, again.probabilities)
    np.testing.assert_allclose(half.probabilities, beside.probabilities[70:], atol=1e-12)
    assert (before.temperature, before.guesses) == (beside.temperature, beside.guesses)
    assert beside.items == read_dataset(more, [*"0123456789"]).item_ids
    assert beside.names[0] == "scan 280"
    new = np.array([entry.by == "predicted" for entry in found.items])
    assert {entry.item for entry in found.items if entry.by == "person"} == answered & set(beside.items)
    labels = truth(np.arange(280, 420))
    assert np.mean(beside.probabilities.argmax(axis=1)[new] == labels[new]) > 0.5
    if learner.partition("(")[0] not in ("gaussian_field", "soft_vote"):  # those know items of the pool as nodes
        place = {item: row for row, item in enumerate(before.items)}
        here = [place[item] for item in beside.items[:20]]
        np.testing.assert_allclose(beside.probabilities[:20], before.probabilities[here], atol=1e-9)


@pytest.mark.parametrize("learner", ["gaussian_field", "logistic", "random_forest(trees=50)"])
def test_probabilities_are_as_sure_as_they_are_right_on_items_that_nobody_has_labelled(tmp_path: Path, learner: str) -> None:
    rows, losses, errors = np.arange(900), [], []
    data = save(tmp_path / "scans.npz", rows)
    for seed in range(3):
        file, items = begun(tmp_path / f"{seed}.session", data, rows, labels=60, audit=30, seed=seed, learner=learner)
        with file:
            request, _ = described(file, items)
            audited = tuple((item, label) for item in request.audit if (label := file.ledger.person_label(item)) is not None)
            answers = file.ledger.answers
        found = predict(request, Wanted(audited))
        free = np.array([row for row, item in enumerate(items.ids) if item not in answers])
        tempered, labels = found.probabilities[free], truth(rows)[free]
        plain = plain_probabilities(request, free)
        np.testing.assert_array_equal(tempered.argmax(axis=1), plain.argmax(axis=1))
        losses.append(log_loss(plain, labels) - log_loss(tempered, labels))
        errors.append(calibration_error(plain, labels) - calibration_error(tempered, labels))
    if learner == "gaussian_field":  # its own labels have made it as sure as it is right already
        assert np.mean(losses) > -0.01
        assert np.mean(errors) > -0.01
    else:
        assert min(losses) > 0.05
        assert min(errors) > 0.05


def plain_probabilities(request, rows):
    """What the model says before anything is made of it."""
    from al_core.labelling import model, opening

    task = opening.task_of(request.spec, request.origin, request.added)
    given = model._known(task, request)
    return model._fit(task, given).probabilities(rows)


def test_a_class_that_was_added_is_predicted_as_well(tmp_path: Path, data: Path) -> None:
    file, items = begun(tmp_path / "s.session", data, ROWS, labels=30, audit=0)
    with file:
        file.append([ClassAdded(10, "fox")], "ann")
        file.append([Labelled(next(item for item in items.ids if item not in file.ledger.answers), 10)], "ann")
        found = deliver(file, items)
    assert found.classes[-1] == "fox"
    assert all(len(entry.probabilities) in (0, 11) for entry in found.items)
    assert found.estimate is None
    assert found.most_wrong is None
    assert found.judged_by[0] == 0


def test_what_cannot_be_is_refused(tmp_path: Path, data: Path) -> None:
    settings = Settings(str(data), "", tuple("0123456789"), own_classes=True)
    items = items_of(settings)
    empty = SessionFile.create(tmp_path / "empty.session", replace(settings, fingerprint=items.fingerprint), "ann")
    with empty, pytest.raises(UserError, match=r"empty\.session: no item of scans\.npz is labelled that a model may learn"):
        deliver(empty, items)
    file, items = begun(tmp_path / "s.session", data, ROWS, labels=20, audit=0)
    others = save(tmp_path / "others.npz", np.arange(700, 800))
    with file:
        with pytest.raises(UserError, match="is about another data set"):
            deliver(file, items_of(settings, Places(str(others))))
        np.save(tmp_path / "wide.npy", np.zeros((3, 9, 9), np.uint8))
        with pytest.raises(UserError, match="come to the shape 9×9, those that were labelled to 8×8"):
            deliver(file, items, more=tmp_path / "wide.npy")
