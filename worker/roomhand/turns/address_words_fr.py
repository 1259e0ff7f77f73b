"""The words that the rules of addressing look for, in French. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import Lexicon, phrases, words
from roomhand.turns.address_orders_fr import ORDERS
from roomhand.turns.address_verbs_fr import GOVERNORS, REQUESTS, SECOND, THIRD

_GREETINGS = words("salut bonjour bonsoir coucou hé hey allô hello eh ohé")
_OPENERS = _GREETINGS | words(
    "ouah waouh oups aïe ouf zut mince ok okay alors et est donc mais bon ben bah euh heu hum ah "
    "oh oui ouais non merci pardon désolé désolée excuse excusez moi svp dis dites tiens bien "
    "voilà d'accord attends écoute écoutez un petite question autre sinon maintenant puis enfin "
    "euhm stop parfait super très allez peut être bref coup justement fait cher chère après "
    "ensuite beaucoup instant minute seconde juste encore dernière rapide hm mm tous toutes "
    "monde les amis gens"
)

LEXICON = Lexicon(
    greetings=_GREETINGS,
    responses=words(
        "ouah waouh oups aïe ouf zut mince oui non ouais merci pardon désolé désolée si"
    ),
    openers=_OPENERS,
    lone_openers=frozenset({"si"}),
    asides=phrases(
        "pendant que j'y pense|avant que j'oublie|maintenant que j'y pense|tant qu'on y est"
        "|j'y pense|comme je disais|comme je le disais|comme je l'ai dit|comme tu vois"
        "|comme tu sais|comme vous voyez|comme on disait|comme d'habitude|autrement dit|en bref"
        "|bien vu|bien dit|bonne idée|bien pensé|entre nous|comme convenu|pour de vrai"
        "|sans blague|en gros|bien sûr|tu es sûr|t'es sûr|vous êtes sûr|tu es sûre|pas sûr"
        "|es tu sûr|laisse moi réfléchir|bon d'accord|attends voir|écoute bien|très bien|voyons"
        "|tu sais|tu vois|au fait|dis moi|dites moi|voyons voir|dis donc|du coup|en tout cas"
        "|dis voir|à propos|si tu peux|si tu veux|je veux dire|je dirais|s'il te plaît"
        "|s'il vous plaît|d'accord|en fait|tout d'abord|vas y|allez y|excusez moi"
        "|la dernière chose|une question|petite question|une petite question|autre chose"
        "|encore une question|une minute|une seconde|un instant|ma question|dernière question"
        "|tout le monde|les amis|mon cher|ma chère|bon là"
    ),
    wishes=phrases("bonne nuit|bonne journée|bonne soirée"),
    asking=phrases(
        "rends moi service|rendez moi service|fais moi plaisir|faites moi plaisir|sois gentil"
        "|sois gentille|tu peux me dire|tu pourrais me dire|peux tu me dire|pourrais tu me dire"
        "|tu peux nous dire|vous pouvez me dire|pouvez vous me dire|si vous voulez bien"
        "|si tu veux bien|si ça ne vous dérange pas|si ça ne te dérange pas|soyez gentil"
        "|soyez gentille|auriez vous la gentillesse|si je peux demander|on se demandait"
        "|on se demande|je me demande|je me demandais|ma question c'est|ma question est"
        "|la question c'est|la question est|ma question|dis moi|dis nous|dites moi|dites nous"
        "|j'aimerais savoir|je voudrais savoir|explique moi|rappelle moi|rappelle nous|aide moi"
        "|aide nous|par curiosité"
    ),
    to_you=phrases(
        "oui ou non|vrai ou faux|te dérange|te convient|te va|te dérangerait|ça te dit|te semble"
        "|te paraît|pour toi|à toi|de toi|avec toi|pour vous|à vous|de vous|besoin de toi|sur toi"
        "|chez toi"
    ),
    turning=phrases(
        "et maintenant|enchanté|ravi de|content de|désolé de|félicitations|bravo|plus fort"
        "|plus lentement|moins vite|depuis le début|bon travail|beau travail|tout le monde"
        "|toujours là|encore là|c'est à propos|c'est pour|quelque chose à|des questions"
        "|d'autres questions|tu as quelque|quelque chose|autre chose|une autre chose"
        "|encore une chose|une question|petite question|une dernière|aucune idée|au fait"
        "|merci pour|merci de|diapo suivante|page suivante|question suivante|bonne question"
        "|bonne idée|bien joué|désolé mais|d'ailleurs|à propos|dernière question|un petit"
        "|une petite|une chose"
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
    question_tags=words("hein"),
    pleas=words("plaît svp please"),
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
        "ça": words("fait coûte donne veut prend"),
        "des": words("nouvelles idées questions remarques"),
        "une": words("idée"),
        "m'entends": words("tu"),
    },
    names_invert=frozenset(),
    plural=words("sont vont peuvent doivent étaient"),
    third=THIRD,
    plural_endings=("ent",),
    third_endings=("ait", "ra"),
    not_third=words("caméra opéra parfait fait lait trait"),
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
    scene_verbs=words("de qu qu'on que d'aller d'oublier"),
    topics=words(
        "objections remarques suggestions questions réactions ton ta tes votre vos statut idées "
        "chiffres avis résumé commentaires deux trois quatre même"
    ),
    asked_later=phrases(
        "elle a|elle est|elle sont|elle ont|elle était|elle étaient|elle va|elle vont|elle sera"
        "|elle vaut|elle fait|elle coûte|il a|il est|il sont|il ont|il était|il étaient|il va"
        "|il vont|il sera|il vaut|il fait|il coûte|ils a|ils est|ils sont|ils ont|ils était"
        "|ils étaient|ils va|ils vont|ils sera|ils vaut|ils fait|ils coûte|elles a|elles est"
        "|elles sont|elles ont|elles était|elles étaient|elles va|elles vont|elles sera"
        "|elles vaut|elles fait|elles coûte|c'est a|c'est est|c'est sont|c'est ont|c'est était"
        "|c'est étaient|c'est va|c'est vont|c'est sera|c'est vaut|c'est fait|c'est coûte|ça a"
        "|ça est|ça sont|ça ont|ça était|ça étaient|ça va|ça vont|ça sera|ça vaut|ça fait"
        "|ça coûte|c'est quand|c'est quoi|c'est combien|c'est où"
    ),
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
    closing=words(
        "grand petit fort vite lentement haut bas suivant suivante suivants raison tort midi "
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
        "revoilà|il y a|c'est encore|ça c'est|ça c'était|c'était encore|c'est|c'était|où est"
        "|qui est|voici|voilà|est ce que c'est|est ce|et|ce n'est pas|c'est pas|tu connais"
        "|vous connaissez|est ce qu'il y a|y a|tu vois|tu as vu|t'as vu|ce serait|ou|pas"
        "|tu veux dire|tu aimes|ici"
    ),
    reporting=words(
        "crier hurler écrire répondre murmurer chuchoter lancer répéter gueuler parle parlait "
        "salue saluait écrivait écrivaient écrivent demandent demandaient demanda répondait "
        "répondit répondent hurlent hurlaient crient murmurent murmuraient chuchotent "
        "chuchotaient lancent lançaient soupire soupirait soupiré rigole rigolait rigolé râle "
        "râlait râlé gémit gémissait envoie envoyait textote dicte dictait dicté marmonne "
        "marmonnait marmonné grogne grognait bafouille insiste insistait insisté ajoute ajoutait "
        "sortait répétaient répètent dit dis dites disait disais dire demandé demandait demande "
        "crié criait crie cries écrit lancé lance répondu répond fait genre hurlé hurle tape "
        "tapé faisait balance sort dira gueule gueulé écris murmure murmuré répète répétait "
        "appelé chuchoté chuchote chuchotait murmurait hurlait gueulait chante chantait ordonne "
        "ordonné ordonnait lançait balancé s'exclame exclamé annonce annoncé disent criaient "
        "criais lançant plaisante supplie supplié"
    ),
    quoting=words("toujours constamment"),
    comparing=words("comme"),
    reported=phrases(
        "je fais|il fait|elle fait|je lui fais|il me fait|moi je fais|elle me fait|on fait"
        "|je lui dis|il me dit|genre|me suis dit|je me disais|je pensais"
    ),
    other_subjects=words("sa tout ça quelqu'un personne ce ceci cela rien"),
    pointing=words("ça ce ceci cela"),
    resuming_verbs=words("est marche"),
    chatting=words("parle parlait dit disait salue"),
    cleft=words("ce"),
    texts=words(
        "manuscrit scénario contrat formulaire chapitre mots phrase diapo diapositive écran "
        "panneau titre mail mél objet note tasse affiche bannière carte message page tableau "
        "bouton étiquette script lettre chat exemple manuel démo pub publicité l'écran l'affiche "
        "l'exemple l'objet slide"
    ),
    reading=words("mis écrivent marqué étaient avait a lit indique dit disait écrit était est"),
    subjects=words("il elle on je ils elles"),
    thirds=words("il elle ils elles"),
    impersonal=words("pleut neige fait faut y reste manque s'agit faudrait"),
    speech=words(
        "dit disait crie criait criaient demande demandait hurlait hurle répétait répète lançait "
        "gueulait"
    ),
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
    refusals=words("non ah oh attends"),
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
        "y quelqu'un faut ce on je j'ai c'est il ça jusqu'à jusqu pendant parce pour nous "
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
