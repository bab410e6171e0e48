import type { MetricsPage } from '../../src/ports/metrics';

/** The lines of a figure, without what they all begin with. */
export async function linesOf(metrics: MetricsPage, name: string): Promise<readonly string[]> {
  const lines = (await metrics.text())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.map((line) => line.slice(name.length));
}
