import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrometheusMetrics } from '../../src/adapters/metrics/prometheus-metrics';

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
