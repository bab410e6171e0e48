import { Parley, type AgentAtPhone } from './parley';
import type { Call } from '../../scripts/phone-farm/call';

const OUTSIDE = '13800000000';

let parley: Parley;
let agent: AgentAtPhone;
/** Answers when told to. */
let slow: AgentAtPhone;
beforeAll(async () => {
  parley = await Parley.start();
  agent = await parley.agentAtPhone(700, { manner: { answerAfter: 0 } });
  slow = await parley.agentAtPhone(1300);
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
afterEach(async () => parley.untilNothingIsLeft());

async function aTalk(): Promise<{ id: string; caller: Call; leg: Call }> {
  const caller = await parley.farm.call({ from: '13900000002', to: `7${agent.name}`, tone: 400 });
  const leg = await agent.phone.incoming();
  await Promise.all([caller.hears([700]), leg.hears([400])]);
  return { id: (await parley.conversationOf(agent)).id, caller, leg };
}

test('a restart leaves live calls alone, takes them over, and keeps all records', async () => {
  const { id, caller, leg } = await aTalk();
  await parley.restartService();
  expect(await parley.conversationOf(agent)).toMatchObject({ id, state: 'running' });
  await Promise.all([caller.hears([700]), leg.hears([400])]);
  await parley.post(`conversation/${id}/agent/${agent.name}/lsm`, { mode: 2 });
  await Promise.all([caller.hearsNothing(), leg.hears([400])]);
  await caller.hangUp();
  await leg.ended();
  await parley.untilState(agent, 'idle');

  await parley.restartService();
  expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  expect(await parley.get(`conversation?agent=${agent.name}`)).toMatchObject({ totalCount: 1, result: [{ id }] });
});

test('given the service is killed, calls go on, a limit is kept by Asterisk, and the next start learns of all that happened', async () => {
  const line = parley.farm.outside(OUTSIDE, { tone: 1000, manner: { answerAfter: 0 } });
  const { id, caller, leg } = await aTalk();
  await parley.post(`conversation/${id}/invite_out`, { to: OUTSIDE, max_answer_seconds: 2 });
  const callee = await line.incoming();
  await Promise.all([caller.hears([700, 1000]), callee.hears([400, 700])]);
  await parley.killService();

  await callee.ended({ within: 20_000 });
  await Promise.all([caller.hears([700]), leg.hears([400])]);
  await parley.restartService();
  const { state, members } = await parley.conversation(id);
  expect([state, members.map(({ end_time }) => end_time === null)]).toEqual(['running', [true, true, false]]);
  await Promise.all([caller.hears([700]), leg.hears([400])]);
  await caller.hangUp();
  await leg.ended();
  await parley.untilState(agent, 'idle');
});

test('given the service is killed while a caller waits, the caller is held, keeps its place and gets the agent', async () => {
  await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
  const caller = await parley.farm.call({ from: '13900000002', to: `7${agent.name}`, tone: 400 });
  await caller.hearsMusic();
  await parley.killService();
  await caller.hearsMusic();
  await parley.restartService();
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
  const leg = await agent.phone.incoming();
  await Promise.all([caller.hears([700]), leg.hears([400])]);
  await caller.hangUp();
  await leg.ended();
  await parley.untilState(agent, 'idle');
});

test('given the service is killed while phones ring, who answers is kept, and talks when it is back', async () => {
  const caller = await parley.farm.call({ from: '13900000002', to: `7${slow.name}`, tone: 400 });
  const leg = await slow.phone.incoming();
  await caller.hearsMusic(); // Phones are rung first.
  await parley.killService();
  await leg.answer();
  await Promise.all([caller.hearsMusic(), leg.hearsMusic()]);
  await parley.restartService();
  await Promise.all([caller.hears([1300]), leg.hears([400])]);
  await caller.hangUp();
  await leg.ended();
  await parley.untilState(slow, 'idle');
  expect(await parley.get(`conversation?agent=${slow.name}`)).toMatchObject({ totalCount: 1 });
});

test('given Asterisk is killed, the conversation is lost, the agent goes back, and the same service serves the next call', async () => {
  const { id, caller, leg } = await aTalk();
  await parley.crashAsterisk();
  await parley.untilState(agent, 'idle');
  const lost = await parley.conversation(id);
  expect(lost).toMatchObject({ state: 'completed', end_reason: 'lost', end_time: expect.any(Number) });
  expect(lost.members.map(({ end_time }) => end_time)).toEqual([expect.any(String), expect.any(String)]);
  await Promise.all([caller.hangUp(), leg.hangUp()]);

  await parley.until(
    async () => (await parley.get<{ enable: boolean }>(`extension/${agent.extensionId}`)).enable,
    'the phone has answered the new Asterisk, which asks every 10 s',
    20_000,
  );
  const next = await aTalk();
  await next.caller.hangUp();
  await next.leg.ended();
  await parley.untilState(agent, 'idle');
}, 60_000);

test('what others have in Asterisk is left alone, even if its id looks like one of ours', async () => {
  const bridgeId = 'a'.repeat(32);
  await parley.askAsterisk('POST', `bridges/${bridgeId}?type=mixing`);
  await parley.restartService();
  expect((await parley.askAsterisk('GET', `bridges/${bridgeId}`)).status).toBe(200);
  await parley.askAsterisk('DELETE', `bridges/${bridgeId}`);
});
