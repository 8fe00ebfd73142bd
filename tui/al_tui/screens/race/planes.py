"""The plane of a race several times: nine rounds of a strategy, or strategies as they are now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.screen import Screen

from al_core.ground.numbers import fixed
from al_core.race.marks import marks
from al_core.run.state import RunState
from al_tui.background.race import Engine
from al_tui.commands.class_keys import class_keys, class_signs
from al_tui.screens.race.looking import Looking
from al_tui.widgets.planes import MOST, Planes, Small
from al_tui.widgets.pool_map import ASKED, COMING, Scene

if TYPE_CHECKING:
    from al_core.run.field import Field
    from al_tui.background.fields import Wanted

ROUNDS, STRATEGIES = (120, 40), (200, 60)
"""Columns and rows of the terminal that rounds, and strategies, beside each other need."""
MOST_STRATEGIES = 6
NO_PLANE = "Planes beside each other are for items with two features, as those of al-tui --dataset plane."


class _Shown(NamedTuple):
    """A run in one of its rounds, what is said above its plane, and whether what its model thinks is kept back."""

    title: str
    state: RunState
    covered: bool
    highlighted: int | None = None


class SeveralPlanes:
    """What is in place of the one plane, if anything, and how one goes from one to the other.

    Parameters
    ----------
    screen : has the place for them.
    engine : the race.
    looking : where one looks.
    """

    def __init__(self, screen: Screen[None], engine: Engine, looking: Looking) -> None:
        self.of = ""
        """``rounds`` or ``strategies``; empty for the one plane."""
        self._screen = screen
        self._engine = engine
        self._looking = looking

    @property
    def there(self) -> bool:
        """Whether the items of this race are in the plane."""
        plane, rows = self._engine.pool.plane, self._engine.pool.rows
        return plane is not None and plane.as_they_are and rows is not None

    @property
    def has_room(self) -> bool:
        """Whether there are more planes than one to be shown."""
        return self.there and self._room(ROUNDS)

    async def next(self) -> str:
        """Go on to the next of one plane, nine rounds, and strategies that there is room for; returns what is to be told."""
        if self._engine.pool.plane is None or self._engine.pool.rows is None:
            return self._engine.pool.trouble or COMING
        if not self.there:
            return NO_PLANE
        if not self._room(ROUNDS):
            return self._too_small("Nine rounds", ROUNDS)
        if self.of == "rounds" and not self._room(STRATEGIES):
            self.leave()
            return self._too_small("Strategies", STRATEGIES)
        if self.of == "strategies":
            self.leave()
        else:
            self.of = "strategies" if self.of == "rounds" else "rounds"
            if not self._screen.query(Planes):
                await self._screen.query_one("#top").mount(Planes())
            self._screen.add_class("planes")
        return ""

    def leave(self) -> bool:
        """Back to what was there before; returns whether that was something else."""
        before, self.of = self.of, ""
        self._screen.remove_class("planes")
        return bool(before)

    def fit(self) -> None:
        """There is another room: what has none in it any more is left."""
        if self.of and not self._room(ROUNDS):
            self.leave()
        elif self.of == "strategies" and not self._room(STRATEGIES):
            self.of = "rounds"

    def paint(self) -> bool:
        """Bring them up to date; returns whether there are any."""
        panels = self._screen.query(Planes)
        if not self.of or not self.there or not panels:
            return False
        panel = panels.first()
        shown = self._rounds() if self.of == "rounds" else self._strategies()
        columns = 3 if self.of == "rounds" or len(shown) > 4 else min(2, len(shown))
        panel.divide(columns, 3 if self.of == "rounds" else -(-len(shown) // columns))
        fields = self._fields(shown, panel.cells)
        panel.entitle(self._words())
        panel.show([Small(one.title, self._scene(one, *said)) for one, said in zip(shown, fields, strict=True)])
        return True

    def _room(self, least: tuple[int, int]) -> bool:
        size = self._screen.size
        return size.width >= least[0] and size.height >= least[1]

    def _too_small(self, what: str, least: tuple[int, int]) -> str:
        width, height = self._screen.size
        return f"{what} beside each other need a terminal of {least[0]}×{least[1]}; this one is {width}×{height}."

    def _rounds(self) -> list[_Shown]:
        """The run that one looks at, in rounds as evenly spaced as may be: the first, some between, and this one."""
        looking = self._looking
        asking = looking.view(None)
        state = asking.run.state
        shown = []
        for number in rounds_between(len(state.rounds)):
            if number == len(state.rounds):
                now, highlighted = state, None if asking.pick is None else asking.pick.row
            else:
                now, highlighted = RunState(state.strategy, state.rounds[:number], state.rounds[number].query), None
            title = "end" if now.done else f"round {number + 1}"
            shown.append(_Shown(self._title(title, now), now, asking.covered, highlighted))
        return shown

    def _strategies(self) -> list[_Shown]:
        """Runs whose lines are not hidden, as they are now; the one that one looks at is among them."""
        looking, runs = self._looking, self._engine.view.runs
        mark = marks([run.name for run in runs])
        shown = []
        for at in self._visible()[:MOST_STRATEGIES]:
            run = runs[at]
            title = f"{'▸ ' if at == looking.focus else ''}{mark[run.name].sign} {run.name}"
            pick = looking.view(None).pick if at == looking.focus and looking.past is None else None
            covered = run.by_hand and not looking.peek
            shown.append(_Shown(self._title(title, run.state), run.state, covered, None if pick is None else pick.row))
        return shown

    def _visible(self) -> list[int]:
        """Which runs may be shown, in the order of the race; the one that one looks at among the first."""
        looking = self._looking
        found = [at for at in range(len(self._engine.view.runs)) if at not in looking.left_out or at == looking.focus]
        if looking.focus in found[MOST_STRATEGIES:]:
            found.remove(looking.focus)
            found.insert(MOST_STRATEGIES - 1, looking.focus)
        return found

    def _words(self) -> str:
        """What the planes have in common, above them."""
        line = "" if self._engine.pool.fields is None else " · line: the model's border, dim"
        if self.of == "rounds":
            return f"{self._looking.run.name}, round by round · {ASKED} asked{line and line + ': of the plane before'}"
        count = len(self._visible())
        few = f" · {MOST_STRATEGIES} of {count}, I hides one" if count > MOST_STRATEGIES else ""
        return f"Strategies as they are now · {ASKED} asked{line and line + ': of the round before'}{few}"

    def _title(self, what: str, state: RunState) -> str:
        """What a plane is of, with how many labels, and how well the model does with them."""
        if state.query is None:
            return what
        measured = self._engine.view.spec.measured_by.short
        return f"{what} · {state.query.labels:,} labels · {measured} {fixed(state.query.accuracy)}"

    def _fields(self, shown: list[_Shown], cells: tuple[int, int]) -> list[tuple[Field | None, Field | None]]:
        """What each one's model says and what is dim behind it: the plane shown before it, or the round before."""
        fields = self._engine.pool.fields
        if fields is None or min(cells) < 1:
            return [(None, None)] * len(shown)

        def wanted(one: _Shown, state: RunState | None) -> Wanted | None:
            """Nothing is computed for what is kept back or has learnt nothing."""
            return None if state is None or one.covered or one.state.query is None else (state, *cells)

        now = [wanted(one, one.state) for one in shown]
        old = [] if self.of == "rounds" else [wanted(one, _before(one.state)) for one in shown]
        said = iter(fields.several([each for each in (*now, *old) if each is not None]))
        found = [None if each is None else next(said) for each in (*now, *old)]
        here = found[: len(now)]
        return list(zip(here, found[len(now) :] or [None, *here[:-1]], strict=True))

    def _scene(self, shown: _Shown, field: Field | None, before: Field | None) -> Scene:
        engine = self._engine
        pool, query = engine.pool, shown.state.query
        assert pool.plane is not None
        assert pool.rows is not None
        labelled = dict(pool.labelled(shown.state, engine.oracle))
        asked = () if query is None else tuple(pick.row for pick in query.picks)
        signs = class_signs(class_keys(engine.classes, engine.bound))
        return Scene(pool.plane, pool.rows, labelled, asked, shown.highlighted, signs, field, before)


def _before(state: RunState) -> RunState | None:
    """A run as it had learnt one round before."""
    return RunState(state.strategy, state.rounds[:-1]) if state.rounds else None


def rounds_between(last: int) -> list[int]:
    """At most nine rounds from 0 to ``last``: both, every so-many-th between them, and where there is room the latest others.

    From one round to the next few of them change, so that few fields are new.
    """
    step = max(1, -(-last // (MOST - 1)))
    spaced = {*range(0, last, step), last}
    others = [number for number in range(last, -1, -1) if number not in spaced]
    return sorted([*spaced, *others[: MOST - len(spaced)]])
