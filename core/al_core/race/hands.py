"""A person in a race: runs taken over, answers that all of them share, undo and redo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from al_core.ground.errors import UserError
from al_core.race.events import Answered, ByPerson, HandChanged, RaceEvent, TakenBack
from al_core.race.racer import Racer
from al_core.run.oracle import Oracle
from al_core.run.state import Answer, By, RunState, answer, forget


class Hands:
    """What a person does to the runs of a race. It is kept before it takes effect.

    Parameters
    ----------
    runs : the race's runs.
    keep : called with what a person did before it takes effect; if it raises, nothing has happened.
    emit : called with every event.
    settled : called when runs may have become done, or undone.
    begun : called with the place of a run that has come to the others.
    known : answers given by hand before, by row.
    """

    def __init__(
        self,
        runs: list[Racer],
        keep: Callable[[Sequence[ByPerson]], None],
        emit: Callable[[RaceEvent], None],
        settled: Callable[[], None],
        begun: Callable[[int], None],
        known: Mapping[int, Answer],
    ) -> None:
        self._runs = runs
        self._keep = keep
        self._emit = emit
        self._settled = settled
        self._begun = begun
        self._answers = dict(known)
        self._seen: dict[int, tuple[bool, float | None]] = {}
        """How the items were seen that a person answered in this sitting: ``visible`` and ``seconds``, by row."""
        self._undone: list[tuple[int, Answer]] = []
        """What was taken back since the last answer, and in which run; the latest last."""

    @property
    def known(self) -> Mapping[int, Answer]:
        """Answers given by hand in any run, by row."""
        return MappingProxyType(self._answers)

    def take_over(self, index: int) -> None:
        """From now on the run stops at each batch until every item is answered. A round on its way is dropped, so that the
        batch on the screen is the one to answer."""
        run = self._runs[index]
        known = _with(run.state, self._answers)
        self._commit([HandChanged(index, True), *([Answered(index, *known)] if known else [])])
        self._undone.clear()

    def fork(self, index: int) -> int:
        """Begin a run of the person's own from where this one stands, which goes on; returns the place of the new one.

        It asks what that strategy asks for.
        """
        new = len(self._runs)
        self._commit([HandChanged(new, True, index)])
        self._undone.clear()
        self.share(new)
        return new

    def hand_back(self, index: int) -> None:
        """Let the run go on by itself; what its open batch still waits for is answered by the oracle."""
        self._commit([HandChanged(index, False)])
        self._undone.clear()

    def answer(
        self,
        index: int,
        row: int,
        label: int | None,
        by: By = By.PERSON,
        *,
        visible: bool = False,
        seconds: float | None = None,
    ) -> None:
        """Answer one item, in this run and in every other run in the person's hands that waits for it; None puts it aside.

        Parameters
        ----------
        index, row, label : the run, the item's row, and its class index.
        by : who says so.
        visible, seconds : whether the model's guess was on the screen, and how long the person looked.

        Raises
        ------
        UserError
            The run is not in the person's hands, or does not wait for this item.
        """
        if row not in self._in_hand(index).state.waiting:
            raise UserError(f"row {row} does not wait for an answer")
        self._give({row: Answer(row, label, by)}, visible, seconds)
        self._seen[row] = (visible, seconds)
        self._undone.clear()

    def answer_rest(self, index: int, oracle: Oracle) -> None:
        """Let ``oracle`` answer whatever the open batch still waits for; what it does not know is put aside."""
        waiting = self._in_hand(index).state.waiting
        if given := {row: answer for row in waiting if (answer := oracle.answer(row)) is not None}:
            self._give(given, False, None)
            self._seen.update((row, (False, None)) for row in given)
            self._undone.clear()

    def undo(self, index: int) -> Answer | None:
        """Take back the last answer that was given by hand in this run; the run returns to that point.

        Other runs in the person's hands that were given the same answer give it back too; one that had answered the item by
        itself keeps that. Answers to other items stay known and are not asked again.

        Returns
        -------
        The answer taken back, or None when there is none.
        """
        mine = self._in_hand(index)
        last = next((answered for answered in reversed(mine.state.history) if answered.row in mine.given), None)
        if last is None:
            return None
        row = last.row
        self._commit(
            [
                TakenBack(other, forget(run.state, row), row)
                for other, run in enumerate(self._runs)
                if run.by_hand and row in run.given
            ]
        )
        if row in self._seen:
            self._undone.append((index, last))
        else:
            self._undone.clear()
        return last

    def redo(self, index: int) -> Answer | None:
        """Give the answer again that was taken back last in this run, as it was given and in every run that waits for it.

        An answer of an earlier sitting is not given again: how its item was seen is not known here.

        Returns
        -------
        The answer given again, or None when nothing was taken back in this run since the last answer.

        Raises
        ------
        UserError
            The run is not in the person's hands, or does not ask for that item again before it has learnt.
        """
        waiting = self._in_hand(index).state.waiting
        if not self._undone or self._undone[-1][0] != index:
            return None
        taken = self._undone[-1][1]
        if taken.row not in waiting:
            raise UserError("the model is learning; the item comes when it has")
        self._give({taken.row: taken}, *self._seen[taken.row])
        self._undone.pop()
        return taken

    # Inside

    def _in_hand(self, index: int) -> Racer:
        run = self._runs[index]
        if not run.by_hand:
            raise UserError("take the run over first")
        return run

    def _give(self, answers: Mapping[int, Answer], visible: bool, seconds: float | None) -> None:
        """Answer items in every run in the person's hands that waits for them."""
        self._commit(
            [
                Answered(index, *known, visible, seconds)
                for index, run in enumerate(self._runs)
                if run.by_hand and (known := _with(run.state, answers))
            ]
        )

    def share(self, index: int) -> None:
        """Give a run in the person's hands the answers that are known already."""
        run = self._runs[index]
        if run.by_hand and (known := _with(run.state, self._answers)):
            self._commit([Answered(index, *known)])

    def _commit(self, events: Sequence[ByPerson]) -> None:
        """Let what a person did be kept, and then let it take effect."""
        self._keep(events)
        for event in events:
            if isinstance(event, HandChanged) and event.of is not None:
                first = self._runs[event.of]
                self._runs.append(Racer(first.task, first.state, given=set(first.given), seconds=first.seconds))
            run = self._runs[event.run]
            match event:
                case HandChanged(_, by_hand):
                    run.by_hand = by_hand
                    run.steps = 0
                    if by_hand and run.state.query is not None:
                        run.move_on()
                case Answered(_, state, answers):
                    self._answers.update({given.row: given for given in answers})
                    run.given.update(given.row for given in answers)
                    run.state = state
                    run.move_on()
                case TakenBack(_, state, row):
                    self._answers.pop(row, None)
                    run.given &= {given.row for given in state.history}
                    run.state = state
                    run.move_on()
        for event in events:
            self._emit(event)
            self._runs[event.run].wake.set()
            if isinstance(event, HandChanged) and event.of is not None:
                self._begun(event.run)
        self._settled()


def _with(state: RunState, answers: Mapping[int, Answer]) -> tuple[RunState, tuple[Answer, ...]] | None:
    """The state with those of ``answers`` that it waits for, and which they are; None when it waits for none of them."""
    new = tuple(answers[row] for row in state.waiting if row in answers)
    for given in new:
        state = answer(state, given.row, given.label, given.by)
    return (state, new) if new else None
