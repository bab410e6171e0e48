import { Disk, MemoryStorage } from '../support/memory-storage/memory-storage';
import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import type { Agent } from '../../src/domain/agent/agent';
import type { ChannelId } from '../../src/domain/ids';
import type { Change } from '../../src/domain/world';
import { TelephonyUnavailable, type CallerEntered, type TelephonySignal } from '../../src/ports/telephony';
import { Service } from '../../src/runtime/service';
import { aBatch } from '../contract/storage-objects';
import { VirtualTime } from '../simulation/virtual-time';
import { aTelephony, counting, silent, unmeasured, untold } from '../support/fakes';
import { ANN } from '../support/happenings';
import { APP, atTheirPhones, SETTINGS, TRUNK } from '../support/worlds';

const CHANNEL = '1700000000.1' as ChannelId;
const asksFor = (document: string): CallerEntered => ({
  type: 'caller-entered',
  channelId: CHANNEL,
  telnumber: null,
  args: ['enqueue'],
  variables: { ENQUEUE: document },
});
const forAnn = asksFor('<enqueue><route><agent name="ann"/></route></enqueue>');

/** The real service, connected, with Ann at her phone. What is asked of Asterisk stands in `asked`. */
async function serving(
  ann: Partial<Agent> = {},
  releasing: () => void = () => undefined,
  time = new VirtualTime(),
) {
  const disk = new Disk();
  const before = new MemoryStorage(disk);
  await before.open();
  const { agents, extensions } = atTheirPhones({ keptAliveAt: time.now(), loggedInAt: time.now(), ...ann });
  const changes = [
    ...extensions.map((value) => ({ kind: 'extensions', value, live: true })),
    ...agents.map((value) => ({ kind: 'agents', value, live: true })),
  ] as Change[];
  await before.commit(aBatch(1, { changes }));
  const asked: string[] = [];
  const storage = new MemoryStorage(disk);
  let tell: (signal: TelephonySignal) => void = () => undefined;
  let caller: CallerEntered | undefined;
  const starting = Service.start({
    ...untold,
    storage,
    clock: time.clockOf('service'),
    telephony: aTelephony({
      dial: async () => void asked.push('dial'),
      release: async (_, __, variables) => {
        asked.push(`release ${variables['PARLEY_RESULT']}`);
        releasing();
        return 'asked';
      },
      alive: async () => {
        await new Promise<void>((resolve) => time.schedule('service', 50, resolve));
        return {
          channels: new Map(caller ? [[CHANNEL, 'up' as const]] : []),
          bridges: new Map(),
          accounts: new Map([['100001' as never, 'reachable' as const]]),
          trunks: new Set([TRUNK]),
          callers: caller ? [caller] : [],
          resumed: new Set(),
        };
      },
      onSignal: (listener) => {
        tell = (signal) => {
          if (signal.type === 'caller-entered') caller = signal;
          listener(signal);
        };
        return () => undefined;
      },
    }),
    chance: counting,
    logger: silent,
    parseXml,
    settings: SETTINGS,
    applications: new Set([APP]),
    metrics: unmeasured,
    plans: [],
    explainDays: 30,
    keepDays: null,
    die: (reason) => void asked.push(`died: ${String(reason)}`),
  });
  await time.idle(100);
  const service = await starting;
  tell({ type: 'connected' });
  await time.idle(200);
  return { service, time, storage, asked, tell: (signal: TelephonySignal) => tell(signal) };
}

test('given an Asterisk that is away for a minute, a phone that is to ring rings when it is back', async () => {
  const { service, time, asked, tell } = await serving({ state: 'away' });
  tell(forAnn);
  await time.idle(100);
  tell({ type: 'disconnected' });
  await time.idle(100);
  void service.ask({ type: 'set-state', app: APP, name: ANN, state: 'idle' });
  await time.idle(55_000);
  tell({ type: 'connected' });
  await time.idle(2_000);

  expect(asked).toEqual(['dial']);
});

test('given a caller whom Asterisk has sent on, unheard, and who queues again, it is not sent on with what became of it before', async () => {
  let isFirst = true;
  const { service, time, asked, tell } = await serving({}, () => {
    if (isFirst) throw new TelephonyUnavailable('no answer in time'); // It was done all the same.
  });
  tell(asksFor('<enqueue><route><skill name="sales" queue_timeout="0"/></route></enqueue>'));
  await time.idle(20);
  isFirst = false;
  tell({ type: 'leg-ended', channelId: CHANNEL, cause: 0 });
  tell(asksFor('<enqueue><route><skill name="sales"/></route></enqueue>')); // Its dialplan lets it wait now.
  await time.idle(2_000);

  expect(asked).toEqual(['release timeout']);
  expect(service.world.queueTasks.size).toBe(1);
});
