"""QR codes: black squares on white, drawn without a style attribute, on the screen and in a PDF."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(address: str) -> SafeString:
    """Draw an address as a QR code, an inline SVG of class ``qr`` that takes its size from the page.

    The address must be one of our own: what is drawn is not escaped, because a QR code has no text.
    """
    svg = segno.make(address, error="m").svg_inline(scale=4, border=4, omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308 -- squares computed from the address; the address itself is not in it
