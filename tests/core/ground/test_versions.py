"""What the digest of the engine's source covers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from al_core.ground import versions

SCRIPT = """
import sys
from pathlib import Path
import al_core
from al_core.comparison.in_worker import play_cell
from al_core.task.spec import TaskSpec
play_cell(TaskSpec(dataset="iris", budget=16), "margin")
play_cell(TaskSpec(dataset="iris", budget=16), "#oracle")
root = Path(al_core.__file__).parent
files = [Path(module.__file__) for name, module in sys.modules.items() if name.startswith("al_core.")]
print(*sorted(file.relative_to(root).as_posix() for file in files), sep="\\n")
"""
HARMLESS = {
    "comparison/documents.py",
    "comparison/verdicts.py",
    "compute/beforehand.py",
    "ground/errors.py",
    "ground/modules.py",
    "ground/numbers.py",
    "ground/plugins.py",
    "ground/release.py",
    "ground/safe_text.py",
    "ground/trial.py",
    "ground/written.py",
    "measures/estimates.py",
}
"""Loaded by a run, without a say in its numbers."""


def test_every_file_that_a_run_loads_is_in_the_digest() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"run/round.py", "learners/linear.py", "strategies/uncertainty.py"} <= loaded
    uncovered = {file for file in loaded if not {file, file.partition("/")[0]} & set(versions._ENGINE)}
    assert {file for file in uncovered if not file.endswith("__init__.py")} <= HARMLESS


def test_the_digest_of_a_package_that_lies_in_a_directory_is_of_all_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lying").mkdir()
    (tmp_path / "lying" / "__init__.py").write_text("")
    (tmp_path / "lying" / "helper.py").write_text("A = 1")
    (tmp_path / "lying" / ".#helper.py").symlink_to("somebody@somewhere")  # as an editor leaves beside what is not saved
    (tmp_path / "lying" / "folder.py").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    first = versions.plugin_digest("lying")
    assert first == versions.plugin_digest("lying", "al_core.strategies.random")
    (tmp_path / "lying" / "helper.py").write_text("A = 2")
    assert versions.plugin_digest("lying") != first


def test_an_installed_plug_in_is_known_by_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    first = versions.plugin_digest("click.core")
    assert first != versions.plugin_digest("click.types") != ""
    monkeypatch.setattr(versions.metadata, "version", lambda name: "99")
    assert versions.plugin_digest("click.core") != first


def test_without_plug_ins_there_is_no_digest() -> None:
    assert versions.plugin_digest() == versions.plugin_digest("al_core.strategies.random") == ""
