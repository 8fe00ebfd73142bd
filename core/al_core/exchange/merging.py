"""Sessions on the same data by different annotators, made one: how far they agree, and what they disagree about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path

from al_core.data.origin import short_name
from al_core.exchange.heard import Heard, Together, Voice, annotators, hear, same_classes
from al_core.exchange.written_classes import written_classes
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.measures.reliability import Agreement, agreement
from al_core.sessions.actions import LONGEST_NOTE, Action, Disagreed, Flagged, Labelled, Named, Skipped, Status
from al_core.sessions.class_actions import ClassAction
from al_core.sessions.events import Clock, utc_now
from al_core.sessions.ledger import Ledger
from al_core.sessions.settings import Settings
from al_core.sessions.store import SessionFile

MERGED_BY = "merge"
"""In whose name what nobody in particular said is written."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An item that is open, with what was said of it: who, and which class by its number in the merged session."""

    item: str
    given: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """How annotators compare.

    Parameters
    ----------
    names : of the annotators, in the order of the alphabet.
    shared : items that at least two of them have labelled.
    agreed : those with the same label.
    agreement : kappa or alpha over these, with intervals; classes by their numbers in the merged session.
    disagreements : what they do not agree about and nobody has decided, ordered by item.
    decided : items that they did not agree about and that somebody has decided.
    labels : labels in the merged session: what was agreed on or decided, and what only one has labelled.
    """

    names: tuple[str, ...]
    shared: int
    agreed: int
    agreement: Agreement
    disagreements: tuple[Disagreement, ...]
    decided: int
    labels: int

    @property
    def kappa(self) -> float | None:
        """The value of the agreement; None where nothing is shared."""
        return self.agreement.overall.value


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a merged session will hold."""

    settings: Settings
    classes: tuple[ClassAction, ...]
    actions: tuple[tuple[str, Action], ...]
    merged: Merged


def merge(paths: Sequence[Path], out: Path, *, adjudicates: bool = False, clock: Clock = utc_now) -> Merged:
    """Make the session ``out`` from others, which are only read. In whatever order they are given, and whether some of them
    were merged before, it holds the same.

    What all say, or only one says, becomes a label in the name of who gave it, or of the first by the alphabet. What they
    disagree about stays without a label, to be decided; what was decided stays decided, unless somebody says something else who
    was not known then. Every voice is noted, so that agreement can be told and sessions can be merged again. Notes are kept.

    Parameters
    ----------
    adjudicates : whether the session only asks what is open, and tells nobody who said what; notes on that are left out of it.

    Raises
    ------
    UserError
        The sessions are about different data, or ``out`` is there already.
    DamagedSession
        One of them is damaged.
    """
    ledgers = []
    for path in paths:
        with SessionFile.open(path, read_only=True) as file:
            ledgers.append(file.ledger)
    plan = _planned(ledgers, [path.stem for path in paths])
    settings, actions = plan.settings, plan.actions
    if adjudicates:
        blind = {entry.item for entry in plan.merged.disagreements}
        settings = replace(settings, adjudicates=True, audit=None, budget=None)
        actions = tuple(entry for entry in actions if not (isinstance(entry[1], Flagged) and entry[1].item in blind))
    with SessionFile.create(out, settings, MERGED_BY, clock=clock) as merged:
        for action in plan.classes:
            merged.append([action], MERGED_BY)
        for name, group in groupby(actions, key=lambda action: action[0]):
            merged.append([action for _, action in group], name)
    return plan.merged


def compare(ledgers: Sequence[Ledger], stems: Sequence[str]) -> Merged:
    """Compare the persons' labels of sessions; machine labels take no part.

    Items are the same where their content is, classes where their names are, or were once, whatever else the data has by now.

    Parameters
    ----------
    stems : what the sessions are called; where two of one annotator are compared they go by these.

    Raises
    ------
    UserError
        They are about different data, see `_check_same_data`.
    """
    return _planned(ledgers, stems).merged


def _planned(ledgers: Sequence[Ledger], stems: Sequence[str]) -> _Plan:
    if len(ledgers) < 2:
        raise UserError("one session is nothing to merge; name two or more")
    _check_same_data(ledgers)
    together = same_classes(ledgers)
    settings = max((_for_all(ledger.settings) for ledger in ledgers), key=_rank)
    classes, number = written_classes(settings.classes, together, _says(ledgers, together))
    numbers = [{label: number[group] for label, group in groups.items()} for groups in together.groups]
    heard = hear(ledgers, stems, numbers)
    actions = tuple(_actions(heard))
    return _Plan(settings, classes, actions, _merged(ledgers, stems, numbers, heard))


def _for_all(settings: Settings) -> Settings:
    """Settings without what holds for one person's part, or for deciding."""
    return replace(settings, share=None, overlap=None, adjudicates=False)


def _rank(settings: Settings) -> tuple[int, str, str]:
    """Whose settings the merged session has: those with the most classes; else whose does not matter, but always the same."""
    return len(settings.classes), settings.fingerprint, json.dumps(asdict(settings), sort_keys=True)


