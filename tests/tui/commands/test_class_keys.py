"""Which key labels which class."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from al_core.ground.errors import UserError
from al_core.sessions.class_actions import (
    ClassAdded,
    ClassDeleted,
    ClassDescribed,
    ClassMerged,
    ClassRenamed,
    ClassSplit,
)
from al_core.sessions.scheme import Scheme, Unlike
from al_tui.commands.class_keys import DIGITS, BadKey, check_bound, class_keys, keys_of


def test_digits_that_are_classes_keep_their_key_and_the_others_follow_in_order() -> None:
    assert class_keys(tuple("0123456789")).keys == tuple("0123456789")
    assert class_keys(("cat", "dog")).keys == ("1", "2")
    assert class_keys(("cat", "1", "dog")).keys == ("2", "1", "3")
    assert class_keys(tuple("abcdefghij")).keys == tuple("1234567890")


def test_beyond_ten_the_rest_is_called_by_name() -> None:
    keys = class_keys(tuple(f"class {number}" for number in range(36)))
    assert keys.keys[:11] == (*"1234567890", "")
    assert not keys.all_have_one
    assert keys.label("0") == 9
    assert keys.label("x") is keys.label("") is None


@given(
    st.lists(st.one_of(st.sampled_from(DIGITS), st.text(min_size=1, max_size=3)), unique=True, min_size=1, max_size=14),
    st.data(),
)
def test_no_key_moves_when_classes_are_added(names: list[str], data: st.DataObject) -> None:
    added = data.draw(st.integers(0, len(names) - 1))
    before, after = class_keys(tuple(names[: len(names) - added])), class_keys(tuple(names), None, added)
    assert after.keys[: len(before.keys)] == before.keys
    given_out = [key for key in after.keys if key]
    assert len(set(given_out)) == len(given_out) == min(len(names), 10)


def test_a_class_that_was_added_has_the_next_key_or_the_one_that_is_bound() -> None:
    assert class_keys(("cat", "dog", "1"), None, 1).keys == ("1", "2", "3")
    assert class_keys(("cat", "dog", "5"), None, 1).keys == ("1", "2", "5")
    assert class_keys(("cat", "dog", "fox"), {"fox": "f"}, 1).keys == ("1", "2", "f")


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(("add", "rename", "merge", "split", "delete", "describe")), st.integers(0, 20), st.integers(0, 20)
    ),
    max_size=25,
)


@given(st.integers(1, 12), CHANGES, st.booleans())
def test_no_key_moves_whatever_is_done_to_classes(count: int, changes: list[tuple[str, int, int]], wished: bool) -> None:
    scheme = Scheme.of([f"class {number}" for number in range(count)])
    bound = {"class 0": "k"} if wished else None
    for sequence, (what, one, other) in enumerate(changes, 2):
        alive, name = scheme.alive, str(sequence % 10) if sequence % 3 else f"new {sequence}"
        label, into = alive[one % len(alive)], alive[other % len(alive)]
        new = ClassAdded(len(scheme.classes), name, step=True)
        action = {
            "add": new,
            "rename": ClassRenamed(label, name),
            "merge": ClassMerged(label, into) if label != into else new,
            "split": ClassSplit(label, (name, f"{name}!")),
            "delete": ClassDeleted(label) if len(alive) > 1 else new,
            "describe": ClassDescribed(label, "words"),
        }[what]
        before, old = keys_of(scheme, bound), scheme
        try:
            scheme = scheme.after(action, sequence)
        except Unlike:
            continue  # there is a class of this name
        after = keys_of(scheme, bound)
        known = dict(zip(before.numbers, before.keys, strict=True))
        stayed = [number for number in scheme.alive if number in old.alive]
        assert all(after.keys[after.numbers.index(number)] == known[number] for number in stayed)
        given_out = [key for key in after.keys if key]
        assert len({*given_out}) == len(given_out)
        assert after.numbers == scheme.alive
        assert [after.label(key) for key in given_out] == [n for n, key in zip(after.numbers, after.keys, strict=True) if key]


def test_a_new_class_takes_the_key_of_one_that_is_no_more_only_where_no_other_is_left() -> None:
    few = Scheme.of(("cat", "dog")).after(ClassSplit(0, ("lion", "cat")), 2)
    assert keys_of(few) == (("dog", "lion", "cat"), ("2", "3", "4"), (1, 2, 3))
    many = Scheme.of(tuple("abcdefghij")).after(ClassSplit(2, ("x", "y")), 2)
    assert keys_of(many).keys == (*"12", *"4567890", "3", "")
    later = many.after(ClassDeleted(0), 3)
    assert keys_of(later).keys[-2:] == ("3", "")  # what has no key gets none by another's end
    assert keys_of(later.after(ClassAdded(12, "z", step=True), 4)).keys[-1] == "1"


def test_a_key_that_was_bound_to_a_class_stays_its_own_under_another_name() -> None:
    scheme = Scheme.of(("cat", "dog")).after(ClassRenamed(0, "feline"), 2)
    assert keys_of(scheme, {"cat": "k"}).keys == keys_of(scheme, {"feline": "k"}).keys == ("k", "1")
    assert keys_of(scheme.after(ClassAdded(2, "cat", step=True), 3), {"cat": "k"}).keys == ("k", "1", "2")
    gone = scheme.after(ClassMerged(0, 1), 3)
    assert keys_of(gone, {"cat": "k"}) == (("dog",), ("1",), (1,))
    assert keys_of(gone, {"cat": "k"}).called("do") == 1
    with pytest.raises(BadKey, match="no class 'cow'"):
        keys_of(gone, {"cow": "k"})


@example(["12"])
@given(st.lists(st.text(min_size=1, max_size=3), unique=True, min_size=1, max_size=40))
def test_no_key_labels_two_classes_and_none_is_left_over(names: list[str]) -> None:
    keys = class_keys(tuple(names))
    given_out = [key for key in keys.keys if key]
    assert len(set(given_out)) == len(given_out) == min(len(names), 10)
    assert set(given_out) <= set(DIGITS)
    assert all(keys.label(key) == label for label, key in enumerate(keys.keys) if key)
    assert all(key == name for name, key in zip(names, keys.keys, strict=True) if name in set(DIGITS) and key)


def test_wishes_come_first_and_clashes_are_errors() -> None:
    keys = class_keys(("cat", "dog", "eel"), {"eel": "e", "dog": "1"})
    assert keys.keys == ("2", "1", "e")
    check_bound({"eel": "e", "dog": "1"}, taken="q")
    for wish, words in (
        ({"cat": "q"}, "is a command already"),
        ({"cat": "12"}, "one letter or digit"),
        ({"cat": "1", "dog": "1"}, "several classes"),
    ):
        with pytest.raises(BadKey, match=words):
            check_bound(wish, taken="q")
    with pytest.raises(BadKey, match="did you mean 'cat'"):
        class_keys(("cat", "dog", "eel"), {"caat": "1"})


def test_a_class_is_called_by_its_name_or_the_beginning_of_it() -> None:
    keys = class_keys(("cat", "Cattle", "dog", "DOG"))
    assert keys.called("cat") == 0
    assert keys.called("catt") == 1
    assert keys.called("DOG") == 3
    assert keys.called(" dog ") == 2
    wrong = {"ca": "may mean 2 classes: cat, Cattle", "Dog": "may mean 2", "cow": "no class 'cow'", "": "no class"}
    for text, words in wrong.items():
        with pytest.raises(UserError, match=words):
            keys.called(text)
