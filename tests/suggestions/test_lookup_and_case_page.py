"""The resident comes back with code and phone number: look-up, case page, evaluation."""

import re
from datetime import date

import pytest
from django.test import Client

from congress_portal.common.models import CalendarDay
from suggestions import tracking, workflow
from suggestions.choices import Channel, Kind, Rating, Status
from suggestions.models import Evaluation, ReplyTerm
from suggestions.selectors import reply_to_evaluate
from tests.pages import Page, page_of
from tests.suggestions.front_door import CASE, EVALUATE, LOOKUP, as_shown, look_up, sentences
from tests.suggestions.story import MATTER, PHONE, REPLY, TODAY, moment

NOT_FOUND = "没有找到。请核对查询码和手机号后四位；查询码丢了，可以打电话给街道人大工委，核对后替您查。"
TOO_OFTEN = "查得太多次了，请过 15 分钟再试，或者打电话给街道人大工委。"
TOO_OFTEN_TODAY = "查得太多次了，请过一天再试，或者打电话给街道人大工委。"
READ_FIRST = "没有记下：承办单位又答复了一次。请先看新的答复，再评价。"
ASK_AGAIN = "为保护您的信息，请重新输入查询码和手机号后四位。"
GOOD = {"process": "satisfied", "result": "satisfied", "reason": ""}


@pytest.fixture
def received(office):
    return office.submit()


@pytest.fixture
def answered(office, received):
    return office.reply(office.assign(office.accept(received.suggestion)))


@pytest.fixture
def resident(visitor, received):
    look_up(visitor, received.code)
    return visitor


def evaluate(resident: Client, **typed: str):
    """Open the case, fill in the evaluation, and send it."""
    return resident.post(EVALUATE, opened(resident) | GOOD | typed, follow=True)


def opened(resident: Client) -> dict[str, str]:
    return as_shown(page_of(resident.get(CASE)).form_with("reason"))


def another_code() -> str:
    return tracking.code_for(tracking.new_submission_key())


# ---- look-up


def test_lookup_opens_the_case(visitor, received):
    answer = look_up(visitor, tracking.display(received.code).lower())

    assert (answer.status_code, answer["Location"]) == (302, CASE)
    assert visitor.get(CASE).context["suggestion"] == received.suggestion


def test_lookup_takes_no_code_from_the_address_which_servers_log(visitor, received):
    code = tracking.display(received.code)

    answer = visitor.get(LOOKUP, {"code": code})

    form = page_of(answer).form_with("code")
    assert (form.value("code"), form.value("phone_tail")) == ("", "")
    assert "portal/js/lookup" in answer.content.decode()  # which reads it behind the #


@pytest.mark.parametrize("wrong", ["code", "check character", "phone", "both"])
def test_lookup_says_the_same_whatever_was_wrong(visitor, received, wrong):
    code = another_code() if wrong in ("code", "both") else received.code
    if wrong == "check character":
        code = code[:-1] + next(letter for letter in tracking.ALPHABET if letter != code[-1])
    tail = "0000" if wrong in ("phone", "both") else PHONE[-4:]

    answer = look_up(visitor, code, tail)

    assert answer.status_code == 200
    assert answer.context["form"].errors == {"__all__": [NOT_FOUND]}
    form = page_of(answer).form_with("code")
    assert (form.value("code"), form.value("phone_tail")) == (code, tail)
    assert visitor.get(CASE).status_code == 302


def test_lookup_answers_of_a_wrong_code_and_a_wrong_phone_are_the_same_page(visitor, client, received):
    unknown = another_code()

    wrong_code = look_up(visitor, unknown).content.decode()
    wrong_phone = look_up(client, received.code, "0000").content.decode()

    def without_what_was_typed(html):
        page = Page(html)
        return page.text, page.links, page.ids

    assert without_what_was_typed(wrong_code) == without_what_was_typed(wrong_phone)


def test_lookup_of_a_case_without_phone_finds_nothing(visitor, office):
    received = office.enter(contact=workflow.Contact())

    assert sentences(look_up(visitor, received.code, "")) == []  # refused at the field
    assert sentences(look_up(visitor, received.code, "0000")) == [NOT_FOUND]


@pytest.mark.parametrize("tail", ["%%%%", "____", "12", "12345", "一二三四", "\0\0\0\0"])
def test_lookup_with_anything_but_four_digits_is_refused_at_the_field(visitor, received, tail):
    answer = look_up(visitor, received.code, tail)

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["phone_tail"]


