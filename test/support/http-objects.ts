import { parseExpression } from '../../src/adapters/expression/jsep-expression';
import { type Agent, agentId } from '../../src/domain/agent/agent';
import type { Call } from '../../src/domain/call/call';
import { PARTY, type Conversation, type Member } from '../../src/domain/conversation/conversation';
import type { Expression } from '../../src/domain/expression/expression';
import { checked } from '../../src/domain/expression/type-check';
import type { Extension } from '../../src/domain/extension/extension';
import type {
  AgentName,
  BridgeId,
  CallId,
  ChannelId,
  ConditionId,
  ConversationId,
  ExtensionId,
  GatewayAddress,
  Instant,
  PhoneNumber,
  QueueTaskId,
  SipUser,
} from '../../src/domain/ids';
import type { Condition } from '../../src/domain/queue/condition';
import { agentEnqueue } from '../../src/domain/queue/enqueue';
import { type Plan, planId } from '../../src/domain/queue/plan';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import { apply } from '../../src/domain/world';
import type { QueuedTask } from '../../src/ports/call-center';
import { type RecordingCallCenter } from './http-call-center';
import { APP, type TestServer } from './http-client';
import { anEventRecord } from './recording-events';

/** 32 hex digits that sort by `number`. */
export function idOf<Id extends string>(number: number): Id {
  return number.toString(16).padStart(32, '0') as Id;
}

/** 2024-05-01 23:59:59 in UTC; in Shanghai it is 07:59:59 on the next day. */
export const BEGUN = 1_714_607_999_000 as Instant;

export function aTerminal(number: number, given: Partial<Extension> = {}): Extension {
  const line = { type: '1', user: `10000${number}` as SipUser, digest: 'd'.repeat(32) } as const;
  return { id: idOf<ExtensionId>(number), app: APP, line, enabled: false, boundTo: null, ...given };
}

export function aTelephone(number: number): Extension {
  return { ...aTerminal(number), line: { type: '3', telnum: '+8613800000000' as PhoneNumber }, enabled: true };
}

export function aGateway(number: number): Extension {
  const at = { ipaddr: '10.0.0.1:5070' as GatewayAddress, telnum: '201' as PhoneNumber };
  return { ...aTerminal(number), line: { type: '2', ...at } };
}

export function anAgent(name: string, given: Partial<Agent> = {}): Agent {
  const app = given.app ?? APP;
  return {
    id: agentId(app, name as AgentName),
    app,
    name: name as AgentName,
    num: null,
    extensionId: idOf<ExtensionId>(1),
    state: 'idle',
    reserveState: 'idle',
    skills: [],
    callId: null,
    keptAliveAt: BEGUN,
    loggedInAt: BEGUN,
    lastTalkAt: null,
    restsUntil: null,
    ...given,
  };
}

export function aCall(number: number, given: Partial<Call> = {}): Call {
  return {
    id: idOf<CallId>(number),
    channelId: idOf<ChannelId>(number),
    app: APP,
    party: { kind: 'outside', from: 'dialled', telnumber: '13800000000' },
    memberOf: [],
    stage: { at: 'up', since: BEGUN, hangUpAt: null },
    userData: null,
    queueId: null,
    placement: null,
    whisper: null,
    phoneHold: null,
    ...given,
  };
}

export function aConversation(number: number, given: Partial<Conversation> = {}): Conversation {
  return {
    id: idOf<ConversationId>(number),
    app: APP,
    type: 'queue',
    bridgeId: idOf<BridgeId>(number),
    channelId: null,
    queueId: null,
    conditionId: null,
    agentCallId: null,
    userData: null,
    beginTime: BEGUN,
    endsAt: (BEGUN + 21_600_000) as Instant,
    maxMembers: 8,
    members: [],
    invited: [],
    rejectedWith: null,
    holdVoice: null,
    underTalk: null,
    bridgeKind: 'pair',
    stage: { at: 'begun', since: BEGUN },
    ...given,
  };
}

export function aMember(number: number, given: Partial<Member> = {}): Member {
  return {
    callId: idOf<CallId>(number),
    party: { kind: 'outside', from: 'dialled', telnumber: '13800000000' },
    mode: 1,
    role: PARTY,
    since: BEGUN,
    until: null,
    ...given,
  };
}

