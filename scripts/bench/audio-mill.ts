import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Runs in a thread of its own: packets go out every 20 ms whatever the phones are busy with. Plain JavaScript. */
const MILL = `
const { parentPort } = require('node:worker_threads');
const socket = require('node:dgram').createSocket('udp4');
const talking = new Set();
const packet = Buffer.alloc(172, 0xff);
packet[0] = 0x80;
packet[1] = 0;
packet.writeUInt32BE(0x5eed, 8);
let sent = 0;
const received = new Map();
socket.on('message', (_, { port }) => void received.set(port, (received.get(port) ?? 0) + 1));
socket.bind({ port: 0, address: '127.0.0.1' }, () => {
  socket.setRecvBufferSize(4 << 20);
  parentPort.postMessage(socket.address().port);
});
parentPort.on('message', ({ port, isTalking }) => {
  if (port === undefined) return parentPort.postMessage(received);
  if (isTalking) talking.add(port);
  else talking.delete(port);
});
const begin = performance.now();
const turn = () => {
  const due = Math.floor((performance.now() - begin) / 20);
  if (due > sent) {
    sent = due;
    packet.writeUInt16BE(sent & 0xffff, 2);
    packet.writeUInt32BE((sent * 160) >>> 0, 4);
    for (const port of talking) socket.send(packet, port, '127.0.0.1');
  }
  setTimeout(turn, 20 - ((performance.now() - begin) % 20));
};
turn();
`;

/** The phones' audio: silence in packets, 50 a second for each call, from one socket; what comes back is counted and dropped. */
export class AudioMill {
  private constructor(
    private readonly worker: Worker,
    /** Where all phones get their audio. */
    readonly port: number,
    private readonly isSpeaking: boolean,
  ) {}

  /** `isSpeaking`: false if it is only to take what comes. */
  static async start(isSpeaking: boolean): Promise<AudioMill> {
    const worker = new Worker(MILL, { eval: true });
    const [port] = (await once(worker, 'message')) as [number];
    return new AudioMill(worker, port, isSpeaking);
  }

  /** `to`: the other side's RTP port. */
  speak(to: number): void {
    if (this.isSpeaking) this.worker.postMessage({ port: to, isTalking: true });
  }

  fallSilent(to: number): void {
    this.worker.postMessage({ port: to, isTalking: false });
  }

  /** How many packets have come so far, by the other side's RTP port. */
  async received(): Promise<ReadonlyMap<number, number>> {
    this.worker.postMessage({});
    const [counts] = (await once(this.worker, 'message')) as [ReadonlyMap<number, number>];
    return counts;
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
