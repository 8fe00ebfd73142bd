"""Labels as tasks of Label Studio, and beside them the configuration that shows them there.

What was skipped there (``was_cancelled``) is no label. Annotations of several people stay several; the one that is marked as
``ground_truth`` beside others is what was decided.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from al_core.exchange.foreign import MARK, NOTHING, SEVERAL, UNLABELLED, agrees, body, broken, mark_in, marks, word
from al_core.exchange.record import About, Format, Problem, Record, Said, text_of
from al_core.ground.errors import UserError
from al_core.ground.json_text import json_text

_LOCAL = "/data/local-files/"
_NAME = "label"


def write(rows: Sequence[Record], about: About) -> bytes:
    """The file's content: a task an item, an annotation for each person, a prediction for a label of the machine."""
    tasks, number, kind = [], 0, "image" if about.pictures else "text"
    by_item: dict[str, list[Record]] = {}
    for row in rows:
        by_item.setdefault(row.item, []).append(row)
    for of, (item, given) in enumerate(by_item.items(), start=1):
        task: dict[str, Any] = {"id": of, "data": {kind: _shown(item, given[0], about), MARK: marks(given)}}
        task |= {"annotations": [], "predictions": []}
        for row in given:
            number += 1
            if row.by == "person":
                task["annotations"].append(_annotation(row, number, kind, decided=row is given[0] and item in about.decided))
            elif row.by:
                result = _result(row, f"r{number}", kind)
                task["predictions"].append({"id": number, "model_version": row.by, "result": result})
        tasks.append(task)
    return (json_text(tasks, indent=1) + "\n").encode("utf-8", "replace")


def _shown(item: str, row: Record, about: About) -> str:
    from urllib.parse import quote

    shown = about.shown.get(item, row.name if about.pictures else "")
    if not about.pictures or shown.startswith("data:"):
        return shown
    return f"{_LOCAL}?d={quote(f'{about.dataset}/{shown}')}"


def _annotation(row: Record, number: int, kind: str, *, decided: bool) -> dict[str, Any]:
    result = _result(row, f"r{number}", kind)
    said = {"id": number, "was_cancelled": not row.label, "ground_truth": decided, "result": result}
    return said | ({"created_at": row.time} if row.time else {})


def _result(row: Record, name: str, kind: str) -> list[dict[str, Any]]:
    value = {"choices": [row.label]}
    return [{"id": name, "from_name": _NAME, "to_name": kind, "type": "choices", "value": value}] if row.label else []


def beside(rows: Sequence[Record], about: About) -> dict[str, bytes]:
    """The labelling configuration, which a project needs to show the tasks."""
    from xml.sax.saxutils import quoteattr

    kind = "image" if about.pictures else "text"
    shown = f"<{kind.capitalize()} name={quoteattr(kind)} value={quoteattr(f'${kind}')}/>"
    choices = "".join(f"    <Choice value={quoteattr(name)}/>\n" for name in about.classes)
    control = f'<Choices name="{_NAME}" toName="{kind}" choice="single">'
    config = f"<View>\n  {shown}\n  {control}\n{choices}  </Choices>\n</View>\n"
    return {"xml": config.encode("utf-8", "replace")}


def read(content: bytes) -> list[Said | Problem]:
    """What the tasks say; raises `UserError` for what is no list of tasks."""
    try:
        tasks = json.loads(text_of(content))
    except (ValueError, RecursionError):
        raise UserError("this is no JSON") from None
    if not isinstance(tasks, list):
        raise UserError("this is no list of tasks, as Label Studio exports them (JSON)")
    if tasks and all(isinstance(task, dict) and "annotation_id" in task and "data" not in task for task in tasks):
        raise UserError("this is JSON-MIN, which does not say what was skipped; export JSON from Label Studio")
    found: list[Said | Problem] = []
    for number, task in enumerate(tasks, start=1):
        place = f"task {number}"
        if not isinstance(task, dict) or not isinstance(task.get("data"), dict):
            found.append(Problem("no task with data", place) if isinstance(task, dict) else broken(place))
            continue
        found += _task(task, place)
    return found


