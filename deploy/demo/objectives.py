"""What Fernhollow wants this quarter and wanted in the last one, and how each key result will fare.

A key result is ``(title, unit, start, target, fate)``; unit ``yes/no`` makes it boolean. Fates: ``on`` track,
``slow`` (behind), ``risk``, ``done``, ``stale`` (its owner fell silent), ``waiting`` (no check-in yet).
"""

from __future__ import annotations

from dataclasses import dataclass

KeyResultRow = tuple[str, str, float, float, str]


@dataclass(frozen=True)
class DemoObjective:
    """``parent`` is the title of an objective, or of a key result when it starts with ``KR:``."""

    title: str
    why: str
    owner: str
    team: str | None
    parent: str | None
    key_results: tuple[KeyResultRow, ...]
    level: str = "team"
    weight: float = 1


def _company(title: str, why: str, owner: str, *rows: KeyResultRow) -> DemoObjective:
    return DemoObjective(title, why, owner, None, None, rows, "company")


TRUST = "Customers trust us with the systems they cannot afford to lose"
HOME = "New customers feel at home in their first month"
STAY = "People stay because the work is worth doing"
SELL = "We sell only what we can run well"
FLOW = "Good ideas reach customers in days, not quarters"
SAFE = "Security is a habit, not a project"

COMPANY: tuple[DemoObjective, ...] = (
    _company(
        TRUST,
        "Renewals follow calm nights. Two customers left over outages last year.",
        "Ines Larkspur",
        ("Hosted systems available 99.90 % or more", "%", 99.2, 99.9, "on"),
        ("P1 incidents a month", "incidents", 14, 5, "on"),
        ("Median time to restore service", "min", 95, 30, "risk"),
    ),
    _company(
        HOME,
        "Those who see value in the first month stay for years.",
        "Saoirse Finch",
        ("Time to first value", "days", 21, 9, "on"),
        ("Onboarding satisfaction", "points", 31, 50, "slow"),
        ("Customers certified on their own platform", "customers", 0, 12, "done"),
    ),
    _company(
        STAY,
        "Hiring costs a year's salary; keeping costs attention.",
        "Mirela Stonebridge",
        ("Engagement pulse", "points", 6.8, 7.8, "slow"),
        ("Unplanned night calls per engineer", "calls", 5, 1, "stale"),
        ("Baseline for internal moves recorded", "yes/no", 0, 1, "waiting"),
    ),
    _company(
        SELL,
        "Every promise beyond our run-books becomes somebody's weekend.",
        "Mirela Stonebridge",
        ("Offers reviewed by operations before they go out", "%", 35, 95, "on"),
        ("Contracts with a service level we measure", "%", 48, 90, "on"),
        ("Services retired from the catalogue", "services", 0, 6, "slow"),
    ),
    _company(
        FLOW,
        "Waiting is the largest part of every lead time we measured.",
        "Odo Hartfeld",
        ("Lead time from commit to customer", "days", 12, 3, "on"),
        ("Deployments a week, all products", "deployments", 22, 60, "on"),
        ("Work items older than 30 days", "items", 140, 40, "slow"),
    ),
    _company(
        SAFE,
        "Auditors ask once a year; attackers ask every day.",
        "Odo Hartfeld",
        ("Critical findings open for more than 7 days", "findings", 18, 0, "on"),
        ("Services with a current threat model", "services", 4, 24, "risk"),
        ("Staff with hardware keys", "%", 41, 100, "on"),
    ),
)

