import type { Call } from '../../scripts/phone-farm/call';
import { now } from '../../scripts/phone-farm/eventually';
import { Parley, type AgentAtPhone, type SkillJson } from './parley';

const CUSTOMER = '13900000001';
/** From the request that makes an agent fit until its phone rings, in milliseconds; most of it is the phones' own. */
const AT_ONCE = 2_000;
const TELLS_ALL = 0;
const SETS = 1;

let parley: Parley;
let agent: AgentAtPhone;
beforeAll(async () => {
  parley = await Parley.start();
  agent = await parley.agentAtPhone(700);
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
beforeEach(async () => {
  await parley.post(`agent/${agent.name}/skills`, { opts: [{ opt: TELLS_ALL }] });
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
});
afterEach(async () => parley.untilNothingIsLeft());

async function aCondition(where: string, more: object = {}): Promise<string> {
  const body = { where, queue_timeout: 60, ...more };
  return (await parley.post('condition', body)).id;
}

async function changeCondition(id: string, changes: object): Promise<void> {
  await parley.post(`condition/${id}`, changes);
}

async function setSkill({ name }: AgentAtPhone, skill: SkillJson): Promise<void> {
  await parley.post(`agent/${name}/skills`, { opts: [{ opt: SETS, ...skill }] });
}

/** A caller for whom nobody is there. */
async function aWaitingCaller(to: string): Promise<Call> {
  const caller = await parley.farm.call({ from: CUSTOMER, to, tone: 400 });
  await caller.hearsMusic();
  const [task] = await parley.queue();
  expect(task).toMatchObject({ state: 'waiting', position: 1 });
  return caller;
}

/** It rings at once, and they hear each other when it answers. Answers with the conversation's id. */
async function isServed(caller: Call, by: AgentAtPhone, change: () => Promise<unknown>): Promise<string> {
  const since = now();
  await change();
  const leg = await by.phone.incoming();
  expect(now() - since).toBeLessThan(AT_ONCE);
  await leg.answer();
  await Promise.all([caller.hears([by.phone.tone]), leg.hears([400])]);
  const { id } = await parley.conversationOf(by);
  await caller.hangUp();
  await leg.ended();
  await parley.untilState(by, 'idle');
  return id;
}

test('given an agent gets the skill that a condition asks for, it rings, and the conversation names the condition', async () => {
  const condition = await aCondition('has("sales") && get("sales") >= 5');
  const caller = await aWaitingCaller(`94${condition}`);
  await setSkill(agent, { name: 'sales', score: 4, enabled: true });
  await caller.hearsMusic();
  expect(agent.phone.calls).toHaveLength(0);

  const id = await isServed(caller, agent, () => setSkill(agent, { name: 'sales', score: 5, enabled: true }));
  expect(await parley.conversation(id)).toMatchObject({ condition_id: condition, end_reason: 'dismiss' });
});

test('given a skill is enabled, who waits for the skill is served, and no condition is named', async () => {
  await setSkill(agent, { name: 'sales', enabled: false });
  const caller = await aWaitingCaller('95sales');
  const id = await isServed(caller, agent, () => setSkill(agent, { name: 'sales', enabled: true }));
  expect(await parley.conversation(id)).toMatchObject({ condition_id: null });
});

test('given a condition is changed so that an agent fulfils it, the agent rings', async () => {
  const condition = await aCondition('num() == "nobody"');
  const caller = await aWaitingCaller(`94${condition}`);
  await isServed(caller, agent, () => changeCondition(condition, { where: `name() == "${agent.name}"` }));
});

test('given an agent becomes idle, it rings', async () => {
  const condition = await aCondition('true');
  await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
  const caller = await aWaitingCaller(`94${condition}`);
  await isServed(caller, agent, () => parley.post(`agent/${agent.name}/state`, { state: 'idle' }));
});

test("given an agent's phone is registered again, it rings", async () => {
  const condition = await aCondition('has("mobile")');
  const skills = [{ name: 'mobile', enabled: true }];
  const mobile = await parley.agentAtPhone(1000, { skills });
  await mobile.phone.unregister();
  await parley.until(
    async () => !(await parley.get(`extension/${mobile.extensionId}`)).enable,
    'its phone is gone',
  );
  const caller = await aWaitingCaller(`94${condition}`);
  const { body, verdict } = await whyNot(condition, mobile);
  expect(verdict).toMatchObject({ would_ring: false, reasons: [{ why: 'not_registered' }] });
  expect(body.routes).toHaveLength(1);

  const phone = await parley.farm.register({ user: mobile.phone.number, password: 'secret2', tone: 1000 });
  const leg = await phone.incoming({ within: AT_ONCE });
  await leg.answer();
  await caller.hears([1000]);
  await caller.hangUp();
  await leg.ended();
  await parley.delete(`agent/${mobile.name}?force=true`);
});

test('given an agent logs in, it rings', async () => {
  const condition = await aCondition('true');
  await parley.delete(`agent/${agent.name}`);
  const caller = await aWaitingCaller(`94${condition}`);
  const login = { name: agent.name, extension: agent.extensionId, state: 'idle' };
  await isServed(caller, agent, () => parley.post('agent', login));
});

test('given a condition that wants agents who have rested, it rings when that time has come, and not before', async () => {
  const condition = await aCondition('idle() >= 2');
  await parley.delete(`agent/${agent.name}`);
  const since = now();
  await parley.post('agent', { name: agent.name, extension: agent.extensionId, state: 'idle' });
  const caller = await aWaitingCaller(`94${condition}`);
  const leg = await agent.phone.incoming();
  const waited = now() - since;
  expect(waited).toBeGreaterThan(1_900);
  expect(waited).toBeLessThan(3_000 + AT_ONCE); // Whole seconds, looked at once a second.
  await caller.hangUp();
  await leg.ended();
});

test('given a sort, whoever has the higher value rings', async () => {
  const skills = (score: number): SkillJson[] => [{ name: 'chess', score, enabled: true }];
  const [weak, strong] = [
    await parley.agentAtPhone(1000, { skills: skills(3) }),
    await parley.agentAtPhone(1300, { skills: skills(8) }),
  ];
  const condition = await aCondition('has("chess")', { sort: 'get("chess")' });
  const call = async (): Promise<Call> => parley.farm.call({ from: CUSTOMER, to: `94${condition}`, tone: 400 });
  for (const [sort, by] of [
    ['get("chess")', strong],
    ['-get("chess")', weak],
  ] as const) {
    await changeCondition(condition, { sort });
    const caller = await call();
    const leg = await by.phone.incoming();
    await caller.hangUp();
    await leg.ended();
    await parley.untilState(by, 'idle');
  }
  await Promise.all([weak, strong].map(({ name }) => parley.delete(`agent/${name}`)));
});

test('given a rule that fails for an agent, that agent does not match, and it is logged once', async () => {
  const condition = await aCondition('10 / get("sales") > 1', { queue_timeout: 1 });
  const caller = await parley.farm.call({ from: CUSTOMER, to: `94${condition}`, tone: 400 });
  await parley.until(async () => (await parley.queue()).length === 1, 'the caller waits');
  const { verdict } = await whyNot(condition, agent);
  expect(verdict).toMatchObject({ would_ring: false, reasons: [{ why: 'rule_failed' }] });
  expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'timeout' });
  await caller.hangUp();
  const log = (await parley.serviceLog()).split('\n');
  const told = log.filter((line) => line.includes(condition) && line.includes('division by zero'));
  expect(told).toHaveLength(1);
});

