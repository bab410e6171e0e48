import { join, resolve } from 'node:path';
import { connectAri } from './adapters/ari/ari-connection';
import { parseExpression } from './adapters/expression/jsep-expression';
import { eventJson } from './adapters/http/event-json';
import { startHttpServer } from './adapters/http/http-server';
import { localTimeIn } from './adapters/http/local-time';
import { readNumber } from './adapters/numbers/number-plan';
import { PrometheusMetrics } from './adapters/metrics/prometheus-metrics';
import { AsteriskSounds } from './adapters/sounds/asterisk-sounds';
import { SoundFolder } from './adapters/sounds/sound-folder';
import { openSqlite } from './adapters/storage/sqlite-storage';
import { systemChance, systemClock } from './adapters/system/node-system';
import { HttpCallbacks } from './adapters/webhook/http-callbacks';
import { parseXml } from './adapters/xml/enqueue-xml';
import { DEFAULT_OUTSIDE_RULES } from './config/applications';
import type { Config } from './config/config';
import { readPlans } from './config/plans';
import { DEFAULT_APP } from './domain/ids';
import type { OutsidePolicy } from './domain/outside/outside-rules';
import type { Storage } from './ports/storage';
import type { Logger } from './ports/system';
import { Service } from './runtime/service';
import type { Shutdown } from './runtime/shutdown';

export type App = {
  readonly port: number;
  /** Takes nobody on from now on, and settles when those who are being served are through. */
  drain(): Promise<void>;
};

/** Opens the adapters, starts the service on them and registers each to be closed. `ari`: the Asterisk to use. */
export async function startApp(
  config: Config,
  ari: NonNullable<Config['ari']>,
  logger: Logger,
  shutdown: Shutdown,
  die: (reason: unknown) => void,
): Promise<App> {
  const plans = readPlans(config.plansFolder, DEFAULT_APP);
  const storage = await openStorage(config, logger);
  shutdown.register('storage', () => storage.close());
  const soundsFolder = resolve(config.soundsFolder);
  const sounds = new SoundFolder(soundsFolder, new AsteriskSounds(resolve(config.asteriskSoundsFolder)));
  const metrics = new PrometheusMetrics();
  shutdown.register('metrics', async () => metrics.close());
  const telephony = connectAri(
    {
      url: ari.url,
      user: ari.user,
      password: ari.password.reveal(),
      application: config.ariApplication,
      silenceClass: config.silenceClass,
      ringbackClass: config.ringbackClass,
      soundClassesFile: join(soundsFolder, 'musiconhold.conf'),
      realm: config.sipRealm,
      deadlineMs: config.ariDeadlineMs,
    },
    logger,
    sounds,
    metrics,
    { clock: systemClock, chance: systemChance },
  );
  shutdown.register('telephony', () => telephony.close());
  const callbacks = new HttpCallbacks(config.callbackNetworks);
  shutdown.register('callbacks', async () => callbacks.close());
  const service = await Service.start({
    storage,
    telephony,
    clock: systemClock,
    chance: systemChance,
    logger,
    parseXml,
    settings: {
      keepaliveSeconds: config.keepaliveSeconds,
      missPauseSeconds: config.missPauseSeconds,
      ownRingSeconds: config.ownRingSeconds,
      trunk: config.trunk,
      outside: outsidePolicy(config),
      musicClass: config.musicClass,
    },
    applications: new Set(config.applications.map(({ id }) => id)),
    metrics,
    plans,
    explainDays: config.explainDays,
    keepDays: config.keepDays,
    eventText: eventJson,
    callbacks,
    destinations: config.callbacks,
    die,
  });
  shutdown.register('engine', () => service.stop());
  const http = await startHttpServer(
    {
      ...config.http,
      authentication: config.authentication,
      applications: config.applications,
      trustedProxies: config.trustedProxies,
      timeZone: config.timeZone,
      signatureWindowSeconds: config.signatureWindowSeconds,
      sipRealm: config.sipRealm,
      requestsPerSecond: config.requestsPerSecond,
    },
    { callCenter: service, sounds, parseXml, parseExpression, metrics, logger, clock: systemClock },
  );
  shutdown.register('http', () => http.close());
  shutdown.register('work', () => service.finish()); // Before it, as it says no to new work meanwhile.
  logger.info('serving', { host: config.http.host, port: http.port, plans: plans.map(({ name }) => name) });
  return { port: http.port, drain: () => service.drain() };
}

/** Also for what an application has left behind that is no longer configured. */
function outsidePolicy({ applications, timeZone }: Config): OutsidePolicy {
  const rules = new Map(applications.map(({ id, outside }) => [id, outside]));
  const localTime = localTimeIn(timeZone);
  return {
    rulesOf: (app) => rules.get(app) ?? DEFAULT_OUTSIDE_RULES,
    read: readNumber,
    dayOf: (at) => localTime(at).slice(0, 'YYYY-MM-DD'.length),
  };
}

async function openStorage({ databaseUrl, dataFolder, cell }: Config, logger: Logger): Promise<Storage> {
  if (databaseUrl === null) return openSqlite(join(dataFolder, 'parley.sqlite'), cell);
  // Its client takes a tenth as long to load as everything else, and the other store is the default.
  const { openPostgres, postgresAddress } = await import('./adapters/storage/postgres-open.js');
  const address = postgresAddress(databaseUrl.reveal());
  return openPostgres(address, cell, (problem) => logger.warn('waiting for the store', { problem }));
}
