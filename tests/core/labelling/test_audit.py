"""Items to measure with: drawn at random, the same however often one stops and goes back, learnt by no model."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from al_core.exchange.records import export_labels, import_labels, records, take_in
from al_core.labelling.audit import FEW, Audit, Estimate, audit_curve, audit_rate
from al_core.labelling.items import Items
from al_core.labelling.messages import ModelReply, ModelRequest
from al_core.labelling.model import confident_labels, find_suspects, model_round, open_items
from al_core.labelling.session import LabelSession
from al_core.labelling.view import Where, view
from al_core.measures.audit import audit_interval
from al_core.run.state import Pick
from al_core.sessions.actions import (
    Choice,
    DamagedSession,
    Labelled,
    MachineLabelled,
    Opened,
    RoundFinished,
    Settings,
    Shown,
    decode,
    encode,
)
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile

CLASSES = ("cat", "dog", "eel")
IDS = tuple(f"{number:016x}" for number in range(400))
ITEMS = Items("pets", "f" * 32, CLASSES, IDS, (3, 1, 4), tuple(range(400)), None)
SETTINGS = Settings("pets", "f" * 32, CLASSES, "logistic", "margin", 1, 7, "typical", audit=0.1)


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """In memory where there is a place for that: thousands of answers are flushed here, and disks are not the point."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else tmp_path) as made:
        yield Path(made)


@pytest.fixture
def session(tmp_path: Path):
    session = LabelSession.create(tmp_path / "a.session", SETTINGS, ITEMS, "ann")
    yield session
    session.close()


def truth(item: str) -> int:
    return int(item, 16) % 3


def reply(request: ModelRequest, wrong: int = 10, **changes) -> ModelReply:
    """A model that is wrong about one item in ``wrong``, and asks for the first that is open."""
    taken = {item for item, _ in request.labels} | {*request.aside, *request.audit}
    open_rows = [row for row, item in enumerate(IDS) if item not in taken][: 3 * request.spec.batch]
    picks = tuple(Pick(row, 0.1, 1, (0.2, 0.5, 0.3)) for row in open_rows)
    guesses = tuple((truth(item) + (int(item, 16) % wrong == 0)) % 3 for item in request.audit)
    k = request.spec.batch
    near = ((),) * len(picks[:k])
    whole = ModelReply(
        request.revision, len(request.labels), None, 0.1, 0.8, len(open_rows), picks[:k], near, picks[k:], b"", 0, guesses
    )
    return replace(whole, **changes)


def learn(session: LabelSession, **changes) -> None:
    if (request := session.request()) is not None:
        assert session.accept(request, reply(request, **changes)) is None


def answer(session: LabelSession, count: int) -> list[tuple[str, str]]:
    """Answer as a person does, a model learning after each; what was asked, and why."""
    asked = []
    for _ in range(count):
        offer = session.next()
        assert offer is not None
        asked.append((offer.item, offer.how))
        session.label(offer.item, truth(offer.item))
        learn(session)
    return asked


def audited(asked: list[tuple[str, str]]) -> list[str]:
    return [item for item, how in asked if how == "audit"]


def until_drawn(session: LabelSession) -> str:
    """Answer until an item to measure with is on the screen."""
    while (offer := session.next()) is not None and offer.how != "audit":
        session.label(offer.item, truth(offer.item))
        learn(session)
    assert offer is not None
    return offer.item


# What is drawn


def test_every_fifth_item_or_so_until_there_are_thirty_and_every_tenth_then(session):
    asked = answer(session, 350)
    drawn = [place for place, (_, how) in enumerate(asked) if how == "audit"]
    at_first = drawn[FEW - 1] + 1
    assert 100 <= at_first <= 210  # 150 in the mean, with a deviation of 24
    assert 8 <= len(drawn) - FEW <= 36  # of those that are left, one in ten


def test_each_open_item_is_as_likely_as_any_other_and_what_is_answered_never_comes():
    items = Items("pets", "f" * 32, CLASSES, IDS[:10], (), tuple(range(10)), None)
    found = Counter()
    for seed in range(4000):
        ledger = Ledger(replace(SETTINGS, seed=seed, audit=0.5), "margin", "logistic", 1)
        ledger.machine = dict.fromkeys(IDS[:2])
        found[Audit(ledger, items).next()] += 1
    assert set(found) == set(IDS[2:10])
    assert sum((count - 500) ** 2 / 500 for count in found.values()) < 24.3  # the 99.9 % point with 7 degrees of freedom


