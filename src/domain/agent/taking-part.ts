import type { Call, OnAnswer } from '../call/call';
import {
  isFull,
  PARTY,
  present,
  type Conversation,
  type Role,
  type Supervisor,
} from '../conversation/conversation';
import { activeIn, arrange } from '../conversation/audio';
import { HELD, type ListenSpeakMode } from '../conversation/listen-speak-mode';
import { stopWhisper } from '../conversation/whispering';
import { changeMember, depart, join, leave, runningConversation, setMode } from '../conversation/membership';
import { secondsUntil, type AgentName, type AppId, type ConversationId } from '../ids';
import type { Stamped } from '../input';
import { numberIn } from '../queue/queue-events';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import { agentNamed, memberOf, type Agent } from './agent';
import { dialPhone, fetch, legInUse } from './agent-phone';

/** An agent joins a running conversation. Who comes only to listen is a supervisor. */
export function enter(tx: UnitOfWork, command: Stamped<'enter'>): null {
  const { app, name, mode, holding } = command;
  const agent = agentNamed(tx, app, name);
  const conversation = runningConversation(tx, command);
  const member = memberOf(agent, conversation);
  if (member !== undefined) {
    setMode(tx, conversation, member.callId, mode, { name });
    return null;
  }
  const role: Role = mode === 2 ? SUPERVISOR : PARTY;
  takePart(tx, agent, conversation, { mode, role, holding });
  return null;
}

/** An agent is heard by another one only, and hears all. */
export function coach(tx: UnitOfWork, command: Stamped<'coach'>): null {
  const { app, name, to } = command;
  const agent = agentNamed(tx, app, name);
  const coached = agentNamed(tx, app, to);
  if (agent === coached)
    throw new Refusal('parameter-illegal', {
      parameter: 'to',
      problem: { zh: '不能辅导自己', en: 'nobody coaches himself' },
    });
  const conversation = runningConversation(tx, command);
  const pupil = memberOf(coached, conversation);
  if (pupil === undefined) throw new Refusal('not-a-member', { name: to });
  const role = { ...SUPERVISOR, coaching: pupil.callId };
  const member = memberOf(agent, conversation);
  if (member === undefined) {
    takePart(tx, agent, conversation, { mode: 2, role, holding: true });
    return null;
  }
  if (member.role.as === 'party') throw new Refusal('agent-busy', { name });
  const { callId } = member;
  stopWhisper(tx, callId, conversation.id);
  const seat = { callId, conversationId: conversation.id };
  changeMember(tx, seat, { role: { ...role, barging: member.role.barging } });
  setMode(tx, tx.conversations.need(conversation.id), callId, 2, { name });
  // Without it there is nobody to talk to: it is needed as it is.
  if (tx.conversations.get(conversation.id) === undefined) throw new Refusal('agent-busy', { name });
  return null;
}

export function exit(tx: UnitOfWork, command: Stamped<'exit'>): null {
  const { callId, conversationId } = seatOf(tx, command);
  depart(tx, { callId, conversationId });
  return null;
}

const SUPERVISOR: Supervisor = { as: 'supervisor', coaching: null, barging: false };

type Part = { readonly mode: ListenSpeakMode; readonly role: Role; readonly holding: boolean };

/** With the leg that the agent has, or by its phone, which then rings first. */
function takePart(tx: UnitOfWork, agent: Agent, conversation: Conversation, { mode, role, holding }: Part): void {
  const { id: conversationId, maxMembers } = conversation;
  const leg = legInUse(tx, agent);
  if (isFull(conversation)) throw new Refusal('conversation-full', { limit: maxMembers });
  if (leg === null) return ringForPart(tx, agent, conversation, { mode, role });
  if (mode !== HELD && !holding) leaveActive(tx, leg);
  join(tx, { callId: leg.id, conversationId }, mode, role);
}

/** Out of the conversation in which it hears or speaks now. */
function leaveActive(tx: UnitOfWork, leg: Call): void {
  const active = activeIn(tx, leg);
  if (active !== undefined) leave(tx, { callId: leg.id, conversationId: active.conversation.id });
}

function ringForPart(
  tx: UnitOfWork,
  agent: Agent,
  conversation: Conversation,
  { mode, role }: Pick<Part, 'mode' | 'role'>,
): void {
  const { id: conversationId, endsAt, invited, userData } = conversation;
  const onAnswer: OnAnswer = { then: 'join', conversationId, mode, talkSeconds: null, role };
  const callId = dialPhone(tx, agent, {
    onAnswer,
    ringSeconds: tx.settings.ownRingSeconds,
    talkSeconds: secondsUntil(tx.at, endsAt),
    from: numberIn(tx, present(conversation)),
    userData,
  });
  tx.conversations.put({ ...conversation, invited: [...invited, callId] });
  fetch(tx, agent, callId, 'idle');
  arrange(tx, conversationId);
}

type Seated = { readonly agent: Agent; readonly callId: Call['id']; readonly conversationId: ConversationId };

/** Where an agent sits who wants something done with its own part. @throws Refusal where it does not. */
export function seatOf(
  tx: UnitOfWork,
  command: { readonly app: AppId; readonly name: AgentName; readonly conversationId: ConversationId },
): Seated {
  const agent = agentNamed(tx, command.app, command.name);
  const conversation = runningConversation(tx, command);
  const member = memberOf(agent, conversation);
  if (member === undefined) throw new Refusal('not-a-member', { name: command.name });
  return { agent, callId: member.callId, conversationId: conversation.id };
}
