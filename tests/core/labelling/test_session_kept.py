"""A session and its items: which data it takes, what its log says of every item, and what comes back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from at_work import answer, learn, reply

from al_core.ground.errors import UserError
from al_core.labelling.messages import Explained
from al_core.labelling.session import LabelSession
from al_core.run.state import Pick
from al_core.sessions.actions import Changed, Choice, RoundFinished
from al_core.sessions.store import NotSaved, SessionFile


@pytest.fixture
def session(path, settings, items, clock):
    session = LabelSession.create(path, settings, items, "ann", clock=clock)
    yield session
    session.close()


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
