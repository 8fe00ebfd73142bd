"""Percentages, minus signs and digits behind the point are written in one place, `al_core.ground.numbers`, in one style."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import al_core
import al_tui

WRITER = "al_core/ground/numbers.py"
TEMPLATE = re.compile(r"\{\w*:[^{}]*%\}|\} ?%(?!\w)")
"""A field of a template that is a percentage, or has a sign behind it."""
DIGITS = re.compile(r"\.[\w{}]+[efg]$")
"""What says how many digits a number has."""
SCORED = re.compile(r"\{score(?!\}|:\.[01]%\}|:\.0f\})[^}]*\}")
"""A score that a strategy's words do not leave to the style, and that is neither a percentage nor a count."""
SPACED = re.compile(r"\d[ \N{NO-BREAK SPACE}]%(?!\w)")


def by_hand(source: str) -> Iterator[tuple[int, str]]:
    """Line and kind of all that looks like a number for people which this module writes itself."""
    nodes = list(ast.walk(ast.parse(source)))
    aside = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # what stands by itself is a docstring
    aside |= {id(node.format_spec) for node in nodes if isinstance(node, ast.FormattedValue)}
    # What a strategy says of an item is filled in with numbers that know the style, `Told`.
    whys = [node for node in nodes if isinstance(node, ast.keyword) and node.arg == "why"]
    filled_in = {id(part) for why in whys for part in ast.walk(why)}
    for node in nodes:
        if id(node) in aside:
            continue
        if isinstance(node, ast.JoinedStr):
            percentages = list(_percentages(node))
            yield from ((node.lineno, "f-string") for _ in percentages)
            rest = [part for part in node.values if part not in percentages]
            yield from ((node.lineno, "digits") for part in rest if DIGITS.search(_spec(part)))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "replace":
            if [part.value for part in node.args[:2] if isinstance(part, ast.Constant)] == ["-", "−"]:
                yield node.lineno, "minus"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if SPACED.search(node.value):
                yield node.lineno, "space"
            elif id(node) in filled_in and SCORED.search(node.value):
                yield node.lineno, "score"
            elif (id(node) not in filled_in and TEMPLATE.search(node.value)) or "%%" in node.value:
                yield node.lineno, "template"


def _percentages(node: ast.JoinedStr) -> Iterator[ast.FormattedValue]:
    for part, after in zip(node.values, [*node.values[1:], None], strict=True):
        if isinstance(part, ast.FormattedValue):
            sign = isinstance(after, ast.Constant) and re.match(r"[ \N{NO-BREAK SPACE}]?%", str(after.value))
            if _spec(part).endswith("%") or sign:
                yield part


def _spec(part: ast.expr) -> str:
    """How a part of an f-string is to be written, as it stands behind the colon; empty where nothing stands there."""
    spec = part.format_spec if isinstance(part, ast.FormattedValue) else None
    return "" if spec is None else ast.unparse(spec).lstrip("f").strip("'\"")


def modules() -> Iterator[tuple[str, str]]:
    for package in (al_core, al_tui):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            yield path.relative_to(root.parent).as_posix(), path.read_text()


def test_no_module_writes_percentages_minus_signs_or_digits_by_hand() -> None:
    there = dict(modules())
    assert [f"{name}:{line}: {kind}" for name, text in there.items() if name != WRITER for line, kind in by_hand(text)] == []
    assert {kind for _, kind in by_hand(there[WRITER])} == {"f-string", "minus", "digits"}, "it is written somewhere"


def test_lessons_have_no_space_before_the_sign() -> None:
    texts = sorted((Path(al_core.__path__[0]) / "lessons" / "texts").glob("*.md"))
    assert texts
    assert [path.name for path in texts if SPACED.search(path.read_text())] == []


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ('words = f"{share:.1%} of all"', "f-string"),
        ('words = f"{100 * share:.0f}%"', "f-string"),
        ('words = f"{100 * share:.0f} %, at least"', "f-string"),
        ('words = f"{share:+.{digits}%}"', "f-string"),
        ('words = "{:.0%} of all".format(share)', "template"),
        ('words = "{} % of all".format(100 * share)', "template"),
        ('words = "%.1f%%" % share', "template"),
        ('words = f"rank {rank:.2f}"', "digits"),
        ('words = f"{cost:z,.2f} EUR"', "digits"),
        ('words = f"{score:.{digits}g}"', "digits"),
        ('strategy(why="They are only {score:.3f} apart.")', "score"),
        ('words = "a 95 % interval"', "space"),
        ('words = str(number).replace("-", "−")', "minus"),
    ],
)
def test_what_is_written_by_hand_is_found(source: str, kind: str) -> None:
    assert list(by_hand(source)) == [(1, kind)]


@pytest.mark.parametrize(
    "source",
    [
        'css = "width: 100%; border-top: solid $foreground 30%;"',
        'when = f"{now:%Y%m%d-%H%M%S}"',
        'turn = f"{number % 7}"',
        'words = "a 95% interval"',
        'strategy(why="It is in doubt ({first}: {p1:.0%}).")',
        'strategy(why="They are {score} apart, {score:.1%} of all, or {score:.0f} items.")',
        'words = f"{count:,} of {name:<12}, {bound:g}"',
        '"""Some 5 % of all."""',
    ],
)
def test_what_is_no_percentage_is_left_alone(source: str) -> None:
    assert list(by_hand(source)) == []
