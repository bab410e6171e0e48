import { SILENCE } from '../../src/domain/conversation/listen-speak-mode';
import type { Dial, Effect } from '../../src/domain/effect';
import type { BridgeId, CallId, ChannelId, ExtensionId, SipUser } from '../../src/domain/ids';
import { AccountRefused, TelephonyUnavailable, type Telephony } from '../../src/ports/telephony';
import { EffectRunner } from '../../src/runtime/effect-runner';
import { aTelephony, silent, standingClock, turn } from '../support/fakes';
import { after, APP, NOW } from '../support/worlds';

const channelId = 'c1' as ChannelId;
const [here, there] = ['b1' as BridgeId, 'b2' as BridgeId];
const dial: Dial = {
  do: 'dial',
  callId: 'c1' as CallId,
  channelId,
  to: { kind: 'endpoint', user: '100001' as SipUser },
  from: null,
  ringSeconds: 10,
  lifeSeconds: 100,
};
const place = (bridgeId: BridgeId): Effect => ({
  do: 'place',
  channelId,
  from: null,
  placement: { bridgeId, speaks: true, hears: SILENCE },
});

function aRunner(telephony: Partial<Telephony>, isWanted = true) {
  const log: string[] = [];
  const runner = new EffectRunner(aTelephony(telephony), standingClock, silent, {
    done: (id) => log.push(`done ${id}`),
    isWanted: () => isWanted,
    legEnded: (id) => log.push(`ended ${id}`),
    unavailable: () => log.push('unavailable'),
    refusedUnseen: () => log.push('refused unseen'),
  });
  return { runner, log };
}

test('effects on one channel go in order, others side by side', async () => {
  const started: string[] = [];
  let release = (): void => undefined;
  const { runner } = aRunner({
    openBridge: (id) => {
      started.push(`open ${id}`);
      return id === here ? new Promise((resolve) => (release = resolve)) : Promise.resolve();
    },
    place: async (_, __, { bridgeId }) => {
      started.push(`place ${bridgeId}`);
      return 'asked';
    },
  });
  runner.resume();
  runner.submit([
    { id: '1', effect: { do: 'open-bridge', bridgeId: here, kind: 'pair' } },
    { id: '2', effect: place(here) },
    { id: '3', effect: { do: 'open-bridge', bridgeId: there, kind: 'pair' } },
    { id: '4', effect: place(there) },
  ]);
  await turn();
  expect(started).toEqual(['open b1', 'open b2']); // The channel's second place waits for its first.
  release();
  await turn();
  expect(started).toEqual(['open b1', 'open b2', 'place b1', 'place b2']);
});

test('a dial goes before all else that was decided with it', async () => {
  const started: string[] = [];
  const { runner } = aRunner({
    openBridge: async () => void started.push('open'),
    dial: async () => void started.push('dial'),
    hangUp: async () => (started.push('hang up'), 'asked'),
  });
  runner.resume();
  runner.submit([
    { id: '1', effect: { do: 'open-bridge', bridgeId: here, kind: 'pair' } },
    { id: '2', effect: dial },
    { id: '3', effect: { do: 'hang-up', channelId, from: here } },
  ]);
  await turn();
  expect(started).toEqual(['dial', 'open', 'hang up']);
});

test('a snoop waits for what goes before it on its leg, and what comes after it on either waits for it', async () => {
  const started: string[] = [];
  const releases: (() => void)[] = [];
  const held = (what: string): Promise<'asked'> => {
    started.push(what);
    return new Promise((resolve) => releases.push(() => resolve('asked')));
  };
  const ear = 'ear' as ChannelId;
  const { runner } = aRunner({
    place: (_, __, { bridgeId }) => held(`place ${bridgeId}`),
    snoop: () => held('snoop'),
    hangUp: (id) => held(`hang up ${id}`),
  });
  runner.resume();
  runner.submit([
    { id: '1', effect: place(here) },
    { id: '2', effect: { do: 'snoop', channelId: ear, on: channelId } },
    { id: '3', effect: place(there) },
    { id: '4', effect: { do: 'hang-up', channelId: ear, from: null } },
  ]);
  await turn();
  expect(started).toEqual(['place b1']);
  releases.shift()!();
  await turn();
  expect(started).toEqual(['place b1', 'snoop']);
  releases.shift()!();
  await turn();
  expect(started).toEqual(['place b1', 'snoop', 'place b2', 'hang up ear']);
});

test('given a dial whose call was given up meanwhile, nothing rings and the leg has ended', async () => {
  const dialled: unknown[] = [];
  const { runner, log } = aRunner({ dial: async (call) => void dialled.push(call) }, false);
  runner.resume();
  runner.submit([{ id: '1', effect: dial }]);
  await turn();
  expect([dialled, log]).toEqual([[], ['ended c1', 'done 1']]);
});

