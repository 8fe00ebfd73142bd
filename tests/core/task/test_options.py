"""An option is declared once. `Wider` is what a person would write who gives tasks a new setting; everything else follows."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import pytest

from al_core.comparison.command import command_of
from al_core.comparison.documents import AllLabels, Comparison, PerSeed, Presence, Protocol, References
from al_core.comparison.identity import identify
from al_core.ground.errors import BadOption, UserError
from al_core.ground.records import Reader
from al_core.ground.written import plain
from al_core.task.options import Range, check_options, declared, exact, further, identifying, option, options_of, said
from al_core.task.spec import TaskSpec

STORE = Path(__file__).parents[2] / "data" / "09bf380" / "store.sqlite3"


@dataclass(frozen=True, slots=True)
class Wider(TaskSpec):
    """A task with one setting more: one row."""

    patience: int = declared(
        3,
        "Rounds before it gives up.",
        absent=3,
        range=Range("give 1 to 9 rounds", least=1, most=9),
        said="It gave up after {} rounds.",
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """What a session would hold of it."""

    spec: Wider


def test_every_field_of_a_task_is_a_row() -> None:
    assert [row.name for row in options_of(TaskSpec)] == [entry.name for entry in fields(TaskSpec)]
    assert {row.name: row.default for row in options_of(TaskSpec)} == asdict(TaskSpec())
    assert all(row.help.endswith(".") and row.flag == f"--{row.name}" for row in options_of(TaskSpec))


def test_a_new_row_is_stored_only_where_it_says_something_and_read_from_what_was_written_before() -> None:
    reader = Reader(Opened)
    old = json.dumps({"spec": plain(TaskSpec(seed=7))})
    assert reader.read(old) == Opened(Wider(seed=7))
    assert json.dumps(plain(Opened(Wider(seed=7)))) == old
    new = json.dumps(plain(Opened(Wider(seed=7, patience=5))))
    assert json.loads(new)["spec"]["patience"] == 5
    assert reader.read(new) == Opened(Wider(seed=7, patience=5))
    with pytest.raises(UserError, match="patience"):
        reader.read(new.replace("5", '"five"'))
    with pytest.raises(UserError, match="patienc`"):
        reader.read(new.replace("patience", "patienc"))


def test_a_new_row_identifies_a_result_and_nothing_that_was_before() -> None:
    assert identifying(Wider()) == identifying(TaskSpec())
    assert identifying(Wider(patience=5)) == identifying(TaskSpec()) | {"patience": 5}
    assert "target" not in identifying(TaskSpec())


def test_a_new_row_is_checked_and_told() -> None:
    check_options(Wider(patience=9))
    with pytest.raises(BadOption, match="--patience is 10; give 1 to 9 rounds") as found:
        check_options(Wider(patience=10))
    assert found.value.option == "patience"
    assert further(Wider()) == {}
    assert said(Wider, further(Wider(patience=5))) == ["It gave up after 5 rounds."]
    assert option(Wider, "patience").words(5) == ["--patience", "5"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("batch", "ten", "--batch is 'ten'; give a whole number"),
        ("batch", 2.5, "--batch is 2.5; give a whole number"),
        ("batch", True, "--batch is True; give a whole number"),
        ("batch", 10**400, "a batch needs"),
        ("target", "high", "give a number"),
        ("target", float("nan"), "--target is nan; give an accuracy"),
        ("initial", "typicl", "give one of: random_per_class, typical"),
        ("learner", 3, "give a text"),
        ("learner", "a\x1b[2J", "without control characters"),
    ],
)
def test_a_value_in_a_file_is_read_by_its_row(name: str, value: object, words: str) -> None:
    with pytest.raises(BadOption) as found:
        option(TaskSpec, name).read(value)
    assert words in str(found.value)


def test_numbers_are_written_so_that_they_come_back() -> None:
    for number in (0.1, 0.123456789012, 1.0, 1e-9, 1 / 3):
        assert float(exact(number)) == number
    assert exact(0.9) == "0.9"


def protocol(**more: object) -> Protocol:
    every = {"dataset": "iris", "learner": "knn", "seeds": (0, 1), "initial": 6, "pool": 90, "test": 45, "batch": 3}
    rest = {"budget": 30, "target": 0.9, "targets": (0.9, 0.95), "initial_method": "random_per_class", "least_saving": 0.05}
    return Protocol(**{**every, **rest, **more})  # type: ignore[arg-type]


def asked(protocol: Protocol) -> str:
    nothing = AllLabels(PerSeed(None, ()), Presence(0))
    return command_of([Comparison("1", protocol, (), 0, References("random", "random#2", nothing, None), (), None, {})])


def test_the_command_says_what_is_not_as_it_was() -> None:
    plain_command = asked(protocol())
    assert plain_command == (
        "al-tui bench --dataset iris --learner knn --strategies '' --seed 0 --seeds 2 --batch 3 --budget 30 --target 0.9"
        " --second-target 0.95"
    )
    assert asked(protocol(further={"seed": 5})) == f"{plain_command} --seed 5"
    assert asked(protocol(initial_method="typical", least_saving=0.1)).endswith("--initial typical --least-saving 0.1")


def test_the_questions_of_a_store_of_before_are_the_same_questions() -> None:
    connection = sqlite3.connect(f"file:{STORE}?mode=ro&immutable=1", uri=True)
    rows = connection.execute("SELECT question, record FROM cells").fetchall()
    connection.close()
    assert rows
    for question, record in rows:
        cell = json.loads(record)
        spec = TaskSpec(**cell["spec"])
        assert identify(spec, cell["strategy"]).question_key == question
        assert identify(replace(spec, target=0.5), cell["strategy"]).question_key == question
        assert identify(replace(spec, batch=spec.batch + 1), cell["strategy"]).question_key != question
        assert plain(spec) == cell["spec"]
