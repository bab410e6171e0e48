import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type RunningAsterisk } from '../../scripts/asterisk/asterisk-process';
import { provideAsterisk } from '../../scripts/asterisk/asterisk-program';
import { startParleyAsterisk } from '../../scripts/asterisk/parley-asterisk';
import { AriClient, type AriChannel, type AriEvent } from '../../scripts/phone-farm/ari-client';
import { type Call, type DeclineReason } from '../../scripts/phone-farm/call';
import { eventually, now } from '../../scripts/phone-farm/eventually';
import { type Line } from '../../scripts/phone-farm/line';
import { type Phone, PhoneFarm } from '../../scripts/phone-farm/phone-farm';
import { claimPorts, type ClaimedPorts } from '../support/claimed-ports';

jest.setTimeout(20_000);

const PROJECT = resolve(__dirname, '../..');
const HOST = '127.0.0.1';
const SECRET = 'not-a-secret-of-anybody';
const TRUNK = { user: 'parley-trunk', password: SECRET };

let data: string;
let ports: ClaimedPorts;
let sut: RunningAsterisk;
let ari: AriClient;
let events: AriEvent[];
let farm: PhoneFarm;
let alice: Phone;
let bob: Phone;
let outside: Line;
let ids = 0;

const freshId = (): string => `test-${process.pid}-${++ids}`;

/** Waits for an event of the system under test. */
async function sees(type: string, isIt: (event: AriEvent) => boolean): Promise<AriEvent> {
  return await eventually(
    () => events.find((event) => event.type === type && isIt(event)),
    3000,
    () => `the system under test should report ${type}`,
  );
}

/** The system under test calls a phone of the farm; resolves with its channel's id. */
async function dial(target: string): Promise<string> {
  const channelId = freshId();
  await ari.request('POST', 'channels', {
    endpoint: `PJSIP/${target}`,
    app: 'parley',
    channelId,
    callerId: '555',
  });
  return channelId;
}

/** The system under test calls a line and is answered. */
async function connect(line: Line, target: string): Promise<{ id: string; call: Call }> {
  const id = await dial(target);
  const call = await line.incoming();
  await call.answer();
  await sees('StasisStart', ({ channel }) => channel?.id === id);
  return { id, call };
}

async function bridge(...channels: string[]): Promise<void> {
  const id = freshId();
  await ari.request('POST', `bridges/${id}`, { type: 'mixing,proxy_media' });
  await ari.request('POST', `bridges/${id}/addChannel`, { channel: channels.join() });
}

/** Alice and the outside number talk. */
async function conversation(): Promise<{ alice: Call; aliceId: string; other: Call; otherId: string }> {
  const [inside, out] = await Promise.all([connect(alice, 'alice'), connect(outside, '13800000000@parley-trunk')]);
  await bridge(inside.id, out.id);
  await Promise.all([inside.call.hears([1000]), out.call.hears([400])]);
  return { alice: inside.call, aliceId: inside.id, other: out.call, otherId: out.id };
}

