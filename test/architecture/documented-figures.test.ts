import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tablesOf, type Results } from '../../scripts/bench/report/results';
import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';
import { entryOf } from '../../src/domain/entry-of';
import type { Measured } from '../../src/ports/metrics';
import { figuresIn, labelsLostTo, labelsShownBy, labelsUsedIn, type LabelUse } from '../support/promql';
import { APP } from '../support/worlds';

const MEASURED: Measured = {
  queues: [{ app: APP, plan: 'sales', waiting: 1, ringing: 1 }],
  agents: [
    {
      app: APP,
      states: { online: 0, idle: 1, fetching: 0, talking: 0, busy: 0, away: 0 },
      idleSeconds: { 0: 1, 0.5: 1, 0.9: 1, 1: 1 },
    },
  ],
  live: [
    {
      app: APP,
      calls: { caller: 1, agent: 1, number: 1 },
      conversations: { queue: 1, call_out: 0, call_agent: 0 },
      lines: 1,
    },
  ],
  callbacks: [{ app: APP, undelivered: 1 }],
};

const read = (file: string): string => readFileSync(join(__dirname, '../..', file), 'utf8');

function namesIn(text: string): readonly string[] {
  const names = text.match(/\b(parley|process|nodejs)_[a-z_]+/g) ?? [];
  return [...new Set(names.map((name) => name.replace(/_seconds_(bucket|count|sum)$/, '_seconds')))].sort();
}

async function figures(): Promise<readonly string[]> {
  const metrics = new PrometheusMetrics();
  const text = await metrics.text();
  metrics.close();
  return [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name!).sort();
}

test('every figure is explained, and what is explained is there', async () => {
  expect(namesIn(read('docs/watching.md'))).toEqual(await figures());
});

test.each(['docs/grafana-dashboard.json', 'docs/alert-rules.yaml'])(
  '%s asks for figures that are there',
  async (file) => {
    const known = await figures();
    const asked = namesIn(read(file));

    expect(asked.filter((name) => !known.includes(name))).toEqual([]);
    expect(asked.length).toBeGreaterThan(10);
  },
);

