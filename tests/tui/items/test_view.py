"""Whatever an item is, its view keeps to the room there is; a look and its view are two files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import make_dataclass
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

import al_tui.items
from al_core.data.looks import COMING, Card, Look, Passage
from al_tui.items.view import Reading, Room, large, part, small, views
from al_tui.theme.colours import Palette
from al_tui.widgets.strip import WIDEST, Caption, Cells, Entry

DARK = Palette(dark=True, ansi=False, colour=True, ground="#121212", ink="#e0e0e0")
How = Callable[..., Sequence[Text]]
both = pytest.mark.parametrize("how", [small, large])

words = st.text(
    st.one_of(st.sampled_from("ab \n\t手写صنف🐈é\u0301\u200d\x1b\u202e"), st.characters(codec="utf-8")), max_size=60
)


def plain(lines: Sequence[Text]) -> list[str]:
    return [line.plain for line in lines]


def keeps_to(room: Room, lines: Sequence[Text]) -> None:
    """Lines of one width that fit."""
    assert 1 <= len(lines) <= room.height
    widths = {cell_len(line.plain) for line in lines}
    assert len(widths) == 1
    assert widths.pop() <= room.width
    assert not any(char in line.plain for line in lines for char in "\x1b\u202e\n\r\t")


rooms = st.builds(Room, st.integers(1, 90), st.integers(1, 40))


@given(words, rooms, st.sampled_from([small, large]))
@example("a\n\u200d", Room(9, 9), small)
@example("a\u200d\nb", Room(9, 9), small)
def test_a_text_keeps_to_its_room(text: str, room: Room, how: How) -> None:
    keeps_to(room, how(Passage(text), room, DARK))


@given(st.lists(st.tuples(words, words), max_size=12), rooms, st.sampled_from([small, large]))
@example([("", "a"), ("", "\u200d")], Room(1, 2), small)
@example([("", "ab"), ("\u200d", "a\u200d")], Room(9, 2), small)
def test_a_row_of_a_table_keeps_to_its_room(fields: list[tuple[str, str]], room: Room, how: How) -> None:
    keeps_to(room, how(Card(tuple(fields)), room, DARK))


@both
def test_a_text_is_wrapped_between_words_and_ends_in_dots_where_it_is_not_all(how: How) -> None:
    text = Passage("the quick brown fox\njumps over a lazy dog")
    assert plain(how(text, Room(10, 9), DARK)) == ["the quick ", "brown fox ", "jumps over", "a lazy dog"]
    assert plain(how(text, Room(10, 3), DARK))[-1].rstrip().endswith("…")
    assert plain(how(Passage("手写数字手写"), Room(5, 9), DARK)) == ["手写", "数字", "手写"]
    assert plain(how(Passage(""), Room(5, 9), DARK)) == [" "]


@both
def test_a_card_shows_names_and_values_as_far_as_there_is_room(how: How) -> None:
    card = Card((("length", "5.1"), ("名", "cat"), ("colour", "blue")))
    assert plain(how(card, Room(30, 9), DARK)) == ["length 5.1 ", "名     cat ", "colour blue"]
    assert plain(how(card, Room(30, 2), DARK)) == ["length 5.1", "+2 more   "]
    assert plain(how(card, Room(4, 9), DARK)) == ["5.1 ", "cat ", "blue"]
    assert plain(how(Card(()), Room(4, 9), DARK)) == [" "]


@both
def test_what_is_on_its_way_is_small(how: How) -> None:
    assert plain(how(COMING, Room(30, 9), DARK)) == ["…"]


def test_items_of_all_kinds_stand_side_by_side_in_cells_of_one_size() -> None:
    looks: list[Look] = [Passage("a long text " * 50), Card((("x", "1"),)), COMING, Passage("🐈")]
    captions = [Caption("a", "= "), Caption("手写数字手写数字", "⚑= ", " ✓"), Caption("?"), Caption("")]
    cells = Cells([Entry(look, caption) for look, caption in zip(looks, captions, strict=True)], 6, DARK)
    assert cells.width <= WIDEST
    lines = cells.row(range(4))
    assert len(lines) == cells.height <= 6
    assert {line.cell_len for line in lines} == {4 * cells.width + 3}
    assert "⚑= 手" in lines[-1].plain
    assert " ✓" in lines[-1].plain


@pytest.fixture
def another_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place from which items are drawn as well."""
    monkeypatch.setattr(al_tui.items, "__path__", [*al_tui.items.__path__, str(tmp_path)])
    views.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    views.cache_clear()
    sys.modules.pop("al_tui.items.sound", None)


