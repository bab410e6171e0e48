import { isCaller, isKept, SIGNALS, type AriChannel, type AriEventType } from '../../src/adapters/ari/ari-signals';

/** Events of Asterisk 22.10.1, as they came. */
const DIALLED_CHANNEL = {
  id: '6ac912ee2e4543e1a285844d07252f63',
  name: 'PJSIP/trunk-000000a5',
  state: 'Up',
  protocol_id: '70f2f9c0-d8da-4f8e-af95-be49133fa1aa',
  caller: { name: '', number: '' },
  connected: { name: '', number: '' },
  accountcode: '',
  dialplan: { context: 'incoming', exten: 's', priority: 1, app_name: 'Stasis', app_data: 'parley,dialled' },
  creationtime: '2026-11-22T19:43:02.104+0000',
  language: 'en',
};
const CALLERS_CHANNEL = {
  id: '1795376582.166',
  name: 'PJSIP/trunk-000000a6',
  state: 'Ring',
  protocol_id: '339162c3-a169-40ab-b798-577df1219ad3',
  caller: { name: '', number: '5550001' },
  connected: { name: '', number: '' },
  accountcode: '',
  dialplan: { context: 'incoming', exten: '8000', priority: 3, app_name: 'Stasis', app_data: 'parley,agent,1001' },
  creationtime: '2026-11-22T19:43:02.251+0000',
  language: 'en',
};
const ANSWERED = { type: 'StasisStart', args: ['dialled'], channel: DIALLED_CHANNEL, application: 'parley' };
const ENTERED = { type: 'StasisStart', args: ['agent', '1001'], channel: CALLERS_CHANNEL, application: 'parley' };
const destroyed = (channel: AriChannel) => ({
  type: 'ChannelDestroyed',
  cause: 16,
  cause_txt: 'Normal Clearing',
  channel: { ...channel, dialplan: { context: 'incoming', exten: 's', priority: 1, app_name: 'AppDial2' } },
  application: 'parley',
});
const dial = (dialstatus: string, peer: AriChannel = DIALLED_CHANNEL) => ({
  type: 'Dial',
  dialstatus,
  forward: '',
  dialstring: '+4931000@trunk',
  peer: { ...peer, state: 'Down' },
  application: 'parley',
});
const endpoint = (state: string, technology = 'PJSIP') => ({
  type: 'PeerStatusChange',
  endpoint: { technology, resource: '10000001', state, channel_ids: [] },
  application: 'parley',
});

const signalOf = (event: { readonly type: string }) => SIGNALS[event.type as AriEventType](event as never);

