import { WebSocket } from 'ws';

/** How many there are of each kind of object for each event, by `Socket close`. */
export type Listeners = Readonly<Record<string, number>>;

type Remote = { readonly objectId: string };

const LISTENERS = 'listeners';
/** Who may have listeners, and the names of the events that one of them, `each`, listens to. */
const LISTENED_TO = [
  [`process.getBuiltinModule('node:events').EventEmitter.prototype`, 'Object.keys(each._events ?? {})'],
  ['AbortSignal.prototype', `['abort']`],
] as const;
const COUNT = (names: string): string => `function () {
  const { getEventListeners } = process.getBuiltinModule('node:events');
  const named = (each, name) => [each.constructor?.name + ' ' + name, getEventListeners(each, name).length];
  return this.flatMap((each) => ${names}.map((name) => named(each, name)));
}`;

/** Asks a Node process that was started with `--inspect` about itself, as its developer tools do. */
export class Inspector {
  private asked = 0;
  private readonly waiting = new Map<number, (result: unknown) => void>();

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const { id, result } = JSON.parse(data.toString()) as { readonly id?: number; readonly result?: unknown };
      if (id === undefined) return;
      this.waiting.get(id)?.(result);
      this.waiting.delete(id);
    });
  }

  static async connect(port: number): Promise<Inspector> {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [target] = (await response.json()) as readonly { readonly webSocketDebuggerUrl: string }[];
    const socket = new WebSocket(target!.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return new Inspector(socket);
  }

  /** Bytes of the heap that are in use after everything that can be collected was collected. */
  async heapInUse(): Promise<number> {
    await this.ask('HeapProfiler.collectGarbage');
    await this.ask('HeapProfiler.collectGarbage'); // What the first one has finalised goes with the second.
    return ((await this.ask('Runtime.getHeapUsage')) as { readonly usedSize: number }).usedSize;
  }

  /** What keeps the process alive, by kind: timers, sockets and so on. */
  async resources(): Promise<Readonly<Record<string, number>>> {
    const answer = (await this.ask('Runtime.evaluate', {
      expression: 'JSON.stringify(process.getActiveResourcesInfo())',
    })) as { readonly result: { readonly value: string } };
    const counts: Record<string, number> = {};
    for (const kind of JSON.parse(answer.result.value) as readonly string[])
      counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  /** Of everything that is still in memory after what can be collected was collected. */
  async listeners(): Promise<Listeners> {
    await this.heapInUse();
    const listeners: Record<string, number> = {};
    for (const [prototype, names] of LISTENED_TO) {
      const { result } = (await this.ask('Runtime.evaluate', {
        expression: prototype,
        objectGroup: LISTENERS,
      })) as { readonly result: Remote };
      const { objects } = (await this.ask('Runtime.queryObjects', {
        prototypeObjectId: result.objectId,
        objectGroup: LISTENERS,
      })) as { readonly objects: Remote };
      const counted = (await this.ask('Runtime.callFunctionOn', {
        objectId: objects.objectId,
        functionDeclaration: COUNT(names),
        returnByValue: true,
      })) as { readonly result: { readonly value: readonly (readonly [kind: string, count: number])[] } };
      await this.ask('Runtime.releaseObjectGroup', { objectGroup: LISTENERS });
      for (const [kind, count] of counted.result.value) listeners[kind] = (listeners[kind] ?? 0) + count;
    }
    return listeners;
  }

  close(): void {
    this.socket.close();
  }

  private ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.asked;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
