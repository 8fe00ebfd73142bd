"""A labelling session whose model is made up, so that the screen can be tested without fitting anything."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import cache
from typing import Any

from rich.text import Text
from textual.pilot import Pilot
from textual.widget import Widget

from al_core.compute.inline import Inline
from al_core.data.contents import Contents, open_contents
from al_core.data.how_far import HowFar
from al_core.labelling.items import Items
from al_core.labelling.messages import Explained, ModelReply, ModelRequest, Suspect
from al_core.labelling.model import confident_labels as confident_labels
from al_core.labelling.session import LabelSession
from al_core.learners.voices import Voice
from al_core.run.state import Pick
from al_core.sessions.actions import Settings
from al_core.sessions.store import SessionFile
from al_tui.label_app import LabelApp
from al_tui.screens.label.find import Find
from al_tui.screens.label.screen import LabelScreen
from al_tui.widgets.keybar import KeyBar

MOMENT = 0.02
"""Between two looks at something that this event loop cannot hasten."""
START = (11, 2, 33, 4, 55, 6, 77, 8, 99, 10)


@cache
def the_contents() -> Contents:
    return open_contents("digits")


@cache
def the_items() -> Items:
    ids = tuple(f"{row:016x}" for row in range(1797))
    return Items("digits", "d" * 32, the_contents().classes, ids, START, tuple(range(1257)), the_contents().truth)


def shares(label: int, row: int) -> tuple[float, ...]:
    """Class probabilities that lean to ``label``, more or less so."""
    weights = [1.0 + (other * row) % 3 for other in range(10)]
    weights[label] += 10 + row % 30
    return tuple(weight / sum(weights) for weight in weights)


def made_up(request: ModelRequest) -> ModelReply:
    """A model that gets better with every label and asks for items in a fixed order."""
    ids, truth = the_items().ids, the_items().truth
    assert truth is not None
    taken = {item for item, _ in request.labels} | set(request.aside) | set(request.audit)
    free = [row for row in range(100, 1257) if ids[row] not in taken]
    count = len(request.labels)
    k = request.spec.batch

    def guess(row: int) -> int:
        return truth[row] if row % 4 else (truth[row] + 5) % 10

    picks = tuple(Pick(row, 0.3 - row / 10_000, place, shares(guess(row), row)) for place, row in enumerate(free[:k], 1))
    reserve = tuple(Pick(row, None, None, shares(guess(row), row)) for row in free[k : k + 30])
    near = tuple(tuple(START[:3]) for _ in picks)
    accuracy = round(1 - 0.9 * 0.9**count, 4)
    told = tuple(guess(ids.index(item)) for item in request.audit)
    return ModelReply(request.revision, count, accuracy, 0.9**count, None, len(free), picks, near, reserve, b"", 0, told)


class Stand(Executor):
    """Answers at once from made-up models; ``held`` keeps replies back, ``fail`` makes the worker fail.

    ``far`` says how far a person's own data is read, in turn; where that is not known yet, whoever asks waits in ``unread``.
    ``voices`` are what the members of the model have to say.
    """

    def __init__(self) -> None:
        self.held: list[Callable[[], None]] | None = None
        self.fail: Callable[[str], Exception | None] = lambda name: None
        self.voices: tuple[Voice, ...] = ()
        self.suspects: tuple[Suspect, ...] = ()
        self.asked: list[str] = []
        self.far: list[HowFar | None] = [None]
        self.unread: list[Callable[[], None]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        name = fn.__name__
        self.asked.append(name)
        future: Future[Any] = Future()
        if name == "open_plane" and args[1]:
            return future  # by neighbours it takes as long as a screen full of tests

        def finish() -> None:
            if (error := self.fail(name)) is not None:
                future.set_exception(error)
            elif name in MADE_UP:
                future.set_result(MADE_UP[name](self, *args))
            else:
                done = Inline().submit(fn, *args)
                error = done.exception()
                future.set_exception(error) if error is not None else future.set_result(done.result())

        if self.held is not None and name == "model_round":
            self.held.append(finish)
        elif name == "read_on" and not self.far:
            self.unread.append(finish)
        else:
            finish()
        return future


MADE_UP: dict[str, Callable[..., Any]] = {
    "open_items": lambda stand, spec, origin=None: the_items(),
    "read_on": lambda stand, origin, seconds=0.0: stand.far.pop(0),
    "model_round": lambda stand, request: replace(made_up(request), voices=stand.voices),
    "claim_holds": lambda stand, request: False,
    "explain_item": lambda stand, request, row: Explained(
        Pick(row, None, None, shares(the_contents().truth[row], row)), START[:3]
    ),
    "find_suspects": lambda stand, request: stand.suspects,
    "confident_labels": lambda stand, request, above: tuple((row, the_contents().truth[row], 0.99) for row in range(200, 205)),
}
"""What answers in place of the work, by its name."""


class LabelDesk:
    """The labelling app under test with its executor."""

    def __init__(self, app: LabelApp, stand: Stand) -> None:
        self.app, self.stand = app, stand

    @property
    def session(self) -> LabelSession:
        assert self.app.labeller.session is not None
        return self.app.labeller.session

    @property
    def screen(self) -> LabelScreen:
        screen = self.app.screen
        assert isinstance(screen, LabelScreen)
        return screen

    @property
    def labels(self) -> list[int | None]:
        """What was answered, in the order of first answers."""
        return [given.label for given in self.session.ledger.answers.values()]

    async def rest(self, pilot: Pilot[None]) -> None:
        """Wait until nothing is learnt, asked or waited for; gives up when a reply is held back."""
        for _ in range(1000):
            await pilot.pause()
            labeller = self.app.labeller
            if labeller.session is None and labeller.problem is None and self.app.is_running and self.app.refusal is None:
                await asyncio.sleep(MOMENT)
                continue
            screen = self.app.screen
            if isinstance(screen, LabelScreen) and screen.painting:
                await asyncio.sleep(MOMENT / 10)  # pauses alone can be over before a timer is due
                continue
            busy = isinstance(screen, LabelScreen) and (screen.waiting or labeller.learning)
            busy = busy or (isinstance(screen, Find) and screen.looking)
            if busy and self.stand.held is None:
                await asyncio.sleep(MOMENT)
                continue
            break
        await pilot.pause()
        await pilot.pause()

    async def press(self, pilot: Pilot[None], *keys: str) -> None:
        """Press keys one after the other, each when the screen has come to rest."""
        await self.rest(pilot)
        for key in keys:
            await pilot.press(key)
            await self.rest(pilot)

    @property
    def told(self) -> str:
        """The message in the bottom line, if there is one."""
        text = self.app.screen.query_one(KeyBar).told
        return "" if text is None else text.plain.strip()

    def shown(self, widget: type[Widget] | str) -> str:
        """The text that a widget of the screen shows."""
        rendered = self.app.screen.query_one(widget).render()
        assert isinstance(rendered, Text)
        return rendered.plain


def on_disk(at: LabelDesk) -> list[int | None]:
    """What a second reader finds in the file."""
    with SessionFile.open(at.session.file.path, read_only=True) as file:
        return [given.label for given in file.ledger.answers.values()]


SETTINGS = Settings("digits", "", ())
