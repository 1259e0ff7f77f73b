"""What people's tracks can be and do, and what the record says of it: each outcome exact."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from livekit import rtc
from pydantic import SecretStr

from roomhand.attribution.segments import SegmentKind
from roomhand.room.encryption import encryption_of
from roomhand.settings import VadKind
from tests.sim import tones
from tests.sim.realtime_server import RealtimeServer
from tests.sim.script import SAID_EACH_S
from tests.system.stage import LISTENER, RATE, Minutes, Tap, Venue, openai_plugin, people, sitting
from tests.worker.room.speaking_person import Person, hush
from tests.worker.room.strict_listener import eventually

pytestmark = [pytest.mark.livekit, pytest.mark.redis]

WORDS = tones.speaker_words(0, 12)
KEY = SecretStr("everybody-here-knows-it")


def balanced(minutes: Minutes) -> bool:
    """Every sample of every subscription is accounted for, and none was dropped."""
    return set(minutes.unaccounted.values()) <= {0} and minutes.dropped == {}


def spoken(words: list[str], rate: int = RATE) -> tones.Samples:
    """Words, the moment that a new track needs before it carries sound, and the turn's end."""
    return np.concatenate([hush(400, rate=rate), tones.encode(words, rate), hush(800, rate=rate)])


def white_noise(seconds: float, level_dbfs: float) -> tones.Samples:
    rng = np.random.default_rng(7)
    drawn = rng.normal(0, 32_767 * 10 ** (level_dbfs / 20), round(seconds * RATE))
    return np.clip(drawn, -32_768, 32_767).astype(np.int16)


async def test_silence_and_noise_cost_no_session_and_make_no_words(venue: Venue) -> None:
    """Digital silence, a quiet and a loud noise: with the network that ships, nothing is sent."""
    sounds = [hush(4000, rate=RATE), white_noise(4, -50), white_noise(4, -25)]
    async with (
        RealtimeServer() as server,
        sitting(venue, openai_plugin(server), LISTENER, vad=VadKind.NEURAL) as held,
        people(venue, "Anna", "Ben", "Cleo") as present,
    ):
        await held.seat.hears(*(known.track for _, known in present))
        await asyncio.gather(
            *(who.say(sound) for (who, _), sound in zip(present, sounds, strict=True))
        )
        assert server.sessions == []
    assert held.minutes.segments == []
    assert balanced(held.minutes)
    assert len(held.minutes.accounts) == 3
    for account in held.minutes.accounts:
        assert account.ledger.gated == account.ledger.received >= 3 * RATE


async def test_telephone_sound_is_understood(venue: Venue, tap: Tap) -> None:
    """A participant who publishes 8 kHz audio."""
    async with RealtimeServer() as server, sitting(venue, openai_plugin(server), LISTENER) as held:
        caller = await venue.person("p-call", name="Caller", rate=8_000)
        sid = await caller.publish()
        await held.seat.hears(sid)
        await caller.say(spoken(WORDS[:5], 8_000))
        await held.seat.until(lambda now: now.words_of("p-call"))
        await caller.leave()
    assert held.minutes.words_of("p-call") == tap.carried(sid, WORDS[:5])
    assert balanced(held.minutes)


async def test_a_track_that_ends_in_a_word_keeps_the_words_before(venue: Venue, tap: Tap) -> None:
    """The half word is heard by the model, but nobody makes a whole one of it."""
    async with (
        RealtimeServer() as server,
        sitting(venue, openai_plugin(server), LISTENER) as held,
        people(venue, "Anna") as [(anna, known)],
    ):
        await held.seat.hears(known.track)
        audio = np.concatenate([hush(400, rate=RATE), tones.encode(WORDS[:4])])
        await anna.say(audio[: round((0.4 + 3 * SAID_EACH_S + 0.2) * RATE)])
        await anna.unpublish()
        await held.seat.until(lambda now: now.segments)
    assert held.minutes.words_of("p-anna") == tap.carried(known.track, WORDS[:3])
    assert len(held.minutes.segments) == 1
    assert balanced(held.minutes)