VIEW = """
from rich.text import Text
import sounds

class SoundView:
    def __init__(self, look, colours):
        self.look = look

    def small(self, room):
        return [Text("♪" * min(room.width, self.look.beats))]

    def large(self, room):
        return [Text("♪" * min(room.width, self.look.beats))] * min(room.height, 2)

LOOK, VIEW = sounds.Sound, SoundView
"""


def test_a_look_and_its_view_are_two_files(another_package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record of how it looks, which stands in `al_core.data.looks` otherwise, and the module that draws it."""
    Sound = make_dataclass("Sound", ["beats"], frozen=True)
    sounds = type(sys)("sounds")
    sounds.Sound = Sound  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sounds", sounds)
    (another_package / "sound.py").write_text(VIEW)
    assert plain(small(Sound(3), Room(9, 9), DARK)) == ["♪♪♪"]
    assert plain(large(Sound(30), Room(9, 9), DARK)) == ["♪" * 9] * 2
    cells = Cells([Entry(Sound(3), Caption("a")), Entry(Passage("a"), Caption("b"))], 4, DARK)
    assert plain(cells.row(range(2)))[0].split() == ["♪♪♪", "a"]


@given(words, rooms, st.integers(0, 80), st.booleans())
@example("  a\tb\r\n\n" + "c" * 200, Room(20, 3), 1, False)
@example("a \u200d", Room(1, 1), 0, True)
def test_any_part_of_a_text_keeps_to_its_room(text: str, room: Room, first: int, wrapped: bool) -> None:
    found = part(Passage(text, (("who", text),)), room, DARK, Reading(first, wrapped))
    keeps_to(room, found.lines)
    assert found.total >= 3


@given(st.lists(st.tuples(words, words, words, st.floats(0, 2)), max_size=12), rooms, st.integers(0, 12))
def test_any_part_of_a_row_keeps_to_its_room(cells: list[tuple[str, str, str, float]], room: Room, first: int) -> None:
    card = Card(tuple(cell[:2] for cell in cells), tuple(cell[2] for cell in cells), tuple(cell[3] for cell in cells))
    found = part(card, room, DARK, Reading(first))
    keeps_to(room, found.lines)
    assert found.total == len(cells)


def test_all_of_a_text_is_read_screen_by_screen_as_it_was_written() -> None:
    text = "  two blanks\tand a tab,\n\n" + " ".join(f"word{number}" for number in range(5000)) + "\nthe   end"
    room, seen, first = Room(60, 12), [], 0
    while True:
        found = part(Passage(text), room, DARK, Reading(first))
        seen += plain(found.lines)
        first += 12
        if first >= found.total:
            break
    assert len(seen) == found.total
    assert seen[0].rstrip() == "  two blanks    and a tab,"
    assert seen[1].strip() == ""
    assert seen[-1].rstrip() == "the   end"
    assert " ".join(line.rstrip() for line in seen[2:-1]).split() == [f"word{number}" for number in range(5000)]
    cut = part(Passage(text), room, DARK, Reading(0, wrapped=False))
    assert cut.total == 4
    assert plain(cut.lines)[2].rstrip().endswith("…")


def test_what_is_shown_with_a_text_stands_above_it() -> None:
    found = part(Passage("The kettle leaks.", (("who", "anna\x1b[31m"), ("day", "2024-01-31"))), Room(30, 9), DARK, Reading())
    assert [line.rstrip() for line in plain(found.lines)] == ["who: anna␛[31m", "day: 2024-01-31", "", "The kettle leaks."]


def test_a_row_of_300_columns_has_the_unusual_first_and_a_short_one_its_order() -> None:
    unusual = tuple((number * 37 % 300) / 300 for number in range(300))
    fields = tuple((f"column {number}", str(number)) for number in range(300))
    notes = tuple(f"above {100 * share:.0f}%" for share in unusual)
    room, seen = Room(40, 10), []
    for first in range(0, 300, 10):
        found = part(Card(fields, notes, unusual), room, DARK, Reading(first))
        assert found.total == 300
        seen += plain(found.lines)
    order = [int(line.split()[1]) for line in seen]
    assert order == sorted(range(300), key=lambda number: -unusual[number])
    assert seen[0].endswith("above 100%"), "and it says how unusual"
    short = part(Card(fields[:4], notes[:4], unusual[:4]), room, DARK, Reading())
    assert [line.split()[1] for line in plain(short.lines)] == ["0", "1", "2", "3"]
    narrow = part(Card(fields[:4], notes[:4], unusual[:4]), Room(20, 10), DARK, Reading())
    assert "above" not in narrow.lines[0].plain
