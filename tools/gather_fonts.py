"""Makes the library's fallback fonts from whole ones: `python tools/gather_fonts.py FOLDER`.

FOLDER holds the packages of the Noto fonts, unpacked, as vidgen_assets/templates/fonts/README.md lists them. Fonts of
many thousand ideographs are cut down to what the national standards list; hinting goes, since type is drawn unhinted.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

_OUT = Path(__file__).parents[1] / "vidgen_assets" / "templates" / "fonts"
_WEIGHTS = ("500Medium", "700Bold")
_SCRIPTS = ("Arabic", "Hebrew", "Devanagari", "Thai", "JP", "SC", "KR")
_STANDARDS = {"JP": ("shift_jis",), "SC": ("gb2312",), "KR": ("euc_kr",)}
_PLAIN_FEATURES = ["ccmp", "locl", "liga", "kern", "mark", "mkmk"]  # of ideographs' many: no other forms and widths
_EVERYWHERE = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x2010, 0x2040),
    *range(0x3000, 0x3040),
    *range(0xFF00, 0xFFF0),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=_SCRIPTS, nargs="*", default=_SCRIPTS)
    wanted = parser.parse_args()
    source: Path = wanted.folder
    for script in wanted.only:
        package = source / f"noto-sans-{script.lower()}"
        for weight in _WEIGHTS:
            whole = package / weight / f"NotoSans{script}_{weight}.ttf"
            target = _OUT / f"NotoSans{script}-{weight[3:]}.ttf"
            _cut(whole, target, _characters(script))
            print(f"{target.name}: {target.stat().st_size:,} bytes")
        (_OUT / f"OFL-NotoSans{script}.txt").write_bytes((package / "LICENSE_FONT").read_bytes())


def _characters(script: str) -> list[int] | None:
    """The code points to keep; None for all."""
    if script not in _STANDARDS:
        return None
    found = set(_EVERYWHERE)
    for standard in _STANDARDS[script]:
        found.update(_encodable(standard))
    if script == "KR":  # its ideographs are those of the other fonts
        found = {code for code in found if not 0x4E00 <= code <= 0x9FFF and not 0xF900 <= code <= 0xFAFF}
    return sorted(found)


def _encodable(standard: str) -> Iterator[int]:
    for code in range(0x80, 0x10000):
        if not 0xD800 <= code < 0xE000:
            try:
                encoded = chr(code).encode(standard)
            except UnicodeEncodeError:
                continue
            if len(encoded) <= 2:  # euc_kr spells the syllables that KS X 1001 lacks in eight bytes
                yield code


def _cut(whole: Path, target: Path, characters: Iterable[int] | None) -> None:
    features = ["*"] if characters is None else _PLAIN_FEATURES
    options = Options(hinting=False, layout_features=features, name_IDs=["*"], notdef_outline=True)
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    font = TTFont(whole, recalcTimestamp=False)
    subsetter = Subsetter(options)
    kept = list(font.getBestCmap() or ()) if characters is None else list(characters)
    subsetter.populate(unicodes=kept)
    subsetter.subset(font)
    font.save(target)


if __name__ == "__main__":
    main()
