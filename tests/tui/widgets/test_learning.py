"""The learning curve of a labelling session, and what stands in its place."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.containers import Container

from al_tui.widgets.learning import Learning


class Alone(App[None]):
    def compose(self) -> ComposeResult:
        with Container():
            yield Learning(False)


@pytest.mark.parametrize("size", [(120, 40), (38, 12), (24, 12)])
async def test_that_nothing_is_measured_is_said_whole_in_any_width(size: tuple[int, int]) -> None:
    app = Alone()
    async with app.run_test(size=size):
        at = app.query_one(Learning)
        lines = at.render().plain.split("\n")
        assert " ".join(" ".join(lines).split()).endswith("these items are: how often the model is right is not known.")
        assert max(map(cell_len, lines)) <= at.size.width
        assert len(lines) <= at.size.height
