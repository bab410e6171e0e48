import type { Call, CallWish, OnAnswer } from '../call/call';
import { MAX_CONVERSATION_SECONDS } from '../conversation/conversation';
import { createConversation } from '../conversation/creating';
import { dialOutside } from '../conversation/inviting';
import { endIfDeserted, join } from '../conversation/membership';
import type { ConversationId, QueueTaskId } from '../ids';
import type { CallStarted, Stamped } from '../input';
import { claimTrunk, presentTrunk } from '../outside/claiming';
import { expectThere, search } from '../queue/queueing';
import type { UnitOfWork } from '../unit-of-work';
import { agentNamed, type Agent } from './agent';
import { dialPhone, fetch, legInUse } from './agent-phone';

/** An agent calls a number. */
export function callOut(tx: UnitOfWork, command: Stamped<'call-out'>): CallStarted {
  const { app, name, to, from, ringSeconds, talkSeconds, userData } = command;
  const agent = agentNamed(tx, app, name);
  const leg = legInUse(tx, agent);
  claimTrunk(tx, app, command);
  const call = { to, from, ringSeconds, talkSeconds };
  return begin(tx, agent, leg, { to: 'number', call, userData });
}

/** An agent calls whom the document asks for. */
export function callAgent(
  tx: UnitOfWork,
  { app, name, enqueue }: Stamped<'call-agent'>,
): CallStarted & { readonly taskId: QueueTaskId } {
  const agent = agentNamed(tx, app, name);
  expectThere(tx, app, enqueue);
  const taskId = tx.newId<QueueTaskId>();
  return { ...begin(tx, agent, legInUse(tx, agent), { to: 'agent', enqueue, taskId }), taskId };
}

/** With the leg that the agent has; null: by its phone, which rings first. */
function begin(tx: UnitOfWork, agent: Agent, leg: Call | null, wish: CallWish): CallStarted {
  const conversationId = tx.newId<ConversationId>();
  if (leg !== null) {
    startCall(tx, leg, { conversationId, wish });
    return { callId: leg.id, conversationId };
  }
  const callId = dialPhone(tx, agent, {
    onAnswer: { then: 'call', conversationId, wish },
    ringSeconds: tx.settings.ownRingSeconds,
    talkSeconds: MAX_CONVERSATION_SECONDS,
    from: wish.to === 'number' ? wish.call.to : null,
    userData: userDataOf(wish),
  });
  fetch(tx, agent, callId, 'idle');
  return { callId, conversationId };
}

/** The agent is at the phone, alone in a conversation of its own; now the other side is called. */
export function startCall(
  tx: UnitOfWork,
  { id: callId, app }: Call,
  { conversationId, wish }: Omit<Extract<OnAnswer, { then: 'call' }>, 'then'>,
): void {
  const given = { id: conversationId, app, agentCallId: callId, userData: userDataOf(wish) };
  if (wish.to === 'agent') {
    const { enqueue, taskId } = wish;
    createConversation(tx, enqueue, { ...given, type: 'call_agent', queueId: taskId });
    join(tx, { callId, conversationId }, 1);
    return search(tx, conversationId, { id: taskId, type: 'call_agent', enqueue, mode: 1 });
  }
  createConversation(tx, null, { ...given, type: 'call_out' });
  join(tx, { callId, conversationId }, 1);
  const trunk = presentTrunk(tx);
  if (trunk === null) endIfDeserted(tx, conversationId);
  else dialOutside(tx, tx.conversations.need(conversationId), wish.call, 1, trunk);
}

function userDataOf(wish: CallWish): string | null {
  return wish.to === 'number' ? wish.userData : wish.enqueue.userData;
}
