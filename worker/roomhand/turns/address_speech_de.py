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


REPORTING = words(
    "gesprochen höre hörte hören redet redete redeten begrüßt begrüßte spricht schrien "
    "riefen fragten meinten sagten schrieben brüllten flüsterten antworteten tippten "
    "erzählten schimpften riefst fragst fragtest schreibst schriebst tippst jammert jammerte "
    "bettelt bettelte seufzt seufzte stöhnt stöhnte grinst grinste lacht lachte droht drohte "
    "wiederholte wiederholten piepst wispert wisperte haucht hauchte knurrt knurrte motzt "
    "motzte nörgelt diktierte diktiert simst simste kommandierte entgegnet entgegnete "
    "erwiderte erwidert sagt sagte sagst sag gesagt meinte rief ruft rufst gerufen fragte "
    "fragt gefragt schrieb schreibt geschrieben antwortete antwortet schreit schrie "
    "geschrien brüllt brüllte ruf flüstert flüsterte erzählte meint tippt tippte sage sagen "
    "rufen schreien gebrüllt getippt murmelte murmelt gemurmelt geflüstert brüllen singt "
    "sang befahl befiehlt zischte zischt heißt hieß bat bittet schimpft schimpfte schimpfen "
    "geschimpft witzelte kreischt kreischte sprach"
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
    "fragt fragte fragten gefragt meint meinte meinten gemeint heißt hieß heißen hört hörte gehört "
    "höre hören liest las gelesen klingt klang tippt tippte getippt eingegeben eingetippt "
    "angeschrien angebrüllt geschimpft befiehlt befahl bittet bat gebeten ertönt ertönte "
    "unterhält unterhielt ausgerufen dazwischengerufen reingerufen hingeschrieben redet redete"
)

PRESENTING = words(
    "wörtlich wortwörtlich sinngemäß sinngemäss wortlaut zitat zitiere zitierte buchstäblich "
    "handschriftlich ernstes großbuchstaben grossbuchstaben angeblich freitext"
)

TAG_QUESTIONS = combined("oder", "nicht|was|wie|etwa|doch nicht|irre ich mich") | combined(
    "nicht wahr|stimmt's|stimmts|hab ich recht|habe ich recht|ist es nicht so|meinst du nicht"
    "|findest du nicht|finden sie nicht|meinen sie nicht|richtig so|ist das so"
)
