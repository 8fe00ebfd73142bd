"""JSON as it leaves this program."""

from __future__ import annotations

import json
from typing import Any

from al_core.ground.safe_text import escaped


def json_text(value: Any, indent: int | None = None) -> str:
    """JSON that people can read and no terminal obeys. What `visible` would show in another way is escaped: nothing is lost."""
    return escaped(json.dumps(value, indent=indent, ensure_ascii=False), lambda char: json.dumps(char)[1:-1])
