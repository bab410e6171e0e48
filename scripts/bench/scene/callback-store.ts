import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { eventJson } from '../../../src/adapters/http/event-json';
import { openSqlite } from '../../../src/adapters/storage/sqlite-storage';
import { systemChance } from '../../../src/adapters/system/node-system';
import type {
  AgentName,
  AppId,
  CallId,
  ConversationId,
  ExtensionId,
  Instant,
  QueueTaskId,
} from '../../../src/domain/ids';
import type { Notification } from '../../../src/domain/notification';
import type { ToldEvent } from '../../../src/ports/events';
import type { Batch } from '../../../src/ports/storage';
import { EventNumbers } from '../../../src/runtime/event-numbers';

const APP = 'default' as AppId;
const CELL = 'default';
/** So many talk at the same time, one call each after the other. */
const AGENTS = 100;
/** How long a talk takes, by the times in its events. */
const TALK_MS = 1_000;
export const EVENTS_OF_A_CALL = 9;

/** Fills a new store with what calls have told, nothing of which has reached the URL yet; returns the bodies in order. */
export async function storeUndelivered(file: string, url: string, calls: number): Promise<readonly string[]> {
  const storage = openSqlite(file, CELL);
  try {
    const restored = await storage.open();
    const numbers = new EventNumbers(restored, eventJson);
    const bodies: string[] = [];
    let number = restored.lastBatch;
    let at = Date.now();
    for (let first = 0; first < calls; first += AGENTS) {
      const wave = Array.from({ length: Math.min(AGENTS, calls - first) }, (_, index) => aCall(index, at));
      for (const happening of ['ringing', 'answered', 'over'] as const) {
        const told = wave.flatMap((call) =>
          numbers.number({ notifications: call[happening], changes: [] }, at as Instant, systemChance.seed()),
        );
        await storage.commit(batchOf(++number, at as Instant, told, url));
        bodies.push(...told.map(({ body }) => body));
        at += TALK_MS;
      }
    }
    return bodies;
  } finally {
    await storage.close();
  }
}

/** How many events have still to be delivered. The service may run. */
export function countUndelivered(file: string): number {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare('SELECT count(*) FROM delivery').pluck().get() as number;
  } finally {
    db.close();
  }
}

function batchOf(number: number, at: Instant, events: readonly ToldEvent[], url: string): Batch {
  const deliveries = events.map(({ id }) => ({ app: APP, url, event: id }));
  return {
    number,
    at,
    events,
    deliveries,
    changes: [],
    past: [],
    effects: [],
    done: [],
    settled: [],
    answers: [],
    withdrawn: [],
  };
}

type Call = Readonly<Record<'ringing' | 'answered' | 'over', readonly Notification[]>>;

/** What is told of a caller who talks to the agent: that of each input together. */
function aCall(index: number, at: number): Call {
  const id = (): string => randomUUID().replaceAll('-', '');
  const agentName = `agent_${index}` as AgentName;
  const agentCallId = id() as CallId;
  const conversationId = id() as ConversationId;
  const currentTime = at as Instant;
  const userData = 'order 4711';
  const ofTask = {
    app: APP,
    id: id() as QueueTaskId,
    type: 'ivr',
    conditionId: null,
    originCallId: id() as CallId,
    userData,
    conversationId,
    agentName,
    agentExtensionId: `extension_${index}` as ExtensionId,
    agentCallId,
  } as const;
  const state = {
    app: APP,
    event: 'callcenter.agent.state_changed',
    name: agentName,
    currentTime,
    userData,
  } as const;
  const place = {
    app: APP,
    event: 'callcenter.agent.conversation_changed',
    name: agentName,
    conversationId,
    currentTime,
    userData,
  } as const;
  const conversation = {
    app: APP,
    id: conversationId,
    type: 'queue',
    queueId: ofTask.id,
    agentCallId,
    userData,
  } as const;
  return {
    ringing: [
      { event: 'callcenter.queue.select', ...ofTask },
      { ...state, previousState: 'idle', latestState: 'fetching' },
    ],
    answered: [
      { ...state, previousState: 'fetching', latestState: 'talking' },
      { event: 'callcenter.conversation.begin', ...conversation },
      { event: 'callcenter.queue.success', ...ofTask },
      { ...place, type: 'enter' },
    ],
    over: [
      { ...place, type: 'exit' },
      {
        event: 'callcenter.conversation.end',
        ...conversation,
        beginTime: currentTime,
        endTime: (at + TALK_MS) as Instant,
        endReason: 'dismiss',
      },
      { ...state, previousState: 'talking', latestState: 'idle' },
    ],
  };
}
