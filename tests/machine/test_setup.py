import ast
import os
import shutil
import subprocess
import sys
from pathlib import PurePosixPath

import pytest

from congress_portal.machine import printing
from congress_portal.machine.places import ROOT

MODULES = sorted((ROOT / "congress_portal" / "machine").glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_machine_needs_nothing_but_the_standard_library(module):
    name = f"congress_portal.machine.{module.stem}".removesuffix(".__init__")

    # -S: no site-packages, as before the virtual environment exists.
    imported = subprocess.run([sys.executable, "-S", "-c", f"import {name}"], cwd=ROOT, capture_output=True)

    assert imported.returncode == 0, imported.stderr.decode()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_machine_is_understood_by_a_python_that_is_too_old(module):
    """Otherwise that Python answers with a SyntaxError instead of the sentence about its version."""
    ast.parse(module.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_setup_installs_once_and_again_when_the_lock_changes(tmp_path, var):
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "congress_portal" / "machine", tree / "congress_portal" / "machine")
    shutil.copy(ROOT / "congress_portal" / "__init__.py", tree / "congress_portal")
    (tree / "requirements.txt").write_text("# nothing\n")
    fonts = var / "fonts"
    fonts.mkdir(parents=True)
    for member in (name for members in printing.FONTS.values() for name in members):
        (fonts / PurePosixPath(member).name).touch()

    def set_up() -> str:
        command = [sys.executable, "-m", "congress_portal.machine.setup"]
        env = {**os.environ, "REQUIRE_PDF": ""}
        return subprocess.run(
            command, cwd=tree, env=env, capture_output=True, text=True, check=True
        ).stdout  # fmt: skip

    first, second = set_up(), set_up()
    (tree / "requirements.txt").write_text("# nothing either\n")
    third = set_up()

    assert (tree / ".venv" / "bin" / "python").exists()
    assert [("安装依赖" in said, "建立虚拟环境" in said) for said in (first, second, third)] == [
        (True, True),
        (False, False),
        (True, False),
    ]


def test_setup_refuses_requirements_without_hashes(tmp_path, var):
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "congress_portal" / "machine", tree / "congress_portal" / "machine")
    shutil.copy(ROOT / "congress_portal" / "__init__.py", tree / "congress_portal")
    (tree / "requirements.txt").write_text("django==5.2\n")

    refused = subprocess.run(
        [sys.executable, "-m", "congress_portal.machine.setup"], cwd=tree, capture_output=True, text=True
    )

    assert refused.returncode == 1
    assert "依赖未能装齐" in refused.stdout
    assert not list((tree / ".venv").glob("stamp-*"))
