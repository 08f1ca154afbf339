"""Draws the shop's twelve products as PNG files with transparent background: `python draw_pictures.py [FOLDER]`.

The pictures are checked in; run this only to change them. Tools of the studio are in `studio.py`.
"""

import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import skia
from PIL import Image
from studio import (
    SIDE_PX,
    colour,
    darker,
    draw_ball,
    draw_glow,
    draw_rim,
    draw_tube,
    draw_turned,
    flat,
    graded,
    lighter,
    round_body,
    smooth,
    soft,
    turned,
)

Draw = Callable[[skia.Canvas], None]


def dome_lamp(canvas: skia.Canvas) -> None:
    brass, shade = "#d9a441", "#e2583e"
    draw_turned(canvas, [(150, -34), (158, -26), (158, -8)], brass, foot=0.16)
    draw_turned(canvas, [(15, -520), (15, -300), (17, -30)], brass, foot=0.0, shine=0.7)
    canvas.drawOval(
        skia.Rect.MakeLTRB(-262, -470, 262, -382), graded((0, -470), (0, -382), ((0, "#fff3cf"), (1, "#ffd27a")))
    )
    dome = turned([(26, -742), (120, -715), (212, -630), (254, -530), (266, -428)], foot=0.15)
    canvas.drawPath(dome, round_body(-266, 266, shade, 0.42))
    canvas.save()
    canvas.clipPath(dome, doAntiAlias=True)
    canvas.drawOval(skia.Rect.MakeLTRB(-170, -720, -70, -480), soft("#ffffff", 0.5, 26))
    canvas.drawRect(skia.Rect.MakeLTRB(-300, -440, 300, -370), soft("#ffca6a", 0.55, 18))
    canvas.restore()
    draw_ball(canvas, (0, -758), 26, brass)
    draw_glow(canvas, (0, -390), 240, "#ffdf9a", 0.40)


def stoneware_mug(canvas: skia.Canvas) -> None:
    clay = "#3f7f86"
    draw_tube(canvas, [(205, -440), (330, -450), (372, -320), (320, -190), (190, -170)], 54, clay)
    draw_turned(canvas, [(236, -560), (240, -400), (236, -200), (214, -60), (196, -28)], clay, gloss=0.30)
    canvas.save()
    canvas.clipPath(turned([(236, -560), (240, -400), (236, -200), (214, -60), (196, -28)]), doAntiAlias=True)
    canvas.drawRect(skia.Rect.MakeLTRB(-260, -150, 260, 30), flat("#efe0c4", 0.92))
    canvas.drawRect(
        skia.Rect.MakeLTRB(-260, -150, 260, 30),
        graded((-240, 0), (240, 0), ((0, "#c9b592"), (0.3, "#fff6e3"), (0.6, "#ead9b8"), (1, "#a48d66"))),
    )
    canvas.save()
    canvas.clipPath(_glaze_edge(), doAntiAlias=True)
    canvas.drawRect(skia.Rect.MakeLTRB(-260, -220, 260, -60), round_body(-240, 240, clay, 0.30))
    canvas.restore()
    canvas.restore()
    draw_rim(canvas, 236, -560, clay, depth=0.17)
    canvas.drawOval(
        skia.Rect.MakeLTRB(-206, -578, 206, -526), graded((-200, 0), (200, 0), ((0, "#6b3f25"), (1, "#3c2113")))
    )
    for shift, sway in ((-70, 26), (10, -22), (84, 24)):
        steam = smooth([(shift, -610), (shift + sway, -680), (shift - sway, -750), (shift + sway, -830)])
        paint = soft("#ffffff", 0.34, 9)
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(20)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        canvas.drawPath(steam, paint)


def _glaze_edge() -> skia.Path:
    """Glaze that ran a little further down in places."""
    edge = smooth([(-262, -170), (-180, -128), (-70, -112), (20, -124), (110, -104), (190, -132), (262, -176)])
    edge.lineTo(262, -240)
    edge.lineTo(-262, -240)
    edge.close()
    return edge


