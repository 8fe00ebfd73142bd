"""Whom a Dask cluster has to be trusted by, and what is checked of its replies."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from trials import PATIENCE

from al_core.compute import dask as cluster
from al_core.compute.dask import DaskCluster
from al_core.compute.dask_client import is_exposed

pytest.importorskip("distributed", reason="needs the extra dask")
from loopback import Certificates, Loopback, free_port


def without_times(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: without_times(value) for key, value in document.items() if "seconds" not in key}
    return [without_times(entry) for entry in document] if isinstance(document, list) else document


BENCH = (
    "bench",
    "--dataset",
    "iris",
    "--budget",
    "20",
    "--strategies",
    "random,margin",
    "--seeds",
    "2",
    "--json",
    "--no-results",
)


def al_tui(tmp_path: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program, in a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "al_tui", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "HOME": str(tmp_path), **environment},
        check=False,
    )


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    if shutil.which("openssl") is None:
        pytest.skip("certificates are made with openssl")
    return Certificates(tmp_path / "certificates")


@pytest.fixture
def encrypted(tmp_path: Path, certificates: Certificates) -> Iterator[Loopback]:
    found = Loopback(tmp_path, certificates)
    yield found
    found.close()


def test_tls_with_what_dask_is_configured_with(encrypted: Loopback, certificates: Certificates, tmp_path: Path) -> None:
    encrypted.add_worker()
    done = al_tui(tmp_path, *BENCH, "--executor", "dask", "--scheduler", encrypted.address, **certificates.environment)
    assert done.returncode == 0, done.stderr
    assert "not encrypted" not in done.stderr
    here = al_tui(tmp_path, *BENCH, "--executor", "inline")
    assert without_times(json.loads(done.stdout)) == without_times(json.loads(here.stdout))


def test_tls_without_certificates_or_with_those_of_others_is_told(
    encrypted: Loopback, certificates: Certificates, tmp_path: Path
) -> None:
    encrypted.add_worker()
    words = (*BENCH, "--executor", "dask", "--scheduler", encrypted.address)
    missing = {name: str(tmp_path / "none.pem") for name in certificates.environment}
    others = Certificates(tmp_path / "others").environment
    for environment, reason in (({}, "needs certificates"), (missing, "cannot be used"), (others, "no Dask scheduler answers")):
        done = al_tui(tmp_path, *words, **environment)
        assert (done.returncode, done.stdout) == (2, "")
        assert reason in done.stderr
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("al-tui: ")


@pytest.mark.parametrize(
    ("address", "exposed"),
    [
        ("tcp://127.0.0.1:8786", False),
        ("tcp://127.8.0.1:8786", False),
        ("tcp://localhost:8786", False),
        ("tcp://[::1]:8786", False),
        ("tls://10.0.0.7:8786", False),
        ("tcp://10.0.0.7:8786", True),
        ("tcp://login.cluster:8786", True),
        ("tcp://localhost.example:8786", True),
        ("ws://10.0.0.7:8786", True),
        ("tcp://[fe80::1]:8786", True),
    ],
)
def test_whose_scheduler_could_be_somebody_else(address: str, exposed: bool) -> None:
    assert is_exposed(address) == exposed


def test_a_scheduler_elsewhere_without_tls_is_warned_of(tmp_path: Path) -> None:
    address = f"tcp://{socket.gethostname()}:{free_port()}"
    done = al_tui(tmp_path, *BENCH, "--executor", "dask", "--scheduler", address)
    assert done.returncode == 2
    warning, error = done.stderr.splitlines()
    assert warning == f"al-tui: {address} is not encrypted: whoever answers there can run code here; use tls:// if you can"
    assert "no Dask scheduler answers" in error


def test_a_configuration_that_dask_cannot_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "dask.yaml").write_text("{")
    words = (*BENCH, "--executor", "dask", "--scheduler", "tcp://127.0.0.1:1")
    done = al_tui(tmp_path, *words, DASK_CONFIG=str(tmp_path / "dask.yaml"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("al-tui: Dask cannot be loaded, see its configuration: ")
    assert done.stderr.count("\n") == 1


def test_a_reply_of_another_shape_fails_its_own_call(loopback: Loopback) -> None:
    loopback.add_worker()
    executor = DaskCluster(loopback.address)

    def confused() -> int:
        return "a text"  # type: ignore[return-value]

    def clear() -> tuple[int, ...]:
        return 1, 2

    try:
        bad, good = executor.submit(confused), executor.submit(clear)
        with pytest.raises(RuntimeError, match="answered confused with str that it cannot return"):
            bad.result(PATIENCE)
        assert good.result(PATIENCE) == (1, 2)
    finally:
        executor.shutdown()


@pytest.mark.parametrize(
    "replies",
    [[], [(None, 1, 0.1)] * 2, [(None, 1)], ["reply"], "replies", None, [(None, 1, "soon")], [("error", 1, 0.1)]],
    ids=["none", "too many", "short", "text", "no list", "nothing", "no time", "no error"],
)
def test_replies_that_are_none_fail_what_was_asked(replies: Any) -> None:
    calls = [cluster._Call(abs, (1,), {}, Future())]
    assert isinstance(cluster._checked(calls, replies), RuntimeError)
    assert cluster._checked(calls, [(None, 1, 0.1)]) == [(None, 1, 0.1)]
