"""The protocol of a bench as a paragraph for the methods section of whoever publishes it."""

from __future__ import annotations

from al_core.comparison.command import command_of
from al_core.comparison.documents import Comparison, DataSource
from al_core.comparison.verdicts import SEEDS_FOR_A_VERDICT
from al_core.ground.numbers import level, listed
from al_core.measures.curves import HELD_ROUNDS
from al_core.reports.findings import Findings
from al_core.task.options import said
from al_core.task.spec import TaskSpec

_START = {
    "random_per_class": "two random labels of each class",
    "typical": "the most typical item of each of as many clusters as there are classes",
}


def write(findings: Findings) -> str:
    """One paragraph per protocol, then how savings were judged, the data, the software and the command; plain text."""
    parts = findings.parts
    blocks = list(dict.fromkeys(_protocol(part) for part in parts))
    blocks.append(_judged(parts[0]))
    blocks += [entry for entry in [_across(findings)] if entry]
    if words := findings.price.words:
        blocks.append(f"Labels were turned into time and money at {words}.")
    data = dict.fromkeys(part.data for part in parts if part.data is not None)
    blocks += [_data(source) for source in data]
    versions = ", ".join(f"{name} {version}" for name, version in parts[0].versions.items())
    blocks.append(f"Software: al-tui {parts[0].version}; the runs were computed by {versions}.")
    blocks.append(f"Computed anew by: {command_of(parts)}")
    return "\n\n".join(blocks) + "\n"


def _data(source: DataSource) -> str:
    words = f"Data: {source.cited}"
    return words if source.fingerprint in words else f"{words} Fingerprint {source.fingerprint}."


def _protocol(part: Comparison) -> str:
    asked, references = part.protocol, part.references
    compared = [row.name for row in part.strategies if row.name not in (references.baseline, references.control)]
    seeds = "one seed" if asked.planned == 1 else f"{asked.planned} paired seeds ({asked.seeds[0]} to {asked.seeds[-1]})"
    start = _START.get(asked.initial_method, asked.initial_method)
    methods = listed(compared) or "random"
    what = f"pool-based active learning with {methods} was run on {seeds}"
    round_of = (
        f"In every round the learner was fitted anew on all labels, {asked.metric.words} was measured on the test items, and"
        f" {asked.batch:,} of the {asked.pool:,} pool items were asked for, until {asked.budget:,} labels were given"
        f"{'' if asked.further.get('noise') else '; labels came from ground truth'}."
    )
    shared = "all strategies of a seed shared the split, the starting set and the learner's random stream"
    some = "some " if part.data is not None and part.data.groups else ""
    tested = f"{some}{asked.test} stratified test items"
    held_out = f"Each seed held out {tested} and began with {asked.initial:,} labels ({start}); {shared}."
    sentences = [f"On {asked.dataset} with the learner {asked.learner}, {what}.", held_out, round_of]
    sentences += said(TaskSpec, asked.further)
    if part.data is not None and (words := part.data.partly_labelled):
        sentences.append(f"{words}.")
    if part.data is not None and part.data.groups:
        sentences.append(f"{part.data.together}.")
    if references.baseline is not None:
        sentences.append("The baseline asked for random items.")
    if references.control is not None:
        sentences.append("A second, independent random served as an A/A control.")
    return " ".join(sentences)


def _judged(part: Comparison) -> str:
    asked = part.protocol
    if asked.least_saving is None:
        return "How savings were judged is not known: the document is of a version before 0.2."
    targets = listed([level(target) for target in asked.targets])
    least = level(asked.least_saving)
    return (
        f"Labels to a target ({targets} test {asked.metric.words}; the first decides) are those at the first of"
        f" {HELD_ROUNDS} consecutive rounds at or above it; runs that did not hold it count as the whole budget."
        " The share of labels saved is 1 − mean labels of the strategy / mean labels of random over paired seeds,"
        " with a 95% interval from"
        " Student's t on the logarithm of that ratio."
        f" A strategy is said to save (or cost) labels with at least {SEEDS_FOR_A_VERDICT} seeds, all finished, if the"
        " interval excludes zero at an error of 4% after Holm's correction over all strategies, the estimate is at least"
        f" {least}, the area under the learning curve (AULC,"
        " trapezoids divided by the range of labels) differs with the same sign, and McNemar's exact"
        " test on who held the target does not speak against it at 5%. AULCs are compared by Wilcoxon's signed-rank test with"
        " Holm's correction; their means have BCa bootstrap intervals."
    )


def _across(findings: Findings) -> str:
    if all(entry.friedman is None for entry in findings.found.across):
        return ""
    return (
        "Over data sets, mean AULCs were compared by Friedman's test, then by Holm's procedure against random and by Nemenyi's"
        " critical difference (Demšar 2006)."
    )
