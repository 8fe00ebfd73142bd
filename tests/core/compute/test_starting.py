"""A worker that cannot be started is told as such, with the reason, at once, once; one that can be started is started."""

from __future__ import annotations

import operator
import os
import subprocess
import sys
from pathlib import Path

import pytest
from trials import PATIENCE

from al_core.compute.starting import in_words

SCRIPT = """
from al_core import Processes, TaskSpec, bench, bench_table, summary

print("the script begins")
workers = Processes(2)
result = bench(TaskSpec(dataset="iris", budget=16), ["random", "margin"], workers)
print(bench_table(summary(result)))
"""
GUARDED = """
import operator
from al_core import Processes, TaskSpec, bench, strategy


@strategy("mine", family="mine", formula="-", source="a script", cost="-", why="-")
def mine(context, k):
    return range(k)


def double(number):
    return 2 * number


if __name__ == "__main__":
    with Processes(2) as workers:
        print([cell.error for cell in bench(TaskSpec(dataset="iris", budget=16), ["mine"], workers).cells])
        print(workers.submit(double, 21).result())
"""
GUARD = 'if __name__ == "__main__":'


def python(
    *words: object, script: str | None = None, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python; nothing here takes long, so that whatever hangs is told."""
    return subprocess.run(
        [sys.executable, *map(str, words)],
        input=script or "",
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        timeout=PATIENCE,
        check=False,
    )


def al_tui(*words: str, env: dict[str, str] | None = None, gone: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `al-tui`; in a directory ``gone`` that is there no more, if that is given."""
    begin = "import os, sys; " + (
        f"os.mkdir({str(gone)!r}); os.chdir({str(gone)!r}); os.rmdir({str(gone)!r}); " if gone else ""
    )
    return python("-c", f"{begin}from al_tui.main import main; sys.argv = ['al-tui', *sys.argv[1:]]; main()", *words, env=env)


BENCH = ("bench", "--dataset", "iris", "--budget", "16", "--strategies", "random,margin", "--no-results")


@pytest.mark.parametrize("name", ["x" * 90, "missing"])
def test_workers_do_not_mind_what_the_temporary_directory_is_called(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    if name != "missing":
        place.mkdir()
    done = al_tui(*BENCH, env={"TMPDIR": str(place)})
    assert (done.returncode, "failed" in done.stdout + done.stderr) == (0, False)
    assert done.stdout.splitlines()[1].startswith("random ")


def test_no_temporary_directory_at_all(tmp_path: Path) -> None:
    begin = "import sys, tempfile; tempfile._candidate_tempdir_list = lambda: ['/proc/nowhere']; "
    code = f"{begin}from al_tui.main import main; sys.argv = ['al-tui', *sys.argv[1:]]; main()"
    done = python("-c", code, *BENCH)
    assert (done.returncode, "failed" in done.stdout + done.stderr) == (0, False)


def test_a_directory_that_is_gone_is_told_at_once_and_once(tmp_path: Path) -> None:
    done = al_tui(*BENCH, gone=tmp_path / "gone")
    assert (done.returncode, done.stdout) == (2, "")
    title, line = done.stderr.splitlines()
    assert title.startswith("2 strategies")
    assert line.startswith("al-tui: no worker process can be started: the working directory is gone")


@pytest.mark.parametrize("package", ["sklearn", "scipy"])
def test_libraries_that_cannot_be_loaded_are_told_at_once_and_once(tmp_path: Path, package: str) -> None:
    """As when a wheel does not fit the machine. The command itself loads them no earlier than its workers."""
    broken = tmp_path / package
    broken.mkdir()
    (broken / "__init__.py").write_text(
        "try:\n    raise OSError('libsomething.so.0: cannot open')\n"
        "except OSError as error:\n    raise ImportError('IMPORTANT: PLEASE READ THIS\\n\\nADVICE') from error\n"
    )
    code = "from al_core import Processes\nwith Processes(2) as pool:\n    pool.submit(abs, -1).result()\n"
    done = python("-c", code, env={"PYTHONPATH": str(tmp_path)})
    last = done.stderr.strip().splitlines()[-1]
    assert "WorkerNotStarted: no worker process can be started: OSError: libsomething.so.0: cannot open" in last


SLEEPS = "import os, sys, threading\nopen({place!r} + '/' + str(os.getpid()), 'w').close()\nthreading.Event().wait()\n"


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("ways", [["forkserver", "spawn"], ["spawn"]], ids=str)
def test_a_worker_that_hangs_while_it_starts_is_told_and_ended(tmp_path: Path, ways: list[str]) -> None:
    """As under a limit of memory, where a library may wait for itself for ever; a fork server hangs in the workers' place."""
    hanging, pids = tmp_path / "sklearn", tmp_path / "pids"
    hanging.mkdir()
    pids.mkdir()
    (hanging / "__init__.py").write_text(SLEEPS.format(place=str(pids)))
    code = (
        "from al_core import Processes\nfrom al_core.compute import starting\n"
        f"starting.START_SECONDS = 2.0\nstarting._ways[:] = {ways}\n"
        "with Processes(1) as pool:\n    pool.submit(abs, -1).result()\n"
    )
    done = python("-c", code, env={"PYTHONPATH": str(tmp_path)})
    last = done.stderr.strip().splitlines()[-1]
    assert "WorkerNotStarted: no worker process can be started: it was not ready within 2 seconds" in last
    while any(is_running(int(path.name)) for path in pids.iterdir()):
        pass


def test_a_script_without_a_main_guard_is_told_what_to_write(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    done = python(path, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.count("the script begins") >= 1  # workers may say it at once, line in line
    assert not done.stdout.replace("the script begins", "").strip()
    assert done.stderr.count("Traceback") == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "WorkerNotStarted" in last
    assert GUARD in last


@pytest.mark.parametrize("words", [(), ("-",)], ids=["", "dash"])
def test_a_script_that_is_piped_into_python_works(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = python(*words, script=SCRIPT, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("the script begins\nstrategy")
    assert done.stdout.count("the script begins") == 1
    assert "failed" not in done.stdout


def test_a_script_with_a_guard_has_its_own_functions_and_strategies_in_its_workers(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(GUARDED)
    done = python(path, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[None, None]\n42\n", "")


def test_a_script_that_fails_when_it_is_imported_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT.replace("print(", "import sys; assert __name__ == '__main__', 'only by hand'; print(", 1))
    done = python(path, cwd=tmp_path)
    assert done.returncode == 1
    told = [line for line in done.stderr.splitlines() if "WorkerNotStarted" in line]  # another worker may have the last word
    assert len(told) == 1
    assert "WorkerNotStarted: no worker process can be started: it ended (exit code 1) before it was ready" in told[0]


def test_a_bench_whose_runs_all_failed_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "unlucky.py").write_text(
        "from sklearn.linear_model import LogisticRegression\n\nclass Unlucky(LogisticRegression):\n"
        "    def fit(self, X, y):\n        raise ValueError('out of luck')\n"
    )
    code = (
        "from al_core import Inline, TaskSpec, bench\n"
        "bench(TaskSpec(dataset='iris', budget=16, learner='unlucky:Unlucky'), ['random', 'margin'], Inline(), seeds=2)\n"
    )
    env = {"PYTHONPATH": str(tmp_path)}
    done = python("-c", code, env=env)
    assert done.returncode == 1
    assert "every one of the 8 runs failed; random on seed 0: " in done.stderr.strip().splitlines()[-1]
    assert "out of luck" in done.stderr.strip().splitlines()[-1]
    shown = al_tui(*BENCH, "--learner", "unlucky:Unlucky", "--seeds", "2", "--executor", "inline", env=env)
    assert shown.returncode == 1
    assert "Every run failed" in shown.stdout
    assert "too few for a verdict" not in shown.stdout
    lines = [line for line in shown.stderr.splitlines() if line.startswith("al-tui: ")]
    assert len(lines) == 5, "one for each strategy and reference, and one that says it was all of them"
    assert "random failed on every seed: " in lines[0]
    assert lines[-1] == "al-tui: every run failed"


def test_a_worker_that_cannot_be_replaced_is_told_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from al_core.compute.processes import Processes
    from al_core.ground.errors import WorkerDied, WorkerNotStarted

    with Processes(1) as pool:
        assert pool.submit(operator.pos, 1).result() == 1
        place = tmp_path / "gone"
        place.mkdir()
        before = Path.cwd()
        os.chdir(place)
        try:
            place.rmdir()
            with pytest.raises(WorkerDied, match="exit code 7"):
                pool.submit(os._exit, 7).result()
            with pytest.raises(WorkerNotStarted, match="the working directory is gone"):
                pool.submit(operator.pos, 2).result()
        finally:
            os.chdir(before)
        assert pool.submit(operator.pos, 3).result() == 3


def test_why_a_worker_cannot_work_is_one_line_of_its_first_cause() -> None:
    try:
        try:
            raise OSError("lib.so: cannot\n open " + 400 * "x")
        except OSError as error:
            raise ImportError("ADVICE") from error
    except ImportError as error:
        words = in_words(error)
    assert words.startswith("OSError: lib.so: cannot open xxx")
    assert len(words) == 300
