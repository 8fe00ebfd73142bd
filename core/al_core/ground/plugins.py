"""Finding what registers itself: the modules of a package of ours, and what installed distributions name."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from types import ModuleType


def modules_of(package: str) -> list[ModuleType]:
    """Import every module of ``package``, sub-packages not entered, in the order of their names."""
    found = pkgutil.iter_modules(importlib.import_module(package).__path__)
    return [importlib.import_module(f"{package}.{module.name}") for module in found if not module.ispkg]


def load_entry_points(group: str) -> dict[str, str]:
    """Import what installed distributions name under ``group``.

    Returns
    -------
    Those that could not be loaded, by name, with the reason.
    """
    failed = {}
    for point in entry_points(group=group):
        try:
            point.load()
        except Exception as error:  # a plug-in may raise anything
            failed[point.name] = f"{type(error).__name__}: {error}"
    return failed
