"""Names with parameters, and text from outside."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trials import trials

from al_core.ground.calls import Call, parse_call, split_names
from al_core.ground.errors import UserError, unknown
from al_core.ground.safe_text import safe_text
from al_core.learners.registry import resolve_learner
from al_core.strategies.registry import resolve_strategy


def test_plain_names_and_parameters() -> None:
    assert parse_call(" margin ") == Call("margin")
    call = parse_call("information_density(beta=0.5, base=margin)")
    assert call == Call("information_density", (), (("base", "margin"), ("beta", 0.5)))
    assert str(call) == "information_density(base=margin,beta=0.5)"
    assert parse_call("soft_vote(a, b(k=3))").args == ("a", "b(k=3)")
    assert parse_call("package.module:factory").name == "package.module:factory"


@pytest.mark.parametrize(
    "text", ["", "a b", "a(", "1", "a(b=)", "a(*b)", "a(**b)", "a.b(c)", "a(b=[1])", "a(b=1, b=2)", "x\x00"]
)
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_call(text)
    assert "\n" not in str(caught.value)


def test_commas_inside_parentheses_do_not_split() -> None:
    assert split_names("a, b(c=1,d=2),,e") == ["a", "b(c=1,d=2)", "e"]


@given(st.text(max_size=60))
def test_any_text_parses_or_raises_a_user_error(text: str) -> None:
    try:
        call = parse_call(text)
    except UserError:
        return
    assert parse_call(str(call)) == call


def test_unknown_names_suggest_the_nearest() -> None:
    assert "did you mean 'margin'?" in str(unknown("strategy", "margn", ["margin", "entropy"]))
    assert "there are: entropy, margin" in str(unknown("strategy", "zzz", ["margin", "entropy"]))


@given(st.text(max_size=300))
def test_safe_text_has_no_control_codes_and_is_clipped(text: str) -> None:
    shown = safe_text(text, limit=80)
    assert len(shown) <= 80
    assert shown.isprintable() or not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in shown)
    assert "\x1b" not in shown
    shown.encode("utf-8")


def test_safe_text_shows_what_it_takes_out() -> None:
    assert safe_text("a\x1b[31m\nb\u202ec\x9bd") == "a␛[31m b<202E>c<009B>d"


ODD = (
    "margin(a={[]:1})",
    "margin(a=" + "9" * 400 + ")",
    "margin(a=1" + "0" * 5000 + ")",
    "margin(a=" + "-" * 20_000 + "1)",
    "(" * 300 + ")" * 300,
    "a(" * 200 + ")" * 200,
    "f(**a, **1)",
    "random#" + "9" * 5000,
    "margin(a=\ud800)",
    "margin(a=\0)",
    "x" * 100_000,
    "margin(beta=1e999)",
)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize("read", [parse_call, resolve_strategy, resolve_learner])
def test_odd_names_are_refused_in_one_line(text: str, read: Callable[[str], object]) -> None:
    with contextlib.suppress(UserError):
        read(text)
    if read is not parse_call:
        with pytest.raises(UserError) as refused:
            read(text)
        assert "\n" not in str(refused.value)


_WORDS = ("margin", "soft_vote", "knn", "k", "1", "0x1f", "1e9", "None", "lambda", "\ud800", "é")
_PARTS = st.lists(st.sampled_from([*"()[]{}=,:#*-+.'\"\\ \n", *_WORDS]), max_size=40)


@given(st.one_of(_PARTS.map("".join), st.text(max_size=60)))
@settings(max_examples=trials(300, 20_000))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    with contextlib.suppress(UserError):
        call = parse_call(text)
        assert isinstance(call.name, str)
