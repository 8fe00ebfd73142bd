"""What stands between a labelling screen and its workers: answers are about the items that were there when it asked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from desk import CAT, DOG, IDS, ITEMS, SETTINGS

from al_core.data.how_far import HowFar
from al_core.data.origin import Origin
from al_core.ground.errors import UserError
from al_core.labelling.messages import Explained, Suspect
from al_core.labelling.session import LabelSession
from al_core.labelling.trainer import Trainer
from al_core.run.state import Pick
from al_core.sessions.actions import MachineLabelled
from al_tui.background.intake import Intake
from al_tui.background.labelling import AHEAD, MOST_ALIKE, Begin, Labeller


class Told(Executor):
    """Answers by the name of what is called; the first answer comes when the session has just gone on over more items."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.asked.append(fn.__name__)
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        answer: Future[Any] = Future()
        answer.set_result(self.answers[fn.__name__])
        return answer


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LabelSession]:
    items = replace(ITEMS, origin=Origin("/pets"))
    session = LabelSession.create(tmp_path / "a.session", SETTINGS, items, "ann")
    session.label(IDS[3], CAT)
    session.label(IDS[1], DOG)
    session.next()
    yield session
    session.close()


def labeller(session: LabelSession, executor: Told) -> Labeller:
    made = Labeller(Begin(SETTINGS, "ann", session.file.path), executor)
    made.session = session
    return made


def widens(session: LabelSession, executor: Told) -> None:
    def widen() -> None:
        session.widen(replace(session.items, since="all 200 items are here now", origin=Origin("/pets", fingerprint="f" * 32)))

    executor.meanwhile = widen


@pytest.mark.parametrize("widened", [False, True])
async def test_an_opinion_is_about_the_items_that_are_there(session: LabelSession, widened: bool) -> None:
    executor = Told(explain_item=Explained(Pick(7, None, None, (0.1, 0.8, 0.1)), (3,)))
    if widened:
        widens(session, executor)
    offer = session.jump(IDS[7])
    told = await labeller(session, executor).explain(offer)
    assert told is not widened
    assert (session.jump(IDS[7]).pick is None) is widened


@pytest.mark.parametrize("widened", [False, True])
async def test_labels_that_look_wrong_are_looked_for_anew_where_rows_mean_others(session: LabelSession, widened: bool) -> None:
    doubts = (
        Suspect(3, CAT, 0.01, DOG),
        Suspect(1, CAT, 0.02, DOG),  # it has another label by now
        Suspect(7, CAT, 0.03, DOG),  # it has none
        Suspect(1, DOG, 0.04, DOG),  # the model would have said the same
    )
    executor = Told(find_suspects=doubts)
    if widened:
        widens(session, executor)
    assert await labeller(session, executor).suspects() == (doubts[0],)
    assert executor.asked == ["find_suspects"] * (1 + widened)


@pytest.mark.parametrize("widened", [False, True])
async def test_the_model_labels_the_items_that_are_there(session: LabelSession, widened: bool) -> None:
    executor = Told(confident_labels=((5, DOG, 0.97), (6, CAT, 0.95)))
    if widened:
        widens(session, executor)
    assert await labeller(session, executor).label_by_model(0.95) == 2
    assert executor.asked == ["confident_labels"] * (1 + widened)
    assert {item: given.label for item, given in session.ledger.machine.items()} == {IDS[5]: DOG, IDS[6]: CAT}


async def test_without_a_label_there_is_no_model_to_ask(tmp_path: Path) -> None:
    session = LabelSession.create(tmp_path / "b.session", SETTINGS, ITEMS, "ann")
    offer = session.next()
    assert offer is not None
    made = labeller(session, Told())
    assert await made.explain(offer) is False
    assert await made.suspects() == ()
    assert await made.label_by_model(0.9) is None
    session.close()


class Looks:
    """Brings whatever is asked for."""

    trouble = None

    def __init__(self) -> None:
        self.brought: list[int] = []

    async def bring(self, rows: list[int]) -> None:
        self.brought += rows


async def test_what_looks_alike_has_no_answer_of_any_kind_and_is_not_drawn_to_measure_by(session: LabelSession) -> None:
    session.file.append([MachineLabelled("truth", None, ((IDS[5], CAT),))], "ann")
    session.jump(IDS[6], "audit")
    assert IDS[6] in session.ledger.choices.audited
    executor = Told(alike_rows=(3, 5, 6, 95, *range(10, 30)))
    made = labeller(session, executor)
    looks = made.looks = Looks()  # type: ignore[assignment]
    assert await made.alike(7) == tuple(IDS[row] for row in range(10, 10 + MOST_ALIKE))
    assert looks.brought == list(range(10, 10 + MOST_ALIKE))
    widens(session, executor)
    assert await made.alike(7) == ()
    session.items = replace(session.items, origin=None)
    assert await made.alike(7) == ()


def test_a_fault_of_the_programs_is_told_and_labelling_goes_on(session: LabelSession) -> None:
    made, changes = labeller(session, Told()), []
    made.changed = lambda: changes.append(made.problem)
    made.broke_off(ZeroDivisionError("oh"))
    assert changes == ["the model learns no more (ZeroDivisionError); leave with q and resume"]
    assert not made.ready


@pytest.mark.parametrize(("seconds", "ready"), [(0.04, True), (0.06, False)])
def test_a_model_is_waited_for_that_lately_came_in_time(session: LabelSession, seconds: float, ready: bool) -> None:
    made = labeller(session, Told())
    assert not made.ready
    made.trainer = Trainer(session, Told())
    assert made.ready
    made.trainer._took.append(seconds)
    assert made.ready is ready


async def test_what_comes_next_is_fetched_ahead_unless_all_is_here(session: LabelSession) -> None:
    made = labeller(session, Told())
    made.wake()  # nothing can be fetched yet
    wanted: list[int] = []

    class Ahead(Looks):
        whole = False

        def want(self, rows: list[int]) -> None:
            wanted.extend(rows)

    looks = made.looks = Ahead()  # type: ignore[assignment]
    made.wake()
    assert wanted == list(session.upcoming(AHEAD))
    looks.whole = True
    made.wake()
    assert len(wanted) == AHEAD


@pytest.mark.parametrize("there", [False, True])
async def test_what_a_new_session_has_is_noted_for_the_next_time(session: LabelSession, there: bool) -> None:
    executor = Told(since_last_time="")
    made = labeller(session, executor)
    made.begin = replace(made.begin, file=session.file if there else None)
    noted: list[tuple[Any, ...]] = []
    submit = executor.submit
    executor.submit = lambda fn, *args: noted.append(args) or submit(fn, *args)  # type: ignore[method-assign]
    await made._bring_rest(session)
    about = f"{session.ledger.started} {SETTINGS.fingerprint}"
    assert noted == ([] if there else [(Origin("/pets"), about, True)])


async def test_a_rest_that_cannot_be_read_is_told_and_asking_goes_on(
    session: LabelSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(self: Intake, session: LabelSession) -> None:
        raise UserError("no such file")

    monkeypatch.setattr(Intake, "widen", fails)
    executor = Told()
    made = labeller(session, executor)
    made.reading = HowFar("reading", "files", 3, 9)
    changes: list[tuple[Any, ...]] = []
    made.changed = lambda: changes.append((made.problem, made.reading))
    await made._bring_rest(session)
    assert changes == [("only these items are asked from; the rest cannot be read: no such file", None)]
    assert executor.asked == []
