import { setTimeout } from 'node:timers/promises';
import { type AriClient, type AriEvent } from './ari-client';
import { type AudioPath } from './audio-path';
import { type Ear } from './ear';
import { eventually, now, type Within } from './eventually';
import { type RtpLine } from './rtp-line';
import { type Tone } from './tones';
import { type Transfer } from './transfer';

/** How a phone refuses a call, as the Q.850 cause that makes the farm send the SIP answer beside it. */
export const DECLINE_CAUSES = {
  busy: 17, // 486
  declined: 16, // 603
  rejected: 21, // 403
  unavailable: 19, // 480
  'not-found': 1, // 404
  congested: 34, // 503
  'timed-out': 18, // 408
} as const;
export type DeclineReason = keyof typeof DECLINE_CAUSES;

export type CallState = 'dialling' | 'ringing' | 'up' | 'ended';

/** How a call ended. */
export type CallEnd = {
  /** Q.850 cause. */
  readonly cause: number;
  readonly causeText: string;
  /** The SIP status that ended it, if one did. */
  readonly sipStatus: number | undefined;
  /** Whether the farm's phone ended it. */
  readonly byUs: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
};

export type CallFacts = {
  /** The id of the farm's channel. */
  readonly id: string;
  readonly direction: 'in' | 'out';
  /** The number, or user, that calls. */
  readonly from: string;
  /** The number, or user, that is called. */
  readonly to: string;
  /** What this phone says. */
  readonly tone: Tone;
};

const ANSWER_MS = 10_000;
const RTP_POLL_MS = 50;

/** One call of one phone, from the first ring to the end. */
export class Call {
  readonly id: string;
  readonly direction: 'in' | 'out';
  readonly from: string;
  readonly to: string;
  /** Everything that this phone hears in this call. */
  readonly ear: Ear;
  /** The keys that the other side pressed. */
  readonly digits: string[] = [];
  state: CallState;
  /** When it was answered; milliseconds since 1970. */
  answeredAt: number | undefined;
  end: CallEnd | undefined;
  /** Settles when the phone's audio is connected. */
  readonly connected: Promise<void>;
  private readonly line: RtpLine;
  private tone: Tone | undefined;
  private endedByUs = false;

  constructor(
    private readonly ari: AriClient,
    private readonly audio: AudioPath,
    facts: CallFacts,
    private readonly transfer: Transfer,
  ) {
    this.line = audio.line;
    this.ear = audio.line.ear;
    this.connected = audio.connected;
    this.id = facts.id;
    this.direction = facts.direction;
    this.from = facts.from;
    this.to = facts.to;
    this.tone = facts.tone;
    this.state = facts.direction === 'in' ? 'ringing' : 'dialling';
  }

  /** Says that it rings (180), where its manner is `quiet`. */
  async ring(): Promise<void> {
    await this.ari.request('POST', `channels/${this.id}/ring`);
  }

  /** Takes an incoming call. It speaks from the very first moment. */
  async answer(): Promise<void> {
    await this.connected;
    this.line.speak(this.tone);
    await this.ari.request('POST', `channels/${this.id}/answer`);
    await this.answered();
  }

  /** Refuses an incoming call. */
  async decline(reason: DeclineReason = 'busy'): Promise<void> {
    await this.finish(DECLINE_CAUSES[reason]);
  }

  /** Ends the call, or gives up ringing the other side. */
  async hangUp(): Promise<void> {
    await this.finish(16);
  }

  /** Puts the other side on hold: a re-INVITE with `sendonly`; the phone falls silent. */
  async hold(): Promise<void> {
    await this.audio.disconnect(this.id); // What a channel of the farm holds it takes back when it leaves a bridge.
    await this.ari.request('POST', `channels/${this.id}/hold`);
    this.line.fallSilent();
  }

  /** Takes it back: a re-INVITE with `sendrecv`. */
  async resume(): Promise<void> {
    await this.ari.request('DELETE', `channels/${this.id}/hold`);
    await this.audio.reconnect(this.id);
    this.line.speak(this.tone);
  }

  /**
   * Asks the other side to go on with somebody else in place of this phone (REFER): with a number, or with whom this
   * phone talks to in another call. Resolves with the SIP status that refused it, 0 if none did; like a telephone it has
   * hung up then, which the other side leaves to it. Unlike one, it takes back what it holds when it is refused.
   */
  async refer(to: string | Call): Promise<number> {
    const status = await this.transfer.refer(this, to);
    if (status === 0) await this.hangUp();
    return status;
  }

  /** As the other side names it: what a `Replaces` says. */
  async dialog(): Promise<string> {
    return await this.transfer.dialogOf(this);
  }

  /** Presses keys (RFC 4733). */
  async dtmf(digits: string): Promise<void> {
    await this.ari.request('POST', `channels/${this.id}/dtmf`, { dtmf: digits });
  }

