"""What Fernhollow as a whole wants: this quarter, and in the last one with what its teams did for it."""

from __future__ import annotations

from deploy.demo.objectives import DemoObjective, company_objective

TRUST = "Customers trust us with the systems they cannot afford to lose"
HOME = "New customers feel at home in their first month"
STAY = "People stay because the work is worth doing"
SELL = "We sell only what we can run well"
FLOW = "Good ideas reach customers in days, not quarters"
SAFE = "Security is a habit, not a project"

COMPANY: tuple[DemoObjective, ...] = (
    company_objective(
        TRUST,
        "Renewals follow calm nights. Two customers left over outages last year.",
        "Ines Larkspur",
        ("Hosted systems available 99.90% or more", "%", 99.2, 99.9, "on"),
        ("P1 incidents a month", "incidents", 14, 5, "on"),
        ("Median time to restore service", "min", 95, 30, "risk"),
    ),
    company_objective(
        HOME,
        "Those who see value in the first month stay for years.",
        "Saoirse Finch",
        ("Time to first value", "days", 21, 9, "on"),
        ("Onboarding satisfaction", "points", 31, 50, "slow"),
        ("Customers certified on their own platform", "customers", 0, 12, "done"),
    ),
    company_objective(
        STAY,
        "Hiring costs a year's salary; keeping costs attention.",
        "Mirela Stonebridge",
        ("Engagement pulse", "points", 6.8, 7.8, "slow"),
        ("Unplanned night calls per engineer", "calls", 5, 1, "stale"),
        ("Baseline for internal moves recorded", "yes/no", 0, 1, "waiting"),
    ),
    company_objective(
        SELL,
        "Every promise beyond our run-books becomes somebody's weekend.",
        "Mirela Stonebridge",
        ("Offers reviewed by operations before they go out", "%", 35, 95, "on"),
        ("Contracts with a service level we measure", "%", 48, 90, "on"),
        ("Services retired from the catalogue", "services", 0, 6, "slow"),
    ),
    company_objective(
        FLOW,
        "Waiting is the largest part of every lead time we measured.",
        "Odo Hartfeld",
        ("Lead time from commit to customer", "days", 12, 3, "on"),
        ("Deployments a week, all products", "deployments", 22, 60, "on"),
        ("Work items older than 30 days", "items", 140, 40, "slow"),
    ),
    company_objective(
        SAFE,
        "Auditors ask once a year; attackers ask every day.",
        "Odo Hartfeld",
        ("Critical findings open for more than 7 days", "findings", 18, 0, "on"),
        ("Services with a current threat model", "services", 4, 24, "risk"),
        ("Staff with hardware keys", "%", 41, 100, "on"),
    ),
)


LAST_QUARTER: tuple[DemoObjective, ...] = (
    company_objective(
        "Fewer outages, shorter nights",
        "The spring was hard on everyone.",
        "Ines Larkspur",
        ("P1 incidents a month, last quarter", "incidents", 21, 14, "done"),
        ("Median time to restore, last quarter", "min", 140, 90, "on"),
        ("Customers informed within 15 minutes", "%", 40, 95, "slow"),
    ),
    company_objective(
        "Every customer has a named contact",
        "A queue is not a relationship.",
        "Saoirse Finch",
        ("Customers with a named contact", "%", 35, 100, "done"),
        ("Contacts who met their customer", "%", 10, 80, "slow"),
    ),
    DemoObjective(
        "Runbooks for the ten loudest services",
        "Ten services made eighty per cent of the pages.",
        "Jun Alder",
        "Platform Operations",
        "Fewer outages, shorter nights",
        (("Runbooks written", "runbooks", 0, 10, "done"), ("Runbooks rehearsed", "runbooks", 0, 10, "risk")),
    ),
    DemoObjective(
        "Status page customers believe",
        "They looked at the forum instead.",
        "Mateusz Birchwell",
        "Observability",
        "Fewer outages, shorter nights",
        (
            ("Incidents shown within 5 minutes", "%", 22, 95, "on"),
            ("Visitors of the status page", "visitors", 300, 1500, "done"),
        ),
    ),
    DemoObjective(
        "A handover one can sign",
        "Half of the facts lived in mailboxes.",
        "Petra Quillon",
        "Customer Success",
        "Every customer has a named contact",
        (
            ("Handovers with a checklist", "%", 0, 90, "on"),
            ("Open questions after a handover", "questions", 14, 3, "slow"),
        ),
    ),
)
