"""The sections on oversight and on deputies' work: their sentences, and what is left out where nothing is on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from congress_portal.annual_summary.document import compose
from congress_portal.annual_summary.render import to_text
from congress_portal.annual_summary.selectors import figure_groups
from deputies import workflow
from deputies.choices import ActivityKind, Attendance, ReportResult
from deputies.models import Activity
from deputies.workflow import BatchRow
from suggestions.choices import Channel
from tests.factories import MandateFactory
from tests.pages import page_of
from tests.suggestions.story import TODAY, moment

K = ActivityKind
SCREEN = "/admin/annual-summary/2026/"


@pytest.fixture
def hold(office, chen, he, zhao) -> Callable[..., Activity]:
    """Put an activity on record as held, of the people named or of the deputy chen."""

    def held(
        title: str, kind: ActivityKind, at: datetime, *, people=(chen,), absent=(), spoke=(), **fields
    ) -> Activity:
        counts = {name: fields.pop(name) for name in ("outsiders", "batches", "narrative") if name in fields}
        places = fields.pop("places", ())
        activity = workflow.plan_activity(
            kind=kind, title=title, starts_at=at, ends_at=at, places=places, by=zhao, now=at, **fields
        )
        states = {user.person.pk: Attendance.ABSENT if user in absent else Attendance.PRESENT for user in people}
        speeches = {user.person.pk: "同意。" for user in spoke}
        workflow.invite(activity, people=[user.person for user in people], by=zhao, now=at)
        workflow.record_attendance(activity, states=states, speeches=speeches, by=zhao, now=at)
        return workflow.record_held(activity, by=zhao, now=TODAY, **counts)

    return held


def said() -> str:
    return to_text(compose(year=2026, today=TODAY.date()))


def headings() -> list[str]:
    document = compose(year=2026, today=TODAY.date())
    return [
        line for section in document.sections for line in (section.heading, *(part.heading for part in section.parts))
    ]


# ---- order and numbers of the headings


def test_sections_come_in_the_committees_order(office, hold, chen):
    office.enter(raised_by=chen.person)
    hold("视察河道", K.INSPECTION, moment(2, 3))
    hold("学习代表法", K.TRAINING, moment(2, 4))

    assert headings() == [
        "一、监督工作", "（一）视察、调研和专项督查",
        "二、意见建议办理情况", "（一）收到情况", "（二）办理情况", "（三）评价情况",
        "三、代表工作", "（一）学习、走访和工作对接", "（二）履职档案",
    ]  # fmt: skip


def test_sections_of_nothing_are_left_out_and_the_headings_number_on(office, hold):
    assert headings() == ["一、意见建议办理情况", "（一）收到情况"]
    assert "现将意见建议办理情况总结如下：" in said()

    hold("学习代表法", K.TRAINING, moment(2, 4))

    assert headings()[2:] == ["二、代表工作", "（一）学习、走访和工作对接", "（二）履职档案"]
    assert "现将今年以来的工作总结如下：" in said()


# ---- oversight


def test_topic_is_told_with_what_was_put_forward_and_where_it_stands(office, zhao):
    topic = workflow.open_topic(
        year=2026, title="全域环境整治", started_on=date(2026, 1, 12), by=zhao, now=moment(1, 12)
    )
    office.enter(channel=Channel.OVERSIGHT, topic=topic)
    replied = office.enter(channel=Channel.OVERSIGHT, topic=topic).suggestion
    office.accept(replied)
    office.assign(replied)
    office.reply(replied)

    assert "截至3月5日，确定监督议题1个，开展监督1轮。" in said()
    assert ("围绕“全域环境整治”开展监督，提出意见建议2件，提交街道办事处办理，已答复1件，继续跟踪监督。") in said()

    workflow.end_round(
        topic, findings="排口不明。", result="已挂牌。", ended_on=date(2026, 2, 10), next_round_on=date(2026, 2, 24),
        by=zhao, now=moment(2, 10),
    )  # fmt: skip
    workflow.close_topic(topic, conclusion="没有反复。", closed_on=date(2026, 3, 4), by=zhao, now=TODAY)

    assert "开展监督2轮，对1个议题进行了再监督，办结1个。" in said()
    assert "已答复1件，落实以后又进行了再监督，3月4日办结。" in said()


def test_several_topics_are_summed_up_first(office, zhao):
    for title in ("河道保洁", "社区养老"):
        topic = workflow.open_topic(year=2026, title=title, started_on=date(2026, 1, 12), by=zhao, now=moment(1, 12))
        office.enter(channel=Channel.OVERSIGHT, topic=topic)

    assert "确定监督议题2个，开展监督2轮，提出意见建议2件，提交街道办事处办理，已答复0件。" in said()


def test_inspections_are_summed_up_by_kind(hold, office):
    hold("视察河道", K.INSPECTION, moment(2, 3))
    assert "组织视察1次。" in said()

    hold("视察公园", K.INSPECTION, moment(2, 4))
    hold("调研养老", K.RESEARCH, moment(2, 5))
    hold("督查工地", K.SUPERVISION, moment(2, 6))
    office.enter(channel=Channel.ACTIVITY)

    assert "组织视察和调研3次，其中视察2次和调研1次；开展专项督查1次；在视察调研中提出意见建议1件。" in said()

    hold("听取环境状况报告", K.HEARING, moment(2, 9))
    hold("审查预算", K.REVIEW, moment(2, 10))

    assert "；开展专项督查1次和审查1次；听取报告1次；在视察调研中" in said()


def test_activity_marked_for_the_summary_has_its_own_sentence(hold, chen, he):
    hold(
        "专题视察绿能环保项目", K.INSPECTION, moment(2, 3), people=(chen, he), outsiders=[("环保监督员", 4)],
        in_summary=True, narrative="企业当场回答了提问。\n第二段不写进总结。",
    )  # fmt: skip
    hold("居民说事", K.SYMPOSIUM, moment(2, 4), people=(he,), in_summary=True)

    text = said()
    assert "2月3日，组织人大代表1名、居民议事员1名和环保监督员4名，专题视察绿能环保项目。企业当场回答了提问。" in text
    assert "第二段不写进总结" not in text
    assert "2月4日，组织居民议事员1名参加“居民说事”。" in text


def test_mass_visits_and_symposia_read_as_such_summaries_put_it(hold):
    hold(
        "考察一", K.MASS_VISIT, moment(1, 5), people=(), places=("云川市",),
        batches=[BatchRow(1, date(2026, 1, 5), 300), BatchRow(2, date(2026, 1, 6), 200)],
    )  # fmt: skip
    assert "组织2批次500人次赴云川市实地考察。" in said()

    hold(
        "考察二", K.MASS_VISIT, moment(1, 7), people=(), places=("澜川市",), batches=[BatchRow(1, date(2026, 1, 7), 60)]
    )
    hold("座谈会", K.SYMPOSIUM, moment(2, 4), outsiders=[("群众代表", 19)])

    text = said()
    assert "先后组织2批次500人次、1批次60人次，分别赴云川市、澜川市实地考察。" in text
    assert "召开座谈会1个，代表、议事员和群众参加20人次。" in text


def test_what_was_entrusted_is_told_once_it_is_reported_back(hold, zhao):
    review = hold("审查投资项目", K.REVIEW, moment(2, 3), entrusted_by="区人大财经委")
    assert "受委托事项" not in said()

    workflow.report_back(review, text="已审查。", on=date(2026, 3, 2), by=zhao, now=TODAY)

    assert "受区人大财经委委托，完成“审查投资项目”，3月2日报告了结果。" in said()


# ---- deputies' work


def test_congress_is_told_with_who_came_and_spoke(hold, office, chen, lin):
    hold("会前视察", K.PRE_SESSION, moment(1, 8))
    hold("人代会", K.SESSION, moment(1, 12), people=(chen, lin), absent=(lin,), spoke=(chen,))
    office.enter(channel=Channel.SESSION, raised_by=chen.person)

    text = said()
    assert "会前开展会前视察1次。" in text
    assert "组织代表出席人代会会议1次，到会率50.0%（1/2），审议发言1人次，会议期间提出建议1件。" in text


def test_rate_without_approved_leave_stands_beside_it(hold, chen, he, zhao):
    activity = hold("议事会", K.COUNCIL_SESSION, moment(2, 3), people=(chen, he))
    workflow.record_attendance(activity, states={chen.person.pk: Attendance.EXCUSED}, by=zhao, now=TODAY)

    assert "召开居民议事会会议1次，到会率50.0%（1/2），不含已准假的为100.0%（1/1）。" in said()


def test_reports_to_voters_and_files_are_counted(hold, chen, zhao):
    workflow.record_report(
        chen.person.mandates.get(), held_on=date(2026, 2, 26), place="凤鸣社区服务站", text="述职。", voters_present=60,
        satisfied_count=50, fairly_count=9, dissatisfied_count=1, result=ReportResult.SATISFIED, by=zhao, now=TODAY,
    )  # fmt: skip

    assert "代表向选民述职1次，到场选民60人次。" in said()
    assert "落实“一人一档”，记入履职档案1条，涉及人大代表1名。" in said()


# ---- the screen and the catalogue


def test_screen_links_the_numbers_of_activities_to_their_lists(hold, chen, he, signed_in, zhao):
    hold("视察河道", K.INSPECTION, moment(2, 3), people=(chen, he), outsiders=[("街道干部", 2)], in_summary=True)
    hold("考察", K.MASS_VISIT, moment(1, 5), people=(), batches=[BatchRow(1, date(2026, 1, 5), 300)])
    browser = signed_in(zhao)

    page = browser.get(SCREEN)

    figures = {figure.key: figure for figure in page.context["document"].figures}
    links = page_of(page).links
    assert {key.split(".")[1] for key in figures if key.startswith("deputies.")} >= {"activities", "activity"}
    for figure in figures.values():
        assert figure.query in links, figure.key
        assert browser.get(figure.query).status_code == 200, figure.key


def test_catalogue_groups_the_figures_and_leaves_out_those_of_nothing(hold, client):
    MandateFactory()
    hold("视察河道", K.INSPECTION, moment(2, 3))

    groups = {title: {figure.label for figure in figures} for title, figures in figure_groups(year=2026)}

    assert list(groups) == ["代表和议事员", "活动", "批次和人次", "到会和发言", "履职记录和述职"]
    assert groups["活动"] == {"举行活动", "视察和调研", "视察"}
    assert all(title in page_of(client.get("/figures/", {"year": 2026})).text for title in groups)


def test_catalogue_of_an_empty_year_still_counts_people(office):
    (only,) = figure_groups(year=2026)

    assert only[0] == "代表和议事员"


def test_single_activities_are_not_in_the_catalogue(hold):
    hold("视察河道", K.INSPECTION, moment(2, 3), in_summary=True)

    keys: list[Any] = [figure.key for _, figures in figure_groups(year=2026) for figure in figures]
    assert not any(key.startswith("deputies.activity.") for key in keys)
