import type { Database, Statement } from 'better-sqlite3';

export type Statements<Texts> = { readonly [Name in keyof Texts]: Statement };

/** Each text as a statement, under its own name. */
export function prepared<Texts extends Readonly<Record<string, string>>>(
  db: Database,
  texts: Texts,
): Statements<Texts> {
  const statements = Object.entries(texts).map(([name, text]) => [name, db.prepare(text)]);
  return Object.fromEntries(statements) as Statements<Texts>;
}
