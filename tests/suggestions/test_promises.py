"""What the portal promises before there is a case: everywhere the office's own terms, in working days or months."""

import pytest

from suggestions.choices import Channel, Kind
from suggestions.models import ReplyTerm
from tests.pages import page_of
from tests.suggestions.front_door import FORM, RECEIVED, send
from tests.suggestions.story import moment

DAYS, MONTHS = {"reply_days": 15, "reply_months": None}, {"reply_days": None, "reply_months": 2}


@pytest.fixture(params=[(DAYS, "15 个工作日"), (MONTHS, "2 个月")], ids=["days", "months"])
def reply(request, office) -> str:
    term, words = request.param
    ReplyTerm.objects.filter(channel=Channel.WEB).update(accept_days=3, **term)
    return words


def test_first_page(visitor, reply):
    text = page_of(visitor.get("/")).text

    assert "3 个工作日内决定是否受理" in text
    assert f"交办后 {reply}内答复 答复后由您评价" in text
    assert "街道人大工委看过后决定是否受理，3 个工作日内可以查到。" in text
    assert f"承办单位写明办了什么，交办后 {reply}内答复。" in text


def test_form(visitor, reply):
    text = page_of(visitor.get(FORM)).text

    assert f"提交后给您一个查询码，3 个工作日内决定是否受理，交办后 {reply}内答复。" in text


def test_page_and_slip_after_submitting(visitor, reply):
    send(visitor)  # on Thursday, 5 March

    text = page_of(visitor.get(RECEIVED)).text

    assert f"3月10日（周二）前决定是否受理，交办后 {reply}内答复。" in text
    slip = text.partition("意见建议查询单")[2]
    assert f"受理期限 3月10日（周二） 答复期限 交办后 {reply}内" in slip
    assert "暂" not in text


def test_page_and_slip_of_a_proposal_promise_the_statutes_months(signed_in, zhao, office):
    browser = signed_in(zhao)
    form = page_of(browser.get("/admin/suggestions/suggestion/add/")).form_with("submission_key")
    typed = {"channel": Channel.SESSION, "kind": Kind.PROPOSAL, "received_on": "2026-03-05", "community": "",
             "matter": "建议在东桥路增设一处过街天桥，方便学生上下学。", "place": "东桥路", "category": "",
             "submission_key": form.value("submission_key")}  # fmt: skip
    browser.post("/admin/suggestions/suggestion/add/", typed)

    text = page_of(browser.get(RECEIVED)).text

    assert "3月9日（周一）前决定是否受理，交办后 3 个月内答复。" in text
    assert "答复期限 交办后 3 个月内" in text


def test_page_and_slip_say_that_a_day_is_provisional(visitor, office, clock):
    clock.move_to(moment(12, 31))
    send(visitor)

    text = page_of(visitor.get(RECEIVED)).text

    assert "2027年1月4日（周一）前决定是否受理" in text
    assert "2027年放假安排还没有公布，暂按周末推算，公布后会重新计算。" in text
    assert "受理期限 2027年1月4日（周一）（暂定）" in text


def test_help_lists_the_terms_and_puts_the_channels_that_share_them_in_one_row(visitor, office):
    ReplyTerm.objects.filter(channel=Channel.PHONE).update(accept_days=1)

    page = page_of(visitor.get("/help/"))

    assert "deadlines" in page.ids
    assert (
        "选民接待、居民议事会、微信工作群、网上提交、代表直通车、视察调研、监督议题、来信来访 "
        "2 个工作日 15 个工作日 1 个月 电话 1 个工作日 15 个工作日 1 个月 会议期间、闭会期间 2 个工作日 3 个月 1 个月"
    ) in page.text
    assert "/help/#deadlines" in page.links


def test_help_says_which_months_move_on(visitor, office):
    ReplyTerm.objects.filter(channel=Channel.SESSION).update(months_move_on=True)
    ReplyTerm.objects.filter(channel=Channel.PHONE).update(months_move_on=True)

    text = page_of(visitor.get("/help/")).text

    assert "最后一天遇周末和节假日也不顺延；下表写明“遇节假日顺延”的，顺延到下一个工作日。" in text
    assert "电话 2 个工作日 15 个工作日 1 个月，遇节假日顺延 " in text
    assert "会议期间 2 个工作日 3 个月，遇节假日顺延 1 个月，遇节假日顺延 " in text
    assert "闭会期间 2 个工作日 3 个月 1 个月" in text
