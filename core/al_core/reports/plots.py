"""The plots of a report as SVG text: colours that read on paper and on dark screens, text that takes the page's colour.

matplotlib comes with the extra ``report`` and is loaded when the first plot is drawn.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence
from typing import Any

from al_core.comparison.documents import Across, Comparison, StrategyRow
from al_core.ground.errors import UserError
from al_core.ground.numbers import rank
from al_core.race.marks import DARK, DARK_GREY, HUES, LIGHT, LIGHT_GREY, marks
from al_core.race.view import BY_HAND

INK = "#010203"
"""Stands for the page's own text colour while matplotlib draws."""

_STAND_INS = tuple(f"#0405{number:02x}" for number in range(HUES))
"""Stand for the hues of strategies, which are others on a dark page, while matplotlib draws; so does `GREY` for the grey."""
GREY = "#0405ff"
_DASHES = ("-", "--", "-.", ":")
LOWEST = -200
"""Per cent saved at which a forest plot ends, whatever lies below."""
WIDTH = 4.4
"""Inches; narrow, so that text stays readable when the page is as narrow as a telephone."""


def colours(names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """A stand-in for the colour, and a line style, for every strategy; `random` and its repetitions are grey.

    Eighteen stay apart by style.
    """
    found, greys, styles = marks(names), 0, {}
    for name, mark in found.items():
        grey = mark.hue < 0
        styles[name] = (GREY if grey else _STAND_INS[mark.hue]), _DASHES[(greys if grey else mark.dash) % len(_DASHES)]
        greys += grey
    return styles


def page_colours() -> str:
    """The colours as style sheets of the page have them: `DARK` and `LIGHT` of `al_core.race.marks`, as on the screen."""
    light, dark = (
        "".join(f" --run-{number}: {hue};" for number, hue in enumerate(hues)) + f" --run-grey: {grey};"
        for hues, grey in ((LIGHT, LIGHT_GREY), (DARK, DARK_GREY))
    )
    return f":root {{{light} }}\n@media screen and (prefers-color-scheme: dark) {{ :root {{{dark} }} }}\n"


def in_colour(svg: str) -> str:
    """A drawing that takes its colours from the page."""
    for number, stand_in in enumerate(_STAND_INS):
        svg = svg.replace(stand_in, f"var(--run-{number})")
    return svg.replace(GREY, "var(--run-grey)").replace(INK, "currentColor")


def curves_svg(part: Comparison, prefix: str) -> str:
    """What was measured over labels: the median over seeds and the band between the quartiles, for every strategy."""
    rows, oracle = part.strategies, part.references.greedy_oracle
    if oracle is None and not any(row.curve.labels for row in rows):
        return ""
    figure, axes = _figure(3.1)
    names = [row.name for row in rows]
    styles = colours(names)
    for row in rows:
        curve, (colour, dash) = row.curve, styles[row.name]
        if not curve.labels:
            continue
        axes.fill_between(curve.labels, curve.lower_quartile, curve.upper_quartile, color=colour, alpha=0.15, lw=0)
        axes.plot(curve.labels, curve.median, color=colour, linestyle=dash, lw=1.6, label=_name(row, names))
    if oracle is not None:
        curve = oracle.curve
        axes.plot(curve.labels, curve.median, color=INK, lw=0.9, linestyle=(0, (4, 2)), label="greedy oracle")
    for target in part.protocol.targets:
        axes.axhline(target, color=INK, lw=0.6, linestyle=(0, (1, 3)))
    full = part.references.all_labels.accuracy.mean
    if full is not None:
        axes.axhline(full, color=INK, lw=0.8, alpha=0.6)
        axes.annotate(
            "all labels", (0.01, full), xycoords=("axes fraction", "data"), ha="left", va="bottom", color=INK, fontsize=8
        )
    axes.set_xlabel("labels")
    axes.set_ylabel(f"test {part.protocol.metric.words}")
    columns = 2 if max(len(_name(row, names)) for row in rows) > 16 else 3
    figure.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=columns, frameon=False, labelcolor=INK, fontsize=8.5)
    return _svg(figure, prefix)


def _name(row: StrategyRow, names: Sequence[str]) -> str:
    """The strategy's mark and name, marked as well if a person had a hand in its run."""
    signed = f"{marks(names)[row.name].sign} {row.name}"
    return _plain(f"{BY_HAND} {signed}" if row.person else signed)


def _plain(text: str) -> str:
    """Text that matplotlib shows as it is: between two of these signs it would read a formula."""
    return text.replace("$", r"\$")


