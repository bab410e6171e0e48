import { eventually } from '../../scripts/phone-farm/eventually';
import { connectAri } from '../../src/adapters/ari/ari-connection';
import type { AriSettings } from '../../src/adapters/ari/ari-settings';
import type { AriTelephony } from '../../src/adapters/ari/ari-telephony';
import type { Clock, Logger } from '../../src/ports/system';
import { PAUSES, type AriPhoneSystem } from './ari-phone-system';
import { unmeasured } from '../support/fakes';

/** A connection of its own, and everything that it said. */
export type WatchedAri = {
  readonly telephony: AriTelephony;
  readonly said: string[];
  readonly log: string[];
  /** How long it waited before it tried again, in milliseconds, each time. */
  readonly waited: number[];
  /** Waits until it has said so once more than before. */
  readonly next: (signal: string, within?: number) => Promise<void>;
};

export function watchAri(system: AriPhoneSystem, changes: Partial<AriSettings>): WatchedAri {
  const said: string[] = [];
  const log: string[] = [];
  const waited: number[] = [];
  const write = (message: string, fields?: object): void => void log.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { info: write, warn: write, error: write };
  const after: Clock['after'] = (milliseconds, action) => {
    waited.push(milliseconds);
    return PAUSES.clock.after(milliseconds, action);
  };
  const pauses = { clock: { after }, chance: { number: () => 0 } };
  const telephony = connectAri(system.ariSettings(changes), logger, system.sounds, unmeasured, pauses);
  telephony.onSignal(({ type }) => void said.push(type));
  let seen = 0;
  const next = async (signal: string, within = 5_000): Promise<void> => {
    const at = await eventually(
      () => {
        const found = said.indexOf(signal, seen);
        return found >= 0 && { found };
      },
      within,
      () => `${signal} should be told; told was ${said.slice(seen).join(', ') || 'nothing'}`,
    );
    seen = at.found + 1;
  };
  return { telephony, said, log, waited, next };
}
