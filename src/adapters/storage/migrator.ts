import { createHash } from 'node:crypto';
import { StorageUnusable } from '../../ports/storage';

/** One step of a schema. Once released it never changes: what is to be otherwise is a further step. */
export type Migration = {
  /** 1, 2, 3, … without gaps. */
  readonly number: number;
  readonly name: string;
  /** Statements in the language of the database, separated by semicolons. */
  readonly sql: string;
};

/** A row of the ledger that every database keeps of itself; the database adds when it was applied. */
export type AppliedMigration = { readonly number: number; readonly name: string; readonly checksum: string };

export interface MigratedDatabase {
  /** How messages name it: a file, or a host and a database. */
  readonly name: string;
  /** The ledger by number; empty for a database in which nothing is yet. */
  applied(): readonly AppliedMigration[];
  /** Carries out the statements and writes the row into the ledger. */
  apply(sql: string, row: AppliedMigration): void;
}

/**
 * Brings the database to the last of the migrations; one that is there already stays untouched. To be run in a transaction:
 * all of them or none, so that a database that cannot be lifted still serves the program before.
 * @throws StorageUnusable that names the database if it is newer than this program, or if a migration that it has is not ours.
 */
export function migrate(database: MigratedDatabase, migrations: readonly Migration[]): void {
  for (const migration of outstanding(database.name, database.applied(), migrations)) {
    database.apply(migration.sql, ledgerRow(migration));
  }
}

/** For a statement that the database does not take. */
export function failedMigration(
  database: string,
  { number, name }: Pick<Migration, 'number' | 'name'>,
  error: unknown,
): StorageUnusable {
  return new StorageUnusable(
    `${database} cannot be brought to the schema of this program, and is as it was: go on with the program before, ` +
      `or restore it from a backup. Migration ${number} (${name}) fails (${(error as Error).message})`,
    { cause: error },
  );
}

/** What is left to do for a database with this ledger. The rules alone, for databases that are asked asynchronously. */
export function outstanding(
  database: string,
  applied: readonly AppliedMigration[],
  migrations: readonly Migration[],
): readonly Migration[] {
  applied.forEach((row, index) => {
    const migration = migrations[index];
    if (migration === undefined) {
      throw new StorageUnusable(
        `${database} is newer than this program: it has migration ${row.number} (${row.name}), ` +
          `the last one known here is ${migrations.length}`,
      );
    }
    if (row.number !== migration.number || row.checksum !== checksum(migration)) {
      throw new StorageUnusable(
        `${database} was made by another program: its migration ${row.number} (${row.name}) ` +
          `is not our ${migration.number} (${migration.name})`,
      );
    }
  });
  return migrations.slice(applied.length);
}

export function ledgerRow(migration: Migration): AppliedMigration {
  return { number: migration.number, name: migration.name, checksum: checksum(migration) };
}

function checksum({ sql }: Migration): string {
  return createHash('sha256').update(sql).digest('hex');
}