def round_speaker(canvas: skia.Canvas) -> None:
    body = "#2d3350"
    draw_turned(canvas, [(228, -690), (262, -660), (270, -420), (268, -150), (244, -34)], body, gloss=0.26, foot=0.14)
    canvas.drawOval(
        skia.Rect.MakeLTRB(-228, -736, 228, -644), graded((-228, -736), (228, -644), ((0, "#59618a"), (1, "#22273d")))
    )
    canvas.drawOval(skia.Rect.MakeLTRB(-150, -716, 150, -664), flat("#171b2c"))
    canvas.drawOval(
        skia.Rect.MakeLTRB(-142, -712, 142, -672), graded((-140, 0), (140, 0), ((0, "#ff9d5c"), (1, "#ff5d73")))
    )
    canvas.drawOval(skia.Rect.MakeLTRB(-116, -706, 116, -678), flat("#20253c"))
    for row in range(17):
        for column in range(-14, 15):
            angle = (column + 0.5 * (row % 2)) / 15 * math.pi / 2
            x, y = 262 * math.sin(angle), -600 + row * 30 + 30 * math.cos(angle)
            dot = 6.2 * max(0.15, math.cos(angle))
            canvas.drawOval(skia.Rect.MakeLTRB(x - dot, y - 6.2, x + dot, y + 6.2), flat("#0d1020", 0.55))
    canvas.drawOval(skia.Rect.MakeLTRB(-24, -110, 24, -84), flat("#ffb27a"))


def bud_vase(canvas: skia.Canvas) -> None:
    glaze = "#e9d8c3"
    for tip, bend in (((-150, -770), -60), ((30, -820), 24), ((176, -740), 70)):
        draw_tube(canvas, [(0, -380), (bend * 0.4, -520), (bend, -660), tip], 9, "#6a7d4f")
        _leaves(canvas, bend, tip)
    draw_turned(canvas, [(52, -452), (46, -400), (92, -330), (182, -230), (196, -130), (140, -26)], glaze, gloss=0.55)
    canvas.save()
    canvas.clipPath(
        turned([(52, -452), (46, -400), (92, -330), (182, -230), (196, -130), (140, -26)]), doAntiAlias=True
    )
    for index in range(110):
        x, y = 196 * math.sin(index * 12.9898), -14 - 330 * ((index * 0.754877666) % 1)
        canvas.drawCircle(x, y, 1.6 + 2.2 * ((index * 0.37) % 1), flat("#8a6a4c", 0.5))
    canvas.restore()
    draw_rim(canvas, 52, -452, glaze, depth=0.22)


def _leaves(canvas: skia.Canvas, bend: float, tip: tuple[float, float]) -> None:
    for step in range(7):
        share = 0.30 + 0.70 * step / 6
        x = bend * share + (tip[0] - bend) * share * share
        y = -460 + (tip[1] + 460) * share
        for side in (-1, 1):
            canvas.save()
            canvas.translate(x, y)
            canvas.rotate(side * (58 - 26 * share) + 12 * bend / 70)
            leaf = smooth([(0, 0), (-20, -46), (0, -104 + 24 * share), (20, -46)], closed=True)
            tone = ("#8aa36a", "#6f8f5f", "#a9bb7e")[(step + (side > 0)) % 3]
            canvas.drawPath(leaf, graded((-20, 0), (22, -60), ((0, darker(tone, 0.25)), (1, lighter(tone, 0.22)))))
            canvas.restore()


def glass_candle(canvas: skia.Canvas) -> None:
    amber = "#b5642c"
    outline = [(186, -480), (190, -300), (188, -120), (176, -26)]
    draw_turned(canvas, outline, amber, gloss=0.40, shine=0.65)
    canvas.save()
    canvas.clipPath(turned(outline), doAntiAlias=True)
    draw_glow(canvas, (0, -430), 300, "#ffd98a", 0.85)
    canvas.restore()
    draw_rim(canvas, 186, -480, "#d98d4e", depth=0.17)
    canvas.drawOval(
        skia.Rect.MakeLTRB(-158, -486, 158, -446), graded((-150, 0), (150, 0), ((0, "#fff3d8"), (1, "#f1c98b")))
    )
    draw_glow(canvas, (0, -590), 220, "#ffcf70", 0.55)
    canvas.drawPath(
        smooth([(0, -700), (40, -590), (26, -512), (0, -492), (-26, -512), (-38, -590)], closed=True),
        graded((0, -700), (0, -490), ((0, "#ffe9a8"), (0.6, "#ffb73f"), (1, "#f2762e"))),
    )
    canvas.drawPath(smooth([(0, -610), (17, -550), (0, -506), (-16, -550)], closed=True), flat("#fffbe6", 0.95))
    label = skia.Rect.MakeLTRB(-104, -300, 104, -120)
    canvas.drawRoundRect(label, 10, 10, graded((-104, 0), (104, 0), ((0, "#fff8ea"), (0.6, "#f8ecd4"), (1, "#dcc7a1"))))
    for y, width in ((-252, 58), (-214, 34), (-166, 46)):
        canvas.drawRoundRect(skia.Rect.MakeLTRB(-width, y - 5, width, y + 5), 5, 5, flat("#6d4526", 0.85))


