"""The light half of the house: modules that a screen's process may load, because they never reach the numerics.

One row a module. A module that is not in `HEAVY` is light, so a new module is proven light unless somebody writes it down as
heavy, and one that has become light must be taken out.
"""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

import al_core
import al_tui

NUMERICS = ("numpy", "scipy", "sklearn", "matplotlib", "dask", "distributed")

HEAVY = frozenset(
    (
        "al_core.comparison.across",
        "al_core.comparison.references",
        "al_core.comparison.savings",
        "al_core.comparison.summary",
        "al_core.data.alike",
        "al_core.data.array_files",
        "al_core.data.at_size",
        "al_core.data.checked",
        "al_core.data.column_kinds",
        "al_core.data.column_scaling",
        "al_core.data.dataset",
        "al_core.data.decoded",
        "al_core.data.embeddings",
        "al_core.data.features",
        "al_core.data.folder",
        "al_core.data.joined",
        "al_core.data.kept_pictures",
        "al_core.data.near_zero",
        "al_core.data.one_size",
        "al_core.data.own_predictions",
        "al_core.data.part",
        "al_core.data.placing",
        "al_core.data.projection",
        "al_core.data.readers.arrays",
        "al_core.data.readers.bundled",
        "al_core.data.readers.pictures",
        "al_core.data.readers.tables",
        "al_core.data.readers.texts",
        "al_core.data.row_cards",
        "al_core.data.table",
        "al_core.data.table_features",
        "al_core.data.text_features",
        "al_core.data.writing",
        "al_core.ground.seeding",
        "al_core.learners.counted",
        "al_core.learners.estimator",
        "al_core.learners.gaussian_field",
        "al_core.learners.held_out",
        "al_core.learners.imported",
        "al_core.learners.linear",
        "al_core.learners.linear_head",
        "al_core.learners.model",
        "al_core.learners.neighbour_graph",
        "al_core.learners.outputs",
        "al_core.learners.registry",
        "al_core.learners.softmax",
        "al_core.learners.stack",
        "al_core.learners.supervised",
        "al_core.learners.vote",
        "al_core.measures.calibration",
        "al_core.measures.statistics",
        "al_core.reports.findings",
        "al_core.reports.formats.csv",
        "al_core.reports.formats.html",
        "al_core.reports.formats.json",
        "al_core.reports.formats.md",
        "al_core.reports.formats.methods",
        "al_core.reports.formats.seeds",
        "al_core.reports.rendering",
        "al_core.run.preload",
        "al_core.run.round",
        "al_core.strategies.auto",
        "al_core.strategies.baseline",
        "al_core.strategies.cluster_margin",
        "al_core.strategies.committee",
        "al_core.strategies.context",
        "al_core.strategies.cover",
        "al_core.strategies.density",
        "al_core.strategies.expected_error",
        "al_core.strategies.gradient",
        "al_core.strategies.herding",
        "al_core.strategies.parts.best",
        "al_core.strategies.parts.clusters",
        "al_core.strategies.parts.committees",
        "al_core.strategies.parts.coverage",
        "al_core.strategies.parts.doubt",
        "al_core.strategies.parts.field_errors",
        "al_core.strategies.parts.neighbours",
        "al_core.strategies.rare_class",
        "al_core.strategies.registry",
        "al_core.strategies.skactiveml_adapter",
        "al_core.strategies.stochastic",
        "al_core.strategies.uncertainty",
        "al_core.task.split",
        "al_core.task.starts",
    )
)
"""What computes, or reads what was computed: loaded in workers, in notebooks, and by commands without a screen."""

MODULES = sorted(
    module.name
    for package in (al_core, al_tui)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("module", MODULES)
def test_a_light_module_loads_no_numerics(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {NUMERICS} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if module == "al_core.run.preload":  # it sends what is printed to a log
        return
    assert (done.stdout.strip() == "[]") == (module not in HEAVY)


def test_nothing_is_written_down_that_is_not_there() -> None:
    assert set(MODULES) >= HEAVY
