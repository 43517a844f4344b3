"""Signing in by the code on the screen: scanned or typed, and every way in which it does not work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from deputies import workflow
from deputies.choices import Attendance
from deputies.sign_in_codes import sign_in_code
from tests.factories import PASSWORD
from tests.pages import page_of
from tests.suggestions.story import moment

ARRIVES = moment(3, 9, 8, 50)


def address(activity) -> str:
    return reverse("deputies:activity_sign_in", args=[activity.pk])


@pytest.fixture
def there(clock, committee, inspection):
    """It is ten minutes to nine, in front of the screen."""
    clock.move_to(ARRIVES)
    return inspection


@pytest.fixture
def screen(there):
    return sign_in_code(there.pk, now=ARRIVES)


def test_scanned_code_opens_a_page_with_one_button_and_the_button_signs_in(there, screen, part, chen, signed_in):
    browser = signed_in(chen)
    page = page_of(browser.get(screen.url_path))
    form = page.form_with("code")
    assert part(there, chen).state == Attendance.INVITED  # opening it changed nothing

    answer = browser.post(form.action, {"code": form.value("code")}, follow=True)

    row = part(there, chen)
    assert (row.state, row.signed_in_at, row.signed_in_by) == (Attendance.PRESENT, ARRIVES, None)
    assert "已签到，8:50。" in answer.content.decode()
    assert "已到场" in answer.content.decode()


def test_who_has_to_sign_in_to_the_portal_first_keeps_the_code(there, screen, part, chen):
    browser = Client()
    to_login = browser.get(screen.url_path)
    login = page_of(browser.get(to_login["Location"])).form_with("username")

    back = browser.post(to_login["Location"], {"username": "chen", "password": PASSWORD, "next": login.value("next")})

    assert back["Location"] == screen.url_path
    form = page_of(browser.get(back["Location"])).form_with("code")
    browser.post(form.action, {"code": form.value("code")})
    assert part(there, chen).state == Attendance.PRESENT


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_six_digits_are_typed_with_or_without_spaces(there, screen, part, chen, signed_in, typed):
    page = signed_in(chen).get(address(there))
    assert "现场屏幕上的六位数字" in page.content.decode()

    signed_in(chen).post(address(there), {"code": typed.format(screen.code)})

    assert part(there, chen).state == Attendance.PRESENT


def test_expired_code_is_refused_with_when_it_was_valid(clock, there, screen, part, chen, signed_in):
    clock.move_to(ARRIVES + timedelta(minutes=4))
    browser = signed_in(chen)
    form = page_of(browser.get(screen.url_path)).form_with("code")

    answer = browser.post(form.action, {"code": form.value("code")})

    assert "它在 8:50 到 8:53 之间有效" in answer.content.decode()
    assert "有误：" in answer.content.decode()
    assert part(there, chen).state == Attendance.INVITED
    # What was scanned cannot be mended by hand: the field to type in is empty.
    assert page_of(answer).form_with("code").value("code") == ""


def test_wrong_code_is_refused_and_stays_to_be_mended(there, screen, part, chen, signed_in):
    wrong = f"{(int(screen.code) + 1) % 10**6:06}"

    answer = signed_in(chen).post(address(there), {"code": wrong})

    assert "签到码不对" in answer.content.decode()
    assert page_of(answer).form_with("code").value("code") == wrong
    assert part(there, chen).state == Attendance.INVITED


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "请输入现场屏幕上的签到码"), ("9" * 101, "签到码不对"), ("12\x0034", "看不见的控制字符")],
)
def test_no_code_at_all_is_a_sentence_at_the_field(there, part, chen, signed_in, typed, sentence):
    answer = signed_in(chen).post(address(there), {"code": typed})

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert part(there, chen).state == Attendance.INVITED


def test_guessing_is_stopped(there, screen, part, chen, signed_in):
    browser = signed_in(chen)
    for number in range(10):
        browser.post(address(there), {"code": f"{(int(screen.code) + 1 + number) % 10**6:06}"})

    answer = browser.post(address(there), {"code": screen.code})

    assert "输错太多次" in answer.content.decode()
    assert part(there, chen).state == Attendance.INVITED


def test_second_sign_in_says_when_the_first_was_and_leaves_it(clock, there, screen, part, chen, signed_in):
    workflow.sign_in(there, person=chen.person, code=screen.code, by=chen, now=ARRIVES)
    clock.move_to(ARRIVES + timedelta(minutes=2))
    browser = signed_in(chen)

    answer = browser.post(address(there), {"code": screen.code}, follow=True)

    assert "3月9日 8:50 已经签到，不用再签" in page_of(answer).text
    assert part(there, chen).signed_in_at == ARRIVES
    assert "您已经签到" in browser.get(screen.url_path).content.decode()


@pytest.mark.parametrize(("at", "sentence"), [(moment(3, 9, 7), "还没有开始签到"), (moment(3, 9, 12, 30), "已经结束")])
def test_too_early_and_too_late_are_told(clock, inspection, part, chen, signed_in, at, sentence):
    clock.move_to(at)

    answer = signed_in(chen).post(address(inspection), {"code": sign_in_code(inspection.pk, now=at).code})

    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert part(inspection, chen).state == Attendance.INVITED


def test_after_it_was_put_on_record_or_called_off_there_is_no_button(
    clock, inspection, announce, zhao, chen, signed_in
):
    called_off = announce(title="走访选民")
    workflow.cancel_activity(called_off, reason="下雨", by=zhao, now=moment(3, 6))
    clock.move_to(moment(3, 9, 11))
    workflow.record_held(inspection, by=zhao, now=moment(3, 9, 11))
    browser = signed_in(chen)

    for activity, sentence in ((inspection, "活动已经举行完毕"), (called_off, "活动已经取消")):
        page = browser.get(sign_in_code(activity.pk, now=moment(3, 9, 11)).url_path)
        assert sentence in page.content.decode()
        assert [form for form in page_of(page).forms if "code" in form.values] == []


def test_who_is_in_the_room_and_not_asked_is_told_whom_to_turn_to(there, screen, part, lin, signed_in):
    browser = signed_in(lin)

    scanned = browser.get(screen.url_path)

    assert scanned.status_code == 404
    assert "请找现场的工作人员" in scanned.content.decode()
    without = browser.get(address(there))
    assert without.status_code == 404
    assert there.title not in without.content.decode()
    assert browser.post(address(there), {"code": screen.code}).status_code == 404
    assert there.participations.count() == 2


def test_nobody_signs_in_for_somebody_else(there, screen, part, chen, he, signed_in):
    signed_in(he).post(address(there), {"code": screen.code, "person": chen.person.pk})

    assert part(there, he).state == Attendance.PRESENT
    assert part(there, chen).state == Attendance.INVITED


def test_page_is_never_kept_by_a_cache(there, screen, chen, signed_in):
    assert "no-store" in signed_in(chen).get(screen.url_path)["Cache-Control"]
