"""A race as it stands, in every form it is taken home in: runs of all kinds, one of them with a person's hand in it."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise
from typing import Any

import pytest

from al_core.ground.numbers import fixed, milliseconds, signed_percent, whole
from al_core.ground.release import __version__
from al_core.race.view import RaceView, RunView, standings
from al_core.reports.comparison import race_csv, race_header, race_json, race_markdown, race_note, race_rows
from al_core.run.state import Answer, PersonsAnswers, Query, Round, RunState
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(budget=60, target=0.9)
PERSON = PersonsAnswers(7, 5, 6)
BROKEN = "information_density(base=margin,beta=2)"
CURVES = {
    "random": ((20, 0.7), (30, 0.8), (40, 0.9), (50, 0.91), (60, 0.92)),
    "margin": ((20, 0.7), (30, 0.9), (40, 0.93), (50, 0.952), (60, 0.96)),
    "entropy": ((20, 0.7), (30, 0.89), (40, 0.89), (50, 0.89), (60, 0.95)),
    BROKEN: (),
}
"""The target is held from 40, 30 and no labels on; entropy reaches it at the very end."""


def run(name: str, **more: Any) -> RunView:
    queries = [Query(labels, accuracy, 100, ()) for labels, accuracy in CURVES[name]]
    rounds = tuple(Round(query, (Answer(0, 0),)) for query in queries[:-1])
    state = RunState(name, rounds, queries[-1] if queries else None)
    return RunView(state, rounds_timed=len(queries), fit_seconds=0.5, query_seconds=0.25, **more)


@pytest.fixture
def view() -> RaceView:
    runs = (run("random"), run("margin"), run("entropy", person=PERSON, by_hand=True), run(BROKEN, error="oh"))
    return RaceView(SPEC, runs)


def expected(view: RaceView) -> list[dict[str, Any]]:
    """The lines, the largest area first; a run that a person had a hand in saves nothing, nor does one that has not begun."""
    areas = {
        name: sum((low + high) / 2 for (_, low), (_, high) in pairwise(curve)) / 4 for name, curve in CURVES.items() if curve
    }
    lines = {
        "margin": {"to_target": 30, "held": 30, "saved": 1 - 30 / 40, "accuracy": 0.96},
        "entropy": {"to_target": 60, "held": None, "saved": None, "accuracy": 0.95},
        "random": {"to_target": 40, "held": 40, "saved": 0.0, "accuracy": 0.92},
        BROKEN: {"to_target": None, "held": None, "saved": None, "accuracy": None},
    }
    assert sorted(areas, key=lambda name: -areas[name]) == list(lines)[:3]
    return [
        {
            "strategy": name,
            "labels": 60 if name in areas else view.runs[3].state.labels,
            "aulc": areas.get(name),
            "seconds_per_round": 0.15 if name in areas else None,
            "seconds_per_query": 0.05 if name in areas else None,
            "status": {BROKEN: "failed"}.get(name, view.runs[0].status if name != "entropy" else view.runs[2].status),
            "aulc_labels": 60,
            "by_person": 7 if name == "entropy" else 0,
            "by_person_right": 5 if name == "entropy" else None,
            **line,
        }
        for name, line in lines.items()
    ]


def test_files(view: RaceView) -> None:
    lines = list(csv.DictReader(io.StringIO(race_csv(view))))
    document = json.loads(race_json(view))
    for line, entry, wanted in zip(lines, document["strategies"], expected(view), strict=True):
        close = {name: pytest.approx(value) if isinstance(value, float) else value for name, value in wanted.items()}
        curve = CURVES[wanted["strategy"]]
        beside = {
            "curve": {"labels": [x for x, _ in curve], "accuracy": [y for _, y in curve]},
            "by_hand": wanted["strategy"] == "entropy",
        }
        assert entry == close | beside
        read = {name: float(line[name]) if isinstance(value, float) else line[name] for name, value in wanted.items()}
        told = {name: "" if value is None else str(value) if isinstance(value, int) else value for name, value in close.items()}
        assert read == told
        assert set(line) == set(wanted)
    assert (document["format"], document["version"], document["note"]) == ("al-tui race 2", __version__, race_note(view))
    assert (document["task"]["dataset"], document["task"]["budget"]) == ("digits", 60)
    assert document["data"]["name"] == "digits"
    assert document["data"]["licence"]
    assert document["data"]["citation"]
    assert race_json(view).startswith('{\n  "format"')
    assert race_json(view).endswith("}\n")


def test_the_table(view: RaceView) -> None:
    titles = ["strategy", "by hand", "labels to 90%", "held", "saved", "AULC", "accuracy", "labels", "per round"]
    assert race_header(view) == titles
    wanted = [
        [
            "✎ entropy" if line["by_person"] else line["strategy"],
            PERSON.words.replace(" by hand", "") if line["by_person"] else "",
            whole(line["to_target"]),
            whole(line["held"]),
            "baseline" if line["strategy"] == "random" else signed_percent(line["saved"]),
            fixed(line["aulc"]),
            fixed(line["accuracy"]),
            str(line["labels"]),
            milliseconds(line["seconds_per_round"]),
        ]
        for line in expected(view)
    ]
    assert race_rows(view) == wanted
    head, _, table = race_markdown(view).partition("\n\n")
    assert head == f"digits, logistic, seed 0, batch 10, budget 60. {race_note(view)}"
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]
    assert [cells[0], *cells[2:]] == [titles, *wanted]


def test_without_a_hand_in_it_nothing_is_said_of_one(view: RaceView) -> None:
    alone = view._replace(runs=view.runs[:2])
    assert "by hand" not in race_header(alone)
    assert {len(row) for row in race_rows(alone)} == {len(race_header(alone))}
    assert race_note(alone) == "One seed: a preview, no verdict."
    assert race_note(view).startswith("One seed: a preview, no verdict. ")
    assert f"entropy ({PERSON.words})" in race_note(view)
    assert [row.run for row in standings(view)] == [1, 2, 0, 3]
    partly = alone._replace(truth=(0, 1, -1), unlabelled=1)
    assert race_note(partly) == f"{race_note(alone)} {partly.partly_labelled}."
