"""The one door out: whatever al-tui writes to stdout and stderr, and what it may ask of the three standard streams.

`say` tells a person something, on stderr; `put` and its kin give the result of a command, on stdout. They make safe what they
are given, put ``?`` for what the stream's encoding does not have, and write at once. A stderr that is closed or full is nothing
to fail for; a stdout is, so a result that is not taken raises `Undelivered`.

From `standard_streams` on, stdout belongs to results alone: what a library prints, or a child of ours, goes to stderr.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import select
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from al_core.ground.safe_text import safe_sentence, visible

LONGEST_LINE = 4000
"""Characters of one line that is told."""


class Undelivered(Exception):
    """Stdout did not take the result of a command."""


class NobodyReads(Undelivered):
    """Whoever read stdout has left, as ``head`` does when it has seen enough."""


def say(text: str = "") -> None:
    """Tell the person at the terminal, or whoever reads the log of it, one line."""
    _say(safe_sentence(text, LONGEST_LINE) + "\n")


def say_anew(text: str, *, last: bool) -> None:
    """On a terminal, tell something in place of what was told so before; after the ``last`` time the cursor goes on."""
    _say(f"\r{safe_sentence(text, LONGEST_LINE)}\x1b[K" + ("\n" if last else ""))


def put(text: str) -> None:
    """Give the lines of a result to stdout; raises `Undelivered` when it does not take them."""
    with _delivered():
        _now().out.write(visible(text))


def put_line(text: str) -> None:
    """Give one line of a result, whatever it names; raises as `put` does."""
    put(safe_sentence(text, LONGEST_LINE) + "\n")


def put_json(value: Any, indent: int | None = 2) -> None:
    """Give a result as JSON, in which what stdout's encoding does not have is escaped; raises as `put` does."""
    import json  # the screen is painted without

    from al_core.ground.json_text import json_text

    text = json_text(value, indent)
    put((text if _now().out.holds(text) else json.dumps(value, indent=indent)) + "\n")


def put_document(text: str) -> None:
    """Give the text of a file that is UTF-8 wherever it stands; raises as `put` does."""
    put_bytes(visible(text).encode())


def put_bytes(content: bytes) -> None:
    """Give the content of a file that is no text; raises as `put` does."""
    with _delivered():
        _now().out.write_bytes(content)


def put_farewell(text: str) -> None:
    """Say how to go on when a screen has been left. There may be nobody any more to read it."""
    with contextlib.suppress(Undelivered):
        put_line(text)


def is_terminal(*names: str) -> bool:
    """Whether those of ``"stdin"``, ``"stdout"`` and ``"stderr"`` that are named are terminals; one that is closed is none."""
    now = _now()
    found = {"stdin": now.stdin, "stdout": now.out, "stderr": now.err}
    return all(found[name].is_terminal for name in names)


def names_stdout(path: Path) -> bool:
    """Whether a path is a name of stdout: results alone go there, and the descriptor of that number is lent to others."""
    return str(path) in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")


@contextlib.contextmanager
def standard_streams() -> Iterator[None]:
    """Keep stdout for results, and make safe whatever is written to `sys.stdout` and `sys.stderr`.

    Streams that somebody else has put there are given back afterwards. Those that the process began with are kept to its very
    end, when others may still have last words.
    """
    global _opened
    ours = sys.stdout is sys.__stdout__ and sys.stderr is sys.__stderr__
    _open_missing()
    _opened = _Streams()
    _opened.keep()
    try:
        yield
    finally:
        if not ours:
            _opened.give_back()
            _opened = None


@contextlib.contextmanager
def printed_results() -> Iterator[None]:
    """Take what is printed meanwhile for a result: for a library that gives results by itself."""
    before = sys.stdout
    sys.stdout = _Voice(_now().out)
    try:
        yield
    finally:
        sys.stdout = before


