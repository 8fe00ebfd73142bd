"""How a process adds: the same sum over the same numbers can come out differently in the last bit on another kind of processor.

Linear algebra chooses its kernel by the processor it finds, and so does NumPy for its own loops. Most runs do not notice; where
many nearly equal values are compared, as in k-means and while a network is trained, one bit can become another pick.
"""

from __future__ import annotations

import hashlib
import os
import platform
from concurrent.futures import Executor
from functools import cache
from pathlib import Path
from typing import Any

from al_core.compute.one_thread import libraries

_CHOOSE = ("OPENBLAS_", "NPY_", "MKL_", "BLIS_", "VECLIB_", "GLIBC_TUNABLES")
"""Beginnings of the environment variables that choose kernels."""


@cache
def arithmetic() -> str:
    """Processor, kernels of linear algebra, and what NumPy uses of the processor; equal where sums are. Loads the numerics."""
    kernels = sorted({_words(library.info()) for library in libraries() if library.user_api == "blas"})
    return "; ".join([platform.machine() or "unknown", ", ".join(kernels) or "unknown", f"numpy {_extensions()}"])


def machine(executor: Executor) -> str:
    """A mark of the machine that computes for ``executor``, without loading anything: where it is the same, so is `arithmetic`.

    Empty where that cannot be told. The other way round it may change although sums do not.
    """
    return "" if getattr(executor, "elsewhere", False) else _here()


@cache
def _here() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8", errors="replace") as lines:
            first = [line for line in iter(lines.readline, "\n") if line.startswith(("flags", "Features", "model", "CPU"))]
    except OSError:
        return ""
    chosen = [f"{name}={value}" for name, value in sorted(os.environ.items()) if _chooses(name)]
    told = "\n".join([platform.machine(), *first, *chosen])
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest() if first else ""


def _chooses(name: str) -> bool:
    return name.startswith(_CHOOSE) and not name.endswith("_NUM_THREADS")  # a fit uses one, whatever is said


def _words(library: dict[str, Any]) -> str:
    parts = (library.get("internal_api"), library.get("version"), library.get("architecture"))
    return " ".join(str(part) for part in parts if part)


def _extensions() -> str:
    """Those extensions of the processor that NumPy has loops for and may use here, as far as it tells."""
    try:
        from numpy._core import _multiarray_umath as core  # type: ignore[attr-defined]
    except ImportError:  # before NumPy 2
        from numpy.core import _multiarray_umath as core
    dispatch, features = getattr(core, "__cpu_dispatch__", ()), getattr(core, "__cpu_features__", {})
    return "+".join(name for name in dispatch if features.get(name)) or "baseline"
