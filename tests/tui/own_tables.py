"""Tables and texts as a person's own files: numbers in two formats, one with something of everything, short and long texts."""

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


def texts() -> list[dict[str, str]]:
    """Of three words, and of 5,000; with tabs, line breaks, blanks at the beginning, and codes that a terminal would obey."""
    rows = []
    for number in range(60):
        kind = ("fault", "praise")[number % 2]
        words = ("kettle", "leaks", "drips") if kind == "fault" else ("lovely", "lid", "fits")
        text = f"{words[number % 3]} {words[number // 3 % 3]} {number}"
        if number % 5 == 0:
            text = f"Dear Sir,\n\n\tabout {text}.\n  Yours,\nAnna \x1b[31m\x1b]0;owned\x07\n" + f"{text} and so on " * 715
        rows.append({"text": text, "stars": str(1 + number % 5), "label": kind if number % 3 else ""})
    return rows


def write_texts(folder: Path) -> None:
    """In ``texts/``, a file each, and in ``texts.jsonl``."""
    for number, row in enumerate(texts()):
        place = folder / "texts" / (row["label"] or ".") / f"{number:02}.txt"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(row["text"], encoding="utf-8")
    lines = [json.dumps(row) for row in texts()]
    (folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
