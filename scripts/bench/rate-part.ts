import { CallLoad } from './call-load';
import { contendersOf, type Contender, type Contenders } from './contenders';
import { median, quantile, rounded } from './figures';
import { inTurn, type Amount, type Outcome } from './part';
import { SuiteScene, type Name } from './suite-scene';

const FIRST_AGENT = 200_001;
const LONGEST_P99_MS = 200;
const AT_LEAST = 0.9;
const STEP = 10;

type Attempt = {
  readonly contender: Name;
  readonly perSecond: number;
  readonly failed: number;
  readonly p99: number;
  /** What it was too much for: Asterisk has ended, or the channels of calls were still there long after. */
  readonly collapse: string | null;
};

const NAMES: readonly Name[] = ['Parley', 'app_queue', 'floor'];

/** Figure 3: the highest rate at which no call fails, and 99 of 100 are talks within 200 ms of their INVITE. */
export async function rate(amount: Amount): Promise<Outcome> {
  const highest = new Map<Name, number[]>();
  const attempts: Attempt[] = [];
  for (let round = 0; round < amount.rounds; round++) {
    for (const name of inTurn(NAMES, round)) {
      const made = await search(name, amount);
      attempts.push(...made);
      const good = made.filter(isGood).map(({ perSecond }) => perSecond);
      highest.set(name, [...(highest.get(name) ?? []), Math.max(0, ...good)]);
    }
  }
  console.table(attempts);
  const figures = [...highest].map(([contender, rates]) => ({ contender, perSecond: median(rates), rates }));
  const of = (name: Name): number => figures.find(({ contender }) => contender === name)!.perSecond;
  return {
    figures: { highest: figures, attempts },
    tables: [
      {
        title: `Highest rate of calls a second, in steps of ${STEP}, with no failed call and p99 of INVITE to talk below ${LONGEST_P99_MS} ms`,
        head: ['Parley', 'floor', '`app_queue`', '× floor', '× `app_queue`'],
        rows: [[of('Parley'), of('floor'), of('app_queue'), ratio(of('Parley'), of('floor')), ratio(of('Parley'), of('app_queue'))]], // prettier-ignore
      },
    ],
    targets: [{ what: 'highest rate, times floor', value: ratio(of('Parley'), of('floor')), limit: AT_LEAST, sense: 'at least' }], // prettier-ignore
    problems: attempts.every(({ p99 }) => Number.isNaN(p99)) ? ['nobody connected a call'] : [],
  };
}

const ratio = (one: number, other: number): number => rounded(one / other, 2);

function isGood({ failed, p99, collapse }: Attempt): boolean {
  return collapse === null && failed === 0 && p99 < LONGEST_P99_MS;
}

/** Higher and higher until it is too much, then half way back. */
async function search(name: Name, amount: Amount): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  let site: Site | undefined;
  let good = 0;
  let bad = Infinity;
  try {
    while (attempts.length < amount.steps && bad - good > STEP) {
      const higher = good + amount.firstRate;
      const perSecond = bad === Infinity ? higher : Math.round((good + bad) / 2 / STEP) * STEP;
      site ??= await Site.open(name, amount);
      const attempt = await site.attempt(perSecond);
      attempts.push(attempt);
      if (isGood(attempt)) {
        good = perSecond;
      } else {
        bad = perSecond;
        await site.close();
        site = undefined;
      }
    }
    return attempts;
  } finally {
    await site?.close();
  }
}

/** One contender with an Asterisk of its own. What was too much leaves things behind, so the next attempt has another site. */
class Site {
  private isGone = false;

  private constructor(
    private readonly scene: SuiteScene,
    private readonly contenders: Contenders,
    private readonly contender: Contender,
    private readonly amount: Amount,
  ) {
    void scene.asterisk.exited.then(() => (this.isGone = true));
  }

  static async open(name: Name, amount: Amount): Promise<Site> {
    const scene = await SuiteScene.start();
    const contenders = await contendersOf(scene);
    const contender = contenders.all.find((each) => each.name === name)!;
    const agents = await scene.growAgents(FIRST_AGENT, Math.max(...amount.agents), 'work');
    await contender.open(agents);
    const site = new Site(scene, contenders, contender, amount);
    await site.attempt(amount.firstRate); // Nobody begins at full speed: a process that has just started is slower.
    return site;
  }

  async attempt(perSecond: number): Promise<Attempt> {
    const { scene, contender, amount } = this;
    const made = { contender: contender.name, perSecond };
    try {
      const { failed, all } = await new CallLoad(scene, contender, { ...amount, perSecond }).run();
      return { ...made, failed, p99: rounded(quantile(all, 0.99)), collapse: null };
    } catch (error) {
      const collapse = this.isGone ? 'Asterisk has ended' : (error as Error).message;
      return { ...made, failed: NaN, p99: NaN, collapse };
    }
  }

  async close(): Promise<void> {
    await this.contenders.stop();
    await this.scene.stop();
  }
}
