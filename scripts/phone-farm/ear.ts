import { eventually, now, type Within } from './eventually';
import { isRingback, listen, type Sound, type Tone } from './tones';

/** One packet that the phone received. */
export type HeardPacket = Sound & {
  /** When it arrived; milliseconds since 1970, see `now`. */
  readonly at: number;
  /** RTP payload type: 0 is µ-law, 13 comfort noise (which is how an RTP keepalive looks). */
  readonly payloadType: number;
  readonly sequence: number;
  /** It is the ringing tone of 440 and 480 Hz. */
  readonly ringback: boolean;
};

/** What was heard for a while without a change. */
export type Passage = {
  /** `1900 Hz`, `400 Hz + 700 Hz`, `ringback`, `silence`, or with `other sound` in it: music, speech. */
  readonly heard: string;
  /** When it began; milliseconds since 1970. */
  readonly at: number;
  /** So many packets. */
  packets: number;
};

/** A stretch of time; milliseconds since 1970. From the beginning, until now, if left out. */
export type Stretch = { readonly since?: number; readonly until?: number };

/** Milliseconds for which a phone has to hear the same before it counts. */
const STEADY_MS = 200;
const PACKET_MS = 20;
/** What is shorter is the seam between two sounds. */
const SHORTEST_PASSAGE_PACKETS = 3;
const MU_LAW = 0;

/** Everything that one phone heard in one call. It stays readable when the call has ended. */
export class Ear {
  private readonly heardPackets: HeardPacket[] = [];
  private closedAt: number | undefined;

  constructor(private readonly openedAt = now()) {}

  /** Takes in one RTP packet. */
  take(packet: Buffer, at: number): void {
    const payloadType = packet[1]! & 0x7f;
    const payload = packet.subarray(12);
    const sound = payloadType === MU_LAW ? listen(payload) : { tones: [], other: false };
    const ringback = sound.other && isRingback(payload);
    this.heardPackets.push({ ...sound, ringback, at, payloadType, sequence: packet.readUInt16BE(2) });
  }

  /** The call is over: no more packets, and none are missed. */
  close(at = now()): void {
    this.closedAt ??= at;
  }

  packets(stretch: Stretch = {}): readonly HeardPacket[] {
    const { since, until } = this.bounds(stretch);
    const first = this.heardPackets.findLastIndex(({ at }) => at < since) + 1;
    return this.heardPackets.slice(first).filter(({ at }) => at <= until);
  }

  /** Whether at least one packet carried this tone. */
  heard(tone: Tone, stretch: Stretch = {}): boolean {
    return this.firstHeard(tone, stretch) !== undefined;
  }

  /** When the first packet with this tone arrived. */
  firstHeard(tone: Tone, stretch: Stretch = {}): number | undefined {
    return this.packets(stretch).find(({ tones }) => tones.includes(tone))?.at;
  }

  /** When the last packet with this tone arrived. */
  lastHeard(tone: Tone, stretch: Stretch = {}): number | undefined {
    return this.packets(stretch).findLast(({ tones }) => tones.includes(tone))?.at;
  }

  /** Whether the newest packets carry this tone. */
  isHearing(tone: Tone): boolean {
    return this.heard(tone, { since: now() - 3 * PACKET_MS });
  }

  /** What was heard, one after the other. */
  passages(stretch: Stretch = {}): readonly Passage[] {
    const runs: Passage[] = [];
    const add = (heard: string, at: number, packets: number): void => {
      const last = runs.at(-1);
      if (last?.heard === heard) last.packets += packets;
      else runs.push({ heard, at, packets });
    };
    for (const packet of this.packets(stretch)) add(labelOf(packet), packet.at, 1);
    const long = runs.splice(0).filter(({ packets }) => packets >= SHORTEST_PASSAGE_PACKETS);
    for (const { heard, at, packets } of long) add(heard, at, packets);
    return runs;
  }

  /** The longest time without a packet, in milliseconds; the stretch's ends count as packets. */
  longestGap(stretch: Stretch = {}): number {
    const { since, until } = this.bounds(stretch);
    const times = [since, ...this.packets(stretch).map(({ at }) => at), until];
    return times.slice(1).reduce((longest, at, index) => Math.max(longest, at - times[index]!), 0);
  }

