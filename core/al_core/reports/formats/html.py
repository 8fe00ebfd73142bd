"""A bench as one HTML page that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from al_core.comparison.cell import BenchResult
from al_core.comparison.documents import Across, Comparison, Intervals, StrategyRow
from al_core.comparison.encoding import protocol_json
from al_core.ground.numbers import between, fixed, rank, signed_percent
from al_core.measures.worth import Price
from al_core.race.marks import GREY, marks
from al_core.race.view import BY_HAND
from al_core.reports.comparison import bench_header, bench_rows, reference_notes
from al_core.reports.findings import Findings, command, recipe
from al_core.reports.plots import curves_svg, page_colours, ranks_svg, savings_svg, sprite
from al_core.reports.worths import money_header, money_note, money_rows

_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1e24; --soft: #5b616b; --line: #d5d8dd; --tint: 47, 127, 209; }
@media (prefers-color-scheme: dark) { :root { --paper: #15171b; --ink: #e6e8eb; --soft: #a2a8b1; --line: #3a3f47; } }
@media print { :root { --paper: #fff; --ink: #000; --soft: #333; --line: #bbb; } section, figure { break-inside: avoid; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1.05rem; }
p, li { max-width: 44rem; } .soft { color: var(--soft); }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 1rem 0; max-width: 34rem; } figure svg { display: block; width: 100%; height: auto; }
figure svg text { font-family: inherit !important; } figcaption { color: var(--soft); font-size: .85rem; }
.glyphs { display: flex; flex-wrap: wrap; gap: 1rem; } .glyphs figure { margin: 0; }
.glyphs img { display: block; image-rendering: pixelated; max-width: 100%; height: auto; border: 1px solid var(--line); }
pre { overflow-x: auto; padding: .6rem; border: 1px solid var(--line); font-size: .85rem; }
@media print { pre { white-space: pre-wrap; } .wide { overflow: visible; } table { font-size: .55rem; }
  th, td { padding: .1rem .25rem; white-space: normal; } thead th { overflow-wrap: anywhere; } }
"""

GLYPH_ROUNDS = 30


