"""Where one looks in a race: which run, which item of its batch, one seed or all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from al_core.race.view import Agreement, RunView, standings
from al_core.run.state import Answer, Pick, Query, as_it_was
from al_core.task.spec import BASELINE
from al_tui.background.race import Engine
from al_tui.screens.telling import Telling

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView
    from al_core.data.looks import Look

Target = tuple[int, int]
"""A run and the row of an item it asks about: what a key labels."""


class Asking(NamedTuple):
    """What the run that one looks at asks.

    Parameters
    ----------
    focus, run : which run that is, and the run.
    picks, cursor : its batch, and which of it is highlighted.
    covered : whether guesses of items without an answer are kept back.
    agreed : how many of the person's labels in the batch before are right, where that is to be said.
    looks : how the items of the batch look, as far as that is here.
    measured : what models are measured by, in words.
    past : the round that one has stepped back to, from 0 on; None for what is asked now.
    """

    focus: int
    run: RunView
    picks: tuple[Pick, ...]
    cursor: int
    covered: bool
    agreed: Agreement | None
    looks: tuple[Look, ...] = ()
    measured: str = ""
    past: int | None = None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What was answered of the batch."""
        return self.run.state.answers

    @property
    def pick(self) -> Pick | None:
        """The highlighted item; None when nothing is asked."""
        return self.picks[self.cursor] if self.picks else None

    @property
    def asked(self) -> tuple[Query | None, Pick | None]:
        """The batch and the highlighted item."""
        return self.run.state.query, self.pick

    @property
    def look(self) -> Look:
        """How it looks."""
        from al_core.data.looks import COMING  # the screen is painted without, before anything is asked

        return self.looks[self.cursor] if self.looks else COMING

    @property
    def coming(self) -> bool:
        """Whether the highlighted item cannot be drawn yet: its look is on its way."""
        from al_core.data.looks import COMING

        return self.pick is not None and self.look == COMING

    @property
    def answer(self) -> Answer | None:
        """What was said about it."""
        return next((given for given in self.answers if self.pick is not None and given.row == self.pick.row), None)

    @property
    def hidden(self) -> bool:
        """Whether what the model thinks of it is kept back."""
        return self.covered and self.answer is None

    @property
    def target(self) -> Target | None:
        """What a key labels once this is on the screen."""
        return None if self.pick is None else (self.focus, self.pick.row)


