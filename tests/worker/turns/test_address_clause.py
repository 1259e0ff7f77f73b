"""Is a clause complete without the name behind it? Then the name is called."""

from __future__ import annotations

import pytest

from roomhand.turns.address import Names, Situation, judge

pytestmark = pytest.mark.unit

NAMES = Names(own=("Nova",), others=("Ben", "Cleo", "Max"))

COMPLETE = {
    "en": "we need the total nova|that's wrong nova|well done nova|i didn't catch that nova",
    "de": "wir brauchen die summe nova|das ist falsch nova|gut gemacht nova",
    "fr": "je voudrais la version courte nova|c'est faux nova|bien joué nova",
    "es": "quisiera la versión corta nova|eso está mal nova|bien hecho nova",
}
WANTING = {
    "en": "can we afford nova|should we include nova|how would you rate nova|who invited nova",
    "de": "wo steckt nova|kennst du nova|fragst du mal nova|wer bezahlt nova",
    "fr": "on devrait inclure nova|tu recommanderais nova|comment on prononce nova",
    "es": "cómo se pronuncia nova|dónde anda nova|por qué no contesta nova",
}
OWN_PAUSES = [
    ("en", "Can you turn the volume down, Nova?", True),
    ("en", "Can you turn Nova down?", False),
    ("en", "Would you rate Nova, or the other one?", False),
    ("en", "Okay Nova, what is next?", True),
    ("de", "Dank Nova sind wir früher fertig.", False),
    ("fr", "On devrait inclure Nova ?", False),
    ("es", "¿Confías en Nova?", False),
    ("en", "Nova, of course, had no idea.", False),
    ("en", "Nova, sorry, Max, can you check that?", False),
    ("es", "Nova, ay no, Max, ¿puedes comprobarlo?", False),
    ("es", "Y ahora que lo pienso, Nova, ¿el horno está listo?", True),
    ("en", "Do me a favour, Nova, and check the spelling.", True),
    ("en", "So what we need, Nova, is a list of venues.", True),
    ("en", "Nova, who joined in March, takes the notes.", False),
    ("en", "Nova, uh, Max, sorry, can you check that?", False),
    ("es", "¿Y Nova qué dijo al final?", False),
    ("es", "Mi jefe, cada mañana: buenos días, Nova, ¿qué hay?", False),
    ("es", "Y el director pregunta: ¿y usted qué opina, Nova?", False),
    ("fr", "Elle est sévère, Nova, quand elle corrige.", False),
    ("fr", "Nova et toi, Max, vous pouvez comparer ?", True),
    ("es", "¿Y el plazo para contestar cuándo vence, Nova?", True),
]
NO_ROOM_INSIDE = [
    ("es", "pues avísame nova cuando termine el plazo"),
    ("es", "oye nova y si lo dejamos para el jueves"),
    ("fr", "du coup c'est à toi nova je sais plus"),
    ("fr", "nova le train de huit heures il passe toujours"),
]


def judged(line: str, language: str) -> bool:
    """In a meeting of three with another agent in it."""
    now = Situation(speaker="ada", now_ms=60_000, people=3, agents=2, language=language)
    return judge(line, NAMES, now).addressed


def cases(by_language: dict[str, str]) -> list[tuple[str, str]]:
    """Each line with its language."""
    return [(name, line) for name, lines in by_language.items() for line in lines.split("|")]


@pytest.mark.parametrize(("language", "line"), cases(COMPLETE))
def test_a_name_behind_a_complete_clause_is_called(language: str, line: str) -> None:
    """Nothing in the clause has room for it."""
    assert judged(line, language)


@pytest.mark.parametrize(("language", "line"), cases(WANTING))
def test_a_name_that_fills_its_clause_is_mentioned(language: str, line: str) -> None:
    """The object of the verb, or its subject."""
    assert not judged(line, language)


@pytest.mark.parametrize(("language", "line", "addressed"), OWN_PAUSES)
def test_where_pauses_are_written_a_call_has_its_own(
    language: str, line: str, addressed: bool
) -> None:
    """A comma beside the name, or the edge of the sentence; else it belongs to the clause."""
    assert judged(line, language) is addressed


@pytest.mark.parametrize(("language", "line"), NO_ROOM_INSIDE)
def test_a_name_that_nothing_around_it_wants_is_called(language: str, line: str) -> None:
    """A request that has its "me", a stressed "you", a proposal, a topic with its own pronoun."""
    assert judged(line, language)
