"""A meeting read from a file (YAML or JSON), with every fault of the file found and named.

    seed: 3
    people:
      - name: Anna
        says: [{at_s: 1.0, words: 4}, {at_s: 9.0, words: 2}]
        mutes: [{from_s: 4.5, to_s: 7.0}]
        renames: [{at_s: 8.0, name: Annie}]
      - {name: Ben, joins_s: 3, leaves_s: 25, republishes_s: [14]}
    talk: {from_s: 10.0, to_s: 24.0, overlap: 0.2}
    faults:
      - {kind: provider_lost, at_s: 5}
      - {kind: track_lost, who: p-anna, from_s: 12, to_s: 16}

``says`` has so many tone words, or these as ``text``. In ``talk`` everybody who is there and not
muted takes turns, drawn from the seed. With ``speech: voices`` people say their ``text`` aloud, in
their ``voice``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from roomhand.errors import ConfigError, Fault
from tests.sim import scenario_checks as checks
from tests.sim.drawing import draw_turns, stock_of
from tests.sim.script import Rename, Role, Script, Trouble, Turn, Window
from tests.sim.tone_words import SPEAKERS, to_number

Seconds: TypeAlias = Annotated[float, Field(ge=0, le=24 * 3600)]
Measure: TypeAlias = Callable[[str, str], float]
"""How many seconds a voice (its name comes second) takes for a text."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Saying(_Strict):
    at_s: Seconds
    words: Annotated[int, Field(ge=1, le=100)] | None = None
    text: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> _Saying:
        if (self.words is None) == (self.text is None):
            raise ValueError("give either words (how many) or text")
        return self


class _Span(_Strict):
    from_s: Seconds
    to_s: Seconds

    @model_validator(mode="after")
    def _in_order(self) -> _Span:
        if self.from_s >= self.to_s:
            raise ValueError(f"to_s ({self.to_s:g}) must be after from_s ({self.from_s:g})")
        return self

    @property
    def window(self) -> Window:
        return Window(self.from_s, self.to_s)


class _Renaming(_Strict):
    at_s: Seconds
    name: Annotated[str, Field(min_length=1)]


class _Person(_Strict):
    name: Annotated[str, Field(min_length=1)]
    identity: str = ""
    voice: Literal["low", "middle", "high"] = "middle"
    joins_s: Seconds = 0.0
    leaves_s: Seconds | None = None
    says: tuple[_Saying, ...] = ()
    mutes: tuple[_Span, ...] = ()
    renames: tuple[_Renaming, ...] = ()
    republishes_s: tuple[Seconds, ...] = ()

    @property
    def known_as(self) -> str:
        return self.identity or f"p-{self.name.lower()}"


class _Talk(_Span):
    overlap: Annotated[float, Field(ge=0, le=0.6)] = 0.2


class _ProviderSlow(_Strict):
    kind: Literal["provider_slow"]
    by_s: Seconds


class _SessionsEnd(_Strict):
    kind: Literal["sessions_end"]
    after_s: Seconds


class _ProviderLost(_Strict):
    kind: Literal["provider_lost"]
    at_s: Seconds


class _TrackLost(_Span):
    kind: Literal["track_lost"]
    who: str


_AnyFault: TypeAlias = Annotated[
    _ProviderSlow | _SessionsEnd | _ProviderLost | _TrackLost, Field(discriminator="kind")
]


class _File(_Strict):
    people: Annotated[tuple[_Person, ...], Field(min_length=1, max_length=SPEAKERS)]
    seed: int = 0
    speech: Literal["tones", "voices"] = "tones"
    talk: _Talk | None = None
    faults: tuple[_AnyFault, ...] = ()


def load_scenario(path: Path, measure: Measure | None = None) -> Script:
    """The meeting of a file. Raises ConfigError with every fault of it, OSError."""
    return parse_scenario(path.read_text(encoding="utf-8"), str(path), measure)


