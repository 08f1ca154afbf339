"""What must hold of a multivariant playlist by itself: its attributes, and groups that exist and can be told apart."""

from collections import Counter
from collections.abc import Iterator

from vidgen_assets.packages.codecs import is_sound
from vidgen_assets.packages.languages import is_language_tag
from vidgen_assets.packages.mpd import whole
from vidgen_assets.packages.playlists import Playlist, Stream
from vidgen_assets.packages.rule import Fault, error, seen, warning
from vidgen_assets.packages.rules_of_playlists import version_faults

ATTRIBUTES = error(
    "hls-attributes",
    "RFC 8216bis 4.4.6",
    "Streams have the attributes that the specification asks for, in its forms: BANDWIDTH in bit/s; TYPE, GROUP-ID, "
    "NAME; URI; RESOLUTION as WIDTHxHEIGHT; DEFAULT, AUTOSELECT and FORCED as YES or NO.",
    "Add or correct the attribute.",
)
GROUP = error(
    "hls-group",
    "RFC 8216bis 4.4.6.2",
    "A group that a variant names is one of the playlist's, of that type.",
    "Name a group that exists, or add its EXT-X-MEDIA.",
)
GROUP_UNUSED = warning(
    "hls-group-unused",
    "RFC 8216bis 4.4.6.1",
    "Every group is named by a variant: no player shows it otherwise.",
    "Name the group in EXT-X-STREAM-INF.",
)
NAMES = error(
    "hls-rendition-name",
    "RFC 8216bis 4.4.6.1.1",
    "Renditions of a group have names of their own.",
    "Give each rendition a NAME that a person can choose by.",
)
LANGUAGE = error(
    "hls-rendition-language",
    "RFC 8216bis 4.4.6.1; Apple HLS authoring specification, audio, subtitles",
    "Audio and subtitles have a LANGUAGE, written as a BCP 47 tag.",
    'Add LANGUAGE="…", the language that is spoken or written.',
)
DEFAULT = error(
    "hls-rendition-default",
    "RFC 8216bis 4.4.6.1, 4.4.6.1.1",
    "At most one rendition of a group is DEFAULT=YES, and AUTOSELECT isn't NO for it.",
    "Keep DEFAULT=YES on one, with AUTOSELECT=YES.",
)
CHANNELS = warning(
    "hls-channels",
    "RFC 8216bis 4.4.6.1",
    "Audio renditions say their CHANNELS.",
    'Add CHANNELS="2", or what it has.',
)
AVERAGE_MISSING = warning(
    "hls-average-bandwidth-declared",
    "Apple HLS authoring specification, multivariant playlist",
    "Every variant and I-frame stream says its AVERAGE-BANDWIDTH.",
    "Add AVERAGE-BANDWIDTH, as measured.",
)
INDEPENDENT = error(
    "hls-independent-segments",
    "RFC 8216bis 4.4.2.1; Apple HLS authoring specification, multivariant playlist",
    "The multivariant playlist, or each of its video playlists, has EXT-X-INDEPENDENT-SEGMENTS: without it players "
    "don't switch at every segment.",
    "Begin each segment with a keyframe, and add EXT-X-INDEPENDENT-SEGMENTS.",
)
VARIANTS = error(
    "hls-variants",
    "RFC 8216bis 4.1",
    "A multivariant playlist offers at least one variant.",
    "Add EXT-X-STREAM-INF, with an address in the next line.",
)
SESSION_DATA = error(
    "hls-session-data",
    "RFC 8216bis 4.4.6.4; Apple, chapters in HLS",
    "EXT-X-SESSION-DATA has a DATA-ID and either a VALUE or a URI, which leads to JSON unless FORMAT is RAW; chapters "
    "start one after the other within the clip and have titles.",
    "Write the tag and its file by the specification.",
)
RULES = (
    ATTRIBUTES, GROUP, GROUP_UNUSED, NAMES, LANGUAGE, DEFAULT, CHANNELS, AVERAGE_MISSING, INDEPENDENT, VARIANTS,
    SESSION_DATA,
)  # fmt: skip

_YES_OR_NO = ("DEFAULT", "AUTOSELECT", "FORCED")
_TYPES = ("AUDIO", "VIDEO", "SUBTITLES", "CLOSED-CAPTIONS")


def master_faults(master: Playlist) -> Iterator[Fault]:
    yield from version_faults(master)
    if not master.variants:
        yield VARIANTS.broken(master.place(), "it offers no variant")
    for stream in (*master.variants, *master.iframes, *master.images):
        yield from _stream_faults(master, stream)
    for rendition in master.media:
        yield from _rendition_faults(master, rendition)
    yield from _group_faults(master)
    for data in master.session_data:
        if not data.attributes.get("DATA-ID") or (data.attributes.get("VALUE") is None) == (data.uri is None):
            found = "DATA-ID is missing, or VALUE and URI are both there or both missing"
            yield SESSION_DATA.broken(master.place(data.attributes.line), found)


