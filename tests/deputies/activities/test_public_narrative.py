"""What is told of an open activity stands on the public calendar: staff are told so, and numbers are refused."""

from __future__ import annotations

import pytest

from congress_portal.common.text import has_mobile_number
from deputies import workflow
from deputies.choices import ActivityStatus
from tests.pages import page_of
from tests.suggestions.story import TODAY

PUBLIC = "这次活动向居民开放，这段话会公开，不要写居民的姓名和电话。"
REFUSED = "“活动情况”会公开，里面不能有手机号"


@pytest.mark.parametrize(
    ("text", "names_one"),
    [
        ("王女士（13800000001）来过。", True),
        ("电话138 0000 0001", True),
        ("\uff11\uff13\uff18\uff0d\uff10\uff10\uff10\uff10\uff0d\uff10\uff10\uff10\uff11", True),
        ("+86-138-0000-0001", True),
        ("编号 12345678901", False),
        ("到场 138 人，票 113800000001", False),
        ("0571-88000000", False),
    ],
)
def test_mobile_number_is_found_however_it_is_typed(text, names_one):
    assert has_mobile_number(text) is names_one


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("verb", ["held", "minutes"])
def test_field_says_that_it_will_be_public_where_it_will(verb, is_open, meetings, signed_in):
    activity = meetings.begun(is_open=is_open) if verb == "held" else meetings.hold(is_open=is_open)

    page = page_of(signed_in(meetings.clerk).get(f"/admin/deputies/activity/{activity.pk}/{verb}/"))

    assert (PUBLIC in page.text) is is_open


def test_number_is_refused_in_what_is_public_alone(meetings):
    activity = meetings.hold(is_open=True)
    with pytest.raises(workflow.NarrativeNotAllowed, match=REFUSED):
        workflow.change_activity(activity, changes={"narrative": "问 13800000001"}, by=meetings.clerk, now=TODAY)

    closed = meetings.hold(is_open=False)
    workflow.change_activity(closed, changes={"narrative": "问 13800000001"}, by=meetings.clerk, now=TODAY)

    activity.refresh_from_db()
    closed.refresh_from_db()
    assert (activity.narrative, closed.narrative) == ("", "问 13800000001")


def test_activity_whose_narrative_names_a_number_is_not_opened(meetings):
    activity = meetings.begun(is_open=False)
    workflow.change_activity(activity, changes={"narrative": "问 13800000001"}, by=meetings.clerk, now=TODAY)

    with pytest.raises(workflow.NarrativeNotAllowed):
        workflow.change_activity(activity, changes={"is_open": True}, by=meetings.clerk, now=TODAY)


def test_refusal_stands_at_the_field_and_nothing_is_held(meetings, signed_in):
    activity = meetings.begun(is_open=True)
    browser, address = signed_in(meetings.clerk), f"/admin/deputies/activity/{activity.pk}/held/"
    form = page_of(browser.get(address)).form_with("narrative")
    typed = {name: form.value(name) for name in form.values} | {"narrative": "问 13800000001"}

    answer = browser.post(address, typed)

    assert REFUSED in answer.context["form"].errors["narrative"][0]
    assert page_of(answer).form_with("narrative").value("narrative") == "问 13800000001"
    activity.refresh_from_db()
    assert activity.status == ActivityStatus.ANNOUNCED
