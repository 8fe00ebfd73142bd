"""The program many times over: each line of stdin is a command, run in a fork of this process, which has loaded the parser.

A command is JSON: ``arguments``, ``environment`` (which replaces all of it), ``directory``, ``seconds``; texts hold bytes as
Latin-1. The answer is JSON: ``code`` (minus the signal), ``out`` and ``err``, again as Latin-1. Stdin is empty.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import sys
import tempfile
import traceback
from typing import Any

import scipy.linalg  # noqa: F401
import sklearn.linear_model  # noqa: F401

import al_tui.cli.group  # noqa: F401
from al_tui.main import main


def begin(asked: dict[str, Any], out: int, err: int) -> None:
    """Become the program: from here on this is what the shell would have started."""
    os.setpgid(0, 0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.environ.clear()
    for name, value in asked["environment"].items():
        os.environb[name.encode("latin-1")] = value.encode("latin-1")
    os.chdir(asked["directory"].encode("latin-1"))
    sys.argv = ["al-tui", *(os.fsdecode(text.encode("latin-1")) for text in asked["arguments"])]


def follow(asked: dict[str, Any], pid: int, out: Any, err: Any) -> dict[str, Any]:
    """Wait for the program, or end it when it has had its time, and say what came of it."""
    ended = os.pidfd_open(pid)
    if not select.select([ended], [], [], asked["seconds"])[0]:
        os.killpg(pid, signal.SIGKILL)
    os.close(ended)
    _, status = os.waitpid(pid, 0)
    answer: dict[str, Any] = {"code": os.waitstatus_to_exitcode(status)}
    for name, file in (("out", out), ("err", err)):
        file.seek(0)
        answer[name] = file.read().decode("latin-1")
    return answer


gc.freeze()  # a child that looked through all this would make it its own
for line in sys.stdin:
    command = json.loads(line)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            begin(command, out.fileno(), err.fileno())
            break
        print(json.dumps(follow(command, pid, out, err)), flush=True)  # noqa: T201
else:
    sys.exit()

# The child. What Python does on its way out takes several times as long as most commands, and is tried with real processes.
code = 1
try:
    main()
except SystemExit as ended:
    code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
except BaseException:
    traceback.print_exc()
finally:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)
