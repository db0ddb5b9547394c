"""Who may do what here, by the platform's permission table."""

from __future__ import annotations

from flask import request

from libs.chassis import problems
from libs.chassis.auth import Principal, current_principal
from libs.contracts.permissions import Action, Relation, allowed

_READS = ("GET", "HEAD", "OPTIONS")


def require(action: Action, *, own: bool = False) -> Principal:
    """The one who asks, who may do this.

    Raises:
        problems.Forbidden: their role does not reach so far, or their token may only read, and this writes.
    """
    principal = current_principal()
    needed = "read" if request.method in _READS else "write"
    if principal.scopes and needed not in principal.scopes:
        raise problems.Forbidden(f"This token may not {needed}.")
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
