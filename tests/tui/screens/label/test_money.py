"""While one labels the head line says what that has cost, and what is still to be paid; without a price it says neither."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from al_core.labelling.progress import Progress
from al_core.labelling.worth import paid_and_to_pay, took
from al_core.measures.worth import Price, Times
from al_tui.widgets.header import HeaderLine


@pytest.mark.parametrize(
    ("price", "times", "said"),
    [
        (Price(None, 36, "EUR"), [4.0] * 6, ("· 0.24 EUR spent, 0.32 to go",)),
        (Price(50.0, 36, "EUR"), [4.0] * 6, ("· 0.24 EUR spent, 0.32 to go",)),
        (Price(50.0, 36, "EUR"), [], ("· 4.00 EUR to go",)),
        (Price(4.0, None), [4.0] * 6, ()),
    ],
)
async def test_what_was_spent_and_what_remains_to_the_budget(
    label_desk: Callable[..., Any], price: Price, times: list[float], said: tuple[str, ...]
) -> None:
    at = label_desk(budget=8)
    at.app.price = price
    async with at.app.run_test(size=(120, 30)) as pilot:
        await at.rest(pilot)
        at.session.ledger.times = Times(times)
        await at.press(pilot, "p")
        shown = at.shown(HeaderLine)
        assert [words for words in said if words not in shown] == []
        assert ("spent" in shown, "to go" in shown) == (bool(said and times), bool(said))


def test_where_all_is_done_nothing_is_to_be_paid() -> None:
    done = Progress(8, 0, 0, 0, 100, None, None, 0, 4.0, 32.0)
    assert paid_and_to_pay(done, Price(None, 36)) == "0.32 spent"
    assert took(done, Price(None, 36, "EUR")) == "the answers that were timed took 32.0 s, 0.32 EUR"
    assert took(done, Price(4.0)) == took(replace(done, spent_seconds=None), Price(None, 36)) == ""
