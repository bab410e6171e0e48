import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AriConnection, type Pauses } from '../../src/adapters/ari/ari-connection';
import type { Clock } from '../../src/ports/system';
import { eventually } from '../../scripts/phone-farm/eventually';
import { silent, turn, unmeasured } from '../support/fakes';

let server: Server;
beforeEach(async () => {
  server = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.close();
  await once(server, 'close');
});

const unheard = {
  connected: () => undefined,
  disconnected: () => undefined,
  occupied: () => undefined,
  event: () => undefined,
};

/** To where no Asterisk is. */
function aConnection(pauses: Pauses): AriConnection {
  const settings = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    user: 'parley',
    password: 'secret',
    application: 'parley',
    silenceClass: 'parley-silence',
    ringbackClass: 'parley-ringback',
    soundClassesFile: '',
    realm: 'asterisk',
    deadlineMs: 5_000,
  };
  return new AriConnection(settings, silent, unmeasured, pauses, unheard);
}

/** The first of its waits, in milliseconds, on a clock that jumps. Chance always says the same. */
async function waitsOf(count: number, chance: number): Promise<readonly number[]> {
  const waits: number[] = [];
  const after: Clock['after'] = (milliseconds, action) => {
    waits.push(milliseconds);
    const turn = setImmediate(action);
    return () => clearImmediate(turn);
  };
  const connection = aConnection({ clock: { after }, chance: { number: () => chance } });
  await eventually(
    () => waits.length >= count,
    10_000,
    () => `it should try again: ${waits.join(', ')}`,
  );
  connection.close();
  return waits.slice(0, count);
}

test('given no Asterisk, the pauses before it is tried again grow to five seconds and stay there', async () => {
  const waits = await waitsOf(8, 1 - Number.EPSILON);

  expect(waits.map(Math.round)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
});

test.each([
  [0, [125, 250, 500]],
  [0.5, [187.5, 375, 750]],
])('given chance says %d, each pause is so far between half and all of it', async (chance, pauses) => {
  expect(await waitsOf(3, chance)).toEqual(pauses);
});

test('given it is closed in a pause, the pause ends and nothing is tried any more', async () => {
  const tried = jest.fn();
  server.on('request', tried);
  const [after, cancel] = [jest.fn(), jest.fn()];
  after.mockReturnValue(cancel);
  const connection = aConnection({ clock: { after }, chance: { number: () => 0 } });
  await eventually(
    () => after.mock.calls.length > 0,
    5_000,
    () => 'it should be in a pause',
  );

  connection.close();
  await turn();

  expect([tried, after, cancel].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
});
