"""What a person does to the classes while labelling. No terminal: a wish goes in, and what to tell comes out."""

from __future__ import annotations

from typing import Literal, NamedTuple

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.labelling.session import LabelSession
from al_tui.screens.label.looking_back import LookingBack
from al_tui.screens.label.present import Present

What = Literal["add", "rename", "merge", "split", "delete", "describe"]


class Wish(NamedTuple):
    """What is to be done.

    Parameters
    ----------
    what : the verb.
    label : to which class; None for a new one.
    text : what the person typed: a name, names with commas between them, or words.
    """

    what: What
    label: int | None
    text: str


class Reclassing:
    """Does to the classes what a person wishes.

    Parameters
    ----------
    present : the item that is there, and the way to the next.
    back : the history, in which answers go when their items are asked again.
    """

    def __init__(self, present: Present, back: LookingBack) -> None:
        self._present = present
        self._back = back

    def do(self, wish: Wish) -> None:
        """Do it, and say what came of it."""
        present = self._present
        if (session := present.writable()) is None:
            return
        if wish.what in ("split", "delete"):
            self._back.go(0)
        said: list[str] = []
        if not present.save(lambda: said.append(self._done(session, wish))):
            return
        present.tell(f"{said[0]} u takes it back.")
        present.machine.wake()
        if session.offer is None:
            present.advance()

    def _done(self, session: LabelSession, wish: Wish) -> str:
        if wish.label is None:
            added = session.add_class(wish.text)
            return f"{_name(session, added)} is a class now{self._by_key(session, added)}."
        before = _name(session, wish.label)
        match wish.what:
            case "rename":
                session.rename_class(wish.label, wish.text)
                return f"{before} is called {_name(session, wish.label)} now{self._by_key(session, wish.label)}."
            case "merge":
                into = self._present.keys(session).called(wish.text)
                count = session.merge_classes(wish.label, into)
                return f"{before} is {_name(session, into)} now, with {_labels(count)}."
            case "split":
                names = [name for name in wish.text.split(",") if name.strip()]
                count, old = session.split_class(wish.label, names), len(session.ledger.classes)
                new = ", ".join(
                    f"{_name(session, number)}{self._by_key(session, number)}" for number in range(old - len(names), old)
                )
                return f"{before} is split into {new}; {_again(count)}"
            case "delete":
                return f"{before} is deleted; {_again(session.delete_class(wish.label))}"
            case "describe":
                session.describe_class(wish.label, wish.text)
                return f"{before} is described; ? shows it."
        raise UserError("nothing was done to the classes")

    def _by_key(self, session: LabelSession, label: int) -> str:
        keys = self._present.keys(session)
        key = keys.keys[keys.numbers.index(label)]
        return f" ({key})" if key else " (Tab)"


def _name(session: LabelSession, label: int) -> str:
    return safe_text(session.ledger.classes[label], 30)


def _labels(count: int) -> str:
    return f"{count:,} label{'' if count == 1 else 's'}"


def _again(count: int) -> str:
    return f"{count:,} item{' is' if count == 1 else 's are'} asked again next." if count else "it had no labels."
