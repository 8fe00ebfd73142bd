"""Faults of our own, planted into the program that a person labels with: they are logged and told, and labelling goes on.

What is planted hooks into Textual and Rich, not into modules of ours, so that these trials do not know how the house is built.
One that the program cannot survive ends it in good order, with a report that may be shown to anybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_label_screen import header, on_disk

StartTerminal = Callable[..., Any]

SECRET = "answer seven of anna"
PLANT = f"""
import os, sys
from pathlib import Path

if "worker" not in sys.argv and "forkserver" not in " ".join(sys.argv):
    import textual.app, textual.dom, textual.screen, textual.widget, textual._compositor, rich.text

    class Planted(Exception):
        pass

    left = dict(draw=0, frame=0)
    words = "{SECRET} in " + os.environ["HOME"] + "/secret.session"

    def raises(*args, **kwargs):
        raise Planted(words)

    async def raises_later(*args, **kwargs):
        raise Planted(words)

    def count(name, number):
        def do(self, event):
            left[name] = number
            self.refresh(layout=True)
            for widget in self.query("*"):
                widget.notify_style_update()
                widget.refresh()
        return do

    screen, app = textual.screen.Screen, textual.app.App
    screen.key_f2 = raises
    app.key_f3 = raises
    textual.dom.DOMNode.on_mouse_scroll_up = raises
    screen.key_f5 = lambda self, event: self.set_timer(0.01, raises) and None
    screen.key_f6 = lambda self, event: self.run_worker(raises_later()) and None
    screen.key_f7 = lambda self, event: self.call_after_refresh(raises) and None
    screen.key_f8 = count("draw", 3)
    screen.key_f9 = count("frame", 1)
    screen.key_f10 = count("frame", 10**9)
    screen.key_f11 = lambda self, event: self.app._loop.call_soon(raises) and None
    screen.key_f12 = count("draw", 10**9)

    def failing(cls, name, which):
        whole = getattr(cls, name)
        def wrapped(self, *args, **kwargs):
            if left[which] > 0:
                left[which] -= 1
                raise Planted(words)
            return whole(self, *args, **kwargs)
        setattr(cls, name, wrapped)

    failing(rich.text.Text, "render", "draw")
    failing(textual._compositor.Compositor, "render_update", "frame")
    if os.environ.get("PLANTED") == "mount":
        app.on_mount = raises
    if os.environ.get("PLANTED") == "load":
        app.on_load = raises
"""
F2, F3, F5, F6, F7, F8 = "\x1bOQ", "\x1bOR", "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~"
F9, F10, F11, F12 = "\x1b[20~", "\x1b[21~", "\x1b[23~", "\x1b[24~"
WHEEL = "\x1b[<64;10;10M"
FAULTS = {
    "key-of-the-screen": F2,
    "key-of-the-app": F3,
    "wheel-over-a-widget": WHEEL,
    "timer": F5,
    "worker": F6,
    "after-a-refresh": F7,
    "drawing": F8,
    "frame": F9,
    "callback-of-the-loop": F11,
}


@pytest.fixture
def planted(tmp_path: Path) -> dict[str, str]:
    """The environment in which keys F2 to F12 and the wheel do harm."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(PLANT)
    return {"PYTHONPATH": str(site)}


