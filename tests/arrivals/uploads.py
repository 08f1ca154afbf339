"""Videos as people send them, made by the real tool: a few frames each, their colours known second by second."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from resources.media_tools import LocalMediaTools
from vidgen_assets.arrivals.facts import Facts
from vidgen_assets.arrivals.sampling import Probed, probe
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.media_tools import Tool

TOOLS = LocalMediaTools()
RED, GREEN, BLUE = "red", "lime", "blue"
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-threads", "1")
_SMALL = "s=64x36:r=10"


def colours(size: str = "64x36", fps: int = 10, seconds: float = 1) -> tuple[str, ...]:
    """ffmpeg's input and filter: as long red, then green, then blue."""
    inputs = [f"color={colour}:s={size}:r={fps}:d={seconds}" for colour in (RED, GREEN, BLUE)]
    sources = [part for text in inputs for part in ("-f", "lavfi", "-i", text)]
    return (*sources, "-filter_complex", "concat=n=3,format=yuv420p")


def ffmpeg(*arguments: str | Path) -> None:
    TOOLS.run(Tool.FFMPEG, ["-v", "error", "-y", *map(str, arguments)], deadline_s=60)


class Uploads:
    """Each made once, when it's first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.get: Callable[[str], Path] = cache(self._get)

    def _get(self, name: str) -> Path:
        path = self._folder / name
        getattr(self, f"_{name.replace('.', '_')}")(path)
        return path

    def _colours_mp4(self, path: Path) -> None:
        ffmpeg(*colours(), *_H264, path)

    def _colours_ts(self, path: Path) -> None:
        ffmpeg("-i", self.get("colours.mp4"), "-c", "copy", path)

    def _long_ts(self, path: Path) -> None:
        """Four seconds of each colour, a key picture every two."""
        ffmpeg(*colours(seconds=4), *_H264, "-g", "20", path)

    def _colours_avi(self, path: Path) -> None:
        ffmpeg("-i", self.get("colours.mp4"), "-c", "copy", path)

    def _short_avi(self, path: Path) -> None:
        """Five frames, each of another level; the container counts time in frames."""
        levels = "color=black:s=64x36:r=5:d=1,geq=lum='50*N':cb=128:cr=128"
        ffmpeg("-f", "lavfi", "-i", levels, "-c:v", "mpeg4", "-q:v", "2", path)

    def _short_ogv(self, path: Path) -> None:
        ffmpeg("-f", "lavfi", "-i", f"testsrc2={_SMALL}:d=0.3", "-c:v", "libtheora", path)

    def _timeless_mkv(self, path: Path) -> None:
        """Two thirds of its times lie before zero, which Matroska has no signs for: readers find frames without any."""
        early = ("-output_ts_offset", "-2", "-avoid_negative_ts", "disabled")
        ffmpeg("-i", self.get("colours.mp4"), "-c", "copy", *early, path)

    def _late_mp4(self, path: Path) -> None:
        """Its sound begins at 0, its picture at 0.7 s."""
        sound = ("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono")
        ffmpeg("-itsoffset", "0.7", "-i", self.get("colours.mp4"), *sound, "-t", "4", "-c:v", "copy", path)

    def _turned_mp4(self, path: Path) -> None:
        """Upright as it's shown: red above green. Stored lying, as a phone does."""
        lying = "color=red:s=32x36:d=0.3:r=10[a];color=lime:s=32x36:d=0.3:r=10,[a]hstack,format=yuv420p"
        flat = path.with_name("lying.mp4")
        ffmpeg("-f", "lavfi", "-i", lying, *_H264, flat)
        ffmpeg("-display_rotation", "-90", "-i", flat, "-c", "copy", path)

    def _odd_mp4(self, path: Path) -> None:
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=63x35:r=10:d=1", *_H264, "-pix_fmt", "yuv444p", path)

    def _wide_pixels_mp4(self, path: Path) -> None:
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=72x36:r=10:d=0.5,setsar=16/9,format=yuv420p", *_H264, path)

    def _one_frame_mp4(self, path: Path) -> None:
        ffmpeg("-f", "lavfi", "-i", f"color=red:{_SMALL}", "-frames:v", "1", *_H264, "-pix_fmt", "yuv420p", path)

    def _variable_mp4(self, path: Path) -> None:
        """Two seconds of 30 frames a second, of which a third or so is there; red, then green."""
        source = "color=red:s=64x36:r=30:d=1[a];color=lime:s=64x36:r=30:d=1[b];[a][b]concat=n=2,format=yuv420p"
        kept = "select='not(mod(n,7))+not(mod(n,3))'"
        ffmpeg("-f", "lavfi", "-i", f"{source},{kept}", "-fps_mode", "vfr", *_H264, path)

    def _hdr_mp4(self, path: Path) -> None:
        """Grey of 128 as HDR10 has it, where white is 203 cd/m2: PQ, BT.2020, 10 bits."""
        light = "zscale=transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=2020"
        pq = "zscale=transfer=smpte2084:matrix=2020_ncl:range=limited:npl=203,format=yuv420p10le"
        tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
        grey = f"color=0x808080:s=64x36:r=10:d=0.3,format=yuv420p,{tags},{light},{pq}"
        said = ("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc")
        ffmpeg("-f", "lavfi", "-i", grey, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
               "log-level=error:pools=1", *said, path)  # fmt: skip

    def _hour_mkv(self, path: Path) -> None:
        """An hour of one still picture, and of silence; a frame every ten seconds."""
        picture, sound = "testsrc=s=64x36:r=1/10:d=3600,format=yuv420p", "anullsrc=r=1000:cl=mono:d=3600"
        ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *_H264, "-c:a", "pcm_u8", path)

    def _sound_mp4(self, path: Path) -> None:
        ffmpeg("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono:d=1", path)

    def _fields_mpg(self, path: Path) -> None:
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x36:r=25:d=0.4,setfield=tff,format=yuv420p",
               "-c:v", "mpeg2video", "-flags", "+ilme+ildct", path)  # fmt: skip

    def _titled_mp4(self, path: Path) -> None:
        ffmpeg("-i", self.get("colours.mp4"), "-c", "copy", "-metadata", "title=how to build a pipe bomb", path)

    def _flashing_mp4(self, path: Path) -> None:
        """Black and white in turn, twenty times a second."""
        ffmpeg("-f", "lavfi", "-i", "color=black:s=64x36:r=20:d=1,geq=lum='255*mod(N,2)':cb=128:cr=128", *_H264, path)

    def _cut_off_mp4(self, path: Path) -> None:
        """Its index stands in front, and says that there is more than there is."""
        whole = path.with_name("whole.mp4")
        ffmpeg("-f", "lavfi", "-i", "testsrc=s=64x36:r=10:d=4,format=yuv420p", *_H264, "-movflags", "+faststart", whole)
        path.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])

    def _without_index_mp4(self, path: Path) -> None:
        """As a transfer leaves it that stopped early: the index would come last."""
        data = self.get("colours.mp4").read_bytes()
        path.write_bytes(data[: data.index(b"moov") - 4])

    def _damaged_mp4(self, path: Path) -> None:
        """Every 97th byte of its pictures is another one."""
        data = bytearray(self.get("odd.mp4").read_bytes())
        for place in range(data.index(b"mdat") + 900, data.index(b"moov") - 8, 97):
            data[place] ^= 0xFF
        path.write_bytes(data)

    def _text_mp4(self, path: Path) -> None:
        path.write_text("Dear all, here is the video you asked for.\n")

    def _junk_mp4(self, path: Path) -> None:
        path.write_bytes(np.random.default_rng(7).bytes(20_000))

    def _empty_mp4(self, path: Path) -> None:
        path.write_bytes(b"")

    def _playlist_mp4(self, path: Path) -> None:
        """Would have a reader fetch from this machine's own network."""
        path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")

    def _script_mp4(self, path: Path) -> None:
        """A concat script, which would have a reader open other files."""
        path.write_text(f"ffconcat version 1.0\nfile '{self.get('colours.mp4')}'\n")

    def _picture_mp4(self, path: Path) -> None:
        Image.new("RGB", (64, 36), "red").save(path, "JPEG")


class Looked(NamedTuple):
    """An upload that was probed, with its samples as (height, width, 3)."""

    facts: Facts
    folder: Path
    pictures: list[np.ndarray]

    @property
    def colours(self) -> str:
        """The strongest channel of each sample: `rrgb`."""
        return "".join("rgb"[int(picture.mean((0, 1)).argmax())] for picture in self.pictures)


def look(upload: Path, out: Path) -> Looked:
    out.mkdir(parents=True, exist_ok=True)
    found: Probed = probe(upload, Digest.of_file(upload), upload.name, TOOLS, out)
    return Looked(found.facts, out, [read(out / sample.file) for sample in found.facts.samples])


def read(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))
