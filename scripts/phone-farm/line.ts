import { type Call, type DeclineReason } from './call';
import { eventually, type Within } from './eventually';
import { type Tone } from './tones';

/**
 * What a phone does when it is called; all times in milliseconds.
 *
 * `ring`: rings until the test does something. `quiet`: does not even say that it rings. `answerAfter`: rings so long, then picks up. `decline`: refuses, after
 * having rung for `after` if that is given, else without ringing at all.
 */
export type Manner =
  | 'ring'
  | 'quiet'
  | { readonly answerAfter: number }
  | { readonly decline: DeclineReason; readonly after?: number };

export type LineOptions = {
  readonly tone: Tone;
  /** Default: `ring`. */
  readonly manner?: Manner;
};

/** Something that can be called: an agent's phone, or an outside number. */
export class Line {
  /** All calls to it so far, the newest last. */
  readonly calls: Call[] = [];
  readonly tone: Tone;
  /** May be changed at any time; counts for the calls to come. */
  manner: Manner;
  private taken = 0;

  constructor(
    /** The SIP user or the telephone number. */
    readonly number: string,
    options: LineOptions,
  ) {
    this.tone = options.tone;
    this.manner = options.manner ?? 'ring';
  }

  /** The next call to this line; each is handed out once, those that arrived already at once. */
  async incoming({ within = 5000 }: Within = {}): Promise<Call> {
    const call = await eventually(
      () => this.calls[this.taken],
      within,
      () => `${this.number} should be called; ${this.calls.length} calls so far`,
    );
    this.taken += 1;
    return call;
  }
}
