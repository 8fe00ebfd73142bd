"""Names, files and streams that are not what a program expects: one line, the right exit code, and nobody waits for ever.

Through the command line, each command in a process of its own.
"""

from __future__ import annotations

import ctypes
import itertools
import json
import os
import re
import resource
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rig import SETTINGS
from trials import trials

from al_core.sessions.actions import Labelled
from al_core.sessions.store import SessionFile

LIMIT = 400
"""Seconds; there for a command that hangs. Longer than a worker may take to be ready."""

StartTerminal = Callable[..., Any]


def al_tui(home: Path, *arguments: str | bytes, **how: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a home of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")} | {"HOME": str(home)}
    command = [sys.executable, "-m", "al_tui", *arguments]
    how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
    environment |= how.pop("env", {})
    return subprocess.run(command, env=environment, timeout=LIMIT, check=False, **how)


def refused(done: subprocess.CompletedProcess[bytes], code: int = 2) -> str:
    """The one line that a command was refused with."""
    text = (done.stderr or b"").decode()
    assert done.returncode == code, (done.returncode, text)
    assert text.count("\n") == 1, text
    assert text.startswith("al-tui: "), text
    return text


@pytest.fixture
def sessions(tmp_path: Path) -> Path:
    """The directory of sessions, with one in it."""
    place = tmp_path / ".local/share/al-tui/sessions"
    place.mkdir(parents=True, mode=0o700)
    make(place / "good.session")
    return place


def make(path: Path) -> Path:
    with SessionFile.create(path, SETTINGS, "ann") as file:
        file.append([Labelled("aa", 1)], "ann")
    return path


# What is no plain file


def fifo(path: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's address is short
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(path.name)
    finally:
        os.chdir(here)


def link_to_zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_to_terminal(path: Path) -> None:
    path.symlink_to("/dev/tty")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def directory(path: Path) -> None:
    path.mkdir()


ODD = [fifo, a_socket, link_to_zero, link_to_terminal, link_to_itself, directory]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.__name__)
@pytest.mark.parametrize("end", ["", ".lock", "-wal", "-shm", "-journal"])
def test_what_is_no_plain_file_among_the_sessions(
    tmp_path: Path, sessions: Path, odd: Callable[[Path], None], end: str
) -> None:
    """As a session itself, and as what stands beside one; nothing of it is opened, so that nobody waits for it."""
    if end:
        make(sessions / "odd.session")
    odd(sessions / f"odd.session{end}")
    listing = al_tui(tmp_path, "sessions")
    assert listing.returncode == 0
    assert b"good" in listing.stdout
    states = {entry["name"]: entry["state"] for entry in json.loads(al_tui(tmp_path, "sessions", "--json").stdout)}
    assert states["good"] == "closed"
    assert end != "" or "odd" not in states
    for command in (("check",), ("export", "--format", "csv"), ("report",), ("merge", "good", "--out", str(tmp_path / "m"))):
        done = al_tui(tmp_path, command[0], "odd", *command[1:])
        assert done.returncode in ((0, 1, 2) if end else (2,))
        assert b"Traceback" not in done.stderr
        assert done.stderr.count(b"\n") <= 1
    again = al_tui(tmp_path, "resume", "odd")
    refused(again)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.__name__)
@pytest.mark.parametrize("command", ["report", "check", "export", "bench", "bench-journal", "report-journal"])
def test_what_is_no_plain_file_on_the_command_line(tmp_path: Path, odd: Callable[[Path], None], command: str) -> None:
    path = tmp_path / "odd.sqlite3"
    bench = ("bench", "--dataset", "iris", "--budget", "16", "--strategies", "random", "--executor", "inline", "--results")
    name, _, end = command.partition("-")
    if end:
        assert al_tui(tmp_path, *bench, str(path)).returncode == 0
        path.with_name(path.name + "-journal").unlink(missing_ok=True)
        odd(path.with_name(path.name + "-journal"))
    else:
        odd(path)
    arguments = {"report": ("report",), "check": ("check",), "export": ("export", "--format", "csv"), "bench": bench}[name]
    done = al_tui(tmp_path, *arguments, str(path))
    text = refused(done)
    assert "odd.sqlite3" in text


