"""Time alone changes statuses: each organisation's objectives are judged anew after its local midnight."""

from __future__ import annotations

from dataclasses import replace

from services.goals.usecases.ports import LostRace, Ports


def judge_day(ports: Ports) -> int:
    """Objectives that the passing of time, a changed cycle or changed lines may have moved are due; how many.

    What is owed stands in the organisation (``judged_on``) and in the cycle (``judge_due``) until it is done,
    so dying in between repeats it, and a change that comes meanwhile is done again.
    """
    due = 0
    for organisation in ports.organisations.everyone():
        today = organisation.today(ports.now())
        if organisation.judged_on == today:
            continue
        due += ports.objectives.owe_themselves(organisation.id, ports.cycles.open_ids(organisation.id))
        try:
            ports.organisations.save(replace(organisation, judged_on=today), edited=False)
        except LostRace:
            continue  # changed meanwhile: the next round judges by the new values
    for cycle in ports.cycles.judge_due():
        due += ports.objectives.owe_themselves(cycle.organisation_id, [cycle.id])
        try:
            ports.cycles.save(replace(cycle, judge_due=False), edited=False)
        except LostRace:
            continue
    return due
