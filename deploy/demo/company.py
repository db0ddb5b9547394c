"""Fernhollow Systems, a fictional IT-service and software company: its people and its teams."""

from __future__ import annotations

from dataclasses import dataclass

ORGANISATION = "Fernhollow Systems"
TIME_ZONE = "Europe/Berlin"
DOMAIN = "fernhollow.example"  # a name that can never receive mail (RFC 2606)


@dataclass(frozen=True)
class DemoPerson:
    """One of the company: ``role`` as in the permission table; ``zone`` is where they work."""

    name: str
    role: str = "member"
    zone: str = TIME_ZONE

    @property
    def email(self) -> str:
        """First name and surname at the demo domain, in ASCII."""
        return f"{self.name.lower().replace(' ', '.').replace(chr(39), '')}@{DOMAIN}"


@dataclass(frozen=True)
class DemoTeam:
    """A team; ``parent`` by name.

    ``weekday_offset`` counts days from today's weekday, so that some team is due today.
    """

    name: str
    parent: str | None
    lead: str
    members: tuple[str, ...]
    weekday_offset: int
    every: str = "weekly"


ADMIN = DemoPerson("Ines Larkspur", "admin")

PEOPLE: tuple[DemoPerson, ...] = (
    ADMIN,
    DemoPerson("Odo Hartfeld", "leader"),
    DemoPerson("Saoirse Finch", "leader", "Europe/Dublin"),
    DemoPerson("Mirela Stonebridge", "leader"),
    DemoPerson("Jun Alder"),
    DemoPerson("Priya Thornbury", zone="Europe/London"),
    DemoPerson("Wanjiru Moss", zone="Africa/Nairobi"),
    DemoPerson("Teo Rowan"),
    DemoPerson("Bram Ketteler"),
    DemoPerson("Noor Calloway", "viewer"),
    DemoPerson("Ilse Brackenwood"),
    DemoPerson("Tomas Fernsby"),
    DemoPerson("Yara Whitlock", zone="America/Sao_Paulo"),
    DemoPerson("Kofi Larchmere", zone="Africa/Accra"),
    DemoPerson("Petra Quillon"),
    DemoPerson("Henrik Sorrel", zone="Europe/Stockholm"),
    DemoPerson("Anneke Dovecote"),
    DemoPerson("Dario Maplethorpe", zone="Europe/Rome"),
    DemoPerson("Sunniva Reed", zone="Europe/Oslo"),
    DemoPerson("Emeka Thistlewood", zone="Africa/Lagos"),
    DemoPerson("Clara Windermoor"),
    DemoPerson("Rafael Oakhurst", zone="America/Sao_Paulo"),
    DemoPerson("Lotte Hazelgrove"),
    DemoPerson("Mateusz Birchwell", zone="Europe/Warsaw"),
    DemoPerson("Aiko Fairweather", zone="Asia/Tokyo"),
    DemoPerson("Gideon Marsh"),
    DemoPerson("Salma Elderfield", zone="Africa/Cairo"),
    DemoPerson("Viktor Ashcombe"),
    DemoPerson("Leonie Pebblebrook"),
    DemoPerson("Owen Tarn", zone="Europe/London"),
    DemoPerson("Beatriz Copperfield-Montenegro de la Vega", zone="Europe/Madrid"),
    DemoPerson("Jonas Heathrow"),
    DemoPerson("Maren Silverlake"),
    DemoPerson("Callum Ivybridge", zone="Europe/London"),
    DemoPerson("Nadia Greenholm"),
    DemoPerson("Pavel Rushmere", zone="Europe/Prague"),
    DemoPerson("Freya Nettlefold"),
    DemoPerson("Idris Saltmarsh", zone="Asia/Kolkata"),
    DemoPerson("Greta Willowby"),
    DemoPerson("Luca Fenwright", zone="Europe/Rome"),
)

TEAMS: tuple[DemoTeam, ...] = (
    DemoTeam("Engineering", None, "Odo Hartfeld", ("Odo Hartfeld", "Ilse Brackenwood", "Gideon Marsh"), 1),
    DemoTeam("Customers", None, "Saoirse Finch", ("Saoirse Finch", "Maren Silverlake", "Owen Tarn"), 2),
    DemoTeam(
        "Business",
        None,
        "Mirela Stonebridge",
        ("Mirela Stonebridge", "Viktor Ashcombe", "Nadia Greenholm", "Greta Willowby", "Noor Calloway"),
        3,
        "biweekly",
    ),
    DemoTeam(
        "Platform Operations",
        "Engineering",
        "Jun Alder",
        ("Jun Alder", "Wanjiru Moss", "Bram Ketteler", "Tomas Fernsby", "Kofi Larchmere", "Pavel Rushmere"),
        0,
    ),
    DemoTeam(
        "Delivery Engineering",
        "Engineering",
        "Priya Thornbury",
        (
            "Priya Thornbury",
            "Teo Rowan",
            "Yara Whitlock",
            "Henrik Sorrel",
            "Aiko Fairweather",
            "Idris Saltmarsh",
        ),
        -1,
    ),
    DemoTeam(
        "Customer Success",
        "Customers",
        "Petra Quillon",
        ("Petra Quillon", "Anneke Dovecote", "Dario Maplethorpe", "Clara Windermoor", "Freya Nettlefold"),
        -2,
    ),
    DemoTeam(
        "Service Desk",
        "Customers",
        "Sunniva Reed",
        (
            "Sunniva Reed",
            "Emeka Thistlewood",
            "Rafael Oakhurst",
            "Lotte Hazelgrove",
            "Jonas Heathrow",
            "Beatriz Copperfield-Montenegro de la Vega",
        ),
        0,
    ),
    DemoTeam(
        "Observability",
        "Platform Operations",
        "Mateusz Birchwell",
        ("Mateusz Birchwell", "Salma Elderfield", "Leonie Pebblebrook", "Callum Ivybridge", "Luca Fenwright"),
        -3,
    ),
)

SIGN_INS: tuple[tuple[str, str], ...] = (
    ("Ines Larkspur", "admin: everything, also Admin"),
    ("Odo Hartfeld", "leader, leads Engineering"),
    ("Jun Alder", "leads Platform Operations; owes check-ins today"),
    ("Wanjiru Moss", "member of Platform Operations"),
    ("Noor Calloway", "viewer: reads, changes nothing"),
)
