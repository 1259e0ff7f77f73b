"""Orders to an agent, as they are said in English. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import phrases
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
    ),
}
