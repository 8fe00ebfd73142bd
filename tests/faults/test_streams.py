"""Streams that cannot take what is written: another encoding, closed, full, or read by somebody who has had enough."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ENCODINGS = ("cp1252", "ascii", "latin-1", "cp437", "utf-8", "utf-16")
TINY = "--dataset iris --budget 14 --strategies random --executor inline --no-results"

LISTS = ("--help", "strategies", "learners", "bench --help", "report --help", "completion bash")


def shell(line: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of the shell in which ``al-tui`` is the program under test."""
    program = f"{shlex.quote(sys.executable)} -m al_tui"
    return subprocess.run(
        ["bash", "-c", line.replace("al-tui", program)],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path), **environment},
        check=False,
    )


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("words", LISTS)
def test_lists_and_help_in_any_encoding(tmp_path: Path, words: str, encoding: str) -> None:
    done = shell(f"al-tui {words}", tmp_path, PYTHONIOENCODING=encoding)
    whole = shell(f"al-tui {words}", tmp_path, PYTHONIOENCODING="utf-8")
    assert (done.returncode, done.stderr) == (0, b"")
    told, wanted = done.stdout.decode(encoding), whole.stdout.decode()
    assert len(told) == len(wanted) > 100
    assert all(one == other or one == "?" for one, other in zip(told, wanted, strict=True))


@pytest.mark.parametrize("encoding", ENCODINGS[:4])
def test_documents_lose_nothing_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    for words in ("strategies --json", "learners --json"):
        done = shell(f"al-tui {words}", tmp_path, PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (0, b"")
        assert json.loads(done.stdout.decode(encoding)) == json.loads(shell(f"al-tui {words}", tmp_path).stdout)


@pytest.mark.parametrize("encoding", ENCODINGS[:4])
def test_a_bench_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    table = shell(f"al-tui bench {TINY}", tmp_path, PYTHONIOENCODING=encoding)
    assert table.returncode == 0
    assert table.stdout.decode(encoding).startswith("strategy")
    assert b"Traceback" not in table.stderr
    document = shell(f"al-tui bench {TINY} --json | tee b.json", tmp_path, PYTHONIOENCODING=encoding)
    assert document.returncode == 0
    assert json.loads(document.stdout)["protocol"]["budget"] == 14
    for form in ("md", "csv", "json"):
        report = shell(f"al-tui report b.json --format {form}", tmp_path, PYTHONIOENCODING=encoding)
        assert (report.returncode, report.stderr) == (0, b"")
        assert "random" in report.stdout.decode(encoding)


def test_a_page_is_utf_8_as_it_says(tmp_path: Path) -> None:
    shell(f"al-tui bench {TINY} --json > b.json", tmp_path)
    done = shell("al-tui report b.json --format html", tmp_path, PYTHONIOENCODING="cp1252")
    assert (done.returncode, done.stderr) == (0, b"")
    assert '<meta charset="utf-8">' in done.stdout.decode("utf-8")
    assert done.stdout == shell("al-tui report b.json --format html", tmp_path).stdout


def test_one_line_errors_in_any_encoding(tmp_path: Path) -> None:
    for encoding in ENCODINGS[:4]:
        done = shell("al-tui bench --executor dask --strategies '§'", tmp_path, PYTHONIOENCODING=encoding)
        assert done.returncode == 2
        assert done.stderr.decode(encoding).startswith("al-tui: ")
        assert done.stderr.count(b"\n") == 1


PRINTING = ("strategies", "learners", "--help", "--version", f"bench {TINY}", f"bench {TINY} --json", "completion zsh")


@pytest.mark.parametrize("words", PRINTING)
@pytest.mark.parametrize(("redirection", "reason"), [(">&-", "closed"), ("> /dev/full", "No space left")])
def test_a_result_that_nobody_takes_is_told_in_one_line(tmp_path: Path, words: str, redirection: str, reason: str) -> None:
    done = shell(f"al-tui {words} {redirection}", tmp_path)
    assert done.returncode == 1
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("al-tui: cannot write to stdout: ")
    assert reason in last
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize("words", PRINTING)
@pytest.mark.parametrize("redirection", ["2>&-", "2> /dev/full", "<&-", "<&- 2>&-"])
def test_results_need_neither_stdin_nor_stderr(tmp_path: Path, words: str, redirection: str) -> None:
    done = shell(f"al-tui {words} {redirection}", tmp_path)
    assert done.returncode == 0
    assert b"Traceback" not in done.stdout + done.stderr
    assert len(done.stdout) > 10
    if "--json" in words:
        json.loads(done.stdout)


@pytest.mark.parametrize("redirection", ["", "<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-", "2> /dev/full"])
@pytest.mark.parametrize(
    "words", ["", "label", "resume", "--seeds 2", "bench --batch 0", "check nobody", "strategies --nothing"]
)
def test_errors_survive_closed_streams(tmp_path: Path, words: str, redirection: str) -> None:
    done = shell(f"al-tui {words} {redirection}", tmp_path)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == (0 if "2>" in redirection else 1)
    assert done.stderr.startswith(b"" if "2>" in redirection else b"al-tui: ")


@pytest.mark.parametrize("words", ["strategies", "strategies --json", "learners", "--help"])
def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path, words: str) -> None:
    done = shell(f"al-tui {words} | head -c 10; exit ${{PIPESTATUS[0]}}", tmp_path)
    assert len(done.stdout) == 10
    assert done.stderr == b""
    # A list may have fitted into the pipe before its reader left.
    assert done.returncode in (0, 141)


def test_a_reader_that_left_before_anything_was_written(tmp_path: Path) -> None:
    done = shell("(until [ -e gone ]; do :; done; al-tui strategies) | (exec <&-; touch gone); exit ${PIPESTATUS[0]}", tmp_path)
    assert done.stderr == b""
    assert done.returncode == 141


def test_no_descriptor_of_a_file_is_taken_for_a_stream(tmp_path: Path) -> None:
    """What is opened first gets the number of a stream that was closed, and would be written to as if it were that."""
    done = shell(f"al-tui bench {TINY.replace('--no-results', '--results r.sqlite3')} --json <&- >&- 2>&-", tmp_path)
    assert done.returncode == 1
    again = shell(f"al-tui bench {TINY.replace('--no-results', '--results r.sqlite3')} --json", tmp_path)
    assert again.returncode == 0
    assert b"2 of 2 runs are known already" in again.stderr
