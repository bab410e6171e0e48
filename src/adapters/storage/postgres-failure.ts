import { StorageInUse, StorageUnavailable, StorageUnusable } from '../../ports/storage';

/**
 * SQLSTATE of what passes by itself, or when an administrator is done: connections lost, a server that starts or stops,
 * one that has become a stand-by, time-outs, conflicts with other transactions, a full disk, too many connections.
 */
const PASSING_STATE = /^(08|25006|25P0[34]|40|53|55P03|57014|57P0|58)/;
/** Codes of Node for a network that does not work, or a server that is not there. */
const PASSING_CODE =
  /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|ENOENT|EADDR|EMFILE|ENFILE|ERR_STREAM|ERR_SOCKET)/;
/** What `pg` says without a code when the connection is gone or does not come about. */
const PASSING_TEXT = /connection terminated|timeout expired|not queryable|client was closed|in recovery/i;

/** Whether it may be tried again, on another connection. */
export function isPassing(error: unknown): boolean {
  if (error instanceof TookTooLong) return true;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string') return PASSING_STATE.test(code) || PASSING_CODE.test(code);
  return typeof message === 'string' && PASSING_TEXT.test(message);
}

/** The server did not answer in time. What was asked may have happened. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/** What passes, as an error that says so. Where several addresses have failed, Node has no message, but a code. */
export function unavailable(name: string, error: unknown): StorageUnavailable {
  const { code, message } = error as { readonly code?: unknown; readonly message: string };
  return new StorageUnavailable(`${name}: ${message || String(code)}`, { cause: error });
}

/** The error of an opening that does not pass by itself, as one line that says what to do. */
export function explainedPostgres(name: string, error: unknown): unknown {
  if (error instanceof StorageUnusable || error instanceof StorageInUse) return error;
  const { code, message } = error as { readonly code?: unknown; readonly message?: string };
  const reason = REASONS.find(([pattern]) => pattern.test(`${String(code)} ${message}`));
  if (reason === undefined) return error;
  return new StorageUnusable(`${name} ${reason[1]} (${message})`, { cause: error });
}

const SETTING = 'PARLEY_DATABASE_URL';
const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^28|SASL|password/i, `does not let us in: correct user and password in ${SETTING}, or pg_hba.conf`],
  [/^3D000/, `is not there: create the database, or correct ${SETTING}`],
  [/^42704/, 'is too old: PostgreSQL 14 or newer is needed'],
  [
    /^42501/,
    'does not let us use our tables: make the user the owner of the database, and of all in its schema parley',
  ],
  [
    /SSL|TLS|CERT|SELF_SIGNED/i,
    `cannot be reached with encryption as it is asked for: correct sslmode in ${SETTING}`,
  ],
];
