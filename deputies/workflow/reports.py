"""Deputies' reports to their voters (述职): put on record, and corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from congress_portal.accounts.models import Committee, User
from congress_portal.common.dates import full_day
from deputies.choices import DutyKind, DutyOutcome, MandateKind, ReportResult
from deputies.models import Activity, Mandate, PerformanceReport
from deputies.workflow.activity_steps import need_reason, require
from deputies.workflow.posting import record_duty, withdraw_duty
from deputies.workflow.refusals import (
    DutyDayNotAllowed,
    FewVotersReasonMissing,
    NoReportOwed,
    ReportExists,
    VotesNotAllowed,
)

# What a correction may change, in the order of the form.
CORRECTABLE = (
    "held_on", "place", "activity", "voters_present", "satisfied_count", "fairly_count", "dissatisfied_count",
    "result", "announced_there", "few_voters_reason", "text",
)  # fmt: skip
DUTY_TITLE = "向选民述职"


def record_report(
    mandate: Mandate,
    *,
    held_on: date,
    place: str,
    text: str,
    voters_present: int,
    satisfied_count: int,
    fairly_count: int,
    dissatisfied_count: int,
    result: ReportResult | str,
    announced_there: bool = True,
    few_voters_reason: str = "",
    activity: Activity | None = None,
    by: User,
    now: datetime,
) -> PerformanceReport:
    """Put a deputy's report to the voters and their evaluation on record, and a line into the deputy's file.

    The day lies within the mandate and not ahead. Fewer voters than ``Committee.report_min_voters`` (a local rule) need
    a reason. The result is what was announced and has to agree with the counts, see ``check_votes``. Raises
    PermissionDenied (also about oneself), NoReportOwed (councillors do not report), DutyDayNotAllowed, ReportExists,
    VotesNotAllowed, FewVotersReasonMissing.
    """
    require(by.has_perm("deputies.add_performancereport"))
    _require_not_own(mandate, by)
    values = {
        "held_on": held_on,
        "place": place,
        "text": text,
        "voters_present": voters_present,
        "satisfied_count": satisfied_count,
        "fairly_count": fairly_count,
        "dissatisfied_count": dissatisfied_count,
        "result": result,
        "announced_there": announced_there,
        "few_voters_reason": few_voters_reason.strip(),
        "activity": activity,
    }
    with transaction.atomic():
        # Whoever records the same report meets the other one here.
        mandate = Mandate.objects.select_for_update(of=("self",)).select_related("person").get(pk=mandate.pk)
        if mandate.kind != MandateKind.DEPUTY:
            raise NoReportOwed("居民议事员不向选民述职。请选择人大代表的任职。")
        _check(mandate, values, now=now)
        if mandate.reports.filter(held_on=held_on).exists():
            raise ReportExists(f"{mandate.person}{full_day(held_on)}的述职已经登记过。要改内容，请打开那一次更正。")
        report = PerformanceReport.objects.create(mandate=mandate, recorded_by=by, recorded_at=now, **values)
        _post_duty(report, by=by, now=now)
    return report


def correct_report(
    report: PerformanceReport, *, changes: Mapping[str, Any], reason: str, by: User, now: datetime
) -> PerformanceReport:
    """Correct what is on record of a report; the admin history keeps what stood there before, and why it was changed.

    ``changes`` holds any of CORRECTABLE. The line in the deputy's file follows. Nothing is written where nothing
    differs. Raises as ``record_report`` does, and ReasonMissing.
    """
    require(by.has_perm("deputies.change_performancereport"))
    _require_not_own(report.mandate, by)
    if unknown := changes.keys() - set(CORRECTABLE):
        raise TypeError(f"No such fields of a report to correct: {', '.join(sorted(unknown))}")
    reason = need_reason(reason, "请写明为什么更正，会和原来的内容一起留在修改记录里。")
    with transaction.atomic():
        report = (
            PerformanceReport.objects.select_for_update(of=("self",))
            .select_related("mandate__person", "activity")
            .get(pk=report.pk)
        )
        before = {name: getattr(report, name) for name in CORRECTABLE}
        changed = {name: value for name, value in changes.items() if before[name] != value}
        if not changed:
            return report
        _check(report.mandate, before | changed, now=now)
        others = report.mandate.reports.exclude(pk=report.pk)
        if "held_on" in changed and others.filter(held_on=changed["held_on"]).exists():
            raise ReportExists(f"{report.mandate.person}{full_day(changed['held_on'])}的述职已经登记过，请核对日期。")
        told_before = {name: _in_words(report, name) for name in changed}
        for name, value in changed.items():
            setattr(report, name, value)
        try:
            with transaction.atomic():
                report.save(update_fields=list(changed))
        except IntegrityError:
            raise ReportExists(f"{report.mandate.person}这一天的述职刚刚登记过，请核对日期。") from None
        LogEntry.objects.log_actions(
            by.pk,
            [report],
            CHANGE,
            f"更正：{reason}。原来是：" + "；".join(f"{_label(name)} {words}" for name, words in told_before.items()),
            single_object=True,
        )
        withdraw_duty(source_key=_source_key(report), by=by, now=now, note="述职记录已更正。")
        _post_duty(report, by=by, now=now)
    return report


def check_votes(values: Mapping[str, Any]) -> None:
    """Refuse counts that cannot be, and a result that says the opposite of them.

    Nobody can vote who was not there, and a result needs votes. Which share of votes makes which result is for each
    place to rule, so only a contradiction is refused (local default): more than half of the votes 不满意 while another
    result was announced, or more than half 满意 or 基本满意 together while 不满意 was announced, or a 满意 nobody gave.
    """
    satisfied, fairly, dissatisfied = (
        values[name] for name in ("satisfied_count", "fairly_count", "dissatisfied_count")
    )
    votes, result = satisfied + fairly + dissatisfied, ReportResult(values["result"])
    if votes > values["voters_present"]:
        raise VotesNotAllowed(
            f"满意、基本满意、不满意加起来是 {votes} 票，超过了到场选民 {values['voters_present']} 人，请核对。",
            field="voters_present",
        )
    if not votes:
        raise VotesNotAllowed("请填写评议的票数：满意、基本满意、不满意各多少票。", field="satisfied_count")
    counted = f"满意 {satisfied} 票，基本满意 {fairly} 票，不满意 {dissatisfied} 票"
    if (
        (result != ReportResult.DISSATISFIED and dissatisfied * 2 > votes)
        or (result == ReportResult.DISSATISFIED and (satisfied + fairly) * 2 > votes)
        or (result == ReportResult.SATISFIED and not satisfied)
    ):
        raise VotesNotAllowed(f"{counted}，评议结果不会是“{result.label}”，请核对票数和结果。", field="result")


def _require_not_own(mandate: Mandate, by: User) -> None:
    """Refuse a report about oneself: nobody puts on record how voters rated them (local default)."""
    if mandate.person.user_id == by.pk:
        raise PermissionDenied("不能登记、更正自己的述职和评议结果。请由其他工作人员登记。")


def _check(mandate: Mandate, values: Mapping[str, Any], *, now: datetime) -> None:
    today, held_on = timezone.localdate(now), values["held_on"]
    last = mandate.ends_on
    if held_on > today:
        raise DutyDayNotAllowed("述职日期不能晚于今天，述职以后再来登记。")
    if held_on < mandate.starts_on or (last is not None and held_on > last):
        until = f"至{full_day(last)}" if last else "起"
        raise DutyDayNotAllowed(
            f"这一天不在任期内：{mandate.person}担任{mandate}的时间是{full_day(mandate.starts_on)}{until}。请核对日期。"
        )
    check_votes(values)
    committee = Committee.objects.first()
    if (
        committee is not None
        and values["voters_present"] < committee.report_min_voters
        and not values["few_voters_reason"].strip()
    ):
        raise FewVotersReasonMissing(
            f"到场选民不到 {committee.report_min_voters} 人，请写明原因，例如 分两场进行、防汛期间控制人数。"
        )


def _post_duty(report: PerformanceReport, *, by: User, now: datetime) -> None:
    record_duty(
        report.mandate.person,
        kind=DutyKind.REPORT,
        on=report.held_on,
        title=DUTY_TITLE,
        place=report.place,
        text=f"到场选民 {report.voters_present} 人，评议结果：{report.get_result_display()}。",
        outcome=DutyOutcome.DONE,
        source_key=_source_key(report),
        by=by,
        now=now,
    )


def _source_key(report: PerformanceReport) -> str:
    return f"report:{report.pk}"


def _label(name: str) -> str:
    field: Any = PerformanceReport._meta.get_field(name)
    return str(field.verbose_name)


def _in_words(report: PerformanceReport, name: str) -> str:
    """Return a value as the history keeps it; what is long stands there whole, because nothing else keeps it."""
    value = getattr(report, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return full_day(value)
    if name == "result":
        return report.get_result_display()
    return "空" if value in (None, "") else str(value)
