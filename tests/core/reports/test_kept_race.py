"""A race that was kept, reported as a bench of one seed: what had finished, in whose hands, and by which software."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from al_core.data.sources import named_data
from al_core.ground.errors import UserError
from al_core.ground.versions import versions
from al_core.race.events import Answered, HandChanged, RoundPlayed
from al_core.reports.findings import load_findings
from al_core.reports.rendering import render
from al_core.run.play import play
from al_core.run.state import Answer, By, RunState, answer
from al_core.sessions.race_actions import RaceOpened
from al_core.sessions.race_journal import Journal
from al_core.sessions.store import RaceFile
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(dataset="iris", budget=15, batch=4, seed=3, target=0.7)
NAMES = ("random", "margin", "entropy", "least_confidence")
OLD = replace(versions(), numpy="1.0")
"""What the race was begun with."""


def keep(path: Path, finished: tuple[str, ...], *, right: bool | None = None) -> RaceFile:
    """Play a race of which only some reach the end, the others one round; ``right``: a person answers in margin, so."""
    data = named_data("iris")
    assert data is not None
    journal = Journal(path, "ann")
    journal.begin(
        RaceOpened(SPEC, NAMES, data.fingerprint, data.classes, OLD), [f"id{row}" for row in range(len(data.y))], lambda: 1.0
    )
    for run, name in enumerate(NAMES):
        first = play(SPEC, RunState(name))
        journal.note(RoundPlayed(run, first.state, first.timings))
        state = first.state
        if name == "margin" and right is not None:
            rows = state.waiting
            said = [data.truth[row] if right else (data.truth[row] + 1) % 3 for row in rows]
            answers = tuple(Answer(row, label, By.PERSON) for row, label in zip(rows, said, strict=True))
            for given in answers:
                state = answer(state, given.row, given.label, given.by)
            journal.keep([HandChanged(run, True)])
            journal.keep([Answered(run, state, answers, False, 1.0)])
        if name in finished:
            rest = play(SPEC, state, rounds=0)
            journal.note(RoundPlayed(run, rest.state, rest.timings))
    assert journal.close() is None
    with RaceFile.open(path, read_only=True) as file:
        return file


@pytest.mark.parametrize(
    ("finished", "note"),
    [
        (NAMES, None),
        (("margin", "random", "entropy"), "In this race least_confidence was left unfinished."),
        (("random", "margin"), "In this race entropy and least_confidence were left unfinished."),
    ],
)
def test_what_was_left_unfinished_is_said_and_not_counted(tmp_path: Path, finished: tuple[str, ...], note: str | None) -> None:
    file = keep(tmp_path / "race.session", finished)
    found = load_findings(tmp_path / "race.session")
    (part,) = found.parts
    assert [row.name for row in part.strategies] == [name for name in NAMES if name in finished]
    assert part.conclusion.endswith(note) if note else "unfinished" not in part.conclusion
    assert (part.protocol.seeds, part.protocol.targets) == ((3,), (0.7, 0.85))
    assert found.asked_at == file.ledger.started
    assert part.versions["numpy"] == "1.0"
    for row, run in ((row, run) for row in part.strategies for run in file.ledger.runs if run.state.strategy == row.name):
        assert tuple(zip(row.curve.labels, row.curve.median, strict=True)) == run.state.curve
        per_round = (run.fit_seconds / run.rounds_timed, run.query_seconds / run.rounds_timed)
        assert (row.seconds.fit, row.seconds.query) == pytest.approx(per_round)
        assert row.person is None


def test_nothing_finished_is_nothing_to_report(tmp_path: Path) -> None:
    keep(tmp_path / "race.session", ())
    with pytest.raises(UserError) as error:
        load_findings(tmp_path / "race.session")
    assert str(error.value) == "no strategy in race.session has spent its budget yet; go on with: al-tui resume race"


@pytest.mark.parametrize("right", [True, False])
def test_a_persons_answers_are_told_and_compared_with_the_truth(tmp_path: Path, right: bool) -> None:
    keep(tmp_path / "race.session", NAMES, right=right)
    found = load_findings(tmp_path / "race.session")
    people = {row.name: row.person for row in found.parts[0].strategies}
    assert [name for name, person in people.items() if person is not None] == ["margin"]
    person = people["margin"]
    assert person is not None
    assert (person.answers, person.right, person.put_aside) == (4, 4 if right else 0, 0)
    assert "No command computes this anew, for a person answered in it. Without the person:" in render(found, "md")
