"""What the chassis gives every service: an app that answers as it describes itself, whatever is sent."""

from typing import Any

import schemathesis
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, settings

from libs.chassis import auth
from libs.chassis.settings import Settings, core_settings
from libs.chassis.web import create_app
from tests.unit.chassis.conftest import pem_pair
from tests.unit.chassis.test_web import blueprint

private, public = pem_pair(ec.SECP256R1())
minter = auth.TokenMinter(private)
app = create_app(
    "tests", core_settings(Settings({}), "tests"), api_blueprints=[blueprint()], pings={}, title="Tests"
)
auth.authenticate(app, auth.TokenVerifier(public, "tests"))
schema = schemathesis.openapi.from_wsgi("/openapi.json", app)


@schema.auth()
class Bearer:
    """The way in that the document describes."""

    def get(self, case: Any, context: Any) -> str:  # noqa: ARG002  # schemathesis' signature
        return minter.mint(auth.Principal("person", "org", frozenset(), frozenset()), ["tests"])

    def set(self, case: Any, data: str, context: Any) -> None:  # noqa: ARG002  # the same
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schema.parametrize()
@settings(max_examples=10, suppress_health_check=list(HealthCheck), derandomize=True)
def test_every_operation_answers_as_it_is_described(case: Any) -> None:
    case.call_and_validate()
