"""The working calendar in the staff admin: a notice pasted or as a table, previewed, recorded; a year by hand."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from openpyxl import Workbook, load_workbook

from congress_portal.common import workflow
from congress_portal.common.calendar_rows import days_of, work_calendar
from congress_portal.common.models import CalendarDay, CalendarYear
from congress_portal.common.workdays import NamedDay
from tests.common.notices import INVENTED_2027, NOTICES, whole_notice
from tests.pages import page_of

LIST = "/admin/common/calendaryear/"
NOTICE, SHEET, CONFIRM, NEXT, TEMPLATE = (
    f"{LIST}{name}/" for name in ("notice", "sheet", "confirm", "next", "template")
)
NOW = datetime(2026, 3, 5, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
OFF, AT_WORK = NamedDay("元旦", is_working=False), NamedDay("元旦", is_working=True)
SIGNED_IN = 2

pytestmark = pytest.mark.usefixtures("clock", "committee")


def year_page(year: int) -> str:
    return f"{LIST}{year}/change/"


def paste(browser, text, year=2027):
    return browser.post(NOTICE, {"year": year, "text": text})


def confirm(browser, preview):
    """Press the button of a preview."""
    form = page_of(preview).form_with("plan")
    assert form.action == CONFIRM
    return browser.post(form.action, {"plan": form.value("plan")})


def record(by, year=2026, *, now=NOW, **changes):
    row = CalendarYear.objects.filter(pk=year).first()
    known = {
        "days": days_of(year),
        "source": row.source if row else "",
        "is_provisional": row.is_provisional if row else True,
        "seen": row.changed_at if row else None,
    }
    return workflow.record_calendar_year(year, by=by, now=now, **known | changes)


def sentences(answer) -> list[str]:
    return [str(error) for errors in answer.context["form"].errors.values() for error in errors]


# ---- a notice by pasting


def test_notice_is_pasted_previewed_and_recorded(zhao, signed_in, everything):
    browser, before = signed_in(zhao), everything()

    preview = paste(browser, whole_notice(2027, INVENTED_2027))

    assert preview.status_code == 200
    assert everything() == before  # nothing is written before the button
    text = page_of(preview).text
    assert "2026年12月31日" not in text  # of this year, so written without it
    assert "12月31日（周四） 元旦 休 放假 新增" in text
    assert "2027年1月3日（周日） 元旦 班 调休上班 新增" in text
    assert "新增 34 天" in text

    answer = confirm(browser, preview)

    assert answer["Location"] == year_page(2027)
    row = CalendarYear.objects.get(pk=2027)
    assert (row.is_provisional, row.source, row.changed_at) == (
        False, "国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕1号）", NOW,
    )  # fmt: skip
    assert row.days.count() == 34
    calendar = work_calendar()
    assert not calendar.is_working_day(date(2026, 12, 31))
    assert calendar.is_working_day(date(2027, 1, 31))
    assert calendar.provisional_years(date(2026, 3, 5), date(2027, 3, 5)) == []
    assert "已记入2027年的工作日历：新增 34 天。" in page_of(browser.get(answer["Location"])).text


def test_preview_tells_new_changed_and_removed_days_apart(zhao, signed_in):
    CalendarDay.objects.filter(day=date(2026, 5, 5)).delete()
    CalendarDay.objects.filter(day=date(2026, 1, 4)).update(name="元旦节")
    CalendarDay.objects.create(day=date(2026, 7, 1), year_id=2026, name="建党节")

    preview = paste(signed_in(zhao), NOTICES[2026], 2026)

    kinds = {change.day: change.kind for change in preview.context["changes"] if change.kind}
    assert kinds == {date(2026, 5, 5): "新增", date(2026, 1, 4): "改为", date(2026, 7, 1): "删去"}
    text = page_of(preview).text
    assert "新增 1 天、改动 1 天、删去 1 天" in text
    assert "1月4日（周日） 元旦 班 调休上班 改动，原来是元旦节上班" in text
    assert "7月1日（周三） 建党节 放假 删去" in text
    confirm(signed_in(zhao), preview)
    assert len(days_of(2026)) == 39
    assert LogEntry.objects.get().change_message == (
        "改为2026年1月4日元旦上班；新增2026年5月5日劳动节放假；删去2026年7月1日建党节放假"
    )


@pytest.mark.parametrize("year", [2016, 2020, 2026])
def test_notice_already_on_file_needs_no_button(zhao, signed_in, year):
    preview = paste(signed_in(zhao), NOTICES[year], year)

    text = page_of(preview).text
    assert "完全一样，不用再记。" in text
    assert f"记入{year}年" not in text


def test_sentence_that_was_not_taken_is_shown(zhao, signed_in):
    text = page_of(paste(signed_in(zhao), NOTICES[2024], 2024)).text

    assert "这一句没有采用：“鼓励各单位安排职工在除夕（2月9日）休息”。" in text


@pytest.mark.parametrize(
    ("text", "year", "sentence"),
    [
        (
            NOTICES[2026].replace("10日（周六）", "11日（周六）"),
            2026,
            "“10月11日（周六）”：2026年10月11日是周日。请核对日期和选的年份。",
        ),
        (whole_notice(2025), 2026, "通知写的是2025年，您选的是2026年。请改选2025年，或者换2026年的通知。"),
        (NOTICES[2026] + "\x00", 2026, "请删掉后再提交。"),
        ("", 2026, "请填写这一项。"),
        ("一" * 10_001, 2026, "最多写 10000 个字，现在是 10001 个字。"),
        (NOTICES[2026], 2040, "列表里没有这一年，请重新选择。"),
        (NOTICES[2026], "", "请填写这一项。"),
        (
            NOTICES[2026] + f"八、{'纪念日' * 7}：9月3日放假1天。",
            2026,
            "2026年9月3日的名称请写 1 至 20 个字，例如春节。",
        ),
    ],
)  # fmt: skip
def test_notice_that_is_not_understood_is_refused_and_kept(zhao, signed_in, everything, text, year, sentence):
    browser = signed_in(zhao)
    before = everything()

    answer = paste(browser, text, year)

    assert answer.status_code == 200
    assert any(sentence in told for told in sentences(answer)), sentences(answer)
    assert "plan" not in {name for form in page_of(answer).forms for name in form.values}
    assert everything() == before
    if "\x00" not in text:
        assert page_of(answer).form_with("text").value("text") == text


def test_day_of_the_neighbouring_notice_is_refused(zhao, signed_in):
    CalendarYear.objects.create(year=2027)
    CalendarDay.objects.create(day=date(2026, 12, 31), year_id=2027, name="元旦")
    text = NOTICES[2026] + "八、休整日：12月31日（周四）放假1天。"

    assert sentences(paste(signed_in(zhao), text, 2026)) == [
        "2026年12月31日已经由2027年的通知安排为元旦。请到2027年的页面上修改。"
    ]


def test_preview_is_refused_when_somebody_was_quicker(zhao, fang, signed_in, clock):
    browser = signed_in(zhao)
    preview = paste(browser, INVENTED_2027)
    record(fang, 2027, days={date(2027, 1, 1): OFF}, now=NOW + timedelta(minutes=22))
    clock.shift(timedelta(hours=1))

    answer = confirm(browser, preview)

    assert answer.status_code == 409
    text = page_of(answer).text
    assert (
        "没有记入：您打开这一页以后，方主任在3月5日 10:22 改过2027年的工作日历。下面已经和现在的日历重新比对。" in text
    )
    assert "新增 33 天" in text
    assert days_of(2027) == {date(2027, 1, 1): OFF}

    assert confirm(browser, answer).status_code == 302  # having seen that, it is a decision
    assert len(days_of(2027)) == 34


def test_second_press_of_the_button_changes_nothing(zhao, signed_in, everything):
    browser = signed_in(zhao)
    preview = paste(browser, INVENTED_2027)
    confirm(browser, preview)
    before = everything()

    answer = confirm(browser, preview)

    assert answer.status_code == 409
    assert "完全一样，不用再记。" in page_of(answer).text
    assert everything() == before


@pytest.mark.parametrize("plan", ["", "x", "W10:1abc:def"])
def test_preview_cannot_be_made_up(zhao, signed_in, everything, plan):
    browser = signed_in(zhao)
    before = everything()

    answer = browser.post(CONFIRM, {"plan": plan}, follow=True)

    assert "没有记入：这份预览已经失效。请重新粘贴通知，或者重新选择文件。" in page_of(answer).text
    assert everything() == before


# ---- the same as a table


def workbook(*rows, head=("日期", "名称", "放假或上班")) -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (["2027年放假安排"], [], list(head), *rows):
        sheet.append(list(row))
    output = io.BytesIO()
    book.save(output)
    return SimpleUploadedFile("放假.xlsx", output.getvalue())


def import_sheet(browser, table, **changes):
    return browser.post(SHEET, {"year": 2027, "source": "市政府通知", "file": table} | changes)


def test_table_is_previewed_and_recorded(zhao, signed_in):
    browser = signed_in(zhao)
    rows = [
        ("2026-12-31", "元旦", "放假"),
        (date(2027, 1, 1), "元旦", "放假"),
        ("２０２７年１月３日", "元旦", "上班"),
    ]

    preview = import_sheet(browser, workbook(*rows, head=("日期", "节日名称", "安排")))
    assert not CalendarYear.objects.filter(year=2027).exists()
    confirm(browser, preview)

    assert days_of(2027) == {date(2026, 12, 31): OFF, date(2027, 1, 1): OFF, date(2027, 1, 3): AT_WORK}
    assert CalendarYear.objects.get(pk=2027).source == "市政府通知"


def test_table_may_be_provisional_without_a_source(zhao, signed_in):
    browser = signed_in(zhao)
    file = workbook(("2027-01-01", "元旦", "放假"))

    confirm(browser, import_sheet(browser, file, source="", is_provisional="on"))

    assert CalendarYear.objects.get(pk=2027).is_provisional
    assert work_calendar().provisional_years(date(2027, 1, 1), date(2027, 1, 2)) == [2027]


GOOD = ("2027-01-01", "元旦", "放假")


def test_row_that_was_taken_for_a_remark_is_shown(zhao, signed_in):
    preview = import_sheet(signed_in(zhao), workbook(GOOD, ("注：以国务院办公厅的通知为准",)))

    assert "以国务院办公厅的通知为准" in page_of(preview).text
    assert len(preview.context["changes"]) == 1


@pytest.mark.parametrize(
    ("rows", "changes", "sentence"),
    [
        ([GOOD, ("2027-1-1", "元旦", "上班")], {}, "第 5 行：2027年1月1日在上面已经写过。请只留一行。"),
        ([("2028-01-01", "元旦", "放假")], {}, "2028年1月1日不是2027年的日子。请改正日期，或者到2028年的页面上填写。"),
        ([("2027-01-01", "元旦", "休息")], {}, "第 4 行 C 列（放假或上班）"),
        ([("元月一日", "元旦", "放假")], {}, "第 4 行 A 列（日期）"),
        ([("2027-01-01", "", "放假")], {}, "第 4 行 B 列（名称）"),
        ([GOOD], {"source": ""}, "请写明依据，例如国办发明电〔2025〕7号；通知还没有公布的，请标为暂定。"),
        ([GOOD], {"file": SimpleUploadedFile("a.xlsx", b"not a workbook")}, "a.xlsx"),
        ([GOOD], {"file": ""}, "请填写这一项。"),
    ],
)  # fmt: skip
def test_table_that_is_not_understood_is_refused(zhao, signed_in, everything, rows, changes, sentence):
    browser = signed_in(zhao)
    before = everything()

    answer = import_sheet(browser, workbook(*rows), **changes)

    assert any(sentence in told for told in sentences(answer)), sentences(answer)
    assert everything() == before


def test_template_has_the_columns_and_is_read_back(zhao, signed_in):
    browser = signed_in(zhao)

    answer = browser.get(TEMPLATE)

    assert "%E6%94%BE%E5%81%87%E5%AE%89%E6%8E%92.xlsx" in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    assert [cell.value.rstrip("*") for cell in sheet[1]] == ["日期", "名称", "放假或上班"]
    sheet.append([date(2027, 1, 1), "元旦", "放假"])
    filled = io.BytesIO()
    book.save(filled)
    preview = import_sheet(browser, SimpleUploadedFile("t.xlsx", filled.getvalue()))
    assert [change.day for change in preview.context["changes"]] == [date(2027, 1, 1)]


# ---- a year by hand


def edit(browser, year, **changes):
    """Send the year's page as it stands, with changes."""
    values = {name: value[0] for name, value in page_of(browser.get(year_page(year))).form_with("seen").values.items()}
    return browser.post(year_page(year), values | changes)


