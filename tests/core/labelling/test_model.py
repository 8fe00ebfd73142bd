"""The worker's part, on the real digits: what a model learns, what it asks, and which labels it doubts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from al_core.data.readers.bundled import load_digits
from al_core.ground.errors import UserError
from al_core.labelling import model, opening
from al_core.labelling.messages import ModelRequest
from al_core.labelling.model import claim_holds, confident_labels, explain_item, find_suspects, model_round
from al_core.labelling.opening import open_items
from al_core.learners.estimator import EstimatorModel
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.measures import agreement
from al_core.run.round import learn
from al_core.run.state import RunState
from al_core.strategies import context
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task

SPEC = TaskSpec(learner="logistic", batch=4)


@pytest.fixture(scope="module")
def digits():
    return open_items(SPEC)


def request(digits, count: int, **changes) -> ModelRequest:
    rows = [*digits.start, *(row for row in digits.pool if row not in digits.start)][:count]
    labels = tuple((digits.ids[row], digits.truth[row]) for row in rows)
    return replace(ModelRequest(SPEC, "margin", labels, (), count), **changes)


def test_the_person_is_asked_about_start_and_pool_but_never_about_test_rows(digits):
    task = make_task(SPEC)
    assert set(digits.start) == set(task.initial.tolist())
    assert digits.pool == tuple(np.union1d(task.pool, task.initial).tolist())
    assert digits.fingerprint == load_digits().fingerprint
    assert len(digits.row_of) == len(digits.pool)


def test_of_a_mix_a_round_says_what_each_member_knew(digits):
    asked = request(digits, 40)
    assert model_round(asked).voices == ()
    voices = model_round(replace(asked, spec=replace(SPEC, learner="stack(gaussian_field,logistic)"))).voices
    assert [voice.name for voice in voices] == ["gaussian_field", "logistic"]
    assert sum(voice.weight for voice in voices) == pytest.approx(1)
    assert all(0 < voice.right <= voice.judged <= 40 for voice in voices)


def test_a_model_is_asked_once_what_it_says_of_a_large_pool(digits, monkeypatch):
    """The strategy, the reserve and the expected error share it: of 100,000 items that is a second of a first model's five."""
    rows_asked: list[int] = []
    of = EstimatorModel.probabilities

    def counted(self: EstimatorModel, rows):
        rows_asked.append(len(rows))
        return of(self, rows)

    monkeypatch.setattr(EstimatorModel, "probabilities", counted)
    monkeypatch.setattr(context, "CHUNK", 200)
    reply = model_round(request(digits, 40, spec=replace(SPEC, learner="svm")))
    assert sum(rows_asked) == reply.candidates + len(reply.picks) + len(reply.reserve)


def nearest_of(row: int, labelled: list[int]) -> tuple[int, ...]:
    """The three labelled rows nearest to a row, by distances in whole numbers; of equally near ones the first."""
    pixels = np.rint(load_digits().X * 16).astype(int)
    return tuple(sorted(labelled, key=lambda other: (int(((pixels[other] - pixels[row]) ** 2).sum()), other))[:3])


@pytest.mark.parametrize("strategy", ["margin", "least_confidence"])
def test_a_round_measures_asks_and_explains(digits, strategy):
    """Everything in a reply beside the same by hand: nothing of it may be right because these items happen to be kind. What
    margin asks for is not in the reserve anyway; the batch of least_confidence would be all of its beginning."""
    asked = request(digits, 40, strategy=strategy)
    reply = model_round(asked)
    assert reply == model_round(asked)
    assert (reply.labels, reply.revision, reply.candidates) == (40, 40, len(digits.pool) - 40)
    assert reply.kappa is None

    data, task, given = load_digits(), make_task(SPEC), dict(asked.labels)
    labelled = [row for row in digits.pool if digits.ids[row] in given]
    rest = np.array([row for row in digits.pool if digits.ids[row] not in given])
    pool, seed = np.array(digits.pool), ("learner", SPEC.seed, 40)
    fitted = resolve_learner("logistic").fit(Training(data.X, np.array(labelled), data.y[labelled], 10, pool, seed))
    p = fitted.probabilities(rest)
    by_size = np.sort(p, axis=1)
    gaps, doubts = by_size[:, -1] - by_size[:, -2], 1.0 - by_size[:, -1]
    scores, wanted = (gaps, gaps) if strategy == "margin" else (doubts, -doubts)
    for order in (np.sort(wanted)[:6], np.sort(-doubts)[:40]):
        assert np.diff(order).min() > 1e-9  # no ties: there is one right answer
    first = np.argsort(wanted)[:4]
    assert [pick.row for pick in reply.picks] == rest[first].tolist()
    assert [pick.score for pick in reply.picks] == pytest.approx(scores[first].tolist())
    assert [pick.rank for pick in reply.picks] == [1, 2, 3, 4]
    unsure = [index for index in np.argsort(-doubts) if index not in first][:30]
    assert [pick.row for pick in reply.reserve] == rest[unsure].tolist()
    for picks, indices in ((reply.picks, first), (reply.reserve, unsure)):
        np.testing.assert_allclose([pick.probabilities for pick in picks], p[indices], rtol=1e-12)
    assert {(pick.score, pick.rank) for pick in reply.reserve} == {(None, None)}
    assert reply.accuracy == np.mean(fitted.predict(task.test) == data.y[task.test])
    assert reply.expected_error == pytest.approx(doubts.mean())
    assert reply.neighbours == tuple(nearest_of(pick.row, labelled) for pick in reply.picks)
    assert np.frombuffer(reply.predictions, "<i2").tolist() == fitted.predict(pool).tolist()


