"""The app of labelling one data set."""

from __future__ import annotations

from pathlib import Path

from al_tui.background.labelling import Labeller
from al_tui.commands.class_keys import Bound
from al_tui.screens.label.screen import LabelScreen
from al_tui.shell.base import BaseApp


class LabelApp(BaseApp):
    """Labelling one data set.

    Parameters
    ----------
    labeller : the session, and what keeps its model learning.
    log_path : the file that holds what workers printed.
    """

    begins_with = ("label",)
    behind = "Every label is on disk."

    def __init__(self, labeller: Labeller, log_path: Path) -> None:
        super().__init__(log_path)
        self.labeller, self.price = labeller, labeller.begin.price

    @property
    def bound(self) -> Bound:
        return self.labeller.bound

    def begin(self) -> None:
        self.labeller.refused = self.refuse
        self.push_screen(LabelScreen(self.labeller))
        self.call_after_refresh(self.start)

    def start(self) -> None:
        """Open the session and let its model learn."""
        self.run_worker(self._run(), name="labeller", exit_on_error=True)
        self.load_plots()

    async def _run(self) -> None:
        """Let the model learn; a fault of ours there ends that, and not the labelling."""
        try:
            await self.labeller.run()
        except Exception as error:
            self.labeller.broke_off(error)
            raise
