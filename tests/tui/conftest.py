"""A race whose rounds are made up, so that screens can be tested without fitting anything: same numbers on every machine."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from rich.text import Text
from textual.pilot import Pilot
from textual.widget import Widget

from al_core.comparison.in_worker import play_cell
from al_core.comparison.plan import complete
from al_core.compute.inline import Inline
from al_core.data.contents import Contents, open_contents
from al_core.data.plane import open_plane
from al_core.measures import statistics
from al_core.race.view import own_name
from al_core.reports.seeds import is_final
from al_core.run.oracle import GroundTruth, answered
from al_core.run.play import Played, Timing, play
from al_core.run.state import Pick, Query, RunState, settle
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec
from al_tui.app import AlTui
from al_tui.background.labelling import Begin, Labeller
from al_tui.background.race import Engine
from al_tui.background.seeds import Seeds
from al_tui.background.workers import Workers
from al_tui.label_app import LabelApp
from al_tui.screens import slices
from al_tui.screens.race import painting as race_painting
from al_tui.screens.race.screen import RaceScreen
from al_tui.widgets import keybar
from al_tui.widgets.drawn import DrawnInParts
from al_tui.widgets.keybar import KeyBar

sys.path.insert(0, str(Path(__file__).parent))

from finished import SPEED, made_up_cell
from labelling import MOMENT, SETTINGS, LabelDesk, Stand


def made_up(spec: TaskSpec, state: RunState, truth: tuple[int, ...]) -> RunState:
    """The next round of a run that learns along a smooth curve and asks for items in a fixed order."""
    state = settle(answered(state, GroundTruth(truth)))
    history = state.history
    labels = 20 + sum(entry.label is not None for entry in history)
    accuracy = 0.98 - 0.33 * SPEED.get(state.strategy, 0.96) ** (labels - 20)
    asked = {entry.row for entry in history}
    k = min(spec.batch, spec.budget - labels)
    offset = 97 * (sorted(SPEED).index(state.strategy) if state.strategy in SPEED else 5) + 1000 * spec.seed
    items = [item % 1797 for item in range(offset, offset + 1797) if item % 1797 not in asked][: max(0, k)]
    picks = tuple(Pick(item, 0.05 + 0.01 * rank, rank, shares(truth[item], rank)) for rank, item in enumerate(items, start=1))
    return RunState(state.strategy, state.rounds, Query(labels, round(accuracy, 4), 1237 - len(asked), picks))


def shares(label: int, rank: int) -> tuple[float, ...]:
    """Class probabilities that lean to ``label``, less so for a high rank."""
    weights = [1.0 + (other * rank) % 3 for other in range(10)]
    weights[label] += 12 - rank / 2
    return tuple(weight / sum(weights) for weight in weights)


class MadeUp(Executor):
    """Answers rounds at once from `made_up`; everything else is done for real, in this process."""

    def __init__(self) -> None:
        self.contents = open_contents("digits")
        self.real = False
        """Whether rounds are played as well."""
        self.fail: Callable[[RunState], Exception | None] = lambda state: None
        self.held: list[Callable[[], None]] | None = None
        self.cells = 10_000
        """How many more cells of other seeds are answered; the rest stay under way."""
        self.under_way: list[tuple[Future[Any], TaskSpec, str]] = []
        self.fail_cell: Callable[[TaskSpec, str], Exception | None] = lambda spec, strategy: None

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn is play_cell:
            return self._cell(*args)
        if fn is open_plane and args[1]:
            return Future()  # by neighbours it takes as long as a screen full of tests
        if fn is not play or self.real:
            return Inline().submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        spec, state, *_ = args

        def finish() -> None:
            if (error := self.fail(state)) is not None:
                future.set_exception(error)
            else:
                future.set_result(Played(made_up(spec, state, self.contents.truth), (Timing(0.012, 0.003),)))

        if self.held is None:
            finish()
        else:
            self.held.append(finish)
        return future

    def _cell(self, spec: TaskSpec, strategy: str) -> Future[Any]:
        future: Future[Any] = Future()
        self.cells -= 1
        if self.cells < 0:
            self.under_way.append((future, spec, strategy))
        else:
            self._finish_cell(future, spec, strategy)
        return future

    def release(self, cells: int) -> None:
        """Answer so many of the cells that stayed under way."""
        for _ in range(cells):
            self._finish_cell(*self.under_way.pop(0))

    def _finish_cell(self, future: Future[Any], spec: TaskSpec, strategy: str) -> None:
        if (error := self.fail_cell(spec, strategy)) is not None:
            future.set_exception(error)
        else:
            future.set_result(made_up_cell(spec, strategy))


SOON = 0.05
START_ENGINE = AlTui.start_engine
"""As it is where no test replaces it."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note the pictures that no collected test compares with: syrupy does not look for them when tests run in parallel."""
    names: dict[Path, set[str]] = {}
    for entry in items:
        names.setdefault(entry.path, set()).add(entry.name)
    for path, known in names.items():
        pictures = path.parent / "__snapshots__" / path.stem
        UNUSED.extend(picture for picture in pictures.glob("*.svg") if picture.stem not in known)


UNUSED: list[Path] = []


@pytest.fixture
def unused_pictures(request: pytest.FixtureRequest) -> list[Path]:
    """Pictures that no test of their file compares with."""
    if any("::" in argument for argument in request.config.args):
        pytest.skip("only some tests of a file were asked for")
    return UNUSED


