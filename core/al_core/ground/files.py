"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from al_core.ground.errors import UserError


def write_new(path: Path, content: str | bytes, *, force: bool = False) -> None:
    """Write ``content`` to ``path``: to a temporary file beside it, flushed to disk, then put in place in one step.

    Raises
    ------
    UserError
        The file is there already and ``force`` is false, or it cannot be written; what was there is untouched.
    """
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        if force:
            Path(temporary).replace(path)
        else:
            os.link(temporary, path)
            Path(temporary).unlink()
        sync_directory(path.parent)
    except FileExistsError:
        raise UserError(f"{path} is there already; choose another name or use --force") from None
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            Path(temporary).unlink(missing_ok=True)


def sync_directory(directory: Path) -> None:
    """Flush the names in a directory to disk, where the system can."""
    if os.name == "posix":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
