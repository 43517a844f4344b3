"""Who is told what, as outbox rows in the verb's own transaction. Residents have no account: they look up.

A message names a case by number, channel and community. A title may still be the resident's own first sentence, and
messages are seen by who may not see cases: in e-mail headers, in the outbox.
"""

from collections.abc import Sequence
from datetime import date

from django.db.models import OuterRef, Q, QuerySet
from django.urls import reverse

from congress_portal.accounts.choices import COMMITTEE_ROLES, Role
from congress_portal.accounts.models import User
from congress_portal.common.dates import full_day, month_day
from congress_portal.notifications.letters import Letter
from congress_portal.notifications.outbox import notify
from suggestions.choices import DueStep, EventKind, ReminderStage
from suggestions.models import Suggestion

_COMMITTEE = Q(role__in=COMMITTEE_ROLES)

# What the raiser of a case is told of each step: the subject's first words and the sentence below.
_TOLD_TO_RAISER = {
    EventKind.SUBMITTED: (
        "居民给您提了意见",
        "街道人大工委在{accept_due}前决定是否受理，每一步都会告诉您，您不用办理。",
    ),
    EventKind.ENTERED: ("已登记您转来的件", "街道人大工委在{accept_due}前决定是否受理，每一步都会告诉您。"),
    EventKind.ACCEPTED: ("已受理", "街道人大工委已经受理，接下来交给承办单位。"),
    EventKind.DECLINED: ("不受理", "街道人大工委没有受理{referred}。原因见办理经过。"),
    EventKind.ASSIGNED: ("已交办", "由{department}承办，{due}前答复。"),
    EventKind.RETURNED: ("承办单位退办", "承办单位认为不属于本单位的事，街道人大工委重新交办。原因见办理经过。"),
    EventKind.REPLIED: ("已答复", "{department}已经答复，等居民评价。答复内容可以在这一件里看到。"),
    EventKind.SENT_BACK: ("答复退回重办", "街道人大工委认为答复还不充分，{department}在{due}前重新答复。"),
    EventKind.REOPENED: ("居民不满意，重新办理", "第 {round_no} 轮办理，{department}在{due}前再次答复。"),
    EventKind.CLOSED: ("已办结", "这一件已经办结，全部经过都可以在这一件里看到。"),
}


def tell_committee_received(suggestion: Suggestion) -> None:
    _tell_committee(
        suggestion,
        subject=f"收到一件意见建议：{_name(suggestion)}",
        body=f"请在{month_day(suggestion.accept_due_on)}前受理。",
    )


def tell_committee_returned(suggestion: Suggestion, *, department_name: str, reason: str) -> None:
    _tell_committee(
        suggestion,
        subject=f"{department_name}退办：{_name(suggestion)}",
        body=f"请重新交办。\n退办原因：{reason}",
    )


def tell_committee_replied(suggestion: Suggestion) -> None:
    _tell_committee(
        suggestion,
        subject=f"{suggestion.department}已答复：{_name(suggestion)}",
        body="等居民评价。",
    )


def tell_raiser(suggestion: Suggestion, kind: EventKind) -> None:
    """Tell the deputy or councillor who passed a case on that it took this step.

    Nobody is told of a case that nobody raised, nor where the raiser has no account or has left it. What is told is
    what the raiser's page shows: never a contact, and nothing to settle. Steps that are not in the table tell nobody.
    """
    if suggestion.raised_by_id is None or kind not in _TOLD_TO_RAISER:
        return
    raiser = User.objects.filter(person=suggestion.raised_by_id, is_active=True).first()
    if raiser is None:
        return
    what, body = _TOLD_TO_RAISER[kind]
    due_on = suggestion.reply_due_on
    notify(
        to=[raiser],
        subject=f"{what}：{_name(suggestion)}",
        body=body.format(
            department=suggestion.department or "承办单位",
            due=month_day(due_on) if due_on else "",
            accept_due=month_day(suggestion.accept_due_on),
            round_no=suggestion.round_no,
            referred=f"，请居民到{suggestion.referred_to}办" if suggestion.referred_to else "",
        ),
        url=reverse("suggestions:raised_detail", args=(suggestion.pk,)),
    )


def tell_department_assigned(suggestion: Suggestion) -> None:
    round_text = f"第 {suggestion.round_no} 轮办理，" if suggestion.round_no > 1 else ""
    _tell_department(
        suggestion,
        subject=f"交办：{_name(suggestion)}",
        body=f"{round_text}请在{month_day(suggestion.reply_due_on)}前答复。",
    )


def tell_department_sent_back(suggestion: Suggestion, *, reason: str) -> None:
    _tell_department(
        suggestion,
        subject=f"答复退回，请补充后再答复：{_name(suggestion)}",
        body=f"请在{month_day(suggestion.reply_due_on)}前重新答复。\n退回原因：{reason}",
    )


def tell_department_reopened(suggestion: Suggestion) -> None:
    """Also told to the committee: a dissatisfied resident is its business first."""
    subject = f"居民不满意，重新办理：{_name(suggestion)}"
    body = f"第 {suggestion.round_no} 轮，请在{month_day(suggestion.reply_due_on)}前答复。居民的意见见办理经过。"
    _tell_department(suggestion, subject=subject, body=body)
    _tell_committee(suggestion, subject=subject, body=body)


