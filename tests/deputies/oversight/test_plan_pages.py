"""The annual plan on its pages: written as a table, published, printed, and read by everybody."""

import pytest
from django.urls import reverse

from congress_portal.common import jobs
from congress_portal.common.models import Job, JobState
from deputies import workflow
from deputies.choices import ActivityKind
from deputies.models import WorkPlan
from deputies.tasks.plan import RENDER_PLAN, render_plan
from deputies.views import plan as plan_views
from tests.common.pdf_reading import lines_of, pages_of
from tests.deputies.oversight.watching import inspection, item, training
from tests.pages import page_of
from tests.suggestions.front_door import as_shown
from tests.suggestions.story import TODAY

ADD = reverse("admin:deputies_workplan_add")
LIST = reverse("admin:deputies_workplan_changelist")
LATEST = reverse("deputies:public_plan_latest")
PUBLIC = reverse("deputies:public_plan", args=(2026,))


@pytest.fixture
def browser(signed_in, zhao):
    return signed_in(zhao)


def url_of(name: str, plan: WorkPlan, *more) -> str:
    return reverse(f"admin:deputies_workplan_{name}", args=(plan.pk, *more))


def typed_in(browser, url: str, field: str) -> dict[str, str]:
    return as_shown(page_of(browser.get(url)).form_with(field))


def titles(plan: WorkPlan) -> list[tuple[int, str, int]]:
    return list(plan.items.order_by("month", "pk").values_list("month", "title", "planned_count"))


# ---- written as a table


def test_plan_is_begun_from_nothing_and_filled_in(watching, browser):
    typed = typed_in(browser, ADD, "year")
    assert typed == {"year": "2026", "copy_from": "", "csrfmiddlewaretoken": typed["csrfmiddlewaretoken"]}
    answer = browser.post(ADD, typed)
    plan = WorkPlan.objects.get()
    assert answer["Location"] == url_of("edit", plan)

    edit = url_of("edit", plan)
    rows = {"items-0-month": "5", "items-0-title": "学习代表法", "items-2-month": "3", "items-2-title": "视察凤鸣河"}
    answer = browser.post(edit, typed_in(browser, edit, "preface") | rows | {"items-2-planned_count": "2"})

    assert answer["Location"] == plan.get_absolute_url()
    assert titles(plan) == [(3, "视察凤鸣河", 2), (5, "学习代表法", 1)]


def test_plan_is_begun_as_last_years(watching, browser):
    watching.plan(year=2025)
    typed = typed_in(browser, ADD, "year")
    assert (typed["year"], typed["copy_from"]) == ("2026", "2025")

    browser.post(ADD, typed)

    assert titles(WorkPlan.objects.get(pk=2026)) == [(3, "视察凤鸣河", 2), (5, "学习代表法", 1)]
    again = browser.post(ADD, typed)
    assert "2026年的计划里已经有事项" in page_of(again).text


def test_year_that_stands_leads_to_its_table_and_an_odd_one_is_refused(watching, browser):
    plan = watching.plan()
    typed = typed_in(browser, ADD, "year")
    assert typed["year"] == "2027"

    assert browser.post(ADD, typed | {"year": "2026", "copy_from": ""})["Location"] == url_of("edit", plan)
    assert "年份要在 2016 到 2027 之间" in page_of(browser.post(ADD, typed | {"year": "2015", "copy_from": ""})).text


def test_more_rows_come_with_a_button_and_nothing_typed_is_lost(watching, browser):
    plan = watching.plan()
    edit = url_of("edit", plan)
    typed = typed_in(browser, edit, "preface")
    count = int(typed["items-TOTAL_FORMS"])

    answer = browser.post(
        edit, typed | {f"items-{count - 1}-title": "写了一半", "preface": "新的话。", "more": "items"}
    )

    shown = as_shown(page_of(answer).form_with("preface"))
    assert int(shown["items-TOTAL_FORMS"]) == count + 6
    assert (shown[f"items-{count - 1}-title"], shown["preface"]) == ("写了一半", "新的话。")
    assert shown["items-0-pk"] == str(item(plan).pk)
    browser.post(edit, shown | {f"items-{count - 1}-month": "12"})
    assert titles(plan)[-1] == (12, "写了一半", 1)
    assert plan.items.count() == 3


def test_mistakes_stand_in_their_rows(watching, browser):
    plan = watching.plan()
    edit = url_of("edit", plan)
    typed = typed_in(browser, edit, "preface")

    answer = browser.post(
        edit, typed | {"items-2-title": "没有月份", "items-3-month": "4", "items-1-planned_count": "0"}
    )

    text = page_of(answer).text
    assert "第 2 行：至少 1 次" in text
    assert "第 3 行：请选择月份" in text
    assert "第 4 行：请写明事项" in text
    assert titles(plan) == [(3, "视察凤鸣河", 2), (5, "学习代表法", 1)]


