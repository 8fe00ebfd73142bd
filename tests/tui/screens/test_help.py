"""Help says what words mean, and finds keys and words."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.text import Text
from textual.widgets import Static

from al_tui.commands.glossary import RACE_WORDS
from al_tui.screens.help import Hanging, Help
from al_tui.screens.race.screen import RaceScreen


def shown(at: Any) -> str:
    return str(at.app.screen.query_one("#text", Static).content)


async def test_help_has_the_words_and_a_search(desk: Callable[..., Any]) -> None:
    at = desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "question_mark")
        assert all(word in shown(at) and meaning in shown(at) for word, meaning in RACE_WORDS)
        await at.press(pilot, "slash", "a", "u", "l", "c")
        assert "area under the learning curve" in shown(at)
        assert "ground truth" not in shown(at)
        await at.press(pilot, *"xq")
        assert shown(at) == "Nothing of that is here."
        await at.press(pilot, "escape")
        assert "ground truth" in shown(at)
        assert isinstance(at.app.screen, Help)
        await at.press(pilot, "q")
        assert isinstance(at.app.screen, RaceScreen)


def test_what_a_word_means_goes_on_below_itself() -> None:
    lines = Text("What is it? A line that has no word goes on where it began.\n")
    lines.append(f"  {'u':<11} ", "red").append("Take the last thing back; without limit\n")
    lines.append("  PgDn PgUp Home End ", "red").append("Read on in a text that is long")
    console = Console(width=44, file=io.StringIO())
    shown = ["".join(part.text for part in line).rstrip() for line in console.render_lines(Hanging(lines))]
    assert shown == [
        "What is it? A line that has no word goes on",
        "where it began.",
        "  u           Take the last thing back;",
        "              without limit",
        "  PgDn PgUp Home End Read on in a text that",
        "              is long",
    ]
