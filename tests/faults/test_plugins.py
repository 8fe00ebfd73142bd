"""Other people's strategies and learners: one that misbehaves is named and left out, and stdout stays what the command says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from outside import TRIED, Ran, foreign

TINY = ("--dataset", "iris", "--budget", "14", "--no-results")
SECONDS = "15"
"""What an import may take in these trials: far more than one that works needs on a busy machine."""

STRATEGY = """
from al_core.strategies.registry import strategy

@strategy({name!r}, family="mine", formula="1", source="a trial", cost="O(1)", why="it comes first")
def choose(context, k):
    {body}
    return list(range(k))
"""

MISBEHAVING = {
    "exits": "import sys; sys.exit(0)",
    "exits_with_words": "import sys; sys.exit('\\x1b[2Jbye')",
    "quits": "import os; os._exit(0)",
    "aborts": "import os; os.abort()",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "raises": "raise RuntimeError('first line\\nsecond \\x1b]0;title\\x07 line')",
    "interrupts": "raise KeyboardInterrupt",
    "leaves": "raise GeneratorExit",
    "is_none": "import no_such_module_anywhere",
    "is_no_python": "this is no python",
    "hangs": "import time\nwhile True: time.sleep(60)",
    "holds_on": "import time\nwhile True:\n    try: time.sleep(60)\n    except BaseException: pass",
    "spins": "while True: pass",
    "takes_margin": STRATEGY.format(name="margin", body=""),
    "takes_random": STRATEGY.format(name="random", body=""),
    "takes_a_name_twice": STRATEGY.format(name="takes_a_name_twice", body="") + STRATEGY.format(name="entropy", body=""),
    "is_called_no_name": STRATEGY.format(name="\x1b[2J", body=""),
    "asks_for_nothing_known": STRATEGY.format(name="asks", body="").replace("it comes first", "{nobody}"),
}
"""Modules, by name, that are left out; each also leaves a note that it was imported."""

LOUD = """
import atexit, os, subprocess, sys, threading
print("LOUD print")
sys.stdout.write("LOUD write\\n")
sys.__stdout__.write("LOUD original\\n")
os.write(1, b"LOUD descriptor\\n")
subprocess.run([sys.executable, "-c", "print('LOUD child')"])
atexit.register(print, "LOUD at the end")
"""


class Site:
    """Distributions with strategies, each a module of its own, and the home of whoever runs al-tui with them."""

    def __init__(self, home: Path) -> None:
        self.home, self._site, self._notes = home, home / "site", home / "notes"
        self._site.mkdir()
        self._notes.mkdir()

    def add(self, name: str, code: str) -> None:
        """Install a distribution whose entry point and only module are called ``name``."""
        info = self._site / f"{name}-0.1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n")
        (info / "entry_points.txt").write_text(f"[al_tui.strategies]\n{name} = {name}\n")
        self.module(name, code)

    def module(self, name: str, code: str) -> None:
        """Put a module where it can be imported."""
        note = f"open({str(self._notes / name)!r}, 'a').close()\n"
        (self._site / f"{name}.py").write_text(note + code)

    @property
    def imported(self) -> set[str]:
        """Modules that were imported, in whichever process."""
        return {path.name for path in self._notes.iterdir()}

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(self._site),
            "AL_TUI_PLUGIN_SECONDS": SECONDS,
        }

    def run(self, *arguments: str) -> Ran:
        command = [sys.executable, "-m", "al_tui", *arguments]
        done = subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=self.environment,
            cwd=self.home,
            timeout=600,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def crowded(site: Site) -> Site:
    """Everything that misbehaves, and one that is good."""
    for name, code in MISBEHAVING.items():
        site.add(name, code)
    site.add("loud", LOUD + STRATEGY.format(name="loud", body=""))
    site.add("good", STRATEGY.format(name="mine", body=""))
    return site


def built_in(site: Site) -> list[str]:
    """What there is without any plug-in."""
    environment = {**site.environment, "PYTHONPATH": ""}
    command = [sys.executable, "-m", "al_tui", "strategies", "--json"]
    return [row["name"] for row in json.loads(subprocess.run(command, capture_output=True, env=environment, check=True).stdout)]


def test_the_list_names_what_is_left_out(crowded: Site) -> None:
    done = crowded.run("strategies", "--json")
    assert done.problems == []
    rows = {row["name"]: row for row in json.loads(done.out)}
    assert sorted(rows) == sorted([*built_in(crowded), "mine", "loud"])
    assert rows["margin"]["family"] == "uncertainty"
    assert rows["random"]["family"] == "baseline"
    assert crowded.imported == {*MISBEHAVING, "loud", "good"} - {"is_no_python"}
    told = done.err.decode()
    for name in MISBEHAVING:
        assert told.count(f"al-tui: the plug-in '{name}' is left out: ") == 1, (name, told)
    assert "the plug-in 'good'" not in told
    assert "'margin' is taken" in told
    assert f"within {SECONDS} seconds" in told
    assert done.code == 0
    text = crowded.run("strategies")
    assert text.problems == []
    assert b"\nmine  (mine)\n" in text.out
    assert b"LOUD" not in text.out + done.out


COMMANDS = {
    ("--version",): 0,
    ("--help",): 0,
    ("learners",): 0,
    ("completion", "bash"): 0,
    ("sessions",): 0,
    ("check", "nobody"): 2,
    ("export", "nobody", "--format", "csv"): 2,
    ("report", "--list"): 2,
    ("label",): 2,
    ("resume",): 2,
    (): 2,
    ("--strategies", "margin,random#2,power_margin(beta=2)"): 2,
    ("bench", "--dataset", "nothing"): 2,
    ("bench", *TINY, "--strategies", "random,margin", "--executor", "inline", "--json"): 0,
    ("bench", *TINY, "--strategies", "random,margin", "--workers", "1", "--json"): 0,
    ("bench", *TINY, "--strategies", "random", "--learner", "knn", "--executor", "inline", "--json"): 0,
}


@pytest.mark.parametrize(("words", "code"), COMMANDS.items(), ids=[" ".join(words) or "(none)" for words in COMMANDS])
def test_commands_that_need_no_plug_in_import_none(crowded: Site, words: tuple[str, ...], code: int) -> None:
    done = crowded.run(*words)
    assert (done.code, done.problems) == (code, [])
    assert crowded.imported == set()
    if "--json" in words:
        json.loads(done.out)


@pytest.mark.parametrize("executor", [("--executor", "inline"), ("--workers", "1")], ids=["inline", "processes"])
def test_a_bench_with_a_plug_in_is_not_spoilt_by_the_others(crowded: Site, executor: tuple[str, ...]) -> None:
    done = crowded.run("bench", *TINY, "--strategies", "mine,loud,margin", "--json", *executor)
    assert (done.code, done.problems) == (0, [])
    assert [row["name"] for row in json.loads(done.out)["strategies"]] == ["mine", "loud", "margin"]
    assert b"LOUD" not in done.out


@pytest.mark.parametrize("name", ["exits", "raises", "spins"])
def test_asking_for_what_is_left_out_says_why(site: Site, name: str) -> None:
    site.add(name, MISBEHAVING[name])
    done = site.run("bench", *TINY, "--strategies", f"random,{name}", "--executor", "inline")
    assert (done.code, done.out, done.problems) == (2, b"", [])
    assert f"no strategy '{name}'".encode() in done.err
    assert f"the plug-in '{name}' is left out: ".encode() in done.err


def test_a_taken_name_keeps_its_meaning(site: Site) -> None:
    words = ("bench", *TINY, "--strategies", "margin", "--seeds", "2", "--executor", "inline", "--json")

    def picks(done: Ran) -> list[object]:
        assert done.code == 0
        return [(row["name"], row["aulc"]["per_seed"]) for row in json.loads(done.out)["strategies"]]

    before = picks(site.run(*words))
    for name in ("takes_margin", "takes_random"):
        site.add(name, MISBEHAVING[name])
    site.add("good", STRATEGY.format(name="mine", body=""))
    with_mine = tuple("margin,mine" if word == "margin" else word for word in words)
    after = [row for row in picks(site.run(*with_mine)) if row[0] != "mine"]
    assert after == before
    assert site.imported == {"takes_margin", "takes_random", "good"}


def test_two_plug_ins_of_one_name(site: Site) -> None:
    site.add("first", STRATEGY.format(name="mine", body="").replace("a trial", "the first"))
    site.add("second", STRATEGY.format(name="mine", body="").replace("a trial", "the second"))
    done = site.run("strategies", "--json")
    (mine,) = [row for row in json.loads(done.out) if row["name"] == "mine"]
    assert mine["source"] == "the first"
    assert b"the plug-in 'second' is left out: " in done.err
    assert b"'mine' is taken by first" in done.err


@pytest.mark.parametrize("payload", TRIED.values(), ids=TRIED)
def test_what_plug_ins_say_of_themselves(site: Site, payload: str) -> None:
    fields = dict.fromkeys(("family", "formula", "source", "cost"), payload)
    code = f"""
