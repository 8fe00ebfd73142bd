"""What a report can be written as, known without loading what writes it."""

from __future__ import annotations

from functools import cache

from al_core.ground.modules import names_in

FORMATS = "al_core.reports.formats"
"""The package of the modules that write."""


@cache
def report_formats() -> tuple[str, ...]:
    """Names of all formats: those of the modules of `al_core.reports.formats`."""
    return tuple(names_in(FORMATS))
