"""What the race screen says of the run that one looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from al_core.ground.numbers import fixed, significant
from al_core.race.view import Agreement, RunView
from al_core.run.explain import explain
from al_tui.commands.class_keys import ClassKeys
from al_tui.screens.race.looking import Asking
from al_tui.theme.colours import Palette
from al_tui.widgets.bars import clipped

if TYPE_CHECKING:
    from al_core.strategies.description import StrategyInfo

MOSTLY_RIGHT = 0.9
"""From this share of right labels on it is good news how many there were."""
HIDDEN = ("The model's", "opinion is", "hidden until", "you answer;", "p shows it.")

_MOST_KEYS, _NAME = 12, 12


def key_words(keys: ClassKeys) -> tuple[str, ...]:
    """Which key is which class, in few words; nothing where the classes are called as their keys are."""
    if keys.keys == keys.classes:
        return ()
    each = [f"{key or 'Tab'}\u00a0{clipped(name, _NAME)}" for key, name in zip(keys.keys, keys.classes, strict=True)]
    return ("  ".join([*each[:_MOST_KEYS], *(["…"] if len(each) > _MOST_KEYS else [])]),)


def reason(
    asking: Asking, info: StrategyInfo | None, classes: tuple[str, ...], trouble: str | None, log: str, colours: Palette
) -> Text:
    """Why the run asks, what went wrong, or how it ended.

    Parameters
    ----------
    info : its strategy, once that is known.
    classes : class names; empty until the data is there.
    trouble : why nothing can be computed.
    log : the file that error messages name; empty for a race of the past, where nothing can be tried again.
    """
    run, pick, query = asking.run, asking.pick, asking.run.state.query
    out = Text() if asking.agreed is None else _agreed(asking.agreed, colours)
    if trouble is not None:
        out.append(f"{trouble}\n", colours.bad).append(f"Log: {log}" if log else "")
    elif run.error is not None:
        out.append(f"✗ {run.error}\n", colours.bad)
        out.append(f"r tries again; the others race on. Log: {log}" if log else "")
    elif not classes:
        out.append("Workers are starting; the race begins in a moment.", colours.dim)
    elif run.state.done:
        out.append(f"{run.state.labels:,} labels, {asking.measured} {fixed(run.accuracy)}. c compares the strategies.")
    elif info is not None and pick is not None and query is not None:
        wants = f"picks the {info.wants} " if info.wants != "batch" else "picks by "
        out.append(f"{info.name} {wants}", colours.dim).append(info.formula, "bold")
        if pick.score is not None:
            place = f"rank {pick.rank:,} of {query.candidates:,}" if pick.rank else "chosen as a batch"
            out.append(f"\nscore {significant(pick.score)}, {place}", colours.dim)
        if not asking.hidden:
            out.append("\n" + explain(info, query, pick, classes))
    return out


def _agreed(agreed: Agreement, colours: Palette) -> Text:
    good = agreed.right >= MOSTLY_RIGHT * agreed.known
    words = f"Last batch: {agreed.right:,} of your {agreed.known:,} labels agree with ground truth.\n"
    return Text().append(words, f"bold {colours.good if good else colours.accent}")


def batch_title(run: RunView, *, ready: bool, past: int | None = None) -> str:
    """What the focused run does with its batch; ``ready``: the race has begun, ``past``: which round this was."""
    count = 0 if run.state.query is None else len(run.state.query.picks)
    if past is not None and run.state.query is not None:
        items = "this one" if count == 1 else f"these {count}"
        return f"Round {past + 1}, {run.state.query.labels:,} labels: {run.name} asked about {items}"
    if run.status == "failed":
        return f"{run.name} failed"
    if run.status == "starting":
        return f"{run.name} fits its first model"
    if run.state.done:
        return f"{run.name} has spent its budget"
    if not ready:
        return f"{run.name} goes on in a moment"
    if run.by_hand:
        left = len(run.state.waiting)
        return f"{run.name} asks you about {count} · {left} left" if left else f"{run.name} learns from your answers"
    return f"{run.name} asks about {'this one' if count == 1 else f'these {count}'}"


def start_title(labels: int) -> str:
    """What is said of the labels that all start from; empty where none are shown."""
    return f"Every strategy starts from {'this label' if labels == 1 else f'these {labels:,} labels'}" if labels else ""
