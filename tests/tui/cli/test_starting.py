"""Starting on a machine that is not as it should be: no home, a poor terminal, one processor of many, another system."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from trials import PATIENCE

StartTerminal = Callable[..., Any]

BENCH = ("bench", "--dataset", "iris", "--budget", "16", "--strategies", "random,margin", "--executor", "inline")
NAMELESS = "import pwd\ndef nobody(key): raise KeyError(key)\npwd.getpwuid = pwd.getpwnam = nobody\n"


def al_tui(
    *words: str, before: str = "", env: dict[str, str | None] | None = None, cwd: Path | None = None, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run `al-tui`, after some Python; None takes a variable away."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")} | (env or {})
    code = f"{before}\nimport sys\nfrom al_tui.main import main\nsys.argv = ['al-tui', *sys.argv[1:]]\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={name: value for name, value in variables.items() if value is not None},
        cwd=cwd,
        timeout=PATIENCE,
        check=False,
        **more,
    )


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    """What somebody is told who cannot go on."""
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith("al-tui: ")
    assert done.stderr.count("\n") == 1
    return done.stderr.removeprefix("al-tui: ").rstrip()


def warnings(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What somebody is told who can."""
    assert (done.returncode, done.stdout.split(maxsplit=1)[0]) == (0, "strategy"), done.stderr
    return [line.removeprefix("al-tui: ") for line in done.stderr.splitlines() if line.startswith("al-tui: ")]


# HOME


@pytest.fixture
def closed(tmp_path: Path) -> dict[str, str | None]:
    """The environment of somebody in whose home directory nothing can be made; not even by the superuser, for it is a file."""
    home = tmp_path / "home"
    home.write_text("")
    return {"HOME": str(home)}


def test_a_bench_needs_no_home(closed: dict[str, str | None]) -> None:
    (log,) = warnings(al_tui(*BENCH, "--no-results", env=closed))
    assert log == f"what workers print is not kept: cannot write {closed['HOME']}/.local/state/al-tui/log: Not a directory"
    log, store = warnings(al_tui(*BENCH, env=closed))
    assert store.startswith("finished runs are not kept: cannot open the results store ")
    assert "Not a directory; choose another with --results FILE" in store


def test_a_store_that_was_named_is_no_convenience(closed: dict[str, str | None], tmp_path: Path) -> None:
    done = al_tui(*BENCH, "--results", f"{closed['HOME']}/r.sqlite3", env=closed)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot open the results store" in done.stderr.splitlines()[-1]
    named = al_tui(*BENCH, "--results", str(tmp_path / "r.sqlite3"), env=closed)
    assert len(warnings(named)) == 1
    assert (tmp_path / "r.sqlite3").stat().st_size > 0


def test_a_store_that_is_damaged_is_never_passed_over(tmp_path: Path) -> None:
    store = tmp_path / ".local/share/al-tui/results.sqlite3"
    store.parent.mkdir(parents=True)
    store.write_bytes(b"nonsense" * 100)
    done = al_tui(*BENCH, env={"HOME": str(tmp_path)})
    assert (done.returncode, done.stdout) == (2, "")
    assert "is damaged or no results store" in done.stderr
    assert store.read_bytes() == b"nonsense" * 100


def test_what_only_prints_says_nothing_of_a_home(closed: dict[str, str | None]) -> None:
    for words in (("--version",), ("strategies",), ("learners",), ("bench", "--help")):
        done = al_tui(*words, env=closed)
        assert (done.returncode, done.stderr) == (0, "")


def test_sessions_need_a_place(closed: dict[str, str | None]) -> None:
    for words in (("sessions",), ("resume",), ("export", "a", "--format", "csv"), ("report", "--list")):
        assert str(closed["HOME"]) in one_line(al_tui(*words, env=closed))


def test_a_failed_run_names_no_log_that_there_is_not(closed: dict[str, str | None], tmp_path: Path) -> None:
    (tmp_path / "unlucky.py").write_text("def make():\n    raise ValueError('out of luck')\n")
    done = al_tui(*BENCH, "--no-results", "--learner", "unlucky:make", env={**closed, "PYTHONPATH": str(tmp_path)})
    assert "out of luck" in done.stderr
    assert "; see" not in done.stderr
    assert os.devnull not in done.stderr


