"""A sentence may tell of a call as well as be one: what speaks for either is weighed."""

from __future__ import annotations

import pytest

from roomhand.turns.address import Names, Order, Situation, judge

pytestmark = pytest.mark.unit

NAMES = Names(own=("Nova",), others=("Ben", "Cleo", "Max"))

TOLD = [
    ("en", "a voice from the stalls pipes up nova what's my next line"),
    ("en", "he stood in the rain bellowing into the thing nova how many are left"),
    ("en", "every evening ben sits there with nova what is the gold rate nova what is the rate"),
    ("de", "und der bürgermeister sagt vor versammelter mannschaft nova rechne mir das schön"),
    ("de", "und dann der gutachter sinngemäß nova bitte verfassen sie das gutachten"),
]
CALLED = [
    ("en", "the train is late again nova can you call them"),
    ("en", "so let's be honest nova are we good enough"),
    ("en", "Nova darling, where does the second act begin?"),
    ("de", "die daten sind bereinigt nova würdest du die kurve zeichnen"),
    ("de", "Grüß dich Nova, sei so lieb und lies uns das vor."),
    ("de", "und was kostet uns das wenn wir vier wochen später dran sind nova"),
    ("de", "Nova, Sie wollten uns noch etwas zeigen."),
    ("de", "Nova, bis wann müssen wir das einreichen?"),
]
WITH_REASON = [
    ("en", "One minute Nova, my other phone is ringing.", Order.HOLD),
    ("en", "yes they have joined now nova continue", Order.RESUME),
    ("de", "sag jetzt nichts mehr nova wir stimmen ab", Order.SILENT),
    ("de", "du bist nicht gemeint noova ich rede mit cleo", Order.CANCEL),
]


def now(language: str, **changes: object) -> Situation:
    """A meeting of three with another agent in it."""
    fields = {"speaker": "ada", "now_ms": 60_000, "people": 3, "agents": 2, "language": language}
    return Situation(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "line"), TOLD)
def test_a_call_that_is_told_of_calls_nobody(language: str, line: str) -> None:
    """Somebody utters it, or it is given word for word."""
    assert not judge(line, NAMES, now(language)).addressed


@pytest.mark.parametrize(("language", "line"), CALLED)
def test_a_clause_of_ones_own_before_the_name_is_no_story(language: str, line: str) -> None:
    """What else is said before a call may be of any kind."""
    assert judge(line, NAMES, now(language)).addressed


@pytest.mark.parametrize(("language", "line", "order"), WITH_REASON)
def test_the_other_side_of_the_name_may_give_the_reason(
    language: str, line: str, order: Order
) -> None:
    """As long as it asks for nothing itself."""
    assert judge(line, NAMES, now(language)).order is order


def test_an_agent_that_speaks_of_another_hands_nothing_over() -> None:
    """ "To" alone passes no word; "over to" does."""
    by_agent = now("en", speaker="max", from_agent=True)
    assert not judge("I have sent the agreement to Nova for checking.", NAMES, by_agent).addressed
    assert judge("That is all from me, I pass this over to Nova.", NAMES, by_agent).addressed
