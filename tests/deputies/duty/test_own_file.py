"""One's own duty file on a phone: what it shows, logging, changing and taking back, printing, and whose it is."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from congress_portal.common import jobs
from congress_portal.common.models import Job
from deputies import workflow
from deputies.choices import DutyOutcome, DutyStatus
from deputies.models import DutyRecord
from deputies.tasks.duty import PRINT_FILES
from tests.common.pictures import picture, upload
from tests.deputies.duty.lines import LINE, STATES, log, new_key, photo, post
from tests.factories import UserFactory
from tests.pages import page_of
from tests.suggestions.story import TODAY

FILE, NEW = "/deputies/file/", "/deputies/duty/new/"
TYPED = {
    "kind": "visit",
    "on": "2026-03-02",
    "title": "走访凤鸣路商户",
    "place": "凤鸣路",
    "text": "商户反映停车难。",
}


def _update(record) -> str:
    return reverse("deputies:duty_update", args=[record.pk])


def _take_back(record) -> str:
    return reverse("deputies:duty_take_back", args=[record.pk])


def _status(answer) -> int:
    """Read an answer to its end, so that its file is closed."""
    if answer.streaming:
        answer.getvalue()
    return answer.status_code


def _photo_url(record) -> str:
    return reverse("deputies:duty_photo", args=[record.photos.get().pk])


# ---- the page


def test_the_file_counts_by_kind_year_and_month(clock, chen, zhao, signed_in):
    post(chen, by=zhao)
    post(chen, by=zhao, source_key="b", on=date(2026, 2, 20))
    post(chen, by=zhao, source_key="c", outcome=DutyOutcome.EXCUSED)
    post(chen, by=zhao, source_key="d", outcome=DutyOutcome.ABSENT, on=date(2026, 1, 3))
    post(chen, by=zhao, source_key="e", on=date(2025, 12, 31))
    log(chen)  # waits: counted nowhere

    page = signed_in(chen).get(FILE)

    context = page.context
    assert context["tabs"] == [2026, 2025]
    totals = context["of_year"].totals
    assert (totals.done, totals.excused, totals.absent) == (2, 1, 1)
    assert [(box.number, box.count) for box in context["of_year"].boxes if box.count] == [(2, 2)]
    assert context["of_year"].active_months == 1
    assert context["kinds"] == [("视察", 2, 3)]
    assert [(month.number, len(month.lines)) for month in context["months"]] == [(3, 1), (2, 3), (1, 1)]
    text = page_of(page).text
    for words in ("1 个月有履职", "待确认", "请假", "缺席", "各年共 1 条待确认"):
        assert words in text


def test_another_year_is_chosen_by_its_address(clock, chen, zhao, signed_in):
    post(chen, by=zhao, on=date(2025, 12, 31))

    page = signed_in(chen).get(FILE, {"year": "2025"})

    assert page.context["year"] == 2025
    assert [month.number for month in page.context["months"]] == [12]


@pytest.mark.parametrize("year", ["", "abc", "99999", "-1", "2025.5", "٢٠٢٥"])
def test_an_odd_year_is_this_year(clock, chen, signed_in, year):
    page = signed_in(chen).get(FILE, {"year": year})

    assert page.status_code == 200
    assert page.context["year"] == 2026


@pytest.mark.parametrize("state", STATES)
def test_what_the_file_says_of_a_line(in_state, chen, signed_in, state):
    in_state(state)

    text = page_of(signed_in(chen).get(FILE)).text

    says = {
        "logged": "待确认",
        "returned": "退回原因：日期应为 3月2日。",
        "confirmed": "走访凤鸣路商户",
        "posted": "视察菜场改造",
        "corrected": "3月5日由孙经办更正：事项写错了。",
        "withdrawn": "这一年还没有记录",
    }
    assert says[state] in text
    assert ("修改或撤回" in text) == (state in ("logged", "returned"))


def test_a_corrected_line_is_struck_through_and_the_new_one_stands(corrected, chen, signed_in):
    html = signed_in(chen).get(FILE).content.decode()

    assert "<s>走访凤鸣路商户</s>" in html
    assert "走访商户，了解停车难" in html
    assert "更正后的记录" in html


def test_an_account_without_a_person_is_told_whom_to_ask(clock, committee, signed_in):
    browser = signed_in(UserFactory(role="deputy"))

    assert "还没有登记任职" in page_of(browser.get(FILE)).text
    assert browser.get(NEW).status_code == 404
    assert browser.post(FILE + "print/").status_code == 404


# ---- logging


def test_logging_from_the_phone(clock, chen, signed_in):
    browser = signed_in(chen)
    key = page_of(browser.get(NEW)).form_with("title").value("form_key")

    answer = browser.post(NEW, TYPED | {"form_key": key, "photos": [upload(picture()), upload(picture())]})

    assert answer.url == "/deputies/file/?year=2026"
    record = DutyRecord.objects.get()
    assert (record.person, record.status, record.title) == (chen.person, DutyStatus.LOGGED, "走访凤鸣路商户")
    assert record.photos.count() == 2
    page = browser.get(answer.url)
    assert f'data-draft-done="{chen.pk}:duty-new"' in page.content.decode()
    assert "已记下，等街道人大工委确认" in page_of(page).text
    assert "data-draft-done" not in browser.get(FILE).content.decode()


def test_ten_clicks_log_one_line(clock, chen, signed_in):
    browser, key = signed_in(chen), new_key()

    for _ in range(10):
        browser.post(NEW, TYPED | {"form_key": key})

    assert DutyRecord.objects.count() == 1


@pytest.mark.parametrize("key", ["", "kurz", "x" * 500])
def test_a_lost_key_is_made_good(clock, chen, signed_in, key):
    assert signed_in(chen).post(NEW, TYPED | {"form_key": key}).status_code == 302
    assert DutyRecord.objects.count() == 1


def test_a_used_form_says_so_and_may_be_sent_again(clock, chen, signed_in):
    browser, key = signed_in(chen), new_key()
    browser.post(NEW, TYPED | {"form_key": key})

    page = browser.post(NEW, TYPED | {"form_key": key, "title": "另一件事"})
    assert "这张表已经记过一条" in page_of(page).text
    fresh = page_of(page).form_with("title").value("form_key")
    assert fresh != key
    browser.post(NEW, TYPED | {"form_key": fresh, "title": "另一件事"})

    assert DutyRecord.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"on": "2026-03-06"}, "on", "日期不能晚于今天"),
        ({"on": "2021-03-06"}, "on", "2021年3月6日不在陈思齐的任职期间（县（市、区）人大代表，2022年1月10日起）"),
        ({"on": ""}, "on", "请填履职的那一天。"),
        ({"on": "三月二日"}, "on", "日期写成 2026-11-24 这样。"),
        ({"kind": ""}, "kind", "请选择是哪一类履职。"),
        ({"kind": "nothing"}, "kind", "请在列表里选择类型。"),
        ({"title": ""}, "title", "请用一句话写明做了什么。"),
        ({"title": "字" * 81}, "title", "最多写 80 个字，现在是 81 个字。请删减后再提交。"),
        ({"text": "字" * 2001}, "text", "最多写 2000 个字，现在是 2001 个字。请删减后再提交。"),
        ({"title": "a\x00b"}, "title", "第 2 个字是看不见的控制字符，请删掉后再提交。"),
    ],
)
def test_a_mistake_stands_at_its_field_and_what_was_typed_stays(clock, chen, signed_in, typed, field, words):
    page = signed_in(chen).post(NEW, TYPED | {"form_key": new_key()} | typed)

    assert page.status_code == 200
    assert any(words in error for error in page.context["form"].errors[field])
    assert page_of(page).form_with("title").value("place") == "凤鸣路"
    assert not DutyRecord.objects.exists()


def test_five_photos_and_what_is_no_photo_are_refused(clock, chen, signed_in):
    browser = signed_in(chen)

    five = browser.post(NEW, TYPED | {"photos": [upload(picture()) for _ in range(5)]})
    text = browser.post(NEW, TYPED | {"photos": [upload(b"text", "a.jpg"), upload(picture(), "good.jpg")]})

    assert five.context["form"].errors["photos"] == ["最多选 4 个，现在选了 5 个。请去掉多的，重新选择。"]
    assert "不是照片" in text.context["form"].errors["photos"][0]
    assert "请重新选择上次选的 1 张：good.jpg" in page_of(text).text
    assert not DutyRecord.objects.exists()


# ---- changing


def test_changing_a_returned_line(returned, chen, signed_in):
    browser = signed_in(chen)
    page = browser.get(_update(returned))
    assert "已退回。原因：日期应为 3月2日。" in page_of(page).text
    assert page_of(page).form_with("title").value("title") == LINE["title"]

    answer = browser.post(_update(returned), TYPED | {"title": "走访商户", "photos": [upload(picture())]})

    assert answer.status_code == 302
    returned.refresh_from_db()
    assert (returned.status, returned.title, returned.photos.count()) == (DutyStatus.LOGGED, "走访商户", 1)
    assert f'data-draft-done="{chen.pk}:duty-{returned.pk}"' in browser.get(answer.url).content.decode()


def test_dropping_a_photo(clock, chen, signed_in):
    record = log(chen, photos=[photo(), photo()])
    first = record.photos.first()

    signed_in(chen).post(_update(record), TYPED | {"drop_photos": [first.pk]})

    assert record.photos.count() == 1
    assert not record.photos.filter(pk=first.pk).exists()


def test_a_fifth_photo_is_refused_at_its_field(clock, chen, signed_in):
    record = log(chen, photos=[photo() for _ in range(4)])

    page = signed_in(chen).post(_update(record), TYPED | {"photos": [upload(picture())]})

    assert page.context["form"].errors["photos"] == ["一条记录最多 4 张照片，现在是 5 张。请去掉几张。"]


def test_who_comes_too_late_is_told_what_happened(confirmed, chen, signed_in):
    browser = signed_in(chen)

    assert browser.get(_update(confirmed)).url == "/deputies/file/?year=2026"
    late = browser.post(_update(confirmed), TYPED)
    assert late.status_code == 409
    assert "3月4日 10:00，赵经办办了“确认”" in page_of(late).text
    browser.post(_take_back(confirmed))
    assert "这条记录现在是“已确认”" in page_of(browser.get(FILE)).text

    confirmed.refresh_from_db()
    assert confirmed.status == DutyStatus.CONFIRMED


def test_taking_back(logged, chen, signed_in):
    browser = signed_in(chen)
    browser.post(_take_back(logged))

    logged.refresh_from_db()
    assert logged.status == DutyStatus.WITHDRAWN
    assert "已撤回“走访凤鸣路商户”" in page_of(browser.get(FILE)).text


# ---- whose it is


def test_nobody_but_staff_reads_another_ones_file(cast, signed_in, visitor):
    """Not a line, not a photo, not by any address."""
    hers = log(cast["lin"], photos=[photo()])
    sees_photo = {"lin", "zhao", "sun", "fang", "shen"}

    for name, user in cast.items():
        browser = signed_in(user)
        assert _status(browser.get(_photo_url(hers))) == (200 if name in sees_photo else 404), name
        may_open = {"lin": 200, "chen": 404, "he": 404}.get(name, 403)
        assert browser.get(_update(hers)).status_code == may_open, name
        if name != "lin":
            assert browser.post(_update(hers), TYPED).status_code == (404 if name in ("chen", "he") else 403), name
            assert browser.post(_take_back(hers)).status_code == (404 if name in ("chen", "he") else 403), name
        if name in ("chen", "he"):
            assert hers.title not in browser.get(FILE).content.decode()
    assert visitor.get(_photo_url(hers)).status_code == 404
    assert visitor.get(_update(hers)).url.startswith("/accounts/login/")
    hers.refresh_from_db()
    assert hers.status == DutyStatus.LOGGED


def test_the_list_and_the_predicate_agree(cast, everybody, zhao):
    """``visible_to`` lists the very lines that ``can_view_duty`` allows."""
    from deputies import permissions

    log(cast["chen"])
    log(cast["he"])
    post(cast["lin"], by=zhao)
    lines = list(DutyRecord.objects.select_related("person"))

    for name, user in everybody.items():
        listed = set(DutyRecord.objects.visible_to(user))
        assert listed == {line for line in lines if permissions.can_view_duty(user, line)}, name
        expected = {"chen": 1, "lin": 1, "he": 1, "zhao": 3, "sun": 3, "fang": 3, "shen": 3}.get(name, 0)
        assert len(listed) == expected, name


def test_photos_are_kept_by_no_cache(clock, chen, signed_in):
    answer = signed_in(chen).get(_photo_url(log(chen, photos=[photo()])))

    assert _status(answer) == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("address", ["/deputies/duty/999999/", "/deputies/duty/999999/take-back/"])
def test_an_unknown_line_is_not_found(clock, chen, signed_in, address):
    browser = signed_in(chen)

    assert browser.post(address).status_code == 404


# ---- printing


def test_printing_ones_own_file_is_a_job(clock, chen, signed_in, monkeypatch):
    monkeypatch.setattr("deputies.views.duty.missing_for_pdf", lambda: [])

    answer = signed_in(chen).post(FILE + "print/")

    job = Job.objects.get(kind=PRINT_FILES)
    assert answer.url == f"/jobs/{job.pk}/"
    assert (job.requested_by, job.params) == (chen, {"person": chen.person.pk, "year": None})
    assert job.title == "陈思齐履职档案 PDF"


def test_printing_waits_for_fonts(clock, chen, signed_in, monkeypatch):
    monkeypatch.setattr("deputies.views.duty.missing_for_pdf", lambda: ["公文字体"])
    browser = signed_in(chen)

    assert browser.post(FILE + "print/").url == FILE
    assert "现在不能生成 PDF" in page_of(browser.get(FILE)).text
    assert not Job.objects.exists()


def test_printing_is_asked_for_by_a_button(clock, chen, signed_in):
    assert signed_in(chen).get(FILE + "print/").status_code == 405
    assert not Job.objects.filter(kind=PRINT_FILES).exists()


def test_another_ones_printed_file_does_not_exist(clock, chen, lin, signed_in):
    job = jobs.enqueue(kind=PRINT_FILES, title="x", params={"person": chen.person.pk, "year": None}, by=chen)

    assert signed_in(lin).get(f"/jobs/{job.pk}/").status_code == 404


def test_the_verbs_take_the_clock_of_the_view(clock, chen, signed_in):
    clock.move_to(TODAY.replace(day=9))
    signed_in(chen).post(NEW, TYPED | {"on": "2026-03-09"})

    assert DutyRecord.objects.get().created_at == TODAY.replace(day=9)
    assert workflow.MAX_PHOTOS == 4
