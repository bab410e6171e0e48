import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PROJECT_ROOT } from './project-root';
import { readConfig, type Config } from '../src/config/config';
import { readPlans } from '../src/config/plans';
import { endAtNext } from '../src/next-signal';
import { DEFAULT_APP } from '../src/domain/ids';
import { provideAsterisk } from './asterisk/asterisk-program';
import { startChild, type Child } from './asterisk/child-process';
import { freePort, refuseTakenPorts, type WantedPort } from './asterisk/free-ports';
import { keepPasswords, startParleyAsterisk } from './asterisk/parley-asterisk';
import { claimDataFolder } from './data-folder';
import { baseUrl, greeting } from './greeting';
import { whyNotAgain } from './service-ends';

const READY_MS = 60_000;
const STOP_MS = 15_000;
const ASK_AGAIN_MS = 100;
/** Nobody has to read why it is not ready yet when that takes a moment only. */
const PATIENCE_MS = 3_000;
/** Before the service is started again. */
const PAUSE_MS = 1_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Everything that was started, to be stopped in reverse. */
const started: (() => Promise<void>)[] = [];
let stopping: Promise<void> | undefined;

function stopAll(): Promise<void> {
  stopping ??= (async () => {
    for (const stop of started.reverse()) await stop();
  })();
  return stopping;
}

async function main(): Promise<void> {
  const given = readConfig(process.env);
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      endAtNext(SIGNALS); // And the kernel ends everything that this process has started.
      console.log(given.drain === 'calls' ? 'stopping when all calls have ended; once more: at once' : 'stopping');
      void stopAll().then(() => process.exit(0));
    });
  }
  const http = { ...given.http, port: given.http.port || (await freePort(given.http.host)) };
  const config = { ...given, http };
  readPlans(resolve(PROJECT_ROOT, config.plansFolder), DEFAULT_APP); // What is wrong with them is said at once.
  await claimDataFolder(resolve(PROJECT_ROOT, config.dataFolder));
  await refuseTakenPorts(wantedPorts(config));

  const ari = config.ari === null ? await startOwnAsterisk(config) : {};
  await keepService(config, { ...ari, PARLEY_HTTP_PORT: String(http.port) });
}

type Environment = Readonly<Record<string, string>>;

/** Resolves with what the service has to know about it. */
async function startOwnAsterisk(config: Config): Promise<Environment> {
  const { sip, ariPort, rtpPorts, ariApplication, sipRealm } = config;
  const dataDir = resolve(PROJECT_ROOT, config.dataFolder);
  const program = await provideAsterisk(PROJECT_ROOT, (line) => console.log(line));
  process.umask(0o077); // Asterisk's logs say who called whom.
  const passwords = await keepPasswords(dataDir);
  const ari = { ariHost: '127.0.0.1', ariPort, ariUser: 'parley' };
  const asterisk = await startParleyAsterisk(program, PROJECT_ROOT, {
    sipHost: sip.host,
    sipPort: sip.port,
    rtpPorts,
    dataDir,
    soundsDir: resolve(PROJECT_ROOT, config.soundsFolder),
    application: ariApplication,
    realm: sipRealm,
    ...ari,
    ...passwords,
  });
  started.push(() => asterisk.stop());
  console.log(`${program.version} is up`);
  void asterisk.exited.then((code) => {
    fail(`Asterisk ended (${code ?? 'killed'}); its log is ${join(asterisk.files.state, 'log/messages')}`);
  });
  return {
    PARLEY_ARI_URL: `http://${ari.ariHost}:${ari.ariPort}`,
    PARLEY_ARI_USER: ari.ariUser,
    PARLEY_ARI_PASSWORD: passwords.ariPassword,
    PARLEY_ASTERISK_SOUNDS: join(program.data, 'sounds'),
  };
}

/**
 * Runs the service, and starts it again when it ends: calls live in Asterisk and go on meanwhile. Returns when everything
 * is being stopped.
 *
 * @throws Error when it does not get ready the first time, or starting it again has no use.
 */
async function keepService(config: Config, changes: Environment): Promise<void> {
  let service = startService(changes);
  started.push(() => service.stop(config.drain === 'calls' ? null : STOP_MS));
  await untilReady(config, service, READY_MS);
  if (service.isRunning() && stopping === undefined) console.log(greeting(config));
  const wasReady = service.isRunning();

  const ends: number[] = [];
  for (;;) {
    const code = await service.exited;
    if (stopping !== undefined) return;
    ends.push(performance.now());
    const ended = `the service ended (${code ?? 'killed'})`;
    if (!wasReady) throw new Error(ended);
    const whyNot = whyNotAgain(code, ends);
    if (whyNot !== undefined) throw new Error(`${ended}, and is not started again: ${whyNot}`);

    console.error(`${ended}; starting it again. Asterisk goes on, and so do its calls.`);
    await wait(PAUSE_MS);
    if (stopping !== undefined) return;
    service = startService(changes);
    await untilReady(config, service, Infinity);
    if (service.isRunning() && stopping === undefined) console.log('the service is ready again');
  }
}

function startService(changes: Environment): Child {
  return startChild(process.execPath, [join(PROJECT_ROOT, 'dist/src/main.js')], {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...changes },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/**
 * Tells what is in the way when it takes long. Returns early when the service has ended or everything is being stopped.
 * @throws Error when it is not ready in time.
 */
async function untilReady(config: Config, service: Child, limitMs: number): Promise<void> {
  const since = performance.now();
  let told: string | undefined;
  while (service.isRunning() && stopping === undefined) {
    const obstacle = await whyNotReady(config);
    if (obstacle === undefined) return;
    const waited = performance.now() - since;
    if (waited > limitMs) throw new Error(`given up after ${limitMs / 1000} s: ${obstacle}`);
    if (waited > PATIENCE_MS && obstacle !== told) console.log(`waiting: ${(told = obstacle)}`);
    await wait(ASK_AGAIN_MS);
  }
}

/** What the service says is in the way; undefined when it is ready. */
async function whyNotReady(config: Config): Promise<string | undefined> {
  try {
    const answer = await fetch(`${baseUrl(config)}/readyz`, {
      headers: { 'accept-language': 'en' },
      signal: AbortSignal.timeout(2_000),
    });
    return answer.ok ? undefined : ((await answer.json()) as { msg: string }).msg;
  } catch {
    return 'the service does not answer yet';
  }
}

function wantedPorts({ http, sip, ariPort, ari }: Config): readonly WantedPort[] {
  const api = { protocol: 'tcp', ...http, setting: 'PARLEY_HTTP_PORT' } as const;
  if (ari !== null) return [api];
  return [
    api,
    { protocol: 'udp', ...sip, setting: 'PARLEY_SIP_PORT' },
    { protocol: 'tcp', ...sip, setting: 'PARLEY_SIP_PORT' },
    { protocol: 'tcp', host: '127.0.0.1', port: ariPort, setting: 'PARLEY_ARI_PORT' },
  ];
}

/** Says what went wrong, unless it is what stopping looks like, and stops the rest. */
function fail(problem: string): void {
  if (stopping !== undefined) return;
  console.error(problem);
  void stopAll().finally(() => process.exit(1));
}

main().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
