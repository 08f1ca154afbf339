"""The gallery: hostile words stay words, nothing comes from outside, and no video is shown that nobody vouches for."""

import base64
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from resources.release_shelf import deliver
from resources.workshop import Workshop, open_workshop
from tests.builders import NOON, a_check, a_digest, a_spec, a_verdict
from vidgen_assets.catalogs.catalog import CatalogRow, LoadedCatalog
from vidgen_assets.catalogs.registration import plan_registration
from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.errors import ErrorKind, InputError
from vidgen_assets.clips.ledger import Problem, Status
from vidgen_assets.clips.verdicts import Finding, Outcome
from vidgen_assets.releases.address import ENVELOPE, Address
from vidgen_assets.releases.statement import release_statement
from vidgen_assets.reports.gallery import write_gallery
from vidgen_assets.reports.standing import StageMark, Standing, State

SHARD = "shop.g1.0000"
HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>"
FLICKER = Problem(ErrorKind.POLICY, "the sky flickers from frame 41 on", remedy="A person may overrule a review.")


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    return open_workshop(str(tmp_path / "store"), home=tmp_path / "home", clock=lambda: NOON)


def a_mark(stage: str, digest: Digest | None = None, **changes: Any) -> StageMark:
    values: dict[str, Any] = {
        "status": Status.MADE,
        "digest": digest or a_digest(stage),
        "cpu_s": 2.0,
        "wall_s": 1.0,
        "cost": Decimal("0.01"),
        "attempt": 1,
        "run_id": "run-1",
    }
    return StageMark(stage, **{**values, **changes})


def a_standing(shop: Workshop, clip_id: str = "clip-1", **changes: Any) -> Standing:
    """A clip that waits after `prompts`; its spec is in the store."""
    spec = a_spec(clip_id, variables={"headline": changes.pop("headline", "A lamp")})
    digest = shop.artifacts.put_bytes(canonical_json(spec.to_json())).digest
    values: dict[str, Any] = {
        "clip_id": clip_id,
        "catalog": "shop",
        "shard": SHARD,
        "state": State.WAITING,
        "stage": "prompts",
        "problem": None,
        "cost": Decimal("0.02"),
        "currency": "USD",
        "marks": (a_mark("prompts", digest),),
    }
    return Standing(**{**values, **changes})


def a_release(shop: Workshop, clip_id: str = "clip-1", **changes: Any) -> Standing:
    """A clip that was laid out and signed as `releases` does."""
    names = ("clip.mp4", "poster.jpg", "master.m3u8", "manifest.mpd")
    files = {name: shop.artifacts.put_bytes(f"{name} of {clip_id}".encode()) for name in names}
    statement = release_statement(a_spec(clip_id), files, {}, {"verdicts": []})
    address = Address("shop", clip_id, shop.artifacts.put_bytes(canonical_json(statement)).digest)
    deliver(address, files, shop.objects, shop.artifacts, shop.signer)
    return a_standing(shop, clip_id, state=State.RELEASED, stage="releases", address=address, **changes)


def envelope_of(standing: Standing) -> str:
    assert standing.address is not None
    return f"{standing.address.folder}/{ENVELOPE}"


