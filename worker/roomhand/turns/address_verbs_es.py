"""Verbs of speaking to somebody and about somebody, and what governs a name: Spanish. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import words

_HARD = (("c", "qu"), ("g", "gu"), ("z", "c"))


def _requests(text: str) -> str:
    """To "vos", to "usted", and to several, of requests to "tú" that end in an a."""
    found: list[str] = []
    for word in text.split():
        stem = word.removesuffix("a")
        soft = next((stem[:-1] + new for old, new in _HARD if stem.endswith(old)), stem)
        found += [word, stem + "á", stem + "ad", soft + "e", soft + "en"]
    return " ".join(found)


THIRD = words(
    "sirve cuesta existe ocurre depende significa odia ama prefiere pertenece cabe duerme sueña "
    "miente exagera inventa acierta tropieza vive nace muere aparece desaparece crece "
    "cumple gana pierde huele brilla aburre cansa encanta ríe llora bosteza parpadea sirvió "
    "dura duró sonó llegó pasó entró salió dejó metió ha había habrá habría han "
    "es era está estaba estará estaría fue será sería tiene tenía "
    "tendrá dijo dice decía dirá diría piensa pensaba cree creía sabe sabía sabrá puede podía "
    "podrá podría va iba quiere quería hizo hace hacía hará debe debía debería viene vino vendrá "
    "parece parecía entiende entendió contesta contestó respondió propone propuso confunde "
    "funciona suele escribió leyó dio vio oyó puso trajo pudo quiso supo estuvo tuvo anduvo y o "
    "e ni siempre nunca también tampoco tarda habla hablaba trabaja ayudó mandó envió explicó "
    "preguntó resumió lleva llevaba sigue escribe escribía ayuda responde aprende conoce gusta "
    "falla necesita usa quedó mismo misma halla sale llega guarda suena recibe recibió apuntó "
    "acaba acabó"
) - words("sigue responde ayuda escribe")

GOVERNORS = words(
    "ha asta se-un decir hacer contar a de con para por sin sobre contra según desde hasta entre "
    "tras ante bajo como y e o u ni que al del el la los las un una mi mis tu tus su sus nuestro "
    "nuestra este esta ese esa estos esas no es era esté fue son llamado llamada llama llamé "
    "excepto salvo menos si porque cuando aunque mientras donde dónde quien incluso conmigo sea "
    "ser soy eres ya hay uso usar usas usamos probar probado apaga apagar apagado enciende "
    "mencionó opina hacia mediante vs cómo cuánto quizá ojalá nombre también tampoco haber creo "
    "conoces pregunta preguntarle muy más tan"
) - words("más no tu esta este ese esa ya son si va")

REQUESTS = words(
    _requests(
        "revisa busca apunta anota explica enseña manda calcula compara comprueba confirma aclara "
        "detalla consulta prepara redacta borra guarda cambia comparte marca ordena verifica "
        "estima "
        "suma resta dibuja deletrea recapitula repasa enumera averigua desglosa justifica valora "
        "analiza evalúa archiva adjunta reenvía subraya copia descarga organiza clasifica anuncia "
        "señala presenta saluda felicita agenda programa reserva cancela anula agrega reformula "
        "actualiza publica elimina destaca recuerda completa comenta localiza cuenta muestra toma "
        "prueba ajusta modifica selecciona separa junta pega imprime lista llama avisa controla"
    )
    + " "
    + "decí hacé poné mostrá contá pasá mandá buscá esperá pará seguí callate dejá olvidate repetí "
    "leé anotá agregá sumá escuchá andá vení tomá sacá explicá resumí traducí calculá revisá "
    "chequeá abrí cerrá dale borrá cambiá guardá preparate armá échame echen hagan pongan miren "
    "cancela anula agenda congela calienta imagina recuérdamelo recuérdanoslo guárdalo guárdalos "
    "cuéntalo pregúntaselo pregúntale míralo espérame guárdame archiva tacha reenvía subraya "
    "descarga copia pega fija adjunta sube baja cronometra transcribe apaga enciende pesa mide "
    "resuelve descifra vacía rellena reemplaza devuelve relee reescribe reformula recuenta "
    "elimina actualiza publica organiza clasifica anuncia señala destaca invita felicita saluda "
    "presenta explíquenos resuma repita cuente apunte anote mande envíe busque dime dinos dame "
    "danos da di haz pon lee léenos léeme muestra muéstranos enseña resume resúmeme resúmenos "
    "repite explica busca apunta anota escribe envía manda recuérdame recuérdanos traduce "
    "calcula compara revisa comprueba añade agrega ayuda ayúdame ayúdanos espera sigue continúa "
    "calla cállate deja déjalo olvida olvídalo empieza comienza termina abre cierra lista crea "
    "programa reserva llama pasa vuelve mira oye ven trae corrige describe detalla aclara "
    "confirma responde contesta propón sugiere graba por para repítelo hazlo dilo apúntalo "
    "anótalo cuéntanos cuéntame decid digan presentaos presentad preséntense diga dígame díganos "
    "elige pregunta consulta mueve cambia quita borra guarda prepara redacta imprime comparte "
    "marca salta avanza retoma prosigue adelante tranquilo tranquila convierte ordena verifica "
    "define estima planifica suma resta dibuja deletrea toma recapitula recuerda háblanos "
    "habladnos cuenta vamos échanos no encárgate ocúpate ponlo ponme ponnos agéndalo mándalo "
    "mándame envíame envíalo búscame"
) - words("por no recuerda pregunta guarda cuenta oye mira espera") | words("espera espere")

SECOND = words(
    "podés tenés querés sabés decís hacés pensás creés sos opinás recordás necesitás encontrás "
    "preferís entendés venís seguís escuchás ponés podrías decime contame pasame mandame "
    "mostrame avisame recordame ayudame fijate explicame resumime leeme poneme traeme buscame "
    "échenme díganme denme ayúdenme muéstrenme soy estoy voy he hago digo veo pienso opino busco "
    "llueve nieva puedes sabes tienes crees piensas opinas ves dices quieres has eres estás vas "
    "haces harías sugieres propones recomiendas recuerdas podéis pensáis opináis sabéis tenéis "
    "habéis queréis creéis estáis oís oyes entiendes necesitas encuentras prefieres aconsejas "
    "serías estarías tendrías querrías deberías debes dirías podrás harás dirás estabas tenías "
    "sabías decías pensabas opinabas necesito quiero quería tengo quisiera querría creo puedo "
    "hay ay hubo había habrá existe falta faltan quedan tenemos podemos hemos debemos quedamos "
    "vamos estamos deberíamos podríamos propongo sugiero pregunto me-gustaría son eran han queda "
    "verías mencionas recomendarías sugerirías propondrías ayudas pasas dejas cuentas explicas "
    "repites puedas preferirías hablas gustaría encantaría sigues vienes llegas vuelves escuchas "
    "escribes traes sabrías conoces"
) - words("había son han existe ayudas")
