"""What screens draw: one immutable picture of a race. `al_core.race.reducer` derives it from the race's events."""

from __future__ import annotations

from typing import Literal, NamedTuple

from al_core.data.facts import UNKNOWN, partly_labelled
from al_core.measures.curves import aulc, first_hit, held_hit, lead, saved, until
from al_core.run.state import By, PersonsAnswers, RunState, persons_answers
from al_core.task.spec import BASELINE, TaskSpec

BY_HAND = "✎"
"""Marks a run that a person had a hand in, wherever its numbers are."""

Status = Literal["starting", "racing", "asking", "failed", "done"]


class RunView(NamedTuple):
    """One run as it is seen: its state, who answers, what went wrong, how long its rounds took, and what a person answered."""

    state: RunState
    by_hand: bool = False
    learning: bool = False
    error: str | None = None
    rounds_timed: int = 0
    fit_seconds: float = 0.0
    query_seconds: float = 0.0
    person: PersonsAnswers | None = None
    of: int | None = None
    """The run that it began as, where it is a person's own."""

    @property
    def name(self) -> str:
        """The strategy's name; of a person's own run theirs and that of the strategy that asks."""
        return self.state.strategy if self.of is None else own_name(self.state.strategy)

    @property
    def status(self) -> Status:
        """What the run is doing."""
        if self.error is not None:
            return "failed"
        if self.state.done:
            return "done"
        if self.state.query is None:
            return "starting"
        return "asking" if self.by_hand and not self.learning else "racing"

    @property
    def accuracy(self) -> float | None:
        """What the task's metric said of the last model, its test accuracy if nobody said otherwise; None before the first."""
        return self.state.query.accuracy if self.state.query else None

    @property
    def seconds_per_round(self) -> float | None:
        """Mean seconds a round took in its worker; None before the first."""
        return (self.fit_seconds + self.query_seconds) / self.rounds_timed if self.rounds_timed else None

    @property
    def seconds_per_query(self) -> float | None:
        """Mean seconds of measuring, scoring and choosing in a round; None before the first."""
        return self.query_seconds / self.rounds_timed if self.rounds_timed else None


class RaceView(NamedTuple):
    """A race as it is seen; ``truth`` is the class of every row, once that is known, and ``unlabelled`` how many have none."""

    spec: TaskSpec
    runs: tuple[RunView, ...]
    paused: bool = False
    pace: float | None = None
    truth: tuple[int, ...] | None = None
    unlabelled: int = 0

    @property
    def partly_labelled(self) -> str:
        """What is to be known of a race over data of which some items have no label; empty where all have one."""
        return partly_labelled(len(self.truth or ()), self.unlabelled)

    @property
    def done(self) -> bool:
        """True when no run will go on by itself."""
        return all(run.status in ("done", "failed") for run in self.runs)

    @property
    def idle(self) -> bool:
        """True when nothing changes until somebody presses a key."""
        return all(
            run.status in ("done", "failed", "asking") or (self.paused and not run.learning and not run.by_hand)
            for run in self.runs
        )


def seconds_left(view: RaceView, seconds: float) -> float | None:
    """How long the race will still take if its runs go on as they did for ``seconds``.

    None when that hangs on a person, or when nothing is known yet.
    """
    going = [run for run in view.runs if run.status not in ("done", "failed")]
    if any(run.by_hand or run.state.query is None for run in going) or (going and view.paused):
        return None
    models = view.spec.rounds + 1
    made = [len(run.state.rounds) + 1 for run in going]
    return max((seconds / count * max(0, models - count) for count in made), default=0.0)


class Standing(NamedTuple):
    """One line of the leaderboard and of the comparison; None where there is nothing to say yet."""

    run: int
    strategy: str
    labels: int
    accuracy: float | None
    aulc: float | None
    to_target: float | None
    held: int | None
    saved: float | None
    seconds_per_round: float | None
    seconds_per_query: float | None
    status: Status
    aulc_labels: int | None = None
    """Up to how many labels the area reaches: all that are compared have as many."""
    person: PersonsAnswers | None = None
    """What a person answered; such a run is not the strategy's, so nothing is said to be saved by it."""


