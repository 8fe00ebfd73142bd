"""Which classes of sessions are the same, whatever was done to them: joining again what was joined changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from al_core.exchange.heard import Together, same_classes, tokens
from al_core.exchange.written_classes import written_classes
from al_core.sessions.class_actions import ClassAction, ClassAdded, ClassDeleted, ClassMerged, ClassRenamed, ClassSplit
from al_core.sessions.scheme import Scheme, Unlike


@dataclass
class Side:
    """As much of a session as says what its classes are."""

    begun: tuple[str, ...]
    scheme: Scheme


def side(begun: str, *actions: ClassAction) -> Side:
    scheme = Scheme.of(tuple(begun))
    for action in actions:
        scheme = scheme.after(action, 1)
    return Side(tuple(begun), scheme)


def joined(*sides: Side) -> tuple[Side, Together, list[dict[int, int]]]:
    """The session that they make, which classes are the same, and class → number in that session for each of them."""
    together = same_classes(cast("Any", sides))
    begun = max((each.begun for each in sides), key=lambda names: (len(names), names))
    done, number = written_classes(begun, together, {})
    numbers = [{label: number[group] for label, group in groups.items()} for groups in together.groups]
    return side("".join(begun), *done), together, numbers


RENAMED = side("bjp", ClassRenamed(0, "d"))
CROSSED = side("bjp", ClassRenamed(1, "y"), ClassRenamed(0, "j"))
ADDED = side("bjp", ClassRenamed(0, "d"), ClassAdded(3, "b", step=True))
MERGED = side("bjp", ClassMerged(2, 0))
SWAPPED = side("bjp", ClassRenamed(0, "x"), ClassRenamed(1, "b"), ClassRenamed(0, "j"))


@pytest.mark.parametrize(
    ("ann", "ben", "names", "of_ann", "of_ben"),
    [
        (RENAMED, CROSSED, ("d", "p", "y"), "dyp", "dyp"),
        (ADDED, CROSSED, ("b", "d", "p", "y"), "dypb", "dyp"),
        (ADDED, side("bjp"), ("b", "d", "j", "p"), "djpb", "djp"),
        (MERGED, RENAMED, ("d", "j"), "dj", "djd"),
        (SWAPPED, side("bjp"), ("b", "j", "p"), "jbp", "jbp"),
        (SWAPPED, SWAPPED, ("b", "j", "p"), "jbp", "jbp"),
        (side("bj", ClassMerged(0, 1)), side("bj", ClassMerged(1, 0)), ("b",), "b", "bb"),
        (side("b", ClassRenamed(0, "d")), side("bd"), ("d",), "d", "dd"),
    ],
)
def test_names_that_cross(ann: Side, ben: Side, names: tuple[str, ...], of_ann: str, of_ben: str) -> None:
    _, together, _ = joined(ann, ben)
    assert together.names == names
    for groups, wanted in zip(together.groups, (of_ann, of_ben), strict=True):
        assert all(together.names[group] == name for (_, group), name in zip(sorted(groups.items()), wanted, strict=False))


def test_a_name_that_two_classes_had_is_two() -> None:
    assert tokens(ADDED.scheme) == {("b", 1): 0, ("j", 1): 1, ("p", 1): 2, ("d", 1): 0, ("b", 2): 3}
    assert tokens(side("bj", ClassDeleted(1), ClassAdded(2, "j", step=True)).scheme) == {("b", 1): 0, ("j", 1): 2}
    assert tokens(side("bj", ClassSplit(0, ("k", "l"))).scheme) == {("j", 1): 1, ("k", 1): 2, ("l", 1): 3}


@st.composite
def sides(draw: st.DrawFn) -> Side:
    found = side(draw(st.sampled_from(("abc", "abc", "abcd"))))
    for _ in range(draw(st.integers(0, 5))):
        label, into = draw(st.sampled_from(found.scheme.alive)), draw(st.sampled_from(found.scheme.alive))
        name, other = draw(st.sampled_from("abcdef")), draw(st.sampled_from("abcdef"))
        action: ClassAction = draw(
            st.sampled_from(
                (
                    ClassRenamed(label, name),
                    ClassAdded(len(found.scheme.classes), name, step=True),
                    ClassMerged(label, into),
                    ClassDeleted(label),
                    ClassSplit(label, (name, other)),
                )
            )
        )
        try:
            found = Side(found.begun, found.scheme.after(action, 1))
        except Unlike:
            continue
    return found


@given(sides(), sides(), sides())
@settings(max_examples=60, deadline=None)
def test_joining_again_changes_nothing(one: Side, two: Side, three: Side) -> None:
    both, _, numbers = joined(one, two)
    assert joined(two, one)[0] == both
    assert joined(both, both)[0] == both
    for source, number in zip((one, two), numbers, strict=True):
        for order in ((both, source), (source, both)):
            again, _, found = joined(*order)
            assert again == both
            assert found[order.index(source)] == number, "each class of it is where it was"
    whole, together, _ = joined(one, two, three)
    for first, second, third in permutations((one, two, three)):
        assert joined(first, second, third)[0] == whole
        assert set(joined(joined(first, second)[0], third)[1].tokens) == set(together.tokens), "the same classes are one"
