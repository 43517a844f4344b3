"""The annual summary: its words, its numbers and their lists, the command, and the job behind the button."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from congress_portal.accounts.models import Committee
from congress_portal.annual_summary import tasks
from congress_portal.annual_summary import views as summary_views
from congress_portal.annual_summary.document import SummaryNotPossible, compose
from congress_portal.annual_summary.management.commands import render_summary
from congress_portal.annual_summary.render import to_html
from congress_portal.annual_summary.selectors import all_figures
from congress_portal.common.figures import Figure
from congress_portal.common.models import Job, JobState
from suggestions.choices import Channel, Rating
from tests.common.pdf_reading import embedded_fonts, lines_of, pages_of
from tests.pages import page_of
from tests.suggestions.story import TODAY, moment

SCREEN = "/admin/annual-summary/2026/"


@pytest.fixture
def cases(office, chen, he):
    """One closed, one dissatisfied, one declined, one that waits; from three channels."""
    office.case_in("closed")
    office.case_in("reopened")
    office.decline(office.enter(channel=Channel.COUNCIL).suggestion)
    office.enter(channel=Channel.WECHAT)


@pytest.fixture
def document(cases):
    return compose(year=2026, today=TODAY.date())


def paragraphs_of(document) -> list[tuple[str | Figure, ...]]:
    parts = [part for section in document.sections for part in section.parts]
    return [*document.introduction, *(paragraph for part in parts for paragraph in part.paragraphs)]


def text_of(document) -> list[str]:
    return [
        "".join(run.text.replace(" ", "") if isinstance(run, Figure) else run for run in paragraph)
        for paragraph in paragraphs_of(document)
    ]


def figures_of(paragraph) -> dict[str, str]:
    """Return the numbers of a paragraph, with what they count of suggestions."""
    return {run.key.removeprefix("suggestions."): run.text for run in paragraph if isinstance(run, Figure)}


# ---- what it says


def test_summary_says_the_year_in_the_committees_words(document):
    assert document.title == "云禾街道人大工委2026年度工作总结"
    lines = text_of(document)
    assert lines[0].startswith(
        "2026年，云禾街道人大工委在安澜区人大常委会和街道党工委的领导下，依靠1名人大代表和1名居民议事员"
    )
    assert lines[1] == "2026年尚未结束，本文数字统计到2026年3月5日。"
    assert [figures_of(line) for line in paragraphs_of(document)[2:]] == [
        {"received": "4 件", "received.council": "1 件", "received.wechat": "1 件", "received.web": "2 件",
         "declined": "1 件", "handled": "3 件"},
        {"received.council.since": "1 件", "closed.council.since": "0 件",
         "received.wechat.since": "1 件", "closed.wechat.since": "0 件"},
        {"handled": "3 件", "closed": "1 件", "closure_rate": "33.3%", "solved": "1 件"},
        {"evaluated": "2 件", "process_satisfied": "2 件", "process_satisfaction": "100.0%", "process_content": "2 件",
         "process_content_rate": "100.0%"},
        {"evaluated": "2 件", "result_satisfied": "1 件", "result_satisfaction": "50.0%", "result_content": "1 件",
         "result_content_rate": "50.0%", "result_dissatisfied": "1 件"},
    ]  # fmt: skip


def test_summary_names_the_main_channels_in_one_sentence(office, chen, he):
    for channel in (Channel.RECEPTION, Channel.COUNCIL, Channel.WECHAT):
        office.enter(channel=channel)

    assert (
        "今年通过选民接待收到意见建议1件；居民议事会成立以来（2024年5月20日起）收到1件，办结0件；"
        "微信工作群建群以来（2023年9月1日起）收到1件，办结0件。"
    ) in text_of(compose(year=2026, today=TODAY.date()))


def test_summary_names_no_channel_that_was_set_up_later(office, he):
    office.submit(now=moment(5, 1, year=2023))

    lines = text_of(compose(year=2023, today=TODAY.date()))

    assert "微信工作群建群以来（2023年9月1日起）收到意见建议0件，办结0件。" in lines
    assert not any("居民议事会成立以来" in line for line in lines)


def test_summary_of_an_ended_year_does_not_say_until_when(cases):
    ended = compose(year=2026, today=moment(1, 1, year=2027).date())
    lines = text_of(ended)

    assert not any("尚未结束" in line or "截至" in line for line in lines)
    assert any(line.startswith("全年收到意见建议4件，其中") for line in lines)
    assert ended.signed_on == "2026年12月31日"


def test_summary_of_a_running_year_counts_until_today_and_is_signed_today(document):
    assert any(line.startswith("截至3月5日，收到意见建议4件，其中") for line in text_of(document))
    assert (document.signed_by, document.signed_on) == ("云禾街道人大工作委员会", "2026年3月5日")


def test_summary_says_of_how_many_closed_ones_the_matter_is_solved(document, office):
    assert "应办的3件当中，已办结1件，办结率33.3%。已办结的1件中，问题已经解决的1件。" in text_of(document)


def test_summary_of_a_year_without_closed_cases_does_not_divide_nothing(office):
    office.case_in("assigned")

    assert "应办的1件当中，已办结0件，办结率0.0%。" in text_of(compose(year=2026, today=TODAY.date()))


def test_summary_on_the_last_day_still_says_that_the_year_has_not_ended(cases):
    lines = text_of(compose(year=2026, today=moment(12, 31).date()))

    assert "2026年尚未结束，本文数字统计到2026年12月31日。" in lines


def test_summary_of_a_year_without_cases_is_still_a_text(office):
    lines = text_of(compose(year=2026, today=TODAY.date()))

    assert "截至3月5日，没有收到意见建议。" in lines
    assert not any("无" in line for line in lines)


def test_year_before_the_first_record_is_refused_with_a_sentence(cases, signed_in, zhao, with_fonts):
    with pytest.raises(SummaryNotPossible, match="2025年没有办理记录，不能写总结。请选2026年。"):
        compose(year=2025, today=TODAY.date())
    browser = signed_in(zhao)

    assert browser.get("/admin/annual-summary/2025/").status_code == 404
    assert browser.post("/admin/annual-summary/2025/pdf/").status_code == 404
    assert not Job.objects.exists()


def test_summary_of_a_year_without_evaluations_says_so(office):
    office.case_in("replied")

    assert "到统计时还没有居民评价。" in text_of(compose(year=2026, today=TODAY.date()))


def test_table_adds_up(document):
    *channels, total = document.table.rows

    assert [row[0] for row in channels] == ["居民议事会", "微信工作群", "网上提交"]
    assert [figure.value for figure in total[1:]] == [4, 3, 1, total[4].value, 2, 1]
    for column in (1, 2, 3, 5, 6):
        assert sum(row[column].value for row in channels) == total[column].value


def test_every_number_of_the_text_is_a_figure(document):
    plain = [
        run
        for section in document.sections
        for part in section.parts
        for line in part.paragraphs
        for run in line
        if isinstance(run, str)
    ]

    assert [run for run in plain if re.search(r"\d", re.sub(r"(\d+年)?\d+月\d+日", "", run))] == []
    keys = {figure.key for figure in document.figures}
    assert keys <= set(all_figures(year=2026))


@pytest.mark.parametrize("year", [2027, 9999])
def test_year_to_come_is_refused_with_a_sentence(office, year):
    with pytest.raises(SummaryNotPossible, match=f"{year}年还没有开始，不能写总结。"):
        compose(year=year, today=TODAY.date())


def test_committee_without_a_name_is_refused_with_a_sentence(db):
    assert not Committee.objects.exists()

    with pytest.raises(SummaryNotPossible, match="还没有填工委信息"):
        compose(year=2026, today=TODAY.date())


def test_printed_page_escapes_what_people_wrote(cases):
    Committee.objects.update(name="<img src=x>工委", district_name="{{ 7|add:7 }}区")

    html = to_html(compose(year=2026, today=TODAY.date()))

    assert "&lt;img src=x&gt;工委" in html
    assert "<img" not in html
    assert "14区" not in html


def test_printed_page_has_no_links(document):
    html = to_html(document)

    assert document.title_lines[1] in html
    assert "<a " not in html


# ---- the screen


def test_screen_links_every_number_to_the_list_behind_it(cases, signed_in, zhao):
    browser = signed_in(zhao)

    page = browser.get(SCREEN)

    document = page.context["document"]
    links = page_of(page).links
    assert len(document.figures) > 20
    for figure in document.figures:
        assert figure.query in links, figure.key
        rows = browser.get(figure.query).context["cl"].result_count
        assert rows == (figure.numerator if figure.is_rate else figure.value), figure.key


def test_screen_counts_one_more_case_at_once(cases, office, signed_in, zhao):
    browser = signed_in(zhao)
    before = {figure.key: figure.value for figure in browser.get(SCREEN).context["document"].figures}

    office.case_in("closed")

    after = {figure.key: figure.value for figure in browser.get(SCREEN).context["document"].figures}
    changed = {key for key, value in after.items() if value != before[key]}
    assert {"suggestions.received", "suggestions.closed", "suggestions.closure_rate"} <= changed


@pytest.mark.parametrize("year", ["2027", "1953", "0", "99999", "9" * 30])
def test_year_that_cannot_be_is_not_found(office, signed_in, zhao, year):
    browser = signed_in(zhao)

    assert browser.get(f"/admin/annual-summary/{year}/").status_code == 404
    assert browser.post(f"/admin/annual-summary/{year}/pdf/").status_code == 404


def test_years_to_choose_from_are_those_with_cases(office, signed_in, zhao):
    office.submit(now=moment(5, 1, year=2024))

    assert list(signed_in(zhao).get("/admin/annual-summary/").context["years"]) == [2026, 2025, 2024]


# ---- the command


def test_command_writes_the_page(cases, tmp_path, capsys):
    output = tmp_path / "summary.html"

    call_command("render_summary", year=2026, format="html", output=output)

    assert "云禾街道人大工委" in output.read_text(encoding="utf-8")
    assert f"已生成 {output}" in capsys.readouterr().out


def test_command_shows_the_text_when_only_a_year_is_given(cases, capsys):
    call_command("render_summary", year=2026)

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "云禾街道人大工委2026年度工作总结"
    assert "应办的3件当中，已办结1件，办结率33.3%（1/3）。已办结的1件中，问题已经解决的1件。" in lines
    assert "合计\t4件\t3件\t1件\t33.3%（1/3）\t2件\t1件" in lines
    assert [line for line in lines if line][-2:] == ["云禾街道人大工作委员会", "2026年3月5日"]


def test_command_names_the_pdf_by_its_title_when_no_file_is_given(cases, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(render_summary, "to_pdf", lambda document: b"%PDF")

    call_command("render_summary", year=2026, format="pdf")

    assert (tmp_path / "云禾街道人大工委2026年度工作总结.pdf").read_bytes() == b"%PDF"
    assert "已生成 云禾街道人大工委2026年度工作总结.pdf" in capsys.readouterr().out


def test_command_writes_a_pdf_with_the_intended_fonts(cases, tmp_path, can_make_pdf):
    output = tmp_path / "summary.pdf"

    call_command("render_summary", year=2026, format="pdf", output=output)

    content = output.read_bytes()
    assert content.startswith(b"%PDF")
    assert {name.partition("-")[0] for name in embedded_fonts(content)} == {
        "FandolFang",
        "FandolHei",
        "FandolKai",
        "FandolSong",
    }


@pytest.mark.parametrize("year", [2027, 9999])
def test_command_refuses_a_year_to_come_and_writes_nothing(cases, tmp_path, year):
    output = tmp_path / "summary.html"

    with pytest.raises(CommandError, match=f"{year}年还没有开始，不能写总结。请选2026年或以前的年份。"):
        call_command("render_summary", year=year, format="html", output=output)

    assert not output.exists()


@pytest.mark.parametrize("year", [0, -1, 10_000, 999_999])
def test_command_refuses_a_year_that_cannot_be(cases, tmp_path, year):
    with pytest.raises(CommandError):
        call_command("render_summary", year=year, format="html", output=tmp_path / "summary.html")


def test_command_says_when_it_cannot_write(cases, tmp_path):
    output = tmp_path / "missing" / "summary.html"

    with pytest.raises(CommandError, match=r"写不了 .*请换一个能写的位置。"):
        call_command("render_summary", year=2026, format="html", output=output)
    with pytest.raises(CommandError, match="写不了"):
        call_command("render_summary", year=2026, format="html", output=Path(tmp_path))


# ---- the button and its job


@pytest.fixture
def with_fonts(monkeypatch):
    """Let the button work on a machine that cannot print: what is tested here is the way of the job."""
    monkeypatch.setattr(summary_views, "missing_for_pdf", lambda: [])


def test_button_asks_for_a_job_and_shows_its_progress(cases, signed_in, zhao, with_fonts):
    browser = signed_in(zhao)

    answer = browser.post(f"{SCREEN}pdf/")

    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/jobs/{job.pk}/")
    assert (job.kind, job.params, job.requested_by) == (tasks.RENDER_PDF, {"year": 2026}, zhao)
    page = browser.get(answer["Location"])
    assert "排队中" in page_of(page).text
    state = browser.get(answer["Location"], headers={"Accept": "application/json"}).json()
    assert state == {"state": "queued", "finished": False, "progress": 0, "text": "排队中"}


def test_job_makes_the_printed_summary_for_who_asked(
    cases, document, signed_in, fang, sun, can_make_pdf, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path / "media"
    browser = signed_in(fang)
    browser.post(f"{SCREEN}pdf/")
    job = Job.objects.get()
    assert browser.get(f"/admin/jobs/{job.pk}/file/").status_code == 404

    tasks.render_summary_pdf(job.pk)

    job.refresh_from_db()
    assert (job.state, job.progress, job.result_name) == (
        JobState.DONE,
        100,
        "云禾街道人大工委2026年度工作总结.pdf",
    )
    address = f"/admin/jobs/{job.pk}/file/"
    assert address in page_of(browser.get(f"/admin/jobs/{job.pk}/")).links
    answer = browser.get(address)
    printed = "".join(line.text for page in pages_of(answer.getvalue()) for line in lines_of(page))
    assert document.title_lines[1] in printed
    assert figures_of(paragraphs_of(document)[2])["received"] == "4 件"
    assert "截至3月5日，收到意见建议4件" in re.sub(r"\s", "", printed)
    assert "云禾街道人大工作委员会2026年3月5日" in re.sub(r"\s", "", printed)
    assert answer["Content-Type"] == "application/pdf"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer["Content-Disposition"].startswith("attachment;")
    assert signed_in(sun).get(f"/admin/jobs/{job.pk}/file/").status_code == 404


def test_job_that_cannot_be_done_says_why(office, signed_in, zhao, with_fonts):
    browser = signed_in(zhao)
    browser.post(f"{SCREEN}pdf/")
    job = Job.objects.get()
    Committee.objects.all().delete()

    tasks.render_summary_pdf(job.pk)

    assert "还没有填工委信息。" in page_of(browser.get(f"/admin/jobs/{job.pk}/")).text


def test_button_explains_itself_where_pdf_is_not_possible(cases, signed_in, zhao, monkeypatch):
    monkeypatch.setattr(summary_views, "missing_for_pdf", lambda: ["公文字体，请执行 make setup"])
    browser = signed_in(zhao)

    page = browser.get(SCREEN)
    answer = browser.post(f"{SCREEN}pdf/", follow=True)

    assert "现在不能生成 PDF，缺少公文字体，请执行 make setup，然后重试。" in page_of(page).text
    assert "make setup" in page_of(answer).text
    assert not Job.objects.exists()


def test_satisfaction_is_of_the_last_round_in_the_summary_too(office):
    case = office.case_in("reopened")
    office.reply(case, now=TODAY)
    office.evaluate(case, now=TODAY, result=Rating.SATISFIED)

    figures = all_figures(year=2026)

    assert figures["suggestions.result_dissatisfied"].value == 0
    assert figures["suggestions.result_satisfied"].value == 1
