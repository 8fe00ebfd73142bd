"""What must be known before anything starts: the plan, the terminal, the log file. Free of the command-line parser."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from al_core.compute.cpus import usable_cpus
from al_core.compute.logs import LOG_VARIABLE
from al_core.data.facts import describe_dataset
from al_core.ground.errors import UserError, about
from al_core.ground.files import refuse_odd
from al_core.ground.places import log_directory
from al_core.ground.safe_text import safe_text
from al_core.task.options import Range, check_options, declared, like
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec, check_spec
from al_tui.requests.warnings import warn

ROUND_LIMIT = 120.0
"""Seconds a round may take before its worker is ended."""
DEFAULT_PACE = 1.5
"""Rounds per second and strategy: the default race then takes some 20 seconds."""


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
    annotator: str | None = declared(None, "Who labels.", reader=str, shown="the user's name", where="settings")


@dataclass(frozen=True, slots=True)
class RaceRequest:
    """What the options ask for: the task, who races, with how many processes, and how many seconds a round may take.

    The race is kept in the session file ``session``, in one at the usual place if that is None, or not at all if not ``keep``.
    Its project wants ``keys`` for classes.
    """

    spec: TaskSpec
    strategies: tuple[str, ...]
    workers: int
    round_limit: float
    session: Path | None = None
    keep: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)


def checked_request(spec: TaskSpec, options: RaceOptions, check: Callable[[TaskSpec], TaskSpec] = check_spec) -> RaceRequest:
    """Turn options into a plan, or say in one line what is wrong with them; nothing has been started yet.

    ``check`` looks at the task: by default `check_spec`; a bench on several data sets checks theirs later.
    """
    with about("dataset"):
        describe_dataset(spec.dataset)
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


def log_file() -> Path:
    """The file that receives what workers print; made if needed, and known to processes started from here.

    It is a convenience: where there can be none, that is said, and what workers print goes nowhere.
    """
    path = Path(os.devnull)
    try:
        directory = log_directory()
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_odd(directory / "al-tui.log")  # whoever opens a pipe waits for somebody at its other end
        os.close(os.open(directory / "al-tui.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        path = directory / "al-tui.log"
    except OSError as error:
        warn(f"what workers print is not kept: cannot write {error.filename}: {error.strerror}")
    except UserError as error:
        warn(f"what workers print is not kept: {error}")
    os.environ[LOG_VARIABLE] = str(path)
    return path


def see(log: Path) -> str:
    """Where to read more, after a sentence that says what went wrong; empty where nothing is kept."""
    return "" if log == Path(os.devnull) else f"; see {log}"


def default_request() -> RaceRequest:
    """What `al-tui` without options races."""
    return RaceRequest(check_spec(TaskSpec()), DEFAULT_STRATEGIES, default_workers(), ROUND_LIMIT)


def default_workers() -> int:
    """One worker for each processor that this program may use, and not more than eight."""
    return min(usable_cpus(), 8)


def user_name() -> str:
    """Who labels, if nobody says otherwise."""
    import getpass

    try:
        return safe_text(getpass.getuser().strip(), 100) or "anonymous"
    except (OSError, KeyError):  # a container may run as a number without a name
        return "anonymous"


def check_session(path: Path) -> None:
    """Raise `UserError` when no new session can be made at ``path``."""
    from al_core.ground.files import check_new

    if path.exists():
        raise UserError(f"{path} is there already; go on with it: al-tui resume {path}")
    check_new(path)
