"""Which key labels which class."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from al_core.ground.errors import UserError
from al_tui.commands.class_keys import DIGITS, BadKey, check_bound, class_keys


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
