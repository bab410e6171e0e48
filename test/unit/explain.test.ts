import type { Agent } from '../../src/domain/agent/agent';
import type { CallId, ConditionId, PhoneNumber } from '../../src/domain/ids';
import type { Choice } from '../../src/domain/queue/enqueue';
import { explain } from '../../src/domain/queue/explain';
import {
  aCondition,
  conditionTarget,
  documentOf,
  givenOneWhoAsks,
  idOf,
  settingState,
} from '../support/conditions';
import { reasons } from '../support/explanations';
import { agentTarget, ANN, BOB, CAL, OTHER_APP, skillTarget } from '../support/happenings';
import { policyOf, someRules } from '../support/outside-policies';
import { after, anExtension, anId, APP, atTheirPhones, aWorld, NOW, SETTINGS, when } from '../support/worlds';

const sales = (score: number, enabled = true) => [{ name: 'sales', score, enabled }];
const toAnn = documentOf([[agentTarget(ANN)]]);
const toSales = documentOf([[skillTarget('sales')]]);

describe('what an agent lacks', () => {
  test('given an agent who is free and asked for, nothing stands against it', () => {
    expect(reasons(aWorld(atTheirPhones({ name: ANN })), toAnn)).toEqual({ ann: [] });
  });

  test('given that another is asked for, that is why', () => {
    const world = aWorld(atTheirPhones({ name: BOB }, { name: ANN }));

    expect(reasons(world, toAnn)).toEqual({ ann: [], bob: [{ why: 'other-agent' }] });
  });

  test('given an agent who lacks the skill, or has it disabled, each is said', () => {
    const agents = [{ name: ANN }, { name: BOB, skills: sales(9, false) }, { name: CAL, skills: sales(0) }];

    expect(reasons(aWorld(atTheirPhones(...agents)), toSales)).toEqual({
      ann: [{ why: 'skill-missing', skill: 'sales' }],
      bob: [{ why: 'skill-disabled', skill: 'sales' }],
      cal: [],
    });
  });

  test('given a condition that does not choose it, the values say why', () => {
    const condition = aCondition({ where: 'get("sales") > 3 && idle() > 5 || name() == "cal"' });
    const agents = [
      { name: ANN, skills: sales(3) },
      { name: BOB, skills: sales(9), lastTalkAt: after(8).at },
      { name: CAL },
    ];
    const world = aWorld({ ...atTheirPhones(...agents), conditions: [condition] });

    expect(reasons(world, documentOf([[conditionTarget(condition.id)]]), after(10))).toEqual({
      ann: [{ why: 'where-false', values: ['get("sales") = 3', 'idle() = 10', 'name() = "ann"'] }],
      bob: [{ why: 'where-false', values: ['get("sales") = 9', 'idle() = 2', 'name() = "bob"'] }],
      cal: [],
    });
  });

  test.each([
    [
      'where',
      { where: '1 / get("sales") > 0' },
      'where 第 3 个字符: 除数为零',
      'where, character 3: division by zero',
    ],
    [
      'sort',
      { sort: '10 % get("sales")' },
      'sort 第 4 个字符: 求余的除数为零',
      'sort, character 4: remainder of a division by zero',
    ],
  ])('given a %s that fails on an agent, its mistake is the reason', (_, written, zh, en) => {
    const condition = aCondition(written);
    const agents = [{ name: ANN }, { name: BOB, skills: sales(1) }];
    const world = aWorld({ ...atTheirPhones(...agents), conditions: [condition] });

    expect(reasons(world, documentOf([[conditionTarget(condition.id)]]))).toEqual({
      ann: [{ why: 'rule-failed', problem: { zh, en } }],
      bob: [],
    });
  });

  test.each([
    ['deleted', []],
    ["another application's", [aCondition({}, { id: 'c'.repeat(32) as ConditionId, app: OTHER_APP })]],
  ])('given a condition that is %s, it is missing', (_, conditions) => {
    const world = aWorld({ ...atTheirPhones({ name: ANN }), conditions });

    expect(reasons(world, documentOf([[conditionTarget('c'.repeat(32) as ConditionId)]]))).toEqual({
      ann: [{ why: 'condition-missing' }],
    });
  });

  test('given the agent of the target is not logged in, it is there with that reason', () => {
    const world = aWorld(atTheirPhones({ name: BOB }));

    expect(reasons(world, toAnn)).toEqual({ ann: [{ why: 'logged-out' }], bob: [{ why: 'other-agent' }] });
  });

  test('given a question about somebody who is not logged in, that is the answer, whatever the target', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));

    expect(reasons(world, toSales, { agent: CAL })).toEqual({ cal: [{ why: 'logged-out' }] });
    expect(reasons(world, toAnn, { agent: CAL })).toEqual({
      cal: [{ why: 'other-agent' }, { why: 'logged-out' }],
    });
  });

  test("given another application's agents, they are not spoken of", () => {
    const { agents, extensions } = atTheirPhones({ name: ANN }, { name: BOB });
    const world = aWorld({ agents: [agents[0]!, { ...agents[1]!, app: OTHER_APP }], extensions });

    expect(Object.keys(reasons(world, toAnn))).toEqual(['ann']);
  });
});

