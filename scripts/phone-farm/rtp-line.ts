import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Ear } from './ear';
import { now } from './eventually';
import { PACKET_SAMPLES, tonePacket, type Tone } from './tones';

const PACKET_MS = 20;
/** A process that was held up catches up with so many packets; more is lost, as with a real phone. */
const MOST_PACKETS_AT_ONCE = 5;
const HEADER_BYTES = 12;

/** Microphone and loudspeaker of one call: an RTP socket on the loopback interface. */
export class RtpLine {
  readonly ear: Ear = new Ear();
  private readonly socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
  private remotePort: number | undefined;
  private speech: { packet: Buffer; sent: number; since: number; timer: NodeJS.Timeout } | undefined;
  private isClosed = false;
  private sequence = 0;
  private timestamp = 0;

  constructor() {
    this.socket.on('message', (packet, { port }) => {
      // Reports (RTCP) of a neighbouring call come to this port too.
      if (port === this.remotePort && packet.length >= HEADER_BYTES) this.ear.take(packet, now());
    });
  }

  /** Opens the socket on a free port and resolves with it. */
  async bind(): Promise<number> {
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    return this.socket.address().port;
  }

  /** Where the other end listens and speaks. */
  connect(remotePort: number): void {
    this.remotePort = remotePort;
  }

  /** Sends a tone (silence if undefined), 50 packets a second, until told otherwise. */
  speak(tone: Tone | undefined): void {
    this.fallSilent();
    const packet = Buffer.concat([Buffer.alloc(HEADER_BYTES), tonePacket(tone)]);
    packet[0] = 0x80;
    packet.writeUInt32BE(this.remotePort ?? 0, 8);
    this.speech = { packet, sent: 0, since: now(), timer: setTimeout(() => {}, 0) };
    this.sendWhatIsDue();
  }

  /** Sends nothing any more. */
  fallSilent(): void {
    clearTimeout(this.speech?.timer);
    this.speech = undefined;
  }

  /** May be called again. The ear keeps what it heard. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.fallSilent();
    this.ear.close();
    this.socket.close();
  }

  private sendWhatIsDue(): void {
    const { speech, remotePort } = this;
    if (!speech || this.isClosed) return;
    const due = Math.floor((now() - speech.since) / PACKET_MS) + 1 - speech.sent;
    for (let index = 0; index < due; index++) {
      speech.packet.writeUInt16BE(this.sequence & 0xffff, 2);
      speech.packet.writeUInt32BE(this.timestamp >>> 0, 4);
      // The buffer is used again, so each packet needs its own copy.
      if (index < MOST_PACKETS_AT_ONCE && remotePort !== undefined) {
        this.sequence += 1;
        this.socket.send(Buffer.from(speech.packet), remotePort, '127.0.0.1');
      }
      this.timestamp += PACKET_SAMPLES;
    }
    speech.sent += due;
    speech.timer = setTimeout(() => this.sendWhatIsDue(), speech.since + speech.sent * PACKET_MS - now());
  }
}
