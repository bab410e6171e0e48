import type { AgentName, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Input, InputType } from '../../src/domain/input';
import { type Refusal } from '../../src/domain/refusal';
import type { Clock } from '../../src/ports/system';
import { EngineRunner } from '../../src/runtime/engine-runner';
import { Explainer } from '../../src/runtime/explainer';
import { counting, silent, standingClock, newNumbers } from '../support/fakes';
import {
  ANN,
  answered,
  asking,
  BOB,
  CAL,
  ended,
  legOf,
  logOut,
  OTHER_APP,
  skillTarget,
} from '../support/happenings';
import { MemoryStorage } from '../support/memory-storage/memory-storage';
import { after, anArrival, anExtension, APP, aWorld } from '../support/worlds';

const SALES = [{ name: 'sales', score: 1, enabled: true }];

/** A service at work, whose clock stands at what `at` says. */
async function aDay() {
  const storage = new MemoryStorage();
  await storage.open();
  const world = aWorld();
  let now: Instant = after(0).at;
  const clock: Clock = { ...standingClock, now: () => now };
  const listeners = { handled: () => undefined, decided: () => undefined, told: () => undefined };
  const numbers = newNumbers();
  const around = { world, lastBatch: 0, numbers, storage, clock, chance: counting, logger: silent };
  const runner = new EngineRunner(around, {
    ...listeners,
    callbackUrls: () => [],
    committed: () => undefined,
    faulted: () => undefined,
    storeBack: () => undefined,
    reported: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  const take = async <Type extends InputType>(seconds: number, input: Input<Type>) => {
    now = after(seconds).at;
    return (await runner.take(input)).answer;
  };
  const logIn = async (name: AgentName, state: 'idle' | 'busy/lunch', seconds: number, skills = SALES) => {
    const line = { ...anExtension().line, user: `1${name}` } as Input<'create-extension'>['line'];
    const { id: extensionId } = await take(seconds, { type: 'create-extension', app: APP, line });
    const user = `1${name}` as Extract<typeof line, { type: '1' }>['user'];
    await take(seconds, { type: 'phone-reachable', user, reachable: true });
    await take(seconds, { type: 'log-in', app: APP, name, extensionId, num: null, state, skills });
  };
  const explainer = new Explainer(world, storage, 30);
  const why = async (taskId: QueueTaskId, agent: AgentName, at: Instant | null = null, app = APP) => {
    const { routes, decisions } = await explainer.explain({ app, about: { taskId, at }, agent }, now);
    const reasons = routes[0]!.targets[0]!.agents[0]!.reasons;
    return { reasons, decisions: decisions.map(({ did }) => did) };
  };
  const explain = (taskId: QueueTaskId) =>
    explainer.explain({ app: APP, about: { taskId, at: null }, agent: null }, now);
  return { world, take, logIn, why, explain };
}

/** Ann took a call while Bob was at lunch; both are gone since. */
async function yesterday() {
  const day = await aDay();
  await day.logIn(ANN, 'idle', 0);
  await day.logIn(BOB, 'busy/lunch', 0);
  const arrival = anArrival({ request: asking([skillTarget('sales')]) });
  await day.take(100, arrival);
  const [task] = day.world.queueTasks.values();
  await day.take(105, answered(legOf(day.world)));
  await day.take(200, { type: 'set-state', app: APP, name: BOB, state: 'idle' });
  await day.take(300, ended(arrival));
  for (const name of [ANN, BOB]) await day.take(400, logOut(name));
  return { ...day, taskId: task!.id };
}

test('given a call that was served, it is told how everybody stood when the agent was chosen', async () => {
  const { why, taskId } = await yesterday();

  expect(await why(taskId, ANN)).toEqual({ reasons: [], decisions: ['ring', 'serve'] });
  expect((await why(taskId, BOB)).reasons).toEqual([{ why: 'state', state: 'busy/lunch' }]);
});

test.each([
  ['becomes idle', { type: 'set-state', app: APP, name: BOB, state: 'idle' } as const],
  [
    'becomes idle by its skill',
    { type: 'set-skills', app: APP, name: CAL, changes: [{ do: 'add', name: 'sales', enabled: true }] } as const,
  ],
])('given an agent who is rung because it %s, nothing stands against it', async (_, becomes) => {
  const day = await aDay();
  await day.logIn(BOB, 'busy/lunch', 0);
  await day.logIn(CAL, 'idle', 0, []);
  await day.take(100, anArrival({ request: asking([skillTarget('sales')]) }));
  const [task] = day.world.queueTasks.values();
  await day.take<InputType>(110, becomes);
  await day.take(115, answered(legOf(day.world, becomes.name)));

  expect(await day.why(task!.id, becomes.name)).toEqual({ reasons: [], decisions: ['wait', 'ring', 'serve'] });
});

test('given a call of so long ago that it is forgotten who did what, only what was decided is told', async () => {
  const day = await yesterday();
  await day.take(40 * 86_400, { type: 'plans-loaded', plans: [] });

  expect(await day.explain(day.taskId)).toMatchObject({
    decisions: [{ did: 'ring' }, { did: 'serve' }],
    routes: [],
  });
});

test.each([99, 106])(
  'given a moment at which it was not in the queue (%d s), that is refused',
  async (seconds) => {
    const { why, taskId } = await yesterday();

    await expect(why(taskId, ANN, after(seconds).at)).rejects.toMatchObject({ reason: 'parameter-illegal' });
  },
);

test('given another moment, it is told how everybody stood then', async () => {
  const { why, taskId } = await yesterday();

  expect((await why(taskId, ANN, after(104).at)).reasons).toContainEqual({ why: 'state', state: 'fetching' });
});

test('given a call that nobody took, it is told how everybody stood when it ended', async () => {
  const day = await aDay();
  await day.logIn(ANN, 'busy/lunch', 0);
  const request = asking([skillTarget('sales', { queueTimeoutSeconds: 10 })]);
  await day.take(100, anArrival({ request }));
  const [task] = day.world.queueTasks.values();
  await day.take(110, { type: 'due', kind: 'queueTasks', id: task!.id });

  expect(await day.why(task!.id, ANN)).toEqual({
    reasons: expect.arrayContaining([{ why: 'state', state: 'busy/lunch' }]),
    decisions: ['wait', 'fail'],
  });
});

test('given a task that waits, it is told how things stand now', async () => {
  const day = await aDay();
  await day.logIn(ANN, 'busy/lunch', 0);
  await day.take(100, anArrival({ request: asking([skillTarget('sales')]) }));
  const [task] = day.world.queueTasks.values();

  expect(await day.why(task!.id, ANN)).toEqual({
    reasons: [{ why: 'state', state: 'busy/lunch' }],
    decisions: ['wait'],
  });
});

test('given a task that never was, or another application’s, there is nothing to tell', async () => {
  const { why, taskId } = await yesterday();

  for (const asked of [why('0'.repeat(32) as QueueTaskId, ANN), why(taskId, ANN, null, OTHER_APP)]) {
    await expect(asked).rejects.toMatchObject({ reason: 'queue-task-not-found' } satisfies Partial<Refusal>);
  }
});
