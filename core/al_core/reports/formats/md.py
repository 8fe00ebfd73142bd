"""A bench as Markdown."""

from __future__ import annotations

from al_core.reports.comparison import bench_header, bench_rows, reference_notes
from al_core.reports.findings import Findings, command, recipe
from al_core.reports.tables import markdown
from al_core.reports.worths import money_header, money_note, money_rows


def write(findings: Findings) -> str:
    """Conclusions, tables, versions, and the command that computes them anew."""
    blocks = ["# Query strategies compared\n"]
    blocks += [entry.conclusion + "\n" for entry in findings.found.across]
    for part in findings.parts:
        blocks.append(f"## {part.protocol.dataset}, {part.protocol.learner}\n")
        blocks.append(part.conclusion + "\n")
        blocks.append(markdown(bench_header(part), bench_rows(part)))
        blocks += [note + "\n" for note in reference_notes(part)]
        if worth := money_rows(part, findings.price):
            blocks += [money_note(part, findings.price) + "\n", markdown(money_header(findings.price), worth)]
    software = ", ".join(f"{name} {version}" for name, version in findings.parts[0].versions.items())
    cited = dict.fromkeys(part.data.cited for part in findings.parts if part.data)
    blocks += [f"Data: {words}\n" for words in cited]
    blocks.append(f"Computed by {software}.\n\n{recipe(findings.found)}\n\n```\n{command(findings.found)}\n```\n")
    return "\n".join(blocks)
