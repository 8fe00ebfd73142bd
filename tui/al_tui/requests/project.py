"""A project's file as it is begun: every option of labelling with what it is for, and what the data says of itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import wrap

from al_core.comparison.plan import PlanOptions
from al_core.data.survey import Survey
from al_core.task.options import Option, exact, option
from al_core.task.spec import TaskSpec
from al_tui.requests.files import CLASSES
from al_tui.requests.taken import TAKEN

_WIDTH = 110
_HEAD = """\
A project of al-tui: `al-tui label`, typed in this folder, goes by what stands here, and so do `al-tui` and `al-tui bench`.
What stands behind # does not hold; take the # away and write what you want. What is typed on the command line counts first.
A learner that is code (module:factory) is named on the command line, never here: al-tui label --learner module:factory
"""
SECTIONS = (
    ("Source: what is labelled, and what it is measured by", ("dataset", "test")),
    ("Columns of a table", ("label_column", "id_column", "text_column", "drop", "show")),
    ("Features: what is learnt from", ("features", "embeddings", "probabilities")),
    ("Learner", ("learner",)),
    ("Strategy: which item to ask about next", ("strategy", "batch", "start", "seed")),
    ("Target: when it is enough; the accuracies are those of a race", ("target", "second_target", "budget")),
    ("Audit: items to measure by", ("audit",)),
    ("Several people: your part, and what all are asked", ("share", "overlap")),
)
"""Options by their names; what is in none of these stands at the end."""
_EXAMPLES = {
    "test": "kept/",
    "embeddings": "features.npy",
    "probabilities": "predictions.npy",
    "label_column": "kind",
    "id_column": "name",
    "text_column": "body",
    "drop": "first,second",
    "show": "first,second",
    "second_target": 0.95,
    "budget": 100,
    "audit": 0.1,
    "share": "1/2",
    "overlap": 0.1,
    "seconds_per_label": 12,
    "cost_per_hour": 30,
    "currency": "EUR",
    "learner": "soft_vote(gaussian_field,random_forest)",
}
"""Values to be written for options that have none by themselves."""


def project_file(word: str, found: Survey, *, bundled: bool) -> str:
    """The text of a project's file.

    Parameters
    ----------
    word : the data, as the file is to name it.
    found : what the data says of itself.
    bundled : whether it comes with the program, and so knows its classes and columns.
    """
    rows = {row.name: row for row in TAKEN["label"] if row.where == "anywhere" and row.name != CLASSES}
    rows |= {"target": option(TaskSpec, "target"), "second_target": option(PlanOptions, "second_target")}
    if bundled:
        rows = {name: row for name, row in rows.items() if name not in (*_OWN, *dict(SECTIONS)["Columns of a table"])}
    lines = _comment(_HEAD)
    told: set[str] = set()
    for title, names in (*SECTIONS, ("Others", [name for name in rows if name not in {n for _, ns in SECTIONS for n in ns}])):
        here = [rows[name] for name in names if name in rows and name not in told]
        told |= {row.name for row in here}
        if not here:
            continue
        lines += ["", f"# {title}"]
        if title.startswith("Source"):
            lines += _comment(_said(found))
        if title.startswith("Columns") and found.columns:
            lines += _comment(f"There are: {', '.join(found.columns[:60])}{', …' if len(found.columns) > 60 else ''}")
        for row in here:
            lines += _row(row, word if row.name == "dataset" else None)
    lines += ["", *_classes(found.classes, bundled=bundled)]
    return "\n".join(lines) + "\n"


_OWN = ("test", "features", "embeddings", "probabilities")
"""Options about files of one's own."""


def _said(found: Survey) -> str:
    labelled = f", {found.labelled:,} of them with a label" if found.labelled else ""
    said = (f"{found.items:,} items{labelled}", f"learnt from: {found.learnt}" if found.learnt else "", found.aside)
    return "; ".join(filter(None, said))


def _row(row: Option, value: object) -> list[str]:
    """An option: what it is for, and a line that holds, or would."""
    default = f"  [{row.shown}]" if row.shown is not None else ""
    lines = _comment(f"{row.help}{default}")
    if row.choices:
        lines += _comment(f"One of: {', '.join(row.choices)}")
    if value is not None:
        return [*lines, f"{row.key} = {quoted(str(value))}"]
    example = _EXAMPLES.get(row.name, row.default)
    shown = quoted(example) if isinstance(example, str) else exact(example)
    return [*lines, f"#{row.key} = {shown}"]


def _classes(names: Sequence[str], *, bundled: bool) -> list[str]:
    """The classes, each with a key and what belongs in it."""
    if bundled:
        return [
            *_comment("Keys for classes: a letter that is no command"),
            "#[keys]",
            *[f'#{quoted(name)} = "j"' for name in names[:1]],
        ]
    lines = _comment(
        "Classes, in this order: each has a table with its name, which may say its key (a letter that is no command, or a"
        " digit) and what belongs in it, which ? shows while you label."
    )
    if not names:
        lines += _comment("Your data names no classes; name at least two. In place of bowl and jug:")
        return [*lines, *_class("bowl", "#"), *_class("jug", "#")]
    return [*lines, *(line for name in names for line in _class(name, ""))]


def _class(name: str, hidden: str) -> list[str]:
    shown = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)
    return ["", f"{hidden}[{CLASSES}.{shown}]", '#key = "j"', f'{hidden}says = ""']


def quoted(text: str) -> str:
    """A text as TOML writes it.

    Examples
    --------
    >>> print(quoted('a "b" \\\\ c'))
    "a \\"b\\" \\\\ c"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub("[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'


def _comment(text: str) -> list[str]:
    """Lines of a comment."""
    return [f"# {line}" for paragraph in text.splitlines() for line in wrap(paragraph, _WIDTH, break_long_words=False) or [""]]
