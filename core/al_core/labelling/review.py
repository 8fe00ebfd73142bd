"""What a review goes through: items that annotators disagree about, then labels that the model doubts, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from al_core.ground.numbers import percent
from al_core.ground.safe_text import safe_text
from al_core.labelling.doubts import given_before
from al_core.labelling.messages import Suspect
from al_core.labelling.session import LabelSession
from al_core.sessions.ledger import Ledger


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """One item to look at again, and why; ``opinion`` when that tells what the model thinks."""

    item: str
    why: str
    opinion: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """Entries, and which of them is on the screen."""

    entries: tuple[ReviewEntry, ...]
    position: int = 0

    @property
    def entry(self) -> ReviewEntry:
        """The one on the screen."""
        return self.entries[self.position]

    def next(self) -> Review | None:
        """The review one entry further; None at the end."""
        return replace(self, position=self.position + 1) if self.position + 1 < len(self.entries) else None


def disagreements(session: LabelSession) -> tuple[ReviewEntry, ...]:
    """Items about which the annotators of merged sessions disagree and that nobody has decided."""
    classes, ledger = session.ledger.classes, session.ledger
    found = []
    for item in ledger.open_disagreements:
        if item in session.items.row_of:
            voices = ledger.disagreements[item]
            said = ", ".join(f"{safe_text(name, 30)} said {classes[label]}" for name, label in voices)
            blind = f"they said {' or '.join(told(ledger, item))}"
            found.append(ReviewEntry(item, blind if ledger.settings.adjudicates else said))
    return tuple(found)


def told(ledger: Ledger, item: str) -> tuple[str, ...]:
    """Which classes merged annotators gave to an item, in the order of the classes, and not who which."""
    now = ledger.scheme.now
    labels = {found for _, label in ledger.disagreements.get(item, ()) if (found := now(label)) is not None}
    return tuple(ledger.classes[label] for label in sorted(labels))


def suspected(session: LabelSession, suspects: Sequence[Suspect]) -> tuple[ReviewEntry, ...]:
    """Labels that a model which did not know them doubts; first those from before there was the class that it says."""
    classes, ids = session.ledger.classes, session.items.ids
    entries: tuple[list[ReviewEntry], list[ReviewEntry]] = ([], [])
    for one in suspects:
        before = given_before(session.ledger, ids[one.row], one.suggested)
        when = f" before there was {classes[one.suggested]}" if before else ""
        words = (
            f"you said {classes[one.label]}{when}; a model that did not know it says {classes[one.suggested]}"
            f" (chance of {classes[one.label]}: {percent(one.confidence)})"
        )
        entries[0 if before else 1].append(ReviewEntry(ids[one.row], words, opinion=True))
    return (*entries[0], *entries[1])