@contextlib.contextmanager
def lent_streams() -> Iterator[None]:
    """While a screen is open all streams are as the process was given them: the screen's driver looks for them itself."""
    if _opened is None:
        yield
        return
    _opened.give_back()
    try:
        yield
    finally:
        _opened.keep()


def _say(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        _now().err.write(text)


@contextlib.contextmanager
def _delivered() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise NobodyReads from None
    except (OSError, ValueError) as error:
        raise Undelivered(f"cannot write to stdout: {getattr(error, 'strerror', None) or error}") from None


def _open_missing() -> None:
    """Open whichever of the first three descriptors is closed: the next file to be opened would get its number, and be written
    to by whoever means the stream."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


class _Stream:
    """A standard stream as it was found; None where it was closed."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._encoding = getattr(stream, "encoding", None) or "utf-8"
        self._encoder = codecs.getincrementalencoder(self._encoding)(errors="replace")
        self.descriptor: int | None = None
        """Where to write; None where there are only the methods of the stream."""
        with contextlib.suppress(AttributeError, OSError, ValueError):
            if stream is not None and os.name == "posix":
                stream.flush()
                self.descriptor = stream.fileno()

    @property
    def is_terminal(self) -> bool:
        with contextlib.suppress(AttributeError, ValueError):
            if self._stream is not None:
                return self._stream.isatty() if self.descriptor is None else os.isatty(self.descriptor)
        return False

    def holds(self, text: str) -> bool:
        """Whether the encoding has every character of ``text``."""
        try:
            text.encode(self._encoding)
        except UnicodeEncodeError:
            return False
        return True

    def write(self, text: str) -> None:
        """Write all of ``text``, now, or raise OSError."""
        if self._stream is not None and self.descriptor is None:
            self._stream.write(text.encode(self._encoding, "replace").decode(self._encoding))
            self._stream.flush()
        else:
            self.write_bytes(self._encoder.encode(text.replace("\n", os.linesep)))

    def write_bytes(self, content: bytes) -> None:
        """Write all of ``content``, now, or raise OSError."""
        if self._stream is None:
            raise OSError("it is closed")
        if self.descriptor is None:
            self._stream.buffer.write(content)
            self._stream.flush()
            return
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[os.write(self.descriptor, rest) :]
            except BlockingIOError:  # whoever shares the pipe or the terminal has asked it not to let anybody wait
                select.select((), (self.descriptor,), ())


class _Streams:
    """The three streams of the process."""

    def __init__(self) -> None:
        self.stdin, self.out, self.err = _Stream(sys.stdin), _Stream(sys.stdout), _Stream(sys.stderr)
        self._found = sys.stdout, sys.stderr
        self._first: int | None = None
        """Where descriptor 1 led."""
        self._results: int | None = None

    def keep(self) -> None:
        """Let results alone have stdout; everything else that is written there goes to stderr."""
        if self.out.descriptor is not None:
            self._first, self._results = os.dup(1), self.out.descriptor
            self.out.descriptor = os.dup(self._results)
            os.dup2(2, 1)
        sys.stdout, sys.stderr = _Voice(self.err), _Voice(self.err)

    def give_back(self) -> None:
        """Put everything where it was found."""
        if self._first is not None and self.out.descriptor is not None:
            os.dup2(self._first, 1)
            os.close(self._first)
            os.close(self.out.descriptor)
            self._first, self.out.descriptor = None, self._results
        sys.stdout, sys.stderr = self._found


class _Voice(io.TextIOBase):
    """What others write, made safe."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream
        self.buffer = _Bytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(visible(text))
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream.is_terminal

    def fileno(self) -> int:
        if self._stream.descriptor is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.descriptor


class _Bytes(io.RawIOBase):
    """What others write as bytes."""

    def __init__(self, voice: _Voice) -> None:
        self._voice = voice

    def write(self, content: Any) -> int:
        self._voice.write(bytes(content).decode("utf-8", "replace"))
        return len(content)

    def writable(self) -> bool:
        return True


_opened: _Streams | None = None


def _now() -> _Streams:
    return _opened or _Streams()
