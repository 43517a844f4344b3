"""What people fill in: the public form and the look-up, the staff's verbs, the department's reply."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from congress_portal.accounts.choices import AgeBand
from congress_portal.accounts.models import Community, Department
from congress_portal.common.file_fields import PHOTO_TYPES, FilesField
from congress_portal.common.phone_field import PhoneField, clean_phone_tail
from congress_portal.common.text import CleanCharField
from congress_portal.common.uploads import accept_document, accept_photo
from deputies.choices import ActivityStatus, TopicStatus
from deputies.models import Activity, OversightTopic, Person
from suggestions import tracking
from suggestions.choices import Channel, Kind, Outcome, Rating
from suggestions.models import MATTER_LENGTH, REASON_LENGTH, Category, ReplyTerm, Suggestion
from suggestions.workflow import Contact, Submission

MIN_MATTER = 10
MAX_FILES = 6
RECENT_DAYS = 120  # activities of so many days are there to be chosen (local default)
TIDIED = ("title", "category", "community", "place", "topic", "activity")


def too_long(limit: int) -> dict[str, str]:
    return {"max_length": f"最多写 {limit} 个字，现在是 %(show_value)s 个字。请删减后再提交。"}


def _reason_field(label: str, help_text: str = "", *, required: bool = True) -> CleanCharField:
    return CleanCharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": f"请填写{label}。", **too_long(REASON_LENGTH)},
    )


class ContactFields(forms.Form):
    """Whom to call back."""

    name = CleanCharField(
        label="怎么称呼您",
        help_text="例如 王女士。",
        required=False,
        max_length=40,
        error_messages=too_long(40),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = PhoneField(
        label="手机号",
        # Longer than a number, so that one typed with spaces or hyphens is understood before it is measured.
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        error_messages={
            "required": "请填手机号。查进度要用它的后四位，需要时工委打电话问您。",
            "max_length": "手机号应为 11 位，请再核对一遍。",
        },
    )
    age_band = forms.ChoiceField(
        label="年龄段",
        help_text="只用来了解哪些居民还没有听到，不影响办理。",
        required=False,
        choices=[("", "不填"), *AgeBand.choices],
        error_messages={"invalid_choice": "请在列表里选择年龄段。"},
    )


class MatterFields(ContactFields):
    """What happened, where, and whom to call back: the part that the public form and the staff's entry share."""

    submission_key = forms.CharField(widget=forms.HiddenInput, required=False)
    matter = CleanCharField(
        label="发生了什么，希望怎么解决",
        help_text="写明时间、地点、情况。请不要写别人的姓名、电话和住址。",
        min_length=MIN_MATTER,
        max_length=MATTER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": "写清楚是什么事，至少 10 个字。例如“凤鸣路菜场东门 3 盏路灯不亮”。",
            "min_length": "写清楚是什么事，至少 10 个字。例如“凤鸣路菜场东门 3 盏路灯不亮”。",
            **too_long(MATTER_LENGTH),
        },
    )
    category = forms.ModelChoiceField(
        label="属于哪一类",
        required=False,
        queryset=Category.objects.none(),
        widget=forms.RadioSelect,
        blank=True,  # or Django leaves the empty choice out of radio buttons
        empty_label="不确定",
        error_messages={"invalid_choice": "这一类已经不用了，请在列表里另选一类。"},
    )
    photos = FilesField(
        check=accept_photo,
        max_files=MAX_FILES,
        types=PHOTO_TYPES,
        label="照片",
        help_text=f"最多 {MAX_FILES} 张，每张不超过 20 MB。照片里的拍摄位置信息会自动去掉。",
    )
    community = forms.ModelChoiceField(
        label="所在社区",
        help_text="社区和具体位置，至少填一样。",
        required=False,
        queryset=Community.objects.none(),
        empty_label="不清楚",
        error_messages={"invalid_choice": "列表里没有这个社区，请重新选择。"},
    )
    place = CleanCharField(
        label="具体位置",
        help_text="例如 凤鸣路菜场东门。",
        required=False,
        max_length=100,
        error_messages=too_long(100),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(is_active=True).order_by("position", "pk")
        self.fields["community"].queryset = Community.objects.filter(is_active=True).order_by("position", "pk")
        if self.is_bound and not tracking.is_submission_key(self.data.get("submission_key", "")):
            # A lost or forged key: give the form a fresh one, so that the next try counts as its own.
            self.data = self.data.copy()
            self.data["submission_key"] = tracking.new_submission_key()
            self.key_was_lost = True
        else:
            self.key_was_lost = False
        self.initial.setdefault("submission_key", tracking.new_submission_key())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.key_was_lost:
            raise ValidationError("这一页打开得太久或不完整，没有提交成功。您写的都还在，请再点一次提交。")
        if "community" in cleaned and "place" in cleaned and not cleaned["community"] and not cleaned["place"]:
            self.add_error("place", "请选择社区，或者写明具体位置，两样填一样就行。")
        return cleaned

    @property
    def lost_photo_names(self) -> list[str]:
        """The photos a browser cannot keep when the page comes back with a mistake: to be chosen again."""
        return self.fields["photos"].accepted_names if self.errors else []

    def renew_key(self) -> None:
        """Give a form whose key was already used for another matter a fresh one."""
        self.data = self.data.copy()
        self.data["submission_key"] = tracking.new_submission_key()

    def submission(self, **more: Any) -> Submission:
        """Return what was filled in; ``more`` is what only the staff's form knows."""
        typed = {name: self.cleaned_data[name] for name in ("matter", "category", "community", "place")}
        return Submission(**typed, contact=contact_of(self), **more)


def contact_of(form: forms.Form) -> Contact:
    return Contact(**{name: form.cleaned_data[name] for name in ("name", "phone", "age_band")})


class SuggestionForm(MatterFields):
    """The public form."""

    of_age = forms.BooleanField(
        label="我已满 14 周岁；未满的，由监护人代填",
        error_messages={"required": "请确认您已满 14 周岁；未满 14 周岁的，请监护人代填后勾选。"},
    )


class SuggestionEntryForm(MatterFields):
    """What staff enter on somebody's behalf: the same matter, with where it came from."""

    channel = forms.ChoiceField(
        label="渠道",
        choices=[("", "请选择"), *Channel.choices],
        error_messages={"required": "请选择是从哪个渠道来的。", "invalid_choice": "请在列表里选择渠道。"},
    )
    kind = forms.ChoiceField(label="种类", choices=Kind, initial=Kind.OPINION)
    received_on = forms.DateField(
        label="收到日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请填收到的那一天。", "invalid": "日期写成 2026-11-24 这样。"},
    )
    raised_by = forms.ModelChoiceField(
        label="转来或提出的代表、议事员",
        required=False,
        queryset=Person.objects.none(),
        empty_label="没有",
        error_messages={"invalid_choice": "名册里没有这个人，请重新选择。"},
    )
    topic = forms.ModelChoiceField(
        label="监督议题",
        required=False,
        queryset=OversightTopic.objects.none(),
        empty_label="没有",
        help_text="为哪个议题提出的。",
        error_messages={"invalid_choice": "这个议题已经办结，请另选一个，或者不选。"},
    )
    activity = forms.ModelChoiceField(
        label="在哪次活动提出",
        required=False,
        queryset=Activity.objects.none(),
        empty_label="不是在活动中提出",
        help_text=f"最近 {RECENT_DAYS} 天的活动；更早的，请从活动的页面登记。",
        error_messages={"invalid_choice": "列表里没有这次活动，请重新选择。"},
    )
    title = CleanCharField(
        label="标题",
        required=False,
        max_length=60,
        help_text="公开场合显示的一句话，不写姓名和门牌号。不填就取正文第一句。",
        error_messages=too_long(60),
    )

    field_order = ("channel", "kind", "received_on", "raised_by", "topic", "activity", "title")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["raised_by"].queryset = Person.objects.order_by("name", "pk")
        self.fields["topic"].queryset = OversightTopic.objects.open().order_by("-year", "pk")
        self.fields["activity"].queryset = _activities_to_choose(
            self.data.get("activity") or self.initial.get("activity")
        )
        self.fields["category"].widget = forms.Select(choices=self.fields["category"].choices)
        self.fields["phone"].required = False
        self.fields["phone"].help_text = "没有留电话的可以不填，但以后不能在网上查进度。"
        self.fields["name"].label = "居民称呼"
        self.fields["matter"].label = "正文"
        self.fields["matter"].help_text = "照居民的原话记。"
        self.initial.setdefault("received_on", timezone.localdate())


