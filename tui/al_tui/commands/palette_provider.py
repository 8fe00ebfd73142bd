"""The command palette, made from the same tables as everything else."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from al_tui.commands.command import Command
from al_tui.commands.table import COMMON


class TableProvider(Provider):
    """Finds the commands of the screen and those that work everywhere."""

    def _rows(self) -> Sequence[Command]:
        own: Sequence[Command] = getattr(self.screen, "commands", ())
        return [command for command in (*own, *COMMON) if command.action not in ("command_palette", "label")]

    async def discover(self) -> Hits:
        for command in self._rows():
            yield DiscoveryHit(command.title, self._runner(command), help=command.key)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for command in self._rows():
            if (score := matcher.match(command.title)) > 0:
                yield Hit(score, matcher.highlight(command.title), self._runner(command), help=command.key)

    def _runner(self, command: Command) -> partial[object]:
        return partial(self.app.simulate_command, command)  # type: ignore[attr-defined]
