"""The entry point. Without options the race is on the screen before the command-line parser would be loaded."""

from __future__ import annotations

import gc
import os
import sys

from al_core.ground.errors import UserError


def main() -> None:
    """Run `al-tui`; every error a person can cause is one line and exit code 2."""
    _open_closed_streams()
    try:
        code = _run()
    except UserError as error:
        print(f"al-tui: {error}", file=sys.stderr)  # noqa: T201
        code = 2
    except KeyboardInterrupt:
        print("al-tui: stopped", file=sys.stderr)  # noqa: T201
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 141
    except OSError as error:  # a path that the system refuses, a disk that is full
        print(f"al-tui: {_words(error)}", file=sys.stderr)  # noqa: T201
        code = 2
    sys.exit(code)


def _run() -> int:
    _check_platform()
    if len(sys.argv) == 1 and "_AL_TUI_COMPLETE" not in os.environ:
        gc.disable()  # until the first paint: nothing of what is loaded becomes garbage
        from al_tui.requests.race import DEFAULT_PACE, default_request
        from al_tui.requests.terminal import check_screen

        request = default_request()
        check_screen(request)
        from al_tui.launch import launch

        return launch(request, DEFAULT_PACE)
    from al_tui.cli.group import run

    return run()


def _open_closed_streams() -> None:
    """Lead streams that were closed, as by ``>&-``, nowhere.

    Otherwise a file that is opened would get their number, and with it what libraries write to the stream.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number and not _is_open(number):
            os.dup2(nowhere, number)
        stream = open(nowhere, "w" if number else "r", closefd=False)  # noqa: SIM115
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


UNTRIED = "AL_TUI_UNTRIED"
"""Names the environment variable that says: go on, on a platform where this was never run."""


def _check_platform() -> None:
    if sys.platform != "linux" and not os.environ.get(UNTRIED):
        raise UserError(
            f"al-tui was run on Linux only, and this is {sys.platform}; {UNTRIED}=1 in the environment tries it all the same"
        )


def _words(error: OSError) -> str:
    """What went wrong with which file, in one line."""
    from al_core.ground.safe_text import safe_text

    name = "" if error.filename is None else f"{safe_text(str(error.filename), 100)}: "
    return name + safe_text(error.strerror or str(error))
