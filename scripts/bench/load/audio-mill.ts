import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * Runs in a thread of its own: packets go out every 20 ms, and every 4 ms where somebody listens for the first, whatever
 * the phones are busy with. Plain JavaScript.
 */
const MILL = `
const { parentPort } = require('node:worker_threads');
const socket = require('node:dgram').createSocket('udp4');
const SILENCE = 0xff;
const talking = new Set();
const calling = new Map();
const listening = new Map();
const packetOf = (sample) => {
  const packet = Buffer.alloc(172, sample);
  packet[0] = 0x80;
  packet[1] = 0;
  packet.writeUInt32BE(0x5eed, 8);
  return packet;
};
const packets = new Map();
let sent = 0;
const received = new Map();
const send = (sample, port) => {
  if (!packets.has(sample)) packets.set(sample, packetOf(sample));
  const packet = packets.get(sample);
  packet.writeUInt16BE(sent & 0xffff, 2);
  packet.writeUInt32BE((sent * 160) >>> 0, 4);
  socket.send(packet, port, '127.0.0.1');
};
socket.on('message', (packet, { port }) => {
  received.set(port, (received.get(port) ?? 0) + 1);
  const sample = listening.get(port);
  if (sample === undefined || packet[12] !== sample || packet[packet.length - 1] !== sample) return;
  listening.delete(port);
  parentPort.postMessage({ heard: port, at: performance.timeOrigin + performance.now() });
});
socket.bind({ port: 0, address: '127.0.0.1' }, () => {
  socket.setRecvBufferSize(4 << 20);
  parentPort.postMessage(socket.address().port);
});
parentPort.on('message', ({ port, isTalking, sample, isCalling }) => {
  if (port === undefined) return parentPort.postMessage({ received });
  if (isTalking === true) talking.add(port);
  else if (isTalking === false) talking.delete(port);
  else if (isCalling === true) calling.set(port, sample);
  else if (isCalling === false) calling.delete(port);
  else listening.set(port, sample);
});
const STEP = 4;
const begin = performance.now();
const turn = () => {
  const due = Math.floor((performance.now() - begin) / STEP);
  if (due > sent) {
    const isTalkDue = Math.floor((due * STEP) / 20) > Math.floor((sent * STEP) / 20);
    sent = due;
    if (isTalkDue) for (const port of talking) send(SILENCE, port);
    for (const [port, sample] of calling) send(sample, port);
  }
  setTimeout(turn, STEP - ((performance.now() - begin) % STEP));
};
turn();
`;

/** What a party says over and over, a sample of ulaw, so that its packets are known where they come out. */
export const VOICES = { caller: 0x2a, agent: 0x55 } as const;

type FromMill = { readonly received?: ReadonlyMap<number, number>; readonly heard?: number; readonly at?: number };

/** The phones' audio: silence in packets, 50 a second for each call, from one socket; what comes back is counted and dropped. */
export class AudioMill {
  private readonly ears = new Map<number, (at: number) => void>();

  private constructor(
    private readonly worker: Worker,
    /** Where all phones get their audio. */
    readonly port: number,
    private readonly isSpeaking: boolean,
  ) {
    worker.on('message', ({ heard, at }: FromMill) => {
      if (heard === undefined) return;
      const ear = this.ears.get(heard);
      this.ears.delete(heard);
      ear?.(at! - performance.timeOrigin);
    });
  }

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

  /** Says it every 4 ms, whatever else is said, until `stopCalling`. */
  call(to: number, voice: number): void {
    this.worker.postMessage({ port: to, sample: voice, isCalling: true });
  }

  stopCalling(to: number): void {
    this.worker.postMessage({ port: to, isCalling: false });
  }

  /** `hear` is told when the first packet with this voice comes from an RTP port, on the clock of `performance.now()`. */
  listen(from: number, voice: number, hear: (at: number) => void): void {
    this.ears.set(from, hear);
    this.worker.postMessage({ port: from, sample: voice });
  }

  /** How many packets have come so far, by the other side's RTP port. */
  async received(): Promise<ReadonlyMap<number, number>> {
    this.worker.postMessage({});
    for (;;) {
      const [{ received }] = (await once(this.worker, 'message')) as [FromMill];
      if (received !== undefined) return received;
    }
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }
}
