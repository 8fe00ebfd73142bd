"""Commands of `al-tui` by the hundred, each in a fork of one process that has loaded the parser and scikit-learn.

Starting Python and loading scikit-learn takes ten times as long as what most of them do. That they start as a person starts
them is what `tests/tui/cli/test_starting.py`, `test_bench.py` and `tests/faults` try.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from tests.faults.outside import Forked
from trials import PATIENCE


@cache
def _server() -> Forked:
    """One for all tests of this process; it ends when its stdin does, which is when this process ends."""
    return Forked()


def al_tui(
    words: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``al-tui`` with these words, as `subprocess.run` would with captured output and an empty stdin.

    A bench with worker processes, and whatever changes where Python finds modules, is started by itself: forks would have
    loaded another main module, or none of them.
    """
    env = os.environ if env is None else env
    if ("bench" in words and "inline" not in words) or env.get("PYTHONPATH") != os.environ.get("PYTHONPATH"):
        command = [sys.executable, "-m", "al_tui", *words]
        return subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=env, cwd=cwd, timeout=PATIENCE, check=False
        )
    ran = _server().run(words, env, cwd or Path.cwd(), 240)
    out, err = (text.decode().replace("\r\n", "\n").replace("\r", "\n") for text in (ran.out, ran.err))
    return subprocess.CompletedProcess(list(words), ran.code, out, err)
