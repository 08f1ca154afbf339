"""YAML as people expect it: `16:9` is text, `no` is Norwegian, and nothing refers to anything else.

PyYAML's safe loader follows YAML 1.1, where `16:9` is the number 969 and `no` is false; this one knows the scalars of
YAML 1.2's core schema alone. Anchors, aliases, tags and deep nesting are refused before anything is built, since nine
lines of aliases can stand for a billion values. Catalogs, releases and templates are all read by it.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from vidgen_assets.clips.errors import InputError, shorten

MAX_DEPTH = 16
_LONGEST_INTEGER = 40  # more digits than any field allows; a longer one is a decimal, which costs nothing to make
_TEXT_TAG = "tag:yaml.org,2002:str"


class _PlainLoader(yaml.CSafeLoader):
    """The safe loader with the scalars of YAML 1.2, exact decimals, and no repeated keys."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 -- PyYAML's own class attribute, replaced so that it isn't shared

    def construct_number(self, node: yaml.ScalarNode) -> int | Decimal | str:
        text = node.value
        if len(text) <= _LONGEST_INTEGER and re.fullmatch(r"[-+]?[0-9]+", text):
            return int(text)
        try:
            return Decimal(text)
        except InvalidOperation:
            return text

    def construct_unique(self, node: yaml.MappingNode) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.constructor.ConstructorError(None, None, "a key is not text", key_node.start_mark)
            if key in mapping:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} is given twice", key_node.start_mark)
            mapping[key] = self.construct_object(value_node, deep=True)
        return mapping


# PyYAML asks for a match at the start alone, hence the \Z.
for _tag, _form, _starts in (
    ("null", r"(~|null|Null|NULL)?\Z", ["~", "n", "N", ""]),
    ("bool", r"(true|True|TRUE|false|False|FALSE)\Z", [*"tTfF"]),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z", [*"-+.0123456789"]),
):
    _PlainLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_form), _starts)
_PlainLoader.add_constructor("tag:yaml.org,2002:float", _PlainLoader.construct_number)
_PlainLoader.add_constructor("tag:yaml.org,2002:map", _PlainLoader.construct_unique)


def load_plain(text: str, file: str) -> Any:
    """The one document in `text`, its decimals exact; `file` is what errors call it.

    Raises `InputError` for anything that is not plain data.
    """
    try:
        _refuse_references(text, file)
        return yaml.load(text, Loader=_PlainLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{file} can't be read as YAML: {shorten(reason, 200)}",
            field="file",
            remedy="Mend the place it names.",
        ) from error


def plain_numbers(value: Any) -> Any:
    """Exact decimals as the floats that JSON and pydantic have; beyond their range, infinite."""
    if isinstance(value, dict):
        return {name: plain_numbers(own) for name, own in value.items()}
    if isinstance(value, list):
        return [plain_numbers(own) for own in value]
    return float(value) if isinstance(value, Decimal) else value


def _refuse_references(text: str, file: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_PlainLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InputError(
                f"{file} uses an anchor or alias in line {line}",
                field="file",
                allowed="plain values",
                remedy="Write the value out.",
            )
        if (tag := getattr(event, "tag", None)) not in (None, _TEXT_TAG):
            raise InputError(
                f"{file} uses the tag {shorten(tag)} in line {line}",
                field="file",
                allowed="plain values",
                remedy="Leave the tag out.",
            )
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise InputError(f"{file} is nested too deeply", field="file", allowed=f"at most {MAX_DEPTH} levels")
