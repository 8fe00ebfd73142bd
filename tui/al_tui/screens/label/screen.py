"""The labelling screen: one item, one key, one label on disk, and the next item by a model that knows it.

It maps keys to commands of the flow, and paints what comes of them.
"""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.worker import Worker

from al_core.labelling.review import Review
from al_core.labelling.session import Offer
from al_core.labelling.view import LabelView
from al_tui.background.labelling import Labeller
from al_tui.commands.command import Command, bindings
from al_tui.commands.glossary import LABEL_WORDS
from al_tui.commands.table import COMMON, LABEL, label_introduction
from al_tui.screens.ask import Ask
from al_tui.screens.label.around import Around
from al_tui.screens.label.classes import ChangesClasses
from al_tui.screens.label.drawing import Drawing
from al_tui.screens.label.flow import LabelFlow, Later, Turn
from al_tui.screens.label.go_on import GoesOnOtherwise
from al_tui.screens.label.seeking import Seeking
from al_tui.screens.shielded import shielded
from al_tui.screens.slices import Slices
from al_tui.widgets.answered import Answered
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.host import Host
from al_tui.widgets.item import Item
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.later import later
from al_tui.widgets.leaving import leaving
from al_tui.widgets.line import Line
from al_tui.widgets.strip import Strip


class LabelScreen(Seeking, ChangesClasses, GoesOnOtherwise):
    """Draws a labelling session, and answers keys.

    Parameters
    ----------
    labeller : the session, and what keeps its model learning.
    """

    AUTO_FOCUS = None
    CSS_PATH = "label.tcss"
    BINDINGS = bindings(LABEL)
    app: Host
    commands: Sequence[Command] = LABEL

    def __init__(self, labeller: Labeller) -> None:
        super().__init__()
        self.labeller = labeller
        self.flow = LabelFlow(labeller)
        self._view = self.flow.view()
        self._slices = Slices(self, lambda: self.is_mounted and self.app.screen is self)
        self._wait: TimerHandle | None = None
        self._waits_for = 0
        labeller.changed = shielded(self, self.paint_again)

    def compose(self) -> ComposeResult:
        yield HeaderLine()
        with Horizontal(id="desk"):
            yield Item(keys=True)
            yield Around(True if self.labeller.bundled else None)
        yield Answered(id="answered", margin=1, empty="What you have answered appears here; ← goes back to it.")
        yield Line()
        yield KeyBar(lambda: commands_now(self.commands, self._view))

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, lambda theme: self._paint())
        self._paint()

    def on_screen_resume(self) -> None:
        self._paint()

    def on_resize(self) -> None:
        self.call_after_refresh(self._paint)

    # What is on the screen

    words = LABEL_WORDS

    @property
    def introduction(self) -> str:
        """What labelling is, for the help."""
        standing = self._view.standing
        return label_introduction(digits=standing is None or standing.dataset == "digits", measured=self._view.measured)

    @property
    def offer(self) -> Offer | None:
        """The item that waits for an answer or was gone back to."""
        return None if self._view.asked is None else self._view.asked.offer

    @property
    def review(self) -> Review | None:
        """The labels that are gone through."""
        return self._view.where.review

    @property
    def waiting(self) -> bool:
        """True while the next item is being chosen."""
        return bool(self._view.where.waiting)

    @property
    def painting(self) -> bool:
        """True while a part of the screen is still to be brought up to date."""
        return self._slices.pending

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long; nobody saw the item meanwhile."""
        self.flow.slept(seconds)

    def paint_again(self) -> None:
        """Take the next item if none is there, and paint what there is now."""
        self._take(self.flow.changed())

    def _take(self, turn: Turn) -> None:
        """Say, ask and show what came of a command."""
        self._view = turn.view
        for told in turn.told:
            self.app.tell(told.words, problem=told.problem)
        if turn.later is not None:
            self._do_later(turn.later)
        if turn.view.where.waiting != self._waits_for:
            self._waits_for = turn.view.where.waiting
            if self._wait is not None:
                self._wait.cancel()
            self._wait = later(self, self.labeller.patience, self._waited) if self._waits_for else None
        if turn.paint:
            self._paint()

    def _do_later(self, wanted: Later) -> None:
        async def run() -> None:
            self._take(await wanted.work())

        _: Worker[None] = self.run_worker(run, group=wanted.group, exclusive=True)

    def _waited(self) -> None:
        self._take(self.flow.waited())

    def _paint(self) -> None:
        """Show what there is: the item at once, and everything around it a little later, in slices."""
        if not self.is_mounted or self.app.screen is not self or leaving(self):
            return
        view = self._view
        self.set_class(view.where.explaining, "explain")
        self.set_class(bool(view.alike) and view.where.together, "together")
        drawing = Drawing(self, view, self.labeller.looks, self.labeller.told.info)
        drawing.draw_item()
        if (wanted := self.flow.drawn(view)) is not None:
            self._do_later(wanted)
        if view.where.just_came:
            self.call_after_refresh(self.flow.on_terminal)
        if not view.where.waiting:  # then the next item comes soon, and nothing may stand in its way
            self._slices.restart([*drawing.surroundings(), *self.far(view)])
            if (like := self.flow.look_alike(view)) is not None:
                self._do_later(like)

    # Keys

    def action_label(self, key: str) -> None:
        self.query_one(KeyBar).untell()
        self._take(self.flow.label_by_key(key))

    def on_item_chosen(self, message: Item.Chosen) -> None:
        self._take(self.flow.label_by_pointing(message.label))

    def action_name_class(self) -> None:
        about, turn = self.flow.about()
        self._take(turn)
        if about is None:
            return
        item = about

        def label(name: str | None) -> None:
            if name is not None:
                self._take(self.flow.label_by_name(name, item))

        self.app.push_screen(Ask("Which class? Its name, or the beginning of it.", "", self._view.scheme.living), label)

    def action_later(self) -> None:
        self._take(self.flow.put_aside("later"))

    def action_unsure(self) -> None:
        self._take(self.flow.put_aside("unsure"))

    def action_bad(self) -> None:
        self._take(self.flow.put_aside("bad"))

    def action_copy_place(self) -> None:
        if place := self.flow.place():
            self.app.copy_to_clipboard(place)
            self.app.tell("The item's path is copied, if the terminal lets programs copy.")
        else:
            self.app.tell("This item has no path.")

    def action_together(self) -> None:
        self._take(self.flow.together())

    def action_undo(self) -> None:
        self._take(self.flow.undo())

    def action_redo(self) -> None:
        self._take(self.flow.redo())

    def action_flag(self) -> None:
        about, turn = self.flow.about()
        self._take(turn)
        if about is None:
            return
        item = about

        def flag(note: str | None) -> None:
            if note is not None:
                self._take(self.flow.flag(note, item))

        self.app.push_screen(Ask("A note on this item. An empty one takes the mark away.", item.note or ""), flag)

    def action_peek(self) -> None:
        self._take(self.flow.peek())

    def action_explain(self) -> None:
        self.remove_class("full")
        self._take(self.flow.explain())

    def action_scroll(self, key: str) -> None:
        self.query_one(Item).scroll(key)

    def action_history(self, key: str) -> None:
        self._take(self.flow.step_back(1 if key in ("left", "left_square_bracket") else -1))

    def on_strip_chosen(self, message: Strip.Chosen) -> None:
        if message.strip.id == "batch":
            self._take(self.flow.choose(message.position))
        else:
            entries, first = self._view.strip(message.strip.room)
            self._take(self.flow.go_back(first + len(entries) - 1 - message.position))

    def on_answered_marked(self, message: Answered.Marked) -> None:
        self._take(self.flow.go_back(message.back))

    def action_full(self) -> None:
        self.toggle_class("full")
        self._paint()

    def action_review(self) -> None:
        self._take(self.flow.review())

    def action_keep(self) -> None:
        self._take(self.flow.keep())

    def action_leave(self) -> None:
        self._take(self.flow.leave())

    def action_auto_label(self) -> None:
        if (session := self._whole()) is None:
            return

        def start(answer: str | None) -> None:
            if answer is not None:
                self._take(self.flow.auto_label(session, answer))

        self.app.push_screen(Ask(_BY_MACHINE if session.items.truth is not None else _BY_MODEL, "0.95"), start)

    def action_remove_machine(self) -> None:
        self._take(self.flow.remove_machine())

    def on_key(self, event: events.Key) -> None:
        """A key that means nothing ends a review, too."""
        if self.review is not None and event.key not in _BOUND and event.character not in self.app.bound.values():
            self._take(self.flow.end_review())

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text is no answer to anything that was on the screen."""
        self.app.tell("Pasted text labels nothing; press the keys.")


