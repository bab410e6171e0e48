import type { Call } from '../../scripts/phone-farm/call';
import { now } from '../../scripts/phone-farm/eventually';
import { Parley, type AgentAtPhone, type Returned } from './parley';

const CUSTOMER = '13900000001';
const AN_ID = expect.stringMatching(/^[0-9a-f]{32}$/);
const [AGENT, COLLEAGUE, BEFORE, AFTER] = [700, 1000, 1600, 1900] as const;
/** A colleague who joins while the number is announced hears the others so soon, in milliseconds. */
const AT_ONCE = 500;

/** Longer than each test takes; about as long as all of them. */
const KEEPALIVE_SECONDS = 20;

const NOTHING: Returned = {
  PARLEY_RESULT: '',
  PARLEY_QUEUE_ID: '',
  PARLEY_CONVERSATION_ID: '',
  PARLEY_END_REASON: '',
  PARLEY_AGENT: '',
  PARLEY_USER_DATA: '',
};

let parley: Parley;
let agent: AgentAtPhone;
let silent: AgentAtPhone;
beforeAll(async () => {
  parley = await Parley.start({
    plans: {
      infile: enqueueOf('user_data="of the file"', '<agent name="agent1"/>'),
      unhurried: enqueueOf('reserve_state="busy"', '<skill name="patience"/>'),
    },
    settings: { PARLEY_KEEPALIVE_SECONDS: String(KEEPALIVE_SECONDS) },
  });
  agent = await parley.agentAtPhone(AGENT, { skills: [{ name: 'patience', enabled: true }] });
  // Nobody asks for it by its name, as that would be a sign of life.
  silent = await parley.agentAtPhone(1300, { state: 'busy' });
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
beforeEach(async () => {
  await parley.get(`agent/${agent.name}/keepalive`);
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
});
afterEach(async () => parley.untilNothingIsLeft());

function enqueueOf(attributes: string, ...routes: readonly string[]): string {
  return `<enqueue ${attributes}>${routes.map((route) => `<route>${route}</route>`).join('')}</enqueue>`;
}

async function putPlan(name: string, attributes: string, ...routes: readonly string[]): Promise<void> {
  await parley.put(`plan/${name}`, { enqueue: enqueueOf(attributes, ...routes) });
}

async function aCustomer(to: string): Promise<Call> {
  return await parley.farm.call({ from: CUSTOMER, to, tone: 400 });
}

/** What a caller who dials this brings back, and the time in seconds that it took. */
async function outcome(to: string): Promise<Returned & { readonly seconds: number }> {
  const since = now();
  const caller = await aCustomer(to);
  const returned = await parley.returned();
  const seconds = (now() - since) / 1000;
  await caller.hangUp();
  return { ...returned, seconds };
}

async function talks(caller: Call): Promise<Call> {
  const leg = await agent.phone.incoming();
  await leg.answer();
  await Promise.all([caller.hears([AGENT]), leg.hears([400])]);
  return leg;
}

test('a plan is put, used, changed for callers to come, and deleted; one that is a file stays as it is', async () => {
  await putPlan(
    'sales',
    'user_data="first"',
    '<agent name="nobody" queue_timeout="0"/>',
    '<agent name="agent1"/>',
  );
  const caller = await aCustomer('91sales');
  const leg = await agent.phone.incoming();
  await putPlan('sales', 'user_data="second"', '<skill name="sales" queue_timeout="0"/>');
  await leg.answer();
  await caller.hears([AGENT]);
  await leg.hangUp();
  expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'success', PARLEY_USER_DATA: 'first' });
  await caller.hangUp();
  await parley.untilNothingIsLeft();

  expect(await outcome('91sales')).toMatchObject({ PARLEY_RESULT: 'timeout', PARLEY_USER_DATA: 'second' });
  await parley.untilNothingIsLeft();
  await parley.delete('plan/sales');
  expect(await outcome('91sales')).toMatchObject({ PARLEY_RESULT: 'error' });
  for (const method of ['PUT', 'DELETE'] as const) {
    const body = { enqueue: enqueueOf('', '<skill name="sales"/>') };
    expect(await parley.request(method, 'plan/infile', body)).not.toMatchObject({ code: '000000' });
  }
});

test('success: everything that there is to tell comes back', async () => {
  const caller = await aCustomer('91infile');
  const leg = await talks(caller);
  const { id, queue_id } = await parley.conversationOf(agent);
  await leg.hangUp();
  expect(await parley.returned()).toEqual({
    PARLEY_RESULT: 'success',
    PARLEY_QUEUE_ID: queue_id,
    PARLEY_CONVERSATION_ID: id,
    PARLEY_END_REASON: 'dismiss',
    PARLEY_AGENT: agent.name,
    PARLEY_USER_DATA: 'of the file',
  });
  await caller.hangUp();
});

