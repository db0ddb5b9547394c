"""Every problem that the API may answer with, explained: what it means, and what to do.

The ``type`` of a problem leads here. ``docs/problems.md`` says the same; tests hold both to what services do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Explanation:
    """A problem in words."""

    status: int
    title: str
    meaning: str
    way_on: str


EXPLANATIONS: Final[dict[str, Explanation]] = {
    "already-set-up": Explanation(
        409,
        "Cairn is set up already",
        "There is an organisation; the first set-up happens once.",
        "Sign in, or ask an administrator for an invitation.",
    ),
    "bad-gateway": Explanation(
        502,
        "A service behind this one failed",
        "The gateway asked another service and got an answer that it cannot pass on.",
        "Try again; if it stays, tell whoever runs Cairn the correlation id.",
    ),
    "bad-request": Explanation(
        400,
        "The request cannot be read",
        "The body is not JSON, or a cursor is not one of ours.",
        "The detail says what could not be read. Correct it and send the request again.",
    ),
    "check-in-withdrawn": Explanation(
        409,
        "This check-in was undone",
        "A check-in that was undone can be neither revised nor undone again.",
        "Record a new check-in.",
    ),
    "conflict": Explanation(
        409,
        "The current state does not allow this",
        "The thing is in a state in which this cannot be done.",
        "Read it again and decide anew.",
    ),
    "cycle-closed": Explanation(
        409,
        "The cycle is closed",
        "Nothing changes in a closed cycle, so that its numbers stay what they were.",
        "Use a running cycle, or ask an administrator to open this one again.",
    ),
    "email-taken": Explanation(
        409,
        "This e-mail address is taken",
        "Another account signs in with this address.",
        "Use another address.",
    ),
    "expectation-failed": Explanation(
        417,
        "The expectation cannot be met",
        "The header Expect asks for something else than 100-continue.",
        "Send the request without Expect.",
    ),
    "forbidden": Explanation(
        403,
        "You may not do this",
        "You may see it, but not do this with it.",
        "Ask its owner or an administrator.",
    ),
    "foreign-form": Explanation(
        403,
        "This form is no longer valid",
        "The form was not sent by a page of ours, or you signed in or out since it was loaded.",
        "Go back, load the page again and send the form once more.",
    ),
    "foreign-request": Explanation(
        403,
        "This request did not come from a page of ours",
        "A write with a session's cookie must show the page's token.",
        "Send it as X-CSRF-Token, or use a personal API token.",
    ),
    "gone": Explanation(
        410, "This is no longer here", "It was here and was removed.", "Look for what has replaced it."
    ),
    "has-children": Explanation(
        409,
        "Other things hang on it",
        "An objective that has key results or objectives below it is not deleted.",
        "Move or delete what is below it first.",
    ),
    "headers-too-large": Explanation(
        431,
        "The headers are too large",
        "There may be 100 headers of 8190 bytes each, and 64 KiB of them together.",
        "Delete the cookies of this site, or send fewer headers.",
    ),
    "idempotency-key-reused": Explanation(
        422,
        "This Idempotency-Key was used for something else",
        "The same key came before with another body. Nothing was done this time.",
        "Use a new key for a new write, and the old one only to repeat the old write.",
    ),
    "insufficient-scope": Explanation(
        403,
        "This token may not do that",
        "The token was made for less than this: a token with the scope read cannot write.",
        "Make a token with the scope that the detail names.",
    ),
    "internal-error": Explanation(
        500,
        "Something went wrong on our side",
        "A fault of Cairn. Nothing of it is shown but the correlation id.",
        "Try again; if it stays, tell whoever runs Cairn the correlation id.",
    ),
    "invalid-fields": Explanation(
        422,
        "Some fields are not right",
        "Fields are missing or wrong. Nothing was stored.",
        "errors names each field by its pointer and says what to do.",
    ),
    "key-result-abandoned": Explanation(
        409,
        "The key result is abandoned",
        "Nobody checks in on an abandoned key result.",
        "Open it again first, or check in on another one.",
    ),
    "last-admin": Explanation(
        409,
        "An organisation needs an administrator",
        "This would leave the organisation without any administrator.",
        "Make somebody else an administrator first.",
    ),
    "link-unusable": Explanation(
        410,
        "This link no longer works",
        "The invitation or reset link was used, has expired, or is none of ours.",
        "Ask for another one.",
    ),
    "method-not-allowed": Explanation(
        405,
        "This method is not possible here",
        "The address exists, but not for this method.",
        "The header Allow says which methods there are.",
    ),
    "missing-idempotency-key": Explanation(
        400,
        "An Idempotency-Key is needed",
        "A write that may be repeated must carry a key, so that repeating it does nothing twice.",
        "Send the header Idempotency-Key with a new text of 1 to 200 characters for each new write.",
    ),
    "not-acceptable": Explanation(
        406,
        "No acceptable representation",
        "The header Accept allows nothing that this address answers with.",
        "Accept application/json.",
    ),
    "not-found": Explanation(
        404,
        "There is nothing here",
        "It does not exist, was removed, or is not yours to see; which of these is not told.",
        "Check the id. Things of another organisation are never here.",
    ),
    "not-implemented": Explanation(
        501,
        "This is not supported",
        "The request uses a transfer coding that this server does not read.",
        "Send the body with Content-Length, or in chunks.",
    ),
    "payload-too-large": Explanation(
        413, "The request is too large", "A body may have 64 KiB.", "Send less at once."
    ),
    "precondition-required": Explanation(
        428,
        "An If-Match header is needed",
        "Without it, this write could undo somebody else's.",
        "Read the thing, and send its ETag as If-Match.",
    ),
    "request-timeout": Explanation(
        408,
        "The request took too long to arrive",
        "A request must arrive whole within 20 seconds. Nothing was stored.",
        "Send it again over a faster connection.",
    ),
    "stale-revision": Explanation(
        412,
        "It has changed since you read it",
        "Somebody changed it after you read it. Nothing of yours was stored.",
        "Read it again, then repeat your change with the new ETag.",
    ),
    "team-in-use": Explanation(
        409,
        "The team is in use",
        "A team that has teams or objectives is not removed.",
        "Move what belongs to it first.",
    ),
    "too-many-requests": Explanation(
        429,
        "Too many requests",
        "There is a limit a minute, and one for failed attempts to sign in.",
        "Wait as many seconds as Retry-After says.",
    ),
    "too-many-tokens": Explanation(
        409,
        "You have as many tokens as one may have",
        "The number of live API tokens of one person is bounded.",
        "Revoke one that you no longer use.",
    ),
    "too-many-versions": Explanation(
        409,
        "This check-in was revised too often",
        "A check-in keeps all its versions, 50 at the most.",
        "Record a new check-in.",
    ),
    "unauthenticated": Explanation(
        401,
        "Sign in first",
        "There was no API token and no session, or it is no longer good.",
        "Send a personal API token as Authorization: Bearer.",
    ),
    "unavailable": Explanation(
        503,
        "Try again in a moment",
        "Something needed did not answer in time; whether a write took place is not known.",
        "Repeat the request after Retry-After seconds, a write with the same Idempotency-Key.",
    ),
    "unknown-unsubscribe-link": Explanation(
        404,
        "This unsubscribe link is not one of ours",
        "The link is incomplete or was changed on its way.",
        "Open the link in the mail again, or choose your mails in Settings.",
    ),
    "undo-expired": Explanation(
        409,
        "It is too late to undo this",
        "A check-in can be undone for ten seconds after it was recorded.",
        "Revise it instead; both versions stay readable.",
    ),
    "unsupported-content-coding": Explanation(
        415,
        "Send the body as it is",
        "The body is compressed, or coded in another way that Content-Encoding names.",
        "Send it uncompressed and without Content-Encoding.",
    ),
    "unsupported-media-type": Explanation(
        415, "Send JSON", "The body has another media type.", "Send Content-Type: application/json."
    ),
    "uri-too-long": Explanation(
        414,
        "The address is too long",
        "A request line may have 4094 bytes.",
        "Send less in the query; a list may be split over several requests.",
    ),
    "wrong-setup-code": Explanation(
        403,
        "This is not the set-up code",
        "The first set-up needs the one-time code in the gateway's log.",
        "Look for the line setup.code in the log of the gateway.",
    ),
}
