"""What screens and widgets need of the app they are in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import App

from al_core.measures.worth import NOTHING_KNOWN, Price
from al_tui.commands.command import Command

if TYPE_CHECKING:
    from al_core.task.spec import TaskSpec
    from al_tui.background.seeds import Seeds
    from al_tui.commands.class_keys import Bound


class Host(App[None]):
    """An app that screens of ours can be shown in."""

    @property
    def bound(self) -> Bound:
        """Keys that a person wants for classes."""
        return {}

    price: Price = NOTHING_KNOWN
    """What a label costs, as far as somebody has said it."""
    log_path: str
    """The file that holds what workers printed, safe to show; error messages name it."""

    def tell(self, text: str, *, problem: bool = False) -> None:
        """Say something for a while; ``problem`` says it louder."""
        raise NotImplementedError

    async def simulate_command(self, command: Command) -> None:
        """Do what the command's first key does."""
        raise NotImplementedError


class RaceHost(Host):
    """An app that the dashboard can be shown in."""

    more_seeds: Callable[[TaskSpec], Seeds] | None = None
    """Makes paired seeds of a race that began with one; None where there are some, or nothing is computed."""

    def start_engine(self) -> None:
        """Start the engine's race, in place of the one that runs."""
        raise NotImplementedError
