import type { SipUser } from '../../src/domain/ids';
import type { Answer, Input } from '../../src/domain/input';
import type { TelephonySignal } from '../../src/ports/telephony';
import { Service } from '../../src/runtime/service';
import { VirtualTime } from '../simulation/virtual-time';
import { aTelephony, quietSurroundings } from '../support/fakes';
import { Disk, MemoryStorage } from '../support/memory-storage/memory-storage';
import { APP } from '../support/worlds';

const ONCE = { key: 'one', fingerprint: 'an extension' };
const line = { type: '1', user: '100001' as SipUser, digest: '0'.repeat(32) } as const;
const CREATE: Input<'create-extension'> = { type: 'create-extension', app: APP, line };
const BUSY = { reason: 'busy' };

type Made = Answer<'create-extension'>;

/** One life of the service on the disk. `provision`: how Asterisk makes accounts. */
async function aLife(disk: Disk, provision: () => Promise<void>) {
  const time = new VirtualTime();
  let tell: (signal: TelephonySignal) => void = () => undefined;
  const starting = Service.start({
    ...quietSurroundings,
    storage: new MemoryStorage(disk),
    telephony: aTelephony({
      provision,
      onSignal: (listener) => {
        tell = listener;
        return () => undefined;
      },
    }),
    clock: time.clockOf('service'),
    keepDays: null,
  });
  await time.idle(1_000);
  const service = await starting;
  const connect = async (): Promise<void> => {
    tell({ type: 'connected' });
    await time.idle(1_000);
  };
  /** What came of it within so many milliseconds; undefined: nothing yet. */
  const asked = async (withinMs = 1_000): Promise<Made | Error | undefined> => {
    let result: Made | Error | undefined;
    service.ask(CREATE, ONCE).then(
      (answer) => (result = answer),
      (error: Error) => (result = error),
    );
    await time.idle(withinMs);
    return result;
  };
  return { service, connect, asked };
}

const works = async (): Promise<void> => undefined;
const refuses = (): Promise<void> => Promise.reject(new Error('Asterisk would not'));
const hangs = (): Promise<void> => new Promise(() => undefined);

test('given Asterisk refuses the account, the key is free again, and the repeat makes the extension', async () => {
  let provision = refuses;
  const { service, connect, asked } = await aLife(new Disk(), () => provision());
  await connect();
  expect(await asked()).toMatchObject({ reason: 'phone-system-failed' });
  expect(service.world.extensions.size).toBe(0);

  provision = works;
  const made = await asked();
  expect([...service.world.extensions.values()]).toEqual([made]);
  expect(await asked()).toEqual(made);
});

test('given a crash before the account is live, the repeat gets the one extension, before Asterisk is back too', async () => {
  const disk = new Disk();
  const first = await aLife(disk, hangs);
  await first.connect();
  expect(await first.asked()).toBeUndefined();

  const second = await aLife(disk, works);
  const answer = await second.asked();
  expect([...second.service.world.extensions.values()]).toEqual([answer]);
  await second.connect();
  expect(await second.asked()).toEqual(answer);
  expect(second.service.world.extensions.size).toBe(1);
});

test('given a request that was never taken, it is refused as without a key while Asterisk is away', async () => {
  const { connect, asked } = await aLife(new Disk(), works);
  expect(await asked()).toMatchObject(BUSY);
  await connect();
  expect(await asked()).toMatchObject({ line });
});

test('given a service that is being stopped, nothing is begun by a key', async () => {
  const { service, connect, asked } = await aLife(new Disk(), works);
  await connect();
  await service.finish();
  expect(await asked()).toMatchObject(BUSY);
  expect(service.world.extensions.size).toBe(0);
});
