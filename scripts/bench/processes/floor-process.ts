import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { AriRequestSocket } from '../../../src/adapters/ari/ari-request-socket';

/**
 * What nobody can be faster than: a process that makes only the requests to Asterisk without which no call can be connected.
 * It keeps nothing, knows no rules but "first come, first served", and gives up on whatever fails.
 *
 * Its parent says who is free (`FloorOrder`), and where Asterisk is in the environment.
 */
export type FloorOrder = { readonly free: readonly string[] } | { readonly reset: true };

type Channel = { readonly id: string; readonly caller: { readonly number: string } };
type AriEvent = { readonly type: string; readonly args?: readonly string[]; readonly channel: Channel };
type Call = {
  readonly caller: Channel;
  readonly agent: string;
  readonly leg: string;
  readonly bridge: string;
  /** The agent is not free after it. */
  isLast: boolean;
};

const APPLICATION = 'floor';
const EVENTS = ['StasisStart', 'StasisEnd', 'ChannelDestroyed'];
const SOCKETS = 4;
/** An ordinary bridge passes packets on; one that mixes, as the service's, sends every 20 ms what it has. */
const BRIDGE = process.env['BRIDGE'] ?? '';
const OPEN_MS = 10_000;

export class Floor {
  private readonly free: string[] = [];
  private readonly waiting = new Map<string, Channel>();
  /** By both of their channels. */
  private readonly calls = new Map<string, Call>();

  constructor(private readonly sockets: readonly Pick<AriRequestSocket, 'send'>[]) {}

  take(order: FloorOrder): void {
    if ('free' in order) return order.free.forEach((agent) => this.release(agent));
    this.free.length = 0;
    this.waiting.clear();
    for (const call of this.calls.values()) call.isLast = true;
  }

  hear({ type, args, channel }: AriEvent): void {
    const call = this.calls.get(channel.id);
    if (type === 'StasisStart') {
      if (args?.[0] === 'leg') void this.connect(call);
      else this.queue(channel);
    } else if (call !== undefined) this.end(call, channel.id);
    else this.waiting.delete(channel.id);
  }

  private queue(caller: Channel): void {
    this.send(caller, 'POST', `channels/${caller.id}/answer`);
    const agent = this.free.shift();
    if (agent === undefined) this.waiting.set(caller.id, caller);
    else this.ring(caller, agent);
  }

  private release(agent: string): void {
    const [caller] = this.waiting.values();
    if (caller === undefined) return void this.free.push(agent);
    this.waiting.delete(caller.id);
    this.ring(caller, agent);
  }

  private ring(caller: Channel, agent: string): void {
    const call = { caller, agent, leg: randomUUID(), bridge: randomUUID(), isLast: false };
    this.calls.set(caller.id, call).set(call.leg, call);
    const query = new URLSearchParams({
      endpoint: `PJSIP/${agent}`,
      app: APPLICATION,
      appArgs: 'leg',
      callerId: caller.caller.number,
    });
    this.send(caller, 'POST', `channels/${call.leg}?${query.toString()}`);
    this.send(caller, 'POST', `bridges/${call.bridge}?type=${BRIDGE}`);
  }

  private connect(call: Call | undefined): void {
    if (call === undefined) return;
    const { caller, leg, bridge } = call;
    this.send(caller, 'POST', `bridges/${bridge}/addChannel?channel=${caller.id},${leg}`);
  }

  private end({ caller, agent, leg, bridge, isLast }: Call, gone: string): void {
    this.calls.delete(caller.id);
    this.calls.delete(leg);
    this.send(caller, 'DELETE', `channels/${gone === leg ? caller.id : leg}`);
    this.send(caller, 'DELETE', `bridges/${bridge}`);
    if (!isLast) this.release(agent);
  }

  /** Those of one call go one after another, by its own socket; nothing here waits for an answer. */
  private send({ id }: Channel, method: string, uri: string): void {
    const number = Number(id.slice(id.indexOf('.') + 1)); // Asterisk counts its channels there.
    this.sockets[number % this.sockets.length]!.send({ method, uri }).catch(() => {}); // It is gone already.
  }
}

async function main(): Promise<void> {
  const { ARI_URL: url = '', ARI_USER: user = '', ARI_PASSWORD: password = '' } = process.env;
  const signal = AbortSignal.timeout(OPEN_MS);
  const sockets = await Promise.all(
    Array.from({ length: SOCKETS }, (_, index) =>
      AriRequestSocket.open({ url, user, password }, `floor-${index}`, signal),
    ),
  );
  const floor = new Floor(sockets);
  const events = new WebSocket(`${url.replace(/^http/, 'ws')}/ari/events?app=${APPLICATION}`, {
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    perMessageDeflate: false,
  });
  events.on('message', (data: Buffer) => floor.hear(JSON.parse(data.toString()) as AriEvent));
  await once(events, 'open');
  const body = JSON.stringify({ allowed: EVENTS.map((type) => ({ type })) });
  await sockets[0]!.send({ method: 'PUT', uri: `applications/${APPLICATION}/eventFilter`, body });
  process.on('message', (order: FloorOrder) => floor.take(order));
  process.on('disconnect', () => process.exit());
  process.send!('ready');
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
