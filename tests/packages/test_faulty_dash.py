"""DASH, broken by hand in one way after the other: each is found, and nothing else is."""

from pathlib import Path

import pytest

from tests.packages.whole import Break, both, broken_rules, changing, writing

MPD = "manifest.mpd"
BOMB = """<?xml version="1.0"?>
<!DOCTYPE MPD [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period>&d;</Period></MPD>
"""
TRICK = '<EssentialProperty schemeIdUri="http://dashif.org/guidelines/trickmode" value="{}" />'


def changing_mpd(old: str, new: str, *, count: int = 1) -> Break:
    return changing(MPD, old, new, count=count)


def a_trick_set(names: str) -> Break:
    """A second set of the largest rendition, for trick play."""

    def break_it(folder: Path) -> None:
        text = (folder / MPD).read_text()
        first = text[text.index("<Representation") : text.index("</Representation>")] + "</Representation>"
        own = first.replace('id="0"', 'id="trick"')
        start = '<AdaptationSet contentType="video" frameRate="30">'
        new_set = f"{start}{TRICK.format(names)}{own}</AdaptationSet></Period>"
        (folder / MPD).write_text(text.replace("</Period>", new_set))

    return break_it


CASES: dict[str, tuple[Break, set[str]]] = {
    "torn XML": (changing_mpd("</MPD>", ""), {"dash-xml"}),
    "entities that expand": (writing(MPD, BOMB), {"dash-xml"}),
    "an entity that fetches": (
        changing_mpd("<MPD", '<!DOCTYPE MPD [<!ENTITY x SYSTEM "file:///etc/passwd">]><MPD'),
        {"dash-xml"},
    ),
    "another namespace": (changing_mpd("schema:mpd:2011", "schema:mpd:2099"), {"dash-root"}),
    "a duration that is none": (
        changing_mpd('Duration="PT1.5S"', 'Duration="1.5 s"'),
        {"dash-durations", "dash-mpd-attributes", "dash-segments"},  # the thumbnails' end isn't known either
    ),
    "a clock that stands still": (changing_mpd('timescale="15360"', 'timescale="0"'), {"dash-segments"}),
    "an endless timeline": (changing_mpd('d="15360"', 'd="15360" r="999999"'), {"package-limit", "dash-segments"}),
    "an unknown identifier": (changing_mpd("v270p/seg-$Number$", "v270p/seg-$Nummer$"), {"dash-template"}),
    "no buffer time": (changing_mpd('minBufferTime="PT2S"', ""), {"dash-mpd-attributes"}),
    "a presentation that goes on": (changing_mpd('type="static"', 'type="dynamic"'), {"dash-static"}),
    "a type that is none": (changing_mpd('type="static"', 'type="banana"'), {"dash-static"}),
    "a buffer time that is none": (changing_mpd('minBufferTime="PT2S"', 'minBufferTime="banana"'), {"dash-durations"}),
    "a presentation longer than its periods": (
        both(
            changing_mpd('Duration="PT1.5S"', 'Duration="PT50S"'),
            changing_mpd('<Period id="0"', '<Period id="0" duration="PT1.5S"'),
        ),
        {"dash-presentation-duration"},
    ),
    "a language that is none": (
        changing_mpd('contentType="audio" lang="de"', 'contentType="audio" lang="the german language"'),
        {"dash-language"},
    ),
    "two of an id": (
        changing_mpd('<Representation id="1"', '<Representation id="0"'),
        {"dash-representation-attributes"},
    ),
    "no bandwidth": (changing_mpd('bandwidth="', 'width-of-band="'), {"dash-representation-attributes"}),
    "no language": (changing_mpd('contentType="audio" lang="de"', 'contentType="audio"'), {"dash-language"}),
    "captions in no language": (changing_mpd('contentType="text" lang="de"', 'contentType="text"'), {"dash-language"}),
    "alignment unsaid": (changing_mpd('segmentAlignment="true"', ""), {"dash-segment-alignment"}),
    "starts unsaid": (changing_mpd('startWithSAP="1"', ""), {"dash-start-with-sap"}),
    "a longer presentation": (
        changing_mpd('Duration="PT1.5S"', 'Duration="PT9S"'),
        {"dash-presentation-duration", "package-file-missing"},  # thumbnails up to there are missing
    ),
    "a wrong timeline": (changing_mpd('d="15360"', 'd="16384"'), {"dash-segment-times"}),
    "too low a bandwidth": (changing_mpd('bandwidth="', 'bandwidth="1" x="'), {"dash-bandwidth"}),
    "another codec": (changing_mpd('codecs="avc1.64', 'codecs="avc1.4d'), {"dash-codecs"}),
    "no codec": (changing_mpd('codecs="mp4a.40.2"', ""), {"dash-representation-attributes"}),
    "another size": (changing_mpd('width="480"', 'width="640"'), {"dash-resolution"}),
    "another frame rate": (changing_mpd('frameRate="30"', 'frameRate="25"'), {"dash-frame-rate"}),
    "a frame rate that is none": (changing_mpd('frameRate="30"', 'frameRate="30 fps"'), {"dash-frame-rate"}),
    "another range of light": (
        changing_mpd('Characteristics" value="1"', 'Characteristics" value="16"'),
        {"dash-video-range"},
    ),
    "a clock of its own": (
        both(
            changing_mpd('timescale="48000"', 'timescale="96000"'),
            changing_mpd('d="48128"', 'd="96256"'),
            changing_mpd('t="48128"', 't="96256"'),
            changing_mpd('d="23872"', 'd="47744"'),
        ),
        {"dash-timescale"},
    ),
    "trick play of other pictures": (a_trick_set("0"), {"dash-trick-mode"}),
    "trick play of no set": (a_trick_set("77"), {"dash-trick-mode"}),
    "thumbnails untold": (changing_mpd('value="3x1"', 'value="three"'), {"dash-thumbnails"}),
    "thumbnails of another size": (
        changing_mpd('width="480" height="90"', 'width="240" height="90"'),
        {"dash-thumbnails"},
    ),
    "no segments": (changing_mpd("SegmentTemplate media=", "Template media="), {"dash-segments"}),
    "an empty set": (
        changing_mpd('<Period id="0">', '<Period id="0"><AdaptationSet mimeType="video/mp4" />'),
        {"dash-sets"},
    ),
    "another kind": (
        changing_mpd('contentType="audio" lang="de"', 'contentType="text" lang="de"'),
        {"dash-content-type", "package-languages"},
    ),
    "captions in another language": (changing_mpd('"text" lang="de"', '"text" lang="fr"'), {"package-subtitles"}),
    "sound in another language": (changing_mpd('"audio" lang="de"', '"audio" lang="fr"'), {"package-languages"}),
    "an address elsewhere": (
        changing_mpd("captions.vtt</", "https://elsewhere.test/captions.vtt</"),
        {"package-address-outside"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_found_by_its_rule_alone(name: str, folder: Path) -> None:
    break_it, expected = CASES[name]
    break_it(folder)

    assert broken_rules(folder) == expected


def test_periods_follow_one_another(folder: Path) -> None:
    """The clip twice, each time on a clock of its own."""
    text = (folder / MPD).read_text()
    period = text[text.index("<Period") : text.index("</MPD>")]
    twice = "".join(period.replace('id="0">', f'id="{n}" duration="PT1.5S">', 1) for n in ("a", "b"))
    (folder / MPD).write_text(text.replace(period, twice).replace('Duration="PT1.5S"', 'Duration="PT3S"'))
    assert broken_rules(folder) == set()

    changing_mpd('id="b" duration="PT1.5S"', 'id="b" start="PT2S" duration="PT1S"')(folder)
    assert broken_rules(folder) == {"dash-durations", "dash-presentation-duration"}
