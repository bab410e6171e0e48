import type { Client } from 'pg';
import type { Conversation } from '../../domain/conversation/conversation';
import { isListed, partiesOf, stateOf } from './conversation-history';
import { AMONG } from './postgres-past';
import { ask } from './postgres-session';
import { forgetListed } from './shared-sql';

const PUT = `
  INSERT INTO history AS known (id, cell, app, type, state, begin_time)
  SELECT id, @cell, app, type, state, begin_time
  FROM unnest(@ids::text[], @apps::text[], @types::text[], @states::text[], @beginTimes::bigint[])
    AS told (id, app, type, state, begin_time)
  ON CONFLICT (id) DO UPDATE SET state = excluded.state WHERE known.state <> excluded.state`;
const PUT_PARTIES = `
  INSERT INTO history_party AS known (app, kind, name, begin_time, id, cell, type, state)
  SELECT app, kind, name, begin_time, id, @cell, type, state
  FROM unnest(@ids::text[], @apps::text[], @types::text[], @states::text[], @beginTimes::bigint[],
    @kinds::text[], @names::text[]) AS told (id, app, type, state, begin_time, kind, name)
  ON CONFLICT (app, kind, name, begin_time, id) DO UPDATE SET state = excluded.state
  WHERE known.state <> excluded.state`;

/** Puts the conversations where lists find them. To be called in the transaction that writes them. */
export async function putHistory(client: Client, cell: string, all: readonly Conversation[]): Promise<void> {
  const listed = all.filter(isListed);
  if (listed.length === 0) return;
  await ask(client, PUT, { cell, ...columnsOf(listed) });
  const seats = listed.flatMap((conversation) =>
    partiesOf(conversation).map((party) => ({ conversation, party })),
  );
  if (seats.length === 0) return;
  await ask(client, PUT_PARTIES, {
    cell,
    ...columnsOf(seats.map(({ conversation }) => conversation)),
    kinds: seats.map(({ party }) => party.kind),
    names: seats.map(({ party }) => searchable(party.name)),
  });
}

/** To be called in the transaction that drops the conversations themselves. */
export async function forgetHistory(client: Client, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  for (const sql of forgetListed(AMONG)) await ask(client, sql, { ids });
}

/** A number that somebody calls from may be any text. PostgreSQL takes no NUL, and no half of a pair of surrogates. */
export function searchable(name: string): string {
  return Buffer.from(name.replaceAll('\0', '\ufffd')).toString();
}

function columnsOf(conversations: readonly Conversation[]): object {
  return {
    ids: conversations.map(({ id }) => id),
    apps: conversations.map(({ app }) => app),
    types: conversations.map(({ type }) => type),
    states: conversations.map(({ stage }) => stateOf(stage)),
    beginTimes: conversations.map(({ beginTime }) => beginTime),
  };
}
