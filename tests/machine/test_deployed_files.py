"""The files of a deployment say the same as the program and as each other. They are run in tests/load."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps

from congress_portal.machine import health, lint
from congress_portal.machine.places import ROOT
from tests.load.containers import env_file, interpolated
from tests.load.image import instructions, is_ignored

DEPLOY = ROOT / "docs/deploy"
UNITS = {name: DEPLOY / f"systemd/portal-{name}.service" for name in ("web", "worker", "beat")}
PLACES = {"/opt/portal/.venv/bin/gunicorn": "gunicorn", "/opt/portal/.venv/bin/celery": "celery"}


def read(path: str) -> str:
    return (ROOT / path).read_text()


@pytest.fixture
def services() -> dict[str, dict[str, Any]]:
    env = env_file(read("docs/deploy/compose.env.example")) | {"SECRET_KEY": "secret", "POSTGRES_PASSWORD": "password"}
    return yaml.safe_load(interpolated(read("docker-compose.yml"), env))["services"]


@pytest.fixture
def image_command() -> list[str]:
    return yaml.safe_load(dict(instructions(read("Dockerfile")))["CMD"])


# ---- docker-compose.yml and Dockerfile


def test_lint_reads_both():
    files = {command[-1] for command in lint.steps().values()}

    assert {"Dockerfile", "docker-compose.yml"} <= files


def test_every_service_is_shut_in(services):
    assert set(services) == {"web", "worker", "beat", "migrate", "postgres", "redis", "proxy"}
    for name, service in services.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}, name
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped"), name
    assert {name: service["cap_add"] for name, service in services.items() if "cap_add" in service} == {
        "proxy": ["NET_BIND_SERVICE"]
    }
    assert dict(instructions(read("Dockerfile")))["USER"] == "10001:10001"
    assert {name: services[name]["user"] for name in ("postgres", "redis")} == {
        "postgres": "postgres",
        "redis": "redis",
    }


def test_nothing_is_open_to_the_network_but_web_on_loopback_and_the_proxy(services):
    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"],
        "proxy": ["80:80", "443:443"],
    }
    assert services["proxy"]["profiles"] == ["proxy"]
    compose = yaml.safe_load(read("docker-compose.yml"))
    assert compose["networks"]["inside"] == {"internal": True}
    assert [name for name, service in services.items() if service["networks"] == ["inside"]] == ["postgres", "redis"]


def test_every_service_has_a_health_check_and_waits_for_what_it_needs(services):
    of_the_image = {"web"}
    assert "HEALTHCHECK" in dict(instructions(read("Dockerfile")))
    for name, service in services.items():
        if name == "migrate":
            assert service["healthcheck"] == {"disable": True}
        elif name not in of_the_image:
            assert service["healthcheck"]["test"], name
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "redis": {"condition": "service_healthy"},
        }
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_only_web_and_worker_are_scaled(services):
    assert services["beat"]["deploy"]["replicas"] == 1
    scaled = yaml.safe_load(
        interpolated(
            read("docker-compose.yml"),
            {"POSTGRES_PASSWORD": "p", "PORTAL_DOMAIN": "d", "WEB_REPLICAS": "3", "WORKER_REPLICAS": "2"},
        )
    )["services"]
    assert {name: service["deploy"]["replicas"] for name, service in scaled.items() if "replicas" in str(service)} == {
        "web": 3,
        "worker": 2,
        "beat": 1,
    }


def test_no_secret_is_written_down(services):
    example = env_file(read("docs/deploy/compose.env.example"))

    assert (example["SECRET_KEY"], example["POSTGRES_PASSWORD"]) == ("", "")
    with pytest.raises(AssertionError, match="POSTGRES_PASSWORD"):
        interpolated(read("docker-compose.yml"), example)
    assert ".env" in read(".gitignore").splitlines()


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("manage.py", False),
        ("congress_portal/settings.py", False),
        ("congress_portal/common/migrations/0001_job.py", False),
        ("templates/base.html", False),
        (".env", True),
        ("var/env", True),
        ("var/media/attachment/photo.jpg", True),
        (".git/config", True),
        ("tests/conftest.py", True),
        ("congress_portal/__pycache__/settings.cpython-311.pyc", True),
    ],
)
def test_image_gets_the_program_and_nothing_else(path, ignored):
    patterns = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]

    assert is_ignored(path, patterns) is ignored


def test_every_app_of_ours_gets_into_the_image():
    patterns = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    ours = [Path(app.path).relative_to(ROOT) for app in apps.get_app_configs() if Path(app.path).is_relative_to(ROOT)]
    outside = [path for path in ours if path.parts[0] != ".venv"]

    assert len(outside) >= 7
    assert [str(path) for path in outside if is_ignored(f"{path}/apps.py", patterns)] == []
    compiled = dict(instructions(read("Dockerfile")))["RUN"]
    assert all(path.parts[0] in compiled for path in outside)


# ---- systemd and nginx


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read(path)
    return parser


def test_units_run_what_the_containers_run(services, image_command):
    commands = {"web": image_command, **{name: services[name]["command"] for name in ("worker", "beat")}}
    for name, path in UNITS.items():
        program, *words = unit(path)["Service"]["ExecStart"].split()
        if name == "web":  # a container has its address to itself
            assert words.pop(1) == "--bind"
            assert words.pop(1) == "127.0.0.1:8000"
        assert [PLACES[program], *words] == commands[name], name


def test_units_are_shut_in():
    common = unit(DEPLOY / "systemd/portal-.service.d/portal.conf")["Service"]

    assert (common["User"], common["NoNewPrivileges"], common["ProtectSystem"]) == ("portal", "yes", "strict")
    assert (common["StateDirectory"], common["CapabilityBoundingSet"]) == ("portal", "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_the_units(tmp_path):
    system = tmp_path / "etc/systemd/system"
    shutil.copytree(DEPLOY / "systemd", system)
    for target in ("sysinit", "basic", "shutdown", "multi-user", "network"):
        (system / f"{target}.target").write_text("[Unit]\nDescription=stub\n")
    for program in (*PLACES, "/bin/kill"):
        path = tmp_path / program.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)

    done = subprocess.run(
        ["systemd-analyze", f"--root={tmp_path}", "--man=no", "verify", *(path.name for path in UNITS.values())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("nginx"), reason="needs nginx")
def test_nginx_understands_its_file(tmp_path):
    made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=portal.example.org"]
    files = ["-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"]
    subprocess.run(["openssl", "req", *made, *files], capture_output=True, check=True)
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/portal", str(tmp_path))
    site = re.sub(r"listen (\[::\]:)?(80|443)", r"listen 127.0.0.1:1\2", site)
    site = re.sub(r"^.*listen 127.0.0.1:1(80|443).*\n(?=.*listen)", "", site, flags=re.MULTILINE)  # one of each
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{site}\n}}\n"
    )

    done = subprocess.run(
        ["nginx", "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )

    assert "test is successful" in done.stderr, done.stderr


def test_nginx_hands_out_private_files_only_from_within():
    site = read("docs/deploy/nginx.conf")
    private = site.partition("location /private/ {")[2].partition("}")[0]

    assert "internal;" in private
    # What uploads.private_response says of a file, and nginx would drop.
    assert "Content-Security-Policy" in private
    assert "X-Content-Type-Options" in private


# ---- what is written about it


def documented() -> set[str]:
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", read("docs/deploy.md"), re.MULTILINE))


def test_table_of_variables_is_complete_and_true():
    read_by_settings = set(re.findall(r'(?:env\.\w+|flag)\(\s*"([A-Z0-9_]+)"', read("congress_portal/settings.py")))
    given_to_gunicorn = {"WEB_CONCURRENCY", "PORT"}

    assert documented() == read_by_settings | given_to_gunicorn


@pytest.mark.parametrize("name", ["compose.env.example", "portal.env.example"])
def test_examples_name_no_variable_that_nobody_reads(name):
    text = (DEPLOY / name).read_text()
    named = set(re.findall(r"^(?:# )?([A-Z0-9_]+)=", text, re.MULTILINE))
    of_compose = set(re.findall(r"\$\{([A-Z0-9_]+)", read("docker-compose.yml")))

    assert named - documented() - (of_compose if name.startswith("compose") else set()) == set()
    assert of_compose <= named or name.startswith("portal")


# ---- the health check of the image


@pytest.mark.parametrize(
    ("hosts", "asked_as"),
    [
        ("portal.example.org,other.example.org", "portal.example.org"),
        (".example.org", "example.org"),
        ("", "127.0.0.1"),
    ],
)
def test_health_is_asked_under_the_portals_own_name(monkeypatch, hosts, asked_as):
    asked = {}

    class Connection:
        def __init__(self, host, port, timeout):
            asked["at"] = (host, port)

        def request(self, method, path, headers):
            asked.update(headers, path=path)

        def getresponse(self):
            return type("Answer", (), {"status": 200})()

        def close(self):
            pass

    monkeypatch.setenv("ALLOWED_HOSTS", hosts)
    monkeypatch.setattr(health.http.client, "HTTPConnection", Connection)

    assert health.is_serving(8000)
    assert asked == {"at": ("127.0.0.1", 8000), "path": "/health/", "Host": asked_as, "X-Forwarded-Proto": "https"}


def test_health_of_nobody_is_bad():
    assert not health.is_serving(9)
