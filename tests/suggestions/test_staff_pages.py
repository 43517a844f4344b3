"""The staff's pages in the admin: queues, one case, and the verbs with their refusals."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from suggestions import selectors, tracking
from suggestions.choices import Status
from suggestions.models import Suggestion
from tests.pages import Page, page_of
from tests.suggestions.story import MATTER, PHONE, STATES, moment

LIST = "/admin/suggestions/suggestion/"

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
    assert page.context["to_do_count"] == 4
    listed = [entry["row"].suggestion for entry in page.context["urgent"]]
    assert set(listed) == {cases[state] for state in ("submitted", "accepted", "assigned", "overdue", "reopened")}
    assert listed[-1] == cases["reopened"]  # due in April, the others in March


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


def test_search_does_not_find_by_phone(clerk, office):
    office.submit()

    assert list(clerk.get(LIST, {"q": PHONE}).context["cl"].result_list) == []


# ---- one case


def test_case_page_shows_contact_to_the_committee_only(signed_in, cast, office):
    case = office.case_in("assigned")

    shown = {
        name: PHONE in signed_in(cast[name]).get(case_page(case)).content.decode()
        for name in ("zhao", "sun", "fang", "shen")
    }

    assert shown == {"zhao": True, "sun": True, "fang": True, "shen": False}


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        ("submitted", {"受理", "不受理"}),
        ("accepted", {"交办", "不受理"}),
        ("assigned", set()),
        ("replied", {"记录评价", "退回答复", "办结"}),
        ("closed", set()),
        ("declined", set()),
    ],
)
def test_case_page_offers_what_can_be_done_now(clerk, signed_in, shen, office, state, labels):
    case = office.case_in(state)

    assert {link.label for link in clerk.get(case_page(case)).context["verbs"]} == labels
    assert signed_in(shen).get(case_page(case)).context["verbs"] == []


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
    page = clerk.get(verb(case, name))
    assert page.status_code == 200

    answer = clerk.post(verb(case, name), typed, follow=True)

    assert answer.redirect_chain == [(case_page(case), 302)]
    assert "flash" in answer.content.decode()
    case.refresh_from_db()
    assert case.status == status
    assert case.events.order_by("-pk").first().happened_at == (moment(3, 15) if name == "close" else moment(3, 5))


def test_assign_page_proposes_the_last_day_of_the_channels_term(clerk, accepted):
    form = page_of(clerk.get(verb(accepted, "assign"))).form_with("due_on")

    assert form.value("due_on") == "2026-03-26"


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
    assert list(answer.context["form"].errors) == ["due_on"]
    assert page_of(answer).form_with("due_on").value("department") == str(office.department.pk)
    assert everything() == before


@pytest.mark.parametrize("name", DONE)
def test_verb_that_comes_too_late_says_what_happened_since(clerk, office, everything, name):
    state, typed, _ = DONE[name]
    case = office.case_in("declined" if state == "submitted" else "closed")
    before = everything()

    answer = clerk.post(verb(case, name), typed | {"department": office.department.pk})
    page = clerk.get(verb(case, name), follow=True)

    assert answer.status_code == 409
    assert "没有保存：这件已由" in page_of(answer).text
    assert page.redirect_chain == [(case_page(case), 302)]
    assert "没有保存：这件已由" in page_of(page).text
    assert everything() == before


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


def test_term_of_a_channel_is_edited_by_the_director_only(signed_in, cast, office):
    from suggestions.models import ReplyTerm

    term = ReplyTerm.objects.get(channel="web")
    fields = {
        "accept_days": 3,
        "reply_days": 30,
        "rehandle_days": 30,
        "evaluate_days": 10,
        "return_days": 7,
        "source": "本街道办法",
    }
    address = f"/admin/suggestions/replyterm/{term.pk}/change/"

    assert signed_in(cast["zhao"]).post(address, fields).status_code == 403
    assert signed_in(cast["fang"]).post(address, fields | {"channel": "letter", "reply_days": 0}).status_code == 200
    assert signed_in(cast["fang"]).post(address, fields | {"channel": "letter"}).status_code == 302

    term.refresh_from_db()
    assert (term.channel, term.accept_days, term.reply_days) == ("web", 3, 30)
