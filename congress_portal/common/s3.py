"""Private files in an S3-compatible store; imported only where MEDIA_S3_BUCKET is set.

What the store cannot do looks to the rest as on a disk: an OSError. Files are read and written by this process alone.
No address of the store is ever given to anybody, and without a signature it would open nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage


class PrivateS3Storage(S3Storage):
    """Give up soon, since a resident waits in front of a form, and ask for nothing that only Amazon knows."""

    querystring_auth = False

    def __init__(self, *, addressing_style: str = "auto", **settings: Any) -> None:
        client_config = Config(
            signature_version="s3v4",
            s3={"addressing_style": addressing_style},
            connect_timeout=2,
            read_timeout=5,
            retries={"total_max_attempts": 2},
            # Otherwise every file goes out in chunks with a checksum behind, which OSS, OBS and older MinIO refuse.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=client_config, **settings)

    def _open(self, name: str, mode: str = "rb") -> File:
        """Fetch the whole file at once: an answer that has begun could no longer say that the store fell silent."""
        with _as_on_a_disk(), super()._open(name, mode) as file:
            return ContentFile(file.read(), name=name)

    def _save(self, name: str, content: File) -> str:
        with _as_on_a_disk():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with _as_on_a_disk():
            super().delete(name)


@contextmanager
def _as_on_a_disk() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        raise OSError(f"The store of private files does not answer as it should: {error}") from error
