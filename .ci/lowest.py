"""What `.ci/lowest` needs to know: the lowest versions that pyproject.toml allows, and which tests were skipped."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

EXTRAS = ("dask", "report", "test")
LEFT_OUT = "scikit-activeml is left out on purpose"


def lowest(pyproject: Path) -> list[str]:
    """Every requirement of building, running and testing, at its lower bound; one without a bound is an error."""
    document = tomllib.loads(pyproject.read_text())
    project = document["project"]
    wanted = [*document["build-system"]["requires"], *project["dependencies"]]
    wanted += [entry for extra in EXTRAS for entry in project["optional-dependencies"][extra]]
    found = []
    for entry in wanted:
        bound = re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)(,.*)?", entry)
        if bound is None:
            raise SystemExit(f"{entry}: write a lower bound as name>=version")
        found.append(f"{bound[1]}=={bound[2]}")
    return found


def wrongly_skipped(report: Path) -> list[str]:
    """Tests that were skipped for any other reason than the one there is."""
    skipped = list(ElementTree.parse(report).getroot().iter("skipped"))
    if not skipped:
        return ["nothing was skipped, so scikit-activeml was there after all"]
    return [words for entry in skipped if LEFT_OUT not in (words := f"{entry.get('message')} {entry.text}")]


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.stdout.write("\n".join(lowest(Path(__file__).parents[1] / "pyproject.toml")) + "\n")
    elif wrong := wrongly_skipped(Path(sys.argv[1])):
        raise SystemExit("\n".join(["skipped without need:", *wrong]))
