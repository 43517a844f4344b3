"""The main job from end to end: a suggestion is sent, answered, evaluated, answered again, closed, counted in print."""

import datetime
import io
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.browser.window import Window
from tests.common.pictures import office_file

pytestmark = pytest.mark.browser

PDF_MILLISECONDS = 120_000
PHONE = "17055500918"
GPS_IFD = 0x8825
# Of a year that has not ended yet; without the paragraphs that count since the council or the groups were set up.
RECEIVED_SO_FAR = re.compile(r"^\s*截至\d+月\d+日，收到意见建议")


def photo_with_place() -> bytes:
    """Draw a photo that tells, in its EXIF part, where it was taken."""
    picture = Image.effect_noise((800, 600), 60).convert("RGB")
    exif = Image.Exif()
    exif[GPS_IFD] = {1: "N", 2: (29.0, 58.0, 12.0), 3: "E", 4: (118.0, 52.0, 30.0)}
    content = io.BytesIO()
    picture.save(content, "JPEG", exif=exif)
    assert Image.open(content).getexif().get_ifd(GPS_IFD)
    return content.getvalue()


def queue_count(page: Page, label: str) -> int:
    """Read how many cases the first page of the staff shows for a queue."""
    number = page.locator(".queues a", has_text=label).locator(".n").inner_text()
    return int(re.sub(r"\D", "", number))


def received_figure(page: Page) -> Locator:
    """Return the number of suggestions received, where the summary's text names it."""
    return page.get_by_role("article").locator("p", has_text=RECEIVED_SO_FAR).get_by_role("link").first


def number_of(figure: Locator) -> int:
    return int(figure.inner_text().removesuffix("件"))


def submit(resident: Window, matter: str) -> str:
    """Fill the public form in, with a photo, and return the tracking code."""
    page = resident.page
    resident.go("/")
    resident.arrives_at("身边的事")
    page.get_by_role("link", name="提意见建议", exact=True).click()
    resident.arrives_at("提意见建议")
    page.get_by_label("发生了什么，希望怎么解决").fill(matter)
    page.get_by_label("环境卫生").check()
    page.get_by_label("照片", exact=False).set_input_files(
        {"name": "花箱.jpg", "mimeType": "image/jpeg", "buffer": photo_with_place()}
    )
    expect(page.get_by_text("还可以选 5 张")).to_be_visible()
    page.get_by_label("所在社区").select_option(label="桂花社区")
    page.get_by_label("具体位置").fill("桂花路口")
    page.get_by_label("怎么称呼您").fill("王女士")
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_label("年龄段").select_option(label="35—59 岁")
    page.get_by_label("我已满 14 周岁").check()
    page.get_by_role("button", name="提交").click()
    resident.arrives_at("已收到，请记下查询码")
    code = page.locator(".code-big").inner_text()
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", code)
    drawn = Image.open(io.BytesIO(page.get_by_role("img", name="查询码的二维码").screenshot())).convert("1")
    assert drawn.width >= 140
    assert min(drawn.histogram()[0], drawn.histogram()[-1]) > drawn.width * drawn.height / 5
    return code


def look_up(resident: Window, code: str, title: str) -> None:
    page = resident.page
    page.get_by_role("main").get_by_role("link", name="查进度").click()
    resident.arrives_at("查进度")
    page.get_by_label("查询码").fill(code.lower())
    page.get_by_label("手机号后四位").fill(PHONE[-4:])
    page.get_by_role("button", name="查进度").click()
    resident.arrives_at(title)
    photo = page.get_by_role("img", name="照片：花箱.jpg")
    photo.scroll_into_view_if_needed()
    kept = page.context.request.get(resident.site.address + photo.get_attribute("src")).body()
    assert Image.open(io.BytesIO(kept)).size == (800, 600)
    assert not Image.open(io.BytesIO(kept)).getexif()


def accept_and_assign(clerk: Window, title: str, *, waiting_before: int) -> None:
    page = clerk.page
    clerk.go("/admin/")
    clerk.arrives_at("今天要办")
    assert queue_count(page, "待受理") == waiting_before + 1
    page.locator(".queues a", has_text="待受理").click()
    clerk.arrives_at("意见建议")
    expect(page.get_by_text(f"共 {waiting_before + 1} 件")).to_be_visible()
    page.get_by_role("link", name=title).click()
    clerk.arrives_at(title)
    page.get_by_role("link", name="受理", exact=True).click()
    clerk.arrives_at("受理")
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已受理，接着交办给承办单位。")
    clerk.look_over()
    page.get_by_role("link", name="交办", exact=True).click()
    clerk.arrives_at("交办")
    page.get_by_label("承办单位").select_option(label="城市管理办公室")
    page.get_by_role("button", name="交办", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已交办城市管理办公室，答复期限")
    clerk.look_over()


def reply(officer: Window, title: str, text: str, *, outcome: str) -> None:
    page = officer.page
    officer.go("/workplace/")
    officer.arrives_at("城市管理办公室")
    page.get_by_role("link", name=title).click()
    officer.arrives_at(title)
    assert PHONE[-4:] not in page.content()
    page.get_by_label(re.compile(f"^{outcome} 类")).check()
    page.get_by_label("答复内容").fill(text)
    page.get_by_label("附件").set_input_files(
        {"name": "处理记录.docx", "mimeType": "application/octet-stream", "buffer": office_file()}
    )
    page.get_by_role("button", name="提交答复").click()
    expect(page.get_by_role("status")).to_contain_text("已答复，等居民评价。")
    officer.look_over()


def evaluate(resident: Window, *, process: str, result: str, reason: str = "", done: str) -> None:
    page = resident.page
    page.get_by_role("group", name="办理过程").get_by_label(process, exact=True).check()
    page.get_by_role("group", name="办理结果").get_by_label(result, exact=True).check()
    page.get_by_label("不满意的原因").fill(reason)
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_role("status").first).to_contain_text(done)
    resident.look_over()


