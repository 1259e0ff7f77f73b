"""Orders, early starts and hand-overs, in tables."""

from __future__ import annotations

import pytest

from roomhand.profiles import Policy
from roomhand.turns.address import Names, Order, Situation, Verdict, early, judge

pytestmark = pytest.mark.unit

NAMES = Names(own=("Nova",), others=("Ben", "Cleo", "Max"))

ORDERS = {
    Order.HOLD: {
        "en": "Nova, hold on.|wait a moment nova",
        "de": "Nova, warte kurz.|moment mal nova",
        "fr": "Nova, attends.|une seconde nova",
        "es": "Nova, espera.|un momento nova",
    },
    Order.RESUME: {
        "en": "Go on, Nova.|nova continue",
        "de": "Nova, mach weiter.|sprich bitte weiter nova",
        "fr": "Nova, continue.|tu peux reprendre nova",
        "es": "Nova, continúa.|puedes seguir nova",
    },
    Order.SILENT: {
        "en": "Nova, be quiet.|nova please stop talking",
        "de": "Nova, sei still.|hör bitte auf zu reden nova",
        "fr": "Nova, tais-toi.|silence nova",
        "es": "Nova, cállate.|silencio nova",
    },
    Order.CANCEL: {
        "en": "No, not you, Nova.|never mind nova|Nova, never mind, we found it."
        "|Nova, forget it, I have it here.",
        "de": "Nein, nicht du, Nova.|nova vergiss es|Vergiss es, Nova, der Bus ist schon da.",
        "fr": "Non, pas toi, Nova.|nova laisse tomber|Nan, t'occupe, Nova, j'ai fini.",
        "es": "No, tú no, Nova.|nova olvídalo|Bah, déjalo, Nova, era una tontería.",
    },
}
RAISED = {
    "en": "Yes, Nova?|nova go ahead",
    "de": "Ja, Nova?|nova leg los",
    "fr": "Oui, Nova ?|nova vas y",
    "es": "¿Sí, Nova?|nova adelante",
}


def situation(**changes: object) -> Situation:
    """A meeting of three with another agent in it."""
    fields = {"speaker": "ada", "now_ms": 60_000, "people": 3, "agents": 2}
    return Situation(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("order", "language", "line"),
    [
        (order, language, line)
        for order, by_language in ORDERS.items()
        for language, lines in by_language.items()
        for line in lines.split("|")
    ],
)
def test_an_order_is_told_from_a_question(order: Order, language: str, line: str) -> None:
    """It is addressed to the agent, and only a cancellation leaves it unaddressed."""
    verdict = judge(line, NAMES, situation(language=language))
    assert (verdict.order, verdict.addressed) == (order, order is not Order.CANCEL)


@pytest.mark.parametrize(
    ("language", "line"),
    [(language, line) for language, lines in RAISED.items() for line in lines.split("|")],
)
def test_a_raised_hand_is_called_on(language: str, line: str) -> None:
    """Only where the agent raises hands: elsewhere these are no orders."""
    raising = situation(language=language, policy=Policy.RAISE_HAND)
    assert judge(line, NAMES, raising).order is Order.CALL_ON
    assert judge(line, NAMES, situation(language=language)).order is not Order.CALL_ON


@pytest.mark.parametrize(
    "line",
    [
        "Nova, wait, what did Ben say?",
        "Nova, never mind the budget, what about the date?",
        "Nova, stop the timer.",
        "Nova, what is the time?",
    ],
)
def test_a_question_that_sounds_like_an_order_is_none(line: str) -> None:
    """It is answered."""
    verdict = judge(line, NAMES, situation())
    assert (verdict.addressed, verdict.order) == (True, None)


@pytest.mark.parametrize(
    "line", ["Never mind.", "I told Nova never mind.", 'The title was "Nova, be quiet".']
)
def test_who_was_not_called_is_given_no_order(line: str) -> None:
    """Among people, in a mention, in a quotation."""
    assert judge(line, NAMES, situation()).order is None