def test_the_model_is_that_of_the_race_when_the_labels_are(digits):
    task = make_task(SPEC)
    reply = model_round(request(digits, len(digits.start)))
    accuracy = float(np.mean(learn(task, RunState("margin")).predict(task.test) == task.dataset.y[task.test]))
    assert reply.accuracy == accuracy


def test_successive_predictions_are_compared(digits):
    first = model_round(request(digits, 40))
    same = model_round(request(digits, 40, previous=first.predictions))
    later = model_round(request(digits, 80, previous=first.predictions))
    assert same.kappa == 1.0
    labelled = {item for item, _ in request(digits, 80).labels}
    unlabelled = np.array([digits.ids[row] not in labelled for row in digits.pool])
    one, other = (np.frombuffer(reply.predictions, "<i2")[unlabelled] for reply in (first, later))
    chance = sum(np.mean(one == label) * np.mean(other == label) for label in range(10))
    assert later.kappa == pytest.approx((np.mean(one == other) - chance) / (1 - chance))
    assert 0.5 < later.kappa < 1.0


def test_predictions_are_compared_on_the_items_that_may_still_be_asked_for(digits, monkeypatch):
    first = model_round(request(digits, 40))
    later = request(digits, 80, previous=first.predictions)
    seen = []
    monkeypatch.setattr(agreement, "cohen_kappa", lambda before, now: seen.append((len(before), len(now))) or 0.5)
    reply = model_round(later)
    assert seen == [(reply.candidates, reply.candidates)]
    assert reply.kappa == 0.5


def test_naive_bayes_is_not_believed_and_a_model_that_is_right_is(digits):
    """After ten labels naive Bayes on digits expects to be wrong on one item in a thousand, and is on every second."""
    naive = replace(request(digits, 10), spec=replace(SPEC, learner="naive_bayes"))
    reply = model_round(naive)
    assert reply.expected_error < 0.01
    assert not claim_holds(naive)
    cells = TaskSpec("breast_cancer", "logistic", batch=4)
    items = open_items(cells)
    rows = [*items.start, *(row for row in items.pool if row not in items.start)][:380]
    good = ModelRequest(cells, "margin", tuple((items.ids[row], items.truth[row]) for row in rows), (), 380)
    reply = model_round(good)
    assert (reply.expected_error <= 0.02, reply.tested) == (True, 171)
    assert claim_holds(good)
    wrong = tuple((item, 1 - label if number % 8 == 0 else label) for number, (item, label) in enumerate(good.labels))
    assert model_round(replace(good, labels=wrong)).expected_error > 0.02


def test_skipped_items_are_not_asked_for(digits):
    reply = model_round(request(digits, 40))
    aside = tuple(digits.ids[pick.row] for pick in reply.picks)
    again = model_round(request(digits, 40, aside=aside))
    assert not {pick.row for pick in reply.picks} & {pick.row for pick in (*again.picks, *again.reserve)}
    assert again.candidates == reply.candidates - 4


def test_when_everything_is_labelled_the_model_is_still_measured(digits):
    reply = model_round(request(digits, len(digits.pool)))
    assert (reply.picks, reply.reserve, reply.candidates, reply.expected_error) == ((), (), 0, None)
    assert reply.accuracy > 0.9
    assert confident_labels(request(digits, len(digits.pool)), 0.5) == ()


def test_one_label_is_enough_and_none_is_told(digits):
    assert model_round(request(digits, 1)).labels == 1
    with pytest.raises(UserError, match="nothing is labelled"):
        model_round(request(digits, 0))