test.each([
  ['get("sales"', 'where'],
  ['get("sales") + 1', 'where'],
  ['getx("sales") > 1', 'where'],
])('given a rule that is none, %s, it is refused with its place', async (where, parameter) => {
  const answer = await parley.request('POST', 'condition', { where, queue_timeout: 60 });
  expect(answer).toMatchObject({ status: 400, code: '040402', msg: expect.stringContaining(parameter) });
});

test('given a condition is deleted, who waits for it is not served any more, and times out', async () => {
  const condition = await aCondition('has("sales")', { queue_timeout: 1 });
  const caller = await parley.farm.call({ from: CUSTOMER, to: `94${condition}`, tone: 400 });
  await parley.until(async () => (await parley.queue()).length === 1, 'the caller waits');
  await parley.delete(`condition/${condition}`);
  await setSkill(agent, { name: 'sales', enabled: true });
  expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'timeout' });
  expect(await parley.state(agent)).toBe('idle');
  await caller.hangUp();
});

type Verdict = Awaited<ReturnType<Parley['explain']>>['routes'][number]['targets'][number]['agents'][number];

async function whyNot(
  condition: string,
  { name }: AgentAtPhone,
): Promise<{
  body: Awaited<ReturnType<Parley['explain']>>;
  verdict: Verdict | undefined;
}> {
  const enqueue = `<enqueue><route><condition id="${condition}"/></route></enqueue>`;
  const body = await parley.explain({ enqueue, agent: name });
  return { body, verdict: body.routes[0]?.targets[0]?.agents[0] };
}
