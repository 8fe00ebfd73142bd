"""The table of commands is whole: every key has a handler, no key has two meanings, digits only label."""

from __future__ import annotations

import pytest

from al_tui.app import AlTui
from al_tui.commands.command import Command
from al_tui.commands.table import COMMON, COMPARE, LABEL, LABEL_KEYS, MAP, RACE, REPLAY
from al_tui.screens.compare import CompareScreen
from al_tui.screens.label.map import MapScreen
from al_tui.screens.label.screen import LabelScreen
from al_tui.screens.race.replay import ReplayScreen
from al_tui.screens.race.screen import RaceScreen


@pytest.mark.parametrize(
    ("commands", "screen"),
    [
        (RACE, RaceScreen),
        (REPLAY, ReplayScreen),
        (COMPARE, CompareScreen),
        (LABEL, LabelScreen),
        (MAP, MapScreen),
        (COMMON, AlTui),
    ],
)
def test_every_command_has_a_handler_and_words(commands: tuple[Command, ...], screen: type) -> None:
    for command in commands:
        assert hasattr(screen, f"action_{command.action}"), command.action
        assert command.title
        assert command.group


@pytest.mark.parametrize("commands", [RACE, REPLAY, COMPARE, LABEL, MAP])
def test_no_key_has_two_meanings(commands: tuple[Command, ...]) -> None:
    keys = [key for command in (*commands, *COMMON) for key in command.keys]
    assert len(keys) == len(set(keys))


def test_digit_keys_only_label() -> None:
    assert [
        command.action for command in (*RACE, *REPLAY, *COMPARE, *LABEL, *MAP, *COMMON) if set(command.keys) & set(LABEL_KEYS)
    ] == [
        "label",
        "label",
    ]


def test_keys_that_multiplexers_take_are_not_the_only_way() -> None:
    taken = {"ctrl+a", "ctrl+b", "ctrl+o", "ctrl+s", "ctrl+p"}
    for command in (*RACE, *REPLAY, *COMPARE, *LABEL, *MAP, *COMMON):
        assert set(command.keys) - taken, command