/** Of each series by its name, with all labels, as something of every kind has happened. */
async function labels(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = new PrometheusMetrics();
  metrics.selected(APP, true);
  metrics.outsideBegun(APP);
  metrics.outsideAgainstRule(APP, 'deny', 'refused');
  metrics.ended(APP, 'sales', 'success', 1);
  metrics.rang(APP, 1);
  metrics.callBegun(APP, 'caller');
  metrics.conversationEnded(APP, 'queue', 'dismiss', 1);
  metrics.callbackTried(APP, 'delivered', 1);
  metrics.eventSetAside(APP);
  metrics.committed('written', 1);
  metrics.asteriskConnected(true);
  metrics.asteriskAsked('dial', 'done', 1);
  metrics.answered('GET', '/v1/callcenter/agent', 200, 1);
  metrics.requestLimited(APP, 'requests');
  metrics.onRead(() => MEASURED);
  const text = await metrics.text();
  metrics.close();
  const found = new Map<string, Set<string>>();
  for (const [, name, given = ''] of text.matchAll(/^([a-z_]+)(?:\{(.*)\})? \S+$/gm)) {
    const known = entryOf(found, name!, () => new Set<string>());
    for (const [, label] of given.matchAll(/([a-z_]+)="/g)) known.add(label!);
  }
  return found;
}

type Query = { readonly asks: string; readonly shows: string };

/** What each panel and alert asks, and the text that names what comes of it. */
const QUERIES: Readonly<Record<string, () => readonly Query[]>> = {
  'docs/grafana-dashboard.json': () => {
    const found: Query[] = [];
    JSON.parse(read('docs/grafana-dashboard.json'), (_, value: unknown) => {
      const { expr, legendFormat } = (value ?? {}) as { readonly expr?: string; readonly legendFormat?: string };
      if (typeof expr === 'string') found.push({ asks: expr, shows: legendFormat ?? '' });
      const listed = typeof value === 'string' ? /^label_values\((\w+), (\w+)\)$/.exec(value) : null;
      if (listed !== null) found.push({ asks: `${listed[1]}{${listed[2]}=""}`, shows: '' });
      return value;
    });
    return found;
  },
  'docs/alert-rules.yaml': () =>
    [
      ...read('docs/alert-rules.yaml').matchAll(
        /expr:\s*(?:>-)?([^]*?)\n\s+(?:for|labels):([^]*?)(?=- alert:|$)/g,
      ),
    ].map(([, asks, shows]) => ({ asks: asks!, shows: shows! })),
};

test.each(Object.keys(QUERIES))('%s asks for labels that its figures have', async (file) => {
  const known = await labels();
  const queries = QUERIES[file]!();
  const used = queries.flatMap(({ asks }) => labelsUsedIn(asks));
  const shown = queries.flatMap(({ asks, shows }) =>
    labelsShownBy(shows).flatMap((label) => figuresIn(asks).map((figure): LabelUse => [figure, label])),
  );

  expect([...used, ...shown].filter(([figure, label]) => !known.get(figure)?.has(label))).toEqual([]);
  expect(queries.flatMap(({ asks, shows }) => labelsLostTo(shows, asks))).toEqual([]);
  expect([queries.length > 10, used.length > 5]).toEqual([true, true]);
});

/** The counters of which an alert asks how they rise, with what it selects of them: `name{label="value"}`. */
const rising = (query: string): readonly string[] =>
  [...query.matchAll(/\b(?:increase|rate)\((\w+(?:\{[^}]*\})?)\[/g)].map(([, selector]) => selector!);

/** Of these, any operation of Asterisk's may be the first: what they are asked for is a share of all. */
const BEGIN_WITH_THE_FIRST = ['parley_ari_request_seconds', 'parley_queue_waiting_seconds'];

test('given that nothing has happened, whatever an alert wants to see rise is shown', async () => {
  const metrics = new PrometheusMetrics();
  metrics.onRead(() => MEASURED);
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  metrics.close();
  const asked = QUERIES['docs/alert-rules.yaml']!()
    .flatMap(({ asks }) => rising(asks))
    .filter((selector) => !BEGIN_WITH_THE_FIRST.some((name) => selector.startsWith(name)));

  const missing = asked.filter((selector) => {
    const [, name, label] = /^(\w+)(?:\{(\w+="\w+")\})?$/.exec(selector)!;
    return !lines.some((line) => /^\w+/.exec(line)![0] === name && line.includes(label ?? ''));
  });
  expect(missing).toEqual([]);
  expect(asked).toContain('parley_outside_against_rule_total{outcome="refused"}');
});

test.each<[string, readonly LabelUse[]]>([
  [
    'parley_agents{app=~"$app",state="idle"}',
    [
      ['parley_agents', 'app'],
      ['parley_agents', 'state'],
    ],
  ],
  [
    'sum by (le, plan) (rate(parley_callback_seconds_bucket[5m]))',
    [
      ['parley_callback_seconds_bucket', 'le'],
      ['parley_callback_seconds_bucket', 'plan'],
    ],
  ],
  ['a_b{job="x"} unless on (instance, app) parley_agents', [['parley_agents', 'app']]],
])('of %s the labels are found', (query, uses) => {
  expect(labelsUsedIn(query)).toEqual(uses);
});

test('a label that is shown and not kept is found', () => {
  expect(labelsLostTo('{{plan}} {{ $labels.app }}', 'sum by (app) (parley_queue_waiting)')).toEqual(['plan']);
});

/** Names and places of panels, for whoever edits the file by hand. */
test('the dashboard is one that Grafana can show', () => {
  const { panels } = JSON.parse(read('docs/grafana-dashboard.json')) as {
    readonly panels: readonly {
      readonly id: number;
      readonly gridPos: { readonly x: number; readonly w: number };
    }[];
  };

  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
});

test('the page of how fast it is says what was measured, and nothing else', () => {
  const { parts } = JSON.parse(read('bench/results.json')) as Results;
  const [, told] = /<!-- measured: begin -->([^]*)<!-- measured: end -->/.exec(read('docs/performance.md'))!;
  // Prettier aligns columns.
  const plain = (text: string): string => text.replace(/-{3,}/g, '---').replace(/ +/g, ' ').trim();

  expect(plain(told!)).toBe(plain(tablesOf(parts)));
});
