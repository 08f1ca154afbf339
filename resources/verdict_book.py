"""The verdict book: every verdict ever reached, signed, beside the artifacts.

One entry per audited clip, appended as the audit goes, so that a crash costs at most the clip in flight. Reading
trusts nothing: a verdict counts only if its signature verifies, the newest for a digest and check wins, a copy of an
earlier one says nothing new, and what stands before a forged or unreadable entry no longer counts.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from resources.keys import Signer
from resources.records import Records
from vidgen_assets.clips.digest import Digest, canonical_json
from vidgen_assets.clips.verdicts import CheckId, Finding, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Question:
    """What a verdict answers."""

    digest: Digest
    check: CheckId
    policy_version: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The verdicts of one stage on one shard, and the entries that could not be trusted."""

    verdicts: dict[Question, Verdict]
    distrusted: tuple[str, ...]

    def answer(self, digest: Digest, check: CheckId, policy_version: str) -> Verdict | None:
        return self.verdicts.get(Question(digest, check, policy_version))

    def about(self, digest: Digest) -> list[Verdict]:
        """Every verdict on these bytes, whatever the policy."""
        return [verdict for question, verdict in self.verdicts.items() if question.digest == digest]


class VerdictBook:
    def __init__(self, records: Records, signer: Signer) -> None:
        self._records = records
        self._signer = signer

    def record(self, stage: str, shard: str, verdicts: Sequence[Verdict]) -> None:
        """Sign and append the verdicts on one clip."""
        if verdicts:
            entry = {"verdicts": [self._signed(v) for v in verdicts]}
            self._records.append(_series(stage, shard), canonical_json(entry))

    def open(self, stage: str, shard: str) -> Shelf:
        """All verdicts that can be trusted."""
        found: dict[Question, Verdict] = {}
        distrusted: list[str] = []
        heard: set[Digest] = set()
        for entry in self._records.read_all(_series(stage, shard)):
            verdicts, complaint = self._verified(entry.data)
            if complaint:
                distrusted.append(f"{_series(stage, shard)}/{entry.number}: {complaint}")
                found.clear()
            for verdict in verdicts:
                statement = Digest.of_json(verdict.statement())
                if statement in heard:  # an old pass, put back after the refusal that overruled it
                    continue
                heard.add(statement)
                found[Question(verdict.digest, verdict.check, verdict.policy_version)] = verdict
        return Shelf(found, tuple(distrusted))

    def _signed(self, verdict: Verdict) -> dict[str, Any]:
        statement = verdict.statement()
        signature = self._signer.sign(canonical_json(statement))
        return {"statement": statement, "key_id": self._signer.key_id, "signature": signature}

    def _verified(self, data: bytes) -> tuple[list[Verdict], str | None]:
        """The trusted verdicts of an entry, and what is wrong with the entry, if anything."""
        try:
            rows = json.loads(data)["verdicts"]
            trusted = [row for row in rows if self._is_genuine(row)]
            verdicts = [_from_statement(row["statement"]) for row in trusted]
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return [], f"unreadable ({type(error).__name__}: {error})"
        forged = len(rows) - len(trusted)
        return verdicts, f"{forged} of {len(rows)} signatures do not verify" if forged else None

    def _is_genuine(self, row: dict[str, Any]) -> bool:
        return self._signer.verifies(row["key_id"], row["signature"], canonical_json(row["statement"]))


def _series(stage: str, shard: str) -> str:
    return f"verdicts/{stage}/{shard}"


def _from_statement(row: dict[str, Any]) -> Verdict:
    return Verdict(
        digest=Digest(row["digest"]),
        check=CheckId(row["stage"], row["check"], row["check_version"]),
        policy_version=row["policy_version"],
        finding=Finding(Outcome(row["outcome"]), row["reason"], row["measurements"]),
        clip_id=row["clip_id"],
        recorded_at=row["recorded_at"],
    )
