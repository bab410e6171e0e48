import type { Cell, Table } from '../parts/part';

export function grid({ head, rows }: Pick<Table, 'head' | 'rows'>): string {
  // Of what was not measured there is no number, which JSON makes null.
  const shown = (cell: Cell | null): string => String(cell ?? '-').replace(/\b(NaN|Infinity)\b/g, '-');
  const line = (cells: readonly Cell[]): string => `| ${cells.map(shown).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const titled = (table: Table): string => `**${table.title}**\n\n${grid(table)}`;
