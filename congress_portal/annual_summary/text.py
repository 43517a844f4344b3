"""What the summary is made of: paragraphs in which every number is a figure, in parts and sections, and a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from congress_portal.common.dates import full_day
from congress_portal.common.figures import Figure

# A paragraph is a run of plain text and figures; a figure brings its number, its unit and its list.
Run = str | Figure
Paragraph = tuple[Run, ...]

NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Part:
    """A heading of the second level （一） with its paragraphs."""

    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Section:
    """A heading of the first level 一、 with its parts."""

    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Table:
    """A table of figures: column headings, and rows of a name and its cells."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True)
class SummaryDocument:
    """The whole summary of one year, frozen when it was made."""

    year: int
    counted_until: date
    title_lines: tuple[str, str]
    introduction: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    table: Table
    signed_by: str

    @property
    def title(self) -> str:
        return "".join(self.title_lines)

    @property
    def signed_on(self) -> str:
        """The day under the signature: the last one counted."""
        return full_day(self.counted_until)

    @property
    def figures(self) -> list[Figure]:
        """Every figure that the text and the table use, each once, in reading order."""
        return self.figures_in_text + self.figures_in_table

    @property
    def figures_in_text(self) -> list[Figure]:
        parts = [part for section in self.sections for part in section.parts]
        return _once([*self.introduction, *(runs for part in parts for runs in part.paragraphs)])

    @property
    def figures_in_table(self) -> list[Figure]:
        """The figures that only the table has: those of the single channels."""
        in_text = {figure.key for figure in self.figures_in_text}
        return [figure for figure in _once(self.table.rows) if figure.key not in in_text]


def numbered(sections: Iterable[tuple[str, Sequence[tuple[str, Sequence[Paragraph]]]]]) -> tuple[Section, ...]:
    """Number the headings of sections and parts that say something; the others are left out."""
    said = []
    for heading, parts in sections:
        with_words = [(name, tuple(filter(None, paragraphs))) for name, paragraphs in parts]
        with_words = [(name, paragraphs) for name, paragraphs in with_words if paragraphs]
        if with_words:
            said.append((heading, with_words))
    return tuple(
        Section(
            f"{NUMERALS[number]}、{heading}",
            tuple(
                Part(f"（{NUMERALS[position]}）{name}", paragraphs) for position, (name, paragraphs) in enumerate(parts)
            ),
        )
        for number, (heading, parts) in enumerate(said)
    )


def sentence(*clauses: Sequence[Run] | None, between: str = "，") -> Paragraph:
    """Join the clauses that there are into one sentence; no sentence of none."""
    runs: list[Run] = []
    for clause in filter(None, clauses):
        runs += [between, *clause] if runs else [*clause]
    return (*runs, "。") if runs else ()


def counted(words: str, figure: Figure, after: str = "") -> Paragraph | None:
    """Return a clause with a count, such as 学习培训 4次; None for a count of nothing."""
    return (words, figure, *([after] if after else [])) if figure.value else None


def listed(items: Iterable[Sequence[Run] | None]) -> Paragraph:
    """Join what there is to an enumeration: 、 between, 和 before the last."""
    there = [item for item in items if item]
    runs: list[Run] = []
    for position, item in enumerate(there):
        between = "" if position == 0 else "和" if position == len(there) - 1 else "、"
        runs += [between, *item] if between else [*item]
    return tuple(runs)


def _once(paragraphs: Iterable[Paragraph]) -> list[Figure]:
    return list({run.key: run for runs in paragraphs for run in runs if isinstance(run, Figure)}.values())
