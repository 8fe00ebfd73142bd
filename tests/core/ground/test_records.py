"""Records from JSON: what was written is read, and everything else is refused in one way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from al_core.ground.records import Reader, Unreadable


class Colour(StrEnum):
    """One of two."""

    RED = "red"
    BLUE = "blue"


class Place(NamedTuple):
    """Inside another record."""

    row: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """With a field of every type that is used."""

    item: str
    count: int
    share: float
    kind: Literal["a", "b"]
    colour: Colour
    places: tuple[Place, ...]
    pair: tuple[str, int]
    best: Place | None = None
    by_name: dict[str, Place] | None = None
    sure: bool = False


THING = Thing("x", 3, 0.5, "a", Colour.RED, (Place(1), Place(2, "n")), ("p", 1), Place(4), {"q": Place(5)}, True)
BODY: dict[str, Any] = {
    "count": 3,
    "share": 0.5,
    "kind": "a",
    "colour": "red",
    "places": [{"line": 1, "name": None}, {"line": 2, "name": "n"}],
    "pair": ["p", 1],
    "best": {"line": 4, "name": None},
    "by_name": {"q": {"line": 5, "name": None}},
    "sure": True,
}
EXACT = Reader(Thing, without={"item"}, written={Place: {"row": "line"}})
LENIENT = Reader(Thing, exact=False)


def test_a_record_is_read_with_all_that_is_in_it() -> None:
    found = EXACT.read(json.dumps(BODY), item="x")
    assert found == THING
    assert type(found.places[0]) is Place
    assert found.colour is Colour.RED


WRONG: list[dict[str, Any]] = [
    {"count": -1},
    {"count": 1.0},
    {"count": True},
    {"count": "3"},
    {"count": 2**63},
    {"share": "0.5"},
    {"share": None},
    {"share": True},
    {"share": 10**400},
    {"kind": "c"},
    {"colour": "green"},
    {"places": None},
    {"places": [[1, None]]},
    {"places": [{"line": 1}]},
    {"places": [{"row": 1, "name": None}]},
    {"pair": ["p"]},
    {"pair": ["p", 1, 2]},
    {"best": {"line": -1, "name": None}},
    {"by_name": []},
    {"sure": 1},
    {"more": 1},
    {"item": "y"},
]


@pytest.mark.parametrize("change", WRONG, ids=json.dumps)
def test_a_wrong_value_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match=r"^cannot be read: ") as caught:
        EXACT.read(json.dumps(BODY | change), item="x")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", BODY)
def test_a_missing_field_is_refused_and_has_its_default_elsewhere(name: str) -> None:
    body = {key: value for key, value in BODY.items() if key != name}
    with pytest.raises(Unreadable):
        EXACT.read(json.dumps(body), item="x")
    body = {"item": "x", **BODY, "places": [], "best": None, "by_name": None, "more": 1}
    del body[name]
    if name in ("best", "by_name", "sure"):
        assert getattr(LENIENT.read(json.dumps(body)), name) == Thing.__dataclass_fields__[name].default
    else:
        with pytest.raises(Unreadable):
            LENIENT.read(json.dumps(body))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "[" * 100_000, '{"count":' + "[" * 100_000, "\ud800", b"\xff", b"\xef\xbb\xbf{}", "{}{}", "\0"],
    ids=lambda text: repr(text)[:20],
)
def test_what_is_no_object_is_refused(text: str | bytes) -> None:
    with pytest.raises(Unreadable):
        EXACT.read(text, item="x")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
@pytest.mark.parametrize("name", ["n", "\ud800"])
def test_numbers_are_finite(number: str, name: str) -> None:
    """Also where half a character in a name takes the other way through the reader."""
    body = BODY | {"pair": [name, 1]}
    assert EXACT.read(json.dumps(body), item="x").pair == (name, 1)
    with pytest.raises(Unreadable):
        EXACT.read(json.dumps(body).replace("0.5", number), item="x")


class Kept(NamedTuple):
    """What documents hold besides."""

    pairs: tuple[tuple[float, Place], ...]
    median: int | float | None
    errors: dict[int, str]


KEPT: dict[str, Any] = {"pairs": [[0.5, {"row": 1}]], "median": 3, "errors": {7: "no"}}


def test_records_inside_pairs_numbers_as_they_stand_and_keys_that_are_numbers() -> None:
    found = Reader(Kept, exact=False).take(KEPT)
    assert found == Kept(((0.5, Place(1)),), 3, {7: "no"})
    assert type(found.pairs[0][1]) is Place
    assert json.dumps([found.median, Reader(Kept, exact=False).take(KEPT | {"median": 3.0}).median]) == "[3, 3.0]"


@pytest.mark.parametrize(
    "change",
    [
        {"pairs": [[0.5]]},
        {"pairs": [[0.5, {"row": -1}]]},
        {"pairs": [[0.5, {"row": 1}, 1]]},
        {"median": -1},
        {"median": float("nan")},
        {"median": "3"},
        {"median": True},
        {"errors": {"x": "no"}},
        {"errors": {-1: "no"}},
        {"errors": {7: 1}},
    ],
    ids=str,
)
def test_what_documents_cannot_hold_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        Reader(Kept, exact=False).take(KEPT | change)


@given(st.text(), st.integers(0, 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False))
def test_texts_and_numbers_come_back_as_they_were(name: str, count: int, share: float) -> None:
    body = BODY | {"pair": [name, count], "count": count, "share": share}
    found = EXACT.read(json.dumps(body), item=name)
    assert (found.pair, found.count, found.share, found.item) == ((name, count), count, share, name)
