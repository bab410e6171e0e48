import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DEFAULT_APPLICATION, type Application, type WayOfAuthentication } from './adapters/http/http-settings';
import { LOG_LEVELS, type LogLevel } from './adapters/system/winston-logger';
import type { CallbackNetworks } from './adapters/webhook/http-callbacks';
import { readApplications, type ConfiguredApplication } from './applications';
import { CALLBACK_SECRETS, CALLBACK_URL, callbacksOf } from './callback-config';
import type { TrunkId } from './domain/ids';
import type { Callback } from './ports/events';
import { Secret } from './ports/secret';
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
} from './setting-values';

type Setting<Value> = {
  /** One sentence with unit and range: the table in the README is made of these. */
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

type Values = { readonly [Name in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[Name]['read']> };

export type Config = {
  readonly http: { readonly host: string; readonly port: number };
  readonly authentication: readonly WayOfAuthentication[];
  readonly applications: readonly ConfiguredApplication[];
  readonly callbacks: readonly Callback[];
  readonly callbackNetworks: CallbackNetworks;
  readonly signatureWindowSeconds: number;
  readonly trustedProxies: readonly string[];
  /** 0: any number. */
  readonly requestsPerSecond: number;
  readonly sip: { readonly host: string; readonly port: number };
  readonly ariPort: number;
  readonly rtpPorts: { readonly from: number; readonly to: number };
  readonly dataFolder: string;
  /** PostgreSQL; null: an SQLite file in the data folder. */
  readonly databaseUrl: Secret | null;
  readonly plansFolder: string;
  readonly soundsFolder: string;
  readonly asteriskSoundsFolder: string;
  /** An Asterisk that runs already; null: `scripts/start` starts one. */
  readonly ari: { readonly url: string; readonly user: string; readonly password: Secret } | null;
  readonly ariApplication: string;
  readonly ariDeadlineMs: number;
  readonly trunk: TrunkId | null;
  readonly sipRealm: string;
  readonly musicClass: string;
  readonly silenceClass: string;
  readonly ringbackClass: string;
  readonly keepaliveSeconds: number;
  readonly missPauseSeconds: number;
  readonly ownRingSeconds: number;
  readonly explainDays: number;
  readonly drain: 'none' | 'calls';
  /** Null: for ever. */
  readonly keepDays: number | null;
  readonly timeZone: string;
  readonly cell: string;
  readonly logLevel: LogLevel;
};

/** All that is wrong with the configuration, one sentence each. */
export class ConfigProblems extends Error {
  override readonly name = 'ConfigProblems';

  constructor(readonly problems: readonly string[]) {
    super(`the configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the whole configuration. @throws ConfigProblems with everything that is wrong with it. */
export function readConfig(env: Environment): Config {
  const problems: string[] = [];
  const values: Partial<Record<string, unknown>> = {};
  for (const [name, { fallback, read }] of Object.entries(SETTINGS)) {
    const given = env[name] ?? '';
    const result = (read as z.ZodType).safeParse(given === '' ? fallback : given);
    if (result.success) values[name] = result.data;
    else problems.push(`${name} ${result.error.issues[0]!.message}`);
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith('PARLEY_') && !(name in SETTINGS)) problems.push(`${name} is no setting`);
  }
  const complete = values as Values; // Or not: who looks at it before all problems are told must bear with that.
  const applications = readApplications(complete.PARLEY_APPS ?? null, problems);
  const callbacks = callbacksOf(applications ?? [], complete, problems);
  checkAri(complete, problems);
  checkAuthentication(complete, applications, problems);
  checkPlans(env, complete, problems);
  checkSounds(complete, problems);
  if (problems.length > 0 || applications === null) throw new ConfigProblems(problems);
  return configOf(complete, applications, callbacks);
}

function configOf(
  values: Values,
  applications: readonly ConfiguredApplication[],
  callbacks: readonly Callback[],
): Config {
  const { PARLEY_ARI_URL: ariUrl, PARLEY_ARI_USER: user, PARLEY_ARI_PASSWORD: password } = values;
  return {
    http: { host: values.PARLEY_HTTP_HOST, port: values.PARLEY_HTTP_PORT },
    authentication: values.PARLEY_AUTH,
    applications,
    signatureWindowSeconds: values.PARLEY_SIGNATURE_WINDOW_SECONDS,
    trustedProxies: values.PARLEY_TRUSTED_PROXIES,
    requestsPerSecond: values.PARLEY_RATE_LIMIT,
    callbacks,
    callbackNetworks: values.PARLEY_CALLBACK_NETWORKS,
    sip: { host: values.PARLEY_SIP_HOST, port: values.PARLEY_SIP_PORT },
    ariPort: values.PARLEY_ARI_PORT,
    rtpPorts: values.PARLEY_RTP_PORTS,
    dataFolder: values.PARLEY_DATA,
    databaseUrl: values.PARLEY_DATABASE_URL,
    plansFolder: values.PARLEY_PLANS,
    soundsFolder: soundsFolder(values),
    asteriskSoundsFolder: values.PARLEY_ASTERISK_SOUNDS,
    ari: ariUrl === null ? null : { url: ariUrl, user: user!, password: password! },
    ariApplication: values.PARLEY_ARI_APP,
    ariDeadlineMs: values.PARLEY_ARI_DEADLINE_MS,
    trunk: values.PARLEY_TRUNK as TrunkId | null,
    sipRealm: values.PARLEY_SIP_REALM,
    musicClass: values.PARLEY_MUSIC_CLASS,
    silenceClass: values.PARLEY_SILENCE_CLASS,
    ringbackClass: values.PARLEY_RINGBACK_CLASS,
    keepaliveSeconds: values.PARLEY_KEEPALIVE_SECONDS,
    missPauseSeconds: values.PARLEY_MISS_PAUSE_SECONDS,
    ownRingSeconds: values.PARLEY_OWN_RING_SECONDS,
    explainDays: values.PARLEY_EXPLAIN_DAYS,
    drain: values.PARLEY_DRAIN,
    keepDays: values.PARLEY_KEEP_DAYS || null,
    timeZone: values.PARLEY_TIME_ZONE,
    cell: values.PARLEY_CELL,
    logLevel: values.PARLEY_LOG_LEVEL,
  };
}

/** Of the values, those that could not be read are missing: what depends on them is not judged. */
function checkAri(values: Partial<Values>, problems: string[]): void {
  const { PARLEY_ARI_URL: given, PARLEY_ARI_USER: user, PARLEY_ARI_PASSWORD: password } = values;
  if (given && user === null) problems.push('PARLEY_ARI_USER is needed with PARLEY_ARI_URL');
  if (given && password === null) problems.push('PARLEY_ARI_PASSWORD is needed with PARLEY_ARI_URL');
  if (given === null && user) problems.push('PARLEY_ARI_USER is for PARLEY_ARI_URL, which is not set');
  if (given === null && password) problems.push('PARLEY_ARI_PASSWORD is for PARLEY_ARI_URL, which is not set');
}

/** `applications`: null if they could not be read. */
function checkAuthentication(
  values: Partial<Values>,
  applications: readonly Application[] | null,
  problems: string[],
): void {
  const { PARLEY_HTTP_HOST: host, PARLEY_AUTH: ways } = values;
  if (ways === undefined) return;
  const isLoopback = host === undefined || host === 'localhost' || host === '::1' || host.startsWith('127.');
  if (ways.includes('none') && !isLoopback) {
    problems.push(
      `PARLEY_AUTH must be token or signature when PARLEY_HTTP_HOST is ${host}: without credentials, loopback only`,
    );
  }
  if (applications === null) return;
  if (ways.includes('none')) checkOpen(applications, problems);
  else if (!applications.some((each) => canBeUsed(each, ways))) {
    problems.push(`PARLEY_AUTH is ${ways.join(',')}, but no application in PARLEY_APPS has what that needs`);
  }
}

function canBeUsed({ tokens, secrets }: Application, ways: readonly WayOfAuthentication[]): boolean {
  return (ways.includes('token') && tokens.length > 0) || (ways.includes('signature') && secrets.length > 0);
}

function checkOpen(applications: readonly Application[], problems: string[]): void {
  if (!applications.some(({ id }) => id === DEFAULT_APPLICATION)) {
    problems.push(`PARLEY_AUTH is none, but PARLEY_APPS has no application ${DEFAULT_APPLICATION} to act in`);
  }
}

/** The usual folder may be missing, as there may be no plans; one that somebody names may not. */
function checkPlans(env: Environment, { PARLEY_PLANS: folder }: Partial<Values>, problems: string[]): void {
  if (env['PARLEY_PLANS'] && folder !== undefined && !existsSync(folder)) {
    problems.push(`PARLEY_PLANS: there is no folder ${folder}`);
  }
}

function soundsFolder({ PARLEY_SOUNDS, PARLEY_DATA }: Pick<Values, 'PARLEY_SOUNDS' | 'PARLEY_DATA'>): string {
  return PARLEY_SOUNDS ?? join(PARLEY_DATA, 'sounds');
}

/** Paths stand in Asterisk's configuration, and in its lists of what to play. */
function checkSounds(
  { PARLEY_SOUNDS, PARLEY_DATA, PARLEY_ASTERISK_SOUNDS }: Partial<Values>,
  problems: string[],
): void {
  const folders = {
    ...(PARLEY_DATA === undefined || PARLEY_SOUNDS === undefined
      ? {}
      : { PARLEY_SOUNDS: soundsFolder({ PARLEY_SOUNDS, PARLEY_DATA }) }),
    ...(PARLEY_ASTERISK_SOUNDS === undefined ? {} : { PARLEY_ASTERISK_SOUNDS }),
  };
  for (const [name, folder] of Object.entries(folders)) {
    const odd = /[,;*?[\]{}|<>"\\\p{Cc}]/u.exec(resolve(folder));
    if (odd) problems.push(`${name}: Asterisk cannot use ${folder}, which has a ${JSON.stringify(odd[0])} in it`);
  }
}
