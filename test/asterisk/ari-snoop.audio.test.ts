import { now } from '../../scripts/phone-farm/eventually';
import type { Tone } from '../../scripts/phone-farm/tones';
import { connectAri } from '../../src/adapters/ari/ari-connection';
import { BRIDGE, SILENCE, type Hearing, type Placement } from '../../src/domain/conversation/listen-speak-mode';
import type { BridgeId, ChannelId } from '../../src/domain/ids';
import type { TelephonySignal } from '../../src/ports/telephony';
import { COACHING, SEATED, type Party, type Seat } from '../contract/coaching';
import { PAUSES, SILENT, type AriPhoneSystem } from './ari-phone-system';
import { Legs, listenUntil, newId, type Leg } from './legs';
import { unmeasured } from '../support/fakes';

jest.setTimeout(60_000);

const BOTH: Omit<Placement, 'bridgeId'> = { speaks: true, hears: BRIDGE };
const MUSIC: Hearing = { from: 'music', musicClass: 'default' };
/** Within so many milliseconds a change is what all but the coach hear. */
const SOON = 200;
/** And the coach: Asterisk may keep half a second of the agent's voice for it. */
const LATER = 600;
/** Packets come every 20 ms; the machine that listens has other work. */
const NO_GAP = 250;
/** How often it is tried whether a packet slips through. */
const ATTEMPTS = 8;
const TONES = { customer: 400, agent: 700, coach: 1000 } as const;
type Person = keyof typeof TONES;
const PEOPLE = Object.keys(TONES) as readonly Person[];

let legs: Legs;
let system: AriPhoneSystem;

beforeAll(async () => {
  legs = await Legs.start();
  ({ system } = legs);
}, 60_000);
afterEach(async () => legs.clear());
afterAll(async () => system?.close(), 30_000);

/** A customer and an agent who talk; and a coach who sits aside, with a snoop on the agent if it is `coached`. */
async function aTalk({ coached = true } = {}) {
  const bridges: Record<Seat, BridgeId> = {
    talk: await legs.aBridge(),
    aside: await legs.aBridge(),
    elsewhere: await legs.aBridge(),
  };
  const [customer, agent, coach] = [await legs.aLeg(400), await legs.aLeg(700), await legs.aLeg(1000)];
  await legs.place(customer, null, bridges.talk, BOTH);
  await legs.place(agent, null, bridges.talk, BOTH);
  await legs.place(coach, null, bridges.aside, BOTH);
  const listen = async (): Promise<ChannelId> => {
    const snoop = await legs.aSnoop(agent);
    await legs.place({ channelId: snoop }, null, bridges.aside, BOTH);
    return snoop;
  };
  return { bridges, customer, agent, coach, listen, snoop: coached ? await listen() : newId<ChannelId>() };
}

/** All hear for a while exactly what they should, and soon after `since` not one packet of anything else. */
async function hear(since: number, ...expected: readonly (readonly [Leg, readonly Tone[]])[]): Promise<void> {
  await Promise.all(
    expected.map(([{ call }, tones]) => (tones.length > 0 ? call.hears(tones) : call.hearsNothing())),
  );
  for (const [{ call, tone: own }, tones] of expected) {
    const from = since + (own === TONES.coach ? LATER : SOON);
    const heard = new Set(call.ear.packets({ since: from }).flatMap((packet) => packet.tones));
    expect({ own, others: [...heard].filter((tone) => !tones.includes(tone)) }).toEqual({ own, others: [] });
  }
}

test('given each of them is placed otherwise in turn, each hears whom they should', async () => {
  const { bridges, ...parties } = await aTalk();
  const channels: Record<Party, Pick<Leg, 'channelId'>> = { ...parties, snoop: { channelId: parties.snoop } };
  const begin = now();
  for (const { when, change, heard } of COACHING) {
    for (const people of [heard, COACHING[0]!.heard]) {
      for (const [name, changed] of Object.entries(change) as [Party, (typeof change)[Party]][]) {
        const { bridge, ...audio } = people === heard ? { ...SEATED[name], ...changed } : SEATED[name];
        await legs.place(channels[name], null, bridge && bridges[bridge], audio);
      }
      const expected = PEOPLE.map((each) => [parties[each], people[each].map((one) => TONES[one])] as const);
      await hear(now(), ...expected).catch((error: Error) => {
        throw new Error(`given ${when}: ${error.message}`, { cause: error });
      });
    }
  }
  expect(parties.customer.call.ear.heard(TONES.coach, { since: begin })).toBe(false);
});

