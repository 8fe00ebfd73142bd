"""Files, classes and functions stay as long as fits in a head; an exception is written down with its reason."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import al_core
import al_tui

MODULE, CLASS, FUNCTION = 400, 250, 60
"""Lines at most."""

EXCEPTIONS: dict[str, str] = {}
"""What is longer, as ``path`` or ``path:name``, and why."""


def too_long() -> Iterator[str]:
    for package in (al_core, al_tui):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            name = path.relative_to(root.parent).as_posix()
            source = path.read_text()
            if len(source.splitlines()) > MODULE:
                yield name
            for node in ast.walk(ast.parse(source)):
                most = {ast.ClassDef: CLASS, ast.FunctionDef: FUNCTION, ast.AsyncFunctionDef: FUNCTION}.get(type(node))
                if most is not None and (node.end_lineno or 0) - node.lineno + 1 > most:
                    yield f"{name}:{node.name}"


def test_nothing_is_too_long_without_a_reason() -> None:
    assert sorted(too_long()) == sorted(EXCEPTIONS)


def test_there_are_few_exceptions() -> None:
    assert len(EXCEPTIONS) <= 3
