"""The words that the rules of addressing look for, in Spanish. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import Lexicon, phrases, words
from roomhand.turns.orders import Order

_GREETINGS = words("hola hey buenas oye oiga ola eh ey")
_OPENERS = _GREETINGS | words(
    "ay ok okay vale bueno pues y e pero entonces haber bien sí no ah oh eh mm ehm este esto "
    "perdón perdona perdone disculpa disculpe gracias muchas claro mira escucha escúchame espera "
    "momento buenos días tardes noches ahora luego además otra cosa pregunta quizás quizá venga "
    "perfecto genial estupendo muy acuerdo querida querido segundo también última rápida osea "
    "bienvenida bienvenido primero siguiente hm adelante ya listo stop todos todas chicos chicas "
    "equipo gente"
)
_THIRD = words(
    "ha había habrá habría han es era está estaba estará estaría fue será sería tiene tenía "
    "tendrá dijo dice decía dirá diría piensa pensaba cree creía sabe sabía sabrá puede podía "
    "podrá podría va iba quiere quería hizo hace hacía hará debe debía debería viene vino vendrá "
    "parece parecía entiende entendió contesta contestó respondió propone propuso confunde "
    "funciona suele escribió leyó dio vio oyó puso trajo pudo quiso supo estuvo tuvo anduvo y o "
    "e ni siempre nunca también tampoco tarda habla hablaba trabaja ayudó mandó envió explicó "
    "preguntó resumió lleva llevaba sigue escribe escribía ayuda responde aprende conoce gusta "
    "falla necesita usa quedó mismo misma halla sale llega guarda suena recibe recibió apuntó "
    "acaba acabó"
) - words("sigue responde ayuda escribe")
_GOVERNORS = words(
    "decir hacer contar a de con para por sin sobre contra según desde hasta entre tras ante bajo "
    "como y e o u ni que al del el la los las un una mi mis tu tus su sus nuestro nuestra este "
    "esta ese esa estos esas no es era esté fue son llamado llamada llama llamé excepto salvo "
    "menos si porque cuando aunque mientras donde dónde quien incluso conmigo sea ser soy eres "
    "ya hay uso usar usas usamos probar probado apaga apagar apagado enciende mencionó opina "
    "hacia mediante vs cómo cuánto quizá ojalá nombre también tampoco haber creo conoces "
    "pregunta preguntarle muy más tan"
) - words("más no tu esta este ese esa ya son si va")

LEXICON = Lexicon(
    greetings=_GREETINGS,
    openers=_OPENERS - {"si"},
    lone_openers=frozenset({"si"}),
    asides=phrases(
        "a ver|ha ver|haber|veamos|por cierto|vamos a ver|así que|o sea|osea|o sea que|en fin"
        "|por otro lado|de acuerdo|si puedes|si quieres|quiero decir|es decir|a todos|a todas"
        "|digo yo|por favor|un momento|una pregunta|otra pregunta|una cosa|otra cosa|para ti"
        "|un segundo|una última pregunta"
    ),
    to_you=phrases(
        "para ti|de ti|contigo|a ti|para vosotros|de vosotros|para usted|de usted|sobre ti"
    ),
    turning=phrases(
        "otra cosa|una cosa|otra pregunta|una pregunta|una última|ni idea|por cierto|gracias por"
        "|siguiente diapositiva|siguiente página|siguiente pregunta|siguiente punto"
        "|buena pregunta|buena idea|bien hecho|última pregunta|pregunta rápida|perdona pero"
        "|a propósito|lo siento pero|una duda|un favor"
    ),
    fillers=words(
        "eh ehm ah oh mm este bueno pues entonces perdón perdona disculpa por favor gracias sí ok "
        "okay vale ahora una pregunta otra rápida también solo oye hola claro mira venga"
    )
    - words("una otra también"),
    tags=words(
        "por favor gracias entonces ahora vale ya no verdad eh pues ok sí otra vez mejor para"
    ),
    pleas=words("favor please"),
    joining=words("y e o"),
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
    requests=words(
        "dime dinos dame danos da di haz pon lee léenos léeme muestra muéstranos enseña resume "
        "resúmeme resúmenos repite explica busca apunta anota escribe envía manda recuérdame "
        "recuérdanos traduce calcula compara revisa comprueba añade agrega ayuda ayúdame "
        "ayúdanos espera sigue continúa calla cállate deja déjalo olvida olvídalo empieza "
        "comienza termina abre cierra lista crea programa reserva llama pasa vuelve mira oye ven "
        "trae corrige describe detalla aclara confirma responde contesta propón sugiere graba "
        "por para repítelo hazlo dilo apúntalo anótalo cuéntanos cuéntame decid digan presentaos "
        "presentad preséntense diga dígame díganos elige pregunta consulta mueve cambia quita "
        "borra guarda prepara redacta imprime comparte marca salta avanza retoma prosigue "
        "adelante tranquilo tranquila convierte ordena verifica define estima planifica agenda "
        "suma resta dibuja deletrea toma recapitula recuerda háblanos habladnos cuenta vamos "
        "échame échanos no encárgate ocúpate ponlo ponme ponnos agéndalo mándalo mándame envíame "
        "envíalo búscame"
    )
    - words("por no recuerda pregunta guarda cuenta oye mira espera")
    | words("espera espere"),
    second=words(
        "puedes podrías sabes tienes crees piensas opinas ves dices quieres has eres estás vas "
        "haces harías sugieres propones recomiendas recuerdas podéis pensáis opináis sabéis "
        "tenéis habéis queréis creéis estáis oís oyes entiendes necesitas encuentras prefieres "
        "aconsejas serías estarías tendrías querrías deberías debes dirías podrás harás dirás "
        "estabas tenías sabías decías pensabas opinabas necesito quiero quería tengo quisiera "
        "querría creo puedo hay ay hubo había habrá existe falta faltan quedan tenemos podemos "
        "hemos debemos quedamos vamos estamos deberíamos podríamos propongo sugiero pregunto "
        "me-gustaría son eran han queda verías mencionas recomendarías sugerirías propondrías "
        "ayudas pasas dejas cuentas explicas repites puedas preferirías hablas gustaría "
        "encantaría sigues vienes llegas vuelves escuchas escribes traes sabrías conoces"
    )
    - words("había son han existe ayudas"),
    after_verb=words("tú usted"),
    listed_endings=("aos", "íos", "eos", "ios"),
    second_endings=(
        "ste",
        "emos",
        "amos",
        "imos",
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
        "puedes podrías sabes tienes quieres podéis sabéis tenéis queréis tú crees piensas opinas "
        "dirías añades"
    ),
    late=frozenset(
        ["dónde", "cuándo", "cuánto", "cuántos", "cuántas", "cuál", "quién", "qué", "cómo"]
    ),
    pronoun_objects=words("me nos eso esto lo la favor te les"),
    speaking=words(
        "yo tú te ti nos nosotros nosotras mi mis nuestro nuestra nuestros nuestras usted ustedes "
        "vosotros contigo"
    ),
    you=words(
        "tú ti te contigo usted ustedes vosotros vosotras os tus tuyo tuya puedes podrías sabes "
        "tienes crees piensas opinas ves dices quieres has eres estás vas haces harías sugieres "
        "propones recomiendas recuerdas podéis pensáis opináis sabéis tenéis habéis queréis "
        "creéis estáis oís oyes entiendes deberías debes dirías encuentras prefieres dijiste "
        "hiciste viste pudiste mencionaste apuntaste"
    ),
    inverted={
        "alguien": words("me nos puede sabe podría tiene ha quiere"),
        **dict.fromkeys(
            words("es era fue sería"),
            words("verdad cierto correcto posible así seguro eso esto esa ese"),
        ),
        **dict.fromkeys(words("está"), words("claro bien todo eso esto todos todo")),
        **dict.fromkeys(
            words("a de con en para por desde hasta"),
            words(
                "qué que quién quien cuál cual cuándo cuánto cuántos cuántas dónde cuanto cuantos "
                "donde cuando cómo"
            ),
        ),
        "tu": words("crees piensas opinas sabes qué que puedes cómo como dijiste tienes"),
        **dict.fromkeys(words("puede podría sabe quiere"), words("usted alguien decirnos decirme")),
        **dict.fromkeys(words("hace ha dijo"), words("falta alguien usted")),
    },
    names_invert=frozenset(),
    plural=words("han son eran están pueden deben tienen vienen van quieren"),
    third=_THIRD,
    third_endings=("ó", "aba"),
    not_third=words("acaba"),
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
    again=words("él ella ello eso ese esa"),
    articles=words("el la los las un una nuestro nuestra mi que quien ese esa"),
    governors=_GOVERNORS,
    conjunctions=words("si que porque cuando como mientras antes desde hasta"),
    clause_governors=_GOVERNORS
    | _THIRD
    | words(
        "que si porque cuando aunque mientras como donde dónde cómo cuándo qué quién cuánto cuál "
        "quien ha había puede podría debe debería es está fue será dijo dice creo pienso espero "
        "supongo ojalá quizá quizás igual tal vez tú yo él ella no deja dejar hacer haz hice ya "
        "esta este va son"
    )
    - words("no igual"),
    particles=words("también incluso solo mejor hasta sólo ya quizás"),
    identifying=phrases(
        "es|este es|esta es|ese es|esa es|dónde está|quién es|esto es|era|aquí está|y|o|no es"
        "|aquí viene|eso es|quién era|no|qué tal|qué dice|qué opina"
    ),
    reporting=words(
        "dije dijo dice dices decía decir diciendo digo dicen gritó grité grita gritas pregunté "
        "preguntó pregunta escribió escribí escribe contestó suelta soltó respondió dicho "
        "gritaba gritando gritar gritado escrito preguntado susurró tecleó tecleas repetía "
        "repite soltar diga susurra susurraba murmuró murmura chilló chillaba chilla canta "
        "cantaba ordenó ordena repitió exclamó exclama anunció anuncia suplicó suplica decían "
        "gritaban bromeó pidió pedía llama soltaba teclea dijeron"
    ),
    comparing=words("como"),
    reported=phrases(
        "y yo|y él|y ella|yo digo|va y dice|voy y digo|me dice|le digo|en plan|plan|yo pensé"
        "|y pensé|yo pensaba|yo pienso"
    ),
    subjects=words("él ella yo siempre ellos"),
    thirds=words("él ella ellos"),
    speech=words("dijo dice decía gritó gritaba grita preguntó preguntaba repetía chillaba"),
    topic=words("sobre acerca de"),
    pronouns=words("eso esto la lo"),
    nominal=words(
        "el la los las un una unos unas mi mis tu tus su sus nuestro nuestra este esta estos "
        "estas ese esa esos esas aquel aquella cada próximo próxima último última primer primera "
        "segundo segunda tercer tercera nuevo nueva otro otra mismo misma dos tres cuatro varios "
        "varias al del muy más de gran"
    ),
    orders={
        Order.HOLD: phrases(
            "espera un ratito|espera ahí un momento|dame dos minutos|danos dos minutos"
            "|déjame terminar|déjanos terminar|deja que termine|no empieces todavía"
            "|no contestes todavía|no respondas todavía|no respondas aún|todavía no empieces"
            "|haz una pausa|haz una pausita|un momentito|un segundito|espera a que"
            "|espera hasta que|espera tu turno|aguántate|quédate ahí|ponlo en pausa"
            "|para un segundo|para un momento|un momento más|dame un segundito|espérame|espérenos"
            "|espéranos|tranquilo espera|ahora no sigas|pausa un momento|detente un momento"
            "|un ratito|espera|espere|espérate|espera un momento|un momento|un segundo|un minuto"
            "|espera ahí|momento|pausa|danos un minuto|danos un momento|dame un minuto"
            "|dame un segundo|dame un momento|aguarda|aguanta|todavía no|aún no|espera un segundo"
            "|espera un poco|aguarda un momento|dos minutos|un instante|danos un segundo"
            "|aguanta un momento|espera un minuto|detente|ponte en pausa|no sigas todavía|alto"
            "|un mo mento|dame un instante|mo mento|no tan rápido|un rato|segundito"
        ),
        Order.RESUME: phrases(
            "puedes seguir hablando|puedes hablar de nuevo|ya puedes|donde lo dejaste"
            "|por donde ibas|donde ibas|termina la frase|termina tu frase|termina lo que decías"
            "|acaba lo que decías|decías|vuelve a hablar|retoma el hilo|retoma donde"
            "|retoma lo que decías|sigue contando|sigue explicando|sigue pues|sigue entonces"
            "|continúa entonces|continúa desde|ya podemos seguir|podemos seguir|adelante sigue"
            "|puedes reanudar|vuelve a lo tuyo|ya estamos sigue|sigue tú|continúa leyendo"
            "|continúa explicando|sigue|continúa|puedes seguir|puedes continuar|prosigue"
            "|sigue hablando|retoma|sigue adelante|continúe|siga|adelante continúa"
            "|ya puedes seguir|ya puedes continuar|reanuda|sigue con eso|sigue por donde ibas"
            "|puedes retomar|continúa por favor|puede continuar|puede seguir|seguimos"
            "|continúa hablando|puedes hablar otra vez|ya puedes hablar|puedes volver a hablar"
            "|venga sigue|continúa donde lo dejaste|sigue donde lo dejaste|continuamos"
            "|puedes proseguir|sigue leyendo"
        ),
        Order.SILENT: phrases(
            "no más comentarios|ni un comentario|ni un comentario más|sin más comentarios"
            "|ahórrate los comentarios|no hables más|no comentes|sin comentarios|no interrumpas"
            "|no nos interrumpas|no me interrumpas|no te metas|deja de interrumpir"
            "|deja de comentar|deja de intervenir|no intervengas|solo escúchanos"
            "|limítate a escucharnos|quédate callado un rato|estate en silencio"
            "|un poco de silencio|guarda silencio ya|ni mu|no abras la boca|mantén silencio"
            "|cállate un rato|calladito|calladita|chist|chis|basta ya|que te calles"
            "|no digas ni una palabra|pon el silencio|ponte en modo silencio|silencia el micro"
            "|apaga el micro|deja de hablar ya|no sigas hablando|para de hablar ya|solo oyes"
            "|escucha solamente|escucha nada más|no participes|ya no hables|silencio total"
            "|pórtate bien y calla|cállate|calla|silencio|deja de hablar|no hables|no digas nada"
            "|guarda silencio|estate callado|estate callada|quédate callado|quédate callada"
            "|para de hablar|para|basta|ya basta|siléncate|siléncialo|siléncia te|siléncia|chitón"
            "|shh|no digas más|solo escucha|sólo escucha|stop|ni una palabra más"
            "|deja de contestar|quédate en silencio|ponte en silencio|callado|callada|silénciate"
            "|mantente callado|mantente en silencio|permanece en silencio|permanece callado"
            "|limítate a escuchar|ni una palabra|haz silencio|cierra el pico|no hables ahora"
            "|para ya|deja de responder|cállese|callaos|estate quieto|de hablar|mantente callada"
            "|escucha y calla|solo escuchar|no respondas|baja la voz|estar callado|estar callada"
            "|ponte en mudo|mudo|quieto|quieta|callarte|te callas|tranquilo|silenciarte"
        ),
        Order.CALL_ON: phrases(
            "tenías la mano arriba|tienes la mano levantada|veo tu mano|querías añadir algo"
            "|querías comentar algo|querías intervenir|somos todo oídos|soy todo oídos"
            "|qué nos querías decir|qué ibas a decir|qué tienes|qué tienes que decir|habla ahora"
            "|habla tú|puedes intervenir|interviene|es tu momento|te cedo la palabra|tú primero"
            "|eres el siguiente|eres la siguiente|el turno es tuyo|el escenario es tuyo"
            "|di lo que ibas a decir|coméntanos|dilo|cuéntanoslo|tú dirás|tienes el turno|vas tú"
            "|te damos paso|te doy paso|toma la palabra|te oímos|ya puedes hablar|adelante"
            "|tienes la palabra|te toca|es tu turno|tu turno|te escuchamos|te escucho|habla"
            "|puedes hablar|la palabra es tuya|dale|querías decir algo|ibas a decir algo"
            "|levantaste la mano|dinos|dime|tiene la palabra|has levantado la mano|cuéntanos"
            "|cuenta|te damos la palabra|empieza|qué querías decir|ahora tú|venga|todo tuyo"
            "|te doy la palabra|di|habías levantado la mano|puedes hablar ya|querías hablar"
            "|di lo que querías decir|ya te toca|lánzate|tenías la mano levantada"
        ),
        Order.CANCEL: phrases(
            "olvida la pregunta|olvida mi pregunta|olvida lo que te dije|olvídate de lo que dije"
            "|déjalo así|no es importante|no tiene importancia|no importa ya|he cambiado de idea"
            "|cambié de idea|me equivoqué|me he equivocado|persona equivocada|nombre equivocado"
            "|está cancelado|no lo hagas|no hagas eso|no hace falta ya|ya lo tenemos|ya lo tengo"
            "|ya está resuelto|no me hagas caso|no nos hagas caso|no hagas caso"
            "|no contestes a eso|no respondas a eso|no es necesario|ya no es necesario"
            "|no necesito respuesta|retiro lo dicho|no dije nada|fue un error|dejémoslo"
            "|olvida todo|no va por ti|no va para ti|deja eso|no te molestes|no era contigo"
            "|cancélalo|cancela todo|descarta eso|ya da igual|tú no|no tú|a ti no|no a ti"
            "|olvídalo|déjalo|da igual|no importa|no te hablaba a ti|no hablaba contigo"
            "|no te hablo a ti|no hablo contigo|no es para ti|no era para ti|no es nada"
            "|olvida eso|cancela|nada|cancela eso|ignora eso|no hace falta|ya no hace falta"
            "|no te preocupes|no te lo decía a ti|no va contigo|no iba por ti|olvídate"
            "|olvídate de eso|ahora no|no me refería a ti|no te preguntaba a ti|ya no"
            "|no te estaba hablando|no te estaba hablando a ti|déjalo estar|no es a ti"
            "|no era a ti|da lo mismo|no iba para ti|no estaba hablando contigo"
            "|no estoy hablando contigo|no te hablaba|falsa alarma|no pasa nada"
            "|no te lo pregunto a ti|no te pregunto a ti|no te pregunté a ti|no iba contigo"
            "|déjelo|olvida|lo retiro|no contigo|contigo no|no contestes|no hagas nada|anula eso"
            "|anula|ignóralo|ignórame|olvida lo que he dicho|olvida lo que dije|no ti|ti no|tu no"
            "|no tu|para ti no|no para ti|no he dicho nada"
        ),
    },
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
    stressed_you=words("ti contigo tú te"),
    spoken_to=words(
        "hablo hablaba hablando decía digo dije pregunto preguntaba pregunté a para por refería "
        "iba era llamaba refiero va"
    ),
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
