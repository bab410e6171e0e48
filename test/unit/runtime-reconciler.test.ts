import type { AppId, ChannelId, SipUser } from '../../src/domain/ids';
import type { Refusal } from '../../src/domain/refusal';
import { apply, type Change } from '../../src/domain/world';
import { COMPARING } from '../../src/ports/call-center';
import {
  TelephonyUnavailable,
  type Alive,
  type CallerEntered,
  type Telephony,
  type TelephonySignal,
} from '../../src/ports/telephony';
import { Service } from '../../src/runtime/service';
import { aBatch } from '../contract/storage-objects';
import { ANN, inviteOut } from '../support/happenings';
import { quietSurroundings } from '../support/fakes';
import { settled, VirtualTime } from '../simulation/virtual-time';
import { MemoryStorage } from '../support/memory-storage/memory-storage';
import { anExtension, APP, aRunningConversation, only, TRUNK, when } from '../support/worlds';

const CALLER: CallerEntered = {
  type: 'caller-entered',
  channelId: '1700000000.1' as ChannelId,
  telnumber: null,
  args: ['no such kind'],
  variables: {},
};

/** What was asked for, by name and channel. `alive` answers when the test says what is alive, or that nobody can tell. */
function aPhoneSystem() {
  const asked: string[] = [];
  let tell: (signal: TelephonySignal) => void = () => undefined;
  let show: (alive: Alive) => void = () => undefined;
  let hide: (why: Error) => void = () => undefined;
  let failure: Error | undefined;
  const noting = (name: string) => async (id: string) => {
    asked.push(`${name} ${id}`);
    if (failure !== undefined) {
      const thrown = failure;
      failure = undefined;
      await settled();
      throw thrown;
    }
    return 'asked' as const;
  };
  const telephony = {
    ...Object.fromEntries(
      ['receive', 'place', 'limit', 'hangUp', 'release', 'playUnder', 'openBridge', 'dial'].map((each) => [
        each,
        noting(each),
      ]),
    ),
    alive: () => new Promise<Alive>((resolve, reject) => ([show, hide] = [resolve, reject])),
    onSignal: (listener: typeof tell) => {
      tell = listener;
      return () => undefined;
    },
  } as unknown as Telephony;
  return {
    telephony,
    asked,
    tell: (signal: TelephonySignal) => tell(signal),
    show: (alive: Alive) => show(alive),
    hide: (why: Error) => hide(why),
    failNext: (how: Error) => void (failure = how),
  };
}

const NOTHING_ALIVE: Alive = {
  channels: new Map(),
  bridges: new Map(),
  accounts: new Map(),
  trunks: new Set(),
  callers: [],
  resumed: new Set(),
};

function start(telephony: Telephony, time: VirtualTime, storage = new MemoryStorage()): Promise<Service> {
  return Service.start({
    ...quietSurroundings,
    applications: new Set(['default' as AppId]),
    chance: { seed: () => '0'.repeat(15), number: () => 0 },
    storage,
    telephony,
    clock: time.clockOf('service'),
  });
}

test('given a caller is sent back while Asterisk is looked at, it is neither taken in again nor hung up', async () => {
  const time = new VirtualTime();
  const { telephony, asked, tell, show } = aPhoneSystem();
  void start(telephony, time);
  await time.idle(1_000);
  tell({ type: 'connected' });
  await time.idle(1_000);

  tell(CALLER);
  await time.idle(1_000);
  show({ ...NOTHING_ALIVE, channels: new Map([[CALLER.channelId, 'up']]), callers: [CALLER] });
  await time.idle(1_000);

  expect(asked).toEqual([`release ${CALLER.channelId}`]);
});

test('given a phone tells that it is gone while Asterisk is looked at, what was seen before does not bring it back', async () => {
  const time = new VirtualTime();
  const { telephony, tell, show } = aPhoneSystem();
  const starting = start(telephony, time);
  await time.idle(1_000);
  const { world } = await starting;
  const user = '100001' as SipUser;
  apply(world, [{ kind: 'extensions', value: anExtension({ enabled: true }), live: true }]);
  tell({ type: 'connected' });
  await time.idle(1_000);

  tell({ type: 'phone-reachable', user, reachable: false });
  await time.idle(1_000);
  show({ ...NOTHING_ALIVE, accounts: new Map([[user, 'reachable']]) });
  await time.idle(1_000);

  expect(only(world.extensions.values()).enabled).toBe(false);
});

test('given an account was in the midst of being made, its phone is believed at once', async () => {
  const time = new VirtualTime();
  const { telephony, tell, show } = aPhoneSystem();
  const storage = new MemoryStorage();
  await storage.open();
  const user = '100001' as SipUser;
  const extension = anExtension({ enabled: false });
  const provision = { do: 'provision', extensionId: extension.id, user, digest: '0'.repeat(32) } as const;
  await storage.commit(
    aBatch(1, {
      changes: [{ kind: 'extensions', value: extension, live: true }],
      effects: [{ id: '1-0', effect: provision }],
    }),
  );
  const starting = start({ ...telephony, provision: async () => undefined }, time, storage);
  await time.idle(1_000);
  const { world } = await starting;
  const registered = { ...NOTHING_ALIVE, accounts: new Map([[user, 'reachable' as const]]) };
  tell({ type: 'connected' });
  await time.idle(1_000);
  show(registered);
  await time.idle(1_000);

  expect(only(world.extensions.values()).enabled).toBe(true);
});

