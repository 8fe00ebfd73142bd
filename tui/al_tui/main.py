"""The entry point. Without options the race is on the screen before the command-line parser would be loaded."""

from __future__ import annotations

import gc
import os
import sys

from al_core.ground.errors import UserError
from al_tui.output import NobodyReads, Undelivered, say, standard_streams


def main() -> None:
    """Run `al-tui`; every error a person can cause is one line and exit code 2."""
    with standard_streams():
        code = _exit_code()
    sys.exit(code)


def _exit_code() -> int:
    try:
        return _run()
    except UserError as error:
        say(f"al-tui: {error}")
        return 2
    except KeyboardInterrupt:
        say("al-tui: stopped")
        return 130
    except NobodyReads:
        return 141  # as the shell says of a program that SIGPIPE has ended
    except Undelivered as error:
        say(f"al-tui: {error}")
        return 1
    except OSError as error:  # a path that the system refuses, a disk that is full
        name = "" if error.filename is None else f"{error.filename}: "
        say(f"al-tui: {name}{error.strerror or error}")
        return 2


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


UNTRIED = "AL_TUI_UNTRIED"
"""Names the environment variable that says: go on, on a platform where this was never run."""


def _check_platform() -> None:
    if sys.platform != "linux" and not os.environ.get(UNTRIED):
        raise UserError(
            f"al-tui was run on Linux only, and this is {sys.platform}; {UNTRIED}=1 in the environment tries it all the same"
        )
