"""Pictures of digits as a person's own files, labelled with a few keys, and a program that is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits

StartTerminal = Callable[..., Any]
ITEMS = 200
CLASSES = "0,1,2,3,4,5,6,7,8,9"


def digits() -> NDArray[np.uint8]:
    return np.asarray(255 - np.round(load_digits().images[:ITEMS] * (255 / 16)), dtype=np.uint8)


def write_labelled(folder: Path) -> None:
    for number, (levels, label) in enumerate(zip(digits(), load_digits().target, strict=False)):
        (folder / str(label)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(levels).save(folder / str(label) / f"{number:03}.png")


def write_unlabelled(folder: Path) -> None:
    """In two folders that are no classes."""
    for number, levels in enumerate(digits()):
        place = folder / ("train" if number % 2 else "test")
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(levels).save(place / f"{number:03}.png")


def write_archive(path: Path) -> None:
    np.savez(path, images=255 - digits(), ids=[f"scan {number}" for number in range(ITEMS)])


def label_five(at: Any) -> None:
    at.wait("one of the first|to learn or measure")  # what is measured is told by nothing while one answers
    for number, key in enumerate("31415", 1):
        at.press(key)
        at.wait(rf"{number} labels? ")


def killed(at: Any) -> None:
    """The program is killed, as by a power cut; its workers end with it."""
    pids = at.workers
    os.kill(at.child.pid, signal.SIGKILL)
    assert at.all_gone(pids)
