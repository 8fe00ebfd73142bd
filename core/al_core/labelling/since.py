"""What has become of a person's files since a session was last open: by content, whatever they are called."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from al_core.data.origin import Origin
from al_core.ground import cache

MOST = 200_000
"""Files that are remembered; of more, nothing is said."""
_HASH_LETTERS = 16


class Changes(NamedTuple):
    """How many files came, went, have another folder, another name, or another content."""

    added: int = 0
    gone: int = 0
    moved: int = 0
    renamed: int = 0
    changed: int = 0

    def __str__(self) -> str:
        said = [f"{count:,} {words}" for words, count in self._asdict().items() if count]
        return f"since last time: {', '.join(said)}" if said else ""


def compared(before: Iterable[tuple[str, str]], now: Iterable[tuple[str, str]]) -> Changes:
    """What has changed between two lists of (item, name); a name is empty where items have none."""
    old, new = _by_item(before), _by_item(now)
    at, at_now = _by_name(old), _by_name(new)
    changed = [name for name in at.keys() & at_now.keys() if at[name] not in new and at_now[name] not in old]
    moved = renamed = 0
    came = sum(len(names) for item, names in new.items() if item not in old) - len(changed)
    went = sum(len(names) for item, names in old.items() if item not in new) - len(changed)
    for item in old.keys() & new.keys():
        left, found = sorted(old[item] - new[item]), sorted(new[item] - old[item])
        for one, other in zip(left, found, strict=False):
            same_name = one.rpartition("/")[2] == other.rpartition("/")[2]
            moved, renamed = moved + same_name, renamed + (not same_name)
        came, went = came + max(0, len(found) - len(left)), went + max(0, len(left) - len(found))
    return Changes(came, went, moved, renamed, len(changed))


def since_last_time(origin: Origin, session: str, keep: bool) -> str:
    """What has changed in the data since a session was last open, in words; empty where nothing has, or nobody knows.

    It runs where the data is open. What there is now is kept for the next time, in the user's cache directory, which may be
    emptied: then nothing is said, and nothing is lost.

    Parameters
    ----------
    origin : the data.
    session : what identifies the session.
    keep : whether what there is now is what the next time is compared with.
    """
    from al_core.data.opened import open_dataset

    data = open_dataset(origin)
    if data.part is not None or len(data.item_ids) > MOST or any(len(item) != _HASH_LETTERS for item in data.item_ids):
        return ""
    names = data.item_names if data.item_names and not data.numbered else [""] * len(data.item_ids)
    now = list(zip(data.item_ids, names, strict=True))
    key = repr(("what was there", session))
    before = cache.kept(key)
    if keep:
        cache.keep(key, _written(now))
    return "" if before is None else str(compared(_read(before), now))


def _by_item(entries: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for item, name in entries:
        found[item].add(name)
    return found


def _by_name(items: dict[str, set[str]]) -> dict[str, str]:
    return {name: item for item, names in items.items() for name in names if name}


def _written(entries: list[tuple[str, str]]) -> Iterator[bytes]:
    yield b"".join(item.encode() for item, _ in entries)
    yield b"\0"
    yield os.fsencode("\0".join(name for _, name in entries))


def _read(payload: memoryview) -> list[tuple[str, str]]:
    """What `_written` wrote; nothing of anything else."""
    items, _, names = bytes(payload).partition(b"\0")
    ids = [items[at : at + _HASH_LETTERS].decode("ascii", "replace") for at in range(0, len(items), _HASH_LETTERS)]
    called = os.fsdecode(names).split("\0")
    return list(zip(ids, called, strict=True)) if len(ids) == len(called) else []
