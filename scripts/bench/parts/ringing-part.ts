import { median, quantile, rounded, tailNote } from '../measuring/figures';
import {
  inTurn,
  judged,
  LATEST_MS,
  latenessOf,
  type Bench,
  type Cell,
  type Outcome,
  type Table,
  type Target,
} from './part';
import { RingingLoad, WAYS, type Faults, type LoadResult, type Way } from '../load/ringing-load';
import type { Name } from '../scene/suite-scene';

const TARGET_MS = 50;
/** Agents who become free each second, and callers who come. */
const PER_SECOND = 20;
/** Of each way: each gets a call every three seconds. */
const AGENTS = 30;
const FIRST_AGENTS: Readonly<Record<Way, number>> = { told: 300_001, ended: 310_001 };
const WHAT: Readonly<Record<Way, string>> = { told: 'told to be free', ended: 'BYE of the last talk' };

/** Of so many turns one may find nobody to be freed; where more do, fewer calls come than is said. */
const MOST_SKIPPED = 0.01;

export type RingingFigure = {
  readonly contender: Name;
  readonly way: Way;
  readonly count: number;
  /** Of all rounds the fewest. */
  readonly samples: number;
  readonly p50: number;
  readonly p99: number;
  readonly faults: Readonly<Faults>;
  /** Of all rounds the worst: how late the phones were, p99. */
  readonly late: number;
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
    WAYS.filter((way) => rounds.every(({ times }) => times[way].length > 0)).map((way) =>
      figureOf(name, way, rounds),
    ),
  );
  console.table(figures.map(({ faults, ...others }) => ({ ...others, ...faults })));
  return {
    figures,
    tables: [tableOf(figures, amount.waiting)],
    targets: targetsOf(figures),
    problems: problemsWith(figures),
  };
}

function figureOf(contender: Name, way: Way, rounds: readonly LoadResult[]): RingingFigure {
  const middle = (share: number): number =>
    rounded(median(rounds.map(({ times }) => quantile(times[way], share))));
  const sum = (what: keyof Faults): number => rounds.reduce((all, { faults }) => all + faults[way][what], 0);
  return {
    contender,
    way,
    count: rounds.reduce((all, { times }) => all + times[way].length, 0),
    samples: Math.min(...rounds.map(({ times }) => times[way].length)),
    p50: middle(0.5),
    p99: middle(0.99),
    faults: {
      unrung: sum('unrung'),
      surprises: sum('surprises'),
      lostCallers: sum('lostCallers'),
      refusedCommands: sum('refusedCommands'),
      skipped: sum('skipped'),
    },
    late: rounded(Math.max(...rounds.map(({ late }) => late))),
  };
}

type Figures = readonly RingingFigure[];

const figureIn = (figures: Figures, contender: Name, way: Way): RingingFigure | undefined =>
  figures.find((each) => each.contender === contender && each.way === way);
const oursIn = (figures: Figures): Figures => figures.filter(({ contender }) => contender === 'Parley');

export function tableOf(figures: Figures, waiting: number): Table {
  const others = (way: Way): readonly (RingingFigure | undefined)[] =>
    (['floor', 'app_queue'] as const).map((name) => figureIn(figures, name, way));
  const cells = (each: RingingFigure, of: (figure: RingingFigure) => Cell): Cell =>
    [each, ...others(each.way)].map((figure) => (figure === undefined ? '-' : of(figure))).join(' / ');
  const ratios = (each: RingingFigure, of: 'p50' | 'p99'): Cell =>
    others(each.way)
      .map((other) => (other === undefined ? '-' : rounded(each[of] / other[of], 2)))
      .join(' / ');
  return {
    title: `From a free agent to the INVITE at its phone, ${waiting} callers waiting, ${PER_SECOND} agents a second, milliseconds: Parley / floor / \`app_queue\`, and the ratios to floor / \`app_queue\`; skipped: nobody was there to be freed; late: how late the phones themselves were, p99`,
    head: [
      'an agent becomes free',
      'p50',
      '×',
      'p99',
      '×',
      'not rung',
      'rung unasked',
      'callers lost',
      'commands refused',
      'skipped',
      'late',
    ],
    rows: oursIn(figures).map((each) => [
      WHAT[each.way],
      cells(each, ({ p50 }) => p50),
      ratios(each, 'p50'),
      cells(each, ({ p99, samples }) => `${p99}${tailNote(samples)}`),
      ratios(each, 'p99'),
      ...(['unrung', 'surprises', 'lostCallers', 'refusedCommands', 'skipped'] as const).map((what) =>
        cells(each, ({ faults }) => faults[what]),
      ),
      cells(each, ({ late }) => (late > LATEST_MS ? `${late} **too late**` : late)),
    ]),
  };
}

export function targetsOf(figures: Figures): readonly Target[] {
  return oursIn(figures).flatMap((each) => {
    const queue = figureIn(figures, 'app_queue', each.way);
    const theirs =
      queue === undefined ? ['app_queue: no phone rang'] : [...failuresOf(queue), ...latenessOf(queue)];
    const doubts = [...skippedOf(each), ...latenessOf(each)];
    return [
      {
        what: `free agent rings, ${WHAT[each.way]}, p99 ms`,
        value: each.p99,
        limit: TARGET_MS,
        sense: 'at most' as const,
        ...judged(failuresOf(each), doubts),
      },
      {
        what: `free agent rings, ${WHAT[each.way]}, p99 times app_queue`,
        value: rounded(each.p99 / (queue?.p99 ?? NaN), 2),
        limit: 1,
        sense: 'at most' as const,
        ...judged(failuresOf(each), [...doubts, ...theirs]), // One that skips turns because it is slow has the less to do.
      },
    ];
  });
}

/** Times are of phones that rang after they were to. */
function failuresOf({ contender, faults }: RingingFigure): readonly string[] {
  const { unrung, surprises, lostCallers, refusedCommands } = faults;
  const told = [
    [unrung, 'not rung'],
    [surprises, 'rung unasked'],
    [lostCallers, 'callers lost'],
    [refusedCommands, 'commands refused'],
  ] as const;
  return told.filter(([count]) => count > 0).map(([count, what]) => `${contender}: ${count} ${what}`);
}

function skippedOf({ contender, count, faults: { skipped } }: RingingFigure): readonly string[] {
  const turns = count + skipped;
  return skipped > turns * MOST_SKIPPED
    ? [`${contender}: nobody was there to be freed at ${skipped} of ${turns} turns`]
    : [];
}

export function problemsWith(figures: Figures): readonly string[] {
  const silent = WAYS.filter((way) => figureIn(figures, 'Parley', way) === undefined);
  return [
    ...silent.map((way) => `no phone of ours rang in a round: ${WHAT[way]}`),
    ...figures.flatMap(latenessOf),
    ...oursIn(figures).flatMap(skippedOf),
  ];
}