test('given coaches come and go in whatever way, not one packet of theirs reaches the customer', async () => {
  const { bridges, customer, agent, coach, listen } = await aTalk({ coached: false });
  const { telephony } = system;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const comes = now();
    const snoop = await listen();
    await hear(comes, [customer, [700]], [agent, [400, 1000]], [coach, [400, 700]]);
    expect(agent.call.ear.firstHeard(1000, { since: comes })! - comes).toBeLessThan(SOON);
    expect(coach.call.ear.firstHeard(400, { since: comes })! - comes).toBeLessThan(LATER);

    if (attempt % 3 === 0) await telephony.hangUp(snoop);
    if (attempt % 3 === 1) await legs.place(coach, bridges.aside, bridges.elsewhere, BOTH);
    if (attempt % 3 === 2) await telephony.closeBridge(bridges.aside);
    const goes = now();
    await hear(goes, [customer, [700]], [agent, [400]], [coach, []]);
    expect(agent.call.ear.longestGap({ since: comes })).toBeLessThan(NO_GAP);

    await telephony.hangUp(snoop);
    if (attempt % 3 === 2) bridges.aside = await legs.aBridge();
    await legs.place(coach, null, bridges.aside, BOTH);
  }
  expect(customer.call.ear.heard(1000)).toBe(false);
});

test('given the agent moves between bridges, the coach hears the next and is heard without a break', async () => {
  const { bridges, customer, agent, coach } = await aTalk();
  const other = await legs.aLeg(1300);
  await legs.place(other, null, bridges.elsewhere, BOTH);
  await hear(now(), [agent, [400, 1000]], [coach, [400, 700]]);
  const begin = now();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const leaves = now();
    await legs.place(agent, bridges.talk, bridges.elsewhere, BOTH);
    await hear(leaves, [customer, []], [other, [700]], [agent, [1000, 1300]], [coach, [700, 1300]]);
    const returns = now();
    await legs.place(agent, bridges.elsewhere, bridges.talk, BOTH);
    await hear(returns, [customer, [700]], [other, []], [agent, [400, 1000]], [coach, [400, 700]]);
  }
  for (const { call } of [agent, coach]) expect(call.ear.longestGap({ since: begin })).toBeLessThan(NO_GAP);
  for (const { call } of [customer, other]) expect(call.ear.heard(1000)).toBe(false);
});

test('given music is played to the agent, the coach hears it too, and is heard over it', async () => {
  const { bridges, customer, agent, coach } = await aTalk();
  for (const [bridgeId, speaks] of [
    [bridges.talk, true],
    [null, false],
  ] as const) {
    const since = now();
    await legs.place(agent, bridges.talk, bridgeId, { speaks, hears: MUSIC });
    await Promise.all([agent.call.hearsMusic(), coach.call.hearsMusic()]);
    await hear(since, [customer, speaks ? [700] : []]);
    for (const [{ call }, tone, isHeard] of [
      [agent, 1000, true],
      [agent, 400, false],
      [coach, 700, speaks],
      [coach, 400, false],
    ] as const) {
      const isSo = (): boolean => call.ear.heard(tone, { since: now() - 200 }) === isHeard;
      await system.until(isSo, `${tone} Hz should ${isHeard ? '' : 'not '}be heard besides`);
    }
  }
});

test('given music is played to the snoop, the agent hears it instead of the coach, and nobody else does', async () => {
  const { bridges, customer, agent, coach, snoop } = await aTalk();
  const since = now();
  await legs.place({ channelId: snoop }, bridges.aside, bridges.aside, { speaks: true, hears: MUSIC });
  await agent.call.hearsMusic();
  await hear(since, [customer, [700]], [coach, [400, 700]]);
  expect(agent.call.ear.heard(1000, { since: since + SOON })).toBe(false);
});

test('given any of their phones holds and takes back, nobody hears music, and all is as it was', async () => {
  const { customer, agent, coach } = await aTalk();
  const begin = now();
  const all: readonly (readonly [Leg, readonly Tone[]])[] = [
    [customer, [700]],
    [agent, [400, 1000]],
    [coach, [400, 700]],
  ];
  await hear(begin, ...all);
  for (const holder of [customer, agent, coach]) {
    const since = now();
    await holder.call.hold();
    const others = all.filter(([leg]) => leg !== holder);
    await hear(
      since,
      ...others.map(([leg, tones]) => [leg, tones.filter((tone) => tone !== holder.tone)] as const),
    );
    await holder.call.resume();
    await hear(now(), ...all);
  }
  const music = all.flatMap(([{ call }]) => call.ear.packets({ since: begin }).filter(({ other }) => other));
  expect(music).toEqual([]);
  expect(customer.call.ear.heard(1000)).toBe(false);
});

test('given nobody sends a packet, coach and agent get them all the same', async () => {
  const { bridges, customer, agent, coach } = await aTalk();
  for (const { call } of [customer, agent, coach]) call.fallSilent();
  for (const bridgeId of [bridges.talk, null]) {
    if (bridgeId === null) await legs.place(agent, bridges.talk, null, { speaks: false, hears: SILENCE });
    const since = now();
    await listenUntil(since + 2_500);
    for (const { call } of [agent, coach]) expect(call.ear.longestGap({ since })).toBeLessThan(NO_GAP);
  }
});

