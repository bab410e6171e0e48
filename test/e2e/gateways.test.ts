import type { Call } from '../../scripts/phone-farm/call';
import type { Line } from '../../scripts/phone-farm/line';
import { Parley } from './parley';

const CUSTOMER = '13900000001';
/** Asterisk asks every 5 s and waits 3 s for the answer; the rest is patience. */
const WITHIN_MS = 10_000;

let parley: Parley;
beforeAll(async () => (parley = await Parley.start()), 120_000);
afterAll(async () => parley.stop(), 30_000);
afterEach(async () => parley.untilNothingIsLeft());

type AtGateway = { readonly name: string; readonly extensionId: string; readonly phone: Line };

/** An agent, idle, at a phone of the farm, which is a gateway to it. Without `telnum` the gateway rings what it likes. */
async function anAgent(name: string, telnum: string | null): Promise<AtGateway> {
  const phone = parley.farm.outside(telnum ?? 's', { tone: 700 });
  const ipaddr = parley.farm.address;
  const created = await parley.post('extension', {
    type: '2',
    ipaddr,
    ...(telnum !== null && { telnum }),
  });
  const { id: extensionId } = created;
  expect(created).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{32}$/),
    type: '2',
    user: null,
    password: null,
    ipaddr,
    telnum,
    enable: false,
  });
  await untilEnabled(extensionId, true);
  await parley.post('agent', { name, extension: extensionId, state: 'idle' });
  return { name, extensionId, phone };
}

async function untilEnabled(id: string, wanted: boolean): Promise<void> {
  const isSo = async () => (await parley.get(`extension/${id}`)).enable === wanted;
  await parley.until(isSo, `the extension is ${wanted ? '' : 'not '}enabled`, WITHIN_MS);
}

async function talk({ phone }: AtGateway, caller: Call): Promise<void> {
  const leg = await phone.incoming();
  expect(leg.from).toBe(CUSTOMER);
  await leg.answer();
  await Promise.all([caller.hears([700]), leg.hears([400])]);
  await caller.hangUp();
  await leg.ended();
}

async function callAndTalk(agent: AtGateway): Promise<void> {
  await talk(agent, await parley.farm.call({ from: CUSTOMER, to: `7${agent.name}`, tone: 400 }));
}

const pathOf = (object: 'endpoint' | 'aor', id: string): string =>
  `asterisk/config/dynamic/res_pjsip/${object}/${id}-gateway`;

/**
 * Where Asterisk has something under this id. Its objects are asked for over ARI: `pjsip show endpoints` takes Asterisk
 * down when an endpoint is deleted just as it is to be printed (measured on 22.10: a null snapshot).
 */
async function traces(id: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const object of ['endpoint', 'aor'] as const) {
    const { status } = await parley.askAsterisk('GET', pathOf(object, id));
    if (status !== 404) found.push(object);
  }
  for (const list of ['pjsip show contacts', 'database show']) {
    if ((await parley.asterisk.cli(list)).includes(id)) found.push(list);
  }
  return found;
}

/** The gateway is there, and says nothing: as if its network had been cut. */
async function whileSilent(act: () => Promise<void>): Promise<void> {
  process.kill(parley.farm.pid, 'SIGSTOP');
  try {
    await act();
  } finally {
    process.kill(parley.farm.pid, 'SIGCONT');
  }
}

test.each([
  ['the number that it is asked for', 'numbered', '201'],
  ['what it rings for nobody in particular', 'plain', null],
])(
  'a gateway rings %s, whose agent and the caller hear each other; deleted, nothing is left',
  async (_, name, telnum) => {
    const agent = await anAgent(name, telnum);
    await callAndTalk(agent);

    const path = `extension/${agent.extensionId}` as const;
    expect(await parley.request('DELETE', path)).toMatchObject({ status: 409, code: '040102' });
    expect(await traces(agent.extensionId)).toHaveLength(4);
    await parley.delete(`agent/${name}`);
    expect(await parley.delete(path)).toBeNull();
    await parley.until(async () => (await traces(agent.extensionId)).length === 0, 'nothing of it is left');
    expect(await parley.request('GET', path)).toMatchObject({ status: 404, code: '040103' });
  },
);

test('while a gateway is silent it is not enabled and nobody is rung through it; when it is back, who waits is served', async () => {
  const agent = await anAgent('patient', '202');
  await parley.post('agent/patient/state', { state: 'busy' });
  const caller = await parley.farm.call({ from: CUSTOMER, to: '7patient', tone: 400 });
  await caller.hearsMusic();

  await whileSilent(async () => {
    await untilEnabled(agent.extensionId, false);
    await parley.post('agent/patient/state', { state: 'idle' });
    expect(await parley.queue()).toMatchObject([{ state: 'waiting' }]);
  });
  await untilEnabled(agent.extensionId, true);
  await talk(agent, caller);
});

test('a gateway outlives the service and Asterisk, and is there at once when they are back', async () => {
  const agent = await anAgent('lasting', '203');
  await parley.restartService();
  await untilEnabled(agent.extensionId, true);
  await callAndTalk(agent);

  await parley.crashAsterisk();
  await untilEnabled(agent.extensionId, true);
  await callAndTalk(agent);

  await parley.askAsterisk('DELETE', pathOf('endpoint', agent.extensionId));
  await parley.restartService();
  await untilEnabled(agent.extensionId, true);
  await callAndTalk(agent);
}, 60_000);