@pytest.mark.parametrize("code", ["\0" * 12, "\u202e7K2M", "𠮷" * 12, "9" * 5000, ""])
def test_lookup_with_a_strange_code_is_refused_with_a_sentence(visitor, received, code):
    answer = look_up(visitor, code)

    assert answer.status_code == 200
    assert answer.context["form"].errors


def test_lookup_is_limited_by_address_after_20_misses(visitor, received, clock):
    for _ in range(20):
        assert look_up(visitor, another_code()).status_code == 200

    answer = look_up(visitor, received.code)

    assert answer.status_code == 429
    assert sentences(answer) == [TOO_OFTEN]
    text = page_of(answer).text
    assert "请稍后再查" in text
    assert "没有查到" not in text
    assert visitor.get(CASE).status_code == 302
    clock.shift(15 * 60)
    assert look_up(visitor, received.code).status_code == 302


def test_lookup_is_limited_by_code_for_a_day_after_20_misses_from_anywhere(visitor, office, received, clock):
    for number in range(20):
        assert look_up(visitor, received.code, "0000", REMOTE_ADDR=f"203.0.113.{number}").status_code == 200

    answer = look_up(visitor, received.code, REMOTE_ADDR="198.51.100.7")

    assert answer.status_code == 429
    assert sentences(answer) == [TOO_OFTEN_TODAY]
    assert "请稍后再查" in page_of(answer).text
    assert look_up(visitor, office.submit().code, REMOTE_ADDR="198.51.100.7").status_code == 302  # another case
    clock.shift(12 * 3600)
    assert look_up(visitor, received.code, REMOTE_ADDR="198.51.100.7").status_code == 429
    clock.shift(12 * 3600)
    assert look_up(visitor, received.code, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_lookup_that_finds_does_not_count(visitor, received):
    for _ in range(25):
        assert look_up(visitor, received.code).status_code == 302


def test_lookup_does_not_believe_what_the_client_says_of_its_address(visitor, received):
    for number in range(20):
        look_up(visitor, another_code(), headers={"X-Forwarded-For": f"203.0.113.{number}"})

    assert look_up(visitor, received.code, headers={"X-Forwarded-For": "198.51.100.7"}).status_code == 429


# ---- the case page


def test_case_page_shows_the_matter_and_the_history_without_names(resident, answered):
    text = page_of(resident.get(CASE)).text

    assert MATTER in text
    assert REPLY in text
    assert "城建办" in text
    for inside in ("赵经办", "吴承办", PHONE, "王女士"):
        assert inside not in text


@pytest.mark.parametrize(
    ("step", "awaited"),
    [
        ("submit", "等街道人大工委受理"),
        ("accept", "等街道人大工委交办"),
        ("assign", "等城建办答复"),
        ("reply", "等居民评价"),
    ],
)
def test_case_page_says_whose_turn_it_is(resident, office, received, step, awaited):
    steps = ["submit", "accept", "assign", "reply"]
    for name in steps[1 : steps.index(step) + 1]:
        getattr(office, name)(received.suggestion)

    assert awaited in page_of(resident.get(CASE)).text


def test_case_page_of_a_declined_case_says_where_to_go(resident, office, received):
    office.decline(received.suggestion, referred_to="安澜区人民法院 12368")

    page = resident.get(CASE)

    assert "安澜区人民法院 12368" in page_of(page).text
    assert page.context["chip"].label == "已转介"


def test_case_page_closes_after_half_an_hour(resident, clock):
    clock.shift(30 * 60 - 1)
    assert resident.get(CASE).status_code == 200

    clock.shift(1)
    answer = resident.get(CASE, follow=True)

    assert answer.redirect_chain == [(LOOKUP, 302)]
    assert ASK_AGAIN in page_of(answer).text


def test_case_page_is_of_the_case_looked_up_last(resident, office, visitor):
    other = office.submit(matter="另外一件事：幼儿园门口没有斑马线。")

    look_up(visitor, other.code)

    assert visitor.get(CASE).context["suggestion"] == other.suggestion


def test_case_page_is_not_kept_by_the_browser(resident):
    assert "no-store" in resident.get(CASE)["Cache-Control"]


def test_case_page_opens_to_nobody_else(visitor, client, received):
    look_up(visitor, received.code)

    assert client.get(CASE).status_code == 302


def explained(answer) -> list[str]:
    return answer.context["explanation"].sentences


def test_due_day_is_explained_from_the_day_of_the_assignment(resident, office, received):
    case = office.accept(received.suggestion)
    assert resident.get(CASE).context["explanation"] is None
    office.assign(case)

    page = resident.get(CASE)

    assert explained(page) == [
        "2026年3月3日交办，从次日起数 15 个工作日，到3月24日（周二）止。",
        "中间休息 6 天：周末 6 天，没有节假日和调休。",
        "依据：本街道意见建议办理办法（网上提交 15 个工作日）。",
        "工作日历：国务院办公厅关于2026年部分节假日安排的通知。",
    ]
    text = page_of(page).text
    assert "答复期限 3月24日（周二） 还有 13 个工作日" in text
    for sentence in explained(page):
        assert sentence in text


def test_count_is_drawn_day_by_day_and_says_in_words_what_it_shows_in_colour(resident, office, received):
    office.assign(office.accept(received.suggestion))

    html = resident.get(CASE).content.decode()

    strip = html.partition('<ol class="days"')[2].partition("</ol>")[0]
    days = [" ".join(re.sub(r"<[^>]*>", " ", day).split()) for day in strip.split("<li")[1:]]
    days = [day.partition(">")[2].strip() for day in days]
    assert days[:6] == [
        "3月 3 日 交办",
        "3月 4 日 第 1 天",
        "3月 5 日 第 2 天",
        "3月 6 日 第 3 天",
        "3月 7 日 周末",
        "3月 8 日 周末",
    ]
    assert days[-1] == "3月 24 日 第 15 天 到期"
    assert len(days) == 22
    assert strip.count('class="on-6 off"') == strip.count('class="on-7 off"') == 3
    assert strip.count(" last") == strip.count(" start") == 1


def test_made_up_working_day_is_named_in_the_strip(visitor, office, received, clock):
    clock.move_to(now := moment(9, 18))
    office.assign(office.accept(received.suggestion, now=now), now=now, due_on=date(2026, 10, 15))
    look_up(visitor, received.code)

    text = page_of(visitor.get(CASE)).text

    assert "9月 20 日 第 1 天 调休 上班" in text
    assert "10月 1 日 国庆节" in text
    assert "中间休息 12 天：周末 2 天、中秋节 3 天、国庆节 7 天。" in text


def test_accepting_is_explained_while_it_is_owed(resident):
    page = resident.get(CASE)

    assert page.context["explanation"].title == "受理期限是怎么算的"
    assert explained(page) == [
        "2026年3月2日收到，从次日起数 2 个工作日，到3月4日（周三）止。",
        "中间没有休息日。",
        "依据：本街道意见建议办理办法（受理 2 个工作日）。",
        "工作日历：国务院办公厅关于2026年部分节假日安排的通知。",
    ]
    assert "受理期限 3月4日（周三） 逾期 1 个工作日" in page_of(page).text


def test_due_day_of_the_second_round_is_explained_by_its_own_month(resident, office, answered):
    office.evaluate(answered, result=Rating.DISSATISFIED)

    assert explained(resident.get(CASE)) == [
        "2026年3月5日重新办理，从当天起算 1 个月，到4月5日（周日）止。",
        "按月计算，周末和节假日都算在内，最后一天遇节假日不顺延。",
        "依据：本街道意见建议办理办法（重新办理 1 个月）。",
    ]


def test_second_round_that_was_returned_and_assigned_anew_has_the_term_of_an_assignment(resident, office, answered):
    case = office.evaluate(answered, result=Rating.DISSATISFIED)
    workflow.return_to_committee(case, reason="不归我们。", by=office.officer, now=TODAY)
    office.assign(case, now=TODAY, due_on=date(2026, 3, 26))

    assert explained(resident.get(CASE))[0] == "2026年3月5日交办，从次日起数 15 个工作日，到3月26日（周四）止。"
    assert explained(resident.get(CASE))[2] == "依据：本街道意见建议办理办法（网上提交 15 个工作日）。"


def test_second_round_of_a_proposal_does_not_cite_the_statute_for_a_local_term(visitor, office):
    received = office.enter(channel=Channel.SESSION, kind=Kind.PROPOSAL)
    case = office.assign(office.accept(received.suggestion), due_on=date(2026, 6, 3))
    look_up(visitor, received.code)
    assert explained(visitor.get(CASE))[2] == "依据：代表法（2025年3月11日修正）第五十一条（会议期间 3 个月）。"

    office.evaluate(office.reply(case), result=Rating.DISSATISFIED)

    assert explained(visitor.get(CASE))[2] == "依据：本街道意见建议办理办法（重新办理 1 个月）。"


def test_term_changed_since_does_not_change_what_a_case_is_explained_by(resident, office, received):
    office.assign(office.accept(received.suggestion))
    ReplyTerm.objects.update(reply_days=30, reply_months=None, source="新办法")

    assert explained(resident.get(CASE))[2] == "依据：本街道意见建议办理办法（网上提交 15 个工作日）。"


def test_due_day_after_sending_back_is_said_to_be_set_by_the_committee(resident, office, answered):
    workflow.send_back_reply(answered, reason="太短。", due_on=date(2026, 3, 12), by=office.clerk, now=TODAY)

    page = resident.get(CASE)

    assert explained(page) == [
        "2026年3月3日交办，3月12日（周四）前答复。",
        "这一天由街道人大工委在规定的期限内确定。",
        "规定的期限：网上提交 15 个工作日（本街道意见建议办理办法）。",
    ]
    assert explained(page)[1] in page_of(page).text
    assert '<ol class="days"' not in page.content.decode()


NOT_OUT = "2027年放假安排还没有公布，暂按周末推算，公布后会重新计算。"


def test_provisional_day_says_so_beside_the_day_until_it_is_answered(visitor, office, clock):
    clock.move_to(now := moment(12, 18))
    received = office.submit(now=now)
    office.assign(office.accept(received.suggestion, now=now), now=now, due_on=date(2027, 1, 8))
    look_up(visitor, received.code)

    page = visitor.get(CASE)

    assert f"答复期限 2027年1月8日（周五） 还有约 15 个工作日 {NOT_OUT}" in page_of(page).text
    assert page.context["facts"][0]["provisional"] == NOT_OUT

    office.reply(received.suggestion, now=moment(12, 21))

    assert visitor.get(CASE).context["facts"][0]["provisional"] == ""


def test_day_that_is_certain_says_nothing_of_the_kind(resident, office, received):
    office.assign(office.accept(received.suggestion))

    assert "推算" not in page_of(resident.get(CASE)).text


def test_history_of_a_closed_case_does_not_move_with_the_calendar(resident, office, answered):
    office.evaluate(answered)
    CalendarDay.objects.create(day=date(2026, 3, 20), year_id=2026, name="停电放假")

    page = resident.get(CASE)

    assert explained(page)[:2] == [
        "2026年3月3日交办，从次日起数 15 个工作日，到3月24日（周二）止。",
        "工作日历后来有过变更，这一天是按当时的日历计算的。",
    ]
    assert '<ol class="days"' not in page.content.decode()


# ---- evaluation


def test_evaluation_that_satisfies_closes_the_case(resident, answered):
    answer = evaluate(resident)

    assert answer.redirect_chain == [(CASE, 302)]
    assert "已记下您的评价，这件已办结。" in page_of(answer).text
    answered.refresh_from_db()
    assert (answered.status, answered.closed_on) == (Status.CLOSED, TODAY.date())
    assert Evaluation.objects.get().recorded_by is None


def test_evaluation_that_does_not_satisfy_opens_the_next_round(resident, answered):
    answer = evaluate(resident, result="dissatisfied", reason="还有一盏不亮𠮷。")

    answered.refresh_from_db()
    assert (answered.status, answered.round_no, answered.reply_due_on) == (Status.ASSIGNED, 2, date(2026, 4, 5))
    text = page_of(answer).text
    assert "城建办在4月5日前再次答复。" in text
    assert "还有一盏不亮𠮷。" in text


@pytest.mark.parametrize("name", ["process", "result"])
def test_evaluation_dissatisfied_without_reason_keeps_the_rest(resident, answered, everything, name):
    before = everything()
    typed = opened(resident) | {"process": "basic", "result": "basic", "reason": ""} | {name: "dissatisfied"}
    del typed["csrfmiddlewaretoken"]  # new on every page

    answer = resident.post(EVALUATE, typed)

    assert answer.status_code == 200
    page = page_of(answer)
    assert "请写明哪里不满意，承办单位要照着重新办理。" in page.text
    form = page.form_with("reason")
    assert {field: form.value(field) for field in typed} == typed
    assert everything() == before


BAD = {
    "nothing chosen": {"process": "", "result": "", "reason": "写了原因"},
    "unknown rating": {"process": "perfect", "result": "satisfied", "reason": "写了原因"},
    "reason of 1001": {"process": "satisfied", "result": "dissatisfied", "reason": "好" * 1001},
    "NUL in the reason": {"process": "satisfied", "result": "dissatisfied", "reason": "不亮\0"},
}


@pytest.mark.parametrize("case", BAD)
def test_evaluation_with_bad_input_writes_nothing(resident, answered, everything, case):
    before = everything()

    answer = resident.post(EVALUATE, BAD[case])

    assert answer.status_code == 200
    assert answer.context["evaluation_form"].errors
    assert page_of(answer).form_with("reason").value("reason").replace("\ufffd", "\0") == BAD[case]["reason"]
    assert everything() == before


def test_evaluation_given_twice_is_a_conflict_and_keeps_the_first(resident, answered, everything):
    typed = opened(resident) | GOOD
    resident.post(EVALUATE, typed)
    before = everything()

    answer = resident.post(EVALUATE, typed | {"process": "basic", "result": "dissatisfied", "reason": "想改一下。"})

    assert answer.status_code == 409
    assert "这次评价没有记下：这件已经评价过，或者正在重新办理。下面是最新情况。" in page_of(answer).text
    assert everything() == before
    assert Evaluation.objects.get().result == Rating.SATISFIED


def test_evaluation_of_an_answer_replaced_in_between_keeps_the_reason_and_asks_to_read(
    resident, office, answered, everything
):
    typed = opened(resident) | {"process": "basic", "result": "dissatisfied", "reason": "还有一盏不亮𠮷。"}
    workflow.send_back_reply(answered, reason="太短。", due_on=date(2026, 3, 12), by=office.clerk, now=TODAY)
    office.reply(answered, now=TODAY)
    before = everything()

    answer = resident.post(EVALUATE, typed)

    assert answer.status_code == 409
    assert READ_FIRST in page_of(answer).text
    again = as_shown(page_of(answer).form_with("reason"))
    assert again["reason"] == "还有一盏不亮𠮷。"
    assert everything() == before
    assert resident.post(EVALUATE, GOOD | {"reply": again["reply"]}).status_code == 302
    assert Evaluation.objects.get().reply.sent_back_at is None


@pytest.mark.parametrize("reply", ["", "0", "-1", "9" * 40, "of another case"])
def test_evaluation_of_no_answer_of_this_case_is_refused(resident, office, answered, everything, reply):
    if reply == "of another case":
        reply = str(reply_to_evaluate(office.case_in("replied")))
    before = everything()

    answer = resident.post(EVALUATE, GOOD | {"reply": reply})

    assert answer.status_code == 409
    assert READ_FIRST in page_of(answer).text
    assert everything() == before


def test_evaluation_before_any_answer_is_a_conflict(resident, everything):
    before = everything()

    assert resident.post(EVALUATE, GOOD).status_code == 409
    assert everything() == before


def test_evaluation_after_half_an_hour_asks_for_the_code_again(resident, answered, clock, everything):
    before = everything()
    clock.shift(30 * 60)

    answer = resident.post(EVALUATE, GOOD)

    assert (answer.status_code, answer["Location"]) == (302, LOOKUP)
    assert everything() == before


def test_evaluation_needs_the_code_first(client, answered, everything):
    before = everything()

    assert client.post(EVALUATE, GOOD).status_code == 302
    assert everything() == before


def test_evaluation_cannot_be_given_for_another_case(resident, office, everything):
    other = office.case_in("replied")

    forged = {"pk": other.pk, "suggestion": other.pk, "case": other.pk, "reply": reply_to_evaluate(other)}
    answer = resident.post(EVALUATE, GOOD | forged)

    assert answer.status_code == 409
    other.refresh_from_db()
    assert other.status == Status.REPLIED


def test_evaluation_by_get_leads_back_to_the_case(resident, answered, everything):
    before = everything()

    answer = resident.get(EVALUATE, GOOD)

    assert (answer.status_code, answer["Location"]) == (302, CASE)
    assert everything() == before
