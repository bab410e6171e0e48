import { fstatSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';

const STANDARD_OUTPUT = 1;
const LINE_END = 0x0a;

/** Takes some of these bytes, at once, and tells how many. Throws when it can take none. */
type Put = (bytes: Buffer) => number;

/** Where the log goes. That it cannot be written, for the moment or for good, ends nobody's calls. */
export function logOutput(): Writable {
  const isFile = fstatSync(STANDARD_OUTPUT).isFile();
  const output = new LogOutput(isFile ? (bytes) => writeSync(STANDARD_OUTPUT, bytes) : intoPipe());
  process.on('exit', () => output.flush());
  return output;
}

function intoPipe(): Put {
  process.stdout.on('error', () => undefined); // Who read it has gone.
  return (bytes) => {
    process.stdout.write(bytes);
    return bytes.length;
  };
}

/**
 * Lines go out together at the end of the turn of the event loop that they were written in, because each writing costs the
 * same. A disk may become full: lines are lost then, and when there is room again it says how many.
 */
export class LogOutput extends Writable {
  private waiting = '';
  private lost = 0;

  constructor(private readonly put: Put) {
    super({ decodeStrings: false });
  }

  override _write(line: string, _encoding: BufferEncoding, done: () => void): void {
    if (this.waiting === '') setImmediate(() => this.flush());
    this.waiting += line;
    done();
  }

  /** Writes what waits for the end of the turn. */
  flush(): void {
    const lines = this.waiting;
    this.waiting = '';
    if (this.lost > 0 && this.writeLines(loss(this.lost)) === 0) this.lost = 0;
    this.lost += this.writeLines(lines);
  }

  /** Answers how many lines were not written whole. */
  private writeLines(text: string): number {
    let left = Buffer.from(text);
    try {
      while (left.length > 0) left = left.subarray(this.put(left));
    } catch {
      return left.filter((byte) => byte === LINE_END).length;
    }
    return 0;
  }
}

/** Begins a new line: of the last one, half may be there. */
function loss(count: number): string {
  const message = 'lines of the log are lost, it could not be written';
  const timestamp = new Date().toISOString();
  return `\n${JSON.stringify({ count, level: 'warn', message, timestamp })}\n`;
}
