import type { Agent } from '../../src/domain/agent/agent';
import type { AgentName } from '../../src/domain/ids';
import type { Arrival } from '../../src/domain/input';
import type { Enqueue } from '../../src/domain/queue/enqueue';
import { agentEnqueue } from '../../src/domain/queue/enqueue';
import { callOut, coach, enter } from './agent-operations';
import { agentTarget, ANN, answered, asking, BOB, CAL, inviteAgent } from './happenings';
import { aDay, type Day } from './watched-day';
import { only } from './worlds';

/** Ann, Bob and Cal at their phones, all idle but for what is given. */
export function aDayOfThree(changes: Partial<Agent> = {}): Day {
  return aDay({ name: ANN }, { name: BOB, num: '1002', ...changes }, { name: CAL, num: '1003' });
}

/** A caller for whom Ann's phone rings. */
export function aCallForAnn(
  document: Partial<Enqueue> = {},
  bob: Partial<Agent> = {},
  arrival: Partial<Arrival> = {},
) {
  const day = aDayOfThree(bob);
  const caller = day.caller({ request: asking([agentTarget(ANN)], document), ...arrival });
  return { day, caller, task: day.task(), conversation: day.conversation() };
}

/** The caller and Ann talk. */
export function aTalk(document: Partial<Enqueue> = {}, bob: Partial<Agent> = {}) {
  const { day, caller, task, conversation } = aCallForAnn(document, bob);
  day.take(answered(day.leg(ANN)));
  return { day: day.forget(), caller, task, conversation };
}

/** Bob has been invited, and talks with them. */
export function aTalkOfThree(document: Partial<Enqueue> = {}) {
  const talk = aTalk(document);
  talk.day.take(inviteAgent(talk.conversation, agentEnqueue(BOB)));
  talk.day.take(answered(talk.day.leg(BOB)));
  return { ...talk, day: talk.day.forget() };
}

/** Ann is in two conversations: the one with the caller is on hold, in the other one she talks with a number. */
export function twoTalks(document: Partial<Enqueue> = {}) {
  const { day, caller, conversation: held } = aTalk(document);
  day.take(callOut(ANN));
  const number = day.number();
  day.take(answered(number));
  const talk = only([...day.world.conversations.values()].filter(({ type }) => type === 'call_out'));
  return { day: day.forget(), caller, number, held, talk };
}

/** Cal listens to the caller and Ann, and counts for nothing. */
export function aSupervisedTalk() {
  const talk = aTalk();
  talk.day.take(enter(CAL, talk.conversation, 2));
  talk.day.take(answered(talk.day.leg(CAL)));
  return { ...talk, day: talk.day.forget() };
}

/** Cal whispers to one of those who talk. */
export function aCoachedTalk(to: AgentName = ANN, talk = aTalk()) {
  talk.day.take(coach(CAL, talk.conversation, to));
  talk.day.take(answered(talk.day.leg(CAL)));
  const ear = talk.day.ear();
  talk.day.take(answered(ear));
  return { ...talk, ear, day: talk.day.forget() };
}
