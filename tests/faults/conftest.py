"""Starting the program under trial, with or without the disk that fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

Start = Callable[..., subprocess.Popen[str]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for entry in items:
        if Path(__file__).parent in entry.path.parents:
            entry.add_marker(pytest.mark.faults)


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The preloaded library, compiled here and now."""
    compiler = shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("the failing disk needs Linux and gcc")
    source = Path(__file__).with_name("shim.c")
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    command = [compiler, "-O1", "-w", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True)
    return library


@pytest.fixture
def start() -> Start:
    """Start the writer; whatever is still running at the end of the test is killed."""
    running = []

    def begin(session: Path, *options: object, shim: Path | None = None, shadow: Path | None = None) -> subprocess.Popen[str]:
        environment = dict(os.environ)
        if shim is not None:
            environment |= {"LD_PRELOAD": str(shim), "SHIM_DIR": str(session.parent)}
        if shadow is not None:
            environment["SHIM_SHADOW"] = str(shadow)
        command = [sys.executable, str(Path(__file__).with_name("writer.py")), str(session), *map(str, options)]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def loopback(tmp_path: Path) -> Iterator[Any]:
    """A Dask scheduler on loopback, to which workers can be added."""
    pytest.importorskip("distributed", reason="needs the extra dask")
    from loopback import Loopback

    found = Loopback(tmp_path)
    yield found
    found.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """An empty directory on which file systems of any size can be mounted."""
    place = tmp_path / "small"
    place.mkdir()
    probe = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False)
    if probe.returncode != 0:
        reason = probe.stderr.decode().strip()
        assert "permitted" in reason or "permission denied" in reason or "superuser" in reason, reason
        pytest.skip(f"this user may not mount a small disk: {reason}")
    subprocess.run(["umount", str(place)], check=True)
    yield place
    subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)
