"""A kind of private file that exists only in these tests: the foundation has the abstract one."""

import pytest
from django.conf import settings
from django.db import connection, models

from congress_portal.common.models import StoredFile
from congress_portal.common.pdf import missing_for_pdf


class Enclosure(StoredFile):
    # Without the constraint, so that emptying the user table after a test does not need to know this table.
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )

    class Meta:
        app_label = "tests_common"


@pytest.fixture(scope="session")
def enclosure_table(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        if Enclosure._meta.db_table not in connection.introspection.table_names():
            with connection.schema_editor() as editor:
                editor.create_model(Enclosure)


@pytest.fixture
def enclosure(enclosure_table, settings, tmp_path):
    """The model, with a storage folder of its own for this test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return Enclosure


@pytest.fixture(scope="session")
def can_make_pdf():
    """Skip, saying why, where Pango or the fonts are missing; REQUIRE_PDF=1 makes that a failure."""
    if missing := missing_for_pdf():
        assert not settings.REQUIRE_PDF, missing
        pytest.skip(f"no PDF on this machine: {'; '.join(missing)}")
