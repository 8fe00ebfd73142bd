"""A file that is read where it lies is cut off while somebody labels: that is told, the screen goes on, and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from tests.tui.own_pictures import StartTerminal, label_five
from tests.tui.test_label_pty import home, run

from al_core.data.array_files import _MAPPED_FROM

CUT_WHILE_READ = """
import os, sys
from al_core.data import arrays
arrays_in = arrays.arrays_in
def cut(*args):
    there = arrays_in(*args)
    os.truncate("pots.npy", 5_000_000)
    return there
arrays.arrays_in = cut
sys.argv = ["al-tui", *sys.argv[1:]]
from al_tui.main import program
program()
"""


def test_the_screen_goes_on_and_the_model_learns_when_the_file_is_whole_again(terminal: StartTerminal, tmp_path: Path) -> None:
    path = tmp_path / "pots.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (1100, 250, 250), dtype=np.uint8))
    assert path.stat().st_size > _MAPPED_FROM
    content = path.read_bytes()
    at = terminal("label", "pots.npy", "--classes", "0,1,2,3,4,5,6,7,8,9", "--audit", "0", "--learner", "logistic")
    label_five(at)
    at.wait("model knows every answer")
    os.truncate(path, 5_000_000)
    at.press("9")
    at.wait(r"(?s)6 labels .*pots.npy: 4,999,872 bytes of numbers, and its header says 68,750,000; save it anew")
    at.press("8")  # its look was fetched ahead
    at.wait("7 labels ")
    path.write_bytes(content)
    at.wait(r"(?s)\A(?!.*its header says).*model knows every answer")  # a problem stands for its seconds, and no longer
    at.press("q")
    assert at.finish() == 0
    words = ("predict", next(tmp_path.glob(".local/share/al-tui/sessions/*.session")).stem, "--out", "labels.csv")
    while_read = subprocess.run(
        [sys.executable, "-c", CUT_WHILE_READ, *words],
        cwd=tmp_path,
        env=home(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (while_read.returncode, while_read.stderr.count("\n")) == (2, 1), while_read.stderr
    assert "a file was cut off, or its disk failed, while it was read; nothing was written" in while_read.stderr
    assert not (tmp_path / "labels.csv").exists()
    lost = run(tmp_path, *words)
    assert (lost.returncode, lost.stderr.count("\n")) == (2, 1)
    assert "its header says" in lost.stderr
