"""What a terminal sends that is no key of the person's: recognised and dropped before it can be taken for typing.

Textual hands an escape sequence that it does not know on as if its characters had been typed one by one. A terminal's late
reply with a digit in it would label the item on the screen.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import lru_cache

from textual._xterm_parser import SPECIAL_SEQUENCES, XTermParser
from textual.message import Message

_PASTE = re.compile(r"\x1b\[200~(.*?)(\x1b\[201~|\Z)", re.DOTALL)
_REPLY = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # about colours, titles, the clipboard
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # a device's name or capabilities
)
_SEQUENCE = re.compile(
    r"\x1b\[\[[A-E]"  # function keys of the Linux console
    r"|\x1b\[M[^\x1b]{3}"  # a mouse that counts in characters
    r"|\x1b\[[0-?]*[ -/]*[@-~]"  # everything else that begins with ESC [
    r"|\x1bO[ -~]"
)
_LAST_FUNCTION_KEY, _PRIVATE_USE = 34, 0xE000


class KnownSequences(XTermParser):
    """Textual's parser, which never sees a whole sequence that it would not understand."""

    def feed(self, data: str) -> Iterable[Message]:
        known = without_unknown(data) if "\x1b" in data else data
        return super().feed(known) if known or not data else ()  # nothing at all would mean the end


def without_unknown(data: str) -> str:
    """``data`` without the complete escape sequences that are no key, no mouse and no reply that Textual knows.

    Pasted text loses its escapes, for Textual would take them for the end of the paste.
    """
    out, at = "", 0
    for paste in _PASTE.finditer(data):
        out += _without_unknown(data[at : paste.start()]) + "\x1b[200~" + paste[1].replace("\x1b", "") + paste[2]
        at = paste.end()
    return out + _without_unknown(data[at:])


def _without_unknown(data: str) -> str:
    return _SEQUENCE.sub(lambda found: found[0] if _is_known(found[0]) else "", _REPLY.sub("", data))


@lru_cache(1024)
def _is_known(sequence: str) -> bool:
    if sequence not in SPECIAL_SEQUENCES and (number := re.match(r"\x1b\[(\d+)[^a-zA-Z]*~", sequence)):
        code = int(number[1])
        if _LAST_FUNCTION_KEY < code < _PRIVATE_USE:  # Textual reads these as characters
            return False
    return sequence in SPECIAL_SEQUENCES or any(True for _ in XTermParser().feed(sequence))


def drop_unknown_sequences() -> None:
    """Let the terminal's driver use `KnownSequences`; the driver names its parser as a global and offers no other way."""
    if sys.platform != "win32":
        from textual.drivers import linux_driver

        linux_driver.XTermParser = KnownSequences  # type: ignore[attr-defined]
