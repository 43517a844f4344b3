"""The first page of a deputy or councillor: what waits, the next dates, the file, the suggestions, one's own phone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from congress_portal.accounts.models import User
from congress_portal.annual_summary.tasks import RENDER_PDF
from congress_portal.common import jobs
from congress_portal.common.models import Job, JobState
from congress_portal.notifications.outbox import notify
from deputies import workflow
from deputies.choices import ActivityKind, CongressLevel, DutyKind, DutyOutcome, DutyStatus, MandateEnd, MandateKind
from deputies.models import Activity, DutyRecord
from tests.factories import MandateFactory
from tests.pages import Page, page_of
from tests.suggestions.story import moment

OWN, PHONE = "/own/", "/own/phone/"
NUMBER = "17055509001"
MANY = [1, 3]
SIGNED_IN = 2
NOW = moment(3, 5)


@pytest.fixture
def announce(clock, committee, zhao, chen):
    """Ask chen to something that begins at that moment and lasts two hours."""

    def announce(title: str, starts_at) -> Activity:
        activity = workflow.plan_activity(
            kind=ActivityKind.INSPECTION,
            title=title,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
            places=["南塘桥", "河湾步道"],
            by=zhao,
            now=NOW,
        )
        return workflow.announce_activity(activity, people=[chen.person], by=zhao, now=NOW)

    return announce


@pytest.fixture
def line(zhao):
    """Post a line into somebody's file, or with a status put one there that the person logged."""

    def line(user: User, on: date, outcome=DutyOutcome.DONE, *, status="", reason="", title="走访选民") -> DutyRecord:
        if status:
            return DutyRecord.objects.create(
                person=user.person,
                kind=DutyKind.VISIT,
                happened_on=on,
                title=title,
                outcome=outcome,
                status=status,
                return_reason=reason,
                created_at=NOW,
            )
        return workflow.record_duty(
            user.person,
            kind=DutyKind.VISIT,
            on=on,
            title=title,
            outcome=outcome,
            source_key=f"test:{DutyRecord.objects.count()}",
            by=zhao,
            now=NOW,
        )

    return line


@pytest.fixture
def reported(chen):
    """Chen has reported to the voters already, so that nothing is owed."""
    chen.person.mandates.update(starts_on=date(2026, 1, 10))


# ---- what waits


def test_greeting_states_how_much_waits_and_the_next_invitation_is_opened(announce, line, reported, chen, signed_in):
    second = announce("听取环境治理报告", moment(3, 12, 9))
    first = announce("视察河湾步道照明项目", moment(3, 9, 9))
    line(chen, date(2026, 3, 2), status=DutyStatus.RETURNED, reason="请写明地点", title="看望老人")

    page = signed_in(chen).get(OWN)

    assert page.context["invitation"].activity == first
    assert [task.title for task in page.context["others"]] == [f"回复邀请：{second.title}", "补正履职记录：看望老人"]
    html = page.content.decode()
    assert "陈思齐代表，有 3 件事等您" in html
    assert "另外 2 件" in html
    assert "已退回：请写明地点" in html
    assert html.count("btn-primary") == 1


def test_button_of_the_opened_invitation_answers_it_and_comes_back(announce, reported, chen, signed_in):
    activity = announce("视察河湾步道照明项目", moment(3, 9, 9))
    browser = signed_in(chen)
    action = reverse("deputies:activity_sign_up", args=[activity.pk])
    (form,) = [form for form in page_of(browser.get(OWN)).forms if form.action == action]

    page = browser.post(form.action, {"next": form.value("next")}, follow=True)

    assert page.redirect_chain == [(OWN, 302)]
    assert page.context["waiting"] == 0
    assert [row.activity for row in page.context["dates"]] == [activity]
    html = page.content.decode()
    assert "陈思齐代表，您好" in html
    assert "现在没有等您办的事" in html
    assert "报名参加" in html


def test_without_an_invitation_the_next_thing_is_opened(line, clock, committee, reported, chen, signed_in):
    returned = line(chen, date(2026, 3, 2), status=DutyStatus.RETURNED, reason="请写明地点", title="看望老人")

    page = signed_in(chen).get(OWN)

    assert page.context["first_task"].url == reverse("deputies:duty_update", args=[returned.pk])
    assert page.context["others"] == []
    assert "有 1 件事等您" in page.content.decode()


