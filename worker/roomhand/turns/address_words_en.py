"""The words that the rules of addressing look for, in English. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import Lexicon, phrases, words
from roomhand.turns.orders import Order

_GREETINGS = words("hey hi hello")
_OPENERS = _GREETINGS | words(
    "ok okay so well and an but now alright right um uh er erm ah oh please thanks thank yes no "
    "yeah yep nope sorry excuse good great morning afternoon evening then also actually anyway "
    "listen look wait question next maybe perhaps all dear cheers just hmm mm mhm sure fine "
    "first finally everyone everybody folks guys team people both"
)
_NOMINATIVE = words(
    "i you we they he she anyone anybody everyone everybody someone somebody nobody"
)
_THINGS = words("it this that these those")
_DETERMINERS = words("the a an my our your his her their any some all each every")
_MODAL_SUBJECTS = _NOMINATIVE | _THINGS | _DETERMINERS | {"there", "one", "either", "both"}
_MODALS = words(
    "can could should shall will would may might must does wood can't couldn't shouldn't won't "
    "wouldn't doesn't"
)
_PAST = words("did has have had didn't hasn't haven't hadn't")


def _verbs(bases: str) -> frozenset[str]:
    """Regular verbs in all their forms."""
    stems = [(base, base.removesuffix("e")) for base in bases.split()]
    return frozenset(
        form for base, stem in stems for form in (base, f"{base}s", f"{stem}ing", f"{stem}ed")
    )


_GOVERNORS = words(
    "to for with from about of by at on in like than and or nor not the a an my our your their "
    "called named via without against after before between behind beside besides into over "
    "through since until under around within except including regarding concerning versus plus "
    "ask asked asking asks tell told telling tells call calls calling invite invited inviting "
    "mute muted unmute stop stopped see saw seen hear heard meet met meeting know knew love "
    "loved use used using want wanted need needed get got let give gave given show showed shown "
    "trust trusted believe believed ignore ignored interrupt interrupted remind reminded replace "
    "join joined remove removed add added turn leave quote quoted mention update updated brief "
    "briefed train trained blame blamed thank ping pinged teach taught let's lets remember "
    "remembered miss missed thanked thanking follow followed test tested try tried pay paid send "
    "sent bring brought have has had is are was were am be been being it's that's who's where's "
    "how's what's he's she's isn't wasn't doesn't didn't can't won't hasn't consult consulted "
    "involve involved hire hired fire fired install installed configure configured connect "
    "connected start started switch kick kicked drop dropped put bother make makes made handing "
    "hand forgot why how when if because which whose what only even dear hate hated hates loves "
    "likes liked watch watched find found feed fed said says goes went texted emailed testing "
    "running hearing seeing banned planning getting having needs wants trusts uses putting "
    "letting giving watching helping"
) | _verbs(
    "accept activate admire adopt annoy appoint approach avoid ban beat blame block boot "
    "challenge confuse consult contact control convince criticize debug defend delete "
    "deploy disable disconnect distract disturb download enable encourage exclude fire fool "
    "fund greet hack hire host impress include inform insult integrate invite kill launch "
    "license like load lose manage message migrate mock monitor mute name notify offend "
    "onboard outsmart overrule override persuade praise prefer prompt protect punish "
    "recommend reinstall reject remove rename repair replace restart retire reward scold "
    "silence sue suspect sync teach tease test thank threaten tolerate train trick trigger "
    "trust tweak uninstall unplug upgrade upset use vet warn welcome consider ignore doubt "
    "bring evaluate demo pilot rent purchase handle"
)
_AUXILIARIES = words("do does did can could should shall will would may might must")

LEXICON = Lexicon(
    greetings=_GREETINGS,
    openers=_OPENERS,
    asides=phrases(
        "let's see|let me see|excuse me|by the way|you know|you see|listen up|hang on|hold on"
        "|of course|all right|in that case|come on|to be honest|go on|if you can|if you like"
        "|i mean|what i mean is|thank you|one moment|one second|one more|one more question"
        "|good morning|good afternoon|good evening|thank you so much"
    ),
    to_you=phrases(
        "for you|up to you|to you|of you|tell you|told you|ask you|asked you|hear you|need you"
        "|want you|with you"
    ),
    turning=phrases(
        "one more thing|one other thing|another thing|one last thing|quick question|one question"
        "|a question|another question|no idea|by the way|thanks for|thank you for|thanks a lot"
        "|next slide|next page|next question|next one|one second|good morning|good evening"
        "|good question|good point|good idea|well done|won more thing|no problem|let me"
        "|in that case|on that note"
    ),
    fillers=words(
        "um uh er erm ah oh well so sorry actually just quickly again also perhaps maybe then now "
        "hey okay ok yes no yeah please thanks quick question one more really hmm first"
    ),
    tags=words("please thanks thank you then now again right okay ok too though yeah maybe"),
    pleas=words("please"),
    joining=words("and or an"),
    question_words=words(
        "what who whose whom when where why how which what's who's where's when's how's why's "
        "what're who're where're what'd who'd what'll who'll whats hows wheres whos where'd "
        "how'd any anything anyone anybody witch"
    ),
    relative={
        "when": words("is are was were did does do can could will would should have has shall am")
    },
    requests=words(
        "please tell give summarise summarize sum recap explain repeat say show list remind help "
        "stop wait hold continue go let let's note write read remember check look find search "
        "compare count describe define translate answer ask send make take start begin add mute "
        "be speak talk listen come keep name correct confirm clarify calculate suggest propose "
        "think pause resume finish open close play call schedule shut leave run pick choose "
        "bring record don't set put pull walk introduce draft book cancel move change fix update "
        "use turn share print email text message post create get do guess try forget ignore drop "
        "shush hush carry hang convert draw estimate fetch figure google guide highlight jot "
        "mark order plan prepare provide rank rate rephrase report review rewrite roll save skip "
        "solve sort spell split state switch unmute verify vote wrap scratch feel imagine pass "
        "allow bear break build buy collect dial expand filter focus have invite join lock lower "
        "log mind pin quote raise recommend replay simplify slow speed stay submit swap tidy "
        "touch trim upload watch work zoom"
    ),
    second=words("dyou couldya wouldya d'you y'all"),
    you_subjects=words(""),
    late=words("what how where what's how's where's who which why"),
    pronoun_objects=words("me us that it this them him her your please"),
    speaking=words(
        "i i'm i'd i've i'll we we're we'd we've we'll you you're you'd you've you'll my our your"
    ),
    you=words("you you're you'd you've you'll your yours yourself yourselves dyou couldya"),
    inverted={
        **dict.fromkeys(_MODALS, _MODAL_SUBJECTS),
        "do": _NOMINATIVE | _THINGS,
        **dict.fromkeys(_PAST, _NOMINATIVE),
        **dict.fromkeys(words("is are isn't aren't"), _NOMINATIVE | _THINGS | {"there"}),
        **dict.fromkeys(words("was were am wasn't weren't"), _NOMINATIVE | _THINGS),
    },
    inversion=False,
    names_invert=_MODALS | _PAST | words("do is are isn't aren't was were am wasn't weren't"),
    plural=words("have are were haven't aren't weren't"),
    third=words(
        "said says told tells thought thinks knew knows went goes came comes made makes gave "
        "gives took takes got gets saw sees heard hears found finds wrote writes spoke speaks "
        "left sent kept held began sounds seems looks needs wants and or who's himself herself "
        "itself never always usually often already still only he's it's she's isn't wasn't "
        "doesn't didn't hasn't ran lost built sold bought brought met paid felt won chose fell "
        "drew drove ate flew forgot grew hid rose sat slept stood threw understood woke wore "
        "became broke sang swore taught caught"
    ),
    third_endings=("s", "ed"),
    not_third=words(
        "yes this perhaps thanks always its as us minus plus less unless what's who's where's "
        "when's how's why's let's whats hows wheres whos lets guys folks happened changed"
    ),
    again=words("it's it he she he's she's that's"),
    articles=words("the a an our my their his her that this which who"),
    governors=_GOVERNORS,
    determiners=words("the a an our my their his your any every next last some no"),
    objects=words("what which anything something whatever what's"),
    released=words(
        "see saw seen hear heard know knew need needed want wanted find found forget forgot "
        "remember remembered miss missed use used using like liked get got have had add added "
        "try tried test tested send sent bring brought start make mean call meet follow show "
        "shown pay paid believe said says leave"
    ),
    conjunctions=words("if that because whether when before after since until while unless once"),
    clause_governors=_GOVERNORS
    | _AUXILIARIES
    | words(
        "that if because when while whether as since though although until unless what who how "
        "where why think thinks thought guess guessed hope hoped say says said suppose feel felt "
        "sure maybe perhaps whatever wonder wondered wish bet figured hear imagine every each "
        "some any once"
    ),
    particles=words("just also only even maybe actually both either probably simply always"),
    identifying=phrases(
        "is that|is this|is it|was that|that is|this is|it is|here is|was it|meet|here comes|and"
        "|or|that was|it was|not|it's|that's"
    ),
    reporting=words(
        "said says say saying asked asks told shouted yelled wrote typed answered replied goes "
        "went screamed shouting yelling screaming whispered texted called hear heard typing "
        "muttered keeps kept whispers mumbled mumbles sang sings singing exclaimed repeats "
        "repeated replies announced announces ordered orders snapped barked mutters begged begs "
        "joked jokes shout shouts yell yells scream screams cried cries"
    ),
    comparing=words("as like"),
    reported=phrases(
        "i go|we go|i'm like|he's like|she's like|was like|were like|they're like|it's like"
        "|i was all|be like|just like|i thought|i just thought|i was thinking"
    ),
    subjects=words("he she they it i we everybody everyone"),
    thirds=words("he she they"),
    speech=words(
        "said says asked asks yelled yells shouted shouts shouting yelling screamed screaming "
        "whispered cried kept keeps goes"
    ),
    topic=words("about of on regarding for with"),
    pronouns=words("that this it"),
    nominal=words(
        "the a an my our your his her their its this that these those next last first second "
        "third final main new old same other another each every some any no one two three four "
        "five early late such which whose what right wrong big small good bad best whole single "
        "open center centre"
    ),
    orders={
        Order.HOLD: phrases(
            "hang tight|hold for now|not so fast|give us a sec|give me two minutes"
            "|give us two minutes|just wait|wait there|wait a bit|wait a moment|wait a minute"
            "|wait a second|hold back|one minute|let me finish|let us finish|let him finish"
            "|let her finish|pause there|pause for a moment|hold it there|wait your turn"
            "|a minute please|stay put|wait until|don't start yet|don't answer yet|not just yet"
            "|hold on a second|hold on a minute|hold on a moment|one sec|hold on|hold that"
            "|hold it|hold that thought|wait|wait up|hang on|one moment|one second|just a moment"
            "|just a second|just a sec|just a minute|a moment|a second|a sec|a minute|moment|hold"
            "|pause|stand by|not yet|give us a moment|give us a minute|give us a second"
            "|give me a moment|give me a minute|give me a second|give me a sec|bear with me"
            "|bear with us|hold your horses|hold off|wait for it|give it a moment"
        ),
        Order.RESUME: phrases(
            "carry on now|go on now|where you left off|where you were|pick it up again"
            "|you're good to go|you can talk now|you can speak again|you may resume"
            "|please proceed|back to what you were saying|continue where"
            "|finish what you were saying|finish your sentence|finish your thought"
            "|as you were saying|keep it going|you may continue|you can go ahead again"
            "|take it from there|off hold|you were saying|go on|continue|carry on|resume"
            "|keep going|you can continue|you can go on|proceed|you can resume|you can carry on"
            "|pick up where you left off|where were you|keep talking|you may go on"
            "|you can talk again|you may speak again|start again|unpause|back to you"
        ),
        Order.SILENT: phrases(
            "no more comments|no comments|no more remarks|no more talking|no more interruptions"
            "|keep quiet please|keep it down|pipe down|not another word|no more from you"
            "|stay out of this|stay out of it|no talking|be silent now|say no more"
            "|stop chiming in|don't chime in|listen only|just listen for now|stop commenting"
            "|give it a rest|quiet down|don't interrupt|don't talk anymore|don't speak until"
            "|go to sleep|keep your mouth shut|stop butting in|that will do|zip your lips"
            "|only listen|listen quietly|keep out of it|hold your tongue|stop it now"
            "|leave us alone|keep still|no more words|be quiet|stop talking|shut up|silence"
            "|keep quiet|quiet|hush|shush|stop speaking|stop|stay quiet|stay silent|be silent"
            "|mute yourself|don't talk|don't say anything|enough|say nothing|go silent"
            "|keep silent|just listen|zip it|mute|stop it|that's enough|don't speak|don't answer"
            "|go mute|go quiet|shh|shhh|sh|be still|stop answering|stop interrupting"
        ),
        Order.CALL_ON: phrases(
            "you had your hand up|your hand is up|you've got your hand up|you wanted to say"
            "|you had something|the word is yours|we're all ears|i'm listening|we are listening"
            "|i'm all ears|what would you like to say|what did you want|what have you got"
            "|you can go now|you may go ahead|say it|tell us|let's hear you|let's hear from you"
            "|you wanted to add something|you go first|you're next|you first|come in|jump in"
            "|your point|what's your point|what is your point|what's on your mind|take it away"
            "|the stage is yours|i see your hand|yes you|please speak|you have a point|go ahead"
            "|you have the floor|the floor is yours|your turn|you're up|it's your turn"
            "|you may speak|you can speak|you can speak now|over to you|you're on|fire away"
            "|you raised your hand|you wanted to say something|go for it|what did you want to say"
            "|what is it|speak up|you go|your go|let's hear it|shoot|we're listening"
            "|i saw your hand|go"
        ),
        Order.CANCEL: phrases(
            "scrap that|forget the question|forget my question|forget i said|forget what i said"
            "|forget what i asked|don't worry|don't worry about it|no worries|leave that"
            "|drop that|skip that|not important|it's not important|ignore me|ignore us"
            "|never mind that|changed my mind|i've changed my mind|wrong agent|wrong person"
            "|wrong name|disregard what i said|stand down|no answer needed|you can ignore that"
            "|don't answer that|it's nothing|scratch it|abort|that's not for you|not your turn"
            "|not meant for you|no reply needed|forget about that|undo that|call it off"
            "|don't do it|don't do that|let it go|forget i asked you|we're fine|we don't need you"
            "|i take it back|withdrawn|not you|never mind|nevermind|forget it|forget about it"
            "|forget that|not talking to you|wasn't talking to you|not asking you"
            "|wasn't asking you|didn't mean you|don't mean you|scratch that|cancel that|cancel it"
            "|cancel|leave it|drop it|skip it|ignore that|ignore it|disregard that|disregard"
            "|not for you|wasn't for you|no need|don't bother|doesn't matter|it doesn't matter"
            "|forget i asked|forget i said anything|not now|wasn't meant for you"
            "|wasn't speaking to you|not speaking to you|ignore what i said|wasn't addressing you"
            "|false alarm|as you were|wrong one|i take that back|take that back|no longer needed"
            "|strike that|not calling you|wasn't calling you"
        ),
    },
    assents=words(
        "yes yeah yep yup sure okay ok right exactly absolutely definitely fine perfect great "
        "good true"
    ),
    thanks=phrases(
        "thanks|thank you|thank you very much|thanks a lot|many thanks|cheers|bye|goodbye"
        "|much appreciated|so much|very much"
    ),
    courtesies=phrases(
        "please|now|for now|for a moment|for a minute|for a second|for a bit|for a while|a bit"
        "|can you|could you|would you|will you|you can|you may|just|then|there|with that|again"
        "|thanks|thank you|okay|ok|so|and|but|well|oh|sorry|no|yes|yeah|hey|hi|alright|right|um"
        "|uh|it's|it's okay|all right|that's fine|i think|i said|quickly|i was|i'm|that|that was"
        "|was|it|i|actually|we need|let me|let us|let me think|let us think|until i call you"
        "|to talk|until we call you|while we talk|from now on|let me finish|let him finish"
        "|let her finish|let's|we'll|we found it|i found it|i've got it|got it|guess|don't|need|a"
        "|the|do|did|would you mind|be so kind|everyone|everybody|thing|we're good|i didn't"
        "|i wasn't|what did you want to say|we can hear you|what is it|it's fine|all good"
        "|i'm sorry|my bad|sorry about that"
    ),
    negations=words("not wasn't didn't don't isn't aren't weren't never"),
    stressed_you=words("you"),
    spoken_to=words(
        "mean meant talk talking speak speaking ask asking call calling address addressing to for "
        "wasn't asked"
    ),
    meant_for=phrases(
        "that was for|that was meant for|this was for|i meant|i was talking to|i was asking"
        "|meant for|that one's for|that's for|i was speaking to|it was for|that question was for"
        "|i'm talking to|i mean"
    ),
    meant=phrases(
        "i meant|i mean|i was talking to|i was asking|i am talking to|i'm talking to|i'm asking"
        "|talking to|asking|that was for|meant for|i was speaking to|the other|i wanted"
        "|i meant to"
    ),
    explaining=words(
        "we i we're we've i've i'm i'd let's it's that's there's until till while because since "
        "for he she they the my someone somebody this tom"
    ),
    handing=words("pass passing hand handing refer forward turn ask asking leave over to for let"),
    handovers=phrases(
        "over to|hand over to|hand this to|hand it to|hand that to|pass to|pass this to"
        "|pass it to|pass it on to|hand it over to|hand you over to|i'll ask|let me ask|let's ask"
        "|let's hear|ask|hear from|handing over to|next is|passing to|i'd like to ask"
    ),
)
