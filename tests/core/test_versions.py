"""What the digest of the engine's source covers."""

from __future__ import annotations

import subprocess
import sys

from al_core import versions

SCRIPT = """
import sys
from pathlib import Path
import al_core
from al_core.cells import play_cell
from al_core.task import TaskSpec
play_cell(TaskSpec(dataset="iris", budget=16), "margin")
play_cell(TaskSpec(dataset="iris", budget=16), "#oracle")
root = Path(al_core.__file__).parent
files = [Path(module.__file__) for name, module in sys.modules.items() if name.startswith("al_core.")]
print(*sorted(file.relative_to(root).as_posix() for file in files), sep="\\n")
"""
HARMLESS = {"errors.py"}
"""Loaded by a run, without a say in its numbers."""


def test_every_file_that_a_run_loads_is_in_the_digest() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"loop.py", "learners/linear.py", "strategies/uncertainty.py"} <= loaded
    uncovered = {file for file in loaded if file.partition("/")[0] not in versions._ENGINE}
    assert uncovered <= HARMLESS
