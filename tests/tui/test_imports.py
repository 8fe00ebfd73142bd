"""The screen's process never loads the numerics."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FORBIDDEN = ("numpy", "sklearn", "scipy", "matplotlib", "dask", "plotext")


def test_the_app_is_imported_without_numerics() -> None:
    code = f"import sys, al_tui.launch, al_tui.launch_label; print([name for name in {FORBIDDEN} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_seeds_are_planned_kept_and_drawn_without_numerics(tmp_path: Path) -> None:
    code = f"""
import asyncio, sys
from pathlib import Path
from al_core.comparison.cell import Cell
from al_core.comparison.plan import complete
from al_core.comparison.lookup import recalled
from al_core.comparison.live_view import CellsFinished, open_live, reduce_live
from al_core.comparison.live import LiveComparison, StoreThread
from al_core.reports.seeds import seeds_json, seeds_markdown
from al_core.task.spec import TaskSpec
import al_tui.launch, al_tui.background.seeds, al_tui.screens.compare
plan = complete([TaskSpec()], ["random"], seeds=2)
desk = StoreThread(Path({str(tmp_path / "r")!r}))
assert asyncio.run(desk.call(recalled, plan, 'here')) is None
desk.close()
view = open_live(plan)
for seed in (0, 1):
    view = reduce_live(view, CellsFinished((Cell(TaskSpec(seed=seed), "random", ((20, .5), (30, .6))),)))
assert view.strategies[0].band.median and seeds_json(view) and seeds_markdown(view)
print([name for name in {FORBIDDEN} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_default_race_needs_no_numerics_before_it_paints() -> None:
    code = (
        "import sys; from al_core.task.spec import TaskSpec; from al_tui.requests.options import RaceOptions, checked_request;"
        "checked_request(TaskSpec(), RaceOptions());"
        f"print([name for name in {FORBIDDEN} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


LATER = (
    "sqlite3",
    "multiprocessing",
    "json",
    "importlib.metadata",
    "al_core.data.origin",
    "al_core.data.sources",
    "al_core.labelling",
    "al_core.run.field",
    "al_core.run.numbers",
    "al_core.run.play",
    "al_core.sessions.scheme",
    "al_core.sessions.store",
    "al_core.data.looks",
    "al_tui.screens.too_small",
    "al_tui.screens.dismissed_once",
)


def test_the_race_is_painted_before_what_only_comes_later_is_loaded() -> None:
    """Every module that the first paint waits for is one that the first paint needs."""
    code = (
        "import sys, al_tui.main, al_tui.requests.race, al_tui.requests.terminal, al_tui.launch;"
        f"print([name for name in {LATER} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
