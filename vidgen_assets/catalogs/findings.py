"""What is wrong with one row of a catalog, said so that its author can mend it."""

from dataclasses import dataclass

from vidgen_assets.clips.errors import ErrorKind, shorten
from vidgen_assets.clips.ledger import Problem


@dataclass(frozen=True, slots=True)
class RowFinding:
    """One thing wrong with one row. `row_number` is 1 for the first row of data, so a CSV's header does not count.

    `clip_id` is empty until the catalog knows which name the row goes by.
    """

    file: str
    row_number: int
    field: str
    value: str | None
    message: str
    allowed: str
    remedy: str
    clip_id: str = ""

    def problem(self) -> Problem:
        """The finding as a ledger row keeps it; the message names file and row."""
        value = None if self.value is None else shorten(self.value)
        message = f"{self.file}, row {self.row_number}: {self.message}"
        return Problem(ErrorKind.INPUT, message, self.field, value, self.allowed, self.remedy)
