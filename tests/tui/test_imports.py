"""The screen's process never loads the numerics."""

from __future__ import annotations

import subprocess
import sys

FORBIDDEN = ("numpy", "sklearn", "scipy", "matplotlib", "dask", "plotext")


def test_the_app_is_imported_without_numerics() -> None:
    code = f"import sys, al_tui.app, al_tui.launch; print([name for name in {FORBIDDEN} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_default_race_needs_no_numerics_before_it_paints() -> None:
    code = (
        "import sys; from al_tui.cli import checked_plan;"
        "checked_plan(None, 'digits', 'logistic', 'random_per_class', 10, 320, 0.9, 0, None, 9.0);"
        f"print([name for name in {FORBIDDEN} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
