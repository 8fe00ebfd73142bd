"""A project's file and the user's settings say what the command line says, are checked like it, and may say less."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import al_tui

from al_core.ground.errors import UserError
from al_core.task.options import Range, declared, options_of
from al_core.task.spec import TaskSpec
from al_tui.requests.files import OptionsFile, chosen, options_files
from al_tui.requests.taken import TAKEN


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a working directory of the test's own; returns the directory of settings."""
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    settings = tmp_path / "home" / ".config" / "al-tui"
    settings.mkdir(parents=True)
    return settings


def values(files: tuple[OptionsFile, ...], command: str, *typed: str) -> dict[str, object]:
    return {name: said.value for name, said in chosen(files, command, TAKEN[command], set(typed)).items()}


def project(text: str) -> tuple[OptionsFile, ...]:
    Path("al-tui.toml").write_text(text)
    return options_files(TAKEN)


def test_without_files_nothing_is_said() -> None:
    assert options_files(TAKEN) == ()


def test_what_was_typed_counts_first_then_the_project_then_the_settings(home: Path) -> None:
    (home / "settings.toml").write_text('batch = 5\nbudget = 60\nworkers = 1\n[bench]\nbatch = 6\n[label]\nlearner = "knn"\n')
    files = project("batch = 7\nseeds = 3\n[bench]\nseeds = 4\n")
    assert values(files, "bench") == {"batch": 7, "seeds": 4, "budget": 60, "workers": 1}
    assert values(files, "race", "batch") == {"seeds": 3, "budget": 60, "workers": 1}
    assert values(files, "label") == {"batch": 7, "learner": "knn", "budget": 60}
    assert values(files, "resume") == {"workers": 1}
    Path("al-tui.toml").unlink()
    assert values(options_files(TAKEN), "bench")["batch"] == 6


def test_options_of_a_group_are_taken_from_one_place(home: Path) -> None:
    (home / "settings.toml").write_text(
        'executor = "dask"\nscheduler = "tls://here:1"\nresults = "r.sqlite3"\ndatasets = "iris,wine"\n'
    )
    files = project('dataset = "iris"\n')
    assert values(files, "bench") == {
        "executor": "dask",
        "scheduler": "tls://here:1",
        "results": str(home / "r.sqlite3"),
        "dataset": "iris",
    }
    assert values(files, "bench", "executor", "no_results", "dataset") == {}


def test_another_file_can_be_named(tmp_path: Path) -> None:
    Path("al-tui.toml").write_text("nonsense")
    other = tmp_path / "other.toml"
    other.write_text('strategies = ["margin", "random"]\ninitial = "typical"\n')
    assert values(options_files(TAKEN, str(other)), "bench") == {"strategies": "margin,random", "initial": "typical"}
    assert values(options_files(TAKEN, str(other)), "label") == {"start": "typical"}
    with pytest.raises(UserError, match=r"there is no .*/none.toml; name the project's file"):
        options_files(TAKEN, str(tmp_path / "none.toml"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("bathc = 3", "no option 'bathc'; did you mean 'batch'?"),
        ("[bench]\nbugdet = 3", "[bench] no option 'bugdet'; did you mean 'budget'?"),
        ("[label]\nnoise = 0.1", "[label] no option 'noise'"),
        ("[bnech]\nbatch = 3", "did you mean 'bench'?"),
        ("[batch]\nbatch = 3", "batch is {'batch': 3}; give a whole number"),
        ("bench = 3", "bench is a table; write [bench]"),
        ("batch = 0", "batch is 0; a batch needs at least 1 item"),
        ("batch = 1.5", "batch is 1.5; give a whole number"),
        ("noise = 1", "noise is 1; give a share of labels"),
        ("target = nan", "target is nan; give an accuracy"),
        ("budget = 1979-05-27", "give a whole number"),
        ('pace = "fast"', "pace 'fast' is no pace; give rounds per second"),
        ('initial = "typicl"', "initial is 'typicl'; give one of: random_per_class, typical"),
        ('learner = "a\\u001b]52;c;aGk=\\u0007"', "give a text without control characters"),
        ("strategies = [1, 2]", "give a text"),
        ("json = true", "json is about one call of the program; give --json on the command line instead"),
        ('out = "x"', "give --out on the command line instead"),
        ("[keys]\ncat = 3", "keys is a table of class names and keys"),
        ("keys = 3", "write [keys]"),
        ('[keys]\n"a\\u001b" = "k"', "holds control characters"),
        ("[classes.cat]\nsay = 'x'", "[classes.cat] no entry 'say'; did you mean 'says'?"),
        ("[classes]\ncat = 'x'", "has a table for each class; write e.g. [classes.cat]"),
        ("[classes.cat]\nkey = 3", "has a table for each class"),
        ("[classes.'cat,dog']", "'cat,dog' has a comma in its name"),
        ("[classes.cat]\nsays = 'a\\u001bb'".replace("'", '"'), "[classes.cat] holds control characters"),
        ("[classes.cat]\nkey = 'f'\n[keys]\ncat = 'j'", "the class 'cat' has one key in [classes] and another in [keys]"),
        ("batch = ", "is no TOML"),
        ("batch = 1\nbatch = 2", "is no TOML"),
        ("a = " + "[" * 20_000, "is no TOML"),
    ],
)
def test_a_mistake_is_one_line_with_file_key_and_remedy(text: str, words: str) -> None:
    with pytest.raises(UserError) as found:
        project(text)
    message = str(found.value)
    assert message.startswith("al-tui.toml")
    assert words in message
    assert "\n" not in message


