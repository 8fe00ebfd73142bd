"""The state of a race that is kept as a session: the replay of its log. Pure Python, no clock, no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from al_core.data.facts import comes_with, is_bundled
from al_core.ground.errors import UserError
from al_core.race.view import RaceView, RunView, own_name, with_answers
from al_core.run.state import Answer, By, Query, Round, RunState, answer, forget
from al_core.sessions.actions import Action, Choice, DamagedSession, kind_of
from al_core.sessions.entries import Given, MachineLabel
from al_core.sessions.events import GENESIS, Event
from al_core.sessions.race_actions import (
    RaceAnswered,
    RaceFailed,
    RaceHand,
    RaceOpened,
    RacePlayed,
    RaceTakenBack,
)


@dataclass(frozen=True, slots=True)
class RaceRun:
    """One run of a kept race: its state, who answers it, how many rounds were timed, and the seconds they took: fitting; and
    measuring, scoring and choosing. ``given`` are the rows that were answered by hand in it, ``of`` is the run that a person
    began it from, ``error`` says why its latest round failed, until it has played it after all."""

    state: RunState
    by_hand: bool = False
    given: frozenset[int] = frozenset()
    rounds_timed: int = 0
    fit_seconds: float = 0.0
    query_seconds: float = 0.0
    of: int | None = None
    error: str | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.state.strategy if self.of is None else own_name(self.state.strategy)

    @property
    def by_person(self) -> int:
        """Answers in it that a person gave."""
        return sum(given.by is By.PERSON for given in self.state.history)


@dataclass
class RaceLedger:
    """State of a kept race. Read it freely; only `apply` changes it.

    Parameters
    ----------
    settings : what the race began with.
    runs : in the order of ``settings.strategies``, and then those that a person began.
    known : answers given by hand and not taken back, by row; nobody is asked about these again.
    answers, machine : item → what the person said, and what ground truth said when the person asked for it.
    elapsed : seconds the race had been running, pauses not counted.
    started : time of the first event.
    sequence, checksum, time : of the last event.
    """

    settings: RaceOpened
    runs: tuple[RaceRun, ...]
    known: dict[int, Answer] = field(default_factory=dict)
    answers: dict[str, Given] = field(default_factory=dict)
    machine: dict[str, MachineLabel] = field(default_factory=dict)
    elapsed: float = 0.0
    started: str = ""
    sequence: int = 1
    checksum: str = GENESIS
    time: str = ""

    @property
    def flags(self) -> dict[str, str]:
        """A race has no marks."""
        return {}

    @property
    def choices(self) -> dict[str, Choice]:
        """What a person answers in a race was chosen by the run's strategy, which is in the log; there is nothing to add."""
        return {}

    @property
    def names(self) -> dict[str, str]:
        """A race names rows."""
        return {}

    @property
    def dataset(self) -> str:
        """Name of the data set, or the path of files of the person's own."""
        source = self.settings.source
        return self.settings.spec.dataset if source is None or source.origin is None else source.origin.word

    @property
    def fingerprint(self) -> str:
        """Content digest of the data set."""
        return self.settings.fingerprint

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names."""
        return self.settings.classes

    @property
    def living(self) -> tuple[str, ...]:
        """The same: nobody changes the classes of a race."""
        return self.settings.classes

    @property
    def labelled(self) -> int:
        """Labels that the person gave."""
        return sum(given.label is not None for given in self.answers.values())

    @property
    def skipped(self) -> int:
        """Items that the person put aside."""
        return len(self.answers) - self.labelled

    @property
    def rounds_played(self) -> int:
        """Models that were learnt, of all runs."""
        return sum(len(run.state.rounds) + (run.state.query is not None) for run in self.runs)

    @property
    def finished(self) -> bool:
        """True when every run has spent its budget."""
        return all(run.state.done for run in self.runs)

    def strategy_of(self, action: Action) -> str:
        """The strategy that an action concerns; empty where it concerns none."""
        match action:
            case RaceHand(of=int(first)):
                return self.runs[first].state.strategy
            case RacePlayed() | RaceAnswered() | RaceTakenBack() | RaceHand() | RaceFailed():
                return self.runs[action.run].state.strategy
        return ""

    def check(self, events: Sequence[Event]) -> None:
        """Make sure that `apply` will take ``events``, one after the other.

        Raises
        ------
        DamagedSession
            An event cannot follow; see `apply`.
        """
        trial = replace(self, known=dict(self.known), answers=dict(self.answers), machine=dict(self.machine))
        for event in events:
            trial.apply(event)

    def apply(self, event: Event) -> None:
        """Take one event in.

        Raises
        ------
        DamagedSession
            The event cannot follow: a gap in the numbers, an unknown run or class, an answer that nobody waits for.
        """
        if event.sequence != self.sequence + 1:
            raise DamagedSession(f"event {event.sequence} follows event {self.sequence}")
        try:
            self._act(event)
        except (UserError, IndexError) as error:
            why = "there is no run of that number" if isinstance(error, IndexError) else str(error)
            raise DamagedSession(f"event {event.sequence} ({kind_of(event.action)}): {why}") from None
        self.sequence, self.checksum, self.time = event.sequence, event.checksum, event.time

    def _act(self, event: Event) -> None:
        match event.action:
            case RacePlayed(run, learnt, query, fit, choice, elapsed):
                old = self.runs[run]
                state = self._played(old.state, learnt, query)
                self._set(
                    run,
                    replace(
                        old,
                        state=state,
                        rounds_timed=old.rounds_timed + 1,
                        fit_seconds=old.fit_seconds + fit,
                        query_seconds=old.query_seconds + choice,
                        error=None,
                    ),
                )
                self.elapsed = elapsed
            case RaceAnswered(item, run, row, given, who):
                if given is not None:
                    self._check_class(given)
                old = self.runs[run]
                if row not in old.state.waiting:
                    raise UserError(f"row {row} does not wait for an answer")
                self._set(run, replace(old, state=answer(old.state, row, given, who), given=old.given | {row}))
                self.known[row] = Answer(row, given, who)
                if who is By.PERSON:
                    self.answers[item] = Given(given, event.annotator, event.time, event.sequence)
                elif given is not None:
                    self.machine[item] = MachineLabel(given, "truth" if who is By.TRUTH else "careless", event.time)
            case RaceTakenBack(item, run, row):
                old = self.runs[run]
                state = forget(old.state, row)
                left = old.given & {given.row for given in state.history}
                self._set(run, replace(old, state=state, given=left))
                self.known.pop(row, None)
                self.answers.pop(item, None)
                self.machine.pop(item, None)
            case RaceFailed(run, error):
                self._set(run, replace(self.runs[run], error=error))
            case RaceHand(run, by_hand, int(of)):
                if run != len(self.runs) or not 0 <= of < run:
                    raise UserError("a run begins behind all others, from one of them")
                first = self.runs[of]
                self.runs = (*self.runs, RaceRun(first.state, by_hand, first.given, of=of))
            case RaceHand(run, by_hand):
                self._set(run, replace(self.runs[run], by_hand=by_hand))
            case _:
                raise UserError("it does not belong into a race")

    def _played(self, state: RunState, learnt: tuple[Answer, ...], query: Query) -> RunState:
        if state.done:
            raise UserError("the run had spent its budget")
        for pick in query.picks:
            if len(pick.probabilities) != len(self.classes):
                raise UserError(f"row {pick.row} has {len(pick.probabilities)} probabilities for {len(self.classes)} classes")
        if len({pick.row for pick in query.picks}) < len(query.picks):
            raise UserError("the batch names an item twice")
        if tuple(given.row for given in learnt) != state.waiting:
            raise UserError("the answers are not those that the batch waited for")
        for given in learnt:
            if given.label is not None:
                self._check_class(given.label)
        if state.query is None:
            return RunState(state.strategy, state.rounds, query)
        return RunState(state.strategy, (*state.rounds, Round(state.query, state.answers + learnt)), query)

    def _check_class(self, label: int) -> None:
        if not 0 <= label < len(self.classes):
            raise UserError(f"class {label} of {len(self.classes)}")

    def _set(self, index: int, run: RaceRun) -> None:
        self.runs = (*self.runs[:index], run, *self.runs[index + 1 :])


def begin_race(event: Event) -> RaceLedger:
    """The ledger after the first event.

    Raises
    ------
    DamagedSession
        It is not the event that opens a race, or its settings cannot be.
    """
    if event.sequence != 1 or not isinstance(event.action, RaceOpened):
        raise DamagedSession("this is no race")
    settings = event.action
    if not settings.classes or not settings.strategies or settings.spec.batch < 1 or settings.seeds < 1:
        raise DamagedSession("the settings have no classes, no strategies, no seeds or an empty batch")
    if (source := settings.source) is not None and (
        (source.name, source.fingerprint, source.classes)
        != (settings.spec.dataset, settings.fingerprint, len(settings.classes))
        or source.origin is None
    ):
        raise DamagedSession("the data that it was raced over is not the data that it is about")
    settings = _called_otherwise(settings)
    ledger = RaceLedger(settings, tuple(RaceRun(RunState(name)) for name in settings.strategies))
    ledger.started, ledger.checksum, ledger.time = event.time, event.checksum, event.time
    return ledger


def _called_otherwise(settings: RaceOpened) -> RaceOpened:
    """The same, where files of one's own had a name that a data set which is made has by now: it is not that one."""
    name, source = settings.spec.dataset, settings.source
    if source is None or not comes_with(name) or is_bundled(name):
        return settings
    return replace(settings, spec=replace(settings.spec, dataset=f"./{name}"), source=replace(source, name=f"./{name}"))


def kept_view(ledger: RaceLedger, pace: float | None) -> RaceView:
    """The view of a kept race before it goes on."""
    runs = (
        RunView(
            run.state,
            run.by_hand,
            rounds_timed=run.rounds_timed,
            fit_seconds=run.fit_seconds,
            query_seconds=run.query_seconds,
            of=run.of,
        )
        for run in ledger.runs
    )
    told = tuple(with_answers(run, run.state, None) for run in runs)
    return RaceView(ledger.settings.spec, told, pace=pace)
