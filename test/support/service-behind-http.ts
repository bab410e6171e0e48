import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import type { AppId } from '../../src/domain/ids';
import { emptyWorld } from '../../src/domain/world';
import type { Telephony, TelephonySignal } from '../../src/ports/telephony';
import type { Batch, Storage } from '../../src/ports/storage';
import { Service, type Surroundings } from '../../src/runtime/service';
import { eventually } from '../../scripts/phone-farm/eventually';
import { aTelephony, counting, silent, standingClock, unmeasured, untold } from './fakes';
import { MemoryStorage } from './memory-storage/memory-storage';
import { seen } from './phone-system-views';
import { aBatch } from '../contract/storage-objects';
import { SETTINGS } from './worlds';

/** In what it is another than most. */
type Around = Partial<
  Pick<Surroundings, 'callbacks' | 'clock' | 'destinations' | 'logger' | 'metrics' | 'plans' | 'settings'>
> & {
  readonly telephony?: Partial<Telephony>;
};

/**
 * The real service that has found these things in its store, on a phone system that has all that belongs to them. Stop
 * it in the end.
 */
export async function aServiceWith(
  stored: Partial<Batch> & Pick<Batch, 'changes'>,
  applications: readonly AppId[],
  { storage = new MemoryStorage(), ...around }: Around & { readonly storage?: Storage } = {},
): Promise<Service> {
  return (await aServiceOn(await aStoreWith(stored, storage), applications, around)).service;
}

export async function aStoreWith(
  stored: Partial<Batch> & Pick<Batch, 'changes'>,
  storage: Storage = new MemoryStorage(),
): Promise<Storage> {
  await storage.open();
  await storage.commit(aBatch(1, stored));
  return storage;
}

/** The real service on this store, on a phone system that has all that belongs to what is in it, and tells what it is told to tell. */
export async function aServiceOn(
  storage: Storage,
  applications: readonly AppId[],
  { settings = SETTINGS, telephony = {}, ...around }: Around = {},
): Promise<{ readonly service: Service; readonly tell: (signal: TelephonySignal) => void }> {
  let tell: (signal: TelephonySignal) => void = () => undefined;
  let world = emptyWorld(settings);
  const service = await Service.start({
    storage,
    telephony: aTelephony({
      alive: async () => ({ ...seen(world), callers: [] }),
      onSignal: (listener) => {
        tell = listener;
        return () => undefined;
      },
      ...telephony,
    }),
    clock: standingClock,
    chance: counting,
    logger: silent,
    parseXml,
    settings,
    applications: new Set(applications),
    metrics: unmeasured,
    plans: [],
    explainDays: 30,
    keepDays: null,
    ...untold,
    ...around,
    die: (reason) => {
      throw reason;
    },
  });
  ({ world } = service);
  tell({ type: 'connected' });
  await eventually(
    () => service.obstacles().length === 0,
    5_000,
    () => JSON.stringify(service.obstacles()),
  );
  return { service, tell };
}
