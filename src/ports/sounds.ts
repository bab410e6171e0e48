import type { AppId } from '../domain/ids';

/** Sounds that were put into an application's folder. Those of Asterisk's own are not among them. */
export interface Sounds {
  /** In order of name. */
  list(app: AppId): Promise<readonly SoundFile[]>;

  find(app: AppId, name: string): Promise<SoundFile | undefined>;

  /**
   * Keeps it under this name, in the place of one that is there: at once, so that nobody hears half of one.
   * @throws SoundRefused when Asterisk could not play it.
   */
  put(app: AppId, name: string, content: Uint8Array): Promise<SoundFile>;

  /** False: there was none. */
  remove(app: AppId, name: string): Promise<boolean>;
}

export type SoundFile = {
  readonly name: string;
  readonly bytes: number;
  /** How long it plays; null where the file does not say. */
  readonly seconds: number | null;
};

/** Not something that Asterisk plays. The message says what is wrong with it. */
export class SoundRefused extends Error {
  override readonly name = 'SoundRefused';
}
