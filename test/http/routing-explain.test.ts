import { REASON, type ReasonJson } from '../../src/adapters/http/reason-json';
import type { AgentName, ConditionId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Decision } from '../../src/domain/queue/decision';
import { agentEnqueue, type Target } from '../../src/domain/queue/enqueue';
import type { Explanation, Reason, Verdict } from '../../src/domain/queue/explanation';
import { APP, startTestServer, type TestServer } from '../support/http-client';
import { BEGUN, idOf } from '../support/http-objects';
import { expectRefused } from '../support/http-refused';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const PATH = '/v1/callcenter/routing/explain';
const TEXT = '<enqueue><route><agent name="1001"/></route></enqueue>';
const enqueue = agentEnqueue('1001' as AgentName);
const waiting = { priority: 0, queueTimeoutSeconds: null, fetchTimeoutSeconds: 50 };
const SALES: Target = { kind: 'skill', name: 'sales', ...waiting };
const verdict = (name: string, ...reasons: Reason[]): Verdict => ({ name: name as AgentName, reasons });

function explain(given: Partial<Explanation>, language = 'en') {
  server.callCenter.explanation = { at: BEGUN, taskId: null, decisions: [], routes: [], ...given };
  return server.send('POST', PATH, { body: { enqueue: TEXT }, headers: { 'Accept-Language': language } });
}

const onSales = (...agents: readonly Verdict[]) => ({
  routes: [{ isCurrent: true, targets: [{ target: SALES, agents }] }],
});

describe('the question', () => {
  const about = { app: APP, agent: null };

  test.each([
    ['a document', { enqueue: TEXT }, { ...about, about: { enqueue } }],
    ['one agent', { enqueue: TEXT, agent: 1001 }, { ...about, about: { enqueue }, agent: '1001' }],
    ['nulls', { enqueue: TEXT, queue_id: null, at: null, agent: null }, { ...about, about: { enqueue } }],
    ['a task', { queue_id: idOf(3) }, { ...about, about: { taskId: idOf(3), at: null } }],
    ['a task by its other name', { queue_task_id: idOf(3) }, { ...about, about: { taskId: idOf(3), at: null } }],
    [
      'a task as of then',
      { queue_id: idOf(3), at: `${BEGUN}`, agent: 'a_1' },
      { app: APP, about: { taskId: idOf(3), at: BEGUN }, agent: 'a_1' },
    ],
  ])('may be about %s', async (_, body, question) => {
    const { status } = await server.call('POST', 'routing/explain', body);

    expect(status).toBe(200);
    expect(server.callCenter.questions).toEqual([question]);
    expect(server.callCenter.asked).toEqual([]);
  });

  test.each([
    ['enqueue', {}],
    ['enqueue', { agent: '1001' }],
    ['enqueue', { enqueue: TEXT, queue_id: idOf(3) }],
    ['enqueue', { enqueue: 5 }],
    ['queue_id', { queue_id: {} }],
    ['queue_task_id', { queue_task_id: 'x'.repeat(65) }],
    ['at', { enqueue: TEXT, at: BEGUN }],
    ['at', { queue_id: idOf(3), at: -1 }],
    ['at', { queue_id: idOf(3), at: 'yesterday' }],
    ['agent', { enqueue: TEXT, agent: 'a-b' }],
  ])('with a wrong %s is refused by name: %j', async (parameter, body) => {
    await expectRefused(server, parameter, server.call('POST', 'routing/explain', body));
  });
});

