import type { AgentName, PhoneNumber } from '../../src/domain/ids';
import type { CommandType, Input, Stamp } from '../../src/domain/input';
import type { OutsideRules } from '../../src/domain/outside/outside-rules';
import { Refusal } from '../../src/domain/refusal';
import { apply, type World } from '../../src/domain/world';
import { callAgent, callOut, enter, transferOut } from '../support/agent-operations';
import { ANN, answered, BOB, CAL, ended, inviteOut, legOf, OTHER_APP } from '../support/happenings';
import { aTalkOfCallers, ordinaryTelephone } from '../support/outside-calls';
import { policyOf, someRules } from '../support/outside-policies';
import {
  aConversation,
  after,
  anArrival,
  APP,
  atTheirPhones,
  aWorld,
  doing,
  SETTINGS,
  when,
} from '../support/worlds';

const DAN = 'dan' as AgentName;

/** Two callers talk with each other, and Ann, Bob, Cal and Dan are at their phones. */
function aWorldWith(rules: Partial<OutsideRules>, line: 'sip' | 'ordinary' = 'sip') {
  const { agents, extensions } = atTheirPhones({ name: ANN }, { name: BOB }, { name: CAL }, { name: DAN });
  const { conversation, calls } = aTalkOfCallers();
  const phones = line === 'sip' ? extensions : extensions.map(ordinaryTelephone);
  const world = aWorld({ extensions: phones, agents, calls, conversations: [conversation] });
  const outside = policyOf((app) => (app === APP ? someRules(rules) : null));
  return { world: { ...world, settings: { ...SETTINGS, outside } }, conversation };
}

/** The code and the rule by which it is refused. */
function refusedBy(world: World, command: Input<CommandType>, stamp: Partial<Stamp> = {}): readonly unknown[] {
  try {
    when(world, command, stamp);
  } catch (error) {
    if (error instanceof Refusal) return [error.code, error.details['rule']];
    throw error;
  }
  return [];
}

const to = (number: string) => ({ to: number as PhoneNumber });

