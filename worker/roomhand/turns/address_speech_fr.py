"""How somebody is quoted: French. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import paired, phrases, words

_ER = "e es ent ais ait aient a er é ant era"


def _told(stems: str) -> str:
    """Every person and tense in which verbs in -er quote somebody; no form of a request to them."""
    return " ".join(stem + end for stem in stems.split() for end in _ER.split())


REPORTING = words(
    _told(
        "cri hurl murmur chuchot gueul chant soupir rigol râl marmonn grogn bafouill insist "
        "exclam supplie lâch souffl rétorqu répliqu braill beugl susurr chantonn clam scand déclar "
        "implor bredouill"
    )
    + " disent disions disant dirent crièrent réponds répondons répondaient écrivais écrivant "
    + "lâche lâchait lâché glisse glissait glissé souffle soufflait soufflé rétorque "
    "rétorquait rétorqué réplique répliquait répliqué s'écrie s'écriait s'est-écrié braille "
    "braillait beugle beuglait bredouille bredouillait bougonne bougonnait ronchonne "
    "susurre susurrait chantonne chantonnait fredonne imite imitait imité singe singeait "
    "parodie parodiait clame clamait scande scandait prononce prononçait déclare déclarait "
    "implore implorait piaille couine s'égosille s'époumone engueule crier hurler écrire "
    "répondre murmurer chuchoter lancer répéter gueuler parle parlait "
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
)

QUOTING = words("toujours constamment")

REPORTED = phrases(
    paired(
        "et|et là|et alors|puis|pis|et puis|et d'un coup|et soudain|et moi|alors",
        "ma mère|mon père|mon mari|ma femme|mon fils|ma fille|mon gamin|ma gamine|mon ado"
        "|ma grand mère|mon grand père|ma belle mère|mon beau frère|ma sœur|mon frère"
        "|mon chef|ma chef|le chef|la chef|le patron|la patronne|mon collègue|ma collègue"
        "|le petit|la petite|le gars|le type|mon chum|ma blonde|lui|elle",
    )
    + "|"
    + "toute la journée|tout le temps|chaque matin|chaque soir|sans arrêt"
    "|à longueur de journée|toutes les cinq minutes|du matin au soir|je fais|il fait"
    "|elle fait|je lui fais|il me fait|moi je fais|elle me fait|on fait"
    "|je lui dis|il me dit|genre|me suis dit|je me disais|je pensais"
)

CHATTING = words("parle parlait dit disait salue")

TEXTS = words(
    "notice emballage prospectus tuto tutoriel texte phrase phrases ligne lignes légende "
    "prospectus brochure cahier livre autocollant site blog post commentaire sondage "
    "formulaire pancarte enseigne chanson refrain slogan devise répondeur carton étiquette "
    "t-shirt maillot sous-titre sous-titres dialogue dialogues consigne feuille fiche tract "
    "invitation badge chapitre couverture pochette graffiti manuscrit scénario contrat "
    "formulaire chapitre mots phrase diapo diapositive écran "
    "panneau titre mail mél objet note tasse affiche bannière carte message page tableau "
    "bouton étiquette script lettre chat exemple manuel démo pub publicité l'écran l'affiche "
    "l'exemple l'objet slide"
)

READING = words(
    "met mets lit lisait lisent dit disent affiche affichait apparaît apparaissait figure "
    "figurait porte portait commence commençait disant marquait écrivait chantent mis "
    "écrivent marqué étaient avait a lit indique dit disait écrit était est"
)

SPEECH = words(
    "dit disait crie criait criaient demande demandait hurlait hurle répétait répète lançait "
    "gueulait"
)
