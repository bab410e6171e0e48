import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import type { Application, WayOfAuthentication } from '../adapters/http/http-settings';
import { isLoopback } from '../adapters/http/networks';
import { DEFAULT_APP, type TrunkId } from '../domain/ids';
import type { Callback } from '../ports/events';
import type { Secret } from '../ports/secret';
import { readApplications, type ConfiguredApplication } from './applications';
import { callbacksOf } from './callbacks';
import { SETTINGS, type Values } from './settings';

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

const configOf = (
  values: Values,
  applications: readonly ConfiguredApplication[],
  callbacks: readonly Callback[],
) =>
  ({
    http: { host: values.PARLEY_HTTP_HOST, port: values.PARLEY_HTTP_PORT },
    authentication: values.PARLEY_AUTH,
    applications,
    signatureWindowSeconds: values.PARLEY_SIGNATURE_WINDOW_SECONDS,
    trustedProxies: values.PARLEY_TRUSTED_PROXIES,
    /** 0: any number. */
    requestsPerSecond: values.PARLEY_RATE_LIMIT,
    callbacks,
    callbackNetworks: values.PARLEY_CALLBACK_NETWORKS,
    sip: { host: values.PARLEY_SIP_HOST, port: values.PARLEY_SIP_PORT },
    ariPort: values.PARLEY_ARI_PORT,
    rtpPorts: values.PARLEY_RTP_PORTS,
    dataFolder: values.PARLEY_DATA,
    /** PostgreSQL; null: an SQLite file in the data folder. */
    databaseUrl: values.PARLEY_DATABASE_URL,
    plansFolder: values.PARLEY_PLANS,
    soundsFolder: values.PARLEY_SOUNDS ?? soundsIn(values.PARLEY_DATA),
    asteriskSoundsFolder: values.PARLEY_ASTERISK_SOUNDS,
    /** An Asterisk that runs already; null: `scripts/start` starts one. */
    ari: asteriskOf(values),
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
    /** Null: for ever. */
    keepDays: values.PARLEY_KEEP_DAYS || null,
    timeZone: values.PARLEY_TIME_ZONE,
    cell: values.PARLEY_CELL,
    logLevel: values.PARLEY_LOG_LEVEL,
  }) as const;

export type Config = ReturnType<typeof configOf>;

type OwnAsterisk = { readonly url: string; readonly user: string; readonly password: Secret };

function asteriskOf({
  PARLEY_ARI_URL: url,
  PARLEY_ARI_USER: user,
  PARLEY_ARI_PASSWORD: password,
}: Values): OwnAsterisk | null {
  return url === null ? null : { url, user: user!, password: password! };
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
  if (ways.includes('none') && host !== undefined && !isLoopback(host)) {
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
  if (!applications.some(({ id }) => id === DEFAULT_APP)) {
    problems.push(`PARLEY_AUTH is none, but PARLEY_APPS has no application ${DEFAULT_APP} to act in`);
  }
}

/** The usual folder may be missing, as there may be no plans; one that somebody names may not. */
function checkPlans(env: Environment, { PARLEY_PLANS: folder }: Partial<Values>, problems: string[]): void {
  if (env['PARLEY_PLANS'] && folder !== undefined && !existsSync(folder)) {
    problems.push(`PARLEY_PLANS: there is no folder ${folder}`);
  }
}

function soundsIn(dataFolder: string): string {
  return join(dataFolder, 'sounds');
}

/** Paths stand in Asterisk's configuration, and in its lists of what to play. */
function checkSounds(
  { PARLEY_SOUNDS: sounds, PARLEY_DATA: data, PARLEY_ASTERISK_SOUNDS: asterisk }: Partial<Values>,
  problems: string[],
): void {
  const folders = {
    ...(sounds ? { PARLEY_SOUNDS: sounds } : {}),
    ...(sounds === null && data !== undefined ? { PARLEY_DATA: soundsIn(data) } : {}),
    ...(asterisk === undefined ? {} : { PARLEY_ASTERISK_SOUNDS: asterisk }),
  };
  for (const [name, folder] of Object.entries(folders)) {
    const odd = /[,;*?[\]{}|<>"\\\p{Cc}]/u.exec(resolve(folder));
    if (odd) problems.push(`${name}: Asterisk cannot use ${folder}, which has a ${JSON.stringify(odd[0])} in it`);
  }
}
