"""Several opinions under one oversight topic, in one form: what they have in common, and a row for each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from congress_portal.accounts.models import Community
from congress_portal.common.text import CleanCharField
from deputies.choices import ActivityStatus
from deputies.models import Activity, OversightTopic, Person
from suggestions import tracking
from suggestions.choices import Channel
from suggestions.forms import MIN_MATTER, too_long
from suggestions.models import MATTER_LENGTH, Category
from suggestions.workflow import Contact, Submission

MAX_OPINIONS = 10  # in one go; a local default


class PutForwardForm(forms.Form):
    """What opinions put forward together under an oversight topic have in common."""

    received_on = forms.DateField(
        label="提出日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填提出的那一天。", "invalid": "日期写成 2026-11-24 这样。"},
    )
    activity = forms.ModelChoiceField(
        label="在哪次活动提出",
        required=False,
        queryset=Activity.objects.none(),
        empty_label="不是在活动中提出",
        error_messages={"invalid_choice": "这次活动不在这个议题里，请重新选择。"},
    )
    raised_by = forms.ModelChoiceField(
        label="提出的代表、议事员",
        required=False,
        queryset=Person.objects.none(),
        empty_label="没有，由工委提出",
        error_messages={"invalid_choice": "名册里没有这个人，请重新选择。"},
    )

    def __init__(self, *args: Any, topic: OversightTopic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        activities = Activity.objects.filter(topic=topic).exclude(status=ActivityStatus.CANCELLED)
        self.fields["activity"].queryset = activities.order_by("-starts_at", "pk")
        self.fields["raised_by"].queryset = Person.objects.order_by("name", "pk")
        self.initial.setdefault("received_on", timezone.localdate())


class OpinionForm(forms.Form):
    """One of them. A row in which nothing was written is none."""

    submission_key = forms.CharField(widget=forms.HiddenInput, required=False)
    title = CleanCharField(
        label="标题",
        required=False,
        max_length=60,
        help_text="一句话，不写姓名和门牌号。不填就取正文第一句。",
        error_messages=too_long(60),
    )
    matter = CleanCharField(
        label="正文",
        min_length=MIN_MATTER,
        max_length=MATTER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": "请写正文：发现了什么，建议怎么办，至少 10 个字。",
            "min_length": "请写清楚发现了什么、建议怎么办，至少 10 个字。",
            **too_long(MATTER_LENGTH),
        },
    )
    category = forms.ModelChoiceField(
        label="属于哪一类",
        required=False,
        queryset=Category.objects.filter(is_active=True),
        empty_label="不确定",
        error_messages={"invalid_choice": "这一类已经不用了，请在列表里另选一类。"},
    )
    community = forms.ModelChoiceField(
        label="所在社区",
        required=False,
        queryset=Community.objects.filter(is_active=True),
        empty_label="不限于一个社区",
        error_messages={"invalid_choice": "列表里没有这个社区，请重新选择。"},
    )
    place = CleanCharField(label="具体位置", required=False, max_length=100, error_messages=too_long(100))

    def has_changed(self) -> bool:
        """Say whether somebody wrote in this row; the hidden key is another one each time."""
        return bool({"title", "matter", "category", "community", "place"} & set(self.changed_data))

    def clean_submission_key(self) -> str:
        key = self.cleaned_data["submission_key"]
        if not tracking.is_submission_key(key):
            self.renew_key()
            raise ValidationError("这一页打开得太久或不完整，没有提交成功。您写的都还在，请再点一次提交。")
        return key

    def renew_key(self) -> None:
        self.data = self.data.copy()
        self.data[self.add_prefix("submission_key")] = tracking.new_submission_key()


class BaseOpinionFormSet(forms.BaseFormSet):
    default_error_messages = {"missing_management_form": "没有提交：这一页没有完整地传上来。请刷新后重新填写。"}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if not hasattr(self, "choices"):  # read once for all rows
            categories = Category.objects.filter(is_active=True).order_by("position", "pk")
            communities = Community.objects.filter(is_active=True).order_by("position", "pk")
            self.choices = {
                name: [("", form.fields[name].empty_label), *((one.pk, str(one)) for one in some)]
                for name, some in (("category", categories), ("community", communities))
            }
        for name, choices in self.choices.items():
            form.fields[name].choices = choices
        form.fields["submission_key"].initial = tracking.new_submission_key()
        form.use_required_attribute = False

    def filled(self) -> list[OpinionForm]:
        return [form for form in self.forms if form.has_changed()]

    def clean(self) -> None:
        if not self.filled():
            raise ValidationError("还没有写意见建议，请至少写一条。")

    def submissions(self, *, activity: Activity | None, raised_by: Person | None) -> list[tuple[Submission, str]]:
        """Return what was written, each with its own key."""
        return [
            (
                Submission(
                    **{name: row[name] for name in ("title", "matter", "category", "community", "place")},
                    contact=Contact(),
                    channel=Channel.OVERSIGHT,
                    raised_by=raised_by,
                    activity=activity,
                ),
                row["submission_key"],
            )
            for row in (form.cleaned_data for form in self.filled())
        ]


OpinionFormSet = forms.formset_factory(
    OpinionForm, formset=BaseOpinionFormSet, extra=MAX_OPINIONS, max_num=MAX_OPINIONS, absolute_max=MAX_OPINIONS
)
