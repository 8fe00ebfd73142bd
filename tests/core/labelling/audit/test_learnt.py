"""Items to measure with: no model learns them, and what is said of it by them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from measured import IDS, ITEMS, SETTINGS, Begun, answer, audited, learn, reply, truth, until_drawn

from al_core.labelling.audit import FEW, Audit, audit_curve
from al_core.labelling.messages import ModelRequest
from al_core.labelling.model import confident_labels, find_suspects, model_round
from al_core.labelling.opening import open_items
from al_core.labelling.session import LabelSession
from al_core.labelling.view import Where, view
from al_core.measures.audit import audit_interval
from al_core.sessions.actions import (
    MachineLabelled,
    Settings,
)
from al_core.sessions.ledger import Ledger


def test_no_model_learns_it_and_none_asks_for_it(session):
    asked = answer(session, 50)
    drawn = set(audited(asked))
    request = session.describe()
    assert {item for item, _ in request.labels} == {item for item, _ in asked} - drawn
    assert set(request.audit) == drawn
    assert drawn.isdisjoint(request.aside)
    assert session.reply.labels == 50 - len(drawn)
    assert session.ledger.labelled == 50  # a person's labels they are


def test_not_even_before_it_is_answered_or_when_ground_truth_would_say_it(tmp_path):
    known = replace(ITEMS, truth=tuple(map(truth, IDS)))
    session = LabelSession.create(tmp_path / "a.session", SETTINGS, known, "ann")
    drawn = until_drawn(session)
    assert session.describe().audit == (drawn,)
    assert session.label_by_truth() == 400 - len(session.ledger.answers) - 1
    assert drawn not in session.ledger.machine
    assert session.label_by_model([(IDS.index(drawn), 1, 1.0)], 0.9) == 0
    assert drawn not in dict(session.describe().labels)
    assert session.next().item == drawn
    session.close()


def test_not_even_what_a_file_of_labels_brings_of_ground_truth(session):
    drawn = until_drawn(session)
    session.file.append([MachineLabelled("truth", None, ((drawn, 1), (IDS[399], 2)))], "bob")
    assert dict(session.describe().labels)[IDS[399]] == 2
    assert drawn not in dict(session.describe().labels)


def test_the_start_goes_on_without_what_was_drawn_of_it(tmp_path):
    for seed in range(4000):
        ledger = Ledger(replace(SETTINGS, seed=seed, audit=0.5), "margin", "logistic", 1)
        if Audit(ledger, ITEMS).next() == IDS[3]:
            break
    with Begun(tmp_path / "a.session", replace(SETTINGS, seed=seed, audit=0.5)) as session:
        assert (session.next().item, session.offer.how) == (IDS[3], "audit")
        session.label(IDS[3], 0)
        assert session.describe() is None  # nothing to learn
        assert session.request() is None
        assert not session.stale
        asked = answer(session, 2 * FEW + 60)
        assert IDS[3] not in dict(session.describe().labels)
        assert {IDS[1], IDS[4]} <= {item for item, _ in asked}


def test_a_model_in_a_worker_leaves_it_alone_and_says_what_it_takes_it_for():
    items = open_items(Settings("digits", "", ()).spec())
    rows = items.pool[:60]
    labels = tuple((items.ids[row], items.truth[row]) for row in rows[:40])
    audit = tuple(items.ids[row] for row in reversed(rows[40:]))
    spec = Settings("digits", "", (), batch=5).spec()
    plain = ModelRequest(spec, "margin", labels, audit, 40)
    with_audit = ModelRequest(spec, "margin", labels, (), 40, audit=audit)
    aside, tried = model_round(plain), model_round(with_audit)
    assert aside.audit == ()
    assert replace(tried, audit=()) == aside  # the same model, and the same picks
    right = sum(guess == items.truth[row] for guess, row in zip(tried.audit, reversed(rows[40:]), strict=True))
    assert len(tried.audit) == 20
    assert right >= 15
    hidden = set(rows[40:])
    assert hidden.isdisjoint(row for row, _, _ in confident_labels(with_audit, 0.5))
    assert hidden.isdisjoint(suspect.row for suspect in find_suspects(with_audit))


def test_an_open_batch_stays_open_whatever_is_answered_to_measure_with(tmp_path):
    with Begun(tmp_path / "a.session", replace(SETTINGS, batch=5, audit=0.5)) as session:
        asked, learnt = [], []
        while len(asked) < 120:
            offer = session.next()
            asked.append(offer.how)
            session.label(offer.item, truth(offer.item))
            before = session.reply
            learn(session)
            if before is not None and session.reply is not before and offer.how != "start":
                learnt.append(session.reply.labels - before.labels)
        assert "audit" in asked
        assert set(learnt) <= {0, 5}
        assert learnt.count(5) >= 5


def test_each_new_model_is_measured_anew_on_all_that_was_asked(session):
    asked = answer(session, 150)
    drawn = audited(asked)
    assert session.estimate.asked == len(drawn)
    assert session.estimate.right == sum(int(item, 16) % 10 != 0 for item in drawn)
    pool = 400 - (150 - len(drawn))
    assert session.estimate[3:] == audit_interval(session.estimate.right, len(drawn), pool)
    session.change(learner="knn")
    learn(session, wrong=2)
    assert session.estimate.right == sum(int(item, 16) % 2 != 0 for item in drawn)
    assert session.ledger.rounds[-1].audited_right == session.estimate.right


def test_a_changed_answer_counts_at_once_and_one_taken_back_does_not(session):
    answer(session, 60)
    drawn = next(iter(session.ledger.choices.audited))
    before = session.estimate
    right = int(drawn, 16) % 10 != 0
    session.label(drawn, (truth(drawn) + 2) % 3)  # what the model never says
    assert session.estimate.right == before.right - right
    session.undo()
    assert session.estimate == before
    session.redo()
    assert session.estimate.right == before.right - right


@pytest.mark.parametrize("status", ["unsure", "skip", "later"])
def test_what_nobody_knows_is_wrong_below_and_right_above(session, status):
    answer(session, 60)
    before, drawn = session.estimate, next(item for item in session.ledger.choices.audited if int(item, 16) % 10)
    session.skip(drawn, status=status)
    learn(session)
    now = session.estimate
    assert (now.asked, now.right, now.unknown) == (before.asked, before.right - 1, 1)
    pool = 400 - (60 - before.asked)
    assert now.lower == audit_interval(now.right, now.asked, pool)[0] < before.lower
    assert now.upper == audit_interval(now.right + 1, now.asked, pool)[1]
    assert drawn not in dict(session.describe().labels)
    assert drawn in session.describe().audit


def test_a_bad_item_is_none_to_be_right_about(session):
    answer(session, 60)
    before, drawn = session.estimate, next(iter(session.ledger.choices.audited))
    session.skip(drawn, status="bad")
    learn(session)
    now = session.estimate
    assert (now.asked, now.unknown) == (before.asked - 1, 0)
    assert now[3:] == audit_interval(now.right, now.asked, 400 - (60 - before.asked) - 1)


def test_what_was_put_off_comes_again_at_the_end_and_is_measured_by_then(session):
    drawn = until_drawn(session)
    session.skip(drawn, status="later")
    learn(session)
    while (offer := session.next()).how != "later":
        session.skip(offer.item)
    assert offer.item == drawn
    session.label(drawn, truth(drawn))
    learn(session)
    assert drawn not in dict(session.describe().labels)
    assert session.ledger.choices[drawn].by == "audit"
    assert session.next() is None


def test_a_model_that_has_learnt_nothing_new_is_no_round(session):
    drawn = until_drawn(session)
    rounds, reply_before = len(session.ledger.rounds), session.reply
    session.label(drawn, truth(drawn))
    learn(session)
    assert len(session.ledger.rounds) == rounds
    assert session.reply is not reply_before
    assert session.reply.audit != ()
    assert session.model_age == 0
    assert session.offer is not None  # the next item came with it
    assert [one.labels for one in session.ledger.rounds] == sorted({one.labels for one in session.ledger.rounds})


def test_nonsense_about_it_is_refused(session):
    drawn = until_drawn(session)
    session.label(drawn, 0)
    request = session.request()
    for guesses in ((), (0, 1), (3,), (-1,)):
        assert "measured" in session.accept(request, reply(request, audit=guesses))
    assert session.accept(request, reply(request)) is None


def test_the_curve_is_of_shares_that_say_something(session):
    answer(session, 120)
    curve = audit_curve(session.ledger)
    assert curve == view(session, Where(), {}, None, None).curve
    assert all(0.5 <= share <= 1 for _, share in curve)
    of = {one.labels: one.audited for one in session.ledger.rounds}
    assert {labels for labels, _ in curve} == {labels for labels, count in of.items() if count >= 10}


def test_before_anything_is_measured_nothing_is_said(session):
    assert session.estimate is None
    session.next()
    assert view(session, Where(), {}, None, None).estimate is None


def test_items_that_are_not_here_any_more_are_left_out(session, tmp_path):
    answer(session, 60)
    drawn = list(session.ledger.choices.audited)
    session.close()
    fewer = replace(ITEMS, fingerprint="e" * 32, pool=tuple(row for row in range(400) if IDS[row] != drawn[0]))
    again = LabelSession.resume(tmp_path / "a.session", fewer, "ann")
    assert again.describe().audit == tuple(drawn[1:])
    learn(again)
    assert again.estimate.asked == len(drawn) - 1
    again.close()
