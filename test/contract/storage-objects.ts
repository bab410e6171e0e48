import type { Agent } from '../../src/domain/agent/agent';
import type { Party } from '../../src/domain/call/call';
import {
  PARTY,
  type Conversation,
  type ConversationStage,
  type Member,
} from '../../src/domain/conversation/conversation';
import type { Effect } from '../../src/domain/effect';
import type {
  AgentName,
  AppId,
  BridgeId,
  CallId,
  ConversationId,
  EventId,
  ExtensionId,
  GatewayAddress,
  Instant,
  PhoneNumber,
  QueueTaskId,
} from '../../src/domain/ids';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { Change } from '../../src/domain/world';
import type { ToldEvent } from '../../src/ports/events';
import type { Batch, Restored } from '../../src/ports/storage';

export const APP = 'app' as AppId;
export const openBridge: Effect = { do: 'open-bridge', bridgeId: 'b1' as BridgeId, kind: 'pair' };
export const began: ConversationStage = { at: 'begun', since: 2_000 as Instant };
export const over: ConversationStage = { at: 'ended', since: 3_000 as Instant, reason: 'dismiss', hadBegun: true };
export const neverBegan: ConversationStage = { ...over, hadBegun: false };

export function aBatch(number: number, parts: Partial<Batch> = {}): Batch {
  const nothing = {
    at: 4_000 as Instant,
    changes: [],
    past: [],
    effects: [],
    done: [],
    events: [],
    deliveries: [],
    settled: [],
    answers: [],
    withdrawn: [],
  };
  return { number, ...nothing, ...parts };
}

/** What a store gives back that has had so many batches. */
export function restored(lastBatch: number, parts: Partial<Restored> = {}): Restored {
  return {
    lastBatch,
    aggregates: [],
    effects: [],
    lastEvent: null,
    sequences: new Map(),
    undelivered: [],
    ...parts,
  };
}

export function aConversation(id: string, parts: Partial<Conversation> = {}): Conversation {
  return {
    id: id as ConversationId,
    app: APP,
    type: 'queue',
    bridgeId: `bridge-${id}` as BridgeId,
    channelId: null,
    queueId: null,
    conditionId: null,
    agentCallId: null,
    userData: 'said "hello"; \u00fc \u{1f600} \u0000 end',
    rejectedWith: null,
    holdVoice: null,
    underTalk: null,
    bridgeKind: 'pair',
    beginTime: 1_000 as Instant,
    endsAt: 9_000 as Instant,
    maxMembers: 8,
    members: [],
    invited: [],
    stage: began,
    ...parts,
  };
}

export function aGateway(id: string, telnum: string | null = null): Change {
  const line = {
    type: '2',
    ipaddr: '[2001:db8::7]:5070' as GatewayAddress,
    telnum: telnum as PhoneNumber,
  } as const;
  const value = { id: id as ExtensionId, app: APP, line, enabled: false, boundTo: null };
  return { kind: 'extensions', value, live: true };
}

export function change(value: Conversation): Change {
  return { kind: 'conversations', value, live: value.stage.at !== 'ended' };
}

export function agentMember(name: string, until: number | null = null): Member {
  const agentId = `app/${name}`;
  return aMember({ kind: 'agent', agentId, name, extensionId: 'e1' } as Party, until);
}

export function outsideMember(telnumber: string | null, until: number | null = null): Member {
  return aMember({ kind: 'outside', from: 'dialled', telnumber }, until);
}

function aMember(party: Party, until: number | null): Member {
  return { callId: 'c1', party, mode: 1, role: PARTY, since: 1_500, until } as Member;
}

export function anAgent(name: string): Change & { readonly kind: 'agents' } {
  const agent = {
    id: `app/${name}`,
    app: APP,
    name,
    num: null,
    state: 'idle',
    skills: [{ name: 'de', score: 0.1 }],
  };
  return { kind: 'agents', value: agent as unknown as Agent, live: true };
}

/** The one with this number in a subject: by default the conversation `1`. */
export function anEvent(sequence: number, parts: Partial<ToldEvent> = {}): ToldEvent {
  const conversation = '1' as ConversationId;
  return {
    id: `e${String(sequence).padStart(6, '0')}` as EventId,
    app: APP,
    event: 'callcenter.conversation.parts_changed',
    at: 1_000 as Instant,
    agent: null,
    task: null,
    conversation,
    body: `{"sequence":${sequence},"text":"\u00fc \u{1f600}"}`,
    numbered: { by: `conversations ${conversation}`, as: sequence },
    notification: { event: 'callcenter.conversation.parts_changed', app: APP, id: conversation, userData: null },
    ...parts,
  };
}

export function aTask(id: string): QueueTask {
  const waiting = { priority: 5, queueTimeoutSeconds: 60, fetchTimeoutSeconds: 50 };
  return {
    id: id as QueueTaskId,
    app: APP,
    type: 'ivr',
    enqueue: {
      conversationLevel: 2,
      conversationTimeoutSeconds: 21_600,
      choice: 'random',
      reserveState: 'idle',
      failOverflow: false,
      waitVoice: null,
      ringMode: 1,
      ringVoice: null,
      holdVoice: null,
      playNum: false,
      preNumVoice: null,
      postNumVoice: null,
      userData: null,
      priority: 0,
      routes: [{ targets: [{ kind: 'agent', name: 'ann' as AgentName, ...waiting }] }],
    },
    plan: 'sales',
    userData: null,
    priority: 0,
    queuedAt: 1_000 as Instant,
    origin: { from: 'caller', callId: 'c1' as CallId },
    conversationId: null,
    conditionId: null,
    route: 0,
    routeSince: 1_000 as Instant,
    waits: [waiting],
    phase: { at: 'waiting' },
    missedBy: [],
    givenAwayBy: null,
    rejectedWith: null,
    decisions: [{ did: 'wait', at: 1_000 as Instant, route: 0 }],
  };
}
