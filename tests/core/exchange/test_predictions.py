"""Predicted labels as files, whatever classes and items are called."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from al_core.exchange.predictions import form_of, written
from al_core.ground.errors import UserError
from al_core.labelling.delivery import Delivered, Delivery

CLASSES = ("=cmd()", "jug\x1b[2J", "a,b")
ITEMS = (
    Delivered("a1", "pots/1.png", "jug\x1b[2J", "person", "label"),
    Delivered("b2", "=1+1.png", "=cmd()", "predicted", "open", (0.7, 0.2, 0.1)),
    Delivered("c3", "\x1b]0;x\x07", "", "", "bad"),
    Delivered("d4", "", "a,b", "predicted", "unsure", (0.1, 0.1, 0.8)),
)
DELIVERY = Delivery(ITEMS, CLASSES, "logistic", 1, False, 1.0, (0, 1), None, 3, False, "")


def test_json_lines() -> None:
    content = written(DELIVERY, "jsonl").decode()
    assert content.isprintable() or set(filter(lambda char: not char.isprintable(), content)) == {"\n"}
    lines = [json.loads(line) for line in content.splitlines()]
    assert [(line["item"], line["name"], line["label"], line["by"], line["status"]) for line in lines] == [
        (entry.item, entry.name, entry.label, entry.by, entry.status) for entry in ITEMS
    ]
    assert [line["probability"] for line in lines] == [None, 0.7, None, 0.8]
    assert lines[3]["probabilities"] == dict(zip(CLASSES, (0.1, 0.1, 0.8), strict=True))
    assert lines[0]["probabilities"] is None


def test_csv_holds_no_formula_and_a_cell_for_every_class() -> None:
    rows = list(csv.reader(io.StringIO(written(DELIVERY, "csv").decode(), newline="")))
    assert rows[0][:6] == ["item", "name", "label", "by", "status", "probability"]
    assert [row[3] for row in rows[1:]] == ["person", "predicted", "", "predicted"]
    assert rows[2][5:] == ["0.7", "0.7", "0.2", "0.1"]
    assert rows[1][5:] == [""] * 4
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]
    assert {len(row) for row in rows} == {9}


@pytest.mark.parametrize("name", ["labels", "labels.txt", "labels.npz", ".csv"])
def test_what_a_file_shall_be_is_told_by_its_name(name: str) -> None:
    assert form_of(Path("a/labels.CSV")) == "csv"
    with pytest.raises(UserError, match=r"its name must end in \.csv or \.jsonl"):
        form_of(Path(name))
