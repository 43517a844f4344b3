"""The department's pages: its own cases only, no resident's phone, replies, returns, and what comes too late."""

from datetime import date

import pytest
from django.urls import reverse

from congress_portal.accounts.choices import Role
from suggestions.choices import Outcome, Status
from suggestions.models import Reply
from tests.common.pictures import office_file, picture, upload
from tests.factories import UserFactory
from tests.pages import page_of
from tests.suggestions.story import PHONE, STATES, moment

LIST = "/suggestions/department/"
ANSWER = {"outcome": "A", "text": "已于三月五日修好东门三盏路灯，当晚复查正常𠮷。"}


@pytest.fixture
def officer(signed_in, wu):
    return signed_in(wu)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def detail(case) -> str:
    return reverse("suggestions:officer_detail", args=[case.pk])


def reply(case) -> str:
    return reverse("suggestions:reply", args=[case.pk])


def give_back(case) -> str:
    return reverse("suggestions:return", args=[case.pk])


# ---- what is seen


def test_list_shows_what_waits_for_the_department_nearest_due_day_first(officer, office, welfare):
    for state in STATES:
        office.case_in(state)
    office.assign(office.case_in("accepted"), department=welfare)

    page = officer.get(LIST)

    assert [row["chip"].label for row in page.context["rows"]] == ["已逾期", "办理中", "重新办理"]
    assert {tile["label"]: tile["value"] for tile in page.context["tiles"]} == {
        "已逾期": 1, "3 个工作日内到期": 0, "办理中": 3, "重新办理": 1,
    }  # fmt: skip


def test_list_counts_as_due_soon_what_is_due_within_three_working_days(officer, office):
    for day in (4, 5, 10, 11):  # today is Thursday, 5 March
        office.assign(office.case_in("accepted"), due_on=date(2026, 3, day))

    tiles = {tile["label"]: tile["value"] for tile in officer.get(LIST).context["tiles"]}

    assert (tiles["已逾期"], tiles["3 个工作日内到期"]) == (1, 2)


def test_list_says_the_day_and_how_many_working_days_away_it_is(officer, office, clock):
    for day in (4, 5, 6, 9, 10):
        office.assign(office.case_in("accepted"), due_on=date(2026, 3, day))

    text = page_of(officer.get(LIST)).text

    for words in (
        "逾期 1 个工作日 应于 3月4日（周三）前答复",
        "今天到期 3月5日（周四）前答复",
        "明天到期 3月6日（周五）前答复",
        "3月9日（周一）前答复，还有 2 个工作日",
        "3月10日（周二）前答复，还有 3 个工作日",
    ):
        assert words in text
    clock.move_to(moment(3, 7))
    assert "逾期不到 1 个工作日 应于 3月6日（周五）前答复" in page_of(officer.get(LIST)).text


def test_list_of_what_is_answered(officer, office):
    for state in STATES:
        office.case_in(state)

    page = officer.get(LIST, {"show": "answered"})

    assert {row["chip"].label for row in page.context["rows"]} == {"待评价", "已办结"}


@pytest.mark.parametrize("page", ["0", "99", "x", "9" * 5000])
def test_list_page_that_does_not_exist_is_not_found(officer, office, page):
    assert officer.get(LIST, {"page": page}).status_code == 404


def test_case_of_another_department_is_not_found_whatever_is_tried(signed_in, qian, assigned, everything):
    browser, before = signed_in(qian), everything()

    assert browser.get(detail(assigned)).status_code == 404
    assert browser.post(reply(assigned), ANSWER).status_code == 404
    assert browser.post(give_back(assigned), {"reason": "不归我们。"}).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("state", ["submitted", "accepted", "declined"])
def test_case_not_assigned_is_not_found(officer, office, state):
    assert officer.get(detail(office.case_in(state))).status_code == 404


def test_pages_of_a_department_are_for_its_officers(signed_in, cast, assigned):
    for name in set(cast) - {"wu", "qian"}:
        browser = signed_in(cast[name])
        assert [browser.get(LIST).status_code, browser.get(detail(assigned)).status_code] == [403, 403], name
        assert browser.post(reply(assigned), ANSWER).status_code == 403, name


