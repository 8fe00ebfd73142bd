"""What stands beside the curves, below the list of runs: seeds that are missing, the pool on a map, what has happened, and
labels per class. Loaded when the upper half is painted."""

from __future__ import annotations

from collections.abc import Mapping

from textual.screen import Screen

from al_tui.background.race import Engine
from al_tui.commands.class_keys import class_keys, class_signs
from al_tui.screens.race.flow import RaceFlow
from al_tui.screens.race.looking import Asking
from al_tui.screens.race.planes import SeveralPlanes
from al_tui.screens.race.told import Story
from al_tui.widgets.happened import Happened
from al_tui.widgets.leaving import leaving
from al_tui.widgets.per_class import PerClass
from al_tui.widgets.pool_map import COMING, PoolMap, Scene
from al_tui.widgets.runs import ABOVE, Runs

_MAP = 8
"""Lines that a map needs at least, and the labels per class below it."""
_BELOW = 3
"""Lines of what has happened and the labels per class."""


class Beside:
    """The panels, and the planes that may stand in place of the map.

    Parameters
    ----------
    screen : the race's, with a place for them.
    engine, flow : what is drawn.
    """

    def __init__(self, screen: Screen[None], engine: Engine, flow: RaceFlow) -> None:
        self.story = Story(again=not engine.replayed)
        self.planes = SeveralPlanes(screen, engine, flow.looking)
        self._screen = screen
        self._engine = engine
        self._flow = flow

    async def mount(self) -> None:
        """Put the widgets into their place."""
        await self._screen.query_one("#standings").mount(Runs(), PoolMap(), Happened(), PerClass())

    def fit(self, left: int) -> None:
        """Give the runs over seeds their room while some are missing, then the map: without room, `m` changes from list to map.

        Parameters
        ----------
        left : lines that the list leaves.
        """
        screen, live = self._screen, self._flow.looking.missing_seeds
        tall = 0 if live is None else len(live.strategies) + ABOVE
        there = live is not None and screen.has_class("-wide", "-high") and left - tall >= _BELOW
        panel = screen.query_one(Runs)
        panel.display = there
        if there and live is not None:
            left -= tall
            panel.styles.height = tall
            panel.show(live)
        wanted = {"many": left < _MAP, "crowded": left < 2}
        if wanted != {name: screen.has_class(name) for name in wanted}:
            for name, is_so in wanted.items():
                screen.set_class(is_so, name, update=False)
            screen.update_node_styles()  # of every widget: once

    def paint(self) -> None:
        """Bring them up to date, as far as they are on the screen."""
        engine = self._engine
        pool, here, asking = engine.pool, engine.contents, self._flow.view()
        state = asking.run.state
        then = state if asking.past is None else state._replace(answers=())  # what was asked then had no label yet
        labelled = pool.labelled(then, engine.oracle)
        there = pool.there(engine.view.truth, len(engine.classes))
        self._screen.query_one(PerClass).show(engine.classes, labelled.values(), there)
        self._screen.query_one(Happened).show(self.story.told)
        panel = self._screen.query_one(PoolMap)
        if leaving(self._screen) or self.planes.paint() or not panel.display:
            return
        title = " · ".join(("Pool map", *([] if asking.past is None else [f"round {asking.past + 1}"]), asking.run.name))
        if pool.plane is None or pool.rows is None or here is None:
            panel.show(None, title, pool.trouble or COMING)
            return
        query = asking.run.state.query
        left = f" · {query.candidates:,} to ask for" if query is not None and query.picks else ""
        panel.show(self._scene(asking, labelled, panel), title + left)

    def _scene(self, asking: Asking, labelled: Mapping[int, int], panel: PoolMap) -> Scene:
        """What is on the map: the run that one looks at, and what its model thinks where that may be seen."""
        pool, state = self._engine.pool, asking.run.state
        assert pool.plane is not None
        assert pool.rows is not None
        classes = self._engine.classes
        asked = tuple(pick.row for pick in asking.picks)
        signs = class_signs(class_keys(classes, self._engine.bound))
        scene = Scene(pool.plane, pool.rows, labelled, asked, None if asking.pick is None else asking.pick.row, signs)
        if pool.fields is None or state.query is None or asking.covered:  # it would say what the model thinks
            return scene
        width, height = panel.cells
        return scene._replace(field=pool.fields.now(state, width, height), before=pool.fields.before(state, width, height))
