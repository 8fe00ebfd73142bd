"""Options of a race and of labelling that no task has, and the request that they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from al_core.data.facts import describe_dataset
from al_core.ground.errors import UserError, about
from al_core.task.options import Range, check_options, declared, like
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec, check_spec
from al_tui.requests.race import DEFAULT_PACE, ROUND_LIMIT, RaceRequest, default_workers


def read_pace(text: str) -> float | None:
    """Rounds per second, or ``max`` for no limit, which becomes None."""
    if text == "max":
        return None
    try:
        pace = float(text)
    except ValueError:
        pace = 0.0
    if not 0.01 <= pace <= 1000:
        raise ValueError("is no pace; give rounds per second, 0.01 to 1000, or max")
    return pace


@dataclass(frozen=True, slots=True)
class RaceOptions:
    """Options of a race that its tasks do not have; every field is a row of options."""

    strategies: str | None = declared(None, "Who races.", reader=str, metavar="A,B,…", shown=",".join(DEFAULT_STRATEGIES))
    workers: int | None = declared(
        None,
        "Worker processes.",
        reader=int,
        range=Range("give 1 to 256", least=1, most=256),
        shown="one per usable core",
    )
    round_limit: float = declared(
        ROUND_LIMIT,
        "Seconds before a round is given up; a whole run, in a bench or over seeds, has as many for each of its rounds.",
        range=Range(f"give seconds above 0, e.g. {ROUND_LIMIT:g}", above=0),
    )


@dataclass(frozen=True, slots=True)
class ScreenOptions:
    """Options of a race on the screen; every field is a row of options."""

    pace: float | None = declared(
        DEFAULT_PACE,
        "Rounds per second of each strategy, or max; 1.5 makes the race last some 20 seconds.",
        reader=read_pace,
        metavar="ROUNDS_PER_SECOND|max",
        shown="1.5",
    )
    session: Path | None = declared(None, "The session file to make.", reader=Path, metavar="FILE", where="command line")
    no_session: bool = declared(False, "Do not keep this race.", where="command line")


@dataclass(frozen=True, slots=True)
class LabelOptions:
    """Options of labelling that are no settings of its session; every field is a row of options."""

    session: Path | None = like(ScreenOptions, "session")
    new: bool = declared(
        False, "Begin a new session, without a question where there is one of the same files.", where="command line"
    )
    classes: str | None = declared(
        None, "Names of the classes, where your files say none or too few.", reader=str, metavar="A,B,…"
    )
    annotator: str | None = declared(None, "Who labels.", reader=str, shown="the user's name", where="settings")


def checked_spec(spec: TaskSpec) -> TaskSpec:
    """`check_spec`, with what is wrong with the data set said of that."""
    with about("dataset"):
        describe_dataset(spec.dataset)
    return check_spec(spec)


def checked_values(spec: TaskSpec) -> TaskSpec:
    """The task, with no value out of its range; whether its data can give so many labels is seen when that was read."""
    check_options(spec)
    return spec


def checked_request(spec: TaskSpec, options: RaceOptions, check: Callable[[TaskSpec], TaskSpec] = checked_spec) -> RaceRequest:
    """Turn options into a plan, or say in one line what is wrong with them; nothing has been started yet.

    ``check`` looks at the task; where data sets are several, or must be read first, they are checked later.
    """
    spec = check(spec)
    names: tuple[str, ...] = DEFAULT_STRATEGIES
    if options.strategies is not None:
        with about("strategies"):
            names = _strategies(options.strategies)
    if spec.learner != TaskSpec().learner:
        from al_core.learners.registry import tried_learner

        with about("learner"):
            tried_learner(spec.learner)
    check_options(options)
    return RaceRequest(spec, names, options.workers or default_workers(), options.round_limit)


def _strategies(text: str) -> tuple[str, ...]:
    from al_core.ground.calls import split_names
    from al_core.strategies.registry import resolve_strategy

    names = tuple(str(resolve_strategy(name)) for name in split_names(text))
    if not names:
        raise UserError("--strategies is empty; name at least one, e.g. random,margin")
    if twice := {name for name in names if names.count(name) > 1}:
        raise UserError(f"--strategies names {sorted(twice)[0]} more than once")
    return names
