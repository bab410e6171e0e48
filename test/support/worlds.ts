import { UNRESTRICTED } from './outside-policies';
import { agentId, type Agent } from '../../src/domain/agent/agent';
import type { Call } from '../../src/domain/call/call';
import { MAX_MEMBERS, PARTY, type Conversation, type Member } from '../../src/domain/conversation/conversation';
import { handle } from '../../src/domain/engine';
import type { Effect } from '../../src/domain/effect';
import type { Extension, ExtensionLine } from '../../src/domain/extension/extension';
import type {
  AgentName,
  AppId,
  BridgeId,
  CallId,
  ChannelId,
  ConversationId,
  ExtensionId,
  GatewayAddress,
  Instant,
  QueueTaskId,
  SipUser,
  TrunkId,
} from '../../src/domain/ids';
import type { Answer, Arrival, Input, InputType, Stamp } from '../../src/domain/input';
import { agentEnqueue, type Enqueue } from '../../src/domain/queue/enqueue';
import { planId, type Plan } from '../../src/domain/queue/plan';
import type { Outcome } from '../../src/domain/unit-of-work';
import type { Settings } from '../../src/domain/settings';
import { apply, emptyWorld, type Aggregates, type Change, type Kind, type World } from '../../src/domain/world';

export const APP = 'default' as AppId;
export const NOW = 1_700_000_000_000 as Instant;
export const TRUNK = 'parley-trunk' as TrunkId;
export const SETTINGS: Settings = {
  keepaliveSeconds: 300,
  missPauseSeconds: 5,
  ownRingSeconds: 45,
  outside: UNRESTRICTED,
  trunk: TRUNK,
  musicClass: 'default',
};

let counted = 0;
export const anId = <Id extends string>(): Id => (++counted).toString(16).padStart(32, '0') as Id;

type Holding = { readonly [Each in Kind]?: readonly Aggregates[Each][] };

/** A world with a trunk, and with what is given. */
export function aWorld(holding: Holding = {}): World {
  const world = emptyWorld(SETTINGS);
  apply(world, [{ kind: 'trunks', value: { id: TRUNK, present: true }, live: true }]);
  for (const [kind, values] of Object.entries(holding)) {
    for (const value of values) apply(world, [{ kind, value, live: true } as Change]);
  }
  return world;
}

/** Handles one input and lets it change the world. */
export function when<Type extends InputType>(
  world: World,
  input: Input<Type>,
  stamp: Partial<Stamp> = {},
): Outcome<Answer<Type>> {
  const seed = (++counted).toString(16).padStart(15, '0');
  const outcome = handle(world, { ...input, at: NOW, seed, random: 0, ...stamp });
  apply(world, outcome.changes);
  return outcome;
}

/** So many seconds after `NOW`. */
export const after = (seconds: number): { readonly at: Instant } => ({ at: (NOW + seconds * 1000) as Instant });

export function anExtension(changes: Partial<Extension> = {}): Extension {
  return {
    id: anId<ExtensionId>(),
    app: APP,
    line: { type: '1', user: '100001' as SipUser, digest: '0'.repeat(32) },
    enabled: true,
    boundTo: null,
    ...changes,
  };
}

export function anAgent(changes: Partial<Agent> = {}): Agent {
  const name = changes.name ?? ('ann' as AgentName);
  return {
    id: agentId(APP, name),
    app: APP,
    name,
    num: '1001',
    extensionId: anId<ExtensionId>(),
    state: 'idle',
    reserveState: 'idle',
    skills: [],
    callId: null,
    keptAliveAt: NOW,
    loggedInAt: NOW,
    lastTalkAt: null,
    restsUntil: null,
    ...changes,
  };
}

export function aGateway(changes: Partial<Extract<ExtensionLine, { type: '2' }>> = {}): ExtensionLine {
  return { type: '2', ipaddr: '192.0.2.7:5070' as GatewayAddress, telnum: null, ...changes };
}

/** Agents at their phones, ready to be called. The SIP users are 100001, 100002, … */
export function atTheirPhones(...agents: readonly Partial<Agent>[]): Holding & {
  readonly agents: readonly Agent[];
  readonly extensions: readonly Extension[];
} {
  const made = agents.map((each) => anAgent(each));
  const extensions = made.map(({ id, extensionId }, index) =>
    anExtension({
      id: extensionId,
      boundTo: id,
      line: { type: '1', user: `10000${index + 1}` as SipUser, digest: '0'.repeat(32) },
    }),
  );
  return { agents: made, extensions };
}