def lounge_chair(canvas: skia.Canvas) -> None:
    wood, cloth = "#a9683a", "#d8a23a"
    for x, lean in ((-206, -56), (214, 62)):
        draw_tube(canvas, [(x, -250), (x + lean * 0.5, -130), (x + lean, -12)], 30, darker(wood, 0.15))
    back = smooth(
        [(-240, -700), (-120, -800), (80, -806), (226, -720), (236, -480), (190, -330), (-190, -330), (-246, -500)],
        closed=True,
    )
    canvas.drawPath(
        back, graded((-240, -800), (240, -330), ((0, lighter(cloth, 0.35)), (0.45, cloth), (1, darker(cloth, 0.42))))
    )
    for x in (-84, 0, 84):
        seam = soft(darker(cloth, 0.5), 0.55, 5)
        seam.setStyle(skia.Paint.kStroke_Style)
        seam.setStrokeWidth(8)
        canvas.drawPath(smooth([(x * 1.1, -790), (x * 1.2, -600), (x, -360)]), seam)
    seat = smooth(
        [(-292, -330), (-250, -384), (0, -402), (250, -384), (296, -330), (272, -250), (0, -222), (-270, -250)],
        closed=True,
    )
    canvas.drawPath(seat, soft("#10131c", 0.35, 16))
    canvas.drawPath(
        seat, graded((-60, -402), (60, -222), ((0, lighter(cloth, 0.42)), (0.4, cloth), (1, darker(cloth, 0.40))))
    )
    for side in (-1, 1):
        draw_tube(
            canvas,
            [(side * 262, -520), (side * 322, -500), (side * 330, -380), (side * 300, -200), (side * 322, -10)],
            34,
            wood,
        )


def cordless_lantern(canvas: skia.Canvas) -> None:
    metal = "#2f5d50"
    draw_tube(canvas, [(-120, -640), (-128, -780), (0, -850), (128, -780), (120, -640)], 20, metal)
    draw_turned(canvas, [(60, -700), (150, -650), (170, -610)], metal, foot=0.14)
    glass = [(150, -590), (182, -450), (182, -280), (150, -160)]
    draw_turned(canvas, glass, "#ffd58c", gloss=0.75, shine=0.6)
    canvas.save()
    canvas.clipPath(turned(glass), doAntiAlias=True)
    draw_glow(canvas, (0, -370), 200, "#fffbe8", 1.0)
    canvas.restore()
    for x in (-128, -46, 46, 128):
        draw_tube(canvas, [(x * 0.92, -600), (x * 1.22, -380), (x * 0.92, -150)], 11, metal)
    draw_turned(canvas, [(160, -160), (196, -130), (204, -40), (190, -22)], metal, foot=0.14)
    draw_glow(canvas, (0, -370), 380, "#ffd98f", 0.26)


def pour_kettle(canvas: skia.Canvas) -> None:
    steel = "#c8532f"
    draw_tube(canvas, [(190, -210), (292, -250), (306, -400), (372, -520), (410, -536)], 34, steel)
    draw_tube(canvas, [(-150, -470), (-330, -520), (-384, -360), (-330, -200), (-262, -160)], 40, "#2a2622")
    draw_turned(canvas, [(122, -520), (158, -450), (206, -300), (236, -140), (224, -28)], steel, gloss=0.46, shine=0.8)
    draw_turned(canvas, [(26, -580), (96, -560), (128, -530), (130, -516)], darker(steel, 0.10), foot=0.16)
    draw_ball(canvas, (0, -606), 32, "#2a2622")
    draw_turned(canvas, [(236, -40), (238, -24), (230, -10)], "#2a2622", foot=0.12, shine=0.0)


