"""What a model says under a map: lines where its classes meet, tints that are stronger where it is surer."""

from __future__ import annotations

from dataclasses import replace

from al_core.run.field import Field
from al_tui.theme.colours import Palette
from al_tui.widgets.field_cells import CORNER, MEMBERS, RIGHT, UNDER, UNSURE, FieldCells, edges

DARK = Palette(dark=True, ansi=False, colour=True, ground="#121212", ink="#e0e0e0")
PLAIN = Palette(dark=True, ansi=False, colour=False, ground="#121212", ink="#e0e0e0")


def field(*lines: str, certainty: int = 255) -> Field:
    classes = bytes(int(char) for line in lines for char in line)
    return Field(len(lines[0]), len(lines), classes, bytes([certainty]) * len(classes))


def met(*lines: str) -> dict[int, str]:
    return edges(field(*lines).classes, len(lines[0]))


def test_every_member_s_border_is_there_beside_the_joint_one() -> None:
    said = [field(line).classes for line in ("0111111111", "0001111111", "0001111111", "0000000111")]
    members = tuple(zip(("tree", "Bayes", "2 nearest", "line"), said, strict=True))
    for colours in (DARK, PLAIN):
        cells = FieldCells(replace(field("0000011111"), members=members), field("0000001111"), colours)
        signs = [cells.line(at)[0] for at in range(10)]
        assert signs[0] == MEMBERS[0]
        assert signs[2] in MEMBERS[1:3]
        assert signs[4] == RIGHT, "the joint border is never hidden"
        assert signs[5] == RIGHT
        assert signs[6] == MEMBERS[3]
        assert {signs[at] for at in (1, 3, 7, 8, 9)} == {" "}
    tall = [field(*[line] * 12).classes for line in ("0111", "0111", "0111")]
    cells = FieldCells(replace(field(*["0001"] * 12), members=tuple(zip("abc", tall, strict=True))), None, DARK)
    assert {cells.line(at)[0] for at in range(0, 48, 4)} == set(MEMBERS[:3]), "where several meet, each is seen"
    styles = {cells.line(at) for at in range(0, 48, 4)}
    assert len({colour for _, colour in styles}) == 3


def test_lines_stand_where_two_classes_meet_and_nowhere_else() -> None:
    assert met("000", "000") == {}
    assert met("001", "001") == {1: RIGHT, 4: RIGHT}
    assert met("000", "111") == {0: UNDER, 1: UNDER, 2: UNDER}
    assert met("01", "10") == {0: CORNER, 1: UNDER, 2: RIGHT}
    assert met("012") == {0: RIGHT, 1: RIGHT}


def test_that_of_the_round_before_is_dim_and_gives_way() -> None:
    cells = FieldCells(field("0011"), field("0111"), DARK)
    assert cells.line(0) == (RIGHT, DARK.dim)
    assert cells.line(1)[0] == RIGHT
    assert cells.line(1)[1] != DARK.dim
    assert cells.line(3)[0] == " "
    assert FieldCells(field("0011"), field("01"), DARK).line(0)[0] == " ", "that of another size says nothing"


def test_a_tint_is_of_the_class_and_the_stronger_the_surer() -> None:
    sure, unsure = FieldCells(field("01"), None, DARK), FieldCells(field("01", certainty=0), None, DARK)
    grounds = [str(cells.style(at, "#ffffff")).rpartition(" on ")[2] for cells in (sure, unsure) for at in (0, 1)]
    assert len(set(grounds)) == 4
    distance = [sum(abs(int(ground[at : at + 2], 16) - 0x12) for at in (1, 3, 5)) for ground in grounds]
    assert min(distance[:2]) > max(distance[2:]) > 0


def test_without_colour_lines_stay_and_doubt_is_a_shade() -> None:
    cells = FieldCells(field("01", certainty=10), None, PLAIN)
    assert cells.line(0)[0] == RIGHT
    assert cells.line(1)[0] == UNSURE
    assert cells.style(1, "white") == "white"
    assert FieldCells(field("01"), None, PLAIN).line(1)[0] == " "