@pytest.mark.parametrize("what", ["bytes", "directory", "pipe", "large", "link"])
def test_what_is_no_file_of_options_is_refused(what: str) -> None:
    path = Path("al-tui.toml")
    if what == "bytes":
        path.write_bytes(b"\xff\xfe")
    elif what == "directory":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    elif what == "large":
        path.write_text("#" * 1_000_001)
    else:
        path.symlink_to("al-tui.toml")
        assert options_files(TAKEN) == ()
        return
    with pytest.raises(UserError, match=r"al-tui\.toml"):
        options_files(TAKEN)


@pytest.mark.parametrize(
    "line",
    ['executor = "inline"', 'scheduler = "tcp://evil:8786"', 'results = "/etc/x"', "no-results = true", 'annotator = "x"'],
)
def test_a_project_names_no_machine_and_no_place(line: str, home: Path) -> None:
    name = line.partition(" ")[0]
    with pytest.raises(UserError) as found:
        project(line)
    assert f"al-tui.toml: {name} may not stand in a project's file" in str(found.value)
    assert f"--{name} on the command line" in str(found.value)
    assert str(home / "settings.toml") in str(found.value)
    Path("al-tui.toml").unlink()
    (home / "settings.toml").write_text(line)
    assert len(options_files(TAKEN)) == 1


@pytest.mark.parametrize(
    ("command", "name"), [("race", "learner"), ("bench", "learner"), ("bench", "learners"), ("label", "learner")]
)
@pytest.mark.parametrize("code", ["os:system", "soft_vote(logistic,os:system)"])
def test_no_file_names_code_that_the_person_has_not_named(command: str, name: str, code: str, home: Path) -> None:
    files = project(f'{name} = "{code}"\n')
    with pytest.raises(UserError, match=rf"al-tui\.toml: {name} names the code .*os:system.*; to run it, say --{name} "):
        values(files, command)
    assert values(files, command, name) == {}
    Path("al-tui.toml").unlink()
    (home / "settings.toml").write_text(f'{name} = "{code}"\n')
    with pytest.raises(UserError, match="names the code"):
        values(options_files(TAKEN), command)


def test_keys_of_classes_are_the_projects(home: Path) -> None:
    (file,) = project('[keys]\ncat = "k"\n"7" = "w"\n')
    assert file.keys == {"cat": "k", "7": "w"}
    (home / "settings.toml").write_text('[keys]\ncat = "k"\n')
    with pytest.raises(UserError, match=r"settings\.toml: \[keys\] names the classes of one data set; write it into"):
        options_files(TAKEN)


def test_classes_may_have_a_table_each_with_a_key_and_what_belongs_in_them(home: Path) -> None:
    files = project('[classes.cat]\nkey = "f"\nsays = "has whiskers"\n[classes."a b"]\n[keys]\n"a b" = "j"\n')
    (file,) = files
    assert values(files, "label") == values(files, "race") == {"classes": "cat,a b"}
    assert (file.keys, file.says) == ({"cat": "f", "a b": "j"}, {"cat": "has whiskers"})
    assert values(files, "label", "classes") == {}
    (file,) = project('classes = ["cat", "dog"]\n')
    assert (values((file,), "label"), file.says) == ({"classes": "cat,dog"}, {})
    (home / "settings.toml").write_text("[classes.cat]\n")
    with pytest.raises(UserError, match=r"settings\.toml: \[classes\] is about one data set"):
        options_files(TAKEN)


