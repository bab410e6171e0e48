import { z } from 'zod';

/** What examples in the description of the API are made of. */
export const EXAMPLE = {
  id: '0199c2f04e7a7c1d8a3b5e6f70819203',
  callId: '0199c2f04e7a7c1e8a3b5e6f70819203',
  eventId: '0199c2f0611d70008c2d3e4f5061728a',
  agent: 'alice',
  skill: 'sales',
  plan: 'support',
  sound: 'welcome.wav',
  telnumber: '13800000000',
  sipUser: '100001',
  sipPassword: 'talk2me',
  userData: 'order 4711',
  where: 'has("sales")',
  sort: 'get("sales")',
  remark: 'weekdays',
  /** 2026-10-08 15:04:05 in Shanghai. */
  time: 1_791_443_045_000,
  localTime: '2026-10-08 15:04:05',
  enqueue: '<enqueue><route><agent name="alice"/></route></enqueue>',
} as const;

/** An id in an answer. */
export const id = z.string().meta({ examples: [EXAMPLE.id] });

/** A time in an answer. */
export const time = z.int().meta({ description: 'milliseconds since the epoch', examples: [EXAMPLE.time] });

/** The state of an agent in an answer. */
export const agentStateLike = (example: string): z.ZodString =>
  z.string().meta({ description: 'online, idle, fetching, talking, busy[/..] or away[/..]', examples: [example] });
