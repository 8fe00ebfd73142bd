"""Which software computed a number: versions, and a digest of the engine's own source. Loads no numerics."""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from al_core.ground.release import __version__

_ENGINE = (
    "data",
    "learners",
    "run",
    "strategies",
    "task",
    "comparison/cell.py",
    "comparison/in_worker.py",
    "comparison/references.py",
    "compute/one_thread.py",
    "ground/calls.py",
    "ground/parameters.py",
    "ground/seeding.py",
    "measures/calibration.py",
    "measures/metrics.py",
)
"""Rooms and files that a run's numbers depend on."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What the numbers of a cell depend on besides its question.

    Parameters
    ----------
    engine : version of this program.
    source : digest of the engine's source files: two copies that differ in one line never share results.
    numpy, scipy, sklearn : versions of the libraries that do the arithmetic.
    """

    engine: str
    source: str
    numpy: str
    scipy: str
    sklearn: str

    def __str__(self) -> str:
        source = self.source[:8]
        return f"al-tui {self.engine} ({source}), numpy {self.numpy}, scipy {self.scipy}, scikit-learn {self.sklearn}"

    def differences(self, other: Versions) -> list[str]:
        """In words, where ``other`` differs: ``numpy 2.1.0 instead of 2.4.6``."""
        theirs = asdict(other)
        return [f"{name} {theirs[name]} instead of {value}" for name, value in asdict(self).items() if theirs[name] != value]


@cache
def versions() -> Versions:
    """The versions in this process."""
    numpy, scipy, sklearn = (metadata.version(name) for name in ("numpy", "scipy", "scikit-learn"))
    return Versions(__version__, source_digest(), numpy, scipy, sklearn)


@cache
def source_digest(*parts: str) -> str:
    """Digest of these rooms and files of the engine; without any, of all that a run's numbers depend on."""
    root = Path(__file__).parent.parent
    files = sorted(
        path for name in parts or _ENGINE for path in ([root / name] if name.endswith(".py") else (root / name).rglob("*.py"))
    )
    digest = hashlib.blake2b(digest_size=8)
    for path in files:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def plugin_digest(*modules: str) -> str:
    """Digest of modules that are not the engine's own: their files, and the versions of the distributions that bring them.

    Of a package that is not installed but lies in a directory, as while it is written, every Python file counts. What a single
    file imports from beside it does not. Empty when all modules are the engine's.
    """
    foreign = sorted({name for name in modules if name.partition(".")[0] != "al_core"})
    if not foreign:
        return ""
    digest = hashlib.blake2b(digest_size=8)
    brought = metadata.packages_distributions()
    for name in foreign:
        top = name.partition(".")[0]
        releases = sorted(f"{found} {metadata.version(found)}" for found in set(brought.get(top, ())))
        digest.update("\0".join([name, *releases, ""]).encode())
        for path in _files(name, top):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(name: str, top: str) -> list[Path]:
    """The files of a module that are not told by a version."""
    package = importlib.util.find_spec(top)
    for place in (package.submodule_search_locations or ()) if package is not None else ():
        if not {"site-packages", "dist-packages"} & set(Path(place).parts):
            return sorted(path for path in Path(place).rglob("*.py") if path.is_file() and not path.name.startswith("."))
    found = importlib.util.find_spec(name)
    path = Path(found.origin) if found is not None and found.origin else None
    return [path] if path is not None and path.is_file() else []
