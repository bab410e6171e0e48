import { ledgerRow, migrate, type AppliedMigration, type Migration } from '../../src/adapters/storage/migrator';

const first: Migration = { number: 1, name: 'first', sql: 'CREATE TABLE first' };
const second: Migration = { number: 2, name: 'second', sql: 'CREATE TABLE second' };
const third: Migration = { number: 3, name: 'third', sql: 'CREATE TABLE third' };

/** Keeps its ledger and what was carried out. */
class LedgerOnly {
  readonly name = 'the database';
  readonly carriedOut: string[] = [];

  constructor(readonly ledger: AppliedMigration[] = []) {}

  applied(): readonly AppliedMigration[] {
    return this.ledger;
  }

  apply(sql: string, row: AppliedMigration): void {
    this.carriedOut.push(sql);
    this.ledger.push(row);
  }
}

describe('migrating a database', () => {
  test('given an empty one, all migrations are carried out in order and written into the ledger', () => {
    const database = new LedgerOnly();
    migrate(database, [first, second]);

    expect(database.carriedOut).toEqual([first.sql, second.sql]);
    expect(database.ledger.map(({ number, name }) => [number, name])).toEqual([
      [1, 'first'],
      [2, 'second'],
    ]);
  });

  test('given one that has some already, only the rest is carried out', () => {
    const database = new LedgerOnly([ledgerRow(first)]);
    migrate(database, [first, second, third]);

    expect(database.carriedOut).toEqual([second.sql, third.sql]);
  });

  test('given one that has them all, nothing is done', () => {
    const database = new LedgerOnly([first, second].map(ledgerRow));
    migrate(database, [first, second]);

    expect(database.carriedOut).toEqual([]);
  });

  test.each<[what: string, ledger: AppliedMigration[], message: string]>([
    [
      'is newer',
      [first, second, third].map(ledgerRow),
      'the database is newer than this program: it has migration 3 (third), the last one known here is 2',
    ],
    [
      'was migrated by a statement that has changed since',
      [ledgerRow({ ...first, sql: 'CREATE TABLE other' })],
      'the database was made by another program: its migration 1 (first) is not our 1 (first)',
    ],
    [
      'lacks one in the middle',
      [ledgerRow(second)],
      'the database was made by another program: its migration 2 (second) is not our 1 (first)',
    ],
  ])('given one that %s, it is refused and nothing is done', (_, ledger, message) => {
    const database = new LedgerOnly(ledger);

    expect(() => migrate(database, [first, second])).toThrow(message);
    expect(database.carriedOut).toEqual([]);
  });

  test('given another name for the same statements, it goes on', () => {
    const database = new LedgerOnly([{ ...ledgerRow(first), name: 'renamed since' }]);
    migrate(database, [first, second]);

    expect(database.carriedOut).toEqual([second.sql]);
  });
});
