"""Places on a plane: as the components are, kept by content, in a fitting frame whatever the data is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from al_core.data import placing, plane
from al_core.data.kinds import load_dataset
from al_core.data.placing import by_components, near_neighbours
from al_core.data.plane import SIDE, open_plane
from al_core.ground import cache


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def plain(X: NDArray[np.float64], count: int = 2) -> NDArray[np.float64]:
    """Principal components by the singular value decomposition."""
    centred = X - X.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return np.asarray(centred @ axes[:count].T)


@pytest.mark.parametrize("columns", [3, 200])
def test_places_are_the_two_principal_components(columns: int) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, columns)) * np.linspace(9, 0.1, columns)
    X[:, 0] *= 3
    across, down = by_components(X)
    expected = plain(X)
    for found, axis in zip((across, down), expected.T, strict=True):
        assert abs(np.corrcoef(found.astype(float), axis)[0, 1]) > 0.99


def test_of_many_rows_all_are_placed_by_components_of_some(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(900, 4)) * [9, 4, 1, 1]
    whole = by_components(X)
    monkeypatch.setattr(placing, "_FITTED", 300)
    monkeypatch.setattr(placing, "_BLOCK", 128)
    for found, other in zip(by_components(X), whole, strict=True):
        assert np.corrcoef(found.astype(float), other.astype(float))[0, 1] > 0.98


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (2, 1), (3, 2), (40, 1)])
def test_there_are_places_however_little_there_is(shape: tuple[int, int]) -> None:
    X = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    for place in (by_components, near_neighbours):
        across, down = place(X)
        assert across.shape == down.shape == (shape[0],)
        assert across.dtype == down.dtype == np.uint16


def test_rows_that_are_all_the_same_lie_in_the_middle() -> None:
    for axis in by_components(np.ones((20, 3))):
        assert set(axis.tolist()) <= {(SIDE - 1) // 2, SIDE // 2}


def test_one_row_far_off_does_not_press_the_others_together() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 2))
    X[0] = 1e6, 0
    across, _ = by_components(X)
    assert np.ptp(across[1:]) > SIDE // 2


def test_neighbours_stay_neighbours() -> None:
    rng = np.random.default_rng(0)
    group = np.arange(90) % 3
    X = rng.normal(size=(90, 100)) + 20 * np.eye(100)[group]
    points = np.stack(near_neighbours(X), axis=1).astype(float)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (group[apart.argmin(axis=1)] == group).all()


def test_places_are_kept_by_content(monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_plane("digits", False)
    assert len(first.across) == len(first.down) == len(load_dataset("digits").X)
    assert not first.by_neighbours
    monkeypatch.setattr(placing, "by_components", lambda X: pytest.fail("computed anew"))
    assert open_plane("digits", False) == first


def test_what_is_kept_and_is_no_longer_whole_is_computed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    first, kept = open_plane("digits", False), cache.kept
    monkeypatch.setattr(cache, "kept", lambda key: (kept(key) or b"")[:-2])
    assert open_plane("digits", False) == first


def test_where_neighbours_are_kept_it_begins_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "near_neighbours", lambda X: placing.by_components(X[:, ::-1]))
    components, neighbours = open_plane("digits", False), open_plane("digits", True)
    assert (components.by_neighbours, neighbours.by_neighbours) == (False, True)
    assert open_plane("digits", False) == neighbours != components


def test_other_features_of_the_same_items_are_placed_anew() -> None:
    data = load_dataset("digits")
    other = SimpleNamespace(fingerprint=data.fingerprint, X=data.X + 1.0)
    keys = [plane._key(each, by_neighbours) for each in (data, other) for by_neighbours in (False, True)]  # type: ignore[arg-type]
    assert len(set(keys)) == 4


def test_items_of_two_features_lie_where_these_say() -> None:
    found, X = open_plane("moons", True), load_dataset("moons").X
    assert (found.as_they_are, found.by_neighbours) == (True, False)
    for places, axis in ((found.across, X[:, 0]), (found.down, -X[:, 1])):
        shares = (axis - axis.min()) / (axis.max() - axis.min())
        np.testing.assert_allclose(np.array(places) / SIDE, (shares + 0.04) / 1.08, atol=1e-4)
