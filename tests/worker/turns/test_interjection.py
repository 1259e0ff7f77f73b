"""Words said into the agent's speech: do they ask for the floor?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roomhand.turns.interjection import Interjections, Words

pytestmark = pytest.mark.unit

BACKCHANNELS = {
    "en-US": ["Mm-hm.", "yeah", "Right.", "Okay, sure.", "I see", "Yeah, yeah, exactly!"],
    "de-DE": ["Genau.", "ja", "mhm", "Ach so.", "okay", "Ja, klar."],
    "fr-FR": ["D\u2019accord.", "ouais", "Bien s\u00fbr", "yeah"],
    "es-ES": ["Vale.", "claro", "S\u00ed, s\u00ed.", "de acuerdo", "right"],
}
CALLS = {
    "en-GB": ["Stop.", "wait", "No.", "Yeah, but", "Hold on", "Sage?", "okay stop"],
    "de": ["Stopp!", "warte", "Nein.", "Moment", "ja aber", "stop", "H\u00f6r auf"],
    "fr": ["Attendez", "non", "Arr\u00eate", "oui mais", "wait", "arrete"],
    "es": ["espera", "No.", "Para", "s\u00ed pero", "Perd\u00f3n", "perdon"],
}


def judge(text: str, language: str = "en", *, final: bool = True) -> Words:
    """For an agent called Sage."""
    return Interjections(language, ["Sage", "Sage Smith"]).judge(text, final=final)


@pytest.mark.parametrize(
    ("language", "text"), [(tag, text) for tag, texts in BACKCHANNELS.items() for text in texts]
)
def test_a_listeners_sound_is_a_backchannel(language: str, text: str) -> None:
    assert judge(text, language) is Words.BACKCHANNEL
    assert judge(text, language, final=False) is Words.BACKCHANNEL


@pytest.mark.parametrize(
    ("language", "text"), [(tag, text) for tag, texts in CALLS.items() for text in texts]
)
def test_a_short_call_is_speech_also_as_interim_text(language: str, text: str) -> None:
    assert judge(text, language) is Words.SPEECH
    assert judge(text, language, final=False) is Words.SPEECH


def test_a_sentence_is_speech_and_so_is_too_much_agreement() -> None:
    assert judge("What about the budget") is Words.SPEECH
    assert judge("yeah yeah right okay sure great") is Words.BACKCHANNEL
    assert judge("yeah yeah right okay sure great fine") is Words.SPEECH


def test_an_unknown_word_is_told_from_a_sentence() -> None:
    assert judge("Tuesday") is Words.ONE_WORD
    assert judge("Tuesday maybe") is Words.SPEECH


def test_interim_text_may_still_become_a_backchannel() -> None:
    assert judge("of", final=False) is Words.UNKNOWN
    assert judge("of course", final=False) is Words.BACKCHANNEL
    assert judge("that makes", final=False) is Words.UNKNOWN
    assert judge("that makes the", final=False) is Words.SPEECH


@pytest.mark.parametrize("text", ["", "  ", "...", "\u2014"])
def test_no_word_is_nothing_once_it_is_final(text: str) -> None:
    assert judge(text) is Words.NOTHING
    assert judge(text, final=False) is Words.UNKNOWN


def test_the_backchannels_of_another_language_are_words_like_others() -> None:
    assert judge("genau", "fr") is Words.ONE_WORD
    assert judge("yeah", "ja-JP") is Words.BACKCHANNEL


@given(text=st.text(max_size=300), language=st.sampled_from(["en", "de", "fr", "es", "xx"]))
def test_any_text_is_judged(text: str, language: str) -> None:
    assert judge(text, language) in Words
    assert judge(text, language) is not Words.UNKNOWN
