import { z } from 'zod';
import { EVENT_NAMES, JOURNAL_NAMES } from '../../domain/notification';
import type { EventRecord, SetAside } from '../../ports/events';
import { id, time } from './example-values';

/** What a receiver got, whatever its event. */
export const EVENT = z
  .object({
    action: z.literal('event_notify'),
    event: z.enum([...EVENT_NAMES, ...JOURNAL_NAMES]),
    event_id: id,
    app_id: z.string().meta({ examples: ['default'] }),
    sequence: z
      .int()
      .optional()
      .meta({
        description:
          '1, 2, 3, ... for each agent, queue task and conversation; none where it stands in a journal alone',
        examples: [1],
      }),
  })
  .catchall(z.union([z.string(), z.number()]))
  .meta({ id: 'Event', description: 'the event, to the last key as it was sent' });

export const SET_ASIDE = z
  .object({
    event_id: id,
    url: z.string().meta({ examples: ['https://crm.example/parley'] }),
    problem: z.string().meta({ description: 'what the last attempt came to', examples: ['answered 500'] }),
    set_aside_time: time,
    event: EVENT,
  })
  .meta({ id: 'Delivery' });

export function eventRecordJson({ body }: EventRecord): z.infer<typeof EVENT> {
  return JSON.parse(body) as z.infer<typeof EVENT>;
}

export function setAsideJson({ record, url, problem, since }: SetAside): z.infer<typeof SET_ASIDE> {
  return { event_id: record.id, url, problem, set_aside_time: since, event: eventRecordJson(record) };
}
