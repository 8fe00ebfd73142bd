"""What the workers of a cluster are given by its content, once and not with every call: large things they cannot get at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Carry = tuple[Callable[[Any], object], Any]
"""What is done with a thing before each call, and the thing."""


class Carried:
    """Things that were sent to all workers, and are sent again when the last worker that had one has gone.

    Parameters
    ----------
    client : of `distributed`.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._things: dict[str, Carry] = {}
        self._sent: dict[str, Any] = {}

    def add(self, name: str, first: Callable[[Any], object], about: Any) -> None:
        """Have ``first(about)`` done in every worker before its calls, in place of what was added under this name before."""
        with self._lock:
            self._things[name] = first, about
            self._sent[name] = self._send(name)

    def there(self) -> tuple[Any, ...]:
        """What a call is to be sent with: for each thing something that the cluster makes a `Carry` of where it is made."""
        with self._lock:
            for name in self._things:
                if self._sent[name].status in ("lost", "cancelled", "error"):
                    self._sent[name] = self._send(name)
            return tuple(self._sent.values())

    def _send(self, name: str) -> Any:
        # Not by its hash: what was lost would be taken for there by a scheduler that has not noticed yet.
        (sent,) = self._client.scatter([self._things[name]], broadcast=True, hash=False)
        return sent
