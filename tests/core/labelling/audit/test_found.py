"""What a person has looked for is written down as chosen by them, and says nothing about how right the model is."""

from __future__ import annotations

from measured import IDS, answer, learn, truth, until_drawn

from al_core.exchange.records import records
from al_core.labelling.session import LabelSession
from al_core.sessions.actions import Choice


def chosen(session: LabelSession) -> dict[str, str]:
    return {record.item: record.selected_by for record in records(session.ledger)}


def test_an_item_that_was_found_is_chosen_by_the_person_and_never_measured_by(session: LabelSession) -> None:
    answer(session, 40)
    asked = session.estimate.asked
    for item in IDS[300:320]:
        if item in session.ledger.choices:
            continue
        assert session.jump(item, "search").how == "search"
        session.label(item, (truth(item) + 1) % 3)  # all of them wrong, which would be seen in any estimate
        learn(session)
        assert chosen(session)[item] == "search"
        assert session.ledger.choices[item] == Choice("search")
    assert session.estimate.asked == asked
    ledger = session.ledger
    assert session.reply.labels == ledger.labelled - sum(item in ledger.answers for item in ledger.choices.audited)  # learnt


def test_what_the_strategy_asks_for_at_the_moment_is_the_persons_choice_when_they_find_it(session: LabelSession) -> None:
    session.change(batch=3)
    answer(session, 5)
    wanted = next(item for pick in session.reply.picks if (item := session.items.ids[pick.row]) not in session.ledger.choices)
    session.jump(wanted, "search")
    assert session.ledger.choices[wanted].by == "search"


def test_what_was_found_and_left_open_is_chosen_anew_when_it_is_drawn_or_asked_for(session: LabelSession) -> None:
    answer(session, 3)
    for item in IDS[5:]:
        if item not in session.ledger.answers:
            session.jump(item, "search")
    answer(session, 1)
    asked = answer(session, 60)
    by = {item: session.ledger.choices[item].by for item, _ in asked}
    assert set(by.values()) == {"strategy", "audit"}
    assert all((by[item] == "audit") == (how == "audit") for item, how in asked)


def test_what_was_drawn_to_measure_by_stays_so_though_it_is_looked_for_and_is_asked_next_when_it_is_passed_over(
    session: LabelSession,
) -> None:
    drawn = until_drawn(session)
    other = next(item for item in IDS[200:] if item not in session.ledger.answers and item != drawn)
    session.jump(other, "search")
    session.label(other, truth(other))
    offer = session.next()
    assert (offer.item, offer.how) == (drawn, "audit")
    session.jump(other, "jump")
    session.jump(drawn, "search")
    session.label(drawn, truth(drawn))
    assert chosen(session)[drawn] == "audit"
    assert drawn in session.ledger.choices.audited


def test_an_answer_that_is_changed_after_it_was_found_stays_chosen_as_it_was(session: LabelSession) -> None:
    (item, _), *_ = answer(session, 3)
    before = session.ledger.choices[item]
    session.jump(item, "search")
    session.label(item, (truth(item) + 1) % 3)
    assert session.ledger.choices[item] == before


def test_a_machines_label_that_is_found_and_changed_is_the_persons_choice(session: LabelSession) -> None:
    answer(session, 3)
    session.label_by_model([(390, 1, 0.99)], 0.9)
    session.jump(IDS[390], "search")
    session.label(IDS[390], 2)
    assert chosen(session)[IDS[390]] == "search"
