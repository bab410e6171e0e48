import type { Call } from '../../scripts/phone-farm/call';
import { now } from '../../scripts/phone-farm/eventually';
import { Parley, type AgentAtPhone } from './parley';

const CUSTOMER = '13900000001';
const [CALLER, AGENT, WAIT, RING] = [400, 700, 1900, 2200] as const;
const MODES = [1, 2, 3, 4, 5] as const;
type Mode = (typeof MODES)[number];

/** From the answer until they hear each other, in milliseconds; a machine with other work to do takes some. */
const AT_ONCE = 400;
const PACKET_MS = 20;
const NO_GAP = 200;

type Phase = keyof typeof PASSAGES | 'music';

const PASSAGES = { wait: `${WAIT} Hz`, ring: `${RING} Hz`, ringback: 'ringback' } as const;

/** What is heard while the agent is dialled, and while its phone rings. */
const HEARD: Readonly<
  Record<Mode, { readonly dialling: keyof typeof PASSAGES; readonly ringing: keyof typeof PASSAGES }>
> = {
  1: { dialling: 'wait', ringing: 'wait' },
  2: { dialling: 'ring', ringing: 'ring' },
  3: { dialling: 'ring', ringing: 'ringback' },
  4: { dialling: 'wait', ringing: 'ring' },
  5: { dialling: 'wait', ringing: 'ringback' },
};
const SOUNDS = 'wait_voice="wait.wav" ring_voice="ring.wav"';
const plan = (attributes: string, more = ''): string =>
  `<enqueue ${attributes}><route><agent name="agent1"/></route>${more}</enqueue>`;

let parley: Parley;
let agent: AgentAtPhone;
beforeAll(async () => {
  const plans = Object.fromEntries(MODES.map((mode) => [`mode${mode}`, plan(`ring_mode="${mode}" ${SOUNDS}`)]));
  parley = await Parley.start({
    plans: {
      ...plans,
      missing: plan('ring_mode="4" wait_voice="wiat.wav" ring_voice="nowhere.wav"'),
      declined: plan(`ring_mode="2" ${SOUNDS} fail_overflow="true"`, '<route><agent name="agent2"/></route>'),
      music: plan('ring_mode="3"'),
    },
  });
  agent = await parley.agentAtPhone(AGENT, { manner: 'quiet' });
  // Of no whole number of packets: it has to begin again without a seam all the same.
  await parley.putSound('wait.wav', { hertz: WAIT, seconds: 0.3125 });
  await parley.putSound('ring.wav', { hertz: RING, seconds: 0.3125 });
}, 120_000);
afterAll(async () => parley.stop(), 30_000);
beforeEach(async () => parley.post(`agent/${agent.name}/state`, { state: 'busy' }));
afterEach(async () => parley.untilNothingIsLeft());

async function aCustomer(to: string): Promise<Call> {
  return await parley.farm.call({ from: CUSTOMER, to, tone: CALLER });
}

async function hears(caller: Call, phase: Phase): Promise<void> {
  if (phase === 'ringback') await caller.hearsRingback();
  else if (phase === 'music') await caller.hearsMusic();
  else await caller.hears([phase === 'wait' ? WAIT : RING]);
}

/** The agent becomes idle, is dialled, rings and answers; the caller hears what it should, and nothing else. */
async function isServed(caller: Call, { dialling, ringing }: { dialling: Phase; ringing: Phase }): Promise<Call> {
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
  const leg = await agent.phone.incoming();
  await hears(caller, dialling);
  await leg.ring();
  await hears(caller, ringing);
  await answersAtOnce(caller, leg);
  await caller.hangUp();
  await leg.ended();
  return leg;
}

/** They hear each other at once when it answers. */
async function answersAtOnce(caller: Call, leg: Call): Promise<void> {
  const since = now();
  await leg.answer();
  await Promise.all([caller.hears([AGENT]), leg.hears([CALLER])]);
  const answeredAt = leg.answeredAt!;
  expect(caller.ear.firstHeard(AGENT, { since })! - answeredAt).toBeLessThan(AT_ONCE);
  expect(leg.ear.firstHeard(CALLER)! - answeredAt).toBeLessThan(AT_ONCE);
}

