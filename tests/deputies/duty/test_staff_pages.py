"""Duty files in the staff admin: the list, deciding in bulk and one by one, entering, correcting, a person's file."""

from __future__ import annotations

import pytest
from django.urls import reverse

from congress_portal.common.models import Job
from deputies.choices import DutyOutcome, DutyStatus
from deputies.models import DutyRecord
from deputies.tasks.duty import PRINT_FILES
from tests.common.pictures import picture, upload
from tests.deputies.duty.lines import log, new_key, photo, post
from tests.factories import DeputyGroupFactory, MandateFactory
from tests.pages import page_of

LIST = "/admin/deputies/dutyrecord/"
TYPED = {
    "kind": "visit",
    "on": "2026-03-02",
    "title": "走访选民",
    "place": "",
    "text": "",
    "outcome": "done",
}


def _url(name: str, record: DutyRecord) -> str:
    return reverse(f"admin:deputies_dutyrecord_{name}", args=[record.pk])


def _chosen(action: str, *records: DutyRecord) -> dict:
    return {"action": action, "_selected_action": [record.pk for record in records], "index": 0}


# ---- the list


def test_tabs_count_and_filter(logged, chen, lin, zhao, signed_in):
    post(lin, by=zhao)
    browser = signed_in(zhao)

    everything = browser.get(LIST)
    waiting = browser.get(LIST, {"queue": "logged"})

    counts = {tab["key"]: tab["count"] for tab in everything.context["tabs"]}
    assert counts == {"logged": 1, "returned": 0, "confirmed": 1, "corrected": 0, "withdrawn": 0, "": 2}
    assert list(waiting.context["cl"].result_list) == [logged]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=visit", 1),
        ("kind=vote", 0),
        ("kind=nonsense", 2),
        ("year=2026", 2),
        ("year=2025", 0),
        ("year=abc", 2),
        ("person={pk}", 1),
        ("person=99999999999999999999", 2),
        ("q=陈思齐", 1),
        ("q=视察", 1),
        ("figure=duty_lines&year=2026", 1),
        ("figure=duty_lines&year=2025", 0),
    ],
)
def test_filters(logged, chen, lin, zhao, signed_in, query, found):
    post(lin, by=zhao)

    page = signed_in(zhao).get(f"{LIST}?{query.format(pk=chen.person.pk)}")

    assert page.status_code == 200
    assert page.context["cl"].result_count == found


def test_photos_are_marked(clock, chen, zhao, signed_in):
    log(chen, photos=[photo(), photo()])

    assert "2 张" in page_of(signed_in(zhao).get(LIST)).text


def test_confirming_many_at_once(logged, lin, zhao, signed_in):
    hers = log(lin)
    browser = signed_in(zhao)

    browser.post(LIST, _chosen("confirm_selected", logged, hers))

    assert set(DutyRecord.objects.counted()) == {logged, hers}
    assert "已确认 2 条。" in page_of(browser.get(LIST)).text


def test_confirming_says_what_was_left_alone(confirmed, lin, sun, signed_in):
    hers = log(lin)
    browser = signed_in(sun)

    browser.post(LIST, _chosen("confirm_selected", confirmed, hers))
    assert "已确认 1 条。另有 1 条不是待确认的，没有动。" in page_of(browser.get(LIST)).text
    browser.post(LIST, _chosen("confirm_selected", confirmed))
    assert "3月4日 10:00，赵经办办了“确认”" in page_of(browser.get(LIST)).text


def test_returning_many_asks_for_one_reason(logged, lin, zhao, signed_in):
    hers = log(lin)
    browser = signed_in(zhao)

    page = browser.post(LIST, _chosen("return_selected", logged, hers))
    form = page_of(page).form_with("reason")
    assert "退回 2 条履职记录" in page_of(page).text
    assert DutyRecord.objects.waiting().count() == 2

    url = reverse("admin:deputies_dutyrecord_return")
    empty = browser.post(url, {"pks": form.value("pks"), "reason": ""})
    assert empty.context["form"].errors["reason"] == ["请写明为什么退回、怎样修改，本人会看到这段话。"]
    assert page_of(empty).form_with("reason").value("pks") == form.value("pks")
    browser.post(url, {"pks": form.value("pks"), "reason": "请补充地点。"})

    assert {record.return_reason for record in DutyRecord.objects.all()} == {"请补充地点。"}
    assert "已退回 2 条" in page_of(browser.get(LIST)).text


@pytest.mark.parametrize("pks", ["", "abc", "0", "99999999999999999999", ",,,"])
def test_returning_nothing_is_refused(clock, zhao, signed_in, pks):
    browser = signed_in(zhao)

    answer = browser.post(reverse("admin:deputies_dutyrecord_return"), {"pks": pks, "reason": "请补充。"})

    assert answer.status_code == 409
    assert "没有待确认的" in page_of(answer).text


def test_nobody_deletes_or_edits_a_line(confirmed, fang, signed_in):
    browser = signed_in(fang)

    assert browser.post(_url("delete", confirmed)).status_code == 403
    assert browser.post(_url("change", confirmed), TYPED).status_code == 403
    assert "delete_selected" not in browser.get(LIST).content.decode()


