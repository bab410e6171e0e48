import { shownNumber } from '../../src/adapters/ari/dial-string';
import { BRIDGE, SILENCE } from '../../src/domain/conversation/listen-speak-mode';
import type { Account } from '../../src/domain/extension/extension';
import type { BridgeId, ChannelId, GatewayAddress, PhoneNumber, SipUser, TrunkId } from '../../src/domain/ids';
import { TelephonyUnavailable, type OutgoingCall } from '../../src/ports/telephony';
import { turn } from '../support/fakes';
import { aTelephonyOn, channel } from '../support/telephony-on';

const CALLER = '1795376582.166' as ChannelId;
const LEG = '6ac912ee2e4543e1a285844d07252f63' as ChannelId;
const BRIDGE_ID = 'b'.repeat(32) as BridgeId;

const refused = (text: string) => Promise.reject(new Error(`{"message":"${text}"}`));

describe('A caller', () => {
  test('given it hangs up while its variables are read, its end is told after its coming', async () => {
    let answer = (_: object): void => undefined;
    const read = new Promise((resolve) => (answer = resolve));
    const { signals, connection } = aTelephonyOn(() => read);
    connection.event('StasisStart', { channel: channel(CALLER), args: ['agent', '1001'] });
    connection.event('StasisEnd', { channel: channel(CALLER) });
    await turn();
    expect(signals).toEqual([]);
    answer({ value: '' });
    await turn();
    expect(signals).toEqual([
      { type: 'caller-entered', channelId: CALLER, telnumber: '5550001', args: ['agent', '1001'], variables: {} },
      { type: 'leg-ended', channelId: CALLER, cause: 0 },
    ]);
  });

  test('given its variables cannot be read in time, a comparison is asked for and its signals go on', async () => {
    const { signals, connection } = aTelephonyOn(() => Promise.reject(new TelephonyUnavailable('late')));
    connection.connected();
    connection.event('StasisStart', { channel: channel(CALLER), args: [] });
    await turn();
    connection.event('StasisEnd', { channel: channel(CALLER) });
    expect(signals).toEqual([
      { type: 'connected' },
      { type: 'connected' },
      { type: 'leg-ended', channelId: CALLER, cause: 0 },
    ]);
  });
});

test.each([
  ['has answered', 'Up', []],
  ['has left unanswered', 'Ring', ['answer']],
])('given a caller whom the dialplan %s, it is answered if need be', async (_, state, answers) => {
  const { telephony, asked, connection } = aTelephonyOn(async () => ({ value: '' }));
  connection.event('StasisStart', { channel: { ...channel(CALLER), state }, args: [] });
  await telephony.receive(CALLER, true);
  expect(asked.filter((each) => each === 'answer')).toEqual(answers);
  await telephony.place(CALLER, null, { bridgeId: null, speaks: true, hears: SILENCE });
  expect(asked.slice(-1)).toEqual(['start-music']);
});

describe('Answering a caller whom Asterisk cannot answer', () => {
  const given = (whether: 'gone' | 'there') =>
    aTelephonyOn((operation) => {
      if (operation === 'answer') return refused('Failed to answer channel');
      return operation === 'look at caller' && whether === 'gone'
        ? refused('Channel not found')
        : Promise.resolve({ channels: [] });
    }).telephony;
  const into = { bridgeId: BRIDGE_ID, speaks: true, hears: BRIDGE };

  test('because it hangs up, it is gone', async () => {
    expect(await given('gone').receive(CALLER, true)).toBe('gone');
    expect(await given('gone').place(CALLER, null, into)).toBe('gone');
  });

  test('and who is there still, it is refused', async () => {
    await expect(given('there').receive(CALLER, true)).rejects.toThrow('failed to answer');
    await expect(given('there').place(CALLER, null, into)).rejects.toThrow('failed to answer');
  });
});