/** One after the other. A busy machine drops packets now and then, which is heard as a moment of silence. */
function heardBy(caller: Call, since: number): readonly string[] {
  const passages = caller.ear
    .passages({ since })
    .filter(({ heard, packets }) => heard !== 'silence' || packets * PACKET_MS > NO_GAP)
    .map(({ heard }) => heard);
  return passages.filter((heard, index) => heard !== passages[index - 1]);
}

/** Every phase once, in order; two that sound the same are one. */
const inOrder = (...phases: readonly (keyof typeof PASSAGES)[]): readonly string[] => [
  ...new Set([...phases.map((phase) => PASSAGES[phase]), `${AGENT} Hz`]),
];

async function hearsAll(caller: Call, mode: Mode): Promise<Call> {
  const { dialling, ringing } = HEARD[mode];
  await hears(caller, 'wait');
  const since = caller.ear.firstHeard(WAIT)!;
  const leg = await isServed(caller, HEARD[mode]);
  expect(heardBy(caller, since)).toEqual(inOrder('wait', dialling, ringing));
  expect(caller.ear.longestGap({ since })).toBeLessThan(NO_GAP);
  return leg;
}

test.each(MODES)('ring mode %i lets the caller hear what it should, without a gap', async (mode) => {
  const caller = await aCustomer(`91mode${mode}`);
  await caller.answered();
  await hearsAll(caller, mode);
});

test.each(MODES)(
  'ring mode %i, given the caller is to be answered by the agent only, is heard before that',
  async (mode) => {
    const caller = await aCustomer(`97mode${mode}`);
    const leg = await hearsAll(caller, mode);
    expect(caller.answeredAt!).toBeGreaterThanOrEqual(leg.answeredAt!);
    expect(caller.answeredAt! - leg.answeredAt!).toBeLessThan(AT_ONCE);
  },
);

test('given no sounds in the document, the music goes on until the ringing tone', async () => {
  const caller = await aCustomer('91music');
  await caller.answered();
  await hears(caller, 'music');
  const since = now();
  await isServed(caller, { dialling: 'music', ringing: 'ringback' });
  expect(caller.ear.longestGap({ since })).toBeLessThan(NO_GAP);
});

test('given sounds that are missing, the music goes on, and the log names what may have been meant', async () => {
  const caller = await aCustomer('91missing');
  await caller.answered();
  await hears(caller, 'music');
  const since = now();
  await isServed(caller, { dialling: 'music', ringing: 'music' });
  expect(caller.ear.longestGap({ since })).toBeLessThan(NO_GAP);
  const line = await parley.until(async () => {
    const log = await parley.serviceLog();
    return log.split('\n').find((each) => each.includes('wiat.wav'));
  }, 'the log tells of the missing sound');
  expect(JSON.parse(line)).toMatchObject({ level: 'warn', sound: 'wiat.wav', nearest: 'wait.wav' });
});

test('given an agent who declines, the ring sound ends with the dial, and the wait sound goes on', async () => {
  const second = await parley.agentAtPhone(1000, { state: 'busy' });
  const caller = await aCustomer('91declined');
  await caller.answered();
  await hears(caller, 'wait');
  const since = caller.ear.firstHeard(WAIT)!;
  await parley.post(`agent/${agent.name}/state`, { state: 'idle' });
  const first = await agent.phone.incoming();
  await hears(caller, 'ring');
  await first.decline();
  await hears(caller, 'wait');
  expect(heardBy(caller, since)).toEqual([PASSAGES.wait, PASSAGES.ring, PASSAGES.wait]);
  expect(caller.ear.longestGap({ since })).toBeLessThan(NO_GAP);
  await caller.hangUp();
  await parley.delete(`agent/${second.name}`);
});
