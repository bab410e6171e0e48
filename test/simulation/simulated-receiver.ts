import type { EventId } from '../../src/domain/ids';
import type { CallbackMessage } from '../../src/ports/events';
import type { SeededRandom } from './seeded-random';
import type { Tally } from './tally';
import { WORLD, type VirtualTime } from './virtual-time';

const DEADLINE_MS = 5_000;
const MOODS = ['well', 'well', 'moody', 'moody', 'down'] as const;

/** What becomes of an attempt. `taken`: the receiver has it, whatever its sender learns. */
type Fate = { readonly name: string; readonly taken: boolean; readonly answered: boolean; readonly ok: boolean };

const FATES = {
  takes: { name: 'taken', taken: true, answered: true, ok: true },
  refuses: { name: 'refused', taken: false, answered: true, ok: false },
  hangs: { name: 'hung', taken: false, answered: false, ok: false },
  fallsSilent: { name: 'taken, and the answer lost', taken: true, answered: false, ok: false },
  takesAndFails: { name: 'taken, and answered as failed', taken: true, answered: true, ok: false },
} as const satisfies Readonly<Record<string, Fate>>;

/** A receiver of events that is well, moody or down, by turns. It goes on when the service dies. */
export class SimulatedReceiver {
  private mood: (typeof MOODS)[number] = 'well';
  private isHealed = false;

  /** `took` is told of what it takes, each time. */
  constructor(
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly tally: Tally,
    private readonly took: (id: EventId) => void,
  ) {
    this.changeMood();
  }

  heal(): void {
    this.isHealed = true;
    this.mood = 'well';
  }

  /** What the process `owner` sends: it reaches the receiver although its sender dies, who then never learns of it. */
  post(owner: string, { id }: CallbackMessage): Promise<void> {
    const fate = this.fate();
    this.tally.count(`attempt: ${fate.name}`);
    const there = this.random.integer(1, 20);
    const slow = this.random.chance(0.02) ? DEADLINE_MS - 100 : 60;
    const back = there + this.random.integer(1, slow);
    return new Promise((resolve, reject) => {
      if (fate.taken) this.time.schedule(WORLD, there, () => this.took(id));
      const [after, problem] = fate.answered
        ? [back, 'HTTP status 500']
        : [DEADLINE_MS, `no answer within ${DEADLINE_MS} ms`];
      this.time.schedule(owner, after, () => (fate.ok ? resolve() : reject(new Error(problem))));
    });
  }

  private fate(): Fate {
    const { random, mood } = this;
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