describe('A survey', () => {
  /** Of one channel that nobody knows, with these arguments to `Stasis()`. */
  const survey = async (args: string, linkedTo: string, seated: readonly string[] = []) => {
    const answers: Readonly<Record<string, unknown>> = {
      'get application': { channel_ids: [CALLER] },
      'list channels': [{ ...channel(CALLER), dialplan: { app_name: 'Stasis', app_data: `parley${args}` } }],
      'list bridges': [{ id: BRIDGE_ID, name: 'parley', channels: seated }],
      'list endpoints': [],
      'read CHANNEL(linkedid)': { value: linkedTo },
    };
    const { telephony } = aTelephonyOn(async (operation) => answers[operation] ?? { value: '' });
    const { channels, callers } = await telephony.alive();
    return { isThere: channels.has(CALLER), callers: callers.map((each) => each.args) };
  };

  test.each([
    ['arguments', ',agent,1001', LEG, [CALLER], [['agent', '1001']]],
    ['no arguments, alone', '', CALLER, [], [[]]],
    ['no arguments, linked to another', '', LEG, [], []],
    ['no arguments, in a bridge of ours', '', CALLER, [CALLER], []],
    ['the arguments of a leg that we dialled', ',dialled', CALLER, [], []],
  ])(
    'given a channel with %s, it is there, and a caller if it came in as one',
    async (_, args, to, seated, callers) => {
      expect(await survey(args, to, seated)).toEqual({ isThere: true, callers });
    },
  );
});

describe('A placement', () => {
  const into = { bridgeId: BRIDGE_ID, speaks: true, hears: BRIDGE };

  test('given a leg just answered, one request is enough, and the same again takes none', async () => {
    const { telephony, asked, connection } = aTelephonyOn(async () => ({}));
    connection.event('StasisStart', { channel: channel(LEG), args: ['dialled'] });
    await telephony.place(LEG, null, into);
    await telephony.place(LEG, null, into);
    expect(asked).toEqual(['enter']);
  });

  test('given a new connection, nothing is known, and nobody enters the bridge that it is in', async () => {
    const { telephony, asked, connection } = aTelephonyOn(async (operation) =>
      operation === 'look into bridge' ? { channels: [LEG] } : {},
    );
    connection.event('StasisStart', { channel: channel(LEG), args: ['dialled'] });
    await telephony.place(LEG, null, into);
    connection.connected();
    asked.length = 0;
    await telephony.place(LEG, null, into);
    expect(asked).not.toContain('enter');
    expect(asked).toEqual(expect.arrayContaining(['unmute', 'stop-music']));
  });

  test('given it fails half-way, what was asked before counts for nothing', async () => {
    let isLate = true;
    const { telephony, asked, connection } = aTelephonyOn(async (operation) => {
      if (operation === 'enter' && isLate) throw new TelephonyUnavailable('late');
      return { channels: [] };
    });
    connection.event('StasisStart', { channel: channel(LEG), args: ['dialled'] });
    const shutOut = { bridgeId: BRIDGE_ID, speaks: false, hears: SILENCE };
    await expect(telephony.place(LEG, null, shutOut)).rejects.toBeInstanceOf(TelephonyUnavailable);
    isLate = false;
    asked.length = 0;
    await telephony.place(LEG, null, shutOut);
    expect(asked).toEqual(expect.arrayContaining(['mute', 'start-music', 'enter']));
  });

  test('given the bridge that it leaves is gone already, the rest is done all the same', async () => {
    const { telephony, asked } = aTelephonyOn((operation) =>
      operation === 'leave' ? refused('Bridge not found') : Promise.resolve({}),
    );
    const outside = { bridgeId: null, speaks: true, hears: SILENCE };
    expect(await telephony.place(LEG, BRIDGE_ID, outside)).toBe('asked');
    expect(asked).toEqual(['start-music', 'leave', 'unmute']);
    asked.length = 0;
    await telephony.place(LEG, BRIDGE_ID, outside);
    expect(asked).toEqual([]);
  });

  test('given the bridge that it is to enter is gone, it is not let free, and nothing is taken as known', async () => {
    const { telephony, asked } = aTelephonyOn((operation) =>
      operation === 'enter' || operation === 'look into bridge'
        ? refused('Bridge not found')
        : Promise.resolve({}),
    );
    expect(await telephony.place(LEG, null, into)).toBe('asked');
    expect(asked).toEqual(['look into bridge', 'answer', 'enter']);
    await telephony.place(LEG, null, into);
    expect(asked).toHaveLength(6);
  });

  test('whoever is in the bridge is not told the number of who enters', async () => {
    const entered: object[] = [];
    const client = {
      bridges: { addChannel: async (seat: object) => void entered.push(seat) },
    };
    const { telephony, connection } = aTelephonyOn(async (_, call) => call(client));
    connection.event('StasisStart', { channel: channel(LEG), args: ['dialled'] });
    await telephony.place(LEG, null, into);
    expect(entered).toEqual([{ bridgeId: BRIDGE_ID, channel: LEG, inhibitConnectedLineUpdates: true }]);
  });

  test('given it sits elsewhere than the caller thinks, it leaves where it sits', async () => {
    const left: string[] = [];
    const client = {
      bridges: {
        addChannel: async () => ({}),
        removeChannel: async ({ bridgeId }: { bridgeId: string }) => void left.push(bridgeId),
      },
      channels: { mute: async () => ({}), startMoh: async () => ({}) },
    };
    const { telephony, connection } = aTelephonyOn(async (_, call) => call(client));
    connection.event('StasisStart', { channel: channel(LEG), args: ['dialled'] });
    await telephony.place(LEG, null, into);
    await telephony.place(LEG, 'elsewhere' as BridgeId, { bridgeId: null, speaks: false, hears: SILENCE });
    expect(left).toEqual([BRIDGE_ID]);
  });

  test.each(['Channel not found', 'Channel not in Stasis application'])('given "%s", it is gone', async (text) => {
    const { telephony } = aTelephonyOn(() => refused(text));
    expect(await telephony.place(LEG, null, { ...into, bridgeId: null })).toBe('gone');
  });

  test('given an answer that nobody expected, it is thrown', async () => {
    const { telephony } = aTelephonyOn(() => refused('Internal server error'));
    await expect(telephony.hangUp(LEG)).rejects.toThrow('Internal server error');
  });
});

