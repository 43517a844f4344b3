"""The staff's pages in the admin: queues, one case, and the verbs with their refusals."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from congress_portal.common.figures import FIRST_YEAR
from suggestions import selectors, tracking, workflow
from suggestions.choices import Channel, Kind, Rating, Status
from suggestions.models import Evaluation, ReplyTerm, Suggestion
from tests.pages import Page, page_of
from tests.suggestions.front_door import as_shown
from tests.suggestions.story import MATTER, PHONE, STATES, TODAY, moment

LIST = "/admin/suggestions/suggestion/"
NOT_OUT = "2027年放假安排还没有公布，暂按周末推算，公布后会重新计算。"

COMMITTEE_AND_AUDITOR = ("zhao", "sun", "fang", "shen")

# The queue each state of the story lies in.
QUEUES = {
    "submitted": "new", "accepted": "toassign", "assigned": "doing", "reopened": "doing", "overdue": "overdue",
    "replied": "rate", "closed": "done", "declined": "moved",
}  # fmt: skip


@pytest.fixture
def clerk(signed_in, zhao):
    return signed_in(zhao)


def opened(client: Client, case: Suggestion) -> dict[str, str]:
    """Open a case's page and return what its form would send as it stands."""
    form = Page(client.get(case_page(case)).content.decode()).form_with("seen")
    return {name: form.value(name) for name in ("title", "category", "community", "place", "seen")}


def case_page(case: Suggestion) -> str:
    return case.get_absolute_url()


def verb(case: Suggestion, name: str) -> str:
    return reverse(f"admin:suggestions_suggestion_{name}", args=[case.pk])


def verb_form(client: Client, case: Suggestion, name: str) -> dict[str, str]:
    """Open the page of a verb and return what its form would send as it stands."""
    return as_shown(page_of(client.get(verb(case, name))).form_with("seen"))


# ---- first page and queues


def test_every_case_lies_in_exactly_one_queue(clerk, office):
    cases = {state: office.case_in(state) for state in STATES}

    found = {
        queue.key: {row.pk for row in clerk.get(LIST, {"queue": queue.key}).context["cl"].result_list}
        for queue in selectors.QUEUES
    }

    assert {state: [key for key, pks in found.items() if cases[state].pk in pks] for state in STATES} == {
        state: [key] for state, key in QUEUES.items()
    }
    counts = selectors.queue_counts(today=date(2026, 3, 5))
    assert {key: len(pks) for key, pks in found.items()} == {key: counts[key] for key in found}


def test_first_page_counts_the_queues_and_lists_what_is_due_first(clerk, office):
    cases = {state: office.case_in(state) for state in STATES}

    page = clerk.get("/admin/")

    assert {queue["chip"].label: queue["count"] for queue in page.context["queues"]} == {
        "待受理": 1, "待交办": 1, "办理中": 2, "已逾期": 1, "待评价": 1, "已办结": 1,
    }  # fmt: skip
    assert page.context["to_do_count"] == 3
    assert page.context["to_do_parts"] == ["逾期 1 件", "受理到期 1 件", "待交办 1 件"]
    listed = [entry["row"].suggestion for entry in page.context["urgent"]]
    assert set(listed) == {cases[state] for state in ("submitted", "accepted", "assigned", "overdue", "reopened")}
    assert listed[-1] == cases["reopened"]  # due in April, the others in March


def test_first_page_counts_as_work_of_today_only_what_is_due(clerk, office):
    def waiting_for_acceptance(day: int) -> None:
        office.submit(now=moment(3, day))  # to be accepted within two days

    def waiting_for_the_reply(due_on: date) -> None:
        office.assign(office.case_in("accepted"), due_on=due_on)

    for day in (2, 3, 4):  # late since yesterday, due today, due tomorrow
        waiting_for_acceptance(day)
    for day in (4, 5, 6, 7):  # overdue, due today, due tomorrow, due the day after
        waiting_for_the_reply(date(2026, 3, day))
    office.case_in("accepted")
    office.case_in("replied")

    page = clerk.get("/admin/")

    assert page.context["to_do_parts"] == ["逾期 1 件", "受理到期 2 件", "待交办 1 件", "今明两天答复到期 2 件"]
    assert page.context["to_do_count"] == 6
    text = page_of(page).text
    assert "今天要办 6 件" in text
    assert "3月5日（周四）：逾期 1 件，受理到期 2 件，待交办 1 件，今明两天答复到期 2 件" in text


