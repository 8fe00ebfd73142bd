"""What a store says was asked is believed only where somebody can have asked it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from al_core.comparison.asked import Asked, read, written
from al_core.comparison.cell import ORACLE
from al_core.comparison.identity import versions
from al_core.comparison.plan import plan
from al_core.data.origin import Origin
from al_core.data.sources import Source
from al_core.ground.errors import UserError
from al_core.ground.records import Unreadable
from al_core.task.spec import LAST_SEED, TaskSpec

SPEC = TaskSpec(dataset="iris", batch=10, budget=26)
PLAN = plan([SPEC], ["random", "margin"], seeds=3, references=False)
KEYS = tuple(f"{number:032x}" for number in range(PLAN.cells))
GOOD = Asked.of(PLAN, versions(), KEYS, failed={KEYS[1]: "oh"})


def test_what_was_asked_is_what_is_planned() -> None:
    assert GOOD.plan == PLAN
    assert replace(GOOD, failed=dict.fromkeys(KEYS, "oh")).plan == PLAN
    last = replace(GOOD, specs=(replace(SPEC, seed=LAST_SEED - 2),), seeds=(LAST_SEED - 2, LAST_SEED - 1, LAST_SEED))
    assert last.plan.seeds[-1] == LAST_SEED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"specs": ()}, "something is missing"),
        ({"strategies": ()}, "something is missing"),
        ({"seeds": ()}, "something is missing"),
        ({"targets": ()}, "something is missing"),
        ({"seeds": (0, 2, 1)}, "the seeds do not follow one another"),
        ({"seeds": (0, 1, 1)}, "the seeds do not follow one another"),
        (
            {"specs": (replace(SPEC, seed=LAST_SEED - 1),), "seeds": (LAST_SEED - 1, LAST_SEED, LAST_SEED + 1)},
            "the seeds do not follow one another",
        ),
        ({"least_saving": 2.0}, "--least-saving is 2"),
        ({"targets": (0.9, 7.0)}, "--target is 7"),
        ({"specs": (replace(SPEC, batch=0),)}, "--batch is 0"),
        ({"specs": (replace(SPEC, seed=1),)}, "the tasks do not fit the seeds"),
        ({"specs": (SPEC, SPEC)}, "one stands there twice"),
        ({"strategies": ("random", "random")}, "stands there twice"),
        ({"strategies": ("random", ORACLE)}, "there is a name that is none"),
        ({"strategies": ("random", "mar\x1bgin")}, "there is a name that is none"),
        ({"specs": (replace(SPEC, learner=""),)}, "there is a name that is none"),
        ({"keys": KEYS[1:]}, "the keys are not those of the questions"),
        ({"keys": (*KEYS[1:], KEYS[1])}, "the keys are not those of the questions"),
        ({"keys": ("0", *KEYS[1:])}, "the keys are not those of the questions"),
        ({"failed": {"f" * 32: "oh"}}, "something failed that was not asked"),
    ],
)
def test_what_nobody_can_have_asked_is_told(change: dict[str, Any], words: str) -> None:
    with pytest.raises(UserError, match=words):
        _ = replace(GOOD, **change).plan


AT = "2026-11-26T12:00:00+00:00"
POTS = Source("pots", "f" * 32, 100, 3, 2, held=30, origin=Origin("/home/anna/pots", ("bowl", "jug"), most=20, keep=("0123",)))
WHOLE = replace(GOOD, oracle=True, plugins=True, arithmetic="adds so", machine="here", data=(POTS,))


def test_what_is_kept_of_it_is_read_as_it_was_and_what_says_nothing_is_not_kept() -> None:
    for asked in (GOOD, WHOLE, replace(GOOD, failed={})):
        assert read(written(asked, AT), AT) == asked
    names = {field.name for field in fields(Asked)} | {"checksum"}
    assert set(json.loads(written(WHOLE, AT))) == names
    assert set(json.loads(written(replace(GOOD, failed={}), AT))) == names - {"failed", "arithmetic", "machine", "data"}


@pytest.mark.parametrize("name", [field.name for field in fields(Asked)])
def test_what_was_changed_since_is_told(name: str) -> None:
    document = json.loads(written(WHOLE, AT))
    document[name] = json.loads(written(replace(WHOLE, **OTHERS[name]), AT))[name]
    with pytest.raises(Unreadable, match="does not match its checksum"):
        read(json.dumps(document), AT)
    with pytest.raises(Unreadable, match="does not match its checksum"):
        read(written(WHOLE, AT), AT.replace("26", "27", 1))
    del document["checksum"]  # as an earlier version wrote it
    assert read(json.dumps(document), AT) == replace(WHOLE, **OTHERS[name])


OTHERS: dict[str, dict[str, Any]] = {
    "specs": {"specs": (replace(SPEC, batch=11),)},
    "strategies": {"strategies": ("random", "entropy")},
    "seeds": {"seeds": (0, 1)},
    "targets": {"targets": (0.8,)},
    "oracle": {"oracle": False},
    "versions": {"versions": replace(versions(), numpy="0")},
    "keys": {"keys": KEYS[:2]},
    "least_saving": {"least_saving": 0.5},
    "plugins": {"plugins": False},
    "failed": {"failed": {KEYS[0]: "oh"}},
    "arithmetic": {"arithmetic": "otherwise"},
    "machine": {"machine": "there"},
    "data": {"data": (replace(POTS, items=101),)},
}
"""Of every field another value."""
