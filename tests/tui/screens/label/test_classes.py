"""The list of classes, by keys and by the mouse, and what the screen offers because classes have come."""

from __future__ import annotations

from collections.abc import Callable

from labelling import LabelDesk
from textual.widgets import Input, OptionList

from al_core.labelling.doubts import Doubted
from al_tui.screens.ask import Ask
from al_tui.screens.help import Help
from al_tui.screens.label.classes import ClassList
from al_tui.widgets.item import Item
from al_tui.widgets.line import Line

MakeDesk = Callable[..., LabelDesk]
BIG = (120, 40)


async def test_a_class_is_renamed_by_keys_and_that_is_taken_back(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "3", "7", "3")
        await pilot.press("C")
        await pilot.pause()
        listed = at.app.screen
        assert isinstance(listed, ClassList)
        options = listed.query_one(OptionList)
        assert [options.get_option_at_index(3).prompt.plain.split()[:4]] == [["3", "3", "2", "labels"]]  # type: ignore[union-attr]
        await pilot.press("3", "r")
        await pilot.pause()
        assert isinstance(at.app.screen, Ask)
        assert at.app.screen.query_one(Input).value == "3"
        await pilot.press("escape")
        await pilot.pause()
        assert at.app.screen is listed
        await pilot.press("r")
        await pilot.pause()
        await pilot.press(*"three", "enter")
        await pilot.pause()
        assert at.session.ledger.living[3] == "three"
        assert "3 three" in " ".join(at.shown(Item).split())
        await at.press(pilot, "3", "u", "u")
        assert at.session.ledger.living[3] == "3"


async def test_keys_of_the_list_label_nothing(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "3")
        before = at.session.ledger.sequence
        await pilot.press("C")
        await pilot.pause()
        await pilot.press("4", "8", "x", "b", "u", "down", "escape")
        await pilot.pause()
        assert not isinstance(at.app.screen, ClassList)
        assert [step.kind for step in at.session.ledger.done] == ["label"]
        assert at.session.ledger.sequence >= before


async def test_labels_from_before_a_class_are_offered_in_the_line(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "3", "7")
        item, given = next(iter(at.session.ledger.answers.items()))
        at.session.doubts._found = (Doubted(item, given.sequence, 5),)
        at.screen.paint_again()
        await at.press(pilot, "p")
        assert "1 label from before there was 5 may be of it: v goes through them." in at.shown(Line)


async def test_the_help_says_what_somebody_said_of_classes(label_desk: MakeDesk) -> None:
    at = label_desk()
    async with at.app.run_test(size=BIG) as pilot:
        await at.press(pilot, "3")
        at.session.describe_class(3, "two bows, open to the left")
        await pilot.press("question_mark")
        await pilot.pause()
        help_ = at.app.screen
        assert isinstance(help_, Help)
        text = help_._text().plain
        assert text.index("two bows, open to the left") < text.index("Labelling\n")
