"""The annual summary as data: a title, paragraphs in which every number is a figure, and a table.

One frozen document is made first; the page on the screen and the printed page are two looks of it. Sections follow
the summaries such committees write (引言、一、（一）…).
"""

from __future__ import annotations

from datetime import date

from congress_portal.accounts.models import Committee
from congress_portal.annual_summary.sections.deputies import parts_on_deputies
from congress_portal.annual_summary.sections.oversight import parts_on_oversight
from congress_portal.annual_summary.sections.suggestions import parts_on_suggestions
from congress_portal.annual_summary.selectors import gather, years_with_records
from congress_portal.annual_summary.text import Run, SummaryDocument, Table, numbered
from congress_portal.common.dates import full_day, month_day
from congress_portal.common.figures import Figure
from congress_portal.common.refusal import Refusal
from suggestions.choices import Channel

__all__ = ["Run", "SummaryDocument", "SummaryNotPossible", "compose"]


class SummaryNotPossible(Refusal):
    """The year cannot be summed up: it lies ahead, nothing is on record yet, or the office has not said its name."""


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
    gathered = gather(year=year)
    span = f"截至{month_day(today)}，" if year == today.year else "全年"
    sections = numbered(
        (
            ("监督工作", parts_on_oversight(gathered, year=year, span=span)),
            ("意见建议办理情况", parts_on_suggestions(committee, gathered.figures, year=year, span=span)),
            ("代表工作", parts_on_deputies(gathered)),
        )
    )
    return SummaryDocument(
        year=year,
        counted_until=min(today, date(year, 12, 31)),
        title_lines=(committee.name, f"{year}年度工作总结"),
        introduction=_introduction(committee, gathered.figures, year=year, today=today, is_all=len(sections) > 1),
        sections=sections,
        table=_table(gathered.figures),
        signed_by=committee.full_name,
    )


def _introduction(
    committee: Committee, figures: dict[str, Figure], *, year: int, today: date, is_all: bool
) -> tuple[tuple[Run, ...], ...]:
    if is_all:
        since = "今年以来" if year == today.year else "一年来"
        does = f"围绕中心工作开展监督，畅通民意渠道督促办理，服务代表履职。现将{since}的工作"
    else:
        does = "畅通民意渠道，督促办理落实。现将意见建议办理情况"
    first: tuple[Run, ...] = (
        f"{year}年，{committee.name}在{committee.district_name}人大常委会和街道党工委的领导下，依靠",
        figures["deputies.deputies"],
        "人大代表和",
        figures["deputies.councillors"],
        f"居民议事员，{does}总结如下：",
    )
    if year == today.year:
        return first, (f"{year}年尚未结束，本文数字统计到{full_day(today)}。",)
    return (first,)


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
