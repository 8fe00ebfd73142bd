"""The processors that may be used are counted, not those that are there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from al_core.compute.cpus import usable_cpus

GROUP = "0::/batch.slice/job.scope\n"


@pytest.fixture(autouse=True)
def eight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)


def made(tmp_path: Path, own: str, files: dict[str, str]) -> int:
    """The count where these control groups are."""
    (tmp_path / "own").write_text(own)
    for name, text in files.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return usable_cpus(tmp_path / "own", tmp_path / "tree")


@pytest.mark.parametrize(
    ("own", "files", "count"),
    [
        ("", {}, 8),
        (GROUP, {}, 8),
        (GROUP, {"batch.slice/job.scope/cpu.max": "max 100000\n"}, 8),
        (GROUP, {"batch.slice/job.scope/cpu.max": "300000 100000\n"}, 3),
        (GROUP, {"batch.slice/job.scope/cpu.max": "150000 100000\n"}, 2),
        (GROUP, {"batch.slice/job.scope/cpu.max": "10000 100000\n"}, 1),
        (GROUP, {"batch.slice/job.scope/cpu.max": "1600000 100000\n"}, 8),
        (GROUP, {"batch.slice/job.scope/cpu.max": "max 100000\n", "batch.slice/cpu.max": "200000 100000\n"}, 2),
        (GROUP, {"cpu.max": "400000 100000\n"}, 4),
        (GROUP, {"batch.slice/job.scope/cpu.max": "nonsense\n"}, 8),
        ("0::/\n", {"cpu.max": "200000 100000\n"}, 2),
        (
            "4:cpu,cpuacct:/docker/abc\n1:name=systemd:/x\n",
            {"cpu,cpuacct/docker/abc/cpu.cfs_quota_us": "250000", "cpu,cpuacct/docker/abc/cpu.cfs_period_us": "100000"},
            3,
        ),
        ("4:cpu:/docker/abc\n", {"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "50000"}, 2),
        ("4:cpuacct,cpu:/a\n", {"cpu/a/cpu.cfs_quota_us": "100000", "cpu/a/cpu.cfs_period_us": "50000"}, 2),
        ("4:cpu:/a\n", {"cpu/a/cpu.cfs_quota_us": "-1", "cpu/a/cpu.cfs_period_us": "100000"}, 8),
        ("4:cpuset:/a\n", {"cpuset/a/cpu.cfs_quota_us": "100000", "cpuset/a/cpu.cfs_period_us": "100000"}, 8),
        ("no colon at all\n", {"cpu.max": "100000 100000\n"}, 8),
    ],
)
def test_limits_of_control_groups(tmp_path: Path, own: str, files: dict[str, str], count: int) -> None:
    assert made(tmp_path, own, files) == count


def test_the_processors_of_this_process_are_the_most(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3})
    assert made(tmp_path, GROUP, {"cpu.max": "400000 100000\n"}) == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cpus(tmp_path / "nothing", tmp_path) == 1
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert usable_cpus(tmp_path / "nothing", tmp_path) == 6
