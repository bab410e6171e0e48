import { CallLoad, type CallResult } from '../load/call-load';
import type { Contender } from '../contenders/contenders';
import { median, quantile, rounded, tailNote, type Quantiles } from '../measuring/figures';
import { inTurn, judged, LATEST_MS, latenessOf, type Bench, type Outcome, type Table, type Target } from './part';
import type { Name } from '../scene/suite-scene';

const FIRST_AGENT = 200_001;
const AT_MOST = 1.5;
/** The target is for these rates and so many agents. */
const JUDGED_RATES = [40, 80];
const JUDGED_AGENTS = 500;
const MOST_PROCESSOR = 3;
const WARM_UP_RATE = 20;

/** Medians over the rounds; milliseconds, and seconds of a core for 1,000 calls. */
export type Connected = {
  readonly contender: Name;
  readonly agents: number;
  readonly perSecond: number;
  readonly calls: number;
  readonly failed: number;
  /** Calls that came to their end: of all rounds the fewest. */
  readonly samples: number;
  readonly ring: Quantiles;
  readonly hear: Quantiles;
  readonly own: number;
  readonly asterisk: number;
  /** Of all rounds the worst: how late the phones were, p99. */
  readonly late: number;
};

/** Figure 1, and the processor time of figure 4: from the caller's INVITE to the talk. */
export async function connect({ scene, contenders: { all }, amount }: Bench): Promise<Outcome> {
  const agents = await scene.growAgents(FIRST_AGENT, Math.min(...amount.agents), 'work');
  for (const contender of all) await warmUp(scene, contender, agents, amount.firstWarmUpSeconds);
  const figures: Connected[] = [];
  for (const count of amount.agents) {
    const users = await scene.growAgents(FIRST_AGENT, count, 'work');
    const results = new Map<string, CallResult[]>();
    for (let round = 0; round < amount.rounds; round++) {
      for (const contender of inTurn(all, round)) {
        await contender.open(users);
        for (const perSecond of amount.rates) {
          const result = await new CallLoad(scene, contender, { ...amount, perSecond }).run();
          const key = `${contender.name} ${perSecond}`;
          results.set(key, [...(results.get(key) ?? []), result]);
        }
        await contender.close(users);
      }
    }
    for (const perSecond of amount.rates) {
      for (const { name } of all) figures.push(over(results.get(`${name} ${perSecond}`)!, name, count, perSecond));
    }
    console.table(figures.filter((each) => each.agents === count).map(flat));
  }
  return {
    figures,
    tables: tablesOf(figures),
    targets: targetsOf(figures),
    problems: problemsWith(figures),
    unasked: unaskedOf(figures),
  };
}

async function warmUp(
  scene: Bench['scene'],
  contender: Contender,
  agents: readonly string[],
  seconds: number,
): Promise<void> {
  await contender.open(agents);
  await new CallLoad(scene, contender, { perSecond: WARM_UP_RATE, seconds, warmUpSeconds: 0 }).run();
  await contender.close(agents);
}

function over(results: readonly CallResult[], contender: Name, agents: number, perSecond: number): Connected {
  const middle = (of: (result: CallResult) => number): number => rounded(median(results.map(of)));
  const sum = (of: (result: CallResult) => number): number => results.reduce((all, each) => all + of(each), 0);
  const quantiles = (of: (result: CallResult) => readonly number[]): Quantiles => ({
    p50: middle((result) => quantile(of(result), 0.5)),
    p99: middle((result) => quantile(of(result), 0.99)),
  });
  return {
    contender,
    agents,
    perSecond,
    calls: sum(({ placed }) => placed),
    failed: sum(({ failed }) => failed),
    samples: Math.min(...results.map(({ ring }) => ring.length)),
    ring: quantiles(({ ring }) => ring),
    hear: quantiles(({ hear }) => hear),
    own: middle(({ spent, placed }) => (spent.own / placed) * 1000),
    asterisk: middle(({ spent, placed }) => (spent.asterisk / placed) * 1000),
    late: rounded(Math.max(...results.map(({ late }) => late))),
  };
}

function flat({ ring, hear, ...others }: Connected): object {
  return { ...others, 'ring p50': ring.p50, 'ring p99': ring.p99, 'hear p50': hear.p50, 'hear p99': hear.p99 };
}

const OTHERS = ['floor', 'app_queue'] as const;

/** Those of the other contender in the same minutes. */
function besides(figures: readonly Connected[], of: Connected, contender: Name): Connected {
  return figures.find(
    (each) => each.contender === contender && each.agents === of.agents && each.perSecond === of.perSecond,
  )!;
}

