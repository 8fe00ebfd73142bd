"""A bench as its document."""

from __future__ import annotations

import json

from al_core.reports.findings import Findings


def write(findings: Findings) -> str:
    """The document itself; one that was read is written as it was."""
    return json.dumps(findings.document, indent=2) + "\n"
