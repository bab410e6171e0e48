import type { ChannelId } from '../../src/domain/ids';
import { turn } from '../support/fakes';
import { aTelephonyOn, channel } from '../support/telephony-on';

const CALLER = '1795376582.166' as ChannelId;

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
