"""Ten kinds of case and what depends on them.

Figures are of three kinds: shares published with the CTDC data sets, numbers of cases told at an
expert meeting on forced criminality (sizes of single cases give only the range), and assumptions.
None is an estimate for any country or year. No kind of case has a nationality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthcase.errors import InternalError

__all__ = ["NETWORK_TYPES", "YEARS", "NetworkType", "Sizes"]

YEARS = tuple(range(2010, 2024))

_STEADY = (1.0,) * 14
_RISING_AFTER_2017 = (*(0.3,) * 8, 0.8, 1.2, 1.6, 2.0, 2.4, 2.8)
_RISING_AFTER_2021 = (*(1.0,) * 12, 2.2, 3.0)
_ONLY_2012_TO_2017 = (0.0, 0.0, *(1.0,) * 6, *(0.0,) * 6)


@dataclass(frozen=True)
class Sizes:
    """A number of persons: negative binomial, cut to a range."""

    mean: float
    low: int
    high: int
    shape: float = 1.0

    def __post_init__(self) -> None:
        """Check the order."""
        if not self.low < self.mean < self.high:
            raise InternalError("The mean of a size lies outside its range.")


@dataclass(frozen=True, kw_only=True)
class NetworkType:
    """One kind of case.

    Attributes:
        name: Its value in `case.network_type`.
        share: Share of cases.
        victims: Victims of a case.
        traffickers: Traffickers of a case in which any is identified.
        family: Whether the organisation is usually a family.
        female: Share of women and girls among the victims.
        ages: First age, last age and weight of each band, at recruitment.
        routes: Shares of the shapes domestic, neighbour, far_land, far_air.
        extra_legs: Mean number of legs beyond those the route needs.
        fewest_legs: Smallest number of legs.
        most_legs: Largest number of legs.
        mobility: Share of extra legs that cross another border.
        relation: Recruiter is family; partner; friend or acquaintance; stranger or employer.
        employer: Share of employers among the last.
        exploitation: Main type of exploitation.
        offences: What the victims are forced to do, with weights.
        second: Weights of a second type of exploitation.
        second_offence: Forced offence of a second exploitation by forced criminality.
        months: Median duration of the exploitation.
        vulnerability: Weights in the order of `victim.vulnerability`.
        sees_self: Share who see themselves as victims.
        offender_first: Share who are first identified as offenders.
        testified: Share who testify.
        paid: Share who paid the recruiter.
        online: Share recruited online, about 2016.
        joint: Share of joint investigations.
        years: Weights of 2010 to 2023.
    """

    name: str
    share: float
    victims: Sizes
    traffickers: Sizes
    family: bool = False
    female: float
    ages: tuple[tuple[int, int, float], ...]
    routes: tuple[float, float, float, float]
    extra_legs: float
    fewest_legs: int = 0
    most_legs: int = 6
    mobility: float = 0.2
    relation: tuple[float, float, float, float]
    employer: float = 0.1
    exploitation: str
    offences: Mapping[str, float] = field(default_factory=dict)
    second: Mapping[str, float]
    second_offence: Mapping[str, float] = field(default_factory=lambda: {"theft": 1.0})
    months: float
    vulnerability: tuple[float, float, float, float, float, float, float]
    sees_self: float
    offender_first: float
    testified: float
    paid: float
    online: float
    joint: float = 0.15
    years: tuple[float, ...] = _STEADY


_CRIME_SECOND = {"labour": 0.35, "begging": 0.3, "sexual": 0.25, "forced_marriage": 0.1}

NETWORK_TYPES = (
    NetworkType(
        name="sexual_exploitation", share=0.30, victims=Sizes(3, 1, 25),
        traffickers=Sizes(3, 1, 10), female=0.949,
        ages=((4, 8, 2.2), (12, 17, 31.2), (18, 20, 17.3), (21, 23, 15.0), (24, 26, 11.2),
              (27, 29, 6.9), (30, 38, 12.2), (39, 47, 2.8), (48, 65, 1.1)),
        routes=(0.35, 0.35, 0.10, 0.20), extra_legs=0.49,
        relation=(27, 35, 13, 25), exploitation="sexual",
        second={"forced_criminality": 0.42, "labour": 0.38, "forced_marriage": 0.2},
        second_offence={"false_document": 1.0},
        months=9, vulnerability=(35, 5, 4, 8, 12, 8, 28),
        sees_self=0.5, offender_first=0.1, testified=0.4, paid=0.15, online=0.25,
    ),
    NetworkType(
        name="labour", share=0.20, victims=Sizes(12, 1, 80), traffickers=Sizes(3, 1, 10),
        female=0.462,
        ages=((6, 8, 1.6), (12, 17, 13.1), (18, 20, 4.8), (21, 23, 6.9), (24, 26, 8.3),
              (27, 29, 9.6), (30, 38, 33.5), (39, 47, 14.2), (48, 65, 8.0)),
        routes=(0.10, 0.50, 0.20, 0.20), extra_legs=0.24,
        relation=(4, 1, 16, 79), employer=0.5, exploitation="labour",
        second={"forced_criminality": 0.42, "sexual": 0.4, "begging": 0.18},
        months=16, vulnerability=(45, 0, 2, 5, 25, 5, 18),
        sees_self=0.6, offender_first=0.05, testified=0.5, paid=0.4, online=0.25,
        years=_RISING_AFTER_2021,
    ),
    NetworkType(
        name="family_pickpocketing", share=0.12, victims=Sizes(8, 2, 45, 2.0),
        traffickers=Sizes(8, 3, 20, 2.0), family=True, female=0.5,
        ages=((8, 12, 35), (13, 17, 45), (18, 24, 12), (25, 40, 8)),
        routes=(0.05, 0.45, 0.40, 0.10), extra_legs=1.36, mobility=0.7,
        relation=(85, 2, 8, 5), exploitation="forced_criminality",
        offences={"pickpocketing": 0.6, "shoplifting": 0.25, "burglary": 0.1, "robbery": 0.05},
        second=_CRIME_SECOND, months=36, vulnerability=(50, 3, 2, 1, 14, 5, 25),
        sees_self=0.1, offender_first=0.6, testified=0.05, paid=0.02, online=0.02, joint=0.6,
    ),
    NetworkType(
        name="forced_begging", share=0.10, victims=Sizes(4, 1, 15, 2.0),
        traffickers=Sizes(2, 1, 6), family=True, female=0.6,
        ages=((4, 8, 10), (9, 17, 40), (18, 30, 15), (31, 47, 20), (48, 70, 15)),
        routes=(0.40, 0.40, 0.15, 0.05), extra_legs=0.38,
        relation=(58, 2, 15, 25), exploitation="begging", offences={"begging": 0.9, "theft": 0.1},
        second={"forced_criminality": 0.4, "labour": 0.4, "sexual": 0.2},
        second_offence={"theft": 0.7, "pickpocketing": 0.3},
        months=24, vulnerability=(35, 4, 30, 3, 8, 12, 8),
        sees_self=0.2, offender_first=0.3, testified=0.15, paid=0.05, online=0.03,
    ),
    NetworkType(
        name="county_lines", share=0.08, victims=Sizes(3, 1, 10, 2.0),
        traffickers=Sizes(4, 3, 10), female=0.15, ages=((14, 17, 95), (18, 19, 5)),
        routes=(1.0, 0.0, 0.0, 0.0), extra_legs=1.25, fewest_legs=1, most_legs=3, mobility=0.0,
        relation=(3, 5, 60, 32), exploitation="forced_criminality", offences={"drug_supply": 1.0},
        second=_CRIME_SECOND, months=9, vulnerability=(15, 40, 20, 5, 0, 5, 15),
        sees_self=0.2, offender_first=0.7, testified=0.1, paid=0.02, online=0.3,
        years=_RISING_AFTER_2017,
    ),
    NetworkType(
        name="drug_street_dealing", share=0.05, victims=Sizes(10, 2, 30, 2.0),
        traffickers=Sizes(10, 3, 18, 3.0), female=0.35,
        ages=((18, 24, 25), (25, 38, 55), (39, 55, 20)),
        routes=(0.15, 0.30, 0.05, 0.50), extra_legs=0.1,
        relation=(5, 5, 50, 40), exploitation="forced_criminality",
        offences={"drug_supply": 0.9, "theft": 0.1},
        second=_CRIME_SECOND, months=12, vulnerability=(30, 0, 5, 45, 2, 13, 5),
        sees_self=0.4, offender_first=0.6, testified=0.3, paid=0.1, online=0.15, joint=0.6,
    ),
    NetworkType(
        name="scam_call_centre", share=0.05, victims=Sizes(30, 5, 65, 2.0),
        traffickers=Sizes(6, 3, 7, 2.0), female=0.4,
        ages=((15, 17, 30), (18, 20, 25), (21, 29, 30), (30, 40, 15)),
        routes=(0.0, 0.10, 0.0, 0.90), extra_legs=0.23,
        relation=(1, 1, 20, 78), employer=0.5, exploitation="forced_criminality",
        offences={"online_fraud": 1.0}, second=_CRIME_SECOND, months=6,
        vulnerability=(30, 0, 1, 1, 10, 1, 57),
        sees_self=0.8, offender_first=0.2, testified=0.6, paid=0.3, online=0.7, joint=0.6,
        years=_RISING_AFTER_2017,
    ),
    NetworkType(
        name="cannabis_cultivation", share=0.03, victims=Sizes(2, 1, 6),
        traffickers=Sizes(3, 1, 6), female=0.08, ages=((14, 17, 80), (18, 25, 20)),
        routes=(0.0, 0.0, 0.95, 0.05), extra_legs=0.95, mobility=0.6,
        relation=(10, 0, 20, 70), exploitation="forced_criminality",
        offences={"cannabis_growing": 1.0}, second=_CRIME_SECOND, months=8,
        vulnerability=(40, 5, 1, 1, 45, 3, 5),
        sees_self=0.5, offender_first=0.8, testified=0.3, paid=0.5, online=0.1,
    ),
    NetworkType(
        name="benefit_fraud", share=0.02, victims=Sizes(40, 5, 300),
        traffickers=Sizes(10, 4, 20, 2.0), female=0.45,
        ages=((18, 29, 30), (30, 47, 45), (48, 65, 25)),
        routes=(0.10, 0.50, 0.0, 0.40), extra_legs=0.08,
        relation=(2, 3, 35, 60), employer=0.3, exploitation="forced_criminality",
        offences={"benefit_fraud": 0.6, "credit_fraud": 0.4}, second=_CRIME_SECOND, months=14,
        vulnerability=(60, 0, 6, 8, 2, 14, 10),
        sees_self=0.7, offender_first=0.3, testified=0.5, paid=0.2, online=0.2,
        years=_ONLY_2012_TO_2017,
    ),
    NetworkType(
        name="forced_marriage", share=0.05, victims=Sizes(1.2, 1, 3), traffickers=Sizes(3, 2, 6),
        family=True, female=0.98, ages=((13, 17, 90), (18, 22, 10)),
        routes=(0.60, 0.40, 0.0, 0.0), extra_legs=0.38,
        relation=(75, 5, 10, 10), exploitation="forced_marriage",
        second={"sexual": 0.6, "labour": 0.4}, months=18, vulnerability=(50, 5, 8, 1, 6, 2, 28),
        sees_self=0.3, offender_first=0.0, testified=0.3, paid=0.02, online=0.1,
    ),
)  # fmt: skip
