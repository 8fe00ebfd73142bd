"""Something that is done once, after a while, and is done however busy the machine is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.dom import DOMNode

from al_tui.widgets.leaving import leaving


def later(node: DOMNode, seconds: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
    """Call ``callback`` in ``seconds``, unless the app leaves before; a fault in it is the app's.

    Textual's timers are left out when their time is over before they have begun to wait, as when the process is not let run for
    so long just then: what waits for one would wait for ever.
    """

    def call() -> None:
        try:
            if not leaving(node):
                callback()
        except Exception as error:
            node.app._handle_exception(error)

    return asyncio.get_running_loop().call_later(seconds, call)
