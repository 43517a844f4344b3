"""The proof: the sample's records give the numbers of 2024, and one record less gives one less."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from congress_portal.accounts.models import User
from congress_portal.annual_summary.selectors import all_figures
from deputies.choices import MandateKind
from deputies.models import Activity, Batch, Mandate, Participation
from suggestions.choices import Channel
from suggestions.figures import selected
from suggestions.models import (
    Assignment,
    Attachment,
    Evaluation,
    Reminder,
    Reply,
    Suggestion,
    SuggestionEvent,
)
from tests.pages import page_of
from tests.sample import street_on, told

YEAR = 2024
SHANGHAI = ZoneInfo("Asia/Shanghai")
LEAP_DAY = datetime(2028, 2, 29, 9, 0, tzinfo=SHANGHAI)
LAST_SUNDAY = datetime(2028, 12, 31, 23, 30, tzinfo=SHANGHAI)  # New Year's Eve, and a Sunday

NUMBERS = {
    "suggestions.received.reception": 78,
    "suggestions.received.council.since": 55,
    "suggestions.closed.council.since": 55,
    "suggestions.received.wechat.since": 106,
    "suggestions.closed.wechat.since": 103,
    "deputies.deputies": 21,
    "deputies.councillors": 34,
    "suggestions.received.oversight": 8,  # the opinions of the one topic of that year
    "suggestions.received.topic.any": 8,
    "suggestions.replied.topic.any": 8,
    "deputies.topics": 1,
    "deputies.activities.symposium": 40,
    "deputies.entrusted_reported": 1,
}
# Sums of heads: the list behind shows in which activities they were counted.
HEADS = {
    "deputies.batches.mass_visit": 44,
    "deputies.person_times.mass_visit": 7175 + 1382,
    "deputies.participants.symposium": 800,
    "deputies.attended.session": 20,
}


@pytest.fixture(scope="module")
def later(django_db_setup, django_db_blocker, tmp_path_factory) -> dict:
    """What the street tells on another day, taken back: only for the first test here, before ``loaded`` stands."""
    with django_db_blocker.unblock(), street_on(LAST_SUNDAY, tmp_path_factory.mktemp("sunday")):
        return {"numbers": numbers(), "told": told()}


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    """The street as it is on a leap day, built once for all tests here."""
    with django_db_blocker.unblock(), street_on(LEAP_DAY, tmp_path_factory.mktemp("leap_day")):
        yield


@pytest.fixture
def street(loaded, db) -> None:
    """What each test changes is taken back by ``db``, inside the transaction that holds the street."""


def numbers() -> dict[str, int]:
    figures = all_figures(year=YEAR)
    return {key: figures[key].value for key in NUMBERS | HEADS}


def text() -> str:
    output = StringIO()
    call_command("render_summary", year=YEAR, stdout=output)
    return output.getvalue()


def remove(case: Suggestion) -> None:
    """Take a case out of the records altogether, as no verb does."""
    for model, name in (
        (Evaluation, "suggestion"),
        (Attachment, "suggestion"),
        (Reply, "assignment__suggestion"),
        (Assignment, "suggestion"),
        (SuggestionEvent, "suggestion"),
        (Reminder, "suggestion"),
    ):
        model.objects.filter(**{name: case}).delete()
    case.delete()


def of_channel(channel: Channel, *, key: str) -> Suggestion:
    return selected(key, year=YEAR, channel=channel, since=channel != Channel.RECEPTION).order_by("pk").last()


def test_record_of_2024_does_not_depend_on_the_day_of_installation(later, street):
    assert later["numbers"] == NUMBERS | HEADS
    cases, cases_later = told()["Suggestion"], later["told"]["Suggestion"]
    of_the_past = [case[:5] for case in cases if case[0] < "2025"]
    assert of_the_past == [case[:5] for case in cases_later if case[0] < "2025"]
    assert len(of_the_past) > 280
    # Both went on from there, the later one further.
    assert max(case[0] for case in cases) < max(case[0] for case in cases_later)


def test_summary_of_2024_says_what_is_on_record(street):
    said = text()

    assert said.startswith("云禾街道人大工委2024年度工作总结\n")
    assert "依靠21名人大代表和34名居民议事员" in said
    assert (
        "今年通过选民接待收到意见建议78件；居民议事会成立以来（2022年3月18日起）收到55件，办结55件；"
        "微信工作群建群以来（2021年5月10日起）收到106件，办结103件。"
    ) in said
    assert numbers() == NUMBERS | HEADS


def test_summary_of_2024_says_what_was_done_together(street):
    said = text()

    headings = [line for line in said.splitlines() if re.match("[一二三]、", line)]
    assert headings == ["一、监督工作", "二、意见建议办理情况", "三、代表工作"]
    assert "先后组织27批次7175人次、17批次1382人次，分别赴云川市绿源环保能源厂、澜川市新源热电厂实地考察。" in said
    assert "召开座谈会40个，代表、议事员和群众参加800人次。" in said
    assert "9月3日，组织人大代表11名、居民议事员7名和环保监督员5名，专题视察已经运营的绿能环保项目。" in said
    assert "围绕“全域环境整治”开展监督，提出意见建议8件，提交街道办事处办理，已答复8件，办结8件，" in said
    assert "受区人大财经委委托，完成“审查三年来政府投资项目计划编制和执行情况”，11月20日报告了结果。" in said
    assert "组织代表出席人代会会议1次，到会率95.2%（20/21），" in said


@pytest.mark.parametrize(
    ("forget", "words"),
    [
        (lambda: Batch.objects.filter(number=27).delete(), "先后组织26批次"),
        (
            lambda: Activity.objects.filter(kind="symposium", starts_on__year=YEAR).first().outsiders.all().delete(),
            "召开座谈会40个，代表、议事员和群众参加7",
        ),
        (
            lambda: Participation.objects.filter(activity__starts_on="2024-09-03", person__name="陈雅文").delete(),
            "9月3日，组织人大代表10名、居民议事员7名和环保监督员5名，",
        ),
        (lambda: remove(Suggestion.objects.filter(channel=Channel.OVERSIGHT, topic__year=YEAR).first()),
         "提出意见建议7件，提交街道办事处办理，已答复7件"),
        (
            lambda: Participation.objects.filter(activity__kind="session", activity__starts_on__year=YEAR, spoke=True)
            .first()
            .delete(),
            "到会率95.0%（19/20），不含已准假的为100.0%（19/19），审议发言11人次",
        ),
    ],
)  # fmt: skip
def test_what_was_done_and_is_taken_out_is_missing_in_the_text(street, forget, words):
    assert words not in text()

    forget()

    assert words in text()


@pytest.mark.parametrize(
    ("channel", "key", "words"),
    [
        (Channel.RECEPTION, "received", "今年通过选民接待收到意见建议77件；"),
        (Channel.COUNCIL, "closed", "（2022年3月18日起）收到54件，办结54件；"),
        (Channel.WECHAT, "closed", "（2021年5月10日起）收到105件，办结102件。"),
    ],
)
def test_case_taken_out_is_missing_in_the_text(street, channel, key, words):
    assert words not in text()

    remove(of_channel(channel, key=key))

    assert words in text()


def test_deputy_who_leaves_is_missing_in_the_text(street):
    in_force = Mandate.objects.in_force(date(YEAR, 12, 31)).filter(kind=MandateKind.DEPUTY)

    in_force.filter(person__user__username="chenyawen").update(ends_on=date(YEAR, 12, 30))

    assert "依靠20名人大代表和34名居民议事员" in text()


def test_deputy_of_two_congresses_counts_once(street):
    in_force = Mandate.objects.in_force(date(YEAR, 12, 31)).filter(kind=MandateKind.DEPUTY)
    assert in_force.count() == 22

    in_force.filter(level="city").delete()

    assert "依靠21名人大代表和34名居民议事员" in text()


def test_list_behind_each_number_shows_as_many(street, signed_in):
    browser, figures = signed_in(User.objects.get(username="zhoumin")), all_figures(year=YEAR)

    for key, number in NUMBERS.items():
        page = browser.get(figures[key].query)
        assert page.context["cl"].result_count == number, key
    for key, activities in zip(HEADS, (2, 2, 40, 1), strict=True):
        assert browser.get(figures[key].query).context["cl"].result_count == activities, key


def test_figures_page_shows_the_same_numbers(street, client):
    said = page_of(client.get("/figures/", {"year": YEAR})).text

    for label, number in (
        ("选民接待收到意见建议", 78),
        ("居民议事会成立以来收到意见建议", 55),
        ("居民议事会成立以来办结", 55),
        ("微信工作群建群以来收到意见建议", 106),
        ("微信工作群建群以来办结", 103),
        ("人大代表", 21),
    ):
        assert re.search(rf"{label}\s*{number}\s*(件|名)", said), label


def test_rates_of_2024_are_believable(street):
    figures = all_figures(year=YEAR)

    assert 90 <= figures["suggestions.closure_rate"].value <= 97
    assert 84 <= figures["suggestions.result_satisfaction"].value <= 92
    assert figures["suggestions.declined"].value > 0
    assert figures["suggestions.solved"].value < figures["suggestions.closed"].value
    assert figures["suggestions.received"].value < 220
