import type { ChannelId, SipUser } from '../../src/domain/ids';
import type { Plan } from '../../src/domain/queue/plan';
import type { TelephonySignal } from '../../src/ports/telephony';
import { Service } from '../../src/runtime/service';
import { VirtualTime } from '../simulation/virtual-time';
import { aTelephony, quietSurroundings } from '../support/fakes';
import { ANN } from '../support/happenings';
import { MemoryStorage } from '../support/memory-storage/memory-storage';
import { anEnqueue, aPlan, APP } from '../support/worlds';

type Line = { readonly level: string; readonly message: string; readonly fields: unknown };

/** A service on a phone system that does what it is asked, and what it logs. */
function aService(storage: MemoryStorage, plans: readonly Plan[] = []) {
  const time = new VirtualTime();
  const lines: Line[] = [];
  const level =
    (name: string) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      void lines.push({ level: name, message, fields });
  let tell: (signal: TelephonySignal) => void = () => undefined;
  const starting = Service.start({
    ...quietSurroundings,
    storage,
    telephony: aTelephony({
      onSignal: (listener) => {
        tell = listener;
        return () => undefined;
      },
    }),
    clock: time.clockOf('service'),
    logger: { info: level('info'), warn: level('warn'), error: level('error') },
    plans,
  });
  /** What was asked, once time has gone on. */
  const after = async <Result>(asked: Promise<Result>): Promise<Result> => {
    const [result] = await Promise.allSettled([asked, time.idle(1_000)]);
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  };
  const connected = async () => {
    const service = await after(starting);
    tell({ type: 'connected' });
    await time.idle(1_000);
    const asks: typeof service.ask = (command) => after(service.ask(command));
    return { service, asks };
  };
  return { time, lines, connected, tell: (signal: TelephonySignal) => tell(signal) };
}

async function withAnn() {
  const given = aService(new MemoryStorage());
  const { service, asks } = await given.connected();
  const line = { type: '1', user: '100001' as SipUser, digest: '0'.repeat(32) } as const;
  const { id } = await asks({ type: 'create-extension', app: APP, line });
  const logIn = { type: 'log-in', app: APP, name: ANN, extensionId: id, num: null, state: 'idle' } as const;
  await asks({ ...logIn, skills: [] });
  given.lines.length = 0; // What it said at its start is none of the tests'.
  return { ...given, service, asks };
}

test('given a store in which nothing is, a warning names it at the start; the next start has something to go on with', async () => {
  const storage = new MemoryStorage();
  const first = aService(storage, [aPlan('sales')]);
  await first.connected();
  const next = aService(storage, [aPlan('sales')]);
  await next.connected();

  expect(first.lines).toEqual([
    { level: 'warn', message: 'the store is empty: it begins with nothing', fields: { store: 'memory' } },
  ]);
  expect(next.lines).toEqual([]);
});

test('given an agent who logs out, a line tells it', async () => {
  const { asks, lines } = await withAnn();
  await asks({ type: 'log-out', app: APP, name: ANN, force: false });
  expect(lines).toEqual([
    { level: 'info', message: 'agent logged out', fields: { app: APP, name: ANN, force: false } },
  ]);
});

test('given a logout that is refused, none does', async () => {
  const { asks, lines } = await withAnn();
  const nobody = 'nobody' as typeof ANN;
  await expect(asks({ type: 'log-out', app: APP, name: nobody, force: false })).rejects.toThrow();
  expect(lines).toEqual([]);
});

test('given an agent who sends no keepalive, a line tells that it has expired, once', async () => {
  const { asks, lines, time } = await withAnn();
  await time.idle(200_000);
  await asks({ type: 'keep-alive', app: APP, name: ANN });
  await time.idle(250_000);
  expect(lines).toEqual([]);
  await time.idle(400_000);
  expect(lines).toEqual([
    { level: 'info', message: 'agent expired, no keepalive', fields: { app: APP, name: ANN } },
  ]);
});

test('given a caller who is served, the lines of the events tell all but what its client says of it', async () => {
  const { tell, lines, time, service } = await withAnn();
  const bodies: string[] = [];
  service.events.follow((events) => bodies.push(...events.map(({ body }) => body)));
  tell({ type: 'phone-reachable', user: '100001' as SipUser, reachable: true });
  const caller = { channelId: '1.1' as ChannelId, telnumber: '139', args: ['agent', ANN] };
  tell({ type: 'caller-entered', ...caller, variables: { USER_DATA: 'account 4711' } });
  await time.idle(1_000);
  const { channelId } = [...service.world.calls.values()].find(({ party }) => party.kind === 'agent')!;
  tell({ type: 'leg-answered', channelId });
  await time.idle(1_000);
  tell({ type: 'leg-ended', channelId, cause: 16 });
  await time.idle(1_000);

  const events = lines.filter(({ message }) => message.startsWith('callcenter.'));
  expect(events).toHaveLength(bodies.length);
  expect(events).toContainEqual({
    level: 'info',
    message: 'callcenter.queue.select',
    fields: expect.objectContaining({ app: APP, agentName: ANN }),
  });
  expect(bodies.filter((body) => body.includes('account 4711')).length).toBeGreaterThan(3);
  expect(JSON.stringify(lines)).not.toMatch(/4711|userData/);
});

test('given a caller for an agent who is not logged in, a warning names the nearest', async () => {
  const { tell, lines, time } = await withAnn();
  const channelId = '1.1' as ChannelId;
  tell({ type: 'caller-entered', channelId, telnumber: '139', args: ['agent', 'anne'], variables: {} });
  await time.idle(1_000);
  const problem = 'agent "anne" is not logged in, did you mean ann?';
  expect(lines.filter(({ level }) => level !== 'info')).toEqual([
    {
      level: 'warn',
      message: 'a caller asks for what is not there',
      fields: { app: APP, channelId, plan: null, problem },
    },
  ]);
});

test('given a plan of the API whose name a file has at the next start, a warning tells what is replaced, once', async () => {
  const storage = new MemoryStorage();
  const before = await aService(storage, [aPlan('sales')]).connected();
  const text = '<enqueue priority="1"/>';
  await before.asks({ type: 'put-plan', app: APP, name: 'support', text, enqueue: anEnqueue() });
  const files = [aPlan('sales'), aPlan('support')];

  const next = aService(storage, files);
  await next.connected();
  const again = aService(storage, files);
  await again.connected();

  expect(next.lines).toEqual([
    {
      level: 'warn',
      message: 'a file takes the place of the plan of the API with the same name',
      fields: { app: APP, plan: 'support', replaced: text },
    },
  ]);
  expect(again.lines).toEqual([]);
});
