"""The comparison of a race or of a bench as rows of text, and as files."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from al_core.comparison.conclusion import of_a_person
from al_core.comparison.documents import Comparison, Document, Hits, Presence, StrategyRow
from al_core.comparison.encoding import opened
from al_core.comparison.verdicts import WORDS
from al_core.data.facts import describe_dataset, kept_together
from al_core.ground.numbers import between, fixed, level, milliseconds, p_value, rank, signed_percent, whole
from al_core.ground.release import __version__
from al_core.ground.written import plain
from al_core.measures.metrics import ACCURACY
from al_core.measures.worth import NOTHING_KNOWN, Price
from al_core.race.view import BY_HAND, RaceView, Standing, standings
from al_core.reports.tables import aligned, comma_separated, markdown
from al_core.reports.worths import money_header, money_note, money_rows
from al_core.run.state import PersonsAnswers
from al_core.task.options import named
from al_core.task.spec import TaskSpec

RACE_FORMAT = "al-tui race 2"
PREVIEW = "One seed: a preview, no verdict."


def race_header(view: RaceView) -> list[str]:
    """Column titles of `race_rows`; what was answered by hand has one when there is any."""
    hand = ["by hand"] if by_hand(view) else []
    target = f"labels to {level(view.spec.target)}"
    return ["strategy", *hand, target, "held", "saved", "AULC", view.spec.measured_by.words, "labels", "per round"]


def race_rows(view: RaceView) -> list[list[str]]:
    """One row of text per run, the largest area under the curve first."""
    hand = by_hand(view)
    return [
        [
            f"{BY_HAND} {row.strategy}" if row.person else row.strategy,
            *([row.person.words.replace(" by hand", "") if row.person else ""] if hand else []),
            whole(row.to_target),
            whole(row.held),
            "baseline" if row.strategy == "random" and not row.person else signed_percent(row.saved),
            fixed(row.aulc),
            fixed(row.accuracy),
            str(row.labels),
            milliseconds(row.seconds_per_round),
        ]
        for row in standings(view)
    ]


def by_hand(view: RaceView) -> bool:
    """True when a person had a hand in any of the runs."""
    return any(run.person for run in view.runs)


def race_note(view: RaceView) -> str:
    """What the comparison is: a preview, over what part of the data, and of which runs a person had a hand in."""
    helped = [f"{run.name} ({run.person.words})" for run in view.runs if run.person]
    sentences = [PREVIEW, *([of_a_person(helped)] if helped else [])]
    if words := view.partly_labelled:
        sentences.append(f"{words}.")
    if words := kept_together(describe_dataset(view.spec.dataset).groups):
        sentences.append(f"{words}.")
    return " ".join(sentences)


def race_markdown(view: RaceView, money: str = "") -> str:
    """The comparison as a Markdown table, with the line that says what it is, and one that says what it is worth."""
    spec = view.spec
    what = [spec.dataset, spec.learner, f"seed {spec.seed}", f"batch {spec.batch}", f"budget {spec.budget}", *named(spec)]
    title = f"{', '.join(what)}. {race_note(view)}\n\n"
    return title + markdown(race_header(view), race_rows(view)) + (f"\n{money}\n" if money else "")


def race_csv(view: RaceView) -> str:
    """The comparison as CSV with plain numbers; empty where there is none."""
    rows = [_fields(row) for row in standings(view)]
    names = list(rows[0])
    return comma_separated(
        measured(names, view.spec), [["" if row[name] is None else str(row[name]) for name in names] for row in rows]
    )


def race_json(view: RaceView) -> str:
    """The comparison as JSON: the task, one entry per run with its curve, and the line that says what it is.

    What is called accuracy in it is the metric of the task.
    """
    entries: list[dict[str, Any]] = []
    for row in standings(view):
        run = view.runs[row.run]
        entry = _fields(row)
        curve = run.state.curve
        entry["curve"] = {"labels": [x for x, _ in curve], "accuracy": [y for _, y in curve]}
        entry["by_hand"] = run.by_hand
        entries.append(entry)
    info = describe_dataset(view.spec.dataset)
    document = {
        "format": RACE_FORMAT,
        "version": __version__,
        "note": race_note(view),
        "task": plain(view.spec),
        "data": {"name": info.name, "citation": info.citation, "licence": info.licence},
        "strategies": entries,
    }
    return json.dumps(document, indent=2) + "\n"


def _fields(row: Standing) -> dict[str, Any]:
    """What files hold of a run, by column."""
    fields = {name: value for name, value in row._asdict().items() if name not in ("run", "person")}
    person = row.person or PersonsAnswers(0, None, 0)
    return fields | {"by_person": person.answers, "by_person_right": person.right}


def measured(names: Sequence[str], spec: TaskSpec) -> list[str]:
    """Titles of columns, that of the accuracy called as what was measured is."""
    return [spec.metric if name == ACCURACY else name for name in names]


def bench_table(found: Document | Comparison | Mapping[str, Any], price: Price = NOTHING_KNOWN) -> str:
    """What a bench says, or its JSON, as aligned columns, with the paragraph that says what it means, and what it is worth."""
    document = opened(found)
    if len(document.comparisons) == 1:
        return _one_table(document.comparisons[0], price)
    blocks = []
    for part in document.comparisons:
        protocol = part.protocol
        blocks.append(f"{protocol.dataset}, {protocol.learner}, {protocol.budget:,} labels\n\n{_one_table(part, price)}")
    blocks += [_wrapped(entry.conclusion) for entry in document.across]
    return "\n".join(blocks)


def bench_header(found: Comparison) -> list[str]:
    """Column titles of `bench_rows`."""
    target, *more = (f"→{level(share)}" for share in found.protocol.targets)
    names = ["strategy", f"{target} held", "median", "reached", "first", *more, "saved", "95% interval", "AULC", "p (Holm)"]
    return [*names, "rank", "final", "per round", "verdict"]


def bench_rows(found: Comparison) -> list[list[str]]:
    """One row of text per strategy, in the order they were named."""
    rows = []
    for entry in found.strategies:
        held, share = entry.headline.held, entry.saved.share
        baseline = entry.name == "random" and entry.person is None
        rows.append(
            [
                marked(entry),
                at_least(held),
                at_least(held, median=True),
                f"{held.reached}/{entry.presence.finished}",
                reached_mean(entry.headline.first),
                *(reached_mean(other.held) for other in entry.targets[1:]),
                "baseline" if baseline else signed_percent(share.value),
                "" if baseline else _interval(share.bounds),
                fixed(entry.aulc.mean.value),
                "" if baseline else p_value(entry.aulc.p_value_holm),
                rank(entry.mean_rank),
                fixed(entry.final_accuracy.mean),
                milliseconds(entry.seconds.total),
                "A/A control" if entry.name == found.references.control else _verdict(entry, baseline),
            ]
        )
    return rows


def marked(entry: StrategyRow) -> str:
    """The name of a strategy, with what a person answered in its run if they had a hand in it."""
    return f"{BY_HAND} {entry.name} ({entry.person.words})" if entry.person else entry.name


def reference_notes(found: Comparison) -> list[str]:
    """A line for every reference that is no strategy."""
    references, planned = found.references, found.protocol.planned
    every = references.all_labels
    notes = [
        f"{found.protocol.metric.title} with all pool labels: {fixed(every.accuracy.mean)}{_missing(every.presence, planned)}."
    ]
    if (oracle := references.greedy_oracle) is not None:
        hits = ", ".join(f"{level(target)} at {reached_mean(hit)}" for target, hit in oracle.targets)
        areas = f"AULC {fixed(oracle.aulc)}, final {fixed(oracle.final_accuracy)}"
        gap = _missing(oracle.presence, planned)
        notes.append(f"A greedy oracle, which sees pool and test labels: {hits} labels, {areas}{gap}.")
    if 0 < found.ranked_seeds < planned:
        notes.append(f"Ranks are over {found.ranked_seeds} of {planned} seeds: those that every strategy has.")
    return notes


def at_least(hits: Hits, *, median: bool = False) -> str:
    """Labels to a target with the runs that did not get there at the budget, which they exceed: ``≥ 275.8``.

    In documents of before version 0.2, which do not say that, the mean of those that got there.
    """
    whom, known = (hits.median, hits.median_at_least) if median else (hits.mean, hits.mean_at_least)
    if known is None:
        return whole(whom)
    # The median is one of the runs that did not get there only where half of them did not.
    open_end = 2 * hits.censored >= hits.reached + hits.censored if median else hits.censored > 0
    return ("≥ " if open_end else "") + whole(known)


def reached_mean(hits: Hits) -> str:
    """As `at_least`, and how many got there where that is not all: ``≥ 275.8 (12/50)``."""
    count = hits.reached + hits.censored
    return at_least(hits) + (f" ({hits.reached}/{count})" if hits.censored and hits.reached else "")


def short_verdict(row: StrategyRow) -> str:
    """The words of a verdict for a table; why there is no difference is for the paragraph beneath."""
    return WORDS["none"] if row.verdict == "none" else row.verdict_words


def _missing(presence: Presence, planned: int) -> str:
    """What is to be known about a reference that is not there on every seed."""
    failed = f", {len(presence.errors)} failed" if presence.errors else ""
    return "" if presence.finished == planned else f" ({presence.finished} of {planned} seeds{failed})"


def _verdict(row: StrategyRow, baseline: bool) -> str:
    return "" if baseline and not row.presence.errors else short_verdict(row)


def _one_table(found: Comparison, price: Price) -> str:
    table = aligned(bench_header(found), bench_rows(found))
    notes = [PREVIEW] if found.protocol.planned == 1 else []
    notes += reference_notes(found)
    worth = money_rows(found, price)
    money = f"\n{_wrapped(money_note(found, price))}\n{aligned(money_header(price), worth)}" if worth else ""
    return table + "\n" + "\n".join(notes) + "\n\n" + _wrapped(found.conclusion) + money


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 100, break_on_hyphens=False) + "\n"


def _interval(bounds: tuple[float, float] | None) -> str:
    return "–" if bounds is None else between(*bounds, signed_percent)
