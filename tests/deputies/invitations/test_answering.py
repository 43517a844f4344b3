"""What somebody asked to an activity sees of it, and the answer: 参加 or 请假."""

from __future__ import annotations

import pytest
from django.urls import reverse

from congress_portal.common.uploads import accept_photo
from deputies import workflow
from deputies.choices import ActivityFileKind, Attendance
from tests.common.pictures import picture, upload
from tests.pages import page_of
from tests.suggestions.story import moment

LIST = "/deputies/activities/"
MANY = [1, 3]
SIGNED_IN = 2


def address(name: str, activity) -> str:
    return reverse(f"deputies:activity_{name}", args=[activity.pk])


# ---- what is shown


def test_list_has_what_is_ahead_on_top_and_what_is_over_below(clock, inspection, announce, zhao, chen, signed_in):
    later = announce(title="听取环境治理报告", starts_at=moment(3, 12, 9), ends_at=moment(3, 12, 11))
    over = announce(title="学习代表法", starts_at=moment(3, 6, 9), ends_at=moment(3, 6, 11))
    called_off = announce(title="走访选民", starts_at=moment(3, 20, 9), ends_at=moment(3, 20, 11))
    workflow.cancel_activity(called_off, reason="下雨", by=zhao, now=moment(3, 6))
    clock.move_to(moment(3, 7))

    page = signed_in(chen).get(LIST)

    assert [row.activity for row in page.context["coming"]] == [inspection, later]
    assert [row.activity for row in page.context["past"]] == [called_off, over]
    assert [row.chip_label for row in page.context["past"]] == ["已取消", "待回复"]


def test_list_shows_only_what_one_is_asked_to_and_nothing_before_it_is_announced(
    plan, inspection, chen, lin, signed_in
):
    plan(title="还在筹备的")

    assert [row.activity for row in signed_in(chen).get(LIST).context["coming"]] == [inspection]
    assert "没有邀请您参加的活动" in signed_in(lin).get(LIST).content.decode()


def test_list_has_twenty_past_ones_a_page_and_what_is_ahead_only_on_the_first(
    clock, inspection, announce, chen, signed_in
):
    for number in range(21):
        announce(title=f"第 {number} 次", starts_at=moment(3, 6, 9), ends_at=moment(3, 6, 11))
    clock.move_to(moment(3, 7))
    browser = signed_in(chen)

    first, second = browser.get(LIST), browser.get(LIST, {"page": 2})

    assert (len(first.context["past"]), len(second.context["past"])) == (20, 1)
    assert inspection.title in first.content.decode()
    assert inspection.title not in second.content.decode()
    assert browser.get(LIST, {"page": 3}).status_code == 404


def test_detail_shows_when_where_in_order_whose_and_what_to_bring(inspection, committee, chen, signed_in):
    text = page_of(signed_in(chen).get(address("detail", inspection))).text

    assert "3月9日（周一）上午 9:00—11:30" in text
    assert "地点 南塘桥 河湾步道 组织者 云禾街道人大工委" in text
    assert "在南塘桥集合，请带代表证。" in text
    assert "3月9日 9:00 开始前回复" in text