describe('why an agent cannot be rung', () => {
  const annIs = (changes: Partial<Agent>, at = NOW) =>
    reasons(aWorld(atTheirPhones({ name: ANN, ...changes })), toAnn, { at })['ann'];

  test.each(['online', 'busy', 'busy/lunch', 'away', 'talking'] as const)('given that it is %s, that', (state) => {
    expect(annIs({ state })).toEqual([{ why: 'state', state }]);
  });

  test('given that its phone rings for a call, the state and the task it rings for', () => {
    const world = aWorld(atTheirPhones({ name: ANN }));
    const { taskId } = givenOneWhoAsks(world, [[agentTarget(ANN)]]);

    expect(reasons(world, toAnn)['ann']).toEqual([
      { why: 'state', state: 'fetching' },
      { why: 'ringing', taskId },
    ]);
  });

  test('given a call that is not in the world, as for a moment of the past, the state alone', () => {
    expect(annIs({ state: 'fetching', callId: anId<CallId>() })).toEqual([{ why: 'state', state: 'fetching' }]);
  });

  test.each([
    ['not registered', { enabled: false }],
    ["somebody else's", { boundTo: idOf(BOB) }],
  ])('given a phone that is %s, that it is not registered', (_, changes) => {
    const { agents, extensions } = atTheirPhones({ name: ANN });
    const world = aWorld({ agents, extensions: [{ ...extensions[0]!, ...changes }] });

    expect(reasons(world, toAnn)['ann']).toEqual([{ why: 'not-registered' }]);
  });

  test('given an ordinary telephone, the lack of a trunk', () => {
    const line = { type: '3', telnum: '13600000000' as PhoneNumber } as const;
    const { agents } = atTheirPhones({ name: ANN });
    const { id, extensionId } = agents[0]!;
    const world = aWorld({ agents, extensions: [anExtension({ id: extensionId, line, boundTo: id })] });

    expect(reasons(world, toAnn)['ann']).toEqual([]);
    expect(reasons({ ...world, settings: { ...SETTINGS, trunk: null } }, toAnn)['ann']).toEqual([
      { why: 'no-trunk' },
    ]);
    const outside = policyOf(someRules({ deny: ['136*'] }));
    expect(reasons({ ...world, settings: { ...SETTINGS, outside } }, toAnn)['ann']).toEqual([
      { why: 'number-not-allowed' },
    ]);
  });

  test('given no keepalive for too long, since when it is expired', () => {
    const { keepaliveSeconds } = SETTINGS;

    expect(annIs({}, after(keepaliveSeconds - 1).at)).toEqual([]);
    expect(annIs({}, after(keepaliveSeconds + 7).at)).toEqual([
      { why: 'expired', since: after(keepaliveSeconds).at },
    ]);
  });

  test('given that it has just missed a call, until when it rests', () => {
    expect(annIs({ restsUntil: after(5).at })).toEqual([{ why: 'resting', until: after(5).at }]);
  });

  test('given several reasons, all of them, what it lacks first', () => {
    const { agents, extensions } = atTheirPhones({ name: ANN, state: 'away', restsUntil: after(900).at });
    const world = aWorld({ agents, extensions: extensions.map((each) => ({ ...each, enabled: false })) });

    expect(reasons(world, toSales, after(400))['ann']!.map(({ why }) => why)).toEqual([
      'skill-missing',
      'state',
      'not-registered',
      'expired',
      'resting',
    ]);
  });
});

