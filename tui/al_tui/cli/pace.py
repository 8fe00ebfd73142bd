"""The option that says how fast a race is played."""

from __future__ import annotations

from typing import Any

import click


class Pace(click.ParamType[float | None]):
    """Rounds per second, or ``max`` for no limit, which becomes None."""

    name = "ROUNDS_PER_SECOND|max"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        if value is None or isinstance(value, float):
            return value
        if value == "max":
            return None
        try:
            pace = float(value)
        except ValueError:
            pace = 0.0
        if not 0.01 <= pace <= 1000:
            self.fail(f"{value!r} is no pace; give rounds per second, 0.01 to 1000, or max", param, ctx)
        return pace
