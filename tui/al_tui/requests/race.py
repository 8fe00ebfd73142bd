"""What must be known before anything starts: the plan, the terminal, the log file. Free of the command-line parser."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from al_core.compute.cpus import usable_cpus
from al_core.compute.logs import LOG_VARIABLE
from al_core.ground.errors import UserError
from al_core.ground.files import refuse_odd
from al_core.ground.places import log_directory
from al_core.ground.safe_text import safe_text
from al_core.measures.worth import NOTHING_KNOWN, Price
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec, check_spec
from al_tui.requests.warnings import warn

if TYPE_CHECKING:
    from al_core.data.sources import Source

MORE = 30
"""Paired seeds over which a race that began with one is repeated when a person wants verdicts."""
ROUND_LIMIT = 120.0
"""Seconds a round may take before its worker is ended."""
DEFAULT_PACE = 1.5
"""Rounds per second and strategy: the default race then takes some 20 seconds."""


class RaceRequest(NamedTuple):
    """What the options ask for: the task, who races, with how many processes, and how many seconds a round may take.

    The race is kept in the session file ``session``, in one at the usual place if that is None, or not at all if not ``keep``.
    Its project wants ``keys`` for classes. ``source`` is known of data that does not come with the program, ``price`` of what a
    label costs.
    """

    spec: TaskSpec
    strategies: tuple[str, ...]
    workers: int
    round_limit: float
    session: Path | None = None
    keep: bool = True
    keys: Mapping[str, str] = MappingProxyType({})
    source: Source | None = None
    price: Price = NOTHING_KNOWN


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
