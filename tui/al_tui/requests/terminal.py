"""What a full-screen program needs of its terminal."""

from __future__ import annotations

import os
import sys

from al_core.data.facts import describe_dataset
from al_core.ground.errors import UserError
from al_tui.requests.race import RaceRequest


def check_screen(request: RaceRequest) -> None:
    """Raise `UserError` when there is no terminal, or nothing that can be drawn on one."""
    dataset = request.spec.dataset
    if not describe_dataset(dataset).pictures:
        raise UserError(f"{dataset} is a table, which the dashboard cannot show; use: al-tui bench --dataset {dataset}")
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and "TEXTUAL_DRIVER" not in os.environ:
        raise UserError("this is no terminal; for a race without a screen use: al-tui bench")


def need_pictures(dataset: str) -> None:
    """Raise `UserError` when there is nothing to see of an item."""
    if not describe_dataset(dataset).pictures:
        raise UserError(f"{dataset} is a table, and a row of numbers is nothing to label by eye; try: al-tui label digits")


def need_terminal(otherwise: str) -> None:
    """Raise `UserError` when there is no terminal; it says what to do ``otherwise``."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and "TEXTUAL_DRIVER" not in os.environ:
        raise UserError(f"this is no terminal, and this needs one; {otherwise}")