def _check_same_data(ledgers: Sequence[Ledger]) -> None:
    """Refuse sessions that are about different data: neither the same by its content, nor the same file or folder by its name,
    nor with any item in common, not even by way of others among them.

    What is large is begun before all of it is read, and what grows is other content: so a name and a class in common do.
    """
    first, *others = ledgers
    joined = [first]
    while others:
        found = next((one for one in others if any(_same_data(one, other) for other in joined)), None)
        if found is None:
            one = others[0].settings
            raise UserError(
                f"the sessions are about different data: {safe_text(first.settings.dataset)} {first.settings.fingerprint[:8]}"
                f" and {safe_text(one.dataset)} {one.fingerprint[:8]}"
            )
        joined.append(found)
        others.remove(found)


def _same_data(one: Ledger, other: Ledger) -> bool:
    if one.fingerprint == other.fingerprint:
        return True
    if not _items(one).isdisjoint(_items(other)):
        return True
    here, there = (ledger.settings.dataset for ledger in (one, other))
    paths = Path(here).is_absolute() and Path(there).is_absolute()
    return paths and short_name(here) == short_name(there) and not set(one.living).isdisjoint(other.living)


def _items(ledger: Ledger) -> set[str]:
    return {*ledger.answers, *ledger.machine, *ledger.disagreements, *ledger.names}


def _says(ledgers: Sequence[Ledger], together: Together) -> dict[int, str]:
    """What groups of classes mean, in words, of those of which somebody has said so."""
    found: dict[int, set[str]] = {}
    for ledger, groups in zip(ledgers, together.groups, strict=True):
        for label, group in groups.items():
            if says := ledger.scheme.classes[label].says:
                found.setdefault(group, set()).add(says)
    return {group: min(said) for group, said in found.items()}


def _actions(heard: Mapping[str, Heard]) -> Iterator[tuple[str, Action]]:
    """What is written, in order: who says it, and what."""
    settled = {item: here.settled() for item, here in heard.items()}
    for item, (voices, _) in settled.items():
        if len(voices) > 1:
            yield MERGED_BY, Disagreed(item, tuple(sorted(voices)))
    last: list[tuple[str, Action]] = []
    for item, here in heard.items():
        voices, decision = settled[item]
        labels = {label for _, label in voices}
        if decision is not None:
            last.append((decision.annotator, _answer(item, decision.label, decision.status, here)))
        elif len(labels) == 1:
            last.append((min(voices)[0], Labelled(item, labels.pop(), here.choice)))
        elif not labels and here.aside is not None:
            last.append((MERGED_BY, Skipped(item, here.aside, here.choice)))
        if here.notes:
            last.append((MERGED_BY, Flagged(item, safe_text("; ".join(sorted(here.notes)), LONGEST_NOTE))))
    yield from sorted(last, key=lambda entry: entry[0])
    if called := tuple((item, max(here.names)) for item, here in heard.items() if here.names):
        yield MERGED_BY, Named(called)


def _answer(item: str, label: int | None, status: Status, here: Heard) -> Action:
    return Skipped(item, status, here.choice) if label is None else Labelled(item, label, here.choice)


def _merged(
    ledgers: Sequence[Ledger], stems: Sequence[str], numbers: Sequence[Mapping[int, int]], heard: Mapping[str, Heard]
) -> Merged:
    """How the annotators compare; two sessions of the same one go by what they are called."""
    names = sorted({name for ledger in ledgers for name in annotators(ledger)})
    voices = {item: here.settled()[0] for item, here in heard.items()}
    if MERGED_BY in names and not any(who == MERGED_BY for said in voices.values() for who, _ in said):
        names.remove(MERGED_BY)  # what nobody labelled is put aside in its name
    if len(ledgers) == 2 and len(names) == 1 and len(set(stems)) == 2:
        names = list(stems)
        pairs = [(stem, ledger, number) for stem, ledger, number in zip(stems, ledgers, numbers, strict=True)]
        voices = {
            item: frozenset(
                (stem, number[label]) for stem, ledger, number in pairs if (label := ledger.person_label(item)) is not None
            )
            for item in heard
        }
    found = agreement([one_each(said) for said in voices.values()], names)
    settled = {item: here.settled()[1] for item, here in heard.items()}
    open_ = tuple(
        Disagreement(item, tuple(sorted(said)))
        for item, said in voices.items()
        if settled[item] is None and len({label for _, label in said}) > 1
    )
    decided = [decision for decision in settled.values() if decision is not None]
    alike = sum(decision is None and len({label for _, label in voices[item]}) == 1 for item, decision in settled.items())
    labels = alike + sum(decision.label is not None for decision in decided)
    return Merged(tuple(names), found.items, found.alike, found, open_, len(decided), labels)


def agreement_in(ledger: Ledger) -> Agreement | None:
    """How far people agree whose labels are in a session; None where no two have labelled an item."""
    now = ledger.scheme.now
    said = [{(who, now(label)) for who, label in voices} for voices in ledger.disagreements.values()]
    voices = [one_each((who, label) for who, label in told if label is not None) for told in said]
    people = sorted({who for told in voices for who in told})
    found = agreement(voices, people) if len(people) > 1 else None
    return found if found is not None and found.items else None


def one_each(voices: Iterable[Voice]) -> dict[str, int]:
    """Who said which class; who said several said none of them."""
    found: dict[str, set[int]] = {}
    for name, label in voices:
        found.setdefault(name, set()).add(label)
    return {name: labels.pop() for name, labels in found.items() if len(labels) == 1}
