"""What Fernhollow's teams want this quarter, and which company objective or key result they serve."""

from __future__ import annotations

from deploy.demo.company_objectives import FLOW, HOME, SAFE, SELL, STAY, TRUST
from deploy.demo.objectives import DemoObjective

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
            ("Storage above 80% for more than a day", "volumes", 23, 4, "on"),
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
