import { z } from 'zod';
import { shownUrl, type EventRecord, type SetAside } from '../../ports/events';
import { EVENT, type EventJson, type JournalEntryJson } from './event-json';
import { id, time } from './example-values';

export const SET_ASIDE = z
  .object({
    event_id: id,
    url: z.string().meta({ description: 'without its query', examples: ['https://crm.example/parley'] }),
    problem: z.string().meta({ description: 'what the last attempt came to', examples: ['answered 500'] }),
    set_aside_time: time,
    event: EVENT,
  })
  .meta({ id: 'Delivery' });

export function journalEntryJson({ body, at }: EventRecord): JournalEntryJson {
  return { ...(JSON.parse(body) as EventJson), time: at };
}

export function setAsideJson({ record, url, problem, since }: SetAside): z.infer<typeof SET_ASIDE> {
  return {
    event_id: record.id,
    url: shownUrl(url),
    problem,
    set_aside_time: since,
    event: JSON.parse(record.body) as EventJson,
  };
}
