"""The words that the rules of addressing look for, in English. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import Lexicon, combined, phrases, words
from roomhand.turns.address_orders_en import ORDERS
from roomhand.turns.address_speech_en import PRESENTING, REPORTING, TAG_QUESTIONS, VOCAL
from roomhand.turns.address_verbs_en import GOVERNORS, REQUESTS, SECOND, THIRD

_GREETINGS = words(
    "hey hi hello hiya howdy yo oi ahoy hullo heya hallo ay aye righto ey psst greetings"
)
_OPENERS = _GREETINGS | words(
    "ehm uhm mmm hm wow whoa ouch oops yikes gosh ok okay so well and an but now alright right "
    "um uh er erm ah oh please thanks yes no yeah yep nope sorry excuse good great morning "
    "afternoon evening then also actually anyway listen look wait question next maybe perhaps "
    "all dear cheers just hmm mm mhm sure fine first finally everyone everybody folks guys team "
    "people both someone somebody crikey blimey damn dang jeez goodness cool lovely nice brilliant "
    "super grand anyways righty yup nah nay welp tsk ta whoops hang eh"
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


_AUXILIARIES = words("do does did can could should shall will would may might must")

LEXICON = Lexicon(
    language="en",
    greetings=_GREETINGS,
    responses=words(
        "wow whoa ouch oops yikes gosh yes yeah yep no nope sorry thanks thank you cheers"
    ),
    openers=_OPENERS,
    asides=combined(
        "one|just one|one last|one more|one other|another|last|quick|final", "thing|point|one"
    )
    | combined("as far as|from what", "i know|i can tell|i can see|i gather|i heard")
    | phrases("i have to say|i must say|i'd say|it must be said")
    | phrases(
        "while i think of it|while i'm at it|now that i think of it|before i forget"
        "|come to think of it|while we're at it|like i said|as i said|as you can see|as you know"
        "|as you see|as we said|as i was saying|as mentioned|in other words|in short|in any case"
        "|as always|as usual|good thinking|good point|well spotted|good idea|great idea"
        "|to be fair|for what it's worth|by all means|let me think|fair enough|no worries"
        "|hear me out|let's see|let me see|excuse me|by the way|you know|you see|listen up"
        "|hang on|hold on|of course|all right|in that case|come on|to be honest|go on|if you can"
        "|if you like|i mean|what i mean is|thank you|one moment|one second|one more"
        "|one more question|good morning|good afternoon|good evening|thank you so much"
    ),
    wishes=phrases("good morning|good evening|good afternoon|good night"),
    asking=phrases(
        "do me a favour|do me a favor|do us a favour|do us a favor|be a dear|can you tell us"
        "|could you tell us|could you tell me|can you tell me|if you'd be so kind"
        "|if you would be so kind|if you would|would you be so kind|if you don't mind"
        "|if i may ask|if you could|were wondering|are wondering|am wondering|was curious"
        "|i wonder|i'm wondering|i was wondering|i'm curious|i was curious|my question is"
        "|the question is|question is|tell me|tell us|do tell|say|just out of curiosity"
        "|just curious|help me out|help us out|remind me|remind us|correct me"
    ),
    to_you=phrases(
        "yes or no|true or false|for you|up to you|to you|of you|tell you|told you|ask you"
        "|asked you|hear you|need you|want you|with you"
    ),
    turning=phrases(
        "and now|and next|nice to|good to|great to|pleased to|congratulations|congrats|nice one"
        "|more slowly|slower|louder|from the top|from the beginning|start over|well done"
        "|good work|great work|good job|nice job|it's a bout|got a minute|got a second|got a sec"
        "|got time|got a moment|want to|wanna|care to|mind if|feel like|still there|it's about"
        "|that's not|something to|more to add|one more thing|one other thing|another thing"
        "|one last thing|quick question|one question|a question|another question|no idea"
        "|by the way|thanks for|thank you for|thanks a lot|next slide|next page|next question"
        "|next one|one second|good morning|good evening|good question|good point|good idea"
        "|won more thing|no problem|let me|in that case|on that note"
    ),
    fillers=words(
        "love mate buddy dear darling honey sweetie sweetheart dearie mates lad lass sir madam "
        "guys ma'am bro dude folks pal um uh er erm ah oh well so sorry actually just quickly "
        "again also perhaps maybe then now hey okay ok yes no yeah please thanks quick question "
        "one more really hmm first"
    ),
    tags=words("please thanks thank you then now again right okay ok too though yeah maybe"),
    question_tags=words("huh innit"),
    pleas=words("please"),
    joining=words("and or an"),
    choosing=words("or"),
    adversative=words("but"),
    question_words=words(
        "what who whose whom when where why how which what's who's where's when's how's why's "
        "what're who're where're what'd who'd what'll who'll whats hows wheres whos where'd "
        "how'd any anything anyone anybody witch"
    ),
    relative={
        "when": words("is are was were did does do can could will would should have has shall am")
    },
    relatives=words("who which whose"),
    requests=REQUESTS,
    second=SECOND,
    you_subjects=words(""),
    late=words("what how where what's how's where's who which why"),
    pronoun_objects=words("me us that it this them him her your please"),
    first_person=words("i i've i'd"),
    speaking=words(
        "i i'm i'd i've i'll we we're we'd we've we'll you you're you'd you've you'll my our your"
    ),
    you=words("you you're you'd you've you'll your yours yourself yourselves dyou couldya"),
    both_you=words("you yourself"),
    inverted={
        **dict.fromkeys(_MODALS, _MODAL_SUBJECTS),
        "do": _NOMINATIVE | _THINGS,
        **dict.fromkeys(_PAST, _NOMINATIVE),
        **dict.fromkeys(words("is are isn't aren't"), _NOMINATIVE | _THINGS | {"there"}),
        **dict.fromkeys(words("was were am wasn't weren't"), _NOMINATIVE | _THINGS),
    },
    inversion=False,
    names_invert=_MODALS | _PAST | words("do is are isn't aren't was were am wasn't weren't"),
    plural=words("do don't have are were haven't aren't weren't"),
    third=THIRD,
    third_endings=("s", "ed"),
    not_third=words(
        "yes this perhaps thanks always its as us minus plus less unless what's who's where's "
        "when's how's why's let's whats hows wheres whos lets guys folks happened changed"
    ),
    scenes=words(
        "whatever whichever whenever before after when once if while since given until as unless"
    ),
    scene_verbs=words(
        "leaving closing moving starting going wrapping finishing there anyone somebody someone "
        "nobody the my our"
    ),
    topics=words(
        "objections concerns reactions suggestions thoughts status ideas comments opinion "
        "opinions summary summaries update updates verdict your two three four five half same "
        "not another numbers figures questions feedback"
    ),
    asked_later=combined(
        "are|can|could|did|didn't|do|does|doesn't|had|has|have|is|isn't|should|was|wasn't|were"
        "|will|would",
        "it|that|they|he|she|we|you|this|there",
    ),
    stated_endings=("s", "ed", "ing", "ly", "ist", "ion", "'d", "'ll", "'ve"),
    object_starts=words(
        "the a an my our your these those this that it them us me him her in out up down off "
        "over back through all everything both some"
    ),
    remarks=words(
        "too either instead of for like as not yesterday today maybe perhaps again with without "
        "from and or plus"
    ),
    again=words("it's it he she he's she's that's"),
    articles=words("the a an our my their his her that this which who"),
    governors=GOVERNORS,
    determiners=words("of the a an our my their his your any every some no"),
    split=phrases("a bout|be tween|be four|be hind|a gainst|with out"),
    objects=words("many much whose what which anything something whatever what's"),
    released=words(
        "makes made gives gave takes took means costs told see saw seen hear heard know knew "
        "need needed want wanted find found forget forgot remember remembered miss missed use "
        "used using like liked get got have had add added try tried test tested send sent bring "
        "brought start make mean call meet follow show shown pay paid believe said says leave"
    ),
    verb_after=words(
        "dyou couldya wouldya i you we they he she it to don't didn't doesn't won't can't "
        "couldn't wouldn't shouldn't who anyone anybody everyone everybody someone somebody "
        "nobody"
    ),
    complete=words(
        "agree think know understand see hear mean remember forget start begin go come leave "
        "stop wait continue proceed finish end work help talk speak listen answer reply respond "
        "repeat say said do did done have get want need like mind care sure ready there here "
        "right wrong okay ok fine good happy free busy online back alright agreed suggest "
        "recommend propose believe guess suppose imagine wonder confirm follow joking kidding "
        "listening recording working following coming going doing vote voted decide decided read "
        "note noted notice noticed look check try explain elaborate expect expected happen "
        "happened matter win won lose lost pay eat drink sleep sit stand stay rest move meet met "
        "join disagree differ are were was is am be can could would should will miss exist awake "
        "alive serious finished prepared asleep confused certain aware present available able"
    ),
    closing=words(
        "bigger smaller louder quieter faster slower brighter longer shorter higher lower better "
        "worse noon midnight time rush quick slow fast it this that these those one ones me us "
        "them him her you mine ours yours theirs today tomorrow yesterday tonight now yet "
        "already again here there soon later before earlier ago though instead together today's "
        "up down off out away back in around too either once twice well done wrong right fine "
        "ready late early enough else first last next more most less least all both everything "
        "anything nothing something much many long true false still ever never monday tuesday "
        "wednesday thursday friday saturday sunday january february march april may june july "
        "august september october november december morning afternoon evening night week month "
        "year minute minutes hour hours day days euros dollars pounds percent sorry great good "
        "perfect brilliant excellent helpful nice okay ok correct wonderful lovely awesome "
        "impressive clear unclear expensive cheap"
    ),
    compounds=True,
    timing=words("by at on after before until till since around during in"),
    linking=words("that's it's this's there's"),
    titles=words(
        "agent agents assistant assistants bot bots ai robot helper colleague colleagues intern "
        "mr mrs ms miss doctor dr professor friend cousin brother sister uncle aunt model system "
        "tool app software name names nickname called named robots assistant's"
    ),
    indefinite=words("a an any another some"),
    naming=words("call calls called name named names dubbed christened nicknamed"),
    unfinished=phrases("couldya|wouldya")
    | phrases("can you|could you|will you|would you|can't you|couldn't you|won't you|wouldn't you"),
    conjunctions=words("if that because whether when before after since until while unless once"),
    clause_governors=GOVERNORS
    | _AUXILIARIES
    | _MODALS
    | _PAST
    | words("i we they he she")
    | words(
        "that if because when while whether as since though although until unless what who how "
        "where why think thinks thought guess guessed hope hoped say says said suppose feel felt "
        "sure maybe perhaps whatever wonder wondered wish bet figured hear imagine every each "
        "some any once"
    ),
    particles=words("just also only even maybe actually both either probably simply always"),
    identifying=phrases(
        "there's|there is|here's|there was|you meant|you mean|did you mean|do you mean|who is"
        "|where is|is that|is this|is it|was that|that is|this is|it is|here is|was it|meet"
        "|here comes|and|or|that was|it was|not|it's|that's"
    ),
    reporting=REPORTING,
    vocal=VOCAL,
    presenting=PRESENTING,
    unchanged=words("put set let read cut quit split"),
    tag_questions=TAG_QUESTIONS,
    habits=words("always constantly every whenever everytime"),
    quoting=words("always all constantly"),
    comparing=words("as like"),
    reported=phrases(
        "there like|here like|i go|we go|i'm like|he's like|she's like|was like|were like"
        "|they're like|it's like"
        "|i was all|be like|just like|i thought|i just thought|i was thinking"
    ),
    other_subjects=words(
        "that this there there's everyone everybody nobody someone somebody people it these those"
    ),
    pointing=words("that this it these those"),
    resuming_verbs=words("is was"),
    chatting=words("talks talked talking says said goes greets greeted"),
    cleft=words("what all"),
    texts=words(
        "manuscript contract form chapter words phrase line quote slide screen sign title titles "
        "email mail subject note headline mug poster banner card message caption page board "
        "whiteboard display button label sticker script letter chat prompt example documentation "
        "leaflet manual demo ad advert commercial flyer shirt"
    ),
    reading=words("were read reads says said is was saying labelled titled goes went"),
    subjects=words("he she they it i we everybody everyone"),
    thirds=words("he she they"),
    speech=words(
        "said says asked asks yelled yells shouted shouts shouting yelling screamed screaming "
        "whispered cried kept keeps goes"
    ),
    topic=words("about of on regarding for with"),
    pronouns=words("that this it"),
    genitive=words("of from"),
    nominal=words(
        "the a an my our your his her their its this that these those next last first second "
        "third final main new old same other another each every some any no one two three four "
        "five early late such which whose what right wrong big small good bad best whole single "
        "open center centre"
    ),
    orders=ORDERS,
    assents=words(
        "yes yeah yep yup sure okay ok right exactly absolutely definitely fine perfect great "
        "good true"
    ),
    thanks=phrases(
        "thanks|thank you|thank you very much|thanks a lot|many thanks|cheers|bye|goodbye"
        "|much appreciated|so much|very much"
    ),
    courtesies=combined(
        "|i've|i|we've|we|i already|we already|i've already|we've already",
        "found|got|sorted|figured|worked|solved|fixed|have|spotted|remembered|see",
        "it|that|them|one|it out|that out|it now|it already|it myself|it here",
    )
    | phrases(
        "whoa|mate|love|ta|couldya|wouldya|dyou|right now|for the moment|for the time being"
        "|all sorted"
        "|for the rest of the meeting|until further notice|if you would|if you don't mind|sorted"
        "|a sec|everyone|for me|for us|today|a minute|hiya|righto|nah|nope|yep|yup|grand|lovely"
    )
    | phrases(
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
        "mean meant talk talking speak speaking ask asking call calling address addressing to "
        "for wasn't asked"
    ),
    refusals=words("no nope nah oh och wait actually"),
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
        "let we'll i'll they'll he'll she'll it'll you've they've they're we'd i'd tomorrow we i "
        "we're we've i've i'm let's it's that's there's until till while because since for he "
        "she they the my someone somebody this tom"
    ),
    whether=words("if whether"),
    that=words("that"),
    telling=words("ask asking asked tell telling told remind show inform let"),
    awaiting=words("for until till"),
    transitive=words(
        "stop pause hold continue resume mute cancel forget ignore leave drop skip scratch scrap "
        "abort proceed"
    ),
    handing=words("pass passing hand handing refer forward turn ask asking leave over to for let"),
    handovers=phrases(
        "over to|hand over to|hand this to|hand it to|hand that to|pass to|pass this to"
        "|pass it to|pass it on to|hand it over to|hand you over to|i'll ask|let me ask|let's ask"
        "|let's hear|ask|hear from|handing over to|next is|passing to|i'd like to ask"
    ),
)
