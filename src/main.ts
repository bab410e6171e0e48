import { winstonLogger } from './adapters/system/winston-logger';
import { systemClock } from './adapters/system/node-system';
import { keepYoungObjectsYoung } from './adapters/system/v8-heap';
import { startApp, type App } from './app';
import { ConfigProblems, readConfig, type Config } from './config/config';
import { PlansUnusable } from './config/plans';
import { endAtNext } from './next-signal';
import { StorageInUse, StorageUnusable, Superseded } from './ports/storage';
import { TakenOver } from './runtime/taken-over';
import { Shutdown } from './runtime/shutdown';

/** Exit codes: worth a new start; not before somebody has looked; not while another process serves. */
const [FAULT, SETTINGS, REPLACED] = [1, 2, 3] as const;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Longer than the longest ARI request may take by default. */
const SHUTDOWN_MS = 8_000;

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error;
    console.error(error.message);
    process.exit(SETTINGS);
  }
}

async function main(): Promise<void> {
  const config = configOrExit();
  const logger = winstonLogger(config.logLevel);
  const shutdown = new Shutdown(systemClock, logger, SHUTDOWN_MS);
  const end = (reason: string, code: number): void =>
    void shutdown.run(reason).then(() => {
      process.exitCode = code;
      process.exit();
    });

  let app: App | undefined;
  const stop = async (signal: string): Promise<void> => {
    endAtNext(SIGNALS);
    if (config.drain === 'calls') await app?.drain();
    end(signal, 0);
  };
  for (const signal of SIGNALS) process.on(signal, () => void stop(signal));
  process.on('uncaughtException', (error) => {
    logger.error('a fault of ours', { error });
    end('fault', FAULT);
  });

  const { ari } = config;
  if (ari === null) {
    console.error('PARLEY_ARI_URL is needed to reach Asterisk; scripts/start starts one and sets it');
    process.exit(SETTINGS);
  }
  try {
    app = await startApp(config, ari, logger, shutdown, (reason) => {
      logger.error('this process must end', { error: reason });
      const isReplaced = reason instanceof TakenOver || reason instanceof Superseded;
      end('unusable', isReplaced ? REPLACED : FAULT);
    });
  } catch (error) {
    if (error instanceof StorageUnusable || error instanceof StorageInUse) {
      console.error(error.message);
      return end('no store', error instanceof StorageInUse ? REPLACED : SETTINGS);
    }
    if (error instanceof PlansUnusable) {
      console.error(error.message);
      return end('no plans', SETTINGS);
    }
    const { syscall, message } = error as NodeJS.ErrnoException;
    logger.error('start failed', syscall === 'listen' ? { problem: message } : { error });
    end('start failed', FAULT);
  }
}

keepYoungObjectsYoung();
void main();
