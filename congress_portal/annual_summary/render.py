"""The summary as HTML for print and as PDF."""

from django.template.loader import render_to_string

from congress_portal.annual_summary.document import SummaryDocument
from congress_portal.common.pdf import render_pdf


def to_html(document: SummaryDocument) -> str:
    """Return the printed page's HTML: no links, styles inside."""
    return render_to_string("pdf/annual_summary.html", {"document": document})


def to_pdf(document: SummaryDocument) -> bytes:
    """Return the printed page. Raises PdfNotPossible with a sentence for people."""
    return render_pdf(to_html(document))


def file_name(document: SummaryDocument) -> str:
    return f"{document.title}.pdf"
