"""Features of pictures: made without labels, the same for the same pictures, of what the pictures show."""

from __future__ import annotations

import numpy as np
import pytest

from al_core.data import features
from al_core.data.features import fitted, made_smaller, projected, recipe
from al_core.ground.errors import UserError

RNG = np.random.default_rng(0)


def features_of(name: str, levels: np.ndarray, kind: str) -> np.ndarray:
    return fitted(name, levels, kind)[0]


def bars(angles: np.ndarray, side: int = 16) -> np.ndarray:
    """Grey pictures of waves that run in directions."""
    y, x = np.mgrid[:side, :side]
    shifts = RNG.uniform(0, 6, len(angles))
    waves = [np.sin(x * np.cos(a) + y * np.sin(a) + shift) for a, shift in zip(angles, shifts, strict=True)]
    return np.asarray(127.5 + 127 * np.array(waves), dtype=np.uint8)


def test_pictures_from_12_pixels_up_have_gradients_and_smaller_ones_pixels() -> None:
    assert recipe("auto", 12, 12) == recipe("hog", 12, 12) == "hog"
    assert recipe("auto", 11, 40) == recipe("pixels", 64, 64) == "pixels"
    with pytest.raises(
        UserError, match="pictures of 40×11 pixels are too small for features 'hog', which take 12×12; use 'pixels'"
    ):
        recipe("hog", 11, 40)
    with pytest.raises(UserError, match="no features 'hogg'; did you mean 'hog'"):
        recipe("hogg", 40, 40)


def test_directions_are_told_apart_wherever_a_wave_begins() -> None:
    angles = np.repeat([0.2, 1.0, 1.8, 2.6], 30)
    X = features_of("waves", bars(angles), "hog")
    assert X.shape == (120, 50)
    assert X.var(axis=0).mean() == pytest.approx(1, rel=0.02)
    centres = np.array([X[angles == angle].mean(axis=0) for angle in np.unique(angles)])
    nearest = np.argmin(np.linalg.norm(X[:, None] - centres[None], axis=2), axis=1)
    np.testing.assert_array_equal(nearest, np.repeat(np.arange(4), 30))


def test_a_direction_between_two_bins_is_a_part_of_both() -> None:
    y, x = np.mgrid[:16, :16]
    ramps = [np.uint8(np.round(127 + 5 * ((x - 8) * np.cos(a) + (y - 8) * np.sin(a)))) for a in np.deg2rad([9, 11, 29, 31, 50])]
    found = features._gradients(np.array(ramps) / 255.0)
    apart = np.linalg.norm(found - found[0], axis=1)
    assert apart[1] < apart[2] / 4, "two degrees are as far as twenty"
    assert apart[2] < apart[3] < apart[4]


def test_gradients_are_what_the_formula_says_pixel_by_pixel() -> None:
    """Dalal & Triggs 2005: a pixel votes with its strength for the two nearest directions; edges beside whole cells do not."""
    light = RNG.uniform(size=(3, 14, 17))
    found = features._gradients(light)
    for picture, blocks in zip(light, found, strict=True):
        down, across = np.gradient(picture)
        cells = np.zeros((3, 4, 9))
        for y in range(12):
            for x in range(16):
                place = np.degrees(np.arctan2(down[y, x], across[y, x])) % 180 / 20 - 0.5
                low = int(np.floor(place))
                strength = float(np.hypot(down[y, x], across[y, x]))
                cells[y // 4, x // 4, low % 9] += strength * (1 - (place - low))
                cells[y // 4, x // 4, (low + 1) % 9] += strength * (place - low)
        votes = [cells[y : y + 2, x : x + 2].reshape(-1) for y in range(2) for x in range(3)]
        expected = np.concatenate([vote / np.sqrt(vote @ vote + 1e-4) for vote in votes]) / np.sqrt(2 * 3)
        np.testing.assert_allclose(blocks, expected, atol=1e-12)


def test_light_on_dark_is_what_dark_on_light_is() -> None:
    grey = bars(RNG.uniform(0, 3, 40))
    np.testing.assert_allclose(np.abs(features_of("x", 255 - grey, "hog")), np.abs(features_of("x", grey, "hog")), atol=1e-6)


def test_pictures_that_differ_in_colour_alone_are_told_apart() -> None:
    plain = np.zeros((40, 16, 16, 3), dtype=np.uint8)
    plain[:20, :, :, 0] = plain[20:, :, :, 2] = 200
    X = features_of("x", plain, "hog")
    assert np.linalg.norm(X[0] - X[19]) < 1e-6
    assert np.linalg.norm(X[0] - X[20]) > 1


def test_many_pictures_are_projected_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    grey = bars(RNG.uniform(0, 3, 130))
    whole = features_of("x", grey, "hog")
    monkeypatch.setattr(features, "_BLOCK", 7)
    np.testing.assert_allclose(features_of("x", grey, "hog"), whole, atol=1e-9)
    monkeypatch.setattr(features, "_FITTED_ON", 60)
    assert features_of("x", grey, "hog").shape == (130, 50)
    monkeypatch.setattr(features, "MOST_NUMBERS", 1000)
    with pytest.raises(UserError, match="data set 'x': 33,280 pixels are too many"):
        features_of("x", grey, "pixels")


def test_one_picture_and_flat_ones_have_features_too() -> None:
    assert np.isfinite(features_of("x", np.zeros((1, 12, 12), np.uint8), "hog")).all()
    assert np.isfinite(features_of("x", np.full((9, 30, 12, 3), 255, np.uint8), "hog")).all()


def test_a_picture_is_made_smaller_by_means() -> None:
    levels = np.array([[[0, 100, 200, 100], [100, 200, 0, 100]]], dtype=np.uint8)
    assert made_smaller(levels, 1, 2).tolist() == [[[100, 100]]]
    assert made_smaller(levels, 5, 9).tolist() == levels.tolist()
    assert made_smaller(np.dstack([levels[0]] * 3)[None], 1, 2).tolist() == [[[[100] * 3] * 2]]


@pytest.mark.parametrize("kind", ["hog", "pixels"])
@pytest.mark.parametrize("depth", [(), (3,)])
def test_new_pictures_are_described_by_what_was_fitted_and_by_nothing_of_their_own(kind: str, depth: tuple[int, ...]) -> None:
    levels = np.random.default_rng(1).integers(0, 256, (90, 14, 17, *depth), dtype=np.uint8)
    X, projection = fitted("x", levels[:60], kind)
    np.testing.assert_array_equal(projected(levels[:60], projection), X)
    alone = [projected(levels[row : row + 1], projection)[0] for row in range(60, 90)]
    np.testing.assert_allclose(projected(levels[60:], projection), alone, atol=1e-12)
    if kind == "hog":
        anew, _ = fitted("x", levels[60:], kind)
        assert anew.shape != (30, X.shape[1]) or np.abs(projected(levels[60:], projection) - anew).max() > 0.1
    assert projected(levels[:0], projection).shape == (0, X.shape[1])


def test_the_projection_is_that_of_scikit_learn_to_the_last_bit() -> None:
    from sklearn.decomposition import PCA

    levels = np.random.default_rng(2).integers(0, 256, (300, 16, 16), dtype=np.uint8)
    X, projection = fitted("x", levels, "hog")
    described = features._described(levels)
    theirs = PCA(50, svd_solver="covariance_eigh" if len(described) > described.shape[1] else "full").fit(described)
    np.testing.assert_array_equal(X, theirs.transform(described) / np.sqrt(theirs.explained_variance_.mean()))
    assert projection.components.shape == (50, described.shape[1])