def test_any_item_can_be_explained(digits):
    asked = request(digits, 40)
    pick = model_round(asked).picks[0]
    labelled = [row for row in digits.pool if digits.ids[row] in dict(asked.labels)]
    explained = explain_item(asked, pick.row)
    assert (explained.pick.row, explained.neighbours) == (pick.row, nearest_of(pick.row, labelled))
    assert explained.pick.probabilities == pytest.approx(pick.probabilities)
    own = digits.start[0]
    assert explain_item(asked, own).neighbours == nearest_of(own, [row for row in labelled if row != own])


def test_confident_labels_are_those_above_the_bound_the_surest_first(digits):
    asked = request(digits, 200)
    found = confident_labels(asked, 0.9)
    assert 100 < len(found) < len(confident_labels(asked, 0.5)) < model_round(asked).candidates
    sure = [p for _, _, p in found]
    assert sure == sorted(sure, reverse=True)
    assert min(sure) >= 0.9
    assert np.mean([digits.truth[row] == label for row, label, _ in found]) > 0.95


def test_wrong_labels_are_suspected_first(digits):
    good = request(digits, 200)
    wrong = {item: (label + 5) % 10 for item, label in good.labels[50:60]}
    labels = tuple((item, wrong.get(item, label)) for item, label in good.labels)
    suspects = find_suspects(replace(good, labels=labels))
    assert len(suspects) == 200
    top = [digits.ids[suspect.row] for suspect in suspects[:12]]
    assert len(set(top) & set(wrong)) >= 8
    assert [suspect.confidence for suspect in suspects] == sorted(suspect.confidence for suspect in suspects)
    assert suspects[0].suggested != suspects[0].label


def test_luck_hangs_on_the_seed_and_on_how_much_is_labelled(digits, monkeypatch):
    """What a strategy draws, and which labels a model goes without when it judges them: on the same items and labels."""
    task = make_task(SPEC)
    monkeypatch.setattr(model, "task_of", lambda spec, *_: replace(task, spec=spec))

    def asked(seed: int, count: int, strategy: str = "random") -> frozenset[int]:
        spec = replace(SPEC, seed=seed, batch=20)
        return frozenset(pick.row for pick in model_round(request(digits, count, spec=spec, strategy=strategy)).picks)

    assert asked(0, 40) == asked(0, 40)
    assert len({asked(0, 40), asked(1, 40), asked(0, 41), asked(0, 40, "random#2")}) == 4
    doubts = [find_suspects(request(digits, 60, spec=replace(SPEC, seed=seed))) for seed in (0, 0, 1)]
    assert doubts[0] == doubts[1] != doubts[2]


def test_a_class_with_a_single_label_cannot_be_judged(digits):
    labels = tuple((digits.ids[row], number if number < 2 else 2) for number, row in enumerate(digits.start[:8]))
    assert {suspect.label for suspect in find_suspects(request(digits, 0, labels=labels))} == {2}
    alone = request(digits, 0, labels=tuple((digits.ids[row], number) for number, row in enumerate(digits.start)))
    assert find_suspects(replace(alone, spec=replace(SPEC, learner="naive_bayes"))) == ()


def test_all_rows_of_an_item_are_learnt_and_none_is_asked_for(monkeypatch):
    data = load_digits()
    X = data.X.copy()
    task = make_task(SPEC)
    a, b, *_ = task.pool.tolist()
    X[b] = X[a]
    twins = replace(task, dataset=replace(data, X=X), pool=np.union1d(task.pool, task.initial))
    monkeypatch.setattr(opening, "label_task", lambda spec, added: twins)
    items = open_items(SPEC)
    assert a in items.pool
    assert b not in items.pool
    asked = ModelRequest(SPEC, "margin", ((items.ids[a], 3), (items.ids[items.start[0]], 1)), (), 2)
    given = model._known(twins, asked)
    assert dict(zip(given.rows.tolist(), given.labels.tolist(), strict=True)) == {a: 3, b: 3, items.start[0]: 1}
    assert not {a, b} & set(given.candidates.tolist())
    nothing_of_it = replace(asked, labels=asked.labels[1:])
    assert {a, b} & set(model._known(twins, nothing_of_it).candidates.tolist()) == {a}


def test_items_have_the_names_of_their_first_rows(monkeypatch):
    data, task = load_digits(), make_task(SPEC)
    names = tuple(f"digits/{row}.png" for row in range(len(data.X)))
    named = replace(task, dataset=replace(data, item_names=names), pool=np.union1d(task.pool, task.initial))
    monkeypatch.setattr(opening, "label_task", lambda spec, added: named)
    items = open_items(SPEC)
    row = items.pool[3]
    assert items.name_of(items.ids[row]) == f"digits/{row}.png"
    assert items.name_of("nothing") == ""
