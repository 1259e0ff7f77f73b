"""Orders to an agent, as they are said in German. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import combined, phrases
from roomhand.turns.orders import Order

ORDERS = {
    Order.HOLD: phrases(
        "warten sie|warten sie mal|warten sie kurz|warten sie einen moment|einen moment noch"
        "|halten sie kurz inne|halten sie ein|geben sie uns einen moment"
        "|geben sie mir einen moment|geben sie uns eine minute|machen sie eine pause|halt stopp"
        "|warte noch|warte noch kurz|noch nicht anfangen|gib uns zwei minuten"
        "|gib uns noch einen moment|gib mir zwei minuten|lass mich ausreden|lass uns kurz"
        "|lass mich kurz|bleib kurz dran|nicht gleich|halt dich kurz zurück"
        "|halte dich kurz zurück|moment noch|eine sekunde noch|mach kurz pause|stopp kurz"
        "|wart noch|warte auf|warte bis|kurze unterbrechung|unterbrich kurz|bitte warten"
        "|ein moment|nur einen moment|warte|wart|warte mal|wart mal|warte kurz|wart kurz|moment"
        "|moment mal|einen moment|stopp mal|einen augenblick|augenblick|eine sekunde|sekunde"
        "|eine minute|kleinen moment|kurz warten|einen kleinen moment|halt|halt mal|halt kurz"
        "|pause|pausiere|noch nicht|gib uns eine minute|gib uns einen moment|gib mir einen moment"
        "|gib uns kurz zeit|mach mal pause|kurz pause|warte bitte|nicht so schnell|augenblick mal"
        "|sekunde mal|mach eine pause|halt ein|warten|kurze pause|gib mir eine minute"
        "|gib mir eine sekunde|halte kurz|halte inne"
    )
    | combined(
        "warte|wart|warten sie|halt|stopp|stop|pausiere|pausier|bleib|gedulde dich"
        "|gedulden sie sich"
        "|wartet|warts|wartets|nur|noch|ganz|",
        "einen|eine|ein|an|a|kleinen|einen kleinen|einen ganz kleinen|einen kurzen|kurzen",
        "moment|augenblick|sekunde|minute|momenterl|sekündchen|momentchen|sekunderl|bisschen"
        "|bissl|bisserl|weile|minütchen",
    )
    | combined(
        "gib|gebt|geben sie|gebts|gönn|lass|lasst|lassen sie|lasset",
        "mir|uns|ihm|ihr|ihnen|mich|ihn|sie|die|den",
        "einen moment|einen augenblick|eine sekunde|eine minute|zwei minuten|fünf minuten|zeit"
        "|ausreden|nachdenken|überlegen|erst ausreden|fertig reden|zu ende reden|ausdenken"
        "|den satz beenden|zu wort kommen|was fragen|nachschauen|aufschreiben",
    )
    | combined("warte|wart|warten sie|halt|stopp|pause|moment", "kurz|mal|bitte|noch|damit|hier")
    | phrases(
        "jetzt noch nicht|langsam|immer langsam|eins nach dem anderen|heb dir das auf"
        "|nicht so hastig"
        "|halt den gedanken|wir kommen gleich auf dich zurück|mach halblang|auszeit|time out"
        "|noch nicht antworten|antworte noch nicht|noch nicht loslegen|leg noch nicht los"
        "|sag noch nichts|fang noch nicht an|stell das zurück|bleib so|stand by|kurz mal stopp"
        "|nicht jetzt gleich|einhalten|innehalten|halt inne|unterbrechen sie kurz|kurz unterbrechen"
    ),
    Order.RESUME: phrases(
        "dürfen sie weiterreden|dürfen sie weitermachen|können sie weiterreden"
        "|können sie weitermachen|können sie fortfahren|dürfen sie fortfahren"
        "|können sie weitersprechen|darfst du weitermachen|darfst du weitersprechen"
        "|machen sie weiter|sprechen sie weiter|reden sie weiter|fahren sie fort"
        "|sie können weitermachen|sie können fortfahren|lesen sie weiter|erzählen sie weiter"
        "|sie dürfen weitermachen|sie können wieder sprechen|du kannst wieder|kannst weiter"
        "|du kannst jetzt weiter|mach dann weiter|wo du aufgehört hast|wo du warst"
        "|wo du stehen geblieben bist|nimm den faden wieder auf|rede ruhig weiter"
        "|sprich ruhig weiter|dann weiter|du bist wieder dran|setze fort|fahr ruhig fort"
        "|bring den satz zu ende|red ruhig weiter|und weiter|weiter im text|jetzt weiter"
        "|wir sind wieder da|du kannst jetzt wieder|jetzt darfst du weiterreden"
        "|erzähl ruhig weiter|mach da weiter|führ fort|führe fort|weiterlesen|weitererzählen"
        "|wieder loslegen|mach weiter|weiter|weitermachen|du kannst weitermachen|weiter geht's"
        "|geht weiter|sprich weiter|red weiter|rede weiter|fahr fort|fahre fort|setz fort"
        "|du kannst weiterreden|du kannst weitersprechen|weiterreden|weitersprechen"
        "|du darfst weitermachen|fortfahren|du darfst weiterreden|du kannst fortfahren|los weiter"
        "|mach ruhig weiter|lies weiter|jetzt kannst du weitermachen|erzähl weiter"
        "|du darfst wieder|du darfst weitersprechen|du kannst wieder reden|du darfst wieder reden"
        "|du darfst wieder sprechen|kannst weitermachen|kannst du weitermachen"
        "|du kannst wieder sprechen"
    )
    | combined(
        "mach|red|rede|sprich|lies|erzähl|fahr|fahre|setz|machen sie|reden sie|sprechen sie"
        "|fahren sie|lesen sie|erzählen sie|machts|redets|macht|redet|tu",
        "weiter|fort",
        "|wo du warst|wo du aufgehört hast|wo du stehen geblieben bist|wo sie waren|im text"
        "|wo sie aufgehört haben|wo sie stehen geblieben sind|wo wir waren|mit der liste",
    )
    | combined(
        "|du kannst|du darfst|kannst|kannst du|sie können|sie dürfen|können sie|darfst du|ihr könnt"
        "|dann kannst du|kannst|könntest du|würdest du|magst du|magst|bitte",
        "weiter|weitermachen|weiterreden|weitersprechen|weiterlesen|weitererzählen|fortfahren"
        "|weiter machen|wieder reden|wieder sprechen|wieder loslegen|wieder einsteigen|fortsetzen",
    )
    | phrases(
        "wo warst du stehen geblieben|wo warst du gerade"
        "|zurück zu dir|es geht weiter|es kann weitergehen|kann weitergehen|geht schon wieder"
        "|wir sind wieder so weit|pause vorbei|pause ist vorbei|die pause ist vorbei"
        "|heb die pause auf|schalt dich wieder ein|wir können weitermachen|wir können weiter"
        "|du warst gerade bei|wo waren sie stehen geblieben|wieder du|sprich wieder|rede wieder"
    ),
    Order.SILENT: phrases(
        "seien sie still|seien sie ruhig|seien sie leise|schweigen sie|hören sie auf"
        "|hören sie auf zu reden|sagen sie nichts|sagen sie nichts mehr|hören sie nur zu"
        "|hören sie einfach zu|halten sie den mund|schalten sie sich stumm|reden sie nicht"
        "|sprechen sie nicht|bleiben sie still|bleiben sie stumm|keine kommentare"
        "|keine kommentare mehr|keine bemerkungen mehr|keine zwischenrufe|kommentare sein lassen"
        "|lass die kommentare|sei endlich still|kein kommentar|misch dich nicht ein"
        "|hör auf zu quatschen|bitte nicht mehr reden|sag bitte nichts mehr|halt mal den mund"
        "|halt den schnabel|hör auf damit|sei so gut und schweig|red nicht dazwischen"
        "|rede nicht dazwischen|unterbrich uns nicht|unterbrich mich nicht|nicht dazwischenreden"
        "|ab jetzt still|schluss jetzt|gib ruhe|einfach nur zuhören|bloß zuhören|nur noch zuhören"
        "|jetzt nur zuhören|sag vorerst nichts|sag erst mal nichts|sag jetzt nichts"
        "|sag gar nichts|sag heute nichts mehr|schalte dich stumm|stell dich stumm|schweig jetzt"
        "|bitte ruhe|jetzt ruhe|bleib stumm|bleib leise|halt dich da raus|halt dich zurück"
        "|kein wort jetzt|sei still|sei ruhig|sei leise|sei mal still|sei mal ruhig|ruhe|ruhig"
        "|still|schweig|psst|pst|hör auf zu reden|hör auf zu sprechen|hör auf|halt den mund"
        "|halt die klappe|klappe|stille|halt dich raus|nicht reden|nichts sagen|sag nichts"
        "|sag nichts mehr|nicht mehr reden|red nicht|rede nicht|sprich nicht|stopp|stop"
        "|bleib still|bleib ruhig|schalt dich stumm|mach dich stumm|stumm|hör nur zu"
        "|hör einfach zu|hör einfach nur zu|nur zuhören|genug|aufhören|es reicht|das reicht"
        "|sei jetzt still|sei jetzt ruhig|verstumme|nicht sprechen|schweige|rede nicht mehr"
        "|sprich nicht mehr|auf zu reden|ruhe jetzt|mund halten|antworte nicht"
        "|antworte nicht mehr|hör bitte auf|zu reden|still sein|ruhig sein|leise sein|leise"
        "|stumm schalten|kein wort|kein wort mehr|ab jetzt nur zuhören"
    )
    | combined(
        "sei|seid|seien sie|bleib|bleiben sie|bleibt|seids|sei so gut und sei|sei so lieb und sei",
        "still|ruhig|leise|stumm|stad|staad|endlich still|endlich ruhig",
    )
    | combined(
        "sag|sagt|sagen sie|red|rede|reden sie|sprich|sprechen sie|antworte|antworten sie"
        "|kommentier"
        "|kommentiere|kommentieren sie|unterbrich uns|unterbrich mich|quatsch|quassel",
        "nichts|nix|kein wort|nicht|gar nichts|nimmer|heute nichts|vorerst nichts|ab jetzt nichts",
        "|mehr|dazu|mehr dazu|dazwischen|rein|bis ich dich rufe|bis auf weiteres|alles",
    )
    | combined(
        "hör|hörts|hören sie|hör endlich|hör sofort",
        "auf",
        "|zu reden|zu sprechen|zu quatschen|zu kommentieren|zu labern|damit|mit dem gerede"
        "|mit den kommentaren|reinzureden|dazwischenzureden|zu plappern|uns zu unterbrechen"
        "|mich zu unterbrechen|mit dem gequatsche|uns reinzureden|mit den zwischenrufen",
    )
    | combined("hör|hören sie|du hörst|hörst", "zu|nur noch zu|nur zu|bloß zu|ab jetzt nur zu")
    | combined(
        "halt|halte|haltet|halten sie|halts",
        "den mund|die klappe|den schnabel|den rand|dich raus|dich da raus|dich zurück|sich raus"
        "|sich da raus|sich zurück|sie den mund|die goschn|dich daraus|endlich den mund",
    )
    | combined("misch|mischen sie", "dich|sich", "|da|hier", "nicht", "ein|mehr ein")
    | combined(
        "schalt|schalte|stell|stelle|mach|schalten sie|stellen sie",
        "dich|sich|ihn",
        "|ab jetzt",
        "stumm|auf stumm|ab|aus",
    )
    | phrases(
        "schweigen|schweigen bitte|schweig still|ruhe da|gib ruhe|gib eine ruh|a ruh|geben sie ruhe"
        "|mund zu|klappe zu|schluss damit|schluss mit den kommentaren|keine einwürfe|kein mucks"
        "|genug geredet|es reicht jetzt|das genügt|das war's von dir|nicht mehr dazwischenreden"
        "|du bist jetzt still|du bist ab jetzt still|du redest nicht mehr|du sagst nichts mehr"
        "|schön still sein|mal still sein|nur mithören|hör nur mit|zuhören statt reden|kein ton"
        "|wir brauchen ruhe|jetzt ist ruhe|nur zuhörn|stumm bleiben|still bleiben|ruhig bleiben"
    ),
    Order.CALL_ON: phrases(
        "legen sie los|sie haben das wort|sie sind dran|sie sind an der reihe|sprechen sie"
        "|sie dürfen|bitte sprechen sie|was wollten sie sagen|sie wollten etwas sagen"
        "|sie hatten sich gemeldet|sie haben sich gemeldet|schießen sie los"
        "|du hattest die hand oben|deine hand ist oben|du hast die hand gehoben|du hast etwas"
        "|du willst was sagen|wir hören|wir hören dir zu|ich höre|was wolltest du|was hast du"
        "|was möchtest du sagen|du möchtest etwas sagen|bitte schön|dann bitte|jetzt bist du"
        "|dein beitrag|dein punkt|sag's uns|erzähl mal|sprich ruhig|du kannst jetzt"
        "|du bist an der reihe|die bühne gehört dir|du zuerst|dann sag mal"
        "|sag mal was du sagen wolltest|was liegt dir auf dem herzen|ja sag|nimm das wort"
        "|du hast das wort|ich sehe deine hand|das wort ist deins|was wolltest du ergänzen|dran"
        "|leg los|du bist dran|schieß los|dein einsatz|bitte sehr|nur zu|du darfst"
        "|du darfst reden|du darfst sprechen|du kannst reden|du kannst sprechen|sprich|rede|red"
        "|du wolltest etwas sagen|du wolltest was sagen|was wolltest du sagen|was gibt's"
        "|was gibts|du hast dich gemeldet|du hattest dich gemeldet|jetzt du|los|los geht's"
        "|ja bitte|fang an|das wort hast du|sag an|jetzt bist du dran|dann leg los|raus damit"
        "|bitteschön|na los|du wolltest sagen|ich gebe dir das wort|erzähl|sag es|sag's"
        "|mach ruhig"
    )
    | combined(
        "du|sie|ihr",
        "wolltest|wollten|wolltet|möchtest|möchten|willst|wollen|hattest|hatten|hast|haben",
        "|dazu|etwas|was|dazu was|dazu etwas|vorhin was|vorhin etwas|gerade was",
        "sagen|ergänzen|fragen|hinzufügen|anmerken|einwenden|loswerden|beitragen|einbringen"
        "|dazu sagen|zu sagen|beizutragen|anzumerken",
    )
    | combined(
        "was",
        "wolltest du|wollten sie|möchtest du|möchten sie|willst du|hast du|haben sie|hattest du",
        "|uns|dazu",
        "sagen|ergänzen|hinzufügen|anmerken|einwenden|loswerden|beitragen|zu sagen"
        "|auf dem herzen|für uns|beizutragen",
    )
    | combined(
        "du hast|du hattest|sie haben|sie hatten|hast du|haben sie|du hältst|sie halten",
        "dich|sich|die hand|deine hand|ihre hand",
        "gemeldet|gehoben|oben|hoch|vorhin gemeldet|gerade gemeldet",
    )
    | combined(
        "du bist|sie sind|bist du|sind sie|du wärst|sie wären|du wärest|wärst du",
        "dran|an der reihe|am zug|gefragt|als nächstes dran|als nächste dran|als nächster dran",
    )
    | combined("schieß|leg|fang|schießen sie|legen sie|fangen sie|schiess|legs", "los|an")
    | phrases(
        "immer raus damit|wir lauschen|ich bin ganz ohr|wir sind ganz ohr|deine meldung"
        "|deine wortmeldung|ich sehe deine meldung|ich sehe ihre meldung|ich sehe ihre hand"
        "|ich habe deine hand gesehen|bühne frei|dein auftritt|deine meinung bitte"
        "|wir hören ihnen zu"
        "|ich seh deine hand|das wort ist bei dir|du hast jetzt das wort|jetzt hast du das wort"
        "|ich erteile dir das wort|ich erteile ihnen das wort|das wort gehört dir"
        "|das wort gehört ihnen"
        "|sie haben das wort|red ruhig|sag ruhig|sagen sie ruhig|sprechen sie bitte|sagen sie es"
        "|dann sprich|dann rede|dann sag|dann sag's|dann los|dann leg los|was gibt es|na sag"
        "|nimm die hand runter|was möchtest du|was möchten sie|was wollten sie|ich höre dir zu"
    ),
    Order.CANCEL: phrases(
        "ich ziehe die frage zurück|ich nehme die frage zurück|vergiss was ich gerade gesagt habe"
        "|vergiss was ich gesagt hab|vergiss was ich gerade gesagt hab"
        "|vergessen sie was ich gesagt habe|vergessen sie es|vergessen sie das"
        "|vergessen sie die frage|lassen sie es|lassen sie das|lassen sie gut sein|nicht sie"
        "|lassen sie's|lass's|vergiss's|vergessen sie's"
        "|sie nicht|sie habe ich nicht gemeint|sie waren nicht gemeint|nicht mit ihnen"
        "|nicht für sie|nicht an sie|streichen sie das|ignorieren sie das|brechen sie ab"
        "|hab's schon|hab's gefunden|vergiss die frage|vergiss meine frage|vergiss was ich sagte"
        "|vergiss es wieder|nicht wichtig|ist nicht wichtig|kein bedarf|kein problem vergiss es"
        "|ich nehme das zurück|nehme ich zurück|hat sich geklärt|schon erledigt|ist erledigt"
        "|falscher name|falsche adresse|hör nicht hin|hör nicht auf mich|ignorier mich"
        "|ignoriere mich|tu's nicht|mach's nicht|mach das nicht|doch nicht nötig|lass es sein"
        "|lass sein|lass das sein|brauchen wir nicht|brauchen wir nicht mehr|keine antwort nötig"
        "|musst nicht antworten|antworte nicht darauf|ich hab's schon|wir haben's schon"
        "|habe es mir anders überlegt|hab's mir anders überlegt|spielt keine rolle|macht nix"
        "|war nur spaß|war ein versehen|aus versehen|streich das wieder|blas es ab|ist hinfällig"
        "|abgebrochen|brech ab|breche ab|vergiss das wieder|ist jetzt egal|lass ruhig|nicht du"
        "|vergiss es|vergiss das|schon gut|lass es|lass gut sein|lass mal|egal|ist egal"
        "|nicht dich|dich nicht|nicht mit dir|nicht für dich|nicht dir|hat sich erledigt"
        "|hat sich schon erledigt|erledigt|nicht nötig|nicht so wichtig|macht nichts"
        "|war nicht für dich|du warst nicht gemeint|dich meinte ich nicht|nicht an dich"
        "|brauchst du nicht|abbrechen|brich ab|stornier das|streich das|ignorier das"
        "|ignoriere das|doch nicht|vergiss mich|das war nicht für dich|du bist nicht gemeint"
        "|jetzt nicht|nicht jetzt|musst du nicht|ist schon gut|lass das|kommando zurück|zurück"
        "|brauchst nicht|nicht mehr nötig|fehlalarm|vergiss was ich gesagt habe"
        "|dich habe ich nicht gemeint|dich hab ich nicht gemeint|vergiss|nicht antworten"
        "|du brauchst nicht zu antworten|du musst nicht antworten|lass stecken|passt schon"
        "|dich gar nicht|gar nicht dich|gar nicht dir|war nichts|nichts für dich"
    )
    | combined(
        "vergiss|vergesst|vergessen sie|lass|lassen sie|streich|streichen sie|ignorier|ignoriere"
        "|ignorieren sie|lasst|vergessts",
        "es|et|das|es einfach|das wieder|was ich gesagt habe|die frage|meine frage|gut sein|stecken"
        "|bleiben|sein|den letzten satz|mich|das von eben|das letzte|was ich gefragt habe"
        "|es gut sein"
        "|das ganze|es bleiben|es stecken|es sein|sie mich",
    )
    | combined(
        "hat sich|das hat sich|die sache hat sich|die frage hat sich",
        "erledigt|geklärt|hinfällig|gelöst|bereits erledigt|gerade erledigt|inzwischen erledigt",
    )
    | combined(
        "du|sie|dich|dir|ihnen|mit dir|mit ihnen|an dich",
        "hab ich|habe ich|hatte ich|meinte ich|meine ich|warst|waren|bist|sind|galt|ging|war",
        "|gar|eigentlich|jetzt",
        "nicht",
        "|gemeint|angesprochen|gefragt|gerufen|dran|dir|an dich|für dich|ihnen|an sie|für sie",
    )
    | combined(
        "nicht|gar nicht|doch nicht", "du|dich|dir|sie|ihnen|mit dir|mit ihnen|an dich|an sie"
    )
    | combined(
        "brauchst|brauchscht|brauchen sie|musst|müssen sie|brauchst du|musst du|du brauchst"
        "|du musst",
        "nicht|net|nit|nicht mehr|net mehr|nit mehr|nimmer|nix mehr|nichts mehr|nichts",
        "|antworten|zu antworten|suchen|zu suchen|machen|zu machen|nachschauen|helfen|sagen"
        "|nachzuschauen|zu sagen|tun|zu tun|drauf antworten",
    )
    | phrases(
        "verhört|versehen|verzeih war nicht für dich|war ein irrtum|irrtum|fehler meinerseits"
        "|hab mich versprochen|ich hab mich versprochen|ich habe mich versprochen|versprochen"
        "|bleib ruhig sitzen|nichts zu tun für dich|schlaf weiter|geht dich nichts an"
        "|anders überlegt"
        "|ich hab's mir anders überlegt|ich habe es mir anders überlegt|hab mich geirrt"
        "|nicht weiter wichtig|ist nicht mehr nötig|wird nicht mehr gebraucht|doch lieber nicht"
    ),
}
