"""What an item is: its raw content, known by a hash of it."""

from __future__ import annotations

import hashlib

HASH_BYTES = 8


def identity(content: bytes) -> str:
    """The hash that an item of this content is known by: the bytes of a file, of a row as it was read, of a text in UTF-8.

    Never of features: they change with scaling, vocabulary and embedding, and the item is the same.

    Examples
    --------
    >>> identity("The kettle leaks.".encode())
    '90ce838c4487edbd'
    """
    return hashlib.blake2b(content, digest_size=HASH_BYTES).hexdigest()


def hashes_in(text: str) -> tuple[str, ...]:
    """The hashes that stand in a text one behind the other."""
    return tuple(text[at : at + 2 * HASH_BYTES] for at in range(0, len(text), 2 * HASH_BYTES))