def test_detail_after_it_shows_the_narrative_the_minutes_and_the_files(
    clock, inspection, zhao, chen, signed_in, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path

    photo = accept_photo(upload(picture()))
    workflow.add_files(inspection, files=[photo], kind=ActivityFileKind.PHOTO, by=zhao, now=moment(3, 9, 12))
    workflow.record_held(inspection, narrative="看了十二盏灯。", by=zhao, now=moment(3, 9, 12))
    workflow.change_activity(inspection, changes={"minutes": "一、灯要补齐。"}, by=zhao, now=moment(3, 9, 13))
    clock.move_to(moment(3, 10))

    page = signed_in(chen).get(address("detail", inspection))

    html = page.content.decode()
    assert "看了十二盏灯。" in html
    assert "一、灯要补齐。" in html
    assert [file["url"] for file in page.context["photos"]] == [
        reverse("deputies:activity_file", args=[inspection.files.get().pk])
    ]
    assert "没有到场" in html
    assert "<form" not in html.partition("<main")[2].partition("</main")[0]


def test_cancelled_one_says_that_nobody_needs_to_come(inspection, zhao, chen, signed_in):
    workflow.cancel_activity(inspection, reason="下雨", by=zhao, now=moment(3, 6))

    page = signed_in(chen).get(address("detail", inspection))

    assert "活动已经取消" in page.content.decode()
    assert "<form" not in page.content.decode().partition("<main")[2].partition("</main")[0]


# ---- 参加


def test_sign_up_by_a_button_and_the_page_says_so(inspection, part, chen, signed_in):
    browser = signed_in(chen)

    answer = browser.post(address("sign_up", inspection), follow=True)

    assert part(inspection, chen).state == Attendance.SIGNED_UP
    assert answer.redirect_chain == [(address("detail", inspection), 302)]
    assert "已报名参加“视察河湾步道照明项目”" in answer.content.decode()


def test_sign_up_on_the_first_page_comes_back_to_it(inspection, chen, signed_in):
    answer = signed_in(chen).post(address("sign_up", inspection), {"next": "own"})

    assert answer["Location"] == "/own/"


def test_sign_up_never_leads_out_of_the_portal(inspection, chen, signed_in):
    answer = signed_in(chen).post(address("sign_up", inspection), {"next": "https://example.test/"})

    assert answer["Location"] == address("detail", inspection)


def test_sign_up_after_the_end_is_refused_with_a_sentence(clock, inspection, part, chen, signed_in):
    clock.move_to(moment(3, 9, 12, 5))

    answer = signed_in(chen).post(address("sign_up", inspection), follow=True)

    assert "活动已经结束" in answer.content.decode()
    assert part(inspection, chen).state == Attendance.INVITED


def test_sign_up_after_it_was_called_off_is_refused_with_a_sentence(inspection, part, zhao, chen, signed_in):
    workflow.cancel_activity(inspection, reason="下雨", by=zhao, now=moment(3, 5, 10))

    answer = signed_in(chen).post(address("sign_up", inspection), follow=True)

    assert 'role="alert"' in answer.content.decode()
    assert part(inspection, chen).state == Attendance.INVITED


# ---- 请假


def test_leave_is_asked_with_a_reason_on_a_page_of_its_own(inspection, part, chen, signed_in):
    browser = signed_in(chen)
    page = page_of(browser.get(address("leave", inspection)))

    answer = browser.post(page.form_with("reason").action, {"reason": "因公出差"}, follow=True)

    row = part(inspection, chen)
    assert (row.state, row.leave_reason) == (Attendance.LEAVE_ASKED, "因公出差")
    assert "已请假" in answer.content.decode()
    assert "等街道人大工委批复" in answer.content.decode()


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [("", "请填写请假原因。"), ("  ", "请填写请假原因。"), ("差" * 501, "最多写 500 个字，现在是 501 个字")],
)
def test_leave_needs_a_reason_that_fits(inspection, part, chen, signed_in, reason, sentence):
    answer = signed_in(chen).post(address("leave", inspection), {"reason": reason})

    html = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in html
    assert "有误：" in html
    assert part(inspection, chen).state == Attendance.INVITED
    assert page_of(answer).form_with("reason").value("reason").strip() == reason.strip()


def test_leave_that_comes_too_late_keeps_what_was_typed(clock, inspection, part, chen, signed_in):
    clock.move_to(moment(3, 9, 12, 5))

    answer = signed_in(chen).post(address("leave", inspection), {"reason": "因公出差"})

    assert answer.status_code == 409
    assert "活动已经结束" in answer.content.decode()
    assert page_of(answer).form_with("reason").value("reason") == "因公出差"
    assert part(inspection, chen).state == Attendance.INVITED


def test_leave_once_granted_has_no_form_but_one_may_come_after_all(inspection, part, zhao, chen, signed_in):
    workflow.ask_leave(inspection, person=chen.person, reason="出差", by=chen, now=moment(3, 5))
    workflow.decide_leave(inspection, person=chen.person, granted=True, by=zhao, now=moment(3, 5))
    browser = signed_in(chen)

    assert browser.get(address("leave", inspection))["Location"] == address("detail", inspection)
    assert "还是参加" in browser.get(address("detail", inspection)).content.decode()
    browser.post(address("sign_up", inspection))
    assert part(inspection, chen).state == Attendance.SIGNED_UP


