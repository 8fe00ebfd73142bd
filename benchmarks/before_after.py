"""Whether a change made the program slower to feel: an older checkout and this one, in turn, in one run. Run by hand:

    python benchmarks/before_after.py --before CHECKOUT [--rounds 3]

The older checkout has its own `.venv`. Each tree is measured by its own `dashboard.py` and `labelling.py`, whose hooks know its
modules; what is compared is the same. Figures of a round of the two trees are taken one after the other, with the order turned
from round to round, and the least of each over the rounds are compared: what a shared machine does beside only adds to a time.
Writes results/before_after.json and .md.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from dashboard import EMPTY, PROBE, _drain, first_paint, spawn
from report import write

RACE = ["bench", "--seeds", "20", "--executor", "inline", "--no-results", "--json"]
PAINTS = 20
"""First paints a round."""


def python(tree: Path) -> str:
    return str(tree / ".venv/bin/python")


def probed(tree: Path, script: str, name: str, home: str, press: Callable[[int], bytes], between: float) -> dict[str, float]:
    """What a tree's own probe of ``script`` says, with keys pressed through a terminal."""
    out = Path(home, f"{name}.json")
    out.unlink(missing_ok=True)
    pid, fd = spawn([python(tree), str(tree / "benchmarks" / script), PROBE, str(out)], home)
    count, seen = 0, b""
    while not out.exists():
        end = time.monotonic() + between
        while (left := end - time.monotonic()) > 0:
            if select.select([fd], [], [], left)[0]:
                try:
                    seen = (seen + os.read(fd, 65536))[-5000:]
                except OSError:
                    raise SystemExit(f"{script} of {tree} ended:\n{seen.decode(errors='replace')}") from None
        os.write(fd, press(count))
        count += 1
    os.write(fd, b"q")
    _drain(pid, fd)
    figures = {key: float(value) for key, value in json.loads(out.read_text()).items()}
    for left in out.parent.glob(f"{name}.*"):  # the probe ends without closing its session: the log of it stays beside it
        left.unlink()
    return figures


def race_seconds(command: list[str], home: str) -> float:
    """CPU seconds of a command, its children's included."""
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.dup2(1, 2)
        os.execve(command[0], command, {**os.environ, "HOME": home})
    used = os.wait4(pid, 0)[2]
    return used.ru_utime + used.ru_stime


def quick(seconds: list[float]) -> float:
    """The lower quartile."""
    return statistics.quantiles(seconds, n=4)[0]


ARROWS = [b"\x1b[C", b"\x1b[B", b"\x1b[D", b"\x1b[A"]


def one_round(trees: dict[str, Path], home: str) -> dict[str, dict[str, float]]:
    """All figures of all trees, side by side."""
    found: dict[str, dict[str, float]] = {name: {} for name in trees}
    paints: dict[str, list[float]] = {name: [] for name in [*trees, "empty"]}
    for _ in range(PAINTS):
        paints["empty"].append(first_paint([sys.executable, "-c", EMPTY], home))
        for name, tree in trees.items():
            paints[name].append(first_paint([str(tree / ".venv/bin/al-tui")], home))
    for name, tree in trees.items():
        found[name]["paint"] = quick(paints[name]) / quick(paints["empty"])
        found[name]["race"] = race_seconds([str(tree / ".venv/bin/al-tui"), *RACE], home)
        felt = probed(tree, "dashboard.py", "felt", home, lambda count: ARROWS[count % 4], 0.1)
        found[name]["lag"], found[name]["key"] = felt["lag_p99"], felt["key_p99"]
        drawn = probed(tree, "labelling.py", "quiet", home, lambda count: b"%d" % (count % 10), 0.2)
        found[name]["next"], found[name]["next median"] = drawn["drawn"], drawn["drawn_median"]
    return found


ROWS = {
    "paint": "first paint ÷ first paint of an empty Textual app",
    "race": "CPU seconds of a bench of twenty seeds in one process; the arithmetic in it is the same",
    "lag": "event-loop lag, p99, four runs on two workers (s)",
    "key": "key → handled, p99, the same race (s)",
    "next": "key → next item on the screen, p99 (s)",
    "next median": "the same, median (s)",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    trees = {"before": options.before.resolve(), "after": Path(__file__).resolve().parents[1]}
    rounds = []
    with tempfile.TemporaryDirectory() as home:
        for tree in trees.values():
            first_paint([str(tree / ".venv/bin/al-tui")], home)
        for number in range(options.rounds):
            order = dict(reversed(trees.items())) if number % 2 else trees
            rounds.append(one_round(order, home))
            print(json.dumps(rounds[-1]), file=sys.stderr, flush=True)
    rows = []
    for key, words in ROWS.items():
        before, after = (min(one[side][key] for one in rounds) for side in trees)
        rows.append((f"{words}: after ÷ before", after / before, "not worse", f"{after:.4f} ÷ {before:.4f}"))
    write("before_after", rows)


if __name__ == "__main__":
    main()
