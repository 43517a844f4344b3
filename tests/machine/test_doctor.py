import subprocess
import sys

from congress_portal.machine.places import ROOT


def _report():
    """Ask as `make doctor` does; return what follows each title."""
    asked = subprocess.run(
        [sys.executable, "-m", "congress_portal.machine.doctor"], cwd=ROOT, capture_output=True, text=True
    )
    assert asked.returncode == 0, asked.stderr
    lines = asked.stdout.splitlines()
    found = {}
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line[0] in "有缺":
            title = line[1:].split("——")[0].strip()
            found[title] = line[0], following.strip()
    return found


def test_doctor_names_the_line_that_installs_what_is_missing(var, programs):
    report = _report()

    for title, package in [("git", "git"), ("make", "make"), ("Chromium", "chromium")]:
        state, line = report[title]
        assert state == "缺"
        assert line.endswith(f"apt-get install -y --no-install-recommends {package}")
    assert report["公文字体"] == ("缺", "请执行：make setup")


def test_doctor_sees_what_is_there(var, add_program):
    for name in ("git", "make", "chromium", "pg_ctlcluster", "redis-server"):
        add_program(name)
    add_program("fc-list", "echo /usr/share/fonts/some.ttc")

    report = _report()

    there = ("git", "make", "Chromium", "屏幕中文字体", "PostgreSQL", "Redis")
    assert [report[title][0] for title in there] == ["有"] * len(there)


def test_doctor_leaves_the_machine_as_it_was(var, programs):
    _report()

    assert list(programs.iterdir()) == []
    assert not var.exists() or list(var.iterdir()) == []
