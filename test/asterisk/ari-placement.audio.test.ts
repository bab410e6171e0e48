import { now } from '../../scripts/phone-farm/eventually';
import { type Tone } from '../../scripts/phone-farm/tones';
import type { BridgeKind } from '../../src/domain/conversation/conversation';
import { BRIDGE, SILENCE, type Hearing, type Placement } from '../../src/domain/conversation/listen-speak-mode';
import type { TelephonySignal } from '../../src/ports/telephony';
import type { AriPhoneSystem } from './ari-phone-system';
import { Legs, listenUntil, type Leg } from './legs';

jest.setTimeout(60_000);

const MUSIC: Hearing = { from: 'music', musicClass: 'default' };
/** What `lifecycle.md` allows a change to take, in milliseconds. */
const SOON = 100;
/** How long is listened to each change, in milliseconds. */
const LISTEN = 300;
/** How often it is tried whether a packet slips through. */
const ATTEMPTS = 8;

let legs: Legs;
let system: AriPhoneSystem;
let signals: readonly TelephonySignal[];

beforeAll(async () => {
  legs = await Legs.start();
  ({ system, signals } = legs);
}, 60_000);
afterEach(async () => legs.clear());
afterAll(async () => system?.close(), 30_000);

type Audio = Omit<Placement, 'bridgeId'>;

const BOTH: Audio = { speaks: true, hears: BRIDGE };
const ALONE: Audio = { speaks: true, hears: SILENCE };
const NEITHER: Audio = { speaks: false, hears: SILENCE };

const aBridge = (kind?: BridgeKind) => legs.aBridge(kind);
const aLeg = (tone: Tone) => legs.aLeg(tone);
const place = (...args: Parameters<Legs['place']>) => legs.place(...args);

/**
 * What each hears from `SOON` after `since` on: all tones of any packet, so nothing slips through. A mixing bridge drops
 * a packet now and then; what is heard in less than four fifths of them, or in too few, is called patchy.
 */
async function heardSince(since: number, legs: readonly Leg[]): Promise<readonly string[]> {
  await listenUntil(since + SOON + LISTEN);
  return legs.map(({ call }) => {
    const packets = call.ear.packets({ since: since + SOON, until: since + SOON + LISTEN });
    const labels = packets.map(({ tones, other }) => [...tones, ...(other ? ['music'] : [])]);
    const all = [...new Set(labels.flat())].sort((one, next) => Number(one) - Number(next));
    const complete = labels.filter((each) => each.length === all.length).length;
    const isSteady = complete >= 0.8 * packets.length && packets.length >= 0.8 * (LISTEN / 20);
    return `${all.join('+') || 'silence'}${isSteady ? '' : `, patchy: ${complete} of ${packets.length} packets`}`;
  });
}

