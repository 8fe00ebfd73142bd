"""Reports of a bench: what is in them, and how the page stands in a real browser."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from trials import PATIENCE

from al_core.comparison.across import documents
from al_core.comparison.campaign import campaign
from al_core.comparison.encoding import from_json
from al_core.comparison.plan import plan
from al_core.comparison.store import ResultsStore
from al_core.compute.inline import Inline
from al_core.ground.errors import UserError
from al_core.reports.findings import Findings, command, load_findings
from al_core.reports.formats.csv import write as csv_report
from al_core.reports.formats.json import write as json_report
from al_core.reports.formats.md import write as markdown_report
from al_core.reports.plots import colours
from al_core.reports.rendering import findings_of, render
from al_core.task.spec import TaskSpec

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SPECS = (TaskSpec(budget=40, seed=2, target=0.7), TaskSpec(dataset="iris", budget=26, seed=2, target=0.7))


@pytest.fixture(scope="module")
def store_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results store with two benches: digits and iris, then digits alone."""
    path = tmp_path_factory.mktemp("report") / "results.sqlite3"
    with ResultsStore(path) as store:
        for specs in (SPECS, SPECS[:1]):
            asked = plan(specs, ["random", "margin", "entropy"], seeds=2)
            campaign(asked, Inline(), store=store)
    return path


@pytest.fixture(scope="module")
def findings(store_file: Path) -> Findings:
    return load_findings(store_file, 1)


def test_the_last_bench_is_the_default(store_file: Path) -> None:
    assert len(load_findings(store_file).parts) == 1
    assert [part.protocol.dataset for part in load_findings(store_file, 1).parts] == ["digits", "iris"]
    with pytest.raises(UserError, match="has no bench 7; there are: 1, 2"):
        load_findings(store_file, 7)


def test_who_reports_writes_nothing(store_file: Path) -> None:
    before = store_file.read_bytes()
    load_findings(store_file)
    assert store_file.read_bytes() == before


