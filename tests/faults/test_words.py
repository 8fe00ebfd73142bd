"""Whatever names, files and variables say: only the program speaks on stdout and stderr, in its own words and exit codes."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from outside import MARK, SPOKEN, TRIED, Forked, Ran, as_name, forge
from PIL import Image
from trials import LARGE

from al_core.data.identity import identity
from al_core.ground.versions import Versions
from al_core.sessions.actions import Action, Changed, Disagreed, Flagged, Labelled, MachineLabelled, Named, Settings, Skipped
from al_core.sessions.lock import lock_path
from al_core.sessions.race_actions import RaceOpened
from al_core.sessions.store import RaceFile, SessionFile
from al_core.task.spec import TaskSpec

TINY = ("--dataset", "iris", "--budget", "14", "--strategies", "random", "--executor", "inline")

every_payload = pytest.mark.parametrize("payload", TRIED.values(), ids=TRIED)
every_spoken_payload = pytest.mark.parametrize("payload", SPOKEN.values(), ids=SPOKEN)


@pytest.fixture(scope="module")
def forked() -> Iterator[Forked]:
    with Forked() as server:
        yield server


@pytest.fixture
def run(forked: Forked, tmp_path: Path) -> Callable[..., Ran]:
    """Runs a command in a home of its own."""

    def call(*arguments: str | Path, env: dict[str, str] | None = None) -> Ran:
        return forked.run(arguments, environment(tmp_path) | (env or {}), tmp_path)

    return call


def environment(home: Path) -> dict[str, str]:
    """All there is, so that nothing of whoever runs the trial takes part."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "LOGNAME": "anna", "TERM": "xterm-256color"}


def complain(ran: Ran, what: object) -> list[str]:
    """The problems of a run, each with the command that had it."""
    return [f"{ascii(what)[:200]}: {problem[:400]}" for problem in ran.problems]


def nothing(problems: list[str]) -> None:
    assert not problems, f"{len(problems)} problems:\n" + "\n".join(problems[:40])


# Every command, every option, every argument


@cache
def surface(forked: Forked) -> dict[str, tuple[list[str], list[str]]]:
    """By command, its options that take a value and those that take none, as the help says."""

    def read(*command: str) -> tuple[list[str], list[str]]:
        text = forked.run([*command, "--help"], environment(Path("/")) | {"COLUMNS": "300"}, Path("/")).out.decode()
        found = re.findall(r"^  (?:-\w, )?(--[\w-]+)(?: / --[\w-]+)?( [A-Z\[{a-z]\S*)?(?:  |$)", text, re.MULTILINE)
        return [name for name, value in found if value], [name for name, value in found if not value]

    listed = forked.run(["--help"], environment(Path("/")), Path("/")).out.decode().partition("Commands:")[2]
    commands = re.findall(r"^  (\w+)  ", listed, re.MULTILINE)
    assert len(commands) >= 14
    return {"": read(), **{name: read(name) for name in commands}}


NEEDED: dict[str, tuple[str, ...]] = {
    "bench": (*TINY, "--no-results"),
    "export": ("nobody", "--format", "csv"),
    "check": ("nobody",),
    "import": ("nobody", "nobody.csv"),
    "merge": ("nobody", "nobody-else", "--out", "out.session"),
    "predict": ("nobody", "--out", "out.csv"),
    "certify": ("nobody",),
}
"""What a command needs before an option of it is looked at."""


@every_spoken_payload
def test_every_option_of_every_command(run: Callable[..., Ran], forked: Forked, payload: str) -> None:
    problems, tried = [], 0
    for command, (valued, plain) in surface(forked).items():
        name = [command] if command else []
        cases = [[*name, payload], [*name, f"--{payload}"], [*name, f"-{payload}"], [*name, *[payload] * 4]]
        for option in valued:
            needed = [word for word in NEEDED.get(command, ()) if (word, option) != ("--no-results", "--results")]
            cases.append([*name, *needed, option, payload])
            if LARGE:
                cases.append([*name, *needed, f"{option}={payload}"])
        cases += [[*name, f"{option}={payload}"] for option in plain]
        for words in cases:
            problems += complain(run(*words), words)
        tried += len(cases)
    assert tried > 130
    nothing(problems)


PARTS = (
    "{}", "margin({}=1)", "power_margin(beta={})", "power_margin(beta='{}')", "{}:factory", "os:{}", "soft_vote({},knn)",
    "skactiveml:{}", "random#{}", "random,{}",
)  # fmt: skip
"""What a name on the command line is made of."""


