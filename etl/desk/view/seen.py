"""Opens what the pages show of a batch: the store of its last whole run, and its ledger as it stands now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from etl.desk.home.database import Home
from etl.safe.refusal import Refusal
from etl.store.database import Store, past_store
from etl.store.ledger import Ledger, read_ledger
from etl.store.schema import NAME


@dataclass
class Seen:
    """What was read of the batches of a home, kept as long as it is so on the disk."""

    home: Home
    _ledgers: dict[int, Ledger] = field(default_factory=dict)
    _made: dict[tuple[int, str], tuple[object, Any]] = field(default_factory=dict)

    def is_there(self, batch: int) -> bool:
        """Say whether a run of a batch came to its end."""
        return (self.home.seen(batch) / NAME).is_file()

    @contextmanager
    def store(self, batch: int) -> Iterator[Store]:
        """Give the store of a batch; raises `Refusal` where there is none."""
        with past_store(self.home.seen(batch), whole=False) as store:
            yield store

    def ledger(self, batch: int) -> Ledger:
        """Return the ledger of a batch as it stands."""
        known = read_ledger(self.home.output(batch), self._ledgers.get(batch))
        self._ledgers[batch] = known
        return known

    def stamp(self, batch: int) -> tuple[int, int]:
        """Return what changes when a run of a batch has ended: the store's time and size."""
        try:
            facts = (self.home.seen(batch) / NAME).stat()
        except OSError as error:
            raise Refusal(f"该批次尚未审核 this batch was not checked yet: {batch}") from error
        return facts.st_mtime_ns, facts.st_size

    def kept(self, batch: int, name: str, stamp: object, make: Any) -> Any:
        """Return what `make` makes of a batch under a name, made anew only when the stamp is another."""
        known = self._made.get((batch, name))
        if known is None or known[0] != stamp:
            known = (stamp, make())
            self._made[batch, name] = known
        return known[1]
