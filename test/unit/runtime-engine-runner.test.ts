import { agentId } from '../../src/domain/agent/agent';
import type { Extension } from '../../src/domain/extension/extension';
import type { AgentName, ChannelId, ExtensionId, Instant, SipUser } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import { Refusal } from '../../src/domain/refusal';
import { StorageUnavailable, type Batch, type LoggedEffect } from '../../src/ports/storage';
import type { Clock, Logger } from '../../src/ports/system';
import { EngineRunner, type RunnerListeners } from '../../src/runtime/engine-runner';
import { anEvent } from '../contract/storage-objects';
import { VirtualTime } from '../simulation/virtual-time';
import { counting, newNumbers, silent, standingClock, turn } from '../support/fakes';
import { MemoryStorage } from '../support/memory-storage/memory-storage';
import { APP, aWorld, anArrival, anExtension, NOW } from '../support/worlds';

const USERS = ['100001', '100002'] as [SipUser, SipUser];
const [one, two] = USERS.map((user) => anExtension({ line: { type: '1', user, digest: '0'.repeat(32) } })) as [
  Extension,
  Extension,
];

const logIn = (name: string, extensionId: ExtensionId = one.id): Input<'log-in'> => ({
  type: 'log-in',
  app: APP,
  name: name as AgentName,
  num: null,
  extensionId,
  state: 'idle',
  skills: [],
});

class SpiedStorage extends MemoryStorage {
  readonly batches: Batch[] = [];
  release: () => void = () => undefined;
  failure: Error | undefined;

  override async commit(batch: Batch): Promise<void> {
    this.batches.push(batch);
    await new Promise<void>((resolve) => (this.release = resolve));
    if (this.failure !== undefined) throw this.failure;
    await super.commit(batch);
  }
}

async function aRunner(mostWaiting?: number, clock: Clock = standingClock, logger: Logger = silent) {
  const storage = new SpiedStorage();
  await storage.open();
  const world = aWorld({ extensions: [one, two] });
  const decided: LoggedEffect[] = [];
  const failures: unknown[] = [];
  const listeners: RunnerListeners = {
    handled: () => undefined,
    decided: (effects) => decided.push(...effects),
    told: () => undefined,
    callbackUrls: () => [],
    committed: () => undefined,
    faulted: () => undefined,
    storeBack: () => undefined,
    reported: () => undefined,
    failed: (error) => failures.push(error),
  };
  const numbers = newNumbers();
  const around = { world, lastBatch: 0, numbers, storage, clock, chance: counting, logger };
  const runner = new EngineRunner(around, listeners, mostWaiting);
  return { storage, world, runner, decided, failures };
}

test('inputs that arrive during a commit see each other and share the next one', async () => {
  const { storage, runner, world } = await aRunner();
  const first = runner.take(logIn('ann'));
  await turn();
  const others = Promise.all([runner.take(logIn('bob', two.id)), runner.take(anArrival())]);
  expect(world.agents.get(agentId(APP, 'ann' as AgentName))!.state).toBe('fetching');
  expect(world.agents.get(agentId(APP, 'bob' as AgentName))!.state).toBe('idle');
  storage.release();
  await first;
  await turn();
  storage.release();
  await others;

  expect(storage.batches.map(({ number }) => number)).toEqual([1, 2]);
});

test('nothing is done and nobody is answered before the commit', async () => {
  const { storage, runner, decided } = await aRunner();
  void runner.take(logIn('ann'));
  const told: string[] = [];
  const taken = runner
    .take(anArrival())
    .then(({ effects }) => told.push(`answered with ${effects.length} effects`));
  const read = runner.read((world) => world.calls.size).then((size) => told.push(`shown ${size} calls`));
  await turn();
  expect([told, decided]).toEqual([[], []]);

  storage.release();
  await Promise.all([taken, read]);

  expect(told).toEqual([`answered with ${decided.length} effects`, 'shown 2 calls']);
  expect(decided.map(({ effect }) => effect.do)).toContain('dial');
});

test('an answer that is to be kept is in the batch of its change, and what is withdrawn in the next one', async () => {
  const { storage, runner } = await aRunner();
  const keep = { app: APP, key: 'one', fingerprint: 'a login' };
  const taken = runner.take(logIn('ann'), keep);
  await turn();
  storage.release();
  await taken;
  runner.withdraw(keep);
  void runner.report(anArrival());
  await turn();

  const [first, second] = storage.batches;
  expect(first!.answers).toEqual([{ ...keep, at: NOW, answer: null }]);
  expect(first!.changes).toMatchObject([{ kind: 'extensions' }, { kind: 'agents' }]);
  expect([second!.answers, second!.withdrawn]).toEqual([[], [keep]]);
  expect(second!.changes).not.toEqual([]);
});