@pytest.mark.parametrize(
    ("starts_on", "sentence"),
    [
        (date(2023, 3, 1), "应在3月1日前述职"),
        (date(2023, 5, 4), "5月4日前述职"),
        (date(2023, 5, 5), ""),
    ],
)
def test_report_to_the_voters_waits_from_sixty_days_before(clock, committee, chen, signed_in, starts_on, sentence):
    committee.report_within_years = 3
    committee.save()
    chen.person.mandates.update(starts_on=starts_on)

    page = signed_in(chen).get(OWN)

    assert page.context["waiting"] == (1 if sentence else 0)
    assert sentence in page.content.decode()


def test_councillor_owes_no_report_and_is_called_by_the_office(clock, committee, he, signed_in):
    page = signed_in(he).get(OWN)

    assert page.context["waiting"] == 0
    assert "何拾光议事员，您好" in page.content.decode()
    assert "议事员履职" in page.content.decode()


def test_what_is_over_no_longer_waits(clock, announce, reported, chen, signed_in):
    announce("视察河湾步道照明项目", moment(3, 9, 9))
    clock.move_to(moment(3, 9, 11, 1))

    assert signed_in(chen).get(OWN).context["waiting"] == 0


def test_on_the_day_the_first_page_leads_to_signing_in(clock, announce, reported, chen, signed_in):
    activity = announce("视察河湾步道照明项目", moment(3, 9, 9))
    workflow.sign_up(activity, person=chen.person, by=chen, now=NOW)
    browser = signed_in(chen)
    sign_in = reverse("deputies:activity_sign_in", args=[activity.pk])

    assert sign_in not in page_of(browser.get(OWN)).links
    clock.move_to(moment(3, 9, 7))
    assert "3月9日 8:00 起签到" in signed_in(chen).get(OWN).content.decode()
    clock.move_to(moment(3, 9, 8, 30))
    assert sign_in in page_of(signed_in(chen).get(OWN)).links


# ---- the file at a glance


def test_tiles_count_the_confirmed_lines_of_this_year(clock, committee, line, reported, chen, lin, signed_in):
    for outcome in (
        DutyOutcome.PRESENT,
        DutyOutcome.PRESENT,
        DutyOutcome.EXCUSED,
        DutyOutcome.ABSENT,
        DutyOutcome.DONE,
    ):
        line(chen, date(2026, 2, 1), outcome)
    line(chen, date(2025, 12, 31), DutyOutcome.PRESENT)
    line(chen, date(2026, 3, 1), status=DutyStatus.LOGGED)
    line(chen, date(2026, 3, 1), status=DutyStatus.CORRECTED)
    line(chen, date(2026, 3, 1), status=DutyStatus.WITHDRAWN)
    line(lin, date(2026, 3, 1), DutyOutcome.PRESENT, title="别人的")

    page = signed_in(chen).get(OWN)

    assert [(tile["value"], tile["fraction"]) for tile in page.context["tiles"]] == [
        (2, "受邀 4 次"),
        (3, "请假 1 次"),
        (1, "退回 0 条"),
    ]
    assert "别人的" not in page.content.decode()


def test_latest_four_lines_stand_below_newest_first(clock, committee, line, reported, chen, signed_in):
    for day in (1, 5, 3, 2, 4):
        line(chen, date(2026, 2, day), title=f"第 {day} 天")
    line(chen, date(2026, 2, 6), status=DutyStatus.CORRECTED, title="更正前的")

    latest = signed_in(chen).get(OWN).context["glance"].latest

    assert [record.title for record in latest] == ["第 5 天", "第 4 天", "第 3 天", "第 2 天"]


def test_page_shows_no_rank_no_score_and_nothing_that_settles_a_case(office, reported, chen, signed_in):
    office.case_in("replied", raised_by=chen.person)

    page = page_of(signed_in(chen).get(OWN))

    assert not [word for word in ("排名", "积分", "第 1 名") if word in page.text]
    assert {form.action for form in page.forms} <= {"/accounts/logout/", "/elder/", PHONE} | {
        action for action in (form.action for form in page.forms) if action.startswith("/messages/")
    }


# ---- suggestions and messages


def test_first_page_shows_three_suggestions_and_all_are_on_a_page_of_their_own(office, reported, chen, he, signed_in):
    mine = [office.case_in("assigned", raised_by=chen.person) for _ in range(4)]
    office.case_in("assigned", raised_by=he.person)
    browser = signed_in(chen)

    first, every = browser.get(OWN), browser.get("/own/suggestions/")

    assert [row["suggestion"] for row in first.context["rows"]] == mine[:0:-1]
    assert "全部 4 件" in first.content.decode()
    assert [row["suggestion"] for row in every.context["rows"]] == mine[::-1]


