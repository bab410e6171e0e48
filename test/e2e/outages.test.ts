import { aTalk, CUSTOMER, enqueueFor, hangUp, type TalkWithCustomer } from './floor';
import { Parley, type AgentAtPhone } from './parley';

const REQUESTS = /app=parley-requests-/;

let parley: Parley;
let agent: AgentAtPhone;
beforeAll(async () => {
  const plans = { anybody: '<enqueue><route><skill name="sales"/></route></enqueue>' };
  parley = await Parley.start({ behindProxy: true, plans });
  const skills = [{ name: 'sales', enabled: true }];
  agent = await parley.agentAtPhone(700, { manner: { answerAfter: 0 }, skills });
}, 120_000);
afterAll(async () => parley.stop(), 30_000);

async function isOver(talk: Omit<TalkWithCustomer, 'id'>): Promise<void> {
  await hangUp(parley, agent, talk);
  await parley.untilNothingIsLeft();
}

/** A command to the talk, with the headers of its answer. */
async function command(id: string): Promise<Response> {
  return await fetch(`${parley.url}/v1/callcenter/conversation/${id}/agent/${agent.name}/lsm`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode: 1 }),
  });
}

test('given the network to Asterisk falls silent, within five seconds it is not ready, talks go on, and what needs no Asterisk works', async () => {
  const talk = await aTalk(parley, agent, { to: '91anybody' });
  parley.network.mute();
  await parley.until(async () => (await parley.whyNotReady()) !== null, 'it is not ready', 5_000);

  const refused = await command(talk.id);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await refused.json()).toMatchObject({ code: '000004' });
  expect(await parley.conversation(talk.id)).toMatchObject({ state: 'running' });
  await parley.get(`agent/${agent.name}/keepalive`);
  await Promise.all([talk.customer.hears([700]), talk.leg.hears([400])]);
  const waiting = await parley.farm.call({ from: '13900000003', to: '91anybody', tone: 1000 });

  parley.network.unmute();
  await parley.untilReady();
  expect((await command(talk.id)).status).toBe(200);
  await parley.until(async () => (await parley.queue()).length === 1, 'who came meanwhile is in the queue');
  await waiting.hangUp();
  await isOver(talk);
}, 60_000);

test('given Asterisk answers too late, the phone is rung once, and all is well when it is fast again', async () => {
  await parley.post(`agent/${agent.name}/state`, { state: 'busy' });
  const customer = await parley.farm.call({ from: CUSTOMER, to: '91anybody', tone: 400 });
  await customer.hearsMusic();
  parley.network.late = { which: REQUESTS, milliseconds: 6_000 };
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
  const leg = await agent.phone.incoming();
  await parley.until(async () => (await parley.whyNotReady()) !== null, 'it is not ready', 5_000);

  parley.network.late = null;
  await parley.untilReady();
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  expect(await parley.channelCount()).toBe(2);
  await isOver({ customer, leg });
}, 60_000);

test('given a second service on the same Asterisk, it ends and says why, and the first goes on', async () => {
  const talk = await aTalk(parley, agent, { to: '91anybody' });
  expect(await parley.secondService()).toBe(3);
  expect(await parley.serviceLog()).toMatch(
    /another Parley serves this application of Asterisk already: process \d+ on /,
  );
  expect((await command(talk.id)).status).toBe(200);
  await isOver(talk);
}, 60_000);

test('given a caller who comes while the service is down, the dialplan holds it until the service is back', async () => {
  await parley.killService();
  const customer = await parley.farm.call({ from: CUSTOMER, to: '91anybody', tone: 400 });
  await customer.hearsMusic();
  await parley.startServiceAgain();
  const leg = await agent.phone.incoming();
  await Promise.all([customer.hears([700]), leg.hears([400])]);
  await isOver({ customer, leg });
}, 60_000);

test('given the service dies and stays away, who comes goes to the fallback, who has answered a phone is let go, and who waits waits on', async () => {
  const retry = async (times: string): Promise<unknown> =>
    parley.askAsterisk('POST', `asterisk/variable?variable=PARLEY_RETRIES&value=${times}`);
  const other = await parley.agentAtPhone(1000);
  const customer = await parley.farm.call({ from: CUSTOMER, to: `7${other.name}`, tone: 400 });
  const leg = await other.phone.incoming();
  await parley.killService();
  await retry('1');
  await leg.answer();
  await leg.hearsMusic();
  const next = await parley.farm.call({ from: '13900000003', to: '91anybody', tone: 1000 });
  await next.hearsMusic();

  expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'unavailable' });
  await leg.ended({ within: 10_000 });
  await customer.hearsMusic();
  await next.hangUp();

  await retry('20');
  await parley.startServiceAgain();
  const again = await other.phone.incoming(); // It has missed nothing: nobody knows that it had answered.
  await again.answer();
  await Promise.all([customer.hears([1000]), again.hears([400])]);
  await hangUp(parley, other, { customer, leg: again });
  await parley.untilNothingIsLeft();
}, 60_000);