def _activities_to_choose(given: Any) -> QuerySet[Activity]:
    """Return the activities of the last months, and the one that the page was opened for."""
    since = timezone.localdate() - timedelta(days=RECENT_DAYS)
    chosen = Q(starts_on__gte=since)
    if str(given).isdecimal() and len(str(given)) < 10:
        chosen |= Q(pk=given)
    return Activity.objects.exclude(status=ActivityStatus.CANCELLED).filter(chosen).order_by("-starts_at", "pk")


class SuggestionEditForm(forms.ModelForm):
    """What staff tidy up in a case.

    Whoever saves second is shown what the first one wrote, and keeps what was typed.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Suggestion
        fields = TIDIED

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "topic" in self.fields:  # not for who only reads
            self.fields["topic"].queryset = OversightTopic.objects.filter(
                Q(status=TopicStatus.OPEN) | Q(pk=self.instance.topic_id)
            )
        self.initial["seen"] = self._fingerprint()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.data.get("seen") != self.initial["seen"]:
            self.data = self.data.copy()
            self.data["seen"] = self.initial["seen"]  # saving again, after reading this, is a decision
            now = [
                f"{self.fields[name].label}现在是“{getattr(self.instance, name) or '空'}”"
                for name in TIDIED
                if cleaned.get(name) != getattr(self.instance, name)
            ]
            raise ValidationError(
                f"没有保存：您打开这一页以后，别人改过这一件。{'，'.join(now)}。您填的还在下面，核对后再点保存。"
            )
        return cleaned

    def _fingerprint(self) -> str:
        values = [str(getattr(self.instance, self.instance._meta.get_field(name).attname)) for name in TIDIED]
        return salted_hmac("suggestions.SuggestionEditForm", "\n".join(values)).hexdigest()


class ReplyTermForm(forms.ModelForm):
    """The terms of one channel. The reply is due within working days or within months, never both."""

    class Meta:
        model = ReplyTerm
        fields = (
            "accept_days", "reply_days", "reply_months", "months_move_on", "source",
            "return_days", "rehandle_months", "evaluate_days", "other_source",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors.keys() & {"reply_days", "reply_months"}:
            return cleaned
        days, months = cleaned["reply_days"], cleaned["reply_months"]
        if days is not None and months is not None:
            self.add_error("reply_months", "工作日和月只填一项：按工作日的清空这里，按月的清空上面的工作日。")
        elif days is None and months is None:
            self.add_error("reply_days", "请填答复期限：按工作日的填在这里，按月的填在下面。")
        return cleaned


class LookupForm(forms.Form):
    """The tracking code and the last four digits of the phone number."""

    code = CleanCharField(
        label="查询码",
        help_text="12 位，在查询单上，例如 7K2M-94QW-XH3T。大小写、有没有短横都行。",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "请填查询码。", "max_length": "查询码是 12 位，请再核对一遍。"},
    )
    phone_tail = CleanCharField(
        label="手机号后四位",
        help_text="提交时留的手机号。",
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填手机号的后四位。", "max_length": "只填后四位数字。"},
    )

    def clean_code(self) -> str:
        return tracking.normalise(self.cleaned_data["code"])

    def clean_phone_tail(self) -> str:
        return clean_phone_tail(self.cleaned_data["phone_tail"])


class EvaluationForm(forms.Form):
    """What the resident says of the handling and of the result, and of which answer."""

    reply = forms.IntegerField(widget=forms.HiddenInput, required=False)

    process = forms.ChoiceField(
        label="办理过程",
        help_text="是否及时、态度如何",
        choices=Rating,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项对办理过程的评价。"},
    )
    result = forms.ChoiceField(
        label="办理结果",
        help_text="问题解决了没有。选“不满意”，承办单位重新办理并再次答复。",
        choices=Rating,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项对办理结果的评价。"},
    )
    reason = _reason_field("不满意的原因", "哪里没办好，希望怎么办。选了不满意才要写。", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        ratings = (cleaned.get("process"), cleaned.get("result"))
        if Rating.DISSATISFIED in ratings and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "请写明哪里不满意，承办单位要照着重新办理。")
        return cleaned

    def evaluation(self) -> dict[str, Any]:
        return {
            "reply_pk": self.cleaned_data["reply"],
            "process": Rating(self.cleaned_data["process"]),
            "result": Rating(self.cleaned_data["result"]),
            "reason": self.cleaned_data["reason"],
        }


class AcceptForm(forms.Form):
    """Nothing to fill in: the page asks once before a case is accepted."""


class DeclineForm(forms.Form):
    reason = _reason_field("不受理的原因", "居民会看到这段话，请写清楚为什么。")
    referred_to = CleanCharField(
        label="请居民去哪里办",
        required=False,
        max_length=60,
        help_text="例如 安澜区人民法院 12368、12345 热线。填了就显示为“已转介”。",
        error_messages=too_long(60),
    )


class DueOnField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="答复期限",
            error_messages={"required": "请填答复期限。", "invalid": "日期写成 2026-11-24 这样。"},
            **kwargs,
        )


class AssignForm(forms.Form):
    department = forms.ModelChoiceField(
        label="承办单位",
        queryset=Department.objects.none(),
        empty_label="请选择",
        error_messages={"required": "请选择承办单位。", "invalid_choice": "这个单位已经停用，请另选一个。"},
    )
    due_on = DueOnField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(is_active=True).order_by("position", "pk")


class SendBackForm(forms.Form):
    reason = _reason_field("退回原因", "写明答复还缺什么，承办单位和居民都会看到。")
    due_on = DueOnField()


class ContactForm(ContactFields):
    """Correct what identifies a resident; an emptied field is taken out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].required = False
        self.fields["name"].label = "居民称呼"


