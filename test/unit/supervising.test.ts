import { conversationDueAt } from '../../src/domain/conversation/conversation';
import { enter, exit, setMode, transfer } from '../support/agent-operations';
import { aCallForAnn, aDayOfThree, aSupervisedTalk, aTalk } from '../support/agent-talks';
import { ANN, answered, BOB, CAL, due, ended, inviteOut, now, released } from '../support/happenings';
import { everybodyHangsUp } from '../support/watched-day';
import { doing } from '../support/worlds';

afterEach(everybodyHangsUp);

describe('an agent who enters to listen supervises', () => {
  test('given it has answered, it hears both, nobody hears it, and the conversation is told', () => {
    const { day, conversation } = aTalk();
    day.take(enter(CAL, conversation, 2));

    expect(day.events(answered(day.leg(CAL)))).toEqual([
      'state_changed cal fetching>talking',
      'enter cal',
      'parts_changed',
    ]);
    expect(day.audio(day.leg(CAL))).toBe('listens');
    expect(now(day.world, 'conversations', conversation).members.at(-1)!.role).toEqual({
      as: 'supervisor',
      coaching: null,
      barging: false,
    });
  });

  test.each(['the caller', 'the agent'])(
    'given %s leaves, the conversation ends, and for the supervisor too',
    (who) => {
      const { day, caller } = aSupervisedTalk();

      day.take(ended(who === 'the caller' ? caller : day.leg(ANN)));
      day.settle();

      expect(day.told).toContain('end dismiss');
      expect(day.told).toContain('exit cal');
      day.expectNothingLeft();
    },
  );

  test('given the supervisor leaves, the talk goes on', () => {
    const { day, caller, conversation } = aSupervisedTalk();

    expect(day.events(exit(CAL, conversation))).toEqual(['exit cal', 'parts_changed']);
    expect(day.settle()).toEqual(['state_changed cal talking>idle']);
    expect([day.audio(caller), day.audio(day.leg(ANN))]).toEqual(['talks', 'talks']);
  });

  test('given the agent is on hold, the caller hears the hold sound and the supervisor the caller', () => {
    const { day, caller, conversation } = aSupervisedTalk();

    day.take(setMode(ANN, conversation, 4));

    expect([day.audio(caller), day.audio(day.leg(CAL))]).toEqual(['music', 'listens']);
  });

  test('given both are on hold, it hears silence', () => {
    const { day, caller, conversation } = aSupervisedTalk();
    const { id: conversationId, app } = conversation;
    day.take(setMode(ANN, conversation, 4));
    day.take({ type: 'set-call-mode', app, conversationId, callId: caller.id, mode: 4 });

    expect(day.audio(day.leg(CAL))).toBe('silence');
  });

  test('given its phone rings while the talk ends, it stops ringing', () => {
    const { day, caller, conversation } = aTalk();
    day.take(enter(CAL, conversation, 2));

    day.take(ended(caller));
    day.settle();

    expect(day.told).toContain('state_changed cal fetching>idle');
    day.expectNothingLeft();
  });

  test('given the agent gives the caller away, it listens on to whoever comes', () => {
    const { day, caller, conversation } = aSupervisedTalk();
    day.take(transfer(ANN, conversation));
    day.settle();
    const meanwhile = [day.audio(caller), day.audio(day.leg(CAL))];

    day.take(answered(day.leg(BOB)));

    expect(meanwhile).toEqual(['music', 'listens']);
    const afterwards = [caller, day.leg(BOB), day.leg(CAL)].map((each) => day.audio(each));
    expect(afterwards).toEqual(['talks', 'talks', 'listens']);
  });

  test('given the conversation reaches its time, it ends for the supervisor too', () => {
    const { day, conversation } = aSupervisedTalk();
    const { endsAt } = now(day.world, 'conversations', conversation);
    expect(conversationDueAt(conversation)).toBe(endsAt);
    day.pass(21_600);

    expect(day.events(due('conversations', conversation))).toEqual(['exit ann', 'exit cal', 'end timeout']);
    day.settle();
    day.expectNothingLeft();
  });
});