class Looking(Telling):
    """Where one looks.

    Parameters
    ----------
    engine : the race, and what runs behind it.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        in_hand = [at for at, run in enumerate(engine.view.runs) if run.by_hand]
        learning = [at for at, name in enumerate(engine.strategies) if name != BASELINE]
        self._focus = (in_hand or learning or [0])[0]
        self.cursor = 0
        self.peek = False
        self.all_seeds = True
        self.alone = False
        self._past: int | None = None
        """Which round of a run that is over one has stepped back to."""
        self._hidden: set[str] = set()
        self._batch: tuple[int, tuple[int, ...]] = (0, ())

    @property
    def focus(self) -> int:
        """Which run one looks at; the last one where there is not yet so many, as at the beginning of a replay."""
        return min(self._focus, len(self.engine.view.runs) - 1)

    @focus.setter
    def focus(self, run: int) -> None:
        self._focus = run

    @property
    def run(self) -> RunView:
        """The run that one looks at."""
        return self.engine.view.runs[self.focus]

    @property
    def left_out(self) -> frozenset[int]:
        """Runs whose lines are not drawn: those that the person hid, or all but the one looked at and `random`."""
        runs = enumerate(self.engine.view.runs)
        if self.alone:
            return frozenset(at for at, run in runs if at != self.focus and run.name != BASELINE)
        return frozenset(at for at, run in runs if run.name in self._hidden)

    @property
    def left_out_words(self) -> str:
        """What is to be said of that."""
        if self.alone:
            return f"{self.run.name} alone, i shows all"
        count = len(self.left_out)
        return f"{count} line{'s' if count > 1 else ''} hidden, I" if count else ""

    def hide(self) -> None:
        """Draw no line of the run looked at, or draw it again."""
        self._hidden ^= {self.run.name}

    @property
    def picks(self) -> tuple[Pick, ...]:
        """Its batch, or that of the round that one has stepped back to."""
        query = self._seen.state.query
        return query.picks if query else ()

    @property
    def past(self) -> int | None:
        """The round that one has stepped back to, from 0 on; None for how it is now. Only a run that is over has a past."""
        state, past = self.run.state, self._past
        return past if past is not None and state.done and past < len(state.rounds) else None

    @property
    def _seen(self) -> RunView:
        """The run as it is, or as it was in that round."""
        past, run = self.past, self.run
        return run if past is None else run._replace(state=as_it_was(run.state, past), by_hand=False)

    @property
    def live(self) -> LiveView | None:
        """The race over seeds; None when there is one seed."""
        return self.engine.seeds.view if self.engine.seeds is not None else None

    @property
    def failed_seeds(self) -> int:
        """How many runs over seeds have failed."""
        return 0 if self.live is None else self.live.failed

    @property
    def shown_seeds(self) -> LiveView | None:
        """The race over seeds if curves and leaderboard are to show it: the person wants it, and there is something to show."""
        seeds = self.live
        return seeds if seeds is not None and self.all_seeds and seeds.drawable else None

    @property
    def missing_seeds(self) -> LiveView | None:
        """The race over seeds if one wants to see how far that is: some runs are missing, or failed."""
        seeds = self.live
        return seeds if seeds is not None and self.all_seeds and (seeds.failed or not seeds.complete) else None

    @property
    def seeds_command(self) -> str | None:
        """What the key that changes between one seed and all does; None where there is one seed."""
        return None if self.live is None else "This seed" if self.all_seeds else "All seeds"

    def view(self, agreed: Agreement | None) -> Asking:
        """What there is to see of the run; of a batch that is new, the first item that waits is highlighted."""
        batch = self._present_batch
        if batch != self._batch:
            self._batch = batch
            self.to_first_waiting()
        self.cursor = max(0, min(self.cursor, len(self.picks) - 1))
        looks = self.engine.looks
        seen = () if looks is None else looks.all([pick.row for pick in self.picks])
        shown, measured = self._seen, self.engine.view.spec.measured_by.words
        covered = shown.by_hand and not self.peek
        return Asking(self.focus, shown, self.picks, self.cursor, covered, agreed, seen, measured, self.past)

    @property
    def _present_batch(self) -> tuple[int, tuple[int, ...]]:
        return self.focus, tuple(pick.row for pick in self.picks)

    def next_run(self, step: int) -> None:
        """Look at the run so many lines below in the leaderboard."""
        seeds, view = self.shown_seeds, self.engine.view
        rows = standings(view) if seeds is None else seeds.standings([run.name for run in view.runs])
        order = [row.run for row in rows]
        self.focus = order[(order.index(self.focus) + step) % len(order)]

    def next_item(self, step: int) -> None:
        """Highlight the item so many places further in the batch; from there into the next round, of a run that is over."""
        if self.run.state.done and not 0 <= self.cursor + step < len(self.picks):
            self.next_round(step)
            self.cursor = 0 if step > 0 else len(self.picks) - 1
        elif self.picks:
            self.cursor = (self.cursor + step) % len(self.picks)

    def next_round(self, step: int) -> None:
        """Step so many rounds back or on through a run that is over, at most to the first one and to how it is now."""
        state = self.run.state
        now = len(state.rounds)
        if state.done:
            at = max(0, min(now, (now if self.past is None else self.past) + step))
            self._past, self.cursor = None if at == now else at, 0
            self._batch = self._present_batch

    def to_first_waiting(self) -> None:
        """Highlight the first item that waits for an answer."""
        waiting = set(self.run.state.waiting)
        self.cursor = next((position for position, pick in enumerate(self.picks) if pick.row in waiting), 0)

    def to_next_waiting(self) -> None:
        """Highlight the next item that waits, beginning with this one."""
        waiting = set(self.run.state.waiting)
        order = [*range(self.cursor, len(self.picks)), *range(self.cursor)]
        self.cursor = next((at for at in order if self.picks[at].row in waiting), self.cursor)

    def to_row(self, row: int) -> None:
        """Highlight the item of this row, whatever batch it is in."""
        self.cursor = next((at for at, pick in enumerate(self.picks) if pick.row == row), 0)
        self._batch = self._present_batch