test('success: a conversation that was dissolved says so', async () => {
  const caller = await aCustomer('98infile');
  const leg = await talks(caller);
  const { id } = await parley.conversationOf(agent);
  await parley.delete(`conversation/${id}`);
  expect(await parley.returned()).toMatchObject({
    PARLEY_RESULT: 'success',
    PARLEY_CONVERSATION_ID: id,
    PARLEY_END_REASON: 'remove',
    PARLEY_USER_DATA: 'of the dialplan',
  });
  await Promise.all([caller.hangUp(), leg.ended()]);
});

test('call_fail: the conversation that was to be is named, and no agent', async () => {
  const [returned] = await Promise.all([
    outcome('91infile'),
    agent.phone.incoming().then(async (leg) => leg.decline('declined')),
  ]);
  expect(returned).toMatchObject({
    PARLEY_RESULT: 'call_fail',
    PARLEY_QUEUE_ID: AN_ID,
    PARLEY_CONVERSATION_ID: AN_ID,
    PARLEY_END_REASON: 'dismiss',
    PARLEY_AGENT: '',
    PARLEY_USER_DATA: 'of the file',
  });
});

test('timeout: at once where nobody is to be waited for, after all routes have timed out where somebody is', async () => {
  await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
  const { id: condition } = await parley.post('condition', { where: 'true', queue_timeout: 1 });
  await putPlan(
    'impatient',
    '',
    '<agent name="agent1" queue_timeout="0"/>',
    '<skill name="x" queue_timeout="0"/>',
  );
  await putPlan(
    'patient',
    '',
    '<agent name="agent1" queue_timeout="1"/><agent name="nobody" queue_timeout="0"/>',
    `<condition id="${condition}"/>`,
  );

  const { seconds: atOnce, ...returned } = await outcome('91impatient');
  expect(returned).toEqual({ ...NOTHING, PARLEY_RESULT: 'timeout', PARLEY_QUEUE_ID: AN_ID });
  expect(atOnce).toBeLessThan(1.5);
  await parley.untilNothingIsLeft();

  const { seconds: both, PARLEY_RESULT, PARLEY_QUEUE_ID } = await outcome('91patient');
  expect(PARLEY_RESULT).toBe('timeout');
  expect(both).toBeGreaterThanOrEqual(2);
  const { decisions } = await parley.explain({ queue_id: PARLEY_QUEUE_ID });
  expect(decisions.map(({ route, decision, cause }) => [route, decision, cause])).toEqual([
    [1, 'wait', null],
    [1, 'overflow', null],
    [2, 'wait', null],
    [2, 'fail', 'timeout'],
  ]);
});

test('given an agent becomes free on the second route, it rings by the condition of that route', async () => {
  await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
  const { id: condition } = await parley.post('condition', { where: 'true', queue_timeout: 60 });
  await putPlan('later', '', '<skill name="x" queue_timeout="0"/>', `<condition id="${condition}"/>`);
  const caller = await aCustomer('91later');
  await parley.until(async () => (await parley.queue())[0]?.route === 2, 'the second route is tried');
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
  const leg = await talks(caller);
  expect(await parley.conversationOf(agent)).toMatchObject({ condition_id: condition });
  await Promise.all([caller.hangUp(), leg.ended()]);
});

test('hangup: who gives up while waiting is gone, and it can still be asked why nobody came', async () => {
  await parley.post(`agent/${agent.name}/state`, { state: 'busy/lunch' });
  const caller = await aCustomer('91infile');
  const [task] = await parley.until(async () => {
    const queued = await parley.queue();
    return queued.length === 1 && queued;
  }, 'the caller waits');
  await caller.hangUp();
  await parley.untilNothingIsLeft();
  const { decisions, routes } = await parley.explain({ queue_id: task!.id, agent: agent.name });
  expect(decisions.at(-1)).toMatchObject({ decision: 'fail', cause: 'hangup' });
  expect(routes[0]!.targets[0]!.agents).toMatchObject([
    { name: agent.name, would_ring: false, reasons: [{ why: 'state', state: 'busy/lunch' }] },
  ]);
});

test('given three who waited were taken, the next are told their place and about how long it takes', async () => {
  const waiting = async (count: number): Promise<Awaited<ReturnType<Parley['queue']>>> =>
    parley.until(async () => {
      const queued = await parley.queue();
      return queued.length === count && queued.every(({ state }) => state === 'waiting') && queued;
    }, `${count} wait`);
  for (let taken = 0; taken < 3; taken++) {
    await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
    const caller = await aCustomer('91unhurried');
    expect(await waiting(1)).toMatchObject([{ position: 1, estimated_wait: null }]);
    await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
    const leg = await agent.phone.incoming();
    await caller.hangUp();
    await leg.ended();
    await parley.untilState(agent, 'busy');
  }
  const callers = [await aCustomer('91unhurried'), await aCustomer('91unhurried')];
  const [first, second] = await waiting(2);
  for (const [index, task] of [first!, second!].entries()) {
    const { seconds, at_least, at_most, samples } = task.estimated_wait!;
    expect([task.position, samples]).toEqual([index + 1, 3]);
    expect(seconds).toBeLessThanOrEqual(10);
    expect(at_least).toBeLessThanOrEqual(seconds);
    expect(at_most).toBeGreaterThanOrEqual(seconds);
  }
  await Promise.all(callers.map((caller) => caller.hangUp()));
});