describe('a supervisor who barges in', () => {
  test('given a voice, it talks with the others and counts: the talk goes on without the agent', () => {
    const { day, caller, conversation } = aSupervisedTalk();
    day.take(setMode(CAL, conversation, 1));
    expect(day.audio(day.leg(CAL))).toBe('talks');

    expect(day.events(ended(day.leg(ANN)))).toEqual([
      'exit ann',
      'parts_changed',
      'state_changed ann talking>idle',
    ]);
    expect([day.audio(caller), day.audio(day.leg(CAL))]).toEqual(['talks', 'talks']);
  });

  test('given it enters once more, that is the mode that it has from then on', () => {
    const { day, conversation } = aSupervisedTalk();

    expect(day.events(enter(CAL, conversation, 3))).toEqual([]);

    expect(day.modes(conversation)).toEqual({ '13900000001': 1, ann: 1, cal: 3 });
    expect(day.audio(day.leg(CAL))).toBe('silence');
  });

  test('given it only listens again, it counts no longer', () => {
    const { day, conversation } = aSupervisedTalk();
    day.take(setMode(CAL, conversation, 1));
    day.take(setMode(CAL, conversation, 2));

    expect(day.events(ended(day.leg(ANN)))).toEqual([
      'exit ann',
      'exit cal',
      'end dismiss',
      'state_changed ann talking>idle',
    ]);
  });

  test('given only one other is left when it only listens again, the conversation ends', () => {
    const { day, conversation } = aSupervisedTalk();
    day.take(setMode(CAL, conversation, 1));
    day.take(ended(day.leg(ANN)));

    const { effects } = day.forget().take(setMode(CAL, conversation, 2));

    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'success', PARLEY_END_REASON: 'dismiss' });
    expect(day.told).toEqual(['exit cal', 'end dismiss']);
    day.settle();
    day.expectNothingLeft();
  });

  test('given one other is left and one is on its way, it may only listen again', () => {
    const { day, caller, conversation } = aSupervisedTalk();
    day.take(setMode(CAL, conversation, 1));
    day.take(inviteOut(conversation));
    day.take(ended(day.leg(ANN)));

    expect(day.forget().events(setMode(CAL, conversation, 2))).toEqual([]);

    day.take(answered(day.number()));
    expect([day.audio(caller), day.audio(day.leg(CAL))]).toEqual(['talks', 'listens']);
  });

  test('given all others have left and two are on their way when it only listens again, they stop ringing', () => {
    const { day, caller, conversation } = aSupervisedTalk();
    day.take(setMode(CAL, conversation, 1));
    for (let more = 0; more < 2; more++) day.take(inviteOut(conversation));
    day.take(ended(caller));
    day.take(ended(day.leg(ANN)));

    expect(day.forget().events(setMode(CAL, conversation, 2))).toEqual(['exit cal', 'end dismiss']);
    day.settle();
    day.expectNothingLeft();
  });

  test('given it is put on hold, it counts on', () => {
    const { day, caller, conversation } = aSupervisedTalk();
    day.take(setMode(CAL, conversation, 1));
    day.take(setMode(CAL, conversation, 4));

    expect(day.events(ended(day.leg(ANN)))).toEqual([
      'exit ann',
      'parts_changed',
      'state_changed ann talking>idle',
    ]);
    expect(day.audio(caller)).toBe('music');
  });
});

describe('before anybody talks', () => {
  test('given the agent still rings, who listens begins nothing, and the caller hears what those who wait hear', () => {
    const { day, caller, conversation } = aCallForAnn();
    day.forget().take(enter(CAL, conversation, 2));

    expect(day.events(answered(day.leg(CAL)))).toEqual([
      'state_changed cal fetching>talking',
      'enter cal',
      'parts_changed',
    ]);
    expect([day.audio(caller), day.audio(day.leg(CAL))]).toEqual(['music', 'silence']);
    expect(now(day.world, 'calls', caller).stage.at).toBe('queued');

    expect(day.events(answered(day.leg(ANN)))).toContain('begin');
    expect([day.audio(caller), day.audio(day.leg(CAL))]).toEqual(['talks', 'listens']);
  });

  test('given the agent declines, it ends silently for both', () => {
    const { day, conversation } = aCallForAnn();
    day.take(enter(CAL, conversation, 2));
    day.take(answered(day.leg(CAL)));
    day.forget();

    const { effects } = day.take(ended(day.leg(ANN), 21));
    day.settle();

    expect(released(effects)).toMatchObject({ PARLEY_RESULT: 'call_fail' });
    expect(day.told).toEqual([
      'queue.fail call_fail',
      'exit cal',
      'state_changed ann fetching>idle',
      'state_changed cal talking>idle',
    ]);
    day.expectNothingLeft();
  });

  test('given a caller who is not answered yet, the supervisor who speaks to it has it answered and begins', () => {
    const day = aDayOfThree();
    const caller = day.caller({ answer: false });
    const conversation = day.conversation();
    day.take(enter(CAL, conversation, 2));
    day.take(answered(day.leg(CAL)));
    expect([day.audio(caller), day.audio(day.leg(CAL))]).toEqual(['music', 'silence']); // It is not in the bridge.

    const { effects } = day.forget().take(setMode(CAL, conversation, 1));

    expect(day.told).toEqual(['begin']);
    expect(doing(effects, 'receive')).toEqual([{ do: 'receive', channelId: caller.channelId, answer: true }]);
    expect([day.audio(caller), day.audio(day.leg(CAL))]).toEqual(['talks', 'talks']);
    expect(day.events(ended(day.leg(ANN), 21))).toEqual([
      'queue.fail call_fail',
      'state_changed ann fetching>idle',
    ]);
    expect(day.audio(caller)).toBe('talks');
  });
});
