"""What stands in the books of a session: answers, labels, marks, classes, what can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from al_core.measures.worth import Times
from al_core.sessions.actions import RoundFinished, Settings, Source
from al_core.sessions.entries import Choices, Given, MachineLabel, Step
from al_core.sessions.events import GENESIS
from al_core.sessions.scheme import Scheme


@dataclass
class Books:
    """What there is. Read it freely; only a ledger's `apply` changes it.

    Parameters
    ----------
    settings : what the session began with.
    strategy, learner, batch : what holds now.
    answers : item → the person's answer.
    machine : item → machine label; a person's answer to the same item counts before it.
    flags : item → note.
    done, undone : steps that undo and redo go through, the latest last.
    rounds : finished rounds in order.
    current, how : the item on the screen and why it is there; None when none is.
    disagreements : item → (annotator, label) of merged sessions.
    choices : item → how it was chosen; none for what was chosen in format 1.
    names : item → its name, as far as it has one.
    reopened : item → the class of the person's label that it had when that class was split or deleted; it is asked again.
    scheme : the classes, and what has become of each that there was.
    times : seconds that each answer of a person took, as far as that was measured; also of those taken back.
    labelled, later : items with a label of the person, and those that were put off.
    revision : counts every change to answers or machine labels, so that a model knows what it has not seen.
    started : time of the first event.
    sequence, checksum, time : of the last event.
    """

    settings: Settings
    strategy: str
    learner: str
    batch: int
    answers: dict[str, Given] = field(default_factory=dict)
    machine: dict[str, MachineLabel] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    rounds: list[RoundFinished] = field(default_factory=list)
    current: str | None = None
    how: Source | None = None
    disagreements: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)
    names: dict[str, str] = field(default_factory=dict)
    reopened: dict[str, int] = field(default_factory=dict)
    scheme: Scheme = field(init=False)
    times: Times = field(default_factory=Times)
    labelled: int = 0
    later: int = 0
    revision: int = 0
    started: str = ""
    sequence: int = 1
    checksum: str = GENESIS
    time: str = ""

    def __post_init__(self) -> None:
        self.scheme = Scheme.of(self.settings.classes)

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self.settings.dataset

    @property
    def fingerprint(self) -> str:
        """Content digest of the data set."""
        return self.settings.fingerprint

    @property
    def classes(self) -> tuple[str, ...]:
        """What classes are called, by number: those of the settings, then those that were added. Some may be no more."""
        return self.scheme.names

    @property
    def living(self) -> tuple[str, ...]:
        """What the classes are called that there are."""
        return self.scheme.living

    @property
    def added(self) -> int:
        """How many classes were added since, the last ones."""
        return len(self.scheme.classes) - len(self.settings.classes)

    @property
    def skipped(self) -> int:
        """Items with an answer that is no label."""
        return len(self.answers) - self.labelled

    @property
    def labels(self) -> dict[str, int]:
        """Item → the label that holds: the person's, or else the machine's; none where the person's answer is no label."""
        known = {item: entry.label for item, entry in self.machine.items() if item not in self.answers}
        known.update({item: given.label for item, given in self.answers.items() if given.label is not None})
        return known

    @property
    def person_labels(self) -> dict[str, int]:
        """Item → label, of the person only."""
        return {item: given.label for item, given in self.answers.items() if given.label is not None}

    @property
    def curve(self) -> tuple[tuple[int, float], ...]:
        """Learning curve: (labels, test accuracy) of the latest model at every number of labels, labels increasing."""
        points = {entry.labels: entry.accuracy for entry in self.rounds if entry.accuracy is not None}
        return tuple(sorted(points.items()))

    @property
    def open_disagreements(self) -> tuple[str, ...]:
        """Items that merged annotators do not agree on and that nobody has decided since."""
        return tuple(item for item in self.disagreements if item not in self.answers)

    @property
    def disputed(self) -> tuple[str, ...]:
        """Items of which merged annotators said different things, decided or not; ordered by item."""
        now = self.scheme.now
        told = {item: {now(label) for _, label in said} for item, said in self.disagreements.items()}
        return tuple(sorted(item for item, labels in told.items() if len(labels) > 1))

    def history(self, count: int) -> tuple[Step, ...]:
        """The latest ``count`` steps, the latest first."""
        return tuple(islice(reversed(self.done), count))

    def person_label(self, item: str) -> int | None:
        """The person's label of the item; None when there is none."""
        given = self.answers.get(item)
        return None if given is None else given.label