def test_no_page_of_the_department_shows_who_the_resident_is(officer, signed_in, zhao, office):
    cases = {state: office.case_in(state) for state in ("assigned", "overdue", "replied", "reopened", "closed")}
    staff = signed_in(zhao).get(reverse("admin:suggestions_suggestion_change", args=[cases["assigned"].pk]))
    assert PHONE in staff.content.decode()
    assert "王女士" in staff.content.decode()

    pages = [officer.get(LIST), officer.get(LIST, {"show": "answered"}), officer.get("/messages/")]
    pages += [officer.get(detail(case)) for case in cases.values()]

    for page in pages:
        assert page.status_code == 200
        text = page.content.decode()
        assert PHONE not in text
        assert PHONE[-4:] not in text
        assert "王女士" not in text


# ---- reply


def test_reply_with_files_goes_to_the_resident(officer, assigned):
    files = [upload(picture(), "修好.jpg"), upload(office_file(), "验收单.docx")]

    answer = officer.post(reply(assigned), ANSWER | {"files": files}, follow=True)

    assert answer.redirect_chain == [(LIST, 302)]
    assert "已答复，等居民评价。" in page_of(answer).text
    assigned.refresh_from_db()
    stored = Reply.objects.get()
    assert (assigned.status, stored.text, stored.outcome) == (Status.REPLIED, ANSWER["text"], Outcome.SOLVED)
    assert set(stored.attachments.values_list("original_name", flat=True)) == {"修好.jpg", "验收单.docx"}


BAD_REPLIES = {
    "no class": ({"outcome": ""}, "outcome", "请选择办理类别。"),
    "unknown class": ({"outcome": "Z"}, "outcome", None),
    "no text": ({"text": ""}, "text", "请写答复内容，至少 10 个字。"),
    "text of 9": ({"text": "已经修好了请验收。"}, "text", "答复太短，请写清楚查了什么、办了什么，至少 10 个字。"),
    "text of 5001": ({"text": "好" * 5001}, "text", "最多写 5000 个字，现在是 5001 个字。请删减后再提交。"),
    "NUL": ({"text": "已经修好了\0请验收谢谢"}, "text", "第 6 个字是看不见的控制字符，请删掉后再提交。"),
    "a program": (
        {"files": ("MZ\x90 program".encode("latin-1"), "验收单.pdf")},
        "files",
        "“验收单.pdf”的内容不是可以接收的格式。请上传 PDF、DOCX、XLSX 文件或照片。",
    ),
}


@pytest.mark.parametrize("case", BAD_REPLIES)
def test_reply_with_mistakes_is_refused_and_kept_as_typed(officer, assigned, everything, case):
    changes, field, sentence = BAD_REPLIES[case]
    typed = ANSWER | {name: value for name, value in changes.items() if name != "files"}
    files = {"files": upload(*changes["files"])} if "files" in changes else {"files": upload(picture(), "修好.jpg")}
    before = everything()

    answer = officer.post(reply(assigned), typed | files)

    assert answer.status_code == 200
    form = answer.context["reply_form"]
    assert list(form.errors) == [field]
    if sentence:
        assert form.errors[field] == [sentence]
    page = page_of(answer)
    shown = page.form_with("text")
    assert shown.value("text").replace("\ufffd", "\0") == typed["text"]
    if field != "outcome":
        assert shown.value("outcome") == typed["outcome"]
    lost = [] if field == "files" else ["修好.jpg"]  # what was refused itself is not asked for again
    assert form.lost_file_names == lost
    assert ("请重新选择上次选的 1 个：修好.jpg" in page.text) == bool(lost)
    assert ("请重新选择上次选的" in page.text) == bool(lost)
    assert everything() == before


def test_reply_after_a_colleague_answered_is_a_conflict_that_keeps_the_text(
    officer, signed_in, assigned, roads, everything
):
    colleague = signed_in(UserFactory(username="colleague", display_name="刘承办", role=Role.OFFICER, department=roads))
    colleague.post(reply(assigned), ANSWER | {"text": "同事已经先答复了这一件，请看。"})
    before = everything()

    answer = officer.post(reply(assigned), ANSWER)

    assert answer.status_code == 409
    page = page_of(answer)
    assert (
        "没有保存：3月5日 10:00，刘承办办了“承办单位答复”，这件现在是“待评价”。"
        "请先复制您写的内容，再打开这一件看最新情况。" in page.text
    )
    assert page.form_with("text").value("text") == ANSWER["text"]
    assert everything() == before


@pytest.mark.parametrize("name", ["reply", "return", "officer_detail"])
def test_unknown_case_is_not_found(officer, db, name):
    for pk in (999_999, 10**30):
        address = reverse(f"suggestions:{name}", args=[pk])
        answer = officer.get(address) if name == "officer_detail" else officer.post(address, ANSWER)
        assert answer.status_code == 404


