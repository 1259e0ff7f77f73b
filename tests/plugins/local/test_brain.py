"""The brain answers from what was said, in the right name, and from nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomhand_plugins.base import Role, TextTurn
from roomhand_plugins.local.brain import MAX_QUOTE_WORDS, Question, answer

pytestmark = pytest.mark.unit

SAID = [
    ("Martin", "the budget for the new project is forty thousand dollars"),
    ("Laura", "I promise to send the letter to the office tomorrow"),
    ("Peter", "I told sage about that yesterday"),
    ("Laura", "the train to boston leaves at seven in the morning"),
    ("Peter", "I will call the bank about the loan on friday"),
]


def turn(number: int, speaker: str, text: str, role: Role = Role.PERSON) -> TextTurn:
    """One turn of a meeting."""
    return TextTurn(turn_id=f"t{number}", role=role, speaker=speaker, text=text, at_ms=number)


def meeting(*more: TextTurn) -> list[TextTurn]:
    """What everybody said, then ``more``."""
    return [*(turn(n, *said) for n, said in enumerate(SAID)), *more]


def ask(text: str, asked_by: str = "Peter", turns: list[TextTurn] | None = None) -> str:
    """The answer to a question about the meeting."""
    known = meeting() if turns is None else turns
    return answer(Question(text, asked_by, known, ("Sage", "Martin", "Laura", "Peter"))).text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("sage what did martin say about the budget", "Martin said: the budget for the new"),
        ("What did Martin say?", "Martin said: the budget"),
        ("sage what did laura say about the train", "Laura said: the train to boston"),
        ("what has Laura said about trains", "Laura said: the train to boston"),
        ("who mentioned the train", "Laura said: the train to boston"),
        ("who said something about the banks", "You said: I will call the bank"),
        ("who talked about money for the project", "Martin said: the budget for the new project"),
        ("when does the train leave", "Laura said: the train to boston leaves at seven"),
        ("who promised to send the letter", "Laura said: I promise to send the letter"),
        ("what did laura promise", "Laura said: I promise to send the letter"),
        ("what did I say about the bank", "You said: I will call the bank"),
    ],
)
def test_a_question_is_answered_with_the_name_and_the_words(question: str, expected: str) -> None:
    """The answer names the person and repeats what they said about it."""
    assert ask(question).startswith(expected)


@pytest.mark.parametrize(
    ("misheard", "expected"),
    [
        ("sage what did mark and say about the budget", "Martin said: the budget"),
        ("sage what did more to say about the budget", "Martin said: the budget"),
        ("say what did martian say about the budget", "Martin said: the budget"),
        ("the promise to write the letter", "Laura said: I promise to send the letter"),
        ("sage what did laura say about the trains in boston", "Laura said: the train to boston"),
        ("sage some up please", "Martin said: the budget"),
    ],
)
def test_a_misheard_question_is_still_understood(misheard: str, expected: str) -> None:
    """Names and topics are compared by likeness, where a name or topic must be."""
    assert ask(misheard).startswith(expected)


def test_promises_of_everybody_are_listed_with_their_names() -> None:
    """Only sentences that commit somebody count."""
    text = ask("what was promised")

    assert "Laura said: I promise to send the letter" in text
    assert "You said: I will call the bank" in text
    assert "Martin" not in text


def test_a_summary_has_everybody_in_order() -> None:
    """Nothing is left out while there is little."""
    text = ask("Sage, please sum up.")

    places = [text.index(words) for words in ("Martin said", "Laura said", "You said")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what did george say about horses", "I do not know."),
        ("who mentioned the elephants", "I do not know."),
        ("what did martin say about horses", "I have not heard Martin say anything about horses."),
        ("hello sage", "I did not understand the question."),
        ("please repeat that", "I have not said anything yet."),
    ],
)
def test_what_was_not_said_is_not_known(question: str, expected: str) -> None:
    """No answer is made up, and no words are lent to anybody."""
    text = ask(question)

    assert text.startswith(expected)
    assert "said:" not in text


def test_an_empty_meeting_has_nothing_to_tell() -> None:
    """Every kind of question has an answer that says so."""
    for question in ("sum up", "what did I say", "what was promised", "who mentioned tea", ""):
        assert "said:" not in ask(question, turns=[])


def test_words_about_a_topic_by_another_person_are_given_in_that_persons_name() -> None:
    """Asked for the wrong person, the answer says who it really was."""
    text = ask("what did laura say about the budget")

    assert text.startswith("I have not heard Laura say anything about budget.")
    assert text.endswith("Martin said: the budget for the new project is forty thousand dollars.")


def test_the_last_answer_is_repeated_on_request() -> None:
    """The agent's own words are what people heard of it."""
    turns = meeting(turn(9, "", "Martin said: the budget is", Role.AGENT))

    assert ask("can you repeat that", turns=turns) == "I said: Martin said: the budget is"