  /** Says something else from now on; undefined is silence in packets. */
  speak(tone: Tone | undefined): void {
    this.tone = tone;
    this.line.speak(tone);
  }

  /** Sends no packets any more, as a phone does whose network is gone. */
  fallSilent(): void {
    this.line.fallSilent();
  }

  /** Waits until the call is up. @throws Error when it ends instead, or the time is over. */
  async answered({ within = ANSWER_MS }: Within = {}): Promise<void> {
    const isUp = (): boolean => {
      if (this.state === 'ended') throw new Error(`${this.describe()} should have been answered`);
      return this.state === 'up';
    };
    await eventually(isUp, within, () => `${this.describe()} should be answered`);
  }

  /** Waits until the other side's phone rings. @throws Error when it ends instead, or the time is over. */
  async rings({ within = ANSWER_MS }: Within = {}): Promise<void> {
    const isRinging = (): boolean => {
      if (this.state === 'ended') throw new Error(`${this.describe()} should have rung`);
      return this.state === 'ringing';
    };
    await eventually(isRinging, within, () => `${this.describe()} should ring`);
  }

  /** Waits until the call has ended, by whomever. */
  async ended({ within = ANSWER_MS }: Within = {}): Promise<CallEnd> {
    return await eventually(
      () => this.end,
      within,
      () => `${this.describe()} should end`,
    );
  }

  /**
   * The longest time without an RTP packet of any kind from now on, in milliseconds, watched for `during`
   * milliseconds; exact to 50. The ear hears only audio: Asterisk passes no comfort noise on, which is how an RTP
   * keepalive looks.
   *
   * @throws AriError when the call ends meanwhile.
   */
  async longestRtpGap({ during }: { readonly during: number }): Promise<number> {
    const end = now() + during;
    let last = { at: now(), packets: await this.rtpPackets() };
    let longest = 0;
    while (now() < end) {
      await setTimeout(RTP_POLL_MS);
      const packets = await this.rtpPackets();
      longest = Math.max(longest, now() - last.at);
      if (packets !== last.packets) last = { at: now(), packets };
    }
    return longest;
  }

  /** See `Ear.hears`. */
  async hears(...args: Parameters<Ear['hears']>): Promise<void> {
    await this.naming(this.ear.hears(...args));
  }

  /** See `Ear.hearsNothing`. */
  async hearsNothing(...args: Parameters<Ear['hearsNothing']>): Promise<void> {
    await this.naming(this.ear.hearsNothing(...args));
  }

  /** See `Ear.hearsMusic`. */
  async hearsMusic(...args: Parameters<Ear['hearsMusic']>): Promise<void> {
    await this.naming(this.ear.hearsMusic(...args));
  }

  /** See `Ear.hearsRingback`. */
  async hearsRingback(...args: Parameters<Ear['hearsRingback']>): Promise<void> {
    await this.naming(this.ear.hearsRingback(...args));
  }

  describe(): string {
    const end = this.end
      ? ` by ${this.end.byUs ? 'us' : 'them'}, cause ${this.end.cause} ${this.end.causeText}`
      : '';
    return `the call ${this.direction} from ${this.from} to ${this.to} (${this.state}${end})`;
  }

  /** Takes in what the farm's Asterisk reports about this channel. */
  take(event: AriEvent): void {
    if (event.type === 'ChannelStateChange' && event.channel?.state === 'Ringing') this.state = 'ringing';
    if (event.type === 'ChannelStateChange' && event.channel?.state === 'Up') this.beginTalk();
    if (event.type === 'ChannelDtmfReceived' && event.digit !== undefined) this.digits.push(event.digit);
    if (event.type === 'ChannelDestroyed') this.takeEnd(event);
  }

  private async rtpPackets(): Promise<number> {
    const path = `channels/${this.id}/rtp_statistics`;
    return (await this.ari.request<{ readonly rxcount: number }>('GET', path)).rxcount;
  }

  private beginTalk(): void {
    if (this.state === 'ended' || this.state === 'up') return;
    this.state = 'up';
    this.answeredAt = now();
    if (this.direction === 'out') this.line.speak(this.tone);
  }

  private takeEnd(event: AriEvent): void {
    this.line.close();
    this.state = 'ended';
    this.end ??= {
      cause: event.cause ?? 0,
      causeText: event.cause_txt ?? '',
      sipStatus: event.tech_cause,
      byUs: this.endedByUs,
      at: now(),
    };
  }

  private async finish(cause: number): Promise<void> {
    if (this.state === 'ended') return;
    this.endedByUs = true;
    await this.ari.requestIfThere('DELETE', `channels/${this.id}`, { reason_code: String(cause) });
    await this.ended();
  }

  /** Says whose ear it was. */
  private async naming(heard: Promise<void>): Promise<void> {
    try {
      await heard;
    } catch (error) {
      throw new Error(`${this.describe()}: ${(error as Error).message}`, { cause: error });
    }
  }
}
