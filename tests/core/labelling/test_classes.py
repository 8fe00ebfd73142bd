"""Classes that change while one labels: what is asked next, what the model learns, what is taken home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from at_work import answer

from al_core.data.readers.bundled import load_table
from al_core.exchange.by_program import Labelling
from al_core.exchange.merging import merge
from al_core.ground.errors import UserError
from al_core.labelling.certificate import certify
from al_core.labelling.delivery import deliver
from al_core.labelling.items import Items
from al_core.labelling.messages import ModelReply, ModelRequest
from al_core.labelling.model import find_suspects, model_round
from al_core.labelling.opening import open_items
from al_core.labelling.session import LabelSession
from al_core.labelling.trainer import Trainer
from al_core.labelling.view import Where, view
from al_core.run.state import Pick
from al_core.sessions.actions import Settings
from al_core.sessions.store import SessionFile
from al_core.task.spec import TaskSpec

CAT, DOG, EEL, FOX = range(4)


@pytest.fixture
def session(path: Path, settings: Settings, items: Items) -> Iterator[LabelSession]:
    session = LabelSession.create(path, settings, items, "ann")
    yield session
    session.close()


def reply(request: ModelRequest, *shares: float, row: int = 7, **changes: object) -> ModelReply:
    pick = Pick(row, 0.1, 1, shares)
    made = ModelReply(request.revision, len(request.labels), 0.9, 0.1, None, 9, (pick,), ((3,),), (), b"\1\0")
    return replace(made, **changes)  # type: ignore[arg-type]


def test_items_of_a_class_that_was_split_come_before_all_others_in_the_order_of_their_labels(session: LabelSession) -> None:
    rows = [answer(session, label) for label in (CAT, DOG, CAT, CAT)]
    assert session.split_class(CAT, ["lion", "cat"]) == 3
    wanted = [rows[0], rows[2], rows[3]]
    assert session.upcoming(4)[:3] == tuple(wanted)
    first = session.next()
    assert first is not None
    assert (first.row, first.how) == (rows[0], "reopened")
    session.label(first.item, 4)
    assert [answer(session, 3), answer(session, 4)] == wanted[1:]
    last = session.next()
    assert last is not None
    assert last.how == "random"
    assert [session.ledger.classes[session.ledger.answers[session.items.ids[row]].label] for row in wanted] == [
        "cat",
        "lion",
        "cat",
    ]


def test_how_an_item_was_chosen_stays_when_it_is_asked_again(session: LabelSession) -> None:
    row = answer(session, CAT)
    before = session.ledger.choices[session.items.ids[row]]
    session.delete_class(CAT)
    offer = session.next()
    assert offer is not None
    assert offer.row == row
    assert session.ledger.choices[offer.item] == before


def test_taking_a_deletion_back_on_a_reopened_item_does_not_leave_it_there_to_be_overwritten(session: LabelSession) -> None:
    row = answer(session, CAT)
    session.delete_class(CAT)
    session.next()
    session.undo()
    assert session.ledger.current is None
    offer = session.next()
    assert offer is not None
    assert offer.row != row


def test_what_the_model_said_before_is_heard_of_the_classes_that_there_are(session: LabelSession) -> None:
    answer(session, CAT)
    answer(session, DOG)
    request = session.request()
    assert request is not None
    assert session.accept(request, reply(request, 0.5, 0.2, 0.3)) is None
    item = session.items.ids[7]
    session.merge_classes(CAT, EEL)
    assert session.reply is not None
    assert session.reply.predictions == b""
    offer = session.jump(item)
    assert offer.pick is not None
    assert (offer.pick.probabilities, offer.pick.guess) == (pytest.approx((0.0, 0.2, 0.8)), EEL)
    assert session.label(item, EEL) is True
    assert view(session, Where(), {}, None, None).picks == ()  # a batch of one has no strip
    request = session.request()
    assert request is not None
    assert (request.follows, request.added, request.previous) == ((EEL, DOG, EEL), 0, b"")
    assert {label for _, label in request.labels} == {DOG, EEL}


def test_a_reply_about_other_classes_than_there_are_by_now_is_not_taken_in(session: LabelSession) -> None:
    answer(session, CAT)
    answer(session, DOG)
    request = session.request()
    assert request is not None
    assert session.is_about(request)
    session.rename_class(DOG, "hound")
    assert session.is_about(request)
    session.add_class("fox")
    assert not session.is_about(request)
    session.undo()
    assert session.is_about(request)
    session.merge_classes(CAT, DOG)
    assert not session.is_about(request)


async def test_the_trainer_learns_anew_without_a_word_of_trouble(session: LabelSession) -> None:
    import asyncio
    from concurrent.futures import Future

    answer(session, CAT)
    answer(session, DOG)
    asked: list[tuple[ModelRequest, Future[ModelReply]]] = []

    async def until(condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)

    class Held:
        def submit(self, work: object, request: ModelRequest) -> Future[ModelReply]:
            asked.append((request, Future()))
            return asked[-1][1]

    trainer = Trainer(session, Held())  # type: ignore[arg-type]
    task = asyncio.create_task(trainer.run())
    await until(lambda: len(asked) == 1)
    session.add_class("fox")
    asked[0][1].set_result(reply(asked[0][0], 0.5, 0.2, 0.3))
    await until(lambda: len(asked) == 2)
    assert trainer.trouble is None
    assert session.reply is None
    assert (asked[0][0].added, asked[1][0].added) == (0, 1)
    asked[1][1].set_result(reply(asked[1][0], 0.5, 0.2, 0.2, 0.1))
    await until(lambda: session.reply is not None)
    assert trainer.trouble is None
    task.cancel()


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda session: session.add_class(" "), "needs a name"),
        (lambda session: session.add_class("dog"), "there is a class 'dog' already"),
        (lambda session: session.rename_class(CAT, "dog"), "there is a class 'dog' already"),
        (lambda session: session.rename_class(CAT, "cat"), "there is a class 'cat' already"),
        (lambda session: session.rename_class(9, "x"), "there is no class 9; there are: cat, dog, eel"),
        (lambda session: session.merge_classes(CAT, CAT), "'cat' cannot be merged into itself"),
        (lambda session: session.merge_classes(CAT, 9), "there is no class 9"),
        (lambda session: session.split_class(CAT, ["lion"]), "'cat' is split into two or more"),
        (lambda session: session.split_class(CAT, ["lion", "lion"]), "name each of them once"),
        (lambda session: session.split_class(CAT, ["lion", "dog"]), "there is a class 'dog' already"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_written(session: LabelSession, act, reason: str) -> None:
    before = session.ledger.sequence
    with pytest.raises(UserError, match=reason):
        act(session)
    assert session.ledger.sequence == before


def test_a_name_is_kept_as_it_can_be_shown(session: LabelSession) -> None:
    session.add_class("  red\x1b[31m fox\n")
    assert session.ledger.living[-1].isprintable()
    assert session.ledger.living[-1].startswith("red")


SPEC = TaskSpec(dataset="iris", batch=3)
SETOSA, VERSICOLOR, VIRGINICA = range(3)


@pytest.fixture
def irises(tmp_path: Path) -> Iterator[LabelSession]:
    """A session of irises in which 40 have their right label; four in ten of what is left are drawn to measure by."""
    items = open_items(SPEC)
    assert items.truth is not None
    settings = Settings("iris", items.fingerprint, items.classes, learner="logistic", strategy="margin")
    session = LabelSession.create(tmp_path / "irises.session", settings, items, "ann")
    for row in items.pool[:: len(items.pool) // 40]:
        session.label(items.ids[row], items.truth[row])
    yield session
    session.close()


def learnt(session: LabelSession) -> tuple[ModelRequest, ModelReply]:
    request = session.describe()
    assert request is not None
    done = model_round(request)
    assert session.accept(request, done) is None
    return request, done


def test_a_model_learns_merged_classes_as_one_and_is_measured_so(irises: LabelSession) -> None:
    _, before = learnt(irises)
    irises.merge_classes(VIRGINICA, VERSICOLOR)
    request, after = learnt(irises)
    assert after.accuracy is not None
    assert after.accuracy >= (before.accuracy or 0.0)
    assert after.accuracy == 1.0  # setosa is far from both
    assert (after.tested, after.kappa) == (before.tested, None)
    assert {*np.frombuffer(after.predictions, "<i2").tolist()} == {SETOSA, VERSICOLOR}
    assert all(pick.probabilities[VIRGINICA] == 0.0 for pick in (*after.picks, *after.reserve))
    assert {suspect.label for suspect in find_suspects(request)} <= {SETOSA, VERSICOLOR}


def test_rows_of_a_class_that_is_no_more_are_measured_by_no_longer(irises: LabelSession) -> None:
    _, before = learnt(irises)
    irises.delete_class(VIRGINICA)
    _, after = learnt(irises)
    assert after.accuracy is not None
    assert after.tested == before.tested - int(np.sum(np.array(irises.items.truth)[_test_rows()] == VIRGINICA))
    assert after.candidates > before.candidates  # they may be asked again
    assert irises.label_by_truth() == sum(
        irises.items.truth[row] != VIRGINICA and irises.items.ids[row] not in irises.ledger.answers for row in irises.items.pool
    )


def _test_rows() -> np.ndarray:
    from al_core.task.split import make_task

    return make_task(SPEC).test


def test_what_is_taken_home_speaks_of_the_classes_that_there_are(irises: LabelSession) -> None:
    irises.rename_class(SETOSA, "bristly")
    irises.merge_classes(VIRGINICA, VERSICOLOR)
    irises.add_class("fox")
    taken = deliver(irises.file, irises.items)
    assert taken.classes == ("bristly", "versicolor", "fox")
    assert {entry.label for entry in taken.items} == {"bristly", "versicolor"}
    shares = [entry.probabilities for entry in taken.items if entry.by == "predicted"]
    assert {len(share) for share in shares} == {3}
    assert all(sum(share) == pytest.approx(1.0) for share in shares)
    truth = {irises.items.ids[row]: irises.items.truth[row] == SETOSA for row in irises.items.pool}
    assert np.mean([truth[entry.item] == (entry.label == "bristly") for entry in taken.items]) > 0.99
    found = certify(irises.file, irises.items)
    assert [(one.name, one.labels) for one in found.classes] == [
        ("bristly", sum(label == SETOSA for label in irises.ledger.person_labels.values())),
        ("versicolor", sum(label == VERSICOLOR for label in irises.ledger.person_labels.values())),
        ("fox", 0),
    ]


def test_resumed_it_knows_its_classes(irises: LabelSession) -> None:
    irises.rename_class(SETOSA, "bristly")
    irises.merge_classes(VIRGINICA, VERSICOLOR)
    before = irises.ledger
    irises.close()
    again = LabelSession.resume(irises.file.path, irises.items, "ann")
    assert again.ledger == before
    request, done = learnt(again)
    assert (request.follows, done.accuracy) == ((SETOSA, VERSICOLOR, VERSICOLOR), 1.0)
    again.undo()
    assert again.ledger.living == ("bristly", "versicolor", "virginica")
    again.close()


def test_a_script_changes_classes_too(tmp_path: Path) -> None:
    truth = load_table("iris").y
    with Labelling("iris", tmp_path / "irises.session", learner="logistic", strategy="margin") as work:
        for question in work.ask(12):
            work.tell(question, int(truth[question.row]))
        work.rename_class("setosa", "bristly")
        work.add_class("fox")
        assert work.classes == ("bristly", "versicolor", "virginica", "fox")
        merged = work.merge_classes("virginica", "versicolor")
        assert merged == sum(truth[work._session.items.row(item)] == VIRGINICA for item in work.labels)
        assert {*work.labels.values()} == {"bristly", "versicolor"}
        (question,) = work.ask()
        work.tell(question, 2)
        assert work.labels[question.item] == "fox"
        assert work.delete_class("fox") == 1
        (again,) = work.ask()
        assert (again.item, again.how) == (question.item, "reopened")
        assert work.undo() is None
        assert work.labels[question.item] == "fox"
        with pytest.raises(UserError, match="virginica"):
            work.tell(question, "virginica")
        assert work.split_class("bristly", ["short", "long"]) > 0
        assert work.classes == ("versicolor", "fox", "short", "long")
        work.export(tmp_path / "labels.csv")
    assert "bristly" not in (tmp_path / "labels.csv").read_text()


def test_two_people_one_of_whom_changed_classes(tmp_path: Path, settings: Settings) -> None:
    from al_core.sessions.actions import Labelled
    from al_core.sessions.class_actions import ClassAdded, ClassMerged, ClassRenamed

    one, two = tmp_path / "one.session", tmp_path / "two.session"
    with SessionFile.create(one, settings, "ann") as file:
        for item, label in zip("abcd", (CAT, DOG, EEL, EEL), strict=True):
            file.append([Labelled(item, label)], "ann")
        file.append([ClassRenamed(CAT, "feline")], "ann")
        file.append([ClassMerged(DOG, CAT)], "ann")
    with SessionFile.create(two, settings, "bob") as file:
        file.append([ClassAdded(FOX, "fox", step=True)], "bob")
        file.append([ClassRenamed(EEL, "conger")], "bob")
        for item, label in zip("abcdef", (CAT, DOG, EEL, FOX, FOX, CAT), strict=True):
            file.append([Labelled(item, label)], "bob")
    found = merge([one, two], tmp_path / "out.session")
    with SessionFile.open(tmp_path / "out.session", read_only=True) as file:
        ledger = file.ledger
        assert ledger.living == ("feline", "conger", "fox"), "what one has renamed has the new name"
        labels = {item: ledger.classes[label] for item, label in ledger.person_labels.items()}
        assert labels == {"a": "feline", "b": "feline", "c": "conger", "e": "fox", "f": "feline"}
        said = [(entry.item, [(who, ledger.classes[label]) for who, label in entry.given]) for entry in found.disagreements]
        assert said == [("d", [("ann", "conger"), ("bob", "fox")])]
    assert (found.shared, found.agreed) == (4, 3)