def _task(task: dict[str, Any], place: str) -> Iterator[Said | Problem]:
    data = task["data"]
    said = data.get(MARK)
    ours = [mark for mark in map(mark_in, said) if mark is not None] if isinstance(said, list) else []
    text = data["text"] if isinstance(data.get("text"), str) else None
    path = _path(data["image"]) if isinstance(data.get("image"), str) else None
    annotations = task.get("annotations", task.get("completions"))
    found = list(_annotations(annotations if isinstance(annotations, list) else [], ours, place))
    persons = any(isinstance(entry, Said) for entry in found)
    for mark in ours:  # what no annotation stands for; one that is a person's was taken away there
        if mark["by"] != "person" and not (persons and mark["by"]):
            yield Said(mark, place)
        elif mark["by"] == "person" and not persons:
            yield Problem("an answer of ours that was taken away there", place)
    if not found and not ours:
        yield Problem(UNLABELLED, place)
    for entry in found:
        if isinstance(entry, Problem) or entry.body["item"]:
            yield entry
        elif text is None and path is None:
            yield Problem(NOTHING, place)
        else:
            yield Said(entry.body, place, text, path, entry.decided)


def _annotations(annotations: list[Any], ours: list[dict[str, Any]], place: str) -> Iterator[Said | Problem]:
    left = list(ours)
    truths = sum(isinstance(one, dict) and one.get("ground_truth") is True for one in annotations)
    for one in annotations:
        if not isinstance(one, dict):
            yield Problem("no annotation", place)
            continue
        labels = _labels(one.get("result"))
        if labels is None:
            yield Problem("an annotation that is no choice of a class", place)
            continue
        if len(labels) > 1:
            yield Problem(SEVERAL, place)
            continue
        cancelled = one.get("was_cancelled") is True
        if not labels and not cancelled:
            yield Problem(UNLABELLED, place)
            continue
        label = "" if cancelled else labels[0]
        decided = one.get("ground_truth") is True and truths == 1 and len(annotations) > 1
        if (mark := next((mark for mark in left if agrees(mark, label)), None)) is not None:
            left.remove(mark)
            yield Said(mark, place, decided=decided)
            continue
        time = word(one.get("updated_at") or one.get("created_at"))
        known = ours[0] if ours else None
        yield Said(body(label, _person(one.get("completed_by")), time, mark=known), place, decided=decided)


def _labels(result: object) -> list[str] | None:
    """The classes that an annotation names; None where it is about something else."""
    if not isinstance(result, list):
        return None
    labels: list[str] = []
    for part in result:
        value = part.get("value") if isinstance(part, dict) else None
        choices = value.get("choices") if isinstance(value, dict) else None
        if not isinstance(choices, list) or not all(isinstance(choice, str) and choice for choice in choices):
            return None
        labels += choices
    return labels


def _person(said: object) -> str:
    """Who gave an annotation: a number, or an object that has an e-mail address or a number."""
    if isinstance(said, dict):
        said = said.get("email") or said.get("username") or said.get("id")
    return f"annotator {said}" if isinstance(said, int) and not isinstance(said, bool) else word(said)


def _path(url: str) -> str:
    """Where a picture lies, of the address by which it is shown there."""
    from urllib.parse import parse_qs, unquote, urlsplit

    try:
        parts = urlsplit(url) if "://" in url or url.startswith("/data/") else None
    except ValueError:
        return url
    if parts is None:
        return url
    local = parse_qs(parts.query).get("d")
    return local[0] if local else unquote(parts.path)


def is_it(content: bytes) -> bool:
    """Whether the content is a list."""
    return text_of(content[:64]).lstrip().startswith("[")


FORMAT = Format("label-studio", write, read, endings=("json",), is_it=is_it, beside=beside, wants=("shown", "voices"))
