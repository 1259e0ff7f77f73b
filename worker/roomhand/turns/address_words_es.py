"""The words that the rules of addressing look for, in Spanish. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import Lexicon, phrases, words
from roomhand.turns.address_orders_es import ORDERS
from roomhand.turns.address_verbs_es import GOVERNORS, REQUESTS, SECOND, THIRD

_GREETINGS = words("hola hey buenas oye oiga ola eh ey")
_OPENERS = _GREETINGS | words(
    "vaya anda uy ay guau caray ostras ok okay vale bueno pues y e pero entonces haber bien sí "
    "no ah oh eh mm ehm este esto perdón perdona perdone disculpa disculpe gracias muchas claro "
    "mira escucha escúchame espera momento buenos días tardes noches ahora luego además otra "
    "cosa pregunta quizás quizá venga perfecto genial estupendo muy acuerdo querida querido "
    "segundo también última rápida osea bienvenida bienvenido primero siguiente hm adelante ya "
    "listo stop todos todas chicos chicas equipo gente"
)

LEXICON = Lexicon(
    greetings=_GREETINGS,
    responses=words(
        "vaya anda uy ay guau caray ostras sí no gracias perdona perdón disculpa perdone"
    ),
    openers=_OPENERS - {"si"},
    lone_openers=frozenset({"si"}),
    asides=phrases(
        "ahora que lo pienso|antes de que se me olvide|antes de que se me pase|ya que estamos"
        "|ahora que me acuerdo|como decía|como te decía|como ya dije|como dije|como ves"
        "|como sabes|como veis|como siempre|en otras palabras|dicho de otro modo|en resumen"
        "|bien pensado|buena idea|buen punto|bien visto|entre nosotros|como quedamos|en serio"
        "|de verdad|en fin|déjame pensar|está bien|muy bien|mira una cosa|de acuerdo|a ver|ha ver"
        "|haber|veamos|por cierto|vamos a ver|así que|o sea|osea|o sea que|por otro lado"
        "|si puedes|si quieres|quiero decir|es decir|a todos|a todas|digo yo|por favor|un momento"
        "|una pregunta|otra pregunta|una cosa|otra cosa|para ti|un segundo|una última pregunta"
    ),
    wishes=phrases("buenos días|buenas tardes|buenas noches"),
    asking=phrases(
        "hágame el favor|hazme el favor|hazme un favor|haceme el favor|hágame un favor|sé bueno"
        "|sé buena|me puedes decir|puedes decirme|podrías decirme|me podrías decir"
        "|nos puedes decir|puede decirme|si es tan amable|si fuera tan amable|si no le importa"
        "|si no te importa|si eres tan amable|si puede|sería tan amable|nos preguntamos"
        "|nos preguntábamos|me pregunto|me preguntaba|mi pregunta es|mi pregunta|la pregunta es"
        "|dime|dinos|dime una cosa|quisiera saber|me gustaría saber|explícame|recuérdame"
        "|recuérdanos|ayúdame|ayúdanos|por curiosidad|cuéntame|cuéntanos"
    ),
    to_you=phrases(
        "sí o no|verdadero o falso|te importa|te importaría|te parece|te suena|te acuerdas"
        "|te toca|te viene|para ti|de ti|contigo|a ti|para vosotros|de vosotros|para usted"
        "|de usted|sobre ti"
    ),
    turning=phrases(
        "y ahora|encantado|mucho gusto|un placer|encantada|felicidades|enhorabuena|más alto"
        "|más despacio|más lento|desde el principio|buen trabajo|sigues ahí|es sobre|es para"
        "|en inglés|en español|algo que|algo más|alguna cosa|algo para|otra cosa|una cosa"
        "|otra pregunta|una pregunta|una última|ni idea|por cierto|gracias por"
        "|siguiente diapositiva|siguiente página|siguiente pregunta|siguiente punto"
        "|buena pregunta|buena idea|bien hecho|última pregunta|pregunta rápida|perdona pero"
        "|a propósito|lo siento pero|una duda|un favor"
    ),
    fillers=words(
        "tío majo eh ehm ah oh mm este bueno pues entonces perdón perdona disculpa por favor "
        "gracias sí ok okay vale ahora una pregunta otra rápida también solo oye hola claro mira "
        "venga"
    )
    - words("una otra también"),
    tags=words(
        "por favor gracias entonces ahora vale ya no verdad eh pues ok sí otra vez mejor para"
    ),
    question_tags=words("verdad eh"),
    pleas=words("favor please"),
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
    after_verb=words("tú usted"),
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
    clitics=words("me te se lo la los las le les nos no"),
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
        "de podemos puedes quitamos tenemos vamos quieres terminamos seguimos que acabar"
    ),
    topics=words(
        "objeciones dudas preguntas sugerencias tu tus vuestra vuestro ideas cifras opinión "
        "resumen comentarios estado dos tres cuatro misma mismo alguna algún"
    ),
    asked_later=phrases(
        "está pagada|está pagado|está lista|está listo|está confirmada|está confirmado|está bien"
        "|está incluida|está incluido|está cerrada|está cerrado|está aprobada|está aprobado"
        "|están pagada|están pagado|están lista|están listo|están confirmada|están confirmado"
        "|están bien|están incluida|están incluido|están cerrada|están cerrado|están aprobada"
        "|están aprobado|es pagada|es pagado|es lista|es listo|es confirmada|es confirmado"
        "|es bien|es incluida|es incluido|es cerrada|es cerrado|es aprobada|es aprobado"
        "|son pagada|son pagado|son lista|son listo|son confirmada|son confirmado|son bien"
        "|son incluida|son incluido|son cerrada|son cerrado|son aprobada|son aprobado|fue pagada"
        "|fue pagado|fue lista|fue listo|fue confirmada|fue confirmado|fue bien|fue incluida"
        "|fue incluido|fue cerrada|fue cerrado|fue aprobada|fue aprobado|era pagada|era pagado"
        "|era lista|era listo|era confirmada|era confirmado|era bien|era incluida|era incluido"
        "|era cerrada|era cerrado|era aprobada|era aprobado|ha pagada|ha pagado|ha lista|ha listo"
        "|ha confirmada|ha confirmado|ha bien|ha incluida|ha incluido|ha cerrada|ha cerrado"
        "|ha aprobada|ha aprobado|cuándo es|cuándo fue|cuándo era|cuándo cuesta|cuándo vale"
        "|cuándo está|cuándo queda|cuándo falta|cuánto es|cuánto fue|cuánto era|cuánto cuesta"
        "|cuánto vale|cuánto está|cuánto queda|cuánto falta|cómo es|cómo fue|cómo era|cómo cuesta"
        "|cómo vale|cómo está|cómo queda|cómo falta|dónde es|dónde fue|dónde era|dónde cuesta"
        "|dónde vale|dónde está|dónde queda|dónde falta|cuál es|cuál fue|cuál era|cuál cuesta"
        "|cuál vale|cuál está|cuál queda|cuál falta|quién es|quién fue|quién era|quién cuesta"
        "|quién vale|quién está|quién queda|quién falta|qué es|qué fue|qué era|qué cuesta"
        "|qué vale|qué está|qué queda|qué falta"
    ),
    remarks=words("quizá quizás tal también no sí como de para sin con ayer y o otra que ya"),
    again=words("él ella ello eso ese esa"),
    articles=words("el la los las un una nuestro nuestra mi que quien ese esa"),
    governors=GOVERNORS,
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
    closing=words(
        "grande alto bajo rápido despacio razón prisa mediodía vez eso esto ello ti mí él ella "
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
        "agente agentes asistente asistentes bot bots robot robots ia señor señora doctor "
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
        "ahí viene|ahí está|allí está|fue|esa fue|ese fue|ahí va|es|este es|esta es|ese es|esa es"
        "|dónde está|quién es|esto es|era|aquí está|y|o|no es|aquí viene|eso es|quién era|no"
        "|qué tal|qué dice|qué opina"
    ),
    reporting=words(
        "gritarle gritarles decirle decirles preguntarle pedirle repetir repetirle escribirle "
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
    ),
    quoting=words("siempre constantemente"),
    comparing=words("como"),
    reported=phrases(
        "y yo|y él|y ella|yo digo|va y dice|voy y digo|me dice|le digo|en plan|plan|yo pensé"
        "|y pensé|yo pensaba|yo pienso"
    ),
    other_subjects=words("eso esto alguien nadie todos todo esta este"),
    pointing=words("eso esto esta este"),
    resuming_verbs=words("es era"),
    chatting=words("habla hablaba hablan dice decía saluda"),
    cleft=words("lo"),
    texts=words(
        "manuscrito guión contrato formulario capítulo palabras frase diapositiva pantalla "
        "cartel título correo asunto nota taza póster pancarta tarjeta mensaje página pizarra "
        "botón etiqueta guion carta chat ejemplo manual demo anuncio diapo camiseta"
    ),
    reading=words(
        "pusieron puso pusimos fueron ponía pone dice decía rezaba reza leía era es escrito"
    ),
    subjects=words("él ella yo siempre ellos"),
    thirds=words("él ella ellos"),
    speech=words("dijo dice decía gritó gritaba grita preguntó preguntaba repetía chillaba"),
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
        "por favor|gracias|ahora|ya|pues|bueno|entonces|vale|ok|okay|sí|no|oye|hey|perdona|perdón"
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
    refusals=words("no ah ay espera"),
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
        "tenemos estamos vamos necesitamos tengo estoy voy llaman porque hasta mientras durante "
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
