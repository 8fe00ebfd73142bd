"""Tables as a person's own files: numbers in two formats, and one with something of everything."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.csv
from pyarrow import parquet
from sklearn.datasets import load_breast_cancer, load_wine

NUMBERS = {"wine": load_wine, "breast_cancer": load_breast_cancer}


def write_numbers(folder: Path, name: str) -> None:
    """A set of scikit-learn's as ``name.csv`` and ``name.parquet``; the last column is ``label``, a third of it empty."""
    bunch = NUMBERS[name]()
    with (folder / f"{name}.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow([*bunch.feature_names, "label"])
        for number, (x, y) in enumerate(zip(bunch.data.tolist(), bunch.target, strict=True)):
            out.writerow([*x, bunch.target_names[y] if number % 3 else ""])
    parquet.write_table(pyarrow.csv.read_csv(folder / f"{name}.csv"), folder / f"{name}.parquet")


def mixed() -> list[dict[str, str]]:
    """Numbers, days, categories, truth, gaps, quotes, separators, line breaks, other scripts; and rows that are equal."""
    rows = []
    for number in range(90):
        rows.append(
            {
                "key": f"pot {number:03}",
                "height": "" if number % 11 == 0 else f"{number % 17},{number % 4}5",
                "found": "" if number % 13 == 0 else f"2024-0{1 + number % 9}-1{number % 10}",
                "glazed": ("true", "false", "")[number % 3],
                "clay": ("red", "white; fine", 'so-called "grey"', "壺")[number % 4],
                "note": f"found in layer {number}, by the well;\nbroken in {number % 5} parts",
                "who": "anna",
            }
        )
    return rows


def write_mixed(path: Path) -> None:
    """With semicolons and a byte order mark, or as JSON lines."""
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in mixed()), encoding="utf-8")
        return
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        out = csv.DictWriter(file, list(mixed()[0]), delimiter=";")
        out.writeheader()
        out.writerows(mixed())
