"""Everything that this service says: the event on the left, when it is said on the right.

The subject of each is the key result (of a reminder: the person). Of two judgements of one key result, the
one with the greater ``(standing.seq, standing.at)`` is the newer.
"""

from __future__ import annotations

from typing import Final

from libs.contracts import checkins as say

PUBLICATIONS: Final[dict[str, str]] = {
    say.ProgressRecorded.TYPE: "a check-in, a revision or an undo is stored",
    say.StandingChanged.TYPE: "a check-in or time made a key result's judgement another one",
    say.KeyResultAchieved.TYPE: "a key result reached its target, for the first time in its cycle",
    say.KeyResultAtRisk.TYPE: "it got worse into behind or at risk, or stays there with news",
    say.KeyResultRecovered.TYPE: "a key result that was at risk is on track again",
    say.CheckInDue.TYPE: "a person owes check-ins today, by their own clock",
    say.CheckInOverdue.TYPE: "a person missed check-ins; said once",
}