def test_the_auditor_reads_and_decides_nothing(logged, shen, signed_in):
    browser = signed_in(shen)

    assert "action-select" not in browser.get(LIST).content.decode()
    page = browser.get(_url("change", logged))
    assert page.status_code == 200
    assert not page.context["may_confirm"]
    for address in (_url("confirm", logged), _url("correct", logged), reverse("admin:deputies_dutyrecord_return")):
        assert browser.post(address, {"pks": logged.pk, "reason": "x"}).status_code == 403


# ---- one line


def test_the_page_of_a_line_shows_photos_and_history(clock, chen, zhao, signed_in):
    record = log(chen, photos=[photo("现场.jpg")])

    page = signed_in(zhao).get(_url("change", record))

    text = page_of(page).text
    assert "本人补记" in text
    assert "待确认" in text
    assert reverse("deputies:duty_photo", args=[record.photos.get().pk]) in page.content.decode()
    assert [step["title"] for step in page.context["timeline"]] == ["本人补记"]


def test_confirming_one(logged, zhao, signed_in):
    browser = signed_in(zhao)

    assert browser.get(_url("confirm", logged)).status_code == 405
    assert browser.post(_url("confirm", logged)).url == f"{LIST}?queue=logged"
    logged.refresh_from_db()
    assert logged.status == DutyStatus.CONFIRMED
    browser.post(_url("confirm", logged))
    assert "这条记录现在是“已确认”" in page_of(browser.get(LIST)).text


def test_confirming_ones_own_line_is_forbidden(logged, chen, zhao, signed_in):
    chen.role = "clerk"
    chen.save()
    browser = signed_in(chen)

    assert "要由其他工作人员确认或者退回" in page_of(browser.get(_url("change", logged))).text
    refused = browser.post(_url("confirm", logged))
    assert refused.status_code == 403
    assert browser.post(LIST, _chosen("confirm_selected", logged)).status_code == 403
    assert browser.post(LIST, _chosen("return_selected", logged)).status_code == 403
    assert browser.get(reverse("admin:deputies_dutyrecord_return"), {"pk": logged.pk}).status_code == 403
    logged.refresh_from_db()
    assert logged.status == DutyStatus.LOGGED


def test_returning_one(logged, zhao, signed_in):
    browser = signed_in(zhao)
    url = reverse("admin:deputies_dutyrecord_return")

    form = page_of(browser.get(url, {"pk": logged.pk})).form_with("reason")
    browser.post(url, {"pks": form.value("pks"), "reason": "请补充。"})

    logged.refresh_from_db()
    assert (logged.status, logged.return_reason) == (DutyStatus.RETURNED, "请补充。")
    assert browser.get(url, {"pk": logged.pk}).url == f"{LIST}?queue=logged"


def test_correcting(confirmed, sun, signed_in):
    browser = signed_in(sun)
    page = browser.get(_url("correct", confirmed))
    assert page_of(page).form_with("reason").value("title") == confirmed.title

    nothing = browser.post(_url("correct", confirmed), TYPED | {"reason": ""})
    assert nothing.context["form"].errors["reason"] == ["请写明为什么更正，本人会看到这段话。"]
    ahead = browser.post(_url("correct", confirmed), TYPED | {"reason": "改。", "on": "2026-03-06"})
    assert "日期不能晚于今天" in ahead.context["form"].errors["on"][0]
    browser.post(_url("correct", confirmed), TYPED | {"reason": "写错了。", "outcome": "absent"})

    confirmed.refresh_from_db()
    assert confirmed.status == DutyStatus.CORRECTED
    assert confirmed.correction.outcome == DutyOutcome.ABSENT
    assert "看更正后的记录" in page_of(browser.get(_url("change", confirmed))).text
    assert "看更正前的记录" in page_of(browser.get(_url("change", confirmed.correction))).text
    assert browser.get(_url("correct", confirmed)).url == _url("change", confirmed)
    late = browser.post(_url("correct", confirmed), TYPED | {"reason": "再改。", "title": "别的"})
    assert late.status_code == 409


def test_an_unknown_line_is_not_found(clock, zhao, signed_in):
    browser = signed_in(zhao)

    for name in ("confirm", "correct"):
        assert browser.post(f"{LIST}999999/{name}/").status_code == 404


# ---- entering


