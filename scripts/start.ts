import { networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { provideAsterisk } from './asterisk/asterisk-program';
import { startChild, type Child } from './asterisk/child-process';
import { refuseTakenPorts, type WantedPort } from './asterisk/free-ports';
import { keepPasswords, startParleyAsterisk } from './asterisk/parley-asterisk';
import { readStartSettings, type StartSettings } from './asterisk/start-settings';

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
  const settings = readStartSettings(process.env, PROJECT_ROOT);
  await refuseTakenPorts(wantedPorts(settings));

  const ari = settings.ariUrl === undefined ? await startOwnAsterisk(settings) : {};
  const service = startService(ari);
  await untilReady(settings, service);
  if (stopping === undefined) greet(settings);
}

type Environment = Readonly<Record<string, string>>;

/** Resolves with what the service has to know about it. */
async function startOwnAsterisk(settings: StartSettings): Promise<Environment> {
  const { sipPort, ariPort, rtpPorts, dataDir } = settings;
  const program = await provideAsterisk(PROJECT_ROOT, (line) => console.log(line));
  const passwords = await keepPasswords(dataDir);
  const ari = { ariHost: '127.0.0.1', ariPort, ariUser: 'parley' };
  const asterisk = await startParleyAsterisk(program, PROJECT_ROOT, {
    sipHost: '0.0.0.0',
    sipPort,
    rtpPorts,
    dataDir,
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

function startService(ari: Environment): Child {
  const service = startChild(process.execPath, [join(PROJECT_ROOT, 'dist/src/main.js')], {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...ari },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  started.push(() => service.stop(STOP_MS));
  void service.exited.then((code) => fail(`the service ended (${code ?? 'killed'})`));
  return service;
}

/** @throws Error when it is not ready in time. Returns early when the service has ended or everything is being stopped. */
async function untilReady(settings: StartSettings, service: Child): Promise<void> {
  const giveUpAt = Date.now() + READY_MS;
  let last = 'no answer';
  while (service.isRunning() && stopping === undefined) {
    try {
      const answer = await fetch(`${baseUrl(settings)}/readyz`, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok) return;
      last = await answer.text();
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > giveUpAt) throw new Error(`the service is not ready after ${READY_MS / 1000} s: ${last}`);
    await wait(50);
  }
}

function wantedPorts({ httpHost, httpPort, sipPort, ariPort, ariUrl }: StartSettings): readonly WantedPort[] {
  const http = { protocol: 'tcp', host: httpHost, port: httpPort, setting: 'PARLEY_HTTP_PORT' } as const;
  if (ariUrl !== undefined) return [http];
  return [
    http,
    { protocol: 'udp', host: '0.0.0.0', port: sipPort, setting: 'PARLEY_SIP_PORT' },
    { protocol: 'tcp', host: '0.0.0.0', port: sipPort, setting: 'PARLEY_SIP_PORT' },
    { protocol: 'tcp', host: '127.0.0.1', port: ariPort, setting: 'PARLEY_ARI_PORT' },
  ];
}

/** Where this machine reaches the service, which may listen on all of its addresses. */
function baseUrl({ httpHost, httpPort }: StartSettings): string {
  const host = { '0.0.0.0': '127.0.0.1', '::': '::1' }[httpHost] ?? httpHost;
  return `http://${host.includes(':') ? `[${host}]` : host}:${httpPort}`;
}

function greet(settings: StartSettings): void {
  const url = `${baseUrl(settings)}/v1/callcenter`;
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const address = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
  const json = "-H 'Content-Type: application/json'";
  console.log(`
Parley is ready: ${baseUrl(settings)}${settings.ariUrl === undefined ? `   SIP: ${address}:${settings.sipPort} (UDP, TCP)` : ''}

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