def headphones(canvas: skia.Canvas) -> None:
    shell, pad = "#e8e3dc", "#3a3f55"
    draw_tube(
        canvas, [(-280, -300), (-300, -520), (-190, -720), (0, -780), (190, -720), (300, -520), (280, -300)], 58, shell
    )
    draw_tube(canvas, [(-170, -706), (0, -758), (170, -706)], 40, pad)
    for side in (-1, 1):
        draw_tube(canvas, [(side * 292, -500), (side * 296, -390), (side * 280, -260)], 24, "#b98a5a")
        cup = skia.Rect.MakeLTRB(side * 262 - 92, -420, side * 262 + 92, -60)
        inner = skia.Rect.MakeLTRB(side * 190 - 56, -410, side * 190 + 56, -70)
        canvas.drawRoundRect(inner, 56, 120, round_body(inner.left(), inner.right(), pad, 0.25))
        canvas.drawRoundRect(cup, 88, 150, round_body(cup.left(), cup.right(), shell, 0.6))
        ring = flat("#b98a5a")
        ring.setStyle(skia.Paint.kStroke_Style)
        ring.setStrokeWidth(9)
        canvas.drawRoundRect(cup.makeInset(34, 58), 54, 110, ring)


def potted_fig(canvas: skia.Canvas) -> None:
    pot = "#c96f4a"
    draw_tube(canvas, [(0, -280), (-14, -430), (10, -620)], 22, "#75553a")
    leaves = (
        (-60, -470, -64),
        (74, -500, 58),
        (-84, -580, -46),
        (96, -610, 50),
        (-46, -680, -24),
        (60, -700, 26),
        (6, -700, 2),
        (-20, -430, -84),
        (36, -420, 82),
        (-26, -500, -34),
        (30, -520, 36),
        (0, -420, 6),
    )
    for index, (x, y, turn) in enumerate(leaves):
        tone = ("#2f6b45", "#3f8455", "#5b9c62")[index % 3]
        canvas.save()
        canvas.translate(x * 0.55, y + 20)
        canvas.rotate(turn)
        leaf = smooth([(0, 0), (-74, -80), (-62, -180), (0, -236), (62, -180), (74, -80)], closed=True)
        canvas.drawPath(leaf, soft("#10131c", 0.22, 10))
        canvas.drawPath(
            leaf, graded((-74, -40), (80, -160), ((0, lighter(tone, 0.30)), (0.5, tone), (1, darker(tone, 0.45))))
        )
        vein = flat(lighter(tone, 0.45), 0.8)
        vein.setStyle(skia.Paint.kStroke_Style)
        vein.setStrokeWidth(4)
        canvas.drawPath(smooth([(0, -6), (3, -120), (0, -214)]), vein)
        canvas.restore()
    draw_turned(canvas, [(196, -250), (180, -140), (150, -26)], pot, gloss=0.3, shine=0.3)
    draw_turned(canvas, [(218, -316), (220, -280), (214, -240)], lighter(pot, 0.06), gloss=0.35, foot=0.10, shine=0.3)
    draw_rim(canvas, 218, -316, pot, depth=0.16)