async function createAccount(user: string): Promise<void> {
  const put = (type: string, attributes: Record<string, string>): Promise<unknown> => {
    const fields = Object.entries(attributes).map(([attribute, value]) => ({ attribute, value }));
    return ari.request('PUT', `asterisk/config/dynamic/res_pjsip/${type}/${user}`, {}, { fields });
  };
  await put('auth', { auth_type: 'digest', username: user, password: SECRET });
  await put('aor', { max_contacts: '1', remove_existing: 'yes' });
  await put('endpoint', { auth: user, aors: user, allow: '!all,ulaw', context: 'from-agent', rtp_keepalive: '1' });
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'phone-farm-'));
  const program = await provideAsterisk(PROJECT);
  ports = await claimPorts();
  const [sipPort, ariPort, farmSipPort, farmAriPort] = ports.single;
  sut = await startParleyAsterisk(program, PROJECT, {
    sipHost: HOST,
    sipPort,
    ariHost: HOST,
    ariPort,
    rtpPorts: ports.rtp,
    dataDir: join(data, 'sut'),
    ariUser: 'parley',
    ariPassword: SECRET,
    trunkPassword: SECRET,
  });
  ari = new AriClient({ port: ariPort, app: 'parley', user: 'parley', password: SECRET });
  await ari.listen(
    (event) => events.push(event),
    (reason) => events.push({ type: reason }),
  );
  await Promise.all([createAccount('alice'), createAccount('bob')]);
  farm = await PhoneFarm.start({
    program,
    state: join(data, 'farm'),
    sip: { host: HOST, port: farmSipPort },
    ariPort: farmAriPort,
    rtpPorts: ports.farmRtp,
    sut: { host: HOST, port: sipPort },
    trunk: TRUNK,
  });
  [alice, bob] = await Promise.all([
    farm.register({ user: 'alice', password: SECRET, tone: 400 }),
    farm.register({ user: 'bob', password: SECRET, tone: 700 }),
  ]);
}, 60_000);

beforeEach(() => {
  events = [];
  outside = farm.outside('13800000000', { tone: 1000 });
});

afterEach(async () => {
  for (const { id } of await ari.request<AriChannel[]>('GET', 'channels')) {
    await ari.requestIfThere('DELETE', `channels/${id}`);
  }
});

afterAll(async () => {
  await farm?.stop();
  ari?.close();
  await sut?.stop();
  if (data) await rm(data, { recursive: true, force: true });
  await ports?.release();
});

describe('registering', () => {
  test('a registered phone is where the system under test looks for it, until it unregisters', async () => {
    await createAccount('carol');
    const carol = await farm.register({ user: 'carol', password: SECRET, tone: 1300 });
    expect(await sut.cli('pjsip show contacts')).toContain(`carol/sip:carol@${farm.address}`);
    await carol.unregister();
    expect(await sut.cli('pjsip show contacts')).not.toContain('carol');
  });

  test('a wrong password is told', async () => {
    await createAccount('dave');
    const registering = farm.register({ user: 'dave', password: 'wrong', tone: 1300 });
    await expect(registering).rejects.toThrow('dave may not register');
  });
});

