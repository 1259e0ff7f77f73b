"""Orders to an agent, as they are said in Spanish. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import paired, phrases
from roomhand.turns.orders import Order

AMOUNTS = "|".join(
    (
        paired(
            "un|otro|solo un|un solo",
            "momento|momentito|momentico|segundo|segundito|minuto|minutito|rato|ratito|ratico"
            "|poco|poquito|instante|toque|toquecito|pelín|cachito",
        ),
        paired("dos|tres|cinco|diez", "minutos|minutitos|segundos"),
        "tantito|momentito|segundito|minutito|ratito|un mo mento",
    )
)
"""How long: an order to wait by itself, and no more than a courtesy beside another one."""

ORDERS = {
    Order.HOLD: phrases(
        paired("para|pará|pare|paren", AMOUNTS + "|ahí")
        + "|"
        + paired(
            "espera|esperá|espere|esperen|esperad|espérate|esperate|espérese|espérame|esperame"
            "|espéreme|espérenme|espéranos|esperanos|espérenos|aguarda|aguardá|aguarde|aguarden"
            "|aguanta|aguantá|aguante|aguántame|aguantame|aguántanos|aguántate|aguantate|frena"
            "|frená|frene|frenen|frénate|frenate|alto|quieto|quieta|pausa|pausá|detente|detenete"
            "|deténgase|ponte en pausa|ponete en pausa|póngase en pausa",
            "|ahí|ahí un poco|ahí un momento|un poco",
        )
        + "|"
        + AMOUNTS
        + "|"
        + paired(
            "dame|danos|deme|denos|déjame|dejame|déjanos|dejanos|déjeme|déjenos|permíteme"
            "|permítame",
            AMOUNTS + "|terminar|acabar|pensar|tiempo|un respiro",
        )
        + "|"
        + paired(
            "no empieces|no arranques|no contestes|no respondas|no sigas|no continúes"
            "|no empecés|no contestés|no respondás|no sigás|no empiece|no conteste|no responda"
            "|no siga|no continúe",
            "todavía|aún|de momento|por ahora|hasta que|tan rápido",
        )
        + "|"
        + paired(
            "haz|hacé|haga|hagan|hacemos|hagamos|vamos a hacer",
            "una pausa|una pausita|un alto|un parón",
        )
        + "|"
        + "esperá|esperá un momento|esperá un poco|esperá un segundo|aguantá|pará un poco"
        "|pará un momento|bancá|bancame|espere un momento|espere un segundo|espere un poco"
        "|aguarde|aguarde un momento|deme un momento|denos un momento|deme un segundo"
        "|denos un minuto|haga una pausa|deténgase|no siga todavía|espera un ratito"
        "|espera ahí un momento|dame dos minutos|danos dos minutos|déjame terminar"
        "|déjanos terminar|deja que termine|no empieces todavía|no contestes todavía"
        "|no respondas todavía|no respondas aún|todavía no empieces|haz una pausa|haz una pausita"
        "|un momentito|un segundito|espera a que|espera hasta que|espera tu turno|aguántate"
        "|quédate ahí|ponlo en pausa|para un segundo|para un momento|un momento más"
        "|dame un segundito|espérame|espérenos|espéranos|tranquilo espera|ahora no sigas"
        "|pausa un momento|detente un momento|un ratito|espera|espere|espérate|espera un momento"
        "|un momento|un segundo|un minuto|espera ahí|momento|pausa|danos un minuto"
        "|danos un momento|dame un minuto|dame un segundo|dame un momento|aguarda|aguanta"
        "|todavía no|aún no|espera un segundo|espera un poco|aguarda un momento|dos minutos"
        "|un instante|danos un segundo|aguanta un momento|espera un minuto|detente|ponte en pausa"
        "|no sigas todavía|alto|un mo mento|dame un instante|mo mento|no tan rápido|un rato"
        "|segundito"
    ),
    Order.RESUME: phrases(
        paired(
            "|sigue|seguí|siga|sigan|seguid|continúa|continuá|continúe|continúen|prosigue"
            "|proseguí|prosiga|retoma|retomá|retome|reanuda|reanudá|reanude|vuelve|volvé|vuelva",
            "por donde ibas|por donde iba|por donde íbamos|donde lo dejaste|donde lo dejó"
            "|donde te quedaste|donde se quedó|desde donde ibas|desde donde lo dejaste",
        )
        + "|"
        + paired(
            "sigue|seguí|siga|continúa|continuá|continúe|prosigue|prosiga|retoma|retomá|retome"
            "|termina|terminá|termine|acaba|acabá|acabe|reanuda|reanude",
            "lo que|con lo que",
            "|nos|me",
            "decías|decía|estabas diciendo|estaba diciendo|estabas contando|estaba contando"
            "|estabas explicando|estaba explicando|contabas|contaba|explicabas|explicaba"
            "|ibas a decir|iba a decir|hacías|estabas haciendo|estaba haciendo|estabas leyendo",
        )
        + "|"
        + paired(
            "sigue|seguí|siga|sigan|continúa|continuá|continúe|prosigue|proseguí|prosiga|retoma"
            "|retomá|retome|reanuda|reanudá|reanude",
            "|con eso|con lo tuyo|con lo suyo|hablando|leyendo|contando|explicando",
        )
        + "|"
        + paired(
            "puedes|podés|puede|podéis|pueden|podemos",
            "seguir|continuar|proseguir|retomar|reanudar|retomarlo|volver a hablar"
            "|hablar de nuevo|hablar otra vez|seguir hablando|seguir contando",
        )
        + "|"
        + "seguí|seguí nomás|dale seguí|podés seguir|podés continuar|ya podés seguir|continuá"
        "|retomá|ya podés hablar|puede seguir|puede continuar|siga usted|continúe usted|prosiga"
        "|ya puede seguir|ya puede continuar|retome|reanude|siga hablando|puede reanudar"
        "|puedes seguir hablando|puedes hablar de nuevo|ya puedes|donde lo dejaste|por donde ibas"
        "|donde ibas|termina la frase|termina tu frase|termina lo que decías|acaba lo que decías"
        "|decías|vuelve a hablar|retoma el hilo|retoma donde|retoma lo que decías|sigue contando"
        "|sigue explicando|sigue pues|sigue entonces|continúa entonces|continúa desde"
        "|ya podemos seguir|podemos seguir|adelante sigue|puedes reanudar|vuelve a lo tuyo"
        "|ya estamos sigue|sigue tú|continúa leyendo|continúa explicando|sigue|continúa"
        "|puedes seguir|puedes continuar|prosigue|sigue hablando|retoma|sigue adelante|continúe"
        "|siga|adelante continúa|ya puedes seguir|ya puedes continuar|reanuda|sigue con eso"
        "|sigue por donde ibas|puedes retomar|continúa por favor|seguimos|continúa hablando"
        "|puedes hablar otra vez|ya puedes hablar|puedes volver a hablar|venga sigue"
        "|continúa donde lo dejaste|sigue donde lo dejaste|continuamos|puedes proseguir"
        "|sigue leyendo"
    ),
    Order.SILENT: phrases(
        paired(
            "te pido que|le pido que|quiero que|haz el favor de|hacé el favor de|haga el favor de"
            "|hazme el favor de|es mejor que|necesito que",
            "te calles|se calle|te callés|callarte|callar|callarse|guardar silencio"
            "|guardes silencio|guarde silencio",
        )
        + "|"
        + paired(
            "deja|dejá|deje|dejen|dejad|para|pará|pare|paren|basta|termina|cesa|cese",
            "de hablar|de interrumpir|de interrumpirnos|de interrumpirme|de comentar|de opinar"
            "|de intervenir|de contestar|de responder|de meterte|de charlar|de parlotear"
            "|de molestar|de dar la lata|de hacer ruido|de hacer comentarios",
        )
        + "|"
        + paired(
            "no",
            "|me|nos|te|se",
            "hables|hablés|hable|digas nada|digás nada|diga nada|digas más|digás más|diga más"
            "|comentes|comentés|comente|opines|opinés|opine|interrumpas|interrumpás|interrumpa"
            "|intervengas|intervengás|intervenga|participes|participés|participe|metas|metás|meta"
            "|abras la boca|abrás la boca|abra la boca",
            "|más|ya",
        )
        + "|"
        + paired(
            "quédate|quedate|quédese|estate|estése|mantente|mantenete|manténgase|permanece"
            "|permanezca|ponte|ponete|póngase|sigue",
            "callado|callada|calladito|calladita|en silencio|mudo|muda|quieto|quieta|en mudo"
            "|en mute|en modo silencio|al margen",
        )
        + "|"
        + paired("solo|sólo|únicamente|tú solo|vos solo", "escucha|escuchá|escuche|oye|escúchanos")
        + "|"
        + paired("escucha|escuchá|escuche", "nomás|no más|y calla|y callá|y calle|sin hablar")
        + "|"
        + paired("guarda|guardá|guarde|guarden|guardad", "silencio")
        + "|"
        + paired("cierra|cerrá|cierre", "el pico|la boca")
        + "|callá|calle|cállense|callad|a callar|muteate|mutéate|mute|modo silencio|ni pío"
        "|punto en boca|boca cerrada|sin hablar|silencio absoluto|chito|chss|"
        + "callate|quedate callado|quedate callada|dejá de hablar|no hablés|no digás nada"
        "|pará de hablar|hacé silencio|cállese|guarde silencio|deje de hablar|no hable"
        "|no diga nada|no diga más|solo escuche|escuche y calle|siléncese|permanezca callado"
        "|permanezca en silencio|manténgase callado|limítese a escuchar|no hable más"
        "|no más comentarios|ni un comentario|ni un comentario más|sin más comentarios"
        "|ahórrate los comentarios|no hables más|no comentes|sin comentarios|no interrumpas"
        "|no nos interrumpas|no me interrumpas|no te metas|deja de interrumpir|deja de comentar"
        "|deja de intervenir|no intervengas|solo escúchanos|limítate a escucharnos"
        "|quédate callado un rato|estate en silencio|un poco de silencio|guarda silencio ya|ni mu"
        "|no abras la boca|mantén silencio|cállate un rato|calladito|calladita|chist|chis"
        "|basta ya|que te calles|no digas ni una palabra|pon el silencio|ponte en modo silencio"
        "|silencia el micro|apaga el micro|deja de hablar ya|no sigas hablando|para de hablar ya"
        "|solo oyes|escucha solamente|escucha nada más|no participes|ya no hables|silencio total"
        "|pórtate bien y calla|cállate|calla|silencio|deja de hablar|no hables|no digas nada"
        "|guarda silencio|estate callado|estate callada|quédate callado|quédate callada"
        "|para de hablar|para|basta|ya basta|siléncate|siléncialo|siléncia te|siléncia|chitón|shh"
        "|no digas más|solo escucha|sólo escucha|stop|ni una palabra más|deja de contestar"
        "|quédate en silencio|ponte en silencio|callado|callada|silénciate|mantente callado"
        "|mantente en silencio|permanece en silencio|permanece callado|limítate a escuchar"
        "|ni una palabra|haz silencio|cierra el pico|no hables ahora|para ya|deja de responder"
        "|callaos|estate quieto|de hablar|mantente callada|escucha y calla|solo escuchar"
        "|no respondas|baja la voz|estar callado|estar callada|ponte en mudo|mudo|quieto|quieta"
        "|callarte|te callas|tranquilo|silenciarte"
    ),
    Order.CALL_ON: phrases(
        paired(
            "tienes|tenés|tiene|tenías|tenía",
            "la palabra|el turno|la mano levantada|la mano arriba|la mano alzada|algo que decir"
            "|algo que añadir|algo que agregar|algo que aportar|algo que comentar",
        )
        + "|"
        + paired("levantaste|levantó|has levantado|habías levantado|alzaste", "la mano|la manita")
        + "|"
        + paired(
            "querías|quería|quieres|querés|quiere|ibas a|iba a|quisiste",
            "decir|añadir|agregar|comentar|intervenir|hablar|aportar|apuntar",
            "|algo|alguna cosa",
        )
        + "|"
        + paired(
            "te|le",
            "toca|escucho|escuchamos|oímos|oigo|doy la palabra|damos la palabra|cedo la palabra"
            "|cedemos la palabra|paso la palabra|pasamos la palabra|doy paso|damos paso",
            "|a ti|a vos|a usted",
        )
        + "|"
        + paired("veo|vi|vemos|he visto|ya veo|ya vi", "tu mano|su mano|la mano|la manita|la luz")
        + "|"
        + paired(
            "puedes|podés|puede",
            "hablar|intervenir|decirlo|empezar|decirnos|tomar la palabra|decir lo tuyo",
        )
        + "|intervén|intervení|intervenga|decí|diga|contá|cuente|empezá|arranca|arrancá|lanzate"
        "|suelta|soltá|suéltalo|soltalo|dispara|pasa|dele|decime|qué pasó|qué pasa|qué hay"
        "|qué nos cuentas|tu momento|tuya es la palabra|coméntanos|coméntenos|tú dirás|usted dirá|"
        + "te toca a vos|hablá|decinos|contanos|podés hablar|es tu turno|tiene usted la palabra"
        "|le toca|es su turno|su turno|le escuchamos|le escucho|hable|puede hablar|díganos|dígame"
        "|quería decir algo|levantó la mano|cuéntenos|empiece|tenías la mano arriba"
        "|tienes la mano levantada|veo tu mano|querías añadir algo|querías comentar algo"
        "|querías intervenir|somos todo oídos|soy todo oídos|qué nos querías decir"
        "|qué ibas a decir|qué tienes|qué tienes que decir|habla ahora|habla tú|puedes intervenir"
        "|interviene|es tu momento|te cedo la palabra|tú primero|eres el siguiente"
        "|eres la siguiente|el turno es tuyo|el escenario es tuyo|di lo que ibas a decir"
        "|coméntanos|dilo|cuéntanoslo|tú dirás|tienes el turno|vas tú|te damos paso|te doy paso"
        "|toma la palabra|te oímos|ya puedes hablar|adelante|tienes la palabra|te toca|tu turno"
        "|te escuchamos|te escucho|habla|puedes hablar|la palabra es tuya|dale|querías decir algo"
        "|ibas a decir algo|levantaste la mano|dinos|dime|tiene la palabra|has levantado la mano"
        "|cuéntanos|cuenta|te damos la palabra|empieza|qué querías decir|ahora tú|venga|todo tuyo"
        "|te doy la palabra|di|habías levantado la mano|puedes hablar ya|querías hablar"
        "|di lo que querías decir|ya te toca|lánzate|tenías la mano levantada"
    ),
    Order.CANCEL: phrases(
        paired(
            "no|ya no|no no",
            "|lo|la|te|se|te lo|me|nos",
            "busques|busqués|busque|hagas|hagás|haga|preocupes|preocupés|preocupe|molestes"
            "|molestés|moleste|esfuerces|contestes|contestés|conteste|respondas|respondás"
            "|responda|calcules|calcule|mires|mirés|mire|hagas caso|haga caso|apures|apure",
            "|más|nada|eso|ya",
        )
        + "|"
        + paired(
            "|eso|eso ya",
            "no era|no es|no va|no iba|no fue|ya no es",
            "para ti|para vos|para usted|contigo|con vos|con usted|por ti|por vos|por usted|a ti"
            "|a vos|a usted",
        )
        + "|"
        + paired(
            "no te|no le|no os",
            "hablaba|hablo|decía|digo|lo decía|lo digo|preguntaba|pregunto|lo preguntaba"
            "|lo pregunto|llamaba|llamé|llamo|estaba hablando|estoy hablando",
            "|a ti|a vos|a usted",
        )
        + "|"
        + paired(
            "déjalo|dejalo|déjelo|dejémoslo|olvídalo|olvidalo|olvídelo|olvídate|olvidate"
            "|olvídese|olvidá|deja|dejá|deje|dejen",
            "|estar|así|nomás|ya|todo|eso",
        )
        + "|"
        + paired(
            "me equivoqué|me he equivocado|me confundí|me he confundido",
            "|de nombre|de persona|de botón|de sala|de reunión",
        )
        + "|borra eso|borrá eso|borre eso|haz como que no he dicho nada|hacé como que no dije nada"
        "|nada nada|no nada|era para otra persona|era para otro"
        "|ya no se necesita|ya no se ocupa|ya no se precisa|"
        + "retiro la pregunta|retiro mi pregunta|vos no|no vos|a vos no|no a vos|ha vos no"
        "|no te hablaba a vos|dejalo|olvidalo|dejá|olvidate|no era para vos"
        "|olvida lo que acabo de decir|olvida lo que decía|olvídelo|olvídese|déjelo|déjelo estar"
        "|usted no|no usted|a usted no|no a usted|no es para usted|no era para usted"
        "|no le hablaba a usted|cancélelo|cancele eso|anule eso|ignore eso|no se preocupe"
        "|no hablaba con usted|olvida la pregunta|olvida mi pregunta|olvida lo que te dije"
        "|olvídate de lo que dije|déjalo así|no es importante|no tiene importancia|no importa ya"
        "|he cambiado de idea|cambié de idea|me equivoqué|me he equivocado|persona equivocada"
        "|nombre equivocado|está cancelado|no lo hagas|no hagas eso|no hace falta ya"
        "|ya lo tenemos|ya lo tengo|ya está resuelto|no me hagas caso|no nos hagas caso"
        "|no hagas caso|no contestes a eso|no respondas a eso|no es necesario|ya no es necesario"
        "|no necesito respuesta|retiro lo dicho|no dije nada|fue un error|dejémoslo|olvida todo"
        "|no va por ti|no va para ti|deja eso|no te molestes|no era contigo|cancélalo"
        "|cancela todo|descarta eso|ya da igual|tú no|no tú|a ti no|no a ti|olvídalo|déjalo"
        "|da igual|no importa|no te hablaba a ti|no hablaba contigo|no te hablo a ti"
        "|no hablo contigo|no es para ti|no era para ti|no es nada|olvida eso|cancela|nada"
        "|cancela eso|ignora eso|no hace falta|ya no hace falta|no te preocupes"
        "|no te lo decía a ti|no va contigo|no iba por ti|olvídate|olvídate de eso|ahora no"
        "|no me refería a ti|no te preguntaba a ti|ya no|no te estaba hablando"
        "|no te estaba hablando a ti|déjalo estar|no es a ti|no era a ti|da lo mismo"
        "|no iba para ti|no estaba hablando contigo|no estoy hablando contigo|no te hablaba"
        "|falsa alarma|no pasa nada|no te lo pregunto a ti|no te pregunto a ti"
        "|no te pregunté a ti|no iba contigo|olvida|lo retiro|no contigo|contigo no|no contestes"
        "|no hagas nada|anula eso|anula|ignóralo|ignórame|olvida lo que he dicho"
        "|olvida lo que dije|no ti|ti no|tu no|no tu|para ti no|no para ti|no he dicho nada"
    ),
}
