"""What a full-screen program needs of its terminal."""

from __future__ import annotations

import importlib
import os

from al_core.data.facts import comes_with, describe_dataset
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_tui.output import is_terminal
from al_tui.requests.race import RaceRequest


def check_screen(request: RaceRequest) -> None:
    """Raise `UserError` when there is no terminal, or nothing that can be drawn on one."""
    check_drawable(request.spec.dataset)
    need_terminal("for a race without a screen use: al-tui bench")


def check_drawable(dataset: str) -> None:
    """Raise `UserError`, with something that can be done instead, when the dashboard has nothing to draw of an item."""
    if comes_with(dataset) and not describe_dataset(dataset).pictures:
        raise UserError(f"{dataset} is a table, which the dashboard cannot show; use: al-tui bench --datasets {dataset}")


def need_pictures(dataset: str) -> None:
    """Raise `UserError` when there is nothing to see of an item of a data set that comes with the program.

    Whoever names a file of numbers wants to see them.
    """
    if comes_with(dataset) and not describe_dataset(dataset).pictures:
        raise UserError(f"{dataset} is a table, and a row of numbers is nothing to label by eye; try: al-tui label digits")


def need_terminal(otherwise: str) -> None:
    """Raise `UserError` when there is no terminal, or none that a screen can be drawn on; it says what to do ``otherwise``."""
    driver = os.environ.get("TEXTUAL_DRIVER")
    if driver is not None:
        _check_driver(driver)
        return
    if not is_terminal("stdin", "stdout"):
        raise UserError(f"this is no terminal; {otherwise}")
    if not is_terminal("stderr"):  # it is where Textual draws
        raise UserError(
            "the screen is drawn on stderr, and that is no terminal here; start it without sending stderr elsewhere"
        )
    if only_prints():
        kind = safe_text(os.environ["TERM"], 30)
        raise UserError(f"no screen can be drawn on this terminal, which is {kind!r} by TERM; {otherwise}")


def only_prints() -> bool:
    """Whether the terminal is said to understand no codes: an editor's shell, a build log."""
    return os.environ.get("TERM") in ("dumb", "unknown")


def _check_driver(driver: str) -> None:
    """Refuse a driver, as that of a bridge to a browser, that cannot be had."""
    module, _, name = driver.partition(":")
    try:
        getattr(importlib.import_module(module), name)
    except Exception:
        raise UserError(f"TEXTUAL_DRIVER is {driver!r}, which names no driver; unset it, or write module:class") from None