describe('the answer', () => {
  test('tells task, decisions and routes with every key', async () => {
    const decisions: Decision[] = [
      { at: BEGUN, route: 0, did: 'wait' },
      { at: BEGUN, route: 0, did: 'ring', agents: ['1001', '1002'] as AgentName[] },
      { at: BEGUN, route: 0, did: 'miss', agent: '1001' as AgentName },
      { at: BEGUN, route: 0, did: 'overflow' },
      { at: BEGUN, route: 1, did: 'serve', agent: '1003' as AgentName },
      { at: BEGUN, route: 1, did: 'fail', cause: 'timeout' },
    ];
    const { text } = await explain({
      taskId: idOf<QueueTaskId>(3),
      decisions,
      routes: [
        { isCurrent: false, targets: [{ target: SALES, agents: [verdict('1001')] }] },
        {
          isCurrent: true,
          targets: [
            { target: { kind: 'condition', id: idOf<ConditionId>(4) }, agents: [] },
            { target: { kind: 'agent', name: '1001' as AgentName, ...waiting }, agents: [] },
          ],
        },
      ],
    });

    const nothing = { agents: [], agent: null, cause: null };
    expect(text).toBe(
      JSON.stringify({
        code: '000000',
        msg: 'success',
        data: {
          at: BEGUN,
          queue_id: idOf(3),
          decisions: [
            { time: BEGUN, route: 1, decision: 'wait', ...nothing },
            { time: BEGUN, route: 1, decision: 'ring', agents: ['1001', '1002'], agent: null, cause: null },
            { time: BEGUN, route: 1, decision: 'miss', agents: [], agent: '1001', cause: null },
            { time: BEGUN, route: 1, decision: 'overflow', ...nothing },
            { time: BEGUN, route: 2, decision: 'serve', agents: [], agent: '1003', cause: null },
            { time: BEGUN, route: 2, decision: 'fail', agents: [], agent: null, cause: 'timeout' },
          ],
          routes: [
            {
              route: 1,
              current: false,
              targets: [
                {
                  kind: 'skill',
                  name: 'sales',
                  agents: [{ name: '1001', would_ring: true, reasons: [] }],
                  more: 0,
                },
              ],
            },
            {
              route: 2,
              current: true,
              targets: [
                { kind: 'condition', id: idOf(4), agents: [], more: 0 },
                { kind: 'agent', name: '1001', agents: [], more: 0 },
              ],
            },
          ],
        },
      }),
    );
  });

  test('begins with those who would be rung', async () => {
    const busy: Reason = { why: 'state', state: 'busy' };
    const { envelope } = await explain(
      onSales(verdict('a', busy), verdict('b'), verdict('c', busy), verdict('d')),
    );

    const agents = [
      { name: 'b', would_ring: true },
      { name: 'd', would_ring: true },
      { name: 'a', would_ring: false },
      { name: 'c', would_ring: false },
    ];
    expect(envelope.data).toMatchObject({ routes: [{ targets: [{ agents }] }] });
  });

  test('lists a thousand agents of a target, and counts the rest', async () => {
    const all = Array.from({ length: 1234 }, (_, index) => verdict(`a${index}`, { why: 'other-agent' }));
    const { envelope } = await explain(onSales(...all, verdict('z')));

    const [route] = (envelope.data as { routes: { targets: { agents: { name: string }[]; more: number }[] }[] })
      .routes;
    expect(route!.targets[0]!.agents).toHaveLength(1000);
    expect(route!.targets[0]!.agents[0]!.name).toBe('z');
    expect(route!.targets[0]!.more).toBe(235);
  });

  test('stays of a size that can be read where there are very many targets', async () => {
    const agents = Array.from({ length: 500 }, (_, index) => verdict(`a${index}`, { why: 'other-agent' }));
    const targets = Array.from({ length: 400 }, () => ({ target: SALES, agents }));
    const { envelope, text } = await explain({ routes: [{ isCurrent: true, targets }] });

    const [route] = (envelope.data as { routes: { targets: { agents: object[]; more: number }[] }[] }).routes;
    expect(route!.targets).toHaveLength(400);
    expect(route!.targets.every(({ agents, more }) => agents.length === 12 && more === 488)).toBe(true);
    expect(text.length).toBeLessThan(2_000_000);
  });
});

