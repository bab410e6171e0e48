import type { CallId } from '../../src/domain/ids';
import type { Conversation } from '../../src/domain/conversation/conversation';
import {
  callAgent,
  callOut,
  exit,
  forward,
  merge,
  reject,
  setMode,
  transfer,
  transferOut,
} from '../support/agent-operations';
import { aDayOfThree } from '../support/agent-talks';
import { eventsOf, legTold } from '../support/events';
import {
  agentTarget,
  ANN,
  answered,
  asking,
  BOB,
  CAL,
  dissolve,
  ended,
  inviteAgent,
  routing,
} from '../support/happenings';
import { everybodyHangsUp, type Day } from '../support/watched-day';
import { only } from '../support/worlds';

afterEach(everybodyHangsUp);

const NO_TASK = { id: '', type: 'ivr' } as const;
const toBob = (userData: string | null = null) => routing([[agentTarget(BOB)]], { userData });

/** A caller with user data for whom Ann's phone rings, at the time that the events say. */
function aCallForAnn() {
  const day = aDayOfThree().pass(7);
  const caller = day.caller({
    request: asking([agentTarget(ANN)], { userData: 'vip', reserveState: 'away/tea' }),
  });
  const { id } = day.task();
  const events = eventsOf({ id, type: 'ivr', caller: caller.id }, day.conversation());
  return { day, caller, task: { id }, events };
}

/** They talk; what was told until then is forgotten. */
function aTalk() {
  const call = aCallForAnn();
  call.day.take(answered(call.day.leg(ANN)));
  return { ...call, day: call.day.forget(), conversation: call.day.conversation() };
}

/** Ann has called a number, and the caller is on hold. */
function twoTalks() {
  const { day, conversation: held, caller } = aTalk();
  day.take(callOut(ANN, { userData: 'vip' }));
  day.take(answered(day.number()));
  const talk = only([...day.world.conversations.values()].filter(({ type }) => type === 'call_out'));
  return { day: day.forget(), caller, held, talk };
}

const ownCall = (conversation: Conversation, agentCallId: CallId) =>
  eventsOf(NO_TASK, { ...conversation, agentCallId });

/** The events of a task for Bob, and what is told until his phone rings. */
function bobIsSelected(day: Day, task: Parameters<typeof eventsOf>[0], userData = 'vip') {
  const events = eventsOf(task, undefined, userData);
  const bob = legTold(day.world, BOB);
  return { events, bob, selected: [events.select(BOB, bob), events.state(BOB, 'idle', 'fetching')] };
}

