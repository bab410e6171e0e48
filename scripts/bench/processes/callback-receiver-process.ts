import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A receiver of events in good health: answers each with 200, and keeps an eye on what it gets. It tells its parent its port,
 * then when it has had `WARM` different events, and when `ALL` (`Received`).
 */
export type Received = {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly twice: number;
  /** Not the next number of its agent, task or conversation. */
  readonly gaps: number;
  /** After a later one that names the same agent, task or conversation, or is of the same happening. */
  readonly overtaken: number;
};

type Told = {
  readonly event: string;
  readonly event_id: string;
  readonly sequence: number;
  readonly id?: string;
  readonly name?: string;
  readonly agent_name?: string;
  readonly conversation_id?: string;
};

const [WARM, ALL] = [Number(process.env['WARM']), Number(process.env['ALL'])];
const known = new Set<string>();
/** By what an event names: the last one, and its number where it is about that. */
const last = new Map<string, string>();
const numbers = new Map<string, number>();
let [twice, gaps, overtaken] = [0, 0, 0];

function take(told: Told): void {
  const { event_id: id, sequence } = told;
  if (known.has(id)) return void twice++;
  known.add(id);
  const keys = keysOf(told);
  const subject = keys[0]!;
  if (sequence !== (numbers.get(subject) ?? 0) + 1) gaps++;
  numbers.set(subject, sequence);
  if (keys.some((key) => (last.get(key) ?? '') > id)) overtaken++;
  for (const key of keys) last.set(key, id);
  if (known.size === WARM || known.size === ALL) tell();
}

/** What it is about comes first. Events of one happening have the end of their ids in common. */
function keysOf({
  event,
  event_id: eventId,
  id,
  name,
  agent_name: agent,
  conversation_id: conversation,
}: Told): readonly string[] {
  const happening = `happening ${eventId.slice(17)}`;
  if (event.startsWith('callcenter.queue.')) return [`task ${id}`, `agent ${agent}`, happening];
  if (event.startsWith('callcenter.conversation.')) return [`conversation ${id}`, happening];
  return [`agent ${name}`, `conversation ${conversation ?? ''}`, happening].filter(
    (key) => key !== 'conversation ',
  );
}

function tell(): void {
  const received: Received = { at: performance.timeOrigin + performance.now(), twice, gaps, overtaken };
  process.send!(received);
}

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    take(JSON.parse(body) as Told);
    response.end();
  });
});
server.listen(Number(process.env['PORT']), '127.0.0.1', () =>
  process.send!((server.address() as AddressInfo).port),
);
process.on('disconnect', () => process.exit());
