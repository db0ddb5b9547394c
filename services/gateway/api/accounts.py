"""The way in, for programs: first set-up, invitations, passwords."""

from __future__ import annotations

from typing import Any

from libs.chassis.web import Blueprint
from services.gateway.api import schemas
from services.gateway.api.identity import current_identity, origin, ports
from services.gateway.domain.accounts import Account
from services.gateway.usecases.accept_invitation import AcceptInvitation, accept_invitation
from services.gateway.usecases.change_password import ChangePassword, change_password
from services.gateway.usecases.create_token import CreateToken, create_token
from services.gateway.usecases.request_password_reset import RequestPasswordReset, request_password_reset
from services.gateway.usecases.reset_password import ResetPassword, reset_password
from services.gateway.usecases.set_up import SetUp, set_up

blueprint = Blueprint("accounts_api", __name__, url_prefix="/api/v1", description="The way in")


@blueprint.post("/setup")
@blueprint.arguments(schemas.SetupSchema)
@blueprint.response(201, schemas.SetUpSchema)
@blueprint.alt_response(409, schema=None, description="There is an organisation already")
@blueprint.doc(security=[])
def set_up_organisation(body: dict[str, Any]) -> dict[str, str]:
    """Make the organisation and its first admin.

    Possible once, with the code in the gateway's log. With `token_name` the answer holds an API token.
    """
    token_name, scopes = body.pop("token_name"), body.pop("scopes")
    account = set_up(SetUp(**body, origin=origin()), ports())
    answer = {"organisation_id": account.organisation_id, "person_id": account.person_id}
    return answer | _token_of(account, token_name, scopes)


@blueprint.post("/invitations/accept")
@blueprint.arguments(schemas.AcceptInvitationSchema)
@blueprint.response(201, schemas.AcceptedInvitationSchema)
@blueprint.alt_response(410, schema=None, description="The invitation was used or has expired")
@blueprint.doc(security=[])
def accept(body: dict[str, Any]) -> dict[str, str]:
    """Accept an invitation by choosing a password.

    With `token_name` the answer holds a personal API token as well.
    """
    command = AcceptInvitation(secret=body["token"], password=body["password"], origin=origin())
    account = accept_invitation(command, ports())
    answer = {
        "person_id": account.person_id,
        "organisation_id": account.organisation_id,
        "email": account.email,
    }
    return answer | _token_of(account, body["token_name"], body["scopes"])


def _token_of(account: Account, name: str | None, scopes: list[str]) -> dict[str, str]:
    if not name:
        return {}
    wanted = CreateToken(name=name, scopes=frozenset(scopes), expires_at=None, origin=origin())
    secret, _ = create_token(account, wanted, ports())
    return {"token": secret}


@blueprint.post("/password/reset-requests")
@blueprint.arguments(schemas.ResetRequestSchema)
@blueprint.response(202)
@blueprint.doc(security=[])
def ask_for_reset(body: dict[str, Any]) -> None:
    """Ask for a link to choose another password.

    The answer is the same whether or not the address has an account.
    """
    request_password_reset(RequestPasswordReset(email=body["email"], origin=origin()), ports())


@blueprint.post("/password/resets")
@blueprint.arguments(schemas.ResetSchema)
@blueprint.response(204)
@blueprint.alt_response(410, schema=None, description="The link was used or has expired")
@blueprint.doc(security=[])
def reset(body: dict[str, Any]) -> None:
    """Choose another password with a reset link.

    Every session and every API token of the person ends.
    """
    reset_password(ResetPassword(secret=body["token"], password=body["password"], origin=origin()), ports())


@blueprint.put("/me/password")
@blueprint.arguments(schemas.PasswordSchema)
@blueprint.response(204)
def change_own_password(body: dict[str, Any]) -> None:
    """Change your password.

    Your other sessions end, and so does every API token of yours, the one of this very request among them.
    """
    command = ChangePassword(current=body["current"], new=body["password"], origin=origin())
    change_password(current_identity(), command, ports())