def test_day_is_added_changed_and_removed_by_hand(zhao, signed_in):
    browser = signed_in(zhao)
    first_blank = {"days-39-day": "2026-07-01", "days-39-name": "休整", "days-39-state": "放假"}

    answer = edit(
        browser, 2026, **first_blank, **{"days-0-name": "新年", "days-1-DELETE": "on", "days-3-state": "放假"}
    )

    assert answer["Location"] == year_page(2026)
    days = days_of(2026)
    assert days[date(2026, 7, 1)] == NamedDay("休整", is_working=False)
    assert days[date(2026, 1, 1)] == NamedDay("新年", is_working=False)
    assert date(2026, 1, 2) not in days
    assert days[date(2026, 1, 4)] == OFF
    assert len(days) == 39
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id, entry.object_repr) == (zhao, "2026", "2026年")
    assert entry.change_message == (
        "改为2026年1月1日新年放假；删去2026年1月2日元旦放假；改为2026年1月4日元旦放假；新增2026年7月1日休整放假"
    )
    assert entry.change_message in page_of(browser.get(f"{LIST}2026/history/")).text


def test_two_days_can_change_places(zhao, signed_in):
    edit(signed_in(zhao), 2026, **{"days-0-day": "2026-01-02", "days-1-day": "2026-01-01", "days-1-name": "新年"})

    assert days_of(2026)[date(2026, 1, 1)] == NamedDay("新年", is_working=False)


