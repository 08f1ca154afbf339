"""What `vidgen replay` prints: a clip's second making beside its record, in numbers. Nothing is decided here."""

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vidgen_assets.reports.likeness import FramesLikeness, LatentsLikeness, luma_tolerance
from vidgen_assets.reports.replay import Likeness, Replay

_COLOUR = {Likeness.EQUAL: "green", Likeness.WITHIN_TOLERANCE: "green", Likeness.DIFFERENT: "red"}
_KEPT = {True: "kept", False: "[red]broken[/]", None: "nothing was promised"}

_Row = tuple[str, str, str]


def print_replay(found: Replay, console: Console) -> None:
    name, made_by = escape(found.clip_id), escape(f"{found.backend}, {found.release}")
    console.print(f"[bold]{name}[/] of {escape(found.catalog)}, made again by {made_by}")
    console.print(f"[{_COLOUR[found.verdict]}]{found.verdict.value}[/]")
    console.print(f"promise: {found.promise.value}, since {escape(found.why)}; {_KEPT[found.is_kept]}")
    for note in found.notes:
        console.print(f"note: {escape(note)}")
    console.print(_table(("measured", "found", "tolerated"), [*_latents_rows(found), *_frames_rows(found)]))
    if found.environment:
        rows = [(f"{d.stage} {d.name}", str(d.recorded), str(d.here)) for d in found.environment]
        console.print(_table(("environment", "recorded", "here"), rows))


def _table(columns: _Row, rows: list[_Row]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    return table


def _latents_rows(found: Replay) -> Iterator[_Row]:
    match found.latents:
        case None:
            yield "latents", "not made again", ""
        case LatentsLikeness(are_equal=True):
            yield "latents", "equal bytes", ""
        case LatentsLikeness(relative_l2=None, why_no_numbers=why):
            yield "latents", f"other bytes; {why}", ""
        case LatentsLikeness(relative_l2=relative, max_abs_difference=largest):
            tolerated = f"at most {found.tolerance.latents_relative_l2:g}" if found.tolerance else ""
            yield "latents, relative L2", f"{relative:.3g}", tolerated
            yield "latents, largest difference", f"{largest:.3g}", ""


def _frames_rows(found: Replay) -> Iterator[_Row]:
    frames, tolerance = found.frames, found.tolerance
    yield "frames", _counted(frames), ""
    if frames.psnr:
        least = f"at least {tolerance.frames_psnr_db:g} dB" if tolerance else ""
        yield "frames, lowest PSNR", f"{frames.psnr.lowest_db:.2f} dB (frame {frames.psnr.lowest_frame})", least
        yield "frames, mean PSNR", f"{frames.psnr.mean_db:.2f} dB", ""
    if frames.why_no_psnr:
        yield "frames, PSNR", f"not computed: {frames.why_no_psnr}", ""
    for name, difference in (frames.features or {}).items():
        most = f"at most {luma_tolerance(tolerance):.3g}" if tolerance and name == "luma_mean" else ""
        yield f"frames, largest difference of {name}", f"{difference:g}", most


def _counted(frames: FramesLikeness) -> str:
    if frames.recorded_count != frames.drawn_count:
        return f"{frames.drawn_count}, recorded {frames.recorded_count}"
    if not frames.different:
        return f"all {frames.recorded_count} equal"
    first, last = frames.different[0], frames.different[-1]
    return f"{len(frames.different)} of {frames.recorded_count} differ, from frame {first} to {last}"
