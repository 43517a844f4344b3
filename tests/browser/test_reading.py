"""What every reader can rely on: any width and zoom, the keyboard alone, large print, no scripts, paper."""

import io
import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.window import Site, Window
from tests.common.pictures import picture

pytestmark = pytest.mark.browser

PHONE = "17055500927"
# Pages by who reads them; a name in braces is a case of the fixture ``known``.
PUBLIC = (
    "/",
    "/suggestions/new/",
    "/suggestions/lookup/",
    "/figures/",
    "/roles/",
    "/privacy/",
    "/scope/",
    "/help/",
    "/accounts/login/",
)
OFFICER = (
    "/suggestions/department/",
    "/suggestions/department/?show=answered",
    "/suggestions/department/{waiting}/",
    "/messages/",
    "/accounts/password/",
)
DEPUTY = (
    "/own/",
    "/own/suggestions/",
    "/suggestions/raised/{raised}/",
    "/deputies/activities/",
)
CLERK = (
    "/admin/",
    "/admin/suggestions/suggestion/",
    "/admin/suggestions/suggestion/{waiting}/change/",
    "/admin/suggestions/suggestion/{new}/accept/",
    "/admin/suggestions/suggestion/{new}/decline/",
    "/admin/suggestions/suggestion/{accepted}/assign/",
    "/admin/suggestions/suggestion/add/",
    "/admin/annual-summary/",
    "/admin/annual-summary/{year}/",
    "/admin/suggestions/replyterm/",
    "/admin/deputies/person/",
    "/admin/deputies/person/add/",
    "/admin/deputies/person/import/",
    "/admin/deputies/person/export/",
    "/admin/deputies/deputygroup/",
)
SYSTEM_ADMINISTRATOR = (
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/accounts/department/",
)
CASE = "/suggestions/case/"
EVERYBODY = [("", path) for path in (*PUBLIC, CASE)] + [("wuqian", path) for path in OFFICER]
EVERYBODY += [("chenyawen", path) for path in DEPUTY]
STAFF = [("zhoumin", path) for path in CLERK] + [("hejian", path) for path in SYSTEM_ADMINISTRATOR]
# A desk, a desk at 200 %, phones, and for those who read on phones a phone at 200 %.
STAFF_WIDTHS = (1280, 640, 390, 320)
WIDTHS = (*STAFF_WIDTHS, 195)

# One case of each kind that the pages above show, and the codes of two answered ones: to look at, and to evaluate.
KNOWN = """
import json
from django.utils import timezone
from congress_portal.accounts.models import User
from suggestions import tracking, workflow
from suggestions.choices import Outcome
from suggestions.models import Suggestion
clerk, officer = User.objects.get(username="zhoumin"), User.objects.get(username="wuqian")
now = timezone.now()

def answered(matter):
    key = tracking.new_submission_key()
    case = workflow.submit_suggestion(workflow.Submission(
        matter=matter, category=None, community=None, place="南塘桥",
        contact=workflow.Contact(name="李先生", phone="{phone}")), key=key, now=now).suggestion
    workflow.accept_suggestion(case, by=clerk, now=now)
    workflow.assign_to_department(
        case, department=officer.department, due_on=timezone.localdate(), by=clerk, now=now)
    workflow.record_reply(
        case, text="已经修好，今晚就亮。", outcome=Outcome.SOLVED, files=[], by=officer, now=now)
    return tracking.display(tracking.code_for(key))

def first(**which):
    return Suggestion.objects.filter(**which).order_by("pk").first().pk

print(json.dumps({{
    "code": answered("南塘桥头的路灯从上周起不亮。"),
    "code_to_evaluate": answered("南塘桥下的步道灯忽明忽暗。"),
    "waiting": first(department=officer.department, status="assigned"),
    "raised": first(raised_by__user__username="chenyawen"),
    "new": first(status="submitted"),
    "accepted": first(status="accepted"),
    "year": timezone.localdate().year,
}}))
"""


@pytest.fixture(scope="session")
def known(site: Site) -> dict[str, object]:
    return json.loads(site.portal.shell(KNOWN.format(phone=PHONE)).stdout)


@pytest.fixture
def show(open_window: Callable[..., Window], known: dict[str, object]) -> Callable[..., Window]:
    """Open a window on a page, as the person named; the resident's case is looked up first."""

    def show_page(username: str, path: str, *, width: int = 1280, large_print: bool = False, **options) -> Window:
        window = open_window(width, username, **options)
        if large_print:
            window.page.context.add_cookies([{"name": "elder", "value": "1", "url": window.site.address}])
        if path == CASE:
            look_up(window, known["code"])
        else:
            window.go(path.format(**known))
        return window

    return show_page