def write(findings: Findings) -> str:
    """The page: conclusions first, then for every data set and learner its table, plots and picks, then how to repeat it.

    Raises
    ------
    UserError
        matplotlib is not installed.
    """
    parts = findings.parts
    title = f"Query strategies compared: {', '.join(dict.fromkeys(part.protocol.dataset for part in parts))}"
    body = [f"<h1>{escape(title)}</h1>"]
    body += [_across(entry, index) for index, entry in enumerate(findings.found.across)]
    for index, part in enumerate(parts):
        result = findings.results[index] if findings.results else None
        body.append(_part(part, result, index, findings.price, headed=len(parts) > 1))
    body.append(_settings(findings))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{page_colours()}{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _part(part: Comparison, result: BenchResult | None, index: int, price: Price, *, headed: bool) -> str:
    name = f"{part.protocol.dataset}, {part.protocol.learner}"
    seeds = part.protocol.planned
    names = ", ".join(row.name for row in part.strategies)
    blocks = [f"<h2>{escape(name)}</h2>"] if headed else []
    blocks += [
        f"<p>{escape(part.conclusion)}</p>",
        _table(
            _verdict_first(bench_header(part)),
            [_verdict_first(row) for row in bench_rows(part)],
            [_sign(row.name, [other.name for other in part.strategies]) for row in part.strategies],
        ),
        *(f'<p class="soft">{escape(note)}</p>' for note in reference_notes(part)),
        *_money(part, price),
        _figure(
            curves_svg(part, f"c{index}"),
            f"Learning curves on {name}: median test {part.protocol.metric.words} over labels for {names}. "
            + "; ".join(f"{row.name} ends at {fixed(row.final_accuracy.mean)}" for row in part.strategies),
            f"Median over {seeds} seeds; the band holds the middle half of them. Dotted: the targets.",
        ),
        _figure(
            savings_svg(part, f"s{index}"),
            f"Labels saved against random on {name}: " + "; ".join(_saved_words(row) for row in part.strategies),
            f"Share of labels saved to the first target, with 95% intervals{_made(part.intervals)}. "
            "Shaded: what a second random shows, which is chance.",
        ),
    ]
    if result is not None:
        blocks.append(_picks(result))
    blocks.append(_similarity(part))
    return f"<section>\n{chr(10).join(block for block in blocks if block)}\n</section>"


def _made(intervals: Intervals | None) -> str:
    """How those of savings were made, as far as the document says so."""
    return "" if intervals is None else f" ({intervals.saved or intervals.method})"


def _money(part: Comparison, price: Price) -> list[str]:
    """What it is worth, where it is known what a label is."""
    rows = money_rows(part, price)
    return [f"<p>{escape(money_note(part, price))}</p>", _table(money_header(price), rows)] if rows else []


def _across(entry: Across, index: int) -> str:
    ranks = entry.friedman.ranks if entry.friedman else {}
    alt = "Mean ranks over data sets: " + "; ".join(f"{name} {rank(mean)}" for name, mean in ranks.items())
    caption = "Critical-difference diagram (Demšar 2006): bars join strategies that Nemenyi's test does not tell apart."
    figure = _figure(ranks_svg(entry, f"r{index}"), alt, caption)
    return f"<section>\n<h2>Over data sets</h2>\n<p>{escape(entry.conclusion)}</p>\n{figure}\n</section>"


def _picks(result: BenchResult) -> str:
    from al_core.data.sources import named_data

    data = named_data(result.spec.dataset)
    if data is None or data.images is None:
        return ""
    figures = []
    seed = result.seeds[0]
    for name in result.strategies:
        cell = next((cell for cell in result.of(name) if cell.seed == seed and cell.picks), None)
        if cell is None:
            continue
        picks = cell.picks[:GLYPH_ROUNDS]
        address, width, height = sprite(data.images, picks)
        counts = Counter(data.classes[data.y[item]] for batch in picks for item in batch)
        alt = f"Items {name} asked for: " + ", ".join(f"{count} × {label}" for label, count in counts.most_common())
        shown = f"{BY_HAND} {name}" if name in result.by_person else name
        caption = _sign(name, result.strategies) + escape(shown)
        figures.append(
            f'<figure><figcaption>{caption}</figcaption><img src="{address}" width="{2 * width}" height="{2 * height}"'
            f' alt="{escape(alt)}"></figure>'
        )
    text = f"What each strategy asked for on seed {seed}, a row per round, from the top."
    return f'<h3>Picked items</h3>\n<p class="soft">{text}</p>\n<div class="glyphs">{"".join(figures)}</div>' if figures else ""


def _similarity(part: Comparison) -> str:
    entries = {entry.strategies: entry.jaccard for entry in part.similarity}
    names = [row.name for row in part.strategies]
    if not any(value is not None for value in entries.values()):
        return ""
    lines = []
    for first in names:
        cells = []
        for second in names:
            value = entries.get((first, second), entries.get((second, first)))
            shade = "" if value is None else f' style="background: rgba(var(--tint), {round(value, 2)})"'
            cells.append(f"<td{shade}>{'' if first == second else fixed(value, 2)}</td>")
        lines.append(f'<tr><th scope="row">{escape(first)}</th>{"".join(cells)}</tr>')
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    text = "Jaccard index of the items asked for in a whole run, mean over seeds: 0 nothing in common, 1 the same."
    return (
        f'<h3>How similar the picks are</h3>\n<p class="soft">{text}</p>\n'
        f'<div class="wide"><table><thead><tr><th></th>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
    )


def _settings(findings: Findings) -> str:
    first = findings.parts[0]
    rows = [[key, str(value)] for key, value in first.versions.items()]
    blocks = ["<h2>Settings and versions</h2>"]
    for part in findings.parts:
        seeds, targets = part.protocol.seeds, part.protocol.targets
        shown = protocol_json(part.protocol) | {"seeds": f"{seeds[0]} to {seeds[-1]}", "targets": ", ".join(map(str, targets))}
        blocks.append(_table(["setting", "value"], [[key, str(value)] for key, value in shown.items()]))
    blocks.append(_table(["software", "version"], rows))
    if findings.asked_at is not None:
        blocks.append(f'<p class="soft">Asked for at {escape(findings.asked_at)}.</p>')
    blocks.append(f"<p>{escape(recipe(findings.found))}</p>\n<pre><code>{escape(command(findings.found))}</code></pre>")
    return f"<section>\n{chr(10).join(blocks)}\n</section>"


def _verdict_first(cells: list[str]) -> list[str]:
    """The last column as the second: on a narrow page the others are scrolled to."""
    return [cells[0], cells[-1], *cells[1:-1]]


def _saved_words(row: StrategyRow) -> str:
    share = row.saved.share
    if share.bounds is None:
        return f"{row.name} no interval"
    low, high = share.bounds
    return f"{row.name} {signed_percent(share.value)}, from {between(low, high, signed_percent)}"


def _figure(svg: str, alt: str, caption: str) -> str:
    if not svg:
        return ""
    named = svg.replace("<svg", f'<svg role="img" aria-label="{escape(alt)}"', 1)
    return f"<figure>{named}<figcaption>{escape(caption)}</figcaption></figure>"


def _sign(name: str, names: Sequence[str]) -> str:
    """The mark of a strategy in its colour, as on the screen."""
    mark = marks(names)[name]
    colour = "grey" if mark.hue == GREY else str(mark.hue)
    return f'<span style="color: var(--run-{colour})">{mark.sign}</span> '


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], signs: Sequence[str] = ()) -> str:
    """A table; ``signs``, one a row, are HTML that stands before its first cell."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    before = signs or [""] * len(rows)
    lines = "".join(
        f"<tr><td>{sign}" + "</td><td>".join(map(escape, row)) + "</td></tr>" for sign, row in zip(before, rows, strict=True)
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>'
