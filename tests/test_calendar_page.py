"""The public calendar and residents' sign-up, through the front door. It is Thursday, 5 March 2026, 10:00."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from congress_portal.common.calendar_entries import CalendarEntry, lay_out, month_bounds
from congress_portal.common.workdays import NamedDay, WorkCalendar
from congress_portal.views import calendar
from deputies import workflow
from deputies.models import Activity, ResidentSignUp
from deputies.selectors import public
from tests.deputies.activities.meetings import COMING, LONG, TOLD_ON, Meetings
from tests.factories import CommunityFactory
from tests.pages import Page, page_of
from tests.suggestions.story import moment
from tests.suggestions.test_concurrency import Browser, answer_on

PHONE = "13800000001"
RECEIVED, CANCEL = "/calendar/received/", "/calendar/cancel/"
FILLED_IN = {"head_count": "2", "name": "宋大姐", "phone": PHONE, "of_age": "on"}


@pytest.fixture
def meetings(clock, committee, zhao, chen) -> Meetings:
    return Meetings(zhao, [chen.person])


@pytest.fixture
def opened(meetings) -> Activity:
    return meetings.announce(is_open=True, seats=10)


def page(activity: Activity) -> str:
    return f"/calendar/{activity.pk}/"


def typed(client: Client, activity: Activity, **changed: str) -> dict[str, str]:
    """Open the form and return what it sends with, filled in."""
    key = page_of(client.get(page(activity))).form_with("phone").value("submission_key")
    return FILLED_IN | {"submission_key": key} | changed


def sign_up(client: Client, activity: Activity, **changed: str) -> Any:
    return client.post(page(activity), typed(client, activity, **changed))


def code_after(client: Client, activity: Activity, **changed: str) -> str:
    sign_up(client, activity, **changed)
    return client.get(RECEIVED).context["code"]


def titles(answer: Any) -> list[str]:
    """Return what stands on the days of the month, in order."""
    return [entry.title for day in answer.context["sheet"].busy_days for entry in day.entries]


# ---- the month


def test_calendar_shows_what_is_open_and_was_announced(meetings, visitor):
    for state in ("planned", "announced", "held", "cancelled"):
        meetings.in_state(state, is_open=True, title=f"开放的{state}")
        meetings.in_state(state, title=f"不开放的{state}")
    never_told = meetings.plan(is_open=True, title="没有通知就取消的")
    workflow.cancel_activity(never_told, reason="不办了", by=meetings.clerk, now=TOLD_ON)

    answer = visitor.get("/calendar/")

    assert titles(answer) == ["开放的held", "开放的announced", "开放的cancelled"]
    notes = {entry.title: entry.note for day in answer.context["sheet"].busy_days for entry in day.entries}
    assert notes == {"开放的held": "已举行", "开放的announced": "", "开放的cancelled": "已取消"}


def test_activity_stands_on_each_of_its_days_also_over_the_end_of_the_month(meetings, visitor):
    meetings.announce(is_open=True, starts_at=moment(3, 30, 9), ends_at=moment(4, 2, 11))

    def days(month: str) -> list[date]:
        return [day.day for day in visitor.get("/calendar/", {"month": month}).context["sheet"].busy_days]

    assert days("2026-03") == [date(2026, 3, 30), date(2026, 3, 31)]
    assert days("2026-04") == [date(2026, 4, 1), date(2026, 4, 2)]
    assert days("2026-05") == []


def test_first_and_last_minute_of_a_month_belong_to_it(meetings, visitor):
    for title, starts_at in (("首日", moment(4, 1, 0, 0)), ("末日", moment(4, 30, 23, 59))):
        meetings.announce(is_open=True, title=title, starts_at=starts_at, ends_at=starts_at)

    assert titles(visitor.get("/calendar/?month=2026-04")) == ["首日", "末日"]
    assert titles(visitor.get("/calendar/?month=2026-03")) == []
    assert titles(visitor.get("/calendar/?month=2026-05")) == []


def test_months_before_and_after_are_links_that_keep_the_community(meetings, visitor):
    community = CommunityFactory(name="凤鸣社区")

    links = page_of(visitor.get(f"/calendar/?month=2026-12&community={community.pk}")).links

    assert f"?month=2026-11&community={community.pk}" in links
    assert f"?month=2027-01&community={community.pk}" in links
    assert f"?community={community.pk}" in links  # back to this month


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "2026-13",
        "2026-00",
        "1999-12",
        "9999-01",
        "2101-01",
        "heute",
        "2026-3",
        "\uff12\uff10\uff12\uff16-\uff10\uff13",
    ],
)
def test_month_that_cannot_be_is_this_month(meetings, visitor, asked):
    assert visitor.get("/calendar/", {"month": asked}).context["sheet"].first == date(2026, 3, 1)


def test_calendar_ends_where_its_years_end(meetings, visitor):
    assert visitor.get("/calendar/?month=2000-01").context["previous"] is None
    assert visitor.get("/calendar/?month=2100-12").context["next"] is None


def test_community_leaves_what_is_held_there(meetings, visitor):
    here, there = CommunityFactory(name="凤鸣社区"), CommunityFactory(name="桂花社区")
    meetings.announce(is_open=True, title="两处", places=[("菜场", here), ("学校", there)])
    meetings.announce(is_open=True, title="那边", places=[("学校", there)])
    meetings.announce(is_open=True, title="没有写社区")

    def shown(**asked: Any) -> list[str]:
        return titles(visitor.get("/calendar/", asked))

    assert shown(community=here.pk) == ["两处"]
    assert shown(community=there.pk) == ["两处", "那边"]
    assert len(shown()) == len(shown(community="")) == len(shown(community="99999")) == len(shown(community="x")) == 3


def entry(title: str, starts_at: Any, ends_at: Any) -> CalendarEntry:
    return CalendarEntry(starts_at, ends_at, title, "视察", (), "/", None, False, frozenset())


def test_sheet_names_days_off_and_marks_today():
    holidays = {date(2026, 10, 1): NamedDay("国庆节", False), date(2026, 10, 10): NamedDay("国庆节", True)}
    events = [entry("后", moment(10, 2, 9), moment(10, 2, 10)), entry("前", moment(10, 2, 8), moment(10, 2, 9))]

    sheet = lay_out(date(2026, 10, 2), events, calendar=WorkCalendar(holidays), today=date(2026, 10, 2))

    cells = {cell.day.day: cell for week in sheet.weeks for cell in week if cell}
    assert len(cells) == 31
    assert sheet.weeks[0][:3] == [None, None, None]
    assert (cells[1].name, cells[1].is_working) == ("国庆节", False)
    assert (cells[10].name, cells[10].is_working) == ("国庆节调休上班", True)
    assert (cells[3].name, cells[3].is_working, cells[2].is_working) == ("", False, True)
    assert [day for day, cell in cells.items() if cell.is_today] == [2]
    assert [one.title for one in cells[2].entries] == ["前", "后"]


@pytest.mark.parametrize(("day", "last"), [(date(2028, 2, 29), 29), (date(2026, 2, 1), 28), (date(2026, 12, 31), 31)])
def test_bounds_of_a_month(day, last):
    assert month_bounds(day) == (day.replace(day=1), day.replace(day=last))


def test_year_without_a_notice_says_so(meetings, visitor):
    assert "放假安排还没有公布" in page_of(visitor.get("/calendar/?month=2031-01")).text
    assert "放假安排还没有公布" not in page_of(visitor.get("/calendar/")).text


# ---- one activity


def test_page_says_what_when_where_and_how_many_seats_and_keeps_the_rest(meetings, visitor):
    activity = meetings.announce(is_open=True, seats=10, notice="代表集合地点在大院")
    sign_up(visitor, activity)

    text = page_of(visitor.get(page(activity))).text

    for told in (
        "视察凤鸣河排水口",
        "3月6日（周五）",
        "上午 9:00—11:00",
        "凤鸣河北闸",
        "云禾街道人大工委",
        "还剩 8 个",
    ):
        assert told in text
    assert text.index("凤鸣河北闸") < text.index("污水泵站")
    assert text.index("为什么要您的手机号") < text.index("手机号 怎么称呼您")
    for kept in ("代表集合地点", "宋大姐", PHONE, "陈思齐"):
        assert kept not in text


def test_narrative_is_told_afterwards_without_a_form(meetings, visitor):
    activity = meetings.hold(is_open=True)
    workflow.change_activity(activity, changes={"narrative": "看了三处排水口。"}, by=meetings.clerk, now=COMING)

    read = page_of(visitor.get(page(activity)))

    assert "看了三处排水口。" in read.text
    assert [form for form in read.forms if "phone" in form.values] == []


@pytest.mark.parametrize("state", ["planned", "announced", "held", "cancelled"])
@pytest.mark.parametrize("is_open", [True, False])
def test_what_is_not_open_or_not_announced_is_not_found(meetings, visitor, state, is_open):
    activity = meetings.in_state(state, is_open=is_open)

    expected = 200 if is_open and state != "planned" else 404
    assert visitor.get(page(activity)).status_code == expected
    assert visitor.post(page(activity), FILLED_IN).status_code == expected
    assert not ResidentSignUp.objects.exists()


# ---- signing up


def test_sign_up_gives_a_code_that_cancels(opened, visitor):
    answer = sign_up(visitor, opened)
    assert (answer.status_code, answer["Location"]) == (302, RECEIVED)
    shown = visitor.get(RECEIVED)
    code = shown.context["code"]
    assert code in page_of(shown).text
    assert len(code) == 11

    cancelled = visitor.post(CANCEL, {"code": code.lower(), "phone_tail": "\uff10\uff10\uff10\uff11"}, follow=True)

    assert cancelled.redirect_chain == [(page(opened), 302)]
    assert "已取消报名“视察凤鸣河排水口”，空出 2 个名额给别人。" in page_of(cancelled).text
    assert public.seats_left(opened) == 10
    assert "这次报名已经取消" in page_of(visitor.get(RECEIVED)).text


def test_receipt_is_for_this_browser_and_half_an_hour(opened, visitor, clock):
    sign_up(visitor, opened)
    assert Client().get(RECEIVED).status_code == 302

    clock.shift(timedelta(minutes=31))

    assert visitor.get(RECEIVED)["Location"] == "/calendar/"


def test_form_sent_twice_is_one_sign_up_with_one_code(opened, visitor):
    fields = typed(visitor, opened)
    codes = set()
    for _ in range(3):
        assert visitor.post(page(opened), fields)["Location"] == RECEIVED
        codes.add(visitor.get(RECEIVED).context["code"])

    assert len(codes) == 1
    assert ResidentSignUp.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"phone": ""}, "phone", "请填手机号"),
        ({"phone": "1380000"}, "phone", "手机号应为 11 位，现在是 7 位。"),
        ({"head_count": "6"}, "head_count", "请选择 1 至 5 人"),
        ({"head_count": "0"}, "head_count", "请选择 1 至 5 人"),
        ({"name": "王" * 41}, "name", "最多写 40 个字"),
        ({"name": "王\0"}, "name", ""),
        ({"of_age": ""}, "of_age", "监护人"),
        ({"submission_key": "forged"}, "__all__", "请再点一次报名"),
    ],
)
def test_mistake_stands_at_its_field_and_what_was_typed_is_kept(opened, visitor, changed, field, words):
    answer = sign_up(visitor, opened, **changed)

    assert list(answer.context["form"].errors) == [field]
    assert words in answer.context["form"].errors[field][0]
    form = page_of(answer).form_with("phone")
    assert form.value("phone") == changed.get("phone", PHONE)
    assert not ResidentSignUp.objects.exists()


def test_lost_key_is_made_good_by_pressing_again(opened, visitor):
    answer = sign_up(visitor, opened, submission_key="")
    key = page_of(answer).form_with("phone").value("submission_key")

    assert visitor.post(page(opened), FILLED_IN | {"submission_key": key})["Location"] == RECEIVED


def test_number_that_signed_up_is_told_so_but_not_who(opened, visitor):
    sign_up(visitor, opened)

    answer = sign_up(Client(), opened, name="李先生")

    assert "这个手机号已经报过" in answer.context["form"].errors["phone"][0]
    assert "宋大姐" not in answer.content.decode()


def test_full_activity_says_so_and_shows_no_form(meetings, visitor):
    activity = meetings.announce(is_open=True, seats=2)
    other = Client()
    waiting = typed(other, activity, phone="13800000002")
    sign_up(visitor, activity)

    late = other.post(page(activity), waiting)
    after = page_of(Client().get(page(activity)))

    assert "名额已经报满" in late.context["form"].errors["head_count"][0]
    assert "名额已经报满" in after.text
    assert [form for form in after.forms if "phone" in form.values] == []


@pytest.mark.parametrize(("state", "words"), [("cancelled", "已经取消"), ("held", "已经开始或结束")])
def test_activity_cancelled_or_over_since_the_form_was_opened_is_refused(opened, meetings, visitor, state, words):
    fields = typed(visitor, opened)
    if state == "cancelled":
        workflow.cancel_activity(opened, reason="暴雨", by=meetings.clerk, now=TOLD_ON)
    else:
        Activity.objects.filter(pk=opened.pk).update(status="held")

    answer = visitor.post(page(opened), fields)

    assert words in answer.context["form"].non_field_errors()[0]
    assert not ResidentSignUp.objects.exists()


def test_flood_from_one_address_is_refused(opened, visitor, monkeypatch):
    monkeypatch.setattr(calendar, "SIGN_UPS", 2)
    for number in (1, 2):
        assert sign_up(visitor, opened, phone=f"1380000000{number}").status_code == 302

    answer = sign_up(visitor, opened, phone="13800000003")

    assert answer.status_code == 429
    assert "过一小时再试" in answer.context["form"].non_field_errors()[0]
    assert ResidentSignUp.objects.count() == 2


def test_flood_of_mistakes_is_refused_too(opened, visitor, monkeypatch):
    monkeypatch.setattr(calendar, "SIGN_UP_TRIES", 2)

    answers = [sign_up(visitor, opened, phone="") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]


# ---- cancelling


def test_wrong_code_and_wrong_number_are_answered_alike(opened, visitor):
    code = code_after(visitor, opened)
    other = public.SEAT_CODES.code_for("another-form-key-of-22")

    missed = [
        visitor.post(CANCEL, {"code": asked, "phone_tail": tail}).context["form"].non_field_errors()
        for asked, tail in ((code, "0002"), (other, "0001"), ("ABC", "0001"))
    ]

    assert len({tuple(sentences) for sentences in missed}) == 1
    assert "没有找到" in missed[0][0]
    assert ResidentSignUp.objects.get().cancelled_at is None


def test_guessing_is_limited_by_address_and_for_a_day_by_code(opened, visitor, monkeypatch, clock):
    code = code_after(visitor, opened)
    monkeypatch.setattr(calendar, "GIVE_UP_TRIES", 2)

    def guess(client: Client, tail: str) -> int:
        return client.post(CANCEL, {"code": code, "phone_tail": tail}).status_code

    assert [guess(visitor, "9999") for _ in range(3)] == [200, 200, 429]
    clock.shift(timedelta(minutes=16))
    assert guess(Client(REMOTE_ADDR="10.0.0.9"), "0001") == 429
    assert ResidentSignUp.objects.get().cancelled_at is None


def test_cancelling_twice_says_the_same(opened, visitor):
    given = {"code": code_after(visitor, opened), "phone_tail": "0001"}

    assert [visitor.post(CANCEL, given)["Location"] for _ in range(2)] == [page(opened)] * 2


def test_cancelling_once_it_has_begun_is_refused(opened, visitor, clock):
    code = code_after(visitor, opened)
    clock.move_to(COMING + LONG / 2)

    answer = visitor.post(CANCEL, {"code": code, "phone_tail": "0001"})

    assert "活动已经开始" in answer.context["form"].non_field_errors()[0]


# ---- for staff


def test_staff_read_who_comes_and_take_one_out(opened, visitor, zhao, signed_in):
    sign_up(visitor, opened)
    sign_up(Client(), opened, phone="13800000002", name="", head_count="1")
    browser = signed_in(zhao)
    address = f"/admin/deputies/activity/{opened.pk}/sign-ups/"
    assert address in page_of(browser.get(opened.get_absolute_url())).links

    read = page_of(browser.get(address))
    assert "2 份，共 3 人" in read.text
    assert PHONE in read.text
    row = ResidentSignUp.objects.get(phone=PHONE)
    answer = browser.post(f"{address}{row.pk}/take-out/", follow=True)

    assert PHONE not in page_of(answer).text
    assert "1 份，共 1 人" in page_of(answer).text
    assert "取消 1 份" in page_of(answer).text


def test_row_of_another_activity_is_not_found(opened, meetings, visitor, zhao, signed_in):
    sign_up(visitor, opened)
    row, other = ResidentSignUp.objects.get(), meetings.announce(is_open=True)

    answer = signed_in(zhao).post(f"/admin/deputies/activity/{other.pk}/sign-ups/{row.pk}/take-out/")

    assert answer.status_code == 404
    assert ResidentSignUp.objects.get().phone == PHONE


def test_auditor_reads_no_names_and_numbers(opened, visitor, shen, signed_in):
    sign_up(visitor, opened)
    browser = signed_in(shen)

    assert PHONE not in browser.get(opened.get_absolute_url()).content.decode()
    assert browser.get(f"/admin/deputies/activity/{opened.pk}/sign-ups/").status_code == 403


# ---- in the same instant, and what it costs


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_burst_of_browsers_on_ten_seats_never_oversells(live_server, opened):
    browsers = [Browser(live_server.url) for _ in range(20)]
    held = []
    for number, browser in enumerate(browsers):
        form = keys_on(browser.get(page(opened)))
        fields = FILLED_IN | {"phone": f"138{number:08d}", "head_count": "1"} | form
        held.append(browser.hold_back(page(opened), fields))

    for waiting, last_byte in held:
        waiting.sendall(last_byte)
    answers = [answer_on(waiting).status for waiting, _ in held]

    assert (answers.count(302), answers.count(200)) == (10, 10)
    assert public.seats_left(opened) == 0


def keys_on(html: str) -> dict[str, str]:
    form = Page(html).form_with("phone")
    return {name: form.value(name) for name in ("submission_key", "csrfmiddlewaretoken")}


@pytest.mark.parametrize("item_count", [1, 3])
def test_pages_cost_the_same_however_many(meetings, visitor, zhao, signed_in, item_count, django_assert_num_queries):
    for _ in range(item_count):
        activity = meetings.announce(is_open=True, seats=10)
        CommunityFactory()
    for number in range(item_count):
        sign_up(Client(), activity, phone=f"1380000000{number}", head_count="1")

    with django_assert_num_queries(5):  # the communities, the activities and their places, the calendar, the committee
        visitor.get("/calendar/")
    with django_assert_num_queries(3):
        visitor.get(page(activity))
    browser = signed_in(zhao)
    with django_assert_num_queries(2 + 4):
        browser.get(f"/admin/deputies/activity/{activity.pk}/sign-ups/")


def test_calendar_is_linked_from_every_public_page(committee, visitor):
    assert "/calendar/" in page_of(visitor.get("/help/")).links


def test_empty_month_says_what_comes_after_it(meetings, visitor):
    meetings.announce(is_open=True, title="四月的听证", starts_at=moment(4, 9))
    meetings.announce(is_open=True, title="五月的视察", starts_at=moment(5, 12))

    this_month, past = (page_of(visitor.get(f"/calendar/?month={month}")) for month in ("2026-03", "2026-02"))

    assert "下一次是4月9日（周四）： 四月的听证" in this_month.text
    assert "下一次" not in past.text
