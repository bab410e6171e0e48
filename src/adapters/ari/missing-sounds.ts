import type { AppId } from '../../domain/ids';
import type { Sound } from '../../domain/queue/enqueue-sound';
import type { Logger } from '../../ports/system';

const SILENT_MS = 60_000;

/** Says which sounds are asked for and missing: each once a minute, however many calls want it. */
export class MissingSounds {
  private readonly told = new Map<string, number>();

  constructor(private readonly logger: Logger) {}

  /** `nearest`: the one that may have been meant; null: there is none. */
  tell(app: AppId, sound: Sound, nearest: string | null): void {
    const now = performance.now();
    const key = `${app}/${sound}`;
    if (now - (this.told.get(key) ?? -Infinity) < SILENT_MS) return;
    for (const [each, at] of this.told) if (now - at >= SILENT_MS) this.told.delete(each);
    this.told.set(key, now);
    this.logger.warn('a sound is missing and is left out', { app, sound, nearest });
  }
}