def test_a_log_that_is_no_plain_file(tmp_path: Path) -> None:
    log = tmp_path / ".local/state/al-tui/log/al-tui.log"
    log.parent.mkdir(parents=True)
    os.mkfifo(log)
    done = al_tui(tmp_path, "bench", "--dataset", "iris", "--budget", "16", "--strategies", "random", "--no-results")
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr
    assert done.returncode == 0 or "al-tui.log" in refused(done)


# Locks


LOCKS = {
    "brackets": b"[" * 4096,
    "braces": b'{"a":' * 800,
    "nothing": b"",
    "zeros": bytes(4096),
    "no-text": b"\xff\xfe" * 100,
    "numbers": b'{"host":1,"pid":"x","since":null}',
    "many-digits": b'{"host":"h","pid":' + b"9" * 4000 + b',"since":"s"}',
    "escapes": b'{"host":"\\u001b]52;c;eA==\\u0007","pid":1,"since":"\\ud800"}',
}


@pytest.mark.parametrize("content", LOCKS.values(), ids=LOCKS)
def test_lock_files_with_anything_in_them(tmp_path: Path, sessions: Path, content: bytes) -> None:
    (sessions / "good.session.lock").write_bytes(content)
    listing = al_tui(tmp_path, "sessions")
    assert listing.returncode == 0
    assert b"Traceback" not in listing.stderr
    assert b"\x1b" not in listing.stdout + listing.stderr
    assert json.loads(al_tui(tmp_path, "sessions", "--json").stdout)[0]["labels"] == 1


# Names


@pytest.mark.parametrize("command", ["check", "resume", "report", "export", "merge"])
@pytest.mark.parametrize(
    "name", ["~nobody-at-all/x", "~nobody-at-all", "~", "~/x", "", ".", "/", "x" * 300, "a/" * 3000, "a\nb"]
)
def test_names_of_files_that_there_are_not(tmp_path: Path, command: str, name: str) -> None:
    more = {"export": ("--format", "csv"), "merge": (name, "--out", str(tmp_path / "m.session"))}.get(command, ())
    refused(al_tui(tmp_path, command, name, *more))


@pytest.mark.parametrize("home", ["", "/nonexistent/home", "relative", "~nobody-at-all"])
def test_a_home_that_is_none(tmp_path: Path, home: str) -> None:
    """It is told, or the home that the system knows of is taken, in which there may be sessions; nothing is made here."""
    done = al_tui(tmp_path, "sessions", env={"HOME": home}, cwd=tmp_path)
    assert done.returncode in (0, 2)
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == (0 if done.stdout else 1)
    assert list(tmp_path.iterdir()) == []


