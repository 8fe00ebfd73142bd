"""A race is replayed as it went: every state that its log leads through, and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.core.sessions.test_race_journal import NAMES, Kept, on_disk

from al_core.run.state import By
from al_core.sessions.actions import DamagedSession, Settings
from al_core.sessions.playback import STOPPED, Playback, read_playback
from al_core.sessions.race_ledger import kept_view
from al_core.sessions.store import SessionFile


async def played(path: Path, *, leave_out: int | None = None) -> None:
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
    if leave_out is not None:
        kept.race._runs[leave_out].failed = True
    kept.race.set_paused(False)
    for _ in range(50):
        await kept.settle()
    assert all(state.done for at, state in enumerate(kept.race.states) if at != leave_out)
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


def test_a_run_that_stopped_is_failed_from_where_it_did(tmp_path: Path) -> None:
    asyncio.run(played(tmp_path / "s.session", leave_out=1))
    replayed = read_playback(tmp_path / "s.session")
    last = max(at for at, moment in enumerate(replayed.moments) if moment.run == 1)
    assert last < replayed.end - 2
    errors = [moment.view.runs[1].error for moment in replayed.moments]
    assert errors == [None] * last + [STOPPED] * (replayed.end + 1 - last)
    assert {moment.view.runs[0].error for moment in replayed.moments} == {None}
    assert replayed.moments[-1].view.runs[1].status == "failed"


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
