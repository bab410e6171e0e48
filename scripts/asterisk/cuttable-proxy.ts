import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Both ends of a connection, and the HTTP requests that came over it, by their first lines. */
type Pair = { readonly near: Socket; readonly far: Socket; readonly lines: string[] };

/** A network between an HTTP client and a server, which can be cut, and can swallow everything. */
export class CuttableProxy {
  /** The first lines of all HTTP requests that came. */
  readonly lines: string[] = [];
  /** Requests that end their connection. */
  refused: RegExp | null = null;
  /** Requests after which nothing more passes from the client, as if the server did not listen. */
  unheard: RegExp | null = null;
  /** What the server says on connections with such a request takes so much longer. */
  late: { readonly which: RegExp; readonly milliseconds: number } | null = null;
  private readonly pairs = new Set<Pair>();
  /** Ends of connections at the server, which does not know that the other end is gone. */
  private readonly forsaken = new Set<Socket>();
  private isMute = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** `port`: where it listens; 0: anywhere. */
  static async listen(targetPort: number, port = 0): Promise<CuttableProxy> {
    const server = createServer();
    server.listen({ host: '127.0.0.1', port });
    await once(server, 'listening');
    const proxy = new CuttableProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (near) => proxy.join(near, createConnection({ host: '127.0.0.1', port: targetPort })));
    return proxy;
  }

  /** Ends all connections, or those with such a request; new ones are welcome. */
  cut(which = /(?:)/): void {
    for (const { near, far, lines } of this.pairs) {
      if (!which.test(lines.join('\n'))) continue;
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** The client's end of all connections is gone, and the server does not know: as if the client's machine had burnt. */
  forsake(): void {
    for (const pair of this.pairs) {
      this.pairs.delete(pair);
      this.forsaken.add(pair.far);
      pair.near.resetAndDestroy();
    }
  }

  /** The server learns of those that it was not told of. */
  bury(): void {
    for (const far of this.forsaken) far.destroy();
    this.forsaken.clear();
  }

  /** Connections with such a request that are open. */
  open(which: RegExp): number {
    return [...this.pairs].filter(({ lines }) => which.test(lines.join('\n'))).length;
  }

  /** From now on nothing passes, on new connections neither, and nobody is told. */
  mute(): void {
    this.isMute = true;
    for (const { near, far } of this.pairs) [near, far].forEach((socket) => socket.pause());
  }

  /** What was held back passes now. */
  unmute(): void {
    this.isMute = false;
    for (const { near, far } of this.pairs) [near, far].forEach((socket) => socket.resume());
  }

  async close(): Promise<void> {
    this.cut();
    this.bury();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, far: Socket): void {
    const pair: Pair = { near, far, lines: [] };
    this.pairs.add(pair);
    near.on('data', (data) => this.pass(pair, data));
    let inOrder = Promise.resolve();
    far.on('data', (data) => {
      const due = performance.now() + this.lateness(pair);
      inOrder = inOrder.then(async () => {
        const left = due - performance.now();
        if (left > 0) await wait(left);
        near.write(data);
      });
    });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => undefined); // Cut, or refused; its close says enough.
      from.on('close', () => {
        if (this.pairs.delete(pair)) to.destroy();
      });
      if (this.isMute) from.pause();
    }
  }

  private lateness({ lines }: Pair): number {
    return this.late?.which.test(lines.join('\n')) ? this.late.milliseconds : 0;
  }

  private pass({ near, far, lines }: Pair, data: Buffer): void {
    const [line] = /^[A-Z]+ .* HTTP\/1\.1(?=\r\n)/.exec(data.toString('latin1')) ?? [];
    if (line !== undefined) {
      lines.push(line);
      this.lines.push(line);
      if (this.refused?.test(line)) return void near.resetAndDestroy();
      if (this.unheard?.test(line)) near.pause();
    }
    far.write(data);
  }
}