def test_row_is_taken_out_before_publication_and_not_after(watching, browser, zhao):
    plan = watching.plan()
    edit = url_of("edit", plan)

    browser.post(edit, typed_in(browser, edit, "preface") | {"items-1-remove": "on"})
    assert titles(plan) == [(3, "视察凤鸣河", 2)]

    workflow.publish_plan(plan, by=zhao, now=TODAY)
    page = page_of(browser.get(edit))
    assert "在“去掉”打勾" not in page.text
    emptied = as_shown(page.form_with("preface")) | {"items-0-title": "", "items-0-month": "", "items-0-kind": ""}
    answer = browser.post(edit, emptied)
    assert "不能直接去掉" in page_of(answer).text
    assert titles(plan) == [(3, "视察凤鸣河", 2)]


def test_who_saves_second_sees_it_and_may_press_again(watching, browser, sun):
    plan = watching.plan()
    edit = url_of("edit", plan)
    typed = typed_in(browser, edit, "preface") | {"preface": "我的话。"}
    items = [inspection(), training()]
    workflow.write_plan(year=2026, preface="孙的话。", items=items, by=sun, now=TODAY)

    answer = browser.post(edit, typed)

    assert answer.status_code == 409
    assert "孙经办改过" in page_of(answer).text
    browser.post(edit, as_shown(page_of(answer).form_with("preface")))
    plan.refresh_from_db()
    assert plan.preface == "我的话。"


# ---- what is done with it


def test_plan_is_published_from_its_page(watching, browser, visitor):
    plan = watching.plan()
    assert visitor.get(PUBLIC).status_code == 404
    assert "工作计划还没有公布" in page_of(visitor.get(LATEST)).text
    publish = url_of("publish", plan)
    assert "共 2 项" in page_of(browser.get(publish)).text

    browser.post(publish)

    assert visitor.get(LATEST)["Location"] == PUBLIC
    assert browser.get(publish)["Location"] == plan.get_absolute_url()
    assert browser.post(publish).status_code == 409


def test_item_is_dropped_and_taken_up_from_the_page(watching, browser):
    plan = watching.published()
    row = item(plan)
    drop, take_up = url_of("drop", plan, row.pk), url_of("take_up", plan, row.pk)
    assert drop in page_of(browser.get(plan.get_absolute_url())).links

    assert "请写明为什么不办了" in page_of(browser.post(drop, {"reason": ""})).text
    browser.post(drop, {"reason": "汛期推迟。"})
    assert "不办了：汛期推迟。" in page_of(browser.get(plan.get_absolute_url())).text
    assert browser.get(drop).status_code == 302
    assert browser.post(drop, {"reason": "汛期。"}).status_code == 409

    assert browser.get(take_up).status_code == 302
    assert item(plan).dropped_reason
    browser.post(take_up)
    assert item(plan).dropped_reason == ""
    assert "本来就在计划里" in page_of(browser.post(take_up, follow=True)).text


def test_activities_are_linked_where_the_page_says_some_are_left(watching, browser):
    plan = watching.plan()
    visit = watching.hold(title="视察凤鸣河排水口")
    watching.hold(title="学习", kind=ActivityKind.TRAINING)
    link = url_of("link", plan, item(plan).pk)
    page = page_of(browser.get(plan.get_absolute_url()))
    assert "3月还有 1 次视察没有挂到计划" in page.text
    assert link in page.links

    text = page_of(browser.get(link)).text
    assert "视察凤鸣河排水口" in text
    assert "3月3日 学习" not in text
    browser.post(link, {"activities": [visit.pk]})

    assert "计划 3 次，已办 1 次" in page_of(browser.get(plan.get_absolute_url())).text
    assert list(item(plan).activities.all()) == [visit]
    browser.post(link, {"activities": [99_999]})
    assert list(item(plan).activities.all()) == [visit]


def test_page_without_anything_to_link(watching, browser):
    plan = watching.plan()

    assert "没有可以挂到这一项的活动" in page_of(browser.get(url_of("link", plan, item(plan).pk))).text


def test_changes_are_in_the_history_that_staff_read(watching, browser, shen, signed_in):
    plan = watching.published()

    text = page_of(signed_in(shen).get(url_of("history", plan))).text

    assert "增加3月“视察凤鸣河”2 次，视察" in text
    assert "公布" in text


def test_item_of_another_plan_and_unknown_ones_are_not_found(watching, browser):
    plan, other = watching.plan(), watching.plan(year=2025)

    for name in ("drop", "take_up", "link"):
        assert browser.get(url_of(name, plan, item(other).pk)).status_code == 404
        assert browser.get(reverse(f"admin:deputies_workplan_{name}", args=(2019, 1))).status_code == 404
    assert browser.get(reverse("admin:deputies_workplan_edit", args=(2019,))).status_code == 404
    assert browser.get(reverse("admin:deputies_workplan_change", args=(2019,))).status_code == 302


# ---- what everybody reads


