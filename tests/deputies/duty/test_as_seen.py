"""What is decided, saved and corrected is what the page had shown: stale pages, second clicks, unlinked accounts."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from deputies import workflow
from deputies.choices import DutyOutcome, DutyStatus
from deputies.models import DutyPhoto, DutyRecord
from deputies.selectors import duty as selectors
from tests.common.pictures import picture, upload
from tests.deputies.duty.lines import LINE, log, photo, post, steps
from tests.pages import page_of
from tests.suggestions.story import TODAY

LIST = "/admin/deputies/dutyrecord/"
RETURN = "/admin/deputies/dutyrecord/return/"
NEW_TEXT = "改过的内容。"
TYPED = {
    "kind": "visit",
    "on": "2026-03-02",
    "title": "走访选民",
    "place": "",
    "text": NEW_TEXT,
}
OTHER = LINE | {"title": "更正后的事项"}


def _page(record: DutyRecord, name: str = "change") -> str:
    return reverse(f"admin:deputies_dutyrecord_{name}", args=[record.pk])


def _change(record: DutyRecord) -> None:
    written = LINE | {"text": NEW_TEXT}
    workflow.change_duty(record, **written, by=record.person.user, now=TODAY)


def _status(record: DutyRecord) -> str:
    record.refresh_from_db()
    return record.status


def _correct(record: DutyRecord, sun, **written) -> DutyRecord:
    values = {**OTHER, "outcome": DutyOutcome.DONE, "reason": "写错了。", **written}
    return workflow.correct_duty(record, **values, by=sun, now=TODAY)


# ---- staff


def test_one_line_is_confirmed_as_it_was_read(logged, zhao, signed_in):
    browser = signed_in(zhao)
    seen = page_of(browser.get(_page(logged))).form_with("seen").value("seen")
    _change(logged)

    stale = browser.post(_page(logged, "confirm"), {"seen": seen})

    assert stale.status_code == 409
    assert "没有改动：您打开这一页以后，本人改过“走访凤鸣路商户”。" in page_of(stale).text
    assert NEW_TEXT in page_of(stale).text
    assert _status(logged) == DutyStatus.LOGGED
    browser.post(_page(logged, "confirm"), {"seen": page_of(stale).form_with("seen").value("seen")})
    assert _status(logged) == DutyStatus.CONFIRMED


def test_one_line_is_returned_as_it_was_read(logged, zhao, signed_in):
    browser = signed_in(zhao)
    seen = page_of(browser.get(RETURN, {"pk": logged.pk})).form_with("reason").value("seen")
    _change(logged)

    stale = browser.post(RETURN, {"pks": logged.pk, "reason": "请补充。", "seen": seen})

    assert stale.status_code == 409
    form = page_of(stale).form_with("reason")
    assert (form.value("reason"), NEW_TEXT in page_of(stale).text) == ("请补充。", True)
    browser.post(RETURN, {"pks": logged.pk, "reason": "请补充。", "seen": form.value("seen")})
    assert _status(logged) == DutyStatus.RETURNED


@pytest.mark.parametrize("seen", ["abc", "-1", "9" * 30, "9" * 5000])
def test_a_forged_last_step_confirms_nothing(logged, zhao, signed_in, seen):
    assert signed_in(zhao).post(_page(logged, "confirm"), {"seen": seen}).status_code == 200
    assert _status(logged) == DutyStatus.LOGGED


def test_a_list_decides_on_what_it_showed_and_names_the_others(logged, lin, zhao, signed_in):
    hers = log(lin, title="接待选民")
    browser = signed_in(zhao)
    sent = {"action": "confirm_selected", "_selected_action": [logged.pk, hers.pk], "index": 0}
    sent["seen"] = page_of(browser.get(LIST)).form_with("action").value("seen")
    _change(logged)

    browser.post(LIST, sent)

    assert (_status(logged), _status(hers)) == (DutyStatus.LOGGED, DutyStatus.CONFIRMED)
    text = page_of(browser.get(LIST)).text
    assert "已确认 1 条。您打开这一页以后，本人改过“走访凤鸣路商户”，没有动，请看清现在的内容再办。" in text


def test_a_list_returns_what_it_showed(logged, lin, zhao, signed_in):
    hers = log(lin, title="接待选民")
    browser = signed_in(zhao)
    sent = {"action": "return_selected", "_selected_action": [logged.pk, hers.pk], "index": 0}
    sent["seen"] = page_of(browser.get(LIST)).form_with("action").value("seen")
    _change(logged)

    form = page_of(browser.post(LIST, sent)).form_with("reason")
    browser.post(RETURN, {"pks": form.value("pks"), "reason": "请补充。", "seen": form.value("seen")})

    assert (_status(logged), _status(hers)) == (DutyStatus.LOGGED, DutyStatus.RETURNED)
    assert "已退回 1 条，本人会收到消息。您打开这一页以后，本人改过“走访凤鸣路商户”" in page_of(browser.get(LIST)).text


def test_unlinking_the_account_makes_nobody_judge_of_their_own_line(logged, chen, signed_in):
    chen.role = "clerk"
    chen.save()
    logged.person.user = None
    logged.person.save()
    browser = signed_in(chen)

    with pytest.raises(PermissionDenied):
        workflow.confirm_duties([logged], by=chen, now=TODAY)
    assert browser.post(_page(logged, "confirm")).status_code == 403
    assert "要由其他工作人员确认或者退回" in page_of(browser.get(_page(logged))).text
    assert _status(logged) == DutyStatus.LOGGED


def test_who_entered_a_line_for_somebody_may_still_correct_it(clock, chen, zhao):
    entered = workflow.enter_duty(chen.person, **LINE, key="k" * 22, by=zhao, now=TODAY)

    assert _correct(entered, zhao).corrects == entered


@pytest.mark.parametrize("ticked", [["abc"], ["9" * 30], ["9" * 5000], ["-1", "\x00", "²"]])
def test_what_is_no_line_is_left_out_of_those_ticked(logged, zhao, signed_in, ticked):
    browser = signed_in(zhao)

    nothing = browser.post(LIST, {"action": "confirm_selected", "_selected_action": ticked, "index": 0})
    assert (nothing.status_code, _status(logged)) == (302, DutyStatus.LOGGED)
    browser.post(LIST, {"action": "confirm_selected", "_selected_action": [*ticked, logged.pk], "index": 0})
    assert _status(logged) == DutyStatus.CONFIRMED


# ---- the person


def test_a_second_click_on_a_change_doubles_no_photo(logged, chen, signed_in):
    browser = signed_in(chen)
    url = reverse("deputies:duty_update", args=[logged.pk])
    seen = page_of(browser.get(url)).form_with("title").value("seen")

    answers = [browser.post(url, TYPED | {"seen": seen, "photos": [upload(picture())]}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (logged.photos.count(), steps(logged)) == (1, ["logged", "changed"])


def test_another_change_from_a_stale_page_is_asked_for_again(logged, chen, signed_in):
    browser = signed_in(chen)
    url = reverse("deputies:duty_update", args=[logged.pk])
    seen = page_of(browser.get(url)).form_with("title").value("seen")
    _change(logged)

    stale = browser.post(url, TYPED | {"seen": seen})

    assert stale.status_code == 409
    form = page_of(stale).form_with("title")
    assert form.value("title") == "走访选民"
    assert browser.post(url, TYPED | {"seen": form.value("seen")}).status_code == 302
    logged.refresh_from_db()
    assert logged.title == "走访选民"


# ---- corrections


def test_a_correction_of_a_correction_shows_the_photos_of_the_first_line(clock, chen, zhao, sun, signed_in):
    first = log(chen, photos=[photo()])
    workflow.confirm_duties([first], by=zhao, now=TODAY)
    latest = _correct(_correct(first, sun), sun, title="再更正")
    url = reverse("deputies:duty_photo", args=[first.photos.get().pk])

    for page in (_page(latest), _page(latest, "correct")):
        assert url in signed_in(zhao).get(page).content.decode()
    file = selectors.duty_file(chen.person, today=date(2026, 3, 5))
    shown = {line.record.pk: len(line.photos) for month in file.months[2026] for line in month.lines}
    assert shown[latest.pk] == 1
    assert DutyPhoto.objects.count() == 1
    for user in (chen, zhao):
        assert b"".join(signed_in(user).get(url))


def test_a_correction_stays_one_after_its_line_stood_again(posted, zhao, sun, signed_in):
    old = _correct(posted, sun)
    workflow.withdraw_duty(source_key=posted.source_key, by=zhao, now=TODAY)
    _correct(post(posted.person.user, by=zhao), sun, title="另一次更正")

    text = page_of(signed_in(zhao).get(_page(old))).text
    assert "来源： 更正" in text or "来源 更正" in text or "来源：更正" in text
    assert "本人补记或者工委代记" not in text