TEAM: tuple[DemoObjective, ...] = (
    DemoObjective(
        "Every release is a quiet one",
        "A release nobody notices is the best compliment.",
        "Priya Thornbury",
        "Delivery Engineering",
        TRUST,
        (
            ("Change failure rate", "%", 18, 8, "on"),
            ("Deployments a week", "deployments", 6, 20, "on"),
            ("Roll-back rehearsed in every service", "services", 0, 14, "on"),
        ),
    ),
    DemoObjective(
        "Recover before customers notice",
        "Rehearsed hands are calm hands.",
        "Jun Alder",
        "Platform Operations",
        "KR:Median time to restore service",
        (
            ("Services with a rehearsed runbook", "services", 0, 20, "slow"),
            ("Alerts that need no action", "%", 61, 20, "slow"),
            ("Time to page the right person", "min", 11, 3, "risk"),
        ),
    ),
    DemoObjective(
        "Capacity never surprises us",
        "We ran out of storage twice in spring.",
        "Jun Alder",
        "Platform Operations",
        TRUST,
        (
            ("Clusters with a capacity forecast", "clusters", 2, 11, "on"),
            ("Storage above 80 % for more than a day", "volumes", 23, 4, "on"),
            ("Restore tests passed", "tests", 0, 30, "on"),
        ),
    ),
    DemoObjective(
        "Platform costs follow use",
        "We pay for idle machines every night.",
        "Wanjiru Moss",
        "Platform Operations",
        SELL,
        (
            ("Idle compute", "%", 38, 15, "on"),
            ("Cost shown per customer", "customers", 0, 40, "slow"),
            ("Old cluster switched off", "yes/no", 0, 1, "waiting"),
        ),
    ),
    DemoObjective(
        "We see trouble before it hurts",
        "Half of our alerts come from customers.",
        "Mateusz Birchwell",
        "Observability",
        "Recover before customers notice",
        (
            ("Incidents we found first", "%", 49, 85, "on"),
            ("Services with golden signals on one page", "services", 9, 36, "on"),
            ("Trace coverage of customer requests", "%", 22, 80, "slow"),
        ),
    ),
    DemoObjective(
        "Dashboards people open unasked",
        "Nobody trusts a graph that lied once.",
        "Salma Elderfield",
        "Observability",
        FLOW,
        (
            ("Weekly readers of team dashboards", "people", 12, 60, "on"),
            ("Dashboards without an owner", "dashboards", 88, 10, "on"),
            ("Median dashboard load time", "s", 9, 2, "done"),
        ),
    ),
    DemoObjective(
        "From idea to pilot in ten days",
        "Pilots teach more than plans.",
        "Teo Rowan",
        "Delivery Engineering",
        FLOW,
        (
            ("Pilots started", "pilots", 0, 9, "on"),
            ("Median idea-to-pilot time", "days", 34, 10, "slow"),
            ("Pilots with a named customer", "%", 20, 90, "on"),
        ),
    ),
    DemoObjective(
        "The pipeline is nobody's bottleneck",
        "Waiting for builds is paid time.",
        "Henrik Sorrel",
        "Delivery Engineering",
        FLOW,
        (
            ("Median pipeline time", "min", 41, 12, "on"),
            ("Flaky tests in quarantine", "tests", 64, 5, "on"),
            ("Builds that fail for infrastructure reasons", "%", 9, 1, "risk"),
        ),
    ),
    DemoObjective(
        "Dependencies are current by default",
        "Old libraries are tomorrow's incidents.",
        "Yara Whitlock",
        "Delivery Engineering",
        SAFE,
        (
            ("Repositories with automatic updates", "repositories", 11, 70, "on"),
            ("Median age of a dependency", "days", 210, 60, "slow"),
            ("Known vulnerable packages in production", "packages", 37, 0, "on"),
        ),
    ),
    DemoObjective(
        "Engineering writes down what it decides",
        "New colleagues ask the same six questions.",
        "Ilse Brackenwood",
        "Engineering",
        FLOW,
        (
            ("Teams with a decision log", "teams", 1, 8, "on"),
            ("Decisions found in under a minute", "%", 15, 80, "slow"),
            ("Design reviews held", "reviews", 0, 24, "on"),
        ),
    ),
    DemoObjective(
        "Threat modelling is part of design",
        "Late findings cost ten times more.",
        "Odo Hartfeld",
        "Engineering",
        "KR:Services with a current threat model",
        (
            ("Engineers trained in threat modelling", "people", 6, 30, "slow"),
            ("Designs with a threat model before build", "%", 10, 75, "risk"),
            ("Security champions named", "people", 0, 8, "done"),
        ),
    ),
    DemoObjective(
        "On-call is a week one can live with",
        "Tired people make the next incident.",
        "Gideon Marsh",
        "Engineering",
        STAY,
        (
            ("Pages outside working hours a week", "pages", 46, 12, "on"),
            ("On-call weeks with fair compensation", "%", 55, 100, "on"),
            ("Engineers willing to stay on the rota", "%", 62, 90, "stale"),
        ),
    ),
    DemoObjective(
        "Onboarding runs on rails",
        "Every customer asked us the same things in a different order.",
        "Petra Quillon",
        "Customer Success",
        HOME,
        (
            ("Onboardings on the standard path", "%", 30, 90, "on"),
            ("Hand-overs with a signed checklist", "%", 40, 100, "on"),
            ("Days until the first invited colleague", "days", 9, 2, "slow"),
        ),
    ),
    DemoObjective(
        "Customers teach customers",
        "A peer convinces where we only claim.",
        "Anneke Dovecote",
        "Customer Success",
        HOME,
        (
            ("Customer sessions held", "sessions", 0, 8, "on"),
            ("Reference customers", "customers", 5, 14, "on"),
            ("Community answers accepted within a day", "%", 25, 70, "slow"),
        ),
    ),
    DemoObjective(
        "No renewal is a surprise",
        "We knew about two of seven losses.",
        "Clara Windermoor",
        "Customer Success",
        "KR:Contracts with a service level we measure",
        (
            ("Renewals with a health score", "%", 20, 100, "on"),
            ("At-risk accounts with a plan", "accounts", 3, 18, "on"),
            ("Executive reviews held", "reviews", 0, 16, "stale"),
        ),
    ),
    DemoObjective(
        "First answer, right answer",
        "A second reply doubles the cost and halves the trust.",
        "Sunniva Reed",
        "Service Desk",
        TRUST,
        (
            ("Tickets solved at first contact", "%", 54, 75, "on"),
            ("Reopened tickets", "%", 14, 4, "slow"),
            ("Articles customers used without a ticket", "uses", 800, 3000, "on"),
        ),
    ),
    DemoObjective(
        "Nobody waits without knowing",
        "Silence is what customers complain about.",
        "Emeka Thistlewood",
        "Service Desk",
        HOME,
        (
            ("Tickets updated within the promised time", "%", 71, 98, "on"),
            ("Median first response", "min", 47, 15, "on"),
            ("Satisfaction after a ticket", "points", 4.1, 4.6, "slow"),
        ),
    ),
    DemoObjective(
        "The desk learns a product a month",
        "Escalations land on three people.",
        "Rafael Oakhurst",
        "Service Desk",
        STAY,
        (
            ("Agents certified on two products", "people", 4, 16, "on"),
            ("Escalations to engineering a week", "escalations", 58, 25, "risk"),
            ("Shadowing days held", "days", 0, 20, "on"),
        ),
    ),
    DemoObjective(
        "One price list that operations signs",
        "Four price lists made nineteen special cases.",
        "Viktor Ashcombe",
        "Business",
        SELL,
        (
            ("Special prices in force", "prices", 19, 3, "on"),
            ("Offers made from the catalogue", "%", 45, 95, "slow"),
            ("Sales trained on the catalogue", "people", 0, 12, "done"),
        ),
    ),
    DemoObjective(
        "Careers have visible steps",
        "People leave for steps they could have taken here.",
        "Nadia Greenholm",
        "Business",
        STAY,
        (
            ("Roles with a written career path", "roles", 3, 14, "on"),
            ("Development talks held", "talks", 0, 40, "slow"),
            ("Open roles filled from within", "%", 8, 30, "waiting"),
        ),
    ),
)