async def test_one_track_too_many_is_announced_and_moves_up(venue: Venue, tap: Tap) -> None:
    """With max_tracks 2 the third is refused with a notice and a hole; when one leaves, heard."""
    async with (
        RealtimeServer() as server,
        sitting(venue, openai_plugin(server), LISTENER, max_tracks=2) as held,
        people(venue, "Anna", "Ben") as present,
    ):
        await held.seat.hears(*(known.track for _, known in present))
        cleo = await venue.person("p-cleo", name="Cleo")
        sid = await cleo.publish()
        await held.seat.until(lambda now: now.of(SegmentKind.NOTICE))
        await cleo.say(spoken(WORDS[:3]))
        await present[0][0].unpublish()
        await held.seat.hears(sid)
        await cleo.say(spoken(WORDS[3:6]))
        await held.seat.until(lambda now: now.words_of("p-cleo"))
        await cleo.leave()
    assert held.minutes.words_of("p-cleo") == tap.carried(sid, WORDS[3:6])
    refused, heard = (segment.text for segment in held.minutes.of(SegmentKind.NOTICE))
    assert refused == "Cleo (microphone): the limit of 2 tracks is reached"
    assert heard == "Cleo (microphone): there is room for this track now"
    absent = [ledger.absent["max_tracks"] for ledger in held.minutes.ledgers_of("p-cleo")]
    assert sum(absent) / RATE == pytest.approx(0.4 + 3 * SAID_EACH_S + 0.8, abs=0.8)
    assert balanced(held.minutes)


async def test_mute_hides_what_is_said_and_nothing_else(venue: Venue, tap: Tap) -> None:
    """Words before and after a mute are recorded, those in it are not."""
    async with (
        RealtimeServer() as server,
        sitting(venue, openai_plugin(server), LISTENER) as held,
        people(venue, "Anna") as [(anna, known)],
    ):
        await held.seat.hears(known.track)
        await anna.say(spoken(WORDS[:3]))
        assert anna.track is not None
        anna.track.mute()
        await anna.say(spoken(WORDS[3:6]))
        anna.track.unmute()
        await anna.say(np.concatenate([hush(500, rate=RATE), spoken(WORDS[6:9])]))
        await held.seat.until(lambda now: set(WORDS[6:9]) & set(now.words_of("p-anna")))
    audible = tap.carried(known.track, WORDS[:3] + WORDS[6:9])
    assert held.minutes.words_of("p-anna") == audible
    assert balanced(held.minutes)


async def test_who_rejoins_under_the_same_identity_is_the_same_person(
    venue: Venue, tap: Tap
) -> None:
    """Gone and back with a new track: one speaker, two tracks, all words."""

    async def come() -> tuple[Person, str]:
        person = await venue.person("p-anna", name="Anna")
        return person, await person.publish()

    async with RealtimeServer() as server, sitting(venue, openai_plugin(server), LISTENER) as held:
        sids = []
        for words in (WORDS[:3], WORDS[3:6]):
            anna, sid = await come()
            sids.append(sid)
            await held.seat.hears(sid)
            await anna.say(spoken(words))
            await anna.leave()
            await eventually(lambda: not held.seat.agent._ears.heard)
        await held.seat.until(lambda now: len(now.of(SegmentKind.SPEECH)) == 2)
    said = (WORDS[:3], WORDS[3:6])
    carried = [tap.carried(sid, words) for sid, words in zip(sids, said, strict=True)]
    assert held.minutes.words_of("p-anna") == [word for words in carried for word in words]
    assert [one.track for one in held.minutes.of(SegmentKind.SPEECH)] == sids
    assert {one.name for one in held.minutes.of(SegmentKind.SPEECH)} == {"Anna"}
    assert balanced(held.minutes)