def rows_of_all_pages(window: Window) -> int:
    """Count the rows of a list, page after page."""
    page, count = window.page, 0
    while True:
        count += page.locator("#result_list tbody tr").count()
        further = page.get_by_role("link", name="下一页")
        if not further.count():
            return count
        with page.expect_navigation():
            further.click()


def printed_text(director: Window) -> str:
    """Ask for the PDF, wait for the worker, and return what it says, without its line breaks."""
    page = director.page
    page.get_by_role("button", name="生成 PDF").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("年度工作总结 PDF")
    expect(page.get_by_role("link", name="下载")).to_be_visible(timeout=PDF_MILLISECONDS)
    director.look_over()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()
    reader = PdfReader(download.value.path())
    return re.sub(r"\s", "", "".join(part.extract_text() for part in reader.pages))


@pytest.mark.parametrize("width", [1280, 390])
def test_suggestion_goes_from_the_public_form_to_the_number_in_the_pdf(
    open_window: Callable[..., Window], skip_without_pdf: Callable[[], None], width: int
) -> None:
    title = f"桂花路口的花箱挡住了第 {width} 号店门前的盲道"
    year = datetime.datetime.now(ZoneInfo("Asia/Shanghai")).year
    director = open_window(width, "fangzhenhua")
    director.go(f"/admin/annual-summary/{year}/")
    received_before = number_of(received_figure(director.page))
    clerk = open_window(width, "zhoumin")
    clerk.go("/admin/")
    waiting_before = queue_count(clerk.page, "待受理")

    resident = open_window(width)
    code = submit(resident, f"{title}。希望把花箱移开，让盲人走得过去。")
    look_up(resident, code, title)
    expect(resident.page.locator(".case-head")).to_contain_text("待受理")

    accept_and_assign(clerk, title, waiting_before=waiting_before)
    officer = open_window(width, "wuqian")
    reply(officer, title, "花箱已经往里移了半米，盲道旁还差十厘米。", outcome="B")
    resident.page.reload()
    resident.arrives_at(title)
    expect(resident.page.get_by_text("花箱已经往里移了半米")).to_be_visible()
    expect(resident.page.get_by_role("link", name="处理记录.docx")).to_be_visible()
    evaluate(resident, process="基本满意", result="不满意", reason="轮椅还是过不去。", done="城市管理办公室在")
    expect(resident.page.get_by_text("第 2 轮").first).to_be_visible()

    reply(officer, title, "花箱已经全部移走，盲道完全让出来了。", outcome="A")
    resident.page.reload()
    expect(resident.page.get_by_text("花箱已经全部移走")).to_be_visible()
    evaluate(resident, process="满意", result="满意", done="已记下您的评价，这件已办结。")
    expect(resident.page.locator(".case-head")).to_contain_text("已办结")

    director.go("/admin/annual-summary/")
    director.arrives_at("年度工作总结")
    director.page.get_by_role("link", name=f"{year}年度工作总结", exact=True).click()
    director.arrives_at(f"{year}年度工作总结")
    received = number_of(received_figure(director.page))
    assert received == received_before + 1
    received_figure(director.page).click()
    director.arrives_at("意见建议")
    assert rows_of_all_pages(director) == received
    skip_without_pdf()
    director.go(f"/admin/annual-summary/{year}/")
    assert re.search(rf"截至\d+月\d+日，收到意见建议{received}件", printed_text(director))


def test_qr_code_fills_in_the_code_and_leaves_it_out_of_the_address(open_window: Callable[..., Window]) -> None:
    resident = open_window(390)

    resident.go("/suggestions/lookup/#7K2M-94QW-XH3T")

    expect(resident.page.get_by_label("查询码")).to_have_value("7K2M-94QW-XH3T")
    expect(resident.page.get_by_label("手机号后四位")).to_be_focused()
    assert resident.page.url == f"{resident.site.address}/suggestions/lookup/"
