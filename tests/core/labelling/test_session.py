"""A person at work: what is shown next, what a key does, and what happens to the model's answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from at_work import answer, learn

from al_core.data.facts import UNKNOWN
from al_core.ground.errors import UserError
from al_core.labelling.messages import Explained
from al_core.labelling.session import LabelSession
from al_core.run.state import Pick
from al_core.sessions.events import Seen


@pytest.fixture
def session(path, settings, items, clock):
    session = LabelSession.create(path, settings, items, "ann", clock=clock)
    yield session
    session.close()


def test_the_start_comes_first_then_the_strategy_then_its_reserve_then_chance(session):
    assert [answer(session), answer(session)] == [3, 1]
    assert session.stale
    assert learn(session, 7, reserve=(5, 0)) is None
    assert not session.stale
    shown = [(answer(session), session.ledger.done[-1].kind) for _ in range(1)]
    assert shown == [(7, "label")]
    offers = []
    while (offer := session.next()) is not None:
        offers.append((offer.row, offer.how))
        session.skip(offer.item)
    assert offers[:2] == [(5, "last_good"), (0, "last_good")]
    assert {how for _, how in offers[2:]} == {"random"}
    assert sorted(row for row, _ in offers) == [0, 2, 4, 5, 6, 8, 9]


def test_without_a_model_the_order_is_random_but_the_same_for_the_same_seed(tmp_path, settings, items):
    def order(seed: int) -> list[int]:
        one = replace(settings, seed=seed)
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.session"
        session = LabelSession.create(path, one, items, "ann")
        rows = [answer(session) for _ in range(10)]
        session.close()
        return rows

    assert order(1) == order(1) != order(2)


def test_an_item_stays_on_the_screen_until_it_is_answered_whatever_the_model_says(session):
    for _ in range(2):
        answer(session)
    learn(session, 7)
    shown = session.next()
    session.label(session.items.ids[2], 1)
    learn(session, 4, reserve=(8,))
    assert session.next().row == shown.row == 7
    session.skip(shown.item)
    first = session.next()
    session.label(first.item, 0)
    second = session.next()
    assert [(offer.row, offer.how) for offer in (first, second)] == [(4, "strategy"), (8, "last_good")]


def test_an_answer_belongs_to_the_item_it_names_even_when_another_is_on_the_screen(session):
    first = session.next()
    session.jump(session.items.ids[9])
    session.label(first.item, 2, Seen(visible=True, seconds=0.5))
    assert session.ledger.person_labels == {first.item: 2}
    assert session.offer.row == 9


def test_resuming_goes_on_at_the_very_item(session, path, items):
    answer(session)
    answer(session)
    learn(session, 7, 8)
    offer = session.next()
    session.close()
    again = LabelSession.resume(path, items, "ben")
    assert (again.offer.item, again.offer.how) == (offer.item, "strategy")
    again.label(offer.item, 1)
    assert again.next().row == 8
    assert again.offer.how == "last_good"
    assert again.ledger.answers[offer.item].annotator == "ben"
    again.close()


def test_who_may_only_read_sees_where_the_other_is_and_changes_nothing(session, path, items):
    answer(session)
    reader = LabelSession.resume(path, items, "ben", read_only=True)
    assert (reader.next(), reader.request()) == (None, None)
    assert reader.describe() is not None
    with pytest.raises(UserError, match="reading only"):
        reader.label(items.ids[0], 1)
    shown = session.next()
    reader = LabelSession.resume(path, items, "ben", read_only=True)
    assert reader.next() == shown


def test_undo_shows_the_item_again_and_survives_a_restart(session, path, items):
    rows = [answer(session, label) for label in (0, 1, 2)]
    session.undo()
    assert session.offer.row == rows[2]
    session.close()
    again = LabelSession.resume(path, items, "ann")
    assert again.offer.row == rows[2]
    assert again.redo().item == items.ids[rows[2]]
    assert again.offer is None
    for row in reversed(rows):
        assert again.undo().item == items.ids[row]
    assert again.undo() is None
    assert again.ledger.answers == {}
    again.close()


def test_the_model_learns_person_and_truth_but_never_itself(session, items):
    session.label(items.ids[0], 1)
    session.skip(items.ids[2])
    assert session.label_by_truth([0, 4]) == 1
    assert session.label_by_model([(5, 2, 0.99), (6, 2, 0.7), (4, 0, 1.0)], 0.9) == 1
    request = session.describe()
    assert dict(request.labels) == {items.ids[0]: 1, items.ids[4]: 1}
    assert set(request.aside) == {items.ids[2], items.ids[5]}
    progress = session.progress()
    assert (progress.labelled, progress.skipped, progress.machine) == (1, 1, 2)
    assert session.remove_machine_labels() == 2
    assert session.remove_machine_labels() == 0
    assert session.ledger.labels == {items.ids[0]: 1}
    assert session.undo().kind == "machine_removed"
    assert len(session.ledger.machine) == 2


def test_ground_truth_labels_only_what_it_knows(path, settings, items, clock):
    known = replace(items, truth=tuple(UNKNOWN if row == 4 else label for row, label in enumerate(items.truth)))
    session = LabelSession.create(path, settings, known, "ann", clock=clock)
    assert session.label_by_truth([0, 4]) == 1
    assert session.label_by_truth() == len(items.pool) - 2
    assert items.ids[4] not in session.ledger.machine
    session.close()


def test_a_person_counts_before_the_machine(session, items):
    session.label_by_truth()
    session.label(items.ids[4], 2)
    assert session.ledger.labels[items.ids[4]] == 2
    assert dict(session.describe().labels)[items.ids[4]] == 2
    session.skip(items.ids[5])
    assert items.ids[5] not in session.ledger.labels
    assert items.ids[5] in session.describe().aside
    assert session.progress().machine == 8


def test_agreement_is_told_once_a_model_has_seen_the_item(session, items):
    assert session.label(session.next().item, 1) is None
    learn(session, 7)
    assert session.label(items.ids[7], 1) is True
    learn(session, 7 + 1)
    assert session.label(items.ids[8], 0) is False
    session.explained(Explained(Pick(9, None, None, (1.0, 0.0, 0.0)), (7, 8)))
    assert session.jump(items.ids[9]).neighbours == (7, 8)
    assert session.label(items.ids[9], 0) is True


def test_a_batch_is_answered_before_the_model_learns_again(session):
    session.change(batch=3)
    answer(session)
    answer(session)
    learn(session, 5, 6, 7)
    assert session.request() is None
    assert [answer(session), session.request()] == [5, None]
    assert [answer(session), session.request()] == [6, None]
    assert answer(session) == 7
    assert session.request().spec.batch == 3


def test_another_strategy_is_asked_at_once(session):
    answer(session)
    answer(session)
    learn(session, 5)
    assert session.request() is None
    session.change(strategy="entropy", learner="knn")
    request = session.request()
    assert (request.strategy, request.spec.learner) == ("entropy", "knn")
    assert request.previous == b"\1\0"
    with pytest.raises(UserError, match="at least 1 item"):
        session.change(batch=0)


@pytest.mark.parametrize("change", [{"strategy": "entropy"}, {"learner": "knn"}, {"batch": 2}])
def test_what_the_old_strategy_asked_for_is_not_asked_any_more(session, change):
    """Until the new one has chosen, the old model's next best come, and are not said to be what the strategy wanted."""
    session.change(batch=3)
    answer(session)
    answer(session)
    learn(session, 5, 6, 7, reserve=(8, 4))
    assert answer(session) == 5
    session.change(**change)
    assert [(offer.row, offer.how) for offer in (session.next(),)] == [(8, "last_good")]
    assert session.upcoming(2) == (8, 4)
    assert answer(session) == 8
    learn(session, 6, 9)
    assert [(offer.row, offer.how) for offer in (session.next(),)] == [(6, "strategy")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"accuracy": float("nan")}, "no number"),
        ({"expected_error": float("inf")}, "no number"),
        ({"picks": (Pick(5, 0.1, 1, (float("nan"), 0.5, 0.5)),)}, "no number"),
        ({"picks": (Pick(5, 0.1, 1, (0.5, 0.5)),)}, "other classes"),
        ({"picks": (Pick(11, 0.1, 1, (0.2, 0.5, 0.3)),)}, "there are not"),
        ({"picks": (Pick(-1, 0.1, 1, (0.2, 0.5, 0.3)),)}, "there are not"),
        ({"picks": (Pick(10**9, 0.1, 1, (0.2, 0.5, 0.3)),)}, "there are not"),
        ({"reserve": (5,)}, "twice"),
        ({"revision": 7}, "another question"),
        ({"neighbours": ()}, "did not explain"),
    ],
)
def test_nonsense_is_refused_and_the_last_good_order_stays(session, changes, reason):
    answer(session)
    answer(session)
    learn(session, 5, reserve=(6,))
    answer(session)
    events = session.ledger.sequence
    assert reason in learn(session, 5, **changes)
    assert session.ledger.sequence == events
    assert session.next().row == 6


