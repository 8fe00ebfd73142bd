"""Finding what registers itself in a package of ours: a strategy, a learner, a format, a view is one file there."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def modules_of(package: str) -> list[ModuleType]:
    """Import every module of ``package``, sub-packages not entered, in the order of their names."""
    found = pkgutil.iter_modules(importlib.import_module(package).__path__)
    return [importlib.import_module(f"{package}.{module.name}") for module in found if not module.ispkg]