def test_names_that_are_not_utf_8(tmp_path: Path, sessions: Path) -> None:
    """They are files like others: listed, checked, exported, merged, reported; shown as far as that is possible."""
    odd = os.fsdecode(os.fsencode(sessions) + b"/a\xff\xe1b.session")
    make(Path(odd))
    name = os.fsencode(Path(odd).stem)
    listing = al_tui(tmp_path, "sessions")
    assert listing.returncode == 0
    assert b"Traceback" not in listing.stderr
    listing.stdout.decode()
    assert len(json.loads(al_tui(tmp_path, "sessions", "--json").stdout)) == 2
    for way in (name, os.fsencode(odd)):
        assert al_tui(tmp_path, b"check", way).returncode == 0
        assert al_tui(tmp_path, b"export", way, b"--format", b"csv").stdout.count(b"\n") == 2
        refused(al_tui(tmp_path, b"report", way))
    out = os.fsencode(tmp_path) + b"/out\xff.csv"
    assert al_tui(tmp_path, b"export", name, b"--format", b"csv", b"--out", out).returncode == 0
    assert Path(os.fsdecode(out)).read_bytes().count(b"\n") == 2
    merged = os.fsencode(tmp_path) + b"/merged\xff.session"
    assert al_tui(tmp_path, b"merge", name, b"good", b"--out", merged).returncode == 0
    for words in ((b"check", b"none\xff"), (b"report", b"none\xff.json"), (b"export", b"none\xff", b"--format", b"csv")):
        refused(al_tui(tmp_path, *words))
    store = os.fsencode(tmp_path) + b"/r\xff.sqlite3"
    bench = (b"bench", b"--dataset", b"iris", b"--budget", b"16", b"--strategies", b"random", b"--executor", b"inline")
    done = al_tui(tmp_path, *bench, b"--results", store, b"--out", out, b"--force")
    assert done.returncode == 0, done.stderr
    assert al_tui(tmp_path, b"report", store, b"--format", b"md").returncode == 0
    for option in (b"--strategies", b"--learner", b"--executor", b"--scheduler", b"--dataset", b"--initial", b"--seed"):
        done = al_tui(tmp_path, *bench, option, b"a\xff\xe1")
        refused(done)


def test_a_home_whose_name_is_not_utf_8(terminal: StartTerminal, tmp_path: Path) -> None:
    """Log, results store and sessions are in it."""
    home = Path(os.fsdecode(os.fsencode(tmp_path) + b"/h\xff\xe1"))
    home.mkdir()
    bench = ("bench", "--dataset", "iris", "--budget", "16", "--strategies", "random", "--workers", "1")
    assert al_tui(home, *bench).returncode == 0
    again = al_tui(home, *bench)
    assert (again.returncode, b"2 of 2 runs are known already" in again.stderr) == (0, True)
    assert al_tui(home, "report", "--format", "md").returncode == 0
    assert (home / ".local/state/al-tui/log/al-tui.log").is_file()
    at = terminal("label", env={"HOME": str(home)})
    at.wait("one of the first items")
    at.press("1")
    at.wait("al-tui · 1 label ")
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    (entry,) = json.loads(al_tui(home, "sessions", "--json").stdout)
    assert entry["labels"] == 1


def test_a_session_whose_name_is_not_utf_8_is_labelled(terminal: StartTerminal, tmp_path: Path) -> None:
    """Through a link, for the terminal under trial is started with words that are text."""
    session = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.session"))
    link = tmp_path / "link.session"
    for command, count in ((("label", "--session"), 1), (("resume",), 2)):
        at = terminal(*command, str(link))
        at.wait("one of the first items" if count == 1 else "al-tui · 1 label ")
        at.press("1")
        at.wait(f"al-tui · {count} label")
        at.press("q")
        assert at.finish() == 0
        assert "Traceback" not in at.raw
        if count == 1:
            link.rename(session)
            link.symlink_to(session)
    assert al_tui(tmp_path, "export", os.fsencode(session), "--format", "csv").stdout.count(b"\n") == 3


def test_who_labels_may_be_called_anything(terminal: StartTerminal, tmp_path: Path) -> None:
    """In a race: the answers are kept, in a name that can be."""
    session = tmp_path / "race.session"
    name = os.fsdecode(b"a\xffnna")
    at = terminal(
        "--strategies", "margin,random", "--pace", "0.5", "--session", str(session), env={"LOGNAME": name, "USER": name}
    )
    at.wait("margin asks about these")
    at.press("h")
    at.wait("margin asks you about")
    at.press("1")
    at.wait("9 left")
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    assert al_tui(tmp_path, "export", str(session), "--format", "csv").stdout.count(b"\n") >= 2


