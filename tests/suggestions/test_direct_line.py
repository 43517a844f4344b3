"""The direct line (代表直通车): a resident writes to one deputy, who sees everything and settles nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import get_resolver

from congress_portal.notifications.models import Message
from deputies.choices import DutyKind, DutyOutcome, DutyStatus, MandateKind
from deputies.models import DutyRecord, Mandate
from suggestions import workflow
from suggestions.choices import Channel, Kind, Rating
from suggestions.models import Suggestion
from suggestions.workflow import Contact
from tests.factories import PersonFactory
from tests.pages import page_of
from tests.suggestions.front_door import FILLED_IN, FORM, LOOKUP, RECEIVED, look_up, sentences
from tests.suggestions.story import MATTER, PHONE, TODAY, moment

WANG = "王女士"


def form_of(person) -> str:
    return f"/suggestions/to/{person.card_code}/"


def filled_in(browser, person) -> dict:
    key = page_of(browser.get(form_of(person))).form_with("matter").value("submission_key")
    return FILLED_IN | {"submission_key": key}


@pytest.fixture
def direct(office, chen, visitor) -> Suggestion:
    """What a resident wrote to chen."""
    answer = visitor.post(form_of(chen.person), filled_in(visitor, chen.person))
    assert answer["Location"] == RECEIVED
    return Suggestion.objects.get()


def told(user) -> list[str]:
    """What somebody was told, without the names of the cases, in the order of the letters."""
    return sorted(message.subject.partition("：")[0] for message in Message.objects.filter(recipient=user))


# ---- the form


def test_form_names_the_deputy_and_says_what_that_person_sees(office, chen, visitor):
    page = page_of(visitor.get(form_of(chen.person)))

    assert "写给陈思齐代表" in page.text
    assert "看不到您的姓名和电话" in page.text
    assert page.blocked_by_csp == []


def test_letter_becomes_a_case_like_any_other(office, chen, cast, direct, visitor):
    assert (direct.channel, direct.kind, direct.raised_by) == (Channel.DIRECT, Kind.OPINION, chen.person)
    assert (direct.matter, direct.contact_name, direct.contact_phone) == (MATTER, WANG, PHONE)
    assert (direct.entered_by, direct.status) == (None, "submitted")
    assert told(cast["zhao"]) == ["收到一件意见建议"]
    code = visitor.get(RECEIVED).context["code"]
    assert look_up(visitor, code)["Location"] == "/suggestions/case/"


def test_letter_cannot_choose_its_channel_or_its_deputy(office, chen, lin, visitor):
    forged = {"channel": "phone", "raised_by": lin.person.pk, "kind": "motion", "department": office.department.pk}

    visitor.post(form_of(chen.person), filled_in(visitor, chen.person) | forged)

    case = Suggestion.objects.get()
    assert (case.channel, case.raised_by, case.kind, case.department) == ("direct", chen.person, "opinion", None)


def test_letter_sent_twice_is_one_case_told_once(office, chen, visitor):
    typed = filled_in(visitor, chen.person)

    visitor.post(form_of(chen.person), typed)
    visitor.post(form_of(chen.person), typed)
    again = visitor.post(form_of(chen.person), filled_in(visitor, chen.person))  # back, and submit again

    assert again["Location"] == RECEIVED
    assert Suggestion.objects.count() == 1
    assert told(chen) == ["居民给您提了意见"]


def test_same_words_to_another_deputy_are_another_case(office, chen, lin, visitor):
    visitor.post(form_of(chen.person), filled_in(visitor, chen.person))
    visitor.post(form_of(lin.person), filled_in(visitor, lin.person))

    assert set(Suggestion.objects.values_list("raised_by__name", flat=True)) == {"陈思齐", "林望舒"}


def test_mistake_keeps_what_was_typed_and_the_deputy(office, chen, visitor):
    response = visitor.post(form_of(chen.person), filled_in(visitor, chen.person) | {"phone": "139"})

    assert sentences(response, "phone") == ["手机号应为 11 位，现在是 3 位。"]
    page = page_of(response)
    assert page.form_with("matter").value("matter") == MATTER
    assert "写给陈思齐代表" in page.text
    assert not Suggestion.objects.exists()


def test_letters_count_towards_the_same_limit_as_the_web_form(office, chen, visitor, monkeypatch):
    monkeypatch.setattr("suggestions.views.residents.SUBMISSIONS", 1)
    key = page_of(visitor.get(FORM)).form_with("matter").value("submission_key")
    visitor.post(FORM, FILLED_IN | {"submission_key": key, "matter": MATTER + "另一件。"})

    response = visitor.post(form_of(chen.person), filled_in(visitor, chen.person))

    assert response.status_code == 429
    assert Suggestion.objects.count() == 1


def test_old_card_is_sent_to_the_page_that_says_so(office, chen, visitor):
    Mandate.objects.filter(person=chen.person).update(ends_on=date(2026, 3, 4))

    answer = visitor.get(form_of(chen.person))

    assert answer["Location"] == f"/board/{chen.person.card_code}/"
    assert visitor.get(answer["Location"]).status_code == 410


def test_letter_to_somebody_who_left_meanwhile_keeps_the_words_and_goes_to_the_committee(office, chen, visitor):
    typed = filled_in(visitor, chen.person)
    Mandate.objects.filter(person=chen.person).update(ends_on=date(2026, 3, 4))

    response = visitor.post(form_of(chen.person), typed)

    form = page_of(response).form_with("matter")
    assert (form.action, form.value("matter")) == (FORM, MATTER)
    assert "已不再任职，没有提交" in sentences(response)[0]
    assert not Suggestion.objects.exists()
    visitor.post(form.action, typed)
    assert Suggestion.objects.get().channel == Channel.WEB


@pytest.mark.parametrize("method", ["get", "post"])
def test_unknown_code_is_not_found(office, visitor, method):
    assert getattr(visitor, method)("/suggestions/to/nothing2/").status_code == 404


def test_councillor_can_be_written_to(office, he, visitor):
    visitor.post(form_of(he.person), filled_in(visitor, he.person))

    assert Suggestion.objects.get().raised_by == he.person
    assert told(he) == ["居民给您提了意见"]


@pytest.mark.parametrize("count", [1, 3])
def test_form_query_budget(office, chen, visitor, count, django_assert_num_queries):
    for number in range(1, count):
        Mandate.objects.create(person=chen.person, kind=MandateKind.COUNCILLOR, starts_on=date(2025, 1, number))

    with django_assert_num_queries(6):  # the person, the mandates, the committee, the term, categories, communities
        visitor.get(form_of(chen.person))


# ---- what the deputy is told


def test_deputy_is_told_of_every_step(office, chen, direct):
    def returned():
        workflow.return_to_committee(direct, reason="由城管中队管。", by=office.officer, now=TODAY)

    def sent_back():
        reason = "没有写明时间。"
        workflow.send_back_reply(direct, reason=reason, due_on=date(2026, 3, 12), by=office.clerk, now=TODAY)

    steps = (
        (lambda: None, "居民给您提了意见"),
        (lambda: office.accept(direct, now=TODAY), "已受理"),
        (lambda: office.assign(direct, now=TODAY), "已交办"),
        (returned, "承办单位退办"),
        (lambda: office.assign(direct, now=TODAY), "已交办"),
        (lambda: office.reply(direct, now=TODAY), "已答复"),
        (sent_back, "答复退回重办"),
        (lambda: office.reply(direct, now=TODAY), "已答复"),
        (lambda: office.evaluate(direct, result=Rating.DISSATISFIED), "居民不满意，重新办理"),
        (lambda: office.reply(direct, now=moment(3, 6)), "已答复"),
        (lambda: office.evaluate(direct, now=moment(3, 6, 11)), "已办结"),
    )
    for step, subject in steps:
        before = told(chen) if subject != "居民给您提了意见" else []
        step()
        assert told(chen) == sorted([*before, subject])

    assert set(Message.objects.filter(recipient=chen).values_list("url", flat=True)) == {
        f"/suggestions/raised/{direct.pk}/"
    }


def test_deputy_is_told_that_a_case_was_declined_and_where_it_belongs(office, chen, direct):
    office.decline(direct, referred_to="安澜区人民法院 12368")

    message = Message.objects.get(recipient=chen, subject__startswith="不受理")
    assert message.subject == f"不受理：{direct.number}，代表直通车"
    assert message.body == "街道人大工委没有受理，请居民到安澜区人民法院 12368办。原因见办理经过。"


def test_no_message_tells_who_the_resident_is_or_the_residents_words(office, chen, direct):
    assert direct.contact_phone == PHONE
    office.accept(direct)
    office.assign(direct)

    messages = list(Message.objects.filter(recipient=chen))

    assert len(messages) == 3
    for message in messages:
        assert direct.number in message.subject
        for secret in (WANG, PHONE, PHONE[-4:], direct.title, "东门"):
            assert secret not in message.subject + message.body


def test_message_is_undone_with_its_step(office, chen, direct, everything, monkeypatch):
    before = everything()
    monkeypatch.setattr("suggestions.notifications.notify", lambda **_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        office.accept(direct)

    assert everything() == before


def test_raiser_of_a_case_that_staff_entered_is_told_too(office, chen, cast):
    case = office.enter(raised_by=chen.person).suggestion
    office.accept(case)

    assert told(chen) == sorted(["已登记您转来的件", "已受理"])
    assert told(cast["zhao"]) == []


def test_nobody_is_told_where_there_is_no_account_or_no_raiser(office, chen, cast):
    chen.is_active = False
    chen.save()
    for raiser in (PersonFactory(name="无账户"), chen.person, None):
        office.accept(office.enter(raised_by=raiser).suggestion)

    assert not Message.objects.exists()


# ---- what the deputy can do


def test_deputy_reads_the_case_without_the_resident(office, chen, direct, signed_in):
    assert (direct.contact_name, direct.contact_phone) == (WANG, PHONE)

    response = signed_in(chen).get(f"/suggestions/raised/{direct.pk}/")

    page = page_of(response)
    assert MATTER[:12] in page.text
    for secret in (WANG, PHONE, PHONE[-4:]):
        assert secret not in response.content.decode()
    # the only forms are the portal's own: large type, and signing out
    assert {form.action for form in page.forms} == {"/elder/", "/accounts/logout/"}


def test_another_deputy_does_not_know_the_case(office, lin, direct, signed_in):
    assert signed_in(lin).get(f"/suggestions/raised/{direct.pk}/").status_code == 404


def test_deputy_is_refused_at_every_address_that_settles_something(office, chen, direct, signed_in, everything):
    case = office.reply(office.assign(office.accept(direct)))
    staff = [
        f"/admin/suggestions/suggestion/{route.pattern}".replace("<int:pk>", str(case.pk)).replace(
            "<path:object_id>", str(case.pk)
        )
        for resolver in get_resolver().url_patterns
        if getattr(resolver, "app_name", "") == "admin"
        for model in resolver.url_patterns
        if str(model.pattern) == "suggestions/suggestion/"
        for route in model.url_patterns
    ]
    assert len(staff) > 8
    department = [f"/suggestions/department/{case.pk}/{verb}" for verb in ("", "reply/", "return/")]
    browser = signed_in(chen)
    before = everything()

    for address in (*staff, *department, "/suggestions/case/evaluate/"):
        for answer in (browser.get(address, follow=True), browser.post(address, {"reason": "不满意。"}, follow=True)):
            # A resident's own address sends who has looked up no case to the look-up, which settles nothing.
            at_look_up = answer.request["PATH_INFO"] == LOOKUP
            assert answer.status_code in (403, 404) or at_look_up, address

    assert everything() == before


# ---- the line in the file


@pytest.mark.parametrize(
    ("channel", "kind", "title"),
    [
        (Channel.RECEPTION, DutyKind.SUGGESTION, "意见建议 2026-0001（选民接待，凤鸣社区）"),
        (Channel.SESSION, DutyKind.PROPOSAL, "代表建议 2026-0001（会议期间）"),
        (Channel.INTERSESSION, DutyKind.PROPOSAL, "代表建议 2026-0001（闭会期间）"),
    ],
)
def test_what_a_deputy_raised_is_a_line_in_the_file(office, chen, channel, kind, title):
    case = office.enter(
        raised_by=chen.person,
        channel=channel,
        kind=Kind.PROPOSAL,
        title="关于给王阿婆楼道加装路灯的建议",
        received_on=date(2026, 2, 27),
    ).suggestion

    line = DutyRecord.objects.get()
    assert (line.person, line.kind, line.title, line.outcome) == (chen.person, kind, title, DutyOutcome.DONE)
    assert (line.happened_on, line.source_key) == (date(2026, 2, 27), f"suggestion:{case.pk}")
    assert line.source_url == f"/suggestions/raised/{case.pk}/"
    assert line.logged_by == office.clerk
    assert "王阿婆" not in line.title + line.text


def test_letter_is_a_line_once_the_committee_accepts_it(office, chen, direct):
    assert not DutyRecord.objects.exists()

    office.accept(direct)

    line = DutyRecord.objects.get()
    assert (line.person, line.happened_on, line.status) == (chen.person, direct.received_on, DutyStatus.CONFIRMED)
    assert (line.source_key, line.logged_by) == (f"suggestion:{direct.pk}", office.clerk)


def test_line_of_a_letter_names_neither_the_resident_nor_the_matter(office, direct):
    office.accept(direct)

    line = DutyRecord.objects.get()

    assert (line.kind, line.title) == (DutyKind.SUGGESTION, "意见建议 2026-0001（代表直通车）")
    for secret in (WANG, PHONE, direct.title, "东门"):
        assert secret not in line.title + line.text


def test_letter_that_is_declined_gets_no_line(office, direct):
    office.decline(direct)

    assert not DutyRecord.objects.exists()


@pytest.mark.parametrize("channel", [Channel.RECEPTION, Channel.SESSION])
def test_line_goes_when_the_case_is_declined(office, chen, channel):
    case = office.enter(raised_by=chen.person, channel=channel).suggestion
    assert DutyRecord.objects.counted().count() == 1

    office.decline(case)

    assert DutyRecord.objects.counted().count() == 0
    assert DutyRecord.objects.get().status == DutyStatus.WITHDRAWN


def test_line_of_an_accepted_letter_goes_when_it_is_declined_after_all(office, direct):
    office.accept(direct)

    office.decline(direct)

    assert DutyRecord.objects.get().status == DutyStatus.WITHDRAWN


def test_no_line_outside_a_mandate_or_without_a_raiser(office, chen):
    Mandate.objects.filter(person=chen.person).update(ends_on=date(2026, 2, 1))
    office.enter(raised_by=chen.person)
    office.enter(raised_by=None, contact=Contact())
    assert not DutyRecord.objects.exists()

    office.enter(raised_by=chen.person, received_on=date(2026, 2, 1))

    assert DutyRecord.objects.count() == 1