def test_without_a_home_and_a_name_no_directory_is_called_tilde(tmp_path: Path) -> None:
    env: dict[str, str | None] = {"HOME": None, "USER": None, "LOGNAME": None, "USERNAME": None}
    place = tmp_path / "here"
    place.mkdir()
    (log,) = warnings(al_tui(*BENCH, "--no-results", before=NAMELESS, env=env, cwd=place))
    assert "there is no home directory to keep files in" in log
    assert "set HOME or XDG_STATE_HOME" in log
    assert len(warnings(al_tui(*BENCH, before=NAMELESS, env=env, cwd=place))) == 2
    for words in (("sessions",), ("resume",), ("report", "--list")):
        assert "set HOME or XDG_DATA_HOME" in one_line(al_tui(*words, before=NAMELESS, env=env, cwd=place))
    assert "whose home directory that is" in one_line(al_tui("check", "~/a.session", before=NAMELESS, env=env, cwd=place))
    assert "whose home directory that is" in one_line(al_tui("check", "~nobody-of-that-name/a.session", cwd=place))
    data = {**env, "XDG_DATA_HOME": str(tmp_path / "data"), "XDG_STATE_HOME": str(tmp_path / "state")}
    assert warnings(al_tui(*BENCH, before=NAMELESS, env=data, cwd=place)) == []
    assert list(place.iterdir()) == []


def test_a_race_without_a_home_is_raced_and_says_that_it_is_not_kept(
    terminal: StartTerminal, closed: dict[str, str | None]
) -> None:
    at = terminal("--budget", "40", "--pace", "max", "--strategies", "random,margin", "--seeds", "2", env=closed)
    at.wait("A/A control")
    at.press("q")
    assert at.finish() == 1
    said = at.raw.replace("\r", "")
    assert "al-tui: what workers print is not kept: cannot write" in said
    assert "al-tui: finished runs are not kept: cannot open the results store" in said
    assert "al-tui: this race is not kept: cannot make the directory of sessions" in said
    assert "al-tui resume" not in said
    assert "Traceback" not in said


def test_labels_without_a_home_are_kept_where_the_person_says(
    terminal: StartTerminal, closed: dict[str, str | None], tmp_path: Path
) -> None:
    at = terminal("label", env=closed)
    assert at.finish() == 2
    assert "cannot make the directory of sessions" in at.raw
    session = tmp_path / "mine.session"
    at = terminal("label", "--session", str(session), env=closed)
    at.wait("one of the first items")
    at.press("3")
    at.wait("1 label ")
    at.press("q")
    assert at.finish() == 0
    assert f"go on with: al-tui resume {session}" in at.raw


def test_a_log_that_is_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    log = tmp_path / ".local/state/al-tui/log/al-tui.log"
    log.parent.mkdir(parents=True)
    os.mkfifo(log)
    (told,) = warnings(al_tui(*BENCH, "--no-results", env={"HOME": str(tmp_path)}))
    assert told == f"what workers print is not kept: {log} is no plain file; move it away"


# Faults


FAULT = "import al_core.sessions.directory as place\ndef fail():\n    raise {error}\nplace.list_sessions = fail\n"


def failed(done: subprocess.CompletedProcess[str]) -> str:
    """What is told of a command that could not be done, although nothing was wrong with what was asked."""
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("al-tui: ")
    assert done.stderr.count("\n") == 1
    return done.stderr.removeprefix("al-tui: ").rstrip()


def test_a_fault_of_a_command_is_one_line_and_a_report(tmp_path: Path) -> None:
    before = FAULT.format(error="LookupError('the answer is 42\\x1b[2J')")
    told = failed(al_tui("sessions", before=before, env={"HOME": str(tmp_path)}))
    assert told.startswith("ended by a fault of its own (LookupError: the answer is 42␛[2J); crash report")
    report = Path(told.rpartition(": ")[2])
    assert report.parent == tmp_path / ".local/state/al-tui/log"
    text = report.read_text()
    assert "failed: builtins.LookupError" in text
    assert "answer is" not in text
    assert str(tmp_path) not in text
    assert "the answer is 42" in (report.parent / "al-tui.log").read_text()


def test_a_fault_that_cannot_be_kept_is_told_all_the_same(closed: dict[str, str | None]) -> None:
    done = al_tui("sessions", before=FAULT.format(error="LookupError()"), env=closed)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == (
        "al-tui: ended by a fault of its own (LookupError); no crash report could be written"
    )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("MemoryError()", "there is not enough memory"),
        ("ImportError('lib.so: failed to map segment from shared object')", "there is not enough memory"),
        ("OSError(12, 'Cannot allocate memory')", "there is not enough memory"),
        ('RuntimeError("can\'t start new thread")', "no more threads can be started"),
        ("BlockingIOError(11, 'Resource temporarily unavailable')", "no more processes or threads can be started"),
        ("OSError(24, 'Too many open files', 'x')", "no more files can be opened"),
    ],
)
def test_what_the_system_does_not_give_is_told(tmp_path: Path, error: str, words: str) -> None:
    told = failed(al_tui("sessions", before=FAULT.format(error=error), env={"HOME": str(tmp_path)}))
    assert told == f"{words}; end other programs, or raise the limit"
    assert not (tmp_path / ".local/state").exists()