describe('A release', () => {
  const variables = { PARLEY_RESULT: 'success' };

  test('given nothing is known of the channel, all that may be left on it is taken off, and only then it goes', async () => {
    const { telephony, asked } = aTelephonyOn(async () => ({ value: '' }));
    expect(await telephony.release(CALLER, BRIDGE_ID, variables)).toBe('asked');
    expect(asked[0]).toBe('leave');
    expect(asked).toEqual(expect.arrayContaining(['stop-music', 'unmute', 'set PARLEY_RESULT']));
    expect(asked.at(-1)).toBe('release');
  });

  test('given it says and hears its bridge, there is nothing to take off, and it goes out of the bridge itself', async () => {
    const { telephony, asked, connection } = aTelephonyOn(async () => ({ channels: [], value: '' }));
    const entered = { channel: channel(CALLER), bridge: { id: BRIDGE_ID } };
    const placed = telephony.place(CALLER, null, { bridgeId: BRIDGE_ID, speaks: true, hears: BRIDGE });
    await turn();
    connection.event('ChannelEnteredBridge', entered);
    await placed;
    asked.length = 0;
    await telephony.release(CALLER, BRIDGE_ID, variables);
    const undone = asked.filter((each) => !/^(set|read) /.test(each));
    // Ending the music is asked for again, for the first time may be lost.
    expect(undone).toEqual(['stop-music', 'stop-music', 'release']);
  });

  test('given Asterisk sets many at once, it does', async () => {
    const marked = /\}([0-9a-f]{16})\)$/;
    const { telephony, asked, connection, signals } = aTelephonyOn((operation, call) =>
      operation === 'read variables'
        ? call({ channels: { getChannelVar: async ({ variable }: { variable: string }) => ({ value: marked.exec(variable)![1]!.repeat(6) }) } }) // prettier-ignore
        : Promise.resolve({}),
    );
    connection.event('StasisStart', { channel: channel(CALLER), args: [] });
    await turn();
    expect(signals.map(({ type }) => type)).toEqual(['caller-entered']);
    await telephony.release(CALLER, null, variables);
    expect(asked.filter((each) => each.startsWith('set '))).toEqual([
      'set ARRAY(HOLD_INTERCEPT(remove),TIMEOUT(absolute),PARLEY_RESULT)',
    ]);
  });
});

