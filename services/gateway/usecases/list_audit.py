"""An admin reads the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from libs.chassis.problems import Forbidden
from libs.contracts.permissions import Action, Relation, allowed
from services.gateway.domain.accounts import Account
from services.gateway.domain.audit import AuditEntry
from services.gateway.usecases.ports import Ports


def list_audit(
    account: Account,
    *,
    before: tuple[datetime, str] | None,
    limit: int,
    action: str | None,
    ports: Ports,
) -> Sequence[AuditEntry]:
    """Up to ``limit`` lines of the account's organisation, newest first, older than ``before``.

    Raises:
        Forbidden: the account's role may not read the log.
    """
    if not allowed(account.roles, Action.AUDIT_READ, Relation()):
        msg = "Only an administrator reads the audit log."
        raise Forbidden(msg)
    return ports.audit.page(account.organisation_id, before=before, limit=limit, action=action)