def test_leave_refused_is_told_with_the_reason_and_asks_again(inspection, zhao, chen, signed_in):
    workflow.ask_leave(inspection, person=chen.person, reason="出差", by=chen, now=moment(3, 5))
    workflow.decide_leave(inspection, person=chen.person, granted=False, reason="人数不够", by=zhao, now=moment(3, 5))

    html = signed_in(chen).get(address("detail", inspection)).content.decode()

    assert "上次请假没有批准：人数不够" in html
    assert ">参加</button>" in html


# ---- who may not


@pytest.mark.parametrize("name", ["detail", "sign_up", "leave", "sign_in"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_activity_does_not_exist_for_who_is_not_asked(inspection, lin, signed_in, everything, name, method):
    before = everything()

    answer = getattr(signed_in(lin), method)(address(name, inspection))

    assert answer.status_code == (405 if (name, method) == ("detail", "post") else 404)
    assert everything() == before


@pytest.mark.parametrize("name", ["detail", "sign_up", "leave", "sign_in"])
def test_activity_that_is_only_planned_does_not_exist_yet(plan, zhao, chen, signed_in, name):
    activity = plan()
    workflow.invite(activity, people=[chen.person], by=zhao, now=moment(3, 5))

    assert signed_in(chen).get(address(name, activity)).status_code == 404


@pytest.mark.parametrize("name", ["sign_up", "leave", "sign_in"])
def test_other_roles_have_no_answers(inspection, wu, zhao, shen, signed_in, name):
    for user in (wu, zhao, shen):
        assert signed_in(user).post(address(name, inspection)).status_code == 403
        assert signed_in(user).get(address(name, inspection)).status_code == 403


def test_staff_are_led_from_a_line_of_a_file_to_the_page_they_work_on(inspection, zhao, shen, wu, signed_in):
    for user in (zhao, shen):
        assert signed_in(user).get(address("detail", inspection))["Location"] == inspection.get_absolute_url()
    assert signed_in(wu).get(address("detail", inspection)).status_code == 403


def test_account_without_a_person_is_asked_to_nothing(inspection, lin, signed_in):
    person = lin.person
    person.mandates.all().delete()
    person.user = None
    person.save()

    assert signed_in(lin).get(LIST).status_code == 200
    assert signed_in(lin).get(address("detail", inspection)).status_code == 404


def test_button_pressed_after_the_session_ended_leads_to_the_page_and_does_nothing(inspection, part, visitor, chen):
    pressed = visitor.post(address("sign_up", inspection))
    assert pressed["Location"] == f"/accounts/login/?next={address('sign_up', inspection)}"

    visitor.force_login(chen)
    answer = visitor.get(address("sign_up", inspection))

    assert answer["Location"] == address("detail", inspection)
    assert part(inspection, chen).state == Attendance.INVITED


def test_unknown_activity_is_not_found(chen, committee, signed_in):
    assert signed_in(chen).get("/deputies/activities/999/").status_code == 404


# ---- queries


@pytest.fixture
def activities(clock, announce, request):
    """So many ahead and so many over, each with places."""
    for number in range(request.param):
        announce(title=f"在后面的 {number}", starts_at=moment(3, 20 + number, 9), ends_at=moment(3, 20 + number, 10))
        announce(title=f"以前的 {number}", starts_at=moment(3, 6, 9), ends_at=moment(3, 6, 10 + number))
    clock.move_to(moment(3, 7))


@pytest.mark.parametrize("activities", MANY, indirect=True)
def test_list_query_budget(activities, committee, chen, signed_in, django_assert_num_queries):
    browser = signed_in(chen)

    # person, count; ahead and over with the places of each; the committee and the messages of the frame
    with django_assert_num_queries(SIGNED_IN + 8):
        browser.get(LIST)


@pytest.mark.parametrize("count", MANY)
def test_detail_query_budget(
    announce, committee, zhao, chen, signed_in, count, settings, tmp_path, django_assert_num_queries
):

    settings.MEDIA_ROOT = tmp_path
    activity = announce(places=[f"第 {number} 处" for number in range(count)])
    photos = [accept_photo(upload(picture())) for _ in range(count)]
    workflow.add_files(activity, files=photos, kind=ActivityFileKind.PHOTO, by=zhao, now=moment(3, 5))
    browser = signed_in(chen)

    # person, invitation with its places, files; the committee and the messages of the frame
    with django_assert_num_queries(SIGNED_IN + 6):
        browser.get(address("detail", activity))