def test_who_talks_with_the_agent_needs_no_name_for_an_order() -> None:
    """Alone with it, or in the follow-up window."""
    alone = situation(people=1, agents=1)
    following = situation(answered="ada", answered_ms=58_000)
    for now in (alone, following):
        assert judge("Never mind.", NAMES, now) == Verdict(False, "dismissed", Order.CANCEL)
        assert judge("Wait a moment.", NAMES, now).order is Order.HOLD


def test_an_agent_gives_no_orders() -> None:
    """What one agent says to another may call it, and no more."""
    verdict = judge("Nova, be quiet.", NAMES, situation(from_agent=True, speaker="max"))
    assert (verdict.addressed, verdict.order) == (True, None)


@pytest.mark.parametrize(
    ("interim", "expected"),
    [
        ("nova what", True),
        ("nova can you", True),
        ("hey nova could you tell", True),
        ("nova", False),
        ("nova said", False),
        ("as I told nova what", False),
        ("max what did nova", False),
        ("novah what did", False),
        ("what do you think nova", False),
        ("nova never mind", False),
    ],
)
def test_only_a_plain_call_at_the_start_is_an_early_one(interim: str, expected: bool) -> None:
    """The exact name first, and words said to somebody behind it."""
    assert early(interim, NAMES, situation()) is expected


@pytest.mark.parametrize(
    ("line", "language", "addressed"),
    [
        ("Over to Nova.", "en", True),
        ("Nova, can you take this?", "en", True),
        ("Das weiß ich nicht. Nova, kannst du übernehmen?", "de", True),
        ("Je passe la parole à Nova.", "fr", True),
        ("Le paso la palabra a Nova.", "es", True),
        ("Nova said the same.", "en", False),
        ("It is forty.", "en", False),
    ],
)
def test_a_hand_over_addresses_who_gets_the_word(line: str, language: str, addressed: bool) -> None:
    """By another agent: a person who says "over to Nova" speaks to the others."""
    said = situation(from_agent=True, speaker="max", language=language)
    assert judge(line, NAMES, said).addressed is addressed


def test_the_answer_to_the_agents_question_needs_no_name() -> None:
    """From the person asked, for twenty seconds; "yeah" is an answer then, "mm-hm" is none."""
    asked = situation(answered="ada", answered_ms=58_000, asked="ada")
    assert judge("Yeah.", NAMES, asked) == Verdict(True, "reply")
    assert judge("No, go ahead.", NAMES, asked) == Verdict(True, "reply")
    assert judge("Yes, yes.", NAMES, asked) == Verdict(True, "reply")
    for listens in ("Mm-hm.", "Mm-hm, right.", "Okay, okay.", "Oh, right, okay."):
        assert judge(listens, NAMES, asked) == Verdict(False, "backchannel")
    other = situation(answered="ada", answered_ms=58_000, asked="ada", speaker="ben")
    assert not judge("Yeah.", NAMES, other).addressed
    late = situation(answered="ada", answered_ms=39_999, asked="ada")
    assert not judge("The blue one.", NAMES, late).addressed


@pytest.mark.parametrize(
    ("line", "policy", "addressed"),
    [
        ("What was the number?", Policy.OPEN, True),
        ("What was the number?", Policy.ADDRESSED, False),
        ("Ben, what was the number?", Policy.OPEN, False),
        ("The number was nine.", Policy.OPEN, False),
        ("I asked Nova what it was.", Policy.OPEN, False),
        ("Yeah, right.", Policy.OPEN, False),
        ("Nova, what was it?", Policy.HOLD, True),
        ("Nova, what was it?", Policy.FACILITATOR, True),
        ("Nova, what was it?", Policy.SILENT, False),
    ],
)
def test_the_policy_widens_or_closes_what_counts(
    line: str, policy: Policy, addressed: bool
) -> None:
    """Hold and raise hand change what is done, not whether it was meant."""
    assert judge(line, NAMES, situation(policy=policy)).addressed is addressed


def test_under_follow_up_anybody_may_go_on() -> None:
    """After the agent's own turn, within the window."""
    now = situation(answered="ben", answered_ms=58_000, policy=Policy.FOLLOW_UP)
    assert judge("And what does it cost?", NAMES, now) == Verdict(True, "follow_up")
    assert not judge("And what does it cost?", NAMES, situation(answered="ben")).addressed
