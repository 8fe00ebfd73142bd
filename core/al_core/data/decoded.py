"""From a file to the levels of its picture; or why it cannot be used."""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import os
import stat
import warnings
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.features import LARGEST_SIDE, WORKING_SIDE

MOST_PIXELS = 64_000_000
MOST_BYTES = 1 << 26
"""Of a single file."""
SEEN_SIDE = 512
"""Pixels of a side of what is shown."""

CANNOT_BE_DECODED = "it cannot be decoded"
TOO_MANY_PIXELS = f"it has more than {MOST_PIXELS // 10**6} million pixels"

_FORMATS = ("PNG", "JPEG", "PPM", "WEBP", "TIFF", "BMP")
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0)
"""Nobody is waited for who might write into a pipe."""
_TURNED = frozenset(("exif", "Raw profile type exif", "XML:com.adobe.xmp", "xmp"))
"""Where a file may say how the camera was held."""


class Unusable(Exception):
    """Why a file is set aside."""


def content_of(path: str | Path) -> tuple[bytes, os.stat_result]:
    """All of a file and what is known of it, if it is one, is no larger than it may be, and stays as it is meanwhile.

    Raises
    ------
    Unusable
        It is not that.
    """
    try:
        descriptor = os.open(path, _FLAGS)
        try:
            before = os.fstat(descriptor)
            if not stat.S_ISREG(before.st_mode):
                raise Unusable("it is no file")
            if before.st_size > MOST_BYTES:
                raise Unusable(f"it has more than {MOST_BYTES >> 20} MiB")
            content = _at_most(descriptor, before.st_size + 1)
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise Unusable(f"it cannot be read ({error.strerror})") from None
    if (before.st_size, before.st_mtime_ns) != (len(content), after.st_mtime_ns):
        raise Unusable("it changed while it was read")
    return content, after


def _at_most(descriptor: int, size: int) -> bytes:
    """What is in a file, as far as ``size``, one more byte than it should have."""
    content = os.read(descriptor, size)
    while content and len(content) < size - 1 and (more := os.read(descriptor, size - len(content))):
        content += more
    return content


def without_warnings() -> AbstractContextManager[object]:
    """What Pillow warns of, odd metadata and large sizes, is looked at here: open one around all that is decoded."""
    return warnings.catch_warnings(action="ignore")


def small(content: bytes) -> NDArray[np.uint8]:
    """The picture as it is while it is small, else as features are computed of it; see `decoded`."""
    levels = decoded(content, None)
    return levels if max(levels.shape[:2]) <= LARGEST_SIDE else resized(levels)


def resized(levels: NDArray[np.uint8], height: int = WORKING_SIDE, width: int = WORKING_SIDE) -> NDArray[np.uint8]:
    """The picture at the size that features are computed of."""
    Image, _ = _pillow()
    return np.asarray(Image.fromarray(levels).resize((width, height), Image.Resampling.BOX, reducing_gap=2.0))


def coloured(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same in red, green and blue."""
    return levels if levels.ndim == 3 else np.repeat(levels[..., None], 3, axis=2)


def full_size(content: bytes, levels: NDArray[np.uint8]) -> tuple[int, int]:
    """Pixels across and down of the picture in a file, turned as ``levels`` are, which were decoded from it."""
    Image, _ = _pillow()
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        width, height = image.size
    turned = (width - height) * (levels.shape[1] - levels.shape[0]) < 0
    return (height, width) if turned else (width, height)


def decoded(content: bytes, side: int | None) -> NDArray[np.uint8]:
    """The picture in a file, turned as the camera was held, transparent parts white.

    Parameters
    ----------
    content : of the file.
    side : pixels that the longer side has at most; None leaves it as it is.

    Returns
    -------
    levels : shape (height, width) of a file that knows no colour, else (height, width, 3), red, green and blue.

    Raises
    ------
    Unusable
        There is no picture in it, or one that is too large.
    """
    Image, ImageOps = _pillow()
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise Unusable(TOO_MANY_PIXELS)
            image.draft("RGB", (2 * SEEN_SIDE, 2 * SEEN_SIDE))
            image.load()
            if not _TURNED.isdisjoint(image.info) or hasattr(image, "tag_v2"):
                ImageOps.exif_transpose(image, in_place=True)
            plain = _plain(image)
            if side is not None and max(plain.size) > side:
                plain.thumbnail((side, side), Image.Resampling.BOX)
            shape = plain.size[::-1] if plain.mode == "L" else (*plain.size[::-1], 3)
            return np.frombuffer(plain.tobytes(), np.uint8).reshape(shape)
    except Unusable:
        raise
    except Image.DecompressionBombError:
        raise Unusable(TOO_MANY_PIXELS) from None
    except MemoryError:  # of this machine at this moment, and not of the file
        raise Unusable("there is not enough memory to decode it") from None
    except Exception:  # decoders of broken files raise whatever they stumble upon
        raise Unusable(CANNOT_BE_DECODED) from None


@cache
def _pillow() -> tuple[Any, Any]:
    """Pillow, with nothing to say on stderr about broken files: why one is set aside is said once, and by us."""
    from PIL import Image, ImageOps, _imaging

    logging.getLogger("PIL").setLevel(logging.CRITICAL + 1)
    with contextlib.suppress(OSError, AttributeError):  # where Pillow has no libtiff, or keeps it to itself
        for handler in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
            getattr(ctypes.CDLL(_imaging.__file__), handler)(None)
    return Image, ImageOps


def _plain(image: Any) -> Any:
    """The picture in eight bits a channel: grey where its kind has no colours, else red, green and blue."""
    if image.mode in ("L", "RGB") and "transparency" not in image.info:
        return image
    Image, _ = _pillow()
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        levels = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0.0, neginf=0.0)
        low, high = levels.min(), levels.max()
        if image.mode != "F" and low >= 0 and high <= 65535:
            low, high = 0, 65535
        eight = np.round((levels - low) * (255 / ((high - low) or 1.0)))
        image = Image.fromarray(eight.astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        clear = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
