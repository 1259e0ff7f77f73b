"""What stands around a name and belongs to neither side of it: French. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import paired, phrases

ASIDES = phrases(
    paired(
        "si",
        "ça te|ça ne te|ça vous|ça ne vous|ça|ça ne",
        "dérange|embête|ennuie|gêne|convient|va|t'embête|t'ennuie",
        "|pas",
    )
    + "|"
    + "que non|que oui|que si|bon sang|bon dieu|mon dieu|nom de dieu|de toute façon"
    "|de toutes façons|de toute manière|en tout état de cause|dans tous les cas"
    "|en théorie"
    "|en réalité|par contre|en revanche|en passant|au passage|pour info|après tout"
    "|je crois|je pense|il me semble|je suppose|si je ne me trompe pas"
    "|si je me trompe pas|sauf erreur|si j'ai bonne mémoire|à vrai dire|pour être honnête"
    "|cela dit|ceci dit|pour finir|pour terminer|pour commencer|avant tout"
    "|avant de continuer|pour revenir au sujet|à tous les deux|tous les deux"
    "|toutes les deux|vous deux|en vrai|à ce propos|mine de rien|soit dit en passant"
    "|entre parenthèses|de mon côté|en deux mots|sans vouloir te déranger"
    "|sans vouloir vous déranger|sans indiscrétion"
    + "|"
    + paired(
        "une|encore une|une autre|une dernière|une petite|juste une|toute petite|dernière",
        "question|précision|remarque|chose|chose encore|demande|curiosité|question rapide",
    )
    + "|"
    + paired(
        "quand|dès que|si|lorsque",
        "tu peux|tu veux|vous pouvez|vous voulez|tu as le temps"
        "|vous avez le temps|tu pourras|vous pourrez|ça te va|ça vous va",
    )
    + "|"
    + "pendant que j'y pense|avant que j'oublie|maintenant que j'y pense|tant qu'on y est"
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
)

ASKING = phrases(
    paired(
        "je|on|j'aimerais|je voulais|je voudrais|je veux|on voulait|on voudrait",
        "te|vous",
        "passe la question|pose la question|poser une question|poser la question|demander"
        "|demander une chose|demander quelque chose|laisse la parole|passe la parole"
        "|passe le relais|confie ça|laisse la suite",
    )
    + "|"
    + paired(
        "à toi que je|à vous que je|à toi qu'on|à vous qu'on",
        "demande|parle|pose la question|m'adresse|pense",
    )
    + "|"
    + paired(
        "j'aimerais|je voudrais|j'aurais aimé|je souhaiterais|on aimerait",
        "savoir|ton avis|votre avis|ton aide|votre aide",
    )
    + "|à ton avis|à votre avis|selon toi|selon vous|d'après toi|d'après vous"
    + "|j'ai une question pour toi|j'ai une question pour vous|j'ai besoin de toi"
    "|j'ai besoin de vous|question pour toi|question pour vous"
    + "|"
    + "rends moi service|rendez moi service|fais moi plaisir|faites moi plaisir|sois gentil"
    "|sois gentille|tu peux me dire|tu pourrais me dire|peux tu me dire|pourrais tu me dire"
    "|tu peux nous dire|vous pouvez me dire|pouvez vous me dire|si vous voulez bien"
    "|si tu veux bien|si ça ne vous dérange pas|si ça ne te dérange pas|soyez gentil"
    "|soyez gentille|auriez vous la gentillesse|si je peux demander|on se demandait"
    "|on se demande|je me demande|je me demandais|ma question c'est|ma question est"
    "|la question c'est|la question est|ma question|dis moi|dis nous|dites moi|dites nous"
    "|j'aimerais savoir|je voudrais savoir|explique moi|rappelle moi|rappelle nous|aide moi"
    "|aide nous|par curiosité"
)

TO_YOU = phrases(
    "ça te|ça vous|ça t'irait|vous dérange|vous convient|vous dérangerait|vous semble"
    "|vous paraît|t'ennuie|vous ennuie|te parle|vous parle|de ta part|de votre part"
    "|à ton avis|à votre avis|selon toi|selon vous|d'après toi|d'après vous|pour ta part"
    "|oui ou non|vrai ou faux|te dérange|te convient|te va|te dérangerait|ça te dit"
    "|te semble"
    "|te paraît|pour toi|à toi|de toi|avec toi|pour vous|à vous|de vous|besoin de toi|sur toi"
    "|chez toi"
)

TURNING = phrases(
    "c'est que|c'est normal|c'est possible|c'est vrai que|c'est l'heure|ce serait possible"
    "|ce serait bien|c'est bon pour|c'est bon si|c'est ok|et ce que|et ce qu'il"
    "|et ce qu'elle|et ce qu'on|et ce qu'ils|et ce qu'il y|et ce qu'y|es ce que|es ce qu'on"
    "|es ce qu'il|esse qu'il|et maintenant|enchanté|ravi de|content de|désolé de"
    "|félicitations|bravo|plus fort"
    "|plus lentement|moins vite|depuis le début|bon travail|beau travail|tout le monde"
    "|toujours là|encore là|c'est à propos|c'est pour|quelque chose à|des questions"
    "|d'autres questions|tu as quelque|quelque chose|autre chose|une autre chose"
    "|encore une chose|une question|petite question|une dernière|aucune idée|au fait"
    "|merci pour|merci de|diapo suivante|page suivante|question suivante|bonne question"
    "|bonne idée|bien joué|désolé mais|d'ailleurs|à propos|dernière question|un petit"
    "|une petite|une chose"
)

ASKED_LATER = phrases(
    "elle a|elle est|elle sont|elle ont|elle était|elle étaient|elle va|elle vont|elle sera"
    "|elle vaut|elle fait|elle coûte|il a|il est|il sont|il ont|il était|il étaient|il va"
    "|il vont|il sera|il vaut|il fait|il coûte|ils a|ils est|ils sont|ils ont|ils était"
    "|ils étaient|ils va|ils vont|ils sera|ils vaut|ils fait|ils coûte|elles a|elles est"
    "|elles sont|elles ont|elles était|elles étaient|elles va|elles vont|elles sera"
    "|elles vaut|elles fait|elles coûte|c'est a|c'est est|c'est sont|c'est ont|c'est était"
    "|c'est étaient|c'est va|c'est vont|c'est sera|c'est vaut|c'est fait|c'est coûte|ça a"
    "|ça est|ça sont|ça ont|ça était|ça étaient|ça va|ça vont|ça sera|ça vaut|ça fait"
    "|ça coûte|c'est quand|c'est quoi|c'est combien|c'est où"
)
