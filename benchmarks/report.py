"""Benchmark results as JSON and as a Markdown table, with the machine they were measured on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("numpy", "scikit-learn", "scipy", "textual", "plotext")


def write(name: str, rows: Sequence[tuple[str, float, str, str]], command: str = "") -> None:
    """Write rows of (what, value, bar, note) to results/NAME.json and results/NAME.md, and print the table.

    The head says the command, NAME.py where none is given.
    """
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    when = datetime.now(UTC).date().isoformat()
    table = "\n".join(
        ["| what | measured | bar | note |", "|---|---|---|---|"]
        + [f"| {what} | {value:.4g} | {bar} | {note} |" for what, value, bar, note in rows]
    )
    text = f"# {name}\n\n`python benchmarks/{command or f'{name}.py'}`, {when}, {machine}; {versions}.\n\n{table}\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text)
    document = {
        "when": when,
        "machine": machine,
        "versions": versions,
        "rows": [dict(zip(("what", "value", "bar", "note"), row, strict=True)) for row in rows],
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    print(text)
