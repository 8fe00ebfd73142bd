"""A script's own data raced over paired seeds, with a summary and a report, as README shows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from al_core import Dataset, Inline, Processes, TaskSpec, bench, bench_table, findings_of, read_dataset, render, summary
from al_core.data.given import give
from al_core.data.kinds import load_dataset
from al_core.ground.errors import UserError

README = Path(__file__).parents[2] / "README.md"
pytestmark = pytest.mark.filterwarnings("ignore:data set")


def pets(seed: int = 0, n: int = 150) -> tuple[np.ndarray, list[str | None]]:
    """Three kinds, every tenth of which nobody knows."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    names = [None if row % 10 == 0 else ("cat", "dog", "owl")[label] for row, label in enumerate(y)]
    return 2.5 * np.eye(3, 5)[y] + rng.normal(size=(n, 5)), names


class Frame:
    """What stands in for a table of a library that is not installed: columns, and a way to become an array."""

    def __init__(self, X: np.ndarray) -> None:
        self.columns = [f"c{number}" for number in range(X.shape[1])]
        self._X = X

    def __len__(self) -> int:
        return len(self._X)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self._X, dtype=dtype)


SPEC = TaskSpec(batch=5, budget=30)


def raced(X: Any, y: Any, executor: Any = None, **more: Any) -> Any:
    return bench(SPEC, ["random", "margin"], executor or Inline(), seeds=2, data=Dataset("pets", X, y, **more))


def curves(result: Any) -> list[Any]:
    return [(cell.strategy, cell.seed, cell.curve, cell.picks) for cell in result.cells]


def test_the_snippet_of_the_readme_runs_and_is_ten_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (snippet,) = [code for code in re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL) if "data=" in code]
    assert len([line for line in snippet.splitlines() if line.strip()]) <= 10
    X, y = pets()
    monkeypatch.chdir(tmp_path)
    told: list[str] = []
    exec(compile(snippet, "README.md", "exec"), {"X": X, "y": y, "print": lambda text: told.append(str(text))})
    assert "margin" in told[0]
    page = (tmp_path / "pets.html").read_text()
    assert "15 of 150 items have no label" in page
    assert "A script computed this over data of its own" in page


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csr_array, Frame, lambda X: X.tolist()])
def test_the_same_comes_of_whatever_holds_the_numbers(kind: Any) -> None:
    X, y = pets()
    assert curves(raced(kind(X), y)) == curves(raced(X, y))


def test_worker_processes_come_to_the_same(tmp_path: Path) -> None:
    workers = Processes(2, log=tmp_path / "log")
    try:
        assert curves(raced(*pets(), executor=workers)) == curves(raced(*pets()))
        assert curves(raced(*pets(1), executor=workers)) == curves(raced(*pets(1)))
    finally:
        workers.shutdown()


def test_other_data_of_the_same_name_takes_its_place() -> None:
    first, second = raced(*pets()), raced(*pets(1))
    assert curves(first) != curves(second)
    assert curves(raced(*pets())) == curves(first)
    assert summary(raced(*pets()))["data"]["fingerprint"] == Dataset("pets", *pets()).fingerprint
    assert "over the other 135" in " ".join(bench_table(summary(first)).split())


def test_what_the_data_keeps_to_measure_by_is_measured_by_whatever_the_seed() -> None:
    X, y = pets()
    result = raced(X, y, test=range(100, 150))
    data = load_dataset("pets")
    assert data.test is not None
    assert summary(result)["protocol"]["test"] == 45
    asked = {row for cell in result.cells for batch in cell.picks for row in batch}
    assert asked
    assert max(asked) < 100
    assert render(findings_of([result]), "md")


def test_a_report_does_not_say_where_somebody_keeps_their_files(tmp_path: Path) -> None:
    X, y = pets()
    np.savez(tmp_path / "pots.npz", X=X, y=[name or "" for name in y])
    result = bench(SPEC, ["random"], Inline(), data=read_dataset(tmp_path / "pots.npz"))
    for form in ("md", "html", "json", "methods"):
        page = render(findings_of([result]), form)
        assert "pots.npz" in page
        assert str(tmp_path) not in page


def test_a_name_of_ours_and_a_budget_that_is_too_large_are_refused() -> None:
    X, y = pets()
    with pytest.raises(UserError, match="a data set of this program is called 'digits'; give yours another name"):
        bench(SPEC, ["random"], Inline(), data=Dataset("digits", X, y))
    assert len(load_dataset("digits").X) == 1797
    give(Dataset("few", X[:30], y[:30]))
    with pytest.raises(UserError, match="--budget is 30, but few has only"):
        bench(TaskSpec(dataset="few", budget=30), ["random"], Inline())