def savings_svg(part: Comparison, prefix: str) -> str:
    """A forest plot of labels saved against random, with 95 % intervals and the band of the A/A control."""
    rows = [row for row in part.strategies if row.name != "random" and row.saved.share.value is not None]
    if not rows:
        return ""
    figure, axes = _figure(0.9 + 0.3 * len(rows))
    styles = colours([row.name for row in part.strategies])
    control = next((row.saved.share.bounds for row in rows if row.name == part.references.control), None)
    if control is not None:
        axes.axvspan(100 * control[0], 100 * control[1], color=GREY, alpha=0.18, lw=0)
    axes.axvline(0, color=INK, lw=0.8)
    for position, row in enumerate(reversed(rows)):
        share, (colour, _) = row.saved.share, styles[row.name]
        if share.value is None:
            continue
        if share.bounds is not None:
            axes.plot([100 * bound for bound in share.bounds], [position] * 2, color=colour, lw=2.2, solid_capstyle="butt")
        axes.plot([100 * share.value], [position], "o", color=colour, ms=5)
    names = [row.name for row in part.strategies]
    axes.set_yticks(range(len(rows)), [_plain(f"{marks(names)[row.name].sign} {row.name}") for row in reversed(rows)])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    lowest = min(100 * min(share.low or 0.0, share.value or 0.0) for share in (row.saved.share for row in rows))
    if lowest < LOWEST:  # an interval over a few seeds, which would leave no room for the others
        axes.set_xlim(LOWEST, 105)
    axes.set_xlabel("labels saved against random, %")
    return _svg(figure, prefix)


def ranks_svg(entry: Across, prefix: str) -> str:
    """Demšar's critical-difference diagram: mean ranks on a line, bars over what is not told apart."""
    found = entry.friedman
    if found is None:
        return ""
    ranks = found.ranks
    names = sorted(ranks, key=lambda name: ranks[name])
    bars, half = found.groups, (len(names) + 1) // 2
    figure, axes = _figure(1.2 + 0.22 * half + 0.14 * len(bars))
    k = len(names)
    axes.set_xlim(0.2, k + 0.8)
    top = 0.8 + 0.4 * len(bars)
    axes.set_ylim(-0.7 * half - 0.4, top + 1.5)
    axes.axis("off")
    axes.plot([1, k], [0, 0], color=INK, lw=1)
    for tick in range(1, k + 1):
        axes.plot([tick, tick], [0, 0.2], color=INK, lw=1)
        axes.text(tick, 0.3, str(tick), ha="center", va="bottom", color=INK, fontsize=8)
    for position, name in enumerate(names):
        left = position < half
        level = -0.7 * ((position if left else k - 1 - position) + 1)
        end = 0.6 if left else k + 0.4
        axes.plot([ranks[name], ranks[name], end], [0, level, level], color=INK, lw=0.8)
        text = _plain(f"{name} {rank(ranks[name])}")
        axes.text(end, level + 0.05, text, ha="left" if left else "right", va="bottom", color=INK, fontsize=8)
    for position, group in enumerate(bars):
        height = 1.1 + 0.4 * position
        axes.plot([ranks[group[0]] - 0.04, ranks[group[-1]] + 0.04], [height] * 2, color=_STAND_INS[1], lw=3)
    distance = found.critical_difference
    shown = min(distance, k - 1)
    axes.plot([1, 1 + shown], [top + 0.5] * 2, color=INK, lw=1.4)
    axes.text(1, top + 0.6, f"critical difference {rank(distance)}", ha="left", va="bottom", color=INK, fontsize=8)
    return _svg(figure, prefix)


def sprite(images: Any, picks: Sequence[Sequence[int]]) -> tuple[str, int, int]:
    """All picked items of a run as one picture, a row per round.

    Parameters
    ----------
    images : uint8 array, shape (n, height, width), 0 (paper) to 255 (ink).
    picks : items, round by round.

    Returns
    -------
    A ``data:`` address of a PNG, and its width and height in pixels.
    """
    import numpy as np

    image = _matplotlib().image
    _, height, width = images.shape
    columns = max(len(batch) for batch in picks)
    sheet = np.zeros((len(picks) * (height + 1) - 1, columns * (width + 1) - 1), dtype=np.uint8)
    for row, batch in enumerate(picks):
        for column, item in enumerate(batch):
            y, x = row * (height + 1), column * (width + 1)
            sheet[y : y + height, x : x + width] = images[item]
    out = io.BytesIO()
    image.imsave(out, sheet, format="png", cmap="gray_r", vmin=0, vmax=255, metadata={"Software": None})
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}", sheet.shape[1], sheet.shape[0]


def _matplotlib() -> Any:
    try:
        import matplotlib
        import matplotlib.backends.backend_svg
        import matplotlib.figure
        import matplotlib.image
    except ImportError:
        raise UserError("plots need the extra report: pip install 'al-tui[report]'; md, csv and json need nothing") from None
    return matplotlib


def _figure(height: float) -> tuple[Any, Any]:
    figure = _matplotlib().figure.Figure(figsize=(WIDTH, height), layout="constrained")
    axes = figure.add_subplot()
    figure.patch.set_alpha(0)
    axes.patch.set_alpha(0)
    axes.tick_params(colors=INK, labelsize=9)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)
    for side, spine in axes.spines.items():
        spine.set_color(INK)
        spine.set_visible(side in ("left", "bottom"))
    return figure, axes


def _svg(figure: Any, prefix: str) -> str:
    """The figure as an ``svg`` element whose ids start with ``prefix``, so that several fit on one page."""
    out = io.StringIO()
    with _matplotlib().rc_context({"svg.fonttype": "none", "svg.hashsalt": prefix}):
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(out, format="svg", bbox_inches="tight", pad_inches=0.05, metadata=nothing)
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", text)
    return in_colour(text)
