"""The README's promise on a machine that has only what the README asks for: `make run`, `make test`, nothing else.

Needs root, namespaces and the network. The times printed depend on the network and are for orientation.
"""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from congress_portal.accounts.choices import Role
from congress_portal.machine.console import say
from tests.load import chroot
from tests.load.chroot import Machine, step
from tests.load.visitor import Visitor
from tests.worker import ROOT, wait_until

pytestmark = pytest.mark.load

REMINDER = "人收到提醒，请督促答复。"
SUMMARY = re.compile(r"/admin/annual-summary/\d{4}/$")


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Debian as it is delivered, with a clone of this repository in it."""
    reason = chroot.why_not()
    if reason:
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("bare") / "debian"
    try:
        with step("debootstrap"):
            chroot.bootstrap(folder)
        with step("git clone"):
            subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, folder / "root/portal"], check=True)
        yield folder
    finally:
        if folder.exists():
            chroot.remove(folder)


@pytest.fixture
def root_of_new_machine(debian: Path) -> Iterator[Path]:
    """A copy of it, as fresh as the first."""
    folder = debian.with_name("machine")
    subprocess.run(["cp", "--archive", debian, folder], check=True)
    try:
        yield folder
    finally:
        chroot.remove(folder)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clerk_at(address: str, said: str) -> Visitor:
    """Sign in with the clerk's sample account, as printed."""
    found = re.search(rf"^ +(\S+) +(\S+) +\S+，{Role.CLERK.label}$", said, re.MULTILINE)
    assert found, said
    username, password = found.groups()
    visitor = Visitor(address)
    visitor.sign_in(username, password)
    return visitor


def summary_of_this_year(clerk: Visitor) -> str:
    return next(filter(SUMMARY.search, clerk.page("/admin/annual-summary/").links))


def test_make_run_alone_leads_root_to_a_site_that_reminds_and_prints_the_summary(root_of_new_machine, port):
    machine, address = Machine(root_of_new_machine), f"http://127.0.0.1:{port}"

    with step("first make run, all of it"), machine.make_run("portal", port=port) as portal:
        assert Visitor(address).ask("/").status == 200
        assert address in portal.said
        clerk = clerk_at(address, portal.said)
        with step("a reminder by beat and the worker, after the site was ready"):
            wait_until(lambda: REMINDER in clerk.page("/messages/").text, what="a reminder of an overdue reply")
        summary = summary_of_this_year(clerk)
        with step("PDF by the worker"):
            asked = clerk.ask(f"{summary}pdf/", {"csrfmiddlewaretoken": clerk.cookies["csrf"]})
            assert "/jobs/" in asked.location, asked
            wait_until(
                lambda: json.loads(clerk.ask(asked.location, Accept="application/json").content)["finished"],
                what="the PDF",
            )
        assert clerk.ask(f"{asked.location}file/").content.startswith(b"%PDF")

    with step("second make run, from Enter to Ctrl-C"), machine.make_run("portal", port=port) as portal:
        assert Visitor(address).ask("/").status == 200
        assert "示例数据" not in portal.said.partition("门户已就绪")[0]


def test_make_run_without_root_starts_the_site_and_the_pdf_page_says_what_is_missing(root_of_new_machine, port):
    machine, address = Machine(root_of_new_machine, user="resident"), f"http://127.0.0.1:{port}"
    shutil.move(root_of_new_machine / "root/portal", machine.inside("portal"))
    Machine(root_of_new_machine).run("chown --recursive resident:resident /home/resident")

    with step("make run without root, all of it"), machine.make_run("portal", port=port) as portal:
        assert "sudo apt-get install -y --no-install-recommends libpango-1.0-0" in portal.said
        assert Visitor(address).ask("/").status == 200
        clerk = clerk_at(address, portal.said)
        summary = summary_of_this_year(clerk)
        page = clerk.page(summary)
        assert "现在不能生成 PDF，缺少Pango" in page.text
        assert f"{summary}pdf/" not in [form.action for form in page.forms]
        refused = clerk.ask(f"{summary}pdf/", {"csrfmiddlewaretoken": clerk.cookies["csrf"]})
        assert refused.location == summary


def test_make_test_alone_passes(root_of_new_machine):
    machine = Machine(root_of_new_machine)

    with step("make test, with set-up"):
        said = machine.run("make --no-print-directory -C portal test")

    say(said.splitlines()[-1])
    assert " passed" in said.splitlines()[-1]
