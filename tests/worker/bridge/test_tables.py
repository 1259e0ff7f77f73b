"""Every state meets every input: a step of the table, or the documented error."""

from __future__ import annotations

import itertools

import pytest

from roomhand.attribution.anchor import Anchor
from roomhand.attribution.identity import Source, Speaker, TrackRef
from roomhand.attribution.ledger import TrackLedger
from roomhand.bridge import hearing, link, rotation, spoken
from roomhand.bridge.hearing import Hearing, HearingLimits, Speech, SpeechInput
from roomhand.bridge.link import Link, LinkInput, SessionState
from roomhand.bridge.reopening import Reopening, ReopeningLimits
from roomhand.bridge.rotation import Relay, RelayInput, Rotation
from roomhand.bridge.spoken import Phase, Run, SpokenTurn, TurnInput
from roomhand.errors import IllegalInputError

pytestmark = pytest.mark.unit

TRACK = TrackRef("TR1", Source.MICROPHONE, Speaker("anna", "Anna"))
LIMITS = HearingLimits(ring=60_000, preroll=3_000, tail=1_000, longest_turn=20_000)


@pytest.mark.parametrize(("state", "given"), list(itertools.product(SessionState, LinkInput)))
def test_links(state: SessionState, given: LinkInput) -> None:
    """The connection of a lane."""
    machine = Link(Reopening(ReopeningLimits(), "seed"))
    machine.state = state
    if (state, given) in link.TABLE:
        machine.apply(given)
        assert machine.state is link.TABLE[state, given]
    else:
        with pytest.raises(IllegalInputError):
            machine.apply(given)
        assert machine.state is state


def test_a_refusal_is_final() -> None:
    """No input leads out of it."""
    assert not [state for state, _ in link.TABLE if state is SessionState.REFUSED]


@pytest.mark.parametrize(("state", "given"), list(itertools.product(Relay, RelayInput)))
def test_relays(state: Relay, given: RelayInput) -> None:
    """The sessions beside the one that serves."""
    machine = Rotation(60.0)
    machine.state = state
    if (state, given) in rotation.TABLE:
        machine.apply(given)
        assert machine.state is rotation.TABLE[state, given]
    else:
        with pytest.raises(IllegalInputError):
            machine.apply(given)
        assert machine.state is state


@pytest.mark.parametrize(("phase", "given"), list(itertools.product(Phase, TurnInput)))
def test_spoken_turns(phase: Phase, given: TurnInput) -> None:
    """A turn on its way."""
    run = Run(TRACK, Anchor(0), TrackLedger(), 0)
    machine = SpokenTurn(run, run.turn("m1", 0, 0), begin=0, phase=phase)
    if (phase, given) in spoken.TABLE:
        machine.apply(given)
        assert machine.phase is spoken.TABLE[phase, given]
    else:
        with pytest.raises(IllegalInputError):
            machine.apply(given)
        assert machine.phase is phase


def test_a_finished_turn_is_never_sent_again() -> None:
    """No input leads out of it."""
    assert not [phase for phase, _ in spoken.TABLE if phase is Phase.DONE]


def heard_in(speech: Speech) -> Hearing:
    """A hearing in this state, after 10 000 samples."""
    machine = Hearing(LIMITS, "m1")
    if speech is not Speech.ABSENT:
        machine.subscribe(TRACK, Anchor(0), TrackLedger())
        machine.receive(0, bytes(20_000))
    if speech is Speech.SPEAKING:
        machine.onset(9_000)
    return machine


def give(machine: Hearing, given: SpeechInput) -> None:
    match given:
        case SpeechInput.SUBSCRIBED:
            machine.subscribe(TRACK, Anchor(0), TrackLedger())
        case SpeechInput.AUDIO:
            machine.receive(10_000, bytes(200))
        case SpeechInput.ONSET:
            machine.onset(9_500)
        case SpeechInput.END:
            machine.end(9_800)
        case SpeechInput.JUDGED:
            machine.judged(9_900)
        case SpeechInput.RENAMED:
            machine.rename(TRACK)
        case SpeechInput.ENDED:
            machine.ended()


@pytest.mark.parametrize(("speech", "given"), list(itertools.product(Speech, SpeechInput)))
def test_speech(speech: Speech, given: SpeechInput) -> None:
    """What is on a track."""
    machine = heard_in(speech)
    if (speech, given) in hearing.TABLE:
        give(machine, given)
        assert machine.speech is hearing.TABLE[speech, given]
    else:
        with pytest.raises(IllegalInputError):
            give(machine, given)
        assert machine.speech is speech


def test_a_gap_in_the_audio_is_illegal() -> None:
    """A gap makes a new subscription; within one there is none."""
    machine = heard_in(Speech.SILENT)
    with pytest.raises(IllegalInputError):
        machine.receive(10_001, bytes(200))
