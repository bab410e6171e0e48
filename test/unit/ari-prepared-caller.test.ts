import type { ChannelId, SipUser } from '../../src/domain/ids';
import { turn } from '../support/fakes';
import { aTelephonyOn, channel } from '../support/telephony-on';

const CALLER = '1795376582.166' as ChannelId;
const LEG = '6ac912ee2e4543e1a285844d07252f63' as ChannelId;

describe('A caller whom the dialplan has prepared', () => {
  const WAITING = { bridgeId: null, speaks: true, hears: { from: 'music', musicClass: 'default' } } as const;
  /** What is asked for it until it waits, once it has come with these arguments. */
  const askedFor = async (args: readonly string[], state = 'Up') => {
    const { telephony, asked, connection, signals } = aTelephonyOn(async () => ({ value: '' }));
    connection.event('StasisStart', { channel: { ...channel(CALLER), state }, args });
    await turn();
    const coming = signals[0];
    asked.length = 0;
    await telephony.receive(CALLER, state === 'Up');
    await telephony.place(CALLER, null, WAITING);
    return { asked, telephony, args: coming?.type === 'caller-entered' ? coming.args : undefined };
  };

  test('given it is guarded and hears music, nothing is asked for, and it is told with what it wants', async () => {
    const { asked, args } = await askedFor(['enqueue', 'support', 'guarded', 'default']);
    expect([asked, args]).toEqual([[], ['enqueue', 'support']]);
  });

  test('given it is not answered, it gets its music from here', async () => {
    const { asked } = await askedFor(['enqueue', '', 'guarded'], 'Ring');
    expect(asked).toEqual(['start-music']);
  });

  test('given other music, it gets that', async () => {
    const { asked } = await askedFor(['agent', 'ann', 'guarded', 'jazz']);
    expect(asked).toEqual(['start-music']);
  });

  test.each([[['agent', 'ann']], [['agent', 'ann', 'default', 'default']]])(
    'given a dialplan of its operator that says %j, both are asked for',
    async (args) => {
      expect((await askedFor(args)).asked).toEqual(['set HOLD_INTERCEPT(set)', 'start-music']);
    },
  );

  test('given it was released since, it is guarded anew', async () => {
    const { asked, telephony } = await askedFor(['agent', 'ann', 'guarded', 'default']);
    await telephony.release(CALLER, null, {});
    asked.length = 0;
    await telephony.receive(CALLER, false);
    expect(asked).toEqual(['set HOLD_INTERCEPT(set)']);
  });
});

test.each([
  ['its end was missed, so nothing that was known of it counts any more', false],
  ['it lives, so neither its guard nor the limit that it was dialled with is asked for', true],
])('given a comparison that says of a channel: %s', async (_, lives) => {
  const there = { ...channel(CALLER), accountcode: '', name: 'PJSIP/trunk-00000001' };
  const answers: Readonly<Record<string, unknown>> = {
    'get application': { channel_ids: lives ? [CALLER, LEG] : [] },
    'list channels': lives ? [there, { ...there, id: LEG, dialplan: { app_name: 'AppDial2', app_data: '' } }] : [],
    'list bridges': [],
    'list endpoints': [],
  };
  const { telephony, asked, connection } = aTelephonyOn(async (operation) => answers[operation] ?? { value: '' });
  connection.event('StasisStart', { channel: there, args: ['agent', 'ann', 'guarded', 'default'] });
  await turn();
  await telephony.dial({
    channelId: LEG,
    to: { kind: 'endpoint', user: '1001' as SipUser },
    from: null,
    ringSeconds: 30,
    lifeSeconds: 7_200,
  });
  await telephony.alive(new Set([CALLER, LEG]));
  asked.length = 0;
  await telephony.receive(CALLER, false);
  await telephony.limit(LEG, 7_199);
  expect(asked).toEqual(lives ? [] : ['set HOLD_INTERCEPT(set)', 'set TIMEOUT(absolute)']);
});