def test_first_page_says_so_when_nothing_is_due(clerk, office):
    office.case_in("assigned")

    assert "今天没有到期要办的件" in page_of(clerk.get("/admin/")).text


def test_first_page_tells_the_auditor_how_many_are_open_and_leads_to_exactly_these(signed_in, shen, clerk, office):
    cases = {state: office.case_in(state) for state in STATES}
    browser = signed_in(shen)

    page = browser.get("/admin/")

    text, links = page_of(page).text, page_of(page).links
    assert "未办结 6 件" in text
    assert "今天要办" not in text
    assert "全部未办结 6 件" in text
    (address,) = [link for link in links if link.endswith("?queue=open")]
    listed = browser.get(address).context["cl"].result_list
    assert {row.pk for row in listed} == {cases[state].pk for state in set(STATES) - {"closed", "declined"}}
    assert "全部未办结 6 件" in page_of(clerk.get("/admin/")).text


def test_list_says_what_is_due_or_what_was_done_last(clerk, office):
    cases = {state: office.case_in(state) for state in STATES}

    html = clerk.get(LIST).content.decode()

    shown = {}
    for row in re.findall(r"<tr><th.*?</tr>", html, re.DOTALL):
        pk = int(re.search(r"/suggestion/(\d+)/change/", row)[1])
        cell = re.search(r'class="field-due[^>]*>(.*?)</td>', row, re.DOTALL)[1]
        shown[pk] = re.sub(r"<[^>]*>", " ", cell).split()
    assert {state: shown[case.pk] for state, case in cases.items()} == {
        "submitted": ["3月4日", "受理，逾期", "1", "个工作日"],
        "accepted": ["3月3日受理"],
        "assigned": ["3月24日", "答复，还有", "13", "个工作日"],
        "overdue": ["3月4日", "答复，逾期", "1", "个工作日"],
        "replied": ["等居民评价"],
        "reopened": ["4月5日", "答复，还有", "21", "个工作日"],
        "closed": ["3月5日办结"],
        "declined": ["3月3日不受理"],
    }


def test_list_has_what_is_finished_last_and_the_newest_of_it_first(clerk, office):
    first, later, accepted = office.case_in("closed"), office.case_in("declined"), office.case_in("accepted")
    newest = office.case_in("replied")
    office.evaluate(newest, now=moment(3, 6), result=Rating.SATISFIED)
    urgent = office.case_in("overdue")
    far = office.case_in("reopened")
    Suggestion.objects.filter(pk=first.pk).update(closed_on=date(2021, 3, 5))

    listed = [case.pk for case in clerk.get(LIST).context["cl"].result_list]

    assert listed == [case.pk for case in (accepted, urgent, far, newest, later, first)]


def test_years_of_the_list_begin_with_the_first_case_but_not_before_there_can_be_one(office):
    today = TODAY.date()
    assert selectors.years_received(today=today) == [2026]

    case = office.case_in("submitted")
    Suggestion.objects.filter(pk=case.pk).update(received_on=date(2024, 12, 31))
    assert selectors.years_received(today=today) == [2026, 2025, 2024]

    Suggestion.objects.filter(pk=case.pk).update(received_on=date(206, 3, 5))
    assert selectors.years_received(today=today) == list(range(2026, FIRST_YEAR - 1, -1))


def test_first_page_of_the_administrator_shows_no_business(signed_in, admin, office):
    case = office.case_in("submitted")

    html = signed_in(admin).get("/admin/").content.decode()

    assert case.title not in html
    assert "待受理" not in html