def test_year_is_marked_provisional_and_settled_again(zhao, signed_in, clock):
    browser = signed_in(zhao)

    edit(browser, 2026, is_provisional="on")
    assert work_calendar().provisional_years(date(2026, 3, 5), date(2026, 4, 1)) == [2026]
    clock.shift(timedelta(minutes=1))
    edit(browser, 2026, is_provisional="", source="国办发明电〔2025〕7号")

    assert CalendarYear.objects.get(pk=2026).source == "国办发明电〔2025〕7号"
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "标为暂定", "依据改为“国办发明电〔2025〕7号”；不再暂定",
    ]  # fmt: skip


def test_saving_without_a_change_changes_nothing(zhao, signed_in, everything):
    browser = signed_in(zhao)
    before = everything()

    answer = edit(browser, 2026)

    assert everything() == before
    assert "和原来的一样，没有改动。" in page_of(browser.get(answer["Location"])).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"days-0-day": "2026-01-02"}, "2026年1月2日写了两次。请只留一行。"),
        ({"days-0-day": "2026-02-30"}, "日期写成 2026-11-24 这样。"),
        ({"days-0-day": ""}, "请填写这一项。"),
        ({"days-0-name": " "}, "请填写这一项。"),
        ({"days-0-name": "长" * 21}, "最多写 20 个字，现在是 21 个字。"),
        ({"days-0-state": "也许"}, "请选择放假或者上班。"),
        ({"days-39-name": "只有名称"}, "请填写这一项。"),
        ({"days-0-day": "2027-01-01"}, "2027年1月1日不是2026年的日子。请改正日期，或者到2027年的页面上填写。"),
        ({"days-0-day": "2025-11-30"}, "2025年11月30日不是2026年的日子。请改正日期，或者到2025年的页面上填写。"),
        ({"source": " "}, "请写明依据，例如国办发明电〔2025〕7号；通知还没有公布的，请标为暂定。"),
        ({f"days-{n}-DELETE": "on" for n in range(39)}, "2026年一天放假也没有。请填写放假和调休的日子，或者标为暂定。"),
        ({"days-TOTAL_FORMS": "x"}, "没有保存：这一页没有完整地传上来。请刷新后重新填写。"),
    ],
)
def test_year_that_cannot_be_is_refused_and_kept(zhao, signed_in, everything, changes, sentence):
    browser = signed_in(zhao)
    before = everything()

    answer = edit(browser, 2026, **changes)

    assert answer.status_code == 200
    assert sentence in page_of(answer).text
    assert answer.content.decode().count('<details class="how year-edit" open>') == 1
    assert everything() == before
    if "days-0-name" in changes:
        assert page_of(answer).form_with("seen").value("days-0-name") == changes["days-0-name"]


