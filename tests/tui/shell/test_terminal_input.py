"""What a terminal sends by itself is never taken for typing, in however many parts it comes; what is typed is not lost."""

from __future__ import annotations

import pytest
from replies import SEQUENCES, UNFINISHED, cuts
from textual import events
from textual.message import Message

from al_tui.shell.terminal_input import LATE_SECONDS, PASTE_SECONDS, SILENCE_SECONDS, TerminalInput


class Line:
    """A terminal's line, with a clock that goes on only when told."""

    def __init__(self) -> None:
        self.input, self.now, self.messages = TerminalInput(), 100.0, list[Message]()

    def send(self, data: bytes | str) -> None:
        self.messages += self.input.feed(data.encode() if isinstance(data, str) else data, self.now)

    def wait(self, seconds: float) -> None:
        """Be silent; the reader looks when it said it would, and at the end."""
        end = self.now + seconds
        while (patience := self.input.patience(self.now)) is not None and self.now + patience <= end:
            self.now += patience
            self.messages += self.input.idle(self.now)
        self.now = end
        self.messages += self.input.idle(self.now)

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.messages if isinstance(message, events.Key)]


def read(*parts: bytes | str) -> list[object]:
    """Keys by name, and everything else as it comes, of parts that come one after the other."""
    line = Line()
    for part in parts:
        line.send(part)
    return [message.key if isinstance(message, events.Key) else message for message in line.messages]


PAUSES = (0.0, 0.01, 0.15, 0.4, 0.9)


@pytest.mark.parametrize("pause", PAUSES)
@pytest.mark.parametrize("name", SEQUENCES)
def test_a_reply_cut_anywhere_is_no_typing_and_what_follows_counts(name: str, pause: float) -> None:
    sequence = SEQUENCES[name]
    for cut in cuts(sequence):
        line = Line()
        line.send("1")
        line.send(sequence[:cut])
        line.wait(pause)
        line.send(sequence[cut:])
        line.send("23")
        typed = [key for key in line.keys if key not in ("escape", "ctrl+f12", "f2", "ctrl+f2", "insert")]
        assert typed == ["1", "2", "3"], cut
        assert line.keys.count("escape") == (cut == 1 and pause > 0.1)


@pytest.mark.parametrize("pause", PAUSES)
@pytest.mark.parametrize("name", UNFINISHED)
def test_a_reply_that_never_ends_is_over_after_a_second_of_silence(name: str, pause: float) -> None:
    sequence = UNFINISHED[name]
    for cut in cuts(sequence):
        line = Line()
        line.send(sequence[:cut])
        line.wait(pause)
        line.send(sequence[cut:])
        line.wait(SILENCE_SECONDS - 0.01)
        line.send("4")  # still taken for a part of it, or, behind an Esc that may begin another, for Alt+4
        line.wait(SILENCE_SECONDS + 0.01)
        line.send("56")
        assert [key for key in line.keys if key not in ("escape", "cent_sign")] == ["5", "6"], cut


@pytest.mark.parametrize("opening", "[]P_^XO")
def test_after_escape_a_sequence_may_still_open_for_a_second(opening: str) -> None:
    late, too_late = Line(), Line()
    for line, pause in ((late, LATE_SECONDS), (too_late, LATE_SECONDS + 0.2)):
        line.send("\x1b")
        line.wait(pause)
        line.send(opening + "5;")
        line.wait(3)
        line.send("6")
    assert late.keys == ["escape", "6"]
    assert [too_late.keys[0], *too_late.keys[2:]] == ["escape", "5", "semicolon", "6"]


def test_escape_is_a_key_after_a_tenth_of_a_second_and_not_before() -> None:
    line = Line()
    line.send("1\x1b")
    line.wait(0.09)
    assert line.keys == ["1"]
    line.wait(0.02)
    assert line.keys == ["1", "escape"]
    line.send("2[3")
    assert line.keys == ["1", "escape", "2", "left_square_bracket", "3"]