def test_entering_a_line_for_somebody(clock, committee, chen, zhao, signed_in):
    browser = signed_in(zhao)
    page = browser.get(f"{LIST}add/", {"person": chen.person.pk})
    form = page_of(page).form_with("title")
    assert form.value("person") == str(chen.person.pk)

    data = TYPED | {"person": chen.person.pk, "form_key": form.value("form_key"), "photos": [upload(picture())]}
    answer = browser.post(f"{LIST}add/", data)

    record = DutyRecord.objects.get()
    assert answer.url == _url("change", record)
    assert (record.status, record.logged_by, record.photos.count()) == (DutyStatus.CONFIRMED, zhao, 1)
    browser.post(f"{LIST}add/", TYPED | {"person": chen.person.pk, "form_key": form.value("form_key")})
    assert DutyRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"on": "2026-03-06"}, "on", "日期不能晚于今天"),
        ({"on": "2020-03-06"}, "on", "不在陈思齐的任职期间"),
        ({"person": ""}, "person", "请选择是谁的履职。"),
        ({"person": "999999"}, "person", "名册里没有这个人，请重新选择。"),
    ],
)
def test_entering_is_refused_at_the_field(clock, committee, chen, zhao, signed_in, typed, field, words):
    page = signed_in(zhao).post(f"{LIST}add/", TYPED | {"person": chen.person.pk, "form_key": new_key()} | typed)

    assert any(words in error for error in page.context["form"].errors[field])
    assert not DutyRecord.objects.exists()


def test_entering_about_oneself_is_forbidden(clock, committee, chen, signed_in):
    chen.role = "clerk"
    chen.save()

    refused = signed_in(chen).post(f"{LIST}add/", TYPED | {"person": chen.person.pk, "form_key": new_key()})

    assert refused.status_code == 403
    assert not DutyRecord.objects.exists()


# ---- files


def test_a_persons_file_for_staff(corrected, chen, zhao, signed_in):
    page = signed_in(zhao).get(reverse("admin:deputies_person_file", args=[chen.person.pk]))

    assert "陈思齐的履职档案" in page_of(page).text
    assert "<s>走访凤鸣路商户</s>" in page.content.decode()
    assert page.context["of_year"].totals.done == 1


def test_files_for_who_may(cast, signed_in):
    url = reverse("admin:deputies_person_file", args=[cast["chen"].person.pk])
    sees = {"zhao", "sun", "fang", "shen"}

    for name, user in cast.items():
        browser = signed_in(user)
        if not user.is_staff:  # the door of the admin refuses them
            assert browser.get(url).url.startswith("/admin/login/"), name
            continue
        assert browser.get(url).status_code == (200 if name in sees else 403), name
        prints = browser.post(f"{url}print/").status_code
        assert prints == (302 if name in ("zhao", "sun", "fang") else 403), name
    assert signed_in(cast["zhao"]).get("/admin/deputies/dutyrecord/person/999999/").status_code == 404


def test_printing_a_file_is_a_job(clock, chen, zhao, signed_in, monkeypatch):
    monkeypatch.setattr("deputies.views.duty_staff.missing_for_pdf", lambda: [])
    url = reverse("admin:deputies_person_file_print", args=[chen.person.pk])

    answer = signed_in(zhao).post(url, {"year": "2026"})

    job = Job.objects.get(kind=PRINT_FILES)
    assert answer.url == f"/admin/jobs/{job.pk}/"
    assert job.params == {"person": chen.person.pk, "year": 2026}


def test_binding_a_book_is_a_job(clock, committee, chen, zhao, signed_in, monkeypatch):
    monkeypatch.setattr("deputies.views.duty_staff.missing_for_pdf", lambda: [])
    group = DeputyGroupFactory(name="第一代表小组")
    MandateFactory(person=chen.person, group=group)
    browser = signed_in(zhao)
    url = reverse("admin:deputies_dutyrecord_book")

    page = browser.get(url, {"group": group.pk})
    assert page_of(page).form_with("group").value("group") == str(group.pk)
    browser.post(url, {"group": group.pk, "year": "2026"})
    browser.post(url, {"group": "", "year": ""})

    first, second = Job.objects.order_by("pk")
    assert (first.title, first.params) == ("第一代表小组履职档案（2026年） PDF", {"group": group.pk, "year": 2026})
    assert (second.title, second.params) == ("全体代表和议事员履职档案 PDF", {"group": None, "year": None})


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"group": "empty", "year": "2026"}, "__all__", "没有在任的代表和议事员"),
        ({"group": "999", "year": "2026"}, "group", "列表里没有这个小组"),
        ({"group": "", "year": "1900"}, "year", "列表里没有这一年"),
    ],
)
def test_a_book_that_cannot_be(clock, committee, chen, zhao, signed_in, monkeypatch, typed, field, words):
    monkeypatch.setattr("deputies.views.duty_staff.missing_for_pdf", lambda: [])
    empty = DeputyGroupFactory()
    data = {name: str(empty.pk) if value == "empty" else value for name, value in typed.items()}

    page = signed_in(zhao).post(reverse("admin:deputies_dutyrecord_book"), data)

    assert any(words in error for error in page.context["form"].errors[field])
    assert not Job.objects.exists()


def test_a_book_waits_for_fonts(clock, committee, chen, zhao, signed_in, monkeypatch):
    monkeypatch.setattr("deputies.views.duty_staff.missing_for_pdf", lambda: ["公文字体"])

    page = signed_in(zhao).post(reverse("admin:deputies_dutyrecord_book"), {"group": "", "year": ""})

    assert page.context["form"].errors["__all__"] == ["还不能生成 PDF：公文字体"]
