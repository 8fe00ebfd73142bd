"""From the bytes that a terminal sends to what they mean: keys, clicks, pasted text, and replies that nobody typed.

Textual decides about an escape sequence within one read, and hands one that it does not know on as if its characters had been
typed. A terminal's reply with a digit in it, or one that arrives in two parts, would label the item on the screen. Here a
sequence is followed from read to read to its end, and handed on only when Textual knows it; bytes that are no text are nothing.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import getincrementaldecoder
from collections.abc import Generator
from functools import lru_cache

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import BRACKETED_PASTE_START, SPECIAL_SEQUENCES, XTermParser
from textual.keys import Keys
from textual.message import Message

KEY_SECONDS = 0.1
"""Silence after which Esc is the key of that name, and not the beginning of a sequence."""
LATE_SECONDS = 1.0
"""How long after that the rest of a sequence may still come. Then it is too late to be anything, and it is swallowed."""
SILENCE_SECONDS = 1.0
"""Silence after which a sequence that has no end is over."""
PASTE_SECONDS = 5.0
"""The same for pasted text: the rest of one that comes over a slow line must not be taken for typing."""

LONGEST_SEQUENCE = 32
"""Bytes of the longest sequence that Textual knows."""
LONGEST_PASTE = 1_000_000
"""Bytes of pasted text that are kept."""

_ESC, _BEL, _DEL, _BACKSLASH = 0x1B, 0x07, 0x7F, 0x5C
_CONTROL, _SINGLE_SHIFT, _COMMAND = ord("["), ord("O"), ord("]")
_OPENS = frozenset(b"[]P_^XO")
"""What opens a sequence, after Esc."""
_PASTE_END = b"\x1b[201~"
_LAST_FUNCTION_KEY, _PRIVATE_USE = 34, 0xE000

Reading = Generator[float | None, int | None, int | None]
"""Waits for a byte, at most so many seconds, and is sent None when none came. Returns a byte that it did not want, if any."""


class TerminalInput:
    """Reads what a terminal sends; the time is told by the caller, who waits at most `patience` for the next bytes."""

    def __init__(self) -> None:
        self._parser = XTermParser()
        self._decode = getincrementaldecoder("utf-8")("ignore")
        self._alt = False
        """True while the character that is being read was preceded by Esc."""
        self._out: list[Message] = []
        self._reading = self._read()
        self._wait: float | None = next(self._reading)
        self._deadline: float | None = None

    def feed(self, data: bytes, now: float) -> list[Message]:
        """What came, at ``now`` on a clock that only goes forward."""
        for byte in data:
            self._wait = self._reading.send(byte)
        self._deadline = None if self._wait is None else now + self._wait
        return self._taken()

    def idle(self, now: float) -> list[Message]:
        """Nothing has come until ``now``, and that may mean something, too."""
        while self._deadline is not None and now >= self._deadline:
            self._wait = self._reading.send(None)
            self._deadline = None if self._wait is None else self._deadline + self._wait
        return self._taken()

    def patience(self, now: float) -> float | None:
        """Seconds after which silence means something; None when it means nothing."""
        return None if self._deadline is None else max(0.0, self._deadline - now)

    def _taken(self) -> list[Message]:
        out, self._out = self._out, []
        return out

    # Following sequences

    def _read(self) -> Generator[float | None, int | None, None]:
        byte: int | None = None
        while True:
            if byte is None:
                byte = yield None
            if byte == _ESC:
                self._decode.reset()
                byte = yield from self._after_escape()
            else:
                if byte is not None:
                    self._typed(byte)
                byte = None

    def _after_escape(self) -> Reading:
        byte = yield KEY_SECONDS
        if byte is not None:
            return (yield from self._escaped(byte))
        self._escape()
        byte = yield LATE_SECONDS
        if byte is None or byte not in _OPENS:
            return byte
        return (yield from self._sequence(byte, wanted=False))

    def _escaped(self, byte: int) -> Reading:
        """A byte that came right after Esc."""
        if byte in _OPENS:
            return (yield from self._sequence(byte, wanted=True))
        if byte == _ESC:
            self._escape()
            return byte
        self._alt = True
        self._typed(byte)
        return None

    def _sequence(self, opening: int, wanted: bool) -> Reading:
        """The rest of a sequence; it means something only if it is ``wanted``."""
        if opening == _CONTROL:
            return (yield from self._control(wanted))
        if opening == _SINGLE_SHIFT:
            return (yield from self._single_shift(wanted))
        return (yield from self._string(opening))

    def _control(self, wanted: bool) -> Reading:
        """What begins with Esc [: keys, the mouse, reports, and pasted text."""
        held = bytearray(b"\x1b[")
        more = 0
        """Bytes that still belong to it, whatever they are."""
        while True:
            byte = yield SILENCE_SECONDS
            if byte is None:
                return None
            if not more and (byte < 0x20 or byte == _DEL):
                return byte  # a control key of the person's, or another sequence: this one was broken off
            if len(held) <= LONGEST_SEQUENCE:
                held.append(byte)
            if more:
                more -= 1
            elif held == b"\x1b[[":  # function keys of the Linux console have one letter more
                more = 1
                continue
            elif held == b"\x1b[M":  # a mouse that tells button and place in a byte each
                more = 3
                continue
            elif not (0x40 <= byte <= 0x7E or (byte == ord("$") and held.decode("latin-1") in ANSI_SEQUENCES_KEYS)):
                continue
            if more:
                continue
            sequence = held.decode("latin-1")
            if sequence == BRACKETED_PASTE_START:
                yield from self._paste()
            elif wanted:
                self._understood(sequence)
            return None

    def _single_shift(self, wanted: bool) -> Reading:
        """What begins with Esc O: keys, at times with a number for Shift and the like."""
        held = bytearray(b"\x1bO")
        while True:
            byte = yield SILENCE_SECONDS
            if byte is None:
                return None
            if byte < 0x20 or byte == _DEL:
                return byte
            if len(held) <= LONGEST_SEQUENCE:
                held.append(byte)
            if byte not in b"0123456789;":
                if wanted:
                    self._understood(held.decode("latin-1"))
                return None

    def _string(self, opening: int) -> Reading:
        """A reply in words, up to Esc \\, of which nothing is wanted."""
        while True:
            byte = yield SILENCE_SECONDS
            if byte == _ESC:
                byte = yield SILENCE_SECONDS
                if byte is None or byte == _BACKSLASH:
                    return None
                return (yield from self._escaped(byte))
            if byte is None or (byte == _BEL and opening == _COMMAND):
                return None

    def _paste(self) -> Generator[float | None, int | None, None]:
        text, last = bytearray(), b""
        while last != _PASTE_END and (byte := (yield PASTE_SECONDS)) is not None:
            last = (last + bytes((byte,)))[-len(_PASTE_END) :]
            if len(text) < LONGEST_PASTE:
                text.append(byte)
        self._out.append(events.Paste(_plain(text.removesuffix(_PASTE_END).decode("utf-8", "ignore"))))

    # What is handed on

    def _escape(self) -> None:
        self._out.append(events.Key("escape", "\x1b"))

    def _typed(self, byte: int) -> None:
        for char in self._decode.decode(bytes((byte,))):
            keys: list[events.Key] = []
            if self._alt:
                keys = [*self._parser._sequence_to_key_events(f"\x1b{char}")]
            if not "\x80" <= char <= "\x9f":  # control codes that no key sends
                keys = keys or [*self._parser._sequence_to_key_events(char, alt=self._alt)]
            self._out += [key for key in keys if key.key != Keys.Ignore]
            self._alt = False

    def _understood(self, sequence: str) -> None:
        """Hand a whole sequence on, if Textual knows it."""
        if len(sequence) <= LONGEST_SEQUENCE and _is_known(sequence):
            try:
                self._out += [*self._parser.feed(sequence)]
            except Exception:  # the parser has ended, by a sequence that it takes for something else than it is
                self._parser = XTermParser()


def _plain(text: str) -> str:
    """Pasted text without what is no text: control codes, of the terminal or of the direction of writing."""
    return "".join(char for char in text if unicodedata.category(char)[0] != "C" or char in "\n\r\t\u200d")


@lru_cache(1024)
def _is_known(sequence: str) -> bool:
    if sequence in SPECIAL_SEQUENCES:
        return True
    if number := re.match(r"\x1b\[(\d+)[^a-zA-Z]*~", sequence):
        code = int(number[1])
        if _LAST_FUNCTION_KEY < code < _PRIVATE_USE:  # Textual reads these as characters
            return False
    try:
        found = [*XTermParser().feed(sequence)]
    except Exception:  # numbers that are no characters, or no numbers
        return False
    return bool(found) and all(_is_sound(message) for message in found)


def _is_sound(message: Message) -> bool:
    """False for a key whose character cannot be written, and for a terminal without lines or columns."""
    match message:
        case events.Key(character=str(char)):
            return all(unicodedata.category(one) != "Cs" for one in char)
        case events.Resize(size=size):
            return size.width > 0 and size.height > 0
    return True
