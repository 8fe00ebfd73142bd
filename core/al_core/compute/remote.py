"""Worker functions by name: what computes knows where a function is, and imports it when it is called."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

PRELOAD = "al_core.run.preload"
"""Loaded once by the fork server, before it forks any worker."""
WARM_UP = "al_core.run.warm_up:warm_up"
"""Called by every worker before its first call."""


def by_name(name: str) -> Callable[..., Any]:
    """The function written as ``module:function``."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
