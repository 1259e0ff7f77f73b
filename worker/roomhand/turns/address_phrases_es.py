"""What stands around a name and belongs to neither side of it: Spanish. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import paired, phrases

ASIDES = phrases(
    paired("si", "no te|no le|no os|no les", "importa|importara|molesta|molestara|parece mal")
    + "|"
    + "que no|que sí|por dios|por supuesto|madre de dios|de todas formas|de todos modos"
    "|de todas maneras|en cualquier caso"
    "|por lo tanto|por último|en realidad"
    "|de hecho|en teoría|de paso|ya puestos|me parece|si no me equivoco"
    "|si mal no recuerdo|la verdad|a todo esto|dicho esto|para terminar|para acabar"
    "|para empezar|antes de nada|volviendo al tema|cambiando de tema|cuando puedas"
    "|cuando pueda|cuando quieras|cuando quiera|si te parece|si le parece"
    "|si no es molestia|con permiso|los dos|las dos|ambos|vosotros dos|ustedes dos"
    "|a los dos|madre mía|ahora sí|ahora bien"
    + "|"
    + paired(
        "una|otra|la última|una última|última|mi|solo una|una pequeña",
        "consulta|consultita|preguntita|duda|cosita|aclaración|petición|pregunta rápida"
        "|consulta rápida|cosa rápida|curiosidad|cosa más",
    )
    + "|"
    + "ahora que lo pienso|antes de que se me olvide|antes de que se me pase|ya que estamos"
    "|ahora que me acuerdo|como decía|como te decía|como ya dije|como dije|como ves"
    "|como sabes|como veis|como siempre|en otras palabras|dicho de otro modo|en resumen"
    "|bien pensado|buena idea|buen punto|bien visto|entre nosotros|como quedamos|en serio"
    "|de verdad|en fin|déjame pensar|está bien|muy bien|mira una cosa|de acuerdo|a ver|ha ver"
    "|haber|veamos|por cierto|vamos a ver|así que|o sea|osea|o sea que|por otro lado"
    "|si puedes|si quieres|quiero decir|es decir|a todos|a todas|digo yo|por favor|un momento"
    "|una pregunta|otra pregunta|una cosa|otra cosa|para ti|un segundo|una última pregunta"
)

ASKING = phrases(
    paired(
        "te|le|os|les",
        "paso|dejo|cedo|hago|lanzo|tengo",
        "la pregunta|una pregunta|otra pregunta|una consulta|otra consulta|la palabra"
        "|el tema|el turno|el relevo",
    )
    + "|"
    + paired(
        "quiero|quisiera|querría|me gustaría|quería|necesito|necesitaría|queremos",
        "saber|preguntarte|preguntarle|pedirte|pedirle|consultarte|consultarle",
        "|una cosa|algo|otra cosa",
    )
    + "|"
    + paired("si", "me|nos", "permites|permite|puedes decir|podés decir|puede decir|ayudas")
    + "|"
    + "según tú|según vos|según usted|a tu juicio|a su juicio|en tu opinión|en su opinión|"
    + "hágame el favor|hazme el favor|hazme un favor|haceme el favor|hágame un favor|sé bueno"
    "|sé buena|me puedes decir|puedes decirme|podrías decirme|me podrías decir"
    "|nos puedes decir|puede decirme|si es tan amable|si fuera tan amable|si no le importa"
    "|si no te importa|si eres tan amable|si puede|sería tan amable|nos preguntamos"
    "|nos preguntábamos|me pregunto|me preguntaba|mi pregunta es|mi pregunta|la pregunta es"
    "|dime|dinos|dime una cosa|quisiera saber|me gustaría saber|explícame|recuérdame"
    "|recuérdanos|ayúdame|ayúdanos|por curiosidad|cuéntame|cuéntanos"
)

TO_YOU = phrases(
    paired(
        "te|os",
        "importa|importaría|parece|parecería|suena|suenan|toca|tocaría|viene bien|vendría bien"
        "|gusta|gustaría|apetece|interesa|interesaría|molesta|molestaría|queda claro|consta"
        "|sirve|serviría|cuadra|encaja|va bien|iría bien|da tiempo|ocurre|acordás",
    )
    + "|"
    + paired("con|de|para", "vos|ti|usted|ustedes")
    + "|"
    + "sí o no|verdadero o falso|te importa|te importaría|te parece|te suena|te acuerdas"
    "|te toca|te viene|para ti|de ti|contigo|a ti|para vosotros|de vosotros|para usted"
    "|de usted|sobre ti"
)

TURNING = phrases(
    "es que|habría que|habrá que|hay que|haría falta|sería posible|será posible|sería bueno"
    "|estaría bien|convendría|conviene|es verdad que|es cierto que|es hora de|es normal que"
    "|es posible que|por qué|y ahora|encantado|mucho gusto|un placer|encantada|felicidades"
    "|enhorabuena|más alto"
    "|más despacio|más lento|desde el principio|buen trabajo|sigues ahí|es sobre|es para"
    "|en inglés|en español|algo que|algo más|alguna cosa|algo para|otra cosa|una cosa"
    "|otra pregunta|una pregunta|una última|ni idea|por cierto|gracias por"
    "|siguiente diapositiva|siguiente página|siguiente pregunta|siguiente punto"
    "|buena pregunta|buena idea|bien hecho|última pregunta|pregunta rápida|perdona pero"
    "|a propósito|lo siento pero|una duda|un favor"
)

ASKED_LATER = phrases(
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
)
