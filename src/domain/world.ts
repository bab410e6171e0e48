import { agentDueAt, type Agent } from './agent/agent';
import { callDueAt, type Call } from './call/call';
import { conversationDueAt, type Conversation } from './conversation/conversation';
import { accountOf, type Extension } from './extension/extension';
import type { FormerAccount } from './extension/former-account';
import { followOutsideCall, type OutsideCalls, type OutsideUse } from './outside/outside-use';
import type { CallId, ChannelId, ExtensionId, Instant, SipUser } from './ids';
import { conditionDueAt, type Condition } from './queue/condition';
import type { RuleFault } from './queue/fitting';
import type { Plan } from './queue/plan';
import { Pools } from './queue/pools';
import { taskDueAt, type QueueTask } from './queue/queue-task';
import type { Settings } from './settings';
import type { Trunk } from './extension/trunk';

/** Every kind of thing that lives in this service, by the name of its collection. */
export type Aggregates = {
  readonly trunks: Trunk;
  readonly extensions: Extension;
  readonly formerAccounts: FormerAccount;
  readonly agents: Agent;
  readonly conditions: Condition;
  readonly plans: Plan;
  readonly queueTasks: QueueTask;
  readonly calls: Call;
  readonly conversations: Conversation;
  readonly outsideUse: OutsideUse;
};

export type Kind = keyof Aggregates;

type Collections = { readonly [Each in Kind]: ReadonlyMap<Aggregates[Each]['id'], Aggregates[Each]> };

/** All live state of one process: frozen objects in maps. Nothing but `apply` writes to it. */
export type World = Collections & {
  readonly settings: Settings;
  /** Found again from the collections, so that no rule searches. */
  readonly callOnChannel: ReadonlyMap<ChannelId, CallId>;
  readonly extensionOfUser: ReadonlyMap<SipUser, ExtensionId>;
  readonly outsideCalls: OutsideCalls;
  readonly pools: Pools;
};

/** One aggregate as it is now. Not `live`: it leaves the world, its last state stays in the store. */
export type Change = {
  [Each in Kind]: { readonly kind: Each; readonly value: Aggregates[Each]; readonly live: boolean };
}[Kind];

export function emptyWorld(settings: Settings): World {
  return {
    settings,
    trunks: new Map(),
    extensions: new Map(),
    formerAccounts: new Map(),
    agents: new Map(),
    conditions: new Map(),
    plans: new Map(),
    queueTasks: new Map(),
    calls: new Map(),
    conversations: new Map(),
    outsideUse: new Map(),
    callOnChannel: new Map(),
    extensionOfUser: new Map(),
    outsideCalls: new Map(),
    pools: new Pools(),
  };
}

/** What lived at some moment of the past, to be looked at: nothing is indexed, and nothing else is in it. */
export function worldAsOf(settings: Settings, changes: Iterable<Change>): World {
  const world = emptyWorld(settings);
  for (const { kind, value, live } of changes) write(world[kind], value.id, value, live);
  return world;
}

/** Tells of the rules that failed on an agent by it. */
export function apply(world: World, changes: Iterable<Change>): readonly RuleFault[] {
  const faults: RuleFault[] = [];
  for (const change of changes) {
    const before = (world[change.kind] as ReadonlyMap<string, Change['value']>).get(change.value.id);
    write(world[change.kind], change.value.id, change.value, change.live);
    if (change.kind === 'calls') {
      if (before !== undefined) write(world.callOnChannel, (before as Call).channelId, before.id, false);
      write(world.callOnChannel, change.value.channelId, change.value.id, change.live);
      followOutsideCall(world, change.value, change.live);
    }
    const account = change.kind === 'extensions' ? accountOf(change.value) : null;
    if (account !== null) write(world.extensionOfUser, account.user, change.value.id, change.live);
    faults.push(...world.pools.follow(world, change, before));
  }
  return faults;
}

function write(map: ReadonlyMap<string, unknown>, key: string, value: unknown, live: boolean): void {
  const writable = map as Map<string, unknown>; // Here only.
  if (live) writable.set(key, value);
  else writable.delete(key);
}

type Due = { readonly [Each in Kind]?: (value: Aggregates[Each], settings: Settings) => Instant | null };

/** When each kind of thing is due, if ever. The one list of what keeps time. */
const DUE = {
  calls: (call: Call) => callDueAt(call),
  queueTasks: (task: QueueTask) => taskDueAt(task),
  conversations: (conversation: Conversation) => conversationDueAt(conversation),
  agents: (agent: Agent, { keepaliveSeconds }: Settings) => agentDueAt(agent, keepaliveSeconds),
  conditions: (condition: Condition) => conditionDueAt(condition),
} as const satisfies Due;

export type DueKind = keyof typeof DUE;

/** When `due` must come in for an aggregate; null: never. */
export function dueAt({ kind, value }: Change, settings: Settings): Instant | null {
  const rule = (DUE as Due)[kind] as ((value: unknown, settings: Settings) => Instant | null) | undefined;
  return rule?.(value, settings) ?? null;
}
