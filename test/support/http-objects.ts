import { type Agent, agentId } from '../../src/domain/agent/agent';
import type { Call } from '../../src/domain/call/call';
import type { Conversation, Member } from '../../src/domain/conversation/conversation';
import type { Extension } from '../../src/domain/extension/extension';
import type {
  AgentName,
  BridgeId,
  CallId,
  ChannelId,
  ConversationId,
  ExtensionId,
  Instant,
  PhoneNumber,
  SipUser,
} from '../../src/domain/ids';
import { apply } from '../../src/domain/world';
import type { RecordingCallCenter } from './http-call-center';
import { APP } from './http-client';

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
    placement: null,
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
    stage: { at: 'begun', since: BEGUN },
    ...given,
  };
}

export function aMember(number: number, given: Partial<Member> = {}): Member {
  return {
    callId: idOf<CallId>(number),
    party: { kind: 'outside', from: 'dialled', telnumber: '13800000000' },
    mode: 1,
    since: BEGUN,
    until: null,
    ...given,
  };
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