test.each([
  ['991', 'ring_mode must be a whole number from 1 to 5'],
  ['993', 'PARLEY_ENQUEUE is not set'],
])('error: %s says nothing that can be done, and the log says what is wrong with it', async (to, problem) => {
  const { seconds, ...returned } = await outcome(to);
  expect(returned).toEqual({ ...NOTHING, PARLEY_RESULT: 'error', PARLEY_QUEUE_ID: AN_ID });
  expect(seconds).toBeLessThan(5);
  await parley.until(async () => (await parley.serviceLog()).includes(problem), `the log has "${problem}"`);
});

test('conversation_level 1: nobody is taken into the conversation of the two', async () => {
  await putPlan('two', 'conversation_level="1"', '<agent name="agent1"/>');
  const caller = await aCustomer('91two');
  const leg = await talks(caller);
  const { id } = await parley.conversationOf(agent);
  const full = { status: 409, code: '040502' };
  const enqueue = enqueueOf('', '<skill name="x"/>');
  expect(await parley.request('POST', `conversation/${id}/invite_agent`, { enqueue })).toMatchObject(full);
  const number = { to: '13800000000', max_answer_seconds: 60 };
  expect(await parley.request('POST', `conversation/${id}/invite_out`, number)).toMatchObject(full);
  await Promise.all([caller.hangUp(), leg.ended()]);
});

test('play_num: both hear the sounds and the digits in their order, and who joins meanwhile does not wait for that', async () => {
  await parley.putSound('before.wav', { hertz: BEFORE, seconds: 1 });
  await parley.putSound('after.wav', { hertz: AFTER, seconds: 0.5 });
  const colleague = await parley.agentAtPhone(COLLEAGUE, { skills: [{ name: 'help', enabled: true }] });
  await putPlan(
    'announced',
    'play_num="true" pre_num_voice="before.wav" post_num_voice="after.wav"',
    '<agent name="agent1"/>',
  );
  const caller = await aCustomer('91announced');
  const leg = await agent.phone.incoming();
  await leg.answer();
  await Promise.all([caller.hears([AGENT, BEFORE]), leg.hears([400, BEFORE])]);
  const { id } = await parley.conversationOf(agent);
  await parley.post(`conversation/${id}/invite_agent`, { enqueue: enqueueOf('', '<skill name="help"/>') });
  const joining = await colleague.phone.incoming();
  await joining.answer();
  await parley.until(
    async () => joining.ear.heard(400) && joining.ear.heard(AGENT),
    'the colleague hears the others',
  );
  const joined = Math.max(joining.ear.firstHeard(400)!, joining.ear.firstHeard(AGENT)!);
  expect(joined - joining.answeredAt!).toBeLessThan(AT_ONCE);

  const over = async (call: Call): Promise<boolean> => call.ear.heard(AFTER) && !call.ear.isHearing(AFTER);
  await parley.until(async () => (await over(caller)) && (await over(leg)), 'it is announced');
  for (const call of [caller, leg]) {
    const { ear } = call;
    expect(ear.lastHeard(BEFORE)!).toBeLessThan(ear.firstHeard(AFTER)!);
    const between = ear.packets({ since: ear.lastHeard(BEFORE)!, until: ear.firstHeard(AFTER)! });
    expect(between.filter(({ other }) => other).length).toBeGreaterThan(5); // A voice that says "one".
  }
  expect(joining.ear.firstHeard(400)!).toBeLessThan(caller.ear.firstHeard(AFTER)!);
  await parley.delete(`conversation/${id}`);
  await Promise.all([leg.ended(), joining.ended(), caller.hangUp()]);
});

test('an agent who gives no sign of life is logged out and not rung, until it logs in again', async () => {
  const isListed = async (): Promise<boolean> => {
    await parley.get(`agent/${agent.name}/keepalive`);
    const { result } = await parley.get('agent');
    return result.some(({ name }) => name === silent.name);
  };
  await parley.until(async () => !(await isListed()), 'it is logged out', (KEEPALIVE_SECONDS + 2) * 1000);
  const caller = await aCustomer('95quiet');
  await caller.hearsMusic();
  expect(silent.phone.calls).toHaveLength(0);

  const skills = [{ name: 'quiet', enabled: true }];
  await parley.post('agent', { name: silent.name, extension: silent.extensionId, state: 'idle', skills });
  const leg = await silent.phone.incoming();
  await leg.answer();
  await caller.hears([1300]);
  await Promise.all([caller.hangUp(), leg.ended()]);
});
