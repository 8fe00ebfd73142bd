"""What a terminal sends by itself is never taken for typing."""

from __future__ import annotations

import pytest
from textual import events

from al_tui.shell.terminal_input import KnownSequences


def read(data: str) -> list[object]:
    """Keys by name, and everything else as it comes."""
    return [event.key if isinstance(event, events.Key) else event for event in KnownSequences().feed(data)]


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[99z",
        "\x1b[?1;2c",
        "\x1b[57~",
        "\x1b[50;5~",
        "\x1b[123;456;789z",
        "\x1b[0 q",
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
        "\x1b]52;c;NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1\x1b\\",
        "\x1bP>|tmux 3.4\x1b\\",
        "\x1b_G31;OK\x1b\\",
        "\x1bOz",
        "\x1b[M 55",
    ],
)
def test_an_unknown_sequence_is_nothing(sequence: str) -> None:
    assert read(sequence) == []
    assert read(f"1{sequence}2{sequence}3") == ["1", "2", "3"]


def test_known_sequences_are_what_they_were() -> None:
    keys = {"\x1b[A": "up", "\x1bOP": "f1", "\x1b[1;5C": "ctrl+right", "\x1b[3~": "delete", "\x1b[[A": "f1", "\x1b[57u": "9"}
    for sequence, key in keys.items():
        assert read(sequence) == [key]
    assert [type(event) for event in read("\x1b[<0;10;10M\x1b[I\x1b[12;40R")] == [
        events.MouseDown,
        events.AppFocus,
        events.CursorPosition,
    ]


def test_pasted_text_is_one_event_whatever_is_in_it() -> None:
    (before, paste, after) = read("1\x1b[200~23\x1b[99z4\x1b]0;5\x07\x1b[201~6")
    assert (before, after) == ("1", "6")
    assert isinstance(paste, events.Paste)
    assert paste.text == "23[99z4]0;5\x07"


def test_a_sequence_in_two_parts_and_a_long_paste() -> None:
    parser = KnownSequences()
    assert [event.key for part in ("\x1b[", "A") for event in parser.feed(part) if isinstance(event, events.Key)] == ["up"]
    parts = ["\x1b[200~" + "1" * 4090, "2" * 4096, "3\x1b[201~", "4"]
    (paste, key) = [event for part in parts for event in parser.feed(part)]
    assert isinstance(paste, events.Paste)
    assert len(paste.text) == 4090 + 4096 + 1
    assert key.key == "4"
