import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from 'pg';
import { StorageUnavailable, StorageUnusable } from '../../ports/storage';
import { failedMigration, ledgerRow, outstanding, type AppliedMigration, type Migration } from './migrator';
import { explainedPostgres, isPassing } from './postgres-failure';
import { MIGRATIONS, SCHEMA } from './postgres-schema';
import { inTransaction, type PostgresAddress } from './postgres-session';
import { PostgresStorage } from './postgres-storage';

const TRY_AGAIN_MS = 1_000;
/** Several cells may start at once. Its number is of no meaning, and unlike the two of a cell's lock. */
const ONE_AT_A_TIME = 'SELECT pg_advisory_xact_lock(20250729)';
const LEDGER = `
  CREATE TABLE ${SCHEMA}.migration (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL DEFAULT extract(epoch FROM now()) * 1000
  )`;

/** Where a database is, from the URL that says it; the name has no user and no password in it. */
export function postgresAddress(url: string): PostgresAddress {
  const { hostname, port, pathname, searchParams } = new URL(url);
  const host = hostname || searchParams.get('host') || 'localhost';
  return {
    url,
    name: `PostgreSQL at ${host}:${port || '5432'}, database ${decodeURIComponent(pathname.slice(1))}`,
  };
}

/**
 * Opens the store in the database for this process alone, as the cell of this name, made if there is none. Waits for a
 * server that cannot be reached, and tells `waiting` why at each attempt.
 *
 * @throws StorageInUse when another process serves the cell.
 * @throws StorageUnusable that names the database and what to do when it does not let us in, is not there, is newer than
 *   this program, or another program's. It is left as it is.
 */
export async function openPostgres(
  address: PostgresAddress,
  cell: string,
  waiting: (problem: string) => void,
): Promise<PostgresStorage> {
  const storage = new PostgresStorage(address, cell, true);
  for (;;) {
    try {
      await storage.prepare((client) => migratePostgres(client, address.name));
      return storage;
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) {
        await storage.close();
        throw explainedPostgres(address.name, error);
      }
      waiting(error.message);
      await wait(TRY_AGAIN_MS);
    }
  }
}

/** Brings the database to the latest schema, all of it or nothing. */
async function migratePostgres(client: Client, name: string): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(ONE_AT_A_TIME);
    for (const migration of outstanding(name, await ledgerOf(client, name), MIGRATIONS)) {
      const { number, name: title, checksum } = ledgerRow(migration);
      await carryOut(client, name, migration);
      const record = `INSERT INTO ${SCHEMA}.migration (number, name, checksum) VALUES ($1, $2, $3)`;
      await client.query(record, [number, title, checksum]);
    }
  });
}

async function carryOut(client: Client, name: string, migration: Migration): Promise<void> {
  await client.query(`SET LOCAL search_path = ${SCHEMA}`);
  try {
    await client.query(migration.sql);
  } catch (error) {
    const isExplained = isPassing(error) || explainedPostgres(name, error) !== error;
    throw isExplained ? error : failedMigration(name, migration, error);
  }
}

/** Made if there is nothing yet. */
async function ledgerOf(client: Client, name: string): Promise<readonly AppliedMigration[]> {
  const { rows } = await client.query<Found>(`
    SELECT to_regnamespace('${SCHEMA}') IS NOT NULL AS has_schema, to_regclass('${SCHEMA}.migration') IS NOT NULL AS has_ledger,
      EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('${SCHEMA}')) AS has_content`);
  const { has_schema: hasSchema, has_ledger: hasLedger, has_content: hasContent } = rows[0]!;
  if (!hasLedger) {
    if (hasContent)
      throw new StorageUnusable(`${name} has a schema ${SCHEMA} of another program: use another database`);
    if (!hasSchema) await client.query(`CREATE SCHEMA ${SCHEMA}`);
    await client.query(LEDGER);
    return [];
  }
  const sql = `SELECT number, name, checksum FROM ${SCHEMA}.migration ORDER BY number`;
  return (await client.query<AppliedMigration>(sql)).rows;
}

type Found = { readonly has_schema: boolean; readonly has_ledger: boolean; readonly has_content: boolean };
