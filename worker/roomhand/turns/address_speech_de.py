"""How somebody's words are presented, and how a statement is turned to somebody: German.

Data only.
"""

from __future__ import annotations

from roomhand.turns.address_lexicon import combined, words


def _weak(stems: str) -> frozenset[str]:
    """Regular verbs in all their forms."""
    ends = ("e", "st", "t", "te", "test", "ten", "en", "end")
    return frozenset(
        form for stem in stems.split() for form in (*(stem + end for end in ends), f"ge{stem}t")
    )


VOCAL = _weak(
    "brüll röhr kreisch grunz grummel brumm murr knurr maul motz meck mecker nörgel jammer "
    "wimmer winsel schluchz wein heul jaul stöhn ächz seufz keuch japs hauch wisper flüster "
    "raun lispel stammel stotter lall nuschel brabbel plapper quassel quatsch schnatter krächz "
    "kräh quiek quiek piep fiep pieps zwitscher träller schmetter dröhn donner tön schmunzel "
    "kicher grins lach wetter tob schimpf zeter keif droh fleh bettel drängel kommandier diktier "
    "buchstabier zitier tipp kritzel mail sims chatt funk plärr johl jubel gröl ruf murmel säusel"
) | words(
    "schreibt schrieb schreiben geschrieben schreit schreien schrie schrien geschrien ruft rief "
    "riefen gerufen singt sang gesungen spricht sprach gesprochen sagt sagte sagten gesagt "
    "fragt fragte fragten gefragt meint meinte meinten gemeint heißt hieß hört hörte gehört "
    "höre hören liest las gelesen klingt klang tippt tippte getippt eingegeben eingetippt "
    "angeschrien angebrüllt geschimpft befiehlt befahl bittet bat gebeten ertönt ertönte "
    "unterhält unterhielt ausgerufen dazwischengerufen reingerufen hingeschrieben redet redete"
)

PRESENTING = words(
    "wörtlich wortwörtlich sinngemäß sinngemäss wortlaut zitat zitiere zitierte buchstäblich "
    "allen ernstes großbuchstaben grossbuchstaben angeblich freitext"
) - words("allen")

TAG_QUESTIONS = combined("oder", "nicht|was|wie|etwa|doch nicht|irre ich mich") | combined(
    "nicht wahr|stimmt's|stimmts|hab ich recht|habe ich recht|ist es nicht so|meinst du nicht"
    "|findest du nicht|finden sie nicht|meinen sie nicht|richtig so|ist das so"
)
