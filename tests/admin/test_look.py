"""What every page of the staff's side owes its reader: Chinese throughout, nothing inline, few queries."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from congress_portal.common.pdf import missing_for_pdf
from deputies.models import Person
from tests.factories import UserFactory
from tests.pages import Attributes, Page
from tests.suggestions.story import STATES

INDEX = "/admin/"
CHANGELIST = "/admin/suggestions/suggestion/"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
# File formats, programs and units are what people here call them too.
ALLOWED = {"PDF", "DOCX", "XLSX", "JPG", "PNG", "GIF", "WebP", "ZIP", "jpg", "MB", "Excel", "WPS"}
# How a name is typed in letters, in the hint of the search box.
ALLOWED |= {"yawen", "cyw"}
# Pages that a walk must have met to be worth something.
COMMITTEE = ("/accept/", "/assign/", "/evaluate/", "suggestion/add/", "annual-summary/2026/")
EXPECTED = {
    "admin": ("user/add/", "/password/", "/history/"),
    "fang": COMMITTEE,
    "zhao": COMMITTEE,
    "shen": ("/history/", "annual-summary/2026/"),
}
READ_OUT = ("alt", "title", "placeholder", "aria-label")


class StaffPage(Page):
    """A page with all its words: those in attributes are read out or shown as well."""

    def handle_starttag(self, tag: str, attributes: Attributes) -> None:
        super().handle_starttag(tag, attributes)
        given = dict(attributes)
        self.texts += [given[name] or "" for name in READ_OUT if name in given]
        if tag == "input" and given.get("type") == "submit":
            self.texts.append(given.get("value") or "")

    def english(self, *, names: set[str] | None = None) -> set[str]:
        """Return the words that are not Chinese, apart from ids, allowed abbreviations and the names given."""
        return set(ENGLISH.findall(UUID.sub("", self.text))) - ALLOWED - (names or set())


def staff_page(response) -> StaffPage:
    return StaffPage(response.content.decode())


def walk(client: Client) -> dict[str, StaffPage]:
    """Follow every link of the staff's side once; of a list, only the one with everything in it."""
    waiting, pages, seen = [INDEX], {}, set()
    while waiting:
        path = urlsplit(waiting.pop()).path
        # One message looks like the next; of cases each may be in another state.
        kind = UUID.sub("", path)
        if not path.startswith(INDEX) or kind in seen:
            continue
        seen.add(kind)
        response = client.get(path)
        assert response.status_code == 200, f"{path} answered {response.status_code}"
        if response.has_header("Content-Disposition"):  # a file, such as the template of a table
            continue
        pages[path] = staff_page(response)
        waiting += [urljoin(path, link) for link in pages[path].links]
    return pages


@pytest.mark.parametrize("username", EXPECTED)
def test_every_page_is_chinese_and_keeps_the_content_policy(username, cast, office, signed_in):
    for state in STATES:
        office.case_in(state, raised_by=Person.objects.get(user=cast["chen"]))
    pages = walk(signed_in(cast[username]))

    # What installs the fonts of the PDF is a command, and a test machine may lack them.
    names = {user.username for user in cast.values()} | set(ENGLISH.findall("".join(missing_for_pdf())))
    names |= set(" ".join(Person.objects.values_list("sort_key", flat=True)).split())
    assert {path: found for path, page in pages.items() if (found := page.english(names=names))} == {}
    assert {path: page.blocked_by_csp for path, page in pages.items() if page.blocked_by_csp} == {}
    met = " ".join(pages)
    for part in EXPECTED[username]:
        assert part in met


@pytest.mark.parametrize(
    ("username", "address"),
    [
        ("admin", "/admin/accounts/user/add/"),
        ("admin", "/admin/accounts/department/add/"),
        ("admin", "/admin/accounts/committee/1/change/"),
        ("zhao", "/admin/suggestions/suggestion/add/"),
        ("zhao", "/admin/suggestions/category/add/"),
        ("zhao", "/admin/deputies/person/add/"),
    ],
)
def test_a_form_sent_empty_complains_in_chinese(username, address, cast, office, signed_in):
    mandate = {"mandates-TOTAL_FORMS": 1, "mandates-INITIAL_FORMS": 0, "mandates-0-kind": "deputy"}
    response = signed_in(cast[username]).post(address, mandate)
    page = staff_page(response)

    assert response.status_code == 200
    assert page.text.startswith("有误：")
    assert 'role="alert"' in response.content.decode()
    assert page.english() == set()


def test_a_verb_refused_says_how_much_is_missing(office, zhao, signed_in):
    accepted = office.case_in("accepted")
    response = signed_in(zhao).post(f"{CHANGELIST}{accepted.pk}/assign/", {"department": "", "due_on": ""})
    assert "还有 2 处要补" in staff_page(response).text


def test_dates_are_picked_with_the_browser(office, chen, zhao, signed_in):
    person = Person.objects.get(user=chen)
    html = signed_in(zhao).get(f"/admin/deputies/person/{person.pk}/change/").content.decode()
    assert '<input type="date" name="mandates-0-starts_on" value="2022-01-10"' in html
    assert "DateTimeShortcuts" not in html


def test_a_password_is_reset_twice_typed_and_never_shown(admin, zhao, office, signed_in):
    client = signed_in(admin)
    shown = staff_page(client.get(f"/admin/accounts/user/{zhao.pk}/change/")).text
    assert "重设密码" in shown
    assert zhao.password.split("$")[0] not in shown

    reset = f"/admin/accounts/user/{zhao.pk}/password/"
    refused = client.post(reset, {"password1": "三只猫-在-树上-8", "password2": "三只猫-在-树下-8"})
    assert "两次输入的密码不一样" in staff_page(refused).text
    client.post(reset, {"password1": "三只猫-在-树上-8", "password2": "三只猫-在-树上-8"})
    zhao.refresh_from_db()
    assert zhao.check_password("三只猫-在-树上-8")


