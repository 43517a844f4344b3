"""The section on deputies' work: sessions of congress, the council, study and visits, reports to voters, the file."""

from __future__ import annotations

from congress_portal.annual_summary.sections import Parts
from congress_portal.annual_summary.sections.oversight import OF_OVERSIGHT
from congress_portal.annual_summary.sections.told import told_of
from congress_portal.annual_summary.selectors import Gathered
from congress_portal.annual_summary.text import Paragraph, Run, counted, listed, sentence
from congress_portal.common.figures import Figure
from deputies.choices import ActivityKind

K = ActivityKind


def parts_on_deputies(gathered: Gathered) -> Parts:
    """Return what deputies and councillors did, and what was done for them."""
    figures = gathered.figures
    others = (told_of(one) for one in gathered.told if one.activity.kind not in OF_OVERSIGHT)
    return (
        ("出席人代会和提出建议", (_before_the_session(figures), _session(figures))),
        ("居民议事会", (_council(figures),)),
        ("学习、走访和工作对接", (_training(figures), _visits(figures), *others)),
        ("向选民述职", (_reports(figures),)),
        ("履职档案", (_file(figures),)),
    )


def _held(figures: dict[str, Figure], kind: ActivityKind, words: str = "") -> Paragraph | None:
    return counted(words or kind.label, figures[f"deputies.activities.{kind}"])


def _before_the_session(figures: dict[str, Figure]) -> Paragraph:
    before = listed(_held(figures, kind) for kind in (K.PRE_SESSION, K.DRAFTS))
    return ("会前开展", *before, "。") if before else ()


def _session(figures: dict[str, Figure]) -> Paragraph:
    return sentence(
        _held(figures, K.SESSION, "组织代表出席人代会会议"),
        _attendance(figures, K.SESSION),
        counted("审议发言", figures["deputies.speeches.session"]),
        counted("会议期间提出建议", figures["suggestions.received.session"]),
        counted("闭会期间提出建议", figures["suggestions.received.intersession"]),
    )


def _attendance(figures: dict[str, Figure], kind: ActivityKind) -> list[Run] | None:
    """Return the rate of all invited, and beside it the one without approved leave where there was any."""
    rate = figures[f"deputies.attendance_rate.{kind}"]
    if rate.value is None:
        return None
    without_leave = figures[f"deputies.attendance_rate_without_leave.{kind}"]
    if without_leave.value is None or without_leave.denominator == rate.denominator:
        return ["到会率", rate]
    return ["到会率", rate, "，不含已准假的为", without_leave]


def _council(figures: dict[str, Figure]) -> Paragraph:
    return sentence(
        _held(figures, K.COUNCIL_SESSION, "召开居民议事会会议"),
        _attendance(figures, K.COUNCIL_SESSION),
        counted("居民议事员发言", figures["deputies.speeches.council_session"]),
    )


def _training(figures: dict[str, Figure]) -> Paragraph:
    training = _held(figures, K.TRAINING, "组织学习培训")
    return sentence(
        training, counted("参加", figures["deputies.participants.training"]) if training else None,
        _held(figures, K.COMMITTEE_MEETING, "召开工委会议"),
    )  # fmt: skip


def _visits(figures: dict[str, Figure]) -> Paragraph:
    return sentence(
        _held(figures, K.VISIT_DEPUTIES),
        _held(figures, K.VISIT_VOTERS),
        _held(figures, K.COORDINATION, "与街道办事处工作对接"),
    )


def _reports(figures: dict[str, Figure]) -> Paragraph:
    reports = figures["deputies.reports"]
    if not reports.value:
        return ()
    return (
        "代表向选民述职",
        reports,
        "，到场选民",
        figures["deputies.report_voters"],
        "。",
    )


def _file(figures: dict[str, Figure]) -> Paragraph:
    lines = figures["deputies.duty_lines"]
    if not lines.value:
        return ()
    who = listed(
        (
            counted("人大代表", figures["deputies.deputies_on_duty"]),
            counted("居民议事员", figures["deputies.councillors_on_duty"]),
        )
    )
    return (
        "落实“一人一档”，记入履职档案",
        lines,
        *(("，涉及", *who) if who else ()),
        "。",
    )