  /**
   * Waits until the phone has heard exactly these tones and nothing else for a while.
   *
   * @param since only what arrived from then on counts; from now on if left out.
   * @param steady milliseconds for which it has to last.
   * @throws Error that names what was heard instead.
   */
  async hears(
    tones: readonly Tone[],
    { within = 2000, since = now(), steady = STEADY_MS }: Within & HowSteady = {},
  ): Promise<void> {
    const wanted = labelOf({ tones: [...tones].sort((a, b) => a - b), other: false });
    await this.steadily(
      (packets) =>
        packets.length >= (steady / PACKET_MS) * 0.8 && packets.every((packet) => labelOf(packet) === wanted),
      { within, since, steady },
      wanted,
    );
  }

  /** Waits until the phone has heard nothing for a while: no packets, or silence in them. Otherwise like `hears`. */
  async hearsNothing({
    within = 2000,
    since = now(),
    steady = STEADY_MS,
  }: Within & HowSteady = {}): Promise<void> {
    await this.steadily(
      (packets) => packets.every((packet) => labelOf(packet) === 'silence'),
      { within, since, steady },
      'nothing',
    );
  }

  /** Waits until the phone has heard, for a while, something that is none of the farm's tones. Otherwise like `hears`. */
  async hearsMusic({ within = 2000, since = now(), steady = STEADY_MS }: Within & HowSteady = {}): Promise<void> {
    await this.steadily(
      (packets) =>
        packets.length >= (steady / PACKET_MS) * 0.8 &&
        packets.filter(({ other }) => other).length >= packets.length * 0.75,
      { within, since, steady },
      'music',
    );
  }

  /** Waits until the phone has heard the ringing tone for a while, and nothing else. Otherwise like `hears`. */
  async hearsRingback({
    within = 2000,
    since = now(),
    steady = STEADY_MS,
  }: Within & HowSteady = {}): Promise<void> {
    await this.steadily(
      (packets) =>
        packets.length >= (steady / PACKET_MS) * 0.8 && packets.every((packet) => labelOf(packet) === RINGBACK),
      { within, since, steady },
      'the ringing tone',
    );
  }

  /** What was heard, in words, for messages. */
  describe(stretch: Stretch = {}): string {
    const counts = new Map<string, number>();
    for (const packet of this.packets(stretch))
      counts.set(labelOf(packet), (counts.get(labelOf(packet)) ?? 0) + 1);
    if (counts.size === 0) return 'no packet';
    return [...counts].map(([label, count]) => `${label} in ${count} packet${count === 1 ? '' : 's'}`).join(', ');
  }

  private async steadily(
    isRight: (packets: readonly HeardPacket[]) => boolean,
    { within, since, steady }: { within: number; since: number; steady: number },
    wanted: string,
  ): Promise<void> {
    const probe = (): boolean => {
      const until = now();
      return (
        this.closedAt === undefined &&
        until - steady >= since &&
        isRight(this.packets({ since: until - steady, until }))
      );
    };
    await eventually(probe, within, () => {
      const last = this.describe({ since: Math.max(since, now() - steady) });
      const state = this.closedAt === undefined ? '' : 'the call has ended; ';
      return `the phone should hear ${wanted}: ${state}in the last ${steady} ms it heard ${last}; in all ${this.describe({ since })}`;
    });
  }

  private bounds({ since = this.openedAt, until = now() }: Stretch): { since: number; until: number } {
    return { since, until: this.closedAt === undefined ? until : Math.min(until, this.closedAt) };
  }
}

type HowSteady = { readonly since?: number; readonly steady?: number };

const RINGBACK = 'ringback';

function labelOf({ tones, other, ringback = false }: Sound & { readonly ringback?: boolean }): string {
  if (ringback) return RINGBACK;
  const parts = [...tones.map((tone) => `${tone} Hz`), ...(other ? ['other sound'] : [])];
  return parts.length === 0 ? 'silence' : parts.join(' + ');
}
