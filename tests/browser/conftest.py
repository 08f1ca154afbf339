"""What is played, where from, and in what: packages as releases have them, a local server, a headless Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.browser.serving import served
from tests.synthetic.frames import a_clip
from tests.synthetic.media import PREVIEW, TOOLS, a_small_spec, a_soundtrack, a_tone
from vidgen_assets.captions.files import subrip, webvtt
from vidgen_assets.clips.captions import CAPTIONS_FILE, SUBRIP_FILE, WEBVTT_FILE, Captions, Cue
from vidgen_assets.clips.chapters import Chapter
from vidgen_assets.clips.encoders import Encoder
from vidgen_assets.clips.profiles import OutputProfile
from vidgen_assets.clips.soundtrack import DESCRIPTION_FILE, MAIN_FILE, Soundtrack
from vidgen_assets.clips.spec import Aspect, ClipSpec
from vidgen_assets.encodes.ladder import encode
from vidgen_assets.manifests.package import package

HERE = Path(__file__).parent
PLAYERS = HERE / "node_modules"
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-first-run",
            "--autoplay-policy=no-user-gesture-required")  # fmt: skip
AV1 = PREVIEW.model_copy(update={"encoder": Encoder.SVT_AV1, "preset": "12"})
CUES = (
    Cue(start_s=0.2, end_s=2.6, lines=("Meet the lamp & its friends.",)),
    Cue(start_s=3.2, end_s=5.8, lines=("It lasts", "fifteen years.")),
)
CHAPTERS = (Chapter(title="The lamp", start_s=0, end_s=3), Chapter(title="Its years", start_s=3, end_s=6))


@dataclass(frozen=True)
class Sample:
    """A clip to be packaged. A narrated one has captions, chapters and a second sound."""

    spec: ClipSpec
    profile: OutputProfile = PREVIEW
    is_narrated: bool = True


SAMPLES = {
    "h264": Sample(a_small_spec(180)),
    "av1": Sample(a_small_spec(180), AV1),
    "upright": Sample(a_small_spec(75, Fraction(30_000, 1_001), aspect=Aspect.PORTRAIT), is_narrated=False),
}


@dataclass
class Visit:
    """A page in the browser, and what the server refused it."""

    page: Any
    refused: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A package of every sample, by name."""
    folder = tmp_path_factory.mktemp("releases")
    return {name: _packaged(sample, folder / name) for name, sample in SAMPLES.items()}


def _packaged(sample: Sample, folder: Path) -> Path:
    spec, profile = sample.spec, sample.profile
    (folder / "encodes").mkdir(parents=True)
    (folder / "package").mkdir()
    (folder / "captions").mkdir()
    sound = a_soundtrack(folder / "sound", spec, a_tone(folder / "tone.wav", float(spec.duration_s)))
    if sample.is_narrated:
        shutil.copyfile(sound / MAIN_FILE, sound / DESCRIPTION_FILE)
        Soundtrack.read(sound).model_copy(update={"has_description": True}).write(sound)
    frames = a_clip(spec.frame_count, width=spec.width, height=spec.height, fps=spec.fps)
    encode(frames, spec, profile, sound, TOOLS, folder / "encodes")
    captions = Captions(language=spec.language, cues=CUES if sample.is_narrated else ())
    (folder / "captions" / CAPTIONS_FILE).write_bytes(captions.to_bytes())
    (folder / "captions" / WEBVTT_FILE).write_text(webvtt(captions), encoding="utf-8")
    (folder / "captions" / SUBRIP_FILE).write_text(subrip(captions), encoding="utf-8")
    package(
        folder / "encodes", folder / "captions", spec, profile, TOOLS, folder / "package",
        CHAPTERS if sample.is_narrated else (),
    )  # fmt: skip
    return folder / "package"


@pytest.fixture(scope="session")
def server(releases: dict[str, Path]) -> Iterator[str]:
    with served(releases, {"players": PLAYERS, "pages": HERE}) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=os.environ["VIDGEN_TEST_BROWSER"], args=list(CHROMIUM))
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[[str], Visit]]:
    """Opens an address in a page of its own, which is closed at the end of the test."""
    pages: list[Any] = []

    def visit(address: str) -> Visit:
        page = browser.new_page()
        pages.append(page)
        page.set_default_timeout(30_000)
        found = Visit(page)
        page.on("response", lambda answer: found.refused.append(answer.url) if answer.status >= 400 else None)
        page.on("requestfailed", lambda request: found.refused.append(f"{request.url}: {request.failure}"))
        page.goto(address)
        return found

    yield visit
    for page in pages:
        page.close()
