import type { AgentName, ConversationId, PhoneNumber, QueueTaskId } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import type { ListenSpeakMode } from '../../src/domain/conversation/listen-speak-mode';
import { agentEnqueue, type Enqueue } from '../../src/domain/queue/enqueue';
import { ANN, BOB } from './happenings';
import { APP } from './worlds';

type Of<Id> = { readonly id: Id };

const OUTSIDE = { to: '13700000000' as PhoneNumber, from: null, ringSeconds: 45, talkSeconds: 3600 };

export function callOut(name: AgentName = ANN, changes: Partial<Input<'call-out'>> = {}): Input<'call-out'> {
  return { type: 'call-out', app: APP, name, ...OUTSIDE, userData: null, ...changes };
}

export function callAgent(name: AgentName, enqueue: Enqueue = agentEnqueue(BOB)): Input<'call-agent'> {
  return { type: 'call-agent', app: APP, name, enqueue };
}

export function reject(
  name: AgentName,
  { id: taskId }: Of<QueueTaskId>,
  userData: string | null = null,
): Input<'reject'> {
  return { type: 'reject', app: APP, name, taskId, userData };
}

export function forward(
  name: AgentName,
  { id: taskId }: Of<QueueTaskId>,
  enqueue: Enqueue = agentEnqueue(BOB),
): Input<'forward-to-agent'> {
  return { type: 'forward-to-agent', app: APP, name, taskId, enqueue };
}

export function transfer(
  name: AgentName,
  { id: conversationId }: Of<ConversationId>,
  enqueue: Enqueue = agentEnqueue(BOB),
): Input<'transfer-to-agent'> {
  return { type: 'transfer-to-agent', app: APP, name, conversationId, enqueue };
}

export function transferOut(
  name: AgentName,
  { id: conversationId }: Of<ConversationId>,
  changes: Partial<Input<'transfer-out'>> = {},
): Input<'transfer-out'> {
  return { type: 'transfer-out', app: APP, name, conversationId, ...OUTSIDE, ...changes };
}

export function enter(
  name: AgentName,
  { id: conversationId }: Of<ConversationId>,
  mode: ListenSpeakMode = 1,
  holding = true,
): Input<'enter'> {
  return { type: 'enter', app: APP, name, conversationId, mode, holding };
}

export function coach(name: AgentName, { id: conversationId }: Of<ConversationId>, to: AgentName): Input<'coach'> {
  return { type: 'coach', app: APP, name, conversationId, to };
}

export function exit(name: AgentName, { id: conversationId }: Of<ConversationId>): Input<'exit'> {
  return { type: 'exit', app: APP, name, conversationId };
}

export function setMode(
  name: AgentName,
  { id: conversationId }: Of<ConversationId>,
  mode: ListenSpeakMode,
): Input<'set-agent-mode'> {
  return { type: 'set-agent-mode', app: APP, name, conversationId, mode };
}

export function merge(
  name: AgentName,
  { into, from }: { readonly into: Of<ConversationId>; readonly from: Of<ConversationId> },
  mode: ListenSpeakMode = 1,
): Input<'merge'> {
  return { type: 'merge', app: APP, name, into: into.id, from: from.id, mode };
}
