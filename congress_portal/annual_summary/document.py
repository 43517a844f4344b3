"""The annual summary as data: a title, paragraphs in which every number is a figure, and a table.

One frozen document is made first; the page on the screen and the printed page are two looks of it. Sections follow
the summaries such committees write (引言、一、（一）…).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from congress_portal.accounts.models import Committee
from congress_portal.annual_summary.selectors import all_figures, years_with_records
from congress_portal.common.dates import full_day, month_day
from congress_portal.common.figures import Figure
from congress_portal.common.refusal import Refusal
from suggestions.choices import Channel
from suggestions.figures import SINCE_START

# A paragraph is a run of plain text and figures; a figure brings its number, its unit and its list.
Run = str | Figure


class SummaryNotPossible(Refusal):
    """The year cannot be summed up: it lies ahead, nothing is on record yet, or the office has not said its name."""


@dataclass(frozen=True)
class Part:
    """A heading of the second level （一） with its paragraphs."""

    heading: str
    paragraphs: tuple[tuple[Run, ...], ...]


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
    introduction: tuple[tuple[Run, ...], ...]
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


def compose(*, year: int, today: date) -> SummaryDocument:
    """Write the summary of a year from the records as they stand.

    A year that has not ended is counted until ``today``, and the text says so. Raises SummaryNotPossible.
    """
    if year > today.year:
        raise SummaryNotPossible(f"{year}年还没有开始，不能写总结。请选{today.year}年或以前的年份。")
    committee = Committee.objects.first()
    if committee is None:
        raise SummaryNotPossible("还没有填工委信息。请系统管理员先在后台“工委信息”里填好名称。")
    *_, first_year = years_with_records(today=today)
    if year < first_year:
        years = f"{first_year}年" if first_year == today.year else f"{first_year}年到{today.year}年之间的年份"
        raise SummaryNotPossible(f"{year}年没有办理记录，不能写总结。请选{years}。")
    figures = all_figures(year=year)
    span = f"截至{month_day(today)}，" if year == today.year else "全年"
    return SummaryDocument(
        year=year,
        counted_until=min(today, date(year, 12, 31)),
        title_lines=(committee.name, f"{year}年度工作总结"),
        introduction=_introduction(committee, figures, year=year, today=today),
        sections=(Section("一、意见建议办理情况", _suggestions(committee, figures, year=year, span=span)),),
        table=_table(figures),
        signed_by=committee.full_name,
    )


def _introduction(
    committee: Committee, figures: dict[str, Figure], *, year: int, today: date
) -> tuple[tuple[Run, ...], ...]:
    first: tuple[Run, ...] = (
        f"{year}年，{committee.name}在{committee.district_name}人大常委会和街道党工委的领导下，依靠",
        figures["deputies.deputies"],
        "人大代表和",
        figures["deputies.councillors"],
        "居民议事员，畅通民意渠道，督促办理落实。现将意见建议办理情况总结如下：",
    )
    if year == today.year:
        return first, (f"{year}年尚未结束，本文数字统计到{full_day(today)}。",)
    return (first,)


def _suggestions(committee: Committee, figures: dict[str, Figure], *, year: int, span: str) -> tuple[Part, ...]:
    def figure(key: str) -> Figure:
        return figures[f"suggestions.{key}"]

    main_channels = _main_channels(committee, figures, year=year)
    if figure("received").value == 0:
        return (Part("（一）收到情况", ((f"{span}没有收到意见建议。",), *main_channels)),)

    channels = [channel for channel in Channel if figures[f"suggestions.received.{channel}"].value]
    by_channel: list[Run] = []
    for position, channel in enumerate(channels):
        by_channel += ["、" if position else "", channel.label, figures[f"suggestions.received.{channel}"]]
    received: tuple[Run, ...] = (
        f"{span}收到意见建议",
        figure("received"),
        "，其中" if len(channels) > 1 else "，来自",
        *by_channel,
        "。不受理和转介",
        figure("declined"),
        "，应办",
        figure("handled"),
        "。",
    )
    if figure("handled").value:
        closed: tuple[Run, ...] = (
            "应办的",
            figure("handled"),
            "当中，已办结",
            figure("closed"),
            "，办结率",
            figure("closure_rate"),
            "。",
        )
        if figure("closed").value:
            closed += ("已办结的", figure("closed"), "中，问题已经解决的", figure("solved"), "。")
    else:
        closed = ("收到的都不属于受理范围，没有应办的件。",)
    return (
        Part("（一）收到情况", (received, *main_channels)),
        Part("（二）办理情况", (closed,)),
        Part("（三）评价情况", _evaluation(figure)),
    )


def _evaluation(figure) -> tuple[tuple[Run, ...], ...]:
    evaluated = figure("evaluated")
    if evaluated.value == 0:
        return (("到统计时还没有居民评价。",),)
    process: tuple[Run, ...] = (
        "收到居民评价",
        evaluated,
        "，其中对办理过程满意的",
        figure("process_satisfied"),
        "，过程满意率",
        figure("process_satisfaction"),
        "；满意和基本满意合计",
        figure("process_content"),
        "，占",
        figure("process_content_rate"),
        "。",
    )
    result: list[Run] = [
        "这",
        evaluated,
        "评价当中，对办理结果满意的",
        figure("result_satisfied"),
        "，结果满意率",
        figure("result_satisfaction"),
        "；满意和基本满意合计",
        figure("result_content"),
        "，占",
        figure("result_content_rate"),
    ]
    if figure("result_dissatisfied").value:
        result += ["；不满意的", figure("result_dissatisfied"), "，均按规定重新办理。"]
    else:
        result.append("；没有对结果不满意的。")
    return process, tuple(result)


def _main_channels(committee: Committee, figures: dict[str, Figure], *, year: int) -> tuple[tuple[Run, ...], ...]:
    """Return the paragraph on the channels that such summaries name: the year's receptions, council and groups in all.

    A body that was set up after the year is not named.
    """
    clauses: list[list[Run]] = []
    receptions = figures[f"suggestions.received.{Channel.RECEPTION}"]
    if receptions.value:
        clauses.append(["今年通过选民接待收到意见建议", receptions])
    for channel, (field, words) in SINCE_START.items():
        start: date = getattr(committee, field)
        if start.year <= year:
            received = figures[f"suggestions.received.{channel}.since"]
            closed = figures[f"suggestions.closed.{channel}.since"]
            what = "" if clauses else "意见建议"
            clauses.append([f"{words}（{full_day(start)}起）收到{what}", received, "，办结", closed])
    if not clauses:
        return ()
    runs = [run for clause in clauses for run in (*clause, "；")]
    return ((*runs[:-1], "。"),)


def _table(figures: dict[str, Figure]) -> Table:
    keys = ("received", "handled", "closed", "closure_rate", "evaluated", "result_content")
    rows: list[tuple[Run, ...]] = [
        (channel.label, *(figures[f"suggestions.{key}.{channel}"] for key in keys))
        for channel in Channel
        if figures[f"suggestions.received.{channel}"].value
    ]
    rows.append(("合计", *(figures[f"suggestions.{key}"] for key in keys)))
    return Table(
        caption="各渠道意见建议办理情况（件）",
        columns=("渠道", "收到", "应办", "办结", "办结率", "评价", "满意和基本满意"),
        rows=tuple(rows),
    )


def _once(paragraphs: Iterable[tuple[Run, ...]]) -> list[Figure]:
    return list({run.key: run for runs in paragraphs for run in runs if isinstance(run, Figure)}.values())
