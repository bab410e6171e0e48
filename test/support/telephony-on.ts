import type { AriConnection, ConnectionListener } from '../../src/adapters/ari/ari-connection';
import { AriTelephony } from '../../src/adapters/ari/ari-telephony';
import type { SoundFiles } from '../../src/ports/sounds';
import type { TelephonySignal } from '../../src/ports/telephony';
import { silent } from './fakes';

/** What Asterisk tells of a channel. */
export const channel = (id: string) => ({
  id,
  state: 'Up',
  caller: { number: '5550001' },
  dialplan: { app_name: 'Stasis', app_data: 'parley,agent,1001' },
});

const NO_SOUNDS: SoundFiles = { locate: async () => ({ nearest: null }), onRemoved: () => () => undefined };

type Call = (client: object) => Promise<unknown>;

/** A connection whose answers a test decides; `asked` has each operation in its order. */
export function aTelephonyOn(answer: (operation: string, call: Call) => Promise<unknown>) {
  const asked: string[] = [];
  const signals: TelephonySignal[] = [];
  let listener: ConnectionListener | undefined;
  const ask = (operation: string, call: Call) => {
    asked.push(operation);
    return answer(operation, call);
  };
  const connection = {
    ask,
    list: ask,
    close: () => undefined,
  } as unknown as AriConnection;
  const settings = {
    url: '',
    user: '',
    password: '',
    application: 'parley',
    silenceClass: 'parley-silence',
    ringbackClass: 'parley-ringback',
    soundClassesFile: '',
    realm: 'asterisk',
    deadlineMs: 100,
  };
  const telephony = new AriTelephony(settings, silent, NO_SOUNDS, (each) => {
    listener = each;
    return connection;
  });
  telephony.onSignal((signal) => void signals.push(signal));
  return { telephony, asked, signals, connection: listener! };
}