describe('a reason', () => {
  const TOLD: readonly [Reason, Omit<ReasonJson, 'text'>, string, string][] = [
    [{ why: 'logged-out' }, { why: 'logged_out' }, 'The agent is not logged in.', '坐席未登录。'],
    [
      { why: 'call-rings', agents: ['1002', '1003'] as AgentName[] },
      { why: 'call_rings', agents: ['1002', '1003'] },
      'The call rings others already: 1002, 1003.',
      '来电正在为其他坐席振铃: 1002、1003。',
    ],
    [
      { why: 'other-agent' },
      { why: 'other_agent' },
      'The route asks for another agent.',
      '该路由指定了其他坐席。',
    ],
    [
      { why: 'skill-missing', skill: 'sales' },
      { why: 'skill_missing', skill: 'sales' },
      'The agent does not have the skill sales.',
      '坐席没有技能 sales。',
    ],
    [
      { why: 'skill-disabled', skill: 'sales' },
      { why: 'skill_disabled', skill: 'sales' },
      'The agent has the skill sales, but it is disabled.',
      '坐席的技能 sales 未启用。',
    ],
    [
      { why: 'condition-missing' },
      { why: 'condition_missing' },
      'The condition does not exist.',
      '该排队条件不存在。',
    ],
    [
      { why: 'where-false', values: ['get("sales") = 3', 'idle() = 12'] },
      { why: 'where_false', values: ['get("sales") = 3', 'idle() = 12'] },
      'The agent does not fulfil the where of the condition: get("sales") = 3, idle() = 12.',
      '坐席不满足排队条件的 where: get("sales") = 3，idle() = 12。',
    ],
    [
      { why: 'where-false', values: [] },
      { why: 'where_false', values: [] },
      'The agent does not fulfil the where of the condition.',
      '坐席不满足排队条件的 where。',
    ],
    [
      {
        why: 'rule-failed',
        problem: { zh: 'where 第 5 个字符: 除数为零', en: 'where, character 5: division by zero' },
      },
      { why: 'rule_failed', problem: expect.stringMatching(/^where.*5.*: /) as string },
      'The condition cannot be evaluated for this agent: where, character 5: division by zero.',
      '排队条件无法对该坐席求值: where 第 5 个字符: 除数为零。',
    ],
    [
      { why: 'state', state: 'busy/lunch' },
      { why: 'state', state: 'busy/lunch' },
      'The agent is busy/lunch, not idle.',
      '坐席状态为 busy/lunch，不是 idle。',
    ],
    [
      { why: 'ringing', taskId: idOf<QueueTaskId>(3) },
      { why: 'ringing', queue_id: idOf(3) },
      `The agent's phone is ringing for queue task ${idOf(3)}.`,
      `坐席的话机正在为排队任务 ${idOf(3)} 振铃。`,
    ],
    [
      { why: 'not-registered' },
      { why: 'not_registered' },
      "The agent's phone is not registered, or its gateway does not answer.",
      '坐席的话机未注册，或其网关没有应答。',
    ],
    [
      { why: 'no-trunk' },
      { why: 'no_trunk' },
      'The agent is at an ordinary telephone, and there is no trunk to call it through.',
      '坐席使用普通电话，但没有可用的中继。',
    ],
    [
      { why: 'number-not-allowed' },
      { why: 'number_not_allowed' },
      'The agent is at an ordinary telephone whose number the rules for outside calls do not allow.',
      '坐席使用普通电话，但应用的外呼规则不允许其号码。',
    ],
    [
      { why: 'expired', since: BEGUN },
      { why: 'expired', since: BEGUN },
      'The agent expired at 2024-05-02 07:59:59 for want of keepalives.',
      '坐席因未保活已于 2024-05-02 07:59:59 过期。',
    ],
    [
      { why: 'resting', until: BEGUN },
      { why: 'resting', until: BEGUN },
      'The agent missed the last call and is not rung again before 2024-05-02 07:59:59.',
      '坐席未接上一个来电，在 2024-05-02 07:59:59 之前不再振铃。',
    ],
    [
      { why: 'earlier-target' },
      { why: 'earlier_target' },
      'An earlier target of the route has an agent who is free.',
      '路由中靠前的目标已有可用坐席。',
    ],
    [
      { why: 'timed-out' },
      { why: 'timed_out' },
      'The call has waited on this target for as long as it may.',
      '来电在该目标上的等待已超时。',
    ],
    [{ why: 'given-away' }, { why: 'given_away' }, 'The agent has given this call away.', '坐席已转出该来电。'],
    [
      { why: 'tried-before' },
      { why: 'tried_before' },
      'The agent has missed this call before, so others are tried first.',
      '坐席未接过该来电，先尝试其他坐席。',
    ],
    [
      { why: 'lower-rank', rank: 3, best: 5.5 },
      { why: 'lower_rank', rank: 3, best: 5.5 },
      'Others rank higher: this agent has 3, the best has 5.5.',
      '有排序更高的坐席: 该坐席为 3，最高为 5.5。',
    ],
    [
      { why: 'another-equal', among: 4 },
      { why: 'another_equal', among: 4 },
      'The agent is one of 4 who are equal, and another is chosen.',
      '坐席是 4 个同等坐席之一，选中了另一个。',
    ],
  ];

  test.each(TOLD)(
    '%j is told as %j, with a sentence in both languages',
    async (reason, told, english, chinese) => {
      for (const [language, text] of [
        ['en', english],
        ['zh', chinese],
      ] as const) {
        const { envelope } = await explain(onSales(verdict('1001', reason)), language);

        const { routes } = envelope.data as { routes: { targets: { agents: object[] }[] }[] };
        expect(routes[0]!.targets[0]!.agents).toEqual([
          { name: '1001', would_ring: false, reasons: [{ ...told, text }] },
        ]);
      }
    },
  );

  test('of every kind is told', () => {
    const told = TOLD.map(([, { why }]) => why);
    expect(new Set(told)).toEqual(new Set(REASON.shape.why.options));
  });

  test('comes beside others, in their order', async () => {
    const { envelope } = await explain(
      onSales(verdict('1001', { why: 'state', state: 'away' }, { why: 'not-registered' })),
    );
    const reasons = [{ why: 'state', state: 'away' }, { why: 'not_registered' }];
    expect(envelope.data).toMatchObject({ routes: [{ targets: [{ agents: [{ reasons }] }] }] });
  });
});

test('the time zone of the settings is that of the sentences', async () => {
  const utc = await startTestServer({ timeZone: 'UTC' });
  utc.callCenter.explanation = {
    at: BEGUN,
    taskId: null,
    decisions: [],
    ...onSales(verdict('1001', { why: 'expired', since: (BEGUN + 1000) as Instant })),
  };
  const { text } = await utc.call('POST', 'routing/explain', { enqueue: TEXT });
  await utc.close();

  expect(text).toContain('2024-05-02 00:00:00');
});
