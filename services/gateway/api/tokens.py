"""One's own API tokens."""

from __future__ import annotations

from typing import Any

from libs.chassis.web import Blueprint
from services.gateway.api import schemas
from services.gateway.api.identity import current_identity, origin, ports
from services.gateway.domain.tokens import ApiToken
from services.gateway.usecases.create_token import CreateToken, create_token
from services.gateway.usecases.list_tokens import list_tokens
from services.gateway.usecases.revoke_token import revoke_token

blueprint = Blueprint(
    "tokens_api", __name__, url_prefix="/api/v1/me/tokens", description="Personal API tokens"
)


@blueprint.get("")
@blueprint.response(200, schemas.TokensSchema)
def list_own_tokens() -> dict[str, Any]:
    """List your API tokens, newest first."""
    tokens = list_tokens(current_identity().account.person_id, ports())
    return {"items": [_wire(token) for token in tokens], "next": None}


@blueprint.post("")
@blueprint.arguments(schemas.NewTokenSchema)
@blueprint.response(201, schemas.MadeTokenSchema)
@blueprint.alt_response(409, schema=None, description="As many tokens as one may have")
def create_own_token(body: dict[str, Any]) -> dict[str, Any]:
    """Make a personal API token.

    Its secret is in this answer and never again. A token makes none that may do more than itself
    or lasts longer: what goes beyond is cut, and this answer says what came of it.
    """
    identity = current_identity()
    command = CreateToken(
        name=body["name"],
        scopes=frozenset(body["scopes"]) & identity.scopes,
        expires_at=body["expires_at"],
        origin=origin(),
        not_after=identity.expires_at,
    )
    secret, token = create_token(identity.account, command, ports())
    return {**_wire(token), "token": secret}


@blueprint.delete("/<string:token_id>")
@blueprint.response(204)
def revoke_own_token(token_id: str) -> None:
    """Revoke one of your API tokens."""
    revoke_token(current_identity().account, token_id, origin(), ports())


def _wire(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "hint": token.hint,
        "scopes": sorted(token.scopes),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
    }