describe.each([
  [2, 'pair'],
  [2, 'mixing'],
  [3, 'mixing'],
] as const)('given %i parties in a bridge that is %s', (size, kind) => {
  /** What the second party hears with and without the first. */
  const [withA, withoutA] = size === 2 ? ['400', 'silence'] : ['400+1000', '1000'];

  test('every change of one of them is what all hear, 100 ms later, and everybody gets packets', async () => {
    const bridgeId = await aBridge(kind);
    const [a, b, c] = [await aLeg(400), await aLeg(700), await aLeg(1000)];
    const others = size === 2 ? [b] : [b, c];
    for (const leg of [a, ...others]) await place(leg, null, bridgeId, BOTH);
    const all = size === 2 ? '700' : '700+1000';
    await a.call.hears(size === 2 ? [700] : [700, 1000]);

    for (const { audio, aHears, bHears } of [
      { audio: BOTH, aHears: all, bHears: withA },
      { audio: { speaks: false, hears: BRIDGE }, aHears: all, bHears: withoutA },
      { audio: { speaks: true, hears: SILENCE }, aHears: 'silence', bHears: withA },
      { audio: NEITHER, aHears: 'silence', bHears: withoutA },
      { audio: { speaks: true, hears: MUSIC }, aHears: 'music', bHears: withA },
      { audio: { speaks: false, hears: MUSIC }, aHears: 'music', bHears: withoutA },
      { audio: BOTH, aHears: all, bHears: withA },
    ]) {
      const since = now();
      // Where nothing mixes, whoever has nobody to hear is to be given silence.
      const bAudio = kind === 'pair' && !audio.speaks ? ALONE : BOTH;
      await Promise.all([place(a, bridgeId, bridgeId, audio), place(b, bridgeId, bridgeId, bAudio)]);
      const heard = await heardSince(since, [a, b]);
      expect({ audio, heard }).toEqual({ audio, heard: [aHears, bHears] });
    }

    const held = now();
    await place(a, bridgeId, null, { speaks: false, hears: MUSIC });
    if (kind === 'pair') await place(b, bridgeId, bridgeId, ALONE);
    expect(await heardSince(held, [a, b])).toEqual(['music', withoutA]);
  });

  test('whoever joins, moves or leaves under a mode is not heard and hears nothing for a single packet', async () => {
    const [here, there] = [await aBridge(kind), await aBridge(kind)];
    const [a, b, c, d] = [await aLeg(400), await aLeg(700), await aLeg(1000), await aLeg(1300)];
    await place(b, null, here, BOTH);
    if (size === 3) await place(c, null, here, BOTH);
    await place(d, null, there, BOTH);

    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const joins = now();
      await place(a, null, here, NEITHER);
      await listenUntil(joins + 150);
      expect([b.call.ear.heard(400, { since: joins }), a.call.ear.heard(700, { since: joins })]).toEqual([
        false,
        false,
      ]);

      const frees = now();
      await place(a, here, here, BOTH);
      await Promise.all([a.call.hears(size === 2 ? [700] : [700, 1000], { steady: 60 }), b.call.hears(size === 2 ? [400] : [400, 1000], { steady: 60 })]); // prettier-ignore
      expect(a.call.ear.firstHeard(700, { since: frees })! - frees).toBeLessThan(SOON);
      expect(b.call.ear.firstHeard(400, { since: frees })! - frees).toBeLessThan(SOON);

      const moves = now();
      await place(a, here, there, NEITHER);
      await listenUntil(moves + 150);
      expect(d.call.ear.heard(400, { since: moves })).toBe(false);
      expect(a.call.ear.heard(1300, { since: moves })).toBe(false);
      expect(a.call.ear.heard(700, { since: moves + SOON })).toBe(false);
      expect(b.call.ear.heard(400, { since: moves + SOON })).toBe(false);

      const returns = now();
      await place(a, there, here, BOTH);
      await Promise.all([a.call.hears(size === 2 ? [700] : [700, 1000], { steady: 60 }), b.call.hears(size === 2 ? [400] : [400, 1000], { steady: 60 })]); // prettier-ignore
      expect(d.call.ear.heard(400, { since: returns })).toBe(false);
      expect(a.call.ear.heard(1300, { since: returns })).toBe(false);

      const leaves = now();
      await place(a, here, null, NEITHER);
      await listenUntil(leaves + 200);
      expect(b.call.ear.heard(400, { since: leaves + SOON })).toBe(false);
      expect(a.call.ear.packets({ since: leaves + SOON }).length).toBeGreaterThan(0);
      expect(a.call.ear.heard(700, { since: leaves + SOON })).toBe(false);
    }
  });

  test('a phone that holds and takes back undoes no mode, its own or that of others', async () => {
    const bridgeId = await aBridge(kind);
    const [a, b, c] = [await aLeg(400), await aLeg(700), await aLeg(1000)];
    for (const leg of size === 2 ? [b] : [b, c]) await place(leg, null, bridgeId, BOTH);
    await place(a, null, bridgeId, NEITHER);

    for (const holder of [b, a]) {
      const since = now();
      await holder.call.hold();
      await heardSince(now(), []);
      await holder.call.resume();
      await heardSince(now(), []);
      expect(a.call.ear.heard(700, { since })).toBe(false);
      expect(b.call.ear.heard(400, { since })).toBe(false);
      expect(a.call.ear.packets({ since }).some(({ other }) => other)).toBe(false);
      expect(b.call.ear.packets({ since }).some(({ other }) => other)).toBe(false);
    }

    await place(a, bridgeId, bridgeId, BOTH);
    const since = now();
    await a.call.hold();
    await heardSince(now(), []);
    expect(b.call.ear.packets({ since }).some(({ other }) => other)).toBe(false);
    await a.call.resume();
    await a.call.hears(size === 2 ? [700] : [700, 1000]);
    await b.call.hears(size === 2 ? [400] : [400, 1000]);
  });
});

test('given music that goes on, a placement that asks for it again does not restart it', async () => {
  const bridgeId = await aBridge();
  const leg = await aLeg(400);
  await place(leg, null, null, { speaks: true, hears: MUSIC });
  await leg.call.hearsMusic();
  const since = now();
  await place(leg, null, bridgeId, { speaks: false, hears: MUSIC });
  await place(leg, bridgeId, bridgeId, { speaks: true, hears: MUSIC });
  await listenUntil(since + 300);
  expect(leg.call.ear.longestGap({ since })).toBeLessThan(100);
  expect(leg.call.ear.packets({ since }).filter(({ other }) => !other)).toEqual([]);
});

test('given a caller who waits unanswered, it hears nobody when it is answered into a bridge', async () => {
  const bridgeId = await aBridge();
  const b = await aLeg(700);
  await place(b, null, bridgeId, BOTH);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const call = await system.farm.call({ from: `555${attempt}`, to: '9000', tone: 400 });
    const find = () =>
      signals.find((each) => each.type === 'caller-entered' && each.telnumber === `555${attempt}`);
    await system.until(() => find() !== undefined, 'the caller should be told of');
    const entered = find();
    const { channelId } = entered?.type === 'caller-entered' ? entered : (undefined as never);
    await system.telephony.receive(channelId, false);
    // Answering ends what is played; asking for the same again must start it again.
    const hears = attempt % 2 === 0 ? MUSIC : SILENCE;
    await system.telephony.place(channelId, null, { bridgeId: null, speaks: false, hears });

    const since = now();
    await system.telephony.place(channelId, null, { ...NEITHER, bridgeId });
    await call.answered();
    await listenUntil(now() + 150);
    expect(call.ear.heard(700, { since })).toBe(false);
    expect(b.call.ear.heard(400, { since })).toBe(false);
    await system.telephony.place(channelId, bridgeId, { ...BOTH, bridgeId });
    await Promise.all([call.hears([700]), b.call.hears([400])]);
    await system.telephony.hangUp(channelId);
    await call.ended();
  }
});
