"""The summary as plain text, as HTML for print and as PDF."""

from django.template.loader import render_to_string

from congress_portal.annual_summary.text import Run, SummaryDocument
from congress_portal.common.figures import Figure
from congress_portal.common.pdf import render_pdf


def to_text(document: SummaryDocument) -> str:
    """Return the summary as plain text, to read in a terminal or to paste elsewhere; the table has tabs."""
    lines = ["".join(document.title_lines), "", *map(_line, document.introduction)]
    for section in document.sections:
        lines += ["", section.heading]
        for part in section.parts:
            lines += [part.heading, *map(_line, part.paragraphs)]
    lines += ["", document.table.caption, "\t".join(document.table.columns)]
    lines += ["\t".join(_plain(run) for run in row) for row in document.table.rows]
    return "\n".join([*lines, "", document.signed_by, document.signed_on, ""])


def to_html(document: SummaryDocument) -> str:
    """Return the printed page's HTML: no links, styles inside."""
    return render_to_string("pdf/annual_summary.html", {"document": document})


def to_pdf(document: SummaryDocument) -> bytes:
    """Return the printed page. Raises PdfNotPossible with a sentence for people."""
    return render_pdf(to_html(document))


def file_name(document: SummaryDocument) -> str:
    return f"{document.title}.pdf"


def _line(runs: tuple[Run, ...]) -> str:
    return "".join(map(_plain, runs))


def _plain(run: Run) -> str:
    """Write a figure as the printed page does: 78件, 92.5%（173/187）."""
    if not isinstance(run, Figure):
        return run
    if run.denominator:
        return f"{run.text}（{run.numerator}/{run.denominator}）"
    return run.text.replace(" ", "")