test('a refused command leaves nothing behind', async () => {
  const { storage, runner } = await aRunner();

  const keep = { app: APP, key: 'one', fingerprint: 'a login' };
  await expect(runner.take(logIn('ann', 'nowhere' as ExtensionId), keep)).rejects.toThrow(Refusal);
  await turn();

  expect(storage.batches).toEqual([]);
});

test('a failed commit ends the process: its callers get an error and its effects are not carried out', async () => {
  const { storage, runner, decided, failures } = await aRunner();
  storage.failure = new Error('disk full');
  void runner.take(logIn('ann')).catch(() => undefined);
  const asked = runner.take(anArrival());
  await turn();
  storage.release();

  await expect(asked).rejects.toThrow('disk full');
  expect(failures).toEqual([storage.failure]);
  expect(decided).toEqual([]);
});

test('done marks ride along with the next batch, an empty one costs no write, and a flush writes them', async () => {
  const { storage, runner } = await aRunner();
  runner.markDone('0-1');
  await runner.read(() => undefined);
  expect(storage.batches).toEqual([]);
  void runner.take(logIn('ann'));
  await turn();
  expect(storage.batches[0]).toMatchObject({ number: 1, done: ['0-1'] });
  storage.release();
  await turn();

  runner.markDone('0-2');
  const flushed = runner.flush();
  await turn();
  storage.release();
  await flushed;
  expect(storage.batches[1]).toMatchObject({ number: 2, done: ['0-2'], changes: [] });
});

describe('A fact that asks for nothing to be done', () => {
  const away: Input<'phone-reachable'> = { type: 'phone-reachable', user: USERS[0], reachable: !one.enabled };

  test('given something is to be done a moment later, it shares the batch of that', async () => {
    const time = new VirtualTime();
    const { storage, runner } = await aRunner(undefined, time.clockOf('service'));
    void runner.report(away);
    await time.idle(9);
    expect(storage.batches).toEqual([]);
    void runner.take(logIn('bob', two.id));
    await time.idle(0);
    storage.release();
    await time.idle(300);
    expect(storage.batches).toMatchObject([{ changes: [{ value: { id: one.id } }, {}, {}] }]);
  });

  test('given nothing comes, it is written alone, and several of a moment together', async () => {
    const time = new VirtualTime();
    const { storage, runner } = await aRunner(undefined, time.clockOf('service'));
    void runner.report(away);
    void runner.report({ ...away, user: USERS[1] });
    await time.idle(11);
    expect(storage.batches).toMatchObject([{ changes: [{ value: { id: one.id } }, { value: { id: two.id } }] }]);
  });

  test('given a commit under way, its time is its own', async () => {
    const time = new VirtualTime();
    const { storage, runner } = await aRunner(undefined, time.clockOf('service'));
    void runner.take(logIn('bob', two.id));
    await time.idle(0);
    void runner.report(away);
    storage.release();
    await time.idle(9);
    expect(storage.batches).toHaveLength(1);
    await time.idle(2);
    expect(storage.batches).toMatchObject([{}, { changes: [{ value: { id: one.id } }] }]);
  });

  test('given somebody looks, it is on record before it is shown', async () => {
    const time = new VirtualTime();
    const { storage, runner } = await aRunner(undefined, time.clockOf('service'));
    void runner.report(away);
    let shown: boolean | undefined;
    void runner.read((world) => world.extensions.get(one.id)!.enabled).then((enabled) => (shown = enabled));
    await time.idle(0);
    expect([storage.batches.length, shown]).toEqual([1, undefined]);
    storage.release();
    await time.idle(0);
    expect(shown).toBe(!one.enabled);
  });

  test('given it changes nothing, it is over at once and nothing is written', async () => {
    const time = new VirtualTime();
    const { storage, runner } = await aRunner(undefined, time.clockOf('service'));
    const isOver = runner.report({ ...away, reachable: one.enabled }).then(() => true);
    await time.idle(0);
    expect([await isOver, storage.batches]).toEqual([true, []]);
  });
});

const delivery = { app: APP, url: 'https://receiver.example/hook', event: anEvent(1).id };
const arrived = { ...delivery, problem: null, at: 0 as Instant };

test('given a delivered event, that rides along with the next batch', async () => {
  const { storage, runner } = await aRunner();
  runner.settle(arrived);
  await runner.read(() => undefined);
  expect(storage.batches).toEqual([]);
  void runner.take(logIn('ann'));
  await turn();
  expect(storage.batches[0]).toMatchObject({ settled: [arrived] });
});

test.each<[what: string, rides: (runner: EngineRunner) => void, written: Partial<Batch>]>([
  ['delivered events', (runner) => runner.settle(arrived), { settled: [arrived, arrived] }],
  ['done marks', (runner) => runner.markDone('0-1'), { done: ['0-1', '0-1'] }],
])('given %s and nothing else to write, they have a batch of their own before long', async (_, rides, written) => {
  const time = new VirtualTime();
  const { storage, runner } = await aRunner(undefined, time.clockOf('service'));
  rides(runner);
  rides(runner);
  await time.idle(100);
  expect(storage.batches).toEqual([]);
  await time.idle(150);
  expect(storage.batches).toMatchObject([written]);
});

