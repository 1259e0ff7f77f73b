"""The words that the rules of addressing look for, in English. Data only.

All lower case, straight apostrophes. Other languages bring their own set of the same names.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GREETINGS = _words("hey hi hello")
"""Said before a name, they make it a call whatever follows."""
OPENERS = GREETINGS | _words(
    "ok okay so well and but now alright right um uh er erm ah oh please thanks thank you yes no "
    "yeah yep nope sorry excuse me good great morning afternoon evening then also actually anyway "
    "listen look wait hold on one moment second more question next maybe perhaps"
)
"""May stand before a name that begins a sentence."""
FILLERS = _words(
    "um uh er erm ah oh well so sorry actually just quickly again also perhaps maybe then now "
    "hey okay ok yes no yeah please thanks quick question"
)
"""Say nothing about how a sentence goes on."""
TAGS = _words("please thanks thank you then now again right okay ok too though")
"""May stand after a name that ends a sentence."""

QUESTION_WORDS = _words(
    "what who whose whom when where why how which what's who's where's when's how's why's "
    "what're who're where're what'd who'd what'll who'll whats hows wheres whos"
)
REQUESTS = _words(
    "please tell give summarise summarize sum recap explain repeat say show list remind help stop "
    "wait hold continue go let let's note write read remember check look find search compare "
    "count describe define translate answer ask send make take start begin add mute be speak talk "
    "listen come keep name correct confirm clarify calculate suggest propose think pause resume "
    "finish open close play call schedule shut leave run pick choose bring record don't"
)
"""Verbs in the form of a request. What a third person does has an s or another form."""
FIRST_AND_SECOND = _words(
    "i i'm i'd i've i'll we we're we'd we've we'll you you're you'd you've you'll my our your"
)
"""Begin a sentence that is said to somebody."""
YOU = _words("you you're you'd you've you'll your yours yourself")

_NOMINATIVE = _words(
    "i you we they he she anyone anybody everyone everybody someone somebody nobody"
)
_THINGS = _words("it this that these those")
_DETERMINERS = _words("the a an my our your his her their any some all each every")
_MODAL_SUBJECTS = _NOMINATIVE | _THINGS | _DETERMINERS | {"there"}
SUBJECTS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        _words(
            "can could should shall will would may might must does "
            "can't couldn't shouldn't won't wouldn't doesn't"
        ),
        _MODAL_SUBJECTS,
    ),
    "do": _NOMINATIVE | _THINGS,
    **dict.fromkeys(_words("did has have had didn't hasn't haven't hadn't"), _NOMINATIVE),
    **dict.fromkeys(_words("is are isn't aren't"), _NOMINATIVE | _THINGS | {"there"}),
    **dict.fromkeys(_words("was were am wasn't weren't"), _NOMINATIVE | _THINGS),
}
"""Auxiliary verb -> words that make it a question when they follow ("is there", "will the").

Left out where the statement is as likely: "Sage did the slides", "Sage is the one".
"""
SAID_OF_A_THIRD = _words(
    "said says told tells thought thinks knew knows went goes came comes made makes gave gives "
    "took takes got gets saw sees heard hears found finds wrote writes spoke speaks left sent "
    "kept held began sounds seems looks needs wants and or who's himself herself itself"
)
"""After a name, they make a statement about its owner."""
NO_THIRD_PERSON = _words("yes this perhaps thanks always its as us minus plus less unless")
"""End in s without being a verb of the third person."""

OBJECT_GOVERNORS = _words(
    "to for with from about of by at on in like than and or nor not the a an my our your their "
    "this called named via without against after before between behind beside besides into over "
    "ask asked asking asks tell told telling tells call calls calling invite invited inviting "
    "mute muted unmute stop stopped see saw seen hear heard meet met meeting know knew love loved "
    "use used using want wanted need needed get got let give gave given show showed shown trust "
    "trusted believe believed ignore ignored interrupt interrupted remind reminded replace join "
    "joined remove removed add added turn leave quote quoted mention "
    "remember remembered miss missed thanked thanking follow followed test tested try tried pay "
    "paid send sent bring brought have has had is are was were am be been do does did can could "
    "should shall will would may might must it's that's who's where's how's what's he's she's"
)
"""Directly before a name they make it a part of their own phrase: a mention."""
CLAUSE_GOVERNORS = OBJECT_GOVERNORS | _words(
    "that if because when while whether as since though although until unless what who how where "
    "why think thinks thought guess guessed hope hoped say says said suppose feel felt sure until "
    "maybe perhaps whatever so wonder wondered where"
)
"""Directly before a name with more behind it they open a clause about its owner."""
IDENTIFYING = frozenset(
    {"is that", "is this", "is it", "was that", "that is", "this is", "it is", "here is", "was it"}
)
"""The whole of what is said before a name that is only pointed out."""
REPORTING = _words(
    "said says saying asked asks told shouted yelled wrote typed answered replied goes went"
)
"""Shortly before a name, what follows is somebody's quoted words."""
TOPIC = _words("about of on regarding for with")
"""After "what do you think NAME", the topic of the question."""
DISMISSALS = (
    "not you",
    "never mind",
    "nevermind",
    "not talking to you",
    "wasn't talking to you",
    "not asking you",
)
BACKCHANNELS = _words(
    "mm hm mhm mmm hmm uh huh uh-huh mm-hm mm-hmm okay ok yeah right thanks thank you good great "
    "cool nice i see alright sure got it fine perfect wow oh ah"
)
"""An utterance of these alone asks for nothing."""