def test_a_hidden_field_has_no_words(office, zhao, signed_in):
    case = office.case_in("accepted")
    response = signed_in(zhao).get(f"{CHANGELIST}{case.pk}/change/")

    assert staff_page(response).form_with("title").value("seen")
    assert 'for="id_seen"' not in response.content.decode()
    assert "field-seen" not in response.content.decode()


@pytest.mark.parametrize("item_count", [1, 3])
def test_index_stays_within_its_queries(item_count, office, zhao, signed_in, django_assert_max_num_queries):
    for number in range(item_count):
        office.case_in("assigned", matter=f"第 {number} 盏灯不亮，希望修好。")
    client = signed_in(zhao)
    with django_assert_max_num_queries(13):
        html = client.get(INDEX).content.decode()
    assert len(re.findall(r'class="t"[^>]*>[^<]*盏灯不亮[^<]*</a>', html)) == item_count


def test_index_shows_what_the_clerk_did_last(office, zhao, signed_in):
    case = office.case_in("accepted")

    steps = staff_page(signed_in(zhao).get(INDEX)).text

    assert f"受理 《{case.title}》" in steps
    assert "您还没有办过意见建议" not in steps


@pytest.mark.parametrize("item_count", [1, 3])
def test_changelist_stays_within_its_queries(item_count, office, zhao, signed_in, django_assert_max_num_queries):
    for number in range(item_count):
        office.case_in("assigned", matter=f"第 {number} 盏灯不亮，希望修好。")
    client = signed_in(zhao)
    with django_assert_max_num_queries(14):
        html = client.get(CHANGELIST).content.decode()
    assert len(re.findall(r"盏灯不亮[^<]*<span", html)) == item_count


def test_index_says_what_today_is_made_of_and_offers_the_next_verb(office, zhao, signed_in):
    submitted = office.case_in("submitted")
    office.case_in("accepted")
    response = signed_in(zhao).get(INDEX)
    page = staff_page(response)

    assert "今天要办 2 件" in page.text
    assert "3月5日（周四）：受理到期 1 件，待交办 1 件" in page.text
    assert f"{CHANGELIST}{submitted.pk}/accept/" in page.links
    assert response.content.decode().count("btn-primary") == 1


def test_index_of_who_may_not_see_cases_is_the_list_of_records_only(office, admin, signed_in):
    office.case_in("submitted")
    page = staff_page(signed_in(admin).get(INDEX))

    for words in ("今天要办", "登记一件意见", "年度工作总结"):
        assert words not in page.text
    assert "/admin/accounts/user/" in page.links


def test_a_list_pages_in_words(office, admin, signed_in):
    UserFactory.create_batch(99)
    client = signed_in(admin)

    first = staff_page(client.get("/admin/accounts/user/")).text
    assert "第 1—100 人，共 102 人" in first
    assert "上一页" not in first
    second = staff_page(client.get("/admin/accounts/user/?p=2")).text
    assert "第 101—102 人，共 102 人" in second
    assert "下一页" not in second


def test_searching_stays_in_the_queue(office, zhao, signed_in):
    office.case_in("accepted")
    response = signed_in(zhao).get(f"{CHANGELIST}?queue=toassign")

    assert staff_page(response).form_with("q").value("queue") == "toassign"
    assert 'queue=toassign" aria-current="page">待交办 <span>1</span>' in response.content.decode()


def test_cells_of_a_list_name_their_column_and_say_yes_in_words(office, admin, signed_in):
    html = signed_in(admin).get("/admin/accounts/user/").content.decode()

    assert re.search(r'<td data-l="启用"[^>]*>是</td>', html)
    assert re.search(r'<td data-l="单位负责人"[^>]*>否</td>', html)
    assert "<img" not in html


def test_list_behind_a_figure_says_which_and_leads_back(office, chen, shen, signed_in):
    office.case_in("submitted")
    client = signed_in(shen)

    cases = staff_page(client.get(f"{CHANGELIST}?figure=received&year=2026&channel=web"))
    assert "这里列的是2026年度工作总结里“收到意见建议”算进去的，渠道是网上提交，共 1 件。" in cases.text
    assert "/admin/annual-summary/2026/" in cases.links
    people = staff_page(client.get("/admin/deputies/person/?figure=deputies&year=2026"))
    assert "“人大代表”算进去的，共 1 人。" in people.text


@pytest.mark.parametrize("state", STATES)
def test_case_page_has_one_red_button(state, office, zhao, signed_in):
    case = office.case_in(state)
    html = signed_in(zhao).get(case.get_absolute_url()).content.decode()
    assert html.count("btn-primary") == 1


def test_summary_on_screen_links_every_number_of_its_text(office, chen, zhao, signed_in):
    for state in STATES:
        office.case_in(state)
    html = signed_in(zhao).get("/admin/annual-summary/2026/").content.decode()

    sheet = html[html.index('class="sheet"') : html.index("</article>")]
    text = re.sub(r"<table.*?</table>", "", sheet, flags=re.DOTALL)
    linked = re.findall(r'<a class="fig" href="[^"]+">([^<]+)</a>', text)
    assert "8件" in linked
    assert re.findall(r"\d+(?:\.\d+)?(?:件|名|%)", re.sub(r"<a .*?</a>", "", text)) == []
