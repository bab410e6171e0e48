import { quantiles } from '../measuring/figures';
import { diskTimes } from '../measuring/machine-load';
import type { Origin } from './origin';
import { problemsOf, verdictOf, type Amount, type Outcome, type Target, type Verdict } from '../parts/part';
import { loadNow, type Measured } from './results';

type Judged = Omit<Target, 'missed' | 'undecided'> & Verdict & { readonly reached: boolean };

/** The parts of one run, and what went wrong with them. */
export class Run {
  readonly parts: Record<string, Measured> = {};
  readonly problems: string[] = [];

  constructor(
    readonly amount: Amount,
    private readonly origin: Origin,
    private readonly timeDisk: () => readonly number[] = diskTimes,
  ) {}

  async measure(name: string, part: () => Promise<Outcome>): Promise<void> {
    console.log(`\n${name}`);
    const before = loadNow();
    const disk = this.timeDisk();
    try {
      const outcome = await part();
      const load = { before, after: loadNow() };
      const diskMs = quantiles(disk, 2);
      this.parts[name] = {
        at: new Date().toISOString(),
        ...this.origin,
        amount: this.amount,
        load,
        diskMs,
        ...outcome,
      };
      const problems = [...outcome.problems, ...problemsOf(outcome.targets)];
      this.problems.push(...problems.map((problem) => `${name}: ${problem}`));
    } catch (error) {
      console.error(error);
      this.problems.push(`${name}: not measured: ${(error as Error).message}`);
    }
  }

  get targets(): readonly Judged[] {
    return Object.values(this.parts)
      .flatMap(({ targets }) => targets)
      .map((target) => {
        const { what, value, limit, sense } = target;
        const verdict = verdictOf(target);
        return { what, value, limit, sense, ...verdict, reached: verdict.is === 'reached' };
      });
  }

  /** What would have been judged, had it been asked for. */
  get unasked(): readonly string[] {
    return Object.entries(this.parts).flatMap(([name, { unasked = [] }]) =>
      unasked.map((each) => `${name}: ${each}`),
    );
  }

  /** All of these parts were measured, and everything in them that is judged. */
  isWhole(names: readonly string[]): boolean {
    const isThere = names.every((name) => this.parts[name] !== undefined);
    return isThere && this.problems.length === 0 && this.unasked.length === 0;
  }

  get exitCode(): 0 | 1 {
    return this.problems.length === 0 ? 0 : 1;
  }
}
