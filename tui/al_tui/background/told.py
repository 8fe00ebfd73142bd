"""What workers have told of strategies and learners."""

from __future__ import annotations

from al_core.run.play import Listing, describe_strategies, ways_to_go_on
from al_core.strategies.description import StrategyInfo
from al_tui.background.patience import Patience


class Told:
    """Asks once, and remembers.

    Parameters
    ----------
    workers : who is asked.
    """

    def __init__(self, workers: Patience) -> None:
        self._workers = workers
        self._infos: dict[str, StrategyInfo] = {}
        self._ways: tuple[Listing, Listing] | None = None

    def info(self, strategy: str) -> StrategyInfo | None:
        """Metadata of a strategy; None before they are there."""
        return self._infos.get(strategy)

    async def learn(self, strategy: str) -> None:
        """Get its metadata."""
        if strategy not in self._infos:
            (self._infos[strategy],) = await self._workers.insist(describe_strategies, (strategy,))

    async def ways(self) -> tuple[Listing, Listing]:
        """Strategies and learners there are to go on with; raises whatever the worker raises."""
        if self._ways is None:
            self._ways = await self._workers.ask(ways_to_go_on)
        return self._ways
