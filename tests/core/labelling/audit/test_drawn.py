"""Items to measure with: which are drawn, the same however often one stops and goes back, and what is written of them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from measured import CLASSES, IDS, ITEMS, SETTINGS, Begun, answer, audited, learn, truth, until_drawn

from al_core.exchange.records import export_labels, import_labels, records, take_in
from al_core.labelling.audit import FEW, Audit, Estimate, audit_rate
from al_core.labelling.items import Items
from al_core.labelling.session import LabelSession
from al_core.measures.audit import audit_interval
from al_core.sessions.actions import (
    Choice,
    DamagedSession,
    Labelled,
    Opened,
    RoundFinished,
    Shown,
    decode,
    encode,
)
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile


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


@pytest.mark.parametrize("seed", range(8))
def test_no_item_is_drawn_twice_among_those_that_come_next(seed):
    ledger = Ledger(replace(SETTINGS, seed=seed, audit=1.0), "margin", "logistic", 1)
    ledger.machine = dict.fromkeys(IDS[12:])
    coming = Audit(ledger, ITEMS).ahead(20)
    assert set(coming) == set(range(12)), "as many turns as there are open items have one"
    assert set(coming.values()) == set(IDS[:12])


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