async def quiet(min_sleep: float = 0, max_sleep: float = 1) -> None:
    """Wait until the event loop has nothing to do: nothing is ready, and no timer is due within a moment.

    Textual's own wait looks whether the process used the processor during the last 20 ms. That is 20 ms or more for every
    key, and on a busy machine a process that was not let run looks like one that has nothing to do.
    """
    loop: Any = asyncio.get_running_loop()
    end = loop.time() + max_sleep
    while loop.time() < end:
        await asyncio.sleep(0)
        if loop._ready:
            continue
        due = min((timer.when() for timer in loop._scheduled if not timer.cancelled()), default=math.inf) - loop.time()
        if due > SOON:
            return
        await asyncio.sleep(max(0, due))


@pytest.fixture(autouse=True)
def wait_for_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pilot wait for states, not for times."""
    monkeypatch.setattr("textual.app.wait_for_idle", quiet)
    monkeypatch.setattr("textual.pilot.wait_for_idle", quiet)


class Desk:
    """The app under test with its executor and engine."""

    def __init__(self, app: AlTui, executor: MadeUp, engine: Engine) -> None:
        self.app, self.executor, self.engine = app, executor, engine

    @property
    def contents(self) -> Contents:
        return self.executor.contents

    async def press(self, pilot: Pilot[None], *keys: str) -> None:
        """Press keys one after the other, each when the screen has come to rest."""
        await self.rest(pilot)
        for key in keys:
            await pilot.press(key)
            await self.rest(pilot)

    async def rest(self, pilot: Pilot[None]) -> None:
        """Wait until the race has nothing left to do and the screen has drawn it; gives up when a round is held back."""
        for _ in range(1000):
            await pilot.pause()
            race, screen = self.engine.race, self.app.screen
            # On a busy machine the loop may have been at rest before the engine was told to start.
            if self.app._race is None and self.app.is_running and type(self.app).start_engine is START_ENGINE:
                await asyncio.sleep(MOMENT)
                continue
            started = self.app._race is not None and self.engine.error is None
            if started and (race is None or any(run.steps for run in race._runs)):
                await asyncio.sleep(MOMENT)
                continue
            if any(run.learning for run in self.engine.view.runs) and self.executor.held is None:
                await asyncio.sleep(MOMENT)
                continue
            if (seeds := self.engine.seeds) is not None and self.executor.cells >= 0 and not is_final(seeds.view):
                await asyncio.sleep(MOMENT)
                continue
            if not isinstance(screen, RaceScreen):
                break
            painting = screen.painting
            if (
                painting.asked is not None
                and not painting.pending
                and not any(drawn._making for drawn in screen.query(DrawnInParts))
            ):
                break
            await asyncio.sleep(MOMENT / 10)  # pauses alone can be over before a timer is due
        await pilot.pause()

    @property
    def told(self) -> str:
        """The message in the bottom line, if there is one."""
        text = self.app.screen.query_one(KeyBar).told
        return "" if text is None else text.plain.strip()

    def shown(self, widget: type[Widget] | str) -> str:
        """The text that a widget of the screen shows."""
        rendered = self.app.screen.query_one(widget).render()
        assert isinstance(rendered, Text)
        return rendered.plain

    def state(self, name: str) -> RunState:
        """Of a strategy, or of the run that the person began from it, if they did."""
        return [run.state for run in self.engine.view.runs if run.name in (name, own_name(name))][-1]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Desk]:
    """Makes an app over a made-up race that begins paused, with the clock stopped and repaints as soon as can be."""
    monkeypatch.setattr(Engine, "seconds", property(lambda self: 7.0))
    monkeypatch.setattr(race_painting, "REPAINT_SECONDS", 0.001)
    monkeypatch.setattr(slices, "SLICE_SECONDS", 0.001)
    monkeypatch.setattr(keybar, "MESSAGE_SECONDS", 60.0)
    monkeypatch.chdir(tmp_path)

    monkeypatch.setattr(statistics, "RESAMPLES", 200)

    def make(
        names: tuple[str, ...] = DEFAULT_STRATEGIES,
        *,
        budget: int = 120,
        paused: bool = True,
        seeds: int = 1,
        cells: int = 10_000,
        spec: TaskSpec | None = None,
    ) -> Desk:
        executor = MadeUp()
        executor.cells, executor.real = cells, spec is not None
        spec = spec or TaskSpec(budget=budget)
        workers = Workers(2)
        repeated = Seeds(complete([spec], names, seeds=seeds), None, workers) if seeds > 1 else None
        engine = Engine(spec, names, lambda: executor, 1000.0, repeated, workers=workers)
        engine.view = engine.view._replace(paused=paused)
        return Desk(AlTui(engine, Path("/var/log/al-tui.log")), executor, engine)

    return make


@pytest.fixture
def label_desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., LabelDesk]]:
    """Makes a labelling app over a made-up model, with the clock of its session ticking two seconds per event.

    The next item waits for that model, however busy the machine is; `_waited` of the screen ends it.
    """
    monkeypatch.setattr("al_tui.background.labelling.WAIT_SECONDS", 600.0)
    monkeypatch.setattr(slices, "SLICE_SECONDS", 0.001)
    monkeypatch.setattr(keybar, "MESSAGE_SECONDS", 60.0)
    monkeypatch.chdir(tmp_path)
    moments = count(1_790_000_000, 2)
    made: list[LabelDesk] = []

    def make(**changes: Any) -> LabelDesk:
        path = tmp_path / f"{len(made)}.session"
        stand = Stand()
        begin = Begin(replace(SETTINGS, **changes), "ann", path, clock=lambda: datetime.fromtimestamp(next(moments), UTC))
        app = LabelApp(Labeller(begin, stand), Path("/var/log/al-tui.log"))
        made.append(LabelDesk(app, stand))
        return made[-1]

    yield make
    for one in made:
        one.app.labeller.close()