class Page(HTMLParser):
    """The addresses, scripts and event handlers of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline_scripts = 0
        self.handlers: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src", "poster", "srcset")]
        self.inline_scripts += tag == "script" and "src" not in dict(attrs)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def pages(out: Path) -> list[Path]:
    return sorted(out.rglob("*.html"))


def contents(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def page_of(index: Path, clip_id: str = "clip-1") -> str:
    return (index.parent / "clips" / "shop" / f"{clip_id}.html").read_text(encoding="utf-8")


def test_hostile_words_stay_words(shop: Workshop, tmp_path: Path) -> None:
    problem = Problem(ErrorKind.INPUT, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    held = a_standing(shop, "held", headline=HOSTILE, state=State.HELD, problem=problem)

    index = write_gallery(shop, [a_release(shop, headline=HOSTILE), held], tmp_path / "site")

    for path in pages(index.parent):
        page = Page(path)
        assert not page.inline_scripts
        assert not page.handlers
        assert "x" not in page.addresses
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in path.read_text(encoding="utf-8")


def test_every_address_leads_to_a_file_of_the_gallery(shop: Workshop, tmp_path: Path) -> None:
    standings = [
        a_release(shop),
        a_standing(shop, "clip-2", state=State.HELD, problem=FLICKER),
        a_release(shop, "clip-3"),
    ]

    index = write_gallery(shop, standings, tmp_path / "site")

    local = [(path, a) for path in pages(index.parent) for a in Page(path).addresses if a not in ("#content", "data:,")]
    assert len(local) > 20
    for path, address in local:
        target = (path.parent / address).resolve()
        assert target.is_file(), f"{path.name} leads to {address}"
        assert target.is_relative_to(index.parent.resolve())


def test_nothing_is_loaded_from_a_network(shop: Workshop, tmp_path: Path) -> None:
    index = write_gallery(shop, [a_release(shop, headline="https://evil.example/x.js")], tmp_path / "site")

    addresses = [address for path in pages(index.parent) for address in Page(path).addresses]
    assert not [address for address in addresses if ":" in address.replace("data:,", "") or address.startswith("//")]
    for name in ("gallery.css", "gallery.js"):
        text = (index.parent / "assets" / name).read_text()
        assert not [word for word in ("http:", "https:", "@import", "url(", "fetch(") if word in text]


def test_a_released_clip_plays_in_the_index_and_on_its_page(shop: Workshop, tmp_path: Path) -> None:
    index = write_gallery(shop, [a_release(shop)], tmp_path / "site")

    assert "media/shop/clip-1/clip.mp4" in Page(index).addresses
    assert "../../media/shop/clip-1/poster.jpg" in Page(index.parent / "clips/shop/clip-1.html").addresses
    assert (index.parent / "media/shop/clip-1/clip.mp4").read_bytes() == b"clip.mp4 of clip-1"


def test_a_genuine_release_is_verified_and_a_development_key_is_called_one(shop: Workshop, tmp_path: Path) -> None:
    page = page_of(write_gallery(shop, [a_release(shop)], tmp_path / "site"))

    assert "<strong>Verified.</strong>" in page
    assert f"<code>{shop.signer.key_id}</code>" in page
    assert "Signed with a development key" in page
    assert "https://in-toto.io/Statement/v1" in page
    assert "/master.m3u8</code>" in page


def tamper_with_the_statement(shop: Workshop, standing: Standing) -> None:
    envelope = json.loads(shop.objects.get(envelope_of(standing)) or b"")
    payload = base64.b64decode(envelope["payload"]).replace(b'"seed":7', b'"seed":8')
    envelope["payload"] = base64.b64encode(payload).decode()
    shop.objects.put(envelope_of(standing), json.dumps(envelope).encode())


def put_another_envelope_there(shop: Workshop, standing: Standing) -> None:
    other = a_release(shop, "other")
    shop.objects.put(envelope_of(standing), shop.objects.get(envelope_of(other)) or b"")


def alter_the_video(shop: Workshop, standing: Standing) -> None:
    shop.objects.put(envelope_of(standing).replace(ENVELOPE, "clip.mp4"), b"another video")


def remove_the_poster(shop: Workshop, standing: Standing) -> None:
    shop.objects.delete(envelope_of(standing).replace(ENVELOPE, "poster.jpg"))


def tear_the_envelope(shop: Workshop, standing: Standing) -> None:
    shop.objects.put(envelope_of(standing), b'{"payload": "')


@pytest.mark.parametrize(
    ("harm", "complaint"),
    [
        (tamper_with_the_statement, "no trusted key signed this statement"),
        (put_another_envelope_there, "on the statement of another release"),
        (alter_the_video, "clip.mp4 is not the file that was signed for"),
        (remove_the_poster, "poster.jpg is missing at its address"),
        (tear_the_envelope, "no trusted key signed this statement"),
    ],
)
def test_what_nobody_vouches_for_is_withheld(
    harm: Callable[[Workshop, Standing], None], complaint: str, shop: Workshop, tmp_path: Path
) -> None:
    standing = a_release(shop)
    harm(shop, standing)

    index = write_gallery(shop, [standing], tmp_path / "site")

    assert "<strong>Not verified.</strong>" in page_of(index)
    assert complaint in page_of(index)
    assert "shows that the file is unaltered" not in page_of(index)
    assert complaint in index.read_text()
    assert "<video" not in index.read_text() + page_of(index)
    assert not list(index.parent.rglob("*.mp4")) + list(index.parent.rglob("*.jpg"))


def test_a_held_clip_says_why_on_its_card_and_on_its_page(shop: Workshop, tmp_path: Path) -> None:
    frames = a_mark("frames", a_digest("frames of clip-1"))
    finding = Finding(Outcome.REVIEW, "flickers from frame 41 on", {"worst_frame": 41.0})
    shop.verdicts.record(
        "frames",
        SHARD,
        [
            a_verdict(digest=frames.digest, check=a_check(name="frames_do_not_flicker"), finding=finding),
            a_verdict(digest=a_digest("frames of another clip"), check=a_check(name="of_another_clip")),
        ],
    )

    held = a_standing(shop, state=State.HELD, stage="frames", problem=FLICKER, marks=(frames,))
    index = write_gallery(shop, [held], tmp_path / "site")

    assert FLICKER.message in index.read_text()
    page = page_of(index)
    assert FLICKER.message in page
    assert "Verdicts that did not pass" in page
    assert "flickers from frame 41 on" in page
    assert "worst frame" in page
    assert "of another clip" not in page


def test_a_forged_verdict_is_not_shown_and_the_page_says_so(shop: Workshop, tmp_path: Path) -> None:
    frames = a_mark("frames")
    shop.verdicts.record("frames", SHARD, [a_verdict(digest=frames.digest)])
    [key] = shop.objects.keys(f"records/verdicts/frames/{SHARD}")
    shop.objects.put(key, (shop.objects.get(key) or b"").replace(b"it is fine", b"trust me!!"))

    page = page_of(write_gallery(shop, [a_standing(shop, marks=(frames,))], tmp_path / "site"))

    assert "trust me" not in page
    assert "Not counted, since it can" in page


def test_a_row_that_was_no_request_shows_what_was_written(shop: Workshop, tmp_path: Path) -> None:
    finding = Problem(ErrorKind.INPUT, "aspect is no aspect ratio", "aspect", "21:9", "16:9, 9:16", "Use a colon.")
    row = CatalogRow(7, "row-7", None, (finding,), '{"aspect":"21:9"}')
    version = plan_registration(LoadedCatalog("shop", a_digest("catalog"), (row,)), None, "folder")
    shop.catalogs.append(version, recorded_at=shop.now())

    held = a_standing(shop, "row-7", state=State.HELD, problem=finding, marks=())
    page = page_of(write_gallery(shop, [held], tmp_path / "site"), "row-7")

    assert "Row 7 of its catalog" in page
    assert "&#34;aspect&#34;: &#34;21:9&#34;" in page


def test_provenance_ends_where_the_clip_was_stopped(shop: Workshop, tmp_path: Path) -> None:
    nothing: dict[str, Any] = {"status": Status.HELD, "cost": Decimal(0)}
    marks = (a_mark("prompts"), *(replace(a_mark(stage, **nothing), digest=None) for stage in ("latents", "frames")))

    held = a_standing(shop, state=State.HELD, stage="latents", problem=FLICKER, marks=marks)
    page = page_of(write_gallery(shop, [held], tmp_path / "site"))

    assert '<span class="name">latents</span>' in page
    assert '<span class="name">frames</span>' not in page


def test_a_clip_whose_spec_is_lost_is_still_listed(shop: Workshop, tmp_path: Path) -> None:
    index = write_gallery(shop, [a_standing(shop, marks=(a_mark("prompts"),))], tmp_path / "site")

    assert ">clip-1</a>" in index.read_text()


def test_the_totals_count_every_state_and_the_video_that_plays(shop: Workshop, tmp_path: Path) -> None:
    held = a_standing(shop, "clip-3", state=State.HELD, problem=FLICKER)

    text = write_gallery(shop, [a_release(shop), a_release(shop, "clip-2"), held], tmp_path / "site").read_text()

    assert "<dt>Released</dt><dd>2</dd>" in text
    assert "<dt>Held</dt><dd>1</dd>" in text
    assert "<dt>Running time</dt><dd>0:02</dd>" in text  # two clips of 30 frames at 30 a second
    assert "<dt>Cost</dt><dd>USD 0.06</dd>" in text  # three clips at 0.02


def test_writing_twice_gives_the_same_bytes(shop: Workshop, tmp_path: Path) -> None:
    standings = [a_release(shop), a_standing(shop, "clip-2", state=State.HELD, problem=FLICKER)]
    before = contents(write_gallery(shop, standings, tmp_path / "site").parent)

    assert contents(write_gallery(shop, standings, tmp_path / "site").parent) == before
    assert contents(write_gallery(shop, standings, tmp_path / "elsewhere").parent) == before


def test_a_clip_that_is_gone_leaves_the_gallery(shop: Workshop, tmp_path: Path) -> None:
    write_gallery(shop, [a_release(shop), a_release(shop, "clip-2")], tmp_path / "site")

    write_gallery(shop, [a_release(shop)], tmp_path / "site")

    assert not [name for name in contents(tmp_path / "site") if "clip-2" in name]


def test_a_folder_with_something_else_is_left_alone(shop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "holiday.mp4").write_bytes(b"mine")

    with pytest.raises(InputError, match="holds something else"):
        write_gallery(shop, [], tmp_path)

    assert (tmp_path / "media" / "holiday.mp4").read_bytes() == b"mine"


def test_ids_that_differ_by_case_or_climb_have_pages_of_their_own_inside(shop: Workshop, tmp_path: Path) -> None:
    standings = [a_standing(shop, clip_id) for clip_id in ("lamp", "LAMP", "../../climber", "#1?")]

    index = write_gallery(shop, standings, tmp_path / "deep" / "site")

    names = [path.name.casefold() for path in pages(index.parent / "clips")]
    assert len(set(names)) == len(standings)
    assert pages(tmp_path / "deep") == pages(index.parent)


def test_an_empty_gallery_says_what_to_do(shop: Workshop, tmp_path: Path) -> None:
    assert "register a catalog" in write_gallery(shop, [], tmp_path / "site").read_text()


@pytest.mark.needs_browser
def test_a_browser_filters_the_wall_by_the_address(shop: Workshop, tmp_path: Path) -> None:
    held = a_standing(shop, "clip-2", state=State.HELD, problem=FLICKER)
    index = write_gallery(shop, [a_release(shop), held], tmp_path / "site")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom"]

    shown = subprocess.run(
        [os.environ["VIDGEN_TEST_BROWSER"], *flags, "--virtual-time-budget=2000", f"{index.as_uri()}#state=held"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout

    assert ">1 clip</output>" in shown
