import type { Connected } from '../parts/connect-part';
import { told } from './origin';
import type { Parts } from './results';
import type { Name } from '../scene/suite-scene';

const COLOURS: Readonly<Record<Name, string>> = { Parley: '#2563eb', floor: '#9ca3af', app_queue: '#f59e0b' };
const NAMES = Object.keys(COLOURS) as readonly Name[];
const PANEL = { width: 520, height: 220, left: 56, top: 56 } as const;
const BAR = 14;
/** Milliseconds, on a logarithmic scale. */
const LOWEST = 1;
const HIGHEST = 10_000;

/** Of figure 1, p50 (dark) and p99 (light) of both times, for each rate and each number of agents: an SVG. */
export function drawing(parts: Parts): string {
  const part = parts['connect'];
  const figures = (part?.figures ?? []) as readonly Connected[];
  const agents = [...new Set(figures.map((each) => each.agents))];
  const panels = agents.flatMap((count, row) =>
    (['ring', 'hear'] as const).map((what, column) =>
      panel(
        figures.filter((each) => each.agents === count),
        what,
        count,
        column,
        row,
      ),
    ),
  );
  const width = 2 * (PANEL.width + PANEL.left);
  const height = agents.length * (PANEL.height + PANEL.top) + 60;
  const origin = part === undefined ? '' : text(PANEL.left, height - 34, `${part.at}: ${told(part)}`);
  const legend = NAMES.map((name, index) => {
    const x = PANEL.left + index * 120;
    return `<rect x="${x}" y="${height - 24}" width="12" height="12" fill="${COLOURS[name]}"/>${text(x + 18, height - 14, name)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...panels,
    ...legend,
    origin,
    '</svg>\n',
  ].join('\n');
}

const TITLES = { ring: "caller's INVITE → agent's INVITE", hear: "agent's answer → both hear" } as const;

function panel(
  figures: readonly Connected[],
  what: 'ring' | 'hear',
  agents: number,
  column: number,
  row: number,
): string {
  const left = PANEL.left + column * (PANEL.width + PANEL.left);
  const top = PANEL.top + row * (PANEL.height + PANEL.top);
  const bottom = top + PANEL.height - 24;
  const y = (milliseconds: number): number => {
    const share = Math.log10(Math.max(milliseconds, LOWEST) / LOWEST) / Math.log10(HIGHEST / LOWEST);
    return Math.round(bottom - share * (bottom - top));
  };
  const rates = [...new Set(figures.map(({ perSecond }) => perSecond))];
  // What was not measured is null in JSON, and would be a bar of no height.
  const drawn = figures.filter((each) => Number.isFinite(each[what].p50) && Number.isFinite(each[what].p99));
  const bars = drawn.map((each) => {
    const group = left + 20 + rates.indexOf(each.perSecond) * ((PANEL.width - 40) / rates.length);
    const x = group + NAMES.indexOf(each.contender) * (BAR + 4);
    const bar = (value: number, opacity: number): string =>
      `<rect x="${x}" y="${y(value)}" width="${BAR}" height="${bottom - y(value)}" fill="${COLOURS[each.contender]}" fill-opacity="${opacity}"><title>${each.contender} ${value} ms</title></rect>`;
    return bar(each[what].p99, 0.4) + bar(each[what].p50, 1);
  });
  const grid = [1, 10, 100, 1_000, 10_000].map(
    (each) =>
      `<line x1="${left}" x2="${left + PANEL.width - 20}" y1="${y(each)}" y2="${y(each)}" stroke="#e5e7eb"/>${text(left - 44, y(each) + 4, `${each} ms`)}`,
  );
  const labels = rates.map((each, index) =>
    text(left + 20 + index * ((PANEL.width - 40) / rates.length), bottom + 18, `${each} calls/s`),
  );
  const title = text(left, top - 12, `${TITLES[what]}, ${agents} agents: p50 dark, p99 light`);
  return [title, ...grid, ...bars, ...labels].join('\n');
}

function text(x: number, y: number, content: string): string {
  return `<text x="${x}" y="${y}" fill="#111827">${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
}
