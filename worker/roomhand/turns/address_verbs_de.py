"""Verbs of speaking to somebody and about somebody, and what governs a name: German. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import words

THIRD = words(
    "befahl begann betrat betrog bewarb bewies bezog blies bot brach brannte drang empfahl "
    "empfing empfand entschied entstand erfand erfuhr erhielt erkannte erschien ertrank erwies "
    "fing floh flog floss fraß fror fuhr gebar gefiel gelang genoss geriet geschah gewann goss "
    "griff hing hob hub klang kroch lud litt log maß mied misslang nannte pfiff rannte riet riss "
    "rief roch rang sandte sang sank saß schied schlief schloss schnitt schob schoss schuf "
    "schwamm schwieg schwor sendete spann sprang stach stahl starb stieg stieß stritt strich "
    "trank trat trieb trug überholte übernahm überwies unterbrach unterhielt unterschied verband "
    "verbarg verbot verbrachte verdarb vergab vergaß verglich verlor vermied verriet verschlief "
    "verschob verschrieb verschwand versprach verwies verzieh vorschlug wandte warb warf wog "
    "wich wies wuchs wusch zog zwang überlas übersah überhörte dachte rieb band bat bog hat "
    "hatte ist war wird wurde würde kann konnte könnte soll sollte will wollte muss musste "
    "müsste darf durfte mag mochte möchte sagt sagte meint meinte weiß wusste macht machte denkt "
    "findet fand kommt kam geht ging gibt gab bekommt bekam nimmt nahm steht stand schreibt "
    "schrieb spricht sprach sieht sah hört hörte liest las versteht verstand braucht brauchte "
    "bleibt blieb hilft half heißt hieß scheint schien liegt lag läuft lief hält hielt trifft "
    "lässt ließ tut tat fragt fragte antwortet antwortete glaubt glaubte hätte wäre kennt kannte "
    "erzählt erzählte erklärt erklärte redet schläft vergisst verwechselt kriegt kriegte zeigt "
    "isst dürfte wirkt funktioniert übernimmt schickt bringt brachte fehlt schlägt schlug fasst "
    "wirt wahr rechnet merkt notiert protokolliert liefert arbeitet reagiert und oder selbst nie "
    "immer auch meistens"
)

GOVERNORS = words(
    "am ans aufs fürs übers ums unterm überm vorm hinterm durchs entlang gemäß bezüglich mittels "
    "mithilfe anstelle anstatt innerhalb außerhalb jenseits pro via inklusive zuliebe hinsichtlich "
    "letzten nächsten letzter nächster alten alte neuen neue ganzen voller besten echter großer "
    "sondern beziehungsweise bzw geschweige anfang habt herrn schalten schalte schaltet "
    "schaltest wahr isst wirt ohn von vom mit für zu "
    "zum zur an bei nach über gegen ohne um durch als wie außer statt wegen laut neben vor "
    "hinter zwischen seit ab aus auf in ihn im unter trotz samt dank gegenüber und oder "
    "sowie der die den dem des ein eine einen einem einer mein meine meinen meiner dein deine "
    "deinen unser unsere unseren euer eure ihre ihren seine seinen dieser diese dieses diesen "
    "nicht namens frag frage fragt fragen gefragt kenne kennst kennt kennen nenne nennt heißt "
    "heiße brauche brauchst braucht brauchen nutze nutzt nutzen benutze benutzt benutzen "
    "verwende verwenden hole holt holen ruf rufe ruft rufen liebe magst nimm nehme nehmen lass "
    "lasse lasst lassen bitte gebeten vertraue vertraust vertrauen glaube glaubst sehe siehst "
    "sehen höre hörst hören treffe triffst treffen meinst ist war sind waren wird wurde bin bist "
    "sei wer klingt stört nervt hör wenn dass ob weil was wo warum wieso woher wann bis falls "
    "obwohl sobald während da nur sogar ich stell stelle starte startet stoppe informier "
    "informiere informiert erwähnt erwähnte ignorier ignoriere ignoriert ersetzt ersetze testet "
    "teste probier bezahlt erinnert zeig schick gib"
) - words("bitte meinst dass in da ihn mag was auf an zu vor aus ab")

REQUESTS = words(
    "bitte gib gebt sag sagt zeig zeigt fass erklär erkläre wiederhole wiederhol lies nenn nenne "
    "hilf schau such suche mach mache warte wart stopp stop hör sei schweig vergiss merk notier "
    "notiere schreib schreibe erinner erinnere übersetz übersetze rechne prüf prüfe check checke "
    "lass bring beschreib beschreibe vergleich vergleiche starte beginn beginne fang red rede "
    "sprich stell stelle nimm halt komm geh ruf frag frage denk überleg antworte beantworte "
    "bestätige ergänze ergänz trag trage plane schick schicke versuch versuche öffne schließ "
    "schließe spring leg lad lade lösch lösche speicher speichere korrigier korrigiere ändere "
    "änder setz setze füg füge pass zähl zähle erstell erstelle formulier formuliere zieh buch "
    "buche berechne berechn definier definiere kürz kürze markier markiere schlag guck kuck fahr "
    "mute protokollier protokolliere skizzier sortier sortiere spiel spiele stimm streich "
    "verschieb verschiebe verlink verschick wechsel weck würfel zitier entschuldige hol hole "
    "informier blende blend gebe sprecht stellt hört lest macht wartet melde meld nehmt führ "
    "führe lasst beende teil teile bereite halte sammel sammle ordne google recherchier "
    "recherchiere unterbrich verrat verrate schätz schätze"
)

SECOND = words(
    "regnet schneit gab kannst könntest bist hast weißt willst würdest solltest sollst musst "
    "müsstest darfst dürftest machst gibst sagst meinst denkst glaubst findest siehst hörst "
    "kennst erinnerst schaust hilfst liest schreibst zeigst wirst warst hattest hättest wärst "
    "wärest magst möchtest brauchst nimmst fasst schickst kommst gehst verstehst erklärst "
    "wiederholst übernimmst kannste haste biste weißte könntst könntste hast's schlägst führst "
    "suchst prüfst merkst notierst hältst machste sagste meinste willste würdst rechnest "
    "übersetzt könnt habt seid wollt könntet würdet hasst"
) - words("fasst übersetzt")
