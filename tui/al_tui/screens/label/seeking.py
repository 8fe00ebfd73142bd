"""Keys that find items: by words, by likeness, among one's answers, and on a map."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from al_core.data.looks import COMING
from al_core.ground.errors import UserError
from al_core.labelling.answered import KINDS
from al_core.sessions.actions import STATUS_WORDS
from al_tui.background.seeking import AnswerList, Sought
from al_tui.commands.class_keys import class_signs, keys_of
from al_tui.screens.label.around import draw_far, draw_map
from al_tui.screens.label.find import Find
from al_tui.screens.label.part import Part
from al_tui.widgets.pool_map import PoolMap, Scene

if TYPE_CHECKING:
    from al_core.data.looks import Look
    from al_core.labelling.session import Offer
    from al_core.labelling.view import LabelView

_SEARCH = "Search texts, columns (column:word) and names. What you choose counts as found by you."
_LIKE = "More like this item; or type the name of a class: more like what has that label. It counts as found by you."
_COMING = "The map comes in a moment."
_LIST = "All answers, the newest first. Type to narrow them down; Tab cuts them to a kind."


class Seeking(Part):
    """The part of a labelling screen that finds items; what is chosen is gone to, as the flow says."""

    @property
    def offer(self) -> Offer | None:
        """The item that waits for an answer or was gone back to."""
        raise NotImplementedError

    def action_search(self) -> None:
        if self._open() is None:
            return

        async def ask(kind: int, text: str) -> Sought:
            return await self.labeller.seeker.find(text)

        self._push(Find(_SEARCH, ask, self._look))

    def action_like(self) -> None:
        session = self._open()
        offer = None if session is None else self.offer
        if session is None or offer is None:
            if session is not None:
                self.app.tell("There is no item on the screen that others could be like.")
            return
        if offer.item in session.ledger.choices.audited:
            self.app.tell("What measures the model is like nothing: it would be known by its likes. Look for another item's.")
            return
        item, of_it = offer.item, "this item"

        async def ask(kind: int, text: str) -> Sought:
            if not text.strip():
                return await self.labeller.seeker.like([item], of_it)
            ledger = session.ledger
            try:
                label = keys_of(ledger.scheme).called(text)
            except UserError as error:
                return Sought(said=str(error))
            drawn = ledger.choices.audited
            known = [other for other, given in ledger.answers.items() if given.label == label and other not in drawn]
            return await self.labeller.seeker.like(known, ledger.classes[label])

        self._push(Find(_LIKE, ask, self._look))

    def action_list(self) -> None:
        if (session := self._open()) is None:
            return
        answers = AnswerList(session, self.flow.answers.guesses)
        self._push(Find(_LIST, answers.cut, self._look, [kind.name for kind in KINDS]))

    def action_map(self) -> None:
        if (session := self._open()) is None:
            return
        from al_tui.screens.label.map import MapScreen

        async def look(row: int) -> Look:
            return await self._look(session.items.ids[row])

        def go(row: int | None) -> None:
            if row is not None:
                self._take(self.flow.go_to(session.items.ids[row]))

        there, before = self.labeller.map, self.labeller.map.changed
        screen = MapScreen(lambda: self.scene(alone=True) or there.trouble or _COMING, self._said, look)

        def changed() -> None:
            before()
            screen.update()

        def left(row: int | None) -> None:
            there.changed = before
            go(row)

        there.changed = changed
        self.app.push_screen(screen, left)

    def far(self, view: LabelView) -> list[Callable[[], None]]:
        """What draws the map, labels per class, and how far one is, part by part."""

        def on_a_map() -> None:
            if self.query_one(PoolMap).is_on_screen:
                draw_map(self, self.scene(), self.labeller.map.trouble)

        return [lambda: draw_far(self, view, self.labeller), on_a_map]

    def on_pool_map_pointed(self, message: PoolMap.Pointed) -> None:
        session = self.labeller.session
        if session is not None:
            self._take(self.flow.go_to(session.items.ids[message.row]))

    def scene(self, *, alone: bool = False) -> Scene | None:
        """What is on the map; None before it is known where items lie.

        Parameters
        ----------
        alone : whether one looks at nothing else, and does not wait for a model.
        """
        there, session = self.labeller.map, self.labeller.session
        there.want(by_neighbours=alone)
        if session is None or (plane := there.plane) is None:
            return None
        signs = class_signs(keys_of(session.ledger.scheme, self.labeller.bound))
        batch = () if session.reply is None or session.ledger.batch == 1 else session.reply.picks
        asked = tuple(pick.row for pick in batch if session.items.ids[pick.row] not in session.ledger.answers)
        here = None if self.offer is None else self.offer.row
        return Scene(plane, there.rows, there.labelled(session), asked, here, signs)

    def _said(self, row: int) -> str:
        """What is said of an item on the map."""
        session = self.labeller.session
        if session is None:
            return ""
        ledger, item = session.ledger, session.items.ids[row]
        given = ledger.answers.get(item)
        name = session.items.name_of(item)
        if given is None:
            shown = name if session.items.truth is None else name.rpartition("/")[2]
            return " · ".join(filter(None, ("no answer yet", shown)))
        answer = STATUS_WORDS[given.status] if given.label is None else f"you said {ledger.classes[given.label]}"
        return " · ".join(filter(None, (answer, name)))

    def _push(self, find: Find) -> None:
        def go(item: str | None) -> None:
            if item is not None:
                self._take(self.flow.go_to(item))

        self.app.push_screen(find, go)

    async def _look(self, item: str) -> Look:
        session, looks = self.labeller.session, self.labeller.looks
        row = None if session is None else session.items.row_of.get(item)
        if looks is None or row is None:
            return COMING
        await looks.bring([row])
        return looks.get(row)