from al_core.strategies.registry import Parameter, strategy

@strategy("hostile", **{fields!r}, why="so", parameters={{"level": Parameter({payload!r}, choices=({payload!r}, "b"))}})
def hostile(context, k, *, level: str = {payload!r}):
    raise ValueError({payload!r})
hostile.__doc__ = {payload!r}
"""
    site.add("hostile", code)
    for words in (["strategies"], ["strategies", "--json"]):
        done = site.run(*words)
        assert (done.code, done.problems) == (0, [])
        assert b"hostile" in done.out
    done = site.run("bench", *TINY, "--strategies", "hostile,random", "--executor", "inline")
    assert (done.code, done.problems) == (1, [])
    assert b"hostile raised ValueError" in done.err
    done = site.run("bench", *TINY, "--strategies", f"hostile(level=({payload})".replace("\0", ""), "--executor", "inline")
    assert (done.code, done.problems) == (2, [])


LEARNERS = {
    "sys:exit": "ended",
    "sys:exit(0)": "ended",
    "os:_exit(0)": "ended",
    "os:abort": "ended",
    "leaver:Anything": "ended",
    "quitter:Anything": "ended",
    "talker:nothing": "nothing to call",
    "hanger:Anything": "within",
    "builtins:input": "",
    "soft_vote('sys:exit',knn)": "ended",
}


@pytest.fixture
def strange(site: Site) -> Site:
    site.module("leaver", "import sys; sys.exit(0)")
    site.module("quitter", "import os; os._exit(0)")
    site.module("hanger", "import time\nwhile True: time.sleep(60)")
    site.module("talker", LOUD + "from sklearn.neighbors import KNeighborsClassifier as Talker")
    return site


@pytest.mark.parametrize("option", ["--learner", "--learners"])
@pytest.mark.parametrize(("name", "words"), LEARNERS.items(), ids=LEARNERS)
def test_a_learner_that_ends_the_program_is_refused(strange: Site, option: str, name: str, words: str) -> None:
    done = strange.run("bench", *TINY, "--strategies", "random", "--executor", "inline", option, name)
    assert (done.code, done.out, done.problems) == (2, b"", [])
    assert words.encode() in done.err


@pytest.mark.parametrize("executor", [("--executor", "inline"), ("--workers", "1")], ids=["inline", "processes"])
def test_a_learner_that_talks_leaves_stdout_alone(strange: Site, executor: tuple[str, ...]) -> None:
    done = strange.run("bench", *TINY, "--strategies", "random", "--learner", "talker:Talker", "--json", *executor)
    assert (done.code, done.problems) == (0, [])
    json.loads(done.out)


AT_WORK = {
    "exits": "import sys; sys.exit(0)",
    "interrupts": "raise KeyboardInterrupt",
    "leaves": "raise GeneratorExit",
    "raises": "raise ValueError('\\x1b[2J')",
    "talks": "print('LOUD'); import os; os.write(1, b'LOUD'); raise ValueError('enough')",
}


INLINE, PROCESSES = ("--executor", "inline"), ("--workers", "1")
PLACES = [
    (executor, name)
    for executor in (INLINE, PROCESSES)
    for name in AT_WORK
    if (executor, name) != (INLINE, "interrupts")  # in the person's own process that is what Ctrl+C does
]


@pytest.mark.parametrize(("executor", "name"), PLACES, ids=[f"{name}-{executor[-1]}" for executor, name in PLACES])
def test_a_strategy_that_misbehaves_at_work_costs_its_own_runs(site: Site, executor: tuple[str, ...], name: str) -> None:
    body = AT_WORK[name]
    site.add(name, STRATEGY.format(name=name, body=body))
    done = site.run("bench", *TINY, "--strategies", f"{name},random", "--json", *executor)
    assert (done.code, done.problems) == (1, [])
    rows = {row["name"]: row for row in json.loads(done.out)["strategies"]}
    assert rows["random"]["seeds_finished"] == 1
    assert rows[name]["seeds_finished"] == 0
    assert f"al-tui: {name} failed on seed 0: ".encode() in done.err


@pytest.mark.parametrize("name", ["sys:exit", "leaver:Anything"])
def test_a_screen_is_not_opened_for_a_learner_that_ends_the_program(
    strange: Site, terminal: Callable[..., object], name: str
) -> None:
    for words in (("--learner", name), ("label", "--learner", name)):
        at = terminal(*words, env=strange.environment)
        assert at.finish() == 2
        assert "ended" in at.raw
        assert "\x1b[?1049h" not in at.raw
        assert foreign(at.raw.encode(), terminal=True) == []


def test_the_screens_import_no_plug_in_they_do_not_need(crowded: Site, terminal: Callable[..., object]) -> None:
    at = terminal("--strategies", "random,margin", "--budget", "40", "--pace", "max", env=crowded.environment)
    at.wait("Comparison ·")
    at.press("q")
    assert at.finish() == 0
    at = terminal("label", env=crowded.environment)
    at.wait("one of the first items")
    at.press("3")
    at.wait("1 label ")
    at.press("q")
    assert at.finish() == 0
    assert crowded.imported == set()
