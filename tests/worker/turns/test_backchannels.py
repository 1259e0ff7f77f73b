"""What a listener says to keep somebody talking, and what only begins like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.turns.backchannels import is_backchannel

pytestmark = pytest.mark.unit

LISTENING = {
    "en": "mm-hm|Mhm.|uh-huh|Yeah, yeah.|right|I see.|oh okay|sure, of course|That’s right!|yes",
    "de": "genau|Ja, ja.|ach so|alles klar|mhm, verstehe|Stimmt!|na gut, okay|right|natürlich",
    "fr": "d'accord|D’accord.|oui oui|ah bon|tout à fait|c'est ça|mm hm, je vois|yeah|bien sur",
    "es": "claro|Sí, sí.|vale|de acuerdo|ya veo|claro que sí|si claro|ajá|okay",
}
SPEAKING = {
    "en": "no|yeah but|right, and the budget?|I see a problem|stop|wait|okay so what now|see|...|",
    "de": "nein|ja aber|genau das nicht|warte|alles|klar ist das nicht|moment",
    "fr": "non|oui mais|d'accord avec Tom|attends|tout|c'est faux",
    "es": "no|claro que no|vale pero|espera|de|ya basta",
}


def lines(table: dict[str, str]) -> list[tuple[str, str]]:
    """(language, text) of each."""
    return [(language, line) for language, text in table.items() for line in text.split("|")]


@pytest.mark.parametrize(("language", "line"), lines(LISTENING))
def test_a_listener_is_told_from_a_speaker(language: str, line: str) -> None:
    """With punctuation or without, in the language of the profile or in English."""
    assert is_backchannel(line, language)


@pytest.mark.parametrize(("language", "line"), lines(SPEAKING))
def test_who_has_something_to_say_is_no_listener(language: str, line: str) -> None:
    """Also where it begins like a backchannel, and where it is one of another language."""
    assert not is_backchannel(line, language)


def test_a_language_is_known_by_its_first_part() -> None:
    """Whatever region; an unknown one knows English alone."""
    assert is_backchannel("Genau", "de-AT")
    assert is_backchannel("genau", "DE")
    assert not is_backchannel("genau", "en-GB")
    assert not is_backchannel("genau", "pt-BR")
    assert is_backchannel("yeah", "pt-BR")


@given(st.text(), st.text(max_size=5))
def test_no_text_is_too_strange(text: str, language: str) -> None:
    """Any text of any language has an answer."""
    assert is_backchannel(text, language) in {True, False}