def test_progress_and_hints_speak_from_the_log(session, settings, items, tmp_path):
    for _ in range(3):
        answer(session)
    progress = session.progress()
    assert progress.per_minute == pytest.approx(60 / 4)
    assert progress.seconds_left == pytest.approx(7 * 4)
    assert session.hints() == ()
    session.change(batch=4)
    for _ in range(3):
        answer(session)
        learn(session, kappa=1.0, expected_error=0.015)
    assert [hint.rule for hint in session.hints()] == ["stable_predictions"]
    session.claims.checked(session.claims.unchecked, True)
    assert session.claims.unchecked is None
    assert [hint.rule for hint in session.hints()] == ["stable_predictions", "small_expected_error"]
    answer(session)
    learn(session, kappa=1.0, expected_error=0.001)
    session.claims.checked(session.claims.unchecked, False)
    assert [hint.rule for hint in session.hints()] == ["stable_predictions"]
    assert session.ledger.curve == ((4, 0.9), (5, 0.9), (6, 0.9), (7, 0.9))


def test_a_model_that_has_seen_one_class_only_is_no_reason_to_stop(session):
    answer(session)
    learn(session, kappa=1.0, expected_error=0.0)
    session.claims.checked(session.claims.unchecked, True)
    assert session.hints() == ()
    answer(session)
    learn(session, kappa=1.0, expected_error=0.0)
    assert [hint.rule for hint in session.hints()] == ["small_expected_error"]


def test_what_was_found_about_one_learner_says_nothing_about_another(session):
    for _ in range(3):
        answer(session)
    learn(session, kappa=None, expected_error=0.01)
    claim = session.claims.unchecked
    session.claims.checked(claim, True)
    session.change(learner="naive_bayes")
    answer(session)
    learn(session, kappa=None, expected_error=0.01)
    assert session.hints() == ()
    session.claims.checked(claim, True)
    assert session.hints() == ()
    session.claims.checked(session.claims.unchecked, True)
    assert [hint.rule for hint in session.hints()] == ["small_expected_error"]
    answer(session)
    learn(session, kappa=None, expected_error=0.5)
    assert session.claims.unchecked is None
    assert session.hints() == ()


def test_what_was_expected_in_a_round_of_the_past_is_no_reason(session, path, items):
    """The log does not say whether a round's model was checked; after a restart the next one is asked first."""
    for _ in range(3):
        answer(session)
    learn(session, kappa=None, expected_error=0.01)
    session.claims.checked(session.claims.unchecked, True)
    assert [hint.rule for hint in session.hints()] == ["small_expected_error"]
    session.close()
    again = LabelSession.resume(path, items, "ann")
    assert again.hints() == ()
    again.close()
