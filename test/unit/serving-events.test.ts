import type { AgentName, CallId } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import { isEvent, type Notification } from '../../src/domain/notification';
import type { QueueFailCause } from '../../src/domain/queue/queue-task';
import { setMode } from '../support/agent-operations';
import { twoTalks } from '../support/agent-talks';
import { AT, eventsOf, legTold, type Leg } from '../support/events';
import {
  agentTarget,
  ANN,
  answered,
  asking,
  BOB,
  dissolve,
  due,
  ended,
  inviteAgent,
  inviteOut,
  legOf,
  routing,
} from '../support/happenings';
import { after, anArrival, APP, atTheirPhones, aWorld, givenACaller, only, when } from '../support/worlds';

const VIP = asking([agentTarget(ANN)], { userData: 'vip', reserveState: 'busy/paperwork' });

/** A world with Ann and Bob at their phones, a caller for Ann, and all that has been told since. */
class Case {
  readonly world = aWorld(atTheirPhones({ name: ANN }, { name: BOB }));
  told: readonly Notification[] = [];
  /** What stands in journals alone. */
  journaled: readonly Notification[] = [];

  take(input: Input): this {
    const { notifications } = when(this.world, input, { at: AT });
    this.told = [...this.told, ...notifications.filter(({ event }) => isEvent(event))];
    this.journaled = [...this.journaled, ...notifications.filter(({ event }) => !isEvent(event))];
    return this;
  }

  ids(name: AgentName = ANN): Leg {
    return legTold(this.world, name);
  }

  get conversation() {
    return only(this.world.conversations.values());
  }

  get task() {
    return only(this.world.queueTasks.values());
  }

  forget(): this {
    this.told = [];
    return this;
  }
}

/** A caller for whom Ann's phone rings. */
function aCallerForAnn() {
  const day = new Case();
  const arrival = anArrival({ request: VIP });
  day.take(arrival);
  const { id, origin } = day.task;
  const caller = { channelId: arrival.channelId, id: origin.from === 'caller' ? origin.callId : ('' as CallId) };
  const events = eventsOf({ id, type: 'ivr', caller: caller.id }, day.conversation);
  return { day, caller, events, ann: day.ids() };
}

/** The caller and Ann in conversation; what was told until then is forgotten. */
function inConversation() {
  const begun = aCallerForAnn();
  begun.day.take(answered(legOf(begun.day.world))).forget();
  return begun;
}