@every_spoken_payload
def test_every_part_of_a_name(run: Callable[..., Ran], payload: str) -> None:
    problems = []
    for part in PARTS:
        for option in ("--strategies", "--learner", "--learners", "--datasets"):
            words = ["bench", "--budget", "40", "--executor", "inline", "--no-results", option, part.replace("{}", payload)]
            problems += complain(run(*words), words)
        problems += complain(run("label", "--strategy", part.replace("{}", payload)), part)
    nothing(problems)


# Every variable


PLACES = ("HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "TMPDIR")
"""Variables that say where files are."""
OTHERS = (
    "LOGNAME", "USER", "LNAME", "USERNAME", "LANG", "LC_ALL", "TERM", "COLORTERM", "NO_COLOR", "COLUMNS", "LINES", "PWD",
    "TEMP",
    "TMP", "AL_TUI_WORKER_LOG", "AL_TUI_WORKER_NICE", "AL_TUI_PLUGIN_SECONDS", "AL_TUI_TRIED_PLUGINS", "_AL_TUI_COMPLETE",
    "COMP_WORDS", "COMP_CWORD", "TEXTUAL_DRIVER", "MPLCONFIGDIR", "BROWSER", "DASK_DISTRIBUTED__COMM__TLS__CA_FILE",
)  # fmt: skip


@every_spoken_payload
@pytest.mark.parametrize("variable", PLACES)
def test_every_variable_that_names_a_place(run: Callable[..., Ran], tmp_path: Path, variable: str, payload: str) -> None:
    (tmp_path / "file").touch()
    place = as_name(payload).strip(".")
    problems = []
    for given in (payload, str(tmp_path / place), str(tmp_path / "file" / place)):
        for words in (["sessions"], ["check", "nobody"], ["report", "--list"], ["resume"], ["bench", *TINY]):
            problems += complain(run(*words, env={variable: given}), [f"{variable}={given}", *words])
    nothing(problems)


@every_spoken_payload
def test_every_other_variable(run: Callable[..., Ran], payload: str) -> None:
    problems = []
    for variable in OTHERS:
        for words in (["sessions", "--json"], ["learners"], [], ["label"], ["--help"]):
            problems += complain(run(*words, env={variable: payload}), [f"{variable}={payload}", *words])
    nothing(problems)


# Whatever files are called, and whatever stands in them


@every_spoken_payload
def test_names_of_files(run: Callable[..., Ran], tmp_path: Path, payload: str) -> None:
    name = as_name(payload)
    sessions = tmp_path / ".local/share/al-tui/sessions"
    sessions.mkdir(parents=True)
    make_labels(sessions / f"{name}.session", "anna", {"a": 0, "b": 1})
    make_labels(sessions / f"{name} two.session", "ben", {"a": 1, "b": 1})
    make_race(sessions / f"race {name}.session", TaskSpec(), ("random",), ("0", "1"), "anna")
    (sessions / f"broken {name}.session").write_bytes(b"nonsense")
    own = f"own {name}"
    make_own(sessions / f"{own}.session", tmp_path / f"pictures {name}", name)
    directory = tmp_path / name
    directory.mkdir()
    document = run("bench", *TINY, "--json", "--out", directory / f"{name}.json")
    problems = complain(document, "bench --out")
    assert document.code == 0
    cases = [
        ["sessions"],
        ["sessions", "--json"],
        ["merge", name, f"{name} two", "--out", directory / f"{name}.session"],
        ["merge", name, f"{name} two", "--out", directory / f"{name}.session"],
        ["merge", name, f"{name} two", "--json", "--out", directory / f"{name}-2.session"],
        ["merge", name, f"{name} two", "--out", tmp_path / "none" / name],
        ["merge", name, f"race {name}", "--out", directory / "3.session"],
        ["bench", *TINY, "--results", directory / f"{name}.sqlite3"],
        ["bench", *TINY, "--results", directory],
        ["bench", *TINY, "--results", directory / f"{name}.json"],
        ["bench", *TINY, "--results", directory / f"{name}.json" / name],
        ["bench", *TINY, "--out", directory / name / name],
        ["bench", *TINY, "--out", directory],
        ["report", directory / f"{name}.sqlite3", "--list"],
        ["report", directory / f"{name}.sqlite3", "--bench", "77"],
        ["report", directory / f"{name}.json", "--bench", "1"],
        ["report", directory],
        ["report", directory / f"broken{name}.json"],
        ["report", directory / f"{name}.json", "--format", "md", "--out", directory / f"{name}.md"],
        ["report", directory / f"{name}.json", "--format", "md", "--out", directory / f"{name}.md"],
        ["report", f"race {name}"],
        *(["check", session] for session in (name, f"race {name}", f"broken {name}", f"{name}?")),
        *(["resume", session] for session in (name, f"race {name}", f"broken {name}", f"{name}?")),
        *(
            ["export", session, "--format", form, *out]
            for session in (name, f"race {name}", f"broken {name}")
            for form in ("jsonl", "csv")
            for out in ([], ["--out", directory / f"{name}.{form}"], ["--out", directory / f"{name}.{form}"])
        ),
        *(
            ["export", own, "--format", form, "--out", directory / f"{name}.{form}", *force]
            for form in ("links", "copies")
            for force in ([], [], ["--force"])
        ),
        ["export", own, "--format", "links", "--out", directory / name / name],
        *(
            ["predict", own, *more, "--out", directory / f"{name}-own.{form}", "--force"]
            for form in ("csv", "jsonl")
            for more in (
                [],
                ["--with-audit", "--json"],
                [tmp_path / f"pictures {name}"],
                [directory],
                [directory / f"{name}.csv"],
            )
        ),
        ["certify", own],
        ["certify", own, "--json"],
        *(["certify", own, "--out", directory / f"{name}.certificate", *more] for more in ([], [], ["--json", "--force"])),
        ["predict", own, "--out", directory / name],
        ["predict", own, "--out", directory / name / f"{name}.csv"],
        ["predict", own, "--out", directory / "x.csv", "--data", directory],
        ["export", own, "--format", "links", "--out", directory / "sorted", "--data", tmp_path / "none" / name],
        ["import", f"{name} two", directory / f"{name}.csv"],
        ["import", f"{name} two", directory / f"{name}.csv", "--json"],
    ]
    for words in cases:
        problems += complain(run(*words), words)
    nothing(problems)


def make_labels(path: Path, annotator: str, labels: dict[str, int], settings: Settings | None = None, *more: Action) -> None:
    settings = settings or Settings("digits", "f" * 32, ("cat", "dog"), "logistic", "margin", 1, 0, "random_per_class")
    with SessionFile.create(path, settings, annotator) as file:
        for action in (*(Labelled(item, label) for item, label in labels.items()), *more):
            file.append([action], annotator)


def make_own(path: Path, folder: Path, name: str) -> None:
    """A session about a folder of two pictures, of which one is labelled."""
    folder.mkdir()
    for number in range(2):
        Image.fromarray(np.full((4, 4), number, np.uint8)).save(folder / f"{number} {name[:150]}.png")
    item = identity((folder / f"0 {name[:150]}.png").read_bytes())
    settings = Settings(str(folder), "f" * 32, (name, "dog"), own_classes=True)
    make_labels(path, "anna", {item: 0}, settings, Named(((item, f"0 {name[:150]}.png"),)))


def make_race(path: Path, spec: TaskSpec, strategies: tuple[str, ...], classes: tuple[str, ...], word: str) -> None:
    software = Versions(word, word, word, word, word)
    RaceFile.create(path, RaceOpened(spec, strategies, "f" * 32, classes, software), word).close()


def storable(text: str) -> str:
    """The payload as far as a column of SQLite can hold it."""
    return text.encode(errors="ignore").decode() or "\x9b"


@every_payload
def test_what_stands_in_sessions(run: Callable[..., Ran], tmp_path: Path, payload: str) -> None:
    sessions = tmp_path / ".local/share/al-tui/sessions"
    sessions.mkdir(parents=True)
    settings = Settings(MARK, MARK, (MARK, f"{MARK}2"), MARK, MARK, 1, 0, "random_per_class")
    more = (
        Flagged(MARK, MARK),
        Flagged("b", MARK),
        Skipped(f"{MARK}3"),
        MachineLabelled("truth", None, ((MARK, 0),)),
        Disagreed("d", ((MARK, 0), ("ben", 1))),
        Changed(MARK, MARK, 1),
    )
    make_labels(sessions / "one.session", MARK, {MARK: 0, "b": 1}, settings, *more)
    make_labels(sessions / "two.session", f"{MARK} too", {MARK: 1, "b": 1}, settings, *more)
    spec = TaskSpec(dataset=MARK, learner=MARK, initial=MARK)
    make_race(sessions / "race.session", spec, (MARK, "random"), (MARK, "1"), MARK)
    for session in sessions.iterdir():
        forge(session, payload)
    lock_path(sessions / "race.session").write_text(json.dumps({"host": payload, "pid": 10**30, "since": payload}))
    lock_path(sessions / "one.session").write_text(json.dumps({"host": payload, "pid": -1, "since": payload}))
    problems = []
    for words in (
        ["sessions"],
        ["sessions", "--json"],
        *(["check", name] for name in ("one", "race")),
        *(["export", name, "--format", form] for name in ("one", "race") for form in ("jsonl", "csv")),
        ["merge", "one", "two", "--out", "merged.session"],
        ["merge", "one", "two", "--out", "merged2.session", "--json"],
        ["export", "./merged.session", "--format", "csv"],
        ["export", "./merged.session", "--format", "jsonl"],
        ["check", "./merged.session"],
        *(["resume", name] for name in ("one", "race")),
        *(["predict", name, "--out", f"{name}.csv"] for name in ("one", "race")),
        *(["certify", name, *more] for name in ("one", "race") for more in ([], ["--data", "digits"])),
        *(["predict", name, "--data", "digits", "--out", f"{name}.csv"] for name in ("one", "race")),
        ["report", "race"],
        ["report", "race", "--format", "md"],
    ):
        problems += complain(run(*words), words)
    nothing(problems)


@every_payload
def test_what_a_damaged_session_says(run: Callable[..., Ran], tmp_path: Path, payload: str) -> None:
    """Texts in a file that is refused are named in the refusal."""
    problems = []
    for column in ("time", "kind", "item", "value", "annotator", "strategy", "checksum"):
        path = tmp_path / f"{column}.session"
        make_labels(path, "anna", {"a": 0})
        with sqlite3.connect(path) as connection:
            connection.execute(
                f"UPDATE event SET {column} = CAST(? AS TEXT) WHERE sequence = 2", (payload.encode("utf-8", "surrogateescape"),)
            )
        connection.close()
        for command in (["check"], ["export", "--format", "csv"], ["resume"], ["report"]):
            problems += complain(run(*command, f"./{path.name}"), [*command, column])
    path = tmp_path / "schema.session"
    make_labels(path, "anna", {"a": 0})
    with sqlite3.connect(path) as connection:
        name = storable(payload).replace('"', "").replace("\0", "")
        connection.execute(f'CREATE TABLE "{name}" (x)')
    connection.close()
    for command in (["check"], ["export", "--format", "csv"], ["resume"], ["report"]):
        problems += complain(run(*command, "./schema.session"), [*command, "schema"])
    nothing(problems)


TWO = ("--dataset", "iris", "--budget", "14", "--strategies", "random,margin", "--seeds", "2", "--executor", "inline")


@every_payload
def test_what_stands_in_documents(run: Callable[..., Ran], tmp_path: Path, payload: str) -> None:
    document = json.loads(run("bench", *TWO, "--json").out)
    assert len(document["strategies"]) == 3
    problems = []

    def everywhere(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: everywhere(entry, name) for name, entry in value.items()}
        if isinstance(value, list):
            return [everywhere(entry, key) for entry in value]
        return payload if isinstance(value, str) and key not in ("verdict", "dataset") else value

    hostile = everywhere(document)
    (tmp_path / "hostile.json").write_text(json.dumps(hostile))
    hostile["protocol"]["dataset"] = payload
    (tmp_path / "data.json").write_text(json.dumps(hostile))
    (tmp_path / "none.json").write_text(json.dumps({payload: payload}))
    (tmp_path / "raw.json").write_text(payload, "utf-8", "surrogateescape")
    for name in ("hostile.json", "data.json", "none.json", "raw.json"):
        for form in ("md", "csv", "json", "html"):
            problems += complain(run("report", name, "--format", form), [name, form])
    nothing(problems)


@every_payload
def test_what_stands_in_a_results_store(run: Callable[..., Ran], tmp_path: Path, payload: str) -> None:
    assert run("bench", *TWO, "--results", "r.sqlite3").code == 0
    with sqlite3.connect(tmp_path / "r.sqlite3") as connection:
        ((number, asked),) = connection.execute("SELECT id, document FROM benches").fetchall()
        document = json.loads(asked)
        document["failed"] = {document["keys"][0]: payload}
        document["versions"] = dict.fromkeys(document["versions"], payload)
        connection.execute("UPDATE benches SET document = ? WHERE id = ?", (json.dumps(document), number))
        connection.execute("DELETE FROM cells WHERE key = ?", (document["keys"][0],))
        # As if other software had computed them, so that a bench has to say which.
        versions = json.dumps(document["versions"])
        connection.execute("UPDATE cells SET versions = ?, key = 'x' || key", (versions,))
        connection.execute("INSERT INTO benches (asked_at, document) VALUES (?, ?)", (storable(payload), asked))
        document["strategies"] = [payload, *document["strategies"][1:]]
        document["specs"][0] |= {"dataset": payload, "learner": payload}
        connection.execute("INSERT INTO benches (asked_at, document) VALUES (?, ?)", ("2026", json.dumps(document)))
    connection.close()
    problems = []
    for bench in ("1", "2", "3"):
        for form in ("md", "csv", "json", "html"):
            words = ["report", "r.sqlite3", "--bench", bench, "--format", form]
            problems += complain(run(*words), words)
    for words in (["report", "r.sqlite3", "--list"], ["bench", *TWO, "--results", "r.sqlite3"]):
        problems += complain(run(*words), words)
    nothing(problems)
