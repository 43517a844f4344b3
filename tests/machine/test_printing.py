import shutil
import subprocess

import pytest

from congress_portal.machine import printing

MEMBER = "usr/share/fonts/portal-test/no-such-font.ttf"


@pytest.fixture
def wanted_font(var, monkeypatch):
    """One font that no machine has, in place of the real list."""
    monkeypatch.setattr(printing, "FONTS", {"portal-test-font": (MEMBER,)})
    monkeypatch.setattr(printing, "LIBRARIES", ())
    monkeypatch.setattr(printing, "OPTIONAL_LIBRARY", "libc.so.6")
    return var / "fonts" / "no-such-font.ttf"


@pytest.mark.parametrize(("required", "goes_on"), [("", True), ("1", False), ("true", False), ("0", True)])
def test_missing_font_stops_only_where_pdf_is_required(wanted_font, programs, monkeypatch, capsys, required, goes_on):
    monkeypatch.setenv("REQUIRE_PDF", required)

    assert printing.ensure() is goes_on
    assert "make setup" in capsys.readouterr().out
    assert printing.missing_fonts() == ["no-such-font.ttf"]


def test_missing_library_is_answered_with_the_line_that_installs_it(wanted_font, programs, monkeypatch, capsys):
    monkeypatch.setattr(printing, "LIBRARIES", ("libportal-test.so.0",))

    printing.ensure()

    said = capsys.readouterr().out
    assert "libportal-test.so.0" in said
    assert "apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0" in said


def test_installed_font_is_copied_without_any_download(var, programs, tmp_path, monkeypatch):
    installed = tmp_path / "installed.ttf"
    installed.write_bytes(b"font")
    monkeypatch.setattr(printing, "FONTS", {"portal-test-font": (str(installed).lstrip("/"),)})
    monkeypatch.setenv("REQUIRE_PDF", "1")

    assert printing.ensure() is True
    assert (var / "fonts" / "installed.ttf").read_bytes() == b"font"


def test_font_is_taken_out_of_the_package_file(wanted_font, tmp_path, add_program, programs, monkeypatch):
    builder = shutil.which("dpkg-deb", path="/usr/bin:/bin")
    if builder is None:
        pytest.skip("dpkg-deb is Debian's own tool")
    tree = tmp_path / "tree"
    (tree / MEMBER).parent.mkdir(parents=True)
    (tree / MEMBER).write_bytes(b"font" * 1000)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(
        "Package: portal-test-font\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: test\n"
    )
    package = tmp_path / "portal-test-font_1_all.deb"
    subprocess.run([builder, "--build", tree, package], check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
    add_program("apt-get", f'PATH=/usr/bin:/bin; [ "$4" = download ] || [ "$2" = download ] && cp {package} .')
    add_program("dpkg-deb", 'PATH=/usr/bin:/bin; exec dpkg-deb "$@"')
    monkeypatch.setenv("REQUIRE_PDF", "1")

    assert printing.ensure() is True
    assert wanted_font.read_bytes() == b"font" * 1000
    assert [path.name for path in wanted_font.parent.iterdir()] == ["no-such-font.ttf"]
