"""How somebody is quoted: Spanish. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import paired, phrases, words

_AR = "o a as amos an é ó aste aron aba abas ábamos aban ado ando ándole arle arles arme arnos arlo"


def _told(stems: str) -> str:
    """Every person and tense in which verbs in -ar quote somebody."""
    return " ".join(stem + end for stem in stems.split() for end in _AR.split())


REPORTING = words(
    _told(
        "pregunt grit contest chill susurr murmur exclam anunci orden avis solt tecle brome insist "
        "reclam implor ruge cant dict rez salud remed imit llam"
    )
    + " decimos decís dijimos dijisteis dijeron digan diciéndole decirle decirme decirles "
    "pedimos pedís pedirle pidiéndole escribimos escribiste escribieron respondemos respondieron "
    "respondiendo repetimos repitió repitieron repitiendo soltamos "
    + "remeda remedaba remedó imita imitaba imitó espeta espetó soltándole suelta rezonga "
    "rezongó masculla masculló balbucea balbuceó replica replicó vocea voceaba berrea brama "
    "bramó chismea implora imploró susurrándole gruñendo chillando rogando pidiendo "
    "ordenando tararea tarareaba dictando contesto contesté respondo respondí insisto solté "
    "suelto chillo grito pregunto escribo mando-audio avisa avisaba gritarle gritarles "
    "decirle decirles preguntarle pedirle repetir repetirle escribirle "
    "susurrar escribir preguntar chillar contestar saluda saludaba escribía escriben "
    "escribían preguntan preguntaban contesta contestaba contestan respondía responden "
    "susurran susurraban murmuraba murmuran chillan chillaban suspira suspiraba suspiró "
    "bromea bromeaba insiste insistía insistió añade añadía añadió dicta dictaba dictó gruñe "
    "gruñía gruñó repiten repetían soltaron sueltan suplicaba piden pedían pidieron gritaste "
    "escribiste dijiste tecleaba rogaba rogó ruega dije dijo dice dices decía decir diciendo "
    "digo dicen gritó grité grita gritas pregunté preguntó pregunta escribió escribí escribe "
    "contestó suelta soltó respondió dicho gritaba gritando gritar gritado escrito "
    "preguntado susurró tecleó tecleas repetía repite soltar diga susurra susurraba murmuró "
    "murmura chilló chillaba chilla canta cantaba ordenó ordena repitió exclamó exclama "
    "anunció anuncia suplicó suplica decían gritaban bromeó pidió pedía llama soltaba teclea "
    "dijeron"
)

QUOTING = words("siempre constantemente")

REPORTED = phrases(
    "todo el día|todo el rato|toda la tarde|toda la mañana|cada mañana|cada noche"
    "|cada dos por tres|a todas horas|sin parar|dale que dale|a voces|a gritos"
    "|desde la cocina|desde el salón|y vos|y él va|y ella va|voy yo|va él|va ella|y ellos"
    "|y nosotros|y yo como una tonta"
    "|y yo como un tonto"
    + "|"
    + paired(
        "y|y va|y entonces|y de repente|y de golpe|y luego|y ahí|y hala",
        "mi madre|mi padre|mi marido|mi mujer|mi hijo|mi hija|mi abuela|mi abuelo|mi suegra"
        "|mi cuñado|mi hermana|mi hermano|mi jefe|mi jefa|el jefe|la jefa|el niño|la niña"
        "|el tío|la tía|el otro|la otra|el chaval|la chavala|el crío|la cría|el pibe",
    )
    + "|"
    + "y yo|y él|y ella|yo digo|va y dice|voy y digo|me dice|le digo|en plan|plan|yo pensé"
    "|y pensé|yo pensaba|yo pienso"
)

CHATTING = words("habla hablaba hablan dice decía saluda")

TEXTS = words(
    "instrucciones prospecto caja tutorial texto letrero línea frases letra letras folleto "
    "cuaderno libro pegatina web blog post comentario encuesta rótulo ficha portada grafiti "
    "tarta subtítulo subtítulos contestador marcapáginas estribillo canción eslogan lema "
    "acta dedicatoria postal carátula pizarrón remera playera sudadera imán post-it "
    "manuscrito guión contrato formulario capítulo palabras frase diapositiva pantalla "
    "cartel título correo asunto nota taza póster pancarta tarjeta mensaje página pizarra "
    "botón etiqueta guion carta chat ejemplo manual demo anuncio diapo camiseta"
)

READING = words(
    "pone ponían poniendo puesto lee leía leyendo reza dicen decían diciendo aparece "
    "aparecía sale salía lleva llevaba figura figuraba cantan pusieron puso pusimos fueron "
    "ponía pone dice decía rezaba reza leía era es escrito"
)

SPEECH = words("dijo dice decía gritó gritaba grita preguntó preguntaba repetía chillaba")
