"""Labels as JSON lines of doccano, for texts or pictures that have one class each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from al_core.exchange.foreign import (
    MARK,
    NOTHING,
    SEVERAL,
    UNLABELLED,
    agrees,
    body,
    broken,
    first_object,
    mark_in,
    marks,
    objects,
)
from al_core.exchange.record import About, Format, Problem, Record, Said
from al_core.ground.json_text import json_text


def write(rows: Sequence[Record], about: About) -> bytes:
    """The file's content. A label of the machine is none there: whoever annotates would take it for somebody's."""
    lines = []
    for number, (row, mark) in enumerate(zip(rows, marks(rows), strict=True), start=1):
        shown = about.shown.get(row.item, row.name if about.pictures else "")
        if shown.startswith("data:"):
            shown = row.name or row.item
        label = [row.label] if row.by == "person" and row.label else []
        line: dict[str, Any] = {"id": number, "filename" if about.pictures else "text": shown, "label": label}
        lines.append(json_text(line | {"Comments": [row.note] if row.note else [], MARK: mark}) + "\n")
    return "".join(lines).encode("utf-8", "replace")


def read(content: bytes) -> list[Said | Problem]:
    """What the lines say; a file does not say who gave its labels."""
    found: list[Said | Problem] = []
    for place, line in objects(content):
        found += [broken(place)] if line is None else _line(line, place)
    return found


def _line(line: dict[str, Any], place: str) -> Iterator[Said | Problem]:
    labels, mark = line.get("label", line.get("labels")), mark_in(line.get(MARK))
    labels = [labels] if isinstance(labels, str) and labels else labels if labels else []
    if not isinstance(labels, list) or not all(isinstance(label, str) and label for label in labels):
        yield Problem("labels of parts, not of the whole", place)
        return
    if len(labels) > 1:
        yield Problem(SEVERAL, place)
        return
    label = labels[0] if labels else ""
    if mark is not None and (agrees(mark, label) if label else not (mark["by"] == "person" and mark["label"])):
        yield Said(mark, place)
        return
    if not label:
        yield Problem(UNLABELLED, place)
        return
    comments = line.get("Comments", line.get("comments"))
    note = "; ".join(part for part in comments if isinstance(part, str)) if isinstance(comments, list) else ""
    text = line["text"] if isinstance(line.get("text"), str) else None
    path = next((line[key] for key in ("filename", "image", "upload_name") if isinstance(line.get(key), str)), None)
    said = body(label, note=note, mark=mark)
    yield Said(said, place, text, path) if said["item"] or (text, path) != (None, None) else Problem(NOTHING, place)


def is_it(content: bytes) -> bool:
    """Whether the first line has a list of labels, and is no record of ours."""
    first = first_object(content)
    return "item" not in first and any(isinstance(first.get(key), list) for key in ("label", "labels", "Comments"))


FORMAT = Format("doccano", write, read, endings=("jsonl", "ndjson"), is_it=is_it, wants=("shown",))
