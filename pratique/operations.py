"""Read and state the terms of operations: numbered statements of the coordinating office, each following the last."""

from __future__ import annotations

from uuid import uuid4

from pratique.errors import PratiqueError, ServerMistrusted
from pratique.following import Follower, pass_over
from pratique.http import text
from pratique.listed import list_logs
from pratique.opened import Operation
from pratique.store.file import Lost
from pratique.wire.bodies import OperationTerms
from pratique.wire.entries import Entry
from pratique.wire.refused import Refused
from pratique.wire.statements import Statement, sign


class Operations:
    """The operations of one device's party."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    async def all(self) -> list[Operation]:
        """List the operations that the server names, each folded and verified from its own log."""
        listed = await list_logs(self._follower.account, self._follower.logs, "operations")
        found = []
        for operation in listed.ids():
            known = self._follower.logs.load(operation).seq == listed.head(operation)
            found.append(await (self.stored(operation) if known else self.one(operation)))
        return found

    async def one(self, operation: bytes) -> Operation:
        """Give one operation by its newest terms; raises `ServerMistrusted` where a statement does not hold."""
        await self._read(operation)
        return await self.stored(operation)

    async def stored(self, operation: bytes) -> Operation:
        """Give one operation by the newest terms that the store holds; raises as `one` does."""
        found: Operation | None = None
        for row in self._follower.logs.rows(operation):
            entry = row.entry
            try:
                statement = Statement.parse(entry.data)
                if statement.label == OperationTerms.LABEL:
                    found = await self._advance(operation, found, entry, statement)
            except Refused as refused:
                raise ServerMistrusted(refused.code, f"operation {operation.hex()[:8]}: {refused.detail}") from None
        if found is None:
            raise ServerMistrusted("no_terms", f"the log of operation {operation.hex()[:8]} has no terms")
        return found

    async def found(self, terms: OperationTerms) -> Operation:
        """Found an operation; only a device of a coordinating party may."""
        signer = self._follower.signer
        statement = sign(terms, signer=signer.uri, key=signer.key)
        body = {"post_id": str(uuid4()), "statement": text(statement.raw)}
        await self._follower.account.call("POST", "/v1/operations", body, repeat=True)
        return await self.one(statement.digest)

    async def amend(self, operation: bytes, terms: OperationTerms) -> Operation:
        """State the next terms; raises `Problem("stale_terms")` where another statement came first."""
        before, signer = await self.one(operation), self._follower.signer
        if terms.number != before.terms.number + 1:
            raise PratiqueError("wrong_number", f"the next statement is number {before.terms.number + 1}")
        statement = sign(terms, signer=signer.uri, key=signer.key, follows=before.head)
        body = {"post_id": str(uuid4()), "statement": text(statement.raw)}
        await self._follower.account.call("POST", f"/v1/operations/{operation.hex()}/statements", body, repeat=True)
        return await self.one(operation)

    async def _advance(
        self, operation: bytes, before: Operation | None, entry: Entry, statement: Statement
    ) -> Operation:
        """Check one statement as the server must have: a coordinator's, signed, next in number, following the last."""
        terms = statement.read(OperationTerms)
        directory = self._follower.directory
        await directory.prepare(self._follower.account, {statement.signer}, entry.at_ms)
        certificate = directory.device(statement.signer, entry.at_ms)
        if certificate is None or not directory.is_coordinator(statement.signer):
            raise ServerMistrusted("not_coordinator", f"{statement.signer} does not coordinate operations")
        statement.verify(certificate.key)
        number, follows = (before.terms.number + 1, before.head) if before is not None else (1, b"")
        first = before is not None or statement.digest == operation
        if terms.number != number or statement.follows != follows or not first:
            raise ServerMistrusted("wrong_statement", f"statement {terms.number} does not follow the one before it")
        return Operation(operation, statement.digest, terms)

    async def _read(self, operation: bytes) -> None:
        logs = self._follower.logs
        while True:
            before = logs.load(operation)
            events, head = await self._follower.page(operation)
            at, rows = pass_over(before, events)
            try:
                if rows:
                    logs.advance(before, at, rows)
            except Lost:
                continue
            if not events or events[-1].seq >= head:
                return
