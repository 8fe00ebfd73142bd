"""What terminals send by themselves, as they send it: none of it is typing. For the trials and for tests of the filter."""

from __future__ import annotations

SEQUENCES: dict[str, bytes] = {
    # device control strings
    "setting": b"\x1bP1$r0;1;23m\x1b\\",
    "no-setting": b"\x1bP0$r\x1b\\",
    "capability": b"\x1bP1+r544e=787465726d\x1b\\",
    "version": b"\x1bP>|tmux 3.4\x1b\\",
    "unit": b"\x1bP!|00000000\x1b\\",
    "sixel": b"\x1bPq#0;2;0;0;0#0!9~\x1b\\",
    # application, privacy and other strings
    "graphics": b"\x1b_Gi=31,p=7;OK\x1b\\",
    "privacy": b"\x1b^123\x1b\\",
    "string": b"\x1bX456\x1b\\",
    # operating system commands
    "ground-bel": b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
    "ground-st": b"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
    "ink": b"\x1b]10;rgb:e0e0/e0e0/e0e0\x07",
    "colour": b"\x1b]4;1;rgb:cccc/0000/0000\x1b\\",
    "clipboard": b"\x1b]52;c;NTU1NTU1NTU1NTU1\x1b\\",
    "title": b"\x1b]l5 windows\x1b\\",
    "notice": b"\x1b]99;i=1:p=7;3\x1b\\",
    # reports
    "device": b"\x1b[?62;22c",
    "second-device": b"\x1b[>41;354;0c",
    "old-device": b"\x1b[?1;2c",
    "status": b"\x1b[0n",
    "scheme": b"\x1b[?997;1n",
    "cursor": b"\x1b[12;40R",
    "cursor-page": b"\x1b[?12;40;1R",
    "mode": b"\x1b[?2004;2$y",
    "ansi-mode": b"\x1b[2;1$y",
    "size": b"\x1b[8;40;120t",
    "pixels": b"\x1b[4;800;1200t",
    "keyboard": b"\x1b[?31u",
    "focus": b"\x1b[I",
    # the mouse, in four ways of telling it
    "mouse": b"\x1b[<35;12;5M",
    "mouse-1015": b"\x1b[35;12;5M",
    "mouse-x10": b"\x1b[MC5\xb5",
    # keys that nothing is bound to
    "function": b"\x1b[24;5~",
    "function-linux": b"\x1b[[B",
    "function-ss3": b"\x1bO5Q",
    "insert": b"\x1b[2~",
    "no-key": b"\x1b[99;5z",
    # pasted
    "paste": b"\x1b[200~12345\x1b[201~",
    # long ones
    "long": b"\x1b[" + b"5;" * 5000 + b"z",
    "long-clipboard": b"\x1b]52;c;" + b"NTU1" * 1000 + b"\x07",
}
"""Forty that have an end."""

UNFINISHED: dict[str, bytes] = {
    "osc": b"\x1b]11;rgb:1e1e",
    "dcs": b"\x1bP1$r55",
    "csi": b"\x1b[5;5",
    "ss3": b"\x1bO5",
    "apc": b"\x1b_G31;55\x1b",
}
"""Those that never end: the connection was cut."""

EDGE = 64
"""Long sequences are cut at so many positions from either end."""


def cuts(sequence: bytes) -> list[int]:
    """Where a sequence is cut in two."""
    inside = range(1, len(sequence))
    return [at for at in inside if at <= EDGE or len(sequence) - at <= EDGE]
