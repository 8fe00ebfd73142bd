"""Labels as JSON lines of Prodigy, in the form of its choice interface. What was ignored or rejected there is no label: a
rejected label is known not to be the right one, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
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
    when,
    word,
)
from al_core.exchange.record import About, Format, Problem, Record, Said
from al_core.ground.json_text import json_text


def write(rows: Sequence[Record], about: About) -> bytes:
    """The file's content: a line for each answer; what nobody answered has no answer there either. Of what was decided there is
    no other line than the decision."""
    options = [{"id": name, "text": name} for name in about.classes]
    lines, told = [], set()
    for row, mark in zip(rows, marks(rows), strict=True):
        if row.item in told and row.item in about.decided:
            continue
        told.add(row.item)
        shown = about.shown.get(row.item, row.name if about.pictures else "")
        line: dict[str, Any] = {"image" if about.pictures else "text": shown, "options": options}
        line |= {"accept": [row.label] if row.label else [], "_view_id": "choice"}
        if row.by == "person":
            line |= {"answer": "accept" if row.label else "ignore", "_annotator_id": row.annotator}
            line |= {} if (seconds := _seconds(row.time)) is None else {"_timestamp": seconds}
        if row.name:
            line["meta"] = {"name": row.name}
        lines.append(json_text(line | {MARK: mark}) + "\n")
    return "".join(lines).encode("utf-8", "replace")


def _seconds(time: str) -> int | None:
    try:
        return int(datetime.fromisoformat(time).timestamp())
    except (ValueError, OverflowError, OSError):
        return None


def read(content: bytes) -> list[Said | Problem]:
    """What the lines say."""
    found: list[Said | Problem] = []
    for place, line in objects(content):
        found += [broken(place)] if line is None else _line(line, place)
    return found


def _line(line: dict[str, Any], place: str) -> Iterator[Said | Problem]:
    mark, answer = mark_in(line.get(MARK)), line.get("answer")
    if answer is None:
        yield Said(mark, place) if mark is not None and mark["by"] != "person" else Problem(UNLABELLED, place)
        return
    if answer == "reject":
        yield Problem("rejected: known only not to be what was suggested", place)
        return
    if answer not in ("accept", "ignore"):
        yield Problem("an answer that is none of accept, reject and ignore", place)
        return
    labels = _labels(line) if answer == "accept" else []
    if len(labels) > 1:
        yield Problem(SEVERAL, place)
        return
    if answer == "accept" and (not labels or not labels[0]):
        yield Problem("accepted without a label", place)
        return
    label = labels[0] if labels else ""
    if mark is not None and agrees(mark, label):
        yield Said(mark, place)
        return
    annotator = word(line.get("_annotator_id")) or word(line.get("_session_id"))
    said = body(label, annotator, when(line.get("_timestamp")), mark=mark)
    text = line["text"] if isinstance(line.get("text"), str) else None
    path = line["image"] if isinstance(line.get("image"), str) and not line["image"].startswith("data:") else None
    path = path or _named(line.get("meta")) or (line["path"] if isinstance(line.get("path"), str) else None)
    known = said["item"] or text is not None or path is not None
    yield Said(said, place, text, path) if known else Problem(NOTHING, place)


def _named(meta: object) -> str | None:
    """The name of a picture whose content stands in the line, as far as the line says it."""
    said = (meta.get("name") or meta.get("file")) if isinstance(meta, dict) else None
    return said if isinstance(said, str) else None


def _labels(line: dict[str, Any]) -> list[str]:
    """The classes that were accepted: of a choice those of its options, else the one label that was suggested."""
    accepted = line.get("accept")
    if not isinstance(accepted, list):
        return [word(line.get("label"))]
    options = line.get("options")
    told = [entry for entry in options if isinstance(entry, dict)] if isinstance(options, list) else []
    names = {entry.get("id"): word(entry.get("text")) for entry in told if isinstance(entry.get("id"), int | float)}
    return [names.get(one) or word(one) if isinstance(one, int | float) else word(one) for one in accepted]


def is_it(content: bytes) -> bool:
    """Whether the first line is a task of Prodigy, answered or not."""
    first = first_object(content)
    return "item" not in first and any(key in first for key in ("answer", "_input_hash", "_view_id", "accept"))


FORMAT = Format("prodigy", write, read, endings=("jsonl", "ndjson"), is_it=is_it, wants=("shown", "voices"))