async def test_who_changes_name_and_device_stays_one_person(venue: Venue, tap: Tap) -> None:
    """Each word under the name of when it was said, also within one track; the same identity on
    another device throws the first one out, and is heard."""
    said: list[tuple[str, str, list[str]]] = []
    async with RealtimeServer() as server, sitting(venue, openai_plugin(server), LISTENER) as held:
        ears = held.seat.agent._ears
        anna = await venue.person("p-anna", name="Anna")
        sid = await anna.publish()
        await held.seat.hears(sid)
        for name, words in (("Anna", WORDS[:3]), ("Annie", WORDS[3:6])):
            await anna.room.local_participant.set_name(name)
            await eventually(lambda name=name: [one.speaker.name for one in ears.heard] == [name])  # type: ignore[misc]
            await anna.say(spoken(words))
            said.append((sid, name, words))
        other = await venue.person("p-anna", name="Annie")
        sid = await other.publish()
        await held.seat.hears(sid)
        assert len(ears.heard) == 1
        await other.say(spoken(WORDS[6:9]))
        said.append((sid, "Annie", WORDS[6:9]))
        await held.seat.until(lambda now: len(now.of(SegmentKind.SPEECH)) == len(said))
        await other.leave()
    assert [
        (one.speaker, one.track, one.name, one.text) for one in held.minutes.of(SegmentKind.SPEECH)
    ] == [("p-anna", sid, name, " ".join(tap.carried(sid, words))) for sid, name, words in said]
    assert balanced(held.minutes)


async def test_a_second_track_of_a_person_is_theirs_too(venue: Venue, tap: Tap) -> None:
    """Microphone and screen audio at once: one identity, each segment with its own source."""
    async with RealtimeServer() as server, sitting(venue, openai_plugin(server), LISTENER) as held:
        anna = await venue.person("p-anna", name="Anna")
        microphone = await anna.publish()
        screen = Person(anna.room, RATE, 1)
        shared = await screen.publish(rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO)
        await held.seat.hears(microphone, shared)
        await asyncio.gather(anna.say(spoken(WORDS[:3])), screen.say(spoken(WORDS[3:6])))
        await held.seat.until(lambda now: len(now.of(SegmentKind.SPEECH)) == 2)
        await anna.leave()
    found = {(one.source, one.track, one.text) for one in held.minutes.of(SegmentKind.SPEECH)}
    assert found == {
        ("microphone", microphone, " ".join(tap.carried(microphone, WORDS[:3]))),
        ("screen_audio", shared, " ".join(tap.carried(shared, WORDS[3:6]))),
    }
    assert balanced(held.minutes)


def encryption(venue: Venue) -> rtc.E2EEOptions:
    """As a person's client has it."""
    made = encryption_of(venue.settings(e2ee_key=KEY))
    assert made is not None
    return made


async def test_an_agent_with_the_key_hears_an_encrypted_room(venue: Venue, tap: Tap) -> None:
    """As it hears any other."""
    async with (
        RealtimeServer() as server,
        sitting(venue, openai_plugin(server), LISTENER, e2ee_key=KEY) as held,
    ):
        anna = await venue.person("p-anna", name="Anna", encryption=encryption(venue))
        sid = await anna.publish()
        await held.seat.hears(sid)
        await anna.say(spoken(WORDS[:5]))
        await held.seat.until(lambda now: now.words_of("p-anna"))
        await anna.leave()
    assert held.minutes.words_of("p-anna") == tap.carried(sid, WORDS[:5])
    assert held.minutes.completeness().complete


async def test_without_the_key_it_says_what_it_cannot_hear(venue: Venue) -> None:
    """Noise is nobody's words: the track is refused with a notice, and its time is a hole."""
    async with RealtimeServer() as server, sitting(venue, openai_plugin(server), LISTENER) as held:
        anna = await venue.person("p-anna", name="Anna", encryption=encryption(venue))
        await anna.publish()
        await held.seat.until(lambda now: now.of(SegmentKind.NOTICE))
        await anna.say(spoken(WORDS[:3]))
        await anna.leave()
        assert server.sessions == []
    (notice,) = held.minutes.of(SegmentKind.NOTICE)
    assert notice.text == "Anna (microphone): it is encrypted, and ROOMHAND_E2EE_KEY is not set"
    assert held.minutes.words_of("p-anna") == []
    (hole,) = held.minutes.completeness().holes
    assert (hole.identity, hole.reason) == ("p-anna", "encrypted")
    assert hole.length_ms >= 3 * SAID_EACH_S * 1000
    assert balanced(held.minutes)