class CloseForm(forms.Form):
    note = _reason_field("办结说明", "写明怎么联系过居民，例如“11月20日、22日两次电话未接通”。居民会看到。")


class ReturnForm(forms.Form):
    reason = _reason_field("退办原因", "例如这件事由哪个单位负责。居民会看到这段话。")


class ReplyForm(forms.Form):
    outcome = forms.ChoiceField(
        label="办理类别",
        choices=[(outcome.value, f"{outcome.value} 类：{outcome.label}") for outcome in Outcome],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择办理类别。"},
    )
    text = CleanCharField(
        label="答复内容",
        help_text="直接写给居民看：查了什么、办了什么、还要多久。",
        min_length=MIN_MATTER,
        max_length=MATTER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": "请写答复内容，至少 10 个字。",
            "min_length": "答复太短，请写清楚查了什么、办了什么，至少 10 个字。",
            **too_long(MATTER_LENGTH),
        },
    )
    files = FilesField(
        check=accept_document,
        max_files=MAX_FILES,
        types=f"{PHOTO_TYPES},.pdf,.docx,.xlsx",
        label="附件",
        help_text=f"照片、PDF、DOCX 或 XLSX，最多 {MAX_FILES} 个，每个不超过 20 MB。居民能看到。",
    )

    @property
    def lost_file_names(self) -> list[str]:
        return self.fields["files"].accepted_names if self.errors else []