describe('a number that is not allowed', () => {
  const rules = { allow: ['national'], deny: ['138*'] };

  test.each(['invite_out', 'call_out', 'xfer_out'])(
    'is refused to %s with the rule, and nothing is dialled',
    (way) => {
      const { world, conversation } = aWorldWith(rules);
      const talk = way === 'xfer_out' ? joined(world, conversation) : conversation;
      const commands: Readonly<Record<string, (number: string) => Input<CommandType>>> = {
        invite_out: (number) => inviteOut(talk, to(number)),
        call_out: (number) => callOut(ANN, to(number)),
        xfer_out: (number) => ({ ...transferOut(ANN, talk), ...to(number) }),
      };
      const before = world.calls.size;

      expect(refusedBy(world, commands[way]!('13800000000'))).toEqual(['020001', 'deny']);
      expect(refusedBy(world, commands[way]!('+4420'))).toEqual(['020001', 'international']);
      expect(refusedBy(world, commands[way]!('9001'))).toEqual(['020001', 'premium']);
      expect(refusedBy(world, commands[way]!('110'))).toEqual(['020001', 'allow']);
      expect(world.calls.size).toBe(before);
      expect(refusedBy(world, commands[way]!('13700000000'))).toEqual([]);
    },
  );

  test('to show is refused', () => {
    const { world, conversation } = aWorldWith({ from: ['021*'] });
    const from = (number: string) => ({ from: number as PhoneNumber });
    expect(refusedBy(world, inviteOut(conversation, from('110')))).toEqual(['020001', 'from']);
    expect(refusedBy(world, callOut(ANN, from('110')))).toEqual(['020001', 'from']);
    expect(refusedBy(world, inviteOut(conversation, from('02112345678')))).toEqual([]);
    expect(refusedBy(world, inviteOut(conversation))).toEqual([]);
  });

  test.each<[string, readonly string[] | null, string | null]>([
    ['none is named', null, '13700000000'],
    ['it is named', ['137*'], '13700000000'],
    ['others are named', ['02112345678'], null],
  ])(
    "by ourselves, given %s, is shown on the trunk to an agent's own telephone or left to it",
    (_, from, shown) => {
      const numbers = (world: World, ...commands: Input<CommandType | 'caller-entered'>[]) =>
        commands.flatMap((each) => doing(when(world, each).effects, 'dial').map((dial) => dial.from));
      const telnumber = '13700000000';

      const called = aWorldWith({ from }, 'ordinary').world;
      expect(numbers(called, callOut(ANN, to(telnumber)))).toEqual([shown]);

      const entered = aWorldWith({ from }, 'ordinary');
      const [caller] = entered.conversation.members;
      const party = { kind: 'outside', from: 'dialplan', telnumber } as const;
      const members = [{ ...caller!, party }, ...entered.conversation.members.slice(1)];
      apply(entered.world, [{ kind: 'conversations', value: { ...entered.conversation, members }, live: true }]);
      expect(numbers(entered.world, enter(ANN, entered.conversation))).toEqual([shown]);

      const queued = aWorldWith({ from }, 'ordinary').world;
      expect(numbers(queued, anArrival({ telnumber }))).toEqual([shown]);
    },
  );

  test.each<[string, readonly string[] | null, string | null]>([
    ['none is named', null, '1001'],
    ['it is named', ['1???'], '1001'],
    ['others are named', ['02112345678'], null],
  ])('of an agent that calls another, given %s, is shown on the trunk or left to it', (_, from, shown) => {
    const { world } = aWorldWith({ from }, 'ordinary');
    const own = when(world, callAgent(ANN)).effects;
    const { effects } = when(world, answered(legOf(world)));

    expect([...doing(own, 'dial'), ...doing(effects, 'dial')].map((dial) => dial.from)).toEqual([null, shown]);
  });

  test('to show is shown to phones that are not on the trunk, and wherever rules are only tried out', () => {
    const named = ['02112345678'];
    const inside = when(aWorldWith({ from: named }).world, callOut(ANN)).effects;
    const tried = when(aWorldWith({ from: named, auditOnly: true }, 'ordinary').world, callOut(ANN)).effects;

    expect([...inside, ...tried]).toMatchObject([{ from: '13700000000' }, { from: '13700000000' }]);
  });

  test('is not made an extension', () => {
    const { world } = aWorldWith(rules);
    const create = (telnum: string) =>
      ({ type: 'create-extension', app: APP, line: { type: '3', telnum: telnum as PhoneNumber } }) as const;
    expect(refusedBy(world, create('13800000000'))).toEqual(['020001', 'deny']);
    expect(refusedBy(world, create('13700000000'))).toEqual([]);
  });

  test("as an agent's own telephone is neither rung by the agent's wish nor by the queue", () => {
    const { world, conversation } = aWorldWith({ deny: ['13600000000'] }, 'ordinary');
    for (const command of [callAgent(ANN), enter(ANN, conversation), callOut(ANN)]) {
      expect(refusedBy(world, command)).toEqual(['020001', 'deny']);
    }
    const { effects } = when(world, anArrival());
    expect(doing(effects, 'dial')).toEqual([]);
  });

  test('of one application may be called by another', () => {
    const { world } = aWorldWith(rules);
    const conversation = aConversation({ app: OTHER_APP, members: [] });
    const other = aWorld({ conversations: [conversation] });
    const invitation = { ...inviteOut(conversation, to('13800000000')), app: OTHER_APP };
    expect(refusedBy({ ...other, settings: world.settings }, invitation)).toEqual([]);
  });
});

/** Ann is in the conversation, and talks. */
function joined(world: World, conversation: ReturnType<typeof aConversation>) {
  when(world, enter(ANN, conversation));
  when(world, answered(legOf(world)));
  return conversation;
}