@pytest.mark.parametrize(
    "text",
    [
        "margin(a={[]:1})",
        "power_margin(beta=" + "9" * 400 + ")",
        "power_margin(beta=" + "9" * 5000 + ")",
        "power_margin(beta=0x" + "f" * 5000 + ")",
        "power_margin(beta=1e" + "9" * 400 + ")",
        "power_margin(beta=" + "-" * 20_000 + "1)",
        "power_margin(beta=" + "(" * 20_000 + "1" + ")" * 20_000 + ")",
        "information_density(base=" + "a(b=" * 5000 + "1" + ")" * 5000 + ")",
        "soft_vote(" * 500 + "knn" + ")" * 500,
        "random#" + "9" * 5000,
        "random#²",
        "margin" * 20_000,
        "a" + ".b" * 20_000,
        "power_margin(beta=1" + "+1" * 20_000 + ")",
        "power_margin(beta=not 1)",
        "power_margin(beta=b'x')",
        "power_margin(beta=1j)",
        "power_margin(beta=...)",
        "power_margin(beta=10**400)",
        "power_margin(**{'beta': 1})",
        "power_margin(β=1)",
        "margin(a:=1)",
        "lambda: margin",
        "margin if 1 else random",
        "'margin'",
        ":",
        "a:",
        ":b",
        "a:b(",
        "a:b(c",
        "skactiveml:",
        "skactiveml:" + "X" * 5000,
    ],
    ids=lambda text: re.sub(r"\W", "", text)[:20] or "odd",
)
@pytest.mark.parametrize("option", ["--strategies", "--learner"])
def test_names_with_parameters_that_are_none(tmp_path: Path, option: str, text: str) -> None:
    refused(al_tui(tmp_path, "bench", "--dataset", "iris", "--budget", "16", "--no-results", option, text))