def test_questions_are_no_evidence() -> None:
    """Somebody who asked about a thing has said nothing about it."""
    turns = [turn(1, "Laura", "sage what did martin say about the harbour")]

    assert ask("who said something about the harbour", turns=turns).startswith("I do not know")


def test_names_of_any_script_are_found() -> None:
    """With accents or without, and where there are no accents at all."""
    turns = [turn(1, "José", "the harbour is closed"), turn(2, "李雷", "the harbour is open")]

    assert ask("what did jose say about the harbour", turns=turns).startswith("José said: ")
    assert ask("what did 李雷 say about the harbour", turns=turns).startswith("李雷 said: ")


def test_a_long_turn_is_cut_to_the_part_that_was_asked_for() -> None:
    """At most ``MAX_QUOTE_WORDS`` words, with the topic among them."""
    long = " ".join(["and then some more"] * 30 + ["the harbour is closed"] + ["and so on"] * 30)

    text = ask("who mentioned the harbour", turns=[turn(1, "Laura", long)])

    assert "the harbour is closed" in text
    assert len(text.split()) <= MAX_QUOTE_WORDS + 2


def test_notices_and_own_answers_are_nobodys_words() -> None:
    """Only people and other agents are quoted."""
    turns = [
        turn(1, "Room", "the harbour is closed", Role.NOTICE),
        turn(2, "Sage", "the harbour is closed", Role.AGENT),
    ]

    assert "said:" not in ask("who mentioned the harbour", turns=turns)


_VOCABULARY = (
    "budget train letter harbour I will promise said Martin Laura Peter Sage the to about what did "
    "who tea."
)
_word = st.sampled_from(_VOCABULARY.split())
_speech = st.lists(_word, max_size=12).map(" ".join)
_turns = st.lists(
    st.builds(
        TextTurn,
        turn_id=st.uuids().map(str),
        role=st.sampled_from(list(Role)),
        speaker=st.sampled_from(["Martin", "Laura", "Peter", "Ann Lee", "M. Artin"]),
        text=_speech,
    ),
    max_size=8,
)
_asks = st.one_of(
    _speech,
    st.builds("what did {} say about {}".format, _word, _word),
    st.sampled_from(["sum up", "what was promised", "who mentioned the tea"]),
)


@settings(max_examples=300, deadline=None)
@given(text=_asks, asked_by=st.sampled_from(["Martin", "Laura", "", "Zoe"]), turns=_turns)
def test_nobody_is_ever_given_the_words_of_another(
    text: str, asked_by: str, turns: list[TextTurn]
) -> None:
    """Each quote is a run of words of one turn, said in the name of its speaker, in order."""
    found = answer(Question(text, asked_by, turns, ("Sage", "Martin")))

    by_id = {each.turn_id: each for each in turns}
    rest = found.text
    for quote in found.quotes:
        source = by_id[quote.turn_id]
        assert quote.speaker == source.speaker
        assert quote.words in source.text
        who = "You" if quote.speaker == asked_by else quote.speaker
        _, marker, rest = rest.partition(f"{who} said: {quote.words}.")
        assert marker, f"{quote} is not in {found.text}"
    if not found.text.startswith("I said: "):
        assert found.text.count(" said: ") >= len(found.quotes)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("sage ask laura what martin said about the budget", "Laura, what martin said about the"),
        ("Sage, please ask Laura.", "Laura, what did martin say about the budget?"),
        ("sage hand over to laura", "Laura, what did martin say about the budget?"),
        ("sage please ask the lora", "Laura, what did martin say about the budget?"),
    ],
)
def test_a_question_is_handed_over_to_who_shall_be_asked(said: str, expected: str) -> None:
    """By name, with the question that was put last where no other one is given."""
    before = turn(9, "Peter", "sage what did martin say about the budget")
    assert ask(said, turns=meeting(before)).startswith(expected)


def test_nobody_is_asked_who_is_not_there() -> None:
    """A verb alone hands nothing over."""
    assert ask("sage did anybody ask").startswith("I did not understand")
    assert ask("sage what did martin ask about the budget").startswith("Martin said")
    assert ask("sage ask laura", turns=[]) == "Laura, can you take this?"


def test_what_another_agent_said_counts_only_where_it_is_asked_about() -> None:
    """It only repeats the others, and would be quoted instead of them."""
    echo = turn(9, "Oscar", "Martin said: the budget is forty thousand dollars", Role.OTHER_AGENT)
    assert ask("who mentioned the budget", turns=meeting(echo)).startswith("Martin said")
    assert "Oscar" not in ask("sum up", turns=meeting(echo))
    said = ask("what did oscar say about the budget", turns=meeting(echo))
    assert said.startswith("Oscar said: Martin said")
