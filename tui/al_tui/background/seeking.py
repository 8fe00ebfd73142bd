"""What a person looks for in a session: by words, by likeness, among their answers. Workers read; lists are made in slices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from al_core.labelling.answered import KINDS, TOGETHER, Answered, answered_items, answered_line, changed_items
from al_core.labelling.finding import Found, find_items, items_like
from al_core.labelling.items import Items
from al_core.labelling.session import LabelSession
from al_core.sessions.actions import STATUS_WORDS
from al_tui.background.patience import Patience

T = TypeVar("T")


class Sought(NamedTuple):
    """What was found.

    Parameters
    ----------
    items : the items, in the order in which they are offered.
    words : what is said of one of them, made when it is shown.
    said : how many they are, and of how many.
    counts : of kinds: how many there are of each; empty where there are no kinds.
    """

    items: Sequence[str] = ()
    words: Callable[[str], str] = str
    said: str = ""
    counts: Sequence[int] = ()


class Seeker:
    """Looks for items of a session, or waits in vain while there is none.

    Parameters
    ----------
    workers : who reads the data.
    session : gives the session, once it is open.
    """

    def __init__(self, workers: Patience, session: Callable[[], LabelSession | None]) -> None:
        self._workers, self._session = workers, session

    async def find(self, text: str) -> Sought:
        """Items with these words in them; none of no words."""
        if not text.strip():
            return Sought(said="Type words: they are looked for in texts, columns and names.")
        found, items = await self._asked(lambda items: (find_items, text))
        words = f"{found.total:,} of {found.among:,} items" if found.total else f"in none of {found.among:,} items"
        return self._sought(found, items, words)

    async def like(self, these: Iterable[str], of: str) -> Sought:
        """Items without an answer that are most like one of these; ``of`` says what they are."""
        session, wanted = self._session(), tuple(these)
        if session is None or not wanted:
            return Sought(said=f"Nothing that is learnt from is labelled {of} yet." if session is not None else "")
        ledger = session.ledger

        def question(items: Items) -> tuple[object, ...]:
            said = (*ledger.answers, *ledger.machine, *ledger.choices.audited)
            closed = tuple(items.row_of[item] for item in said if item in items.row_of)
            return items_like, tuple(items.row_of[item] for item in wanted if item in items.row_of), closed

        found, items = await self._asked(question)
        words = f"the nearest of {found.total:,} that are open, most like {of}" if found.total else "nothing is open any more"
        return self._sought(found, items, words)

    async def _asked(self, question: Callable[[Items], tuple[object, ...]]) -> tuple[Found, Items]:
        """What a worker finds, and the items it is about; asked again where there are others by then."""
        while True:
            session = self._session()
            assert session is not None
            items, spec = session.items, session.ledger.settings.spec()
            function, *wanted = question(items)
            found: Found = await self._workers.ask(function, spec, items.origin, *wanted)  # type: ignore[arg-type]
            if items is session.items:
                return found, items

    def _sought(self, found: Found, items: Items, said: str) -> Sought:
        told = {items.ids[match.row]: match.words for match in found.matches}
        here = [item for item in told if item in items.row_of]
        more = f", the first {len(here)} are shown" if found.total > len(here) else ""
        return Sought(here, lambda item: self._words(item, told[item]), said + more)

    def _words(self, item: str, told: str) -> str:
        """What stands in an item, what it is called, and what has become of it."""
        session = self._session()
        if session is None:
            return told
        ledger, name = session.ledger, session.items.name_of(item)
        given, machine = ledger.answers.get(item), ledger.machine.get(item)
        label = given.label if given is not None else None if machine is None else machine.label
        answer = "" if label is None else f"= {ledger.classes[label]}"
        if given is not None and given.label is None:
            answer = STATUS_WORDS[given.status]
        shown = name if given is not None or session.items.truth is None else name.rpartition("/")[2]
        return " · ".join(filter(None, (answer, shown, told))) or f"item {item[:8]}"


class AnswerList:
    """The answers of a session, gathered once and cut to what is wanted.

    Parameters
    ----------
    session : the session.
    guesses : item → what the model thought of it before it was answered.
    """

    def __init__(self, session: LabelSession, guesses: Mapping[str, int]) -> None:
        self._session, self._guesses = session, guesses
        self._items: list[str] | None = None
        self._changed: set[str] = set()

    async def cut(self, kind: int, text: str) -> Sought:
        """Those of a kind with all words of ``text`` in what is said of them, the newest first."""
        if self._items is None:
            session = self._session
            self._changed = {item async for item in in_slices(changed_items(session.ledger)) if item is not None}
            # No line is kept: a million of them would be gone through again and again by whoever looks for garbage.
            self._items = [item async for item in in_slices(answered_items(session)) if item is not None]
        wanted, holds = text.casefold().split(), KINDS[kind].holds
        found, counts = [], [0] * len(KINDS)
        async for item in in_slices(self._items):
            line = self._line(item)
            for number, other in enumerate(KINDS):
                counts[number] += other.holds(line)
            if holds(line) and (not wanted or all(word in self._said(line).casefold() for word in wanted)):
                found.append(item)
        said = f"{len(found):,} of {len(self._items):,} answers" if self._items else "Nothing is answered yet."
        return Sought(found, self.words, said, counts)

    def words(self, item: str) -> str:
        """What is said of one."""
        return self._said(self._line(item))

    def _line(self, item: str) -> Answered:
        return answered_line(self._session, self._guesses, self._changed, item)

    def _said(self, line: Answered) -> str:
        return line.words(self._session.ledger.classes, self._session.items.name_of(line.item))


async def in_slices(things: Iterable[T]) -> AsyncIterator[T]:
    """The things, one after the other; after every few hundred, whatever else is due has its turn."""
    for number, thing in enumerate(things, 1):
        yield thing
        if number % TOGETHER == 0:
            await asyncio.sleep(0)
