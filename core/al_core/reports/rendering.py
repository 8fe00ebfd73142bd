"""A report in any of its formats. Whoever has results, from a store, a session or a notebook, needs only these two calls:

render(findings_of(results), "html")
"""

from __future__ import annotations

import importlib

from al_core.ground.errors import unknown
from al_core.reports.findings import Findings
from al_core.reports.findings import findings_of as findings_of
from al_core.reports.kinds import FORMATS, report_formats


def render(findings: Findings, kind: str) -> str:
    """The report as text.

    Parameters
    ----------
    findings : from `findings_of` or `al_core.reports.findings.load_findings`.
    kind : one of `al_core.reports.kinds.report_formats`.

    Raises
    ------
    UserError
        There is no such format, or it needs an extra that is not installed.
    """
    if kind not in report_formats():
        raise unknown("format", kind, report_formats())
    text: str = importlib.import_module(f"{FORMATS}.{kind}").write(findings)
    return text
