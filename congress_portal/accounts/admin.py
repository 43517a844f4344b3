"""Accounts and the office's own records in the staff admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest

from congress_portal.accounts.choices import Role
from congress_portal.accounts.models import Committee, Community, Department, User
from congress_portal.accounts.resources import CommunityResource, DepartmentResource
from congress_portal.common.admin import OnlyNamedFilters
from congress_portal.common.admin_choices import in_words
from congress_portal.common.import_export_admin import SheetAdmin

# Rights hang on the role, through the permission table; groups would be a second way.
admin.site.unregister(Group)


# The browser's own date picker: it speaks the reader's language, where the stock admin's heads its days M T W.
DATE_PICKER = {models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}}


class InitialPassword:
    """A password that one person sets for another, in our words. There is no account without one: who should no longer
    sign in is disabled.
    """

    called = "初始密码"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        first, second = self.fields["password1"], self.fields["password2"]
        first.required = second.required = True
        first.label, second.label = self.called, f"再输一遍{self.called}"
        first.help_text = "至少 8 个字符，不能全是数字，不要和姓名、用户名相近，也不要用常见的密码。"
        second.help_text = ""
        first.error_messages["required"] = f"请填{self.called}。"
        second.error_messages["required"] = f"请再输一遍{self.called}。"
        self.error_messages = self.error_messages | {"password_mismatch": "两次输入的密码不一样，请重新输入。"}


class UserCreationForm(InitialPassword, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "display_name", "role", "department", "is_department_head", "email")


class AccountForm(UserChangeForm):
    """An account as it is kept. Somebody can always sign in as administrator afterwards, ``editor`` among them."""

    editor: User

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        disabled = self.initial["is_active"] and not cleaned.get("is_active")
        moved = cleaned.get("role", self.initial["role"]) != self.initial["role"]
        if (disabled or moved) and (self.instance == self.editor or self._is_last_administrator()):
            if disabled:
                raise ValidationError("不能停用自己，也不能停用最后一个系统管理员。请先另开一个系统管理员账户。")
            raise ValidationError("不能改自己的角色，也不能改最后一个系统管理员的角色。请先另开一个系统管理员账户。")
        return cleaned

    def _is_last_administrator(self) -> bool:
        # Locked, or two administrators could disable each other in the same moment.
        active = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).order_by("pk")
        return [user.pk for user in active] == [self.instance.pk]


class PasswordResetForm(InitialPassword, AdminPasswordChangeForm):
    called = "新密码"


@admin.register(User)
class UserAdmin(OnlyNamedFilters, StockUserAdmin):
    """Named accounts. They are disabled, never deleted: their actions stay on record."""

    form = AccountForm
    add_form = UserCreationForm
    change_password_form = PasswordResetForm
    list_display = (
        "display_name",
        "username",
        "role",
        "department",
        "is_department_head",
        "is_active",
        "last_login",
    )
    list_filter = ("role", "is_active", "department")
    list_select_related = ("department",)
    search_fields = ("username", "display_name")
    ordering = ("role", "username")
    filter_horizontal = ()
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("本人", {"fields": ("display_name", "email")}),
        ("角色", {"fields": ("role", "department", "is_department_head", "is_active")}),
        ("记录", {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "display_name", "password1", "password2")}),
        ("角色", {"fields": ("role", "department", "is_department_head", "email")}),
    )

    def get_form(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        form.editor = request.user
        return form

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        return in_words(super().formfield_for_dbfield(db_field, request, **kwargs), nothing="没有")

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


class EndedNotDeletedAdmin(OnlyNamedFilters, admin.ModelAdmin):
    """Places and offices are ended with a mark, because records point at them."""

    list_display = ("name", "position", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("position", "name")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Department)
class DepartmentAdmin(SheetAdmin, EndedNotDeletedAdmin):
    resource_classes = (DepartmentResource,)


@admin.register(Community)
class CommunityAdmin(SheetAdmin, EndedNotDeletedAdmin):
    resource_classes = (CommunityResource,)


@admin.register(Committee)
class CommitteeAdmin(OnlyNamedFilters, admin.ModelAdmin):
    list_display = ("name", "district_name", "street_name", "phone")
    formfield_overrides = DATE_PICKER

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_committee") and not Committee.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
