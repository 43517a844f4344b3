"""The section on suggestions: received, handled, evaluated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from congress_portal.accounts.models import Committee
from congress_portal.annual_summary.sections import Parts
from congress_portal.annual_summary.text import Run
from congress_portal.common.dates import full_day
from congress_portal.common.figures import Figure
from suggestions.choices import Channel
from suggestions.figures import SINCE_START


def parts_on_suggestions(committee: Committee, figures: dict[str, Figure], *, year: int, span: str) -> Parts:
    """Return what came in, what was done, and what people said of it."""

    def figure(key: str) -> Figure:
        return figures[f"suggestions.{key}"]

    main_channels = _main_channels(committee, figures, year=year)
    if figure("received").value == 0:
        return (("收到情况", ((f"{span}没有收到意见建议。",), *main_channels)),)

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
        ("收到情况", (received, *main_channels)),
        ("办理情况", (closed,)),
        ("评价情况", _evaluation(figure)),
    )


def _evaluation(figure: Callable[[str], Figure]) -> tuple[tuple[Run, ...], ...]:
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
