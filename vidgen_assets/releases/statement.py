"""The release statement: what the files are, what they were made from, who let them pass.

An in-toto Statement (v1): the subjects are the package's files by SHA-256, the predicate is the clip's provenance.
Deterministic, without times; the signature around it and its time stand outside every equality.
"""

from collections.abc import Mapping
from typing import Any

from vidgen_assets.clips.artifact import Artifact
from vidgen_assets.clips.digest import Digest
from vidgen_assets.clips.spec import ClipSpec

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:vidgen:release:v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"


def release_statement(
    spec: ClipSpec,
    files: Mapping[str, Artifact],
    artifacts: Mapping[str, Artifact],
    card: Mapping[str, Any],
) -> dict[str, Any]:
    """The statement on a clip: its package's `files`, its `artifacts` by stage, and its scorecard's verdicts."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": files[name].digest.hex}} for name in sorted(files)],
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "clip": {"id": spec.clip_id, "catalog": spec.catalog},
            "route": spec.route.model_dump(mode="json"),
            "seed": spec.seed,
            "media": {
                name: {"reference": media.reference, "digest": media.digest}
                for name, media in (("image", spec.image), ("audio", spec.audio))
                if media
            },
            "attribution": {"campaign": spec.campaign, "owner": spec.owner, "customer": spec.customer},
            "artifacts": {stage: str(artifact.digest) for stage, artifact in sorted(artifacts.items())},
            "verdicts": card["verdicts"],
        },
    }


def subjects(statement: Mapping[str, Any]) -> dict[str, Digest]:
    """The files a statement speaks of, by name."""
    return {row["name"]: Digest(f"sha256:{row['digest']['sha256']}") for row in statement["subject"]}