test.each([
  ['a dialled leg enters', ANSWERED, { type: 'leg-answered', channelId: DIALLED_CHANNEL.id }],
  ['the phone of a dialled leg rings', dial('RINGING'), { type: 'leg-alerting', channelId: DIALLED_CHANNEL.id }],
  ['a gateway plays the ringing', dial('PROGRESS'), { type: 'leg-alerting', channelId: DIALLED_CHANNEL.id }],
  ['a dialled leg is on its way', dial(''), undefined],
  ['a dialled leg is answered', dial('ANSWER'), undefined],
  ['a channel that is not ours rings', dial('RINGING', CALLERS_CHANNEL), undefined],
  [
    'a caller enters',
    ENTERED,
    {
      type: 'caller-arrived',
      channel: CALLERS_CHANNEL,
      args: ['agent', '1001'],
      prepared: { isGuarded: false, music: undefined },
    },
  ],
  [
    'a caller enters whom the dialplan has prepared',
    { ...ENTERED, args: ['agent', '1001', 'guarded', 'default'] },
    {
      type: 'caller-arrived',
      channel: CALLERS_CHANNEL,
      args: ['agent', '1001'],
      prepared: { isGuarded: true, music: 'default' },
    },
  ],
  ['a phone holds', { type: 'ChannelHold', channel: DIALLED_CHANNEL }, { type: 'leg-held', channelId: DIALLED_CHANNEL.id }], // prettier-ignore
  ['a phone takes back', { type: 'ChannelUnhold', channel: DIALLED_CHANNEL }, { type: 'leg-resumed', channelId: DIALLED_CHANNEL.id }], // prettier-ignore
  [
    'a channel sits in a bridge',
    {
      type: 'ChannelEnteredBridge',
      bridge: { id: 'b'.repeat(32), technology: 'softmix', bridge_type: 'mixing', channels: [DIALLED_CHANNEL.id] },
      channel: DIALLED_CHANNEL,
    },
    { type: 'bridge-entered', channelId: DIALLED_CHANNEL.id, bridgeId: 'b'.repeat(32) },
  ],
  [
    'a prompt to a channel ends',
    {
      type: 'PlaybackFinished',
      playback: { id: 'p1', media_uri: 'sound:beep', target_uri: 'channel:1795376582.170', state: 'done' },
    },
    { type: 'prompt-ended', channelId: '1795376582.170' },
  ],
  [
    'a prompt to a bridge ends',
    {
      type: 'PlaybackFinished',
      playback: { id: 'p1', media_uri: 'sound:beep', target_uri: `bridge:${'b'.repeat(32)}`, state: 'done' },
    },
    undefined,
  ],
  [
    'another phone takes over a dialled leg',
    {
      ...ANSWERED,
      args: [],
      channel: {
        ...DIALLED_CHANNEL,
        id: '1795890161.6',
        name: 'PJSIP/100002-00000006',
        dialplan: { context: 'from-agent', exten: '7agent1', priority: 1, app_name: 'Stasis', app_data: 'parley' },
      },
      replace_channel: DIALLED_CHANNEL,
    },
    { type: 'leg-replaced', channelId: DIALLED_CHANNEL.id, by: '1795890161.6', how: 'take-over' },
  ],
  [
    'half of a pair takes the place of a caller who is transferred to another call',
    {
      ...ENTERED,
      args: [],
      channel: {
        ...CALLERS_CHANNEL,
        id: '1795890169.22',
        name: 'Local/_attended@transfer-00000001;1',
        state: 'Down',
      },
      replace_channel: CALLERS_CHANNEL,
    },
    { type: 'leg-replaced', channelId: CALLERS_CHANNEL.id, by: '1795890169.22', how: 'transfer' },
  ],
  [
    'half of a pair takes the place of an agent whose phone transfers to a number',
    {
      ...ANSWERED,
      args: [],
      channel: {
        ...DIALLED_CHANNEL,
        id: '1795898683.2',
        name: 'Local/7agent2@from-agent-00000000;1',
        state: 'Down',
        dialplan: { context: 'from-agent', exten: '7agent2', priority: 1, app_name: 'Stasis', app_data: 'parley' },
      },
      replace_channel: DIALLED_CHANNEL,
    },
    { type: 'leg-replaced', channelId: DIALLED_CHANNEL.id, by: '1795898683.2', how: 'transfer' },
  ],
  ['a leg leaves', { type: 'StasisEnd', channel: DIALLED_CHANNEL }, { type: 'leg-ended', channelId: DIALLED_CHANNEL.id, cause: 0 }], // prettier-ignore
  ['a caller leaves', { type: 'StasisEnd', channel: CALLERS_CHANNEL }, { type: 'leg-ended', channelId: CALLERS_CHANNEL.id, cause: 0 }], // prettier-ignore
  ['a dialled leg ends', destroyed(DIALLED_CHANNEL), { type: 'leg-ended', channelId: DIALLED_CHANNEL.id, cause: 16 }], // prettier-ignore
  ['a channel that is not ours ends', destroyed(CALLERS_CHANNEL), undefined],
  ['a phone registers', endpoint('online'), { type: 'phone-reachable', user: '10000001', reachable: true }],
  ['a phone leaves', endpoint('offline'), { type: 'phone-reachable', user: '10000001', reachable: false }],
  ['an endpoint of another kind changes', endpoint('online', 'IAX2'), undefined],
  ['another process takes over', { type: 'ApplicationReplaced', application: 'parley' }, { type: 'replaced' }],
])('given %s, that is what is told', (_, event, told) => {
  expect(signalOf(event)).toEqual(told);
});

test.each([
  ['came in to our application', CALLERS_CHANNEL, true],
  ['was dialled by us', DIALLED_CHANNEL, false],
  [
    'came in without arguments',
    { ...CALLERS_CHANNEL, dialplan: { app_name: 'Stasis', app_data: 'parley' } },
    true,
  ],
  [
    'is in another application',
    { ...CALLERS_CHANNEL, dialplan: { app_name: 'Stasis', app_data: 'parley2,x' } },
    false,
  ],
  ['went on in the dialplan', { ...CALLERS_CHANNEL, dialplan: { app_name: 'Wait', app_data: 'parley' } }, false],
  ['is in no application at all', { ...CALLERS_CHANNEL, dialplan: {} }, false],
])('given a channel that %s, it is a caller of ours or not', (_, channel, isOne) => {
  expect(isCaller(channel, 'parley')).toBe(isOne);
});

/** Answered while our application was not active. */
const KEPT_CHANNEL = {
  ...DIALLED_CHANNEL,
  accountcode: 'parley',
  dialplan: { context: 'parley', exten: 'leg', priority: 6, app_name: 'MusicOnHold', app_data: ',1' },
};

test.each([
  ['waits in the dialplan', KEPT_CHANNEL, true],
  ['still rings', { ...KEPT_CHANNEL, state: 'Ringing', dialplan: { app_name: 'AppDial2' } }, false],
  ['was handed over to us', { ...KEPT_CHANNEL, dialplan: DIALLED_CHANNEL.dialplan }, false],
  ['was dialled by another application', { ...KEPT_CHANNEL, accountcode: 'parley2' }, false],
])('given a leg that %s, it is kept for us or not', (_, channel, isOne) => {
  expect(isKept(channel, 'parley')).toBe(isOne);
});
