import { now } from '../../scripts/phone-farm/eventually';
import { aTalk, CUSTOMER, does, enqueueFor, hangUp } from './floor';
import { documented, livesThroughARestore } from './restore';
import { Parley, type AgentAtPhone } from './parley';

const OUTSIDE = '13800000000';
const [WAIT, HOLD] = [1900, 2500] as const;
const RING_SECONDS = 4;
/** Longer than a sound takes, so that it has begun again. */
const AGAIN = { steady: 1_000, within: 5_000 };

let parley: Parley;
let agent: AgentAtPhone;
/** Answers when told to. */
let slow: AgentAtPhone;
beforeAll(async () => {
  const sounding = enqueueFor('agent1', '', 'wait_voice="wait.wav" hold_voice="hold.wav"');
  const shortly = enqueueFor('agent2', `fetch_timeout="${RING_SECONDS}"`);
  parley = await Parley.start({ plans: { sounding, shortly }, settings: { PARLEY_TIME_ZONE: 'UTC' } });
  agent = await parley.agentAtPhone(700, { manner: { answerAfter: 0 } });
  slow = await parley.agentAtPhone(1300);
  await parley.putSound('wait.wav', { hertz: WAIT, seconds: 0.6 });
  await parley.putSound('hold.wav', { hertz: HOLD, seconds: 0.6 });
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
afterEach(async () => parley.untilNothingIsLeft());

test('a restart leaves live calls alone, takes them over, and keeps all records', async () => {
  const { id, customer, leg } = await aTalk(parley, agent);
  await parley.restartService();
  expect(await parley.conversationOf(agent)).toMatchObject({ id, state: 'running' });
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  await parley.post(`conversation/${id}/agent/${agent.name}/lsm`, { mode: 2 });
  await Promise.all([customer.hearsNothing(), leg.hears([400])]);
  await hangUp(parley, agent, { customer, leg });

  await parley.restartService();
  expect(await parley.conversation(id)).toMatchObject({ state: 'completed', end_reason: 'dismiss' });
  expect(await parley.get(`conversation?agent=${agent.name}`)).toMatchObject({ totalCount: 1, result: [{ id }] });
});

/** The same request, with the same key each time. */
async function inviteOnce(conversationId: string): Promise<unknown> {
  const response = await fetch(`${parley.url}/v1/callcenter/conversation/${conversationId}/invite_out`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': conversationId },
    body: JSON.stringify({ to: OUTSIDE, max_answer_seconds: 2 }),
  });
  return await response.json();
}

test('given the service is killed, calls go on, a limit is kept by Asterisk, and the next start learns of all that happened', async () => {
  const line = parley.farm.outside(OUTSIDE, { tone: 1000, manner: { answerAfter: 0 } });
  const { id, customer, leg } = await aTalk(parley, agent);
  const invited = await inviteOnce(id);
  const callee = await line.incoming();
  await Promise.all([customer.hears([700, 1000]), callee.hears([400, 700])]);
  await parley.killService();

  const { at: endedAt } = await callee.ended({ within: 20_000 });
  const forAWhile = { steady: 3_000, within: 6_000 };
  await Promise.all([customer.hears([700], forAWhile), leg.hears([400], forAWhile)]);
  await parley.restartService();
  expect(await inviteOnce(id)).toEqual(invited);
  expect(invited).toMatchObject({ code: '000000', data: { call_id: expect.any(String) } });
  const { state, members } = await parley.conversation(id);
  expect([state, members.map(({ end_time }) => end_time === null)]).toEqual(['running', [true, true, false]]);
  // When Asterisk ended it, not when the service learned of it; the record has whole seconds.
  expect(Math.abs(Date.parse(`${members[2]!.end_time}Z`) - endedAt)).toBeLessThan(2_500);
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  await hangUp(parley, agent, { customer, leg });
});

test('given the service is killed while a caller waits, the caller is held, keeps its place and gets the agent', async () => {
  await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
  const customer = await parley.farm.call({ from: CUSTOMER, to: `7${agent.name}`, tone: 400 });
  await customer.hearsMusic();
  await parley.killService();
  await customer.hearsMusic();
  await parley.restartService();
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
  const leg = await agent.phone.incoming();
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  await hangUp(parley, agent, { customer, leg });
});

test('given the service is killed, who is held and who waits hear the sounds of their document on, and no longer than that', async () => {
  const { id, customer, leg } = await aTalk(parley, agent, { to: '91sounding' });
  await does(parley, agent, 'lsm', { conversation_id: id, mode: 4 });
  const waiting = await parley.farm.call({ from: CUSTOMER, to: '91sounding', tone: 1000 });
  const hearTheirSounds = async (): Promise<unknown> =>
    Promise.all([customer.hears([HOLD], AGAIN), waiting.hears([WAIT], AGAIN)]);
  await hearTheirSounds();
  const since = now();
  await parley.killService();
  await hearTheirSounds();
  await parley.restartService();
  await hearTheirSounds();
  const heardBy = ({ ear }: typeof customer): unknown =>
    new Set(ear.passages({ since }).flatMap(({ heard }) => (heard === 'silence' ? [] : heard)));
  expect([heardBy(customer), heardBy(waiting)]).toEqual([new Set([`${HOLD} Hz`]), new Set([`${WAIT} Hz`])]);

  await does(parley, agent, 'lsm', { conversation_id: id, mode: 1 });
  await Promise.all([customer.hears([700], AGAIN), leg.hears([400], AGAIN)]);
  await waiting.hears([WAIT], AGAIN);
  await customer.hangUp();
  await leg.ended();
  const next = await agent.phone.incoming();
  await Promise.all([waiting.hears([700], AGAIN), next.hears([1000])]);
  await hangUp(parley, agent, { customer: waiting, leg: next });
});

test('given the service is killed while phones ring, who answers is kept, and talks when it is back', async () => {
  const customer = await parley.farm.call({ from: CUSTOMER, to: `7${slow.name}`, tone: 400 });
  const leg = await slow.phone.incoming();
  await customer.hearsMusic(); // Phones are rung first.
  await parley.killService();
  await leg.answer();
  await Promise.all([customer.hearsMusic(), leg.hearsMusic()]);
  await parley.restartService();
  await Promise.all([customer.hears([1300]), leg.hears([400])]);
  await hangUp(parley, slow, { customer, leg });
  expect(await parley.get(`conversation?agent=${slow.name}`)).toMatchObject({ totalCount: 1 });
});

test('given the phone was to ring no longer than the service is away, who has answered in time is kept all the same', async () => {
  const customer = await parley.farm.call({ from: CUSTOMER, to: '91shortly', tone: 400 });
  const leg = await slow.phone.incoming();
  await parley.killService();
  await leg.answer();
  const untilItIsOver = { steady: RING_SECONDS * 1_000, within: RING_SECONDS * 1_000 + 3_000 };
  await Promise.all([customer.hearsMusic(), leg.hearsMusic(untilItIsOver)]);
  await parley.restartService();
  await Promise.all([customer.hears([1300]), leg.hears([400])]);
  await hangUp(parley, slow, { customer, leg });
});

test('given the service is killed before it has done anything for callers, they hear music or ringing until it is back', async () => {
  parley.freezeService();
  const customer = await parley.farm.call({ from: CUSTOMER, to: `7${agent.name}`, tone: 400 });
  const unanswered = await parley.farm.call({ from: CUSTOMER, to: `93${slow.name}`, tone: 1000 });
  await Promise.all([customer.hearsMusic(), unanswered.rings()]);
  await parley.killService();
  await customer.hearsMusic();
  expect(unanswered.state).toBe('ringing');

  await parley.restartService();
  const [leg, slowLeg] = await Promise.all([agent.phone.incoming(), slow.phone.incoming()]);
  await slowLeg.answer();
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  await Promise.all([unanswered.hears([1300]), slowLeg.hears([1000])]);
  await hangUp(parley, agent, { customer, leg });
  await hangUp(parley, slow, { customer: unanswered, leg: slowLeg });
});

test('given Asterisk is killed, the conversation is lost, the agent goes back, and the same service serves the next call', async () => {
  const { id, customer, leg } = await aTalk(parley, agent);
  await parley.crashAsterisk();
  await parley.untilState(agent, 'idle');
  const lost = await parley.conversation(id);
  expect(lost).toMatchObject({ state: 'completed', end_reason: 'lost', end_time: expect.any(Number) });
  expect(lost.members.map(({ end_time }) => end_time)).toEqual([expect.any(String), expect.any(String)]);
  await Promise.all([customer.hangUp(), leg.hangUp()]);

  await parley.until(
    async () => (await parley.get(`extension/${agent.extensionId}`)).enable,
    'the phone has answered the new Asterisk, which asks every 10 s',
    20_000,
  );
  const next = await aTalk(parley, agent);
  await hangUp(parley, agent, next);
}, 60_000);

test('given a backup of an hour ago restored while calls are up, who talks soon talks again, and nothing of ours is left', async () => {
  const { backUp, restore } = documented().sqlite;
  const other = await parley.agentAtPhone(1000, { manner: { answerAfter: 0 } });
  await livesThroughARestore(parley, [agent, other], {
    backUp: async () => parley.shell(backUp),
    restore: async () => parley.shell(restore),
  });
}, 60_000);
