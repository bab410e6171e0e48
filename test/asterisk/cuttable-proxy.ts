import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A network between a client and a server, which can be cut, and can swallow everything. */
export class CuttableProxy {
  /** Connections that were ever made through it. */
  connections = 0;
  private readonly sockets = new Set<Socket>();
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

  /** Ends all connections; new ones are welcome. */
  cut(): void {
    this.sockets.forEach((socket) => socket.resetAndDestroy());
  }

  /** From now on nothing passes, on new connections neither, and nobody is told. */
  mute(): void {
    this.isMute = true;
    this.sockets.forEach((socket) => socket.pause());
  }

  /** What was held back passes now. */
  unmute(): void {
    this.isMute = false;
    this.sockets.forEach((socket) => socket.resume());
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket, far: Socket): void {
    this.connections++;
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (data) => to.write(data));
      from.on('error', () => undefined); // Cut, or refused; its close says enough.
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (this.isMute) from.pause();
    }
  }
}
