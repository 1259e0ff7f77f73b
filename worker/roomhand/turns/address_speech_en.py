"""How somebody's words are presented, and how a statement is turned to somebody: English.

Data only.
"""

from __future__ import annotations

from roomhand.turns.address_lexicon import combined, words


def _reports(bases: str) -> frozenset[str]:
    """Regular verbs in the forms that report."""
    stems = [(base, base.removesuffix("e")) for base in bases.split()]
    return frozenset(
        form for base, stem in stems for form in (f"{base}s", f"{stem}ing", f"{stem}ed")
    )


REPORTING = (
    _reports(
        "talk shout yell scream whisper mutter mumble exclaim announce order snap bark beg joke "
        "chant demand insist add laugh sigh groan moan warn explain suggest respond inquire greet "
        "text message tweet post type answer mention declare claim complain plead scold tease "
        "beep blurt croak command dictate"
    )
    - words("talking")
) | words(
    "asked asks begged begging called cried cries goes hear heard keeps kept repeated repeats "
    "replied replies said sang say saying says scream shout singing sings snapped told went wrote "
    "yell"
)

VOCAL = _reports(
    "roar bellow holler bawl howl screech shriek squeal squeak squawk yelp yap growl grumble "
    "grunt rasp purr coo chirp crow chime drone boom thunder snarl splutter stutter hiss wail "
    "whine sob gasp giggle chuckle hoot cackle chatter babble rant rave gush quip interject "
    "interrupt implore urge nag pipe blare crackle bleat chorus scribble scrawl jot print spell "
    "caption headline recite rattle proclaim utter mouth phone ring email"
) | words(
    "tells hearing typing type writing writes written scribbled yelled humming hummed crying sung "
    "stammered stammering piped piping lisped lisping spluttered boomed ringing rang rings "
    "muttering begging quoted quoting overheard overhear saying asking sobbing wailing"
)

PRESENTING = words(
    "quote literally verbatim actual exact deadpan slash unquote caps capitals allegedly supposedly"
)

_VERBS = (
    "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|isn't|aren't|wasn't"
    "|weren't|don't|doesn't|didn't|hasn't|haven't|hadn't|can't|couldn't|won't|wouldn't|shouldn't"
)

TAG_QUESTIONS = combined(_VERBS, "i|you|he|she|it|we|they|there") | combined(
    "or", "not|no|nah|what|are we|am i|is it"
)
