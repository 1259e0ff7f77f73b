"""Verbs of speaking to somebody and about somebody, and what governs a name: English. Data only."""

from __future__ import annotations

from roomhand.turns.address_lexicon import words


def _verbs(bases: str) -> frozenset[str]:
    """Regular verbs in all their forms."""
    stems = [(base, base.removesuffix("e")) for base in bases.split()]
    return frozenset(
        form for base, stem in stems for form in (base, f"{base}s", f"{stem}ing", f"{stem}ed")
    )


THIRD = words(
    "beat burst quit spread shed cost costs hurt arose awoke bit blew bled bred chose clung "
    "crept dealt dug drew drove fell fled fought flung forbade forgave foresaw froze hung hid "
    "kept knelt laid led leapt lent lit misread mistook misheard misunderstood outdid overheard "
    "overran overslept overtook overwrote proved rang reread rewrote rode rose sank shook shone "
    "shrank slid slung slept slowed smelt sought spat sped spelt spent spilt spun spoilt sprang "
    "stuck stole stung stank strode struck strove swept swelled swam swung tore threw thrust "
    "trod undertook undid upheld wept withdrew withheld withstood wrung wove ended kinda sorta "
    "definitely apparently obviously clearly probably certainly simply basically literally "
    "hardly barely nearly almost rarely seldom normally constantly currently recently eventually "
    "immediately said says told tells thought thinks knew knows went goes came comes made makes "
    "gave gives took takes got gets saw sees heard hears found finds wrote writes spoke speaks "
    "left sent held began sounds seems looks needs wants and or who's himself herself itself "
    "never always usually often already still only he's it's she's isn't wasn't doesn't didn't "
    "hasn't ran lost built sold bought brought met paid felt won ate flew forgot grew sat stood "
    "understood woke wore became broke sang swore taught caught"
)

GOVERNORS = words(
    "till til amid among amongst despite onto toward towards unlike upon beneath alongside per "
    "plus "
    "couldn't wouldn't shouldn't mustn't aren't weren't who've what've early mid four buy bout "
    "tween to for with from about of by at on in like than and or nor "
    "not the a an my our your their called named via without against after before between behind "
    "beside besides into over through since until under around within except including regarding "
    "concerning versus plus ask asked asking asks tell told telling tells call calls calling "
    "invite invited inviting mute muted unmute stop stopped see saw seen hear heard meet met "
    "meeting know knew love loved use used using want wanted need needed get got let give gave "
    "given show showed shown trust trusted believe believed ignore ignored interrupt interrupted "
    "remind reminded replace join joined remove removed add added turn leave quote quoted "
    "mention update updated brief briefed train trained blame blamed thank ping pinged teach "
    "taught let's lets remember remembered miss missed thanked thanking follow followed test "
    "tested try tried pay paid send sent bring brought have has had is are was were am be been "
    "being it's that's who's where's how's what's he's she's isn't wasn't doesn't didn't can't "
    "won't hasn't consult consulted involve involved hire hired fire fired install installed "
    "configure configured connect connected start started switch kick kicked drop dropped put "
    "bother make makes made handing hand forgot why how when if because which whose what only "
    "even dear hate hated hates loves likes liked watch watched find found feed fed said says "
    "goes went texted emailed testing running hearing seeing banned planning getting having "
    "needs wants trusts uses putting letting giving watching helping"
) | _verbs(
    "accept activate admire adopt annoy appoint approach avoid ban beat blame block boot "
    "challenge confuse consult contact control convince criticize debug defend delete "
    "deploy disable disconnect distract disturb download enable encourage exclude fire fool "
    "fund greet hack hire host impress include inform insult integrate invite kill launch "
    "license like load lose manage message migrate mock monitor mute name notify offend "
    "onboard outsmart overrule override persuade praise prefer prompt protect punish "
    "recommend reinstall reject remove rename repair replace restart retire reward scold "
    "silence sue suspect sync teach tease test thank threaten tolerate train trick trigger "
    "trust tweak uninstall unplug upgrade upset use vet warn welcome consider ignore doubt "
    "bring evaluate demo pilot rent purchase handle"
)

REQUESTS = words(
    "please tell give summarise summarize sum recap explain repeat say show list remind help "
    "stop wait hold continue go let let's note write read remember check look find search "
    "compare count describe define translate answer ask send make take start begin add mute be "
    "speak talk listen come keep name correct confirm clarify calculate suggest propose think "
    "pause resume finish open close play call schedule shut leave run pick choose bring record "
    "don't set put pull walk introduce draft book cancel move change fix update use turn share "
    "print email text message post create get do guess try forget ignore drop shush hush carry "
    "hang convert draw estimate fetch figure google guide highlight jot mark order plan prepare "
    "provide rank rate rephrase report review rewrite roll save skip solve sort spell split "
    "state switch unmute verify vote wrap scratch feel imagine pass allow bear break build buy "
    "collect dial expand filter focus have invite join lock lower log mind pin quote raise "
    "recommend replay simplify slow speed stay submit swap tidy touch trim upload watch work zoom"
)

SECOND = words("there's there're dyou couldya wouldya d'you y'all")
