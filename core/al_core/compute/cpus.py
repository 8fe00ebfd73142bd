"""How many processors this process may use, which may be fewer than the machine has."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_OWN, _TREE = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def usable_cpus(own: Path = _OWN, tree: Path = _TREE) -> int:
    """The processors that the operating system lets this process run on, at least 1.

    That is what `taskset`, a batch system's CPU set, or a container's limit on processor time leave of the machine; part of a
    processor counts as one.

    Parameters
    ----------
    own, tree : the file that says in which control groups this process is, and the directory where they are.
    """
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return max(1, min([count, *(math.ceil(limit) for limit in _limits(own, tree))]))


def _limits(own: Path, tree: Path) -> Iterator[float]:
    """What the control groups of this process, and those they are in, allow, in processors."""
    try:
        lines = own.read_text().splitlines()
    except (OSError, UnicodeError):
        return
    for line in lines:
        number, controllers, place = [*line.split(":", 2), "", ""][:3]
        if number == "0" and not controllers:
            for group in _upwards(tree, place):
                yield from _quota(group / "cpu.max", None)
        elif "cpu" in controllers.split(","):
            for name in {controllers, "cpu"}:
                for group in _upwards(tree / name, place):
                    yield from _quota(group / "cpu.cfs_quota_us", group / "cpu.cfs_period_us")


def _upwards(root: Path, place: str) -> Iterator[Path]:
    """A group's directory and those above it. A container may see its own group at the root, under another name than it has."""
    inside = PurePosixPath(place.lstrip("/"))
    for group in (inside, *inside.parents):
        yield root / group


def _quota(quota: Path, period: Path | None) -> Iterator[float]:
    try:
        words = quota.read_text().split() + (period.read_text().split() if period is not None else [])
        allowed, each = float(words[0]), float(words[1])
    except (OSError, ValueError, IndexError):  # no such group here, or "max": no limit
        return
    if allowed > 0 and each > 0:
        yield allowed / each