def test_list_shows_neither_name_nor_phone(clerk, office):
    case = office.case_in("submitted")
    assert PHONE in clerk.get(case_page(case)).content.decode()

    html = clerk.get(LIST).content.decode()

    assert case.title in html
    assert PHONE not in html
    assert "王女士" not in html


def test_search_finds_title_matter_number_and_tracking_code(clerk, office):
    received = office.submit(matter="幼儿园门口没有斑马线。家长很担心孩子。")
    office.submit()

    for words in ("斑马线", "担心孩子", received.suggestion.number, tracking.display(received.code).lower()):
        found = clerk.get(LIST, {"q": words}).context["cl"].result_list
        assert list(found) == [received.suggestion], words


def test_search_by_contact_is_for_who_may_see_it(signed_in, cast, office):
    case = office.submit().suggestion
    office.submit(contact=workflow.Contact("李先生", "13955509999"))

    def found(name: str, words: str) -> list[Suggestion]:
        return list(signed_in(cast[name]).get(LIST, {"q": words}).context["cl"].result_list)

    for words in (PHONE, PHONE[-4:], "王女士"):
        assert {name: found(name, words) for name in ("zhao", "fang", "shen")} == {
            "zhao": [case], "fang": [case], "shen": [],
        }, words  # fmt: skip
    assert found("shen", case.number) == [case]


# ---- one case


def test_case_page_shows_contact_to_the_committee_only(signed_in, cast, office):
    case = office.case_in("assigned")

    pages = {name: signed_in(cast[name]).get(case_page(case)).content.decode() for name in COMMITTEE_AND_AUDITOR}

    for secret in (PHONE, PHONE[-4:], "王女士", "60—79 岁", "年龄段"):
        shown = {name: secret in page for name, page in pages.items()}
        assert shown == {"zhao": True, "sun": True, "fang": True, "shen": False}, secret
    assert "您的角色看不到居民的姓名和电话。" in pages["shen"]


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        ("submitted", {"受理", "不受理"}),
        ("accepted", {"交办", "不受理"}),
        ("assigned", set()),
        ("replied", {"记录评价", "退回答复"}),
        ("closed", set()),
        ("declined", set()),
    ],
)
def test_case_page_offers_what_can_be_done_now(clerk, signed_in, shen, office, state, labels):
    case = office.case_in(state)

    assert {link.label for link in clerk.get(case_page(case)).context["verbs"]} == labels | {"更正联系方式"}
    assert signed_in(shen).get(case_page(case)).context["verbs"] == []


def test_closing_is_offered_only_when_the_days_for_evaluating_are_over(clerk, office, clock, replied):
    def offered() -> bool:
        clerk.force_login(office.clerk)
        return "办结" in {link.label for link in clerk.get(case_page(replied)).context["verbs"]}

    assert not offered()
    clock.move_to(moment(3, 14, 23, 59))
    assert not offered()
    clock.move_to(moment(3, 15, 0, 1))
    assert offered()


def test_case_page_changes_title_and_place_but_not_the_words_of_the_resident(clerk, office):
    case = office.case_in("submitted")
    forged = {"matter": "改过的正文", "status": "closed", "channel": "letter", "contact_phone": "1", "number": "1"}

    answer = clerk.post(
        case_page(case),
        opened(clerk, case) | {"title": "东门路灯", "category": "", "community": "", "place": "东门"} | forged,
    )

    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.title, case.place, case.community) == ("东门路灯", "东门", None)
    assert (case.matter, case.status, case.channel, case.contact_phone) == (MATTER, Status.SUBMITTED, "web", PHONE)


