import json
import os
import stat
import subprocess
import sys

from congress_portal.machine import env_file, places

SHOW_SETTINGS = (
    "import json; from congress_portal import settings as s;print(json.dumps([s.SECRET_KEY, s.HTTPS, s.ALLOWED_HOSTS]))"
)


def test_env_file_gives_settings_a_secret_and_the_local_hosts(var):
    path = env_file.ensure(places.var_dir())

    unset = ("SECRET_KEY", "HTTPS", "ALLOWED_HOSTS")
    env = {name: value for name, value in os.environ.items() if name not in unset}
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_SETTINGS], cwd=places.ROOT, env=env, capture_output=True, check=True
    )

    secret, https, hosts = json.loads(shown.stdout)
    assert secret == env_file.value(path, "SECRET_KEY")
    assert len(secret) >= 50
    assert https is False
    assert hosts == ["127.0.0.1", "localhost", "[::1]"]


def test_env_file_and_its_folder_are_readable_by_their_owner_alone(var):
    path = env_file.ensure(places.var_dir())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(var.stat().st_mode) == 0o700


def test_env_file_is_written_once_and_never_alike(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    once = env_file.ensure(first).read_text()

    assert env_file.ensure(first).read_text() == once
    assert env_file.ensure(second).read_text() != once
    assert list(first.iterdir()) == [first / "env"]


def test_env_value_prefers_the_environment(tmp_path, monkeypatch):
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    path = env_file.ensure(tmp_path)
    from_file = env_file.value(path, "ALLOWED_HOSTS")

    monkeypatch.setenv("ALLOWED_HOSTS", "portal.example.org")

    assert from_file == "127.0.0.1,localhost,[::1]"
    assert env_file.value(path, "ALLOWED_HOSTS") == "portal.example.org"
    assert env_file.value(path, "NO_SUCH_SETTING") is None
