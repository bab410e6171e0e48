import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PROJECT_ROOT } from './project-root';
import { readConfig, type Config } from '../src/config/config';
import { ApiClient } from './api-client';
import { provideAsterisk } from './asterisk/asterisk-program';
import { startChild } from './asterisk/child-process';
import { freePort } from './asterisk/free-ports';
import { keepPasswords } from './asterisk/parley-asterisk';
import type { Call } from './phone-farm/call';
import { eventually, now } from './phone-farm/eventually';
import { PhoneFarm, type Phone } from './phone-farm/phone-farm';
import type { Tone } from './phone-farm/tones';

/** Beside what the service's own Asterisk uses by default, and below the ports that the kernel gives away. */
const RTP_PORTS = { from: 30_000, to: 30_999 };
const START_MS = 300_000;
/** Agents of the play have names of their own: somebody may be trying things out on the same service. */
const AGENTS = { alice: 'demo_alice', bob: 'demo_bob', supervisor: 'demo_supervisor' } as const;
const USERS: Readonly<Record<keyof typeof AGENTS, string>> = {
  alice: '900001',
  bob: '900002',
  supervisor: '900003',
};
const TRUNK = 'parley-trunk';
const LISTEN_MS = 400;

/** Everybody in the play, and the tone that stands for the voice. */
const VOICES: Readonly<Record<string, Tone>> = {
  'the customer': 400,
  alice: 700,
  bob: 1000,
  'the partner company': 1300,
  'the supervisor': 1600,
};

/** What has to be undone in the end, last done first. */
const undo: (() => Promise<unknown>)[] = [];

async function main(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end(130));
  const config = readConfig(process.env);
  refuseUnfit(config);
  const api = new ApiClient(`http://${config.http.host}:${config.http.port}`);
  await provideService(api);
  await clearLeftovers(api);
  const farm = await startFarm(config);
  say('', 'A phone farm is up: a second Asterisk, whose telephones speak in tones and tell what they hear.');
  await play(api, farm);
  await end(0);
}