def test_suggestions_have_twenty_a_page(office, chen, signed_in):
    for _ in range(21):
        office.case_in("submitted", raised_by=chen.person)
    browser = signed_in(chen)

    assert len(browser.get("/own/suggestions/").context["rows"]) == 20
    assert len(browser.get("/own/suggestions/", {"page": 2}).context["rows"]) == 1
    assert browser.get("/own/suggestions/", {"page": 3}).status_code == 404


def test_newest_unread_messages_stand_on_the_page_and_open_from_it(clock, committee, reported, chen, lin, signed_in):
    for number in range(4):
        clock.move_to(NOW + timedelta(minutes=number))
        notify(to=[chen], subject=f"第 {number} 条", body="", url="/own/suggestions/")
    notify(to=[lin], subject="别人的", body="")
    browser = signed_in(chen)

    page = browser.get(OWN)

    assert [message.subject for message in page.context["notices"]] == ["第 3 条", "第 2 条", "第 1 条"]
    assert "全部 4 条" in page.content.decode()
    assert "别人的" not in page.content.decode()
    (action,) = [form.action for form in page_of(page).forms if str(page.context["notices"][0].pk) in form.action]
    assert browser.post(action)["Location"] == "/own/suggestions/"
    assert "第 3 条" not in browser.get(OWN).content.decode()


# ---- one's own phone on the bulletin board


@pytest.fixture
def with_phone(clock, committee, reported, chen):
    chen.person.phone = NUMBER
    chen.person.save()
    return chen


def test_phone_is_published_by_oneself_and_taken_back(with_phone, signed_in):
    browser = signed_in(with_phone)
    agree = page_of(browser.get(OWN)).form_with("phone")

    page = browser.post(agree.action, {"phone": agree.value("phone")}, follow=True)

    person = with_phone.person
    person.refresh_from_db()
    assert (person.public_phone, person.phone_agreed_by) == (NUMBER, with_phone)
    assert f"已同意公开电话 {NUMBER}" in page.content.decode()
    assert "不再公开" in page.content.decode()
    browser.post(PHONE, {"withdraw": "1"})
    person.refresh_from_db()
    assert person.public_phone == ""


def test_phone_that_changed_meanwhile_is_not_published(with_phone, signed_in):
    browser = signed_in(with_phone)
    agree = page_of(browser.get(OWN)).form_with("phone")
    type(with_phone.person).objects.filter(pk=with_phone.person.pk).update(phone="17055509002")

    page = browser.post(agree.action, {"phone": agree.value("phone")}, follow=True)

    assert "没有记录：登记的电话刚刚改过" in page.content.decode()
    with_phone.person.refresh_from_db()
    assert with_phone.person.public_phone == ""


def test_phone_twice_and_a_phone_that_is_not_there_are_refused_with_a_sentence(with_phone, lin, signed_in):
    browser = signed_in(with_phone)
    browser.post(PHONE, {"phone": NUMBER})

    assert "已经公开" in browser.post(PHONE, {"phone": NUMBER}, follow=True).content.decode()
    assert "没有联系电话" in signed_in(lin).post(PHONE, {"phone": ""}, follow=True).content.decode()
    assert "没有公开电话" in signed_in(lin).post(PHONE, {"withdraw": "1"}, follow=True).content.decode()


def test_new_number_on_file_is_offered_beside_the_published_one(with_phone, signed_in):
    workflow.record_phone_agreement(with_phone.person, by=with_phone, now=NOW)
    type(with_phone.person).objects.filter(pk=with_phone.person.pk).update(phone="17055509002")

    html = signed_in(with_phone).get(OWN).content.decode()

    assert "代替原来的号码" in html
    assert "同意公开 17055509002" in html


def test_button_of_the_phone_after_the_session_ended_leads_to_the_page(with_phone, visitor, signed_in):
    assert visitor.post(PHONE, {"phone": NUMBER})["Location"] == f"/accounts/login/?next={PHONE}"
    assert signed_in(with_phone).get(PHONE)["Location"] == OWN


# ---- who comes


def test_deputy_of_two_congresses_reads_both_and_the_group(clock, committee, reported, chen, signed_in):
    MandateFactory(person=chen.person, level=CongressLevel.CITY, term="第九届")
    MandateFactory(person=chen.person, kind=MandateKind.COUNCILLOR, term="第二届")

    page = signed_in(chen).get(OWN)

    assert sorted(page.context["offices"]) == sorted(["安澜区第十七届人大代表", "第九届市人大代表", "第二届居民议事员"])
    assert page.context["call"] == "代表"


