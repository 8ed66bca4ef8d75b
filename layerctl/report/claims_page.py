"""Claims as a page: for each the statement, the verdict, what would have refuted it, pictures and figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from layerctl.report.claims import by_kind, crossing, figures, notes, would_refute
from layerctl.report.page import escape, items, page
from layerctl.report.page import figures as shown
from layerctl.report.results.claims import JudgedClaims, Judgement

TITLE = "Claims about Dense and Conv2D"


def html(result: JudgedClaims, pictures: Mapping[int, Sequence[str]]) -> str:
    """One file with everything in it; `pictures` are SVG elements by the number of their claim."""
    parts = ['<ul class="plain">', *map(_line, result.claims), "</ul>"]
    for judgement in result.claims:
        parts += _section(judgement, pictures[judgement.claim.number])
    return page(f"{TITLE}, on {result.data}", [*parts, "<h2>Notes</h2>", items(notes(result), "notes")])


def _line(judgement: Judgement) -> str:
    claim = judgement.claim
    return f'<li>{_badge(judgement.verdict)} <a href="#claim-{claim.number}">{claim.number}. {escape(claim.text)}</a></li>'


def _badge(verdict: str) -> str:
    return f'<b class="verdict {verdict.lower()}">{verdict}</b>'


def _section(judgement: Judgement, pictures: Sequence[str]) -> Iterator[str]:
    claim = judgement.claim
    yield f'<section id="claim-{claim.number}"><h2>{claim.number}. {escape(claim.text)}</h2>'
    yield f'<p>{_badge(judgement.verdict)} <span class="faint">{escape(would_refute(claim))}</span></p>'
    yield from shown(pictures, claim.text)
    yield "</section>"
    for kind, hypotheses in by_kind(judgement):
        yield f'<h3>{escape(kind[0].upper() + kind[1:])}</h3><ul class="plain">'
        for one in hypotheses:
            text = f'{escape(one.hypothesis.text)}<br><span class="faint">{escape(figures(one))}</span>'
            yield f"<li>{_badge(one.verdict)} {text}</li>"
        yield "</ul>"
    if judgement.followed:
        yield items(map(crossing, judgement.followed))
