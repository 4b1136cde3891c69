"""Simulated years of reviews: incidents that are none, and how soon a cause that doubles is found.

Ten companies of 50 reviews a week, nine aspects. Found within 10 days, by the share of reviews
that complain of the cause before it doubles for two weeks; the headline is HEADLINE.
YEARS: how many quiet ones (default 100). TRIALS: how many incidents of each share (default 400).
"""

import os

import numpy as np

from satispy.incidents import incidents

YEARS = int(os.environ.get("YEARS", "100"))
TRIALS = int(os.environ.get("TRIALS", "400"))
COMPANIES = 10
REVIEWS_A_DAY = 50 / 7
#: Of reviews that complain of each aspect.
ASPECTS = (0.35, 0.15, 0.1, 0.1, 0.1, 0.06, 0.05, 0.03, 0.03)
SHARES = (0.1, 0.2, 0.3, 0.35, 0.4)
HEADLINE = 0.35
#: Before the first day on which anything can be found: what is usual is known by then.
KNOWN_BY = 203
BEGINS, LASTS, FOUND_WITHIN = 240, 14, 10


def run() -> dict[str, object]:
    random = np.random.default_rng(20)
    false = false_incidents(random)
    found = {share: found_within(random, share) for share in SHARES}
    streams = COMPANIES * len(ASPECTS)
    print(
        f"  {false:>6.0f}   false incidents in {YEARS} quiet years of {streams} streams (≤ {YEARS})"
    )
    print(f"\n  a cause that doubles for {LASTS} days: found within {FOUND_WITHIN}")
    for share, part in found.items():
        bar = "   ≥ .90" if share == HEADLINE else ""
        print(f"  {part:>6.3f}   where {share:.0%} of the reviews complain of it before{bar}")
    return {
        "years": YEARS,
        "false_in_100_years": false * 100 / YEARS,
        "found_within_10_days": found[HEADLINE],
        "found_by_share": {str(share): part for share, part in found.items()},
    }


def false_incidents(random: np.random.Generator) -> int:
    """A company's aspects are counted in the same reviews."""
    reviews = random.poisson(REVIEWS_A_DAY, (COMPANIES, KNOWN_BY + 365 * YEARS))
    shares = np.tile(ASPECTS, COMPANIES)[:, None]
    each = np.repeat(reviews, len(ASPECTS), axis=0)
    return len(incidents(each, random.binomial(each, shares)))


def found_within(random: np.random.Generator, share: float) -> float:
    """Of TRIALS companies, as strictly judged as one of COMPANIES with all aspects is."""
    reviews = random.poisson(REVIEWS_A_DAY, (TRIALS, BEGINS + LASTS))
    shares = np.full(reviews.shape, share)
    shares[:, BEGINS:] *= 2
    as_strict = TRIALS / (COMPANIES * len(ASPECTS))
    found = incidents(reviews, random.binomial(reviews, shares), false_a_year=as_strict)
    soon = {each.stream for each in found if BEGINS <= each.found < BEGINS + FOUND_WITHIN}
    return len(soon) / TRIALS
