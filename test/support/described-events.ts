import { isEvent, type NotificationName } from '../../src/domain/notification';
import { API, problemsOf, type Referring, resolved } from './api-document';

type Properties = Readonly<Record<string, { readonly const?: string; readonly enum?: readonly string[] }>>;
type Described = { readonly properties: Properties };
type EventJson = { readonly event: string } & Readonly<Record<string, unknown>>;

const JOURNAL_ENTRY = API.components.schemas['JournalEntry'] as { readonly oneOf: readonly Referring[] };

/** Where each event is described: those that receivers are sent among the webhooks, the others as entries of a journal. */
const SCHEMAS: ReadonlyMap<string, object> = new Map([
  ...JOURNAL_ENTRY.oneOf.map((each) => [propertiesOf(each)['event']!.const!, each] as const),
  ...Object.entries(API.webhooks).map(
    ([name, { post }]) => [name, post.requestBody.content['application/json']!.schema!] as const,
  ),
]);

function propertiesOf(schema: object): Properties {
  return resolved<Described>(schema as Referring).properties;
}

/** In what an event is not as the document has it, as a webhook and in a journal; '' for nothing. */
export function deviationOfEvent(text: string): string {
  const event = JSON.parse(text) as EventJson;
  const schema = SCHEMAS.get(event.event);
  if (schema === undefined) return `${event.event} is not described`;
  const entry = { ...event, time: 7 };
  const sent = isEvent(event.event as NotificationName) ? problemsOf(schema, event) : '';
  const problems = [sent, problemsOf(JOURNAL_ENTRY, entry)].filter((each) => each !== '');
  return problems.length === 0 ? '' : `${problems.join('; ')}: ${text}`;
}

/** What the document says of events that none of these has: an event, a key of it, one of the values that a key may have. */
export function unseenIn(texts: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  for (const text of texts) {
    const event = JSON.parse(text) as EventJson;
    for (const [key, value] of Object.entries({ ...event, time: 7 })) {
      seen.add(`${event.event} ${key}`).add(`${event.event} ${key} ${String(value)}`);
    }
  }
  return [...SCHEMAS].flatMap(([name, schema]) =>
    Object.entries(propertiesOf(schema))
      .flatMap(([key, { enum: values = [] }]) => [key, ...values.map((value) => `${key} ${value}`)])
      .map((each) => `${name} ${each}`)
      .filter((each) => !seen.has(each)),
  );
}