def test_everybody_reads_what_was_planned_and_done(watching, visitor, zhao):
    plan = watching.published(inspection(), training(), training(month=9, title="培训", planned_count=2))
    watching.published(year=2025)
    watching.hold(plan_item=item(plan, "学习代表法"), kind=ActivityKind.TRAINING)
    watching.hold(plan_item=item(plan, "培训"), kind=ActivityKind.TRAINING)
    assert "最近修改" not in page_of(visitor.get(PUBLIC)).text

    workflow.drop_plan_item(item(plan), reason="汛期。", by=zhao, now=TODAY)

    page = page_of(visitor.get(PUBLIC))
    assert "1月10日（周六）公布，最近修改 3月5日（周四）" in page.text
    assert "计划 3 次，已办 2 次" in page.text
    assert "视察凤鸣河 视察 不办了：汛期。" in page.text
    assert "学习代表法 学习培训 已办完，1 次" in page.text
    assert "培训 学习培训 已办 1 次，计划 2 次" in page.text
    assert reverse("deputies:public_plan", args=(2025,)) in page.links
    assert not page.blocked_by_csp
    assert LATEST in page_of(visitor.get("/")).links


# ---- on paper


def test_print_is_a_job_of_who_asked(watching, browser, zhao, monkeypatch):
    plan = watching.plan()
    monkeypatch.setattr(plan_views, "missing_for_pdf", list)

    answer = browser.post(url_of("print", plan))

    job = Job.objects.get(kind=RENDER_PLAN)
    assert answer["Location"] == reverse("admin:job", args=(job.pk,))
    assert (job.params, job.requested_by, job.title) == ({"year": 2026}, zhao, "2026年度工作计划 PDF")


def test_print_explains_itself_where_pdf_is_not_possible(watching, browser, monkeypatch):
    plan = watching.plan()
    monkeypatch.setattr(plan_views, "missing_for_pdf", lambda: ["缺少字体。"])

    answer = browser.post(url_of("print", plan), follow=True)

    assert "还不能生成 PDF：缺少字体。" in page_of(answer).text
    assert not Job.objects.exists()


def test_plan_that_is_gone_is_told_in_words(watching, zhao, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    job = jobs.enqueue(kind=RENDER_PLAN, title="2019年度工作计划 PDF", params={"year": 2019}, by=zhao)

    render_plan(job.pk)

    job.refresh_from_db()
    assert (job.state, job.error[:8]) == (JobState.FAILED, "没有这一年的计划")


def test_printed_plan_holds_every_item(can_make_pdf, watching, zhao, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    plan = watching.published(inspection(title="视察䶮河"), training())
    workflow.drop_plan_item(item(plan, "学习代表法"), reason="汛期。", by=zhao, now=TODAY)
    job = jobs.enqueue(kind=RENDER_PLAN, title="2026年度工作计划 PDF", params={"year": 2026}, by=zhao)

    render_plan(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.DONE, job.error
    with job.result_file.open("rb") as file:
        lines = [line.text for page in pages_of(file.read()) for line in lines_of(page)]
    text = "".join(lines).replace(" ", "").replace("\n", "")
    for words in ("2026年度代表工作计划", "围绕中心工作。", "视察䶮河", "学习代表法（不办了：汛期。）"):
        assert words in text
    assert job.result_name == "2026年度代表工作计划.pdf"


# ---- budgets


@pytest.fixture
def full_plan(watching, topic, zhao, request) -> WorkPlan:
    """A plan of so many items, each with a topic and an activity, one dropped, and so many plans before it."""
    items = [inspection(title=f"视察 {n}", month=n + 1, topic=topic) for n in range(request.param)]
    plan = watching.published(*items, *[training(title=f"学习 {n}") for n in range(request.param)])
    for row in plan.items.filter(kind="inspection"):
        watching.hold(plan_item=row)
    for n in range(request.param):
        watching.hold(title=f"还没有挂 {n}")
        watching.published(year=2025 - n)
        workflow.drop_plan_item(item(plan, f"学习 {n}"), reason="不办。", by=zhao, now=TODAY)
    return plan


@pytest.mark.parametrize("full_plan", [1, 3], indirect=True)
def test_queries_of_the_staffs_pages(full_plan, browser, django_assert_num_queries):
    browser.get(LIST)  # content types are read once per process

    for url, count in (
        (LIST, 4),
        (full_plan.get_absolute_url(), 6),
        (url_of("edit", full_plan), 6),
        (url_of("link", full_plan, item(full_plan, "视察 0").pk), 6),
        (ADD, 5),
    ):
        with django_assert_num_queries(2 + count, info=url):
            browser.get(url)


@pytest.mark.parametrize("full_plan", [1, 3], indirect=True)
def test_queries_of_the_public_page(full_plan, visitor, django_assert_num_queries):
    visitor.get(PUBLIC)

    with django_assert_num_queries(5):
        visitor.get(PUBLIC)
