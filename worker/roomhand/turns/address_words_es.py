"""The words that the rules of addressing look for, in Spanish. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import Lexicon, phrases, words
from roomhand.turns.address_orders_es import AMOUNTS, ORDERS
from roomhand.turns.address_phrases_es import ASIDES, ASKED_LATER, ASKING, TO_YOU, TURNING
from roomhand.turns.address_speech_es import (
    CHATTING,
    QUOTING,
    READING,
    REPORTED,
    REPORTING,
    SPEECH,
    TEXTS,
)
from roomhand.turns.address_verbs_es import GOVERNORS, REQUESTS, SECOND, THIRD

_GREETINGS = words("che oigan oíd epa psst hola hey buenas oye oiga ola eh ey")
_OPENERS = _GREETINGS | words(
    "exacto exactamente evidentemente hombre mujer tío tía macho órale ándale porfa porfis "
    "consulta consultita preguntita duda "
    "cosita aclaración sinceramente francamente honestamente serio disculpen disculpá perdoná "
    "perdonen permiso bah jo jolín fíjate fijate dale finalmente resumiendo permítame permíteme "
    "vaya anda uy ay guau caray ostras ok okay vale bueno pues y e pero entonces haber bien sí "
    "no ah oh eh mm ehm este esto perdón perdona perdone disculpa disculpe gracias muchas claro "
    "mira escucha escúchame espera momento buenos días tardes noches ahora luego además otra "
    "cosa pregunta quizás quizá venga perfecto genial estupendo muy acuerdo querida querido "
    "segundo también última rápida osea bienvenida bienvenido primero siguiente hm adelante ya "
    "listo stop todos todas chicos chicas equipo gente"
)

_ASKED_OF_YOU = (
    "importa importaría parece parecería parecen suena suenan toca tocaría tocan gusta gustaría "
    "gustan apetece interesa interesaría interesan molesta molestaría consta sirve serviría cuadra "
    "acuerdas acordás animas animás atreves encargas ocupas"
)
"""Behind "te" and a name, they ask its owner; the subject follows."""

LEXICON = Lexicon(
    language="es",
    greetings=_GREETINGS,
    responses=words(
        "mira mire miren escucha escuche fíjate exacto vale espera disculpe disculpen disculpá "
        "perdoná perdonen permiso vaya anda uy ay guau caray ostras sí no gracias perdona "
        "perdón disculpa perdone"
    ),
    openers=_OPENERS - {"si"},
    lone_openers=frozenset({"si"}),
    asides=ASIDES,
    wishes=phrases("buenos días|buenas tardes|buenas noches"),
    asking=ASKING,
    to_you=TO_YOU,
    turning=TURNING,
    fillers=words(
        "porfa porfis porfi disculpe disculpá perdoná perdone mujer hombre che tío majo eh ehm "
        "ah oh mm este bueno pues entonces perdón perdona disculpa por favor "
        "gracias sí ok okay vale ahora una pregunta otra rápida también solo oye hola claro mira "
        "venga"
    )
    - words("una otra también"),
    tags=words(
        "perdona perdone perdón perdoná disculpa disculpe disculpá porfa porfis porfi plis anda "
        "venga oye che hombre mujer please por favor gracias entonces ahora vale ya no verdad "
        "eh pues ok sí otra vez mejor para"
    ),
    question_tags=words("verdad eh"),
    pleas=words("porfa porfis porfi plis porfavor favor please"),
    joining=words("y e o"),
    choosing=words("o u"),
    adversative=words("pero"),
    question_words=words(
        "qué quién quiénes cuál cuáles cuándo cómo dónde cuánto cuánta cuántos cuántas porque "
        "adónde que quien cual como alguna algún"
    )
    - {"cuando", "donde"}
    - words("porque"),
    relative={
        "como": words(
            "se es está estás va van fue puedo podemos quedó quedamos era hacemos hago lo podría "
            "llamaba ves funciona íbamos vamos"
        )
    },
    relatives=words("que quien cuyo cuya"),
    requests=REQUESTS,
    second=SECOND,
    after_verb=words("tú usted vos vosotros vosotras ustedes"),
    listed_endings=("aos", "íos", "eos", "ios"),
    second_endings=(
        "ste",
        "emos",
        "amos",
        "imos",
        "ímos",
        "anos",
        "enos",
        "inos",
        "ános",
        "énos",
        "ínos",
        "áme",
        "éme",
        "íme",
        "ame",
        "eme",
        "ime",
    ),
    clitic_endings=("as", "es", "ás", "és"),
    you_subjects=words(
        "vos podés tenés querés sabés puedes podrías sabes tienes quieres podéis sabéis tenéis "
        "queréis tú crees piensas opinas dirías añades"
    ),
    late=frozenset(
        ["dónde", "cuándo", "cuánto", "cuántos", "cuántas", "cuál", "quién", "qué", "cómo"]
    ),
    pronoun_objects=words("me nos eso esto lo la favor te les"),
    told_me=("me", "nos"),
    to_whom=words("a para ha"),
    first_person=words("yo dije digo he decía"),
    speaking=words(
        "vos yo tú te ti nos nosotros nosotras mi mis nuestro nuestra nuestros nuestras usted "
        "ustedes vosotros contigo"
    ),
    you=words(
        "vos podés tenés querés sabés pensás creés hacés decís tú ti te contigo usted ustedes "
        "vosotros vosotras os tus tuyo tuya puedes podrías sabes tienes crees piensas opinas ves "
        "dices quieres has eres estás vas haces harías sugieres propones recomiendas recuerdas "
        "podéis pensáis opináis sabéis tenéis habéis queréis creéis estáis oís oyes entiendes "
        "deberías debes dirías encuentras prefieres dijiste hiciste viste pudiste mencionaste "
        "apuntaste"
    ),
    both_you=words("vos tú usted ti contigo vosotros"),
    inverted={
        **dict.fromkeys(words("te os"), words(_ASKED_OF_YOU)),
        "le": words("importa importaría molesta molestaría parece parecería parecen"),
        "alguien": words("me nos puede sabe podría tiene ha quiere"),
        **dict.fromkeys(
            words("es era fue sería"),
            words("verdad cierto correcto posible así seguro eso esto esa ese"),
        ),
        **dict.fromkeys(words("está"), words("claro bien todo eso esto todos")),
        **dict.fromkeys(
            words("a ha de con en para por desde hasta"),
            words(
                "qué que quién quien cuál cual cuándo cuánto cuántos cuántas dónde cuanto "
                "cuantos donde cuando cómo"
            ),
        ),
        "tu": words("crees piensas opinas sabes qué que puedes cómo como dijiste tienes"),
        **dict.fromkeys(words("puede podría sabe quiere"), words("usted alguien decirnos decirme")),
        **dict.fromkeys(words("hace ha dijo"), words("falta alguien usted")),
    },
    names_invert=frozenset(),
    plural=words("han son eran están pueden deben tienen vienen van quieren"),
    third=THIRD,
    plural_endings=("an", "en"),
    third_endings=("ó", "aba", "rá", "ría"),
    not_third=words("secretaría categoría mayoría librería cafetería acaba"),
    clitics=words("os me te se lo la los las le les nos no"),
    reflexive=words("se"),
    request_endings=(
        "lo",
        "la",
        "los",
        "las",
        "le",
        "les",
        "me",
        "nos",
        "melo",
        "mela",
        "noslo",
        "nosla",
        "selo",
        "sela",
        "te",
    ),
    habits=words(
        "siempre nunca casi suele jamás bien mejor mal peor muy cada demasiado bastante rápido "
        "lento automáticamente mucho poco solo sola todo"
    ),
    scenes=words("si antes después cuando mientras aunque en"),
    scene_verbs=words(
        "quieras quieran quiera puedas pueda puedan tengas tenga termines termine acabes acabe "
        "gustes guste estés esté sepas hayas haya te se os nos empecemos sigamos pasemos "
        "terminemos acabemos cerremos podamos empezar seguir pasar cerrar terminar nada de "
        "podemos puedes quitamos tenemos vamos quieres terminamos seguimos que acabar"
    ),
    topics=words(
        "objeciones dudas preguntas sugerencias tu tus vuestra vuestro ideas cifras opinión "
        "resumen comentarios estado dos tres cuatro misma mismo alguna algún"
    ),
    asked_later=ASKED_LATER,
    remarks=words("quizá quizás tal también no sí como de para sin con ayer y o otra que ya"),
    again=words("él ella ello eso ese esa"),
    articles=words("el la los las un una nuestro nuestra mi que quien ese esa"),
    governors=GOVERNORS,
    determiners=words(
        "el la los las un una unos unas mi mis tu tus su sus este esta ese esa otro otra otros "
        "otras última último primera próxima"
    ),
    verb_after=words(
        "los las se no me te le les lo nos os ha han había habrá qué cómo cuándo dónde quién "
        "cuánto como cuando donde quien ya"
    ),
    verb_ends=(
        "ron",
        "a",
        "e",
        "ó",
        "ado",
        "ido",
        "ía",
        "aba",
        "dicho",
        "hecho",
        "visto",
        "an",
        "en",
    ),
    complete=words(
        "toca pasa falta queda sobra nada idea verdad hoy ahora acuerdo gracias vale puede "
        "importa parece claro tarde entiende"
    ),
    closing_ends=("mente",),
    closing=words(
        "mío mía míos mías tuyo tuya tuyos tuyas suyo suya suyos suyas vos usted ustedes "
        "vosotras conmigo fuera dentro arriba abajo delante detrás cerca lejos aún todavía "
        "siempre nunca jamás anoche anteayer hora tarde noche temprano juntos juntas solo sola "
        "solos grande alto bajo rápido despacio razón prisa mediodía vez eso esto ello ti mí él "
        "ella "
        "ellos nosotros vosotros hoy mañana ayer ahora aquí allí ahí allá luego después antes "
        "tarde pronto ya bien mal mejor peor listo lista listos hecho dicho entendido correcto "
        "incorrecto cierto claro caro barato todo todos nada algo mucho poco más menos bastante "
        "lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril mayo "
        "junio julio agosto septiembre octubre noviembre diciembre minutos minuto horas hora "
        "días euros ciento útil perfecto genial estupendo fantástico excelente falso oído "
        "equivocado nosotras contigo así también tampoco igual"
    ),
    timing=words("antes después desde hasta sin"),
    linking=words("es está sería"),
    resuming=words("lo la los las"),
    titles=words(
        "pobre pobrecita pobrecito proyecto programa plataforma aplicación app licenciado "
        "licenciada ingeniero ingeniera lic ing señorita agente agentes asistente asistentes "
        "bot bots robot robots ia señor señora doctor "
        "doctora profesor profesora compañero compañera colega amigo amiga nombre sistema "
        "herramienta aplicación modelo becario becaria primo prima hermano hermana tío tía don "
        "doña"
    ),
    indefinite=words("un una unos unas algún alguna"),
    naming=words(
        "llámalo llámala llámale llamarlo llamarla llamas llamo llama llaman llamado llamada "
        "llamamos llamé llamó bautizado bautizamos"
    ),
    copulas=words("es son era eran fue será sería"),
    unfinished=phrases(
        "puedes|podrías|podéis|podríais|puede usted|podría usted|vas a|me puedes|nos puedes"
        "|me podrías|nos podrías"
    ),
    conjunctions=words("si que porque cuando como mientras antes desde hasta"),
    clause_governors=GOVERNORS
    | THIRD
    | words(
        "que si porque cuando aunque mientras como donde dónde cómo cuándo qué quién cuánto cuál "
        "quien ha había puede podría debe debería es está fue será dijo dice creo pienso espero "
        "supongo ojalá quizá quizás igual tal vez tú yo él ella no deja dejar hacer haz hice ya "
        "esta este va son"
    )
    - words("no igual"),
    particles=words("también incluso solo mejor hasta sólo ya quizás"),
    identifying=phrases(
        "qué tal va|qué tal está|qué tal anda|cómo va|cómo está|cómo anda|qué hace|qué ha dicho"
        "|qué ha hecho|ahí viene|ahí está|allí está|fue|esa fue|ese fue|ahí va|es|este es"
        "|esta es|ese es|esa es"
        "|dónde está|quién es|esto es|era|aquí está|y|o|no es|aquí viene|eso es|quién era|no"
        "|qué tal|qué dice|qué opina"
    ),
    reporting=REPORTING,
    quoting=QUOTING,
    comparing=words("como"),
    reported=REPORTED,
    other_subjects=words("eso esto alguien nadie todos todo esta este"),
    pointing=words("eso esto esta este"),
    resuming_verbs=words("es era"),
    chatting=CHATTING,
    cleft=words("lo"),
    texts=TEXTS,
    reading=READING,
    subjects=words("él ella yo siempre ellos"),
    thirds=words("él ella ellos"),
    speech=SPEECH,
    topic=words("sobre acerca de"),
    pronouns=words("eso esto la lo"),
    genitive=words("de del al a ha quizá"),
    nominal=words(
        "mucho mucha muchos muchas siguiente siguientes el la los las un una unos unas mi mis tu "
        "tus su sus nuestro nuestra este esta estos estas ese esa esos esas aquel aquella cada "
        "próximo próxima último última primer primera segundo segunda tercer tercera nuevo nueva "
        "otro otra mismo misma dos tres cuatro varios varias al del muy más de gran"
    ),
    orders=ORDERS,
    assents=words("sí si claro vale ok okay exacto correcto perfecto bien bueno genial yes"),
    thanks=phrases(
        "gracias|muchas gracias|mil gracias|adiós|muchísimas gracias|thanks|thank you"
        "|te lo agradezco"
    ),
    courtesies=phrases(
        AMOUNTS
        + "te escuchamos|te escucho|le escuchamos|le escucho|todos te oímos||ahora sí|a hora sí"
        "|ya está|ya estamos|listo|nomás|no más|tranquila|ahí|acá|aquí|rato"
        "|dale|dele|anda|ándale|órale|porfa|porfis|disculpe|perdone|perdoná|disculpá|che|tú|vos"
        "|a ver|hombre|mujer|hasta que te diga|hasta que te avise|hasta que te digamos"
        "|hasta que le avise"
        "|hasta que le diga|ya se fueron|ya volví|ya volvimos|me llaman|te lo agradezco"
        "|por favor|gracias|ahora|ya|pues|bueno|entonces|vale|ok|okay|sí|no|oye|hey|perdona|perdón"
        "|y|pero|a|ha|un momento|un rato|un poco|un minuto|puedes|podrías|por ahora|de momento|ah"
        "|oh|eh|mejor|luego|solo|hasta que te llame|hasta que te llamemos|claro|bien|un segundo"
        "|venga|lo siento|era|es|tranquilo|mira|ya lo encontré|lo encontramos|que|estoy pensando"
        "|estamos pensando|déjanos|déjame|pensar|terminar|si|hola|muy bien|disculpa|otra vez"
        "|mientras hablamos|por el momento|de hablar|eso|lo|se|quiero|vamos a pensar|puede|podría"
        "|hablaba|con|para|bastante|callar|callarte|tanto|ola|hacer el favor|usted|de|la"
        "|está bien|esta bien|todo bien|no pasa nada|ay"
    ),
    negations=words("no"),
    stressed_you=words("vos ti contigo tú te"),
    spoken_to=words(
        "hablo hablaba hablando decía digo dije pregunto preguntaba pregunté a para por refería "
        "iba era llamaba refiero va"
    ),
    refusals=words("no na nada bah ah ay espera"),
    meant_for=phrases(
        "eso era para|era para|hablaba con|me refería a|se lo decía a|se lo preguntaba a"
        "|le preguntaba a|le hablaba a|iba para|eso iba para|eso es para|la pregunta era para"
        "|estaba hablando con|se lo decía ha|hablo con|era con"
    ),
    meant=phrases(
        "me refería a|hablaba con|hablo con|le hablaba a|quería decir|era para|le preguntaba a"
        "|digo|estoy con|le hablo a|estaba hablando con|me refiero a|es para|se lo decía a"
        "|estoy hablando con|le decía a"
    ),
    explaining=words(
        "me te le ya que todavía mis tus su un una están está era son fue creo tú vos ella él "
        "ellos era fueron luego estaba estábamos teníamos hemos habíamos acaban acabo suena sonó "
        "entra entró vienen viene "
        "tenemos estamos vamos necesitamos tengo estoy voy llaman porque hasta mientras durante "
        ""
        "lo ya es quiero hay he hemos nos se que el la mi yo nosotros"
    ),
    whether=words("si"),
    that=words("que"),
    telling=words("a"),
    awaiting=words("a que hasta"),
    transitive=words(
        "para pausa sigue continúa retoma olvida cancela anula ignora deja detén aguanta espera "
        "basta"
    ),
    handing=words(
        "paso palabra turno pregunto cedo dejo preguntar pásale preguntémosle pregúntale doy "
        "remito a para deja dejemos sabe"
    ),
    handovers=phrases(
        "la palabra a|paso la palabra a|pregunta a|pregúntale a|preguntemos a"
        "|le paso la palabra a|doy la palabra a|le pregunto a|paso el turno a|cedo la palabra a"
        "|pasamos a"
    ),
)