describe('calling in', () => {
  beforeAll(() => sut.cli('dialplan set global PARLEY_ANSWER no'));

  test('a customer reaches the number called, and shows a number', async () => {
    const customer = await farm.call({ from: '13900000001', to: '8000', tone: 1300 });
    const { channel, args } = await sees('StasisStart', ({ channel }) => channel?.caller.number === '13900000001');
    expect(args).toStrictEqual(['enqueue', 'demo', 'guarded']);
    expect(customer.state).not.toBe('up');
    await ari.request('POST', `channels/${channel!.id}/answer`);
    await customer.answered();
  });

  test("an agent's phone shows its name", async () => {
    await alice.call('7bob');
    const { args, channel } = await sees('StasisStart', ({ channel }) => channel!.name.startsWith('PJSIP/alice'));
    expect(args).toStrictEqual(['agent', 'bob', 'guarded']);
    expect(channel!.caller.number).toBe('alice');
  });

  test('a customer who hears it ring and gives up is gone at once', async () => {
    const customer = await farm.call({ from: '13900000002', to: '8000', tone: 1300 });
    const { channel } = await sees('StasisStart', ({ channel }) => channel?.caller.number === '13900000002');
    await ari.request('POST', `channels/${channel!.id}/ring`);
    await customer.rings();
    await customer.hangUp();
    expect(customer.end).toMatchObject({ byUs: true });
    await sees('StasisEnd', (event) => event.channel?.id === channel!.id);
  });

  test('a customer who is refused learns the cause', async () => {
    const customer = await farm.call({ from: '13900000003', to: '8000', tone: 1300 });
    const { channel } = await sees('StasisStart', ({ channel }) => channel?.caller.number === '13900000003');
    await ari.request('DELETE', `channels/${channel!.id}`, { reason_code: '17' });
    expect(await customer.ended()).toMatchObject({ cause: 17, sipStatus: 486, byUs: false });
    await expect(customer.answered()).rejects.toThrow(
      /from 13900000003 to 8000 \(ended by them, cause 17.*answered/,
    );
  });
});

describe('being called', () => {
  test.each<[DeclineReason, number, number]>([
    ['busy', 17, 486],
    ['declined', 21, 603],
    ['rejected', 21, 403],
    ['unavailable', 19, 480],
    ['not-found', 1, 404],
    ['congested', 34, 503],
    ['timed-out', 18, 408],
  ])('a phone that is %s answers with cause %i, SIP %i', async (decline, cause, sipStatus) => {
    outside.manner = { decline };
    const id = await dial('13800000000@parley-trunk');
    const end = await sees('ChannelDestroyed', ({ channel }) => channel?.id === id);
    expect(end).toMatchObject({ cause, tech_cause: sipStatus });
    expect(events.some(({ channel }) => channel?.id === id && channel.state === 'Ringing')).toBe(false);
    expect(outside.calls).toHaveLength(0);
  });

  test('a number that nobody has does not exist', async () => {
    const id = await dial('404404@parley-trunk');
    const end = await sees('ChannelDestroyed', ({ channel }) => channel?.id === id);
    expect(end).toMatchObject({ cause: 1, tech_cause: 404 });
  });

  test('a phone rings, with the number that calls, until it is declined', async () => {
    const id = await dial('alice');
    const call = await alice.incoming();
    await sees('ChannelStateChange', ({ channel }) => channel?.id === id && channel.state === 'Ringing');
    expect(call).toMatchObject({ from: '555', to: 'alice', state: 'ringing' });
    await call.decline('busy');
    const end = await sees('ChannelDestroyed', ({ channel }) => channel?.id === id);
    expect(end).toMatchObject({ cause: 17, tech_cause: 486 });
  });

  test('a phone that answers by itself rings for the time that was asked', async () => {
    outside.manner = { answerAfter: 300 };
    const asked = now();
    await dial('13800000000@parley-trunk');
    const call = await outside.incoming();
    await call.answered({ within: 2000 });
    expect(call.answeredAt! - asked).toBeGreaterThan(299);
    expect(call.answeredAt! - asked).toBeLessThan(800);
  });

  test('a phone that declines by itself may ring before', async () => {
    outside.manner = { decline: 'busy', after: 200 };
    const id = await dial('13800000000@parley-trunk');
    await sees('ChannelStateChange', ({ channel }) => channel?.id === id && channel.state === 'Ringing');
    await sees('ChannelDestroyed', ({ channel, cause }) => channel?.id === id && cause === 17);
  });

  test('a caller who gives up ends the ringing', async () => {
    const id = await dial('bob');
    const call = await bob.incoming();
    await ari.request('DELETE', `channels/${id}`);
    expect(await call.ended()).toMatchObject({ byUs: false });
    expect(call.answeredAt).toBeUndefined();
  });

  test('each call is handed out once', async () => {
    await dial('bob');
    await bob.incoming();
    await expect(bob.incoming({ within: 50 })).rejects.toThrow('bob should be called');
  });
});

describe('talking', () => {
  test('both hear the tone of the other and nothing else, without a gap', async () => {
    const { alice: inside, other } = await conversation();
    const since = now();
    await Promise.all([inside.hears([1000], { steady: 1500 }), other.hears([400], { steady: 1500 })]);
    const until = now();
    for (const { ear } of [inside, other]) {
      expect(ear.longestGap({ since, until })).toBeLessThan(250);
      const perSecond = (ear.packets({ since, until }).length * 1000) / (until - since);
      expect(perSecond).toBeGreaterThan(47);
      expect(perSecond).toBeLessThan(53);
    }
  });

  test('a wrong expectation is noticed, and what was heard instead is told', async () => {
    const { alice: inside } = await conversation();
    const wrong = inside.hears([700], { within: 300 });
    await expect(wrong).rejects.toThrow(/from 555 to alice \(up\).*should hear 700 Hz.*heard 1000 Hz/);
    await expect(inside.hearsNothing({ within: 300 })).rejects.toThrow('should hear nothing');
    await expect(inside.hears([400, 1000], { within: 300 })).rejects.toThrow('should hear 400 Hz + 1000 Hz');
  });

  test('three in a conversation hear the two others', async () => {
    const talk = await conversation();
    const third = await connect(bob, 'bob');
    await bridge(talk.aliceId, talk.otherId, third.id);
    await Promise.all([
      talk.alice.hears([700, 1000]),
      talk.other.hears([400, 700]),
      third.call.hears([1000, 400]),
    ]);
  });

  test('a phone may say something else', async () => {
    const { alice: inside, other } = await conversation();
    other.speak(1600);
    await inside.hears([1600]);
    other.speak(undefined);
    await inside.hearsNothing();
  });

  test('the partner of a muted phone gets no audio, but keeps getting RTP; the change is timed', async () => {
    const { alice: inside, aliceId, other } = await conversation();
    const muted = now();
    await ari.request('POST', `channels/${aliceId}/mute`, { direction: 'in' });
    await other.hearsNothing();
    expect((other.ear.lastHeard(400) ?? 0) - muted).toBeLessThan(100);
    expect(inside.ear.isHearing(1000)).toBe(true);
    const rtpGap = await other.longestRtpGap({ during: 2500 });
    expect(other.ear.longestGap({ since: muted })).toBeGreaterThan(2500);
    expect(rtpGap).toBeGreaterThan(500);
    expect(rtpGap).toBeLessThan(1500);
    const unmuted = now();
    await ari.request('DELETE', `channels/${aliceId}/mute`, { direction: 'in' });
    await other.hears([400]);
    expect(other.ear.firstHeard(400, { since: unmuted })! - unmuted).toBeLessThan(100);
  });

  test('hold and resume are re-INVITEs that the system under test sees', async () => {
    const { alice: inside, aliceId, other } = await conversation();
    await inside.hold();
    await sees('ChannelHold', ({ channel }) => channel?.id === aliceId);
    await expect(other.hears([400], { within: 300 })).rejects.toThrow('should hear 400 Hz');
    await inside.resume();
    await sees('ChannelUnhold', ({ channel }) => channel?.id === aliceId);
    await Promise.all([inside.hears([1000]), other.hears([400])]);
  });

  test('keys are heard on both sides', async () => {
    const { alice: inside, aliceId, other } = await conversation();
    await inside.dtmf('5');
    await sees('ChannelDtmfReceived', ({ channel, digit }) => channel?.id === aliceId && digit === '5');
    await eventually(
      () => other.digits.includes('5'),
      2000,
      () => 'the other side should hear the key',
    );
  });

  test('hold music is music', async () => {
    const { call, id } = await connect(alice, 'alice');
    await ari.request('POST', `channels/${id}/moh`, { mohClass: 'default' });
    await call.hearsMusic();
    await expect(call.hearsNothing({ within: 300 })).rejects.toThrow('other sound');
  });

  test('who hangs up is told, on both sides', async () => {
    const { alice: inside, aliceId, other, otherId } = await conversation();
    await inside.hangUp();
    expect(inside.end).toMatchObject({ cause: 16, byUs: true });
    expect(await sees('ChannelDestroyed', ({ channel }) => channel?.id === aliceId)).toMatchObject({ cause: 16 });
    await ari.request('DELETE', `channels/${otherId}`);
    expect(await other.ended()).toMatchObject({ cause: 16, byUs: false });
    expect(other.ear.heard(400)).toBe(true);
  });
});

test('stopping ends all calls and leaves no process', async () => {
  const { aliceId } = await conversation();
  const { pid } = farm;
  await farm.stop();
  await sees('ChannelDestroyed', ({ channel }) => channel?.id === aliceId);
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
