import { agentEnqueue } from '../../src/domain/queue/enqueue';
import { enter, forward, merge, transfer, transferOut } from '../support/agent-operations';
import { aCallForAnn, aCoachedTalk, aTalk, aTalkOfThree, twoTalks } from '../support/agent-talks';
import {
  ANN,
  answered,
  BOB,
  CAL,
  dissolve,
  ended,
  hungUp,
  inviteOut,
  logOut,
  NOTHING,
  released,
} from '../support/happenings';
import { BOTH_ORDERS, inOrder } from '../support/orders';
import { everybodyHangsUp } from '../support/watched-day';
import { doing } from '../support/worlds';

afterEach(everybodyHangsUp);

describe('a call is given away while things change', () => {
  test('the caller hangs up before the forwarder’s phone is on hook: nobody else rings', () => {
    const { day, caller, task } = aCallForAnn();
    day.take(forward(ANN, task));

    expect(day.forget().events(ended(caller))).toEqual(['queue.fail hangup']);
    expect(day.settle()).toEqual(['state_changed ann fetching>idle']);
    day.expectNothingLeft();
  });

  test('the caller hangs up before the phone of who transferred it is on hook: nobody else rings', () => {
    const { day, caller, conversation } = aTalk();
    day.take(transfer(ANN, conversation));

    expect(day.forget().events(ended(caller))).toEqual(['queue.fail hangup', 'end dismiss']);
    expect(day.settle()).toEqual(['state_changed ann talking>idle']);
    day.expectNothingLeft();
  });

  test('the same agent transfers twice: the second time it is not in the conversation', () => {
    const { day, conversation } = aTalk();
    day.take(transfer(ANN, conversation));

    expect(day.refusal(transfer(ANN, conversation))).toBe('not-a-member');
    expect(day.refusal(transferOut(ANN, conversation))).toBe('not-a-member');
    day.settle();
    expect(day.task().phase.at).toBe('ringing');
  });

  test.each(BOTH_ORDERS)(
    'two agents transfer the same conversation (%d first): one agent is found for the first',
    (...order) => {
      const { day, conversation } = aTalkOfThree();
      const toCal = [ANN, BOB].map((name) => transfer(name, conversation, agentEnqueue(CAL)));

      inOrder(day, order, toCal);
      expect(day.settle().filter((event) => event.startsWith('queue.select'))).toEqual(['queue.select cal']);
      day.take(answered(day.leg(CAL)));

      expect(day.task()).toMatchObject({ type: 'xfer_agent', phase: { at: 'waiting' } });
      expect(day.states()).toEqual({ ann: 'idle', bob: 'idle', cal: 'talking' });
    },
  );

  test('both transfer, and the caller hangs up: both searches are over', () => {
    const { day, caller, conversation } = aTalkOfThree();
    day.take(transfer(ANN, conversation, agentEnqueue(CAL)));
    day.take(transferOut(BOB, conversation));

    expect(day.forget().events(ended(caller))).toEqual(['queue.fail hangup', 'end dismiss']);
    day.settle();
    day.expectNothingLeft();
  });

  test('each transfers to the other one: each rings for the other’s task only', () => {
    const { day, conversation } = aTalkOfThree();
    day.take(transfer(ANN, conversation, agentEnqueue(BOB)));
    day.take(transfer(BOB, conversation, agentEnqueue(ANN)));

    expect(day.settle().filter((event) => event.startsWith('queue.select'))).toEqual([
      'queue.select bob',
      'queue.select ann',
    ]);
    day.take(answered(day.leg(ANN)));
    day.take(answered(day.leg(BOB)));
    expect(Object.keys(day.modes(conversation))).toHaveLength(3);
  });

  test('the leg of who transferred is lost instead of told: the look that misses it goes on with the transfer', () => {
    const { day, conversation } = aTalk();
    day.take(transfer(ANN, conversation));

    expect(day.lose(day.leg(ANN))).toEqual([
      'state_changed ann talking>idle',
      'queue.select bob',
      'state_changed bob idle>fetching',
    ]);
  });
});

