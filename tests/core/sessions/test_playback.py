"""A race is replayed as it went: every state that its log leads through, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.core.sessions.test_race_journal import IDS, NAMES, OPENED, Kept, on_disk

from al_core.race.events import RunFailed
from al_core.run.state import By, RunState
from al_core.sessions.actions import DamagedSession, Settings
from al_core.sessions.playback import Playback, read_playback
from al_core.sessions.race_journal import Journal
from al_core.sessions.race_ledger import kept_view
from al_core.sessions.store import SessionFile


async def played(path: Path) -> None:
    """A race in which one run is answered by hand for a while, with an answer taken back."""
    kept = Kept(path)
    await kept.settle()
    kept.race.step()
    await kept.settle()
    kept.race.hands.take_over(0)
    for label in (3, 4):
        kept.race.hands.answer(0, kept.race.states[0].waiting[0], label)
    kept.race.hands.undo(0)
    kept.race.hands.answer(0, kept.race.states[0].waiting[0], None)
    kept.race.hands.hand_back(0)
    kept.race.set_paused(False)
    for _ in range(50):
        await kept.settle()
    assert all(state.done for state in kept.race.states)
    kept.leave()


@pytest.fixture
def race(tmp_path: Path) -> tuple[Path, Playback]:
    path = tmp_path / "r.session"
    asyncio.run(played(path))
    return path, read_playback(path)


def test_every_moment_is_the_state_after_an_event_and_the_last_the_session_s(race: tuple[Path, Playback]) -> None:
    path, replayed = race
    ledger = on_disk(path)
    assert replayed.end == ledger.sequence - 1
    assert replayed.moments[-1].view == kept_view(ledger, None)
    assert [run.state for run in replayed.moments[0].view.runs] == [(name, (), None, ()) for name in NAMES]
    for before, after in zip(replayed.moments, replayed.moments[1:], strict=False):
        changed = [at for at, pair in enumerate(zip(before.view.runs, after.view.runs, strict=True)) if pair[0] != pair[1]]
        assert changed == [after.run]
        if after.played:
            state, old = after.view.runs[after.run or 0].state, before.view.runs[after.run or 0].state
            assert state.rounds[: len(old.rounds)] == old.rounds
            assert len(state.rounds) == len(old.rounds) + (old.query is not None)


def test_what_a_person_did_comes_one_by_one(race: tuple[Path, Playback]) -> None:
    _, replayed = race
    deeds = [moment for moment in replayed.moments[1:] if not moment.played]
    hands = [moment.view.runs[0].by_hand for moment in deeds]
    answers = [[given.label for given in moment.view.runs[0].state.history if given.by is By.PERSON] for moment in deeds]
    assert hands == [True, True, True, True, True, False]
    assert answers == [[], [3], [3, 4], [3], [3, None], [3, None]]
    assert [moment.view.runs[0].person is not None for moment in deeds] == [False, True, True, True, True, True]


def test_a_round_on_and_back_are_those_of_the_run_that_one_looks_at(race: tuple[Path, Playback]) -> None:
    _, replayed = race
    for run in range(len(NAMES)):
        there, rounds, at = [0], [], 0
        while at != replayed.end:
            at = replayed.forward(at, run)
            there.append(at)
            state = replayed.moments[at].view.runs[run].state
            rounds.append(len(state.rounds) + (state.query is not None))
        own = [at for at in there if replayed.moments[at].run == run and replayed.moments[at].played]
        assert sorted(set(rounds)) == list(range(1, max(rounds) + 1))
        at, back = own[-1], []
        while at:
            at = replayed.back(at, run)
            back.append(at)
        assert back == [*reversed(own[:-1]), 0]
        assert replayed.back(0, run) == 0
        assert replayed.forward(replayed.end, run) == replayed.end


async def test_a_run_that_failed_is_failed_from_there_on_until_it_has_played_after_all(tmp_path: Path) -> None:
    kept, broken = Kept(tmp_path / "f.session"), [True]
    submit = kept.race._executor.submit

    def breaks(fn: Any, spec: Any, state: RunState, *more: Any) -> Any:
        if broken[0] and state.strategy == NAMES[1] and state.rounds:
            raise RuntimeError("no \x1b[31mluck")
        return submit(fn, spec, state, *more)

    kept.race._executor.submit = breaks  # type: ignore[method-assign]
    for _ in range(4):
        kept.race.step()
        await kept.settle()
    assert [run.failed for run in kept.race._runs] == [False, True]
    broken[0] = False
    kept.race.retry(1)
    for _ in range(50):
        kept.race.step()
        await kept.settle()
    assert all(state.done for state in kept.race.states)
    kept.leave()
    replayed = read_playback(tmp_path / "f.session")
    errors = [moment.view.runs[1].error for moment in replayed.moments]
    since = next(at for at, error in enumerate(errors) if error)
    again = next(at for at in range(since, replayed.end) if replayed.moments[at].run == 1 and replayed.moments[at].played)
    assert errors == [None] * since + ["no ␛[31mluck"] * (again - since) + [None] * (replayed.end + 1 - again)
    assert again > since + 1
    assert replayed.moments[since].view.runs[1].status == "failed"
    assert (replayed.moments[since].run, replayed.moments[since].played) == (1, False)
    assert {moment.view.runs[0].error for moment in replayed.moments} == {None}


def test_of_a_race_in_which_all_failed_at_once_nothing_is_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "n.session", "ann")
    journal.begin(OPENED, IDS, lambda: 7.0)
    journal.note(RunFailed(0, "oh"))
    journal.note(RunFailed(1, "oh"))
    journal.flush().result()
    assert (journal.close(), journal.begun, [*tmp_path.iterdir()]) == (None, False, [])


async def test_a_race_that_was_left_before_a_run_went_on_has_no_failed_run(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "l.session")
    kept.race.step()
    await kept.settle()
    kept.race._runs[1].by_hand = True  # it waits for somebody, and the other plays on
    kept.race.set_paused(False)
    for _ in range(50):
        await kept.settle()
    assert [state.done for state in kept.race.states] == [True, False]
    kept.leave()
    replayed = read_playback(tmp_path / "l.session")
    assert {run.error for moment in replayed.moments for run in moment.view.runs} == {None}
    assert replayed.moments[-1].view.runs[1].status == "racing"


def test_the_pace_is_that_of_each_run(race: tuple[Path, Playback]) -> None:
    _, replayed = race
    waits = [replayed.wait(at, 2.0) for at in range(replayed.end)]
    deeds = [wait for wait, moment in zip(waits, replayed.moments[1:], strict=True) if not moment.played]
    assert set(deeds) == {0.5}
    assert replayed.wait(0, 2.0) == 0.25  # two runs go on: each two rounds a second
    assert waits[-1] == 0.5  # one is left


def test_what_is_no_race_or_damaged_is_refused_in_a_line(race: tuple[Path, Playback], tmp_path: Path) -> None:
    labels = tmp_path / "labels.session"
    SessionFile.create(labels, Settings("pets", "f" * 32, ("cat", "dog")), "ann").close()
    with pytest.raises(DamagedSession, match="this is no race"):
        read_playback(labels)
    path, _ = race
    damaged = tmp_path / "damaged.session"
    content = bytearray(path.read_bytes())
    at = content.index(b'"learnt"')
    content[at : at + 8] = b'"learnT"'
    damaged.write_bytes(content)
    with pytest.raises(DamagedSession, match=r"damaged\.session: event \d+: the checksum does not fit"):
        read_playback(damaged)
    newer = tmp_path / "newer.session"
    shutil.copy(path, newer)
    with contextlib.closing(sqlite3.connect(newer)) as connection:
        connection.execute("PRAGMA user_version = 99")
        connection.commit()
    with pytest.raises(DamagedSession, match=r"newer\.session: the file is of version 99; it needs an al-tui that knows"):
        read_playback(newer)


async def test_a_run_of_a_persons_own_is_there_from_where_it_began(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "own.session")
    await kept.settle()
    kept.race.step()
    await kept.settle()
    own = kept.race.hands.fork(0)
    kept.race.hands.answer(own, kept.race.states[own].waiting[0], 7)
    kept.race.hands.hand_back(own)
    kept.race.set_paused(False)
    for _ in range(50):
        await kept.settle()
    kept.leave()
    replayed = read_playback(tmp_path / "own.session")
    assert replayed.moments[-1].view == kept_view(on_disk(tmp_path / "own.session"), None)
    counts = [len(moment.view.runs) for moment in replayed.moments]
    begins = counts.index(own + 1)
    assert counts == [own] * begins + [own + 1] * (len(counts) - begins)
    first = replayed.moments[begins].view.runs
    assert (first[own].name, first[own].state, first[own].by_hand) == (f"you + {NAMES[0]}", first[0].state, True)
    assert first[own].person == (0, None, 0)