def test_a_reader_that_was_held_up_takes_nothing_for_silence() -> None:
    """It looks late, and the rest is there: how long the rest was under way it cannot know."""
    line = Line()
    line.send("\x1b")
    line.now += 5
    line.send("[57;5z4")
    assert line.keys == ["4"]


def test_known_sequences_are_what_they_were() -> None:
    keys = {"\x1b[A": "up", "\x1bOP": "f1", "\x1b[1;5C": "ctrl+right", "\x1b[3~": "delete", "\x1b[[A": "f1", "\x1b[57u": "9"}
    keys |= {"\x1b[Z": "shift+tab", "\x1b[3$": "shift+delete", "\x1bx": "alt+x", "\x1bf": "ctrl+right"}
    for sequence, key in keys.items():
        assert read(sequence) == [key]
        assert read(*sequence) == [key]
        assert read(sequence, "5") == [key, "5"]
    assert [type(event) for event in read("\x1b[<0;10;10M\x1b[I\x1b[12;40R")] == [
        events.MouseDown,
        events.AppFocus,
        events.CursorPosition,
    ]


def test_text_of_all_alphabets_and_alt() -> None:
    assert read("aä€😀") == ["a", "ä", "euro_sign", "grinning_face"]
    assert read(*(bytes((byte,)) for byte in "ä€😀".encode())) == [*read("ä€😀")]
    assert read("\x1bä5") == ["alt+ä", "5"]
    assert read("\x1b\x1b[A") == ["escape", "up"]


@pytest.mark.parametrize(
    "noise",
    [b"\xe1", b"\xff", b"\x9b", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x92", b"\xed\xa0\x80", b"\xc0\xb1", "\x9b\x90".encode()],
)
def test_what_is_no_text_is_nothing(noise: bytes) -> None:
    assert read(b"1" + noise + b"2") == ["1", "2"]
    assert read(b"1", noise, b"2") == ["1", "2"]
    assert read(b"1" + noise + b"\x1b[A3") == ["1", "up", "3"]


ODD = ["[55296u", "[1114112u", "[99999999999u", "[1:2u", "[;:1u", "[48;0;0;0;0t", "[57;1;55296u", "[", "[" + "5" * 10**6]


@pytest.mark.parametrize("sequence", ODD, ids=range(len(ODD)))
def test_sequences_that_textual_stumbles_over_are_nothing(sequence: str) -> None:
    line = Line()
    line.send(f"\x1b{sequence}")
    line.wait(1.1)
    line.send("\x1b[A5")
    assert line.keys == ["up", "5"]
    assert len(line.messages) == 2


def test_pasted_text_is_one_event_whatever_is_in_it() -> None:
    (before, paste, after) = read("1\x1b[200~23\x1b[99z4\x1b]0;5\x07\x9b\u202e\x00ä\x1b[201~6")
    assert (before, after) == ("1", "6")
    assert isinstance(paste, events.Paste)
    assert paste.text == "23[99z4]0;5ä"


def test_a_long_paste_in_many_parts_and_one_that_never_ends() -> None:
    line = Line()
    for part in ["\x1b[200~" + "1" * 4090, "2" * 4096, "3\x1b[20", "1~", "4"]:
        line.send(part)
        line.wait(PASTE_SECONDS - 0.1)
    line.send("\x1b[200~56")
    line.wait(PASTE_SECONDS + 0.1)
    line.send("7")
    (paste, key, rest, last) = line.messages
    assert isinstance(paste, events.Paste)
    assert len(paste.text) == 4090 + 4096 + 1
    assert isinstance(rest, events.Paste)
    assert rest.text == "56"
    assert line.keys == ["4", "7"]
    assert [key, last] == [message for message in line.messages if isinstance(message, events.Key)]


def test_a_control_key_breaks_a_sequence_off() -> None:
    assert read("\x1b[57", "\x03", "5") == ["ctrl+c", "5"]
    assert read("\x1b[57", "\r5") == ["enter", "5"]
    assert read("\x1b[57", "\x1b[A5") == ["up", "5"]
    assert read("\x1b]57", "\x1b[A5") == ["up", "5"]
