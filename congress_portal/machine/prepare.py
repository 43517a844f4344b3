"""The part of ``make run`` that needs Django: database, sample year, static files, in one process.

Run with the Python of the virtual environment. Each step is skipped when it was already done.
"""

from __future__ import annotations

import io
import os
import sys

from congress_portal.machine import stamps
from congress_portal.machine.console import say
from congress_portal.machine.places import var_dir

# Other builds of Bootstrap than the one our pages use: compressing them would take half of the first start.
UNUSED = ["*.rtl.*", "bootstrap-*", "*.esm.*"]


def prepare_database() -> None:
    """Bring the tables up to date, and fill a database that was new with the sample year."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    sample_wanted = var_dir() / "stamps" / "sample-wanted"
    executor = MigrationExecutor(connection)
    if not executor.recorder.has_table():
        # Written down first: an interrupted first run shall not leave a portal without its sample cases.
        stamps.write(sample_wanted, "")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("更新数据库结构……")
        call_command("migrate", interactive=False, verbosity=0)
    if sample_wanted.exists():
        say("写入示例数据……")
        # Its accounts are shown when the site is ready, below everything else.
        call_command("load_demo", stdout=io.StringIO())
        sample_wanted.unlink()


def prepare_static_files() -> None:
    """Collect and compress what browsers fetch, when any of it changed or the folder is gone."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    parts = [str(settings.STATIC_ROOT), str(settings.STORAGES["staticfiles"])]
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = os.stat(storage.path(path))
            parts.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    wanted = stamps.fingerprint(parts)
    stamp = settings.STATIC_ROOT / ".stamp"
    if not stamps.is_fresh(stamp, wanted):
        say("整理静态文件……")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=UNUSED)
        stamps.write(stamp, wanted)


def main() -> int:
    """Prepare database and static files of the settings in force."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "congress_portal.settings")
    django.setup()
    prepare_database()
    prepare_static_files()
    return 0


if __name__ == "__main__":
    sys.exit(main())
