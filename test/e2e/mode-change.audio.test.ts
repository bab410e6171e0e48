import { now } from '../../scripts/phone-farm/eventually';
import { Parley } from './parley';
import { TONES, Talk, aCast, type Cast } from './talk';

let parley: Parley;
let cast: Cast;
beforeAll(async () => {
  parley = await Parley.start();
  cast = await aCast(parley);
}, 120_000);
afterAll(async () => parley.stop(), 30_000);

test('a change of mode is heard within 100 ms of its request, in what others hear and in what oneself hears', async () => {
  const talk = await Talk.begin(cast, 3);
  const [customer, agent] = [talk.phones.get('customer')!, talk.phones.get('agent')!];
  const delays: number[] = [];
  for (let round = 0; round < 8; round++) {
    for (const [mode, listener, tone] of [
      [2, agent, TONES.customer],
      [3, customer, TONES.agent],
      [4, agent, TONES.customer],
    ] as const) {
      const cutAt = now();
      await talk.set('customer', mode);
      await talk.isAsItShould();
      delays.push((listener.ear.lastHeard(tone, { since: cutAt }) ?? cutAt) - cutAt);

      const openedAt = now();
      await talk.set('customer', 1);
      await talk.isAsItShould();
      delays.push(listener.ear.firstHeard(tone, { since: openedAt })! - openedAt);
    }
  }
  await talk.end();
  const sorted = delays.sort((one, other) => one - other);
  // Not the slowest, because the machine that runs this may be busy with something else for a moment.
  expect(sorted[Math.floor(sorted.length * 0.9)]).toBeLessThan(100);
}, 60_000);