def test_case_page_saved_while_the_case_moved_on_keeps_the_move(clerk, office, monkeypatch):
    """The row is read, a colleague's verb commits, the form is saved: only the form's own fields are written."""
    from suggestions.admin import SuggestionAdmin

    case = office.case_in("submitted")
    stock = SuggestionAdmin.save_model

    def save_after_a_colleague(self, request, obj, form, change):
        office.accept(Suggestion.objects.get(pk=obj.pk))
        stock(self, request, obj, form, change)

    monkeypatch.setattr(SuggestionAdmin, "save_model", save_after_a_colleague)
    clerk.post(case_page(case), opened(clerk, case) | {"title": "东门路灯", "place": "东门"})

    case.refresh_from_db()
    assert (case.title, case.status, case.accepted_on) == ("东门路灯", Status.ACCEPTED, date(2026, 3, 3))


def test_case_page_saved_by_two_keeps_the_first_and_shows_both_to_the_second(clerk, signed_in, sun, office):
    case = office.case_in("submitted")
    second = signed_in(sun)
    as_first, as_second = opened(clerk, case), opened(second, case)

    assert clerk.post(case_page(case), as_first | {"title": "东门路灯不亮"}).status_code == 302
    refused = second.post(case_page(case), as_second | {"title": "菜场路灯", "place": "菜场"})

    case.refresh_from_db()
    assert case.title == "东门路灯不亮"
    page = Page(refused.content.decode())
    assert "别人改过这一件。标题现在是“东门路灯不亮”" in page.text
    again = page.form_with("seen")
    assert (again.value("title"), again.value("place")) == ("菜场路灯", "菜场")

    second.post(case_page(case), {name: again.value(name) for name in as_second})
    case.refresh_from_db()
    assert (case.title, case.place) == ("菜场路灯", "菜场")


@pytest.mark.parametrize("field", ["topic", "activity"])
@pytest.mark.parametrize("typed", ["abc", "9" * 30, "9" * 5000, "\x00", "-1"])
def test_case_page_takes_what_cannot_be_looked_up_as_a_mistake(clerk, office, field, typed):
    case = office.case_in("submitted")

    answer = clerk.post(case_page(case), opened(clerk, case) | {field: typed})

    assert answer.status_code == 200
    assert "列表里没有这一项，请重新选择。" in page_of(answer).text


# ---- verbs

DONE = {
    "accept": ("submitted", {}, Status.ACCEPTED),
    "decline": ("submitted", {"reason": "在诉讼中。", "referred_to": "法院 12368"}, Status.DECLINED),
    "assign": ("accepted", {"due_on": "2026-03-20"}, Status.ASSIGNED),
    "send_back": ("replied", {"reason": "太短。", "due_on": "2026-03-20"}, Status.ASSIGNED),
    "evaluate": ("replied", {"process": "basic", "result": "basic", "reason": ""}, Status.CLOSED),
    "close": ("replied", {"note": "两次电话未接通。"}, Status.CLOSED),
}


@pytest.mark.parametrize("name", DONE)
def test_verb_is_done_from_its_page(clerk, office, clock, name):
    state, typed, status = DONE[name]
    case = office.case_in(state)
    if name == "close":
        clock.move_to(moment(3, 15))
        clerk.force_login(office.clerk)
    if name == "assign":
        typed = typed | {"department": office.department.pk}
    shown = verb_form(clerk, case, name)

    answer = clerk.post(verb(case, name), shown | typed, follow=True)

    assert answer.redirect_chain == [(case_page(case), 302)]
    assert "flash" in answer.content.decode()
    case.refresh_from_db()
    assert case.status == status
    assert case.events.order_by("-pk").first().happened_at == (moment(3, 15) if name == "close" else moment(3, 5))


def test_assign_page_proposes_the_last_day_of_the_channels_term(clerk, accepted):
    page = page_of(clerk.get(verb(accepted, "assign")))

    assert page.form_with("due_on").value("due_on") == "2026-03-26"
    assert "最晚到 3月26日（周四），可以提前，不能推后。" in page.text
    assert "2026年3月5日交办，从次日起数 15 个工作日，到3月26日（周四）止。" in page.text
    assert "推算" not in page.text


