"""Items to measure with, as the person sees them: like all others until they are answered."""

from __future__ import annotations

from collections.abc import Callable

from labelling import LabelDesk, the_items

from al_tui.widgets.item import Item
from al_tui.widgets.learning import Learning
from al_tui.widgets.reason import Reason

MakeDesk = Callable[..., LabelDesk]
BIG = (120, 40)


def words(at: LabelDesk) -> str:
    """All that is said of the item but for its picture, which is told by its blocks."""
    return " ".join(line.strip() for line in at.shown(Item).splitlines() if not set(line) & set("▀▄█"))


async def test_nothing_tells_an_item_to_measure_with_from_the_others_until_it_is_answered(label_desk: MakeDesk) -> None:
    at = label_desk(audit=0.25)
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "1")
        while not at.session.ledger.labelled or at.session.reply is None:
            await at.press(pilot, "1")
        said: dict[str, set[str]] = {}
        for _ in range(36):
            said.setdefault(at.screen.offer.how, set()).add(words(at))
            await at.press(pilot, "2")
        assert {"start", "strategy", "audit"} <= set(said)
        assert len(set.union(*said.values())) == 1
        assert "to learn or measure" in next(iter(said["audit"]))
        while at.screen.offer.how != "audit":
            await at.press(pilot, "2")
        await at.press(pilot, "3", "left")
        assert "you said 3, to measure" in at.shown(Item)
        back = next(item for item in reversed(at.session.ledger.answers) if item not in at.session.ledger.choices.audited)
        while at.screen.offer.item != back:
            await at.press(pilot, "left")
        assert "you said 2" in at.shown(Item)
        assert "to measure" not in at.shown(Item)


async def test_who_asks_why_is_told(label_desk: MakeDesk) -> None:
    at = label_desk(audit=0.5)
    async with at.app.run_test(size=BIG) as pilot:
        await at.rest(pilot)
        assert at.screen.offer.how == "audit"
        await at.press(pilot, "e")
        assert "Drawn at random, to measure with" in at.shown(Reason)


async def test_the_estimate_stands_beside_what_is_measured(label_desk: MakeDesk) -> None:
    at = label_desk(audit=0.25)
    async with at.app.run_test(size=BIG) as pilot:
        items, truth = the_items(), the_items().truth
        assert truth is not None
        for _ in range(12):
            await at.rest(pilot)
            await at.press(pilot, str(truth[items.row_of[at.screen.offer.item]]))
        found = at.session.estimate
        assert found is not None
        assert found.asked == len(at.session.ledger.choices.audited) - (at.screen.offer.how == "audit")
        assert f"of the pool: {found.right} of {found.asked}, " in at.shown(Learning)
        assert str(at.app.screen.query_one(Learning).border_title).startswith("Test accuracy")
