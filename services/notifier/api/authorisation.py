"""Who may do what here, by the platform's permission table."""

from __future__ import annotations

from libs.chassis import problems
from libs.chassis.auth import Principal, current_principal, current_principal_in_scope
from libs.contracts.permissions import Action, Relation, allowed


def require(action: Action, *, own: bool = False) -> Principal:
    """The one who asks, who may do this.

    Raises:
        problems.Forbidden: their role does not reach so far, or their token may only read, and this writes.
    """
    principal = current_principal_in_scope()
    if not allowed(principal.roles, action, Relation(own=own)):
        raise problems.Forbidden
    return principal


def require_system() -> None:
    """The platform itself asks.

    Raises:
        problems.Forbidden: somebody else does.
    """
    if not current_principal().is_system:
        raise problems.Forbidden