def test_second_of_two_editors_sees_what_the_first_wrote(zhao, fang, signed_in, clock):
    browser = signed_in(zhao)
    opened = page_of(browser.get(year_page(2026))).form_with("seen")
    values = {name: value[0] for name, value in opened.values.items()} | {"days-0-name": "新年"}
    record(fang, days=days_of(2026) | {date(2026, 7, 1): NamedDay("休整", is_working=False)}, now=NOW)
    clock.shift(timedelta(minutes=5))

    answer = browser.post(year_page(2026), values)

    assert answer.status_code == 409
    page = page_of(answer)
    assert (
        "方主任在3月5日 10:00 改过2026年的工作日历。您填的还在下面，和上面现在的月历核对后可以再点保存。" in page.text
    )
    assert "1日：休整放假" in page.text
    assert page.form_with("seen").value("days-0-name") == "新年"
    again = {name: value[0] for name, value in page.form_with("seen").values.items()}
    assert browser.post(year_page(2026), again).status_code == 302
    assert days_of(2026)[date(2026, 1, 1)].name == "新年"


def test_year_shows_its_months_in_words_and_marks(shen, signed_in):
    page = page_of(signed_in(shen).get(year_page(2018)))

    assert "1日至7日：国庆节放假" in page.text
    assert "11日：春节调休上班" in page.text
    assert "29日：元旦调休上班 30日至31日：元旦放假" in page.text  # of the notice of 2019
    assert "12月最后几天由下一年的通知安排，见 2019年" in page.text
    assert "11 班" in page.text
    assert "下一年（2019年）" in page.text
    assert "修改依据和日子" not in page.text
    assert [form for form in page.forms if form.method == "post" and form.action == ""] == []


