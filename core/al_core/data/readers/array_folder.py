"""A data set of arrays in a folder, each a ``.npy`` file: so that a large one with labels is read where it lies."""

from __future__ import annotations

from al_core.data.array_files import is_folder_of_arrays
from al_core.data.arrays import more_arrays, read_arrays
from al_core.data.reader import Reader

READER = Reader(is_folder_of_arrays, read_arrays, read_with=read_arrays, more=more_arrays, numbers=True)
"""A folder with ``X.npy`` and ``y.npy``; what else an archive may hold may lie beside them."""