def test_assign_page_of_a_proposal_counts_the_statutes_months(clerk, office):
    case = office.accept(office.enter(channel=Channel.SESSION, kind=Kind.PROPOSAL).suggestion)

    page = page_of(clerk.get(verb(case, "assign")))

    assert page.form_with("due_on").value("due_on") == "2026-06-05"
    assert "2026年3月5日交办，从当天起算 3 个月，到6月5日（周五）止。" in page.text
    assert "依据：代表法（2025年3月11日修正）第五十一条（会议期间 3 个月）。" in page.text


def test_assign_page_says_beside_the_date_that_it_is_provisional(signed_in, zhao, office, clock):
    clock.move_to(now := moment(12, 18))
    case = office.accept(office.submit(now=now).suggestion, now=now)

    text = page_of(signed_in(zhao).get(verb(case, "assign"))).text

    assert f"最晚到 2027年1月8日（周五），可以提前，不能推后。 {NOT_OUT}" in text


def test_case_page_says_beside_the_date_that_it_is_provisional(signed_in, zhao, office, clock):
    clock.move_to(now := moment(12, 18))
    case = office.accept(office.submit(now=now).suggestion, now=now)
    office.assign(case, now=now, due_on=date(2027, 1, 8))

    text = page_of(signed_in(zhao).get(case_page(case))).text

    assert f"答复期限 2027年1月8日（周五） 还有约 15 个工作日 {NOT_OUT}" in text


def test_send_back_page_counts_from_today(clerk, replied):
    text = page_of(clerk.get(verb(replied, "send_back"))).text

    assert "2026年3月5日退回，从次日起数 15 个工作日，到3月26日（周四）止。" in text


BAD = {
    "decline": ("submitted", {"reason": "", "referred_to": "法院"}, "reason", "请填写不受理的原因。"),
    "assign": ("accepted", {"department": "", "due_on": "2026-03-20"}, "department", "请选择承办单位。"),
    "send_back": ("replied", {"reason": "太短。", "due_on": "2026-02-30"}, "due_on", "日期写成 2026-11-24 这样。"),
    "evaluate": (
        "replied",
        {"process": "basic", "result": "dissatisfied", "reason": ""},
        "reason",
        "请写明哪里不满意，承办单位要照着重新办理。",
    ),
    "close": ("replied", {"note": " "}, "note", "请填写办结说明。"),
}


@pytest.mark.parametrize("name", BAD)
def test_verb_with_mistakes_is_refused_and_kept_as_typed(clerk, office, everything, name):
    state, typed, field, sentence = BAD[name]
    case = office.case_in(state)
    before = everything()

    answer = clerk.post(verb(case, name), typed)

    assert answer.status_code == 200
    assert answer.context["form"].errors == {field: [sentence]}
    shown = page_of(answer).form_with(field)
    assert {key: shown.value(key).strip() for key in typed} == {key: value.strip() for key, value in typed.items()}
    assert everything() == before


def test_assign_past_the_term_is_refused_at_the_date(clerk, accepted, office, everything):
    before = everything()

    answer = clerk.post(verb(accepted, "assign"), {"department": office.department.pk, "due_on": "2026-03-27"})

    assert answer.status_code == 200
    assert answer.context["form"].errors == {
        "due_on": ["答复期限要在今天到2026年3月26日之间：网上提交从次日起数 15 个工作日，最晚到这一天。"]
    }
    assert page_of(answer).form_with("due_on").value("department") == str(office.department.pk)
    assert everything() == before


@pytest.mark.parametrize("name", DONE)
def test_verb_that_comes_too_late_says_what_happened_since(clerk, office, everything, name):
    state, typed, _ = DONE[name]
    case = office.case_in("declined" if state == "submitted" else "closed")
    before = everything()

    answer = clerk.post(verb(case, name), typed | {"department": office.department.pk})
    page = clerk.get(verb(case, name), follow=True)

    happened = "3月5日 10:00，居民办了“办结”，这件现在是“已办结”。"
    if state == "submitted":
        happened = "3月3日 10:00，赵经办办了“不受理”，这件现在是“不受理”。"
    assert answer.status_code == 409
    assert f"没有保存：{happened}请先复制您写的内容，再打开这一件看最新情况。" in page_of(answer).text
    assert page.redirect_chain == [(case_page(case), 302)]
    assert happened in page_of(page).text
    assert everything() == before


