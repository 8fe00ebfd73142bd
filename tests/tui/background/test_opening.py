"""A labelling session over files of one's own is opened with all that is known of them: new, gone on with, and moved."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from al_core.compute.inline import Inline
from al_core.data.kinds import load_dataset
from al_core.data.origin import Origin, Places
from al_core.ground.errors import UserError
from al_core.labelling.opening import spoken_of
from al_core.sessions.actions import ClassAdded, Labelled, Settings
from al_core.sessions.store import SessionFile
from al_tui.background import labelling
from al_tui.background.intake import Intake
from al_tui.background.labelling import Begin, Labeller

CLASSES = tuple("0123456789")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Sixty pictures, and twenty others with labels to measure by."""
    data = load_dataset("digits")
    assert data.images is not None
    np.save(tmp_path / "a.npy", data.images[:60])
    np.savez(tmp_path / "kept.npz", images=data.images[60:80], y=data.y[60:80], classes=[*CLASSES])
    return tmp_path


def opened(begin: Begin) -> Labeller:
    made = Labeller(begin, Inline())
    made.session = asyncio.run(made._open())
    return made


def settings(files: Path, **more: Any) -> Settings:
    return Settings(str(files / "a.npy"), "", CLASSES, own_classes=True, **more)


def begun(files: Path) -> SessionFile:
    """A session that was left: two labels, and a class that came later."""
    made = opened(Begin(settings(files), "ann", files / "a.session"))
    assert made.session is not None
    session = made.session
    made.session.file.append([ClassAdded(10, "a letter")], "ann")
    for row, label in ((5, 3), (7, 10)):
        session.file.append([Labelled(session.items.ids[row], label)], "ann")
    session.close()
    return SessionFile.open(files / "a.session")


def test_a_new_session_says_what_it_is_over_and_what_measures_it(files: Path) -> None:
    made = opened(Begin(settings(files, test=str(files / "kept.npz")), "ann", files / "a.session", said=("learner",)))
    session = made.session
    assert session is not None
    kept, items = session.ledger.settings, session.items
    assert items.origin is not None
    assert (items.origin.word, items.origin.test) == (str(files / "a.npy"), str(files / "kept.npz"))
    assert len(items.tested) == 20
    assert (kept.tested, kept.fingerprint, kept.classes) == ("".join(items.tested), items.fingerprint, CLASSES)
    assert session.offer is not None
    assert made.has_look(session.offer.row)
    assert made.told.info(session.ledger.strategy) is not None
    session.close()


@pytest.mark.parametrize("named", [(), ("strategy",), ("learner",), ("strategy", "learner")])
def test_what_was_named_stays_and_the_rest_hangs_on_how_many_items_there_are(
    files: Path, monkeypatch: pytest.MonkeyPatch, named: tuple[str, ...]
) -> None:
    asked: list[tuple[int, tuple[str, ...]]] = []

    def by_data(settings: Settings, many: int, said: tuple[str, ...], *, own: bool) -> Settings:
        assert own
        asked.append((many, said))
        return settings

    monkeypatch.setattr(labelling, "by_data", by_data)
    made = opened(Begin(settings(files), "ann", files / "a.session", said=named))
    assert asked == [(60, named)]
    assert made.session is not None
    made.session.close()


def test_a_session_goes_on_over_what_it_speaks_of_and_says_what_has_changed(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origins: list[Origin] = []
    begin = Intake.begin

    async def noted(self: Intake, origin: Origin, *, part: bool) -> Origin:
        assert part is False
        origins.append(origin)
        return await begin(self, origin, part=part)

    async def changed(*args: object) -> str:
        return "two are new"

    file = begun(files)
    monkeypatch.setattr(Intake, "begin", noted)
    (files / "moved").mkdir()
    (files / "a.npy").rename(files / "moved" / "a.npy")
    monkeypatch.setattr(labelling, "_since_last_time", changed)
    made = opened(Begin(file.ledger.settings, "ben", file.path, file, Places(str(files / "moved" / "a.npy"))))
    session = made.session
    assert session is not None
    assert origins[-1].keep == spoken_of(session.ledger) != ()
    assert origins[-1].word == str(files / "moved" / "a.npy")
    assert session.items.since == "two are new"
    assert session.annotator == "ben"
    assert session.offer is not None
    assert session.offer.item == session.ledger.current
    assert made.has_look(session.offer.row)
    session.close()


@pytest.mark.parametrize(("name", "fits"), [("a letter", True), ("3", True), ("nothing", False)])
def test_keys_of_a_project_are_those_of_the_classes_that_there_are_by_now(files: Path, name: str, fits: bool) -> None:
    file = begun(files)
    made = Labeller(Begin(file.ledger.settings, "ann", file.path, file, keys={name: "j"}), Inline())
    if fits:
        asyncio.run(made._open()).close()
    else:
        with pytest.raises(UserError, match="correct \\[keys\\] in the project's file"):
            asyncio.run(made._open())
        file.close()


def test_the_trainer_has_what_it_asks_for_fetched_first(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Labeller(Begin(settings(files), "ann", files / "a.session"), Inline())
    given: list[Any] = []

    class Trainer:
        def __init__(self, session: Any, executor: Any, learnt: Any, *, before: Any) -> None:
            given.append(before)

        async def run(self) -> None:
            return

    monkeypatch.setattr(labelling, "Trainer", Trainer)
    asyncio.run(made.run())
    assert given == [made._fetch_first]
    assert made.session is not None
    made.session.close()


def test_what_only_a_person_can_put_right_is_refused_and_nothing_is_left_open(files: Path) -> None:
    made, told = Labeller(Begin(settings(files), "ann", files / "a.session", keys={"none": "j"}), Inline()), []
    made.refused = told.append
    asyncio.run(made.run())
    assert len(told) == 1
    assert "correct [keys] in the project's file" in told[0]
    assert (made.session, made.trainer) == (None, None)
    assert not (files / "a.session").exists()
    file = begun(files)
    other = replace(file.ledger.settings, dataset=str(files / "kept.npz"))
    made = Labeller(Begin(other, "ann", file.path, file), Inline())
    made.refused = told.append
    asyncio.run(made.run())
    assert "is about another data set" in told[1]
    file.close()