_BOUND = {key for command in (*LABEL, *COMMON) for key in command.keys}
_BY_MACHINE = (
    "Let the machine label what is left. Type truth to take the labels that came with the data, or a number from 0.5"
    " to 1: the model then labels what it is at least that sure of. None of them counts as yours; x removes them all."
)
_BY_MODEL = (
    "Let the machine label what is left. Type a number from 0.5 to 1: the model then labels what it is at least that sure of."
    " None of them counts as yours; x removes them all."
)


def commands_now(commands: Sequence[Command], view: LabelView) -> list[Command]:
    """The commands that make sense now, for the footer."""
    rows = {command.action: command for command in commands}
    wanted = ["label", "later", "unsure", "bad", "undo", "flag", "history", "peek", "explain", "review", "auto_label"]
    out = [rows[action] for action in (*wanted, "change", "redo")]
    if view.alike:
        out.insert(1, rows["together"])
    if view.standing is not None and view.standing.any_machine:
        out.insert(wanted.index("undo") + 1, rows["remove_machine"])
    if view.where.review is not None:
        undecided = view.asked is not None and not view.asked.answered
        leave = [
            Command(("enter",), "keep", "", "", "Leave open" if undecided else "Keep"),
            Command(("escape",), "leave", "", "", "Leave the review"),
        ]
        out = [
            Command(rows["label"].keys, "label", "", "", "Decide" if undecided else "Change", "0-9"),
            *leave,
            rows["explain"],
        ]
    return [*out, *(command for command in COMMON if command.action in ("help", "quit"))]