@pytest.mark.parametrize("name", BAD)
def test_verb_that_comes_too_late_and_with_mistakes_says_both(clerk, office, everything, name):
    state, typed, field, sentence = BAD[name]
    case = office.case_in("declined" if state == "submitted" else "closed")
    before = everything()

    answer = clerk.post(verb(case, name), typed)

    assert answer.status_code == 409
    assert answer.context["form"].errors[field] == [sentence]
    assert "这件现在是" in page_of(answer).text
    assert everything() == before


# ---- a colleague was here since the page was opened


def contact_corrected(office, case, colleague):
    workflow.correct_contact(case, contact=workflow.Contact("王女士"), by=colleague, now=TODAY)
    return "3月5日 10:00，孙经办办了“更正联系方式”"


def assigned_and_returned(office, case, colleague):
    office.assign(case, now=TODAY)
    workflow.return_to_committee(case, reason="路灯由供电所管。", by=office.officer, now=TODAY)
    return "3月5日 10:00，吴承办办了“承办单位退办”"


def sent_back_and_answered(office, case, colleague):
    workflow.send_back_reply(case, reason="太短。", due_on=date(2026, 3, 12), by=colleague, now=TODAY)
    office.reply(case, now=TODAY)
    return "3月5日 10:00，吴承办办了“承办单位答复”"


def accepted_by_a_colleague(office, case, colleague):
    workflow.accept_suggestion(case, by=colleague, now=TODAY)
    return "3月5日 10:00，孙经办办了“受理”"


IN_BETWEEN = {
    "accept": ({}, contact_corrected),
    "decline": ({"reason": "在诉讼中𠮷。", "referred_to": "法院 12368"}, contact_corrected),
    "assign": ({"due_on": "2026-03-20"}, assigned_and_returned),
    "send_back": ({"reason": "没有写明何时修好。", "due_on": "2026-03-20"}, sent_back_and_answered),
    "evaluate": ({"process": "basic", "result": "basic", "reason": "电话里说的𠮷"}, contact_corrected),
    "contact": ({"name": "李女士", "phone": "13955509999"}, accepted_by_a_colleague),
}


@pytest.mark.parametrize("name", IN_BETWEEN)
def test_stale_tab_does_not_overrule_a_colleague_unless_pressed_again(clerk, office, sun, everything, name):
    typed, step = IN_BETWEEN[name]
    case = office.case_in("submitted" if name == "contact" else DONE[name][0])
    typed = verb_form(clerk, case, name) | typed
    if name == "assign":
        typed |= {"department": str(office.department.pk)}
    happened = step(office, case, sun)
    case.refresh_from_db()
    before = everything()

    refused = clerk.post(verb(case, name), typed)

    assert refused.status_code == 409
    sentence = (
        f"没有保存：您打开这一页以后，{happened}，这件现在是“{case.get_status_display()}”。"
        "您填的还在，看清后可以再点一次。"
    )
    assert refused.context["form"].non_field_errors() == [sentence]
    assert sentence in page_of(refused).text
    again = as_shown(page_of(refused).form_with("seen"))
    changed = {"seen", "csrfmiddlewaretoken"}
    assert {field: again[field] for field in typed if field not in changed} == {
        field: value for field, value in typed.items() if field not in changed
    }
    assert everything() == before

    assert clerk.post(verb(case, name), again).status_code == 302
    assert case.events.order_by("-pk").first().actor == office.clerk


