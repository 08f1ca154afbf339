"""Looking at an upload once: its facts, and a picture of each of its moments, from which all else is drawn."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vidgen_assets.arrivals.commands import Sought, packet_arguments, probe_arguments, whole_arguments
from vidgen_assets.arrivals.facts import Facts, Sample, read_facts, size_refusal, unreadable, video_stream
from vidgen_assets.arrivals.limits import LIMITS
from vidgen_assets.arrivals.packets import Packets, lines_of, read_packets
from vidgen_assets.arrivals.seeking import seek
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.media_tools import MediaTools, Tool, ToolFailed
from vidgen_assets.clips.work import Recipe

RECIPE = Recipe("arrival_probes", 2)
_PROBE_DEADLINE_S = 60.0
_PACKETS_DEADLINE_S = 180.0  # the largest file, read once from a slow disk
_DECODE_DEADLINE_S = 300.0  # a net against hanging: what is decoded whole takes some seconds
_LOOKED_AT_FOR_TEXT = 1_024
_PATTERN = "%03d.jpg"  # as `sample_file` has it
_PIECE_BYTES = 1 << 16
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Probed:
    """What was found, and the processor seconds of the tools that looked."""

    facts: Facts
    cpu_s: float


def probe(upload: Path, digest: Digest, name: str, tools: MediaTools, out: Path) -> Probed:
    """Write facts and samples of `upload` into the empty folder `out`. Raises `InputError` for a file that isn't taken
    in; damage that leaves something to see is for the checks to judge."""
    size_bytes = upload.stat().st_size
    if refusal := size_refusal(size_bytes):
        raise refusal
    described = _described(upload, tools)
    packets = _packets(upload, int(video_stream(described)["index"]), tools)
    facts = read_facts(described, packets, upload=digest, name=name, size_bytes=size_bytes)
    facts = facts.model_copy(update={"asked_moments": _moment_count(facts)})
    is_whole, cpu_s = _is_cheap(facts, packets), 0.0
    if not is_whole:
        asked = [_sought(number, facts, packets) for number in range(facts.asked_moments)]
        cpu_s = seek(upload, facts, asked, tools, out, longest_px=LIMITS.sample_px)
        # A programme stream without an index may find nothing where it's entered, and shows all when it's read through.
        is_whole = len(list(out.iterdir())) < LIMITS.least_share_of_moments * facts.asked_moments
    if is_whole:
        cpu_s += _decode_whole(upload, facts, tools, out)
    facts = facts.model_copy(update={"samples": tuple(_samples(facts, packets, out, is_whole=is_whole))})
    facts.write(out)
    return Probed(facts, cpu_s)


def moment_s(facts: Facts, number: int) -> float:
    """The middle of a moment, in seconds from the first frame."""
    return round((number + 0.5) * facts.step_s, 6)


def sample_file(number: int) -> str:
    return f"{number:03d}.jpg"


def _described(upload: Path, tools: MediaTools) -> dict[str, object]:
    try:
        return json.loads(tools.run(Tool.FFPROBE, probe_arguments(upload), deadline_s=_PROBE_DEADLINE_S).stdout)
    except ToolFailed as error:
        with upload.open("rb") as file:
            first_bytes = file.read(_LOOKED_AT_FOR_TEXT)
        raise unreadable(error.found.replace(f"file:{upload}", "the upload"), first_bytes) from error


def _packets(upload: Path, stream_index: int, tools: MediaTools) -> Packets:
    """Reading that ends in an error has still seen what came before it: a file that was cut off is judged by that."""
    return read_packets(lines_of(_as_far_as_it_goes(upload, stream_index, tools)))


def _as_far_as_it_goes(upload: Path, stream_index: int, tools: MediaTools) -> Iterator[bytes]:
    arguments = packet_arguments(upload, stream_index)
    try:
        yield from tools.stream(Tool.FFPROBE, arguments, piece_bytes=_PIECE_BYTES, deadline_s=_PACKETS_DEADLINE_S)
    except ToolFailed as error:
        _log.warning("the file can't be read to its end: %s", error.found)


def _moment_count(facts: Facts) -> int:
    """One for every two seconds, within bounds, and never more than there are frames."""
    wanted = max(LIMITS.fewest_moments, round(facts.duration_s / LIMITS.moment_s))
    return min(wanted, LIMITS.most_moments, facts.frame_count)


def _is_cheap(facts: Facts, packets: Packets) -> bool:
    """Whether one pass over all frames costs little, or less than seeking: entries may be minutes apart."""
    pixels = facts.frame_count * facts.coded_width * facts.coded_height
    if pixels <= LIMITS.most_pixels_decoded_whole:
        return True
    moments = [moment_s(facts, number) for number in range(facts.asked_moments)]
    decoded_s = sum(m - packets.entry_before(m) for m in moments if _is_exact(m, facts, packets))
    return decoded_s + len(moments) * LIMITS.seeking_costs_s > facts.duration_s


def _is_exact(moment: float, facts: Facts, packets: Packets) -> bool:
    """Whether the picture one can enter at is too old to stand for the moment, so that decoding goes on from there."""
    return moment - packets.entry_before(moment) > facts.step_s / 2


def _sought(number: int, facts: Facts, packets: Packets) -> Sought:
    moment = moment_s(facts, number)
    entry_s = packets.entry_before(moment)
    frame_s = packets.shown_at(moment) if _is_exact(moment, facts, packets) else entry_s
    return Sought(frame_s, entry_s, sample_file(number))


def _decode_whole(upload: Path, facts: Facts, tools: MediaTools, out: Path) -> float:
    arguments = whole_arguments(upload, facts, _PATTERN, longest_px=LIMITS.sample_px)
    try:
        return tools.run(Tool.FFMPEG, arguments, deadline_s=_DECODE_DEADLINE_S, cwd=out).cpu_s
    except ToolFailed as error:
        # What came before it gave up has been seen; how much that is, the checks judge.
        _log.warning("a decoder gave up: %s", error.found)
        return 0.0


def _samples(facts: Facts, packets: Packets, out: Path, *, is_whole: bool) -> Iterator[Sample]:
    for number in range(facts.asked_moments):
        moment, file = moment_s(facts, number), sample_file(number)
        sought = _sought(number, facts, packets)
        frame_s = packets.shown_at(moment) if is_whole else sought.frame_s
        if (out / file).is_file() and (out / file).stat().st_size:
            yield Sample(moment_s=moment, frame_s=round(frame_s, 6), entry_s=round(sought.entry_s, 6), file=file)