describe('calls at once', () => {
  test('are limited, and one that is over makes room', () => {
    const { world, conversation } = aWorldWith({ callsAtOnce: 2 });
    const first = when(world, inviteOut(conversation)).answer;
    when(world, inviteOut(conversation));

    expect(refusedBy(world, inviteOut(conversation))).toEqual(['020002', 'callsAtOnce']);
    when(world, answered(world.calls.get(first)!));
    expect(refusedBy(world, inviteOut(conversation))).toEqual(['020002', 'callsAtOnce']);
    when(world, ended(world.calls.get(first)!));
    expect(refusedBy(world, inviteOut(conversation))).toEqual([]);
  });

  test('count those for which an agent is still to answer', () => {
    const { world } = aWorldWith({ callsAtOnce: 1 });
    when(world, callOut(BOB));
    expect(refusedBy(world, callOut(CAL))).toEqual(['020002', 'callsAtOnce']);

    const { effects } = when(world, answered(legOf(world, BOB)));
    expect(doing(effects, 'dial')).toHaveLength(1);
    expect(refusedBy(world, callOut(CAL))).toEqual(['020002', 'callsAtOnce']);
  });

  test('count the ordinary telephone of an agent and the number it calls as two', () => {
    const one = aWorldWith({ callsAtOnce: 1 }, 'ordinary');
    expect(refusedBy(one.world, callOut(ANN))).toEqual(['020002', 'callsAtOnce']);
    expect(refusedBy(one.world, callAgent(ANN))).toEqual([]);
    expect(refusedBy(aWorldWith({ callsAtOnce: 2 }, 'ordinary').world, callOut(ANN))).toEqual([]);
  });

  test('count what the queue rings at ordinary telephones, which is not refused', () => {
    const { world, conversation } = aWorldWith({ callsAtOnce: 1 }, 'ordinary');
    when(world, inviteOut(conversation));
    const { effects } = when(world, anArrival());
    expect(doing(effects, 'dial')).toHaveLength(1);
    expect(refusedBy(world, inviteOut(conversation))).toEqual(['020002', 'callsAtOnce']);
  });

  test('are those of an application alone', () => {
    const { world, conversation } = aWorldWith({ callsAtOnce: 1 });
    when(world, inviteOut(conversation));
    const other = aConversation({ app: OTHER_APP, members: [] });
    const both = aWorld({ conversations: [other], calls: [...world.calls.values()] });
    const invitation = { ...inviteOut(other), app: OTHER_APP };
    expect(refusedBy({ ...both, settings: world.settings }, invitation)).toEqual([]);
  });
});

describe('calls per second', () => {
  test('are limited within any second', () => {
    const { world, conversation } = aWorldWith({ callsPerSecond: 2 });
    expect(refusedBy(world, inviteOut(conversation), after(0))).toEqual([]);
    expect(refusedBy(world, inviteOut(conversation), after(0.6))).toEqual([]);
    expect(refusedBy(world, inviteOut(conversation), after(0.999))).toEqual(['020002', 'callsPerSecond']);
    expect(refusedBy(world, inviteOut(conversation), after(1))).toEqual([]);
    expect(refusedBy(world, inviteOut(conversation), after(1.5))).toEqual(['020002', 'callsPerSecond']);
    expect(refusedBy(world, inviteOut(conversation), after(1.6))).toEqual([]);
  });

  test('count when they are asked for, not again when the agent answers', () => {
    const { world, conversation } = aWorldWith({ callsPerSecond: 1 });
    when(world, callOut(BOB), after(0));
    expect(refusedBy(world, callOut(CAL), after(0.5))).toEqual(['020002', 'callsPerSecond']);
    when(world, answered(legOf(world, BOB)), after(1.2));
    expect(refusedBy(world, inviteOut(conversation), after(1.3))).toEqual([]);
  });

  test('that were refused do not count, and a clock that goes back does not shut the door', () => {
    const { world, conversation } = aWorldWith({ callsPerSecond: 1 });
    when(world, inviteOut(conversation), after(100));
    refusedBy(world, inviteOut(conversation), after(100.9));
    expect(refusedBy(world, inviteOut(conversation), after(101))).toEqual([]);
    expect(refusedBy(world, inviteOut(conversation), after(50))).toEqual([]);
  });
});

