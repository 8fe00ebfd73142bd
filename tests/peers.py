"""Independent implementations that ours are compared with."""

from __future__ import annotations

import importlib
import os
from typing import Any

import pytest


def peer(module: str) -> Any:
    """A module of scikit-activeml; called where a test module, or a test, begins.

    Where it is left out on purpose, as in `.ci/lowest`, that module or test is skipped; anywhere else its absence is an error.
    """
    if os.environ.get("AL_TUI_WITHOUT_PEERS"):
        pytest.skip("scikit-activeml is left out on purpose", allow_module_level=True)
    return importlib.import_module(module)