describe('the events of what agents do, in order and with every key', () => {
  test('G: an agent exits and enough remain', () => {
    const { day, events, conversation } = aTalk();
    day.take(inviteAgent(conversation, toBob()));
    day.take(answered(day.leg(BOB)));

    day.forget().take(exit(ANN, conversation));
    day.settle();

    expect(day.toldInFull).toStrictEqual([
      events.change(ANN, 'exit'),
      events.parts(),
      events.state(ANN, 'talking', 'away/tea'),
    ]);
  });

  test('G: an agent exits and too few remain', () => {
    const { day, events, conversation } = aTalk();

    day.take(exit(ANN, conversation));
    day.settle();

    expect(day.toldInFull).toStrictEqual([
      events.change(ANN, 'exit'),
      events.end('dismiss'),
      events.state(ANN, 'talking', 'away/tea'),
    ]);
  });

  test('G, H: one who is in another conversation stays in its state', () => {
    const { day, held, talk } = twoTalks();
    const leg = legTold(day.world, ANN).leg;
    const [ofHeld, ofTalk] = [eventsOf(NO_TASK, held), ownCall(talk, leg)];

    day.take(exit(ANN, talk));
    day.take(setMode(ANN, held, 1));
    day.take(dissolve(held));
    day.settle();

    expect(day.toldInFull).toStrictEqual([
      ofTalk.change(ANN, 'exit'),
      ofTalk.end('dismiss'),
      ofHeld.change(ANN, 'exit'),
      ofHeld.end('remove'),
      ofHeld.state(ANN, 'talking', 'away/tea'),
    ]);
  });

  test('I: an agent calls a number, which answers and hangs up', () => {
    const day = aDayOfThree().pass(7);
    const { answer } = day.take(callOut(ANN, { userData: 'vip' }));
    const { callId: agentCallId, conversationId: id } = answer;
    const events = eventsOf(NO_TASK, { id, type: 'call_out', agentCallId });

    day.take(answered(day.leg(ANN)));
    const number = day.number();
    day.take(answered(number));
    day.take(ended(number));
    day.settle();

    expect(day.toldInFull).toStrictEqual([
      events.state(ANN, 'idle', 'fetching'),
      events.state(ANN, 'fetching', 'talking'),
      events.change(ANN, 'enter'),
      events.parts(),
      events.begin(),
      events.parts(),
      events.change(ANN, 'exit'),
      events.end('dismiss'),
      events.state(ANN, 'talking', 'idle'),
    ]);
  });

  test('J: an agent calls another one, who answers', () => {
    const day = aDayOfThree().pass(7);
    const { answer } = day.take(callAgent(ANN, toBob('vip')));
    const { callId: agentCallId, conversationId: id, taskId: queueId } = answer;
    const events = eventsOf({ id: queueId, type: 'call_agent' }, { id, type: 'call_agent', queueId, agentCallId });

    day.take(answered(day.leg(ANN)));
    const bob = legTold(day.world, BOB);
    day.take(answered(day.leg(BOB)));

    expect(day.toldInFull).toStrictEqual([
      events.state(ANN, 'idle', 'fetching'),
      events.state(ANN, 'fetching', 'talking'),
      events.change(ANN, 'enter'),
      events.parts(),
      events.select(BOB, bob),
      events.state(BOB, 'idle', 'fetching'),
      events.state(BOB, 'fetching', 'talking'),
      events.begin(),
      events.success(BOB, bob),
      events.change(BOB, 'enter'),
      events.parts(),
    ]);
  });

  test.each([
    [null, 'vip'],
    ['of the transfer', 'of the transfer'],
  ])('K: an agent transfers to another one with user data %p, who answers', (userData, expected) => {
    const { day, events, conversation } = aTalk();
    const { answer: id } = day.take(transfer(ANN, conversation, toBob(userData)));
    day.settle();
    const {
      events: ofTask,
      bob,
      selected,
    } = bobIsSelected(day, { id, type: 'xfer_agent', conversationId: conversation.id }, expected);

    day.take(answered(day.leg(BOB)));

    expect(day.toldInFull).toStrictEqual([
      events.change(ANN, 'exit'),
      events.parts(),
      events.state(ANN, 'talking', 'away/tea'),
      ...selected,
      ofTask.state(BOB, 'fetching', 'talking'),
      ofTask.success(BOB, bob),
      events.change(BOB, 'enter'),
      events.parts(),
    ]);
  });

  test('K: an agent transfers to another one, who declines', () => {
    const { day, events, conversation } = aTalk();
    const { answer: id } = day.take(transfer(ANN, conversation, toBob()));
    day.settle();
    const { events: ofTask, bob } = bobIsSelected(day, {
      id,
      type: 'xfer_agent',
      conversationId: conversation.id,
    });

    day.forget().take(ended(day.leg(BOB), 21));

    expect(day.toldInFull).toStrictEqual([
      ofTask.fail('call_fail', ofTask.agent(BOB, bob)),
      events.end('dismiss'),
      events.state(BOB, 'fetching', 'idle'),
    ]);
  });

  test.each([true, false])('L: an agent transfers to a number, which answers: %p', (answers) => {
    const { day, events, conversation } = aTalk();
    day.take(transferOut(ANN, conversation));
    day.settle();
    const number = day.number();

    day.take(answers ? answered(number) : ended(number, 17));

    expect(day.toldInFull).toStrictEqual([
      events.change(ANN, 'exit'),
      events.parts(),
      events.state(ANN, 'talking', 'away/tea'),
      answers ? events.parts() : events.end('dismiss'),
    ]);
  });

  test.each([
    [null, 'vip'],
    ['of the forwarding', 'of the forwarding'],
  ])('M: an agent forwards with user data %p to another one, who answers', (userData, expected) => {
    const { day, events, task } = aCallForAnn();
    const ann = legTold(day.world, ANN);
    const { answer: id } = day.forget().take(forward(ANN, task, toBob(userData)));
    day.settle();
    const conversation = { ...day.conversation(), queueId: id };
    const {
      events: ofTask,
      bob,
      selected,
    } = bobIsSelected(day, { id, type: 'fwd_agent', conversationId: conversation.id }, expected);
    const then = eventsOf({ id, type: 'fwd_agent' }, conversation);

    day.take(answered(day.leg(BOB)));

    expect(day.toldInFull).toStrictEqual([
      events.fail('forward', events.agent(ANN, ann)),
      events.state(ANN, 'fetching', 'away/tea'),
      ...selected,
      ofTask.state(BOB, 'fetching', 'talking'),
      then.begin(),
      ofTask.success(BOB, bob),
      then.change(BOB, 'enter'),
      then.parts(),
    ]);
  });

  test('M: the caller hangs up before the forwarder’s phone is on hook', () => {
    const { day, events, task, caller } = aCallForAnn();
    const { answer: id } = day.take(forward(ANN, task, toBob()));
    const conversationId = day.conversation().id;

    day.forget().take(ended(caller));
    day.settle();

    expect(day.toldInFull).toStrictEqual([
      eventsOf({ id, type: 'fwd_agent', conversationId }).fail('hangup', null),
      events.state(ANN, 'fetching', 'away/tea'),
    ]);
  });

  test('C: an agent declines', () => {
    const { day, events, task } = aCallForAnn();
    const ann = legTold(day.world, ANN);

    day.forget().take(reject(ANN, task, 'for the dialplan only'));
    day.settle();

    expect(day.toldInFull).toStrictEqual([
      events.fail('call_fail', events.agent(ANN, ann)),
      events.state(ANN, 'fetching', 'away/tea'),
    ]);
  });

  test('N: an agent merges two conversations, with two more agents in the one that ends', () => {
    const { day, held, talk } = twoTalks();
    const leg = legTold(day.world, ANN).leg;
    for (const name of [BOB, CAL]) {
      day.take(inviteAgent(talk, routing([[agentTarget(name)]])));
      day.take(answered(day.leg(name)));
    }
    const [src, dst] = [eventsOf(NO_TASK, held), ownCall(talk, leg)];

    day.forget().take(merge(ANN, { into: held, from: talk }));

    expect(day.toldInFull).toStrictEqual([
      dst.change(ANN, 'exit'),
      dst.change(BOB, 'exit'),
      src.change(BOB, 'enter'),
      dst.change(CAL, 'exit'),
      src.change(CAL, 'enter'),
      src.parts(),
      dst.end('dismiss'),
    ]);
  });
});
