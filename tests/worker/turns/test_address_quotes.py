"""Words that somebody is reported to have said, without a mark to show it."""

from __future__ import annotations

import pytest

from roomhand.turns.address import Names, Order, Situation, Verdict, judge

pytestmark = pytest.mark.unit

NAMES = Names(own=("Nova",), others=("Ben", "Cleo", "Max"))

QUOTED = {
    "en": [
        "my aunt always nova are you still there like on the phone",
        "she wrote on the feedback form nova please speak slower",
        "it said in the mail nova please confirm by friday",
        "my mother talks to it good morning nova did you sleep well nova",
        "you have to start with hey nova what's up",
    ],
    "de": [
        "meine tante immer nova bist du noch da wie am telefon",
        "und er so hey nova mach mal musik an",
        "in der mail stand wörtlich nova bitte bis freitag bestätigen",
        "meine mutter redet mit dem ding guten morgen nova hast du gut geschlafen nova",
    ],
    "fr": [
        "ma tante toujours nova tu es là comme au téléphone",
        "elle a écrit sur le formulaire nova parle moins vite",
        "ma mère parle à ce truc bonjour nova tu as bien dormi nova",
    ],
    "es": [
        "mi tía siempre nova sigues ahí como por teléfono",
        "escribió en el formulario nova habla más despacio",
        "mi madre le habla al aparato buenos días nova has dormido bien nova",
    ],
}
BROKEN_OFF = {
    "en": "nova what's the no forget it i can see it now",
    "de": "nova was ist denn nee vergiss es ich seh's schon",
    "fr": "nova c'est quoi la non laisse tomber je vois",
    "es": "nova cuál es el no olvídalo ya lo veo",
}
IN_EVERY_PERSON = [
    ("de", "Nova, machen Sie bitte weiter.", Order.RESUME),
    ("de", "Nova, seien Sie still.", Order.SILENT),
    ("de", "Nova, warten Sie einen Moment.", Order.HOLD),
    ("fr", "Nova, taisez-vous.", Order.SILENT),
    ("fr", "Nova, vous pouvez continuer.", Order.RESUME),
    ("es", "Nova, guarde silencio.", Order.SILENT),
    ("es", "Nova, espere un momento.", Order.HOLD),
    ("es", "nova aguántame tantito", Order.HOLD),
    ("es", "Nova, para un segundito, que llaman.", Order.HOLD),
    ("es", "nova deja de interrumpirnos", Order.SILENT),
    ("fr", "nova reprends là où tu t'étais arrêtée", Order.RESUME),
    ("fr", "Pardon, Nova, oublie, la réponse est dans le mail.", Order.CANCEL),
]


def judged(line: str, language: str) -> Verdict:
    """In a meeting of three with another agent in it."""
    now = Situation(speaker="ada", now_ms=60_000, people=3, agents=2, language=language)
    return judge(line, NAMES, now)


@pytest.mark.parametrize(
    ("language", "line"), [(name, line) for name, lines in QUOTED.items() for line in lines]
)
def test_what_is_quoted_calls_nobody(language: str, line: str) -> None:
    """A speaker and no verb, a verb and then the words, a text, a greeting: all of them quote."""
    assert not judged(line, language).addressed


@pytest.mark.parametrize(("language", "line"), BROKEN_OFF.items())
def test_a_question_that_is_broken_off_is_cancelled(language: str, line: str) -> None:
    """Whatever was begun before "no, forget it"."""
    assert judged(line, language) == Verdict(False, "dismissed", Order.CANCEL)


@pytest.mark.parametrize(("language", "line", "order"), IN_EVERY_PERSON)
def test_an_order_may_be_polite_or_casual(language: str, line: str, order: Order) -> None:
    """In every person, with what is said around it."""
    assert judged(line, language).order is order


@pytest.mark.parametrize("line", ["Oh Nova, can you hear me?", "no va what is next"])
def test_a_name_may_be_heard_as_two_words(line: str) -> None:
    """Which sound like it together."""
    assert judged(line, "en").addressed


def test_part_of_a_longer_name_is_no_name_of_its_own() -> None:
    """ "Klein" is not called where "Herr Klein" is quoted."""
    names = Names(own=("Herr Klein", "Klein"), others=("Ben",))
    now = Situation(speaker="ada", now_ms=60_000, people=3, language="de")
    assert not judge("meine tante immer herr klein sind sie noch da", names, now).addressed
    assert judge("herr klein sind sie noch da", names, now).addressed
