from tests.common.conftest import can_make_pdf

__all__ = ["can_make_pdf"]
