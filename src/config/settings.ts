import { z } from 'zod';
import { LOG_LEVELS } from '../adapters/system/winston-logger';
import { Secret } from '../ports/secret';
import { CALLBACK_SECRETS, CALLBACK_URL } from './callbacks';
import {
  address,
  authentication,
  databaseUrl,
  networks,
  optional,
  port,
  portRange,
  text,
  timeZone,
  url,
  whole,
  word,
} from './values';

type Setting<Value> = {
  /** One sentence with unit and range: the table in `docs/settings.md` is made of these. */
  readonly meaning: string;
  /** As it would be written; '' where there is none. */
  readonly fallback: string;
  readonly read: z.ZodType<Value, string>;
};

function setting<Value>(fallback: string, read: z.ZodType<Value, string>, meaning: string): Setting<Value> {
  return { fallback, read, meaning };
}

/** Every setting, with its default, its range and its meaning. */
export const SETTINGS = {
  PARLEY_HTTP_HOST: setting('127.0.0.1', address, 'Address that the API listens on.'),
  PARLEY_HTTP_PORT: setting('8080', whole(0, 65_535), 'Port of the API; 0: any free one.'),
  PARLEY_AUTH: setting(
    'none',
    authentication,
    'How clients show who they are: `none` (loopback only), `token`, `signature`, or several of them with commas.',
  ),
  PARLEY_APPS: setting(
    '',
    optional(text),
    'JSON file with the applications, see [docs/security.md](docs/security.md); without it there is one, `default`, with no token.',
  ),
  PARLEY_SIGNATURE_WINDOW_SECONDS: setting(
    '300',
    whole(1, 3600),
    'Seconds by which the `Timestamp` of a signed request may be off, 1 to 3600.',
  ),
  PARLEY_TRUSTED_PROXIES: setting(
    '',
    z.union([z.literal('').transform((): string[] => []), networks]),
    'Addresses and networks of proxies, with commas; only they are believed what `X-Forwarded-For` says.',
  ),
  PARLEY_RATE_LIMIT: setting(
    '200',
    whole(0, 100_000),
    'Requests per second that one client, a token at an address, may send on average, and twice as many at once; 0: any number.',
  ),
  PARLEY_SIP_HOST: setting(
    '127.0.0.1',
    address,
    'Address that Asterisk takes SIP calls on; `0.0.0.0` lets telephones of the network in.',
  ),
  PARLEY_SIP_PORT: setting('5060', port, 'Its SIP port, UDP and TCP.'),
  PARLEY_ARI_PORT: setting('8088', port, 'Its ARI port, on loopback.'),
  PARLEY_RTP_PORTS: setting('20000-29999', portRange, 'Its UDP ports for audio; a call takes two.'),
  PARLEY_DATA: setting(
    './data',
    text,
    'Folder for everything that is kept: the store, passwords, logs of Asterisk.',
  ),
  PARLEY_DATABASE_URL: setting(
    '',
    optional(databaseUrl),
    'PostgreSQL database that the store is kept in, `postgresql://user:password@host:port/database`; without it the store is an SQLite file in `PARLEY_DATA`.',
  ),
  PARLEY_PLANS: setting(
    './plans',
    text,
    'Folder with the plans of the application `default`: enqueue documents `<name>.xml`.',
  ),
  PARLEY_SOUNDS: setting(
    '',
    optional(text),
    'Folder with the sounds of each application, which Asterisk has to be able to read; without it `sounds` in `PARLEY_DATA`.',
  ),
  PARLEY_ARI_URL: setting(
    '',
    optional(url),
    'Base URL of an Asterisk that runs already, for example `http://127.0.0.1:8088`; the settings of SIP, ARI and RTP above are not used then.',
  ),
  PARLEY_ARI_USER: setting('', optional(text), 'Its user in `ari.conf`.'),
  PARLEY_ARI_PASSWORD: setting(
    '',
    optional(text.transform((value) => new Secret(value))),
    'The password of that user.',
  ),
  PARLEY_ARI_APP: setting('parley', word, 'Name of the Stasis application.'),
  PARLEY_ARI_DEADLINE_MS: setting(
    '4000',
    whole(100, 60_000),
    'Milliseconds that Asterisk may take to answer a request.',
  ),
  PARLEY_TRUNK: setting(
    'parley-trunk',
    word.transform((value) => (value === 'none' ? null : value)),
    'PJSIP endpoint through which outside numbers are called; `none`: no outside calls.',
  ),
  PARLEY_SIP_REALM: setting('asterisk', word, 'Realm of SIP passwords: `default_realm` of `pjsip.conf`.'),
  PARLEY_MUSIC_CLASS: setting('default', word, 'Music-on-hold class for those who wait or are on hold.'),
  PARLEY_SILENCE_CLASS: setting(
    'parley-silence',
    word,
    'Music-on-hold class that is silence, for those who may not hear.',
  ),
  PARLEY_RINGBACK_CLASS: setting('parley-ringback', word, 'Music-on-hold class that is the ringing tone.'),
  PARLEY_ASTERISK_SOUNDS: setting(
    '/usr/share/asterisk/sounds',
    text,
    "Folder of Asterisk's own sounds, for those that are played over and over.",
  ),
  PARLEY_KEEPALIVE_SECONDS: setting(
    '300',
    whole(10, 86_400),
    'Seconds after which an agent without a keepalive is logged out, 10 to 86400.',
  ),
  PARLEY_MISS_PAUSE_SECONDS: setting(
    '5',
    whole(0, 3600),
    'Seconds for which the queue leaves an agent alone who did not take a call; 0: not at all.',
  ),
  PARLEY_OWN_RING_SECONDS: setting(
    '45',
    whole(1, 300),
    "Seconds for which an agent's own phone rings when the agent calls somebody or joins a talk.",
  ),
  PARLEY_EXPLAIN_DAYS: setting(
    '30',
    whole(1, 3650),
    'Days for which it can be asked why a past call went to whom it went.',
  ),
  PARLEY_DRAIN: setting(
    'none',
    z.enum(['none', 'calls']),
    'What a stop waits for: `none`, the next start takes live calls over; `calls`, until all conversations and queue tasks have ended.',
  ),
  PARLEY_TIME_ZONE: setting(
    'Asia/Shanghai',
    timeZone,
    'Time zone of the times of members and of signed requests, an IANA name.',
  ),
  PARLEY_KEEP_DAYS: setting(
    '0',
    whole(0, 36_500),
    'Days for which conversations, queue tasks and calls are kept after their end; 0: for ever.',
  ),
  PARLEY_CALLBACK_URL: setting(
    '',
    optional(CALLBACK_URL),
    'Where the events of the application `default` are sent; other applications have theirs in `PARLEY_APPS`.',
  ),
  PARLEY_CALLBACK_SECRETS: setting(
    '',
    optional(CALLBACK_SECRETS),
    'What they are signed with: `whsec_` and 24 to 64 bytes in base64; two with a comma while one takes the place of the other.',
  ),
  PARLEY_CALLBACK_NETWORKS: setting(
    'any',
    z.enum(['any', 'public']),
    'Where events may be sent: `public` refuses callback URLs that lead into private networks.',
  ),
  PARLEY_CELL: setting('default', word, 'Name of this service and its Asterisk among several that share a store.'),
  PARLEY_LOG_LEVEL: setting('info', z.enum(LOG_LEVELS), 'What is logged: `error`, `warn` or `info`.'),
} as const;

export type Values = { readonly [Name in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[Name]['read']> };
