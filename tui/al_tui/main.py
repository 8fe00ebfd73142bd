"""The entry point. Without options the race is on the screen before the command-line parser would be loaded."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys

from al_core.ground.errors import UserError
from al_tui.output import NobodyReads, Undelivered, say, standard_streams

BLAS_THREADS = "OPENBLAS_NUM_THREADS"
"""Nothing here computes on more than one thread at a time. Those that the library starts before it is told so cost memory, and
where there is little of it, a worker waited for them for ever."""


def program() -> None:
    """The program itself: `main`, in a process apart where the command reads data in its own; see `al_tui.cli.apart`."""
    if len(sys.argv) > 1:
        from al_tui.cli.apart import READING, run_apart

        if sys.argv[1] in READING and hasattr(os, "fork"):
            run_apart()
    main()


def main() -> None:
    """Run `al-tui`; every error a person can cause is one line and exit code 2, every other one a line and exit code 1."""
    os.environ.setdefault(BLAS_THREADS, "1")
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
    except Exception as error:
        return _told(error)


def _told(error: Exception) -> int:
    """Say in one line what nobody has caught; the exit code."""
    if lacking := _lacking(error):
        say(f"al-tui: {lacking}; end other programs, or raise the limit")
        return 1
    if isinstance(error, OSError):  # a path that the system refuses, a disk that is full
        name = "" if error.filename is None else f"{error.filename}: "
        say(f"al-tui: {name}{error.strerror or error}")
        return 2
    from al_core.ground.trial import error_line

    say(f"al-tui: ended by a fault of its own ({error_line(error)}); {_reported(error)}")
    return 1


def _reported(error: Exception) -> str:
    """Keep all there is to know of a fault; what to say of it."""
    report = None
    with contextlib.suppress(Exception):  # whatever was the matter may be the matter here
        from al_tui.requests.race import log_file
        from al_tui.shell.crash_report import write_down, write_report

        log = log_file()
        write_down(error, log)
        report = write_report(error, log, {"screen": "none"})
    return f"crash report, without answers and paths: {report}" if report else "no crash report could be written"


def _lacking(error: Exception) -> str:
    """What the system did not give, where that is what is wrong."""
    from al_core.compute.threads import NO_THREAD

    unloaded = isinstance(error, ImportError) and "failed to map segment" in str(error)
    if isinstance(error, MemoryError) or unloaded or getattr(error, "errno", None) == errno.ENOMEM:
        return "there is not enough memory"
    if isinstance(error, RuntimeError) and NO_THREAD in str(error):
        return "no more threads can be started"
    if isinstance(error, OSError) and error.filename is None and error.errno == errno.EAGAIN:
        return "no more processes or threads can be started"
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return "no more files can be opened"
    return ""


def _run() -> int:
    _check_platform()
    from al_tui.requests.file_places import is_any

    if len(sys.argv) == 1 and "_AL_TUI_COMPLETE" not in os.environ and not is_any():
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
