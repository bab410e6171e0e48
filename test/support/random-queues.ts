import fc from 'fast-check';
import { agentId, type Agent, type AgentState } from '../../src/domain/agent/agent';
import type { Extension, ExtensionLine } from '../../src/domain/extension/extension';
import type {
  AgentName,
  AppId,
  ConditionId,
  ExtensionId,
  PhoneNumber,
  QueueTaskId,
  SipUser,
} from '../../src/domain/ids';
import type { Condition } from '../../src/domain/queue/condition';
import { agentKey, conditionKey, skillKey, type TargetKey } from '../../src/domain/queue/fitting';
import type { Enqueue, Target } from '../../src/domain/queue/enqueue';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import { apply, emptyWorld, type Change, type World } from '../../src/domain/world';
import { aCondition, documentOf } from './conditions';
import { OTHER_APP } from './happenings';
import { after, aGateway, anAgent, anExtension, anId, APP, SETTINGS } from './worlds';

/** So few of everything that things meet. */
const NAMES = ['a', 'b', 'c', 'd', 'e'] as AgentName[];
const SKILLS = ['sales', 'support', 'billing'] as const;
const WHERES = [
  'true',
  'has("sales")',
  'get("sales") > get("support")',
  'idle() >= 20 && has("support")',
  '1 / get("billing") > 0',
  'name() != "b" || num() == "7"',
] as const;
const SORTS = [null, 'get("sales")', '-idle()', '5 % get("support")', 'idle() / get("sales")'] as const;
export const APPS: readonly AppId[] = [APP, OTHER_APP];
const CONDITION_IDS = [1, 2, 3].map((number) => `c${number}`.padEnd(32, '0') as ConditionId);

/** Every key under which anybody may wait or be free. */
export const ALL_KEYS: readonly TargetKey[] = APPS.flatMap((each) => [
  ...NAMES.map((name) => agentKey(agentId(each, name))),
  ...SKILLS.map((name) => skillKey(each, name)),
  ...CONDITION_IDS.map((id) => conditionKey(each, id)),
]);

const app = fc.constantFrom(APP, APP, APP, OTHER_APP);
const seconds = fc.integer({ min: 0, max: 40 });
const instant = seconds.map((each) => after(each).at);

const skills = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...SKILLS), score: fc.integer({ min: 0, max: 2 }), enabled: fc.boolean() }),
  { selector: ({ name }) => name },
);

const state = fc.oneof(
  { weight: 9, arbitrary: fc.constant<AgentState>('idle') },
  fc.constantFrom<AgentState>('busy/lunch', 'away', 'online'),
);

/** Nobody in a call: calls are the engine's to make. */
export const anyAgent: fc.Arbitrary<Agent> = fc
  .record({
    app,
    name: fc.constantFrom(...NAMES),
    num: fc.constantFrom(null, '7'),
    state,
    skills,
    loggedInAt: instant,
    lastTalkAt: fc.option(instant),
    restsUntil: fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, instant),
    keptAliveAt: fc.constantFrom(...Array.from({ length: 7 }, () => after(40).at), after(-280).at),
  })
  .map((given) =>
    anAgent({ ...given, id: agentId(given.app, given.name), extensionId: extensionIdOf(given.app, given.name) }),
  );

/** Each agent has a phone of its own, which may be out of reach, bound to nobody, or not there. */
export const anyExtension: fc.Arbitrary<Extension> = fc
  .record({
    app,
    name: fc.constantFrom(...NAMES),
    type: fc.constantFrom('1', '2', '3', '3'),
    isReachable: fc.constantFrom(true, true, true, false),
    isBound: fc.constantFrom(true, true, true, true, false),
  })
  .map(({ app: owner, name, type, isReachable, isBound }) => ({
    id: extensionIdOf(owner, name),
    app: owner,
    line: lineOf(type, userOf(owner, name)),
    enabled: type === '3' || isReachable,
    boundTo: isBound ? agentId(owner, name) : null,
  }));

export const anyCondition: fc.Arbitrary<Condition> = fc
  .record({
    id: fc.constantFrom(...CONDITION_IDS),
    where: fc.constantFrom(...WHERES),
    sort: fc.constantFrom(...SORTS),
    priority: fc.nat({ max: 2 }),
    queueTimeoutSeconds: fc.constantFrom(1, 30),
  })
  .map(({ id, ...written }) => aCondition(written, { id, app: id === CONDITION_IDS[2] ? OTHER_APP : APP }));

const waiting = {
  priority: fc.nat({ max: 2 }),
  queueTimeoutSeconds: fc.constantFrom(null, 0, 10),
  fetchTimeoutSeconds: fc.constant(20),
};