describe('who goes before it', () => {
  const skilled = (...scores: readonly number[]) =>
    atTheirPhones(...scores.map((score, index) => ({ name: [ANN, BOB, CAL][index]!, skills: sales(score) })));
  const choosing = (choice: Choice) => documentOf([[skillTarget('sales')]], { choice });

  test('given others with a higher score, both scores, and nobody counts who is not free', () => {
    const world = aWorld(skilled(1, 5, 9));
    when(world, settingState(CAL, 'away'));

    expect(reasons(world, toSales)).toEqual({
      ann: [{ why: 'lower-rank', rank: 1, best: 5 }],
      bob: [],
      cal: [{ why: 'state', state: 'away' }],
    });
  });

  test('given one who is away and would stand behind anyhow, both reasons', () => {
    const world = aWorld(skilled(1, 5));
    when(world, settingState(ANN, 'away'));

    expect(reasons(world, toSales)['ann']).toEqual([
      { why: 'state', state: 'away' },
      { why: 'lower-rank', rank: 1, best: 5 },
    ]);
  });

  test('given a condition, what it sorts by is the rank', () => {
    const condition = aCondition({ sort: '-idle()' });
    const agents = [{ name: ANN }, { name: BOB, lastTalkAt: after(8).at }];
    const world = aWorld({ ...atTheirPhones(...agents), conditions: [condition] });

    expect(reasons(world, documentOf([[conditionTarget(condition.id)]]), after(10))).toEqual({
      ann: [{ why: 'lower-rank', rank: -10, best: -2 }],
      bob: [],
    });
  });

  test.each([
    ['lru', { ann: 50, bob: 40, cal: 60 }, 'bob'],
    ['order', { ann: 50, bob: 40, cal: 60 }, 'ann'],
  ] as const)(
    'given equals and choice %s, one is rung and the others say among how many',
    (choice, talks, first) => {
      const agents = [ANN, BOB, CAL].map((name) => ({
        name,
        skills: sales(1),
        lastTalkAt: after(talks[name as 'ann']).at,
      }));
      const world = aWorld(atTheirPhones(...agents));
      const another = [{ why: 'another-equal', among: 3 }];

      expect(reasons(world, choosing(choice), after(99))).toEqual({
        ...{ ann: another, bob: another, cal: another },
        [first]: [],
      });
    },
  );

  test.each(['random', 'all'] as const)('given equals and choice %s, none of them has a reason', (choice) => {
    expect(reasons(aWorld(skilled(2, 2, 1)), choosing(choice))).toEqual({
      ann: [],
      bob: [],
      cal: [{ why: 'lower-rank', rank: 1, best: 2 }],
    });
  });

  test('given equals, chance, and a task that rang one of them at that very moment, the others say so', () => {
    const world = aWorld(skilled(2, 2));
    const waiting = givenOneWhoAsks(aWorld(), [[skillTarget('sales')]]);
    const [call] = waiting.outcome.changes.flatMap(({ kind, value }) => (kind === 'queueTasks' ? [value] : []));
    const ring = { at: NOW, route: 0, did: 'ring', agents: [BOB] } as const;
    const task = { ...call!, decisions: [ring] };
    const { routes } = explain(world, NOW, { app: APP, enqueue: task.enqueue, agent: null, task });

    expect(routes[0]!.targets[0]!.agents).toEqual([
      { name: 'ann', reasons: [{ why: 'another-equal', among: 2 }] },
      { name: 'bob', reasons: [] },
    ]);
  });

  test('given an earlier target that has somebody, that, and only for targets behind it', () => {
    const world = aWorld(atTheirPhones({ name: ANN, state: 'away' }, { name: BOB }, { name: CAL }));
    const enqueue = documentOf([[agentTarget(ANN), agentTarget(BOB), agentTarget(CAL)]]);

    expect(reasons(world, enqueue, { target: 0, agent: ANN })).toEqual({ ann: [{ why: 'state', state: 'away' }] });
    expect(reasons(world, enqueue, { target: 1, agent: BOB })).toEqual({ bob: [] });
    expect(reasons(world, enqueue, { target: 2, agent: CAL })).toEqual({ cal: [{ why: 'earlier-target' }] });
    expect(reasons(world, enqueue, { target: 2, agent: BOB })).toEqual({
      bob: [{ why: 'other-agent' }, { why: 'earlier-target' }],
    });
  });
});
