"""What a screen asks before it paints itself."""

from __future__ import annotations

from textual.dom import DOMNode


def leaving(node: DOMNode) -> bool:
    """True once the program is on its way out.

    From then on Textual mounts nothing: a screen that was being filled stays without some of its widgets, and one that is being
    closed loses them one by one. What paints a screen looks for its widgets, so nothing is painted any more. There is no code
    to return where nobody asked the program to leave, as at the end of a test: then it is known by the program not running.
    """
    return node.app.return_code is not None or not node.app.is_running
