"""The command palette, made from the same tables as everything else, and what else one may go to from a screen by its name."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from functools import cached_property, partial
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from al_tui.commands.command import Command
from al_tui.commands.table import COMMON


class Entry(NamedTuple):
    """One line of the palette: what it is called, the key that does the same or what becomes of it, and what it does."""

    title: str
    key: str
    run: Callable[[], Awaitable[object] | object]


def short(title: str) -> str:
    """The beginning of what is said of a command, up to where it goes into detail."""
    return re.split(r"[,:;]", title, maxsplit=1)[0]


class TableProvider(Provider):
    """Finds the commands of the screen and those that work everywhere, what the screen names, where else one goes, themes."""

    @cached_property
    def _entries(self) -> Sequence[Entry]:
        """As of when the palette was opened."""
        own: Sequence[Command] = getattr(self.screen, "commands", ())
        app = self.app
        rows = [command for command in (*own, *COMMON) if command.action not in ("command_palette", "label")]
        does = app.simulate_command  # type: ignore[attr-defined]
        entries = [Entry(short(row.title), row.key, partial(does, row)) for row in rows]
        for title, key, go in getattr(self.screen, "places", tuple)():
            entries.append(Entry(title, key, go))
        entries += [Entry(*place) for place in app.elsewhere]  # type: ignore[attr-defined]
        for theme in app.themes:  # type: ignore[attr-defined]
            entries.append(Entry(f"Theme {theme}", "", partial(app.choose_theme, theme)))  # type: ignore[attr-defined]
        return entries

    async def discover(self) -> Hits:
        for entry in self._entries:
            yield DiscoveryHit(_line(Content(entry.title), entry.key), entry.run, text=entry.title)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for entry in self._entries:
            if (score := matcher.match(entry.title)) > 0:
                yield Hit(score, _line(matcher.highlight(entry.title), entry.key), entry.run, text=entry.title)


def _line(title: Content, key: str) -> Content:
    return Content.assemble(title, (f"  {key}", "dim")) if key else title