def shows_pictures(stream: Stream) -> bool:
    """As far as the playlist tells: an audio-only variant declares sound alone, and no resolution."""
    codecs = stream.attributes.get("CODECS")
    only_sound = codecs is not None and all(is_sound(codec) for codec in codecs.split(","))
    return stream.attributes.get("RESOLUTION") is not None or not only_sound


def groups_of(master: Playlist, kind: str, name: str | None) -> list[Stream]:
    """The renditions of a group; none for no name."""
    wanted = (kind, name)
    return [m for m in master.media if name and (m.attributes.get("TYPE"), m.attributes.get("GROUP-ID")) == wanted]


def _stream_faults(master: Playlist, stream: Stream) -> Iterator[Fault]:
    place, attributes = master.place(stream.attributes.line), stream.attributes
    bandwidth = attributes.get("BANDWIDTH")
    if not whole(bandwidth):
        yield ATTRIBUTES.broken(place, f"BANDWIDTH is {seen(bandwidth) if bandwidth else 'missing'}")
    if stream.uri is None:
        yield ATTRIBUTES.broken(place, "URI is missing")
    for name in ("AVERAGE-BANDWIDTH", "FRAME-RATE"):
        if attributes.get(name) is not None and attributes.number(name) is None:
            yield ATTRIBUTES.broken(place, f"{name} is {seen(attributes.get(name) or '')}")
    if attributes.get("RESOLUTION") is not None and attributes.size() is None:
        yield ATTRIBUTES.broken(place, f"RESOLUTION is {seen(attributes.get('RESOLUTION') or '')}")
    if stream not in master.images and attributes.get("AVERAGE-BANDWIDTH") is None:
        yield AVERAGE_MISSING.broken(place, "it has no AVERAGE-BANDWIDTH")


def _rendition_faults(master: Playlist, rendition: Stream) -> Iterator[Fault]:
    place, attributes = master.place(rendition.attributes.line), rendition.attributes
    kind = attributes.get("TYPE")
    if kind not in _TYPES:
        yield ATTRIBUTES.broken(place, f"TYPE is {seen(kind) if kind else 'missing'}", ", ".join(_TYPES))
    needed = ["GROUP-ID", "NAME", *(["URI"] if kind == "SUBTITLES" else [])]
    for name in needed:
        if not attributes.get(name):
            yield ATTRIBUTES.broken(place, f"{name} is missing")
    for name in _YES_OR_NO:
        if (said := attributes.get(name)) not in (None, "YES", "NO"):
            yield ATTRIBUTES.broken(place, f"{name} is {seen(said or '')}", "YES or NO")
    language = attributes.get("LANGUAGE")
    is_missing = language in (None, "", "und") and kind in ("AUDIO", "SUBTITLES")
    if is_missing or (language and not is_language_tag(language)):
        yield LANGUAGE.broken(place, f"LANGUAGE is {seen(language) if language is not None else 'missing'}")
    if kind == "AUDIO" and attributes.get("CHANNELS") is None:
        yield CHANNELS.broken(place, "CHANNELS is missing")
    if attributes.get("DEFAULT") == "YES" and attributes.get("AUTOSELECT") == "NO":
        yield DEFAULT.broken(place, "it is DEFAULT=YES and AUTOSELECT=NO")


def _group_faults(master: Playlist) -> Iterator[Fault]:
    groups: dict[tuple[str | None, str | None], list[Stream]] = {}
    for each in master.media:
        groups.setdefault((each.attributes.get("TYPE"), each.attributes.get("GROUP-ID")), []).append(each)
    named = {(kind, stream.attributes.get(kind)) for stream in master.variants for kind in _TYPES}
    for stream in master.variants:
        for kind in _TYPES:
            name = stream.attributes.get(kind)
            if name is not None and (kind, name) not in groups and (kind, name) != ("CLOSED-CAPTIONS", "NONE"):
                place = master.place(stream.attributes.line)
                yield GROUP.broken(place, f"{kind} is {seen(name)}, and there is no such group")
    for (kind, name), members in groups.items():
        place = master.place(members[0].attributes.line)
        if (kind, name) not in named:
            yield GROUP_UNUSED.broken(place, f"no variant names {kind} group {seen(name or '')}")
        for twice in (n for n, count in Counter(m.attributes.get("NAME") for m in members).items() if n and count > 1):
            yield NAMES.broken(place, f"group {seen(name or '')} has {seen(twice)} more than once")
        if sum(member.attributes.get("DEFAULT") == "YES" for member in members) > 1:
            yield DEFAULT.broken(place, f"group {seen(name or '')} has more than one DEFAULT=YES")