def open_view(spec: TaskSpec, strategies: tuple[str, ...], pace: float | None = None) -> RaceView:
    """The view of a race that has not begun."""
    return RaceView(spec, tuple(RunView(RunState(name)) for name in strategies), pace=pace)


def with_truth(view: RaceView, truth: tuple[int, ...]) -> RaceView:
    """The view now that the class of every row is known."""
    runs = tuple(with_answers(run, run.state, truth) for run in view.runs)
    return view._replace(truth=truth, unlabelled=truth.count(UNKNOWN), runs=runs)


OWN = "you + "
"""How the name of a run begins that a person began from another one."""


def own_name(strategy: str) -> str:
    """What a run is called that a person has begun from one of ``strategy``."""
    return OWN + strategy


def begun_from(run: RunView, at: int, by_hand: bool, truth: tuple[int, ...] | None) -> RunView:
    """A person's own run as it begins from ``run``, which has the place ``at``."""
    return with_answers(RunView(run.state, by_hand, of=at), run.state, truth)


def with_answers(run: RunView, state: RunState, truth: tuple[int, ...] | None) -> RunView:
    """The run in a state with other answers."""
    person = persons_answers(state, truth)
    return run._replace(
        state=state,
        person=PersonsAnswers(0, None if truth is None else 0, 0) if person is None and run.of is not None else person,
    )


def ranked_at(view: RaceView) -> int | None:
    """The largest number of labels that all runs have learnt from; None before the last of them has begun.

    A run that failed goes no further by itself, so it holds nobody back.
    """
    going = [run for run in view.runs if run.status != "failed"] or [run for run in view.runs if run.state.curve]
    reached = [run.state.query.labels if run.state.query else None for run in going]
    return None if None in reached else min((labels for labels in reached if labels is not None), default=None)


def standings(view: RaceView) -> tuple[Standing, ...]:
    """All runs, the largest area under the curve first; runs without one last, in the order of the race.

    Areas are those up to the number of labels that all have reached: over more labels a curve is higher, whoever drew it.
    """
    target, common = view.spec.target, ranked_at(view)
    baseline = next((run for run in view.runs if run.name == BASELINE), None)
    base = held_hit(baseline.state.curve, target) if baseline and baseline.person is None else None
    rows = []
    for index, run in enumerate(view.runs):
        curve = run.state.curve
        held = held_hit(curve, target)
        rows.append(
            Standing(
                run=index,
                strategy=run.name,
                labels=run.state.labels,
                accuracy=run.accuracy,
                aulc=None if common is None else aulc(until(curve, common)),
                to_target=first_hit(curve, target),
                held=held,
                saved=saved(held, base) if run.person is None else None,
                seconds_per_round=run.seconds_per_round,
                seconds_per_query=run.seconds_per_query,
                status=run.status,
                aulc_labels=common,
                person=run.person,
            )
        )
    return tuple(sorted(rows, key=lambda row: -1.0 if row.aulc is None else row.aulc, reverse=True))


def leads(view: RaceView) -> tuple[int | None, ...]:
    """By how many labels each run is ahead of `random`, at the number of labels that all have reached.

    None for `random` itself, and where nobody knows: where it does not race, or a person answered for it or for the run.
    """
    baseline = next((run for run in view.runs if run.name == BASELINE and run.person is None), None)
    common = ranked_at(view)
    if baseline is None or common is None:
        return (None,) * len(view.runs)
    return tuple(
        None if run is baseline or run.person else lead(run.state.curve, baseline.state.curve, common) for run in view.runs
    )


class Agreement(NamedTuple):
    """How many labels of a person agree with ground truth, of those whose truth is known."""

    right: int
    known: int


def agreement(state: RunState, truth: tuple[int, ...]) -> Agreement:
    """How far a person's labels in the last learnt batch agree with ground truth."""
    if not state.rounds:
        return Agreement(0, 0)
    said = [entry for entry in state.rounds[-1].answers if entry.by is By.PERSON and entry.label is not None]
    given = [entry for entry in said if truth[entry.row] != UNKNOWN]
    return Agreement(sum(entry.label == truth[entry.row] for entry in given), len(given))