# Streams


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)], ids=str)
@pytest.mark.parametrize(
    "command",
    [
        (),
        ("label",),
        ("resume",),
        ("sessions",),
        ("strategies",),
        ("export", "good", "--format", "npz"),
        ("bench", "--dataset", "iris", "--budget", "16", "--strategies", "random"),
        ("report", "--format", "html"),
        ("--version",),
        ("--help",),
    ],
    ids=lambda command: command[0] if command else "race",
)
def test_streams_that_are_closed(tmp_path: Path, sessions: Path, closed: tuple[int, ...], command: tuple[str, ...]) -> None:
    """No traceback, and what is closed is nowhere written into: no file of ours may get the number of a stream."""
    shell = " ".join(f"{number}{'<' if number == 0 else '>'}&-" for number in closed)
    script = f'exec "$0" -m al_tui "$@" {shell}'
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")} | {"HOME": str(tmp_path)}
    with (tmp_path / "err").open("wb") as err:
        done = subprocess.run(
            ["sh", "-c", script, sys.executable, *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=err,
            timeout=LIMIT,
            check=False,
        )
    text = (tmp_path / "err").read_text()
    assert "Traceback" not in text
    assert "Exception ignored" not in text
    assert done.returncode in (0, 1, 2)
    if command[:1] in ((), ("label",), ("resume",), ("report",)):
        assert done.returncode == 2
        assert 2 in closed or text.count("\n") == 1
    assert al_tui(tmp_path, "check", "good").returncode == 0


# Memory, processes, threads


TINY = ("bench", "--dataset", "iris", "--budget", "16", "--strategies", "random", "--no-results")
WAYS = {"processes": (*TINY, "--workers", "2"), "inline": (*TINY, "--executor", "inline"), "sessions": ("sessions",)}


_NOBODIES = itertools.count()


def works_or_says_why(done: subprocess.CompletedProcess[bytes]) -> None:
    """The last line is ours, and says in words what there was too little of; what libraries say before it is theirs, and so
    is what an interpreter that has no memory left to end says behind it."""
    lines = done.stderr.decode(errors="replace").splitlines()
    assert done.returncode in (0, 1, 2), (done.returncode, lines)
    while lines and lines[-1].startswith(("object ", "lost sys.stderr")):
        lines.pop()
    assert not any("Traceback" in line for line in lines), lines
    ours = lines[-1:] and lines[-1].startswith(("al-tui: ", "OpenBLAS error: "))  # that library ends the process by itself
    assert done.returncode == 0 or ours, lines


@pytest.mark.parametrize("megabytes", range(100, 1300, trials(300, 50)))
@pytest.mark.parametrize("way", WAYS)
def test_little_memory(tmp_path: Path, way: str, megabytes: int) -> None:
    """A library may end the process, or wait for itself, where it gets none."""
    limit = megabytes << 20
    done = al_tui(tmp_path, *WAYS[way], preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    works_or_says_why(done)


@pytest.mark.parametrize("count", range(1, trials(9, 40)))
@pytest.mark.parametrize("way", WAYS)
def test_few_processes_and_threads(tmp_path: Path, way: str, count: int) -> None:
    """As somebody who has no other processes; the superuser's rights are kept but for those that lift the limit."""
    if os.geteuid() != 0:
        pytest.skip("only the superuser may become somebody else")
    # Nobody's own number each time: the processes of the trial before may still be there, and would count.
    libc, nobody = ctypes.CDLL(None), 100_000 + 1_000 * os.getpid() + next(_NOBODIES)

    def become() -> None:
        for right in (CAP_SYS_ADMIN, CAP_SYS_RESOURCE):
            assert libc.prctl(PR_CAPBSET_DROP, right, 0, 0, 0) == 0
        resource.setrlimit(resource.RLIMIT_NPROC, (count, count))
        os.setresuid(nobody, 0, 0)

    works_or_says_why(al_tui(tmp_path, *WAYS[way], preexec_fn=become))


PR_CAPBSET_DROP, CAP_SYS_ADMIN, CAP_SYS_RESOURCE = 24, 21, 24
"""Numbers of Linux."""


@pytest.fixture
def few_threads(shim: Path) -> Callable[[int], dict[str, str]]:
    return lambda count: {"LD_PRELOAD": str(shim), "SHIM_DIR": "/nonexistent", "SHIM_THREADS": str(count)}


@pytest.mark.parametrize("count", range(trials(4, 12)))
@pytest.mark.parametrize(
    "command",
    [
        ("bench", "--dataset", "iris", "--budget", "16", "--strategies", "random", "--no-results"),
        ("bench", "--dataset", "iris", "--budget", "16", "--strategies", "random", "--executor", "inline"),
        ("sessions",),
        ("check", "good"),
        ("report", "good"),
    ],
    ids=lambda command: command[0],
)
def test_no_threads_left(
    tmp_path: Path, sessions: Path, few_threads: Callable[[int], dict[str, str]], command: tuple[str, ...], count: int
) -> None:
    done = al_tui(tmp_path, *command, env=few_threads(count))
    assert done.returncode in (0, 1, 2)
    assert b"Traceback" not in done.stderr
    if done.returncode == 1:
        assert "threads" in refused(done, 1)


@pytest.mark.parametrize("count", range(trials(6, 12)))
@pytest.mark.parametrize("command", ["label", "race", "seeds"])
def test_no_threads_left_for_a_screen(
    terminal: StartTerminal, tmp_path: Path, few_threads: Callable[[int], dict[str, str]], command: str, count: int
) -> None:
    """It works, or ends with a sentence; labels that were given are there."""
    session = tmp_path / "mine.session"
    arguments = {"label": ("label", "--session", str(session)), "race": (), "seeds": ("--seeds", "2")}[command]
    at = terminal(*arguments, env=few_threads(count))
    at.child.delaybeforesend = None
    for _ in range(3):
        at.settle()
        if not at.child.isalive():
            break
        at.press("1")
    if at.child.isalive():
        at.press("q")
    code = at.finish()
    assert code in (0, 1) or (code == 2 and "no worker can be started" in at.raw), at.raw[-1500:]
    assert "Traceback" not in at.raw
