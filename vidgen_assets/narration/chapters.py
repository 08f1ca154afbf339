"""The chapters of a clip, which its template's scenes name."""

from vidgen_assets.clips.chapters import Chapter
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.narration import Narration
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.templates import timing
from vidgen_assets.templates.library import TemplateLibrary
from vidgen_assets.templates.variables import resolve_variables
from vidgen_assets.templates.wording import filled


def chaptered_by(spec: ClipSpec, templates: TemplateLibrary) -> Digest | None:
    """The digest of the clip's template, if a scene of it names a chapter."""
    if spec.template is None:
        return None
    template = templates.load(spec.template)
    return template.digest if any(scene.chapter for scene in template.document.scenes) else None


def chapters_of(spec: ClipSpec, templates: TemplateLibrary, narration: Narration | None) -> tuple[Chapter, ...]:
    """In order, without a gap from the first one's start to the clip's end; empty where no scene names any.

    A scene without a chapter belongs to the one before it. Raises `InputError` as the template does.
    """
    if spec.template is None or chaptered_by(spec, templates) is None:
        return ()
    document = templates.load(spec.template).document
    shots = timing.shots_of(document, resolve_variables(document, spec.variables))
    spans = timing.spans_of(shots, spec.frame_count, spec.fps, narration)
    titled = [
        (title, float(span.first_frame / spec.fps))
        for shot, span in zip(shots, spans, strict=True)
        if shot.scene.chapter and (title := " ".join(filled(shot.scene.chapter, shot.values).split()))
    ]
    ends = [*(start for _, start in titled[1:]), float(spec.frame_count / spec.fps)]
    return tuple(
        Chapter(title=title, start_s=start, end_s=end) for (title, start), end in zip(titled, ends, strict=True)
    )