def mantel_clock(canvas: skia.Canvas) -> None:
    wood = "#8c5a34"
    for side in (-1, 1):
        draw_turned(canvas, [(26, -90), (34, -50), (22, -8)], "#c99a4b", centre=side * 170, foot=0.2)
    body = smooth(
        [(-300, -330), (-270, -560), (0, -690), (270, -560), (300, -330), (250, -90), (0, -54), (-250, -90)],
        closed=True,
    )
    canvas.drawPath(
        body, graded((-280, -690), (300, -60), ((0, lighter(wood, 0.38)), (0.45, wood), (1, darker(wood, 0.5))))
    )
    canvas.drawCircle(
        0, -370, 236, graded((-200, -600), (200, -140), ((0, "#f3cf86"), (0.5, "#c4923f"), (1, "#8a5f20")))
    )
    face = skia.GradientShader.MakeRadial(
        (-60, -440), 330, [colour("#ffffff"), colour("#f6efe1"), colour("#d9cdb6")], [0, 0.6, 1]
    )
    canvas.drawCircle(0, -370, 212, skia.Paint(AntiAlias=True, Shader=face))
    for hour in range(12):
        canvas.save()
        canvas.translate(0, -370)
        canvas.rotate(30 * hour)
        long = hour % 3 == 0
        canvas.drawRoundRect(
            skia.Rect.MakeLTRB(-6 if long else -3, -188, 6 if long else 3, -150 if long else -168),
            3,
            3,
            flat("#2c2a33"),
        )
        canvas.restore()
    for turn, length, width in ((-58, 108, 15), (62, 158, 11)):
        canvas.save()
        canvas.translate(0, -370)
        canvas.rotate(turn)
        canvas.drawRoundRect(
            skia.Rect.MakeLTRB(-width / 2, -length, width / 2, 26), width / 2, width / 2, flat("#23222b")
        )
        canvas.restore()
    draw_ball(canvas, (0, -370), 15, "#d2553a")


def travel_bottle(canvas: skia.Canvas) -> None:
    steel = "#4a6fb5"
    draw_turned(
        canvas,
        [(74, -620), (84, -590), (140, -520), (152, -440), (152, -180), (146, -26)],
        steel,
        gloss=0.42,
        shine=0.7,
    )
    canvas.drawRoundRect(skia.Rect.MakeLTRB(-153, -250, 153, -214), 4, 4, round_body(-153, 153, "#f2c14e", 0.5))
    draw_turned(canvas, [(66, -668), (70, -640), (72, -612)], "#c9ccd6", gloss=0.7, foot=0.10)
    draw_turned(canvas, [(84, -790), (90, -760), (90, -668)], "#d59b5f", gloss=0.4, foot=0.14)
    draw_tube(canvas, [(-64, -776), (-66, -850), (0, -884), (66, -850), (64, -776)], 20, "#2b2f3d")
    canvas.drawCircle(-10, -370, 34, flat("#ffffff", 0.88))
    canvas.drawCircle(2, -380, 28, flat(lighter(steel, 0.18)))


PRODUCTS: dict[str, Draw] = {
    "dome_lamp": dome_lamp,
    "stoneware_mug": stoneware_mug,
    "round_speaker": round_speaker,
    "bud_vase": bud_vase,
    "glass_candle": glass_candle,
    "lounge_chair": lounge_chair,
    "cordless_lantern": cordless_lantern,
    "pour_kettle": pour_kettle,
    "headphones": headphones,
    "potted_fig": potted_fig,
    "mantel_clock": mantel_clock,
    "travel_bottle": travel_bottle,
}


def photographed(draw: Draw, side_px: int = 660) -> Image.Image:
    """The product in straight-alpha RGBA, trimmed, at `side_px` for the whole stage."""
    pixels = np.zeros((SIDE_PX + 60, SIDE_PX + 60, 4), np.uint8)
    info = skia.ImageInfo.Make(pixels.shape[1], pixels.shape[0], skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    canvas = skia.Surface.MakeRasterDirect(info, pixels).getCanvas()
    canvas.translate(pixels.shape[1] / 2, SIDE_PX + 10)
    draw(canvas)
    height, width = pixels.shape[:2]
    picture = Image.frombuffer("RGBa", (width, height), pixels.tobytes(), "raw", "RGBa", 0, 1)
    scale = side_px / SIDE_PX
    small = picture.resize((round(width * scale), round(height * scale)), Image.Resampling.LANCZOS).convert("RGBA")
    return _frugal(small).crop(small.getchannel("A").point([255 if level > 4 else 0 for level in range(256)]).getbbox())


def _frugal(picture: Image.Image) -> Image.Image:
    """Alpha below what can be seen becomes nothing, and invisible pixels lose their colour: PNG packs both away."""
    pixels = np.asarray(picture).copy()
    pixels[pixels[..., 3] < 6] = 0
    pixels[..., :3] &= 0xFE  # the last bit of colour is a fifth of the file and none of the picture
    return Image.fromarray(pixels)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PRODUCTS.items():
        path = folder / f"{name}.png"
        photographed(draw).save(path, optimize=True)
        print(f"{path}: {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures")