test('given a caller comes while it is being stopped, it goes back to the dialplan, and nothing is on record', async () => {
  const time = new VirtualTime();
  const { telephony, asked, tell, show } = aPhoneSystem();
  const starting = start(telephony, time);
  await time.idle(1_000);
  const service = await starting;
  tell({ type: 'connected' });
  await time.idle(1_000);
  show(NOTHING_ALIVE);
  await time.idle(1_000);
  await service.finish();

  tell({ ...CALLER, args: ['skill', 'sales'] });
  await time.idle(1_000);

  expect(asked).toEqual([`release ${CALLER.channelId}`]);
  expect(service.world.calls.size).toBe(0);
  await expect(service.ask({ type: 'keep-alive', app: APP, name: ANN })).rejects.toThrow('busy');
});

test.each([
  ['handed over', 'up'],
  ['kept by the dialplan', 'kept'],
] as const)(
  'given a phone was answered in time and %s, and nobody looked until later, it counts as answered',
  async (_, state) => {
    const time = new VirtualTime();
    const { telephony, tell, show, asked } = aPhoneSystem();
    const { world, conversation } = aRunningConversation();
    const { answer: callId } = when(world, inviteOut(conversation));
    const storage = new MemoryStorage();
    await storage.open();
    const changes = (['calls', 'conversations'] as const).flatMap((kind) =>
      [...world[kind].values()].map((value) => ({ kind, value, live: true }) as Change),
    );
    await storage.commit(aBatch(1, { changes }));
    const starting = start(telephony, time, storage);
    await time.idle(60_000); // It may ring for 45 s.
    const service = await starting;
    expect(service.world.calls.get(callId)?.stage.at).toBe('ringing');

    tell({ type: 'connected' });
    await time.idle(1_000);
    const channels = new Map([...world.calls.values()].map(({ channelId }) => [channelId, 'up'] as const));
    const { channelId } = world.calls.get(callId)!;
    show({ ...NOTHING_ALIVE, channels: new Map([...channels, [channelId, state]]), bridges: new Map([[conversation.bridgeId, []]]) }); // prettier-ignore
    await time.idle(1_000);
    if (state === 'kept') tell({ type: 'leg-answered', channelId }); // The dialplan tries each second.
    await time.idle(1_000);

    expect(service.world.calls.get(callId)?.stage.at).toBe('up');
    expect(asked).not.toContain(`hangUp ${channelId}`);
  },
);

describe('given a talk', () => {
  /** Where everybody is as the world has it; `look` lets a minute pass, and the comparison after it be made. */
  async function aTalk() {
    const time = new VirtualTime();
    const phones = aPhoneSystem();
    const { world, conversation, calls } = aRunningConversation();
    const starting = start(phones.telephony, time);
    await time.idle(1_000);
    const service = await starting;
    for (const kind of ['calls', 'conversations'] as const) {
      apply(
        service.world,
        [...world[kind].values()].map((value) => ({ kind, value, live: true }) as Change),
      );
    }
    phones.tell({ type: 'connected' });
    const alive: Alive = {
      ...NOTHING_ALIVE,
      trunks: new Set([TRUNK]),
      channels: new Map(calls.map(({ channelId }) => [channelId, 'up'])),
      bridges: new Map([[conversation.bridgeId, calls.map(({ channelId }) => channelId)]]),
    };
    const look = async (): Promise<number> => {
      const before = phones.asked.length;
      await time.idle(60_000);
      phones.show(alive);
      await time.idle(1_000);
      return phones.asked.slice(before).filter((each) => each.startsWith('place')).length;
    };
    const invite = async () => {
      const invited = service.ask(inviteOut(conversation)).then(
        () => 'taken',
        ({ reason }: Refusal) => reason,
      );
      await time.idle(1_000);
      return invited;
    };
    return { ...phones, service, time, look, invite, alive };
  }

  test('given it is connected and not compared yet, it says so, and commands that need Asterisk are refused', async () => {
    const { service, invite, look } = await aTalk();
    expect(service.obstacles()).toEqual([COMPARING]);
    expect(await invite()).toBe('busy');

    await look();
    expect(service.obstacles()).toEqual([]);
    expect(await invite()).toBe('taken');
  });

  test('given a later comparison fails, it says so and refuses commands until one has succeeded', async () => {
    const { service, time, invite, look, show, hide, alive } = await aTalk();
    await look();
    await time.idle(60_000);
    hide(new TelephonyUnavailable('list channels: no answer'));
    await time.idle(100);
    expect(service.obstacles()).toEqual([COMPARING]);
    expect(await invite()).toBe('busy');

    await time.idle(5_000);
    show(alive);
    await time.idle(1_000);
    expect(service.obstacles()).toEqual([]);
    expect(await invite()).toBe('taken');
  });

  test('when the service has started, everybody is placed now, and once more when nothing of the process before can be late', async () => {
    const { look } = await aTalk();

    expect([await look(), await look(), await look()]).toEqual([2, 2, 0]);
  });

  test('when a request was given up, everybody is placed once more at the look after the next', async () => {
    const { look, failNext } = await aTalk();
    await look();
    failNext(new TelephonyUnavailable('no answer in time'));

    await look(); // One is given up, and asked again after the comparison that follows.
    expect([await look(), await look(), await look()]).toEqual([1, 2, 0]);
  });

  test('when a place was refused, everybody is placed once more at the next look, as nothing shows what is wrong', async () => {
    const { look, failNext } = await aTalk();
    await look();
    failNext(new Error('Internal Server Error'));

    expect([await look(), await look(), await look()]).toEqual([2, 2, 0]);
  });
});