def logged(home: Path) -> str:
    return "".join(path.read_text() for path in home.rglob("al-tui.log"))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_while_somebody_labels(terminal: StartTerminal, planted: dict[str, str], tmp_path: Path, name: str) -> None:
    session = tmp_path / "planted.session"
    at = terminal("label", "--session", str(session), env=planted)
    at.wait("one of the first items")
    stack: list[int | None] = []
    for key in "314":
        at.press(FAULTS[name])
        at.wait("went wrong")
        at.press(key)
        stack.append(int(key))
        at.wait(header(stack))
        at.read(lambda: "went wrong" not in at.text)
    at.read(lambda: logged(tmp_path).count("Planted") >= 3)
    at.press("?")
    at.wait("─ Help ─")
    at.press("\x1b")
    at.read(lambda: "─ Help ─" not in at.text)
    at.wait("Flag|Undo")
    at.press("q")
    assert at.finish() == 0
    assert on_disk(session) == stack
    assert SECRET in logged(tmp_path)
    assert SECRET not in at.raw.rpartition("\x1b[?1049l")[2]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_in_a_race(terminal: StartTerminal, planted: dict[str, str], tmp_path: Path, name: str) -> None:
    at = terminal("--pace", "1", "--strategies", "margin,random", env=planted)
    at.wait("asks about these")
    at.press("h")
    at.wait("asks you about 10 · 10 left")
    for left in range(9, 6, -1):
        at.press(FAULTS[name])
        at.wait("went wrong")
        at.press("3")
        at.wait(rf"asks you about 10 · {left} left")
        at.read(lambda: "went wrong" not in at.text)
    at.press("q")
    assert at.finish() == 0
    assert "Planted" in logged(tmp_path)


def test_what_can_never_be_drawn_is_left_out(terminal: StartTerminal, planted: dict[str, str], tmp_path: Path) -> None:
    """Every widget fails every time: that is told in their places, and keys are still answered, as long as the person likes."""
    at = terminal("--pace", "1", env=planted)
    at.wait("asks about these")
    at.press(F12)
    at.wait("could not be drawn")
    for _ in range(20):
        at.press("t")
        at.settle(0.2)
    at.press("q")
    assert at.finish() == 0


def check_report(at: Any, home: Path, size: str) -> None:
    """What the program says when it ends by a fault, and what its report holds."""
    said = at.raw.rpartition("\x1b[?1049l")[2]
    assert "Traceback" not in at.raw
    words = re.sub(r"\s+", " ", said)
    assert "labels" in words
    assert "on disk" in words
    assert "al-tui resume" in words
    (report,) = home.rglob("crash-*.txt")
    assert report.name in said.replace("\r\n", "")
    assert report.stat().st_mode & 0o077 == 0
    text = report.read_text()
    for needed in ("al-tui", "python", "textual", "rich", size, "xterm-256color", "Planted", "sitecustomize"):
        assert needed in text, needed
    assert str(home) not in text
    assert home.name not in text
    assert "secret.session" not in text
    assert "mine.session" not in text
    assert SECRET not in text
    assert SECRET in logged(home)


@pytest.mark.parametrize("when", ["mount", "load", "frames"])
def test_a_crash_says_that_labels_are_safe_and_how_to_go_on(
    terminal: StartTerminal, planted: dict[str, str], tmp_path: Path, when: str
) -> None:
    session = tmp_path / "mine.session"
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    at.press("27")
    at.wait(header([2, 7]))
    at.press("q")
    assert at.finish() == 0
    at = terminal("resume", str(session), env=planted | {"PLANTED": when})
    if when == "frames":
        at.wait(header([2, 7]))
        at.press("3")
        at.wait(header([2, 7, 3]))
        at.press(F10)
    assert at.finish() == 1
    check_report(at, tmp_path, "120x40")
    assert str(session) in at.raw.replace("\r\n", "")
    if when != "load":
        assert "\x1b[?25h" in at.raw.rpartition("\x1b[?1049h")[2]
    assert on_disk(session) == [2, 7, *([3] if when == "frames" else [])]


@pytest.mark.parametrize("when", ["mount", "frames"])
def test_a_crash_of_the_race(terminal: StartTerminal, planted: dict[str, str], tmp_path: Path, when: str) -> None:
    at = terminal("--pace", "1", env=planted | {"PLANTED": when})
    if when == "frames":
        at.wait("asks about these")
        at.press(F10)
    assert at.finish() == 1
    if when == "frames":
        check_report(at, tmp_path, "120x40")
    else:
        assert list(tmp_path.rglob("crash-*.txt"))