def tell_department_recomputed(moves: Sequence[tuple[Suggestion, str]]) -> None:
    """Tell a department in one message which of its due days moved with the working calendar, and how.

    Where nobody in the department has an account, the committee is told so in its place.
    """
    first, is_one = moves[0][0], len(moves) == 1
    subject = f"答复期限有变：{_name(first)}" if is_one else f"{len(moves)} 件的答复期限有变"
    body = "\n".join(["工作日历变更，答复期限重新计算：", *(f"{_name(case)}，{how}" for case, how in moves)])
    officers = _officers(first)
    if officers:
        url = _officer_url(first) if is_one else reverse("suggestions:officer_list")
        notify(to=officers, subject=subject, body=body, url=url)
        return
    department_cases = f"{reverse('admin:suggestions_suggestion_changelist')}?department={first.department_id}"
    notify(
        to=_committee(),
        subject=f"{first.department}{'' if is_one else ' '}{subject}",
        body=f"{body}\n{_nobody_heard(first, '通知')}",
        url=first.get_absolute_url() if is_one else department_cases,
    )


def reminder_letters(
    suggestion: Suggestion, *, step: DueStep, stage: ReminderStage, due_on: date, distance: str
) -> list[Letter]:
    """Write what is told of a due day: to who owes the step, and once it is late to the committee as well.

    Where nobody in the department has an account, the committee is told so in its place. ``distance`` is the due day
    from today, as 还有 2 个工作日.
    """
    if step == DueStep.ACCEPT:
        letters = [_accept_letter(suggestion, stage, due_on, distance)]
    else:
        officers = _officers(suggestion)
        letters = [_reply_letter(suggestion, officers, stage, due_on, distance)]
        if stage == ReminderStage.OVERDUE or not officers:
            letters.append(_unanswered_letter(suggestion, len(officers), due_on, distance))
    return [letter for letter in letters if letter.to]


def _accept_letter(suggestion: Suggestion, stage: ReminderStage, due_on: date, distance: str) -> Letter:
    body = {
        ReminderStage.TODAY: f"请在今天（{month_day(due_on)}）受理；不受理的，请写明原因。",
        ReminderStage.OVERDUE: f"受理期限是{full_day(due_on)}，请尽快受理；不受理的，请写明原因。",
    }
    return Letter(
        to=_committee(),
        subject=f"受理{distance}：{_name(suggestion)}",
        body=body[stage],
        url=suggestion.get_absolute_url(),
    )


def _reply_letter(
    suggestion: Suggestion, officers: list[User], stage: ReminderStage, due_on: date, distance: str
) -> Letter:
    body = {
        ReminderStage.SOON: f"请在{month_day(due_on)}前答复。",
        ReminderStage.TODAY: f"请在今天（{month_day(due_on)}）答复。",
        ReminderStage.OVERDUE: f"答复期限是{full_day(due_on)}，请尽快答复；有困难的，请联系街道人大工委。",
    }
    return Letter(
        to=officers,
        subject=f"{_reply_is(distance)}：{_name(suggestion)}",
        body=body[stage],
        url=_officer_url(suggestion),
    )


def _unanswered_letter(suggestion: Suggestion, officer_count: int, due_on: date, distance: str) -> Letter:
    """To the committee, which presses for the answer (督促), or calls where nobody has an account."""
    if officer_count:
        what_to_do = f"{suggestion.department}已有 {officer_count} 人收到提醒，请督促答复。"
    else:
        what_to_do = _nobody_heard(suggestion, "提醒")
    return Letter(
        to=_committee(),
        subject=f"{suggestion.department}{_reply_is(distance)}：{_name(suggestion)}",
        body=f"答复期限是{full_day(due_on)}。{what_to_do}",
        url=suggestion.get_absolute_url(),
    )


def _nobody_heard(suggestion: Suggestion, what: str) -> str:
    department = suggestion.department
    return f"{department}没有启用的账户，没有人收到{what}。请电话联系，并请系统管理员为该单位开账户。"


def _reply_is(distance: str) -> str:
    return f"答复期限{distance}" if distance.startswith("还有") else f"答复{distance}"


def may_be_reminded(department: OuterRef) -> QuerySet[User]:
    """Return whoever may be told of a due day: officers of the department, and in their place the committee."""
    return User.objects.filter(_COMMITTEE | Q(role=Role.OFFICER, department=department), is_active=True)


def _committee() -> list[User]:
    return list(User.objects.filter(_COMMITTEE, is_active=True).order_by("pk"))


def _officers(suggestion: Suggestion) -> list[User]:
    officers = User.objects.filter(role=Role.OFFICER, department=suggestion.department_id, is_active=True)
    return list(officers.order_by("pk"))


def _officer_url(suggestion: Suggestion) -> str:
    return reverse("suggestions:officer_detail", args=(suggestion.pk,))


def _tell_committee(suggestion: Suggestion, *, subject: str, body: str) -> None:
    notify(to=_committee(), subject=subject, body=body, url=suggestion.get_absolute_url())


def _tell_department(suggestion: Suggestion, *, subject: str, body: str) -> None:
    notify(to=_officers(suggestion), subject=subject, body=body, url=_officer_url(suggestion))


def _name(suggestion: Suggestion) -> str:
    where = f"，{suggestion.community}" if suggestion.community else ""
    return f"{suggestion.number}，{suggestion.get_channel_display()}{where}"
