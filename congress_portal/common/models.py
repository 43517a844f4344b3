"""Rows every app stands on: private files (abstract) and long work with progress."""

import logging
import uuid
import weakref
from contextlib import suppress
from typing import Self

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models, transaction
from django.utils import timezone

from congress_portal.common.uploads import EXTENSIONS, PreparedFile, UploadRefused

logger = logging.getLogger(__name__)


def private_path(instance: models.Model, filename: str) -> str:
    """Return a path nobody can guess: kind, month, random name; only the extension of ``filename`` stays."""
    extension = filename[filename.rfind(".") :]
    return f"{instance._meta.model_name}/{timezone.localdate():%Y/%m}/{uuid.uuid4()}{extension}"


class StoredFile(models.Model):
    """A file somebody handed in, already checked (see uploads). Subclasses say what it belongs to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField("文件", upload_to=private_path, max_length=200)
    original_name = models.CharField("文件名", max_length=120)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小（字节）")
    sha256 = models.CharField("SHA-256 校验值", max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="上传人",
        null=True,  # None: handed in on a public page, without an account
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("上传时间", default=timezone.now, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.original_name

    @classmethod
    def store(cls, prepared: PreparedFile, *, uploaded_by=None, **fields) -> Self:
        """Write the file, then its row; never leave one without the other.

        A full disk raises UploadRefused and no row exists. If the row, or later the transaction around it,
        fails, the file is deleted again. Only a process that is killed in between can leave a file behind.
        """
        stored = cls(
            original_name=prepared.name,
            content_type=prepared.content_type,
            size=prepared.size,
            sha256=prepared.sha256,
            uploaded_by=uploaded_by,
            **fields,
        )
        with transaction.atomic():
            save_private_file(
                stored.file,
                f"file{EXTENSIONS[prepared.content_type]}",
                prepared.content,
                shown_as=prepared.name,
            )
            stored.save(force_insert=True)
        return stored


def save_private_file(field_file, filename: str, content: bytes, *, shown_as: str) -> None:
    """Write the bytes to storage now and delete them again if the surrounding transaction is rolled back.

    Does not save the model. Raises UploadRefused when storage is full or unreachable.
    """
    storage = field_file.storage
    # The name is settled before writing: after a failed write it is needed to remove the first half.
    name = field_file.field.generate_filename(field_file.instance, filename)
    try:
        field_file.name = storage.save(name, ContentFile(content), max_length=field_file.field.max_length)
    except OSError:
        logger.exception("A private file could not be written")
        with suppress(OSError):
            storage.delete(name)
        raise UploadRefused(
            f"“{shown_as}”没有保存下来，服务器的存储空间可能已满。请稍后再试，或联系街道人大工委。"
        ) from None
    field_file._committed = True
    _delete_on_rollback(storage, field_file.name)


def _delete_on_rollback(storage, name):
    """Delete the file unless the transaction commits.

    Django runs something on commit but nothing on rollback. It does, however, drop the commit hook when the
    transaction or the savepoint it belongs to is rolled back, and the hook's own end is then the signal.
    Without a transaction the hook runs at once.
    """

    def keep():
        deletion.detach()

    deletion = weakref.finalize(keep, _delete_quietly, storage, name)
    deletion.atexit = False
    transaction.on_commit(keep)


def _delete_quietly(storage, name):
    try:
        storage.delete(name)
    except Exception:  # runs while another error is on its way; that one matters more
        logger.exception("A file without a row is left in storage: %s", name)


class JobState(models.TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "正在办理"
    DONE = "done", "已完成"
    FAILED = "failed", "没有完成"


class Job(models.Model):
    """One piece of long work somebody asked for, with its progress and its result.

    The row is the truth; the queue only wakes a worker. See jobs for the verbs.
    """

    kind = models.CharField("任务", max_length=200, editable=False)  # the Celery task that does it
    title = models.CharField("名称", max_length=200)
    params = models.JSONField("参数", default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=JobState, default=JobState.QUEUED)
    progress = models.PositiveSmallIntegerField("进度（%）", default=0)
    progress_text = models.CharField("进度说明", max_length=200, blank=True)
    result_file = models.FileField("结果文件", upload_to=private_path, max_length=200, blank=True)
    result_name = models.CharField("结果文件名", max_length=120, blank=True)
    result_type = models.CharField("结果类型", max_length=100, blank=True)
    error = models.CharField("没有完成的原因", max_length=500, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="申请人",
        null=True,  # None: asked for by a command or a schedule
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("申请时间", default=timezone.now, editable=False)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    # Until then somebody is expected to be at it: the doorbell while QUEUED, a worker while RUNNING.
    lease_until = models.DateTimeField("等待至", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)

    class Meta:
        verbose_name = "后台任务"
        verbose_name_plural = "后台任务"
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="job_open_by_lease",
                condition=models.Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
            )
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="job_progress_is_a_percentage"),
            models.CheckConstraint(
                condition=models.Q(state__in=[JobState.QUEUED, JobState.RUNNING], lease_until__isnull=False)
                | models.Q(state__in=[JobState.DONE, JobState.FAILED], finished_at__isnull=False),
                name="job_is_awaited_or_finished",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED}


class CalendarYear(models.Model):
    """A year of the working calendar, with the notice it rests on. Without a notice its due days are provisional."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    is_provisional = models.BooleanField(
        "暂定", default=True, help_text="国务院办公厅的放假通知公布以前为暂定，按周末推算，页面上会注明。"
    )
    source = models.CharField("依据", max_length=120, blank=True, help_text="例如 国办发明电〔2025〕7号。")
    changed_at = models.DateTimeField("最近修改", default=timezone.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"

    def __str__(self) -> str:
        return f"{self.year}年"


class CalendarDay(models.Model):
    """A day that a notice names: off although a weekday, at work although a weekend, or a weekend day of a holiday.

    ``year`` is the notice's, which for New Year may name the last days of December before it.
    """

    day = models.DateField("日期", unique=True)
    year = models.ForeignKey(CalendarYear, verbose_name="年份", on_delete=models.CASCADE, related_name="days")
    name = models.CharField("名称", max_length=20, help_text="例如 春节、国庆节。")
    is_working = models.BooleanField("上班", default=False, help_text="调休上班的日子打勾，放假不打勾。")

    class Meta:
        verbose_name = verbose_name_plural = "放假和调休"

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"