export function aCondition(number: number, given: Partial<Condition> = {}): Condition {
  return {
    id: idOf<ConditionId>(number),
    app: APP,
    where: expression('has("sales")', 'boolean'),
    sort: null,
    priority: 0,
    queueTimeoutSeconds: 60,
    fetchTimeoutSeconds: 45,
    remark: null,
    createdAt: BEGUN,
    lookAt: null,
    ...given,
  };
}

export function expression<Type extends 'boolean' | 'number'>(text: string, wanted: Type): Expression<Type> {
  return checked(parseExpression(text), text, wanted);
}

export function aPlan(name: string, given: Partial<Plan> = {}): Plan {
  const app = given.app ?? APP;
  const text = '<enqueue><route><agent name="1001"/></route></enqueue>';
  const enqueue = agentEnqueue('1001' as AgentName);
  return { id: planId(app, name), app, name, source: 'api', text, enqueue, ...given };
}

export function aTask(number: number, given: Partial<QueueTask> = {}): QueueTask {
  return {
    id: idOf<QueueTaskId>(number),
    app: APP,
    type: 'ivr',
    enqueue: agentEnqueue('1001' as AgentName),
    plan: null,
    userData: null,
    priority: 0,
    queuedAt: BEGUN,
    origin: { from: 'caller', callId: idOf<CallId>(number) },
    conversationId: null,
    conditionId: null,
    route: 0,
    routeSince: BEGUN,
    waits: [{ priority: 0, queueTimeoutSeconds: null, fetchTimeoutSeconds: 50 }],
    phase: { at: 'waiting' },
    missedBy: [],
    givenAwayBy: null,
    rejectedWith: null,
    decisions: [],
    ...given,
  };
}

export function aQueued(task: QueueTask, given: Partial<QueuedTask> = {}): QueuedTask {
  return { task, position: 1, priority: 0, waitedSeconds: 0, estimate: null, ...given };
}

/** Whatever the endpoints of `http-endpoints.ts` name. */
export function addWhatEndpointsName({ callCenter, sounds }: TestServer): void {
  addExtensions(callCenter, aTerminal(1));
  addAgents(callCenter, anAgent('1001'));
  addConditions(callCenter, aCondition(1));
  addPlans(callCenter, aPlan('support'));
  callCenter.queued.push(aQueued(aTask(1)));
  callCenter.conversations.push(aConversation(1));
  callCenter.events.records.push(anEventRecord(1));
  sounds.files.push({ app: APP, name: 'welcome.wav', bytes: 44, seconds: 0 });
}

export function addConditions({ world }: RecordingCallCenter, ...conditions: readonly Condition[]): void {
  apply(
    world,
    conditions.map((value) => ({ kind: 'conditions', value, live: true })),
  );
}

export function addPlans({ world }: RecordingCallCenter, ...plans: readonly Plan[]): void {
  apply(
    world,
    plans.map((value) => ({ kind: 'plans', value, live: true })),
  );
}

export function addExtensions({ world }: RecordingCallCenter, ...extensions: readonly Extension[]): void {
  apply(
    world,
    extensions.map((value) => ({ kind: 'extensions', value, live: true })),
  );
}

export function addAgents({ world }: RecordingCallCenter, ...agents: readonly Agent[]): void {
  apply(
    world,
    agents.map((value) => ({ kind: 'agents', value, live: true })),
  );
}

export function addCalls({ world }: RecordingCallCenter, ...calls: readonly Call[]): void {
  apply(
    world,
    calls.map((value) => ({ kind: 'calls', value, live: true })),
  );
}

export function addConversations({ world }: RecordingCallCenter, ...conversations: readonly Conversation[]): void {
  apply(
    world,
    conversations.map((value) => ({ kind: 'conversations', value, live: true })),
  );
}

export function addTasks({ world }: RecordingCallCenter, ...tasks: readonly QueueTask[]): void {
  apply(
    world,
    tasks.map((value) => ({ kind: 'queueTasks', value, live: true })),
  );
}