def test_year_without_notice_says_so(shen, signed_in, zhao):
    record(zhao, 2027, days={}, source="")

    browser = signed_in(shen)

    assert "暂定 放假通知还没有公布，按周末计算" in page_of(browser.get(year_page(2027))).text
    assert "2027年 暂定 0 天 0 天 通知还没有公布 3月5日 10:00" in page_of(browser.get(LIST)).text


@pytest.mark.parametrize("year", ["2050", "0", "abc", "99999999999999999999"])
def test_unknown_year_is_not_found(zhao, signed_in, year):
    assert signed_in(zhao).get(f"{LIST}{year}/change/").status_code == 404
    assert signed_in(zhao).post(f"{LIST}{year}/change/").status_code == 404


# ---- the next year


def test_next_year_is_added_provisional_and_only_once(zhao, signed_in):
    browser = signed_in(zhao)
    assert "增加2027年（暂定）" in browser.get(LIST).content.decode()

    assert browser.post(NEXT)["Location"] == year_page(2027)

    row = CalendarYear.objects.get(pk=2027)
    assert (row.is_provisional, row.source, row.days.count()) == (True, "", 0)
    assert LogEntry.objects.get().change_message == "增加，暂定"
    assert "（暂定）" not in browser.get(LIST).content.decode()
    assert "下一年已经在工作日历里。请从列表里打开。" in page_of(browser.post(NEXT, follow=True)).text
    assert CalendarYear.objects.count() == 12


def test_two_who_add_the_next_year_add_it_once(zhao, fang, signed_in, monkeypatch):
    record(fang, 2027, days={})
    monkeypatch.setattr("congress_portal.common.views.next_year", lambda today: 2027)  # read before she was done

    answer = signed_in(zhao).post(NEXT, follow=True)

    assert "方主任在3月5日 10:00 改过2027年的工作日历。" in page_of(answer).text
    assert LogEntry.objects.count() == 1


# ---- the verb


def test_year_that_is_not_next_is_refused(zhao):
    with pytest.raises(workflow.YearNotAllowed, match="工作日历里没有2028年，也还不能增加。"):
        record(zhao, 2028)
    with pytest.raises(workflow.YearNotAllowed, match="2015年"):
        record(zhao, 2015)


def test_only_the_committee_records(cast):
    for name, person in cast.items():
        if name in ("zhao", "sun", "fang"):
            continue
        with pytest.raises(PermissionDenied):
            record(person, is_provisional=True)
    assert not LogEntry.objects.exists()