@pytest.mark.parametrize("name", ["reply", "return"])
def test_buttons_by_get_lead_back_to_the_case(officer, assigned, everything, name):
    before = everything()

    answer = officer.get(reverse(f"suggestions:{name}", args=[assigned.pk]), ANSWER)

    assert (answer.status_code, answer["Location"]) == (302, detail(assigned))
    assert everything() == before


# ---- return


def test_return_within_the_days(officer, assigned):
    answer = officer.post(give_back(assigned), {"reason": "路灯由供电所管。"}, follow=True)

    assert answer.redirect_chain == [(LIST, 302)]
    assert "已退回街道人大工委，由工委重新交办。" in page_of(answer).text
    assigned.refresh_from_db()
    assert (assigned.status, assigned.department) == (Status.ACCEPTED, None)


def test_return_after_the_days_is_refused_and_the_reason_kept(officer, assigned, clock, everything):
    clock.move_to(moment(3, 13))
    before = everything()

    answer = officer.post(give_back(assigned), {"reason": "路灯由供电所管。"})

    assert answer.status_code == 200
    page = page_of(answer)
    assert "退办要在交办后 7 个工作日内，这件到3月12日为止，现在不能再退办。" in page.text
    assert page.form_with("reason").value("reason") == "路灯由供电所管。"
    assert everything() == before


def test_return_is_offered_with_its_last_day_and_then_no_more(officer, assigned, clock):
    clock.move_to(moment(3, 12, 23, 59))
    page = page_of(officer.get(detail(assigned)))
    assert "退回街道人大工委（交办后 7 个工作日内，3月12日止）" in page.text
    assert page.form_with("reason").action == give_back(assigned)

    clock.move_to(moment(3, 13, 0, 0))
    page = page_of(officer.get(detail(assigned)))
    assert not [form for form in page.forms if "reason" in form.values]
    assert "退办期限到3月12日为止（交办后 7 个工作日），已经过了。确实不属于本单位的，请联系街道人大工委。" in page.text


def test_return_is_not_spoken_of_once_the_case_is_answered(officer, office, assigned):
    office.reply(assigned)

    assert "退办期限" not in page_of(officer.get(detail(assigned))).text


def test_provisional_day_says_so_on_the_departments_page(signed_in, wu, office, clock):
    clock.move_to(now := moment(12, 18))
    case = office.accept(office.submit(now=now).suggestion, now=now)
    office.assign(case, now=now, due_on=date(2027, 1, 8))

    text = page_of(signed_in(wu).get(detail(case))).text

    assert "还有约 15 个工作日 2027年放假安排还没有公布，暂按周末推算，公布后会重新计算。" in text


def test_return_pressed_twice_ends_on_the_list_with_a_sentence(officer, assigned, everything):
    officer.post(give_back(assigned), {"reason": "路灯由供电所管。"})
    before = everything()

    answer = officer.post(give_back(assigned), {"reason": "路灯由供电所管。"}, follow=True)

    assert answer.redirect_chain == [(LIST, 302)]
    assert "这件已经退回街道人大工委。" in page_of(answer).text
    assert everything() == before


def test_return_of_a_case_given_back_again_is_a_new_return(officer, office, assigned):
    officer.post(give_back(assigned), {"reason": "路灯由供电所管。"})
    office.assign(assigned, now=moment(3, 5))

    officer.post(give_back(assigned), {"reason": "还是由供电所管。"})

    assigned.refresh_from_db()
    assert assigned.status == Status.ACCEPTED
    assert assigned.assignments.filter(returned_on__isnull=False).count() == 2


def test_return_by_another_department_of_a_case_it_never_had_is_not_found(officer, signed_in, qian, assigned):
    officer.post(give_back(assigned), {"reason": "路灯由供电所管。"})

    assert signed_in(qian).post(give_back(assigned), {"reason": "不归我们。"}).status_code == 404


def test_return_without_reason_is_refused(officer, assigned, everything):
    before = everything()

    answer = officer.post(give_back(assigned), {"reason": " "})

    assert answer.context["return_form"].errors == {"reason": ["请填写退办原因。"]}
    assert everything() == before


def test_return_after_the_answer_is_a_conflict_that_keeps_the_reason(officer, replied, everything):
    before = everything()

    answer = officer.post(give_back(replied), {"reason": "路灯由供电所管。"})

    assert answer.status_code == 409
    assert page_of(answer).form_with("reason").value("reason") == "路灯由供电所管。"
    assert everything() == before