def look_up(window: Window, code: object) -> None:
    window.go("/suggestions/lookup/")
    window.page.get_by_label("查询码").fill(str(code))
    window.page.get_by_label("手机号后四位").fill(PHONE[-4:])
    window.page.get_by_role("button", name="查进度").click()
    expect(window.page.get_by_role("heading", level=1)).to_contain_text("南塘桥")


def fill_the_form(page: Page, matter: str) -> None:
    page.get_by_label("发生了什么，希望怎么解决").fill(matter)
    page.get_by_label("具体位置").fill("南塘河边")
    page.get_by_label("手机号").fill(PHONE)
    page.get_by_label("我已满 14 周岁").check()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已收到，请记下查询码")


# ---- widths, zoom, axe


@pytest.mark.parametrize(("username", "path"), [*EVERYBODY, *STAFF])
def test_page_never_scrolls_sideways(show: Callable[..., Window], username: str, path: str) -> None:
    window = show(username, path)

    too_wide = {}
    for width in STAFF_WIDTHS if (username, path) in STAFF else WIDTHS:
        window.resize(width)
        too_wide[width] = window.too_wide()

    assert not any(too_wide.values()), too_wide


@pytest.mark.parametrize(("username", "path"), [*EVERYBODY, *STAFF])
def test_page_has_no_accessibility_violation(show: Callable[..., Window], username: str, path: str) -> None:
    window = show(username, path)

    found = window.violations()
    window.resize(390)

    assert not (found := found + window.violations()), "\n".join(found)


def test_form_with_mistakes_leads_to_each_of_them(show: Callable[..., Window]) -> None:
    window = show("", "/suggestions/new/", width=390)
    window.page.get_by_label("发生了什么，希望怎么解决").fill("灯不亮")
    window.page.get_by_role("button", name="提交").click()

    summary = window.page.get_by_role("alert")
    expect(summary).to_contain_text("还有 4 处要补")
    expect(window.page).to_have_title("有误：提意见建议 · 云禾街道人大工委")
    window.look_over()
    summary.get_by_role("link", name="至少 10 个字").press("Enter")
    expect(window.page.get_by_label("发生了什么，希望怎么解决")).to_be_focused()
    expect(window.page.get_by_label("发生了什么，希望怎么解决")).to_have_value("灯不亮")


# ---- the keyboard


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(("username", "path"), [*EVERYBODY, *STAFF])
def test_every_tab_stop_shows_a_ring(show: Callable[..., Window], username: str, path: str, width: int) -> None:
    # Without smooth scrolling, so that each stop is where it stays.
    window = show(username, path, width=width, reduced_motion="reduce")

    stops = window.tab_stops()

    assert not (hidden := [stop.what for stop in stops if not (stop.has_ring and stop.is_seen)]), "\n".join(hidden)
    main_buttons = window.page.locator(".btn-primary:visible").count()
    assert sum(stop.is_main for stop in stops) == main_buttons


# ---- large print


def test_large_print_is_switched_on_by_keyboard_and_stays(show: Callable[..., Window]) -> None:
    window = show("", "/help/")
    switch = window.page.get_by_role("button", name="大字版")

    for _ in range(20):
        window.page.keyboard.press("Tab")
        if switch.evaluate("(button) => button === document.activeElement"):
            break
    window.page.keyboard.press("Enter")

    expect(window.page.get_by_role("button", name="标准字号")).to_be_visible()
    expect(window.page).to_have_url(f"{window.site.address}/help/")
    window.go("/suggestions/new/")
    assert window.text_smaller_than(22) == []
    window.page.get_by_role("button", name="标准字号").press("Enter")
    expect(window.page.get_by_role("button", name="大字版")).to_be_visible()
    assert window.text_smaller_than(22) != []


def test_large_print_keeps_what_was_typed(show: Callable[..., Window]) -> None:
    window = show("", "/suggestions/new/")
    matter = window.page.get_by_label("发生了什么，希望怎么解决")
    matter.fill("南塘桥头的长椅断了一条腿。")

    for pressed, then in (("大字版", "标准字号"), ("标准字号", "大字版"), ("大字版", "标准字号")):
        with window.page.expect_response("**/elder/"):
            window.page.get_by_role("button", name=pressed).click()
        expect(window.page.get_by_role("button", name=then)).to_be_focused()
        assert (window.text_smaller_than(22) == []) is (then == "标准字号")
    expect(matter).to_have_value("南塘桥头的长椅断了一条腿。")

    window.go("/help/")
    expect(window.page.get_by_role("button", name="标准字号")).to_be_visible()


