import type { EventId } from '../../src/domain/ids';
import { CallbackRefused, type CallbackMessage } from '../../src/ports/events';
import type { SeededRandom } from './seeded-random';
import type { Tally } from './tally';
import { WORLD, type VirtualTime } from './virtual-time';

const DEADLINE_MS = 5_000;
const MOODS = ['well', 'well', 'moody', 'moody', 'down'] as const;

/** Whatever its mood, it refuses some events for so long; so many at a time. */
const REFUSED_SECONDS = [10, 14_400] as const;
const MOST_REFUSED = 3;
const REFUSES_ONE_IN = 100;

/** What becomes of an attempt. `taken`: the receiver has it, whatever its sender learns. */
type Fate = { readonly name: string; readonly taken: boolean; readonly answered: boolean; readonly ok: boolean };

const FATES = {
  takes: { name: 'taken', taken: true, answered: true, ok: true },
  refuses: { name: 'refused', taken: false, answered: true, ok: false },
  hangs: { name: 'hung', taken: false, answered: false, ok: false },
  fallsSilent: { name: 'taken, and the answer lost', taken: true, answered: false, ok: false },
  refusesForLong: { name: 'refused for long', taken: false, answered: true, ok: false },
  takesAndFails: { name: 'taken, and answered as failed', taken: true, answered: true, ok: false },
} as const satisfies Readonly<Record<string, Fate>>;

/** A receiver of events that is well, moody or down, by turns. It goes on when the service dies. */
export class SimulatedReceiver {
  private mood: (typeof MOODS)[number] = 'well';
  private isHealed = false;
  private readonly refusedUntil = new Map<EventId, number>();

  /** `took` is told of what it takes, each time. `mayRefuse` says which events it may refuse for long. */
  constructor(
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly tally: Tally,
    private readonly took: (id: EventId) => void,
    private readonly mayRefuse: (id: EventId) => boolean,
  ) {
    this.changeMood();
  }

  /** It is well from now on, but for what it refuses until it accepts all. */
  heal(): void {
    this.refused.forEach((id) => this.refusedUntil.set(id, Infinity));
    this.isHealed = true;
    this.mood = 'well';
  }

  /** What it refuses now. */
  get refused(): ReadonlySet<EventId> {
    return new Set([...this.refusedUntil.keys()].filter((id) => this.refuses(id)));
  }

  acceptAll(): void {
    this.refusedUntil.clear();
  }

  /** What the process `owner` sends: it reaches the receiver although its sender dies, who then never learns of it. */
  post(owner: string, { id }: CallbackMessage): Promise<void> {
    const fate = this.fate(id);
    this.tally.count(`attempt: ${fate.name}`);
    const there = this.random.integer(1, 20);
    const slow = this.random.chance(0.02) ? DEADLINE_MS - 100 : 60;
    const back = there + this.random.integer(1, slow);
    return new Promise((resolve, reject) => {
      if (fate.taken) this.time.schedule(WORLD, there, () => this.took(id));
      const [after, problem] = fate.answered
        ? [back, 'HTTP status 500']
        : [DEADLINE_MS, `no answer within ${DEADLINE_MS} ms`];
      const failure = fate.answered ? new CallbackRefused(problem) : new Error(problem);
      this.time.schedule(owner, after, () => (fate.ok ? resolve() : reject(failure)));
    });
  }

  private refuses(id: EventId): boolean {
    return this.time.now() < (this.refusedUntil.get(id) ?? 0);
  }

  private fate(id: EventId): Fate {
    const { random, mood } = this;
    const isNew = !this.isHealed && !this.refusedUntil.has(id) && this.mayRefuse(id);
    if (isNew && this.refused.size < MOST_REFUSED && random.chance(1 / REFUSES_ONE_IN))
      this.refusedUntil.set(id, this.time.now() + random.integer(...REFUSED_SECONDS) * 1_000);
    if (this.refuses(id)) return FATES.refusesForLong;
    if (mood === 'well') return FATES.takes;
    if (mood === 'down') return random.chance(0.8) ? FATES.refuses : FATES.hangs;
    if (random.chance(0.6)) return FATES.takes;
    return random.pick([FATES.refuses, FATES.hangs, FATES.fallsSilent, FATES.takesAndFails]);
  }

  private changeMood(): void {
    if (this.isHealed) return;
    this.mood = this.random.pick(MOODS);
    // When it is down for long, more waits for it than a sender holds in memory.
    const isLong = this.mood === 'down' && this.random.chance(0.4);
    const seconds = isLong ? this.random.integer(600, 3_600) : this.random.integer(5, 240);
    this.time.schedule(WORLD, seconds * 1_000, () => this.changeMood());
  }
}
