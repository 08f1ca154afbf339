"""Publications: the signed statement that an attempt of a stage was audited, and whether the shard is fit.

An attempt without a publication is pending; nothing downstream may use it. A publication binds the digest of the
ledger file, so a ledger that was edited afterwards is no longer published.
"""

from dataclasses import dataclass, fields
from typing import Any

from resources.keys import Signer
from resources.ledgers import Attempt
from resources.records import Records
from resources.signed_records import SignedRecords


@dataclass(frozen=True, slots=True)
class Publication:
    """What the audit of one attempt said of the shard as a whole."""

    attempt: int
    ledger_digest: str
    policy_version: str
    is_fit: bool
    reason: str
    recorded_at: str


_FIELDS = {"stage", "shard", *(field.name for field in fields(Publication))}


class Publications:
    def __init__(self, records: Records, signer: Signer) -> None:
        self._records = SignedRecords(records, signer, _FIELDS)

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
        self._records.append(_series(attempt.stage, attempt.shard), statement)

    def of(self, attempt: Attempt) -> Publication | None:
        """The newest genuine publication of exactly this attempt with exactly these rows.

        As in the verdict book, a copy of an earlier entry says nothing new, and what stands before a forged or
        unreadable entry no longer counts.
        """
        newest: Publication | None = None
        heard: set[Publication] = set()
        for entry in self._records.read_all(_series(attempt.stage, attempt.shard)):
            statement = entry.statement
            if statement is None:
                newest = None
            elif _place(statement) == (attempt.stage, attempt.shard, attempt.number, attempt.digest):
                publication = _from_statement(statement)
                newest = newest if publication in heard else publication
                heard.add(publication)
        return newest


def _series(stage: str, shard: str) -> str:
    return f"publications/{stage}/{shard}"


def _place(statement: dict[str, Any]) -> tuple[Any, ...]:
    return (statement["stage"], statement["shard"], statement["attempt"], statement["ledger_digest"])


def _from_statement(statement: dict[str, Any]) -> Publication:
    return Publication(
        attempt=statement["attempt"],
        ledger_digest=statement["ledger_digest"],
        policy_version=statement["policy_version"],
        is_fit=statement["is_fit"],
        reason=statement["reason"],
        recorded_at=statement["recorded_at"],
    )