def test_of_few_that_are_left_each_is_as_likely_too():
    found = Counter()
    for seed in range(600):
        ledger = Ledger(replace(SETTINGS, seed=seed, audit=0.5), "margin", "logistic", 1)
        ledger.machine = dict.fromkeys(IDS[2:])
        found[Audit(ledger, ITEMS).next()] += 1
    assert set(found) == set(IDS[:2])
    assert abs(found[IDS[0]] - 300) < 41  # 3.3 deviations
    ledger.machine = dict.fromkeys(IDS)
    assert Audit(ledger, ITEMS).next() is None


def test_how_it_was_chosen_is_kept_with_its_probability_and_leaves_with_it(session, tmp_path):
    asked = answer(session, 60)
    choices = session.ledger.choices
    assert {item for item, choice in choices.items() if choice.by == "audit"} == set(audited(asked)) == set(choices.audited)
    for place, (item, how) in enumerate(asked):
        if how == "audit":
            assert choices[item] == Choice("audit", 1 / (400 - place))
    for form in ("jsonl", "csv", "npz"):
        file = tmp_path / f"out.{form}"
        file.write_bytes(export_labels(session.ledger, form))
        found = import_labels(file)
        assert {each.item: each.probability for each in found if each.selected_by == "audit"} == {
            item: choices[item].probability for item in audited(asked)
        }
        with SessionFile.create(tmp_path / f"{form}.session", replace(SETTINGS, audit=None), "bob") as other:
            take_in(other, found, "bob")
            assert list(other.ledger.choices.audited) == sorted(audited(asked))


def test_a_session_that_measures_nothing_draws_nothing(tmp_path):
    for number, rate in enumerate((None, 0.0)):
        with Begun(tmp_path / f"{number}.session", replace(SETTINGS, audit=rate)) as session:
            assert audited(answer(session, 50)) == []
            assert session.request() is None
            assert session.describe().audit == ()
            assert session.estimate is None


class Begun:
    def __init__(self, path: Path, settings: Settings) -> None:
        self._session = LabelSession.create(path, settings, ITEMS, "ann")

    def __enter__(self) -> LabelSession:
        return self._session

    def __exit__(self, *error: object) -> None:
        self._session.close()


def test_the_same_seed_and_answers_draw_the_same_and_another_seed_does_not(tmp_path):
    def drawn(name: str, seed: int) -> list[tuple[str, str]]:
        with Begun(tmp_path / name, replace(SETTINGS, seed=seed)) as session:
            return answer(session, 80)

    assert drawn("a", 7) == drawn("b", 7)
    assert audited(drawn("c", 8)) != audited(drawn("d", 7))


def test_it_goes_on_the_same_after_every_restart(tmp_path):
    with Begun(tmp_path / "whole", SETTINGS) as session:
        whole = answer(session, 60)
    LabelSession.create(tmp_path / "parts", SETTINGS, ITEMS, "ann").close()
    parts = []
    for number in range(60):
        session = LabelSession.resume(tmp_path / "parts", ITEMS, "ann")
        if session.ledger.labelled:
            learn(session)
        parts += answer(session, 1)
        if number % 2:
            session.next()  # the next item is on the screen when one leaves
        session.close()
    assert parts == whole
    assert len(audited(whole)) >= 5


def test_it_goes_on_the_same_after_answers_were_taken_back_and_given_again(tmp_path):
    with Begun(tmp_path / "whole", SETTINGS) as session:
        whole = answer(session, 70)
    with Begun(tmp_path / "back", SETTINGS) as session:
        answer(session, 40)
        for count in (1, 3, 12):
            for _ in range(count):
                session.undo()
            for _ in range(count):
                session.redo()
            learn(session)
            session.next()  # one more is on the screen, perhaps drawn
            for _ in range(count):
                session.undo()
            for place in range(40 - count, 40):
                item, _ = whole[place]
                if session.offer is None or session.offer.item != item:
                    session.jump(item)
                session.label(item, truth(item))
                learn(session)
        assert [item for item, _ in whole[:40]] == list(session.ledger.answers)
        assert audited(whole) == audited(whole[:40]) + audited(answer(session, 30))


def test_what_is_drawn_is_asked_until_it_is_answered(session):
    drawn = until_drawn(session)
    before = session.ledger.done[-1].item
    session.undo()
    assert session.offer.item == before
    session.label(before, truth(before))
    learn(session)
    assert (session.next().item, session.offer.how) == (drawn, "audit")
    session.jump(IDS[399])
    session.label(IDS[399], 0)
    learn(session)
    assert (session.next().item, session.offer.how) == (drawn, "audit")
    assert sum(isinstance(choice, Choice) and choice.by == "audit" for choice in session.ledger.choices.values()) == 1


