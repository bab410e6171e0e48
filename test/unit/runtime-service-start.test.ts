import { MemoryStorage } from '../../src/adapters/storage/memory-storage';
import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import type { Restored } from '../../src/ports/storage';
import type { TelephonySignal } from '../../src/ports/telephony';
import { Service } from '../../src/runtime/service';
import { settled, VirtualTime } from '../simulation/virtual-time';
import { aTelephony, counting, silent, unmeasured, untold } from '../support/fakes';
import { APP, SETTINGS } from '../support/worlds';

test('given a store that is slow to open, when Asterisk is connected before that, then the service becomes ready', async () => {
  const time = new VirtualTime();
  const listeners = new Set<(signal: TelephonySignal) => void>();
  let open = (): void => undefined;
  class SlowToOpen extends MemoryStorage {
    override async open(): Promise<Restored> {
      await new Promise<void>((resolve) => (open = resolve));
      return super.open();
    }
  }
  const starting = Service.start({
    storage: new SlowToOpen(),
    telephony: aTelephony({
      onSignal: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    }),
    clock: time.clockOf('service'),
    chance: counting,
    logger: silent,
    parseXml,
    settings: SETTINGS,
    applications: new Set([APP]),
    plans: [],
    metrics: unmeasured,
    ...untold,
    explainDays: 30,
    keepDays: 365,
    die: (reason) => {
      throw reason;
    },
  });

  for (const listener of listeners) listener({ type: 'connected' });
  open();
  await settled();
  await time.idle(100);
  const service = await starting;
  await time.idle(100);

  expect(service.obstacles()).toEqual([]);
  expect(listeners.size).toBe(1);
});
