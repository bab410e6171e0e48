import type { AppId } from '../domain/ids';
import type { Sound } from '../domain/queue/enqueue-sound';
import type { Text } from '../domain/text';

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
  /** As it is kept: of what was put, the sound may have been taken without what was around it. */
  readonly bytes: number;
  /** How long it plays; null: it was put there by hand, and Asterisk does not play it. */
  readonly seconds: number | null;
};

/** Not something that Asterisk plays. The text says what is wrong with it. */
export class SoundRefused extends Error {
  override readonly name = 'SoundRefused';

  constructor(readonly text: Text) {
    super(text.en);
  }
}

/** Where Asterisk finds what it is to play, be it an application's or its own. */
export interface SoundFiles {
  locate(app: AppId, sound: Sound): Promise<SoundLocation>;

  /** Calls `listener` for each sound that is gone now, until the returned function is called. */
  onRemoved(listener: (app: AppId, sound: Sound) => void): () => void;
}

export type SoundLocation =
  /** Absolute paths as Asterisk wants them, without extensions, to be played one after the other. At least one. */
  | { readonly paths: readonly string[] }
  /** There is none. The name of one that there is and that may have been meant; null: there are none at all. */
  | { readonly nearest: string | null };