export function aCall(changes: Partial<Call> = {}): Call {
  const id = changes.id ?? anId<CallId>();
  return {
    id,
    channelId: id as string as ChannelId,
    app: APP,
    party: { kind: 'outside', from: 'dialled', telnumber: '13800000000' },
    memberOf: [],
    stage: { at: 'up', since: NOW, hangUpAt: null },
    userData: null,
    queueId: null,
    placement: null,
    whisper: null,
    phoneHold: null,
    ...changes,
  };
}

export function aMember(call: Call, changes: Partial<Member> = {}): Member {
  const party = call.party as Member['party'];
  return { callId: call.id, party, mode: 1, role: PARTY, since: NOW, until: null, ...changes };
}

export function aConversation(changes: Partial<Conversation> = {}): Conversation {
  return {
    id: anId<ConversationId>(),
    app: APP,
    type: 'queue',
    bridgeId: anId<BridgeId>(),
    bridgeKind: 'mixing',
    channelId: null,
    queueId: null,
    conditionId: null,
    agentCallId: null,
    userData: null,
    rejectedWith: null,
    holdVoice: null,
    underTalk: null,
    beginTime: NOW,
    endsAt: (NOW + 21_600_000) as Instant,
    maxMembers: MAX_MEMBERS,
    members: [],
    invited: [],
    stage: { at: 'begun', since: NOW },
    ...changes,
  };
}

/** A running conversation of so many outside parties, and the world around it. */
export function aRunningConversation(parties = 2): {
  world: World;
  conversation: Conversation;
  calls: readonly Call[];
} {
  const id = anId<ConversationId>();
  const calls = Array.from({ length: parties }, () => aCall({ memberOf: [id] }));
  const conversation = aConversation({ id, members: calls.map((call) => aMember(call)) });
  return { world: aWorld({ calls, conversations: [conversation] }), conversation, calls };
}

export function anEnqueue(changes: Partial<Enqueue> = {}): Enqueue {
  return { ...agentEnqueue('ann' as AgentName), ...changes };
}

export function aPlan(name: string, changes: Partial<Plan> = {}): Plan {
  return {
    id: planId(APP, name),
    app: APP,
    name,
    source: 'file',
    text: '<enqueue/>',
    enqueue: anEnqueue(),
    ...changes,
  };
}

let channels = 0;
export const aChannelId = (): ChannelId => `${1_700_000_000 + ++channels}.${channels}` as ChannelId;

export function anArrival(changes: Partial<Arrival> = {}): Input<'caller-entered'> {
  return {
    type: 'caller-entered',
    channelId: aChannelId(),
    app: APP,
    request: { by: 'enqueue', enqueue: anEnqueue() },
    telnumber: '13900000001',
    answer: true,
    userData: null,
    priority: 0,
    ...changes,
  };
}

/** A caller came in and waits; `taskId` and `call` as the world has them. */
export function givenACaller(world: World, changes: Partial<Arrival> = {}, stamp: Partial<Stamp> = {}) {
  const arrival = anArrival(changes);
  const outcome = when(world, arrival, stamp);
  const call = world.calls.get(world.callOnChannel.get(arrival.channelId)!)!;
  const { taskId } = call.stage as { taskId: QueueTaskId };
  return { channelId: arrival.channelId, call, taskId, outcome };
}

export function doing<Kind extends Effect['do']>(
  effects: readonly Effect[],
  kind: Kind,
): readonly Extract<Effect, { do: Kind }>[] {
  return effects.filter((effect): effect is Extract<Effect, { do: Kind }> => effect.do === kind);
}

/** The one of its kind. */
export function only<Item>(items: Iterable<Item>): Item {
  const all = [...items];
  if (all.length !== 1) throw new Error(`expected one, found ${all.length}`);
  return all[0]!;
}

/** A caller and an agent in a conversation, as it comes about. */
export function aServedCaller(changes: Partial<Arrival> = {}, stamp: Partial<Stamp> = {}) {
  const world = aWorld(atTheirPhones({}));
  const { channelId, call, taskId } = givenACaller(world, changes, stamp);
  const agentCall = [...world.calls.values()].find(({ party }) => party.kind === 'agent')!;
  const outcome = when(world, { type: 'leg-answered', channelId: agentCall.channelId }, stamp);
  const conversation = only(world.conversations.values());
  return { world, channelId, call, taskId, agentCall, conversation, outcome };
}
