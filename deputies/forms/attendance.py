"""What staff fill in about people at an activity: whom to ask, whose leave to grant, who was there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms

from congress_portal.common.text import CleanCharField
from deputies.choices import ActivityKind, Attendance, MandateKind
from deputies.forms.activities import too_long
from deputies.models import Person
from deputies.models.activities import REASON_LENGTH

# What is spoken at these is kept with who spoke (审议发言).
SPEAKING = frozenset(
    {
        ActivityKind.SESSION,
        ActivityKind.COUNCIL_SESSION,
        ActivityKind.COMMITTEE_MEETING,
        ActivityKind.DRAFTS,
        ActivityKind.SYMPOSIUM,
        ActivityKind.REVIEW,
        ActivityKind.APPRAISAL,
        ActivityKind.HEARING,
    }
)


class InviteForm(forms.Form):
    """Whom to ask: everybody of an office or a group, and single people. All are in office on the day itself."""

    offices = forms.MultipleChoiceField(label="全体", required=False, widget=forms.CheckboxSelectMultiple)
    groups = forms.MultipleChoiceField(label="代表小组", required=False, widget=forms.CheckboxSelectMultiple)
    people = forms.MultipleChoiceField(label="单独选人", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, candidates: Sequence[Person], may_be_nobody: bool = False, **kwargs: Any) -> None:
        """``candidates`` carry the mandates in force that day as ``in_force`` (selectors.candidates)."""
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        self.may_be_nobody = may_be_nobody
        self._fill("offices", [(kind.value, f"全体{kind.label}", self._of_kind(kind)) for kind in MandateKind])
        groups = {m.group_id: m.group for person in candidates for m in self._mandates(person) if m.group}
        in_order = sorted(groups.values(), key=lambda group: (group.position, group.pk))
        self._fill("groups", [(str(group.pk), group.name, self._of_group(group.pk)) for group in in_order])
        people = cast("forms.MultipleChoiceField", self.fields["people"])
        people.choices = [(str(person.pk), self._named(person)) for person in candidates]
        for name in ("offices", "groups", "people"):
            field = cast("forms.MultipleChoiceField", self.fields[name])
            field.error_messages["invalid_choice"] = "名单有变，请重新选择。"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not self.may_be_nobody and not self.chosen():
            self.add_error(None, "请选择邀请谁：可以选全体、代表小组，也可以单独选人。")
        return cleaned

    def chosen(self) -> list[Person]:
        """Return everybody chosen in any of the three ways, once."""
        offices, groups = self.cleaned_data.get("offices", ()), self.cleaned_data.get("groups", ())
        wanted = set(self.cleaned_data.get("people", ()))
        for kind in offices:
            wanted |= {str(person.pk) for person in self._of_kind(kind)}
        for group in groups:
            wanted |= {str(person.pk) for person in self._of_group(int(group))}
        return [person for person in self.candidates if str(person.pk) in wanted]

    def _fill(self, name: str, choices: Sequence[tuple[str, str, Sequence[Person]]]) -> None:
        field = cast("forms.MultipleChoiceField", self.fields[name])
        field.choices = [(value, f"{label}（{len(people)} 人）") for value, label, people in choices if people]

    def _of_kind(self, kind: str) -> list[Person]:
        return [person for person in self.candidates if any(m.kind == kind for m in self._mandates(person))]

    def _of_group(self, pk: int) -> list[Person]:
        return [person for person in self.candidates if any(m.group_id == pk for m in self._mandates(person))]

    def _named(self, person: Person) -> str:
        kinds = dict.fromkeys(str(m.get_kind_display()) for m in self._mandates(person))
        return f"{person.name}（{'、'.join(kinds)}）"

    @staticmethod
    def _mandates(person: Any) -> Sequence[Any]:
        return person.in_force


class LeaveDecisionForm(forms.Form):
    """The answer to everybody who asked for leave: one row a person."""

    def __init__(self, *args: Any, rows: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"granted-{row.person_id}"] = forms.ChoiceField(
                label=f"{row.person}的请假",
                required=False,
                choices=[("yes", "准假"), ("no", "不准假"), ("", "以后再定")],
                initial="",
                widget=forms.RadioSelect,
            )
            self.fields[f"reason-{row.person_id}"] = CleanCharField(
                label=f"不准{row.person}请假的原因",
                required=False,
                max_length=REASON_LENGTH,
                error_messages=too_long(REASON_LENGTH),
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for row in self.rows:
            refused = cleaned.get(f"granted-{row.person_id}") == "no"
            if refused and not cleaned.get(f"reason-{row.person_id}"):
                self.add_error(f"reason-{row.person_id}", f"请写明不准{row.person}请假的原因，本人会看到。")
        if not self.errors and not self.decisions():
            self.add_error(None, "还没有选择准假或者不准假。")
        return cleaned

    def decisions(self) -> list[tuple[Person, bool, str]]:
        """Return who gets an answer, whether leave is granted, and why not."""
        answers = []
        for row in self.rows:
            if answer := self.cleaned_data.get(f"granted-{row.person_id}"):
                answers.append((row.person, answer == "yes", self.cleaned_data[f"reason-{row.person_id}"]))
        return answers

    def lines(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        return [(row, self[f"granted-{row.person_id}"], self[f"reason-{row.person_id}"]) for row in self.rows]


COMING, EXCUSED, TAKEN_BACK = "coming", "excused", "taken_back"
_IS_ALREADY = {Attendance.SIGNED_UP: COMING, Attendance.EXCUSED: EXCUSED}


class AnswersForm(forms.Form):
    """What people said by telephone: one row a person, unless it is on record already whether the person was there.

    A row keeps where the person stood when the page was opened, so that an answer given meanwhile is not overruled
    unseen.
    """

    def __init__(self, *args: Any, rows: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.open_rows = [row for row in rows if row.state not in (Attendance.PRESENT, Attendance.ABSENT)]
        for row in self.open_rows:
            self.fields[f"was-{row.person_id}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=row.state
            )
            answers = [("", "保持不变"), (COMING, "报名参加"), (EXCUSED, "请假（准假）"), (TAKEN_BACK, "收回邀请")]
            self.fields[f"answer-{row.person_id}"] = forms.ChoiceField(
                label=f"{row.person}的回复",
                required=False,
                choices=[answer for answer in answers if answer[0] != _IS_ALREADY.get(row.state)],
                initial="",
                widget=forms.RadioSelect,
                error_messages={"invalid_choice": f"{row.person}现在是“{row.get_state_display()}”，请重新选择。"},
            )
            self.fields[f"reason-{row.person_id}"] = CleanCharField(
                label=f"{row.person}请假的原因",
                required=False,
                max_length=REASON_LENGTH,
                error_messages=too_long(REASON_LENGTH),
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for row in self.open_rows:
            answer, was = cleaned.get(f"answer-{row.person_id}"), cleaned.get(f"was-{row.person_id}")
            if cleaned.get(f"reason-{row.person_id}") and answer not in (EXCUSED, None):
                sentence = f"写了{row.person}请假的原因，但没有选择请假。请选择请假，或者清空原因。"
                self.add_error(f"reason-{row.person_id}", sentence)
            if answer != "" and was and was != row.state:
                if answer:
                    sentence = f"您打开这一页以后，{row.person}改为“{row.get_state_display()}”，请核对后再点保存。"
                    self.add_error(f"answer-{row.person_id}", sentence)
                self.data = self.data.copy()
                self.data[self.add_prefix(f"was-{row.person_id}")] = row.state
        for row in self.rows:
            # Seen meanwhile: the row has no field any more that the error could stand at.
            name = f"answer-{row.person_id}"
            if name not in self.fields and self.data.get(self.add_prefix(name)):
                sentence = (
                    f"{row.person}已经登记为“{row.get_state_display()}”，不能再代记回复。其余的请核对后再点保存。"
                )
                self.add_error(None, sentence)
        if not self.errors and not any(self._answers().values()):
            self.add_error(None, "还没有选择任何人的回复。请先选择报名参加、请假或者收回邀请，再点保存。")
        return cleaned

    def coming(self) -> list[Person]:
        return self._with(COMING)

    def excused(self) -> dict[Person, str]:
        """Return who has leave from now on, and each one's reason or an empty one."""
        return {person: self.cleaned_data[f"reason-{person.pk}"] for person in self._with(EXCUSED)}

    def taken_back(self) -> list[Person]:
        return self._with(TAKEN_BACK)

    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "row": row,
                "answer": self[f"answer-{row.person_id}"] if f"answer-{row.person_id}" in self.fields else None,
                "reason": self[f"reason-{row.person_id}"] if f"reason-{row.person_id}" in self.fields else None,
            }
            for row in self.rows
        ]

    def _answers(self) -> dict[Person, str]:
        return {row.person: self.cleaned_data[f"answer-{row.person_id}"] for row in self.open_rows}

    def _with(self, wanted: str) -> list[Person]:
        return [person for person, answer in self._answers().items() if answer == wanted]


