import type { AgentName, ChannelId, SipUser } from '../../src/domain/ids';
import type { ChannelState } from '../../src/domain/input';
import { StorageUnavailable, type Batch } from '../../src/ports/storage';
import type { TelephonySignal } from '../../src/ports/telephony';
import { Service } from '../../src/runtime/service';
import { VirtualTime } from '../simulation/virtual-time';
import { aTelephony, quietSurroundings } from '../support/fakes';
import { Disk, MemoryStorage } from '../support/memory-storage/memory-storage';
import { ANN } from '../support/happenings';
import { APP, SETTINGS } from '../support/worlds';

const USER = '100001' as SipUser;
const CALLER = 'caller' as ChannelId;
const RING_SECONDS = 20;
const ENQUEUE = `<enqueue><route><agent name="${ANN}" fetch_timeout="${RING_SECONDS}"/></route></enqueue>`;

class FailingStorage extends MemoryStorage {
  isAway = false;

  override async commit(batch: Batch): Promise<void> {
    if (this.isAway) throw new StorageUnavailable('the disk is full');
    await super.commit(batch);
  }
}

/** A service whose phones ring, and nobody answers. */
async function aService(disk = new Disk(), seconds = 0) {
  const time = new VirtualTime();
  await time.idle(seconds * 1_000);
  const storage = new FailingStorage(disk);
  const channels = new Map<ChannelId, ChannelState>();
  let rung = 0;
  let tell: (signal: TelephonySignal) => void = () => undefined;
  const telephony = aTelephony({
    dial: async ({ channelId }) => {
      rung += 1;
      channels.set(channelId, 'ringing');
    },
    hangUp: async (channelId) => {
      channels.delete(channelId);
      tell({ type: 'leg-ended', channelId, cause: 16 });
      return 'asked';
    },
    alive: async () => ({
      channels: new Map(channels),
      bridges: new Map(),
      accounts: new Map([[USER, 'reachable' as const]]),
      trunks: new Set(),
      callers: [],
      resumed: new Set(),
    }),
    onSignal: (listener) => {
      tell = listener;
      return () => undefined;
    },
  });
  const starting = Service.start({ ...quietSurroundings, storage, telephony, clock: time.clockOf('service') });
  await time.idle(100);
  const service = await starting;
  tell({ type: 'connected' });
  await time.idle(100);
  const pass = (seconds: number): Promise<void> => time.idle(seconds * 1_000);
  const ring = (): void => {
    channels.set(CALLER, 'up');
    tell({
      type: 'caller-entered',
      channelId: CALLER,
      telnumber: null,
      args: ['enqueue'],
      variables: { ENQUEUE },
    });
  };
  return { service, storage, pass, ring, ringing: () => channels.size - 1, rung: () => rung };
}

async function annIsIdle({ service, pass }: Awaited<ReturnType<typeof aService>>): Promise<void> {
  const line = { type: '1', user: USER, digest: '0'.repeat(32) } as const;
  const made = service.ask({ type: 'create-extension', app: APP, line });
  await pass(1);
  const { id } = await made;
  await pass(61); // The phone is seen.
  const name: AgentName = ANN;
  const extensionId = id;
  void service.ask({ type: 'log-in', app: APP, name, num: null, extensionId, state: 'idle', skills: [] });
  await pass(1);
}

test('given the store is away for longer than a phone is to ring, it rings for its time when the store is back', async () => {
  const day = await aService();
  await annIsIdle(day);

  day.storage.isAway = true;
  day.ring();
  await day.pass(RING_SECONDS * 2);
  expect(day.rung()).toBe(0);
  day.storage.isAway = false;
  await day.pass(RING_SECONDS - 2);

  expect([day.rung(), day.ringing()]).toEqual([1, 1]);
  await day.pass(4);
  expect([day.rung(), day.ringing()]).toEqual([1, 0]);
});

test('given the store is away for longer than agents may be silent, none has missed a keepalive by it', async () => {
  const day = await aService();
  await annIsIdle(day);

  day.storage.isAway = true;
  const first = day.service.ask({ type: 'keep-alive', app: APP, name: ANN });
  await day.pass(SETTINGS.keepaliveSeconds * 3);
  day.storage.isAway = false;
  await day.pass(1);
  await first; // Who finds out that the store is away is answered when it is back.
  await day.pass(SETTINGS.keepaliveSeconds - 5);
  expect(day.service.world.agents.size).toBe(1);

  await day.pass(10);
  expect(day.service.world.agents.size).toBe(0);
});

test('given the service was down for longer than agents may be silent, none has missed a keepalive by it', async () => {
  const disk = new Disk();
  const before = await aService(disk);
  await annIsIdle(before);
  await before.pass(SETTINGS.keepaliveSeconds - 10);
  const stopped = before.service.stop();
  await before.pass(1);
  await stopped;

  const day = await aService(disk, SETTINGS.keepaliveSeconds * 3);
  await day.pass(60);

  expect(day.service.world.agents.size).toBe(1);
});
