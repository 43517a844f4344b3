"""The page of one person (代表码): what everybody may read, and what is never there."""

from datetime import date

import pytest

from congress_portal.common.qr import qr_svg
from deputies import workflow
from deputies.choices import DutyKind, DutyOutcome, DutyStatus, MandateKind
from deputies.models import DutyRecord, Mandate
from tests.pages import page_of
from tests.suggestions.story import TODAY

SECRET = "帮楼上王大爷家调解漏水"


@pytest.fixture
def person(seated, chen):
    """chen, who agreed to nothing."""
    seat = chen.person.mandates.get()
    seat.district = "东桥路选区"
    seat.save()
    return chen.person


def card_of(person) -> str:
    return f"/board/{person.card_code}/"


def posted(person, title, *, outcome=DutyOutcome.PRESENT, kind=DutyKind.INSPECTION, on=date(2026, 2, 3), key=None):
    return workflow.record_duty(
        person,
        kind=kind,
        on=on,
        title=title,
        outcome=outcome,
        source_key=key or f"activity:{DutyRecord.objects.count()}:person:{person.pk}",
        by=None,
        now=TODAY,
        text=SECRET,
    )


def test_card_names_the_office_and_leads_to_the_letter(person, visitor):
    page = page_of(visitor.get(card_of(person)))

    assert "陈思齐 安澜区第十七届人大代表，东桥路选区" in page.text
    assert f"/suggestions/to/{person.card_code}/" in page.links
    assert "0579-5550100" in page.text
    assert page.blocked_by_csp == []


def test_card_draws_the_code_of_its_own_address(person, visitor):
    response = visitor.get(card_of(person))

    assert response.context["address"] == f"http://testserver{card_of(person)}"
    # on the page, and on the slip that is printed
    assert response.content.decode().count(qr_svg(f"http://testserver{card_of(person)}")) == 2
    assert f"http://testserver{card_of(person)}" in page_of(response).text


def test_card_is_found_whatever_the_case_of_the_letters(person, visitor):
    assert visitor.get(f"/board/{person.card_code.upper()}/").status_code == 200


def test_facts_count_what_was_done_this_year(person, visitor):
    posted(person, "视察菜场")
    posted(person, "视察河道")
    posted(person, "出席会议", kind=DutyKind.SESSION)
    posted(person, "去年的视察", on=date(2025, 12, 31))

    response = visitor.get(card_of(person))

    facts = response.context["facts"]
    assert (facts.year, facts.counts, facts.total) == (2026, (("出席人代会", 1), ("视察", 2)), 3)
    assert facts.latest == (
        (date(2026, 2, 3), "出席会议"),
        (date(2026, 2, 3), "视察河道"),
        (date(2026, 2, 3), "视察菜场"),
        (date(2025, 12, 31), "去年的视察"),
    )


def test_facts_never_tell_an_absence_a_leave_or_a_line_of_ones_own(person, visitor):
    posted(person, "缺席的会", outcome=DutyOutcome.ABSENT)
    posted(person, "请假的会", outcome=DutyOutcome.EXCUSED)
    raised = "意见建议 2026-0001（选民接待）"
    posted(person, raised, kind=DutyKind.SUGGESTION, outcome=DutyOutcome.DONE, key="suggestion:1")
    withdrawn = posted(person, "撤回的会")
    workflow.withdraw_duty(source_key=withdrawn.source_key, by=None, now=TODAY)
    common = {"person": person, "kind": DutyKind.VISIT, "happened_on": date(2026, 3, 1), "created_at": TODAY}
    DutyRecord.objects.create(**common, title=SECRET, text=SECRET, status=DutyStatus.CONFIRMED)
    DutyRecord.objects.create(**common, title="等确认的", status=DutyStatus.LOGGED)

    response = visitor.get(card_of(person))

    html = response.content.decode()
    for hidden in ("缺席", "请假", "撤回的会", SECRET, "等确认的", "2026-0001", "积分"):
        assert hidden not in html
    assert response.context["facts"].counts == (("走访选民", 1), ("转交意见建议", 1))
    assert response.context["facts"].latest == ()


def test_councillor_has_a_page_and_a_letter_but_no_facts(committee, clock, he, visitor):
    posted(he.person, "议事会会议")

    response = visitor.get(card_of(he.person))

    assert response.context["facts"] is None
    assert f"/suggestions/to/{he.person.card_code}/" in page_of(response).links
    assert "议事会会议" not in page_of(response).text


def test_card_says_who_reads_the_letter(person, seated, visitor):
    nobody = seated("无账户")

    assert "陈思齐代表看得到您写的事和每一步进展，看不到您的姓名和电话" in page_of(visitor.get(card_of(person))).text
    assert "无账户代表由街道人大工委转告" in page_of(visitor.get(card_of(nobody))).text


def test_old_card_says_so_and_leads_to_the_general_form(person, visitor):
    Mandate.objects.filter(person=person).update(ends_on=date(2026, 3, 4))

    response = visitor.get(card_of(person))

    page = page_of(response)
    assert response.status_code == 410
    assert "已不再任职" in page.text
    assert "/suggestions/new/" in page.links
    assert "陈思齐" not in page.text
    assert f"/suggestions/to/{person.card_code}/" not in page.links


@pytest.mark.parametrize("code", ["nothing2", "x" * 300, "陈思齐"])
def test_unknown_code_is_not_found(person, visitor, code):
    assert visitor.get(f"/board/{code}/").status_code == 404


def test_card_takes_no_post(person, visitor):
    assert visitor.post(card_of(person)).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_card_query_budget(person, with_photo, visitor, count, django_assert_num_queries):
    with_photo(person)
    for number in range(count):
        posted(person, f"视察 {number}")
    Mandate.objects.create(person=person, kind=MandateKind.COUNCILLOR, starts_on=date(2025, 1, 1))

    with django_assert_num_queries(5):  # the person, the mandates, the committee, counts, latest
        visitor.get(card_of(person))


def test_what_staff_put_in_the_place_of_an_activity_stays_on_the_card(person, sun, visitor):
    def correct(line, title, outcome=DutyOutcome.PRESENT, on=date(2026, 2, 4)):
        written = {"kind": DutyKind.INSPECTION, "on": on, "title": title, "place": "", "text": "", "outcome": outcome}
        return workflow.correct_duty(line, **written, reason="写错了。", by=sun, now=TODAY)

    correct(correct(posted(person, "视察菜场"), "视察菜市场"), "视察东桥菜市场")
    correct(posted(person, "出席会议"), "没有出席的会议", outcome=DutyOutcome.ABSENT)
    correct(posted(person, "意见建议", key="suggestion:1"), SECRET)

    assert visitor.get(card_of(person)).context["facts"].latest == ((date(2026, 2, 4), "视察东桥菜市场"),)
