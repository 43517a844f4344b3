"""What ``make lint`` reads."""

from congress_portal.machine import lint
from congress_portal.machine.places import ROOT


def test_typed_are_modules_and_packages_of_the_named_kinds():
    typed = lint.typed_files()

    assert {"suggestions/selectors.py", "suggestions/workflow", "congress_portal/notifications/workflow.py"} <= set(
        typed
    )
    assert (ROOT / "suggestions/workflow").is_dir()
    assert all((ROOT / path).exists() for path in typed)
    assert "suggestions/forms.py" not in typed
