"""The command that makes one session of several people's, and says how far they agree."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from al_core.ground.numbers import fixed
from al_core.ground.safe_text import safe_text
from al_tui.cli.command import Command
from al_tui.output import put, put_json, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from al_core.exchange.merging import Merged
    from al_core.measures.reliability import Agreement, Interval

_MOST_LISTED = 200
"""Disagreements in a table for people."""


@click.command(
    "merge",
    cls=Command,
    epilog="\b\nExamples:\n  al-tui merge anna.session ben.session --out both.session\n"
    "  al-tui merge both.session carl.session --out all.session    earlier merges may be merged again\n"
    "  al-tui adjudicate anna.session ben.session                  decide what they do not agree about",
)
@click.argument("sessions", metavar="A B …", nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="C", help="The session file to make.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")
def merge_command(sessions: tuple[str, ...], out: Path, as_json: bool) -> None:
    """Merge sessions of different annotators on the same data; says how far they agree and about what they do not.

    In whatever order they are named, C holds the same.
    """
    from al_core.exchange.merging import merge
    from al_core.sessions.directory import find_session
    from al_core.sessions.store import SessionFile

    result = merge([find_session(name) for name in sessions], out)
    with SessionFile.open(out, read_only=True) as file:
        classes = file.ledger.classes
    say(f"wrote {out}")
    if as_json:
        put_json(_document(result, classes))
        return
    put(f"{result.labels:,} labels; {result.shared:,} items labelled by {_both(result.names)}, {result.agreed:,} alike; ")
    put("".join(f"{line}\n" for line in agreement_lines(result.agreement, classes)))
    if result.decided:
        put(f"decided before: {result.decided}\n")
    if result.disagreements:
        put("\n" + _table(result, classes))


def _both(names: Sequence[str]) -> str:
    return "both" if len(names) == 2 else "two or more"


def agreement_lines(found: Agreement, classes: Sequence[str]) -> list[str]:
    """How far people agree: overall, and class by class where there is more than one."""
    from al_core.reports.tables import aligned

    lines = [agreement_words(found)]
    if found.resamples:
        rows = [
            (safe_text(classes[label], 30), str(count), *_cells(between)) for label, (between, count) in found.classes.items()
        ]
        lines += ["", *aligned(("class", "items", found.statistic, "from", "to"), rows).rstrip("\n").split("\n")]
    return lines


def agreement_words(found: Agreement) -> str:
    """The value over all classes, with its interval and how that was found."""
    from al_core.measures.reliability import STATISTICS

    how = f" (95%, items drawn anew {found.resamples:,} times)" if found.resamples else ""
    return f"{STATISTICS[found.statistic]} {_words(found.overall)}{how}"


def _words(between: Interval) -> str:
    value, low, high = _cells(between)
    return value if between.low is None else f"{value}, {low} to {high}"


def _cells(between: Interval) -> tuple[str, str, str]:
    value, low, high = ("" if part is None else fixed(part) for part in between)
    return value or "unknown", low, high


def _table(result: Merged, classes: Sequence[str]) -> str:
    """What each said of the items that are open."""
    from al_core.reports.tables import aligned

    names = sorted({name for entry in result.disagreements for name, _ in entry.given})
    rows = [
        (
            safe_text(entry.item, 40),
            *(safe_text(" / ".join(classes[label] for who, label in entry.given if who == name), 30) for name in names),
        )
        for entry in result.disagreements[:_MOST_LISTED]
    ]
    more = len(result.disagreements) - len(rows)
    return aligned(("item", *(safe_text(name, 30) for name in names)), rows) + (f"and {more:,} more\n" if more else "")


def _document(result: Merged, classes: Sequence[str]) -> dict[str, Any]:
    found = result.agreement
    return {
        "annotators": result.names,
        "labels": result.labels,
        "shared": result.shared,
        "agreed": result.agreed,
        "decided": result.decided,
        "kappa": found.overall.value if found.statistic == "kappa" else None,
        "agreement": {
            "statistic": found.statistic,
            **found.overall._asdict(),
            "interval": "95% percentile bootstrap over items",
            "resamples": found.resamples,
            "classes": {
                classes[label]: {**between._asdict(), "items": count} for label, (between, count) in found.classes.items()
            },
        },
        "disagreements": [
            {
                "item": entry.item,
                "labels": [classes[label] for _, label in entry.given],
                "annotators": [name for name, _ in entry.given],
            }
            for entry in result.disagreements
        ],
    }
