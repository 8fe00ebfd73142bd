"""The map of a pool: how long its places take in a worker, and how long drawing it holds up the screen. Run by hand:

    OMP_NUM_THREADS=1 python benchmarks/pool_map.py

Principal components of 100,000 items with 64 and with 784 features, both beside multiplying such a matrix with one column;
t-SNE of digits, the first time and when it was kept; the longest part of drawing 100,000 items on 98×32 cells, and of a round
after that. Writes results/pool_map.json and .md.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from array import array
from collections.abc import Callable

import numpy as np
from report import write

from al_core.compute.one_thread import one_thread
from al_core.data.placing import by_components
from al_core.data.plane import Plane, open_plane
from al_tui.theme.colours import Palette
from al_tui.widgets.pool_map import Scene, _cloud, _signs, _written

ITEMS, WIDTH, HEIGHT = 100_000, 98, 32


def seconds(do: Callable[[], object]) -> float:
    """How long it takes."""
    begin = time.perf_counter()
    do()
    return time.perf_counter() - begin


def steps(parts: object) -> tuple[list[float], object]:
    """How long each part of a drawing takes, and what comes of it."""
    out, begin = [], time.perf_counter()
    while True:
        try:
            next(parts)  # type: ignore[call-overload]
        except StopIteration as made:
            return [*out, time.perf_counter() - begin], made.value
        out.append(time.perf_counter() - begin)
        begin = time.perf_counter()


def main() -> None:
    """Measure, print, and write."""
    rows: list[tuple[str, float, str, str]] = []
    rng = np.random.default_rng(0)
    places = None
    for columns in (64, 784):
        X = rng.normal(size=(ITEMS, columns))
        with one_thread():
            reference = statistics.median(seconds(lambda X=X: X @ X[0]) for _ in range(5))  # type: ignore[misc]
            took = seconds(lambda X=X: by_components(X))  # type: ignore[misc]
        rows.append((f"principal components, {ITEMS:,} × {columns}, s", took, "≤ 5", f"{reference:.3f} s for a product"))
        places = by_components(X)
    assert places is not None
    with tempfile.TemporaryDirectory() as home:
        os.environ["XDG_CACHE_HOME"] = home
        rows.append(("t-SNE of digits, s", seconds(lambda: open_plane("digits", True)), "", "1,797 × 64, one thread"))
        rows.append(("the same, kept, s", seconds(lambda: open_plane("digits", True)), "", ""))
    plane = Plane(array("H", places[0].tobytes()), array("H", places[1].tobytes()), by_neighbours=False)
    labelled = {row: row % 10 for row in range(0, ITEMS, 300)}
    scene = Scene(plane, array("I", range(ITEMS)), labelled, tuple(range(7, 17)), 7, tuple("0123456789"))
    colours = Palette(dark=True, ansi=False, colour=True, ground="#121212", ink="#e0e0e0")
    parts, cloud = steps(_cloud(scene, WIDTH, HEIGHT))
    rows.append((f"{ITEMS:,} items drawn, ms", 1000 * sum(parts), "", f"in {len(parts)} parts, once a size"))
    rows.append(("the longest of these parts, ms", 1000 * max(parts), "≤ 20", ""))
    signs = seconds(lambda: _signs(scene, cloud, colours))  # type: ignore[arg-type]
    again, _ = steps(_written(cloud, _signs(scene, cloud, colours), colours))  # type: ignore[arg-type]
    rows.append(("a round drawn, ms", 1000 * (signs + sum(again)), "", f"in {len(again)} parts"))
    rows.append(("the longest of these parts, ms", 1000 * max(signs, *again), "≤ 20", ""))
    write("pool_map", rows)


if __name__ == "__main__":
    main()