# Terminals


@pytest.mark.parametrize("term", ["dumb", "unknown"])
@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ((), "for a race without a screen use: al-tui bench"),
        (("label",), "labelling needs one: run it in a terminal window, or through ssh -t"),
    ],
)
def test_a_terminal_that_only_prints_is_not_drawn_on(
    terminal: StartTerminal, term: str, words: tuple[str, ...], hint: str
) -> None:
    at = terminal(*words, env={"TERM": term})
    assert at.finish() == 2
    assert at.raw == f"al-tui: no screen can be drawn on this terminal, which is {term!r} by TERM; {hint}\r\n"


def test_on_a_terminal_that_only_prints_progress_is_lines(terminal: StartTerminal) -> None:
    at = terminal(*BENCH, "--no-results", env={"TERM": "dumb"})
    assert at.finish() == 0
    assert "3/3 runs" in at.raw
    assert "\x1b" not in at.raw


def test_labelling_in_a_pipe_is_told_what_labelling_needs(tmp_path: Path) -> None:
    told = one_line(al_tui("label", env={"HOME": str(tmp_path)}))
    assert told == "this is no terminal; labelling needs one: run it in a terminal window, or through ssh -t"


def test_a_screen_is_not_drawn_into_a_file(terminal: StartTerminal, tmp_path: Path) -> None:
    """Textual draws on stderr."""
    file = tmp_path / "stderr"

    def send_elsewhere() -> None:
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), 2)

    at = terminal(prepare=send_elsewhere)
    assert at.finish() == 2
    assert at.raw == ""
    assert file.read_text().startswith("al-tui: the screen is drawn on stderr, and that is no terminal here")
    assert file.read_text().count("\n") == 1


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)], ids=str)
def test_closed_streams_lead_nowhere(tmp_path: Path, closed: tuple[int, ...]) -> None:
    """As in ``al-tui >&-``, where Python has no object for them, and the next file that is opened would get their number."""

    def close() -> None:
        for descriptor in closed:
            os.close(descriptor)

    words = ("--results", str(tmp_path / "r.sqlite3"))
    command = [sys.executable, "-m", "al_tui", *[word for word in BENCH if word not in ("--executor", "inline")], *words]
    out, err = (tmp_path / name for name in ("out", "err"))
    with out.open("w") as output, err.open("w") as errors:
        home = {**os.environ, "HOME": str(tmp_path)}
        done = subprocess.run(command, stdout=output, stderr=errors, env=home, preexec_fn=close, timeout=PATIENCE, check=False)
        assert done.returncode == (1 if 1 in closed else 0), err.read_text()  # a result that nobody takes is no success
    assert out.read_text().startswith("strategy") == (1 not in closed)
    assert ("3/3 runs" in err.read_text()) == (2 not in closed)
    assert ("cannot write to stdout: it is closed" in err.read_text()) == (closed == (1,))
    assert "Traceback" not in err.read_text()
    assert (tmp_path / "r.sqlite3").read_bytes().startswith(b"SQLite format 3")
    label = subprocess.run([*command[:3], "label"], capture_output=True, env=home, preexec_fn=close, check=False)
    assert label.returncode == 2
    if 2 not in closed:
        assert b"this is no terminal" in label.stderr


# Processors and systems


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs a system that ties a process to processors")
def test_workers_are_as_many_as_processors_that_may_be_used(tmp_path: Path) -> None:
    one = min(os.sched_getaffinity(0))
    words = [word for word in BENCH if word not in ("--executor", "inline")]
    done = al_tui(*words, "--no-results", before=f"import os; os.sched_setaffinity(0, {{{one}}})", env={"HOME": str(tmp_path)})
    assert done.returncode == 0
    assert done.stderr.splitlines()[0].endswith(", 1 worker")


@pytest.mark.parametrize("system", ["darwin", "win32", "freebsd14"])
def test_another_system_is_told_in_one_line(system: str, tmp_path: Path) -> None:
    before = f"import al_tui.main, sys; sys.platform = {system!r}"
    home = {"HOME": str(tmp_path)}
    for words in ((), ("--version",), ("bench",)):
        told = one_line(al_tui(*words, before=before, env=home))
        assert told.startswith(f"al-tui was run on Linux only, and this is {system}; AL_TUI_UNTRIED=1 ")
    if system != "win32":  # made up on Linux, it lacks modules that Python has there
        assert al_tui("--version", before=before, env={**home, "AL_TUI_UNTRIED": "1"}).returncode == 0
