"""The door out: what is written to stdout and stderr is safe, fits the encoding, and is told when nobody takes it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from al_tui import output
from al_tui.main import main

HOSTILE = "a\x1b]0;x\x07\n\u202eb"


def stream(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding)


def written(to: io.TextIOWrapper) -> str:
    to.flush()
    return to.buffer.getvalue().decode(to.encoding)  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_results_are_safe_and_fit_the_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    monkeypatch.setattr(sys, "stdout", out := stream(encoding))
    output.put(f"{HOSTILE} → ö\n")
    output.put_line(HOSTILE)
    arrow, dotted = ("→", "ö") if encoding == "utf-8" else ("?", "ö" if encoding == "cp1252" else "?")
    lines = ["a␛]0;x␇", f"<202E>b {arrow} {dotted}", "a␛]0;x␇ <202E>b", ""]
    expected = "\n".join(lines)
    assert written(out) == (expected if encoding == "utf-8" else expected.replace("␛", "?").replace("␇", "?"))


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252"])
def test_json_loses_nothing_whatever_the_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    value = {"a": [HOSTILE, "→ö", "\ud800", "e" + "\u0301" * 20]}
    monkeypatch.setattr(sys, "stdout", out := stream(encoding))
    output.put_json(value)
    text = written(out)
    assert json.loads(text) == value
    assert not any(char in text for char in "\x1b\x07\u202e")
    assert ("→" in text) == (encoding == "utf-8")


def test_a_document_is_utf_8_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", out := stream("cp1252"))
    output.put_document("→\x1b\n")
    out.flush()
    assert out.buffer.getvalue() == "→␛\n".encode()  # type: ignore[attr-defined]


def test_what_is_told_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", err := stream("utf-8"))
    output.say(HOSTILE)
    output.say("x" * 100_000 + " do this")
    first, second, _ = written(err).split("\n")
    assert first == "a␛]0;x␇ <202E>b"
    assert second.endswith(" do this")
    assert len(second) < output.LONGEST_LINE + 10


def test_nobody_who_listens_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    for closed in (None, stream("utf-8")):
        if closed is not None:
            closed.close()
        monkeypatch.setattr(sys, "stderr", closed)
        monkeypatch.setattr(sys, "stdout", closed)
        output.say("nobody hears this")
        output.put_farewell("nor this")
        assert not output.is_terminal("stdout", "stderr")
        with pytest.raises(output.Undelivered, match="cannot write to stdout: "):
            output.put("but this was asked for")


def test_what_others_print_goes_to_stderr_and_streams_are_given_back(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    before = sys.stdout, sys.stderr
    with output.standard_streams():
        sys.stdout.write("PRINTED\x1b\n")
        os.write(1, b"WRITTEN\n")
        subprocess.run(["echo", "ECHOED"], check=True)
        sys.stdout.buffer.write(b"BYTES\n")
        output.put("result\n")
        with output.printed_results():
            sys.stdout.write("as a result\x07\n")
        with output.lent_streams():
            assert (sys.stdout, sys.stderr) == before
            os.write(1, b"lent\n")
        sys.stderr.write("AGAIN\n")
    assert (sys.stdout, sys.stderr) == before
    os.write(1, b"given back\n")
    out, err = capfdbinary.readouterr()
    assert out.decode() == "result\nas a result␇\nlent\ngiven back\n"
    assert err.decode() == "PRINTED␛\nWRITTEN\nECHOED\nBYTES\nAGAIN\n"


def test_a_reader_that_leaves_is_told_apart_from_a_disk_that_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as broken:
        monkeypatch.setattr(sys, "stdout", broken)
        with pytest.raises(output.NobodyReads):
            output.put("x")
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(output.Undelivered, match="cannot write to stdout: No space left on device"):
            output.put("x")


def test_a_stream_that_lets_nobody_wait_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    command = [sys.executable, "-c", "import sys; print(len(sys.stdin.buffer.read()))"]
    counter = subprocess.Popen(command, stdin=reader, stdout=subprocess.PIPE)
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        output.put("x" * 1_000_000)
        monkeypatch.undo()
    assert counter.communicate()[0] == b"1000000\n"


@pytest.mark.parametrize(("words", "code"), [(("--version",), 0), (("--nothing",), 2)])
def test_the_program_leaves_by_this_door(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], words: tuple[str, ...], code: int
) -> None:
    monkeypatch.setattr(sys, "argv", ["al-tui", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capfdbinary.readouterr()
    assert ended.value.code == code
    assert bool(out) == (code == 0)
    assert bool(err) == (code == 2)
