"""Names with parameters, as they are written on the command line: ``margin``, ``power_margin(beta=2)``, ``soft_vote(a,b)``."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from al_core.ground.errors import UserError

Value = int | float | bool | str | None

LONGEST = 1000
"""Characters of a name with all its parameters."""
DEEPEST = 50
"""Pairs of parentheses in it."""
LARGEST = 2**63
"""Whole numbers in it are smaller."""


@dataclass(frozen=True, slots=True)
class Call:
    """A parsed name: ``name(arg, …, key=value, …)``; a nested call stays its own text."""

    name: str
    args: tuple[Value, ...] = ()
    kwargs: tuple[tuple[str, Value], ...] = ()

    def __str__(self) -> str:
        inside = [_show(value) for value in self.args] + [f"{key}={_show(value)}" for key, value in self.kwargs]
        return f"{self.name}({','.join(inside)})" if inside else self.name


@lru_cache(maxsize=1024)
def parse_call(text: str) -> Call:
    """Parse one name with optional parameters.

    Raises
    ------
    UserError
        The text is not of the form ``name`` or ``name(value, key=value)``.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise UserError(f"a name of {len(text):,} characters is none; the longest has {LONGEST:,}")
    if text.count("(") > DEEPEST:
        raise UserError(f"a name inside {text.count('('):,} others is none; there may be {DEEPEST} pairs of parentheses")
    if ":" in text.split("(")[0]:
        head, paren, rest = text.partition("(")
        inner = parse_call("x(" + rest) if paren else Call("x")
        return Call(head.strip(), inner.args, inner.kwargs)
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UserError(f"cannot read {text!r}; write name or name(key=value,…)") from None
    if isinstance(node, ast.Name):
        return Call(node.id)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        args = tuple(_value(arg, text) for arg in node.args)
        pairs = [(key.arg or "", _value(key.value, text)) for key in node.keywords]
        kwargs = tuple(sorted(pairs, key=lambda pair: pair[0]))
        if all(key for key, _ in kwargs) and len({key for key, _ in kwargs}) == len(kwargs):
            return Call(node.func.id, args, kwargs)
    raise UserError(f"cannot read {text!r}; write name or name(key=value,…)")


def split_names(text: str) -> list[str]:
    """Split a comma-separated list, leaving commas inside parentheses alone; blanks and empty entries vanish."""
    parts, depth, start = [], 0, 0
    for position, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def called(text: str) -> list[str]:
    """All names in a text, its own and those of calls inside it, e.g. ``soft_vote`` and ``logistic``; none if it is no call."""
    try:
        call = parse_call(text)
    except UserError:
        return []
    inside = [value for value in (*call.args, *(value for _, value in call.kwargs)) if isinstance(value, str)]
    return [call.name, *(name for value in inside for name in called(value))]


def imports_code(learner: str) -> bool:
    """True when resolving the learner imports a module that the text names; such a text may come from a person's command line,
    never from a file."""
    return ":" in learner


def _value(node: ast.expr, text: str) -> Value:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Call):
        return str(parse_call(ast.unparse(node)))
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        value = ...
    if isinstance(value, int) and abs(value) >= LARGEST:
        raise UserError(f"a number in {text!r} is too large; the largest whole number is {LARGEST - 1:,}")
    if value is None or isinstance(value, int | float | str):
        return value
    raise UserError(f"cannot read the value {ast.unparse(node)!r} in {text!r}; use a number, a name or a name(key=value)")


def _show(value: Value) -> str:
    return value if isinstance(value, str) and ":" not in value else repr(value)
