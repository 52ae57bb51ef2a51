"""Plausible wrong answers to the exercises of lesson 01, each with the hint that names the mistake."""

WRONG = [
    {
        "exercise": "1",
        "why": "kilograms taken for tonnes",
        "code": """def expected_recoils(mass, cross_section, kilograms, days, threshold):
    rate = lambda e: recoils.wimp_rate(e, mass, cross_section)
    return spectra.expected_events(rate, kilograms * days / 365.25, (threshold, 300))
""",
        "hint": "your mass is in kilograms",
    },
    {
        "exercise": "1",
        "why": "days taken for years",
        "code": """def expected_recoils(mass, cross_section, kilograms, days, threshold):
    rate = lambda e: recoils.wimp_rate(e, mass, cross_section)
    return spectra.expected_events(rate, kilograms / 1000 * days, (threshold, 300))
""",
        "hint": "your time is in days",
    },
    {
        "exercise": "1",
        "why": "the threshold forgotten",
        "code": """def expected_recoils(mass, cross_section, kilograms, days, threshold):
    rate = lambda e: recoils.wimp_rate(e, mass, cross_section)
    return spectra.expected_events(rate, kilograms / 1000 * days / 365.25, (0, 300))
""",
        "hint": "the integral starts at the threshold",
    },
    {
        "exercise": "2",
        "why": "the efficiency forgotten",
        "code": """def excluded_cross_section(n_observed, background, efficiency, recoils_at_reference, reference=1e-47):
    return reference * counting.feldman_cousins(n_observed, background)[1] / recoils_at_reference
""",
        "hint": "the efficiency is missing",
    },
    {
        "exercise": "2",
        "why": "one-sided in place of Feldman-Cousins",
        "code": """def excluded_cross_section(n_observed, background, efficiency, recoils_at_reference, reference=1e-47):
    return reference * counting.poisson_upper(n_observed, background) / (efficiency * recoils_at_reference)
""",
        "hint": "this is the one-sided limit",
    },
    {
        "exercise": "2",
        "why": "the background forgotten",
        "code": """def excluded_cross_section(n_observed, background, efficiency, recoils_at_reference, reference=1e-47):
    return reference * counting.feldman_cousins(n_observed, 0)[1] / (efficiency * recoils_at_reference)
""",
        "hint": "the background is missing",
    },
]
