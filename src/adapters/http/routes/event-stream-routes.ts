import Router from '@koa/router';
import { z } from 'zod';
import { EVENT_NAMES } from '../../../domain/notification';
import type { EventId } from '../../../domain/ids';
import { Refusal } from '../../../domain/refusal';
import { STORE_AWAY, type CallCenter } from '../../../ports/call-center';
import type { EventRecord } from '../../../ports/events';
import { StorageUnavailable } from '../../../ports/storage';
import type { Logger } from '../../../ports/system';
import { EVENT } from '../event-json';
import { EVENTS_LOST, EventStream } from '../event-stream';
import { EXAMPLE, id } from '../example-values';
import { agentName, anyId, query } from '../fields';
import { parameterProblem, rateLimited } from '../http-problem';
import { type DescribedEndpoint, FAILURES_OF_ALL, WRONG_PARAMETER } from '../openapi/described-endpoint';
import { readParameters } from '../operation';
import { isId } from '../path-ids';
import type { RequestState } from '../request-state';
import { routerPath } from '../router-path';

/** For each application. */
const MAX_STREAMS = 100;
const RETRY_SECONDS = 10;

const FILTERS = query({
  conversation: anyId.optional().describe('only what names this conversation'),
  agent: agentName.optional().describe('only what names this agent'),
  event: z.enum(EVENT_NAMES).optional().describe('only events of this name'),
});

const AN_EVENT = {
  action: 'event_notify',
  event: 'callcenter.conversation.parts_changed',
  id: EXAMPLE.id,
  event_id: EXAMPLE.eventId,
  app_id: 'default',
  sequence: 2,
};

const LOST = z
  .object({
    event: z.literal(EVENTS_LOST),
    app_id: z.string().meta({ examples: ['default'] }),
    after: id.describe('the last that was not too late'),
    up_to: id.describe('the last event that is forgotten'),
  })
  .meta({ id: 'EventsLost', description: 'events after one, up to and with another, are forgotten' });

export const EVENT_STREAM: DescribedEndpoint = {
  method: 'get',
  path: '/callcenter/events',
  below: 'bases',
  summary: 'What is told, live, as server-sent events',
  role: 'read',
  query: FILTERS,
  headers: [
    {
      name: 'Last-Event-ID',
      about: `goes on after this event, with \`${EVENTS_LOST}\` first if some are kept no longer; without it, only what comes is told`,
      example: EXAMPLE.eventId,
    },
  ],
  answer: {
    mediaType: 'text/event-stream',
    about:
      '`id` is the event_id, `event` the name, `data` the event as JSON, as a callback URL gets it. ' +
      `\`${EVENTS_LOST}\`: events after the Last-Event-ID are kept no longer; what follows is what is kept`,
    says: z.array(
      z.union([
        z.object({ id, event: z.enum(EVENT_NAMES), data: EVENT }),
        z.object({ id, event: z.literal(EVENTS_LOST), data: LOST }),
      ]),
    ),
    example: `id: ${AN_EVENT.event_id}\nevent: ${AN_EVENT.event}\ndata: ${JSON.stringify(AN_EVENT)}\n\n`,
  },
  failures: { ...FAILURES_OF_ALL, ...WRONG_PARAMETER },
};

export type EventStreams = {
  readonly router: Router<RequestState>;
  /** Ends all streams: their readers come back with what they had last. */
  end(): void;
};

/** `GET callcenter/events`: what is told, live. */
export function eventStreams(callCenter: CallCenter, logger: Logger): EventStreams {
  const router = new Router<RequestState>({ sensitive: true });
  const open = new Map<EventStream, string>();
  router.get(routerPath(EVENT_STREAM.path), async (ctx) => {
    const { application, requestId } = ctx.state as Required<RequestState>;
    const filters = readParameters(FILTERS, {}, { ...ctx.query }) as z.output<typeof FILTERS>;
    const after = lastEventId(ctx.get('Last-Event-ID'));
    if (callCenter.obstacles().includes(STORE_AWAY)) throw new Refusal('busy', { problem: STORE_AWAY });
    if ([...open.values()].filter((id) => id === application.id).length >= MAX_STREAMS) {
      throw rateLimited(RETRY_SECONDS);
    }
    const request = { app: application.id, isWanted: (event: EventRecord) => isWanted(event, filters), after };
    const stream = new EventStream(callCenter.events, request, (error) => {
      if (error instanceof StorageUnavailable) {
        logger.warn('event stream cut, the store is away', { requestId, problem: error.message });
      } else {
        logger.error('event stream given up', { requestId, error });
      }
    });
    open.set(stream, application.id);
    stream.body.once('close', () => open.delete(stream));
    await stream.begun;
    ctx.set({
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    ctx.body = stream.body;
  });
  return { router, end: () => [...open.keys()].forEach((stream) => stream.end()) };
}

function isWanted(record: EventRecord, { conversation, agent, event }: z.output<typeof FILTERS>): boolean {
  if (conversation !== undefined && record.conversation !== conversation) return false;
  if (agent !== undefined && record.agent !== agent) return false;
  return event === undefined || record.event === event;
}

function lastEventId(header: string): EventId | null {
  if (header === '') return null;
  if (isId(header)) return header as EventId;
  throw parameterProblem('Last-Event-ID', { zh: '不是事件编号', en: 'is not the id of an event' });
}
