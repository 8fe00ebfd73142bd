"""The light half of the house: modules that a screen's process may load, because they never reach the numerics.

One row a module. A module that is not in `HEAVY` is light, so a new module is proven light unless somebody writes it down as
heavy, and one that has become light must be taken out.
"""

from __future__ import annotations

import json
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
        "al_core.data.arrays",
        "al_core.data.at_size",
        "al_core.data.checked",
        "al_core.data.column_kinds",
        "al_core.data.column_scaling",
        "al_core.data.dataset",
        "al_core.data.decoded",
        "al_core.data.embeddings",
        "al_core.data.features",
        "al_core.data.folder",
        "al_core.data.fitted_record",
        "al_core.data.joined",
        "al_core.data.kept_pictures",
        "al_core.data.near_zero",
        "al_core.data.one_size",
        "al_core.data.own_predictions",
        "al_core.data.part",
        "al_core.data.placing",
        "al_core.data.projection",
        "al_core.data.readers.array_folder",
        "al_core.data.readers.arrays",
        "al_core.data.readers.bundled",
        "al_core.data.readers.pictures",
        "al_core.data.readers.tables",
        "al_core.data.readers.texts",
        "al_core.data.row_cards",
        "al_core.data.scatter",
        "al_core.data.table",
        "al_core.data.table_features",
        "al_core.data.text_features",
        "al_core.data.writing",
        "al_core.exchange.carried",
        "al_core.exchange.recipe",
        "al_core.ground.seeding",
        "al_core.learners.anchor_graph",
        "al_core.labelling.learnt",
        "al_core.learners.counted",
        "al_core.learners.estimator",
        "al_core.learners.gaussian_field",
        "al_core.learners.held_out",
        "al_core.learners.imported",
        "al_core.learners.linear",
        "al_core.learners.linear_head",
        "al_core.learners.model",
        "al_core.learners.neighbour_graph",
        "al_core.learners.one_kernel",
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
        "al_core.strategies.parts.anchored",
        "al_core.strategies.parts.best",
        "al_core.strategies.parts.clusters",
        "al_core.strategies.parts.committees",
        "al_core.strategies.parts.coverage",
        "al_core.strategies.parts.doubt",
        "al_core.strategies.parts.field_errors",
        "al_core.strategies.parts.neighbours",
        "al_core.strategies.parts.numbers",
        "al_core.strategies.rare_class",
        "al_core.strategies.registry",
        "al_core.strategies.skactiveml_adapter",
        "al_core.strategies.stochastic",
        "al_core.strategies.uncertainty",
        "al_core.task.groups",
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


NURSERY = f"""
import gc, importlib, json, os, sys

NUMERICS = {NUMERICS}
OURS = ("al_core", "al_tui")


class Reached(BaseException):
    pass


class Guard:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in NUMERICS:
            raise Reached


def in_a_child(work):
    told, tell = os.pipe()
    if not os.fork():
        with os.fdopen(tell, "w") as out:
            json.dump(work(), out)
            out.flush()
            os._exit(0)
    os.close(tell)
    with os.fdopen(told) as answer:
        found = answer.read()
    os.wait()
    return json.loads(found)


def alone(module):
    try:
        importlib.import_module(module)
        return "light"
    except Reached:
        return "heavy"
    except BaseException as error:
        return repr(error)


def together():
    sys.meta_path.insert(0, Guard())
    for module in modules:
        alone(module)
    return [name for name in sys.modules if name.partition(".")[0] not in OURS]


def load(names):
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            pass


gc.disable()  # a child that looked through all that is there would make it its own
modules = json.loads(sys.argv[1])
light = in_a_child(together)
load(light)
sys.meta_path.insert(0, Guard())
found = {{module: in_a_child(lambda: alone(module)) for module in modules}}
del sys.meta_path[0]
load(("numpy", "scipy.sparse", "sklearn.base", "sklearn.linear_model", "sklearn.ensemble", "sklearn.svm", "sklearn.cluster"))
for module in (module for module in modules if found[module] == "heavy"):
    by_itself = in_a_child(lambda: alone(module))
    found[module] = "heavy" if by_itself == "light" else by_itself
print(json.dumps(found))
"""
"""Imports every module first, in a process of its own that has only what others wrote: whether it reaches the numerics, and
whether it can be imported at all when nothing of ours was imported before it."""


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """``light``, ``heavy``, or an error, of each module."""
    done = subprocess.run([sys.executable, "-c", NURSERY, json.dumps(MODULES)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    of_module: dict[str, str] = json.loads(done.stdout)
    return of_module


def test_a_light_module_loads_no_numerics(found: dict[str, str]) -> None:
    assert found == {module: "heavy" if module in HEAVY else "light" for module in MODULES}


def test_nothing_is_written_down_that_is_not_there() -> None:
    assert set(MODULES) >= HEAVY
