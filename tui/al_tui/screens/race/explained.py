"""Why a strategy asks about an item: its formula, the formula with its numbers, and the result."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from al_core.ground.numbers import significant
from al_core.ground.safe_text import safe_text
from al_core.run.explain import explain
from al_core.run.state import Pick, Query
from al_core.strategies.description import Numbers, StrategyInfo
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.theme.colours import Palette, palette

COMING = "The numbers are on their way …"
NONE = "This strategy tells no numbers beside its score."
_WANTS = {"largest": "the largest is asked first", "smallest": "the smallest is asked first", "batch": "chosen as a batch"}


class Explained(ModalScreen[None], DismissedOnce[None]):
    """One item of a batch. The formula is there at once, the numbers when a worker has them.

    Parameters
    ----------
    info : the strategy.
    query, pick : its batch, and the item.
    classes : class names.
    numbers : what is waited for.
    """

    CSS_PATH = "../dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,e", "dismiss", "Back")]

    def __init__(
        self, info: StrategyInfo, query: Query, pick: Pick, classes: tuple[str, ...], numbers: Awaitable[Numbers | None]
    ) -> None:
        super().__init__()
        self._item = info, query, pick, classes
        self._numbers = numbers

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide") as box:
            box.border_title = f"Why {self._item[0].name} asks about it"
            box.border_subtitle = "Esc back"
            yield Static(words(*self._item, COMING, palette(self.app)))

    def on_mount(self) -> None:
        self.run_worker(self._fill())

    async def _fill(self) -> None:
        try:
            found = await self._numbers
        except Exception as error:  # whatever a worker raises
            shown: Numbers | str = f"The numbers cannot be had: {safe_text(str(error) or type(error).__name__, 200)}"
        else:
            shown = NONE if found is None else found
        self.query_one(Static).update(words(*self._item, shown, palette(self.app)))


def words(
    info: StrategyInfo, query: Query, pick: Pick, classes: tuple[str, ...], numbers: Numbers | str, colours: Palette
) -> Text:
    """All that is said; ``numbers`` may be words in their place."""
    out = Text(f"{info.formula}\n", "bold")
    score = None if pick.score is None else significant(pick.score)
    if isinstance(numbers, str):
        out.append(f"{numbers}\n", colours.dim)
        out.append(f"score {score}\n" if score is not None else "")
    else:
        if numbers.expression:
            out.append(f"= {numbers.expression}\n").append("" if score is None else f"= {score}\n", f"bold {colours.accent}")
        for term in numbers.terms:
            out.append(f"  {term.format(*classes)}\n", colours.dim)
    place = f"rank {pick.rank:,} of {query.candidates:,}; " if pick.rank else f"one of {query.candidates:,}; "
    out.append(f"{place}{_WANTS[info.wants]}\n", colours.dim)
    out.append(f"\n{explain(info, query, pick, classes)}\n")
    return out.append(f"\n{info.source}", colours.dim)
