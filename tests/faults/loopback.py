"""A Dask scheduler and its workers on loopback, each a process of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import distributed
from trials import PATIENCE


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Certificates:
    """A certificate that vouches for itself, for scheduler, workers and client alike, made here and now."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.certificate, self.key = directory / "certificate.pem", directory / "key.pem"
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        made += ["-keyout", str(self.key), "-out", str(self.certificate)]
        subprocess.run(made, check=True, capture_output=True)

    @property
    def options(self) -> list[str]:
        """For scheduler and workers."""
        return ["--tls-ca-file", str(self.certificate), "--tls-cert", str(self.certificate), "--tls-key", str(self.key)]

    @property
    def security(self) -> distributed.Security:
        """For a client that is told."""
        names = ("tls_ca_file", "tls_client_cert", "tls_client_key")
        files = (self.certificate, self.certificate, self.key)
        return distributed.Security(require_encryption=True, **dict(zip(names, map(str, files), strict=True)))

    @property
    def environment(self) -> dict[str, str]:
        """For a program that looks into Dask's configuration."""
        return {
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE": str(self.certificate),
            "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT": str(self.certificate),
            "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY": str(self.key),
        }


class Loopback:
    """A scheduler and its workers, each a process of its own; with TLS if there are `Certificates` for it."""

    def __init__(self, directory: Path, certificates: Certificates | None = None) -> None:
        self._directory = directory
        self._processes: list[subprocess.Popen[bytes]] = []
        self._tls = [] if certificates is None else certificates.options
        host = "127.0.0.1" if certificates is None else "tls://127.0.0.1"
        self.address = f"{'tcp' if certificates is None else 'tls'}://127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self._start("dask_scheduler", "--host", host, "--port", port, "--no-dashboard", "--no-show", *self._tls)
        # Whoever connects waits for the scheduler, which is all the synchronisation there is.
        security = None if certificates is None else certificates.security
        self.client = distributed.Client(self.address, timeout=PATIENCE, set_as_default=False, security=security)

    def add_worker(self, *, env: dict[str, str] | None = None, python_path: Path | None = None) -> subprocess.Popen[bytes]:
        before = len(self.client.scheduler_info(n_workers=-1)["workers"])
        if python_path is not None:
            env = {**(env or {}), "PYTHONPATH": str(python_path)}
        options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--death-timeout", "60", *self._tls]
        process = self._start("dask_worker", self.address, *options, env=env)
        self.client.wait_for_workers(before + 1, timeout=PATIENCE)
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
