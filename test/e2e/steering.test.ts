import type { Call } from '../../scripts/phone-farm/call';
import { Parley, type AgentAtPhone } from './parley';

const [CUSTOMER, OTHER_CUSTOMER] = ['13900000001', '13900000002'];
const [AGENT, SECOND] = [700, 1000] as const;
const [BEFORE, AFTER, UNDER, HOLD] = [1600, 1900, 2200, 2500] as const;
const A_TASK = expect.stringMatching(/^[0-9a-f]{32}$/);
/** Afterwards the agent is busy, so that who still waits does not get it. */
const forAgent = (attributes = ''): string =>
  `<enqueue reserve_state="busy" ${attributes}><route><agent name="agent1"/></route></enqueue>`;

let parley: Parley;
let agent: AgentAtPhone;
let second: AgentAtPhone;
beforeAll(async () => {
  parley = await Parley.start({ plans: { infile: forAgent('user_data="of the file"') } });
  agent = await parley.agentAtPhone(AGENT);
  second = await parley.agentAtPhone(SECOND);
  await parley.putSound('before.wav', { hertz: BEFORE, seconds: 0.6 });
  await parley.putSound('after.wav', { hertz: AFTER, seconds: 0.6 });
  await parley.putSound('under.wav', { hertz: UNDER, seconds: 0.6 });
  await parley.putSound('hold.wav', { hertz: HOLD, seconds: 0.6 });
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
beforeEach(async () => {
  for (const each of [agent, second]) await parley.post(`agent/${each.name}/state`, { state: 'busy' });
});
afterEach(async () => parley.untilNothingIsLeft());

const aCustomer = async (to: string, from: string = CUSTOMER): Promise<Call> =>
  parley.farm.call({ from, to, tone: 400 });
const putPlan = async (name: string, enqueue: string): Promise<unknown> => parley.put(`plan/${name}`, { enqueue });
const becomesIdle = async ({ name }: AgentAtPhone): Promise<unknown> =>
  parley.post(`agent/${name}/state`, { state: 'idle' });

async function waiting(count: number) {
  return await parley.until(async () => {
    const tasks = await parley.queue();
    return tasks.length === count ? tasks : undefined;
  }, `${count} tasks wait`);
}

test('given a caller who waits on a plan of the API is cancelled, the caller goes on with cancel', async () => {
  await putPlan('night', forAgent('user_data="of the plan"'));
  const caller = await aCustomer('91night');
  const [task] = await waiting(1);
  expect(task).toMatchObject({ plan: 'night', state: 'waiting', position: 1, telnumber: CUSTOMER });

  await parley.delete(`queue/${task!.id}`);

  expect(await parley.returned()).toEqual({
    PARLEY_RESULT: 'cancel',
    PARLEY_QUEUE_ID: task!.id,
    PARLEY_CONVERSATION_ID: '',
    PARLEY_END_REASON: '',
    PARLEY_AGENT: '',
    PARLEY_USER_DATA: 'of the plan',
  });
  await caller.hangUp();
});

test('given it is cancelled while the agent rings, the phone stops and the agent is free again', async () => {
  const caller = await aCustomer('98infile');
  await becomesIdle(agent);
  const leg = await agent.phone.incoming();
  const [task] = await waiting(1);
  expect(task).toMatchObject({ state: 'ringing', position: null, agents: ['agent1'] });

  await parley.delete(`queue/${task!.id}`);

  await leg.ended();
  expect(await parley.returned()).toMatchObject({
    PARLEY_RESULT: 'cancel',
    PARLEY_QUEUE_ID: task!.id,
    PARLEY_USER_DATA: 'of the dialplan',
  });
  await parley.untilState(agent, 'busy');
  await caller.hangUp();
});

test('given a higher priority, a later caller is served first, and its events have the data of its plan', async () => {
  const first = await aCustomer('960infile');
  await waiting(1);
  const later = await aCustomer('963infile', OTHER_CUSTOMER);
  const [urgent, other] = await waiting(2);
  expect([urgent, other]).toMatchObject([{ telnumber: OTHER_CUSTOMER }, { telnumber: CUSTOMER }]);

  await becomesIdle(agent);
  const leg = await agent.phone.incoming();
  await leg.answer();
  await later.hears([AGENT]);

  const { id } = await parley.conversationOf(agent);
  const journal = await parley.get(`conversation/${id}/events`);
  const success = journal.filter(({ event }) => event === 'callcenter.queue.success');
  expect(success).toMatchObject([{ user_data: 'of the file' }]);
  expect(await parley.serviceLog()).not.toContain('of the file');
  await Promise.all([later.hangUp(), leg.ended()]);
  await Promise.all([
    first.hangUp(),
    parley.until(async () => (await parley.queue()).length === 0, 'nobody waits'),
  ]);
});

test('given the priority of one who waits is raised, it passes the others', async () => {
  const first = await aCustomer('91infile');
  await waiting(1);
  const later = await aCustomer('91infile', OTHER_CUSTOMER);
  const tasks = await waiting(2);
  expect(tasks.map(({ telnumber }) => telnumber)).toEqual([CUSTOMER, OTHER_CUSTOMER]);

  await parley.post(`queue/${tasks[1]!.id}`, { priority: 7 });

  expect((await parley.queue()).map(({ telnumber }) => telnumber)).toEqual([OTHER_CUSTOMER, CUSTOMER]);
  await becomesIdle(agent);
  const leg = await agent.phone.incoming();
  await leg.answer();
  await later.hears([AGENT]);
  await Promise.all([later.hangUp(), leg.ended(), first.hangUp()]);
});

test('given targets that time out and an agent who does not answer, the routes are tried one after the other, and it is explained why', async () => {
  await putPlan(
    'three',
    '<enqueue fail_overflow="true"><route><skill name="nobody" queue_timeout="0"/></route>' +
      '<route><agent name="agent1" queue_timeout="1"/></route>' +
      '<route><agent name="agent2" fetch_timeout="1"/></route><route><agent name="agent1" queue_timeout="60"/></route></enqueue>',
  );
  await becomesIdle(second);
  const caller = await aCustomer('91three');
  const missed = await second.phone.incoming();
  const [task] = await waiting(1);
  await missed.ended({ within: 4_000 });
  await parley.until(async () => (await parley.queue())[0]?.route === 4, 'it waits on the fourth route');

  const why = await parley.explain({ queue_id: task!.id, agent: 'agent1' });
  const current = why.routes.find((route) => route.current);
  expect(current).toMatchObject({
    route: 4,
    targets: [{ agents: [{ name: 'agent1', would_ring: false, reasons: [{ why: 'state', state: 'busy' }] }] }],
  });

  await becomesIdle(agent);
  const leg = await agent.phone.incoming();
  await leg.answer();
  await caller.hears([AGENT]);
  await Promise.all([caller.hangUp(), leg.ended()]);

  const past = await parley.explain({ queue_id: task!.id });
  expect(past.decisions.map(({ decision }) => decision)).toEqual([
    'overflow',
    'wait',
    'overflow',
    'ring',
    'miss',
    'overflow',
    'wait',
    'ring',
    'serve',
  ]);
  const [verdict] = past.routes[3]!.targets[0]!.agents.filter(({ name }) => name === 'agent1');
  expect(verdict).toMatchObject({ would_ring: true, reasons: [] });
});

test('given the number is to be announced, both hear it between the two sounds, and nobody who joins waits for it', async () => {
  await putPlan(
    'announced',
    forAgent('play_num="true" pre_num_voice="before.wav" post_num_voice="after.wav" hold_voice="hold.wav"'),
  );
  await becomesIdle(agent);
  const caller = await aCustomer('91announced');
  const leg = await agent.phone.incoming();
  await leg.answer();

  await Promise.all([caller.hears([AGENT, BEFORE]), leg.hears([400, BEFORE])]);
  await Promise.all([caller.hears([AGENT, AFTER]), leg.hears([400, AFTER])]);
  await Promise.all([caller.hears([AGENT]), leg.hears([400])]);

  // Held, the caller hears the sound of the document; a colleague who is looked for is heard under the talk.
  const { id } = await parley.conversationOf(agent);
  await parley.post(`conversation/${id}/agent/${agent.name}/lsm`, { mode: 4 });
  await caller.hears([HOLD]);
  await parley.post(`conversation/${id}/agent/${agent.name}/lsm`, { mode: 1 });
  await Promise.all([caller.hears([AGENT]), leg.hears([400])]);
  const enqueue = '<enqueue wait_voice="under.wav"><route><agent name="agent2"/></route></enqueue>';
  await parley.post(`conversation/${id}/invite_agent`, { enqueue });
  await Promise.all([caller.hears([AGENT, UNDER]), leg.hears([400, UNDER])]);
  await becomesIdle(second);
  const joining = await second.phone.incoming();
  await joining.answer();
  await Promise.all([caller.hears([AGENT, SECOND]), joining.hears([400, AGENT])]);
  await parley.delete(`conversation/${id}`);
  await Promise.all([leg.ended(), joining.ended(), caller.hangUp()]);
});

test('given a plan that is not there, or a document with a mistake, the caller goes on with error and the log says what was meant', async () => {
  for (const [to, problem] of [
    ['91infil', 'did you mean infile?'],
    ['990', 'did you mean ring_mode?'],
    ['992', 'line 1'],
  ] as const) {
    const caller = await aCustomer(to);
    expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'error', PARLEY_QUEUE_ID: A_TASK });
    await caller.hangUp();
    await parley.until(async () => (await parley.serviceLog()).includes(problem), `the log has "${problem}"`);
  }
});

test('given figures are asked for, they tell of all that was served, and that nobody was passed over', async () => {
  const text = await (await fetch(`${parley.url}/metrics`)).text();
  expect(text).toMatch(
    /parley_queue_waiting_seconds_count\{app="default",plan="infile",outcome="success"\} [1-9]/,
  );
  expect(text).toMatch(/parley_queue_served_out_of_order_total\{app="default"\} 0/);
});
