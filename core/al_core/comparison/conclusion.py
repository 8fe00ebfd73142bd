"""A comparison in plain words: what was compared, what was found, how sure, what not to conclude. Pure Python."""

from __future__ import annotations

from collections.abc import Sequence

from al_core.comparison.documents import Across, Comparison, StrategyRow
from al_core.comparison.verdicts import SEEDS_FOR_A_VERDICT
from al_core.ground.numbers import between, level, listed, p_value, rank, signed_percent
from al_core.measures.curves import HELD_ROUNDS
from al_core.task.options import said
from al_core.task.spec import TaskSpec


def conclusion(found: Comparison) -> str:
    """One paragraph about one comparison."""
    protocol, rows = found.protocol, found.strategies
    planned = protocol.planned
    control = found.references.control
    others = [row.name for row in rows if row.name not in ("random", control)]
    seeds = "1 seed" if planned == 1 else f"{planned} paired seeds"
    baseline = any(row.name == "random" for row in rows)
    compared = f"{listed(others or ['random'])}{' with random' if others and baseline else ''}"
    asked = "1 label" if protocol.batch == 1 else f"{protocol.batch:,} labels"
    task = f"{protocol.dataset} with {protocol.learner}, {asked} a round, {protocol.budget} in all"
    if rows and all(len(row.presence.errors) == planned for row in rows):
        return f"Every run failed on {task}: nothing was compared, and nothing can be said."
    what = f"labels to {level(protocol.target)} test {protocol.metric.words} over {seeds}, held for {HELD_ROUNDS} rounds"
    sentences = [f"Compared {compared} on {task}: {what}.", *said(TaskSpec, protocol.further)]
    if found.data is not None and (words := found.data.partly_labelled):
        sentences.append(f"{words}.")
    if found.data is not None and found.data.groups:
        sentences.append(f"{found.data.together}.")
    finished = min((row.presence.finished + len(row.presence.errors) for row in rows), default=0)
    failed = [row.name for row in rows if row.presence.errors]
    if failed:
        sentences.append(f"Failed on some seeds, so nothing is concluded about them: {listed(failed)}.")
    if not baseline:
        sentences.append("Random did not run, so there is nothing to compare with.")
    elif finished < planned and all(row.verdict == "preview" for row in rows):
        sentences.append(f"Only {finished} of {planned} seeds are finished: intervals may be looked at, verdicts wait.")
    elif planned < SEEDS_FOR_A_VERDICT:
        sentences.append(
            f"{seeds[0].upper()}{seeds[1:]} {'is' if planned == 1 else 'are'} too few for a verdict"
            f" ({SEEDS_FOR_A_VERDICT} are needed): at this number chance alone often looks like a saving."
        )
    else:
        sentences += _found(rows, control)
    sentences += _control(found.control)
    if helped := [f"{row.name} ({row.person.words})" for row in rows if row.person]:
        sentences.append(of_a_person(helped))
    sentences.append(
        "This holds for this data set, learner, batch size and starting set; it does not say that a strategy does the same"
        " elsewhere, nor that those without a shown difference are equal."
    )
    return " ".join(sentences)


def of_a_person(helped: Sequence[str]) -> str:
    """The sentence about runs that a person had a hand in, each named with what they answered."""
    return (
        f"A person answered for {listed(helped)}: what such a run reached is not the strategy's alone, so no saving is claimed."
    )


def across_words(entry: Across) -> str:
    """One paragraph about several data sets."""
    sets, found = entry.datasets, entry.friedman
    if entry.partial:
        gaps = [f"{listed(names)} on {dataset}" for dataset, names in entry.partial.items()]
        return f"Over data sets nothing is tested: not all of the {entry.seeds} seeds are there of {listed(gaps)}."
    if found is None:
        return "Over data sets nothing is tested: that needs at least three strategies, random among them, on two data sets."
    order = sorted(found.ranks, key=found.ranks.__getitem__)
    ranks = ", ".join(f"{name} {rank(found.ranks[name])}" for name in order)
    sentences = [f"Over {len(sets)} data sets ({listed(sets)}) with {entry.learner}, mean ranks by AULC: {ranks}."]
    chance = p_value(found.p_value)
    shown = f"(p {chance if chance.startswith('<') else f'= {chance}'})"
    apart = [name for name, p in found.p_holm.items() if p <= 0.05]
    if found.p_value > 0.05:
        sentences.append(f"Friedman's test shows no difference between the strategies {shown}.")
    elif apart:
        sentences.append(
            f"Friedman's test shows a difference {shown}; with Holm's correction these differ from random: {listed(apart)}."
        )
    else:
        sentences.append(f"Friedman's test shows a difference {shown}, but with Holm's correction none from random.")
    sentences.append(f"With {len(sets)} data sets only large and regular differences can be shown.")
    return " ".join(sentences)


def _found(rows: Sequence[StrategyRow], control: str | None) -> list[str]:
    sentences = []
    for verdict, text in (("saves", "Saves labels"), ("costs", "Costs labels")):
        if hits := [_with_interval(row) for row in rows if row.verdict == verdict and row.name != control]:
            sentences.append(f"{text} against random: {listed(hits)}.")
    others = [row for row in rows if row.name not in ("random", control)]
    if none := [_with_interval(row) for row in others if row.verdict == "none"]:
        sentences.append(f"No difference shown: {listed(none)}.")
    if withheld := [row for row in others if row.verdict == "preview" and not row.presence.errors]:
        reasons = dict.fromkeys(row.verdict_words for row in withheld)
        told = [(listed([row.name for row in withheld if row.verdict_words == words]), words) for words in reasons]
        sentences += [f"About {names}: {words}." for names, words in told]
    if censored := [f"{row.name} on {row.headline.held.censored}" for row in rows if row.headline.held.censored]:
        sentences.append(f"The target was not held by {listed(censored)} seeds; these count as the whole budget.")
    return sentences


def _with_interval(row: StrategyRow) -> str:
    share = row.saved.share
    reason = row.verdict_words.partition(": ")[2]
    if share.bounds is None:
        return f"{row.name} ({reason})"
    low, high = share.bounds
    but = f", but {reason}" if reason else ""
    return f"{row.name} ({signed_percent(share.value)}, 95% interval {between(low, high, signed_percent)}{but})"


def _control(control: StrategyRow | None) -> list[str]:
    bounds = None if control is None else control.saved.share.bounds
    if bounds is None:
        return []
    low, high = bounds
    text = f"A second, independent random against the first shows {between(low, high, signed_percent)}: that much is chance"
    warning = ", and here chance was unkind, so look at the other figures with care." if low > 0 or high < 0 else "."
    return [text + warning]
