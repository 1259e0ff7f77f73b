"""Verbs of speaking to somebody and about somebody, and what governs a name: French. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import words

THIRD = words(
    "dort ment exagère coûte vaut plaît dépend signifie déteste préfère adore rêve plante bugge "
    "rame déraille invente hallucine clignote patine gagne vit meurt rougit réagit ralentit "
    "obéit bégaie nous-sort rigole ronfle galère capte pige déconne débloque buggait plantait "
    "coûtait préférait a avait aura aurait ont était sera serait va allait dit disait dira "
    "dirait pense pensait "
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

GOVERNORS = words(
    "dessus a attendre redemande redemander à de du des avec pour par chez sans sur sous contre "
    "comme ou que qu'en entre vers selon depuis après avant pendant derrière devant malgré sauf "
    "d'après envers hormis le la les un une mon ma mes ton ta tes son sa ses notre nos votre vos "
    "leur leurs ce cet cette ces au aux d' l' pas demande demandé demander connais connaissez vu "
    "voir vois entendu entends entendre appelle appelé appeler appelez laisse laisser laissez "
    "interroge interrogé utiliser utilisé utilisez écoute écouté écouter invite invité inviter "
    "remercie remercier remercié préviens prévenir prévenu crois croire aimes aimer déteste "
    "ignorer nommé nommée c'est c'était voici c'tait est était sera propose a-t être suis es "
    "t'es avoir et faire fais rencontré rencontrer essaie essayé essayer tester testé coupe "
    "coupé couper lance lancé lancer bloque bloqué remplace remplacé remplacer mettre installé "
    "installer configuré configurer branché brancher si quand parce puisque lorsque dont où "
    "pourquoi comment aussi même ni plus moins très trop sois soyez soit qui via cite cité citer "
    "quel quelle confier prends manque imite imité mentionné mentionner garder garde d'en "
    "ajouter ajouté croise"
) - words("est et si quel quelle plus ça pas où après avant devant aime écoute")

REQUESTS = words(
    "imagine imaginez suppose supposons balance balancez checke file filez évite liste énumère "
    "rappelez ressortez remplacez vérifiez sortez rajoutez précisez notez gardez mettez dites "
    "regroupe regroupez affiche tranche répare dépose pioche archive raye coche biffe "
    "chronomètre minute consigne "
    "surligne épingle relance transfère télécharge scanne copie colle tire jette pèse mesure "
    "résous déchiffre vide remplis remplace rallume éteins allume avance recule ressors renvoie "
    "redonne remontre redemande revérifie recompte recalcule résumez expliquez donnez envoyez "
    "ajoutez faites montrez donne dis dites montre rappelle résume répète explique lis relis "
    "cherche aide attends arrête continue recommence commence compare calcule traduis vérifie "
    "regarde envoie ajoute fais mets prends prépare lance ouvre ferme liste cite tais va vas "
    "reprends passe laisse oublie réponds décris détaille précise corrige programme réserve "
    "appelle crée calme sois viens tiens n'oublie retiens rédige reformule efface enlève "
    "supprime change bouge raconte éclaire confirme aidez écoutez souviens inscris enregistre "
    "planifie propose dessine convertis trouve estime choisis imprime partage rajoute déplace "
    "annule décale marque compte démarre stoppe coupe baisse monte présente introduis parle note "
    "épelle cale bloque consulte demande lève refais redis définis complète modifie publie sors "
    "retrouve joue remets trie classe conclus synthétise simplifie allez essaie rassure garde "
    "s'il svp écris écrivez tape attache branche débranche"
) - words("parle trouve enregistre compte propose demande garde présente")

SECOND = words(
    "peux pourrais sais as avais es étais veux voudrais dois penses vois prends aurais serais "
    "connais comprends entends t'as t'es t'avais t'en peut-tu devrais crois disais proposes "
    "trouves aimes suggères recommandes préfères conseilles voyais feras pourras auras seras "
    "iras t'étais allons passons reprenons revenons commençons disons avons sommes devons "
    "pouvons ferais t'inquiète confirmes notes ily mettras prendras diras dirais proposerais "
    "savais pensais t'aurais j'ai j'aurais j'aimerais j'avais j'suis j'sais j'voudrais tu l'as"
)
