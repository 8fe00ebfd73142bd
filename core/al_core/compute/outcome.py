"""What a call comes to: its value, or an error that can be told elsewhere."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from al_core.ground.trial import error_line


def outcome(fn: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Exception | None, Any]:
    """Make a call, and return its error and its value. A learner or a strategy that would end the process has only failed;
    KeyboardInterrupt alone, which is the person's, is let through."""
    try:
        return None, fn(*args, **kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return as_exception(error), None


def as_exception(error: BaseException) -> Exception:
    """The error, or one that says what it was where it would go past everybody who handles errors."""
    return error if isinstance(error, Exception) else RuntimeError(error_line(error))


def portable(error: BaseException) -> Exception:
    """The error, or one that says the same, for another process: to read it there no code of others is imported."""
    known = type(error).__module__.partition(".")[0] in ("builtins", "al_core")
    if known and isinstance(error, Exception) and all(isinstance(value, str | int | float | None) for value in error.args):
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:
            return RuntimeError(error_line(error))
        return error
    return RuntimeError(error_line(error))
