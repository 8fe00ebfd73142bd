"""Labels as JSON lines, one object an item."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from al_core.exchange.record import About, Format, Record, columns_of, text_of
from al_core.ground.errors import UserError
from al_core.ground.json_text import json_text


def write(rows: Sequence[Record], about: About) -> bytes:
    """The file's content."""
    names = columns_of(rows)
    return "".join(json_text({name: getattr(row, name) for name in names}) + "\n" for row in rows).encode()


def read(content: bytes) -> list[dict[str, Any]]:
    """The objects of the lines; raises `UserError` naming the line that holds none."""
    bodies = []
    for number, line in enumerate(text_of(content).split("\n"), start=1):
        if line.strip():
            try:
                body = json.loads(line)
            except (ValueError, RecursionError):
                raise UserError(f"line {number} is no JSON") from None
            if not isinstance(body, dict):
                raise UserError(f"line {number} is no JSON object")
            bodies.append(body)
    return bodies


FORMAT = Format("jsonl", write, read)
