"""Each figure of activities, topics, duties and reports: counted by hand, and against the list that opens behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from congress_portal.annual_summary.selectors import gather
from deputies import figures, workflow
from deputies.choices import ActivityKind, Attendance, DutyKind, MandateKind, ReportResult
from deputies.figures import activities, duty, highlights, oversight, reports
from deputies.models import (
    Activity,
    Batch,
    DutyRecord,
    Mandate,
    Outsiders,
    OversightRound,
    Participation,
    PerformanceReport,
    Person,
)
from deputies.workflow import BatchRow
from tests.factories import MandateFactory, PersonFactory
from tests.suggestions.story import moment

K, PRESENT, EXCUSED, ABSENT = ActivityKind, Attendance.PRESENT, Attendance.EXCUSED, Attendance.ABSENT
AFTERWARDS = moment(1, 10, year=2027)


@pytest.fixture
def people(chen, lin, he) -> dict[str, Person]:
    """Two deputies, a councillor, one who is both, and one who is found to have left before anything was held."""
    both, gone = PersonFactory(name="两样都是"), PersonFactory(name="早已离任")
    for kind in MandateKind:
        MandateFactory(person=both, kind=kind)
    MandateFactory(person=gone)
    return {"chen": chen.person, "lin": lin.person, "he": he.person, "both": both, "gone": gone}


@pytest.fixture
def hold(people, zhao) -> Callable[..., Activity]:
    """Put an activity on record as held: who was there, who spoke, who came along."""

    def held(
        title: str,
        at,
        kind: ActivityKind = K.INSPECTION,
        *,
        states: dict[str, Attendance] | None = None,
        spoke: tuple[str, ...] = (),
        **counts: Any,
    ) -> Activity:
        fields = {name: counts.pop(name) for name in ("entrusted_by", "in_summary", "topic") if name in counts}
        activity = workflow.plan_activity(
            kind=kind, title=title, starts_at=at, ends_at=at.replace(minute=59), by=zhao, now=at, **fields
        )
        by_pk = {people[name].pk: state for name, state in (states or {}).items()}
        workflow.invite(activity, people=[people[name] for name in states or {}], by=zhao, now=at)
        speeches = {people[name].pk: "同意报告。" for name in spoke}
        workflow.record_attendance(activity, states=by_pk, speeches=speeches, by=zhao, now=at)
        return workflow.record_held(activity, by=zhao, now=AFTERWARDS, **counts)

    return held


@pytest.fixture
def year(clock, hold, people, zhao) -> dict[str, Any]:
    """What was done around two turns of the year."""
    clock.move_to(AFTERWARDS)
    everybody = {"chen": PRESENT, "lin": PRESENT, "both": PRESENT, "gone": PRESENT}
    topic = workflow.open_topic(year=2026, title="河道保洁", started_on=date(2026, 3, 2), by=zhao, now=moment(3, 2))
    made: dict[str, Any] = {
        "session": hold("人代会", moment(1, 12), K.SESSION, states=everybody, spoke=("chen", "lin", "gone")),
        "inspection": hold(
            "视察河道", moment(4, 10), states={"chen": PRESENT, "lin": EXCUSED, "he": ABSENT}, spoke=("chen",),
            outsiders=[("环保监督员", 4)], in_summary=True, topic=topic,
        ),
        "research": hold("调研养老", moment(5, 10), K.RESEARCH, states={"he": PRESENT, "both": EXCUSED}),
        "symposium": hold(
            "座谈会", moment(12, 31, 23), K.SYMPOSIUM, states={"chen": PRESENT}, outsiders=[("群众代表", 9)]
        ),
        "visit": hold(
            "赴外地考察", moment(12, 30, year=2025), K.MASS_VISIT,
            batches=[BatchRow(1, date(2025, 12, 30), 100), BatchRow(2, date(2026, 1, 4), 200),
                     BatchRow(3, date(2026, 1, 5), 300)],
        ),
        "review": hold("审查预算", moment(11, 2), K.REVIEW, states={"lin": PRESENT}, entrusted_by="区人大财经委"),
        "reported late": hold("审查决算", moment(11, 3), K.REVIEW, entrusted_by="区人大财经委"),
        "year before": hold("视察道路", moment(12, 31, 23, year=2025), states={"chen": PRESENT}),
        "year after": hold("视察公园", moment(1, 1, 0, year=2027), states={"chen": PRESENT}),
    }  # fmt: skip
    workflow.report_back(made["review"], text="已审查。", on=date(2026, 12, 20), by=zhao, now=moment(12, 20))
    workflow.report_back(made["reported late"], text="已审查。", on=date(2027, 1, 4), by=zhao, now=AFTERWARDS)
    planned = workflow.plan_activity(
        kind=K.TRAINING, title="没有举行", starts_at=moment(6, 1), ends_at=moment(6, 1, 11), by=zhao, now=moment(5, 1)
    )
    workflow.cancel_activity(planned, reason="台风。", by=zhao, now=moment(5, 30))
    workflow.end_round(
        topic, findings="有漂浮物。", result="已打捞。", ended_on=date(2026, 6, 1), next_round_on=date(2026, 9, 1),
        by=zhao, now=moment(6, 1),
    )  # fmt: skip
    again = workflow.open_topic(
        year=2025, title="道路照明", started_on=date(2025, 3, 3), by=zhao, now=moment(3, 3, year=2025)
    )
    workflow.close_topic(again, conclusion="都亮了。", closed_on=date(2026, 2, 2), by=zhao, now=moment(2, 2))
    mandate = people["chen"].mandates.get()
    report = {
        "place": "凤鸣社区服务站", "text": "述职。", "satisfied_count": 50, "fairly_count": 3, "dissatisfied_count": 1,
        "result": ReportResult.SATISFIED, "by": zhao, "now": AFTERWARDS,
    }  # fmt: skip
    workflow.record_report(mandate, held_on=date(2026, 10, 9), voters_present=60, **report)
    workflow.record_report(mandate, held_on=date(2025, 10, 9), voters_present=55, **report)
    workflow.enter_duty(
        people["he"], kind=DutyKind.VISIT, on=date(2026, 8, 8), title="走访", place="", text="五户。",
        key="9c3c9a1e-3a55-4f39-8f25-3a4a4f3f0a01", by=zhao, now=AFTERWARDS,
    )  # fmt: skip
    # Found out only now: this person was no deputy any more.
    Mandate.objects.filter(person=people["gone"]).update(ends_on=date(2022, 12, 31))
    return made


# The values of 2026, by hand. Of the person who had left nothing counts.
BY_HAND = {
    "activities": 6, "activities.session": 1, "activities.inspection": 1, "activities.inspections": 2,
    "activities.supervisions": 2, "activities.review": 2, "activities.symposium": 1, "activities.mass_visit": 0,
    "activities.training": 0,
    # six held without batches, and two batches of a visit that began the year before
    "batches": 8, "batches.mass_visit": 2, "person_times.mass_visit": 500,
    # session 3, inspection 1 + 4, research 1, symposium 1 + 9, review 1, and the batches
    "person_times": 520, "participants": 20, "participants.symposium": 10, "participants.inspection": 5,
    "attended": 7, "attended.session": 3, "speeches": 3, "speeches.session": 2,
    "attendance_rate": Decimal("70.0"), "attendance_rate.session": Decimal("100.0"),
    "attendance_rate.inspection": Decimal("33.3"), "attendance_rate_without_leave.inspection": Decimal("50.0"),
    "attendance_rate_without_leave": Decimal("87.5"), "attendance_rate.training": None,
    "entrusted_reported": 1,
    "topics": 1, "topics_watched": 1, "topics_again": 1, "topics_closed": 1, "rounds": 2, "topics_reported": 0,
    "reports": 1, "report_voters": 60,
    # present at seven, a visit entered by staff, and a report to the voters; leave and absence are no duty done
    "duty_lines": 9, "duty_lines.visit": 1, "duty_lines.report": 1, "duty_lines.session": 3,
    "deputies_on_duty": 3, "councillors_on_duty": 2, "people_in_year": 4, "people": 4,
}  # fmt: skip


def values(of: int = 2026) -> dict[str, int | Decimal | None]:
    return {figure.key.removeprefix("deputies."): figure.value for figure in figures.annual_figures(year=of)}


@pytest.mark.parametrize("key", BY_HAND)
def test_figure_is_what_was_counted_by_hand(year, key):
    assert values()[key] == BY_HAND[key]


def test_years_beside_it_hold_what_belongs_to_them(year):
    before, after = values(2025), values(2027)

    assert (before["activities"], before["batches.mass_visit"], before["person_times.mass_visit"]) == (2, 1, 100)
    assert (before["reports"], before["topics"], before["rounds"]) == (1, 1, 1)
    assert (after["activities"], after["entrusted_reported"]) == (1, 1)


def test_year_without_anything_has_zeros_and_rates_of_nothing(clock, db):
    shown = figures.annual_figures(year=2026)

    assert {figure.value for figure in shown if not figure.is_rate} == {0}
    assert {figure.value for figure in shown if figure.is_rate} == {None}


def test_keys_are_unique_and_every_figure_says_what_it_means(year):
    shown = figures.annual_figures(year=2026)

    assert len({figure.key for figure in shown}) == len(shown)
    assert all(figure.definition.endswith("。") and figure.label and figure.query for figure in shown)


# ---- the list behind each number


def _heads(activity: Activity, name: str) -> int:
    """Count the heads of one listed activity anew, row by row."""
    in_office = [
        row
        for row in activity.participations.all()
        if Mandate.objects.in_force(activity.starts_on).filter(person=row.person_id).exists()
    ]
    present = sum(row.state == PRESENT for row in in_office)
    company = present + sum(row.count for row in activity.outsiders.all())
    batches = [batch for batch in activity.batches.all() if batch.held_on.year == 2026]
    split = activity.batches.exists()
    return {
        "batches": len(batches) if split else 1,
        "person_times": sum(batch.person_count for batch in batches) if split else company,
        "participants": company,
        "attended": present,
        "attendance_rate": present,
        "attendance_rate_without_leave": present,
        "speeches": sum(row.spoke for row in in_office),
    }[name]


def test_every_figure_is_borne_out_by_the_list_behind_it(year, signed_in, zhao):
    browser = signed_in(zhao)

    for figure in figures.annual_figures(year=2026):
        answer = browser.get(figure.query)
        assert answer.status_code == 200, (figure.key, answer.get("Location"))
        listed = list(answer.context["cl"].queryset)
        number = figure.numerator if figure.is_rate else figure.value
        match figure.key.split(".")[1]:
            case "rounds":
                borne_out = OversightRound.objects.filter(topic__in=listed, started_on__year=2026).count()
            case "report_voters":
                borne_out = sum(report.voters_present for report in listed)
            case "batches" | "person_times" | "participants" | "attended" | "speeches" as name:
                borne_out = sum(_heads(activity, name) for activity in listed)
            case "attendance_rate" | "attendance_rate_without_leave" as name:
                borne_out = sum(_heads(activity, name) for activity in listed)
            case _:
                borne_out = len(listed)
        assert borne_out == number, figure.key
        assert len({row.pk for row in listed}) == len(listed), figure.key


def test_lists_show_the_very_records(year):
    def titles(key: str) -> set[str]:
        return {activity.title for activity in activities.selected(key, year=2026)}

    assert titles("activities") == {"人代会", "视察河道", "调研养老", "座谈会", "审查预算", "审查决算"}
    assert titles("batches.mass_visit") == {"赴外地考察"}
    assert titles("attended.inspections") == {"视察河道", "调研养老"}
    assert titles("speeches") == {"人代会", "视察河道"}
    assert titles("entrusted_reported") == {"审查预算"}
    assert {topic.title for topic in oversight.selected("topics_closed", year=2026)} == {"道路照明"}
    assert {topic.title for topic in oversight.selected("topics_again", year=2026)} == {"河道保洁"}
    assert [report.held_on for report in reports.selected("reports", year=2026)] == [date(2026, 10, 9)]
    assert {line.title for line in duty.selected("duty_lines.visit", year=2026)} == {"走访"}


def _forget(queryset) -> None:
    queryset.order_by("pk").first().delete()


@pytest.mark.parametrize(
    ("forget", "changed"),
    [
        (lambda year: _forget(Batch.objects.filter(held_on__year=2026)), {"batches.mass_visit", "person_times"}),
        (lambda year: _forget(Outsiders.objects.filter(activity=year["symposium"])), {"participants.symposium"}),
        (
            lambda year: _forget(Participation.objects.filter(activity=year["session"], spoke=True)),
            {"attended.session", "speeches.session", "participants"},
        ),
        (
            lambda year: Participation.objects.filter(activity=year["inspection"], state=ABSENT).delete(),
            {"attendance_rate.inspection"},
        ),
        (lambda year: year["research"].participations.all().delete(), {"attended", "person_times"}),
        (
            lambda year: Activity.objects.filter(pk=year["research"].pk).update(status="planned"),
            {"activities", "activities.research", "batches"},
        ),
        (lambda year: OversightRound.objects.filter(number=2).delete(), {"rounds", "topics_again"}),
        (lambda year: _forget(PerformanceReport.objects.filter(held_on__year=2026)), {"reports", "report_voters"}),
        (
            lambda year: DutyRecord.objects.filter(kind=DutyKind.VISIT).update(status="withdrawn"),
            {"duty_lines", "duty_lines.visit"},
        ),
        (
            lambda year: Mandate.objects.filter(person__name="何拾光").update(ends_on=date(2026, 1, 1)),
            {"councillors_on_duty", "attended", "attendance_rate", "duty_lines", "people"},
        ),
    ],
)  # fmt: skip
def test_one_record_less_changes_the_number(year, forget, changed):
    before = values()

    forget(year)

    after = values()
    assert changed <= {key for key in after if after[key] != before[key]}


@pytest.mark.parametrize(
    "query",
    [
        "figure=activities&year=9999999", "figure=activities&year=x", "figure=unknown&year=2026", "figure=activities",
        "figure=attended.session&year=2026&p=9999", f"year={'9' * 5000}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["activity", "oversighttopic", "dutyrecord", "performancereport"])
def test_forged_filters_of_a_list_never_break_it(signed_in, zhao, clock, name, query):
    assert signed_in(zhao).get(f"/admin/deputies/{name}/?{query}").status_code in (200, 302)


# ---- single activities


def test_activity_marked_for_the_summary_is_told_with_who_went_along(year):
    (told,) = highlights.told_singly(year=2026)

    assert told.activity == year["inspection"]
    assert [(one.name, one.figure.text) for one in told.company] == [("人大代表", "1 名"), ("环保监督员", "4 名")]


def test_who_is_both_went_along_as_a_deputy(clock, hold):
    clock.move_to(AFTERWARDS)
    hold("视察", moment(4, 1), states={"both": PRESENT, "he": PRESENT, "chen": PRESENT}, in_summary=True)

    (told,) = highlights.told_singly(year=2026)

    assert [(one.name, one.figure.value) for one in told.company] == [("人大代表", 2), ("居民议事员", 1)]


def test_mass_visit_is_told_with_the_batches_of_the_year(year):
    (visit,) = highlights.mass_visits(year=2026)
    (before,) = highlights.mass_visits(year=2025)

    assert (visit.batches.text, visit.person_times.text) == ("2 批次", "500 人次")
    assert (before.batches.text, before.person_times.text) == ("1 批次", "100 人次")


# ---- what it costs


@pytest.mark.parametrize("count", [1, 3])
def test_figures_cost_ten_queries_however_much_was_done(clock, hold, zhao, count, django_assert_num_queries):
    for number in range(count):
        hold(
            f"视察{number}",
            moment(2, number + 1),
            states={"chen": PRESENT},
            outsiders=[("街道干部", 2)],
            in_summary=True,
        )
        workflow.open_topic(year=2026, title=f"议题{number}", started_on=date(2026, 1, 5), by=zhao, now=moment(1, 5))

    with django_assert_num_queries(10):
        figures.annual_figures(year=2026)


@pytest.mark.parametrize("count", [1, 3])
def test_whole_summary_is_gathered_with_less_than_25_queries(office, hold, zhao, count, django_assert_max_num_queries):
    for number in range(count):
        at = moment(2, number + 1)
        hold(
            f"视察{number}",
            at,
            states={"chen": PRESENT},
            outsiders=[("街道干部", 2)],
            in_summary=True,
        )
        hold(f"考察{number}", at, K.MASS_VISIT, batches=[BatchRow(1, date(2026, 2, 2), 30)])
        topic = workflow.open_topic(
            year=2026, title=f"议题{number}", started_on=date(2026, 1, 5), by=zhao, now=moment(1, 5)
        )
        office.enter(channel="oversight", topic=topic)

    with django_assert_max_num_queries(24):
        gather(year=2026)