describe('the events of the standard cases, in order and with every key', () => {
  test('A: a queued caller is answered, and the agent hangs up', () => {
    const { day, events, ann } = aCallerForAnn();
    const leg = legOf(day.world);

    day.take(answered(leg)).take(ended(leg));

    expect(day.told).toStrictEqual([
      events.select(ANN, ann),
      events.state(ANN, 'idle', 'fetching'),
      events.state(ANN, 'fetching', 'talking'),
      events.begin(),
      events.success(ANN, ann),
      events.change(ANN, 'enter'),
      events.parts(),
      events.change(ANN, 'exit'),
      events.end('dismiss'),
      events.state(ANN, 'talking', 'busy/paperwork'),
    ]);
  });

  test('A: a queued caller is answered, and the caller hangs up', () => {
    const { day, events, caller } = inConversation();
    const leg = legOf(day.world);

    day.take(ended(caller)).take(ended(leg));

    expect(day.told).toStrictEqual([
      events.change(ANN, 'exit'),
      events.end('dismiss'),
      events.state(ANN, 'talking', 'busy/paperwork'),
    ]);
  });

  test.each<readonly [string, QueueFailCause]>([
    ['B: nobody is free in time', 'timeout'],
    ['D: the caller hangs up while it waits', 'hangup'],
  ])('%s', (_, cause) => {
    const day = new Case();
    day.take({ type: 'set-state', app: APP, name: ANN, state: 'away' });
    const request = asking([agentTarget(ANN, { queueTimeoutSeconds: 20 })], { userData: 'vip' });
    const { taskId, call, channelId } = givenACaller(day.world, { request }, after(-20));

    day.take(cause === 'timeout' ? due('queueTasks', { id: taskId }) : ended({ channelId }));

    const events = eventsOf({ id: taskId, type: 'ivr', caller: call.id });
    expect(day.told).toStrictEqual([events.fail(cause, null)]);
  });

  test('C: the agent does not answer', () => {
    const { day, events, ann } = aCallerForAnn();

    day.take(ended(legOf(day.world), 21));

    expect(day.told).toStrictEqual([
      events.select(ANN, ann),
      events.state(ANN, 'idle', 'fetching'),
      events.fail('call_fail', events.agent(ANN, ann)),
      events.state(ANN, 'fetching', 'busy/paperwork'),
    ]);
  });

  test('D2: the caller hangs up while the phone rings', () => {
    const { day, events, ann, caller } = aCallerForAnn();
    const leg = legOf(day.world);

    day.take(ended(caller)).take(ended(leg));

    expect(day.told).toStrictEqual([
      events.select(ANN, ann),
      events.state(ANN, 'idle', 'fetching'),
      events.fail('hangup', events.agent(ANN, ann)),
      events.state(ANN, 'fetching', 'busy/paperwork'),
    ]);
  });

  test('E: an agent is invited and answers', () => {
    const { day } = inConversation();
    const { conversation } = day;

    day.take(inviteAgent(conversation, routing([[agentTarget(BOB)]])));
    const events = eventsOf({ id: day.task.id, type: 'invite_agent' }, conversation);
    const bob = day.ids(BOB);
    day.take(answered(legOf(day.world, BOB)));

    expect(day.told).toStrictEqual([
      events.select(BOB, bob),
      events.state(BOB, 'idle', 'fetching'),
      events.state(BOB, 'fetching', 'talking'),
      events.success(BOB, bob),
      events.change(BOB, 'enter'),
      events.parts(),
    ]);
  });

  test('F: a number is invited: told when it answers, and when it leaves', () => {
    const { day, events } = inConversation();

    day.take(inviteOut(day.conversation));
    const call = only([...day.world.calls.values()].filter(({ stage }) => stage.at === 'ringing'));
    expect(day.told).toEqual([]);
    day.take(answered(call)).take(ended(call));

    expect(day.told).toStrictEqual([events.parts(), events.parts()]);
  });

  test('F: a number is invited and fails: nothing is told, and the journal has it', () => {
    const { day } = inConversation();

    day.take(inviteOut(day.conversation));
    const call = only([...day.world.calls.values()].filter(({ stage }) => stage.at === 'ringing'));
    day.take(ended(call, 17));

    expect(day.told).toEqual([]);
    expect(day.journaled).toEqual([
      {
        event: 'callcenter.conversation.call_failed',
        app: APP,
        id: day.conversation.id,
        callId: call.id,
        telnumber: '13700000000',
        cause: 17,
        currentTime: AT,
        userData: 'vip',
      },
    ]);
  });

  test('what a member hears and says changes: nothing is told, and the journals of all that it changes in have it', () => {
    const { day, held, talk } = twoTalks();
    const { notifications } = day.take(setMode(ANN, held, 3));
    const change = { event: 'callcenter.conversation.mode_changed', app: APP, callId: day.leg(ANN).id };

    expect(day.told).toEqual([]);
    expect(notifications).toMatchObject([
      { ...change, id: talk.id, mode: 4 },
      { ...change, id: held.id, mode: 3 },
    ]);
    expect(day.take(setMode(ANN, held, 3)).notifications).toEqual([]);
  });

  test('F: a number is invited before the agent has answered: its answer begins the conversation', () => {
    const { day, events } = aCallerForAnn();
    day.forget();

    day.take(inviteOut(day.conversation));
    day.take(
      answered(
        only(
          [...day.world.calls.values()].filter(
            ({ party }) => party.kind === 'outside' && party.from === 'dialled',
          ),
        ),
      ),
    );

    expect(day.told).toStrictEqual([events.begin(), events.parts()]);
  });

  test('G: an agent leaves and enough remain', () => {
    const { day, events } = inConversation();
    day.take(inviteOut(day.conversation));
    day.take(answered(only([...day.world.calls.values()].filter(({ stage }) => stage.at === 'ringing')))).forget();

    day.take(ended(legOf(day.world)));

    expect(day.told).toStrictEqual([
      events.change(ANN, 'exit'),
      events.parts(),
      events.state(ANN, 'talking', 'busy/paperwork'),
    ]);
  });

  test('H: it is dissolved with two agents in it', () => {
    const { day, events } = inConversation();
    day
      .take(inviteAgent(day.conversation))
      .take(answered(legOf(day.world, BOB)))
      .forget();
    const [ann, bob] = [legOf(day.world, ANN), legOf(day.world, BOB)];

    day.take(dissolve(day.conversation)).take(ended(ann)).take(ended(bob));

    expect(day.told).toStrictEqual([
      events.change(ANN, 'exit'),
      events.change(BOB, 'exit'),
      events.end('remove'),
      events.state(ANN, 'talking', 'busy/paperwork'),
      events.state(BOB, 'talking', 'idle'),
    ]);
  });
});
