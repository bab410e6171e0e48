import type { Restored } from '../../src/ports/storage';
import type { TelephonySignal } from '../../src/ports/telephony';
import { Service } from '../../src/runtime/service';
import { settled, VirtualTime } from '../simulation/virtual-time';
import { aTelephony, quietSurroundings } from '../support/fakes';
import { MemoryStorage } from '../support/memory-storage/memory-storage';

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
    ...quietSurroundings,
    storage: new SlowToOpen(),
    telephony: aTelephony({
      onSignal: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    }),
    clock: time.clockOf('service'),
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
