"""A report in any of its formats. Whoever has results, from a store, a session or a notebook, needs only these two calls:

render(findings_of(results), "html")
"""

from __future__ import annotations

from al_core.ground.errors import unknown
from al_core.reports import FORMATS
from al_core.reports.findings import Findings
from al_core.reports.findings import findings_of as findings_of
from al_core.reports.methods import methods_report
from al_core.reports.written import csv_report, json_report, markdown_report, seeds_report


def render(findings: Findings, kind: str) -> str:
    """The report as text.

    Parameters
    ----------
    findings : from `findings_of` or `al_core.reports.findings.load_findings`.
    kind : one of `al_core.reports.FORMATS`.

    Raises
    ------
    UserError
        There is no such format, or it needs an extra that is not installed.
    """
    if kind not in FORMATS:
        raise unknown("format", kind, FORMATS)
    if kind == "html":
        from al_core.reports.page import html_report

        return html_report(findings)
    written = {"md": markdown_report, "csv": csv_report, "json": json_report, "seeds": seeds_report, "methods": methods_report}
    return written[kind](findings)
