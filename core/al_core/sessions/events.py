"""An action with its place in the log: number, time, circumstances, and a checksum chained to the event before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from al_core.ground.safe_text import is_plain, safe_record, safe_text
from al_core.sessions.actions import Action, DamagedSession, decode, encode

GENESIS = "0" * 32
"""What the first event is chained to."""
LONGEST_NAME = 100
"""Characters of an annotator's name."""

Clock = Callable[[], datetime]

Row = tuple[int, str, str, str | None, str, str, str, int | None, int, float | None, str]
"""One row of the file, in the order of `COLUMNS`."""

COLUMNS = (
    "sequence",
    "time",
    "kind",
    "item",
    "value",
    "annotator",
    "strategy",
    "model_age",
    "visible",
    "seconds",
    "checksum",
)

_TYPES: tuple[type | tuple[type, ...], ...] = (
    int,
    str,
    str,
    (str, type(None)),
    str,
    str,
    str,
    (int, type(None)),
    int,
    (float, type(None)),
    str,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """How an item was seen when it was answered.

    Parameters
    ----------
    model_age : answers that the model behind the question did not know yet; None without a model.
    visible : whether the model's prediction was on the screen.
    seconds : time on the screen; None when it was not measured.
    """

    model_age: int | None = None
    visible: bool = False
    seconds: float | None = None


UNSEEN = Seen()


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log; ``sequence`` counts from 1 without gaps, ``time`` is UTC in ISO 8601."""

    sequence: int
    time: str
    action: Action
    annotator: str
    strategy: str
    seen: Seen
    checksum: str

    def row(self) -> Row:
        """The event as it stands in the file."""
        return (*_body(self), self.checksum)


def utc_now() -> datetime:
    """The clock of sessions."""
    return datetime.now(UTC)


def chain(
    previous: str, sequence: int, time: datetime, action: Action, annotator: str, strategy: str, seen: Seen = UNSEEN
) -> Event:
    """The event that follows the one with checksum ``previous``; its texts are those that will be read again."""
    stamp = time.astimezone(UTC).isoformat(timespec="microseconds")
    (action, strategy), annotator = safe_record((action, strategy)), safe_text(annotator, LONGEST_NAME)
    draft = Event(sequence, stamp, action, annotator, strategy, seen, "")
    return Event(sequence, stamp, action, annotator, strategy, seen, _checksum(previous, _body(draft)))


def read_row(row: tuple[Any, ...], previous: str) -> Event:
    """The event in ``row``, which must be the one that follows the event with checksum ``previous``.

    Raises
    ------
    DamagedSession
        A column has the wrong type, the checksum does not fit, or the action cannot be read.
    """
    where = f"event {row[0]!r}" if row else "an event"
    if len(row) != len(COLUMNS):
        raise DamagedSession(f"{where} has {len(row)} columns, not {len(COLUMNS)}")
    for column, value, kind in zip(COLUMNS, row, _TYPES, strict=True):
        if not isinstance(value, kind):
            raise DamagedSession(f"{where}: {column} is a {type(value).__name__}")
    sequence, time, kind_name, item, value, annotator, strategy, model_age, visible, seconds, checksum = row
    if checksum != _checksum(previous, row[:-1]):
        raise DamagedSession(f"{where}: the checksum does not fit; the event, or the one before it, was changed")
    if not _is_time(time):
        raise DamagedSession(f"{where}: {time[:40]!r} is no time with its zone")
    try:
        action = decode(kind_name, item, value)
    except DamagedSession as error:
        raise DamagedSession(f"{where}: {error}") from None
    if not all(map(is_plain, (time, item or "", value, annotator, strategy))):  # nobody knows who wrote the file
        time, action, annotator, strategy = safe_record((time, action, annotator, strategy))
    return Event(sequence, time, action, annotator, strategy, Seen(model_age, bool(visible), seconds), checksum)


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _body(event: Event) -> tuple[int, str, str, str | None, str, str, str, int | None, int, float | None]:
    kind, item, value = encode(event.action)
    seen = event.seen
    return (
        event.sequence,
        event.time,
        kind,
        item,
        value,
        event.annotator,
        event.strategy,
        seen.model_age,
        int(seen.visible),
        None if seen.seconds is None else float(seen.seconds),
    )


def _checksum(previous: str, body: tuple[Any, ...]) -> str:
    digest = hashlib.blake2b(previous.encode("ascii", "replace"), digest_size=16)
    digest.update(json.dumps(body, separators=(",", ":")).encode())
    return digest.hexdigest()