test('given a limit, Asterisk is told the seconds that are left when it is carried out, rounded up', async () => {
  const limits: number[] = [];
  const { runner } = aRunner({
    limit: async (_, seconds) => {
      limits.push(seconds);
      return 'asked';
    },
  });
  runner.resume();
  runner.submit([
    { id: '1', effect: { do: 'limit', channelId, until: after(29.4).at } },
    { id: '2', effect: { do: 'limit', channelId, until: after(-5).at } },
  ]);
  await turn();
  expect(limits).toEqual([30, 1]);
});

test('given an announcement that was not answered in time, it is not made again', async () => {
  const announced: BridgeId[] = [];
  const { runner, log } = aRunner({
    announce: async (bridgeId) => {
      announced.push(bridgeId);
      throw new TelephonyUnavailable('no answer');
    },
  });
  runner.resume();
  runner.submit([{ id: '1', effect: { do: 'announce', bridgeId: here, app: APP, sounds: [] } }]);
  await turn();
  runner.resume();
  await turn();
  expect([announced, log]).toEqual([[here], ['unavailable', 'done 1']]);
});

test('given a dial that was refused, the leg has ended and it is not tried again', async () => {
  const { runner, log } = aRunner({ dial: () => Promise.reject(new Error('Allocation failed')) });
  runner.resume();
  runner.submit([{ id: '1', effect: dial }]);
  await turn();
  expect(log).toEqual(['ended c1', 'done 1']);
});

test('given a phone system that does not answer, what may repeat is kept and a dial is not', async () => {
  let isAway = true;
  const away = async (): Promise<'asked'> => {
    if (isAway) throw new TelephonyUnavailable('simulated');
    return 'asked';
  };
  const { runner, log } = aRunner({ place: away, dial: () => away().then(() => undefined) });
  runner.resume();
  runner.submit([{ id: '1', effect: dial }]);
  await turn();
  expect(log).toEqual(['unavailable', 'done 1']);

  runner.resume();
  runner.submit([{ id: '2', effect: place(here) }]);
  await turn();
  expect([log.slice(2), runner.awaited()]).toEqual([['unavailable'], [place(here)]]);

  isAway = false;
  runner.resume();
  await turn();
  expect([log.slice(3), runner.awaited()]).toEqual([['done 2'], []]);
});

test('given a pause, an effect waits', async () => {
  const { runner, log } = aRunner({});
  runner.submit([{ id: '1', effect: dial }]);
  await turn();
  expect([log, runner.awaited()]).toEqual([[], [dial]]);
  runner.resume();
  await turn();
  expect([log, runner.awaited()]).toEqual([['done 1'], []]);
});

test('a pause settles only when what was under way is through', async () => {
  let release = (): void => undefined;
  const { runner } = aRunner({ dial: () => new Promise((resolve) => (release = resolve)) });
  runner.resume();
  runner.submit([{ id: '1', effect: dial }]);
  await turn();
  let isPaused = false;
  const paused = runner.pause().then(() => (isPaused = true));
  await turn();
  expect(isPaused).toBe(false);
  release();
  await paused;
});

test.each<[string, Partial<Telephony>, Effect]>([
  ['hang-up', { hangUp: async () => 'gone' }, { do: 'hang-up', channelId, from: null }],
  ['place', { place: async () => 'gone' }, place(here)],
  ['receive', { receive: async () => 'gone' }, { do: 'receive', channelId, answer: true }],
  ['limit', { limit: async () => 'gone' }, { do: 'limit', channelId, until: NOW }],
  ['snoop', { snoop: async () => 'gone' }, { do: 'snoop', channelId, on: 'c2' as ChannelId }],
  ['release', { release: async () => 'gone' }, { do: 'release', channelId, from: null, variables: {} }],
])('%s on a channel that is gone reports its end', async (_, telephony, effect) => {
  const { runner, log } = aRunner(telephony);
  runner.resume();
  runner.submit([{ id: '1', effect }]);
  await turn();
  expect(log).toEqual(['ended c1', 'done 1']);
});

test('whoever waits for an effect learns that it was carried out, or refused', async () => {
  let answer = (): Promise<void> => Promise.resolve();
  const { runner, log } = aRunner({ provision: () => answer() });
  const effect: Effect = {
    do: 'provision',
    extensionId: 'e1' as ExtensionId,
    user: '100001' as SipUser,
    digest: '0'.repeat(32),
  };
  runner.submit([{ id: '1', effect }]);
  const first = runner.carriedOut('1');
  runner.resume();
  await expect(first).resolves.toBeUndefined();
  await expect(runner.carriedOut('1')).resolves.toBeUndefined();

  answer = () => Promise.reject(new AccountRefused('no such mapping'));
  runner.submit([{ id: '2', effect }]);
  await expect(runner.carriedOut('2')).rejects.toThrow('no such mapping');
  await turn();
  expect(log).toEqual(['done 1', 'done 2']);
});
