"""The classes with their keys, and what one can do to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from al_core.ground.safe_text import safe_text
from al_core.sessions.scheme import Scheme
from al_tui.commands.class_keys import ClassKeys, keys_of
from al_tui.commands.command import Command, bindings
from al_tui.commands.table import CLASSES
from al_tui.screens.ask import Ask
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.screens.label.described import Described, example_rows
from al_tui.screens.label.part import Part
from al_tui.screens.label.reclassing import What, Wish
from al_tui.theme.colours import palette
from al_tui.widgets.bars import clipped

_NAME, _SAYS = 24, 60


class ChangesClasses(Part):
    """The part of the labelling screen that opens the list of classes."""

    @property
    def described(self) -> Described | None:
        """What the classes mean, for the help; None before there are any."""
        session, looks = self.flow.session, self.labeller.looks
        if session is None or looks is None:
            return None
        rows = example_rows(session)
        examples = {label: looks.all(several) for label, several in rows.items()}
        scheme = session.ledger.scheme
        return Described(scheme, keys_of(scheme, self.app.bound), examples, self.labeller.begin.says)

    def action_classes(self) -> None:
        if (session := self._whole()) is None:
            return

        def do(wish: Wish | None) -> None:
            if wish is not None:
                self._take(self.flow.reclass(wish))

        ledger = session.ledger
        keys = keys_of(ledger.scheme, self.app.bound)
        self.app.push_screen(ClassList(ledger.scheme, keys, Counter(ledger.person_labels.values())), do)


class Question(NamedTuple):
    """What is asked about a class, what stands in the line to begin with, and words that it is completed to."""

    words: str
    suggestion: str = ""
    names: tuple[str, ...] = ()


class ClassList(ModalScreen[Wish | None], DismissedOnce[Wish | None]):
    """Dismissed with what is to be done to the classes, or with None.

    Parameters
    ----------
    scheme : the classes.
    keys : their keys.
    counts : labels of persons of each.
    """

    CSS_PATH = "../dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(CLASSES), ("escape", "dismiss(None)", "Back")]
    commands: tuple[Command, ...] = CLASSES

    def __init__(self, scheme: Scheme, keys: ClassKeys, counts: Mapping[int, int]) -> None:
        super().__init__()
        self._scheme, self._keys, self._counts = scheme, keys, counts

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog wide") as box:
            box.border_title = "Classes"
            yield OptionList(*(self._row(at) for at in range(len(self._keys.classes))))
            words = " · ".join(f"{command.key} {command.label}" for command in CLASSES)
            yield Static(Content(f"{words} · Esc back"), classes="dim")

    def _row(self, at: int) -> Text:
        colours, number = palette(self.app), self._keys.numbers[at]
        count = self._counts.get(number, 0)
        name = clipped(self._keys.classes[at], _NAME)
        line = Text(f"{self._keys.keys[at] or ' '} ", colours.accent).append(f"{name:<{_NAME}} ", "bold")
        line.append(f"{count:>6,} label{'s' if count != 1 else ' '} ", colours.dim)
        return line.append(safe_text(self._scheme.classes[number].says, _SAYS), colours.dim)

    def on_key(self, event: events.Key) -> None:
        """A key of a class goes to it."""
        if event.character is not None and (label := self._keys.label(event.character)) is not None:
            self.query_one(OptionList).highlighted = self._keys.numbers.index(label)
            event.stop()

    def action_class_add(self) -> None:
        self._ask("add", None, Question("The name of the new class."))

    def action_class_rename(self) -> None:
        self._about("rename", "What is {} to be called?", own=True)

    def action_class_merge(self) -> None:
        self._about("merge", "Which class is all that is {} to be of? Its name, or the beginning of it.")

    def action_class_split(self) -> None:
        self._about("split", "Into which classes is {} to be split? Names with commas between them. Its items are asked again.")

    def action_class_delete(self) -> None:
        self._about("delete", "Enter deletes {}; its items are asked again.", own=True)

    def action_class_describe(self) -> None:
        self._about("describe", "What does {} mean?", said=True)

    def _about(self, what: What, words: str, *, own: bool = False, said: bool = False) -> None:
        """Ask about the class that is highlighted."""
        at = self.query_one(OptionList).highlighted
        if at is None:
            return
        number, name = self._keys.numbers[at], self._keys.classes[at]
        others = tuple(other for other in self._keys.classes if other != name) if what == "merge" else ()
        suggestion = name if own else self._scheme.classes[number].says if said else ""
        self._ask(what, number, Question(words.format(safe_text(name, 30)), suggestion, others))

    def _ask(self, what: What, label: int | None, question: Question) -> None:
        def answered(text: str | None) -> None:
            if text is not None:
                self.dismiss(Wish(what, label, text))

        self.app.push_screen(Ask(*question), answered)
