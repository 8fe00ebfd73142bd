"""A fault in painting is the screen's affair, and not that of whoever said that there is something to paint."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from textual.dom import DOMNode

P = ParamSpec("P")


def shielded(node: DOMNode, callback: Callable[P, object]) -> Callable[P, None]:
    """``callback`` for the engine, or for what keeps a model learning: both go on when it raises, and the app is told."""

    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except Exception as error:
            node.app._handle_exception(error)

    return call
