import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readConfig, type Config } from '../src/config';
import { provideAsterisk } from './asterisk/asterisk-program';
import { startChild, type Child } from './asterisk/child-process';
import { freePort, refuseTakenPorts, type WantedPort } from './asterisk/free-ports';
import { keepPasswords, startParleyAsterisk } from './asterisk/parley-asterisk';

const PROJECT_ROOT = resolve(__dirname, '..', '..');
const READY_MS = 60_000;
const STOP_MS = 15_000;

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
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A second signal ends this process at once, and the kernel everything that it started.
    process.once(signal, () => {
      console.log('stopping');
      void stopAll().then(() => process.exit(0));
    });
  }
  const given = readConfig(process.env);
  const http = { ...given.http, port: given.http.port || (await freePort(given.http.host)) };
  const config = { ...given, http };
  await refuseTakenPorts(wantedPorts(config));

  const ari = config.ari === null ? await startOwnAsterisk(config) : {};
  const service = startService({ ...ari, PARLEY_HTTP_PORT: String(http.port) });
  await untilReady(config, service);
  if (stopping === undefined) greet(config);
}

type Environment = Readonly<Record<string, string>>;

/** Resolves with what the service has to know about it. */
async function startOwnAsterisk(config: Config): Promise<Environment> {
  const { sip, ariPort, rtpPorts, ariApplication, sipRealm } = config;
  const dataDir = resolve(PROJECT_ROOT, config.dataFolder);
  const program = await provideAsterisk(PROJECT_ROOT, (line) => console.log(line));
  const passwords = await keepPasswords(dataDir);
  const ari = { ariHost: '127.0.0.1', ariPort, ariUser: 'parley' };
  const asterisk = await startParleyAsterisk(program, PROJECT_ROOT, {
    sipHost: sip.host,
    sipPort: sip.port,
    rtpPorts,
    dataDir,
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
  };
}

function startService(changes: Environment): Child {
  const service = startChild(process.execPath, [join(PROJECT_ROOT, 'dist/src/main.js')], {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...changes },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  started.push(() => service.stop(STOP_MS));
  void service.exited.then((code) => fail(`the service ended (${code ?? 'killed'})`));
  return service;
}

/** @throws Error when it is not ready in time. Returns early when the service has ended or everything is being stopped. */
async function untilReady(config: Config, service: Child): Promise<void> {
  const giveUpAt = Date.now() + READY_MS;
  let last = 'no answer';
  while (service.isRunning() && stopping === undefined) {
    try {
      const answer = await fetch(`${baseUrl(config)}/readyz`, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok) return;
      last = await answer.text();
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > giveUpAt) throw new Error(`the service is not ready after ${READY_MS / 1000} s: ${last}`);
    await wait(50);
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

/** Where this machine reaches the service, which may listen on all of its addresses. */
function baseUrl({ http }: Config): string {
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[http.host] ?? http.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${http.port}`;
}

/** Where telephones register: an address of this machine in place of "all of them". */
function sipAddress({ sip }: Config): string {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const outside = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  return `${sip.host === '0.0.0.0' ? (outside ?? '127.0.0.1') : sip.host}:${sip.port}`;
}

function greet(config: Config): void {
  const url = `${baseUrl(config)}/v1/callcenter`;
  const json = "-H 'Content-Type: application/json'";
  console.log(`
Parley is ready: ${baseUrl(config)}${config.ari === null ? `   SIP: ${sipAddress(config)} (UDP, TCP)` : ''}

An account for a telephone, to register as 100001:
  curl -s ${url}/extension ${json} -d '{"type":"1","user":"100001","password":"talk2me"}'
An agent at that telephone (put in the id that came back); then dial 7alice from another one:
  curl -s ${url}/agent ${json} -d '{"name":"alice","state":"idle","extension":"<id>"}'
Who is talking:
  curl -s ${url}/conversation

Ctrl-C stops everything.
`);
}

/** Says what went wrong, unless it is what stopping looks like, and stops the rest. */
function fail(problem: string): void {
  if (stopping !== undefined) return;
  console.error(problem);
  void stopAll().finally(() => process.exit(1));
}

main().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
