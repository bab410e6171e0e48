import { z } from 'zod';
import type { EventRecord, SetAside } from '../../ports/events';

/** What a receiver got, whatever its event. */
export const EVENT = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .describe('the event, to the last key as it was sent');

export const SET_ASIDE = z.object({
  event_id: z.string(),
  url: z.string(),
  problem: z.string().describe('what the last attempt came to'),
  set_aside_time: z.int().describe('milliseconds since the epoch'),
  event: EVENT,
});

export function eventRecordJson({ body }: EventRecord): z.infer<typeof EVENT> {
  return JSON.parse(body) as z.infer<typeof EVENT>;
}

export function setAsideJson({ record, url, problem, since }: SetAside): z.infer<typeof SET_ASIDE> {
  return { event_id: record.id, url, problem, set_aside_time: since, event: eventRecordJson(record) };
}
