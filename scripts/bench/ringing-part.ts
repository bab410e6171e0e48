import { median, quantile, rounded } from './figures';
import { inTurn, type Bench, type Cell, type Outcome } from './part';
import { RingingLoad, type LoadResult, type Way } from './ringing-load';
import type { Name } from './suite-scene';

const TARGET_MS = 50;
/** Agents who become free each second, and callers who come. */
const PER_SECOND = 20;
/** Of each way: each gets a call every three seconds. */
const AGENTS = 30;
const FIRST_AGENTS: Readonly<Record<Way, number>> = { told: 300_001, ended: 310_001 };
const WHAT: Readonly<Record<Way, string>> = { told: 'told to be free', ended: 'BYE of the last talk' };

type Figure = {
  readonly contender: Name;
  readonly way: Way;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  /** Freed and not rung, and callers who were not taken. */
  readonly failed: number;
};

/** Figure 2: from an agent who becomes free to the INVITE at its phone, with callers who wait. */
export async function ringing({ scene, contenders: { all }, amount }: Bench): Promise<Outcome> {
  const agents = {
    told: await scene.growAgents(FIRST_AGENTS.told, AGENTS, 'told'),
    ended: await scene.growAgents(FIRST_AGENTS.ended, AGENTS, 'ended'),
  };
  const results = new Map<Name, LoadResult[]>();
  for (let round = 0; round < amount.rounds; round++) {
    for (const contender of inTurn(all, round)) {
      const load = new RingingLoad(contender.distribute(agents), { ...amount, perSecond: PER_SECOND, agents });
      scene.phones.onRing = (each) => load.take(each);
      results.set(contender.name, [...(results.get(contender.name) ?? []), await load.run()]);
    }
  }
  const figures = [...results].flatMap(([name, rounds]) =>
    (['told', 'ended'] as const)
      .filter((way) => rounds.every(({ times }) => times[way].length > 0))
      .map((way) => figureOf(name, way, rounds)),
  );
  console.table(figures);
  const ours = figures.filter(({ contender }) => contender === 'Parley');
  const besides = (contender: Name, way: Way): Figure | undefined =>
    figures.find((each) => each.contender === contender && each.way === way);
  const cells = (each: Figure, of: (figure: Figure) => number): Cell =>
    [each, besides('floor', each.way), besides('app_queue', each.way)]
      .map((figure) => (figure === undefined ? '-' : of(figure)))
      .join(' / ');
  return {
    figures,
    tables: [
      {
        title: `From a free agent to the INVITE at its phone, ${amount.waiting} callers waiting, ${PER_SECOND} agents a second, milliseconds: Parley / floor / \`app_queue\``,
        head: ['an agent becomes free', 'p50', 'p99', 'not rung'],
        rows: ours.map((each) => [
          WHAT[each.way],
          cells(each, ({ p50 }) => p50),
          cells(each, ({ p99 }) => p99),
          cells(each, ({ failed }) => failed),
        ]),
      },
    ],
    targets: ours.flatMap((each) => [
      { what: `free agent rings, ${WHAT[each.way]}, p99 ms`, value: each.p99, limit: TARGET_MS, sense: 'at most' as const }, // prettier-ignore
      {
        what: `free agent rings, ${WHAT[each.way]}, p99 times app_queue`,
        value: rounded(each.p99 / (besides('app_queue', each.way)?.p99 ?? NaN), 2),
        limit: 1,
        sense: 'at most' as const,
      },
    ]),
    problems: ours.length === 2 ? [] : ['no phone of ours rang'],
  };
}

function figureOf(contender: Name, way: Way, rounds: readonly LoadResult[]): Figure {
  const middle = (share: number): number =>
    rounded(median(rounds.map(({ times }) => quantile(times[way], share))));
  return {
    contender,
    way,
    count: rounds.reduce((sum, { times }) => sum + times[way].length, 0),
    p50: middle(0.5),
    p99: middle(0.99),
    failed: rounds.reduce((sum, { unrung, lostCallers }) => sum + unrung + lostCallers, 0),
  };
}