/** Of one kind, as a route wants it. */
const targets: fc.Arbitrary<readonly Target[]> = fc.oneof(
  many(fc.record({ kind: fc.constant('agent' as const), name: fc.constantFrom(...NAMES), ...waiting })),
  many(fc.record({ kind: fc.constant('skill' as const), name: fc.constantFrom(...SKILLS), ...waiting })),
  many(fc.record({ kind: fc.constant('condition' as const), id: fc.constantFrom(...CONDITION_IDS) })),
);

export const anyEnqueue: fc.Arbitrary<Enqueue> = fc
  .record({
    routes: fc.array(targets, { minLength: 1, maxLength: 3 }),
    choice: fc.constantFrom('random', 'lru', 'order', 'all', 'all', 'all', 'all'),
    priority: fc.nat({ max: 2 }),
    failOverflow: fc.boolean(),
  })
  .map(({ routes, ...changes }) => documentOf(routes, changes));

const TASK_IDS = [1, 2, 3, 4].map((number) => `t${number}`.padEnd(32, '0') as QueueTaskId);

/** A task as some moment may have left it. */
export const anyTask: fc.Arbitrary<QueueTask> = fc
  .record({
    app,
    id: fc.constantFrom(...TASK_IDS),
    enqueue: anyEnqueue,
    priority: fc.nat({ max: 2 }),
    queuedAt: instant,
    route: fc.nat({ max: 2 }),
    rings: fc.constantFrom(false, false, true),
    wait: fc.record(waiting),
    missedBy: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
    givenAwayBy: fc.constantFrom(null, null, null, ...NAMES),
  })
  .map(({ rings, wait, route, missedBy, givenAwayBy, ...given }) => {
    const tried = route % given.enqueue.routes.length;
    return {
      ...given,
      type: 'ivr',
      plan: null,
      userData: null,
      origin: { from: 'caller', callId: anId() },
      conversationId: null,
      conditionId: null,
      route: tried,
      routeSince: given.queuedAt,
      waits: given.enqueue.routes[tried]!.targets.map((target) => (target.kind === 'condition' ? wait : target)),
      phase: rings ? { at: 'ringing', legs: [] } : { at: 'waiting' },
      missedBy: missedBy.map((name) => agentId(given.app, name)),
      givenAwayBy: givenAwayBy && agentId(given.app, givenAwayBy),
      rejectedWith: null,
      decisions: [],
    };
  });

/** A world of agents, most of them at their phones, and of conditions; nobody waits in it. */
export const anyWorld: fc.Arbitrary<World> = fc
  .tuple(
    fc.uniqueArray(anyAgent, { selector: ({ id }) => id, minLength: 5, maxLength: 8 }),
    fc.array(anyExtension, { maxLength: 2 }),
    fc.array(anyCondition, { minLength: 1, maxLength: 5 }),
    fc.constantFrom(SETTINGS.trunk, SETTINGS.trunk, null),
  )
  .map(([agents, odd, conditions, trunk]) => {
    const phones = agents.map(({ app: owner, name, id, extensionId }) =>
      anExtension({
        app: owner,
        id: extensionId,
        boundTo: id,
        line: { type: '1', user: userOf(owner, name), digest: '0'.repeat(32) },
      }),
    );
    const world = emptyWorld({ ...SETTINGS, trunk });
    const all = { extensions: [...phones, ...odd], conditions, agents };
    for (const [kind, values] of Object.entries(all)) {
      for (const value of values) apply(world, [{ kind, value, live: true } as Change]);
    }
    return world;
  });

/** Something is there now, or no more. */
export const anyChange: fc.Arbitrary<Change> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: valueOf('agents', anyAgent) },
      { weight: 3, arbitrary: valueOf('extensions', anyExtension) },
      { weight: 2, arbitrary: valueOf('conditions', anyCondition) },
      { weight: 3, arbitrary: valueOf('queueTasks', anyTask) },
    ),
    fc.constantFrom(true, true, true, false),
  )
  .map(([change, live]) => ({ ...change, live }));

function valueOf<Kind extends string, Value>(kind: Kind, values: fc.Arbitrary<Value>) {
  return values.map((value) => ({ kind, value }));
}

function many<Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> {
  return fc.array(item, { minLength: 1, maxLength: 3 });
}

function extensionIdOf(owner: AppId, name: AgentName): ExtensionId {
  return `x-${owner}-${name}` as ExtensionId;
}

function lineOf(type: ExtensionLine['type'], user: SipUser): ExtensionLine {
  switch (type) {
    case '1':
      return { type, user, digest: '0'.repeat(32) };
    case '2':
      return aGateway();
    case '3':
      return { type, telnum: '13600000000' as PhoneNumber };
  }
}

function userOf(owner: AppId, name: AgentName): SipUser {
  return `${APPS.indexOf(owner)}${NAMES.indexOf(name)}0000` as SipUser;
}
