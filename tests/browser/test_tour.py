"""The pictures of the README's tour, taken anew from the sample street: ``make screenshots``."""

import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.window import Site, Window
from tests.import_door import workbook
from tests.worker import ROOT

pytestmark = pytest.mark.screenshots

TOUR = ROOT / "docs" / "tour"
HEIGHT, TALL = 960, 1200  # tall where the form below the text is what the picture is about
LARGEST = 150_000  # bytes: the README shows some twenty of them
PDF_MILLISECONDS = 120_000
PHONE = "17055500936"

# A case on its way: submitted 13 days ago, answered today, waiting for what the resident says of it.
ANSWERED = """
import json
from datetime import timedelta
from django.utils import timezone
from congress_portal.accounts.models import Community, User
from suggestions import tracking, workflow
from suggestions.choices import Outcome
from suggestions.models import Category
clerk, officer = User.objects.get(username="zhoumin"), User.objects.get(username="wuqian")
key, today = tracking.new_submission_key(), timezone.localtime().replace(hour=0, minute=0)
before = lambda days, hour, minute: today - timedelta(days=days) + timedelta(hours=hour, minutes=minute)
case = workflow.submit_suggestion(workflow.Submission(
    matter="桂花路口的花箱挡住盲道。花箱压在盲道上，邻居老李看不见，上周绊了一跤。希望把花箱移开。",
    category=Category.objects.get(name="环境卫生"), community=Community.objects.get(name="桂花社区"),
    place="桂花路与东桥路口", contact=workflow.Contact(name="王女士", phone="{phone}")),
    key=key, now=before(13, 19, 42)).suggestion
workflow.accept_suggestion(case, by=clerk, now=before(12, 9, 5))
workflow.assign_to_department(
    case, department=officer.department, by=clerk, now=before(11, 10, 22),
    due_on=workflow.reply_due_by_rule(case, assigned_on=before(11, 10, 22).date()))
workflow.record_reply(
    case, text="当天到现场看过，6 个花箱里有 4 个压在盲道上。\\n\\n4 个花箱已经移到绿化带内，盲道全部让出，"
    "并在路口加了“请勿占用盲道”的地面标识。",
    outcome=Outcome.SOLVED, files=[], by=officer, now=before(1, 15, 10))
print(json.dumps(tracking.display(tracking.code_for(key))))
"""

# A table as offices keep it: a new councillor, a deputy who left, a community written short.
ROWS = [
    {"姓名": "苗 圃", "出生日期": "1985年6月12日", "联系电话": 17055500199, "职务": "居民议事员",
     "所在社区": "南塘社区", "任职日期": "2026.11.2"},
    {"姓名": "叶知秋", "职务": "人大代表", "人大层级": "县（市、区）", "届次": "第十五届",
     "离任日期": date(2026, 10, 30)},
    {"姓名": "方晓", "职务": "人大代表", "人大层级": "县（市、区）", "届次": "第十五届", "所在社区": "南塘"},
]  # fmt: skip


@pytest.fixture(scope="module")
def code(site: Site) -> str:
    return json.loads(site.portal.shell(ANSWERED.format(phone=PHONE)).stdout)


def keep(window: Window, name: str) -> None:
    """Keep what the window shows as one of the pictures."""
    assert window.too_wide() == []
    save(Image.open(io.BytesIO(window.page.screenshot(animations="disabled", caret="hide"))), name)


def save(picture: Image.Image, name: str) -> None:
    """Save with as many colours as the size allows; flat areas stay flat without dithering."""
    for colours in (256, 128, 64, 32):
        content = io.BytesIO()
        few = picture.convert("RGB").quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(content, "PNG", optimize=True)
        if content.tell() <= LARGEST:
            (TOUR / f"{name}.png").write_bytes(content.getvalue())
            return
    raise AssertionError(f"{name}.png is too large for the README: {content.tell()} bytes")


def show(window: Window, path: str, *, height: int = HEIGHT) -> None:
    window.page.set_viewport_size({"width": 1280, "height": height})
    window.go(path)


def look_up(window: Window, code: str) -> None:
    window.go(f"/suggestions/lookup/#{code}")
    window.page.get_by_label("手机号后四位").fill(PHONE[-4:])
    window.page.get_by_role("button", name="查进度").click()
    expect(window.page.get_by_role("heading", level=1)).to_contain_text("桂花路口的花箱")


def test_tour_of_the_staff(open_window: Callable[..., Window]) -> None:
    window = open_window(1280, "zhoumin")
    show(window, "/admin/")
    keep(window, "staff-home")

    show(window, "/admin/suggestions/suggestion/")
    keep(window, "staff-list")

    window.page.get_by_role("link", name="凤鸣路非机动车乱停").click()
    expect(window.page.get_by_role("link", name="受理", exact=True)).to_be_visible()
    window.page.wait_for_load_state("networkidle")
    keep(window, "staff-case")


