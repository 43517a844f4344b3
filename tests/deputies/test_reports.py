"""Reports to the voters (述职): what is put on record, what is refused, what a correction leaves, and who owes one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from congress_portal.accounts.models import Committee
from deputies import workflow
from deputies.choices import CongressLevel, DutyKind, DutyOutcome, DutyStatus, MandateKind
from deputies.models import DutyRecord, Mandate, PerformanceReport, Person
from deputies.selectors import reports
from tests.factories import MandateFactory, PersonFactory
from tests.pages import page_of
from tests.suggestions.story import TODAY
from tests.suggestions.test_concurrency import in_the_same_instant

ADD = "/admin/deputies/performancereport/add/"
LIST = "/admin/deputies/performancereport/"
OWED = "/admin/deputies/performancereport/owed/"
REPORT = {
    "held_on": date(2026, 3, 4),
    "place": "凤鸣社区议事厅",
    "text": "一、联系选民。",
    "voters_present": 62,
    "satisfied_count": 55,
    "fairly_count": 4,
    "dissatisfied_count": 1,
    "result": "satisfied",
}


@pytest.fixture
def mandate(clock, committee, chen) -> Mandate:
    return chen.person.mandates.get()


def record(mandate: Mandate, by: Any, **changed: Any) -> PerformanceReport:
    return workflow.record_report(mandate, **REPORT | changed, by=by, now=TODAY)


# ---- on record


def test_record_report_keeps_it_and_posts_a_line(mandate, zhao):
    report = record(mandate, zhao)

    on_record = PerformanceReport.objects.values(*REPORT).get()
    assert on_record == REPORT
    assert (report.mandate, report.recorded_by, report.recorded_at, report.announced_there) == (
        mandate,
        zhao,
        TODAY,
        True,
    )
    line = DutyRecord.objects.get()
    assert (line.person, line.kind, line.happened_on, line.outcome, line.status, line.source_key) == (
        mandate.person,
        DutyKind.REPORT,
        date(2026, 3, 4),
        DutyOutcome.DONE,
        DutyStatus.CONFIRMED,
        f"report:{report.pk}",
    )
    assert (line.title, line.place, line.text) == (
        "向选民述职",
        "凤鸣社区议事厅",
        "到场选民 62 人，评议结果：满意。",
    )


@pytest.mark.parametrize("name", ["chen", "lin", "he", "wu", "qian", "shen", "admin"])
def test_report_is_recorded_and_corrected_by_staff_only(mandate, cast, name, zhao):
    with pytest.raises(PermissionDenied):
        record(mandate, cast[name])
    report = record(mandate, zhao)

    with pytest.raises(PermissionDenied):
        workflow.correct_report(report, changes={"place": "别处"}, reason="写错了", by=cast[name], now=TODAY)

    assert PerformanceReport.objects.get().place == "凤鸣社区议事厅"


def test_councillor_does_not_report(committee, clock, he, zhao):
    with pytest.raises(workflow.NoReportOwed, match="居民议事员不向选民述职"):
        record(he.person.mandates.get(), zhao)


@pytest.mark.parametrize(
    ("held_on", "words"),
    [
        (date(2026, 3, 6), "不能晚于今天"),
        (date(2022, 1, 9), "担任县（市、区）人大代表的时间是2022年1月10日至2026年2月1日"),
        (date(2026, 2, 2), "2022年1月10日至2026年2月1日"),
    ],
)
def test_day_ahead_or_outside_the_mandate_is_refused_with_its_dates(mandate, zhao, held_on, words):
    Mandate.objects.filter(pk=mandate.pk).update(ends_on=date(2026, 2, 1))

    with pytest.raises(workflow.DutyDayNotAllowed, match=words):
        record(mandate, zhao, held_on=held_on)

    assert not DutyRecord.objects.exists()


@pytest.mark.parametrize("held_on", [date(2022, 1, 10), date(2026, 3, 5)])
def test_first_and_last_day_that_can_be(mandate, zhao, held_on):
    assert record(mandate, zhao, held_on=held_on).held_on == held_on


def test_second_report_of_one_day_is_refused(mandate, zhao):
    record(mandate, zhao)

    with pytest.raises(workflow.ReportExists, match="2026年3月4日的述职已经登记过"):
        record(mandate, zhao)

    assert (PerformanceReport.objects.count(), DutyRecord.objects.count()) == (1, 1)


@pytest.mark.parametrize(("voters", "reason", "is_refused"), [(49, "", True), (49, "防汛期间", False), (50, "", False)])
def test_fewer_voters_than_the_local_rule_need_a_reason(mandate, zhao, voters, reason, is_refused):
    few = {"voters_present": voters, "satisfied_count": 40, "few_voters_reason": reason}

    if is_refused:
        with pytest.raises(workflow.FewVotersReasonMissing, match="不到 50 人"):
            record(mandate, zhao, **few)
    else:
        assert record(mandate, zhao, **few).few_voters_reason == reason


def test_local_rule_on_voters_can_be_changed(mandate, zhao):
    Committee.objects.update(report_min_voters=30)

    assert record(mandate, zhao, voters_present=30, satisfied_count=20).pk


@pytest.mark.parametrize(
    ("satisfied", "fairly", "dissatisfied", "result", "field"),
    [
        (60, 2, 0, "satisfied", None),
        (60, 2, 1, "satisfied", "voters_present"),
        (0, 0, 0, "satisfied", "satisfied_count"),
        (31, 0, 31, "dissatisfied", None),
        (30, 0, 32, "satisfied", "result"),
        (30, 0, 32, "fairly", "result"),
        (30, 0, 32, "dissatisfied", None),
        (20, 12, 30, "dissatisfied", "result"),
        (20, 11, 31, "dissatisfied", None),
        (0, 60, 0, "satisfied", "result"),
        (1, 60, 0, "satisfied", None),
        (0, 60, 0, "fairly", None),
    ],
)
def test_result_agrees_with_the_counts(mandate, zhao, satisfied, fairly, dissatisfied, result, field):
    votes = {"satisfied_count": satisfied, "fairly_count": fairly, "dissatisfied_count": dissatisfied}

    if field is None:
        assert record(mandate, zhao, **votes, result=result).result == result
    else:
        with pytest.raises(workflow.VotesNotAllowed) as refusal:
            record(mandate, zhao, **votes, result=result)
        assert refusal.value.field == field
        assert not PerformanceReport.objects.exists()


def test_database_takes_no_more_votes_than_voters(mandate, zhao):
    report = record(mandate, zhao)

    with pytest.raises(IntegrityError), transaction.atomic():
        PerformanceReport.objects.filter(pk=report.pk).update(satisfied_count=63)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_report_recorded_by_two_clerks_at_once_is_one(mandate, zhao, sun):
    outcomes = in_the_same_instant(lambda number: record(mandate, (zhao, sun)[number]), 2)

    assert {type(outcome) for outcome in outcomes} == {PerformanceReport, workflow.ReportExists}
    assert (PerformanceReport.objects.count(), DutyRecord.objects.count()) == (1, 1)


# ---- corrected


def test_correct_report_keeps_the_old_values_in_the_history(mandate, zhao, sun):
    report = record(mandate, zhao)

    changes = {"held_on": date(2026, 3, 3), "fairly_count": 5, "result": "fairly", "announced_there": False}
    workflow.correct_report(report, changes=REPORT | changes, reason="票数记错了", by=sun, now=TODAY)

    report.refresh_from_db()
    assert {name: getattr(report, name) for name in changes} == changes
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (sun, str(report.pk))
    assert entry.change_message == (
        "更正：票数记错了。原来是：述职日期 2026年3月4日；基本满意 4；评议结果 满意；当场公布评议结果 是"
    )
    line = DutyRecord.objects.get()
    assert (line.happened_on, line.status) == (date(2026, 3, 3), DutyStatus.CONFIRMED)
    assert line.text == "到场选民 62 人，评议结果：基本满意。"
    assert [event.kind for event in line.events.order_by("pk")] == ["posted", "withdrawn", "posted"]


def test_correction_without_a_change_writes_nothing(mandate, zhao, everything):
    report = record(mandate, zhao)
    before = everything()

    workflow.correct_report(report, changes=REPORT, reason="看一遍", by=zhao, now=TODAY)

    assert everything() == before


@pytest.mark.parametrize(
    ("changes", "reason", "refusal"),
    [
        ({"place": "别处"}, "  ", workflow.ReasonMissing),
        ({"held_on": date(2026, 3, 6)}, "日期", workflow.DutyDayNotAllowed),
        ({"held_on": date(2026, 2, 1)}, "日期", workflow.ReportExists),
        ({"satisfied_count": 60}, "票数", workflow.VotesNotAllowed),
        ({"voters_present": 49, "satisfied_count": 40}, "人数", workflow.FewVotersReasonMissing),
    ],
)
def test_correction_is_refused_as_the_report_would_be(mandate, zhao, everything, changes, reason, refusal):
    record(mandate, zhao, held_on=date(2026, 2, 1))
    report = record(mandate, zhao)
    before = everything()

    with pytest.raises(refusal):
        workflow.correct_report(report, changes=changes, reason=reason, by=zhao, now=TODAY)

    assert everything() == before


def test_correction_of_what_is_no_field_is_a_mistake_of_ours(mandate, zhao):
    with pytest.raises(TypeError):
        workflow.correct_report(record(mandate, zhao), changes={"mandate": 1}, reason="换人", by=zhao, now=TODAY)


# ---- about oneself


def test_nobody_records_or_corrects_their_own_report(mandate, zhao, sun, everything):
    report = record(mandate, sun)
    Person.objects.filter(user=mandate.person.user_id).update(user=zhao)
    mandate, report = Mandate.objects.get(pk=mandate.pk), PerformanceReport.objects.get(pk=report.pk)
    before = everything()

    with pytest.raises(PermissionDenied, match="不能登记、更正自己的述职和评议结果"):
        record(mandate, zhao, held_on=date(2026, 3, 3))
    with pytest.raises(PermissionDenied, match="请由其他工作人员登记"):
        workflow.correct_report(report, changes={"satisfied_count": 56}, reason="多一票", by=zhao, now=TODAY)

    assert everything() == before


# ---- who owes one


@pytest.mark.parametrize(
    ("changed", "due_on"),
    [
        ({}, date(2026, 1, 10)),
        ({"starts_on": date(2024, 2, 29)}, date(2028, 2, 29)),
        ({"ends_on": date(2026, 4, 1), "starts_on": date(2024, 1, 1)}, date(2026, 4, 1)),
        ({"level": CongressLevel.TOWNSHIP}, date(2026, 1, 10)),
        ({"level": CongressLevel.CITY}, None),
        ({"ends_on": date(2026, 3, 4)}, None),
        ({"starts_on": date(2026, 3, 6)}, None),
        ({"kind": MandateKind.COUNCILLOR, "level": ""}, None),
    ],
)
def test_report_is_due_within_the_years_of_the_local_rule(mandate, changed, due_on, django_assert_num_queries):
    Mandate.objects.filter(pk=mandate.pk).update(**changed)

    with django_assert_num_queries(1):
        assert reports.report_due(mandate.person, TODAY.date()) == due_on


def test_report_of_this_mandate_settles_it_and_one_of_the_last_does_not(mandate, zhao):
    earlier = MandateFactory(person=mandate.person, starts_on="2017-01-10", ends_on="2022-01-09")
    record(earlier, zhao, held_on=date(2020, 1, 1))
    assert reports.report_due(mandate.person, TODAY.date()) == date(2026, 1, 10)

    record(mandate, zhao)

    assert reports.report_due(mandate.person, TODAY.date()) is None


def test_nearest_of_two_mandates_is_told_and_the_rule_can_be_changed(mandate):
    Committee.objects.update(report_within_years=2)
    MandateFactory(person=mandate.person, level=CongressLevel.TOWNSHIP, starts_on="2025-01-01")

    assert reports.report_due(mandate.person, TODAY.date()) == date(2024, 1, 10)


# ---- pages


def typed(**changed: Any) -> dict[str, Any]:
    return {name: str(value) for name, value in (REPORT | {"announced_there": "on"} | changed).items()}


def test_report_is_recorded_in_the_form_that_the_list_of_owed_ones_leads_to(mandate, zhao, signed_in):
    browser = signed_in(zhao)
    link = f"{ADD}?mandate={mandate.pk}"
    assert link in page_of(browser.get(OWED)).links
    assert page_of(browser.get(link)).form_with("held_on").value("mandate") == str(mandate.pk)

    answer = browser.post(link, typed(mandate=mandate.pk), follow=True)

    report = PerformanceReport.objects.get()
    assert answer.redirect_chain == [(f"{LIST}{report.pk}/change/", 302)]
    assert "到场选民" in page_of(answer).text
    assert link not in page_of(browser.get(OWED)).links


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"held_on": date(2026, 3, 6)}, "held_on"),
        ({"voters_present": 49, "satisfied_count": 40}, "few_voters_reason"),
        ({"voters_present": 10}, "voters_present"),
        ({"result": "dissatisfied"}, "result"),
        ({"voters_present": -1}, "voters_present"),
        ({"voters_present": 99999}, "voters_present"),
        ({"mandate": ""}, "mandate"),
        ({"text": ""}, "text"),
    ],
)
def test_refusal_stands_at_its_field_and_what_was_typed_is_kept(mandate, zhao, signed_in, changed, field):
    answer = signed_in(zhao).post(ADD, typed(**{"mandate": mandate.pk} | changed))

    assert list(answer.context["form"].errors) == [field]
    form = page_of(answer).form_with("held_on")
    assert form.value("place") == "凤鸣社区议事厅"
    assert not PerformanceReport.objects.exists()


def test_second_of_two_corrections_is_told_and_keeps_what_was_typed(mandate, zhao, sun, signed_in):
    report = record(mandate, zhao)
    address = reverse("admin:deputies_performancereport_correct", args=[report.pk])
    browser = signed_in(zhao)
    form = page_of(browser.get(address)).form_with("held_on")
    workflow.correct_report(report, changes={"place": "村委会"}, reason="地点", by=sun, now=TODAY)
    mine = typed(place="学校", reason="地点写错", seen=form.value("seen"))

    answer = browser.post(address, mine)
    assert "别人更正过这次述职" in answer.context["form"].non_field_errors()[0]
    again = browser.post(address, mine | {"seen": page_of(answer).form_with("held_on").value("seen")})

    assert again.status_code == 302
    assert PerformanceReport.objects.get().place == "学校"
    history = browser.get(f"{LIST}{report.pk}/history/").content.decode()
    assert "原来是：地点 村委会" in history
    assert "原来是：地点 凤鸣社区议事厅" in history


@pytest.mark.parametrize("item_count", [1, 3])
@pytest.mark.parametrize(("address", "budget"), [(LIST, 4), (OWED, 3), (ADD, 5)])
def test_pages_cost_the_same_however_many(
    committee, clock, zhao, signed_in, item_count, address, budget, django_assert_num_queries
):
    for _ in range(item_count):
        record(MandateFactory(person=PersonFactory()), zhao)
        MandateFactory(person=PersonFactory())
    browser = signed_in(zhao)
    browser.get(address)

    with django_assert_num_queries(2 + budget):
        assert browser.get(address).status_code == 200
