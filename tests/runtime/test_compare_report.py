"""What a comparison adds on request: targets, disturbances, reports."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layerctl.api.compare import PERTURBATIONS, compare
from layerctl.diagnostics.errors import SpecError, UsageError
from layerctl.report.comparison import disturbed, notes, sentences
from layerctl.report.results.comparison import Comparison
from layerctl.runtime.study import perturb
from layerctl.runtime.study.charts import apart, ends
from tests.command_line import CommandLine

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("keras")]
SPEC = """
vars: {width: 8}
inputs: {image: [8, 8, 1]}
layers: [Flatten, {Dropout: 0.1}, {Dense: {units: $width, activation: relu}}, {Dense: {units: 10, activation: softmax}}]
train: {data: digits, loss: sparse_categorical_crossentropy, metrics: [accuracy], epochs: 2, optimizer: nadam}
"""


class Page(HTMLParser):
    """The elements of a page with their attributes."""

    VOID = ("meta", "link", "br", "img")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report")
    (path / "plain.yaml").write_text(SPEC)
    return path


@pytest.fixture(scope="module")
def found(folder: Path, keras: Any) -> Comparison:
    spec = str(folder / "plain.yaml")
    return compare(
        [spec, f"{spec}@vars.width=32"],
        seeds=2,
        limit=300,
        runs_dir=folder,
        target=0.2,
        perturb=perturb_names(),
        report=folder / "x.html",
    )


def perturb_names() -> tuple[str, ...]:
    return (perturb.PERMUTE, *(test.name for test in perturb.TESTS))


def test_every_disturbance_can_be_asked_for() -> None:
    assert perturb_names() == PERTURBATIONS


def test_the_result_grows_on_request(found: Comparison) -> None:
    data = found.to_json()
    assert list(data) == ["version", "data", "seeds", "variants", "pairs", "test_samples", "perturbations"]
    first, second = data["variants"]
    assert (first["name"], second["name"], second["overrides"]) == ("plain", "plain@vars.width=32", ["vars.width=32"])
    assert first["to_target"]["target"] == 0.2
    assert 0 <= first["to_target"]["reached"] <= first["to_target"]["of"] == 2
    assert len(first["curves"]["accuracy"]) == 2
    assert first["curves"]["on"] == "test"
    assert first["curves"]["accuracy"][-1]["mean"] == pytest.approx(first["metrics"]["test_accuracy"]["mean"])
    assert first["weight_bytes"] == 4 * first["params"]


def test_disturbances(found: Comparison) -> None:
    assert tuple(one.name for one in found.disturbances) == perturb_names()
    for one in found.disturbances:
        for curve, variant in zip(one.variants, found.variants, strict=True):
            values = curve.metrics["test_accuracy"]
            assert len(values) == len(one.levels)
            assert values[0].values == pytest.approx(variant.metrics["test_accuracy"].values), one.name
    assert len([*disturbed(found)]) == 5


def test_what_is_kept_gives_the_same_and_new_models_too(found: Comparison, folder: Path, tmp_path: Path) -> None:
    """Trained by one model with one seed after another, or by a model of its own."""
    spec = str(folder / "plain.yaml")
    alone = compare([spec, f"{spec}@vars.width=32"], seeds=[1], limit=300, runs_dir=tmp_path, perturb=("rotate",))
    for one, both in zip(alone.variants, found.variants, strict=True):
        assert one.metrics["test_loss"].values[0] == pytest.approx(both.metrics["test_loss"].values[1], rel=1e-5)
    trials = list(folder.glob("compare/*/trial.json"))
    before = {path: path.stat().st_mtime_ns for path in trials}
    again = compare([spec, f"{spec}@vars.width=32"], seeds=2, limit=300, runs_dir=folder, perturb=("rotate",))
    assert again.disturbances == found.disturbances[-1:]
    assert {path: path.stat().st_mtime_ns for path in folder.glob("compare/*/trial.json")} == before
    assert len(trials) == 8


def test_the_page_is_whole_and_alone(found: Comparison, folder: Path) -> None:
    text = (folder / "x.html").read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert not re.search(r"https?:|//\w+\.", text)
    tags = [tag for tag, _ in page.found]
    assert tags.count("svg") == 4 + 2 * 5
    assert "script" not in tags
    images = [attributes for tag, attributes in page.found if tag in ("image", "img")]
    assert len(images) == 2 + 5 * 4
    assert all((attributes.get("href") or attributes.get("src") or "").startswith("data:image/") for attributes in images)
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(set(ids)) == len(ids)
    for line in (*sentences(found), "prefers-color-scheme: dark", "@media print", "width=device-width", "currentColor"):
        assert line.replace("'", "&#x27;") in text


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ALONE = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr",
)  # fmt: skip
OBSERVER = """<script>
const failed = [];
addEventListener("error", event => failed.push(String(event.target.tagName || event.message)), true);
addEventListener("load", () => parent.postMessage(JSON.stringify({
  failed, requests: performance.getEntriesByType("resource").map(entry => entry.name),
  width: innerWidth, needed: document.documentElement.scrollWidth,
  pictures: [...document.querySelectorAll("svg")].map(svg => svg.getBoundingClientRect()).map(box => [box.width, box.height]),
  ink: getComputedStyle(document.body).color, dark: matchMedia("(prefers-color-scheme: dark)").matches,
}), "*"));
</script>"""
FRAME = """<!doctype html><link rel="icon" href="data:,"><body style="margin: 0">
<script>addEventListener("message", event => document.body.dataset.seen = event.data)</script>
<iframe src="observed.html" style="width: {width}px; height: 800px; border: 0"></iframe>"""


def browse(folder: Path, page: Path, *options: str) -> str:
    """What the browser writes on standard output; it must not complain on the console."""
    assert CHROMIUM is not None
    command = [CHROMIUM, *ALONE, f"--user-data-dir={folder / 'profile'}", *options, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "CONSOLE" not in done.stderr
    return done.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("dark", [False, True])
def test_a_browser_shows_the_page(width: int, dark: bool, found: Comparison, folder: Path, tmp_path: Path) -> None:
    text = (folder / "x.html").read_text(encoding="utf-8")
    (tmp_path / "observed.html").write_text(text.replace("<title>", f"{OBSERVER}<title>"), encoding="utf-8")
    frame = tmp_path / "frame.html"
    frame.write_text(FRAME.format(width=width))
    look = ("--blink-settings=preferredColorScheme=0",) if dark else ()
    dom = browse(tmp_path, frame, "--window-size=1300,900", "--dump-dom", *look)
    shown = re.search('data-seen="([^"]*)"', dom)
    assert shown is not None
    seen = json.loads(html.unescape(shown[1]))
    assert seen["failed"] == []
    assert seen["requests"] == []
    assert seen["width"] == width
    assert seen["needed"] <= width, "the page is wider than the screen"
    assert len(seen["pictures"]) == 4 + 2 * 5
    assert all(100 < across <= width and down > 80 for across, down in seen["pictures"])
    assert seen["dark"] == dark
    assert (min(map(int, re.findall(r"\d+", seen["ink"]))) > 128) == dark, "text is light on dark ground"


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_browser_prints_the_page(found: Comparison, folder: Path, tmp_path: Path) -> None:
    paper = tmp_path / "page.pdf"
    browse(tmp_path, folder / "x.html", f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    assert paper.read_bytes().startswith(b"%PDF")


def test_markdown(found: Comparison, folder: Path) -> None:
    from layerctl.report.comparison_page import markdown

    text = markdown(found)
    assert text.startswith("# plain and plain@vars.width=32 on digits\n")
    for line in (*sentences(found), *notes(found), "## rotate: test_accuracy by degrees", "## accuracy after each epoch (test)"):
        assert line in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert all(row.endswith("|") for row in rows)


def test_disturbances_do_what_they_say() -> None:
    random = np.random.default_rng(0)
    images = random.random((4, 8, 8, 1), dtype=np.float32) * 0.5 + 0.25
    found = {test.name: test.apply(images, test.levels[2], np.random.default_rng(1)) for test in perturb.TESTS}
    for name, changed in found.items():
        assert changed.shape == images.shape, name
        assert changed.dtype == np.float32, name
        assert name == "noise" or 0 <= changed.min() <= changed.max() <= 1, name
    assert ((found["occlude"] == 0).reshape(4, -1).sum(axis=1) == 4).all()
    assert (found["noise"] - images).std() == pytest.approx(0.2, rel=0.1)


def test_a_shift_moves_each_image_as_a_whole() -> None:
    images = np.zeros((16, 9, 9, 1), np.float32)
    images[:, 4, 4] = 1
    (shift,) = perturb.chosen(["shift"])
    at = np.argwhere(shift.apply(images, 3, np.random.default_rng(0))[..., 0] > 0.5)
    assert len(at) == 16
    assert {max(abs(row - 4), abs(column - 4)) for _, row, column in at} == {3}


def test_a_permutation_keeps_channels_together() -> None:
    images = np.arange(2 * 4 * 3).reshape(2, 2, 2, 3)
    moved = perturb.permuted(images, np.array([3, 1, 0, 2]))
    assert moved[0].reshape(4, 3).tolist() == images[0].reshape(4, 3)[[3, 1, 0, 2]].tolist()


def test_only_images_are_disturbed(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as error:
        compare(["sensor", "sensor@layers.0.Dense.units=8"], seeds=2, runs_dir=tmp_path, perturb=("shift",), limit=100)
    assert error.value.diagnostics[0].code.id == "LC691"
    assert not list(tmp_path.iterdir()), "refused before training"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"perturb": ("shfit",)}, "there is no disturbance `shfit`"),
        ({"report": "x.pdf"}, "cannot write a report as x.pdf"),
        ({"report": "none/x.html"}, "there is no directory none"),
        ({"match_var": "width"}, "`--match-var` needs `--match`"),
    ],
)
def test_options_that_have_no_meaning(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=re.escape(words)):
        compare(["dense", "conv2d"], **options)


def test_the_command(cli: CommandLine) -> None:
    cli.write("a.yaml", SPEC)
    common = ("--seeds", "2", "--limit", "200", "--epochs", "1")
    done = cli("compare", "a", "a@vars.width=3", "--match", "macs", *common)
    assert "a@vars.width=8: width 8 in place of 3 (592 MACs against 592, +0 %)" in done.out
    done = cli("compare", "a", "a@vars.width=3", *common, "--report", "x.md", "--target", "0.99")
    assert done.status == 0, done.err
    assert "time to 0.99: the mean over all trials" in done.out
    assert "never" in done.out
    assert "wrote x.md" in done.err
    assert (cli.folder / "x.md").exists()


def test_what_is_nearly_equal_stands_side_by_side() -> None:
    low, high = ends([34826, 34990])
    assert high / low == pytest.approx(2, rel=0.01)
    assert apart([34826, 34990], high / low) == [34826]
    low, high = ends([34936, 2440960])
    assert low < 34936
    assert 2440960 < high < 4e6
    assert apart([34936, 2440960], high / low) == [34936, 2440960]


def test_what_cannot_be_written_is_told_before_training(cli: CommandLine) -> None:
    cli.write("a.yaml", SPEC)
    cli.write("file", "")
    (cli.folder / "x.html").mkdir()
    common = ("compare", "a", "a@vars.width=3", "--seeds", "1", "--limit", "50")
    for options, words in (
        (("--runs-dir", "file"), "cannot keep a trial in file/compare: not a directory"),
        (("--report", "x.html"), "cannot write x.html: it is a directory"),
        (("--target", "nan"), "a target is a number, got nan"),
    ):
        done = cli(*common, *options)
        assert (done.status, "trial" in done.err.replace(words, "")) == (2, False)
        assert words in done.err


def test_variants_that_are_written_wrong_or_become_one(cli: CommandLine) -> None:
    cli.write("a.yaml", SPEC)
    assert "a variant is written `a@KEY=VALUE`" in cli("compare", "a", "a@vars.width").err
    done = cli("compare", "a", "a@vars.width=3", "a@vars.width=4", "--match", "params")
    assert done.status == 2
    assert "`a@vars.width=3` and `a@vars.width=4` both become `a.yaml@vars.width=8`" in done.err


def test_too_few_samples_are_told_in_peace(cli: CommandLine) -> None:
    cli.write("a.yaml", SPEC.replace("data: digits", "validation_split: 0.2, data: {name: digits, normalize: true}"))
    done = cli("compare", "a", "a@vars.width=3", "--seeds", "1", "--limit", "1")
    assert done.status == 1
    assert "LC655" in done.err
    assert "Warning" not in done.err
