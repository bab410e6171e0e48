import type { Call } from '../../src/domain/call/call';
import type { Input } from '../../src/domain/input';
import {
  callAgent,
  callOut,
  coach,
  enter,
  exit,
  forward,
  reject,
  transfer,
  transferOut,
} from '../support/agent-operations';
import { aCallForAnn, aDayOfThree, aTalk, aTalkOfThree } from '../support/agent-talks';
import { ANN, answered, BOB, CAL, due, ended, hungUp, NOTHING } from '../support/happenings';
import { BOTH_ORDERS, inOrder } from '../support/orders';
import { everybodyHangsUp, type Day } from '../support/watched-day';

afterEach(everybodyHangsUp);

describe('both hang up at once', () => {
  test.each(BOTH_ORDERS)(
    'a caller and an agent (%d first): each is told once, whoever’s end is told first',
    (...order) => {
      const { day, caller } = aTalk();
      const facts = [ended(caller), ended(day.leg(ANN))];

      expect(inOrder(day, order, facts)).toEqual(['exit ann', 'end dismiss', 'state_changed ann talking>idle']);

      day.expectNothingLeft();
    },
  );

  test('the agent’s end is told before the hang-up that we asked for has reached it: it is asked for nothing more', () => {
    const { day, caller } = aTalk();
    const leg = day.leg(ANN);
    expect(hungUp(day.take(ended(caller)).effects)).toEqual([leg.channelId]);

    const { effects } = day.take(ended(leg));

    expect(effects).toEqual([]);
    expect(day.take(ended(leg))).toEqual(NOTHING);
  });

  test.each(BOTH_ORDERS)('an agent exits and hangs up (%d first): it has left once', (...order) => {
    const { day, conversation } = aTalkOfThree();
    const leg = day.leg(ANN);
    if (order[0] === 0) {
      expect(day.events(exit(ANN, conversation), ended(leg))).toEqual([
        'exit ann',
        'parts_changed',
        'state_changed ann talking>idle',
      ]);
    } else {
      day.take(ended(leg));
      expect(day.refusal(exit(ANN, conversation))).toBe('not-a-member');
    }
  });

  test.each(BOTH_ORDERS)('an agent and the number it has called (%d first)', (...order) => {
    const day = aDayOfThree();
    day.take(callOut());
    day.take(answered(day.leg(ANN)));
    const number = day.number();
    day.take(answered(number));
    day.forget();

    expect(inOrder(day, order, [ended(day.leg(ANN)), ended(number)])).toEqual([
      'exit ann',
      'end dismiss',
      'state_changed ann talking>idle',
    ]);
    day.expectNothingLeft();
  });
});

describe('an answer meets a hang-up', () => {
  /** Bob rings for the caller whom Ann has transferred. */
  function bobRings() {
    const { day, caller, conversation } = aTalk();
    day.take(transfer(ANN, conversation));
    day.settle();
    return { day: day.forget(), caller, bob: day.leg(BOB) };
  }

  test('the target of a transfer answers, then the caller hangs up', () => {
    const { day, caller, bob } = bobRings();

    expect(day.events(answered(bob), ended(caller))).toEqual([
      'state_changed bob fetching>talking',
      'queue.success bob',
      'enter bob',
      'parts_changed',
      'exit bob',
      'end dismiss',
    ]);
    expect(day.settle()).toEqual(['state_changed bob talking>idle']);
    day.expectNothingLeft();
  });

  test('the caller hangs up, then the target of the transfer answers: it is hung up and stays in no conversation', () => {
    const { day, caller, bob } = bobRings();
    expect(day.events(ended(caller))).toEqual(['queue.fail hangup', 'end dismiss']);

    const { effects, changes, notifications } = day.take(answered(bob));

    expect([hungUp(effects), changes, notifications]).toEqual([[bob.channelId], [], []]);
    expect(day.settle()).toEqual(['state_changed bob fetching>idle']);
    day.expectNothingLeft();
  });

  test.each(BOTH_ORDERS)('the number of a transfer answers as the caller hangs up (%d first)', (...order) => {
    const { day, caller, conversation } = aTalk();
    day.take(transferOut(ANN, conversation));
    const number = day.number();
    day.settle();
    day.forget();

    const events = inOrder(day, order, [answered(number), ended(caller)]);

    expect(events).toEqual(order[0] === 0 ? ['parts_changed', 'end dismiss'] : ['end dismiss']);
    day.settle();
    day.expectNothingLeft();
  });

  test.each(BOTH_ORDERS)('an agent’s own phone is answered as it was to be given up (%d first)', (...order) => {
    const day = aDayOfThree();
    day.take(callOut());
    const leg = day.leg(ANN);
    day.forget().pass(45);

    inOrder(day, order, [answered(leg), due('calls', leg)]);

    if (order[0] === 0) {
      expect(day.conversation().invited).toHaveLength(1);
    } else {
      day.settle();
      expect(day.told).toEqual(['state_changed ann fetching>idle']);
      day.expectNothingLeft();
    }
  });

  test.each(BOTH_ORDERS)('an agent declines as its phone is answered (%d first)', (...order) => {
    const { day, task } = aCallForAnn();
    const leg = day.leg(ANN);
    day.forget();
    if (order[0] === 0) {
      day.take(answered(leg));
      expect(day.refusal(reject(ANN, task))).toBe('queue-task-not-found');
    } else {
      day.take(reject(ANN, task));
      expect(hungUp(day.take(answered(leg)).effects)).toEqual([leg.channelId]);
      day.settle();
      expect(day.told).toEqual(['queue.fail call_fail', 'state_changed ann fetching>idle']);
      day.expectNothingLeft();
    }
  });

  test.each(BOTH_ORDERS)('an agent forwards as its phone is answered (%d first)', (...order) => {
    const { day, task } = aCallForAnn();
    const leg = day.leg(ANN);
    if (order[0] === 0) {
      day.take(answered(leg));
      expect(day.refusal(forward(ANN, task))).toBe('queue-task-not-found');
    } else {
      day.take(forward(ANN, task));
      expect(hungUp(day.take(answered(leg)).effects)).toEqual([leg.channelId]);
      expect(day.settle()).toContain('queue.select bob');
    }
  });
});

