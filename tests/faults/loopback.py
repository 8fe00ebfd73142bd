"""A Dask scheduler and its workers on loopback, each a process of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import distributed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Loopback:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._processes: list[subprocess.Popen[bytes]] = []
        self.address = f"tcp://127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self._start("dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", "--no-show")
        # Whoever connects waits for the scheduler, which is all the synchronisation there is.
        self.client = distributed.Client(self.address, timeout=60, set_as_default=False)

    def add_worker(self, *, env: dict[str, str] | None = None, python_path: Path | None = None) -> subprocess.Popen[bytes]:
        before = len(self.client.scheduler_info(n_workers=-1)["workers"])
        if python_path is not None:
            env = {**(env or {}), "PYTHONPATH": str(python_path)}
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60"]
        process = self._start("dask_worker", self.address, *options, env=env)
        self.client.wait_for_workers(before + 1, timeout=60)
        return process

    def _start(self, module: str, *options: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        log = (self._directory / f"{module}-{len(self._processes)}.log").open("wb")
        command = [sys.executable, "-m", f"distributed.cli.{module}", *options]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._directory, env={**os.environ, **(env or {})})
        self._processes.append(process)
        return process

    def kill_scheduler(self) -> None:
        """End the scheduler as if its machine had failed."""
        self._processes[0].kill()
        self._processes[0].wait()

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.client.close()
        for process in reversed(self._processes):
            process.kill()
            process.wait()