def test_stale_evaluation_of_an_answer_replaced_in_between_is_never_taken(clerk, office, sun, replied, everything):
    typed = verb_form(clerk, replied, "evaluate")
    typed |= {"process": "basic", "result": "dissatisfied", "reason": "电话里说还有一盏不亮𠮷。"}
    sent_back_and_answered(office, replied, sun)
    before = everything()

    first = clerk.post(verb(replied, "evaluate"), typed)
    second = clerk.post(verb(replied, "evaluate"), as_shown(page_of(first).form_with("seen")))

    assert (first.status_code, second.status_code) == (409, 409)
    assert "没有记下：承办单位又答复了一次。请先看新的答复，再评价。" in page_of(second).text
    assert page_of(second).form_with("seen").value("reason") == "电话里说还有一盏不亮𠮷。"
    assert everything() == before

    fresh = verb_form(clerk, replied, "evaluate") | {"process": "basic", "result": "basic"}
    assert clerk.post(verb(replied, "evaluate"), fresh).status_code == 302
    assert Evaluation.objects.get().reply.sent_back_at is None


@pytest.mark.parametrize("seen", ["x", "9" * 5000, "\0", "-1"])
def test_forged_last_step_is_refused(clerk, submitted, everything, seen):
    before = everything()

    assert clerk.post(verb(submitted, "accept"), {"seen": seen}).status_code in (200, 400, 409)
    assert everything() == before


# ---- whom to call back


@pytest.mark.parametrize("state", STATES)
def test_contact_is_corrected_in_every_state(clerk, office, state):
    case = office.case_in(state)
    shown = verb_form(clerk, case, "contact")
    assert (shown["name"], shown["phone"], shown["age_band"]) == ("王女士", PHONE, "60-79")
    status = case.status

    answer = clerk.post(verb(case, "contact"), shown | {"name": "李女士", "phone": "139 5550 9999"}, follow=True)

    assert answer.redirect_chain == [(case_page(case), 302)]
    assert "已更正联系方式。" in page_of(answer).text
    case.refresh_from_db()
    assert (case.contact_name, case.contact_phone, case.age_band) == ("李女士", "13955509999", "60-79")
    assert case.status == status
    event = case.events.order_by("-pk").first()
    assert (event.get_kind_display(), event.actor, event.note) == ("更正联系方式", office.clerk, "")


def test_contact_with_mistakes_is_refused_and_kept_as_typed(clerk, submitted, everything):
    before = everything()

    answer = clerk.post(verb(submitted, "contact"), {"name": "李女士", "phone": "1395550"})

    assert answer.context["form"].errors == {"phone": ["手机号应为 11 位，现在是 7 位。"]}
    assert page_of(answer).form_with("phone").value("name") == "李女士"
    assert everything() == before


def test_contact_is_not_for_the_auditor_and_unknown_to_the_administrator(signed_in, cast, submitted, everything):
    before = everything()

    for name, status in {"shen": 403, "wu": 403, "chen": 403, "admin": 404}.items():
        browser = signed_in(cast[name])
        for answer in (browser.get(verb(submitted, "contact"), follow=True), browser.post(verb(submitted, "contact"))):
            if answer.status_code == 302:  # the door of the staff's side
                answer = browser.get(answer["Location"])
            assert answer.status_code == status, name
            assert PHONE not in answer.content.decode()

    assert everything() == before
    assert signed_in(cast["fang"]).get(verb(submitted, "contact")).status_code == 200


# ---- messages, as who may not see cases sees them


def test_outbox_of_the_administrator_names_cases_by_number_only(signed_in, admin, office):
    case = office.case_in("reopened")

    html = signed_in(admin).get("/admin/notifications/message/").content.decode()

    assert case.number in html
    for secret in (case.title, "路灯", "王女士", PHONE, "只修好了两盏"):
        assert secret not in html


