"""Private files in an S3-compatible store, over HTTP: kept, read only through us, taken back, and refused in words."""

import json
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator

import boto3
import pytest
from django.conf import settings as portal_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse

from congress_portal.common.jobs import enqueue
from congress_portal.common.models import Job, JobState
from congress_portal.common.uploads import PDF, PreparedFile, private_response
from suggestions.models import Attachment
from tests.common import handlers
from tests.common.pictures import opened, picture, upload
from tests.pages import page_of
from tests.suggestions.front_door import FORM, RECEIVED, as_shown, blank_form, send, sentences
from tests.suggestions.story import MATTER
from tests.test_settings_and_headers import DEPLOYED, run
from tests.worker import wait_until

DOCUMENT = PreparedFile(b"%PDF-1.7 %%EOF", "答复.pdf", PDF)
NOT_SAVED = "“路灯.jpg”没有保存下来，服务器的存储空间可能已满。请稍后再试，或联系街道人大工委。"
KEYS = {"MEDIA_S3_ACCESS_KEY": "key", "MEDIA_S3_SECRET_KEY": "secret"}


class Store:
    """A bucket, which can be looked into from outside."""

    def __init__(self, endpoint: str) -> None:
        self.bucket, self.endpoint = f"portal-{uuid.uuid4().hex[:8]}", endpoint
        self.options = {"endpoint_url": endpoint, "region_name": "cn-north-1"}
        self._client = boto3.client("s3", aws_access_key_id="key", aws_secret_access_key="secret", **self.options)
        self._client.create_bucket(
            Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": self.options["region_name"]}
        )

    def names(self) -> list[str]:
        return [entry["Key"] for entry in self._client.list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def grants(self, name: str) -> list[tuple[str, str]]:
        listed = self._client.get_object_acl(Bucket=self.bucket, Key=name)["Grants"]
        return [(grant["Grantee"]["Type"], grant["Permission"]) for grant in listed]

    def close(self) -> None:
        self._client.close()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Run a store. A process of its own: what moto leaves open is not ours."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: server.poll() is not None or _listens(port), what="the store")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def store(endpoint, settings, tmp_path) -> Iterator[Store]:
    settings.MEDIA_ROOT = tmp_path / "media"  # where nothing may appear
    store = Store(endpoint)
    point_at(settings, store.bucket, **store.options)
    yield store
    assert not settings.MEDIA_ROOT.exists()
    store.close()


@pytest.fixture
def silence(settings, store):
    """Let the store be gone: nobody listens at its address any more."""

    def fall() -> None:
        point_at(settings, store.bucket, endpoint_url="http://127.0.0.1:9", region_name="cn-north-1")

    return fall


def point_at(settings, bucket: str, **options) -> None:
    """Set what settings.py makes of the environment."""
    keys = {"access_key": "key", "secret_key": "secret", "default_acl": "private"}
    backend = {"BACKEND": "congress_portal.common.s3.PrivateS3Storage"}
    settings.STORAGES = {
        **portal_settings.STORAGES,
        "default": backend | {"OPTIONS": {"bucket_name": bucket, **keys, **options}},
    }


def test_photo_of_the_public_form_is_kept_and_shown_to_those_who_may_see_the_case(
    office, store, visitor, signed_in, zhao, qian
):
    assert send(visitor, photos=upload(picture(), "路灯.jpg"))["Location"] == RECEIVED

    attachment = Attachment.objects.get()
    assert store.names() == [attachment.file.name]
    assert store.grants(attachment.file.name) == [("CanonicalUser", "FULL_CONTROL")]
    address = reverse("suggestions:attachment", args=[attachment.pk])
    shown = signed_in(zhao).get(address)
    assert opened(shown.getvalue()).format == "JPEG"
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "private, no-store")
    assert int(shown["Content-Length"]) == attachment.size
    assert signed_in(qian).get(address).status_code == 404
    assert Client().get(address).status_code == 404


def test_address_in_the_store_carries_no_signature(store):
    name = default_storage.save("kept/file.pdf", ContentFile(b"%PDF"))

    assert default_storage.url(name) == f"{store.endpoint}/{store.bucket}/kept/file.pdf"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_file_of_a_rolled_back_transaction_is_deleted(enclosure, store):
    with transaction.atomic():
        enclosure.store(DOCUMENT)
        assert len(store.names()) == 1
        transaction.set_rollback(True)

    assert store.names() == []
    assert enclosure.objects.count() == 0


