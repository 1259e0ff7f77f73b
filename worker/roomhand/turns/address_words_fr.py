"""The words that the rules of addressing look for, in French. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import Lexicon, phrases, words
from roomhand.turns.orders import Order

_GREETINGS = words("salut bonjour bonsoir coucou hé hey allô hello eh ohé")
_OPENERS = _GREETINGS | words(
    "ok okay alors et est donc mais bon ben bah euh heu hum ah oh oui ouais non merci pardon "
    "désolé désolée excuse excusez moi svp dis dites tiens bien voilà d'accord attends écoute "
    "écoutez un petite question autre sinon maintenant puis enfin euhm stop parfait super très "
    "allez peut être bref coup justement fait cher chère après ensuite beaucoup instant minute "
    "seconde juste encore dernière rapide hm mm tous toutes monde les amis gens"
)
_THIRD = words(
    "a avait aura aurait ont était sera serait va allait dit disait dira dirait pense pensait "
    "trouve trouvait peut pouvait pourra pourrait doit devait devra devrait veut voulait sait "
    "savait saura fait faisait fera ferait vient venait viendra met mettait prend prenait "
    "prendra voit voyait entend comprend comprenait répond répondait écrit écrivait lit connaît "
    "connait croit croyait tient reçoit perd rend sort part finit choisit fournit semble aime "
    "marche fonctionne confond parle utilise reste devient arrive travaille aide oublie "
    "ressemble ignore parlait proposait donnait demandait utilisait aimait marchait oubliait et "
    "ou est lui elle même aussi n'est n'a n'était n'avait n'aura l'a l'avait m'a m'avait t'a "
    "nous s'est s'était n'y qui sont étaient n'arrive s'appelle s'occupe m'aide s'en écoutait "
    "notait enregistrait envoie enregistre peu faut suit sert permet apprend craint mérite "
    "habite existe appartient"
) - words("qui nous s'en lui est et ou aide envoie oublie peu")
_GOVERNORS = words(
    "a attendre redemande redemander à de du des avec pour par chez sans sur sous contre comme ou "
    "que qu'en entre vers selon depuis après avant pendant derrière devant malgré sauf d'après "
    "envers hormis le la les un une mon ma mes ton ta tes son sa ses notre nos votre vos leur "
    "leurs ce cet cette ces au aux d' l' pas demande demandé demander connais connaissez vu voir "
    "vois entendu entends entendre appelle appelé appeler appelez laisse laisser laissez "
    "interroge interrogé utiliser utilisé utilisez écoute écouté écouter invite invité inviter "
    "remercie remercier remercié préviens prévenir prévenu crois croire aimes aimer déteste "
    "ignorer nommé nommée c'est c'était voici c'tait est était sera propose a-t être suis es "
    "t'es avoir et faire fais rencontré rencontrer essaie essayé essayer tester testé coupe "
    "coupé couper lance lancé lancer bloque bloqué remplace remplacé remplacer mettre installé "
    "installer configuré configurer branché brancher si quand parce puisque lorsque dont où "
    "pourquoi comment aussi même ni plus moins très trop sois soyez soit qui via cite cité citer "
    "quel quelle confier prends manque imite imité mentionné mentionner garder garde d'en "
    "ajouter ajouté croise"
) - words("est et sur si quel quelle plus ça pas où après avant devant aime écoute")

LEXICON = Lexicon(
    greetings=_GREETINGS,
    openers=_OPENERS,
    lone_openers=frozenset({"si"}),
    asides=phrases(
        "voyons|tu sais|tu vois|au fait|dis moi|dites moi|voyons voir|dis donc|du coup"
        "|en tout cas|dis voir|à propos|si tu peux|si tu veux|je veux dire|je dirais"
        "|s'il te plaît|s'il vous plaît|d'accord|en fait|tout d'abord|vas y|allez y|excusez moi"
        "|la dernière chose|une question|petite question|une petite question|autre chose"
        "|encore une question|une minute|une seconde|un instant|ma question|dernière question"
        "|tout le monde|les amis|mon cher|ma chère|bon là"
    ),
    to_you=phrases(
        "pour toi|à toi|de toi|avec toi|pour vous|à vous|de vous|besoin de toi|sur toi|chez toi"
    ),
    turning=phrases(
        "autre chose|une autre chose|encore une chose|une question|petite question|une dernière"
        "|aucune idée|au fait|merci pour|merci de|diapo suivante|page suivante|question suivante"
        "|bonne question|bonne idée|bien joué|bravo|désolé mais|d'ailleurs|à propos"
        "|dernière question|un petit|une petite|une chose"
    ),
    fillers=words(
        "euh heu hum ah oh eh ben bah bon alors donc oui non juste encore maintenant te vous svp "
        "merci pardon désolé hé hey ok okay d'accord mais petite question une rapide aussi au "
        "fait du coup rapidement vite"
    )
    - words("te vous aussi du une rapide et au"),
    tags=words(
        "s'il te vous plaît merci alors donc déjà maintenant ok d'accord svp hein du coup encore "
        "toi"
    ),
    pleas=words("plaît svp please"),
    joining=words("et ou est"),
    question_words=words(
        "qui que quoi quel quelle quels quelles quand comment pourquoi combien où qu'est qu'en "
        "qu'as qu'a qu'avons lequel laquelle lesquels lesquelles est qu'on kesse esse d'où "
        "qu'avez qu'il qu'elle jusqu'où qu'ont pour con qu'y quid qu'aurais qu'avait qu'avais"
    )
    - words("est pour con"),
    relative={
        "quand": words("est a c'est ont on sont était aura commence finit part arrive doit as"),
        "que": words(
            "penses pensez dit disait proposes faut reste veux sais sait doit peux fait font est "
            "a dis voulait dois savons faire"
        ),
    },
    requests=words(
        "donne donnez dis dites montre rappelle résume répète explique lis relis cherche aide "
        "attends arrête continue recommence commence compare calcule traduis vérifie regarde "
        "envoie ajoute fais mets prends prépare lance ouvre ferme liste cite tais va vas "
        "reprends passe laisse oublie réponds décris détaille précise corrige programme réserve "
        "appelle crée calme sois viens tiens n'oublie retiens rédige reformule efface enlève "
        "supprime change bouge raconte éclaire confirme aidez écoutez souviens inscris "
        "enregistre planifie propose dessine convertis trouve estime choisis imprime partage "
        "rajoute déplace annule décale marque compte démarre stoppe coupe baisse monte présente "
        "introduis parle note épelle cale bloque consulte demande lève refais redis définis "
        "complète modifie publie sors retrouve joue remets trie classe conclus synthétise "
        "simplifie allez essaie rassure garde s'il svp écris écrivez tape attache branche "
        "débranche"
    )
    - words("parle trouve enregistre compte propose demande garde présente"),
    second=words(
        "peux pourrais sais as avais es étais veux voudrais dois penses vois prends aurais serais "
        "connais comprends entends t'as t'es t'avais t'en peut-tu devrais crois disais proposes "
        "trouves aimes suggères recommandes préfères conseilles voyais feras pourras auras seras "
        "iras t'étais allons passons reprenons revenons commençons disons avons sommes devons "
        "pouvons ferais t'inquiète confirmes notes ily mettras prendras diras dirais proposerais "
        "savais pensais t'aurais j'ai j'aurais j'aimerais j'avais j'suis j'sais j'voudrais tu "
        "l'as"
    ),
    after_verb=words("tu"),
    second_endings=("ez",),
    you_subjects=words("tu vous t'as t'es t'en pouvez pourriez peux pourrais"),
    late=words("combien comment où quand quoi pourquoi quel quelle quelles quels lequel qu'est"),
    pronoun_objects=words("moi nous ça le la les lui leur sa cela s'il"),
    speaking=words(
        "je j'ai j'aurais j'aimerais j'avais j'suis j'sais j'étais j' tu toi vous on ont nous "
        "notre nos votre vos mon ma mes ton ta tes moi j'voudrais j'arrive j'espère"
    )
    - words("ont mon ma mes moi"),
    you=words("tu toi te t'as t'es t'en t'aurais t'avais vous ton ta tes votre vos t'y toute")
    - words("toute"),
    inverted={
        "est": words("ce il elle que"),
        "esse": words("que qu'on qu'il qu'elle"),
        "y": words("a avait aura"),
        "il": words("y reste"),
        "quelqu'un": words("peut sait pourrait veut a saurait aurait"),
        "ily": words("a avait"),
        "c'est": words("quoi qui quand où combien comment lequel pour pourquoi quel quelle à bien"),
        "ces": words("à a quoi qui quand où combien comment quel quelle"),
        "c'était": words("quoi qui quand où combien comment lequel pour pourquoi quel quelle à"),
        "a": words("t quelle quel qui quoi combien on"),
        "à": words("quelle quel qui quoi combien ton votre"),
        **dict.fromkeys(words("va peut doit sait faut pourra pourrait devrait"), words("t on")),
        **dict.fromkeys(
            words("de sur dans avec pour en par depuis jusqu'à"),
            words("quel quelle quels quelles qui quoi combien quand où"),
        ),
        **dict.fromkeys(
            words("note écoute propose enregistre parle trouve compte présente garde demande"),
            words("moi nous ça sa les"),
        ),
        "ça": words("fait coûte donne veut prend"),
        "des": words("nouvelles idées questions remarques"),
        "une": words("idée"),
        "m'entends": words("tu"),
    },
    names_invert=frozenset(),
    plural=words("sont vont peuvent doivent étaient"),
    third=_THIRD,
    third_endings=("ait", "era"),
    not_third=words("parfait fait lait trait"),
    clitics=words("me m' te se le la les l' lui leur ne n' nous vous en y"),
    clitic_endings=("ons",),
    reflexive=words("se s'"),
    in_situ=words("combien quoi quand où comment quelle pourquoi quel lequel laquelle con"),
    habits=words(
        "toujours souvent jamais parfois plutôt assez beaucoup mieux mal rarement automatiquement "
        "trop chaque tout"
    ),
    resuming=words("l' le la lui les"),
    again=words("il elle ça c'est lui c'était ces"),
    articles=words("le la les un une notre nos mon ma qui cet cette ce l'agent l'assistant"),
    governors=_GOVERNORS,
    conjunctions=words("si que parce quand puisque comme ce avant depuis pendant dès"),
    clause_governors=_GOVERNORS
    | _THIRD
    | words(
        "que qu' qui quand lorsque si parce puisque comme où pourquoi comment combien dont est a "
        "ont et peut pourrait doit devrait va veut sait dit laisse fais faire fait plus pas "
        "écoute après avant est-ce ce on je tu crois pense espère sur aime quel quelle devant"
    )
    - words("et ce"),
    particles=words("plutôt aussi juste seulement même peut être déjà bien encore vraiment"),
    identifying=phrases(
        "c'est|c'était|où est|qui est|voici|voilà|est ce que c'est|est ce|et|ce n'est pas"
        "|c'est pas|tu connais|vous connaissez|est ce qu'il y a|y a|il y a|tu vois|tu as vu"
        "|t'as vu|ce serait|ou|pas|tu veux dire|tu aimes|ici"
    ),
    reporting=words(
        "dit dis dites disait disais dire demandé demandait demande crié criait crie cries écrit "
        "écrivait lancé lance répondu répond fait genre hurlé hurle tape tapé faisait balance "
        "sort dira gueule gueulé écris murmure murmuré répète répétait appelé chuchoté chuchote "
        "chuchotait murmurait hurlait gueulait chante chantait ordonne ordonné ordonnait lançait "
        "balancé s'exclame exclamé annonce annoncé disent criaient crient criais lançant "
        "plaisante supplie supplié"
    ),
    comparing=words("comme"),
    reported=phrases(
        "je fais|il fait|elle fait|je lui fais|il me fait|moi je fais|elle me fait|on fait"
        "|je lui dis|il me dit|genre|me suis dit|je me disais|je pensais"
    ),
    subjects=words("il elle on je ils elles"),
    thirds=words("il elle ils elles"),
    speech=words(
        "dit disait crie criait criaient demande demandait hurlait hurle répétait répète lançait "
        "gueulait"
    ),
    topic=words("sur concernant pour propos"),
    pronouns=words("ça la le"),
    nominal=words(
        "le la les l' un une des du au aux mon ma mes ton ta tes son sa ses notre nos votre vos "
        "leur leurs ce cet cette ces chaque quel quelle prochain prochaine dernier dernière "
        "premier première deuxième troisième nouveau nouvelle grand grande petit petite même "
        "autre deux trois quatre plusieurs sois très trop plus bien de d'un d'une"
    ),
    orders={
        Order.HOLD: phrases(
            "laisse nous deux minutes|laisse nous deux secondes|laisse moi deux minutes"
            "|patiente un peu|patiente un instant|attends un instant|attends un moment"
            "|attends deux secondes|attends deux minutes|pas tout de suite|laisse moi finir"
            "|laisse nous finir|laisse le finir|laisse la finir|ne réponds pas encore"
            "|ne commence pas encore|donne nous deux minutes|donne moi deux minutes"
            "|fais une petite pause|reste là|une petite pause|on fait une pause|attends que"
            "|attends encore|attends ton tour|un moment encore|mets ça en pause|mets sur pause"
            "|deux petites secondes|juste une minute|juste une seconde|juste un instant|attends"
            "|attendez|attends un peu|attends voir|un instant|un moment|une seconde|une minute"
            "|une petite seconde|une petite minute|un petit instant|deux secondes|deux minutes"
            "|minute|patiente|patientez|instant|seconde|pause|fais une pause"
            "|donne nous une minute|mets toi en pause|donne nous un instant|donne moi une minute"
            "|donne moi une seconde|donne moi un instant|pas encore|reste en attente"
            "|mets en pause|laisse nous une minute|bouge pas|un petit moment|donne nous un moment"
            "|laisse nous un instant|ne bouge pas|pas si vite|patience|attente|petit instant"
            "|petite seconde"
        ),
        Order.RESUME: phrases(
            "tu peux y aller maintenant|tu peux repartir|c'est reparti|où tu t'es arrêté"
            "|où tu en étais|finis ta phrase|termine ta phrase|termine ce que tu disais"
            "|finis ce que tu disais|tu disais|on t'écoute à nouveau|tu peux à nouveau parler"
            "|remets toi à parler|recommence à parler|continue donc|continue là où"
            "|tu peux enchaîner|reprends le fil|reprends ton explication|et la suite"
            "|tu peux reprendre la parole|on peut reprendre|vas y la suite|poursuis donc|continue"
            "|continuez|continue à parler|reprends|reprenez|tu peux continuer|tu peux reprendre"
            "|poursuis|poursuivez|vas y continue|on reprend|tu peux poursuivre|on continue"
            "|enchaîne|reprends où tu en étais|tu peux reparler|tu peux y aller continue"
            "|tu peux parler à nouveau|vas y reprends|reprends la parole|allez continue"
            "|tu peux recommencer à parler|vasy continue|reprends là où tu t'es arrêté"
            "|reprends là où tu en étais|la suite|pouvez continuer|pouvez reprendre"
            "|c'est bon continue"
        ),
        Order.SILENT: phrases(
            "plus de commentaires|plus aucun commentaire|plus de remarques|garde tes commentaires"
            "|ne parle plus|pas de commentaires|garde le silence|ne nous interromps pas"
            "|ne m'interromps pas|ne nous coupe pas|ne coupe pas|reste en dehors de ça"
            "|ne t'en mêle pas|ne te mêle pas|mets la en sourdine|mets toi en mode silencieux"
            "|un peu de calme|ne réponds plus|arrête de répondre|arrête d'intervenir"
            "|n'interviens plus|n'interviens pas|contente toi d'écouter|écoute simplement"
            "|juste écouter|ne dis plus un mot|plus de bruit|baisse d'un ton|sois sage"
            "|tais toi un peu|taisez vous|arrête un peu|tu te tais|cesse|reste calme"
            "|ferme ton micro|éteins ton micro|coupe toi|arrête de causer|silence radio"
            "|moins fort|tais toi|silence|chut|arrête de parler|arrêtez de parler|stop|arrête"
            "|arrêtez|ne dis plus rien|ne dis rien|reste silencieux|reste silencieuse|ça suffit"
            "|sa suffit|plus un mot|coupe ton micro|coupe le micro|mets toi en silencieux"
            "|écoute seulement|sois discret|moins de bruit|la ferme|ferme la|fais silence"
            "|reste muet|du calme|cesse de parler|reste tranquille|sois silencieux"
            "|sois silencieuse|muet|ne parle pas|mets toi en muet|parle plus|dis plus rien|assez"
            "|plus un bruit|sois tranquille|tu peux te taire|te taire|de parler"
            "|contente toi de nous écouter|écoute juste|un peu de silence|mets toi en sourdine"
            "|sourdine|parle pas|calme toi|mode silencieux|écoute sans parler"
        ),
        Order.CALL_ON: phrases(
            "tu avais quelque chose à dire|tu voulais ajouter quelque chose|tu voulais ajouter"
            "|ta main est levée|tu lèves la main|je vois ta main|on est tout ouïe"
            "|nous sommes tout ouïe|je suis tout ouïe|que voulais tu dire"
            "|qu'est ce que tu voulais|qu'as tu à dire|qu'est ce que tu as à dire|dis nous tout"
            "|raconte|je te laisse parler|on te laisse parler|c'est ton moment|tu es le prochain"
            "|tu es la prochaine|toi d'abord|interviens|la scène est à toi|ton avis"
            "|donne ton avis|nous t'écoutons|tu peux intervenir|la parole est tienne|je t'en prie"
            "|on y va|tu peux le dire|dis le|vas y|vasy|allez y|je t'écoute|on t'écoute"
            "|tu as la parole|à toi|a toi|c'est à toi|ces à toi|tu peux parler"
            "|la parole est à toi|tu voulais dire quelque chose|c'est ton tour|ces ton tour"
            "|ton tour|t'as la parole|tu avais levé la main|tu as levé la main|dis nous|parle"
            "|je vous écoute|à vous|on vous écoute|vous avez la parole|à toi la parole"
            "|je te donne la parole|exprime toi|dis moi|qu'est ce que tu voulais dire"
            "|tu voulais parler|lance toi|à toi de jouer|allez vas y|c'est toi|prends la parole"
            "|qu'est ce qu'il y a|qu'y a t il|tu peux y aller|t'as levé la main"
            "|tu peux prendre la parole|tu voulais intervenir|à ton tour|a ton tour"
        ),
        Order.CANCEL: phrases(
            "oublie ma question|oublie la question|oublie ce que je t'ai dit|laisse ça"
            "|laisse béton|c'est pas important|ce n'est pas important|pas important"
            "|ne t'inquiète pas|t'inquiète|t'inquiète pas|fais pas attention|j'ai changé d'avis"
            "|je retire|j'ai rien dit|je n'ai rien dit|mauvaise personne|mauvais nom|c'est annulé"
            "|annule tout|ne le fais pas|le fais pas|fais rien|on n'a plus besoin|on a trouvé"
            "|plus la peine|ce n'est plus nécessaire|c'est plus nécessaire|pas nécessaire"
            "|ça ne fait rien|ça fait rien|ignore moi|ne tiens pas compte|tiens pas compte"
            "|je me suis trompé|je me suis trompée|c'est réglé|pas de réponse|pas toi non"
            "|n'en parlons plus|oublie tout|abandonne|pas toi|laisse tomber|oublie|oublie ça"
            "|oublie sa|laisse|ne t'en occupe pas|c'est pas pour toi|pas à toi|pas a toi"
            "|ce n'est pas pour toi|je ne te parlais pas|je te parlais pas|te parlais pas"
            "|tant pis|peu importe|c'est rien|ce n'est rien|c'est pas grave|ce n'est pas grave"
            "|pas grave|annule|annule ça|non rien|rien|ne fais rien|ne fais pas attention"
            "|ignore ça|pas besoin|plus besoin|c'était pas pour toi|ce n'était pas pour toi"
            "|pas maintenant|je ne m'adressais pas à toi|je m'adressais pas à toi"
            "|je parlais pas à toi|on te parle pas|on ne te parle pas|t'occupe pas|t'occupe"
            "|pas la peine|je ne te parle pas|je te parle pas|te parle pas|oubliez|laissez tomber"
            "|fausse alerte|pas vous|te demandais pas|ne te demandais pas|c'est bon laisse"
            "|pas pour toi|n'y pense plus|sans importance|oublie ce que j'ai dit|ignore"
            "|aucune importance|s'adressait pas à toi|c'est plus la peine|ne réponds pas"
            "|réponds pas|ce n'est plus la peine|de rien"
        ),
    },
    assents=words(
        "oui ouais ok okay d'accord exact exactement parfait voilà bien entendu volontiers super "
        "yes"
    ),
    thanks=phrases(
        "merci|merci beaucoup|merci bien|au revoir|merci à toi|thanks|thank you|à bientôt"
    ),
    courtesies=phrases(
        "s'il te plaît|s'il vous plaît|svp|merci|bon|ben|alors|donc|non|oui|ok|okay|d'accord|euh"
        "|ah|oh|et|un peu|juste|maintenant|tu peux|peux tu|est ce que tu peux|tu pourrais"
        "|pourrais tu|là|mais|désolé|pardon|pour l'instant|pour le moment|un moment|un instant"
        "|une minute|hé|hey|allez|bien|s'te plaît|jusqu'à ce qu'on t'appelle|c'est bon|ça va"
        "|c'est|je|ne|toi|parlais|c'était|à|je disais ça|désolée|je réfléchis|on réfléchit"
        "|qu'on réfléchisse|laisse moi|laisse nous|réfléchir|finir|on a trouvé|hein|j'ai trouvé"
        "|finalement|en fait|excuse moi|enfin|salut|bonjour|encore|deux minutes|parler"
        "|pendant qu'on parle|je termine|on termine|moi|parlons|qu'on|que je|vas y|tu|veux|te"
        "|du tout|sa va|vous pouvez|pouvez vous|pourriez vous|avec|je voulais|voulais|une seconde"
        "|de|la|tout va bien|c'est pas grave|non non"
    ),
    negations=words("pas plus"),
    stressed_you=words("toi te t' à-toi"),
    spoken_to=words(
        "parle parlais parlé à pour m'adresse m'adressais demande demandais avec s'adressait "
        "adressé c'était visais"
    ),
    meant_for=phrases(
        "c'était pour|je parlais à|je parle à|je parlais a|je parlais avec|je m'adressais à"
        "|ça s'adressait à|c'est pour|la question était pour|je demandais à|je voulais dire"
        "|je pensais à"
    ),
    meant=phrases(
        "je parlais à|je parle à|je voulais dire|je pensais à|je m'adressais à|c'était pour"
        "|je disais|je parlais avec|je parlais a|je parle a|je parle avec|je demandais à"
        "|je demande à|plutôt"
    ),
    explaining=words(
        "on je j'ai c'est il ça jusqu'à jusqu pendant parce pour nous j'arrive le la les mon elle "
        "ils car j'en qu'on tant"
    ),
    handing=words(
        "passe parole main relais demande demander laisse confie transmets renvoie cède interroge "
        "à pour laisser laissons donne"
    ),
    handovers=phrases(
        "la parole à|passe la parole à|demande à|demander à|demandons à|la main à|le relais à"
        "|je laisse|à toi|je transmets à|interroger|laisse la parole à|voir avec"
    ),
)