def test_send_back_page_proposes_a_day_that_it_also_takes(clerk, office, reopened):
    office.reply(reopened, now=TODAY)  # due on 5 April: a second round has more days than the committee may give

    form = verb_form(clerk, reopened, "send_back")

    assert form["due_on"] == "2026-03-26"
    assert clerk.post(verb(reopened, "send_back"), form | {"reason": "太短。"}).status_code == 302


def test_verb_too_early_to_close_says_until_when(clerk, replied, everything):
    before = everything()

    answer = clerk.post(verb(replied, "close"), {"note": "两次电话未接通。"})

    assert answer.status_code == 200
    assert "居民在3月14日前都可以评价，过了这一天才能办结。" in page_of(answer).text
    assert page_of(answer).form_with("note").value("note") == "两次电话未接通。"
    assert everything() == before


def test_unknown_case_is_not_found(clerk, db):
    for name in DONE:
        assert clerk.get(reverse(f"admin:suggestions_suggestion_{name}", args=[10**30])).status_code == 404


# ---- the tables the office edits


TERM = {
    "accept_days": 3,
    "reply_days": 30,
    "reply_months": "",
    "rehandle_months": 2,
    "evaluate_days": 10,
    "return_days": 5,
    "source": "本街道办法",
    "other_source": "本街道细则",
}


def term_page(channel: Channel) -> str:
    return f"/admin/suggestions/replyterm/{ReplyTerm.objects.get(channel=channel).pk}/change/"


def test_term_of_a_channel_is_edited_by_the_director_only(signed_in, cast, office):
    assert signed_in(cast["zhao"]).post(term_page(Channel.WEB), TERM).status_code == 403
    assert signed_in(cast["fang"]).post(term_page(Channel.WEB), TERM | {"channel": "letter"}).status_code == 302

    term = ReplyTerm.objects.get(channel=Channel.WEB)
    assert {name: getattr(term, name) for name in TERM} == TERM | {"reply_months": None}


def test_term_of_a_channel_may_turn_from_days_into_months(signed_in, fang, office):
    typed = TERM | {"reply_days": "", "reply_months": 2, "months_move_on": "on"}

    assert signed_in(fang).post(term_page(Channel.WEB), typed).status_code == 302

    limit = ReplyTerm.objects.get(channel=Channel.WEB).reply_limit
    assert (limit.days, limit.months, limit.moves_on, limit.source) == (None, 2, True, "本街道办法")


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        (
            {"reply_days": 15, "reply_months": 3},
            {"reply_months": ["工作日和月只填一项：按工作日的清空这里，按月的清空上面的工作日。"]},
        ),
        (
            {"reply_days": "", "reply_months": ""},
            {"reply_days": ["请填答复期限：按工作日的填在这里，按月的填在下面。"]},
        ),
        ({"reply_days": 0}, {"reply_days": ["最小填 1。"]}),
        ({"reply_days": "", "reply_months": 401}, {"reply_months": ["最大填 400。"]}),
        ({"accept_days": "两天"}, {"accept_days": ["请填整数，只写数字。"]}),
        (
            {"return_days": "", "source": ""},
            {"return_days": ["请填写这一项。"], "source": ["请填写这一项。"]},
        ),
    ],
)
def test_term_with_mistakes_is_refused_at_the_field(signed_in, fang, office, everything, typed, errors):
    before = everything()

    answer = signed_in(fang).post(term_page(Channel.WEB), TERM | typed)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == errors
    text = page_of(answer).text
    for sentences in errors.values():
        assert sentences[0] in text
    assert everything() == before


def test_terms_are_listed_in_words(signed_in, shen, office):
    ReplyTerm.objects.filter(channel=Channel.WEB).update(accept_days=3, return_days=5, evaluate_days=12)

    text = page_of(signed_in(shen).get("/admin/suggestions/replyterm/")).text

    assert "网上提交 3 个工作日 15 个工作日 5 个工作日 1 个月 12 天 本街道意见建议办理办法" in text
    assert "会议期间 2 个工作日 3 个月 7 个工作日 1 个月 10 天 代表法（2025年3月11日修正）第五十一条" in text
