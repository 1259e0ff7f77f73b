"""The words that the rules of addressing look for, in French. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import Lexicon, phrases, words
from roomhand.turns.address_orders_fr import AMOUNTS, ORDERS
from roomhand.turns.address_phrases_fr import ASIDES, ASKED_LATER, ASKING, TO_YOU, TURNING
from roomhand.turns.address_speech_fr import (
    CHATTING,
    QUOTING,
    READING,
    REPORTED,
    REPORTING,
    SPEECH,
    TEXTS,
)
from roomhand.turns.address_verbs_fr import GOVERNORS, REQUESTS, SECOND, THIRD

_GREETINGS = words("yo wesh hep psst holà salut bonjour bonsoir coucou hé hey allô hello eh ohé")
_OPENERS = _GREETINGS | words(
    "exactement exact évidemment absolument sérieux sérieusement franchement honnêtement "
    "sincèrement bah pis là bin tabarnak coudonc "
    "faque mon vieux ma belle chers chères excusez pardonnez pardonne permettez permets précision "
    "remarque rapidement finalement effectivement concrètement tenez regarde regardez voyons "
    "carrément allô allo disons septante ouah waouh oups aïe ouf zut mince ok okay alors et est "
    "donc mais bon ben bah euh heu hum ah "
    "oh oui ouais non merci pardon désolé désolée excuse excusez moi svp dis dites tiens bien "
    "voilà d'accord attends écoute écoutez un petite question autre sinon maintenant puis enfin "
    "euhm stop parfait super très allez peut être bref coup justement fait cher chère après "
    "ensuite beaucoup instant minute seconde juste encore dernière rapide hm mm tous toutes "
    "monde les amis gens"
)

LEXICON = Lexicon(
    language="fr",
    greetings=_GREETINGS,
    responses=words(
        "regarde regardez écoute écoutez tiens attends exactement voilà d'accord exact excuse "
        "excusez pardonne pardonnez navré navrée chut ouah waouh oups aïe ouf zut mince oui non "
        "ouais merci pardon désolé désolée si"
    ),
    openers=_OPENERS,
    lone_openers=frozenset({"si"}),
    asides=ASIDES,
    wishes=phrases("bonne nuit|bonne journée|bonne soirée"),
    asking=ASKING,
    to_you=TO_YOU,
    turning=TURNING,
    fillers=words(
        "sérieux franchement honnêtement excuse excusez euh heu hum ah oh eh ben bah bon alors "
        "donc oui non juste encore maintenant te vous svp "
        "merci pardon désolé hé hey ok okay d'accord mais petite question une rapide aussi au "
        "fait du coup rapidement vite"
    )
    - words("te vous aussi du une rapide et au"),
    tags=words(
        "hé hein pardon désolé désolée excuse excusez moi please rapidement vite quand même vas "
        "y allez s'il te vous plaît merci alors donc déjà maintenant ok d'accord svp hein du "
        "coup encore "
        "toi"
    ),
    question_tags=words("hein"),
    pleas=words("stp plait pliz please plaît svp please"),
    joining=words("et ou est"),
    choosing=words("ou"),
    adversative=words("mais"),
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
    relatives=words("qui que dont"),
    requests=REQUESTS,
    second=SECOND,
    after_verb=words("tu"),
    second_endings=("ez", "ons"),
    you_subjects=words("tu vous t'as t'es t'en pouvez pourriez peux pourrais"),
    late=words("combien comment où quand quoi pourquoi quel quelle quelles quels lequel qu'est"),
    pronoun_objects=words("moi nous ça le la les lui leur sa cela s'il"),
    told_me=("moi", "nous"),
    to_whom=words("à a pour"),
    first_person=words("je j'ai j'avais"),
    speaking=words(
        "je j'ai j'aurais j'aimerais j'avais j'suis j'sais j'étais j' tu toi vous on ont nous "
        "notre nos votre vos mon ma mes ton ta tes moi j'voudrais j'arrive j'espère"
    )
    - words("ont mon ma mes moi"),
    you=words("tu toi te t'as t'es t'en t'aurais t'avais vous ton ta tes votre vos t'y toute")
    - words("toute"),
    both_you=words("toi vous"),
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
        "ça": words("te vous t'irait fait coûte donne veut prend"),
        "des": words("nouvelles idées questions remarques"),
        "une": words("idée"),
        "m'entends": words("tu"),
    },
    names_invert=frozenset(),
    plural=words("sont vont peuvent doivent étaient"),
    third=THIRD,
    plural_endings=("ent",),
    third_endings=("ait", "ra"),
    not_third=words("chez assez nez caméra opéra parfait fait lait trait"),
    clitics=words("me m' te se le la les l' lui leur ne n' nous vous en y"),
    clitic_endings=("ons",),
    reflexive=words("se s'"),
    in_situ=words("combien quoi quand où comment quelle pourquoi quel lequel laquelle con"),
    habits=words(
        "toujours souvent jamais parfois plutôt assez beaucoup mieux mal rarement "
        "automatiquement trop chaque tout"
    ),
    resuming=words("l' le la lui les"),
    scenes=words("si quand avant après dès pendant lorsque puisque"),
    scene_verbs=words(
        "tu vous qu'on d'aller d'oublier de t'as c'est ça on qu'tu qu'vous que de qu qu'on que "
        "d'aller d'oublier"
    ),
    topics=words(
        "objections remarques suggestions questions réactions ton ta tes votre vos statut idées "
        "chiffres avis résumé commentaires deux trois quatre même"
    ),
    asked_later=ASKED_LATER,
    remarks=words(
        "aussi non pas comme de pour sans avec hier peut-être et ou encore toujours qui que bien"
    ),
    again=words("il elle ça c'est lui c'était ces"),
    articles=words("le la les un une notre nos mon ma qui cet cette ce l'agent l'assistant"),
    governors=GOVERNORS,
    verb_after=words(
        "monde t'as t'es j'suis je tu il elle on nous vous ils elles qui ai as a avons avez ont "
        "avait avais aurait es est peux peut pouvez pouvons pourrais pourrait pourriez dois doit "
        "devez devons devrais devrait devriez devrions veux veut voulez voulons voudrais vas va "
        "allez allons vais faut faudrait sais sait savez quelqu'un comment pourquoi"
    ),
    complete=words(
        "sais savez sait vois voyez penses pensez crois croyez dis dites comprends comprenez "
        "entends entendez confirmes confirmez commencer continuer reprendre finir terminer "
        "partir venir répéter répondre parler aider arrêter attendre noter voir savoir dire "
        "faire expliquer résumer préciser confirmer vérifier écouter suivre raison besoin fini "
        "terminé noté compris entendu dit fait vu trouvé décidé commencé peux pouvez veux voulez "
        "peut être là prêt prête d'accord sûr sûre proposes suggères recommandes conseilles "
        "préfères comptes fais faites passe donne arrive marche va vont reste manque plaisantes "
        "rigoles écoutes suis suivez êtes es est a as avez avons sommes reprend commence "
        "continue finit tort peur hâte envie idée voter oublié perdu vrai faux bien revoir "
        "avancer passer intervenir démarrer réessayer recommencer enregistres notes ajouter"
    ),
    object_clitics=words("l' le la les me te m' t' lui leur y en") - words("le la les en"),
    closing_ends=("ment", "ée", "ées", "és"),
    closing=words(
        "mien mienne tien tienne sien sienne nôtre vôtre leurs elle elles ensemble seul seule "
        "dedans dehors dessus dessous devant derrière ailleurs partout près loin jamais "
        "toujours souvent longtemps ensuite avant-hier matin soir midi après-midi nuit septante "
        "nonante grand petit fort vite lentement haut bas suivant suivante suivants raison tort "
        "midi "
        "minuit fois ça cela ceci toi moi lui eux nous vous aujourd'hui demain hier maintenant "
        "ici là bientôt déjà encore alors tard tôt assez trop beaucoup peu tout tous rien "
        "quelque chose faux vrai juste bien mal mieux prêt prête prêts parfait super génial "
        "clair cher joué vu dit fait fini terminé entendu compris pas plus lundi mardi mercredi "
        "jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août "
        "septembre octobre novembre décembre heures heure minutes minute euros pour cent utile "
        "correct excellent exact bon bonne formidable quoi qui quand où comment combien lequel "
        "laquelle d'accord"
    ),
    timing=words("avant après vers dès jusqu'à pour sous en"),
    linking=words("c'est c'était"),
    titles=words(
        "agent agente l'agent l'assistant l'assistante assistant assistante assistants agents "
        "bot bots robot robots ia l'ia monsieur madame docteur professeur collègue collègues ami "
        "amie nom prénom système outil l'outil logiciel appli modèle stagiaire cousin cousine "
        "frère sœur oncle tante"
    ),
    indefinite=words("un une des d'un d'une"),
    naming=words(
        "appelle-le appelez-le s'appelle s'appelait s'appellera appelons appelez nomme nomment "
        "appelle appelé appelée appellent appelait nommé nommée baptisé baptisée"
    ),
    unfinished=phrases(
        "tu peux|tu pourrais|tu vas|tu dois|tu devrais|vous pouvez|vous pourriez|vous allez"
        "|vous devez|peux tu|pourrais tu|pouvez vous|pourriez vous"
    ),
    objects=words("qu'est quoi combien quel quelle quels quelles qu'on"),
    released=words("demande demandé vu voir connais entendu utiliser prendre"),
    conjunctions=words("si que parce quand puisque comme ce avant depuis pendant dès"),
    clause_governors=GOVERNORS
    | THIRD
    | words(
        "que qu' qui quand lorsque si parce puisque comme où pourquoi comment combien dont est a "
        "ont et peut pourrait doit devrait va veut sait dit laisse fais faire fait plus pas "
        "écoute après avant est-ce ce on je tu crois pense espère sur aime quel quelle devant"
    )
    - words("et ce"),
    particles=words("plutôt aussi juste seulement même peut être déjà bien encore vraiment"),
    identifying=phrases(
        "comment va|comment se porte|comment marche|que dit|que pense|que fait|à quoi sert"
        "|revoilà|il y a|c'est encore|ça c'est|ça c'était|c'était encore|c'est|c'était|où est"
        "|qui est|voici|voilà|est ce que c'est|est ce|et|ce n'est pas|c'est pas|tu connais"
        "|vous connaissez|est ce qu'il y a|y a|tu vois|tu as vu|t'as vu|ce serait|ou|pas"
        "|tu veux dire|tu aimes|ici"
    ),
    reporting=REPORTING,
    quoting=QUOTING,
    comparing=words("comme"),
    reported=REPORTED,
    other_subjects=words("sa tout ça quelqu'un personne ce ceci cela rien"),
    pointing=words("sa ça ce ceci cela"),
    resuming_verbs=words("est marche vaut sert"),
    chatting=CHATTING,
    cleft=words("ce"),
    texts=TEXTS,
    reading=READING,
    subjects=words("il elle on je ils elles"),
    thirds=words("il elle ils elles"),
    impersonal=words("pleut neige fait faut y reste manque s'agit faudrait"),
    speech=SPEECH,
    topic=words("sur concernant pour propos"),
    pronouns=words("ça la le"),
    genitive=words("de d'un d'une du au aux chez a à"),
    nominal=words(
        "le la les l' un une des du au aux mon ma mes ton ta tes son sa ses notre nos votre vos "
        "leur leurs ce cet cette ces chaque quel quelle prochain prochaine dernier dernière "
        "premier première deuxième troisième nouveau nouvelle grand grande petit petite même "
        "autre deux trois quatre plusieurs sois très trop plus bien de d'un d'une"
    ),
    orders=ORDERS,
    assents=words(
        "oui ouais ok okay d'accord exact exactement parfait voilà bien entendu volontiers super "
        "yes"
    ),
    thanks=phrases(
        "merci|merci beaucoup|merci bien|au revoir|merci à toi|thanks|thank you|à bientôt"
    ),
    courtesies=phrases(
        AMOUNTS
        + "on t'écoute|je t'écoute|on vous écoute|je vous écoute||donc|un temps|voilà|c'est bon"
        "|tout le monde|excusez moi|je vous prie|je t'en prie"
        "|je t'ai coupé|je t'ai interrompu|on t'a coupé|on est prêts|on est prêt|s'il te plait"
        "|oups|ah non|mince|zut|pas de souci|ça ira|j'ai retrouvé|on a retrouvé"
        "|je l'ai|on l'a"
        "|s'il te plaît|s'il vous plaît|svp|merci|bon|ben|alors|donc|non|oui|ok|okay|d'accord|euh"
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
    agreeing=words("d'accord"),
    refusals=words("non nan ah oh attends"),
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
        "la mes mon ma ta ton les c'était c'est j'étais j'arrive ça il elle elles nous vous on "
        "tu je j'avais ils un une l'alarme l'appel y quelqu'un faut ce on je j'ai c'est il ça "
        "jusqu'à jusqu pendant parce pour nous "
        "j'arrive le la les mon elle ils car j'en qu'on tant"
    ),
    whether=words("si"),
    that=words("que"),
    telling=words("dire dis dit demande demander demandé à"),
    awaiting=words("que jusqu'à pour"),
    transitive=words("stop arrête pause reprends continue coupe annule laisse oublie ignore cesse"),
    handing=words(
        "passe parole main relais demande demander laisse confie transmets renvoie cède "
        "interroge à pour laisser laissons donne"
    ),
    handovers=phrases(
        "la parole à|passe la parole à|demande à|demander à|demandons à|la main à|le relais à"
        "|je laisse|à toi|je transmets à|interroger|laisse la parole à|voir avec"
    ),
)
