"""The committee itself, the places and offices around it, and the people who sign in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from congress_portal.accounts.choices import STAFF_ROLES, Role
from congress_portal.accounts.rights import rights_by_app, roles_with


class Committee(models.Model):
    """The office that runs this portal: exactly one row, edited in the admin."""

    name = models.CharField("简称", max_length=40, help_text="例如 云禾街道人大工委，显示在每页页眉。")
    full_name = models.CharField("全称", max_length=60, help_text="例如 云禾街道人大工作委员会。")
    district_name = models.CharField("所在县（市、区）", max_length=40)
    street_name = models.CharField("街道", max_length=40)
    seal_char = models.CharField("标识字", max_length=1, help_text="页眉方章里的一个字。")
    address = models.CharField("地址", max_length=120)
    phone = models.CharField("电话", max_length=40)
    office_hours = models.CharField("办公时间", max_length=80)
    council_started_on = models.DateField("居民议事会成立日期", help_text="“成立以来”的数字从这一天起算。")
    wechat_started_on = models.DateField("微信工作群建群日期", help_text="“建群以来”的数字从这一天起算。")
    term_years = models.PositiveSmallIntegerField(
        "每届任期（年）",
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text="宪法第九十八条：地方各级人民代表大会每届任期五年。",
    )
    report_within_years = models.PositiveSmallIntegerField(
        "几年内述职",
        default=4,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text="代表任职后几年内至少向选民述职一次，到期前提醒。本地规定，可修改。",
    )
    report_min_voters = models.PositiveSmallIntegerField(
        "述职到场选民不少于",
        default=50,
        validators=[MinValueValidator(1)],
        help_text="少于这个人数时，登记述职要写明原因。本地规定，可修改。",
    )
    retention_years = models.PositiveSmallIntegerField(
        "个人信息保存年限",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text="办结后保存几年。本地规定，可修改；隐私说明会跟着改。",
    )

    class Meta:
        verbose_name = verbose_name_plural = "工委信息"
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="committee_is_one_row"),)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pk = 1
        super().save(*args, **kwargs)


class Community(models.Model):
    """A residents' community (社区) of the street."""

    name = models.CharField("名称", max_length=40, unique=True)
    position = models.PositiveSmallIntegerField("排列", default=100)
    is_active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "社区"

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """An office that answers suggestions (承办单位). Its head is the officer marked as such."""

    name = models.CharField("名称", max_length=60, unique=True)
    position = models.PositiveSmallIntegerField("排列", default=100)
    is_active = models.BooleanField("在用", default=True, help_text="停用后不能再交办，已交办的不受影响。")

    class Meta:
        verbose_name = verbose_name_plural = "承办单位"

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Create an account; without a password nobody can sign in to it."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Create a system administrator. There is no account above the permission table."""
        return self.create_user(username, password, **{"role": Role.ADMIN, **fields})


class User(AbstractBaseUser):
    """A named account. Shared accounts are not a thing here: each action is on record with its person."""

    username = models.CharField(
        "用户名",
        max_length=40,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "这个用户名已经有人用了，请换一个。"},
        help_text="登录用，字母、数字或汉字，不超过 40 个字。",
    )
    display_name = models.CharField("姓名", max_length=40)
    email = models.EmailField("邮箱", blank=True, help_text="填了就同时用邮件提醒。")
    role = models.CharField("角色", max_length=12, choices=Role)
    department = models.ForeignKey(
        Department,
        verbose_name="承办单位",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="officers",
    )
    is_department_head = models.BooleanField("单位负责人", default=False)
    is_active = models.BooleanField("启用", default=True, help_text="停用后立即不能登录；账户有办理记录，不能删除。")
    created_at = models.DateTimeField("开户时间", default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role=Role.OFFICER, department__isnull=False)
                | (~models.Q(role=Role.OFFICER) & models.Q(department__isnull=True)),
                name="user_officer_has_department",
                violation_error_message="承办单位账户要选承办单位，其他角色不能选。",
            ),
            models.CheckConstraint(
                condition=models.Q(is_department_head=False) | models.Q(role=Role.OFFICER),
                name="user_head_is_officer",
                violation_error_message="只有承办单位账户可以标为单位负责人。",
            ),
            models.UniqueConstraint(
                fields=("department",),
                condition=models.Q(is_department_head=True),
                name="department_has_one_head",
                violation_error_message="这个单位已经有负责人，请先取消原来的标记。",
            ),
        )

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF_ROLES

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Look the right up in the permission table; a disabled account holds none."""
        return self.is_active and self.role in roles_with(perm)

    def has_perms(self, perms: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        rights = rights_by_app().get(app_label, ())
        return self.is_active and any(self.role in right.roles for right in rights)

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name
