"""Lines that people say in meetings with an agent called Sage, and whether they mean it.

Each line is tried as written and as a recogniser gives it: lower case, no punctuation.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from roomhand.profiles import Policy
from roomhand.turns.address import Names, Order, Situation, Verdict, judge
from roomhand.turns.near_miss import sounds_like

pytestmark = pytest.mark.unit

NAMES = Names(own=("Sage",), others=("Ben", "Cleo", "Ada"))
MEETING = Situation(speaker="ada", now_ms=60_000, people=3)

CALLS = """
Sage, what did Ben promise?
Sage, who mentioned the budget?
Hey Sage, when is the deadline?
Okay Sage, how many people agreed?
Sage?
Hey Sage.
Good morning, Sage.
Thank you, Sage.
Sage, can you sum that up?
Sage, could you please repeat the date?
Sage, please sum up.
Sage, summarize the last ten minutes.
Sage, tell us what Cleo said about the venue.
Sage, remind me what I promised.
Sage, stop.
Sage, is there anything left to decide?
Sage, is it true that we moved the date?
Sage, did Ben send the report?
Sage, did we agree on a price?
Sage, will it rain tomorrow?
Sage, do you agree with Cleo?
Sage, you said it was on Monday.
Sage, I have a question about the budget.
Sage, we need the numbers.
Sage, don't you think that is too late?
Sage, um, what was the second point?
So, Sage, what is next?
Well okay, Sage, what would you do?
Um, Sage, where were we?
Please, Sage, read the list again.
Ben and Sage, what do you think?
Sage and Ben, what do you think?
What do you think, Sage?
What was the budget again, Sage?
Don't you think, Sage?
Can you hear me, Sage?
Could you repeat that, Sage?
Would you sum that up for us, Sage?
Tell me more, Sage.
What did Ben say, Sage?
How much is left, Sage, please?
Do you agree, Sage?
Who is responsible for the venue, Sage?
What do you think, Sage, about the new date?
That is a good point. Sage, what is the budget?
I have no idea. Sage, do you know?
Let's move on. What is next, Sage?
Sage, let's hear the summary.
Sage, which day did we choose?
Sage, has Ben answered?
Sage, should we invite Cleo?
Sage, why is that?
As you said, Sage, what matters is the date.
Sage, what do the others think about it?
Sage, give me the action items.
Hi Sage, could we get a summary?
Alright Sage, what have we decided so far?
Sage, how long have we been talking?
Sage, when did Cleo say she would be done?
Sage, quick question, who owns the launch?
What was the date Ben mentioned, Sage?
Sorry, Sage, go on.
Sage, hold on a second.
Hold on, Sage.
Wait, Sage.
Sage, keep quiet please.
Sage, has anyone mentioned the venue?
Sage, are you there?
Are you there, Sage?
Sage, am I right that it is Friday?
Sage, was it Ben who promised the report?
Could you tell us, Sage, who is late?
So what did Cleo promise, Sage?
One more question, Sage.
Sage, which of the two is cheaper?
Sage, correct me if I am wrong.
Is there a risk, Sage?
Did Ben promise the slides, Sage?
Sage, what's the total?
Hey Sage, the budget please.
Sage, do it again.
Sage, the deadline, when is it?
Sage, compile the feedback into one page.
Sage, two things.
Sage, before we stop, read out the decisions.
Sage, your opinion?
We need the total, Sage.
That is wrong, Sage.
No, Sage, the other one.
Tell me, Sage, is it worth it?
Could you, Sage, put that on top?
""".strip().splitlines()

MENTIONS = """
As I told Sage yesterday, the budget is fixed.
I told Sage about the budget yesterday.
Sage said the budget is fixed.
Sage says we are late.
Ask Sage about it.
Let's ask Sage what the deadline is.
We should ask Sage what Ben promised.
I think Sage is right.
Do you think Sage is right?
Do you think Sage should answer that?
Sage is right.
Sage was here yesterday.
Sage has the list.
Sage can help us with that.
Sage will join us later.
Sage did the slides.
Sage doesn't know that.
Sage and Ben will write the report.
Sage also said that it is too late.
Sage's answer was wrong.
What did Sage say?
What does Sage think about it?
Who is Sage?
Where is Sage?
Is that Sage?
Have you met Sage?
What did you tell Sage?
Do you agree with Sage?
Ben, what did Sage say yesterday?
Ben, can you ask Sage?
Cleo, do you remember what Sage told us?
The answer of Sage was wrong.
I agree with Sage.
According to Sage we have ten days.
I don't know if Sage can hear us.
We talked about Sage.
Did anybody invite Sage?
I like Sage.
The plan that Sage made is good.
Because Sage was away, we did not decide.
I said hey Sage what is the time and nothing happened.
And then Ben said, Sage, what is the budget?
Without Sage we would be lost.
It was Sage.
This is Sage, our assistant.
The assistant called Sage takes notes.
Ben told me that Sage will sum up.
I was talking to Sage about the budget.
Sage told me the number is forty.
Yesterday Sage said that we have time.
Can someone ask Sage for a summary?
Sage might know that.
Sage would know.
Sage could do that for us.
Let Sage do it.
Maybe Sage can do it.
Why did Sage say that?
When will Sage be ready?
I heard Sage say it is Monday.
Sage, Ben and Cleo are in the room.
Ben, Cleo and Sage agreed.
My notes and the notes of Sage are different.
Sage gave us the wrong date.
Sage is the one who takes notes.
What Sage said is wrong.
Sage thinks we should wait.
Thanks to Sage we know the date.
Is Sage listening?
Can Sage hear us?
Did Sage write that down?
Ben, do you trust Sage?
I will tell Sage later.
Tell Sage to stop.
Show Sage the plan.
He asked Sage what time it is.
She said thank you Sage and left.
Sage wrote the summary.
As Sage already said, it is late.
Cleo, Sage is right.
Can we afford Sage?
How do you pronounce Sage?
Would you recommend Sage?
Has anyone tested Sage?
Cleo, you and Sage should compare notes.
The slide reads Sage, what can you do?
You have to start with hey Sage, what's up.
Do you want the assistant Sage?
Sage overheard the whole thing.
""".strip().splitlines()

UNNAMED = """
What is the budget?
Ben, what is the budget?
We should stop here.
The stage is set.
Page two, please.
Save what you have.
Can you hear me?
""".strip().splitlines()


def as_recognised(line: str) -> str:
    """What pocketsphinx would give."""
    return re.sub(r"[^\w\s']", "", line).lower()


def both(lines: list[str]) -> list[str]:
    """Each line with and without punctuation and case."""
    return [form for line in lines for form in (line, as_recognised(line))]


@pytest.mark.parametrize("line", both(CALLS))
def test_a_call_addresses(line: str) -> None:
    """With punctuation and without."""
    assert judge(line, NAMES, MEETING).addressed


@pytest.mark.parametrize("line", both(MENTIONS))
def test_a_mention_does_not_address(line: str) -> None:
    """Nor does a quotation, nor a question to somebody else about the agent."""
    assert not judge(line, NAMES, MEETING).addressed


@pytest.mark.parametrize("line", both(UNNAMED))
def test_a_line_without_the_name_does_not_address(line: str) -> None:
    """In a room of three, nothing is meant for the agent unless it is called."""
    assert not judge(line, NAMES, MEETING).addressed


@pytest.mark.parametrize(
    "line",
    [
        "sage would thursday work",
        "sage is the venue booked",
    ],
)
def test_some_calls_are_only_understood_with_their_punctuation(line: str) -> None:
    """Known limits, on the side of silence: the words could be a mention."""
    assert judge(line, NAMES, MEETING) == Verdict(False, "mention")
    assert judge(line.replace("sage", "Sage,", 1) + "?", NAMES, MEETING).addressed


def test_a_whole_quoted_utterance_is_no_quotation() -> None:
    """Some recognisers put quotes around everything."""
    assert judge('"Sage, what is next?"', NAMES, MEETING).addressed


def test_a_quotation_inside_an_utterance_does_not_address() -> None:
    """Marks tell what the words alone would not."""
    line = 'The first slide has the title "Sage, what is next?"'
    assert judge(line, NAMES, MEETING) == Verdict(False, "quoted")


@pytest.mark.parametrize("line", ["Sage, never mind.", "not you sage", "Sage, I meant not you."])
def test_a_dismissal_addresses_nobody(line: str) -> None:
    """The name was called, and called off."""
    assert judge(line, NAMES, MEETING) == Verdict(False, "dismissed", Order.CANCEL)


def situation(**changes: object) -> Situation:
    """A room of three people in which the agent has just answered Ada."""
    fields = {"speaker": "ada", "now_ms": 60_000, "people": 3, "answered": "ada"}
    return Situation(**{**fields, "answered_ms": 55_000, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "now", "expected"),
    [
        ("and what about the venue", situation(), Verdict(True, "follow_up")),
        ("yes", situation(), Verdict(False, "backchannel")),
        ("what about it", situation(now_ms=63_000), Verdict(True, "follow_up")),
        ("what about it", situation(now_ms=63_001), Verdict(False, "not_addressed")),
        ("what about it", situation(speaker="ben"), Verdict(False, "not_addressed")),
        ("what about it", situation(answered=None), Verdict(False, "not_addressed")),
        ("what about it", situation(follow_up_s=0), Verdict(False, "not_addressed")),
        ("what about it", situation(now_ms=54_000), Verdict(False, "not_addressed")),
        ("okay thank you", situation(), Verdict(False, "backchannel")),
        ("Ben, what do you say?", situation(), Verdict(False, "other_called")),
        ("I told Sage yesterday", situation(), Verdict(False, "mention")),
        ("what about it", situation(people=1, answered=None), Verdict(True, "alone")),
        ("I told Sage yesterday", situation(people=1), Verdict(True, "alone")),
        ("mm-hm", situation(people=1), Verdict(False, "backchannel")),
        (
            "what about it",
            situation(people=1, agents=2, answered=None),
            Verdict(False, "not_addressed"),
        ),
        ("Sage, what is next?", situation(policy=Policy.SILENT), Verdict(False, "silent")),
        ("", situation(people=1), Verdict(False, "nothing_said")),
        (" ... ", situation(), Verdict(False, "nothing_said")),
    ],
)
def test_the_situation_decides_what_no_name_decides(
    line: str, now: Situation, expected: Verdict
) -> None:
    """Follow-up window, the obvious other party, backchannels, policy."""
    assert judge(line, NAMES, now) == expected


@pytest.mark.parametrize(
    ("line", "addressed"),
    [
        ("stage what is the budget", True),
        ("hey sages can you sum up", True),
        ("hey stage", True),
        ("stage", False),
        ("stage two is the budget", False),
        ("the stage what is the budget", False),
        ("what is on stage", False),
        ("save what you have", False),
        ("page what is next", False),
    ],
)
def test_a_near_miss_counts_only_where_a_call_is_plain(line: str, addressed: bool) -> None:
    """At the start, before words that nobody says to a stage."""
    assert judge(line, NAMES, MEETING).addressed is addressed
    assert not judge(line, Names(own=("Sage",), tolerance=0), MEETING).addressed


def test_a_word_that_is_somebodys_name_is_no_near_miss() -> None:
    """Sara is Sara, even beside an agent called Zara."""
    names = Names(own=("Zara",), others=("Sara",))
    assert judge("sara what is next", names, MEETING) == Verdict(False, "other_called")


@pytest.mark.parametrize(
    ("heard", "name", "near"),
    [
        ("stage", "sage", True),
        ("sages", "sage", True),
        ("sake", "sage", True),
        ("safe", "sage", False),
        ("age", "sage", False),
        ("zage", "sage", True),
        ("sage", "sage", False),
        ("gaston", "gasston", True),
        ("bo", "bob", False),
        ("strange", "sage", False),
    ],
)
def test_near_misses_are_one_sound_away(heard: str, name: str, near: bool) -> None:
    """An exact name is no near miss: it needs no tolerance."""
    assert sounds_like((heard,), (name,)) is near


def test_the_full_stop_of_a_title_ends_no_sentence() -> None:
    """ "Ms. Okafor" is one name, and whoever calls her calls nobody else."""
    names = Names(own=("Sage",), others=("Ms. Okafor",))
    follow_up = replace(MEETING, answered="ada", answered_ms=58_000)
    assert judge("Ms. Okafor, may I go to the nurse?", names, follow_up).reason == "other_called"
    assert judge("Sage, is Ms. Okafor coming?", names, MEETING).addressed


def test_an_agent_may_have_several_names_of_several_words() -> None:
    """Any of them calls it, in any alphabet."""
    names = Names(own=("Sage", "Doctor Green", "Žofie"), others=("Ben",))
    assert judge("doctor green what is next", names, MEETING).addressed
    assert judge("Žofie, what is next?", names, MEETING).addressed
    assert not judge("doctor green said we are late", names, MEETING).addressed
    assert not judge("doctor what is next", names, MEETING).addressed


def test_a_verdict_never_holds_what_was_said() -> None:
    """Reasons go to logs; words do not."""
    lines = both(CALLS + MENTIONS + UNNAMED)
    reasons = {judge(line, NAMES, MEETING).reason for line in lines}
    assert reasons <= {
        "called_first",
        "called_inside",
        "ends_question",
        "mention",
        "quoted",
        "other_called",
        "not_addressed",
    }
