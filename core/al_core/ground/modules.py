"""Finding what registers itself in a package of ours: a strategy, a learner, a format, a view is one file there."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def names_in(package: str) -> list[str]:
    """Names of the modules of ``package``, sub-packages left out, in the order of the alphabet; none is imported."""
    return [module.name for module in pkgutil.iter_modules(importlib.import_module(package).__path__) if not module.ispkg]


def modules_of(package: str) -> list[ModuleType]:
    """Import every module of ``package``, sub-packages not entered, in the order of their names."""
    return [importlib.import_module(f"{package}.{name}") for name in names_in(package)]