describe('minutes per day', () => {
  const DAY = 86_400;
  /** Seconds from `NOW` to the next day of the tests. */
  const MIDNIGHT = DAY - (1_700_000_000 % DAY);

  function talkFor(world: World, conversation: ReturnType<typeof aConversation>, from: number, to: number): void {
    const { answer } = when(world, inviteOut(conversation), after(from));
    const call = world.calls.get(answer)!;
    when(world, answered(call), after(from));
    when(world, ended(call), after(to));
  }

  test('are those of calls that are over and of those that go on', () => {
    const { world, conversation } = aWorldWith({ minutesPerDay: 2 });
    talkFor(world, conversation, 0, 60);
    const { answer } = when(world, inviteOut(conversation), after(100));
    when(world, answered(world.calls.get(answer)!), after(110));

    expect(refusedBy(world, inviteOut(conversation), after(169))).toEqual([]);
    expect(refusedBy(world, inviteOut(conversation), after(170))).toEqual(['020001', 'minutesPerDay']);
    expect(world.calls.get(answer)).toMatchObject({ stage: { at: 'up' } });
    expect(refusedBy(world, callOut(BOB), after(170))).toEqual(['020001', 'minutesPerDay']);
  });

  test('are full to the millisecond, however they are made up', () => {
    const { world, conversation } = aWorldWith({ minutesPerDay: 1 });
    for (const from of [0, 0.2, 1]) {
      const { answer } = when(world, inviteOut(conversation), after(from));
      when(world, answered(world.calls.get(answer)!), after(from));
    }

    // 20.4 s, 20.2 s and 19.4 s: as fractions they add up to less than 60.
    expect(refusedBy(world, inviteOut(conversation), after(20.399))).toEqual([]);
    expect(refusedBy(world, inviteOut(conversation), after(20.4))).toEqual(['020001', 'minutesPerDay']);
  });

  test('are not used by ringing', () => {
    const { world, conversation } = aWorldWith({ minutesPerDay: 1 });
    when(world, inviteOut(conversation), after(0));
    expect(refusedBy(world, inviteOut(conversation), after(3_000))).toEqual([]);
  });

  test('are stored, so a restart does not give them back', () => {
    const { world, conversation } = aWorldWith({ minutesPerDay: 1 });
    talkFor(world, conversation, 0, 60);
    const outsideUse = [...world.outsideUse.values()];

    expect(outsideUse).toMatchObject([{ id: APP, talkSeconds: 60 }]);
    const calls = [...world.calls.values()];
    const restarted = {
      ...aWorld({ conversations: [conversation], calls, outsideUse }),
      settings: world.settings,
    };
    expect(refusedBy(restarted, inviteOut(conversation), after(61))).toEqual(['020001', 'minutesPerDay']);
  });

  test('begin again with the day; a call counts on the day of its answer', () => {
    const { world, conversation } = aWorldWith({ minutesPerDay: 1 });
    talkFor(world, conversation, 0, 60);
    expect(refusedBy(world, inviteOut(conversation), after(MIDNIGHT - 1))).toEqual(['020001', 'minutesPerDay']);
    const { answer } = when(world, inviteOut(conversation), after(MIDNIGHT));
    const overnight = world.calls.get(answer)!;
    when(world, answered(overnight), after(MIDNIGHT + 1));

    when(world, ended(overnight), after(MIDNIGHT + DAY + 3600));

    expect(refusedBy(world, inviteOut(conversation), after(MIDNIGHT + DAY + 3601))).toEqual([]);
  });

  test('are only kept where they are limited', () => {
    const { world, conversation } = aWorldWith({ callsAtOnce: 5 });
    talkFor(world, conversation, 0, 60);
    expect(world.outsideUse.size).toBe(0);
  });
});

test('while rules are tried out, nothing is refused and all is told', () => {
  const { world, conversation } = aWorldWith({ auditOnly: true, deny: ['137*'], from: [], callsAtOnce: 1 });
  const from = '110' as PhoneNumber;
  when(world, inviteOut(conversation));

  const { reports, effects } = when(world, inviteOut(conversation, { from }));

  expect(reports).toEqual([
    { app: APP, rule: 'deny', number: '13700000000' },
    { app: APP, rule: 'from', number: '110' },
    { app: APP, rule: 'callsAtOnce', number: null },
  ]);
  expect(doing(effects, 'dial')).toHaveLength(1);
});

test('without a trunk there is no line, whatever the rules say', () => {
  const { world, conversation } = aWorldWith({ allow: [] });
  const without = { ...world, settings: { ...world.settings, trunk: null } };
  expect(refusedBy(without, inviteOut(conversation))).toEqual(['020002', undefined]);
});
