"""A certificate of labels as Markdown for people, and as a document for programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from al_core.ground.numbers import between, rate
from al_core.ground.safe_text import safe_text
from al_core.labelling.certificate import FEWEST_OF_A_CLASS, Certificate, Share
from al_core.reports.tables import markdown
from al_core.sessions.actions import STATUS_WORDS

_TOO_FEW = "too few"
_METHOD = "prior-posterior ratio without replacement (Waudby-Smith & Ramdas 2020), prior Beta(9, 1), 95%"
_LONGEST = 100


def as_markdown(found: Certificate) -> str:
    """A page that says what was labelled, by whom, how right the model is, by what, and what is not said."""
    return "\n".join(
        [
            f"# Labels of {_plain(found.dataset)}\n",
            markdown(("what", "is"), _facts(found)),
            "## Who labelled\n",
            markdown(
                ("annotator", "labels", "answers without a label"),
                [(name, f"{labels:,}", f"{others:,}") for name, (labels, others) in found.annotators.items()],
            ),
            "## How right the model is\n",
            _estimated(found),
            "## Class by class\n",
            _class_by_class(found),
            "## What this does not say\n",
            "".join(f"- {line}\n" for line in _unsaid(found)),
        ]
    )


def as_document(found: Certificate) -> dict[str, Any]:
    """The same as plain values."""
    estimate = found.estimate
    document = asdict(found) | {
        "format": "al-tui certificate 1",
        "annotators": {name: {"labels": labels, "others": others} for name, (labels, others) in found.annotators.items()},
        "estimate": None if estimate is None else dict(zip(estimate._fields, estimate, strict=True)),
        "method": _METHOD,
        "fewest_of_a_class": FEWEST_OF_A_CLASS,
        "not_said": _unsaid(found),
    }
    return {"format": document.pop("format"), **document}


def _facts(found: Certificate) -> list[tuple[str, str]]:
    changed = "" if found.same else ", not the one that the session began with: files were added, taken away or changed"
    others = [f"{count:,} {_word(status)}" for status, count in found.statuses.items()]
    return [
        ("session", f"{found.session}, {found.events:,} events, checksum {found.checksum}"),
        ("from, to", " to ".join(time[:19].replace("T", " ") for time in (found.started, found.changed)) + " UTC"),
        ("data", found.dataset),
        ("fingerprint of the data", f"{found.fingerprint}{changed}"),
        *([("features", found.features)] if found.features else []),
        (
            "items",
            f"{found.pool:,} that may be asked about" + (f"; {found.gone:,} answered ones are gone" if found.gone else ""),
        ),
        ("labels of persons", f"{sum(found.chosen.values()):,}"),
        ("their items were chosen by", ", ".join(f"{by} {count:,}" for by, count in found.chosen.items()) or "nobody"),
        ("answers without a label", ", ".join(others) or "none"),
        *([("labels from the data", f"{found.truth:,}")] if found.truth else []),
        ("model", f"{found.learner}, strategy {found.strategy}, seed {found.seed}; it has learnt {found.labels:,} labels"),
        ("software", str(found.software)),
    ]


def _word(status: str) -> str:
    return next((words for name, words in STATUS_WORDS.items() if name == status), status)


def _estimated(found: Certificate) -> str:
    lines = []
    if (estimate := found.estimate) is not None:
        either = f" Answers without a label, which may be either: {estimate.unknown:,}." if estimate.unknown else ""
        drawn = f"Items that were drawn at random to measure by, and that it has not learnt: {estimate.asked:,}."
        share = f"**{between(estimate.lower, estimate.upper)}**"
        lines = [
            f"{drawn} The model has {estimate.right:,} of them right.{either}",
            f"Of the {found.population:,} items that it has not learnt so {share} are right: {_METHOD}.",
            f"Of the {found.predicted:,} labels that it gives at most {found.most_wrong:,} are wrong, with that confidence.",
        ]
    if found.accuracy is not None:
        held = f"{found.tested:,} items whose labels were known before, and that were held back"
        lines.append(f"Of {held}, it has {rate(found.accuracy)} right.")
    if not lines:
        lines = ["Nothing was drawn to measure by, and no label was known before: nobody knows how often the model is right."]
    return "\n".join(lines) + "\n"


def _class_by_class(found: Certificate) -> str:
    header = ("class", "labels", "not learnt, called so", "of those that are it, found", "of those called so, right")
    rows = [
        (entry.name, f"{entry.labels:,}", f"{entry.called:,}", _share(entry.found), _share(entry.correct))
        for entry in found.classes
    ]
    rule = f"An interval is given from {FEWEST_OF_A_CLASS} drawn items on; each holds by itself, and not all of them together."
    return markdown(header, rows) + "\n" + rule + "\n"


def _share(share: Share) -> str:
    seen = f"{share.right:,} of {share.asked:,}"
    if share.lower is None or share.upper is None:
        return f"{seen}: {_TOO_FEW}"
    return f"{seen}: {between(share.lower, share.upper)}"


def _unsaid(found: Certificate) -> list[str]:
    lines = ["Whether the persons are right: whatever they said counts as true."]
    if (estimate := found.estimate) is not None:
        since = f"Of the {estimate.asked:,} items {found.since} were answered after the last label that this one has learnt"
        settled = "Whether 5% of such intervals miss, as often as one looks, where the model was not settled before the draws."
        lines += [
            "Anything of items that are not in this data, or unlike those in it.",
            "Anything of a model that learns more or other labels than this one: each is measured anew.",
            f"{settled} {since}; the others were drawn while it still learnt, from more items than are left.",
        ]
    if found.accuracy is not None:
        lines.append("Whether items that were held back are like those that were asked about.")
    if found.gone:
        lines.append(f"Anything of the {found.gone:,} answered items that are gone: no model learns them.")
    return lines


def _plain(text: str) -> str:
    return safe_text(text, _LONGEST).replace("`", "'")
