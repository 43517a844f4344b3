"""The words of each section of the summary, one module each. A section is left out where nothing is on record."""

from collections.abc import Sequence

from congress_portal.annual_summary.text import Paragraph

# A section's parts before they are numbered: each a heading and its paragraphs, empty ones among them.
Parts = Sequence[tuple[str, Sequence[Paragraph]]]
