"""What must be known before anything starts: the plan, the terminal, the log file. Free of the command-line parser."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from al_core.compute.cpus import usable_cpus
from al_core.compute.logs import LOG_VARIABLE
from al_core.ground.errors import UserError
from al_core.ground.files import refuse_odd
from al_core.ground.places import log_directory
from al_core.ground.safe_text import safe_text
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec, check_spec
from al_tui.requests.warnings import warn

ROUND_LIMIT = 120.0
"""Seconds a round may take before its worker is ended."""
DEFAULT_PACE = 1.5
"""Rounds per second and strategy: the default race then takes some 20 seconds."""


@dataclass(frozen=True, slots=True)
class RaceRequest:
    """What the options ask for: the task, who races, with how many processes, and how many seconds a round may take.

    The race is kept in the session file ``session``, in one at the usual place if that is None, or not at all if not ``keep``.
    """

    spec: TaskSpec
    strategies: tuple[str, ...]
    workers: int
    round_limit: float
    session: Path | None = None
    keep: bool = True


def checked_request(
    strategies: str | None,
    dataset: str,
    learner: str,
    initial: str,
    batch: int,
    budget: int,
    target: float,
    seed: int,
    workers: int | None,
    round_limit: float,
    check: Callable[[TaskSpec], TaskSpec] = check_spec,
) -> RaceRequest:
    """Turn options into a plan, or say in one line what is wrong with them; nothing has been started yet.

    ``check`` looks at the task: by default `check_spec`; a bench on several data sets checks theirs later.
    """
    spec = check(TaskSpec(dataset, learner, seed, batch, budget, target, initial))
    names: tuple[str, ...] = DEFAULT_STRATEGIES
    if strategies is not None:
        from al_core.ground.calls import split_names
        from al_core.strategies.registry import resolve_strategy

        names = tuple(str(resolve_strategy(name)) for name in split_names(strategies))
        if not names:
            raise UserError("--strategies is empty; name at least one, e.g. random,margin")
        if twice := {name for name in names if names.count(name) > 1}:
            raise UserError(f"--strategies names {sorted(twice)[0]} more than once")
    if learner != TaskSpec().learner:
        from al_core.learners.registry import tried_learner

        tried_learner(learner)
    if workers is not None and not 1 <= workers <= 256:
        raise UserError(f"--workers is {workers}; give 1 to 256")
    if not 0 < round_limit < math.inf:
        raise UserError(f"--round-limit is {round_limit:g}; give seconds above 0, e.g. {ROUND_LIMIT:g}")
    return RaceRequest(spec, names, workers or default_workers(), round_limit)


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


def check_seeds(seeds: int) -> None:
    """Raise `UserError` when nothing would be run."""
    if seeds < 1:
        raise UserError(f"--seeds is {seeds}; at least 1 is needed")
