import type { AppId } from '../../domain/ids';
import type { Sound } from '../../domain/queue/enqueue-sound';
import { ToldLately } from '../../domain/told-lately';
import type { SoundFiles } from '../../ports/sounds';
import type { Logger } from '../../ports/system';

/** Where sounds are. What is missing is logged and goes without: each once a minute, however many calls want it. */
export class SoundPaths {
  private readonly told = new ToldLately();

  constructor(
    private readonly files: SoundFiles,
    private readonly logger: Logger,
  ) {}

  /** Null: there is no such sound, or it cannot be looked for. */
  async find(app: AppId, sound: Sound): Promise<readonly string[] | null> {
    try {
      const location = await this.files.locate(app, sound);
      if ('paths' in location) return location.paths;
      this.tell('a sound is missing and is left out', { app, sound, nearest: location.nearest });
    } catch (error) {
      this.tell('a sound cannot be looked for and is left out', { app, sound, error });
    }
    return null;
  }

  private tell(
    message: string,
    about: { readonly app: AppId; readonly sound: Sound; [more: string]: unknown },
  ): void {
    if (this.told.isNew(`${about.app}/${about.sound}`, performance.now())) this.logger.warn(message, about);
  }
}
