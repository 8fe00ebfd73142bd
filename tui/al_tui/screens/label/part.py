"""What the parts of the labelling screen have in common: the session, its flow, and what to do with what comes of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

if TYPE_CHECKING:
    from al_core.labelling.session import LabelSession
    from al_tui.background.labelling import Labeller
    from al_tui.screens.label.flow import LabelFlow, Turn
    from al_tui.widgets.host import Host


class Part(Screen[None]):
    """A part of the labelling screen: keys of one kind, whose commands its flow knows."""

    app: Host
    flow: LabelFlow
    labeller: Labeller

    def _take(self, turn: Turn) -> None:
        """Say, ask and show what came of a command."""
        raise NotImplementedError

    def _open(self) -> LabelSession | None:
        """The session to look at; None, with a word, before there is one."""
        if (session := self.labeller.session) is None:
            self.app.tell("The engine is still starting; nothing was done.")
        return session

    def _whole(self) -> LabelSession | None:
        """The session to do something to that is about all of it; None, with a word, when nothing may be written."""
        session, turn = self.flow.whole()
        self._take(turn)
        return session
