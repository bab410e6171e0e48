import { agentNamed, memberOf } from '../agent/agent';
import type { Stamped } from '../input';
import { Refusal } from '../refusal';
import type { UnitOfWork } from '../unit-of-work';
import { isActive, isParty, memberOn, present } from './conversation';
import { holdOnIn } from './phone-hold';
import {
  beginOnce,
  changeMode,
  end,
  endIfDeserted,
  runningConversation,
  stepOut,
  takeIn,
  tellOfAgent,
  tellOfParts,
} from './membership';

/**
 * Two conversations that an agent is in become one: everybody else goes over, with what they were there, and the one that
 * is empty ends. An agent who was on hold in the one that goes on, and talked in the other, talks on.
 */
export function merge(tx: UnitOfWork, command: Stamped<'merge'>): null {
  const { app, name, mode } = command;
  if (command.into === command.from) {
    throw new Refusal('parameter-illegal', {
      parameter: 'dst_conversation_id',
      problem: { zh: '是同一个交谈', en: 'is the same conversation' },
    });
  }
  const agent = agentNamed(tx, app, name);
  const into = runningConversation(tx, { app, conversationId: command.into });
  const from = runningConversation(tx, { app, conversationId: command.from });
  const [here, there] = [memberOf(agent, into), memberOf(agent, from)];
  if (here === undefined || there === undefined) throw new Refusal('not-a-member', { name });
  const others = present(from).filter(({ callId }) => callId !== here.callId);
  const newcomers = others.filter(({ callId }) => memberOn(into, callId) === undefined);
  if (present(into).length + into.invited.length + newcomers.length > into.maxMembers) {
    throw new Refusal('conversation-full', { limit: into.maxMembers });
  }
  if (others.some(({ role }) => isParty(role))) beginOnce(tx, into.id);
  const talksOn = !isActive(here) && isActive(there);
  tellOfAgent(tx, stepOut(tx, { callId: there.callId, conversationId: from.id }), from, 'exit');
  if (talksOn) changeMode(tx, { callId: here.callId, conversationId: into.id }, there.mode);
  holdOnIn(tx, here.callId, from.id, into.id);

  for (const { callId, role, mode: modeThere } of others) {
    tellOfAgent(tx, stepOut(tx, { callId, conversationId: from.id }), from, 'exit');
    const member = memberOn(into, callId);
    const wanted = isParty(role) ? mode : modeThere; // Who only listens goes on as it did.
    const seat = { callId, conversationId: into.id };
    if (member === undefined) takeIn(tx, seat, wanted, role);
    else if (isParty(role) || !isActive(member)) changeMode(tx, seat, wanted);
  }
  tellOfParts(tx, into);
  end(tx, tx.conversations.need(from.id), 'dismiss');
  endIfDeserted(tx, into.id); // A supervisor who had barged in may have gone back to listening.
  return null;
}