test('given two coaches, the agent hears both, and they hear all but each other', async () => {
  const { bridges, customer, agent, coach } = await aTalk();
  const second = await legs.aLeg(1300);
  await legs.place(second, null, bridges.elsewhere, BOTH);
  const since = now();
  const snoop = await legs.aSnoop(agent);
  await legs.place({ channelId: snoop }, null, bridges.elsewhere, BOTH);
  const of = [coach, second].map((each) => [each, [400, 700]] as const);
  await hear(since, [customer, [700]], [agent, [400, 1000, 1300]], ...of);

  const leaves = now();
  await system.telephony.hangUp(snoop);
  await hear(leaves, [customer, [700]], [agent, [400, 1000]], [coach, [400, 700]], [second, []]);
  for (const tone of [1000, 1300] as const) expect(customer.call.ear.heard(tone)).toBe(false);
});

test('given the agent hangs up, its end and that of the snoop are told, and the coach hears nothing', async () => {
  const { bridges, customer, agent, coach, snoop } = await aTalk();
  const ends = now();
  await agent.call.hangUp();
  await legs.untilTold('leg-ended', snoop);
  await hear(ends, [customer, []], [coach, []]);
  const ofSnoop = legs.signals.filter((each) => 'channelId' in each && each.channelId === snoop);
  expect(ofSnoop).toEqual([
    { type: 'leg-answered', channelId: snoop },
    { type: 'leg-ended', channelId: snoop, cause: 0 },
  ]);
  const alive = await system.telephony.alive();
  expect([alive.channels.has(snoop), alive.bridges.get(bridges.aside)]).toEqual([false, [coach.channelId]]);
  expect(coach.call.ear.longestGap({ since: ends })).toBeLessThan(NO_GAP);
  expect(customer.call.ear.heard(1000)).toBe(false);
});

test('given the agent hangs up in the same moment, the snoop is gone or its end is told', async () => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const agent = await legs.aLeg(700);
    const snoop = newId<ChannelId>();
    const hangUp = () => system.telephony.hangUp(agent.channelId);
    const listen = () => system.telephony.snoop(snoop, agent.channelId);
    const [, fate] =
      attempt % 2 === 0
        ? await Promise.all([hangUp(), listen()])
        : (await Promise.all([listen(), hangUp()])).reverse();
    if (fate === 'asked') await legs.untilTold('leg-ended', snoop);
    expect((await system.telephony.alive()).channels.has(snoop)).toBe(false);
  }
});

test('given a caller who goes back to the dialplan, its snoop listens on until it is hung up', async () => {
  const coach = await legs.aLeg(1000);
  const aside = await legs.aBridge();
  await legs.place(coach, null, aside, BOTH);
  const call = await system.farm.call({ from: '5550031', to: '9000', tone: 400 });
  const find = () => legs.signals.find((each) => each.type === 'caller-entered' && each.telnumber === '5550031');
  await system.until(() => find() !== undefined, 'the caller should be told of');
  const { channelId } = find() as TelephonySignal & { readonly channelId: ChannelId };
  await system.telephony.receive(channelId, true);
  await call.answered();
  const snoop = await legs.aSnoop({ channelId, call, tone: 400 });
  await legs.place({ channelId: snoop }, null, aside, BOTH);
  await coach.call.hears([400]);
  await system.telephony.release(channelId, null, {});
  await coach.call.hears([400]);
  await system.telephony.hangUp(snoop);
  await coach.call.hearsNothing();
  await call.hangUp();
});

test('given another process takes over, it sees the snoop, and placing all again is not heard', async () => {
  const { bridges, customer, agent, coach, snoop } = await aTalk();
  await hear(now(), [agent, [400, 1000]], [coach, [400, 700]]);
  await system.telephony.close();
  const next = connectAri(system.ariSettings(), SILENT, system.sounds, unmeasured, PAUSES);
  const told: TelephonySignal[] = [];
  next.onSignal((signal) => void told.push(signal));
  await system.until(() => told.some(({ type }) => type === 'connected'), 'the next should be connected');
  const alive = await next.alive();
  expect(alive.channels.get(snoop)).toBe('up');
  expect(alive.bridges.get(bridges.aside)).toEqual(expect.arrayContaining([snoop, coach.channelId]));

  const since = now();
  expect(await next.place(snoop, bridges.aside, { ...BOTH, bridgeId: bridges.aside })).toBe('asked');
  await hear(since - SOON, [customer, [700]], [agent, [400, 1000]], [coach, [400, 700]]);
  expect(coach.call.ear.longestGap({ since })).toBeLessThan(NO_GAP);

  expect(await next.limit(snoop, 1)).toBe('asked');
  const isEnded = (): boolean => told.some((each) => each.type === 'leg-ended' && each.channelId === snoop);
  await system.until(isEnded, 'the snoop should end when its time is over');
  for (const { channelId } of [customer, agent, coach]) await next.hangUp(channelId);
  for (const bridgeId of Object.values(bridges)) await next.closeBridge(bridgeId);
  legs.forget();
  await next.close();
  expect(await system.problems()).toEqual([]);
});