def test_change_rings_for_everything_that_depends_on_it(
    zhao, signed_in, settings, monkeypatch, django_capture_on_commit_callbacks, clock
):
    rung = []
    monkeypatch.setattr("congress_portal.common.doorbell.ring", lambda task, *, expires: rung.append((task, expires)))
    settings.TASKS_AFTER_CALENDAR_CHANGE = ["one.task", "another.task"]
    both = [("one.task", None), ("another.task", None)]  # swept too seldom for a ring to expire
    browser = signed_in(zhao)

    def during(action):
        rung.clear()
        clock.shift(timedelta(minutes=1))
        with django_capture_on_commit_callbacks(execute=True):
            action()
        return list(rung)

    assert during(lambda: confirm(browser, paste(browser, INVENTED_2027))) == both
    assert during(lambda: edit(browser, 2027, **{"days-0-name": "新年"})) == both
    assert during(lambda: edit(browser, 2027, is_provisional="on")) == both
    assert during(lambda: edit(browser, 2027)) == []
    assert during(lambda: paste(browser, NOTICES[2024], 2024)) == []
    CalendarYear.objects.filter(year=2027).delete()
    assert during(lambda: browser.post(NEXT)) == both


def test_tasks_named_in_the_settings_exist(settings):
    from congress_portal.celery import app

    app.loader.import_default_modules()
    assert set(settings.TASKS_AFTER_CALENDAR_CHANGE) <= set(app.tasks)


# ---- queries


@pytest.mark.parametrize("year_count", [1, 3])
def test_list_of_years_costs_the_same_for_any_number(zhao, signed_in, year_count, django_assert_num_queries):
    CalendarYear.objects.exclude(year__gt=2026 - year_count).delete()
    browser = signed_in(zhao)

    with django_assert_num_queries(SIGNED_IN + 5):
        answer = browser.get(LIST)

    assert len(answer.context["cl"].result_list) == year_count


@pytest.mark.parametrize("day_count", [1, 3])
def test_page_of_a_year_costs_the_same_for_any_number_of_days(zhao, signed_in, day_count, django_assert_num_queries):
    CalendarDay.objects.exclude(day__in=[date(2026, 1, n) for n in range(1, day_count + 1)]).delete()
    browser = signed_in(zhao)

    with django_assert_num_queries(SIGNED_IN + 5):
        browser.get(year_page(2026))


@pytest.mark.parametrize("day_count", [1, 3])
def test_recording_costs_the_same_for_any_number_of_days(zhao, day_count, django_assert_num_queries):
    days = {date(2027, 1, n): OFF for n in range(1, day_count + 1)}
    record(zhao, 2027, days={})

    with django_assert_num_queries(14):
        record(zhao, 2027, days=days, now=NOW + timedelta(minutes=1))


# ---- two at once


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("year", [2026, 2027])
def test_of_two_who_record_a_year_in_one_instant_one_is_refused(zhao, fang, year):
    known, seen = days_of(year), CalendarYear.objects.filter(pk=year).values_list("changed_at", flat=True).first()
    together = threading.Barrier(2, timeout=30)

    def write(person, number):
        together.wait()
        try:
            workflow.record_calendar_year(
                year,
                days=known | {date(year, 7, number): NamedDay("休整", is_working=False)},
                source="通知",
                is_provisional=False,
                seen=seen,
                by=person,
                now=NOW,
            )
        except workflow.CalendarChangedMeanwhile:
            return "refused"
        finally:
            connection.close()
        return "written"

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(write, (zhao, fang), (1, 2)))

    assert sorted(answers) == ["refused", "written"]
    assert len(days_of(year)) == len(known) + 1


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (CONFIRM, "没有记入：这份预览已经失效。请重新粘贴通知，或者重新选择文件。"),
        (NEXT, "还没有增加下一年。请在列表里重新点“增加”。"),
    ],
)
def test_who_had_to_sign_in_again_to_press_a_button_is_sent_to_the_list(address, sentence, zhao, signed_in, everything):
    browser, before = signed_in(zhao), everything()

    answer = browser.get(address, follow=True)

    assert answer.redirect_chain == [(LIST, 302)]
    assert sentence in page_of(answer).text
    assert everything() == before