def test_coming_back_to_it_is_no_other_draw(session):
    drawn = until_drawn(session)
    choice = session.ledger.choices[drawn]
    session.jump(IDS[3])
    session.jump(drawn, "audit")
    assert session.ledger.choices[drawn] == choice
    with closing(sqlite3.connect(session.file.path)) as file:
        told = file.execute("SELECT value FROM event WHERE kind = 'shown' AND item = ? ORDER BY sequence", (drawn,)).fetchall()
    assert ['"choice"' in value for (value,) in told] == [True, False]


def test_what_comes_next_is_known_with_what_is_drawn(session):
    coming = [IDS[row] for row in session.upcoming(40)]
    asked = []
    for _ in range(40):
        offer = session.next()
        asked.append(offer.item)
        session.label(offer.item, 0)  # no model: the order is that of the start and of chance
    assert coming == asked
    assert len(session.ledger.choices.audited) >= 3


# What is learnt


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


# What it says


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


# What is written


def test_sessions_without_an_audit_are_written_as_they_always_were():
    plain = replace(SETTINGS, audit=None)
    assert "audit" not in encode(Opened(plain))[2]
    assert decode(*encode(Opened(plain))) == Opened(plain)
    assert encode(Opened(replace(plain, audit=0.1)))[2] == encode(Opened(plain))[2][:-1] + ',"audit":0.1}'
    assert "audit" not in encode(RoundFinished(1, 1, None, None, None, ()))[2]
    measured = RoundFinished(1, 1, None, None, None, (), 5, 4)
    assert decode(*encode(measured)) == measured
    shown = Shown("a" * 16, "audit", Choice("audit", 0.25))
    assert decode(*encode(shown)) == shown


def test_what_cannot_be_is_refused(tmp_path):
    with (
        SessionFile.create(tmp_path / "a.session", SETTINGS, "ann") as file,
        pytest.raises(DamagedSession, match="5 of 4 items"),
    ):
        file.append([RoundFinished(0, 0, None, None, None, (), 4, 5)], "ann")
    with pytest.raises(DamagedSession, match=r"draw 0\.7 of the items"):
        SessionFile.create(tmp_path / "b.session", replace(SETTINGS, audit=0.7), "ann")


def test_one_that_is_no_more_chosen_to_measure_with_is_none(tmp_path):
    with SessionFile.create(tmp_path / "a.session", SETTINGS, "ann") as file:
        file.append([Labelled(IDS[0], 1, Choice("audit", 0.5))], "ann")
        assert list(file.ledger.choices.audited) == [IDS[0]]
        other = LabelSession(file, ITEMS, "ann")
        other.undo()
        assert list(file.ledger.choices.audited) == []
        other.redo()
        assert list(file.ledger.choices.audited) == [IDS[0]]
        assert [each.selected_by for each in records(file.ledger)] == ["audit"]
        file.append([Shown(IDS[1], "strategy", Choice("strategy")), Labelled(IDS[1], 1, Choice("audit", 0.5))], "ann")
        assert list(file.ledger.choices.audited) == list(IDS[:2])
        other.undo()
        assert file.ledger.choices[IDS[1]] == Choice("strategy")
        assert list(file.ledger.choices.audited) == [IDS[0]]


def test_the_usual_share_is_for_data_without_known_labels():
    known = replace(ITEMS, truth=(0,) * 400)
    assert [audit_rate(said, ITEMS) for said in (None, 0.0, 0.3)] == [0.1, 0.0, 0.3]
    assert [audit_rate(said, known) for said in (None, 0.0, 0.3)] == [None, 0.0, 0.3]


def test_the_interval_holds_for_sessions_as_they_are_drawn():
    """The draws of 300 sessions of 60 items each, of a model that is right about 9 in 10: at every look, as it says."""
    right = np.array([int(hashlib.sha256(item.encode()).hexdigest(), 16) % 10 != 0 for item in IDS])
    share, held = right.mean(), 0
    for seed in range(300):
        ledger = Ledger(replace(SETTINGS, seed=seed, audit=0.5), "margin", "logistic", 1)
        audit, hits, holds = Audit(ledger, ITEMS), 0, True
        for asked in range(1, 31):
            item = audit.next()
            ledger.choices[item] = Choice("audit")
            ledger.answers[item] = None
            hits += bool(right[IDS.index(item)])
            least, most = audit_interval(hits, asked, 400)
            holds = holds and least <= share <= most
        held += holds
    assert held >= 0.95 * 300


def test_an_estimate_is_of_a_model_and_of_now():
    assert Estimate(57, 60, 0, *audit_interval(57, 60, 1500))[3:] == pytest.approx((0.834, 0.9933), abs=1e-4)
