"""Drawn street corners in place of residents' photos, which are nobody's sample."""

from collections.abc import Callable
from functools import cache
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFilter

from congress_portal.common.uploads import PreparedFile, accept_photo

SIZE = WIDTH, HEIGHT = 1000, 750
GROUND = 480  # where the ground begins

Colour = tuple[int, int, int]


@cache
def photo(scene: str, number: int) -> PreparedFile:
    """Return the picture of a scene, by day (0) or at dusk (1), drawn once and re-encoded as an upload is."""
    picture = Image.new("RGB", SIZE)
    SCENES[scene](ImageDraw.Draw(picture))
    if number:
        picture = Image.blend(picture, Image.new("RGB", SIZE, (24, 30, 58)), 0.45)
    content = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(0.8)).save(content, "JPEG", quality=70)
    return accept_photo(SimpleUploadedFile(f"{scene}.jpg", content.getvalue(), content_type="image/jpeg"))


def _shaded(draw: ImageDraw.ImageDraw, top: int, bottom: int, above: Colour, below: Colour) -> None:
    """Fill a band that changes from one colour to another."""
    for y in range(top, bottom):
        share = (y - top) / (bottom - top)
        colour = tuple(round(a + (b - a) * share) for a, b in zip(above, below, strict=True))
        draw.line((0, y, WIDTH, y), fill=colour)


def _houses(draw: ImageDraw.ImageDraw, *, ground: int = GROUND) -> None:
    _shaded(draw, 0, ground, (168, 192, 212), (222, 226, 222))
    for number, left in enumerate(range(-40, WIDTH, 170)):
        height = (230, 310, 190, 350, 260, 300)[number % 6]
        shade = (196, 184, 204, 176, 190, 182)[number % 6]
        draw.rectangle((left, ground - height, left + 150, ground), fill=(shade, shade - 12, shade - 28))
        for top in range(ground - height + 24, ground - 50, 56):
            for window in (left + 22, left + 66, left + 110):
                draw.rectangle((window, top, window + 24, top + 30), fill=(104, 118, 130))
                draw.line((window + 12, top, window + 12, top + 30), fill=(176, 182, 184), width=2)


def _street(draw: ImageDraw.ImageDraw) -> None:
    _houses(draw)
    _shaded(draw, GROUND, HEIGHT, (142, 140, 136), (104, 102, 100))
    draw.polygon(((0, GROUND), (WIDTH, GROUND), (WIDTH, GROUND + 40), (0, GROUND + 60)), fill=(176, 168, 156))
    for left in range(0, WIDTH, 150):
        draw.polygon(((left, 610), (left + 80, 610), (left + 70, 622), (left - 10, 622)), fill=(218, 214, 202))
    # A puddle over a broken patch, with its light.
    draw.ellipse((330, 620, 700, 720), fill=(92, 86, 80))
    draw.ellipse((352, 632, 678, 706), fill=(112, 128, 142))
    draw.arc((380, 640, 650, 696), 190, 300, fill=(188, 200, 208), width=4)


