"""Publications: the signed statement that an attempt of a stage was audited, and whether the shard is fit.

An attempt without a publication is pending; nothing downstream may use it. A publication binds the digest of the
ledger file, so a ledger that was edited afterwards is no longer published.
"""

import json
from dataclasses import dataclass

from resources.keys import Signer
from resources.ledgers import Attempt
from resources.records import Records
from vidgen_assets.clips.digest import canonical_json


@dataclass(frozen=True, slots=True)
class Publication:
    """What the audit of one attempt said of the shard as a whole."""

    attempt: int
    ledger_digest: str
    policy_version: str
    is_fit: bool
    reason: str
    recorded_at: str


class Publications:
    def __init__(self, records: Records, signer: Signer) -> None:
        self._records = records
        self._signer = signer

    def publish(self, attempt: Attempt, *, is_fit: bool, reason: str, policy_version: str, recorded_at: str) -> None:
        statement = {
            "stage": attempt.stage,
            "shard": attempt.shard,
            "attempt": attempt.number,
            "ledger_digest": str(attempt.digest),
            "policy_version": policy_version,
            "is_fit": is_fit,
            "reason": reason,
            "recorded_at": recorded_at,
        }
        signature = self._signer.sign(canonical_json(statement))
        entry = {"statement": statement, "key_id": self._signer.key_id, "signature": signature}
        self._records.append(_series(attempt.stage, attempt.shard), canonical_json(entry))

    def of(self, attempt: Attempt) -> Publication | None:
        """The newest genuine publication of exactly this attempt with exactly these rows. A copy of an earlier one,
        put after the one that overruled it, doesn't count again."""
        entries = self._records.read_all(_series(attempt.stage, attempt.shard))
        found = [self._verified(entry.data, attempt) for entry in entries]
        said = list(dict.fromkeys(publication for publication in found if publication))
        return said[-1] if said else None

    def _verified(self, data: bytes, attempt: Attempt) -> Publication | None:
        try:
            row = json.loads(data)
            said = row["statement"]
            if not self._signer.verifies(row["key_id"], row["signature"], canonical_json(said)):
                return None
            place = (said["stage"], said["shard"], said["attempt"], said["ledger_digest"])
            publication = Publication(
                attempt=said["attempt"],
                ledger_digest=said["ledger_digest"],
                policy_version=said["policy_version"],
                is_fit=said["is_fit"],
                reason=said["reason"],
                recorded_at=said["recorded_at"],
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            return None  # also a genuine statement of another kind, such as a verdict, put into this series
        return publication if place == (attempt.stage, attempt.shard, attempt.number, str(attempt.digest)) else None


def _series(stage: str, shard: str) -> str:
    return f"publications/{stage}/{shard}"
