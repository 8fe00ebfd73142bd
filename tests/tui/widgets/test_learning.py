"""The learning curve of a labelling session, and what stands in its place."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.containers import Container

from al_core.labelling.audit import Estimate
from al_tui.widgets.learning import Learning, spoken


class Alone(App[None]):
    def compose(self) -> ComposeResult:
        with Container():
            yield Learning(False)


FOUND = Estimate(57, 60, 0, 0.834, 0.9933)
CURVE = ((20, 0.8), (30, 0.9), (40, 0.95))


@pytest.mark.parametrize("curve", [(), CURVE])
@pytest.mark.parametrize("size", [(120, 40), (38, 12), (24, 12), (24, 6)])
async def test_an_estimate_is_said_whole_in_any_size_and_is_not_called_accuracy(
    size: tuple[int, int], curve: tuple[tuple[int, float], ...]
) -> None:
    app = Alone()
    async with app.run_test(size=size):
        at = app.query_one(Learning)
        at.show(curve, None, measured=False, estimate=FOUND, audited=True)
        lines = at.render().plain.rstrip("\n").split("\n")
        said = " ".join(" ".join(lines).split())
        assert "Estimate, for a random item of the pool: 57 of 60, 83.4% to 99.3%." in said
        assert ("┤" in said) == (bool(curve) and size[1] > 6)
        assert len(lines) <= at.size.height
        assert max(map(cell_len, lines)) <= at.size.width
        assert at.border_title == "Measured on items drawn at random"
        assert "ccuracy" not in said + str(at.border_title)


async def test_where_accuracy_is_measured_it_stands_beside_it() -> None:
    app = Alone()
    async with app.run_test(size=(80, 24)):
        at = app.query_one(Learning)
        at.show(CURVE, None, 540, estimate=FOUND, audited=True)
        assert str(at.border_title).startswith("Test accuracy 95.0% (")
        assert "57 of 60" in at.render().plain
        at.show(CURVE, None, 540)
        assert "57 of 60" not in at.render().plain


async def test_before_the_first_answer_it_is_said_how_it_will_be_measured() -> None:
    app = Alone()
    async with app.run_test(size=(80, 24)):
        at = app.query_one(Learning)
        at.show((), None, measured=False, audited=True)
        assert at.border_title == "Nothing is measured yet"
        assert "drawn at random, and no model learns them" in " ".join(at.render().plain.split())
        at.show((), None, measured=False)
        assert at.border_title == "Nothing is measured"


def test_answers_that_are_no_label_may_be_either() -> None:
    assert spoken(FOUND) == "57 of 60, 83.4% to 99.3%"
    assert spoken(FOUND._replace(unknown=2, upper=1.0)) == "57 of 60 (2 without a label may be either), 83.4% to 100.0%"


@pytest.mark.parametrize("size", [(120, 40), (38, 12), (24, 12)])
async def test_that_nothing_is_measured_is_said_whole_in_any_width(size: tuple[int, int]) -> None:
    app = Alone()
    async with app.run_test(size=size):
        at = app.query_one(Learning)
        lines = at.render().plain.split("\n")
        assert " ".join(" ".join(lines).split()).endswith("these items are: how often the model is right is not known.")
        assert max(map(cell_len, lines)) <= at.size.width
        assert len(lines) <= at.size.height


@pytest.mark.parametrize("size", [(120, 40), (38, 14)])
async def test_what_accuracy_is_measured_on_is_said_beside_it(size: tuple[int, int]) -> None:
    app = Alone()
    async with app.run_test(size=size):
        at = app.query_one(Learning)
        for curve in ((), CURVE):
            at.show(curve, None, 200, measured_on="200 items of test/")
            lines = at.render().plain.rstrip("\n").split("\n")
            assert "Measured on 200 items of test/." in " ".join(" ".join(lines).split())
            assert len(lines) <= at.size.height
            assert max(map(cell_len, lines)) <= at.size.width
        at.show(CURVE, None, measured=False, measured_on="200 items of test/")
        assert "Measured on" not in at.render().plain
