import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FloorOrder } from '../processes/floor-process';

/** The floor as a process of its own; it ends with this one. */
export class Floor {
  private constructor(private readonly child: ChildProcess) {}

  /** `ari`: its URL has `/ari` at the end. `bridge`: the type of its bridges. @throws Error when it does not come up. */
  static async start(ari: { readonly url: string; readonly password: string }, bridge: string): Promise<Floor> {
    const child = fork(join(__dirname, '../processes/floor-process.js'), {
      env: {
        ARI_URL: ari.url.replace(/\/ari$/, ''),
        ARI_USER: 'parley',
        ARI_PASSWORD: ari.password,
        BRIDGE: bridge,
      },
      detached: true, // A Ctrl-C is for this process.
    });
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the floor ended with ${String(code)}`);
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => {});
    return new Floor(child);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  order(order: FloorOrder): void {
    this.child.send(order);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }
}
