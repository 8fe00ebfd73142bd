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
