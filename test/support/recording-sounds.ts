import type { AppId } from '../../src/domain/ids';
import type { SoundFile, Sounds } from '../../src/ports/sounds';

type Kept = SoundFile & { readonly app: AppId };

/** Has what a test puts into `files`, and remembers what it is asked to put and to remove. */
export class RecordingSounds implements Sounds {
  readonly files: Kept[] = [];
  readonly asked: { readonly app: AppId; readonly name: string; readonly content?: Buffer }[] = [];
  /** What it throws instead of keeping anything. */
  refusal: Error | undefined;

  async list(app: AppId): Promise<readonly SoundFile[]> {
    return this.files.filter((each) => each.app === app).map(withoutApp);
  }

  async find(app: AppId, name: string): Promise<SoundFile | undefined> {
    return (await this.list(app)).find((each) => each.name === name);
  }

  async put(app: AppId, name: string, content: Uint8Array): Promise<SoundFile> {
    this.asked.push({ app, name, content: Buffer.from(content) });
    if (this.refusal !== undefined) throw this.refusal;
    return { name, bytes: content.length, seconds: 1.5 };
  }

  async remove(app: AppId, name: string): Promise<boolean> {
    this.asked.push({ app, name });
    return (await this.find(app, name)) !== undefined;
  }
}

function withoutApp({ name, bytes, seconds }: Kept): SoundFile {
  return { name, bytes, seconds };
}
