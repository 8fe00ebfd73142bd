"""A person who labels without a terminal, and a machine that says what it is told to say."""

from __future__ import annotations

from al_core.data.how_far import HowFar
from al_core.ground.errors import UserError
from al_core.labelling.items import Items
from al_core.labelling.messages import Explained, ModelReply, Suspect
from al_core.labelling.session import LabelSession, Offer
from al_core.labelling.view import LabelView
from al_core.run.state import Pick
from al_core.sessions.actions import Settings
from al_core.sessions.store import SessionFile
from al_tui.screens.label.flow import LabelFlow, Turn

CLASSES = ("cat", "dog", "eel")
IDS = tuple(f"{row:016x}" for row in range(100))
ITEMS = Items("pets", "f" * 32, CLASSES, IDS, (3, 1), tuple(range(90)), tuple(row % 3 for row in range(100)))
SETTINGS = Settings("pets", "f" * 32, CLASSES, "logistic", "margin", 1, 0, "random_per_class")
CAT, DOG, EEL = range(3)


class MadeUp:
    """A machine that says what it is told to say."""

    def __init__(self, session: LabelSession | None) -> None:
        self.session = session
        self.bound: dict[str, str] = {}
        self.ready = False
        self.problem: str | None = None
        self.reading: HowFar | None = None
        self.woken = 0
        self.found: tuple[Suspect, ...] = ()
        self.error: Exception | None = None
        self.on_the_way: set[int] = set()
        self.likes: dict[int, tuple[str, ...]] = {}
        self.asked_alike: list[int] = []

    def has_look(self, row: int) -> bool:
        return row not in self.on_the_way

    def wake(self) -> None:
        self.woken += 1

    async def explain(self, offer: Offer) -> bool:
        assert self.session is not None
        if self.error is not None:
            raise self.error
        self.session.explained(Explained(Pick(offer.row, None, None, (0.1, 0.8, 0.1)), (3,)))
        return True

    async def alike(self, row: int) -> tuple[str, ...]:
        self.asked_alike.append(row)
        if self.error is not None:
            raise self.error
        return self.likes.get(row, ())

    async def suspects(self) -> tuple[Suspect, ...]:
        if self.error is not None:
            raise self.error
        return self.found

    async def label_by_model(self, above: float) -> int | None:
        assert self.session is not None
        return self.session.label_by_model([(40, EEL, 0.99), (41, EEL, 0.6)], above)

    async def change(self, strategy: str, learner: str, batch: int) -> None:
        assert self.session is not None
        if strategy == "none":
            raise UserError("no strategy 'none'")
        self.session.change(strategy=strategy, learner=learner, batch=batch)

    def learn(self, *rows: int) -> None:
        """A model that knows every answer asks for these rows, the first of them with a guess of dog."""
        assert self.session is not None
        request = self.session.request()
        assert request is not None
        picks = tuple(Pick(row, 0.1, place, (0.2, 0.5, 0.3)) for place, row in enumerate(rows, 1))
        near = tuple((3, 1) for _ in rows)
        known = len(request.labels)
        reply = ModelReply(request.revision, known, 0.9, 0.1, None, 50, picks, near, (), b"", 540)
        assert self.session.accept(request, reply) is None


class Desk:
    """A person who sees everything that is drawn; seconds pass as they say."""

    def __init__(self, machine: MadeUp) -> None:
        self.machine = machine
        self.now = 100.0
        self.flow = LabelFlow(machine, lambda: self.now)
        self.flow.drawn(self.flow.view())

    @property
    def session(self) -> LabelSession:
        assert self.machine.session is not None
        return self.machine.session

    @property
    def view(self) -> LabelView:
        return self.flow.view()

    @property
    def row(self) -> int | None:
        return None if self.view.asked is None else self.view.asked.offer.row

    def do(self, turn: Turn) -> str:
        """Look at what came of a command; returns what was told."""
        assert turn.view == self.view
        if turn.paint:
            self.flow.drawn(turn.view)
            self.flow.on_terminal()
        return " | ".join(told.words for told in turn.told)

    async def wait(self, turn: Turn) -> str:
        """Wait for the worker as well."""
        assert turn.later is not None
        self.do(turn)
        return self.do(await turn.later.work())

    def label(self, *labels: int) -> None:
        for label in labels:
            assert self.do(self.flow.label(label)) == ""

    @property
    def labels(self) -> dict[int, int | None]:
        """Row → label, as a second reader finds them in the file."""
        with SessionFile.open(self.session.file.path, read_only=True) as file:
            return {IDS.index(item): given.label for item, given in file.ledger.answers.items()}

    @property
    def past(self) -> list[int]:
        return [past.row for past in self.view.past]


def learnt(at: Desk) -> None:
    """The start is labelled, and a model has chosen row 7."""
    at.label(CAT)
    at.machine.ready = True
    at.label(DOG)
    assert at.row is None
    at.machine.learn(7)
    at.do(at.flow.changed())
    assert at.row == 7
