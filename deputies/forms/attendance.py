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
        self, *args: Any, rows: Sequence[Any], candidates: Sequence[Person], with_speeches: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        self.with_speeches = with_speeches
        more = cast("forms.MultipleChoiceField", self.fields["more_people"])
        more.choices = [(str(person.pk), person.name) for person in candidates]
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
                "was": self[f"was-{row.person_id}"],
                "state": self[f"state-{row.person_id}"],
                "speech": self[f"speech-{row.person_id}"] if self.with_speeches else None,
            }
            for row in self.rows
        ]

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