def _lamp(draw: ImageDraw.ImageDraw) -> None:
    _shaded(draw, 0, GROUND, (38, 44, 70), (92, 92, 110))
    for left, height in ((0, 220), (160, 300), (330, 180), (640, 320), (830, 240)):
        draw.rectangle((left, GROUND - height, left + 150, GROUND), fill=(44, 44, 58))
        for top in range(GROUND - height + 30, GROUND - 40, 70):
            draw.rectangle((left + 30, top, left + 56, top + 30), fill=(214, 178, 108))
            draw.rectangle((left + 94, top, left + 120, top + 30), fill=(62, 62, 78))
    _shaded(draw, GROUND, HEIGHT, (58, 58, 66), (34, 34, 40))
    for width in range(170, 20, -10):  # the light of the only lamp that burns
        glow = 230 - width
        draw.ellipse(
            (655 - width, 610 - width // 4, 655 + width, 610 + width // 4), fill=(glow // 2 + 44, glow // 2 + 38, 66)
        )
    for left, lit in ((210, False), (560, True), (880, False)):
        draw.rectangle((left, 170, left + 10, 620), fill=(84, 88, 94))
        draw.line((left + 5, 176, left + 90, 150), fill=(84, 88, 94), width=10)
        draw.ellipse((left + 70, 140, left + 126, 168), fill=(250, 226, 156) if lit else (70, 72, 78))


def _river(draw: ImageDraw.ImageDraw) -> None:
    _houses(draw, ground=360)
    _shaded(draw, 360, 430, (126, 140, 104), (148, 144, 120))
    _shaded(draw, 430, 640, (112, 128, 116), (78, 94, 88))
    for number, left in enumerate(range(20, WIDTH, 74)):
        top = 460 + number * 53 % 150
        draw.ellipse((left, top, left + 60, top + 18), fill=(96, 132, 74))
        draw.ellipse((left + 24, top - 6, left + 50, top + 8), fill=(118, 152, 88))
    for left, top in ((210, 560), (520, 500), (770, 590)):
        draw.rectangle((left, top, left + 34, top + 14), fill=(222, 226, 224))
    _shaded(draw, 640, HEIGHT, (166, 158, 148), (140, 132, 122))
    draw.line((0, 610, WIDTH, 610), fill=(198, 200, 198), width=10)
    for left in range(20, WIDTH, 110):
        if left != 460:  # the broken length of the railing
            draw.rectangle((left, 570, left + 10, 660), fill=(186, 188, 188))
    draw.line((350, 610, 470, 690), fill=(112, 128, 116), width=12)


def _stairs(draw: ImageDraw.ImageDraw) -> None:
    _shaded(draw, 0, HEIGHT, (206, 202, 192), (178, 172, 160))
    draw.rectangle((0, 0, WIDTH, 330), fill=(214, 210, 200))
    draw.rectangle((0, 330, WIDTH, 540), fill=(150, 170, 152))
    for step in range(9):
        left, top = 420 + step * 66, HEIGHT - 70 - step * 56
        draw.rectangle((left, top, WIDTH, top + 56), fill=(170 - step * 4, 164 - step * 4, 154 - step * 4))
        draw.line((left, top, WIDTH, top), fill=(206, 202, 194), width=4)
    draw.line((430, 520, 980, 60), fill=(112, 74, 52), width=12)
    # Boxes, a board and a bicycle where people have to pass.
    for left, top, right, bottom, colour in (
        (60, 470, 240, 690, (176, 136, 92)),
        (110, 360, 270, 480, (194, 156, 110)),
        (250, 560, 380, 690, (152, 116, 82)),
        (20, 250, 60, 690, (122, 96, 76)),
    ):
        draw.rectangle((left, top, right, bottom), fill=colour, outline=(104, 80, 58), width=3)
    for left in (280, 430):
        draw.ellipse((left, 600, left + 120, 720), outline=(58, 60, 64), width=8)
    draw.line(((340, 660), (400, 570), (490, 660), (340, 660)), fill=(72, 98, 132), width=8)
    draw.ellipse((860, 20, 920, 80), fill=(120, 118, 112))


def _rubbish(draw: ImageDraw.ImageDraw) -> None:
    _houses(draw, ground=330)
    _shaded(draw, 330, HEIGHT, (170, 164, 154), (136, 130, 122))
    draw.polygon(((120, 250), (880, 250), (920, 300), (80, 300)), fill=(110, 126, 112))
    draw.rectangle((140, 300, 860, 330), fill=(196, 192, 180))
    for left, colour in ((170, (62, 112, 82)), (345, (72, 104, 150)), (520, (150, 74, 66)), (695, (92, 94, 98))):
        draw.rectangle((left, 360, left + 140, 580), fill=colour)
        draw.rectangle((left - 8, 340, left + 148, 368), fill=tuple(value - 18 for value in colour))
        draw.rectangle((left + 46, 430, left + 94, 478), fill=(232, 232, 226))
        draw.ellipse((left + 16, 572, left + 40, 596), fill=(50, 50, 52))
        draw.ellipse((left + 100, 572, left + 124, 596), fill=(50, 50, 52))
    for left, top, size, colour in (
        (250, 560, 120, (58, 60, 64)),
        (350, 600, 100, (226, 224, 218)),
        (470, 570, 130, (74, 76, 82)),
        (600, 610, 90, (190, 70, 62)),
        (150, 610, 90, (206, 200, 186)),
    ):
        draw.ellipse((left, top, left + size, top + size * 3 // 4), fill=colour)
        draw.polygon(
            ((left + size // 2 - 12, top + 8), (left + size // 2, top - 22), (left + size // 2 + 14, top + 8)),
            fill=colour,
        )


SCENES: dict[str, Callable[[ImageDraw.ImageDraw], None]] = {
    "street": _street,
    "lamp": _lamp,
    "river": _river,
    "stairs": _stairs,
    "rubbish": _rubbish,
}
