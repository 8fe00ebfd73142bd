"""A person at work: what is shown next, what a key does, and what happens to the model's answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from al_core.data.facts import UNKNOWN
from al_core.ground.errors import UserError
from al_core.labelling.messages import Explained, ModelReply, ModelRequest
from al_core.labelling.session import LabelSession
from al_core.run.state import Pick
from al_core.sessions.actions import Changed, Choice, RoundFinished
from al_core.sessions.events import Seen
from al_core.sessions.store import NotSaved, SessionFile


@pytest.fixture
def session(path, settings, items, clock):
    session = LabelSession.create(path, settings, items, "ann", clock=clock)
    yield session
    session.close()


def reply(request: ModelRequest, *rows: int, reserve: tuple[int, ...] = (), **changes) -> ModelReply:
    def pick(row: int) -> Pick:
        return Pick(row, 0.1, 1, (0.2, 0.5, 0.3))

    near = tuple((row + 1,) for row in rows)
    whole = ModelReply(
        request.revision,
        len(request.labels),
        0.9,
        0.1,
        0.8,
        9,
        tuple(map(pick, rows)),
        near,
        tuple(map(pick, reserve)),
        b"\1\0",
    )
    return replace(whole, **changes)


def answer(session: LabelSession, label: int = 0) -> int:
    offer = session.next()
    session.label(offer.item, label)
    return offer.row


def learn(session: LabelSession, *rows: int, **changes) -> str | None:
    request = session.request()
    assert request is not None
    return session.accept(request, reply(request, *rows, **changes))


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


def others(items):
    """Items with none of the same content."""
    return replace(items, fingerprint="0" * 32, ids=tuple(item[::-1] for item in items.ids))


def test_a_session_of_other_data_is_refused_and_given_back(session, path, items):
    answer(session)
    session.close()
    with pytest.raises(UserError, match="another data set"):
        LabelSession.resume(path, others(items), "ann")
    SessionFile.open(path).close()


def test_a_session_follows_its_items_by_content_where_the_data_has_changed(session, path, items):
    given = {items.ids[answer(session)] for _ in range(3)}
    shown = session.jump(items.ids[9]).item
    session.close()
    order = (*reversed(items.ids[1:]), "f" * 16)  # one is gone, one has come, the others lie elsewhere
    changed = replace(items, fingerprint="0" * 32, ids=order, pool=tuple(range(len(order))), start=(), truth=None)
    again = LabelSession.resume(path, changed, "ann")
    assert order[again.offer.row] == shown
    left = []
    while (offer := again.next()) is not None:
        left.append(offer.item)
        again.label(offer.item, 1)
    again.close()
    assert set(left) == set(order) - given
    with pytest.raises(UserError, match="is about the classes cat, dog, eel"):
        LabelSession.resume(path, replace(changed, classes=("dog", "cat", "eel")), "ann")


def test_the_log_says_how_every_item_was_chosen_and_how_probable_that_was(session):
    ledger, ids = session.ledger, session.items.ids
    assert [answer(session), answer(session)] == [3, 1]
    assert ledger.choices == {ids[3]: Choice("start"), ids[1]: Choice("start")}
    drawn = session.next()  # of the eight that are left
    assert (drawn.how, ledger.choices[drawn.item]) == ("random", Choice("strategy", 1 / 8))
    session.label(drawn.item, 0)
    session.label_by_model([(row, 0, 0.9) for row in session.items.pool if ids[row] not in ledger.answers][:2], 0.5)
    again = session.next()  # of five
    assert ledger.choices[again.item] == Choice("strategy", 1 / 5)
    asked, free = [row for row in session.items.pool if ids[row] not in {*ledger.choices, *ledger.machine}][:2]
    learn(session, asked)
    session.jump(ids[asked])
    session.jump(ids[free])
    session.jump(ids[3])
    assert (ledger.choices[ids[asked]], ledger.choices[ids[free]]) == (Choice("strategy"), Choice("search"))
    assert ledger.choices[ids[3]] == Choice("start")


def test_a_batch_drawn_at_random_says_how_probable_each_of_it_was(session):
    session.change(strategy="random", batch=2)
    for _ in range(2):
        answer(session)
    learn(session, 7, 8, candidates=8)
    assert session.next().row == 7
    assert session.ledger.choices[session.items.ids[7]] == Choice("strategy", 2 / 8)


def test_what_is_put_off_comes_again_at_the_end_and_nothing_else_does(session):
    ids = session.items.ids
    for row, status in ((5, "later"), (2, "unsure"), (4, "bad"), (6, "skip"), (0, "later")):
        session.skip(ids[row], status=status)
    while (offer := session.next()).how != "later":
        assert offer.row not in (5, 2, 4, 6, 0)
        session.label(offer.item, 1)
    assert offer.row == 5
    assert session.upcoming(9) == (5, 0)
    session.skip(offer.item, status="later")
    assert session.next().row == 0
    session.label(ids[0], 1)
    assert session.next().row == 5
    session.skip(ids[5], status="unsure")
    assert session.next() is None
    request = session.describe()
    assert {ids[row] for row in (5, 2, 4, 6)} == set(request.aside)
    session.undo()
    assert session.next().row == 5


def test_names_are_written_with_the_first_event_about_an_item_and_again_when_they_change(path, settings, items):
    names = tuple(f"pets/{row}.png" for row in range(len(items.ids)))
    session = LabelSession.create(path, settings, replace(items, names=names), "ann")
    first, second = answer(session), answer(session)
    session.label_by_model([(5, 0, 0.9), (6, 0, 0.9)], 0.5)
    assert session.ledger.names == {items.ids[row]: names[row] for row in (first, second, 5, 6)}
    count = session.ledger.sequence
    session.label(items.ids[first], 2)
    assert session.ledger.sequence == count + 1
    session.close()
    moved = tuple(name.replace("pets", "animals") for name in names)
    again = LabelSession.resume(path, replace(items, names=moved), "ann")
    again.label(items.ids[first], 1)
    assert again.ledger.names[items.ids[first]] == f"animals/{first}.png"
    assert again.ledger.names[items.ids[second]] == f"pets/{second}.png"
    again.close()


def test_an_item_that_there_is_not_cannot_be_answered(session, items):
    for act in (lambda: session.label("nothing", 0), lambda: session.skip(items.ids[11]), lambda: session.jump("nothing")):
        with pytest.raises(UserError, match="not among those"):
            act()


def test_equal_items_are_one(tmp_path, settings, items):
    twins = replace(items, ids=(*items.ids[:9], items.ids[0], *items.ids[10:]), pool=tuple(range(9)))
    session = LabelSession.create(tmp_path / "twins.session", settings, twins, "ann")
    rows = [answer(session) for _ in range(9)]
    assert sorted(rows) == list(range(9))
    assert session.next() is None
    session.close()


def test_what_is_taken_back_is_asked_again_in_the_random_order(session):
    order = []
    while (offer := session.next()) is not None:
        order.append(offer.item)
        session.label(offer.item, 0)
    assert len(order) == 10
    for _ in range(3):
        session.undo()
    session.label(order[9], 0)
    again = []
    while (offer := session.next()) is not None:
        again.append(offer.item)
        session.label(offer.item, 1)
    assert again == order[7:9]
    session.undo()
    session.jump(order[0])
    session.skip(order[0])
    assert session.next().item == order[8]


def test_a_disk_that_refuses_a_round_leaves_everything_as_it_was(session, monkeypatch):
    answer(session)
    answer(session)
    learn(session, 5, reserve=(6,))
    answer(session)
    request, before = session.request(), session.reply

    def full(*args, **kwargs):
        raise NotSaved("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(session.file, "append", full)
        with pytest.raises(NotSaved):
            session.accept(request, reply(request, 7))
    assert session.reply is before
    assert session.request() == request
    assert session.accept(request, reply(request, 7)) is None
    assert session.next().row == 7


def test_what_could_not_be_read_again_is_not_written(session):
    sequence = session.ledger.sequence
    for unreadable in (Changed("margin", "knn", 10**19), RoundFinished(0, 1, float("nan"), None, None, ())):
        with pytest.raises(NotSaved):
            session._append(unreadable)
    with pytest.raises(UserError, match="at most 1,000,000"):
        session.change(batch=10**19)
    assert session.ledger.sequence == sequence
    answer(session)
    assert session.ledger.sequence > sequence


def test_an_explanation_that_is_no_number_is_left_out(session):
    answer(session)
    answer(session)
    learn(session, 5)
    session.jump(session.items.ids[7])
    session.explained(Explained(Pick(7, None, None, (float("nan"), 0.5, 0.5)), ()))
    assert session.offer.pick is None
    session.explained(Explained(Pick(7, None, None, (0.2, 0.5, 0.3)), ()))
    assert session.offer.pick.guess == 1


def test_what_comes_next_is_known_before_it_is_shown(session):
    def shown(count: int) -> list[int]:
        rows = []
        for _ in range(count):
            offer = session.next()
            rows.append(offer.row)
            session.skip(offer.item)
        return rows

    assert session.upcoming(2) == (3, 1)
    expected = session.upcoming(4)
    assert list(expected) == shown(4)
    answer(session)
    open_rows = [row for row in (7, 5, 0) if session.items.ids[row] not in session.ledger.answers]
    learn(session, *open_rows[:1], reserve=tuple(open_rows[1:]))
    known = session.upcoming(30)
    assert list(known[: len(open_rows)]) == open_rows
    assert list(known) == shown(len(known))
    assert session.upcoming(30) == ()
