import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

const STANDARD_OUTPUT = 1;

/** Where the log goes. That it cannot be written, for the moment or for good, ends nobody's calls. */
export function logOutput(): Writable {
  if (fstatSync(STANDARD_OUTPUT).isFile()) return new FileOutput(STANDARD_OUTPUT);
  process.stdout.on('error', () => undefined); // Who read it has gone.
  return process.stdout;
}

/** A file whose disk may become full: lines are lost then, and when there is room again it says how many. */
export class FileOutput extends Writable {
  private lost = 0;

  constructor(
    private readonly file: number,
    private readonly put: (file: number, bytes: Buffer) => number = writeSync,
  ) {
    super({ decodeStrings: false });
  }

  override _write(line: string, _encoding: BufferEncoding, done: () => void): void {
    try {
      this.writeWhole(this.lost === 0 ? line : `${this.loss()}${line}`);
      this.lost = 0;
    } catch {
      this.lost++;
    }
    done();
  }

  /** Begins a new line: of the last one, half may be there. */
  private loss(): string {
    const message = 'lines of the log are lost, it could not be written';
    const timestamp = new Date().toISOString();
    return `\n${JSON.stringify({ count: this.lost, level: 'warn', message, timestamp })}\n`;
  }

  private writeWhole(text: string): void {
    for (let left = Buffer.from(text); left.length > 0;) left = left.subarray(this.put(this.file, left));
  }
}
