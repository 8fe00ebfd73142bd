"""What stands beside the program and imports of it: every name is there, also those that are asked for in functions only."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(path for folder in ("benchmarks", "docs", ".ci") for path in (ROOT / folder).rglob("*.py"))


def lacking(script: Path) -> list[str]:
    """Names that a script imports from the program and the program does not have."""
    found = []
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or (node.module or "").partition(".")[0] not in ("al_core", "al_tui"):
            continue
        module = importlib.import_module(str(node.module))
        found += [f"{node.module}.{alias.name}" for alias in node.names if not has(module, alias.name)]
    return found


def has(module: object, name: str) -> bool:
    """Whether a module has an attribute or a module of that name."""
    try:
        return hasattr(module, name) or importlib.import_module(f"{module.__name__}.{name}") is not None  # type: ignore[attr-defined]
    except ModuleNotFoundError:
        return False


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 30


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_name_is_there(script: Path) -> None:
    assert lacking(script) == []


def test_one_that_is_not_is_found(tmp_path: Path) -> None:
    script = tmp_path / "old.py"
    script.write_text("def main():\n    from al_core.task.spec import TaskSpec, Gone\n    from al_core.task import spec\n")
    assert lacking(script) == ["al_core.task.spec.Gone"]