def test_a_run_that_failed_before_and_was_computed_since_has_not_failed(store_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "results.sqlite3"
    shutil.copy(store_file, path)
    with ResultsStore(path) as store:
        asked = store.benches()[-1].asked
        store.record_bench(replace(asked, failed={asked.keys[0]: "oh"}))
        assert store.benches()[-1].asked.failed
    (part,) = load_findings(path).parts
    assert {row.presence.finished for row in part.strategies} == {2}
    assert not any(row.presence.errors for row in part.strategies)


def test_a_report_says_what_the_bench_said(findings: Findings) -> None:
    asked = plan(SPECS, ["random", "margin", "entropy"], seeds=2)
    again = documents(campaign(asked, Inline()))
    for mine, theirs in zip(findings.document["comparisons"], again["comparisons"], strict=True):
        assert mine["conclusion"] == theirs["conclusion"]
        assert mine["similarity"] == theirs["similarity"]
    assert json.loads(json_report(findings)) == json.loads(json.dumps(findings.document))


def test_a_document_will_do_as_well(findings: Findings, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(json_report(findings))
    assert markdown_report(load_findings(path)) == markdown_report(findings)
    for text in ("", "[]", "{}", '{"comparisons": [1]}', "SQLite"):
        path.write_text(text)
        with pytest.raises(UserError, match="neither a results store, nor a race, nor a document"):
            load_findings(path)
    with pytest.raises(UserError, match="there is no"):
        load_findings(tmp_path / "nothing")


def test_the_command_computes_the_same_question(findings: Findings) -> None:
    assert command(findings.document) == (
        "al-tui bench --datasets digits,iris --learner logistic --strategies 'random,margin,entropy,random#2'"
        " --seed 2 --seeds 2 --batch 10 --budget 40 --target 0.7 --second-target 0.85"
    )


def test_markdown_and_csv(findings: Findings) -> None:
    text = markdown_report(findings)
    assert "## digits, logistic" in text
    assert re.search(r"^\| margin \|", text, re.MULTILINE)
    rows = list(csv.DictReader(io.StringIO(csv_report(findings))))
    assert [(row["dataset"], row["strategy"]) for row in rows][3:5] == [("digits", "random#2"), ("iris", "random")]
    margin = next(row for row in findings.parts[0].strategies if row.name == "margin")
    assert float(rows[1]["aulc"]) == margin.aulc.mean.value
    assert float(rows[1]["saved_0.7"]) == margin.saved.share.value


def test_results_at_hand_are_rendered_without_a_store(findings: Findings) -> None:
    mine = findings_of(findings.results)
    assert mine.document == findings.document
    assert render(mine, "md") == markdown_report(findings)
    with pytest.raises(UserError, match="no format 'pdf'"):
        render(mine, "pdf")


def test_eighteen_strategies_can_be_told_apart() -> None:
    names = [f"s{index}" for index in range(17)] + ["random", "random#2"]
    assert len(set(colours(names).values())) == len(names)


def test_the_page_is_whole_and_needs_nothing(findings: Findings) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra report")
    from al_core.reports.formats.html import write as html_report

    page = html_report(findings)
    assert page == html_report(findings)
    assert "<script" not in page
    addresses = set(re.findall(r'(?:src|href|xlink:href)="([^"]*)"', page)) | set(re.findall(r"url\(([^)]*)\)", page))
    assert all(address.startswith(("#", "data:image/png;base64,")) for address in addresses)
    assert "@import" not in page
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert page.count('role="img" aria-label="') == page.count("<svg") == 5  # curves and savings twice, ranks once
    assert page.count("<img") == page.count(' alt="Items ') == 4
    assert "critical difference" in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert findings.parts[0].versions["source"] in page
    assert "#010203" not in page


def test_text_from_outside_is_escaped(findings: Findings) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra report")
    from al_core.reports.formats.html import write as html_report

    nasty = "<img src=x onerror=alert(1)>"
    document = json.loads(json.dumps(findings.document["comparisons"][0]).replace('"margin"', json.dumps(nasty)))
    document["conclusion"] = nasty
    assert nasty not in html_report(replace(findings, found=from_json(document), results=()))


PROBE = """<script>
window.addEventListener("load", () => {
  const boxes = [...document.querySelectorAll("h1, h2, h3, p, figure, .wide, pre")]
    .filter(e => !e.parentElement.closest("figure")).map(e => e.getBoundingClientRect());
  let overlaps = 0;
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
      overlaps += 1;
  }));
  let labels = 0;
  document.querySelectorAll("svg").forEach(svg => {
    const texts = [...svg.querySelectorAll("text")].map(t => t.getBoundingClientRect());
    texts.forEach((a, i) => texts.slice(i + 1).forEach(b => {
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
        labels += 1;
    }));
  });
  const root = document.documentElement;
  const result = {boxes: boxes.length, overlaps, labels, width: innerWidth, beyond: root.scrollWidth - root.clientWidth,
    requests: performance.getEntriesByType("resource").filter(e => !e.name.startsWith("data:")).length,
    errors: window.errors, dark: getComputedStyle(document.body).backgroundColor};
  document.body.setAttribute("data-probe", JSON.stringify(result));
});
</script>"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
@pytest.mark.parametrize(("width", "medium"), [(360, "screen"), (1280, "screen"), (718, "print")])
def test_the_page_in_a_browser(findings: Findings, tmp_path: Path, width: int, medium: str) -> None:
    """No script error, no request, nothing wider than the page, nothing over anything else; on paper (A4) no table is cut."""
    pytest.importorskip("matplotlib", reason="needs the extra report")

    assert BROWSER is not None
    errors = "<script>window.errors = []; onerror = m => window.errors.push(m)</script>"
    inner = tmp_path / "report.html"
    page = render(findings, "html").replace("@media print", "@media all" if medium == "print" else "@media print")
    inner.write_text(page.replace("<head>", "<head>" + errors).replace("</body>", PROBE + "</body>"))
    # Chromium has a smallest window width; a frame has none.
    outer = tmp_path / "frame.html"
    outer.write_text(
        f'<body><iframe id="f" src="report.html" style="width:{width}px;height:900px;border:0"></iframe><script>'
        'onload = () => document.body.setAttribute("data-probe", f.contentDocument.body.getAttribute("data-probe"))'
        "</script></body>"
    )
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--virtual-time-budget=5000"]
    command_line = [BROWSER, *options, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", outer.as_uri()]
    dom = subprocess.run(command_line, capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
    probe = re.search(r'data-probe="([^"]*)"', dom)
    assert probe is not None
    found = json.loads(probe[1].replace("&quot;", '"'))
    assert found["width"] == width
    assert found["boxes"] > 20
    assert {key: found[key] for key in ("overlaps", "labels", "beyond", "requests", "errors")} == {
        "overlaps": 0,
        "labels": 0,
        "beyond": 0,
        "requests": 0,
        "errors": [],
    }
