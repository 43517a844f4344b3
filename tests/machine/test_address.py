import re
import socket
import subprocess
import sys

import pytest

from congress_portal.machine import address, env_file
from congress_portal.machine.places import ROOT


@pytest.fixture
def taken():
    """A port somebody else listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_taken_port_is_refused_with_a_sentence_that_names_a_free_one(taken):
    sentence = address.why_not_listen("127.0.0.1", taken)

    assert f"端口 {taken} 已被其他程序占用" in sentence
    offered = int(re.search(r"make run PORT=(\d+)", sentence)[1])
    assert address.why_not_listen("127.0.0.1", offered) is None


@pytest.mark.parametrize(
    ("host", "port", "advice"),
    [
        ("127.0.0.1", 0, "make run PORT=8000"),
        ("127.0.0.1", 99999, "make run PORT=8000"),
        ("192.0.2.77", 8000, "make run HOST=127.0.0.1"),
    ],
)
def test_impossible_address_is_refused_with_what_to_type(host, port, advice):
    assert address.why_not_listen(host, port).endswith(advice)


@pytest.mark.parametrize("port", ["abc", "", "80.5", "70000"])
def test_port_that_is_none_is_refused_as_a_taken_one_is(port):
    started = subprocess.run(
        [sys.executable, "-m", "congress_portal.machine.run", "--port", port],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert started.returncode == 1
    assert started.stdout == f"端口应为 1 至 65535 之间的数，现为 {port}。请改写为：make run PORT=8000\n"
    assert started.stderr == ""


def test_host_opens_exactly_the_names_by_which_it_is_called(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLOWED_HOSTS", "127.0.0.1,portal.lan")
    env = env_file.ensure(tmp_path)

    local = address.allowed_hosts("127.0.0.1", env).split(",")
    one = address.allowed_hosts("fd00::2", env).split(",")
    everywhere = address.allowed_hosts("0.0.0.0", env).split(",")

    assert local == ["127.0.0.1", "portal.lan"]
    assert one == ["127.0.0.1", "portal.lan", "[fd00::2]"]
    assert {*local, socket.gethostname()} <= set(everywhere)
    assert "*" not in everywhere


def test_urls_bracket_ipv6_and_start_with_the_nearest():
    assert address.urls("::1", 8000) == ["http://[::1]:8000/"]
    assert address.urls("0.0.0.0", 8000)[0] == "http://127.0.0.1:8000/"
