"""The words that the rules of addressing look for, in German. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import Lexicon, phrases, words
from roomhand.turns.orders import Order

_GREETINGS = words("hey hi hallo servus moin na he")
_OPENERS = _GREETINGS | words(
    "ok okay so also und aber gut nun jetzt ja nein nee ach ah oh äh ähm öhm hm hmm bitte danke "
    "schön sorry entschuldigung entschuldige tschuldigung verzeihung moment mal kurz frage guten "
    "morgen tag abend mittag dann noch übrigens eigentlich du vielleicht nächste erst alles klar "
    "genau super prima liebe lieber stopp warte tja na doch right well letzte allerdings "
    "jedenfalls achso nochmal halt eben einfach mahl alle zusammen leute beide allerseits "
    "miteinander team"
)
_THIRD = words(
    "hat hatte ist war wird wurde würde kann konnte könnte soll sollte will wollte muss musste "
    "müsste darf durfte mag mochte möchte sagt sagte meint meinte weiß wusste macht machte denkt "
    "dachte findet fand kommt kam geht ging gibt gab bekommt bekam nimmt nahm steht stand "
    "schreibt schrieb spricht sprach sieht sah hört hörte liest las versteht verstand braucht "
    "brauchte bleibt blieb hilft half heißt hieß scheint schien liegt lag läuft lief hält hielt "
    "trifft lässt ließ tut tat fragt fragte antwortet antwortete glaubt glaubte hätte wäre kennt "
    "kannte erzählt erzählte erklärt erklärte redet schläft vergisst verwechselt kriegt kriegte "
    "zeigt isst dürfte wirkt funktioniert übernimmt schickt bringt brachte fehlt schlägt schlug "
    "fasst wirt wahr rechnet merkt notiert protokolliert liefert arbeitet reagiert und oder "
    "selbst nie immer auch meistens"
)
_GOVERNORS = words(
    "von vom mit für zu zum zur an bei nach über gegen ohne um durch als wie außer statt wegen "
    "laut neben vor hinter zwischen seit ab aus auf in ihn im unter trotz samt dank gegenüber "
    "und oder noch sowie der die den dem des ein eine einen einem einer mein meine meinen meiner "
    "dein deine deinen unser unsere unseren euer eure ihre ihren seine seinen dieser diese "
    "dieses diesen nicht namens frag frage fragt fragen gefragt kenne kennst kennt kennen nenne "
    "nennt heißt heiße brauche brauchst braucht brauchen nutze nutzt nutzen benutze benutzt "
    "benutzen verwende verwenden hole holt holen ruf rufe ruft rufen liebe magst nimm nehme "
    "nehmen lass lasse lasst lassen bitte gebeten vertraue vertraust vertrauen glaube glaubst "
    "sehe siehst sehen höre hörst hören treffe triffst treffen meinst ist war sind waren wird "
    "wurde bin bist sei wer klingt stört nervt hör wenn dass ob weil was wo warum wieso woher "
    "wann bis falls obwohl sobald während da nur sogar ich stell stelle starte startet stoppe "
    "informier informiere informiert erwähnt erwähnte ignorier ignoriere ignoriert ersetzt "
    "ersetze testet teste probier bezahlt erinnert zeig schick gib"
) - words("bitte meinst dank dass in da ihn mag was auf an zu vor aus ab")

LEXICON = Lexicon(
    greetings=_GREETINGS,
    openers=_OPENERS,
    asides=phrases(
        "sag mal|hör mal|schau mal|pass auf|mal sehen|sag doch mal|guck mal|weißt du|weißt du was"
        "|sag einmal|mahl sehen|sag mahl|schauen wir mal|übrigens|ach ja|über ins|pass mal auf"
        "|wenn du magst|ich meine|ich mein|eine frage|einen moment|vielen dank|danke dir"
        "|noch eine frage|nur eine frage|guten morgen|guten tag|guten abend"
    ),
    to_you=phrases(
        "für dich|an dich|von dir|mit dir|bei dir|frage dich|brauchen dich|zu dir|auf dich"
        "|für euch|von euch|an euch"
    ),
    turning=phrases(
        "noch was|noch etwas|noch eine frage|eine frage|kurze frage|kurz zu|keine ahnung|übrigens"
        "|danke für|danke dafür|vielen dank|nächste folie|nächste seite|nächste frage"
        "|nächster punkt|guten morgen|gute frage|gute idee|gut gemacht|andere frage|zum thema"
        "|letzte frage|eine letzte|tut mir leid|nur kurz|mal ehrlich|alles klar"
    ),
    fillers=words(
        "äh ähm öhm ah oh also so na ja nein nee ach sorry entschuldigung eigentlich mal kurz "
        "vielleicht jetzt nun noch dann hey okay ok danke moment frage eine hm gut doch denn "
        "nochmal mahl"
    ),
    tags=words("bitte danke dann jetzt mal noch okay ok ja oder denn eigentlich nochmal gell ne"),
    pleas=words("bitte please"),
    joining=words("und oder"),
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
            "funktioniert sieht macht schreibt teuer groß alt kommen kommst machen machst "
            "sehen denkst findest lautet lauten sind formulierst formuliert genau bitte kam "
            "wird werden nennt hieß weiter wär's sah fandest bekommen stand"
        )
    },
    requests=words(
        "bitte gib gebt sag sagt zeig zeigt fass erklär erkläre wiederhole wiederhol lies nenn "
        "nenne hilf schau such suche mach mache warte wart stopp stop hör sei schweig vergiss "
        "merk notier notiere schreib schreibe erinner erinnere übersetz übersetze rechne prüf "
        "prüfe check checke lass bring beschreib beschreibe vergleich vergleiche starte beginn "
        "beginne fang red rede sprich stell stelle nimm halt komm geh ruf frag frage denk "
        "überleg antworte beantworte bestätige ergänze ergänz trag trage plane schick schicke "
        "versuch versuche öffne schließ schließe spring leg lad lade lösch lösche speicher "
        "speichere korrigier korrigiere ändere änder setz setze füg füge pass zähl zähle erstell "
        "erstelle formulier formuliere zieh buch buche berechne berechn definier definiere kürz "
        "kürze markier markiere schlag guck kuck fahr mute protokollier protokolliere skizzier "
        "sortier sortiere spiel spiele stimm streich verschieb verschiebe verlink verschick "
        "wechsel weck würfel zitier entschuldige hol hole informier blende blend gebe sprecht "
        "stellt hört lest macht wartet melde meld nehmt führ führe lasst beende teil teile "
        "bereite halte sammel sammle ordne google recherchier recherchiere unterbrich verrat "
        "verrate schätz schätze"
    ),
    second=words(
        "kannst könntest bist hast weißt willst würdest solltest sollst musst müsstest darfst "
        "dürftest machst gibst sagst meinst denkst glaubst findest siehst hörst kennst erinnerst "
        "schaust hilfst liest schreibst zeigst wirst warst hattest hättest wärst wärest magst "
        "möchtest brauchst nimmst fasst schickst kommst gehst verstehst erklärst wiederholst "
        "übernimmst kannste haste biste weißte könntst könntste hast's schlägst führst suchst "
        "prüfst merkst notierst hältst machste sagste meinste willste würdst rechnest übersetzt "
        "könnt habt seid wollt könntet würdet hasst"
    )
    - words("fasst übersetzt"),
    you_subjects=words(
        "du kannst könntest hast bist weißt könnt habt seid kannste haste würdest solltest sollst "
        "willst"
    ),
    late=words("wann wo wieviel wieviele welche welcher welches wie was"),
    pronoun_objects=words("mir uns das es bitte mich ihn sie mal dir euch mit auf"),
    speaking=words(
        "ich wir du dein deine deinen deiner deinem ihr ihre euch euer unser unsere unseren mein "
        "meine man dir dich habich"
    ),
    you=words(
        "du dir dich dein deine deinen deiner deinem euch euer eure eurer kannste haste biste "
        "weißte könntste meinste machste ihr"
    ),
    inverted={
        **dict.fromkeys(
            words("hat kann soll muss darf wird könnte sollte müsste würde hätte konnte hatte"),
            words(
                "er es man jemand wer denn irgendjemand irgendwer niemand keiner jeder einer eine"
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
        "gibt": words("es denn"),
        **dict.fromkeys(
            words("weiß will braucht möchte sieht hört macht spricht"),
            words("jemand wer denn irgendjemand irgendwer man"),
        ),
        **dict.fromkeys(
            words(
                "geben sagen fassen zeigen wiederholen erklären lesen schauen machen helfen warten"
            ),
            words("sie uns mir bitte sieh"),
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
    third=_THIRD,
    third_endings=("iert", "ierte"),
    not_third=words(
        "nicht jetzt erst fast selbst sonst meist zuletzt bist hast kannst gut nächst letzte "
        "bitte heute zweite dritte erste punkt rest komplett direkt seit mit heut statt "
        "kurzgesagt dort leute welt zeit text bericht liste längst höchst post test herbst trost "
        "gast lust august dienst ernst angst kunst"
    ),
    habits=words("immer nie ständig dauernd oft meistens"),
    again=words("er der sie"),
    articles=words("der die das unser unsere mein meine ein eine"),
    governors=_GOVERNORS,
    conjunctions=words(
        "ob dass weil wenn wie falls bevor nachdem seitdem sobald solange ehe während"
    ),
    clause_governors=_GOVERNORS
    | _THIRD
    | words(
        "dass das ob weil wenn falls als bis damit obwohl während was wo wer wie warum wieso wann "
        "woher hat hatte ist war wird kann könnte soll sollte will muss darf weiß habe hab haben "
        "hast wir du ihr sie er es man ich können sollen müssen wollen sollten könnten würde "
        "würden hätte kannst könntest würdest sollst musst willst lass lasst auch glaube denke "
        "meine finde hoffe vielleicht wohl und oder in an auf zu vor aus haste kannste jemand "
        "doch mal irgendwann"
    ),
    particles=words(
        "doch mal ja auch schon noch nur einfach halt eben wohl gerade denn kurz mahl lieber wieder"
    ),
    identifying=phrases(
        "ist das|ist es|das ist|war das|das war|hier ist|wo ist|wer ist|wo bleibt|meinst du"
        "|kennst du|meint ihr|kennt ihr|hier kommt|und|nicht|isst das|da ist|heißt du|fragst du"
        "|du meinst|siehst du|fragen wir|brauchen wir|hast du|hören wir"
    ),
    reporting=words(
        "sagt sagte sagst sag gesagt meinte rief ruft rufst gerufen fragte fragt gefragt schrieb "
        "schreibt geschrieben antwortete antwortet schreit schrie geschrien brüllt brüllte ruf "
        "flüstert flüsterte erzählte meint tippt tippte sage sagen rufen schreien gebrüllt "
        "getippt murmelte murmelt gemurmelt geflüstert brüllen singt sang befahl befiehlt "
        "zischte zischt heißt hieß bat bittet schimpft schimpfte schimpfen geschimpft witzelte "
        "kreischt kreischte sprach"
    ),
    comparing=words("wie"),
    reported=phrases(
        "ich so|er so|sie so|wir so|die so|der so|ich nur|ich bloß|der titel|die überschrift"
        "|ich dachte|ich dachte nur|ich denk|ich denke nur|dachte ich|denke ich mir|dachte nur"
    ),
    subjects=words("er sie es ich wir man alle"),
    thirds=words("er sie"),
    speech=words(
        "sagt sagte gesagt rief ruft gerufen fragte gefragt schrie schreit flüsterte meinte "
        "brüllte gebrüllt geschrien hat"
    ),
    topic=words("zu über von bei für dazu"),
    pronouns=words("das"),
    nominal=words(
        "der die das den dem des ein eine einen einem einer mein meine dein deine sein seine "
        "unser unsere euer ihr ihre dieser diese dieses diesen jeder jede jedes kein keine "
        "keinen nächste nächsten nächster letzte letzten erste ersten zweite zweiten dritte "
        "dritten neue neuen alte alten ganze ganzen andere anderen gleiche zwei drei vier alle "
        "zur zum im am beim vom ins"
    ),
    orders={
        Order.HOLD: phrases(
            "warte noch|warte noch kurz|noch nicht anfangen|gib uns zwei minuten"
            "|gib uns noch einen moment|gib mir zwei minuten|lass mich ausreden|lass uns kurz"
            "|lass mich kurz|bleib kurz dran|nicht gleich|halt dich kurz zurück"
            "|halte dich kurz zurück|moment noch|eine sekunde noch|mach kurz pause|stopp kurz"
            "|wart noch|warte auf|warte bis|kurze unterbrechung|unterbrich kurz|bitte warten"
            "|ein moment|einen moment noch|nur einen moment|warte|wart|warte mal|wart mal"
            "|warte kurz|wart kurz|moment|moment mal|einen moment|stopp mal|einen augenblick"
            "|augenblick|eine sekunde|sekunde|eine minute|kleinen moment|kurz warten"
            "|einen kleinen moment|halt|halt mal|halt kurz|pause|pausiere|noch nicht"
            "|gib uns eine minute|gib uns einen moment|gib mir einen moment|gib uns kurz zeit"
            "|mach mal pause|kurz pause|warte bitte|nicht so schnell|augenblick mal|sekunde mal"
            "|mach eine pause|halt ein|warten|kurze pause|gib mir eine minute"
            "|gib mir eine sekunde|halte kurz|halte inne"
        ),
        Order.RESUME: phrases(
            "du kannst wieder|kannst weiter|du kannst jetzt weiter|mach dann weiter"
            "|wo du aufgehört hast|wo du warst|wo du stehen geblieben bist"
            "|nimm den faden wieder auf|rede ruhig weiter|sprich ruhig weiter|dann weiter"
            "|du bist wieder dran|setze fort|fahr ruhig fort|bring den satz zu ende"
            "|red ruhig weiter|und weiter|weiter im text|jetzt weiter|wir sind wieder da"
            "|du kannst jetzt wieder|jetzt darfst du weiterreden|erzähl ruhig weiter"
            "|mach da weiter|führ fort|führe fort|weiterlesen|weitererzählen|wieder loslegen"
            "|mach weiter|weiter|weitermachen|du kannst weitermachen|weiter geht's|geht weiter"
            "|sprich weiter|red weiter|rede weiter|fahr fort|fahre fort|setz fort"
            "|du kannst weiterreden|du kannst weitersprechen|weiterreden|weitersprechen"
            "|du darfst weitermachen|fortfahren|du darfst weiterreden|du kannst fortfahren"
            "|los weiter|mach ruhig weiter|lies weiter|jetzt kannst du weitermachen|erzähl weiter"
            "|du darfst wieder|du darfst weitersprechen|du kannst wieder reden"
            "|du darfst wieder reden|du darfst wieder sprechen|kannst weitermachen"
            "|kannst du weitermachen|du kannst wieder sprechen"
        ),
        Order.SILENT: phrases(
            "keine kommentare|keine kommentare mehr|keine bemerkungen mehr|keine zwischenrufe"
            "|kommentare sein lassen|lass die kommentare|sei endlich still|kein kommentar"
            "|misch dich nicht ein|hör auf zu quatschen|bitte nicht mehr reden"
            "|sag bitte nichts mehr|halt mal den mund|halt den schnabel|hör auf damit"
            "|sei so gut und schweig|red nicht dazwischen|rede nicht dazwischen"
            "|unterbrich uns nicht|unterbrich mich nicht|nicht dazwischenreden|ab jetzt still"
            "|schluss jetzt|gib ruhe|einfach nur zuhören|bloß zuhören|nur noch zuhören"
            "|jetzt nur zuhören|sag vorerst nichts|sag erst mal nichts|sag jetzt nichts"
            "|sag gar nichts|sag heute nichts mehr|schalte dich stumm|stell dich stumm"
            "|schweig jetzt|bitte ruhe|jetzt ruhe|bleib stumm|bleib leise|halt dich da raus"
            "|halt dich zurück|kein wort jetzt|sei still|sei ruhig|sei leise|sei mal still"
            "|sei mal ruhig|ruhe|ruhig|still|schweig|psst|pst|hör auf zu reden"
            "|hör auf zu sprechen|hör auf|halt den mund|halt die klappe|klappe|stille"
            "|halt dich raus|nicht reden|nichts sagen|sag nichts|sag nichts mehr|nicht mehr reden"
            "|red nicht|rede nicht|sprich nicht|stopp|stop|bleib still|bleib ruhig"
            "|schalt dich stumm|mach dich stumm|stumm|hör nur zu|hör einfach zu"
            "|hör einfach nur zu|nur zuhören|genug|aufhören|es reicht|das reicht|sei jetzt still"
            "|sei jetzt ruhig|verstumme|nicht sprechen|schweige|rede nicht mehr|sprich nicht mehr"
            "|auf zu reden|ruhe jetzt|mund halten|antworte nicht|antworte nicht mehr"
            "|hör bitte auf|zu reden|still sein|ruhig sein|leise sein|leise|stumm schalten"
            "|kein wort|kein wort mehr|ab jetzt nur zuhören"
        ),
        Order.CALL_ON: phrases(
            "du hattest die hand oben|deine hand ist oben|du hast die hand gehoben|du hast etwas"
            "|du willst was sagen|wir hören|wir hören dir zu|ich höre|was wolltest du|was hast du"
            "|was möchtest du sagen|du möchtest etwas sagen|bitte schön|dann bitte|jetzt bist du"
            "|dein beitrag|dein punkt|sag's uns|erzähl mal|sprich ruhig|du kannst jetzt"
            "|du bist an der reihe|die bühne gehört dir|du zuerst|dann sag mal"
            "|sag mal was du sagen wolltest|was liegt dir auf dem herzen|ja sag|nimm das wort"
            "|du hast das wort|ich sehe deine hand|das wort ist deins|was wolltest du ergänzen"
            "|dran|leg los|du bist dran|schieß los|dein einsatz|bitte sehr|nur zu|du darfst"
            "|du darfst reden|du darfst sprechen|du kannst reden|du kannst sprechen|sprich|rede"
            "|red|du wolltest etwas sagen|du wolltest was sagen|was wolltest du sagen|was gibt's"
            "|was gibts|du hast dich gemeldet|du hattest dich gemeldet|jetzt du|los|los geht's"
            "|ja bitte|fang an|das wort hast du|sag an|jetzt bist du dran|dann leg los|raus damit"
            "|bitteschön|na los|du wolltest sagen|ich gebe dir das wort|erzähl|sag es|sag's"
            "|mach ruhig"
        ),
        Order.CANCEL: phrases(
            "vergiss die frage|vergiss meine frage|vergiss was ich sagte|vergiss es wieder"
            "|nicht wichtig|ist nicht wichtig|kein bedarf|kein problem vergiss es"
            "|ich nehme das zurück|nehme ich zurück|hat sich geklärt|schon erledigt|ist erledigt"
            "|falscher name|falsche adresse|hör nicht hin|hör nicht auf mich|ignorier mich"
            "|ignoriere mich|tu's nicht|mach's nicht|mach das nicht|doch nicht nötig|lass es sein"
            "|lass sein|lass das sein|brauchen wir nicht|brauchen wir nicht mehr"
            "|keine antwort nötig|musst nicht antworten|antworte nicht darauf|ich hab's schon"
            "|wir haben's schon|habe es mir anders überlegt|hab's mir anders überlegt"
            "|spielt keine rolle|macht nix|war nur spaß|war ein versehen|aus versehen"
            "|streich das wieder|blas es ab|ist hinfällig|abgebrochen|brech ab|breche ab"
            "|vergiss das wieder|ist jetzt egal|lass ruhig|nicht du|vergiss es|vergiss das"
            "|schon gut|lass es|lass gut sein|lass mal|egal|ist egal|nicht dich|dich nicht"
            "|nicht mit dir|nicht für dich|nicht dir|hat sich erledigt|hat sich schon erledigt"
            "|erledigt|nicht nötig|nicht so wichtig|macht nichts|war nicht für dich"
            "|du warst nicht gemeint|dich meinte ich nicht|nicht an dich|brauchst du nicht"
            "|abbrechen|brich ab|stornier das|streich das|ignorier das|ignoriere das|doch nicht"
            "|vergiss mich|das war nicht für dich|du bist nicht gemeint|jetzt nicht|nicht jetzt"
            "|musst du nicht|ist schon gut|lass das|kommando zurück|zurück|brauchst nicht"
            "|nicht mehr nötig|fehlalarm|vergiss was ich gesagt habe|dich habe ich nicht gemeint"
            "|dich hab ich nicht gemeint|vergiss|nicht antworten|du brauchst nicht zu antworten"
            "|du musst nicht antworten|lass stecken|passt schon|dich gar nicht|gar nicht dich"
            "|gar nicht dir|war nichts|nichts für dich"
        ),
    },
    assents=words(
        "ja jaja jo jep klar genau okay ok richtig stimmt gut gerne natürlich einverstanden passt "
        "sicher super perfekt yes"
    ),
    thanks=phrases(
        "danke|danke schön|danke sehr|vielen dank|dankeschön|besten dank|tschüss|danke dir|thanks"
        "|thank you|gerne|dank dir"
    ),
    courtesies=phrases(
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
        "ich wir es das bis während weil denn da für er sie die der mein lass man jemand hier"
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
