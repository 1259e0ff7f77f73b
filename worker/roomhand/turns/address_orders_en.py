"""Orders to an agent, as they are said in English. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import combined, phrases
from roomhand.turns.orders import Order

ORDERS = {
    Order.HOLD: phrases(
        "hang tight|hold for now|not so fast|give us a sec|give me two minutes"
        "|give us two minutes|just wait|wait there|wait a bit|wait a moment|wait a minute"
        "|wait a second|hold back|one minute|let me finish|let us finish|let him finish"
        "|let her finish|pause there|pause for a moment|hold it there|wait your turn"
        "|a minute please|stay put|wait until|don't start yet|don't answer yet|not just yet"
        "|hold on a second|hold on a minute|hold on a moment|one sec|hold on|hold that|hold it"
        "|hold that thought|wait|wait up|hang on|one moment|one second|just a moment"
        "|just a second|just a sec|just a minute|a moment|a second|a sec|a minute|moment|hold"
        "|pause|stand by|not yet|give us a moment|give us a minute|give us a second"
        "|give me a moment|give me a minute|give me a second|give me a sec|bear with me"
        "|bear with us|hold your horses|hold off|wait for it|give it a moment"
    )
    | combined(
        "wait|hold on|hang on|pause|hold it|hold|stand by|hold up|sit tight|stop|halt",
        "|for|there for|there",
        "a|one|just a|half a|two|another|just one",
        "sec|second|seconds|moment|minute|minutes|min|mo|tick|ticks|bit|while|beat|jiffy|two",
    )
    | combined(
        "|give me|give us|give him|give her|give them|allow me|just give me|just give us",
        "a|one|just a|half a|two|another|just one",
        "sec|second|seconds|moment|minute|minutes|min|mo|tick|ticks",
    )
    | combined(
        "don't|do not",
        "answer|start|say anything|go on|speak|talk|continue|reply|read it",
        "yet|just yet",
    )
    | combined("park|hold|pause|keep|save", "that|it|that thought", "for now|for later|there")
    | phrases(
        "hold up|hold fire|halt|freeze|time out|timeout|let me stop you there|wait right there"
        "|stop right there|stop there|before you go on|before you answer|before you continue"
        "|i'll come back to you|we'll come back to you|hold that answer|whoa there|not so quick"
        "|one thing at a time|put a pin in that|put a pin in it|pause that|stay on hold|sit tight"
    ),
    Order.RESUME: phrases(
        "carry on now|go on now|where you left off|where you were|pick it up again"
        "|you're good to go|you can talk now|you can speak again|you may resume|please proceed"
        "|back to what you were saying|continue where|finish what you were saying"
        "|finish your sentence|finish your thought|as you were saying|keep it going"
        "|you may continue|you can go ahead again|take it from there|off hold|you were saying"
        "|go on|continue|carry on|resume|keep going|you can continue|you can go on|proceed"
        "|you can resume|you can carry on|pick up where you left off|where were you|keep talking"
        "|you may go on|you can talk again|you may speak again|start again|unpause|back to you"
    )
    | combined(
        "|you can|you may|you're free to|feel free to|you could",
        "go on|continue|carry on|resume|proceed|keep going|start again|pick up|pick it up"
        "|keep reading|read on|talk again|speak again",
        "|from there|from here|where you left off|where you stopped|where you were|with that"
        "|with what you were saying|reading|talking|speaking|where we left off|with it"
        "|with the list|with your answer|with your point",
    )
    | phrases(
        "off you go again|we're back|as you were saying|what were you saying|unmute yourself|unmute"
        "|you can come back|come back in|we're ready for you|we're ready again|the break is over"
        "|break's over|you're off hold|let's go on|let's carry on|let's continue|where did you stop"
    ),
    Order.SILENT: phrases(
        "no more comments|no comments|no more remarks|no more talking|no more interruptions"
        "|keep quiet please|keep it down|pipe down|not another word|no more from you"
        "|stay out of this|stay out of it|no talking|be silent now|say no more|stop chiming in"
        "|don't chime in|listen only|just listen for now|stop commenting|give it a rest"
        "|quiet down|don't interrupt|don't talk anymore|don't speak until|go to sleep"
        "|keep your mouth shut|stop butting in|that will do|zip your lips|only listen"
        "|listen quietly|keep out of it|hold your tongue|stop it now|leave us alone|keep still"
        "|no more words|be quiet|stop talking|shut up|silence|keep quiet|quiet|hush|shush"
        "|stop speaking|stop|stay quiet|stay silent|be silent|mute yourself|don't talk"
        "|don't say anything|enough|say nothing|go silent|keep silent|just listen|zip it|mute"
        "|stop it|that's enough|don't speak|don't answer|go mute|go quiet|shh|shhh|sh|be still"
        "|stop answering|stop interrupting"
    )
    | combined(
        "be|keep|stay|go|remain|sit",
        "quiet|silent|still|mute|muted|mum|on mute|out of it",
        "|from now on|for the rest of the meeting|for the rest of this|until we call you"
        "|until i call you|until you're called|until you're asked|until then",
    )
    | combined(
        "stop|quit|cut|cut out|enough of|enough with|no more|that's enough|enough",
        "|the|your|all the|all this|of the|of your",
        "talking|chatter|chattering|chiming in|interrupting|commenting|commentary|comments|noise"
        "|interjecting|butting in|answering|speaking|responding|replying|babbling|yapping"
        "|chipping in|piping up|suggestions|remarks|interruptions|jumping in",
    )
    | combined(
        "don't|do not|not to",
        "talk|speak|say anything|say a word|say another word|chime in|interrupt|comment|respond"
        "|reply|butt in|chip in|interject|say anything else|make a sound|pipe up|say more|jump in",
        "|any more|anymore|unless i call you|unless we call you|unless you're asked|unless asked",
    )
    | phrases(
        "shut it|button it|put a sock in it|hush now|on mute|listening mode|listen only mode"
        "|silent mode|quiet mode|not a word|not a peep|enough from you|that's enough from you"
        "|that's enough out of you|enough out of you|keep it to yourself|sit this one out"
        "|keep your thoughts to yourself|leave us to it|i need you to be quiet|you can be quiet"
        "|we need you to be quiet|i need you quiet|i want you to be quiet|keep schtum|zip"
        "|not a sound|just be quiet|just sit and listen|just listen in|only listen in|pipe down"
    ),
    Order.CALL_ON: phrases(
        "you had your hand up|your hand is up|you've got your hand up|you wanted to say"
        "|you had something|the word is yours|we're all ears|i'm listening|we are listening"
        "|i'm all ears|what would you like to say|what did you want|what have you got"
        "|you can go now|you may go ahead|say it|tell us|let's hear you|let's hear from you"
        "|you wanted to add something|you go first|you're next|you first|come in|jump in"
        "|your point|what's your point|what is your point|what's on your mind|take it away"
        "|the stage is yours|i see your hand|yes you|please speak|you have a point|go ahead"
        "|you have the floor|the floor is yours|your turn|you're up|it's your turn|you may speak"
        "|you can speak|you can speak now|over to you|you're on|fire away|you raised your hand"
        "|you wanted to say something|go for it|what did you want to say|what is it|speak up"
        "|you go|your go|let's hear it|shoot|we're listening|i saw your hand|go"
    )
    | combined(
        "you|i think you|i see you|you've|looks like you",
        "wanted to|want to|were going to|have something to|had something to|were about to"
        "|were trying to|wished to|were waiting to|been waiting to|been wanting to",
        "|say|add|say something|add something|come in|jump in|chip in|comment|contribute"
        "|make a point|raise something|ask something|ask|speak",
    )
    | combined(
        "what",
        "did you want to|were you going to|do you want to|would you like to|have you got to"
        "|did you wish to|were you about to",
        "say|add|ask|tell us|raise|contribute|share",
    )
    | combined(
        "you've got|you have|you had|you've had|i see|i can see|i saw|i've seen|put|yes",
        "your hand|a hand|that hand|the hand|your hand up|your hand raised|your hand down",
        "|up|raised|there|go ahead",
    )
    | phrases(
        "the floor's yours|floor's yours|you've got the floor|take the floor|speak now|off you go"
        "|what's up|let's have it|we can hear you now|your hand's up|your hand went up|say away"
        "|let's have your point|we're ready for you|have your say|say your piece|spit it out"
        "|we'd love to hear it|we'd like to hear it|make your point|go on then|out with it"
    ),
    Order.CANCEL: phrases(
        "i withdraw the question|i withdraw my question|forget what i just said"
        "|forget what i was saying|scrap that|forget the question|forget my question"
        "|forget i said|forget what i said|forget what i asked|don't worry|don't worry about it"
        "|no worries|leave that|drop that|skip that|not important|it's not important|ignore me"
        "|ignore us|never mind that|changed my mind|i've changed my mind|wrong agent|wrong person"
        "|wrong name|disregard what i said|stand down|no answer needed|you can ignore that"
        "|don't answer that|it's nothing|scratch it|abort|that's not for you|not your turn"
        "|not meant for you|no reply needed|forget about that|undo that|call it off|don't do it"
        "|don't do that|let it go|forget i asked you|we're fine|we don't need you|i take it back"
        "|withdrawn|not you|never mind|nevermind|forget it|forget about it|forget that"
        "|not talking to you|wasn't talking to you|not asking you|wasn't asking you"
        "|didn't mean you|don't mean you|scratch that|cancel that|cancel it|cancel|leave it"
        "|drop it|skip it|ignore that|ignore it|disregard that|disregard|not for you"
        "|wasn't for you|no need|don't bother|doesn't matter|it doesn't matter|forget i asked"
        "|forget i said anything|not now|wasn't meant for you|wasn't speaking to you"
        "|not speaking to you|ignore what i said|wasn't addressing you|false alarm|as you were"
        "|wrong one|i take that back|take that back|no longer needed|strike that|not calling you"
        "|wasn't calling you"
    )
    | combined(
        "|i was|i'm|i am|we were|we're|that was|this is|that one was|it was",
        "not|wasn't|weren't|never",
        "you|talking to you|speaking to you|asking you|addressing you|calling you|for you"
        "|meant for you|aimed at you|directed at you|about you|to you",
    )
    | combined(
        "forget|ignore|disregard|scrap|scratch|drop|cancel|strike|withdraw|skip|leave",
        "what i said|what i asked|what i just said|what i just asked|the question|my question"
        "|that question|that request|the request|that last one|the last one|that last bit|all that",
    )
    | phrases(
        "didn't mean to call you|didn't mean to wake you|said your name by mistake"
        "|slip of the tongue"
        "|pay no attention|take no notice|don't mind me|don't mind us|on second thoughts"
        "|on second thought|don't worry a bout it|forget a bout it|no need to answer"
        "|you don't need to answer|you don't have to answer|no need for that|not to worry"
        "|we're all right without|we can manage|go back to sleep|nothing for you|not your cue"
    ),
}
