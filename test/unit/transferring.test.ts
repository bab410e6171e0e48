import { callDueAt } from '../../src/domain/call/call';
import type { AgentName, ConditionId, ConversationId, PhoneNumber } from '../../src/domain/ids';
import { agentEnqueue } from '../../src/domain/queue/enqueue';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import { callOut, enter, exit, transfer, transferOut } from '../support/agent-operations';
import { aTalk, aTalkOfThree, twoTalks } from '../support/agent-talks';
import { conditionTarget, documentOf } from '../support/conditions';
import {
  agentTarget,
  alerting,
  ANN,
  answered,
  BOB,
  CAL,
  dissolve,
  due,
  ended,
  hungUp,
  now,
  OTHER_APP,
  released,
  routing,
} from '../support/happenings';
import { everybodyHangsUp } from '../support/watched-day';
import { after, anId, APP, doing, TRUNK } from '../support/worlds';

afterEach(everybodyHangsUp);

describe('an agent leaves a conversation to another one', () => {
  test('given its phone is not on hook yet, it has left and nobody is looked for', () => {
    const { day, conversation } = aTalk();
    const leg = day.leg(ANN);

    const { answer, effects } = day.take(transfer(ANN, conversation));

    expect(day.told).toEqual(['exit ann', 'parts_changed']);
    expect(hungUp(effects)).toEqual([leg.channelId]);
    expect(day.task()).toMatchObject({ id: answer, type: 'xfer_agent', phase: { at: 'starting' } });
    expect(now(day.world, 'conversations', conversation).invited).toEqual([answer]);
  });

  test('given its phone is on hook, it is free, the other one rings, and talks to the caller', () => {
    const { day, caller, conversation } = aTalk({ reserveState: 'away' });
    day.take(transfer(ANN, conversation));

    expect(day.settle()).toEqual([
      'state_changed ann talking>away',
      'queue.select bob',
      'state_changed bob idle>fetching',
    ]);
    expect(day.events(answered(day.leg(BOB)))).toEqual([
      'state_changed bob fetching>talking',
      'queue.success bob',
      'enter bob',
      'parts_changed',
    ]);
    expect([day.audio(caller), day.audio(day.leg(BOB))]).toEqual(['talks', 'talks']);
  });

  test('given it waits, the caller hears the sound of the transfer, and the talk of others goes on over it', () => {
    const [toBob, toCal] = [BOB, CAL].map((name) => ({ ...agentEnqueue(name), waitVoice: 'transfer' as Sound }));
    const alone = aTalk({}, { state: 'away' });
    alone.day.take(transfer(ANN, alone.conversation, toBob));
    alone.day.settle();
    expect(alone.day.audio(alone.caller)).toBe('transfer');

    const three = aTalkOfThree();
    const { effects } = three.day.take(transfer(ANN, three.conversation, toCal));
    expect(doing(effects, 'play-under')).toMatchObject([{ played: { sound: 'transfer' } }]);
    expect([three.day.audio(three.caller), three.day.audio(three.day.leg(BOB))]).toEqual(['talks', 'talks']);
  });

  test.each([
    ['declines', 'queue.fail call_fail'],
    ['is not free in time', 'queue.fail timeout'],
  ])('given the other one %s, the conversation of one ends', (how, event) => {
    const { day, conversation } = aTalk({}, { state: how === 'declines' ? 'idle' : 'away' });
    const { answer: id } = day.take(
      transfer(ANN, conversation, routing([[agentTarget(BOB, { queueTimeoutSeconds: 20 })]])),
    );
    day.settle();

    const fails = how === 'declines' ? ended(day.leg(BOB), 21) : due('queueTasks', { id });

    const { effects } = day.forget().pass(20).take(fails);

    expect(day.told.slice(0, 2)).toEqual([event, 'end dismiss']);
    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'success', PARLEY_END_REASON: 'dismiss' });
    day.expectNothingLeft();
  });

  test('given the other one declines while others talk, they talk on', () => {
    const { day, conversation } = aTalkOfThree();
    day.take(transfer(ANN, conversation, agentEnqueue(CAL)));
    day.settle();

    expect(day.events(ended(day.leg(CAL), 21))).toEqual([
      'queue.fail call_fail',
      'state_changed cal fetching>idle',
    ]);
    expect(day.modes(conversation)).toEqual({ '13900000001': 1, bob: 1 });
  });

  test('given its leg stays in another conversation, the other one rings at once', () => {
    const { day, held, talk, caller } = twoTalks();

    expect(day.events(transfer(ANN, held))).toEqual([
      'exit ann',
      'parts_changed',
      'queue.select bob',
      'state_changed bob idle>fetching',
    ]);
    expect(day.modes(talk).ann).toBe(1);
    day.take(answered(day.leg(BOB)));
    expect(day.audio(caller)).toBe('talks');
  });

  test('given it asks for itself, it is not offered what it gave away', () => {
    const { day, conversation } = aTalk();
    day.take(transfer(ANN, conversation, agentEnqueue(ANN)));

    expect(day.settle()).toEqual(['state_changed ann talking>idle']);
    expect(day.task().phase.at).toBe('waiting');
    expect(day.events({ type: 'set-state', app: APP, name: ANN, state: 'idle' })).toEqual([]);
  });

  test('given the conversation was full, its seat is the other one’s', () => {
    const { day, conversation } = aTalk({ conversationLevel: 1 });
    day.take(transfer(ANN, conversation));
    day.settle();

    expect(day.refusal(enter(CAL, conversation))).toBe('conversation-full');
    day.take(answered(day.leg(BOB)));
    expect(day.modes(conversation)).toEqual({ '13900000001': 1, bob: 1 });
  });

  test('given its own call while the number rings, nobody is left to wait and it ends', () => {
    const { day, conversation } = aTalk();
    const { answer } = day.take(callOut(ANN));
    day.forget();

    day.take(transfer(ANN, { id: answer.conversationId }));
    day.settle();

    expect(day.told).toEqual(['exit ann', 'queue.fail hangup']);
    expect(day.conversation().id).toBe(conversation.id);
  });

  test('given a wait of no time, nobody free ends it when the phone is on hook', () => {
    const { day, conversation } = aTalk({}, { state: 'away' });
    day.take(transfer(ANN, conversation, routing([[agentTarget(BOB, { queueTimeoutSeconds: 0 })]])));

    expect(day.settle()).toEqual(['state_changed ann talking>idle', 'queue.fail timeout', 'end dismiss']);
  });
});

