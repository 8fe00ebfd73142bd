"""Where the items of a data set lie on a plane: what is alike lies close together. Free of numerics until it is computed."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset
    from al_core.data.origin import Origin

SIDE = 1 << 16
"""Places go from 0 to this, which is beyond the last."""
MOST_BY_NEIGHBOURS = 5_000
"""Items that are placed by their neighbours at most; that takes longer than in proportion to how many they are."""
_SAMPLE = 64
"""Rows of features by which one knows whether they are the same."""


class Plane(NamedTuple):
    """A place for every row.

    Parameters
    ----------
    across, down : from the left and from the top, unsigned 16-bit numbers by row.
    by_neighbours : whether near neighbours were kept together (t-SNE); else these are the two principal components.
    as_they_are : whether the items have two features and nothing else: these are the places then, and neither of the others.
    """

    across: array[int]
    down: array[int]
    by_neighbours: bool
    as_they_are: bool = False


def open_plane(data: str | Origin, by_neighbours: bool) -> Plane:
    """The places of a data set's items, as they were kept or computed anew: at once by components, unless those by neighbours
    are kept. Items of two features lie where these say.
    """
    from al_core.compute.one_thread import one_thread
    from al_core.data.opened import open_dataset
    from al_core.data.origin import Origin
    from al_core.data.placing import by_components, frame_of, near_neighbours, places_in
    from al_core.ground.cache import keep, kept

    found = open_dataset(data if isinstance(data, Origin) else Origin(data))
    if found.X.shape[1] == 2:
        across, down = (array("H", axis.tobytes()) for axis in places_in(found.X, frame_of(found.X)))
        return Plane(across, down, False, as_they_are=True)
    for way in dict.fromkeys((True, by_neighbours)):
        if (payload := kept(_key(found, way))) is not None and len(payload) == 4 * len(found.X):
            across, down = array("H"), array("H")
            across.frombytes(payload[: 2 * len(found.X)])
            down.frombytes(payload[2 * len(found.X) :])
            return Plane(across, down, way)
    with one_thread():
        places = (near_neighbours if by_neighbours else by_components)(found.X)
    across, down = (array("H", axis.tobytes()) for axis in places)
    keep(_key(found, by_neighbours), [across.tobytes(), down.tobytes()])
    return Plane(across, down, by_neighbours)


def _key(data: Dataset, by_neighbours: bool) -> str:
    """Of the features and of what places them."""
    import hashlib

    from al_core.ground.versions import source_digest, versions

    rows = data.X[:: max(1, len(data.X) // _SAMPLE)]
    digest = hashlib.blake2b(rows.tobytes(), digest_size=16).hexdigest()
    software = (source_digest("data/placing.py"), versions().sklearn)
    return repr(("plane", by_neighbours, data.fingerprint, data.X.shape, digest, software))