def test_tour_of_what_is_done_together(open_window: Callable[..., Window]) -> None:
    window = open_window(1280, "zhoumin")
    show(window, "/admin/deputies/activity/")
    keep(window, "activities")

    window.page.get_by_role("link", name="视察冬春季河道保洁").click()
    expect(window.page.get_by_role("heading", level=1)).to_contain_text("视察冬春季河道保洁")
    window.page.wait_for_load_state("networkidle")
    keep(window, "activity")

    show(window, "/admin/deputies/oversighttopic/")
    window.page.get_by_role("link", name="电动自行车充电安全").click()
    expect(window.page.get_by_role("heading", level=1)).to_contain_text("电动自行车充电安全")
    window.page.wait_for_load_state("networkidle")
    keep(window, "topic")


def test_tour_of_a_deputy(open_window: Callable[..., Window]) -> None:
    window = open_window(390, "chenyawen")
    window.page.set_viewport_size({"width": 390, "height": HEIGHT})
    window.go("/own/")
    keep(window, "deputy-phone")
    window.go("/deputies/file/")
    keep(window, "duty-file")


def test_tour_of_the_board(open_window: Callable[..., Window]) -> None:
    window = open_window(1280, "")
    show(window, "/board/")
    keep(window, "board")


def test_tour_of_the_department(open_window: Callable[..., Window]) -> None:
    window = open_window(1280, "wuqian")
    show(window, "/suggestions/department/", height=TALL)
    window.page.get_by_role("link", name="河湾步道雨后积水").click()
    window.page.get_by_label(re.compile("^B 类")).check()
    window.page.get_by_label("答复内容").fill("排水口已经疏通。低洼的一段要重铺，已列入下月计划，施工时留出通行的路。")
    window.page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    window.page.wait_for_load_state("networkidle")
    keep(window, "officer")


def test_tour_of_people_by_excel_and_the_calendar(open_window: Callable[..., Window], tmp_path: Path) -> None:
    window = open_window(1280, "zhoumin")
    page = window.page
    table = tmp_path / "名单.xlsx"
    table.write_bytes(workbook(ROWS))
    show(window, "/admin/deputies/person/import/")
    page.get_by_label("表格文件").set_input_files(table)
    page.get_by_role("button", name="上传并核对").click()
    window.arrives_at("核对要导入的人员")
    keep(window, "people-import")

    show(window, "/admin/common/calendaryear/2026/change/")
    keep(window, "calendar")


def test_tour_of_the_summary(
    open_window: Callable[..., Window], skip_without_pdf: Callable[[], None], tmp_path: Path
) -> None:
    window = open_window(1280, "fangzhenhua")
    page = window.page
    show(window, "/admin/annual-summary/")
    page.locator("main").get_by_role("link", name="年度工作总结").first.click()
    keep(window, "summary")

    skip_without_pdf()
    if not shutil.which("pdftoppm"):
        pytest.skip("summary-pdf.png stays as it was: pdftoppm is missing, apt-get install -y poppler-utils brings it")
    page.get_by_role("button", name="生成 PDF").click()
    expect(page.get_by_role("link", name="下载")).to_be_visible(timeout=PDF_MILLISECONDS)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    options = ("-png", "-singlefile", "-f", "1", "-scale-to-x", "-1", "-scale-to-y", "1200")
    subprocess.run(["pdftoppm", *options, download.value.path(), tmp_path / "page"], check=True)
    save(Image.open(tmp_path / "page.png"), "summary-pdf")


# Last, because they add cases that the pictures above shall not show.


def test_tour_of_the_public_pages(open_window: Callable[..., Window]) -> None:
    window = open_window()
    page = window.page
    show(window, "/")
    keep(window, "home")

    show(window, "/suggestions/new/")
    page.get_by_label("发生了什么，希望怎么解决").fill(
        "凤鸣路菜场东门 3 盏路灯不亮，晚上买菜的老人看不清台阶，已经有人摔倒。希望尽快修好。"
    )
    page.get_by_label("道路与照明").check()
    page.get_by_label("具体位置").fill("凤鸣路菜场东门")
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_label("我已满 14 周岁").check()
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    keep(window, "submit")

    page.get_by_role("button", name="提交").click()
    expect(page.locator(".code-big")).to_be_visible()
    keep(window, "received")


def test_tour_of_the_residents_case(open_window: Callable[..., Window], code: str) -> None:
    desk = open_window()
    desk.page.set_viewport_size({"width": 1280, "height": TALL})
    look_up(desk, code)
    keep(desk, "case")

    phone = open_window(390)
    look_up(phone, code)
    keep(phone, "case-phone")