/** One morning of a small call centre. */
async function play(api: ApiClient, farm: PhoneFarm): Promise<void> {
  const logins = [logIn(api, farm, 'alice'), logIn(api, farm, 'bob'), logIn(api, farm, 'supervisor')] as const;
  await Promise.allSettled(logins); // What is done after another has failed has to be undone as well.
  const [alice, bob, supervisor] = await Promise.all(logins);
  const partner = farm.outside('075512345678', { tone: VOICES['the partner company']! });

  say('customer', `dials 7${AGENTS.alice}. Alice is busy, so the queue plays music.`);
  await api.post(`agent/${AGENTS.alice}/state`, { state: 'busy/coffee' });
  const customer = await farm.call({ from: '13900000001', to: `7${AGENTS.alice}`, tone: VOICES['the customer']! });
  await customer.answered();
  await customer.hearsMusic();
  say('customer', 'hears music');

  await api.post(`agent/${AGENTS.alice}/state`, { state: 'idle' });
  const atAlice = await alice.incoming();
  say('alice', `is idle again, and her phone rings at once: ${atAlice.from} is calling. She answers.`);
  await atAlice.answer();
  await atAlice.hears([VOICES['the customer']!]);
  const { conversations } = await api.get(`agent/${AGENTS.alice}`);
  const conversationId = conversations[0]!;
  const conversation = `conversation/${conversationId}` as const;
  const phones = new Map<string, Call>([
    ['the customer', customer],
    ['alice', atAlice],
  ]);
  await tellWhoHearsWhom(phones);

  say('API', 'POST …/agent/demo_alice/lsm {"mode": 2}: alice only listens');
  await api.post(`${conversation}/agent/${AGENTS.alice}/lsm`, { mode: 2 });
  await tellWhoHearsWhom(phones);
  say('API', 'POST …/agent/demo_alice/lsm {"mode": 4}: alice is held, the customer is on hold');
  await api.post(`${conversation}/agent/${AGENTS.alice}/lsm`, { mode: 4 });
  await tellWhoHearsWhom(phones);
  await api.post(`${conversation}/agent/${AGENTS.alice}/lsm`, { mode: 1 });

  say('API', 'POST agent/demo_alice/call_agent: alice asks bob, and the customer is on hold meanwhile');
  const consultation = await api.post(`agent/${AGENTS.alice}/call_agent`, {
    enqueue: `<enqueue><route><agent name="${AGENTS.bob}"/></route></enqueue>`,
  });
  const consulted = await bob.incoming();
  await consulted.answer();
  phones.set('bob', consulted);
  await consulted.hears([VOICES['alice']!]);
  await tellWhoHearsWhom(phones);
  say('API', 'POST agent/demo_alice/merge: bob comes over to the customer');
  await api.post(`agent/${AGENTS.alice}/merge`, {
    src_conversation_id: conversationId,
    dst_conversation_id: consultation.conversation_id,
  });
  await consulted.hears([VOICES['the customer']!, VOICES['alice']!]);
  await tellWhoHearsWhom(phones);

  say('API', 'POST agent/demo_supervisor/enter {"mode": 2}: the supervisor listens in, and nobody can hear it');
  const supervising = { conversation_id: conversationId };
  await api.post(`agent/${AGENTS.supervisor}/enter`, { ...supervising, mode: 2 });
  const atSupervisor = await supervisor.incoming();
  await atSupervisor.answer();
  phones.set('the supervisor', atSupervisor);
  await atSupervisor.hears([VOICES['the customer']!, VOICES['alice']!, VOICES['bob']!]);
  await tellWhoHearsWhom(phones);
  say('API', 'POST agent/demo_supervisor/coach {"to": "demo_alice"}: alice alone hears the supervisor');
  await api.post(`agent/${AGENTS.supervisor}/coach`, { ...supervising, to: AGENTS.alice });
  await atAlice.hears([VOICES['the customer']!, VOICES['bob']!, VOICES['the supervisor']!]);
  await tellWhoHearsWhom(phones);

  say('bob', 'hangs up, and is out of it');
  await consulted.hangUp();
  phones.delete('bob');
  say('API', 'POST …/invite_out: a number outside is called into the conversation');
  await api.post(`${conversation}/invite_out`, { to: partner.number, max_answer_seconds: 60 });
  const atPartner = await partner.incoming();
  say('partner', 'rings, and answers');
  await atPartner.answer();
  phones.set('the partner company', atPartner);
  await atPartner.hears([VOICES['the customer']!, VOICES['alice']!]);
  await tellWhoHearsWhom(phones);

  say('customer', 'a second one calls for bob, who answers; and hangs up');
  const second = await farm.call({ from: '13900000002', to: `7${AGENTS.bob}`, tone: VOICES['the customer']! });
  const atBob = await bob.incoming();
  await atBob.answer();
  await second.hears([VOICES['bob']!]);
  await second.hangUp();
  await atBob.ended();

  say('API', 'DELETE …: the first conversation is dissolved, everybody is hung up');
  await api.delete(conversation);
  await Promise.all([...phones.values()].map((phone) => phone.ended()));
  const record = await api.get(conversation);
  say(
    'API',
    `GET …: it ended by "${record.end_reason}", with ${record.members.length} members, and stays on record:`,
  );
  for (const member of record.members) console.log(`             ${JSON.stringify(member)}`);
}

/** A telephone with an account, and an agent at it. */
async function logIn(api: ApiClient, farm: PhoneFarm, who: keyof typeof AGENTS): Promise<Phone> {
  const user = USERS[who];
  const name = AGENTS[who];
  const password = 'talk2me';
  const { id } = await api.post('extension', { type: '1', user, password });
  undo.push(() => api.delete(`extension/${id}`));
  const tone = VOICES[who] ?? VOICES[`the ${who}`]!;
  const phone = await farm.register({ user, password, tone });
  await eventually(
    async () => (await api.get(`extension/${id}`)).enable,
    5_000,
    () => `${user} should be enabled`,
  );
  await api.post('agent', { name, extension: id, state: 'idle' });
  undo.push(() => api.delete(`agent/${name}?force=true`));
  say(who, `has registered a telephone as ${user} and logs in as ${name}`);
  return phone;
}