describe('A bridge that is to be closed', () => {
  const sitting = { channel: channel(LEG), bridge: { id: BRIDGE_ID } };
  const closing = (asked: readonly string[]) => asked.filter((each) => /bridge$/.test(each));

  test('given it is known who sits in it, it is closed when the last has left', async () => {
    const { telephony, asked, connection } = aTelephonyOn(async () => ({}));
    await telephony.openBridge(BRIDGE_ID, 'pair');
    connection.event('ChannelEnteredBridge', sitting);
    const closed = telephony.closeBridge(BRIDGE_ID);
    await turn();
    expect(closing(asked)).toEqual(['open bridge']);
    connection.event('StasisEnd', sitting);
    await closed;
    expect(closing(asked)).toEqual(['open bridge', 'close bridge']);
  });

  test('given it was opened over an earlier connection, it is looked at', async () => {
    const { telephony, asked, connection } = aTelephonyOn(async () => ({ channels: [] }));
    await telephony.openBridge(BRIDGE_ID, 'pair');
    connection.connected();
    await telephony.closeBridge(BRIDGE_ID);
    expect(closing(asked)).toEqual(['open bridge', 'look into bridge', 'close bridge']);
  });
});

describe('A dial', () => {
  const to = { kind: 'number', number: '+49301' as PhoneNumber, trunk: 'carrier' as TrunkId } as const;
  const call: OutgoingCall = { channelId: LEG, to, from: null, ringSeconds: 10, lifeSeconds: 60 };

  test.each<[string, Partial<OutgoingCall>]>([
    ['two numbers', { to: { ...to, number: '+49301&PJSIP/2' as PhoneNumber } }],
    ['a path', { to: { ...to, number: '../49' as PhoneNumber } }],
    ['a trunk with an address', { to: { ...to, trunk: 'carrier/sip:x@host' as TrunkId } }],
    ['a user of another technology', { to: { kind: 'endpoint', user: '1,Local/2' as SipUser } }],
    ['no number at all', { to: { ...to, number: '' as PhoneNumber } }],
  ])('given %s, it never reaches Asterisk', async (_, change) => {
    const { telephony, asked } = aTelephonyOn(async () => ({}));
    await expect(telephony.dial({ ...call, ...change })).rejects.toThrow('not a name for Asterisk');
    expect(asked).toEqual([]);
  });

  test.each([
    ['13900000001', '13900000001'],
    ['+49 (30) 123', '+4930123'],
    ['john.doe', 'john.doe'],
    ['*31', '*31'],
    ['1\r\nX: y', '1Xy'],
    ['"<>&', ''],
  ])('given the caller id %j, %j is shown', (from, shown) => {
    expect(shownNumber(from)).toBe(shown);
  });
});

describe('An account', () => {
  test.each<[string, Account, string]>([
    ['a user that is none', { user: '1/../2' as SipUser, digest: 'd'.repeat(32) }, 'not a name for Asterisk'],
    ...[
      '192.0.2.7>,<sip:192.0.2.8',
      '192.0.2.7,sip:192.0.2.8',
      'x@192.0.2.7',
      '192.0.2.7;transport=tcp',
      'example.com',
      '[::1]:5060:1',
      '',
    ].map((ipaddr): [string, Account, string] => [
      `an address like ${JSON.stringify(ipaddr)}`,
      { user: '1-gateway' as SipUser, ipaddr: ipaddr as GatewayAddress },
      'no address',
    ]),
  ])('given %s, it never reaches Asterisk', async (_, account, problem) => {
    const { telephony, asked } = aTelephonyOn(async () => ({}));
    await expect(telephony.provision(account)).rejects.toThrow(problem);
    expect(asked).toEqual([]);
  });
});

describe('A phone', () => {
  test('given what Asterisk says of its hold is not so, as when its partner holds, that is not told; one look comes after the other', async () => {
    const looks: ((value: string) => void)[] = [];
    const { signals, connection } = aTelephonyOn(
      () => new Promise((look) => looks.push((value) => look({ value }))),
    );
    const leg = { ...channel(LEG), name: 'PJSIP/trunk-1' };
    for (const type of ['ChannelHold', 'ChannelUnhold', 'ChannelHold'] as const)
      connection.event(type, { channel: leg });
    for (const value of ['1', '0', '0']) {
      await turn();
      expect(looks).toHaveLength(1);
      looks.pop()!(value);
    }
    await turn();
    expect(signals.map(({ type }) => type)).toEqual(['leg-held', 'leg-resumed']);
  });
});