describe('an agent leaves a conversation to a number', () => {
  test('given a trunk, the number is called at once, as long and with the number to show as asked', () => {
    const { day, conversation } = aTalk();
    const wish = { from: '13900000000' as PhoneNumber, ringSeconds: 20, talkSeconds: 600 };

    const { answer, effects } = day.take(transferOut(ANN, conversation, wish));

    expect(day.told).toEqual(['exit ann', 'parts_changed']);
    expect(doing(effects, 'dial')).toEqual([
      {
        do: 'dial',
        callId: answer,
        channelId: answer,
        to: { kind: 'number', number: '13700000000', trunk: TRUNK },
        from: '13900000000',
        ringSeconds: 20,
        lifeSeconds: 620,
      },
    ]);
    expect(callDueAt(day.number())).toBe(after(20).at);
    expect(day.settle()).toEqual(['state_changed ann talking>idle']);
  });

  test('given it rings and answers, the caller hears silence, ringback and the number', () => {
    const { day, caller, conversation } = aTalk();
    day.take(transferOut(ANN, conversation));
    const number = day.number();
    const heard = [day.audio(caller)];
    day.take(alerting(number));
    heard.push(day.audio(caller));

    expect(day.events(answered(number))).toEqual(['parts_changed']);

    expect([...heard, day.audio(caller), day.audio(number)]).toEqual(['silence', 'ringback', 'talks', 'talks']);
    expect(callDueAt(now(day.world, 'calls', number))).toBe(after(3600).at);
  });

  test.each(['is busy', 'is given up'])(
    'given it %s, the conversation of one ends and the caller goes on',
    (how) => {
      const { day, conversation } = aTalk();
      day.take(transferOut(ANN, conversation));
      day.settle();
      const number = day.number();

      const { effects } = day.pass(45).take(how === 'is busy' ? ended(number, 17) : due('calls', number));

      expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'success', PARLEY_END_REASON: 'dismiss' });
      day.settle();
      expect(day.told.slice(-1)).toEqual(['end dismiss']);
      day.expectNothingLeft();
    },
  );

  test('given it fails while others talk, they talk on and nobody is told', () => {
    const { day, conversation } = aTalkOfThree();
    day.take(transferOut(ANN, conversation));
    day.settle();

    expect(day.events(ended(day.number(), 17))).toEqual([]);
    expect(day.modes(conversation)).toEqual({ '13900000001': 1, bob: 1 });
  });

  test('given its leg stays in another conversation, it is on hold there still', () => {
    const { day, number, held, talk } = twoTalks();
    const leg = day.leg(ANN);
    day.take(transferOut(ANN, talk));

    expect([day.audio(number), day.audio(leg), day.modes(held).ann]).toEqual(['silence', 'silence', 4]);
    expect(day.states()).toMatchObject({ ann: 'talking' });
  });
});

describe.each([
  ['transferring to an agent', transfer],
  ['transferring to a number', transferOut],
])('%s is refused', (_, operation) => {
  test('given an agent or a conversation that is not there, or another application’s', () => {
    const { day, conversation } = aTalk();

    expect(day.refusal(operation('nobody' as AgentName, conversation))).toBe('agent-not-found');
    expect(day.refusal(operation(ANN, { id: anId<ConversationId>() }))).toBe('conversation-not-found');
    expect(day.refusal({ ...operation(ANN, conversation), app: OTHER_APP })).toBe('agent-not-found');
  });

  test('given it is not in it, never, no longer, or not yet', () => {
    const { day, conversation } = aTalkOfThree();
    expect(day.refusal(operation(CAL, conversation))).toBe('not-a-member');
    day.take(enter(CAL, conversation));
    expect(day.refusal(operation(CAL, conversation))).toBe('not-a-member');

    day.take(exit(ANN, conversation));
    expect(day.refusal(operation(ANN, conversation))).toBe('not-a-member');
    day.settle();
    expect(day.refusal(operation(ANN, conversation))).toBe('not-a-member');
  });

  test('given the conversation is over', () => {
    const { day, conversation } = aTalk();
    day.take(dissolve(conversation));

    expect(day.refusal(operation(ANN, conversation))).toBe('conversation-not-found');
  });
});

test('given what the document names is not there, transferring to an agent is refused', () => {
  const { day, conversation } = aTalk();
  const byCondition = documentOf([[conditionTarget('c'.repeat(32) as ConditionId)]]);

  expect(day.refusal(transfer(ANN, conversation, agentEnqueue('nobody' as AgentName)))).toBe('agent-not-found');
  expect(day.refusal(transfer(ANN, conversation, byCondition))).toBe('condition-not-found');
  expect(day.modes(conversation)).toEqual({ '13900000001': 1, ann: 1 });
});

test('given no trunk, transferring to a number is refused and the agent talks on', () => {
  const { day, caller, conversation } = aTalk();
  day.loseTrunk();

  expect(day.refusal(transferOut(ANN, conversation))).toBe('no-line');
  expect(day.audio(caller)).toBe('talks');
});
