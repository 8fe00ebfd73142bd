"""An event that cannot follow is refused in one line that says which event it is and why, and nothing has changed."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from al_core.sessions.actions import (
    Action,
    Changed,
    Choice,
    ClassAdded,
    DamagedSession,
    Disagreed,
    Flagged,
    Labelled,
    LabelledAlike,
    MachineLabelled,
    MachineRemoved,
    Redone,
    Relabelled,
    RoundFinished,
    Settings,
    Shown,
    Skipped,
    Undone,
)
from al_core.sessions.race_actions import RaceFailed, RaceHand
from al_core.sessions.store import SessionFile

SETTINGS = Settings("pots", "f" * 32, ("cat", "dog"))
ROUND = RoundFinished(3, 2, None, None, None, ("d",))


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Labelled("a", 1), "event 6 (label): the item has a label already"),
        (Relabelled("b", 1), "event 6 (relabel): the item has no label to change"),
        (Labelled("b", 3), "event 6 (label): class 3 of 3"),
        (Relabelled("a", 3), "event 6 (relabel): class 3 of 3"),
        (Labelled("b", 1, Choice("strategy", probability=0.0)), "event 6 (label): 0.0 is no probability"),
        (Skipped("b", "later", Choice("strategy", probability=1.5)), "event 6 (skip): 1.5 is no probability"),
        (Shown("b", "strategy", Choice("strategy", probability=-0.5)), "event 6 (shown): -0.5 is no probability"),
        (MachineLabelled("model", 0.9, (("b", 0), ("b", 1))), "event 6 (machine): an item is named twice"),
        (MachineLabelled("model", 0.9, (("b", 3),)), "event 6 (machine): class 3 of 3"),
        (Undone("a", 4), "event 6 (undo): event 4 is not the one to take back"),
        (Undone("a", 3), "event 6 (undo): event 3 is not the one to take back"),
        (Redone("c", 4), "event 6 (redo): event 4 is not the one to do again"),
        (Redone("d", 3), "event 6 (redo): event 3 is not the one to do again"),
        (
            RoundFinished(99, 2, None, None, None, ()),
            "event 6 (round): it has learnt revision 99, but the session is at 3",
        ),
        (RoundFinished(1, 2, None, None, None, (), audited=2, audited_right=3), "event 6 (round): 3 of 2 items are right"),
        (Changed("margin", "logistic", 0), "event 6 (changed): the batch is empty"),
        (Disagreed("b", (("ann", 0), ("ben", 3))), "event 6 (disagreement): class 3 of 3"),
        (ClassAdded(4, "fox"), "event 6 (class): class 'fox' cannot be added as number 4"),
        (ClassAdded(3, "dog"), "event 6 (class): class 'dog' cannot be added as number 3"),
        (ClassAdded(3, "eel"), "event 6 (class): class 'eel' cannot be added as number 3"),
        (RaceHand(0, True), "event 6 (race_hand): it belongs into a race"),
        (RaceFailed(0, "oh"), "event 6 (race_failed): it belongs into a race"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_follow(tmp_path: Path, action: Action, words: str) -> None:
    with SessionFile.create(tmp_path / "pots.session", SETTINGS, "anna") as file:
        file.append([ClassAdded(2, "eel")], "anna")
        file.append([Labelled("c", 1)], "anna")
        file.append([Undone("c", 3)], "anna")
        file.append([Labelled("a", 0)], "anna")
        before = deepcopy(file.ledger)
        with pytest.raises(DamagedSession) as error:
            file.append([action], "anna")
        assert str(error.value) == words
        assert file.ledger == before


def test_every_step_says_what_it_was_and_of_which_item(tmp_path: Path) -> None:
    steps: list[Action] = [
        Labelled("a", 1),
        Relabelled("a", 0),
        Flagged("b", "odd"),
        Flagged("b", None),
        Skipped("c", "bad"),
        LabelledAlike("d", 0, ("e",)),
        MachineLabelled("truth", None, (("f", 1),)),
        MachineRemoved(),
    ]
    with SessionFile.create(tmp_path / "pots.session", SETTINGS, "anna") as file:
        for action in steps:
            file.append([action], "anna")
        done = [(step.item, step.kind, step.sequence) for step in file.ledger.done]
        assert [item for item, _, _ in done] == ["a", "a", "b", "b", "c", "d", None, None]
        kinds = ["label", "relabel", "flag", "flag", "skip", "alike", "machine", "machine_removed"]
        assert [kind for _, kind, _ in done] == kinds
        assert [sequence for _, _, sequence in done] == list(range(2, 10))