def test_who_is_no_longer_in_office_reads_the_file_and_is_told_so(clock, committee, line, zhao, chen, signed_in):
    line(chen, date(2026, 2, 1), DutyOutcome.PRESENT)
    (mandate,) = chen.person.mandates.all()
    workflow.end_mandate(mandate, ends_on=date(2026, 3, 4), ended_by=MandateEnd.RESIGNED, by=zhao, now=NOW)

    page = signed_in(chen).get(OWN)

    html = page.content.decode()
    assert "您的任职到3月4日已经结束" in html
    assert "补记一次履职" not in html
    assert page.context["tiles"][0]["value"] == 1
    assert "陈思齐，您好" in html


def test_who_is_elected_and_not_in_office_yet_is_told_so(clock, committee, chen, signed_in):
    chen.person.mandates.update(starts_on=date(2026, 4, 1))

    assert "您现在没有在任的职务" in signed_in(chen).get(OWN).content.decode()


def test_account_without_a_person_is_told_whom_to_ask(clock, committee, chen, signed_in):
    person = chen.person
    person.user = None
    person.save()

    page = signed_in(User.objects.get(pk=chen.pk)).get(OWN)

    assert "您的账户还没有登记任职。请联系街道人大工委登记。" in page.content.decode()
    assert signed_in(User.objects.get(pk=chen.pk)).post(PHONE, {"phone": ""}).status_code == 302


def test_people_on_mandate_have_four_places_at_the_foot_and_officers_keep_theirs(committee, chen, wu, signed_in):
    def foot(user: User, path: str) -> list[str]:
        html = signed_in(user).get(path).content.decode().partition('class="tabbar"')[2]
        return Page(html.partition(">")[2]).text.split()

    for path in (OWN, "/messages/", "/deputies/activities/", "/accounts/password/"):
        assert foot(chen, path) == ["首页", "活动", "建议", "履职档案"]
    assert foot(wu, "/messages/") == ["工作台", "消息", "改密码"]


# ---- long work


def test_job_of_a_deputy_is_shown_on_a_page_of_the_portal_and_to_nobody_else(committee, chen, lin, signed_in):
    job = jobs.enqueue(kind=RENDER_PDF, title="陈思齐的履职档案", params={"year": 2025}, by=chen)
    address = reverse("job", args=[job.pk])

    page = signed_in(chen).get(address)

    assert "陈思齐的履职档案" in page.content.decode()
    assert signed_in(chen).get(address, headers={"accept": "application/json"}).json()["state"] == JobState.QUEUED
    assert signed_in(lin).get(address).status_code == 404
    assert signed_in(lin).get(reverse("job_file", args=[job.pk])).status_code == 404
    assert signed_in(chen).get(reverse("job_file", args=[job.pk])).status_code == 404  # not made yet


def test_job_that_failed_says_why(committee, chen, signed_in):
    job = jobs.enqueue(kind=RENDER_PDF, title="陈思齐的履职档案", params={"year": 2025}, by=chen)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, error="缺少字体。", finished_at=NOW, lease_until=None)

    assert "没有生成。缺少字体。" in signed_in(chen).get(reverse("job", args=[job.pk])).content.decode()


# ---- queries


@pytest.mark.parametrize("count", MANY)
def test_own_page_costs_ten_queries_whatever_there_is(
    office, announce, line, chen, signed_in, count, django_assert_num_queries
):
    for number in range(count):
        announce(f"第 {number} 次视察", moment(3, 9 + number, 9))
        signed_up = announce(f"第 {number} 次座谈", moment(3, 20 + number, 9))
        workflow.sign_up(signed_up, person=chen.person, by=chen, now=NOW)
        line(chen, date(2026, 2, 1 + number), DutyOutcome.PRESENT)
        line(chen, date(2026, 2, 1 + number), status=DutyStatus.RETURNED, reason="请写明地点")
        office.case_in("assigned", raised_by=chen.person)
        MandateFactory(person=chen.person, level=CongressLevel.CITY, term=f"第{number}届")
    browser = signed_in(chen)

    # mandates, committee, cases, calendar, messages, invitations with their places, lines, the owed report
    with django_assert_num_queries(SIGNED_IN + 9):
        page = browser.get(OWN)

    assert page.context["waiting"] == 2 * count + 1