export function tablesOf(figures: readonly Connected[]): readonly Table[] {
  const ours = figures.filter(({ contender }) => contender === 'Parley');
  const ratio = (of: Connected, by: (each: Connected) => number): string =>
    OTHERS.map((other) => rounded(by(of) / by(besides(figures, of, other)), 2)).join(' / ');
  const trio = (of: Connected, by: (each: Connected) => number): string =>
    [of, ...OTHERS.map((other) => besides(figures, of, other))].map(by).join(' / ');
  const samples = (of: Connected): number =>
    Math.min(...[of, ...OTHERS.map((other) => besides(figures, of, other))].map((each) => each.samples));
  const row = (each: Connected): readonly (string | number)[] => [
    each.agents,
    each.perSecond,
    trio(each, ({ failed }) => failed),
    ...(['ring', 'hear'] as const).flatMap((what) =>
      (['p50', 'p99'] as const).flatMap((which) => [
        `${trio(each, (of) => of[what][which])}${which === 'p99' ? tailNote(samples(each)) : ''}`,
        ratio(each, (of) => of[what][which]),
      ]),
    ),
    `${trio(each, ({ late }) => late)}${isLate(figures, each) ? ' **too late**' : ''}`,
  ];
  return [
    {
      title:
        "From the caller's INVITE to the one at the agent's phone (ring), and from the agent's answer until both have heard each other (hear), milliseconds: Parley / floor / `app_queue`, and the ratios to floor / `app_queue`; late: how late the phones themselves were, p99",
      head: [
        'agents',
        'calls/s',
        'failed',
        'ring p50',
        '×',
        'ring p99',
        '×',
        'hear p50',
        '×',
        'hear p99',
        '×',
        'late',
      ],
      rows: ours.map(row),
    },
    {
      title: 'Seconds of a core for 1,000 calls: Parley / floor / `app_queue`, which has no process of its own',
      head: ['agents', 'calls/s', 'own process', '× floor', 'Asterisk', '× floor / app_queue'],
      rows: ours.map((each) => [
        each.agents,
        each.perSecond,
        trio(each, ({ own }) => own),
        rounded(each.own / besides(figures, each, 'floor').own, 2),
        trio(each, ({ asterisk }) => asterisk),
        ratio(each, ({ asterisk }) => asterisk),
      ]),
    },
  ];
}

const isJudged = ({ contender, agents, perSecond }: Connected): boolean =>
  contender === 'Parley' && agents === JUDGED_AGENTS && JUDGED_RATES.includes(perSecond);

const isLate = (figures: readonly Connected[], row: Connected): boolean =>
  [row, ...OTHERS.map((other) => besides(figures, row, other))].some(({ late }) => late > LATEST_MS);

/** Times are those of calls that came to their end, and who gives a call up early has spent little on it. */
const failuresOf = ({ contender, failed, calls }: Connected): readonly string[] =>
  failed > 0 ? [`${contender}: ${failed} of ${calls} calls failed`] : [];

/** Of ours next to another one. */
function judgement(ours: Connected, other: Connected): Pick<Target, 'missed' | 'undecided'> {
  return judged(failuresOf(ours), [...failuresOf(other), ...latenessOf(ours), ...latenessOf(other)]);
}

export function targetsOf(figures: readonly Connected[]): readonly Target[] {
  return figures.filter(isJudged).flatMap((each) => {
    const where = `${each.perSecond} calls/s, ${each.agents} agents`;
    const times = (['ring', 'hear'] as const).flatMap((what) =>
      (['p50', 'p99'] as const).flatMap((which) =>
        OTHERS.map((name) => {
          const other = besides(figures, each, name);
          return {
            what: `${what} ${which} at ${where}, times ${name}`,
            value: rounded(each[what][which] / other[what][which], 2),
            limit: AT_MOST,
            sense: 'at most' as const,
            ...judgement(each, other),
          };
        }),
      ),
    );
    const floor = besides(figures, each, 'floor');
    const processor = {
      what: `processor time of the own process at ${where}, times floor`,
      value: rounded(each.own / floor.own, 2),
      limit: MOST_PROCESSOR,
      sense: 'at most' as const,
      ...judgement(each, floor),
    };
    return [...times, processor];
  });
}

export function problemsWith(figures: readonly Connected[]): readonly string[] {
  const empty = figures.filter(({ ring }) => Number.isNaN(ring.p50));
  const late = figures.filter((each) => isJudged(each) && isLate(figures, each));
  return [
    ...empty.map(
      ({ contender, agents, perSecond }) =>
        `${contender} connected no call of a round at ${perSecond} a second, ${agents} agents`,
    ),
    ...late.map(
      ({ agents, perSecond }) =>
        `the phones were too late for times taken at them at ${perSecond} a second, ${agents} agents`,
    ),
  ];
}

export function unaskedOf(figures: readonly Connected[]): readonly string[] {
  const rates = figures.filter(isJudged).map(({ perSecond }) => perSecond);
  return JUDGED_RATES.filter((each) => !rates.includes(each)).map(
    (each) => `${each} calls/s with ${JUDGED_AGENTS} agents`,
  );
}
