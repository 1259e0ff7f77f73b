"""The words that the rules of addressing look for, in German. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import Lexicon, combined, phrases, words
from roomhand.turns.address_orders_de import ORDERS
from roomhand.turns.address_speech_de import PRESENTING, REPORTING, TAG_QUESTIONS, VOCAL
from roomhand.turns.address_verbs_de import GOVERNORS, REQUESTS, SECOND, THIRD

_GREETINGS = words(
    "hey hi hallo servus moin na he ey ei heda huhu tach grüezi grüessech hoi salü hallöchen ciao "
    "moinsen griaß griass grüß grüss jo ahoi"
)
_OPENERS = _GREETINGS | words(
    "mensch mann himmel schau schaut guck wow boah puh ups hoppla tja oha ok okay so also und "
    "aber gut nun jetzt ja nein nee ach ah oh äh ähm öhm hm hmm bitte danke schön sorry "
    "entschuldigung entschuldige tschuldigung verzeihung moment mal kurz frage guten morgen tag "
    "abend mittag dann noch übrigens eigentlich du vielleicht nächste erst alles klar genau "
    "super prima liebe lieber stopp warte na doch right well letzte allerdings jedenfalls achso "
    "nochmal halt eben einfach mahl alle zusammen leute beide allerseits miteinander team"
)

LEXICON = Lexicon(
    language="de",
    greetings=_GREETINGS,
    responses=words(
        "wow boah puh ups hoppla tja oha ja nein nee danke dank sorry entschuldigung "
        "entschuldige verzeihung"
    ),
    openers=_OPENERS,
    asides=combined("das|da", "muss|muß", "man|ich", "sagen|zugeben")
    | combined("mir", "fällt|kommt", "grad|gerade|da|eben|jetzt|noch|", "ein|auf|in den sinn")
    | combined("da|jetzt|mir fällt da", "fällt|kommt", "mir", "grad|gerade|noch|", "ein|auf")
    | phrases(
        "wo ich gerade dran denke|bevor ich's vergesse|bevor ich es vergesse|da fällt mir ein"
        "|wenn ich so drüber nachdenke|wo wir gerade dabei sind|schau mal her|schau her|guck mal"
        "|wie gesagt|wie du siehst|wie du weißt|wie ihr seht|wie ich schon sagte|wie ich sagte"
        "|wie schon gesagt|wie erwähnt|mit anderen worten|kurz gesagt|wie immer|gut gedacht"
        "|guter punkt|gute idee|gut aufgepasst|auf jeden fall|unter uns|im ernst|mal im ernst"
        "|mal ehrlich|hör zu|hör mal zu|na gut|also gut|lass mich überlegen|warte mal"
        "|lass mal sehen|noch was|sonst noch was|was anderes|noch etwas|sonst noch etwas"
        "|besten dank|herzlichen dank|lieben dank|schönen dank|tausend dank|sag mal|hör mal"
        "|schau mal|pass auf|mal sehen|sag doch mal|weißt du|weißt du was|sag einmal|mahl sehen"
        "|sag mahl|schauen wir mal|übrigens|ach ja|über ins|pass mal auf|wenn du magst|ich meine"
        "|ich mein|eine frage|einen moment|vielen dank|danke dir|noch eine frage|nur eine frage"
        "|guten morgen|guten tag|guten abend"
    ),
    wishes=combined("grüß|grüss|griaß", "dich|euch|sie|gott|ihnen|di|eich")
    | phrases("guten morgen|guten tag|guten abend|gute nacht|schönen abend"),
    asking=phrases(
        "tu mir den gefallen|tu mir einen gefallen|tun sie mir den gefallen"
        "|tun sie mir einen gefallen|sei so gut|sei so lieb|kannst du mir sagen"
        "|könntest du mir sagen|kannst du uns sagen|könntest du uns sagen|können sie mir sagen"
        "|können sie uns sagen|wenn sie so nett wären|wenn sie so freundlich wären"
        "|wenn du so nett wärst|wenn sie möchten|wenn sie mögen|wären sie so nett"
        "|wärst du so nett|wenn ich fragen darf|seien sie so gut|fragen uns|fragten uns"
        "|haben uns gefragt|ich frage mich|ich frag mich|meine frage ist|meine frage wäre"
        "|die frage ist|meine frage|sag mir|sag uns|sagen sie|sagen sie mal|ich wüsste gern"
        "|ich würde gern wissen|mich interessiert|mich würde interessieren|verrat mir|verrate mir"
        "|erklär mir|hilf mir|hilf mir mal|erinner mich"
    ),
    to_you=phrases(
        "ja oder nein|dir recht|dir was ausmachen|dir etwas ausmachen|dir lieber|passt dir"
        "|dir auf|dir ein|für dich|an dich|von dir|mit dir|bei dir|frage dich|brauchen dich"
        "|zu dir|auf dich|für euch|von euch|an euch"
    ),
    turning=phrases(
        "und jetzt|und nun|freut mich|schön dich|schön euch|glückwunsch|gratuliere|lauter"
        "|langsamer|von vorn|nochmal von|noch mal von|gute arbeit|bereit|seite|folie|noch zehn"
        "|noch fünf|noch da|es geht um|kurz zeit|sonst noch|irgendwas|noch irgendwas|irgendetwas"
        "|noch was|noch etwas|noch eine frage|eine frage|kurze frage|kurz zu|keine ahnung"
        "|übrigens|danke für|danke dafür|vielen dank|nächste folie|nächste seite|nächste frage"
        "|nächster punkt|guten morgen|gute frage|gute idee|gut gemacht|andere frage|zum thema"
        "|letzte frage|eine letzte|tut mir leid|nur kurz|mal ehrlich|alles klar"
    ),
    fillers=words(
        "alter kumpel äh ähm öhm ah oh also so na ja nein nee ach sorry entschuldigung "
        "eigentlich mal kurz vielleicht jetzt nun noch dann hey okay ok danke moment frage eine "
        "hm gut doch denn nochmal mahl"
    ),
    tags=words("bitte danke dann jetzt mal noch okay ok ja oder denn eigentlich nochmal gell ne"),
    question_tags=words("gell ne"),
    pleas=words("bitte please"),
    joining=words("und oder"),
    choosing=words("oder"),
    adversative=words("aber"),
    question_words=words(
        "was wer wie wo wann warum wieso weshalb weswegen welche welcher welches welchen welchem "
        "wen wem wessen woher wohin womit worüber wofür wozu woran worauf worum wodurch wovon "
        "wieviel wieviele inwiefern wasis wobei worin wogegen gibts gibt's stimmts stimmt's "
        "irgendwelche noch"
    )
    - words("noch"),
    relative={
        "wie": words(
            "viel viele wieviel war ist heißt geht lange spät oft siehst hat haben hoch weit "
            "würdest war's soll sollen können kann wäre kommt steht stehen läuft lief "
            "funktioniert sieht macht schreibt teuer groß alt kommen kommst machen machst sehen "
            "denkst findest lautet lauten sind formulierst formuliert genau bitte kam wird "
            "werden nennt hieß weiter wär's sah fandest bekommen stand"
        )
    },
    relatives=words("der die das dessen deren dem"),
    requests=REQUESTS,
    second=SECOND,
    you_subjects=words(
        "du kannst könntest hast bist weißt könnt habt seid kannste haste würdest solltest "
        "sollst willst"
    ),
    formal=words("sie sieh"),
    formal_ends=("en",),
    late=words("wasis wann wo wieviel wieviele welche welcher welches wie was"),
    pronoun_objects=words("mir uns das es bitte mich ihn sie mal dir euch mit auf"),
    first_person=words("ich"),
    speaking=words(
        "ich wir du dein deine deinen deiner deinem ihr ihre euch euer unser unsere unseren mein "
        "meine man dir dich habich mir mich"
    ),
    you=words(
        "du dir dich dein deine deinen deiner deinem euch euer eure eurer kannste haste biste "
        "weißte könntste meinste machste ihr"
    ),
    both_you=words("du dich dir ihr euch"),
    inverted={
        **dict.fromkeys(
            words("hat hatte hätte konnte"),
            words("er man jemand wer denn irgendjemand irgendwer niemand keiner jeder einer"),
        ),
        **dict.fromkeys(
            words("kann soll muss darf wird könnte sollte müsste würde"),
            words(
                "er es man jemand wer denn irgendjemand irgendwer niemand keiner jeder einer "
                "eine der"
            ),
        ),
        **dict.fromkeys(
            words("ist war wäre isst wahr"),
            words("das dass es er jemand denn dies irgendjemand da noch dort alles"),
        ),
        **dict.fromkeys(
            words("geht stimmt passt reicht heißt klappt gilt steht fehlt kommt bleibt kostet"),
            words("das dass es er jemand denn noch uns dies"),
        ),
        **dict.fromkeys(words("gibt gab gäbe regnet schneit"), words("es denn dass das")),
        **dict.fromkeys(
            words("weiß will braucht möchte sieht hört macht spricht"),
            words("jemand wer denn irgendjemand irgendwer man"),
        ),
        **dict.fromkeys(
            words(
                "fangen beginnen starten reden sprechen schauen prüfen gehen nehmen treffen "
                "bleiben geben sagen fassen zeigen wiederholen erklären lesen machen helfen "
                "warten"
            ),
            words("sie uns mir bitte sieh wir"),
        ),
        **dict.fromkeys(words("hab habe bin kriege kann soll muss darf"), words("ich")),
    },
    after_verb=words("du"),
    second_endings=("st",),
    request_endings=("e",),
    verb_first=True,
    plural=words(
        "haben sind können könnten sollen sollten müssen müssten wollen werden würden dürfen "
        "hätten wären waren hatten wissen machen brauchen gehen nehmen liegen kommen treffen "
        "bleiben stehen fehlen sehen kriegen bekommen schaffen hören möchten wollten"
    ),
    third=THIRD,
    third_endings=("iert", "ierte"),
    finite_endings=("t", "te"),
    not_third=words(
        "spät weit breit bitte heute wert laut nicht jetzt erst fast selbst sonst meist zuletzt "
        "bist hast kannst gut nächst letzte zweite dritte erste punkt rest komplett direkt seit "
        "mit heut statt kurzgesagt dort leute welt zeit text bericht liste längst höchst post "
        "test herbst trost gast lust august dienst ernst angst kunst"
    ),
    habits=words("immer nie ständig dauernd oft meistens"),
    scenes=words("bevor wenn falls sobald nachdem während seit damit solange"),
    scene_verbs=words("man jemand niemand das die der alle"),
    topics=words(
        "einwände bedenken vorschläge reaktionen stand deine dein ideen status zahlen meinung "
        "meinungen kommentare zusammenfassung zwei drei vier dieselbe gleiche irgendeine "
        "irgendwelche"
    ),
    asked_later=combined(
        "geht|gibt|gilt|haben|hat|ist|kann|passt|sind|stimmt|war|waren|wird|wurde",
        "die|das|der|sie|er|es|wir|du|ihr|denn",
    ),
    stated_endings=("t", "te", "ten", "en", "ung", "ig", "lich", "em", "isch", "s"),
    object_starts=words(
        "mir uns das die den dem ihm ihnen es ihn mich bitte mal alles alle ein eine einen doch "
        "dir dich unser unsere unseren mein meine meinen"
    ),
    remarks=words(
        "auch nicht natürlich wie von statt gestern heute oder und mit ohne vielleicht wieder "
        "bestimmt sicher"
    ),
    again=words("er der sie"),
    articles=words("der die das unser unsere mein meine ein eine"),
    governors=GOVERNORS,
    determiners=words(
        "keine eine viele mehr ihre deine meine unsere weitere weiteren offene offenen"
    ),
    verb_after=words("alle viele manche leute"),
    verb_ends=("en",),
    complete=words("wissen interessieren verraten verstehen"),
    bound=words("auf an über um nach"),
    reflexives=words("dich mich uns euch sich"),
    closing=words(
        "größer kleiner lauter leiser schneller langsamer heller länger kürzer höher tiefer "
        "besser raus rein hinaus herein rüber runter rauf weg drin drauf dabei davon daran "
        "darüber dafür einmal nochmal recht unrecht eile mittag abend das dies es dir mir uns "
        "euch ihnen ihn sie dich mich heute morgen gestern jetzt hier dort da schon bald später "
        "früher vorher eben falsch richtig gut schlecht fertig bereit spät früh genug alles "
        "nichts etwas viel viele mehr weniger zuerst zuletzt zusammen zurück vorbei klar unklar "
        "teuer billig toll super klasse perfekt prima stark schön montag dienstag mittwoch "
        "donnerstag freitag samstag sonntag januar februar märz april mai juni juli august "
        "september oktober november dezember uhr euro prozent minuten stunden tage tagen wochen "
        "gemacht verstanden gesagt erledigt geworden nötig wichtig hervorragend ausgezeichnet "
        "wunderbar einverstanden los dran so nicht hilfreich korrekt"
    ),
    timing=words("bis um nach vor am im seit ab"),
    linking=words("wäre wird ist sind war waren bin bleibt"),
    saxon=True,
    titles=words(
        "agent agenten agentin assistent assistentin assistenten bot bots ki roboter helfer "
        "helferin kollege kollegin kollegen herr frau doktor professor freund freundin name "
        "namen namens system werkzeug software app modell praktikant praktikantin cousin bruder "
        "schwester onkel tante"
    ),
    indefinite=words("ein eine einen einem einer"),
    naming=words("nennen nenne nennt nannte nannten genannt getauft taufen heißt heißen hieß"),
    modal_you=phrases(
        "kannst du|könntest du|magst du|willst du|würdest du|möchtest du|solltest du|können sie"
        "|könnten sie|würden sie"
    ),
    datives=words("uns mir"),
    unfinished=phrases(
        "können sie uns|können sie mir|könnten sie uns|könnten sie mir|würden sie uns"
        "|würden sie mir|kannst du uns|kannst du mir|könntest du uns|könntest du mir"
        "|würdest du uns|würdest du mir"
    ),
    objects=words("was wen welche welchen welches wieviel wieviele viele viel"),
    released=words(
        "brauchen brauchst braucht machen macht kaufen nehmen nimmst haben hast hat bestellen "
        "schreiben sehen nennen wollen bekommen frage fragen"
    ),
    conjunctions=words(
        "ob dass weil wenn wie falls bevor nachdem seitdem sobald solange ehe während"
    ),
    clause_governors=GOVERNORS
    | THIRD
    | words(
        "dass das ob weil wenn falls als bis damit obwohl während was wo wer wie warum wieso "
        "wann woher hat hatte ist war wird kann könnte soll sollte will muss darf weiß habe hab "
        "haben hast wir du ihr sie er es man ich können sollen müssen wollen sollten könnten "
        "würde würden hätte kannst könntest würdest sollst musst willst lass lasst auch glaube "
        "denke meine finde hoffe vielleicht wohl und oder in an auf zu vor aus haste kannste "
        "jemand doch mal irgendwann"
    ),
    particles=words(
        "ruhig doch mal ja auch schon noch nur einfach halt eben wohl gerade denn kurz mahl "
        "lieber wieder"
    ),
    identifying=phrases(
        "da kommt|da war|das wäre|es war|es ist|ist das|ist es|das ist|war das|das war|hier ist"
        "|wo ist|wer ist|wo bleibt|meinst du|kennst du|meint ihr|kennt ihr|hier kommt|und|nicht"
        "|isst das|da ist|heißt du|fragst du|du meinst|siehst du|fragen wir|brauchen wir|hast du"
        "|hören wir"
    ),
    reporting=REPORTING,
    quoting=words("immer ständig dauernd plötzlich nur bloß so"),
    comparing=words("wie"),
    reported=phrases(
        "ich so|er so|sie so|wir so|die so|der so|ich nur|ich bloß|der titel|die überschrift"
        "|ich dachte|ich dachte nur|ich denk|ich denke nur|dachte ich|denke ich mir|dachte nur"
    ),
    other_subjects=words("dass das dies da es alle jeder jemand niemand keiner hier dort man"),
    pointing=words("das dies es"),
    resuming_verbs=words("ist war sind hat"),
    vocal=VOCAL,
    presenting=PRESENTING,
    auxiliaries=words(
        "ist sind war waren bin bist seid hat haben habe hatte hatten hast habt kann können konnte "
        "konnten kannst könnt soll sollen sollte sollten muss müssen musste mussten müsst will "
        "wollen wollte wollten wird werden wurde wurden darf dürfen mag möchte möchten"
    ),
    tag_questions=TAG_QUESTIONS,
    chatting=words("redet redete redeten spricht sprach sagt sagte begrüßt begrüßte"),
    cleft=words("was"),
    texts=words(
        "manuskript drehbuch skript vertrag formular kapitel worte satz spruch folie bildschirm "
        "schild titel mail betreff notiz überschrift tasse plakat banner karte nachricht seite "
        "tafel toilettenwand auftrag aushang etikett anzeige "
        "knopf aufkleber brief chat beispiel anleitung handbuch demo werbung "
        "zettel text flipchart"
    ),
    reading=words("waren steht stand lautet lautete hieß heißt war ist sagt"),
    subjects=words("er sie es ich wir man alle"),
    thirds=words("er sie"),
    speech=words(
        "sagt sagte gesagt rief ruft gerufen fragte gefragt schrie schreit flüsterte meinte "
        "brüllte gebrüllt geschrien hat"
    ),
    topic=words("zu über von bei für dazu"),
    pronouns=words("das"),
    genitive=words("von vom aus"),
    nominal=words(
        "viel viele mehr der die das den dem des ein eine einen einem einer mein meine dein "
        "deine sein seine unser unsere euer ihr ihre dieser diese dieses diesen jeder jede jedes "
        "kein keine keinen nächste nächsten nächster letzte letzten erste ersten zweite zweiten "
        "dritte dritten neue neuen alte alten ganze ganzen andere anderen gleiche zwei drei vier "
        "alle zur zum im am beim vom ins"
    ),
    orders=ORDERS,
    assents=words(
        "ja jaja jo jep klar genau okay ok richtig stimmt gut gerne natürlich einverstanden "
        "passt sicher super perfekt yes"
    ),
    thanks=phrases(
        "danke|danke schön|danke sehr|vielen dank|dankeschön|besten dank|tschüss|danke dir|thanks"
        "|thank you|gerne|dank dir"
    ),
    courtesies=combined(
        "|ich|wir|ich hab|ich habe|wir haben|hab|hab's|ich hab's|wir haben's|ich seh|ich sehe",
        "|es|das|ihn|sie",
        "gefunden|gelöst|geklärt|rausgefunden|gesehen|selber gefunden|selbst gefunden|selber",
    )
    | phrases(
        "ei|ey|tja|jetzt gerade|für den moment|fürs erste|vorerst|bis auf weiteres|endlich"
        "|sofort|geh"
        "|verzeihung|verzeih|pardon|entschuldigen sie|verzeihen sie|grad|gerade|bissl|bisserl"
        "|da|hier"
        "|ist schon gut|passt|ab sofort|von nun an|heute|lieber|erst|seien sie so gut|sei so gut"
        "|sei so lieb|seien sie so nett|wären sie so nett|wärst du so nett|und zwar|du|ihr"
    )
    | phrases(
        "bitte|mal|kurz|jetzt|doch|dann|noch|danke|okay|ok|gut|so|und|aber|nein|nee|ja|ach|oh|äh"
        "|ähm|sorry|hey|hallo|einfach|schon|also|na|ruhig|für einen moment|einen moment"
        "|eine weile|hier|eine minute|kannst du|könntest du|würdest du|kannst|du kannst|wieder"
        "|bis ich dich rufe|das|ein bisschen|ein wenig|erst mal|erstmal|ab jetzt|von jetzt an"
        "|entschuldigung|bisschen|es|wir haben es|ich hab's|alles gut|alles klar|hier hatte ich"
        "|hatte|ich hab|ich habe|ich|hab|geredet|gesprochen|gemeint|gefragt|dich|wir müssen"
        "|kurz überlegen|bis wir dich rufen|genau|entschuldige|tut mir leid|war|du warst|habe"
        "|meine|halt|mein|mahl|lass uns kurz überlegen|ist|hat sich|ne|denn|meinte|meinte ich|uns"
        "|mir|zu|wort|seit|wieder ein bisschen|moment|alles in ordnung|ist gut|nein nein"
    ),
    negations=words("nicht"),
    stressed_you=words("dich dir du"),
    spoken_to=words(
        "meine meinte gemeint rede redete geredet sprach gesprochen spreche mit für an frage "
        "fragte gefragt galt gilt war zu rief gerufen reden"
    ),
    refusals=words("nein nee ne na ach halt"),
    meant_for=phrases(
        "das galt|das war für|das ging an|ich meinte|ich rede mit|ich sprach mit|ich habe mit"
        "|ich hab mit|gemeint war|das war an|galt|die frage ging an|ich meine|ich spreche mit"
    ),
    meant=phrases(
        "ich meinte|ich meine|ich habe mit|ich hab mit|ich rede mit|ich sprach mit|ich meinte den"
        "|gemeint war|das war für|ich wollte|ich frage|ich rede gerade mit|ich spreche mit"
        "|ich war bei"
    ),
    explaining=words(
        "ich wir es das bis während weil denn da für er sie die der de war mein lass man jemand "
        "hier"
    ),
    whether=words("ob"),
    that=words("dass"),
    telling=words("frag frage fragen fragt fragst gefragt sag sage sagen sagt sagst gesagt"),
    awaiting=words("bis auf"),
    transitive=words(
        "stopp stoppe stop pausiere vergiss lass ignorier ignoriere streich stornier halt pause"
    ),
    handing=words(
        "gebe übergebe frage bitte weiter reiche leite fragen wort überlasse übergeben geben an "
        "für lass lassen weiß kann übernimmt besser"
    ),
    handovers=phrases(
        "gebe ab an|übergebe an|ich frage|fragen wir|frag|das wort hat|weiter an|ich gebe an"
        "|gebe an|ich gebe weiter an|ich übergebe an|das weiß|das kann|als nächstes|ich bitte"
        "|das übernimmt"
    ),
)