/** Undoes what a demo that was interrupted has left. */
async function clearLeftovers(api: ApiClient): Promise<void> {
  for (const name of Object.values(AGENTS)) {
    const { status, code, msg } = await api.request('DELETE', `agent/${name}?force=true`);
    if (status !== 200 && status !== 404) throw new Error(`DELETE agent/${name}: ${status} ${code} ${msg}`);
  }
  const mine: readonly (string | null)[] = Object.values(USERS);
  const extensions = await api.list('extension');
  for (const { id, user } of extensions) if (mine.includes(user)) await api.delete(`extension/${id}`);
}

/** @throws Error when the play cannot be given with these settings. */
function refuseUnfit({ authentication, ari, trunk, http }: Config): void {
  const problems = [
    ...(authentication.includes('none') ? [] : ['the API asks for a token: use PARLEY_AUTH=none']),
    ...(ari === null ? [] : ['it needs the Asterisk that ./scripts/start brings: leave PARLEY_ARI_URL out']),
    ...(trunk === TRUNK ? [] : [`it plays the outside world at ${TRUNK}: leave PARLEY_TRUNK out`]),
    ...(http.port === 0 ? ['it has to know the port of the API: PARLEY_HTTP_PORT is 0'] : []),
  ];
  if (problems.length > 0) throw new Error(`the demo cannot be played:\n  ${problems.join('\n  ')}`);
}

/** Listens for a moment on every phone, and tells what arrived there. */
async function tellWhoHearsWhom(phones: ReadonlyMap<string, Call>): Promise<void> {
  const settled = now() + LISTEN_MS;
  const since = settled - LISTEN_MS / 2;
  await eventually(
    () => now() >= settled,
    2 * LISTEN_MS,
    () => 'time should pass',
  );
  for (const [who, phone] of phones) {
    const packets = phone.ear.packets({ since });
    const heard = Object.entries(VOICES)
      .filter(([, tone]) => packets.filter(({ tones }) => tones.includes(tone)).length > packets.length / 2)
      .map(([other]) => other);
    const isMusic = packets.filter(({ other }) => other).length > packets.length / 2;
    console.log(
      `             ${who} hears ${isMusic ? 'music' : heard.length > 0 ? heard.join(' and ') : 'nothing'}`,
    );
  }
}

/** Uses the service that runs, else starts one. */
async function provideService(api: ApiClient): Promise<void> {
  if (await api.isReady()) {
    const { status } = await api.request('GET', 'agent?pageSize=1');
    if (status === 401) throw new Error('the service asks for a token; the demo needs one with PARLEY_AUTH=none');
    return;
  }
  console.log(
    'No service answers yet: starting one. (With ./scripts/start in another terminal, it would be used.)',
  );
  const started = startChild(join(PROJECT_ROOT, 'scripts/start'), [], { cwd: PROJECT_ROOT, stdio: 'ignore' });
  undo.push(() => started.stop(20_000));
  await eventually(
    async () => {
      if (!started.isRunning()) throw new Error('the service does not start: ./scripts/start says why');
      return await api.isReady();
    },
    START_MS,
    () => 'the service should become ready',
  );
}

async function startFarm(config: Config): Promise<PhoneFarm> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-demo-'));
  undo.push(() => rm(folder, { recursive: true }));
  const { trunkPassword } = await keepPasswords(resolve(PROJECT_ROOT, config.dataFolder));
  const farm = await PhoneFarm.start({
    program: await provideAsterisk(PROJECT_ROOT, (line) => console.log(line)),
    state: folder,
    sip: { host: '127.0.0.1', port: await freePort('127.0.0.1') },
    ariPort: await freePort('127.0.0.1'),
    rtpPorts: RTP_PORTS,
    sut: { host: '127.0.0.1', port: config.sip.port },
    trunk: { user: TRUNK, password: trunkPassword },
  });
  undo.push(() => farm.stop());
  return farm;
}

let ending: Promise<void> | undefined;

/** Leaves nothing behind, whatever happened. */
async function end(code: number): Promise<void> {
  ending ??= (async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) {
      await step().catch((error: unknown) => console.error(`not cleaned up: ${(error as Error).message}`));
    }
    process.exit(code);
  })();
  return ending;
}

const startedAt = now();

function say(who: string, what: string): void {
  const seconds = ((now() - startedAt) / 1000).toFixed(1).padStart(5);
  console.log(`${seconds} s  ${who === '' ? '' : `${who}: `}${what}`);
}

main().catch(async (error: unknown) => {
  console.error((error as Error).message);
  await end(1);
});