def test_silent_store_is_a_clear_refusal_and_leaves_nothing(office, store, silence, visitor, settings, everything):
    typed, before = blank_form(visitor), everything()

    silence()
    answer = visitor.post(FORM, typed | {"photos": upload(picture(), "路灯.jpg")})

    assert answer.status_code == 200
    assert sentences(answer, "photos") == [NOT_SAVED]
    assert page_of(answer).form_with("matter").value("matter") == MATTER
    assert everything() == before
    assert visitor.post(FORM, as_shown(page_of(answer).form_with("matter"))).status_code == 302


def test_store_that_refuses_is_a_clear_refusal_too(office, store, visitor, settings, everything):
    typed, before = blank_form(visitor), everything()
    point_at(settings, "no-such-bucket", **store.options)

    answer = visitor.post(FORM, typed | {"photos": upload(picture(), "路灯.jpg")})

    assert sentences(answer, "photos") == [NOT_SAVED]
    assert everything() == before


def test_file_of_a_silent_store_is_announced_as_not_at_hand(office, store, silence, visitor, signed_in, zhao):
    send(visitor, photos=upload(picture()))
    address = reverse("suggestions:attachment", args=[Attachment.objects.get().pk])

    silence()
    answer = signed_in(zhao).get(address)

    assert answer.status_code == 503
    assert "文件暂时打不开" in page_of(answer).text


@pytest.mark.django_db
def test_file_that_is_gone_from_the_store_is_not_found(office, store, visitor, signed_in, zhao):
    send(visitor, photos=upload(picture()))
    attachment = Attachment.objects.get()
    attachment.file.storage.delete(attachment.file.name)

    answer = signed_in(zhao).get(reverse("suggestions:attachment", args=[attachment.pk]))

    assert store.names() == []
    assert answer.status_code == 404


@pytest.mark.django_db
def test_result_of_a_job_is_kept_and_handed_out(store):
    job = enqueue(kind="tests.common.print_out", title="年度总结", params={"page": 3}, by=None)

    handlers.print_out(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.DONE
    assert store.names() == [job.result_file.name]
    answer = private_response(job.result_file, name=job.result_name, content_type=job.result_type)
    assert answer.getvalue().decode() == "第 3 页"


@pytest.mark.django_db
def test_job_whose_result_cannot_be_kept_says_so(store, silence):
    job = enqueue(kind="tests.common.print_out", title="年度总结", params={"page": 3}, by=None)

    silence()
    handlers.print_out(job.pk)

    job.refresh_from_db()
    assert (job.state, job.result_file.name) == (JobState.FAILED, "")
    assert job.error == "“总结.pdf”没有保存下来，服务器的存储空间可能已满。请稍后再试，或联系街道人大工委。"
    assert Job.objects.count() == 1


# ---- how the site starts

STORAGE = """
import json, sys
from django.conf import settings
from django.core.files.storage import storages
loaded = [name for name in ("boto3", "storages") if name in sys.modules]
print(json.dumps([loaded, type(storages["default"]).__name__, settings.STORAGES["default"].get("OPTIONS")]))
"""


def started(folder, **environment):
    done = run(
        "manage.py", "shell", "--verbosity", "0", "--command", STORAGE,
        folder=folder, LOG_LEVEL="CRITICAL", **DEPLOYED, **environment,
    )  # fmt: skip
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def test_nothing_of_the_store_is_loaded_where_there_is_none(tmp_path):
    assert started(tmp_path) == [[], "FileSystemStorage", {"file_permissions_mode": 0o640}]


def test_store_is_taken_from_the_environment(tmp_path):
    (tmp_path / "secret").write_text("from-a-file")

    assert started(
        tmp_path,
        MEDIA_S3_BUCKET="portal",
        MEDIA_S3_ENDPOINT="https://oss.example.org",
        MEDIA_S3_REGION="cn-hangzhou",
        MEDIA_S3_ADDRESSING="virtual",
        MEDIA_S3_ACCESS_KEY="key",
        MEDIA_S3_SECRET_KEY_FILE=str(tmp_path / "secret"),
        MEDIA_S3_ACL="",
    ) == [
        [],
        "PrivateS3Storage",
        {
            "bucket_name": "portal",
            "endpoint_url": "https://oss.example.org",
            "region_name": "cn-hangzhou",
            "access_key": "key",
            "secret_key": "from-a-file",
            "addressing_style": "virtual",
            "default_acl": None,
        },
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"USE_X_ACCEL_REDIRECT": "True", **KEYS}, "USE_X_ACCEL_REDIRECT needs the files on a disk"),
        ({"MEDIA_S3_ADDRESSING": "pathe", **KEYS}, "pathe"),
        ({"MEDIA_S3_ACCESS_KEY": "key"}, "MEDIA_S3_SECRET_KEY"),
    ],
)
def test_site_does_not_start_with_half_a_store(tmp_path, changed, said):
    assert said in started(tmp_path, MEDIA_S3_BUCKET="portal", **changed)