SEEN = (Attendance.PRESENT, Attendance.EXCUSED, Attendance.ABSENT)


class AttendanceForm(forms.Form):
    """Who was there: everybody asked, one row a person, and who came without being asked.

    A row keeps what it showed beside what was chosen: only what was changed on this page is told to the verb, so
    that somebody who signed in meanwhile is not overruled by a page that still shows them as missing.
    """

    more_people = forms.MultipleChoiceField(
        label="没有邀请、到了场的", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        rows: Sequence[Any],
        candidates: Sequence[Person],
        with_speeches: bool,
        by_pk: int | None = None,
        **kwargs: Any,
    ) -> None:
        """``by_pk`` is the account of who fills this in: what is on record of that person is shown, not asked."""
        super().__init__(*args, **kwargs)
        self.all_rows = rows
        self.rows = rows = [row for row in rows if by_pk is None or row.person.user_id != by_pk]
        self.with_speeches = with_speeches
        more = cast("forms.MultipleChoiceField", self.fields["more_people"])
        others = [person for person in candidates if by_pk is None or person.user_id != by_pk]
        more.choices = [(str(person.pk), person.name) for person in others]
        more.error_messages["invalid_choice"] = "名单有变，请重新选择。"
        for row in rows:
            seen = row.state if row.state in SEEN else ""
            self.fields[f"was-{row.person_id}"] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=seen
            )
            open_choice = [] if seen else [("", "未登记")]
            self.fields[f"state-{row.person_id}"] = forms.ChoiceField(
                label=f"{row.person}的到场情况",
                required=False,
                choices=[(state.value, {Attendance.EXCUSED: "请假"}.get(state, state.label)) for state in SEEN]
                + open_choice,
                initial=seen,
                widget=forms.RadioSelect,
            )
            if with_speeches:
                self.fields[f"speech-{row.person_id}"] = CleanCharField(
                    label=f"{row.person}的发言要点",
                    required=False,
                    max_length=REASON_LENGTH,
                    initial=row.speech,
                    error_messages=too_long(REASON_LENGTH),
                    widget=forms.TextInput(attrs={"class": "form-control"}),
                )

    def clean(self) -> dict[str, Any]:
        """Refuse to overrule what was recorded since the page was opened, once: then it is a decision."""
        cleaned = super().clean() or self.cleaned_data
        for row in self.rows:
            was, chosen = cleaned.get(f"was-{row.person_id}", ""), cleaned.get(f"state-{row.person_id}", "")
            now_is = row.state if row.state in SEEN else ""
            if now_is != was and chosen not in ("", was, now_is):
                sentence = f"您打开这一页以后，{row.person}已登记为“{row.get_state_display()}”，请核对后再点保存。"
                self.add_error(f"state-{row.person_id}", sentence)
                self.data = self.data.copy()
                self.data[self.add_prefix(f"was-{row.person_id}")] = now_is
        return cleaned

    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "row": row,
                "state": self._field(f"state-{row.person_id}"),
                "speech": self._field(f"speech-{row.person_id}"),
            }
            for row in self.all_rows
        ]

    def _field(self, name: str) -> forms.BoundField | None:
        return self[name] if name in self.fields else None

    def states(self, *, rest_present: bool) -> dict[int, Attendance]:
        """Return what was changed; with ``rest_present`` whoever has no state yet is present."""
        states: dict[int, Attendance] = {}
        for row in self.rows:
            was = self.cleaned_data[f"was-{row.person_id}"]
            chosen = self.cleaned_data[f"state-{row.person_id}"]
            if not chosen and rest_present and row.state not in (*SEEN, Attendance.LEAVE_ASKED):
                chosen = Attendance.PRESENT
            if chosen and chosen != was:
                states[row.person_id] = Attendance(chosen)
        return states | {int(pk): Attendance.PRESENT for pk in self.cleaned_data["more_people"]}

    def speeches(self) -> Mapping[int, str]:
        if not self.with_speeches:
            return {}
        said = {row.person_id: self.cleaned_data[f"speech-{row.person_id}"] for row in self.rows}
        return {row.person_id: said[row.person_id] for row in self.rows if said[row.person_id] != row.speech}
