"""What a clip speaks, as parts in order."""

from vidgen_assets.clips.errors import InputError
from vidgen_assets.clips.narration import Part, paragraphs_of
from vidgen_assets.clips.spec import ClipSpec
from vidgen_assets.clips.words import MOST_MARKS, crowded_at
from vidgen_assets.templates import timing
from vidgen_assets.templates.library import TemplateLibrary
from vidgen_assets.templates.variables import resolve_variables

LEAD_IN_S = 0.4
"""A word at the very first picture is missed: players and viewers need a moment."""
BETWEEN_S = 0.5
TAIL_S = 0.8


def spoken_parts(spec: ClipSpec, templates: TemplateLibrary) -> tuple[Part, ...]:
    """What `spec` speaks, the one place that decides: a template's own parts where its scenes speak, else the
    paragraphs of the row's script. Empty if it speaks nothing, or is to be without a voice. Raises `InputError` as
    `parts_of` and as the template does.
    """
    if spec.is_unspoken:
        return ()
    parts = parts_of(spec.script) if spec.script else ()
    if spec.template is not None:
        document = templates.load(spec.template).document
        if any(scene.narration is not None for scene in document.scenes):
            return timing.spoken_parts(document, resolve_variables(document, spec.variables), spec.script)
    return parts


def parts_of(text: str, *, field: str = "script") -> tuple[Part, ...]:
    """Each paragraph a part of its own: `part-1`, `part-2`, …

    Raises `InputError` naming `field` for a letter that more marks are piled on than any writing has.
    """
    crowded = crowded_at(text)
    if crowded is not None:
        raise InputError(
            f"a letter has more than {MOST_MARKS} marks, the last of them at place {crowded + 1}",
            field=field,
            value=text,
            allowed=f"up to {MOST_MARKS} marks or joiners in a row",
            remedy="Take them out.",
        )
    paragraphs = paragraphs_of(text)
    last = len(paragraphs)
    return tuple(
        Part(
            name=f"part-{number}",
            text=paragraph,
            before_s=LEAD_IN_S if number == 1 else 0.0,
            after_s=TAIL_S if number == last else BETWEEN_S,
        )
        for number, paragraph in enumerate(paragraphs, start=1)
    )
