"""Work keys: what decides the bytes decides the key, and nothing else does."""

from tests.builders import a_digest
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.work import Recipe

INPUTS = {"spec": a_digest("spec"), "size": [480, 270]}


def test_the_key_follows_stage_recipe_and_inputs() -> None:
    keys = [
        Recipe("frames", 1).work_key(INPUTS),
        Recipe("frames", 2).work_key(INPUTS),
        Recipe("encodes", 1).work_key(INPUTS),
        Recipe("frames", 1).work_key({**INPUTS, "size": [270, 480]}),
        Recipe("frames", 1).work_key({}),
    ]
    assert len(set(keys)) == len(keys)


def test_the_order_of_inputs_is_nobodys_business() -> None:
    turned = dict(reversed(INPUTS.items()))
    assert Recipe("frames", 1).work_key(turned) == Recipe("frames", 1).work_key(INPUTS)


def test_a_key_is_the_same_on_every_machine_and_in_every_version_of_this_code() -> None:
    """Were it to change, every catalog would be made again. The digest is sha256sum's, of the JSON below."""
    canonical = b'{"inputs":{"a":1},"recipe":1,"stage":"frames"}'
    assert Recipe("frames", 1).work_key({"a": 1}) == Digest.of_bytes(canonical)
    assert Recipe("frames", 1).work_key({"a": 1}).short == "09797728c14b"
