import { CallLoad } from './call-load';
import { inTurn } from './connect-part';
import { contendersOf } from './contenders';
import { median, quantile, rounded } from './figures';
import type { Amount, Outcome } from './part';
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
  /** It ended. */
  readonly isTooMuchForAsterisk: boolean;
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

function isGood({ failed, p99, isTooMuchForAsterisk }: Attempt): boolean {
  return !isTooMuchForAsterisk && failed === 0 && p99 < LONGEST_P99_MS;
}

/** Higher and higher until it is too much, then half way back. On an Asterisk of its own: some rates are its end. */
async function search(name: Name, amount: Amount): Promise<readonly Attempt[]> {
  const scene = await SuiteScene.start();
  let isGone = false;
  void scene.asterisk.exited.then(() => (isGone = true));
  const contenders = await contendersOf(scene);
  const contender = contenders.all.find((each) => each.name === name)!;
  const attempts: Attempt[] = [];
  try {
    const agents = await scene.growAgents(FIRST_AGENT, Math.max(...amount.agents), 'work');
    await contender.open(agents);
    let good = 0;
    let bad = Infinity;
    while (attempts.length < amount.steps && bad - good > STEP && !isGone) {
      const higher = good + amount.firstRate;
      const perSecond = bad === Infinity ? higher : Math.round((good + bad) / 2 / STEP) * STEP;
      const made = { contender: name, perSecond, isTooMuchForAsterisk: false };
      try {
        const { failed, all } = await new CallLoad(scene, contender, { ...amount, perSecond }).run();
        attempts.push({ ...made, failed, p99: rounded(quantile(all, 0.99)) });
      } catch (error) {
        if (!isGone) throw error;
        attempts.push({ ...made, failed: NaN, p99: NaN, isTooMuchForAsterisk: true });
      }
      if (isGood(attempts.at(-1)!)) good = perSecond;
      else bad = perSecond;
    }
    return attempts;
  } finally {
    await contenders.stop();
    await scene.stop();
  }
}