PERSON: tuple[DemoObjective, ...] = tuple(
    DemoObjective(title, why, owner, team, parent, rows, "person")
    for title, why, owner, team, parent, rows in (
        (
            "Incident reviews people learn from",
            "A review without a change is a meeting.",
            "Jun Alder",
            "Platform Operations",
            "Recover before customers notice",
            (
                ("Incident reviews led", "reviews", 0, 6, "on"),
                ("Review actions closed in two weeks", "%", 35, 90, "slow"),
            ),
        ),
        (
            "Failover is routine",
            "I want to be bored by it.",
            "Wanjiru Moss",
            "Platform Operations",
            "Recover before customers notice",
            (
                ("Failovers rehearsed", "rehearsals", 0, 6, "slow"),
                ("Open failover findings", "findings", 9, 0, "on"),
            ),
        ),
        (
            "Paging reaches the right person",
            "Wrong pages wake the wrong house.",
            "Bram Ketteler",
            "Platform Operations",
            "KR:Time to page the right person",
            (("Escalation policies reviewed", "policies", 0, 22, "risk"),),
        ),
        (
            "Storage forecasts one can trust",
            "Two surprises were enough.",
            "Tomas Fernsby",
            "Platform Operations",
            "Capacity never surprises us",
            (("Forecast error", "%", 40, 10, "on"),),
        ),
        (
            "Backups are proven, not believed",
            "A backup is a restore that worked.",
            "Kofi Larchmere",
            "Platform Operations",
            "KR:Restore tests passed",
            (
                ("Databases restored in drill", "databases", 0, 12, "on"),
                ("Restore runbooks under an hour", "runbooks", 1, 8, "slow"),
            ),
        ),
        (
            "The old cluster goes gracefully",
            "It has earned a quiet end.",
            "Pavel Rushmere",
            "Platform Operations",
            "Platform costs follow use",
            (("Workloads moved off the old cluster", "workloads", 0, 31, "slow"),),
        ),
        (
            "Signals, not noise",
            "I mute more than I read.",
            "Leonie Pebblebrook",
            "Observability",
            "We see trouble before it hurts",
            (("Noisy alerts removed", "alerts", 0, 120, "on"),),
        ),
        (
            "Traces from edge to database",
            "The gap is where the minutes go.",
            "Callum Ivybridge",
            "Observability",
            "KR:Trace coverage of customer requests",
            (
                ("Services sending traces", "services", 7, 30, "slow"),
                ("Traces with a database span", "%", 12, 80, "on"),
            ),
        ),
        (
            "Observability on one invoice",
            "Three tools count the same log.",
            "Luca Fenwright",
            "Observability",
            "Dashboards people open unasked",
            (("Log volume a day", "GB", 900, 350, "on"),),
        ),
        (
            "A service page for every service",
            "One page, four signals, an owner.",
            "Mateusz Birchwell",
            "Observability",
            "We see trouble before it hurts",
            (("Service pages published", "pages", 4, 36, "on"),),
        ),
        (
            "A roll-back takes one command",
            "Courage comes from a way back.",
            "Priya Thornbury",
            "Delivery Engineering",
            "Every release is a quiet one",
            (("Services with one-command roll-back", "services", 3, 14, "on"),),
        ),
        (
            "Contract tests between our services",
            "Integration day is every day.",
            "Aiko Fairweather",
            "Delivery Engineering",
            "Every release is a quiet one",
            (
                ("Interfaces under contract test", "interfaces", 2, 20, "on"),
                ("Integration bugs found after merge", "bugs", 16, 4, "slow"),
            ),
        ),
        (
            "Pilots that end with a decision",
            "A pilot without an end is a product.",
            "Idris Saltmarsh",
            "Delivery Engineering",
            "From idea to pilot in ten days",
            (("Pilots decided within 30 days", "%", 20, 100, "waiting"),),
        ),
        (
            "Builds under ten minutes at home, too",
            "Feedback loses worth by the minute.",
            "Henrik Sorrel",
            "Delivery Engineering",
            "The pipeline is nobody's bottleneck",
            (("Local build time", "min", 26, 8, "on"),),
        ),
        (
            "Safe defaults in every template",
            "Nobody should have to remember it.",
            "Yara Whitlock",
            "Delivery Engineering",
            "Dependencies are current by default",
            (("Templates with safe defaults", "templates", 1, 9, "on"),),
        ),
        (
            "Show the work early",
            "Late demos hide early doubts.",
            "Teo Rowan",
            "Delivery Engineering",
            "From idea to pilot in ten days",
            (
                ("Customer demos given", "demos", 0, 10, "done"),
                ("Feedback turned into a ticket in a day", "%", 30, 90, "on"),
            ),
        ),
        (
            "A handbook newcomers finish",
            "It should answer before one asks.",
            "Ilse Brackenwood",
            "Engineering",
            "Engineering writes down what it decides",
            (("Handbook chapters reviewed", "chapters", 0, 18, "on"),),
        ),
        (
            "A rota that fits families",
            "School runs are not optional.",
            "Gideon Marsh",
            "Engineering",
            "On-call is a week one can live with",
            (("Rota swaps granted within a day", "%", 50, 100, "on"),),
        ),
        (
            "Checklists customers like",
            "Short enough to be read.",
            "Dario Maplethorpe",
            "Customer Success",
            "Onboarding runs on rails",
            (
                ("Checklists rewritten with customers", "checklists", 0, 7, "on"),
                ("Checklist completion", "%", 45, 95, "on"),
            ),
        ),
        (
            "The first call is theirs",
            "We talk too much in the first hour.",
            "Freya Nettlefold",
            "Customer Success",
            "Onboarding runs on rails",
            (("First calls led by the customer", "%", 10, 60, "slow"),),
        ),
        (
            "Ten customers on stage",
            "Their words, their slides.",
            "Anneke Dovecote",
            "Customer Success",
            "Customers teach customers",
            (("Speakers prepared", "people", 0, 10, "on"),),
        ),
        (
            "Health scores that predict",
            "A green account left us in June.",
            "Clara Windermoor",
            "Customer Success",
            "No renewal is a surprise",
            (("Losses the score foresaw", "%", 28, 80, "stale"),),
        ),
        (
            "Kind, short, complete answers",
            "Three words that fit on my screen.",
            "Lotte Hazelgrove",
            "Service Desk",
            "First answer, right answer",
            (("Answers reviewed by a peer", "answers", 0, 60, "on"),),
        ),
        (
            "Articles from real tickets",
            "The best article is yesterday's answer.",
            "Jonas Heathrow",
            "Service Desk",
            "First answer, right answer",
            (
                ("Articles published from tickets", "articles", 0, 45, "on"),
                ("Articles rated useful", "%", 52, 80, "slow"),
            ),
        ),
        (
            "No ticket sleeps over the weekend",
            "Monday begins on Friday.",
            "Beatriz Copperfield-Montenegro de la Vega",
            "Service Desk",
            "Nobody waits without knowing",
            (("Tickets without an update on Friday evening", "tickets", 70, 5, "on"),),
        ),
        (
            "Know the storage product by heart",
            "It is the one I fear.",
            "Emeka Thistlewood",
            "Service Desk",
            "The desk learns a product a month",
            (("Storage labs finished", "labs", 0, 8, "risk"),),
        ),
        (
            "A catalogue page per service",
            "What it is, what it costs, what we promise.",
            "Greta Willowby",
            "Business",
            "One price list that operations signs",
            (("Catalogue pages published", "pages", 0, 26, "on"),),
        ),
        (
            "Interviews that respect time",
            "Four rounds helped nobody.",
            "Nadia Greenholm",
            "Business",
            "Careers have visible steps",
            (
                ("Rounds per hire", "rounds", 4, 2, "done"),
                ("Days from application to answer", "days", 24, 7, "on"),
            ),
        ),
        (
            "Renewal calendar everyone sees",
            "A date in my head helps nobody.",
            "Maren Silverlake",
            "Customers",
            "No renewal is a surprise",
            (("Contracts in the shared calendar", "contracts", 12, 130, "on"),),
        ),
        (
            "Escalations with one voice",
            "Customers heard three versions.",
            "Owen Tarn",
            "Customers",
            "Nobody waits without knowing",
            (("Escalations with a named voice", "%", 30, 100, "on"),),
        ),
    )
)

LAST_QUARTER: tuple[DemoObjective, ...] = (
    _company(
        "Fewer outages, shorter nights",
        "The spring was hard on everyone.",
        "Ines Larkspur",
        ("P1 incidents a month, last quarter", "incidents", 21, 14, "done"),
        ("Median time to restore, last quarter", "min", 140, 90, "on"),
        ("Customers informed within 15 minutes", "%", 40, 95, "slow"),
    ),
    _company(
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
