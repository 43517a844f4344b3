"""A stored file and its row stand and fall together, and it is handed out so that nothing in it can act."""

import errno
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import DatabaseError, transaction
from django.http import Http404

from congress_portal.common.uploads import (
    DOCX,
    PDF,
    PreparedFile,
    UploadRefused,
    accept_photo,
    file_response,
)
from tests.common.pictures import half_and_half, upload

DOCUMENT = PreparedFile(b"%PDF-1.7 %%EOF", "关于路灯的答复（一）.pdf", PDF)


class DiskThatFillsUp(FileSystemStorage):
    """Writes the first half, as a full disk does."""

    def _save(self, name, content):
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read()[:5])
        raise OSError(errno.ENOSPC, "No space left on device")


def files_under(folder) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_store_keeps_the_content_and_what_is_known_of_it(enclosure, settings):
    prepared = accept_photo(upload(half_and_half(), "路灯.jpg"))

    stored = enclosure.store(prepared)

    stored.refresh_from_db()
    assert stored.file.read() == prepared.content
    assert (stored.original_name, stored.content_type) == ("路灯.jpg", "image/jpeg")
    assert (stored.size, stored.sha256) == (prepared.size, prepared.sha256)
    assert stored.uploaded_by is None
    stored.file.close()


@pytest.mark.django_db
def test_store_never_uses_the_given_name_as_a_path(enclosure):
    stored = enclosure.store(PreparedFile(b"x", "../../etc/passwd.jpg", "image/jpeg"))

    assert re.fullmatch(r"enclosure/\d{4}/\d\d/[0-9a-f-]{36}\.jpg", stored.file.name)
    assert str(stored.pk) not in stored.file.name


@pytest.mark.django_db
def test_committed_file_stays(enclosure, settings, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        stored = enclosure.store(DOCUMENT)

    assert [path.name for path in files_under(settings.MEDIA_ROOT)] == [Path(stored.file.name).name]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_file_without_a_surrounding_transaction_stays(enclosure, settings):
    enclosure.store(DOCUMENT)

    assert len(files_under(settings.MEDIA_ROOT)) == enclosure.objects.count() == 1
    enclosure.objects.all().delete()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_file_of_a_rolled_back_transaction_is_deleted(enclosure, settings):
    with transaction.atomic():
        enclosure.store(DOCUMENT)
        assert len(files_under(settings.MEDIA_ROOT)) == 1
        transaction.set_rollback(True)

    assert files_under(settings.MEDIA_ROOT) == []
    assert enclosure.objects.count() == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_only_the_file_of_the_rolled_back_savepoint_is_deleted(enclosure, settings):
    with transaction.atomic():
        kept = enclosure.store(DOCUMENT)
        with transaction.atomic():
            enclosure.store(DOCUMENT)
            transaction.set_rollback(True)

    assert [path.name for path in files_under(settings.MEDIA_ROOT)] == [Path(kept.file.name).name]
    enclosure.objects.all().delete()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_file_whose_row_cannot_be_written_is_deleted(enclosure, settings):
    first = enclosure.store(DOCUMENT)

    with pytest.raises(DatabaseError):
        enclosure.store(DOCUMENT, id=first.pk)

    assert len(files_under(settings.MEDIA_ROOT)) == enclosure.objects.count() == 1
    enclosure.objects.all().delete()


@pytest.mark.django_db
def test_full_disk_refuses_and_leaves_neither_row_nor_half_a_file(enclosure, settings, monkeypatch):
    monkeypatch.setattr(enclosure._meta.get_field("file"), "storage", DiskThatFillsUp())

    with pytest.raises(UploadRefused) as refusal:
        enclosure.store(DOCUMENT)

    assert str(refusal.value) == (
        "“关于路灯的答复（一）.pdf”没有保存下来，服务器的存储空间可能已满。请稍后再试，或联系街道人大工委。"
    )
    assert enclosure.objects.count() == 0
    assert files_under(settings.MEDIA_ROOT) == []

    monkeypatch.undo()
    assert enclosure.store(DOCUMENT).pk


@pytest.mark.django_db
def test_file_is_handed_out_safely(enclosure, settings):
    settings.USE_X_ACCEL_REDIRECT = False
    stored = enclosure.store(DOCUMENT)

    response = file_response(stored, as_attachment=True)

    assert b"".join(response.streaming_content) == DOCUMENT.content
    assert response["Content-Type"] == PDF
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(DOCUMENT.name)}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    response.close()


@pytest.mark.django_db
def test_file_is_left_to_the_proxy_where_there_is_one(enclosure, settings):
    settings.USE_X_ACCEL_REDIRECT = True
    stored = enclosure.store(DOCUMENT)

    response = file_response(stored, as_attachment=True)

    assert response.content == b""
    assert response["X-Accel-Redirect"] == f"/private/{stored.file.name}"
    assert response["Content-Type"] == PDF
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("content_type", "disposition", "served_as"),
    [
        ("image/jpeg", "inline", "image/jpeg"),
        ("image/png", "inline", "image/png"),
        (PDF, "attachment", PDF),
        (DOCX, "attachment", DOCX),
        ("text/html", "attachment", "application/octet-stream"),
        ("image/svg+xml", "attachment", "application/octet-stream"),
    ],
)
@pytest.mark.parametrize("by_proxy", [False, True])
@pytest.mark.django_db
def test_only_our_own_pictures_are_shown_in_place(enclosure, settings, content_type, disposition, served_as, by_proxy):
    settings.USE_X_ACCEL_REDIRECT = by_proxy
    stored = enclosure.store(DOCUMENT)
    stored.content_type = content_type

    response = file_response(stored, as_attachment=False)

    assert response["Content-Disposition"].split(";")[0] == disposition
    assert response["Content-Type"] == served_as
    response.close()


@pytest.mark.django_db
def test_name_cannot_break_out_of_the_header(enclosure, settings):
    stored = enclosure.store(DOCUMENT)
    stored.original_name = 'a"; filename="b.exe\r\nSet-Cookie: x=1'

    response = file_response(stored, as_attachment=True)

    assert "\r" not in response["Content-Disposition"]
    assert not response.has_header("Set-Cookie")
    response.close()


@pytest.mark.django_db
def test_file_that_is_gone_is_not_found(enclosure, settings):
    settings.USE_X_ACCEL_REDIRECT = False
    stored = enclosure.store(DOCUMENT)
    stored.file.storage.delete(stored.file.name)

    with pytest.raises(Http404):
        file_response(stored, as_attachment=True)
