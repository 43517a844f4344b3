"""What staff fill in about the annual plan of work: a table of items, the reason why one is not done."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Q

from congress_portal.common.templatetags.portal import cn_day
from congress_portal.common.text import CleanCharField
from deputies.choices import ActivityKind
from deputies.forms.oversight import too_long
from deputies.models import Activity, OversightTopic, WorkPlan, WorkPlanItem
from deputies.models.oversight import REASON_LENGTH, TEXT_LENGTH
from deputies.selectors import plan as selectors
from deputies.workflow import PlanItem

TITLE_LENGTH = 80
MOST_ROWS = 120
EMPTY_ROWS = 6  # below those filled in; more come with a button
MONTHS = [(month, f"{month}月") for month in range(1, 13)]


class PlanYearForm(forms.Form):
    """A new plan: its year, and whether it begins as another year's."""

    year = forms.IntegerField(
        label="年份",
        error_messages={"required": "请填年份。", "invalid": "年份写成 2026 这样。"},
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    copy_from = forms.TypedChoiceField(
        label="从哪一年的计划开始",
        required=False,
        coerce=int,
        empty_value=None,
        help_text="复制那一年的月份、事项、类型和次数，再照今年的情况改。",
        error_messages={"invalid_choice": "没有这一年的计划，请在列表里选择。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        copy_from = cast("forms.TypedChoiceField", self.fields["copy_from"])
        years = [(plan.year, f"{plan.year}年，{plan.item_count} 项") for plan in selectors.plans_by_year()]
        copy_from.choices = [("", "从空白开始"), *years]


class PrefaceForm(forms.Form):
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    preface = CleanCharField(
        label="总体要求",
        required=False,
        max_length=TEXT_LENGTH,
        help_text="写在表格前面的话，不写也可以。",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=too_long(TEXT_LENGTH),
    )


class ItemForm(forms.Form):
    """One row. One in which nothing is written is none."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    month = forms.TypedChoiceField(
        label="月份",
        choices=[("", "请选择"), *MONTHS],
        coerce=int,
        error_messages={"required": "请选择月份。", "invalid_choice": "请在列表里选择月份。"},
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    title = CleanCharField(
        label="事项",
        max_length=TITLE_LENGTH,
        error_messages={"required": "请写明事项。", **too_long(TITLE_LENGTH)},
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )
    kind = forms.ChoiceField(
        label="类型",
        required=False,
        choices=[("", "不限"), *ActivityKind.choices],
        error_messages={"invalid_choice": "请在列表里选择类型。"},
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    planned_count = forms.IntegerField(
        label="次数",
        initial=1,
        min_value=1,
        max_value=400,
        error_messages={
            "required": "请填次数。",
            "invalid": "次数要填整数。",
            "min_value": "至少 1 次。",
            "max_value": "最多 400 次。",
        },
        widget=forms.NumberInput(attrs={"class": "form-control", "min": 1}),
    )
    topic = forms.ModelChoiceField(
        label="监督议题",
        required=False,
        queryset=OversightTopic.objects.none(),
        empty_label="没有",
        error_messages={"invalid_choice": "请在列表里选择议题。"},
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    remove = forms.BooleanField(label="去掉", required=False)

    def has_changed(self) -> bool:
        """Say whether the row counts: more stands in it than the count it begins with, and it is not taken out."""
        if "remove" in self.fields and self["remove"].value():
            return False
        return any(str(self[name].value() or "").strip() for name in ("month", "title", "kind", "topic"))


class BaseItemFormSet(forms.BaseFormSet):
    default_error_messages = {"missing_management_form": "没有保存：这一页没有完整地传上来。请刷新后重新填写。"}

    def __init__(self, *args: Any, plan: WorkPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = plan.year
        self.may_remove = plan.published_on is None  # afterwards an item is dropped, with a reason
        self.topics = OversightTopic.objects.filter(Q(year__in=(year - 1, year)) | Q(plan_items__plan=year)).distinct()
        # Read once for all rows.
        self.topic_choices = [("", "没有"), *((topic.pk, str(topic)) for topic in self.topics.order_by("-year", "pk"))]

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        topic = cast("forms.ModelChoiceField", form.fields["topic"])
        topic.queryset, topic.choices = self.topics, self.topic_choices
        form.empty_permitted = True
        form.use_required_attribute = False
        if not self.may_remove:
            del form.fields["remove"]

    def typed(self) -> list[dict[str, Any]]:
        """Return what stands in the rows, judged or not, to show it again."""
        return [{name: form[name].value() for name in form.fields} for form in self.forms]

    def items(self) -> list[PlanItem]:
        return [
            PlanItem(
                month=row["month"],
                title=row["title"],
                kind=row["kind"],
                planned_count=row["planned_count"],
                topic=row["topic"],
                pk=row["pk"],
            )
            for row in (form.cleaned_data for form in self.forms if form.has_changed())
        ]


ItemFormSet = cast(
    "type[BaseItemFormSet]",
    forms.formset_factory(ItemForm, formset=BaseItemFormSet, extra=EMPTY_ROWS, max_num=MOST_ROWS, absolute_max=200),
)


def item_rows(plan: WorkPlan) -> list[dict[str, Any]]:
    """Return the items that stand, as rows; those that were dropped are not edited."""
    names = ("pk", "month", "title", "kind", "planned_count", "topic")
    return list(plan.items.filter(dropped_reason="").order_by("month", "pk").values(*names))


class DropItemForm(forms.Form):
    reason = CleanCharField(
        label="不办的原因",
        help_text="公布的计划里，这一项会画线并写上原因。",
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明为什么不办了。", **too_long(REASON_LENGTH)},
    )


class LinkForm(forms.Form):
    """Which activities count for an item."""

    activities = forms.ModelMultipleChoiceField(
        label="算作这一项的活动",
        required=False,
        queryset=Activity.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "有的活动已经不能挂到这一项，请看清后再选。"},
    )

    def __init__(self, *args: Any, item: WorkPlanItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelMultipleChoiceField", self.fields["activities"])
        field.queryset = selectors.linkable(item)
        self.options: list[Activity] = list(field.queryset)
        field.choices = [
            (one.pk, f"{cn_day(one.starts_on)} {one.title}（{one.get_status_display()}）") for one in self.options
        ]
        self.initial.setdefault("activities", [one.pk for one in self.options if one.plan_item_id == item.pk])