describe('leaving while somebody is on the way', () => {
  test('an agent exits while the phone of another one, who enters, rings: the caller waits for it', () => {
    const { day, caller, conversation } = aTalk();
    day.take(enter(BOB, conversation));
    expect(day.forget().events(exit(ANN, conversation))).toEqual(['exit ann', 'parts_changed']);
    expect(day.settle()).toEqual(['state_changed ann talking>idle']);

    day.take(ended(day.leg(BOB), 21));
    expect(day.told).toContain('end dismiss');
    expect(day.world.calls.has(caller.id)).toBe(false);
    day.expectNothingLeft();
  });

  test('an agent who called another one exits while that rings: it stops, and its late answer joins nothing', () => {
    const day = aDayOfThree();
    const { answer } = day.take(callAgent(ANN));
    day.take(answered(day.leg(ANN)));
    const bob = day.leg(BOB);

    expect(hungUp(day.take(exit(ANN, { id: answer.conversationId })).effects)).toContain(bob.channelId);
    expect(hungUp(day.take(answered(bob)).effects)).toEqual([bob.channelId]);
    day.settle();
    day.expectNothingLeft();
  });

  test.each(BOTH_ORDERS)('two agents exit at once (%d first)', (...order) => {
    const { day, conversation } = aTalkOfThree();
    const names = [ANN, BOB];
    day.take(exit(names[order[0]]!, conversation));

    expect(day.events(exit(names[order[1]]!, conversation))).toContain('end dismiss');
    day.settle();
    day.expectNothingLeft();
  });
});

describe('a late answer of whatever was given up', () => {
  const operations: readonly (readonly [string, () => { readonly day: Day; readonly phone: Call }])[] = [
    ['call_out', () => own(callOut())],
    ['call_agent', () => own(callAgent(ANN))],
    ['enter', () => inTalk((conversation) => enter(CAL, conversation))],
    ['coach', () => inTalk((conversation) => coach(CAL, conversation, ANN))],
  ];

  function own(command: Input) {
    const day = aDayOfThree();
    day.take(command);
    return { day, phone: day.leg(ANN) };
  }

  function inTalk(command: (conversation: ReturnType<typeof aTalk>['conversation']) => Input) {
    const { day, conversation } = aTalk();
    day.take(command(conversation));
    return { day, phone: day.leg(CAL) };
  }

  test.each(operations)('of %s: it is hung up, and the agent is free when it is gone', (_, given) => {
    const { day, phone } = given();
    day.pass(45).take(due('calls', phone));

    const { effects, changes, notifications } = day.take(answered(phone));

    expect([hungUp(effects), changes, notifications]).toEqual([[phone.channelId], [], []]);
    day.settle();
    expect(day.take(answered(phone)).effects).toEqual([{ do: 'hang-up', channelId: phone.channelId, from: null }]);
    expect(Object.values(day.states())).not.toContain('fetching');
  });
});
