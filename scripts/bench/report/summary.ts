import type { Connected } from '../parts/connect-part';
import type { Cell } from '../parts/part';
import { LONGEST_P99_MS, type Rates } from '../parts/rate-search';
import type { Name } from '../scene/suite-scene';
import { grid } from './markdown';
import type { Parts } from './results';
import { missedIn } from './targets';

const SHOWN = { perSecond: 40, agents: 500 };
const NAMES: readonly Name[] = ['Parley', 'floor', 'app_queue'];

/** What a reader wants to know first: how fast it is next to the others, and what it should be and is not. */
export function summaryOf(parts: Parts): string {
  const connected = (parts['connect']?.figures ?? []) as readonly Connected[];
  const highest = (parts['rate']?.figures as Rates | undefined)?.highest ?? [];
  const each = (what: string, of: (figure: Connected) => string | number): readonly Cell[] => {
    const figureOf = (name: Name): Connected | undefined =>
      connected.find(
        ({ contender, perSecond, agents }) =>
          contender === name && perSecond === SHOWN.perSecond && agents === SHOWN.agents,
      );
    return [what, ...NAMES.map(figureOf).map((figure) => (figure === undefined ? '-' : of(figure)))];
  };
  const table = grid({
    head: [`${SHOWN.perSecond} calls a second, ${SHOWN.agents} agents`, 'Parley', 'floor', '`app_queue`'],
    rows: [
      each("ring: the caller's INVITE → the agent's INVITE, p50 ms", ({ ring }) => ring.p50),
      each("hear: the agent's answer → both hear each other, p50 ms", ({ hear }) => hear.p50),
      each(
        'seconds of a core for 1,000 calls: own process + Asterisk',
        ({ own, asterisk }) => `${own} + ${asterisk}`,
      ),
      [
        `highest rate of calls a second: none fails, p99 of INVITE to talk below ${LONGEST_P99_MS} ms`,
        ...NAMES.map((name) => highest.find(({ contender }) => contender === name)?.perSecond ?? '-'),
      ],
    ],
  });
  return `${table}\n\n${missedIn(Object.values(parts).flatMap(({ targets }) => targets))}`;
}