def test_large_print_is_switched_on_without_scripts(show: Callable[..., Window]) -> None:
    window = show("", "/help/", java_script_enabled=False)

    window.page.get_by_role("button", name="大字版").click()

    expect(window.page.get_by_role("button", name="标准字号")).to_be_visible()
    expect(window.page.get_by_role("button", name="大字版")).to_be_hidden()
    expect(window.page).to_have_url(f"{window.site.address}/help/")


@pytest.mark.parametrize(("username", "path"), EVERYBODY)
def test_large_print_page_is_large_and_holds(show: Callable[..., Window], username: str, path: str) -> None:
    window = show(username, path, large_print=True)

    faults = {"small": window.text_smaller_than(22)}
    for width in WIDTHS:
        window.resize(width)
        faults[f"too wide at {width}"] = window.too_wide()
        if width in (1280, 390):
            faults[f"axe at {width}"] = window.violations()

    assert not any(faults.values()), {what: found for what, found in faults.items() if found}


# ---- no scripts, no motion, paper


def test_resident_submits_without_scripts(show: Callable[..., Window]) -> None:
    window = show("", "/suggestions/new/", width=390, java_script_enabled=False)

    window.page.get_by_label("照片").set_input_files(
        {"name": "长椅.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    fill_the_form(window.page, "南塘桥边的长椅缺了两根木条，坐下去会夹到手。")

    expect(window.page.get_by_role("button", name="打印查询单")).to_be_hidden()
    look_up(window, window.page.locator(".code-big").inner_text())
    expect(window.page.get_by_role("img", name="照片：长椅.jpg")).to_be_visible()


def test_resident_evaluates_without_scripts(open_window: Callable[..., Window], known: dict[str, object]) -> None:
    window = open_window(390, java_script_enabled=False)
    look_up(window, known["code_to_evaluate"])

    window.page.get_by_role("group", name="办理过程").get_by_label("满意", exact=True).check()
    window.page.get_by_role("group", name="办理结果").get_by_label("基本满意").check()
    window.page.get_by_role("button", name="提交评价").click()

    expect(window.page.get_by_role("status")).to_have_text("已记下您的评价，这件已办结。")


def test_director_gets_the_pdf_without_scripts(
    show: Callable[..., Window], skip_without_pdf: Callable[[], None]
) -> None:
    skip_without_pdf()
    window = show("fangzhenhua", "/admin/annual-summary/{year}/", java_script_enabled=False)
    page = window.page
    page.get_by_role("button", name="生成 PDF").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("年度工作总结 PDF")

    for _ in range(120):
        if page.get_by_role("link", name="下载").count():
            break
        expect(page.get_by_role("progressbar", name="进度")).to_be_visible()
        page.wait_for_timeout(500)
        page.get_by_role("link", name="看最新进度").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").click()

    assert download.value.path().read_bytes().startswith(b"%PDF")


_MOVING = """() => [...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  const durations = `${style.transitionDuration},${style.animationDuration}`.split(",");
  return durations.some((text) => parseFloat(text) > 0) || style.scrollBehavior === "smooth";
}).map((element) => element.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(
    ("username", "path"), [("", "/suggestions/new/"), ("zhoumin", "/admin/suggestions/suggestion/")]
)
def test_nothing_moves_for_who_wants_it_still(show: Callable[..., Window], username: str, path: str) -> None:
    window = show(username, path)
    assert window.page.evaluate(_MOVING) != []

    window.page.emulate_media(reduced_motion="reduce")

    assert window.page.evaluate(_MOVING) == []


def test_received_page_prints_only_the_slip(show: Callable[..., Window]) -> None:
    window = show("", "/suggestions/new/")
    page = window.page
    fill_the_form(page, "南塘河边的路灯杆歪了，风一大就晃，怕倒下来。")
    code = page.locator(".code-big").inner_text()

    page.emulate_media(media="print")

    slip = page.locator(".slip").inner_text()
    assert code in slip
    assert page.locator("body").inner_text().strip() == slip.strip()
    sheets = PdfReader(io.BytesIO(page.pdf(format="A5"))).pages
    assert len(sheets) == 1
    assert code in sheets[0].extract_text()