@dataclass(frozen=True, slots=True)
class Wider(TaskSpec):
    """A task with one setting more: one row."""

    patience: int = declared(3, "Rounds before it gives up.", absent=3, range=Range("give 1 to 9 rounds", least=1, most=9))


def test_a_new_row_is_a_key_by_being_one() -> None:
    taken = {"bench": options_of(Wider)}
    Path("al-tui.toml").write_text("patience = 5\n")
    (file,) = options_files(taken)
    assert chosen([file], "bench", taken["bench"], set())["patience"].value == 5
    Path("al-tui.toml").write_text("patiense = 5\n")
    with pytest.raises(UserError, match="did you mean 'patience'"):
        options_files(taken)
    Path("al-tui.toml").write_text("patience = 10\n")
    with pytest.raises(UserError, match=r"al-tui\.toml: patience is 10; give 1 to 9 rounds"):
        options_files(taken)


# The program


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return al_tui(args)


BENCH = ("bench", "--executor", "inline", "--no-results")


def test_a_bench_does_what_its_project_says_and_what_is_typed_counts_first(home: Path) -> None:
    Path("al-tui.toml").write_text('dataset = "iris"\nstrategies = ["random", "margin"]\nbudget = 16\nnoise = 0.2\n')
    (home / "settings.toml").write_text("budget = 26\nbatch = 5\n")
    done = run(*BENCH, "--noise", "0.1", "--json")
    assert done.returncode == 0, done.stderr
    assert '"command": "al-tui bench --dataset iris --learner logistic --strategies random,margin' in done.stdout
    assert "--batch 5 --budget 16 --target 0.9 --second-target 0.95 --noise 0.1" in done.stdout


@pytest.mark.parametrize(
    ("text", "args", "words"),
    [
        ("budget = 5000", BENCH, "al-tui.toml: budget is 5000, but digits has only 1,257 labels to give"),
        ('strategies = "margn"', BENCH, "al-tui.toml: strategies: no strategy 'margn'; did you mean 'margin'?"),
        ('learner = "logistik"', BENCH, "al-tui.toml: learner: no learner 'logistik'; did you mean 'logistic'?"),
        ('dataset = "digit"', BENCH, "al-tui.toml: dataset: no data set, file or folder 'digit'; did you mean 'digits'?"),
        ('datasets = "iris,vine"', BENCH, "al-tui.toml: datasets: no data set, file or folder 'vine'; did you mean 'wine'?"),
        ('dataset = "iris"', (), "al-tui.toml: dataset: iris is a table, which the dashboard cannot show"),
        ("budget = 5000", (), "al-tui.toml: budget is 5000"),
        ('dataset = "wine"', ("label",), "al-tui.toml: dataset: wine is a table"),
        ('[label]\nstrategy = "margn"', ("label",), "al-tui.toml: [label] strategy: no strategy 'margn'"),
        ("bathc = 1", ("resume",), "did you mean 'batch'?"),
        ('[keys]\n"7" = "s"', ("label",), "al-tui.toml: [keys] the key 's' of class '7' is a command already"),
        ('[keys]\n"7" = "h"', (), "al-tui.toml: [keys] the key 'h' of class '7' is a command already"),
        ('[keys]\n"7" = "kk"', ("label",), "al-tui.toml: [keys] the key of class '7' is 'kk'; give one letter or digit"),
        ('[keys]\n"7" = "k"\n"3" = "k"', (), "al-tui.toml: [keys] the key 'k' is given to several classes"),
    ],
)
def test_a_mistake_in_a_file_ends_the_program_with_one_line(text: str, args: tuple[str, ...], words: str) -> None:
    Path("al-tui.toml").write_text(text)
    done = run(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr


def test_a_broken_file_is_in_nobodys_way_who_does_not_need_it() -> None:
    Path("al-tui.toml").write_text("nonsense")
    for args in (("--help",), ("bench", "--help"), ("--version",), ("strategies",), ("completion", "bash")):
        assert run(*args).returncode == 0
    assert "is no TOML" in run().stderr