test('given it is stopped while a command is under way, that is answered, new ones are refused, and live calls go on', async () => {
  const talk = await aTalk(parley, agent, { to: '91anybody' });
  parley.network.late = { which: REQUESTS, milliseconds: 2_000 };
  const order: string[] = [];
  const user = '100099';
  const underWay = parley
    .post('extension', { type: '1', user, password: 'secret99' })
    .then(() => order.push('answered'));
  await parley.until(
    async () => (await parley.list('extension')).some((each) => each.type === '1' && each.user === user),
    'the extension is on record',
  );
  parley.signalService();
  await parley.until(
    async () => (await parley.whyNotReady())?.includes('it is being stopped'),
    'it is being stopped',
  );

  const refused = await command(talk.id);
  order.push('refused');
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await refused.json()).toMatchObject({ code: '000004' });
  await underWay;
  expect(order).toEqual(['refused', 'answered']);
  expect(await parley.serviceExit()).toBe(0);
  await Promise.all([talk.customer.hears([700]), talk.leg.hears([400])]);

  parley.network.late = null;
  await parley.startServiceAgain();
  expect((await command(talk.id)).status).toBe(200);
  await Promise.all([talk.customer.hears([700]), talk.leg.hears([400])]);
  await isOver(talk);
}, 60_000);

test('given it is stopped, it waits for talks if it is told to: those go on, and new callers are left to the dialplan', async () => {
  parley.signalService();
  expect(await parley.serviceExit()).toBe(0);
  await parley.startServiceAgain({ PARLEY_DRAIN: 'calls' });
  const talk = await aTalk(parley, agent, { to: '91anybody' });
  parley.signalService();
  await parley.until(
    async () => (await parley.whyNotReady())?.includes('1 conversations'),
    'it says what is left',
  );

  expect((await command(talk.id)).status).toBe(200);
  const next = await parley.farm.call({ from: '13900000003', to: '91anybody', tone: 1000 });
  await next.hearsMusic();
  await parley.until(async () => parley.channelInDialplan('parley'), 'the dialplan holds the next caller');
  expect(await parley.queue()).toEqual([]);
  await talk.customer.hangUp();
  await talk.leg.ended();
  expect(await parley.serviceExit()).toBe(0);

  await parley.startServiceAgain({ PARLEY_DRAIN: 'calls' });
  const leg = await agent.phone.incoming();
  await next.hears([700]);
  parley.signalService();
  await parley.until(async () => (await parley.whyNotReady()) !== null, 'it waits');
  parley.signalService();
  expect(await parley.serviceExit()).toBe(143);
  await next.hears([700]);
  await parley.startServiceAgain();
  await isOver({ customer: next, leg });
}, 90_000);

test('given a store that knows nothing of the calls, legs of ours are hung up, callers are taken in anew, and others left alone', async () => {
  const elsewhere = await parley.farm.call({ from: '13900000004', to: '993', tone: 400 });
  const notOurs = await parley.until(
    async () => parley.channelInDialplan('looked-at'),
    'a call is in the dialplan, which is not ours',
  );
  const other = await looksLikeOurs();
  const { customer, leg } = await aTalk(parley, agent, { to: '91anybody' });
  await parley.killService();
  await parley.loseStore();
  await parley.startServiceAgain();

  await leg.ended();
  await customer.hearsMusic();
  await parley.until(async () => (await parley.queue()).length === 1, 'the caller is in the queue');
  expect(await parley.channelInDialplan('looked-at')).toBe(notOurs);
  const log = await parley.serviceLog();
  expect(log).toMatch(/nobody knows of this channel of ours: it is hung up/);
  await Promise.all([customer.hangUp(), elsewhere.hangUp()]);
  expect(await other.isAsItWas()).toBe(true);
  for (const id of other.ids) expect(log).not.toContain(id);
  await other.end();
  await parley.untilNothingIsLeft();
}, 60_000);

test('given a store that knows nothing of a call, nor of the plan it came by, the caller goes on in the dialplan', async () => {
  const other = await parley.agentAtPhone(1000, { manner: { answerAfter: 0 } });
  await parley.put('plan/passing', { enqueue: enqueueFor(other.name) });
  const { customer, leg } = await aTalk(parley, other, { to: '91passing' });
  await parley.killService();
  await parley.loseStore();
  await parley.startServiceAgain();

  await leg.ended();
  expect(await parley.returned()).toMatchObject({ PARLEY_RESULT: 'error' });
  expect(customer.state).toBe('up');
  await customer.hangUp();
  await parley.untilNothingIsLeft();
}, 60_000);

type LooksLikeOurs = {
  readonly ids: readonly string[];
  isAsItWas(): Promise<boolean>;
  end(): Promise<void>;
};

/** A channel of another application in its bridge, and one in the dialplan, all under ids such as ours are. */
async function looksLikeOurs(): Promise<LooksLikeOurs> {
  const ids = ['a', 'b', 'c'].map((digit) => digit.repeat(32)) as [string, string, string];
  const [channelId, otherChannelId, bridgeId] = ids;
  const application = await parley.otherApplication('other');
  const call = { endpoint: 'Local/s@answers', app: 'other', channelId, otherChannelId };
  await application.request('POST', 'channels', call);
  await application.request('POST', `bridges/${bridgeId}`, { type: 'mixing', name: 'other' });
  const enter = (): Promise<unknown> =>
    application.requestIfThere<string>('POST', `bridges/${bridgeId}/addChannel`, { channel: channelId });
  const isAsItWas = async (): Promise<boolean> => {
    const { channels } = await application.request<{ channels: string[] }>('GET', `bridges/${bridgeId}`);
    const { state } = await application.request<{ state: string }>('GET', `channels/${otherChannelId}`);
    return channels.includes(channelId) && state === 'Up';
  };
  await parley.until(async () => {
    await enter(); // Until it has reached the application.
    return isAsItWas();
  }, 'the channel of another application is in its bridge');
  return {
    ids,
    isAsItWas,
    end: async () => {
      await application.request('DELETE', `channels/${channelId}`);
      await application.request('DELETE', `bridges/${bridgeId}`);
      application.close();
    },
  };
}
