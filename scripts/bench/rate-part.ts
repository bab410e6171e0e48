import { CallLoad } from './call-load';
import { inTurn } from './connect-part';
import { median, quantile, rounded } from './figures';
import type { Amount, Bench, Outcome } from './part';
import type { Name } from './suite-scene';

const FIRST_AGENT = 200_001;
const LONGEST_P99_MS = 200;
const AT_LEAST = 0.9;
const STEP = 10;

type Attempt = { readonly perSecond: number; readonly failed: number; readonly p99: number };

/** Figure 3: the highest rate at which no call fails, and 99 of 100 are talks within 200 ms of their INVITE. */
export async function rate({ scene, contenders: { all }, amount }: Bench): Promise<Outcome> {
  const agents = await scene.growAgents(FIRST_AGENT, Math.max(...amount.agents), 'work');
  const highest = new Map<Name, number[]>();
  const attempts: (Attempt & { readonly contender: Name })[] = [];
  for (let round = 0; round < amount.rounds; round++) {
    for (const contender of inTurn(all, round)) {
      await contender.open(agents);
      const attempt = async (perSecond: number): Promise<Attempt> => {
        const result = await new CallLoad(scene, contender, { ...amount, perSecond }).run();
        const made = { perSecond, failed: result.failed, p99: rounded(quantile(result.all, 0.99)) };
        attempts.push({ contender: contender.name, ...made });
        return made;
      };
      const found = await highestOf(attempt, amount);
      highest.set(contender.name, [...(highest.get(contender.name) ?? []), found]);
      await contender.close(agents);
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

/** Doubles until it is too much, then halves the gap. 0: not even the first step is reached. */
async function highestOf(
  attempt: (perSecond: number) => Promise<Attempt>,
  { firstRate, steps }: Amount,
): Promise<number> {
  let good = 0;
  let bad = Infinity;
  for (let step = 0; step < steps && bad - good > STEP; step++) {
    const middle = (good + bad) / 2;
    const next = bad === Infinity ? good * 2 || firstRate : Math.round(middle / STEP) * STEP;
    const { failed, p99 } = await attempt(next);
    if (failed === 0 && p99 < LONGEST_P99_MS) good = next;
    else bad = next;
  }
  return good;
}