test('given an event that was given up, that is written at once', async () => {
  const { storage, runner } = await aRunner();
  runner.settle({ ...arrived, problem: 'HTTP status 500' });
  await turn();
  expect(storage.batches).toMatchObject([{ settled: [{ problem: 'HTTP status 500' }] }]);
});

test('given a delivered event that is to be delivered again, what rides along does not undo that', async () => {
  const { storage, runner } = await aRunner();
  runner.settle(arrived);
  void runner.deliver([delivery]);
  await turn();
  expect(storage.batches).toMatchObject([{ settled: [], deliveries: [delivery] }]);
});

test('given a store that cannot be reached, it says so and asks again until it is back, with the same batch', async () => {
  const { storage, runner, world, failures } = await aRunner();
  storage.failure = new StorageUnavailable('gone');
  const asked = runner.take(logIn('ann'));
  await turn();
  storage.release();
  await turn();
  expect(runner.isStuck).toBe(true);
  void runner.report({ type: 'leg-ended', channelId: 'x' as ChannelId, cause: 16 });

  storage.failure = undefined;
  await new Promise((resolve) => setTimeout(resolve, 520));
  storage.release();
  expect((await asked).answer).toBeNull();
  expect([runner.isStuck, world.agents.size, failures, storage.batches.map(({ number }) => number)]).toEqual([
    false,
    1,
    [],
    [1, 1],
  ]);
});

test('given a store that is away for a while, the log says so when it begins, every ten seconds, and when it is over', async () => {
  const logged: unknown[] = [];
  const time = new VirtualTime();
  const begun = time.now();
  const log = (message: string, fields?: object) => logged.push([time.now() - begun, message, fields]);
  const { storage, runner } = await aRunner(undefined, time.clockOf('service'), {
    ...silent,
    info: log,
    warn: log,
  });
  const commit = jest.spyOn(storage, 'commit').mockRejectedValue(new StorageUnavailable('disk full'));

  const asked = runner.take(logIn('ann'));
  await time.idle(5_000);
  void runner.take(logIn('bob', two.id));
  await time.idle(18_000);
  commit.mockRestore();
  await time.idle(1_000);
  storage.release();
  await asked;

  const problem = 'disk full';
  expect(logged).toEqual([
    [0, 'the store is away: what is to be written waits', { problem, waiting: 4 }],
    [10_000, 'the store is still away', { seconds: 10, problem, waiting: 8 }],
    [20_000, 'the store is still away', { seconds: 20, problem, waiting: 8 }],
    [24_000, 'the store is back', { seconds: 24 }],
  ]);
});

test('given a store that says itself that it is away, nothing new should be asked', async () => {
  const { storage, runner } = await aRunner();
  storage.isAvailable = () => false;
  expect(runner.isStuck).toBe(true);
});

test('given more than can wait for a store that is away, the process ends, and that once', async () => {
  const { runner, failures } = await aRunner(40);
  void runner.take(logIn('ann'));
  await turn(); // From here on the next batch collects.
  void runner.take(anArrival());
  expect(failures).toEqual([]);

  for (let times = 0; times < 20; times++) void runner.take(anArrival());
  expect(failures.map(String)).toEqual(['Error: the store has been away for so long that too much waits for it']);
});

test('given a fact that a rule trips over, it is logged whole and the next one is handled', async () => {
  const logged: unknown[] = [];
  const world = aWorld({ extensions: [one] });
  const storage = new MemoryStorage();
  await storage.open();
  const logger = { ...silent, error: (_: string, fields?: unknown) => logged.push(fields) };
  const numbers = newNumbers();
  const around = { world, lastBatch: 0, numbers, storage, clock: standingClock, chance: counting, logger };
  const runner = new EngineRunner(around, {
    handled: () => undefined,
    decided: () => undefined,
    told: () => undefined,
    callbackUrls: () => [],
    committed: () => undefined,
    faulted: () => undefined,
    storeBack: () => undefined,
    reported: () => undefined,
    failed: () => undefined,
  });
  const fact = { type: 'due', kind: 'nothing' as 'calls', id: 'x' } as const;

  await runner.report(fact);
  await runner.report(anArrival());

  expect(logged).toEqual([{ fact, error: expect.any(Error) }]);
});

test('given a caller whose dialplan asks for what is not there, nothing is counted of it once it is gone', async () => {
  const { storage, runner } = await aRunner();
  void runner.report(anArrival({ request: { by: 'plan', name: 'no-such-plan' } }));
  await turn();
  storage.release();
  await turn();

  expect(storage.batches.flatMap(({ events }) => events)).toHaveLength(1);
  expect((await storage.open()).sequences).toEqual(new Map());
});