def parse_scenario(text: str, source: str, measure: Measure | None = None) -> Script:
    """As ``load_scenario``, from text; ``source`` names it in messages. JSON is YAML, too.

    ``measure``: needed where people speak aloud.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{source}:{mark.line + 1}" if mark else source
        raise ConfigError([Fault(where, "is neither YAML nor JSON", "Mend it there")]) from None
    try:
        file = _File.model_validate(data if data is not None else {})
    except ValidationError as error:
        raise ConfigError([_fault(source, item) for item in error.errors()]) from None
    faults = [Fault(f"{source} {where}", *what) for where, *what in _unsaid(file, measure)]
    if faults:
        raise ConfigError(faults)
    script = _script(file, measure)
    found = [Fault(f"{source} {where}", *what) for where, *what in checks.faults(script)]
    if found:
        raise ConfigError(found)
    return script


def _fault(source: str, item: Any) -> Fault:
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        return Fault(f"{source} {where}", "is not a known field", "Take it out, or spell it right")
    if item["type"] == "missing":
        return Fault(f"{source} {where}", "is missing", f"Add {item['loc'][-1]}")
    problem = str(item["msg"]).removeprefix("Value error, ")
    return Fault(f"{source} {where}".rstrip(), problem[:1].lower() + problem[1:], "Change it")


def _unsaid(file: _File, measure: Measure | None) -> Iterator[checks.Finding]:
    """What keeps the file from being made into a script."""
    if file.speech == "voices":
        if file.talk is not None:
            yield "talk", "draws tone words", "Give each person's says, or leave out speech"
        if measure is None:
            yield "speech", "is aloud, and nobody measures it", "Give the measure of a voice"
    known = [person.known_as for person in file.people]
    for number, fault in enumerate(file.faults):
        if isinstance(fault, _TrackLost) and fault.who not in known:
            yield f"faults.{number}.who", f"{fault.who} is nobody", f"Known are {', '.join(known)}"
    for at, person in enumerate(file.people):
        for number, saying in enumerate(person.says):
            where = f"people.{at}.says.{number}"
            yield from _unsayable(where, saying, aloud=file.speech == "voices")


def _unsayable(where: str, saying: _Saying, *, aloud: bool) -> Iterator[checks.Finding]:
    if aloud:
        if saying.text is None:
            yield f"{where}.words", "are tone words, and people speak aloud", "Give text"
        return
    for word in (saying.text or "").split():
        try:
            to_number(word)
        except ValueError:
            fix = "Use tone words (bakito), or speech: voices"
            yield f"{where}.text", f"{word!r} is no tone word", fix


def _script(file: _File, measure: Measure | None) -> Script:
    cast = tuple(_role(person, file.faults) for person in file.people)
    stock = stock_of(len(cast), file.seed)
    turns = [
        _turn(at, saying, stock[at], person.voice, measure if file.speech == "voices" else None)
        for at, person in enumerate(file.people)
        for saying in sorted(person.says, key=lambda saying: saying.at_s)
    ]
    if file.talk is not None:
        turns += draw_turns(
            len(cast),
            file.talk.window,
            overlap=file.talk.overlap,
            stock=stock,
            free=lambda person, window: checks.may_speak(cast[person], turns, person, window),
        )
    return Script(cast, tuple(sorted(turns, key=lambda turn: turn.start_s)), _trouble(file.faults))


def _role(person: _Person, faults: Sequence[_AnyFault]) -> Role:
    lost = [f for f in faults if isinstance(f, _TrackLost) and f.who == person.known_as]
    return Role(
        identity=person.known_as,
        name=person.name,
        joins_s=person.joins_s,
        leaves_s=person.leaves_s,
        mutes=tuple(span.window for span in person.mutes),
        renames=tuple(Rename(one.at_s, one.name) for one in person.renames),
        republishes_s=tuple(sorted(person.republishes_s)),
        unheard=tuple(span.window for span in lost),
        voice=person.voice,
    )


def _turn(
    person: int, saying: _Saying, stock: Iterator[str], voice: str, measure: Measure | None
) -> Turn:
    if saying.text is None:
        return Turn(person, saying.at_s, tuple(next(stock) for _ in range(saying.words or 0)))
    spoken_s = measure(saying.text, voice) if measure else None
    return Turn(person, saying.at_s, tuple(saying.text.split()), spoken_s)


def _trouble(faults: Sequence[_AnyFault]) -> Trouble:
    slow = [fault.by_s for fault in faults if isinstance(fault, _ProviderSlow)]
    lives = [fault.after_s for fault in faults if isinstance(fault, _SessionsEnd)]
    return Trouble(
        handshake_s=max(slow, default=0.0),
        sessions_live_s=min(lives, default=None),
        lost_s=tuple(sorted(fault.at_s for fault in faults if isinstance(fault, _ProviderLost))),
    )
