"""Take the pictures of the README: python docs/screenshots.py"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from al_core.compute.processes import Processes
from al_core.sessions.actions import Settings
from al_core.sessions.race_journal import Journal
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec
from al_tui.app import AlTui
from al_tui.background.labelling import Begin, Labeller
from al_tui.background.race import Engine
from al_tui.background.recorder import Recorder
from al_tui.background.workers import Workers
from al_tui.label_app import LabelApp
from al_tui.screens.compare import CompareScreen

HERE = Path(__file__).parent
LABELS = 24


async def take_labelling(executor: Processes, home: Path) -> None:
    """Label digits as they are, with the defaults of `al-tui label`, until there are so many labels."""
    labeller = Labeller(Begin(Settings("digits", "", ()), "you", home / "label.session"), executor)
    app = LabelApp(labeller, Path("al-tui.log"))
    async with app.run_test(size=(120, 40)) as pilot:
        while labeller.session is None:
            await pilot.pause(0.05)
        session = labeller.session
        assert session.items.truth is not None
        while session.ledger.labelled < LABELS:
            while app.screen.offer is None or app.screen.waiting or labeller.learning:
                await pilot.pause(0.05)
            await pilot.press(str(session.items.truth[app.screen.offer.row]))
            await pilot.pause(0.05)
        while app.screen.offer is None or app.screen.waiting or labeller.learning or app.screen.painting:
            await pilot.pause(0.05)
        await pilot.pause(1.0)
        app.save_screenshot("label.svg", path=str(HERE))
    labeller.close()


async def take(executor: Processes, home: Path) -> None:
    """Race to 150 labels, look at margin; race along by hand, label three digits; race to the end. Save each."""
    recorder = Recorder(lambda spec: Journal(home / "a.session", "you"))
    engine = Engine(TaskSpec(), DEFAULT_STRATEGIES, lambda: executor, 12.0, recorder=recorder, workers=Workers(2))
    engine.set_paused(True)
    app = AlTui(engine, Path("al-tui.log"))
    async with app.run_test(size=(120, 40)) as pilot:
        while engine.race is None or engine.pool.plane is None:
            await pilot.pause(0.05)
        for rounds in range(14):
            await pilot.press("n")
            while not all(len(run.state.curve) > rounds for run in engine.view.runs):
                await pilot.pause(0.05)
        while engine.view.runs[app.screen.flow.looking.focus].name != "margin":
            await pilot.press("down")
        await pilot.pause(0.6)
        app.save_screenshot("race.svg", path=str(HERE))
        await pilot.press("h")
        await pilot.pause(0.6)
        for _ in range(3):
            item = app.screen.flow.by_hand.target[1]
            await pilot.press(str(engine.contents.truth[item]))
        await pilot.pause(0.6)
        app.save_screenshot("by-hand.svg", path=str(HERE))
        await pilot.press("h")
        engine.race.set_paused(False)
        while not isinstance(app.screen, CompareScreen):
            await pilot.pause(0.05)
        await pilot.pause(0.6)
        app.save_screenshot("comparison.svg", path=str(HERE))
    engine.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        for taken, count in ((take, 2), (take_labelling, 3)):
            workers = Processes(count)
            try:
                asyncio.run(taken(workers, Path(home)))
            finally:
                workers.shutdown()
