"""Orders to an agent, as they are said in French. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import paired, phrases
from roomhand.turns.orders import Order

AMOUNTS = "|".join(
    (
        paired(
            "|encore|juste",
            "une seconde|une minute|un instant|un moment|un petit instant|un petit moment"
            "|une petite seconde|une petite minute|une sec",
        ),
        paired("deux|trois|cinq|dix|trente", "secondes|minutes|petites secondes|petites minutes"),
        "deux sec",
    )
)
"""How long: an order to wait by itself, and no more than a courtesy beside another one."""

ORDERS = {
    Order.HOLD: phrases(
        paired("stop|arrête|arrêtez", AMOUNTS)
        + "|"
        + AMOUNTS
        + "|"
        + paired(
            "attends|attendez|patiente|patientez|halte|doucement|une pause|reste là"
            "|restez là|reste en attente|bouge pas|bougez pas|ne bouge pas|ne bougez pas"
            "|ne bouge plus|ne bougez plus|suspends|pause",
            "|un peu|voir|là|encore un peu",
        )
        + "|"
        + paired(
            "donne|donnez|laisse|laissez|accorde|accordez",
            "moi|nous",
            AMOUNTS + "|finir|terminer|réfléchir|le temps",
        )
        + "|"
        + paired(
            "fais|faites|on fait|faisons|prends|prenez|on prend|on va prendre|on va faire|prenons",
            "une pause|une petite pause|une coupure|un break",
        )
        + "|"
        + paired(
            "mets|mettez",
            "ça|toi|vous|le|tout",
            "en pause|en attente|sur pause|de côté",
        )
        + "|"
        + paired(
            "garde|gardez",
            "ça|le|la",
            "pour plus tard|pour tantôt|pour tout à l'heure|de côté|au chaud|en réserve",
        )
        + "|"
        + paired(
            "|ne",
            "réponds|répondez|commence|commencez|continue|continuez|dis|dites|enchaîne|enchaînez"
            "|démarre|démarrez|pars|partez",
            "pas|rien",
            "encore|tout de suite|pour l'instant|trop vite|si vite",
        )
        + "|pas trop vite|minute papillon|"
        + "attendez un peu|attendez un instant|attendez une seconde|attendez un moment"
        "|patientez un instant|laissez nous une minute|donnez nous une minute"
        "|donnez nous un instant|donnez moi une minute|ne bougez pas|faites une pause|pas si vite"
        "|laisse nous deux minutes|laisse nous deux secondes|laisse moi deux minutes"
        "|patiente un peu|patiente un instant|attends un instant|attends un moment"
        "|attends deux secondes|attends deux minutes|pas tout de suite|laisse moi finir"
        "|laisse nous finir|laisse le finir|laisse la finir|ne réponds pas encore"
        "|ne commence pas encore|donne nous deux minutes|donne moi deux minutes"
        "|fais une petite pause|reste là|une petite pause|on fait une pause|attends que"
        "|attends encore|attends ton tour|un moment encore|mets ça en pause|mets sur pause"
        "|deux petites secondes|juste une minute|juste une seconde|juste un instant|attends"
        "|attendez|attends un peu|attends voir|un instant|un moment|une seconde|une minute"
        "|une petite seconde|une petite minute|un petit instant|deux secondes|deux minutes|minute"
        "|patiente|patientez|instant|seconde|pause|fais une pause|donne nous une minute"
        "|mets toi en pause|donne nous un instant|donne moi une minute|donne moi une seconde"
        "|donne moi un instant|pas encore|reste en attente|mets en pause|laisse nous une minute"
        "|bouge pas|un petit moment|donne nous un moment|laisse nous un instant|ne bouge pas"
        "|patience|attente|petit instant|petite seconde"
    ),
    Order.RESUME: phrases(
        paired(
            "|continue|continuez|reprends|reprenez|poursuis|poursuivez|tu peux reprendre"
            "|vous pouvez reprendre|tu peux continuer|vous pouvez continuer|repars|repartez",
            "là où|la où|là ou|la ou|d'où",
            "tu en étais|tu on étais|vous en étiez|on en était|nous en étions|tu t'étais arrêté"
            "|tu t'étais arrêtée|tu t'es arrêté|tu t'es arrêtée|vous vous étiez arrêté"
            "|vous vous étiez arrêtée|vous vous êtes arrêté|vous vous êtes arrêtée|tu étais"
            "|vous étiez|on t'a coupé|on t'a interrompu|on t'a interrompue|on vous a interrompu",
        )
        + "|"
        + paired(
            "tu peux|vous pouvez|peux tu|pouvez vous|on peut|tu pourrais|vous pourriez",
            "continuer|reprendre|poursuivre|enchaîner|repartir|reparler|parler à nouveau"
            "|recommencer à parler|te remettre à parler",
            "|la parole|la lecture|l'explication|ton explication|le fil|la suite",
        )
        + "|"
        + paired(
            "continue|continuez|reprends|reprenez|poursuis|poursuivez|enchaîne|enchaînez|finis"
            "|finissez|termine|terminez",
            "ta liste|votre liste|la liste|ton résumé|ton histoire|ce que tu disais"
            "|ce que vous disiez|ta phrase|votre phrase|ton explication"
            "|votre explication|ton idée|votre idée|ta lecture|votre lecture|la lecture|le fil",
        )
        + "|"
        + "tu peux reprendre là où tu t'es arrêté|reprends là où tu en étais"
        "|reprends la où tu en étais|reprends où on en était|reprends là où on en était"
        "|tu peux reprendre là où tu en étais|tu peux reprendre où tu en étais"
        "|vous pouvez reprendre là où vous en étiez|vous pouvez continuer|vous pouvez reprendre"
        "|poursuivez donc|continuez donc|vous pouvez poursuivre|tu peux y aller maintenant"
        "|tu peux repartir|c'est reparti|où tu t'es arrêté|où tu en étais|finis ta phrase"
        "|termine ta phrase|termine ce que tu disais|finis ce que tu disais|tu disais"
        "|on t'écoute à nouveau|tu peux à nouveau parler|remets toi à parler|recommence à parler"
        "|continue donc|continue là où|tu peux enchaîner|reprends le fil|reprends ton explication"
        "|et la suite|tu peux reprendre la parole|on peut reprendre|vas y la suite|poursuis donc"
        "|continue|continuez|continue à parler|reprends|reprenez|tu peux continuer"
        "|tu peux reprendre|poursuis|poursuivez|vas y continue|on reprend|tu peux poursuivre"
        "|on continue|enchaîne|reprends où tu en étais|tu peux reparler|tu peux y aller continue"
        "|tu peux parler à nouveau|vas y reprends|reprends la parole|allez continue"
        "|tu peux recommencer à parler|vasy continue|reprends là où tu t'es arrêté|la suite"
        "|pouvez continuer|pouvez reprendre|c'est bon continue"
    ),
    Order.SILENT: phrases(
        paired(
            "je te demande de|je vous demande de|merci de|veuillez|il faut|tu dois|vous devez"
            "|tu vas"
            "|tu peux|vous pouvez|prière de",
            "te taire|vous taire|se taire|garder le silence",
        )
        + "|"
        + paired(
            "arrête|arrêtez|cesse|cessez|évite|évitez",
            "|un peu",
            "de parler|d'intervenir|de répondre|de commenter|d'interrompre|de nous interrompre"
            "|de m'interrompre|de causer|de jaser|de papoter|de bavarder|de nous couper"
            "|de me couper|de faire du bruit|de faire des commentaires",
        )
        + "|"
        + paired(
            "|ne|n'",
            "parle|parlez|dis|dites|dis rien|dites rien|réponds|répondez|commente|commentez"
            "|interviens|intervenez|interromps|interrompez|coupe|coupez|cause|jase",
            "plus|plus rien|rien|plus un mot|pas un mot|plus personne|plus jamais",
        )
        + "|"
        + paired("|ne", "parle|parlez|commente|commentez", "pas")
        + "|n'interviens plus|n'interviens pas|n'intervenez plus|n'intervenez pas|"
        + paired(
            "plus|pas",
            "un mot|un bruit|un son|de commentaires|de commentaire|de remarques|d'interventions"
            "|aucun commentaire|aucun mot|une parole|un commentaire|de bruit",
        )
        + "|"
        + paired(
            "reste|restez|sois|soyez|demeure|demeurez",
            "silencieux|silencieuse|muet|muette|discret|discrète|sage|tranquille|calme"
            "|en retrait|en silence|à l'écoute",
        )
        + "|"
        + paired(
            "garde|gardez",
            "le silence|tes commentaires|vos commentaires|tes remarques|tes réflexions",
            "|pour toi|pour vous",
        )
        + "|"
        + paired("coupe|coupez|ferme|fermez|éteins|éteignez", "ton micro|votre micro|le micro")
        + "|"
        + paired(
            "mets toi|mettez vous|passe|passez",
            "en silencieux|en muet|en mute|en sourdine|en mode silencieux|en mode muet"
            "|en mode écoute|en retrait",
        )
        + "|"
        + paired(
            "contente toi|contentez vous",
            "d'écouter|de nous écouter|d'écouter pour l'instant|d'écouter seulement",
        )
        + "|"
        + paired(
            "écoute|écoutez",
            "seulement|juste|simplement|sans parler|sans intervenir|en silence|et tais toi",
        )
        + "|tu parles plus|tu ne parles plus|vous ne parlez plus|tu te tais|vous vous taisez"
        "|motus|bouche cousue|mute|du silence|"
        + "taisez vous|arrêtez de parler|ne dites rien|ne dites plus rien|ne parlez plus"
        "|ne parlez pas|restez silencieux|restez silencieuse|écoutez seulement"
        "|contentez vous d'écouter|cessez de parler|gardez le silence|coupez votre micro"
        "|mettez vous en silencieux|plus de commentaires|plus aucun commentaire|plus de remarques"
        "|garde tes commentaires|ne parle plus|pas de commentaires|garde le silence"
        "|ne nous interromps pas|ne m'interromps pas|ne nous coupe pas|ne coupe pas"
        "|reste en dehors de ça|ne t'en mêle pas|ne te mêle pas|mets la en sourdine"
        "|mets toi en mode silencieux|un peu de calme|ne réponds plus|arrête de répondre"
        "|arrête d'intervenir|n'interviens plus|n'interviens pas|contente toi d'écouter"
        "|écoute simplement|juste écouter|ne dis plus un mot|plus de bruit|baisse d'un ton"
        "|sois sage|tais toi un peu|arrête un peu|tu te tais|cesse|reste calme|ferme ton micro"
        "|éteins ton micro|coupe toi|arrête de causer|silence radio|moins fort|tais toi|silence"
        "|chut|arrête de parler|stop|arrête|arrêtez|ne dis plus rien|ne dis rien|reste silencieux"
        "|reste silencieuse|ça suffit|sa suffit|plus un mot|coupe ton micro|coupe le micro"
        "|mets toi en silencieux|écoute seulement|sois discret|moins de bruit|la ferme|ferme la"
        "|fais silence|reste muet|du calme|cesse de parler|reste tranquille|sois silencieux"
        "|sois silencieuse|muet|ne parle pas|mets toi en muet|parle plus|dis plus rien|assez"
        "|plus un bruit|sois tranquille|tu peux te taire|te taire|de parler"
        "|contente toi de nous écouter|écoute juste|un peu de silence|mets toi en sourdine"
        "|sourdine|parle pas|calme toi|mode silencieux|écoute sans parler"
    ),
    Order.CALL_ON: phrases(
        paired(
            "tu as|t'as|vous avez|tu avais|t'avais|vous aviez",
            "la parole|quelque chose à dire|quelque chose à ajouter|la main levée|levé la main"
            "|une remarque|un commentaire|une objection",
        )
        + "|"
        + paired(
            "tu voulais|vous vouliez|tu voudrais|vous voudriez|tu veux|vous voulez|tu souhaitais"
            "|vous souhaitiez",
            "dire quelque chose|ajouter quelque chose|ajouter|intervenir|parler|dire un mot"
            "|réagir|compléter|prendre la parole",
        )
        + "|"
        + paired(
            "je|on|nous",
            "te|vous",
            "donne la parole|laisse la parole|passe la parole|cède la parole|laisse parler"
            "|écoute|écoutons|donnons la parole|laissons la parole|passons la parole",
        )
        + "|"
        + paired("à toi|a toi|à vous", "|la parole|de jouer|de parler|l'honneur")
        + "|"
        + paired("c'est|ces|c'était", "ton tour|votre tour|à ton tour|à votre tour|à vous")
        + "|votre tour|à votre tour|la parole est à vous|je vous en prie|exprimez vous|lancez vous"
        "|intervenez|racontez|dites|dis|"
        + paired(
            "tu peux|vous pouvez", "parler|y aller|intervenir|prendre la parole|le dire|nous dire"
        )
        + "|"
        + paired(
            "je vois|j'ai vu|on voit|on a vu|je voyais",
            "ta main|votre main|ta petite main|la main|que tu lèves la main",
        )
        + "|"
        + "à vous la parole|c'est à vous|c'est votre tour|votre tour|dites nous|dites moi|parlez"
        "|vous pouvez parler|vous pouvez y aller|vous aviez levé la main|vous avez levé la main"
        "|vous vouliez dire quelque chose|nous vous écoutons|tu avais quelque chose à dire"
        "|tu voulais ajouter quelque chose|tu voulais ajouter|ta main est levée|tu lèves la main"
        "|je vois ta main|on est tout ouïe|nous sommes tout ouïe|je suis tout ouïe"
        "|que voulais tu dire|qu'est ce que tu voulais|qu'as tu à dire|qu'est ce que tu as à dire"
        "|dis nous tout|raconte|je te laisse parler|on te laisse parler|c'est ton moment"
        "|tu es le prochain|tu es la prochaine|toi d'abord|interviens|la scène est à toi|ton avis"
        "|donne ton avis|nous t'écoutons|tu peux intervenir|la parole est tienne|je t'en prie"
        "|on y va|tu peux le dire|dis le|vas y|vasy|allez y|je t'écoute|on t'écoute"
        "|tu as la parole|à toi|a toi|c'est à toi|ces à toi|tu peux parler|la parole est à toi"
        "|tu voulais dire quelque chose|c'est ton tour|ces ton tour|ton tour|t'as la parole"
        "|tu avais levé la main|tu as levé la main|dis nous|parle|je vous écoute|à vous"
        "|on vous écoute|vous avez la parole|à toi la parole|je te donne la parole|exprime toi"
        "|dis moi|qu'est ce que tu voulais dire|tu voulais parler|lance toi|à toi de jouer"
        "|allez vas y|c'est toi|prends la parole|qu'est ce qu'il y a|qu'y a t il|tu peux y aller"
        "|t'as levé la main|tu peux prendre la parole|tu voulais intervenir|à ton tour|a ton tour"
    ),
    Order.CANCEL: phrases(
        paired(
            "laisse|laissez|oublie|oubliez|annule|annulez|ignore|ignorez|abandonne|abandonnez",
            "tomber|ça|sa|cela|béton|tout|tout ça|faire|ma question|la question|ma demande"
            "|ce que j'ai dit|ce que je viens de dire",
        )
        + "|"
        + paired(
            "|ne",
            "cherche|cherchez|réponds|répondez|fais|faites|calcule|calculez|regarde|regardez"
            "|t'en occupe|vous en occupez|t'embête|vous embêtez|te dérange|vous dérangez"
            "|t'inquiète|vous inquiétez|te fatigue|vous fatiguez|te casse|le fais|le faites",
            "pas|plus|pas la tête|pas pour ça",
        )
        + "|"
        + paired(
            "ce n'est|c'est|c'était|ce n'était|ça n'est|ces|ça s'adressait|ça ne s'adressait",
            "pas",
            "pour|à|avec",
            "toi|vous",
            "|que je parle|que je parlais|que je m'adresse|que je m'adressais|que je demandais"
            "|que je demande",
        )
        + "|"
        + paired(
            "je|on|j'",
            "ne te|te|ne vous|vous|ne t'|t'",
            "parle|parlais|parlait|demande|demandais|demandait|cause|causais|adressais",
            "pas",
            "|à toi|à vous",
        )
        + "|"
        + paired(
            "je me suis|j'me suis|je m'suis",
            "trompé|trompée|planté|plantée|gouré|gourée",
            "|de personne|de nom|de bouton|de fichier|de page|de tableau|de réunion|de salle",
        )
        + "|"
        + paired(
            "c'est|ce n'est|ça n'est|c'était",
            "pas",
            "la peine|nécessaire|grave|important",
        )
        + "|"
        + "ignore sa|annule sa|laisse sa|ces bon laisse|ces bon laisse tomber|je retire ma question"
        "|je retire la question|je me suis trompé de fichier|je me suis trompé de tableau"
        "|je me suis trompé de page|c'est bon laisse tomber|oublie ce que je viens de dire"
        "|oublie ce que je disais|oubliez ce que je viens de dire|laissez|oubliez ça"
        "|oubliez ma question|ce n'est pas pour vous|c'est pas pour vous|c'était pas pour vous"
        "|ce n'était pas pour vous|je ne vous parlais pas|je vous parlais pas"
        "|je ne vous parle pas|ne vous en occupez pas|annulez|annulez ça|ne faites rien"
        "|ignorez ça|ignorez|oublie ma question|oublie la question|oublie ce que je t'ai dit"
        "|laisse ça|laisse béton|c'est pas important|ce n'est pas important|pas important"
        "|ne t'inquiète pas|t'inquiète|t'inquiète pas|fais pas attention|j'ai changé d'avis"
        "|je retire|j'ai rien dit|je n'ai rien dit|mauvaise personne|mauvais nom|c'est annulé"
        "|annule tout|ne le fais pas|le fais pas|fais rien|on n'a plus besoin|on a trouvé"
        "|plus la peine|ce n'est plus nécessaire|c'est plus nécessaire|pas nécessaire"
        "|ça ne fait rien|ça fait rien|ignore moi|ne tiens pas compte|tiens pas compte"
        "|je me suis trompé|je me suis trompée|c'est réglé|pas de réponse|pas toi non"
        "|n'en parlons plus|oublie tout|abandonne|pas toi|laisse tomber|oublie|oublie ça"
        "|oublie sa|laisse|ne t'en occupe pas|c'est pas pour toi|pas à toi|pas a toi"
        "|ce n'est pas pour toi|je ne te parlais pas|je te parlais pas|te parlais pas|tant pis"
        "|peu importe|c'est rien|ce n'est rien|c'est pas grave|ce n'est pas grave|pas grave"
        "|annule|annule ça|non rien|rien|ne fais rien|ne fais pas attention|ignore ça|pas besoin"
        "|plus besoin|c'était pas pour toi|ce n'était pas pour toi|pas maintenant"
        "|je ne m'adressais pas à toi|je m'adressais pas à toi|je parlais pas à toi"
        "|on te parle pas|on ne te parle pas|t'occupe pas|t'occupe|pas la peine"
        "|je ne te parle pas|je te parle pas|te parle pas|oubliez|laissez tomber|fausse alerte"
        "|pas vous|te demandais pas|ne te demandais pas|c'est bon laisse|pas pour toi"
        "|n'y pense plus|sans importance|oublie ce que j'ai dit|ignore|aucune importance"
        "|s'adressait pas à toi|c'est plus la peine|ne réponds pas|réponds pas"
        "|ce n'est plus la peine|de rien"
    ),
}