describe('merging while things change', () => {
  test.each(BOTH_ORDERS)('the number leaves the one that ends as that is merged (%d first)', (...order) => {
    const { day, caller, number, held, talk } = twoTalks();
    if (order[0] === 0) {
      day.take(ended(number));
      expect(day.refusal(merge(ANN, { into: held, from: talk }))).toBe('conversation-not-found');
    } else {
      day.take(merge(ANN, { into: held, from: talk }));
      expect(day.events(ended(number))).toEqual(['parts_changed']);
      expect(day.audio(caller)).toBe('talks');
    }
  });

  test.each(BOTH_ORDERS)(
    'the caller leaves the one that goes on as the other one is merged (%d first)',
    (...order) => {
      const { day, caller, number, held, talk } = twoTalks();
      if (order[0] === 0) {
        day.take(ended(caller));
        expect(day.refusal(merge(ANN, { into: held, from: talk }))).toBe('conversation-not-found');
      } else {
        day.take(merge(ANN, { into: held, from: talk }));
        day.take(ended(caller));
      }
      expect([day.audio(number), day.audio(day.leg(ANN))]).toEqual(['talks', 'talks']);
    },
  );

  test.each(BOTH_ORDERS)('an invited number answers as its conversation is merged (%d first)', (...order) => {
    const { day, held, talk } = twoTalks();
    day.take(inviteOut(talk));
    const invited = day.number();

    inOrder(day, order, [answered(invited), merge(ANN, { into: held, from: talk })]);

    const joined = [...day.world.calls.values()].find(({ id }) => id === invited.id)!;
    expect(joined.memberOf).toEqual(order[0] === 0 ? [held.id] : []);
    expect(joined.stage.at).toBe(order[0] === 0 ? 'up' : 'ending');
  });

  test('the number that is invited to the one that goes on answers after the merge: it joins', () => {
    const { day, held, talk } = twoTalks();
    day.take(inviteOut(held));
    const invited = day.number();
    day.take(merge(ANN, { into: held, from: talk }));

    expect(day.events(answered(invited))).toEqual(['parts_changed']);
    expect(day.audio(invited)).toBe('talks');
  });

  test('two agents merge the same two: the second finds one only', () => {
    const { day, held, talk } = twoTalks();
    day.take(enter(BOB, talk));
    day.take(answered(day.leg(BOB)));
    day.take(enter(BOB, held));
    day.take(merge(ANN, { into: held, from: talk }));

    expect(day.refusal(merge(BOB, { into: talk, from: held }))).toBe('conversation-not-found');
  });
});

describe('logging out by force while a call is given away', () => {
  test('its leg is still being hung up: the search goes on at once', () => {
    const { day, conversation } = aTalk();
    day.take(transfer(ANN, conversation));
    const leg = day.leg(ANN);

    expect(day.forget().events(logOut())).toEqual([
      'state_changed ann talking>idle',
      'queue.select bob',
      'state_changed bob idle>fetching',
    ]);
    expect(day.take(ended(leg))).toEqual(NOTHING);
  });

  test('the forwarder’s phone is still ringing: the search goes on at once', () => {
    const { day, task } = aCallForAnn();
    day.take(forward(ANN, task));

    expect(day.forget().events(logOut())).toContain('queue.select bob');
  });

  test.each([ANN, CAL])('a whisper is over when %s is, coach or coached', (name) => {
    const { day, ear, conversation } = aCoachedTalk(ANN, aTalkOfThree());
    const whisper = day.leg(CAL).whisper!.bridgeId;

    const { effects } = day.take(logOut(name));

    expect(hungUp(effects)).toContain(ear.channelId);
    expect(doing(effects, 'close-bridge')).toEqual([{ do: 'close-bridge', bridgeId: whisper }]);
    day.settle();
    expect(Object.keys(day.modes(conversation))).toEqual(['13900000001', ...(name === CAL ? [ANN] : []), BOB]);
  });
});

test('dissolved between an agent’s transfer and the end of its leg, the caller goes on and nobody rings', () => {
  const { day, conversation } = aTalk();
  day.take(transfer(ANN, conversation));

  const { effects } = day.forget().take(dissolve(conversation));

  expect(day.told).toEqual(['queue.fail cancel', 'end remove']);
  expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'success', PARLEY_END_REASON: 'remove' });
  expect(day.settle()).toEqual(['state_changed ann talking>idle']);
  day.expectNothingLeft();
});
