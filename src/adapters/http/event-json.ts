import { z } from 'zod';
import type { EventId } from '../../domain/ids';
import {
  EVENT_NAMES,
  isEvent,
  JOURNAL_NAMES,
  type Notification,
  type NotificationName,
} from '../../domain/notification';
import { QUEUE_FAIL_CAUSES, QUEUE_TASK_TYPES } from '../../domain/queue/queue-task';
import { CONVERSATION_TYPE, END_REASON, LISTEN_SPEAK_MODE } from './conversation-json';
import { agentStateLike, EXAMPLE, id, time } from './example-values';

const callId = id.meta({ examples: [EXAMPLE.callId] });
const agentName = z.string().meta({ examples: [EXAMPLE.agent] });
const userData = z
  .string()
  .optional()
  .meta({
    description: 'what was given with the call or the request that it came of',
    examples: [EXAMPLE.userData],
  });

const TASK = {
  id: id.describe('of the queue task'),
  type: z.enum(QUEUE_TASK_TYPES),
  condition_id: id.optional().describe('the condition by which the agent was selected, where it was by one'),
  origin_call_id: callId.optional().describe("type ivr: the caller's call"),
  user_data: userData,
};

const SELECTED = {
  agent_name: agentName,
  agent_extension_id: id.describe("of the agent's phone"),
  agent_call_id: callId.describe("the agent's call"),
};

const CONVERSATION = {
  id: id.describe('of the conversation'),
  type: CONVERSATION_TYPE,
  queue_id: id.optional().describe('types queue and call_agent: the queue task'),
  agent_call_id: z.string().optional().describe("types call_out and call_agent: the initiating agent's call"),
  user_data: userData,
};

/** When each is told, and the keys that it has of its own. What is optional is left out where there is nothing to tell. */
const KINDS = {
  'callcenter.queue.select': {
    about: 'An agent was selected for a queue task, and is rung',
    keys: z.object({ ...TASK, ...SELECTED }),
  },
  'callcenter.queue.success': {
    about: 'The agent who was selected for a queue task has answered',
    keys: z.object({ ...TASK, ...SELECTED }),
  },
  'callcenter.queue.fail': {
    about: 'A queue task is over, and no agent has answered',
    keys: z.object({
      ...TASK,
      cause: z.enum(QUEUE_FAIL_CAUSES).meta({
        description: 'agent_name, agent_extension_id and agent_call_id are there if an agent was rung',
        examples: ['call_fail'],
      }),
      ...z.object(SELECTED).partial().shape,
    }),
  },
  'callcenter.agent.state_changed': {
    about: 'The state of an agent has changed, and no client had asked for that',
    keys: z.object({
      name: agentName,
      previous_state: agentStateLike('idle'),
      latest_state: agentStateLike('fetching'),
      current_time: time,
      user_data: userData,
    }),
  },
  'callcenter.agent.conversation_changed': {
    about: 'An agent has entered a conversation, or left it',
    keys: z.object({
      name: agentName,
      type: z.enum(['enter', 'exit']),
      conversation_id: id,
      current_time: time,
      user_data: userData,
    }),
  },
  'callcenter.conversation.begin': {
    about: 'A conversation begins: whoever was called into it first has answered',
    keys: z.object(CONVERSATION),
  },
  'callcenter.conversation.parts_changed': {
    about: 'Somebody has joined a conversation or left it, which goes on',
    keys: z.object({ id: CONVERSATION.id, user_data: userData }),
  },
  'callcenter.conversation.call_failed': {
    about: 'A number that was called into a conversation did not answer. It stands in the journal alone',
    keys: z.object({
      id: CONVERSATION.id,
      call_id: callId.describe('the call to the number'),
      telnumber: z
        .string()
        .optional()
        .meta({ examples: [EXAMPLE.telnumber] }),
      cause: z
        .int()
        .optional()
        .meta({ description: 'by Q.850, if it is known', examples: [17] }),
      current_time: time,
      user_data: userData,
    }),
  },
  'callcenter.conversation.mode_changed': {
    about: 'What a member hears and says has changed. It stands in the journal alone',
    keys: z.object({
      id: CONVERSATION.id,
      call_id: callId.describe("the member's call"),
      mode: LISTEN_SPEAK_MODE,
      current_time: time,
      user_data: userData,
    }),
  },
  'callcenter.conversation.end': {
    about: 'A conversation has ended',
    keys: z.object({
      ...CONVERSATION,
      begin_time: time,
      end_time: time.meta({ examples: [EXAMPLE.time + 95_000] }),
      end_reason: END_REASON,
    }),
  },
} as const satisfies Readonly<Record<NotificationName, { readonly about: string; readonly keys: z.ZodObject }>>;

const SEQUENCE = z
  .int()
  .min(1)
  .meta({
    description: '1, 2, 3, ... for each agent, queue task and conversation that is told of',
    examples: [2],
  });

type AnEvent = z.ZodObject<{ event: z.ZodLiteral<NotificationName> }>;

/** One of them, to the last key. */
function schemaOf(name: NotificationName, more: z.ZodRawShape, title = titleOf(name)): AnEvent {
  const { about, keys } = KINDS[name];
  return z
    .object({
      action: z.literal('event_notify'),
      event: z.literal(name),
      ...keys.shape,
      event_id: id.meta({
        description: 'one for each event; they sort in the order in which things happened',
        examples: [EXAMPLE.eventId],
      }),
      app_id: z.string().meta({ description: 'the application', examples: ['default'] }),
      ...more,
    })
    .meta({ id: title, description: about });
}

/** The same as it stands in journals: not every event has a time of its own. */
function entryOf(name: NotificationName): AnEvent {
  const sequence = isEvent(name) ? { sequence: SEQUENCE } : {};
  return schemaOf(name, { ...sequence, time: time.describe('when it happened') }, `${titleOf(name)}Entry`);
}

/** `callcenter.queue.select` is `QueueSelect`. */
function titleOf(name: NotificationName): string {
  const [, ...parts] = name.split(/[._]/);
  return parts.map((part) => part[0]!.toUpperCase() + part.slice(1)).join('');
}

/** What receivers are told of, on callback URLs and on the live stream alike. */
export const EVENTS = EVENT_NAMES.map((name) => ({
  name,
  title: titleOf(name),
  about: KINDS[name].about,
  schema: schemaOf(name, { sequence: SEQUENCE }),
}));

const [FIRST, ...OTHERS] = EVENTS.map(({ schema }) => schema);

export type EventJson = z.infer<AnEvent>;
export type JournalEntryJson = EventJson & { readonly time: number };

/** Any event, as its receivers get it. */
export const EVENT = z
  .discriminatedUnion('event', [FIRST!, ...OTHERS])
  .meta({ id: 'Event', description: 'an event, to the last key as it was sent' });

const [FIRST_ENTRY, ...OTHER_ENTRIES] = [...EVENT_NAMES, ...JOURNAL_NAMES].map(entryOf);

/** The same, and what is told to nobody. */
export const JOURNAL_ENTRY = z.discriminatedUnion('event', [FIRST_ENTRY!, ...OTHER_ENTRIES]).meta({
  id: 'JournalEntry',
  description: 'an event as it was sent, or what is kept for the journal alone, and when it happened',
});

type Told<Name extends NotificationName> = Extract<Notification, { readonly event: Name }>;
type KeysOf<Name extends NotificationName> = z.infer<(typeof KINDS)[Name]['keys']>;
/** Null: there is nothing to tell, and it is left out. */
type Filled<Keys> = {
  readonly [Key in keyof Keys]-?: undefined extends Keys[Key] ? NonNullable<Keys[Key]> | null : Keys[Key];
};

const NOBODY = { agent_name: null, agent_extension_id: null, agent_call_id: null };

/** Assigned and not spread: one object behind another takes 4 µs to spread, and makes a shape of its own (measured, Node 20). */
const FILLED: { readonly [Name in NotificationName]: (told: Told<Name>) => Filled<KeysOf<Name>> } = {
  'callcenter.queue.select': (told) => Object.assign(taskKeys(told), selectedKeys(told)),
  'callcenter.queue.success': (told) => Object.assign(taskKeys(told), selectedKeys(told)),
  'callcenter.queue.fail': (told) =>
    Object.assign(
      taskKeys(told),
      { cause: told.cause },
      told.selected === null ? NOBODY : selectedKeys(told.selected),
    ),
  'callcenter.agent.state_changed': (told) => ({
    name: told.name,
    previous_state: told.previousState,
    latest_state: told.latestState,
    current_time: told.currentTime,
    user_data: told.userData,
  }),
  'callcenter.agent.conversation_changed': (told) => ({
    name: told.name,
    type: told.type,
    conversation_id: told.conversationId,
    current_time: told.currentTime,
    user_data: told.userData,
  }),
  'callcenter.conversation.begin': conversationKeys,
  'callcenter.conversation.parts_changed': (told) => ({ id: told.id, user_data: told.userData }),
  'callcenter.conversation.call_failed': (told) => ({
    id: told.id,
    call_id: told.callId,
    telnumber: told.telnumber,
    cause: told.cause,
    current_time: told.currentTime,
    user_data: told.userData,
  }),
  'callcenter.conversation.mode_changed': (told) => ({
    id: told.id,
    call_id: told.callId,
    mode: told.mode,
    current_time: told.currentTime,
    user_data: told.userData,
  }),
  'callcenter.conversation.end': (told) =>
    Object.assign(conversationKeys(told), {
      begin_time: told.beginTime,
      end_time: told.endTime,
      end_reason: told.endReason,
    }),
};

function taskKeys(
  task: Told<'callcenter.queue.fail' | 'callcenter.queue.select' | 'callcenter.queue.success'>,
): Filled<Pick<KeysOf<'callcenter.queue.fail'>, keyof typeof TASK>> {
  return {
    id: task.id,
    type: task.type,
    condition_id: task.conditionId,
    origin_call_id: task.originCallId,
    user_data: task.userData,
  };
}

function selectedKeys({
  agentName,
  agentExtensionId,
  agentCallId,
}: NonNullable<Told<'callcenter.queue.fail'>['selected']>): Pick<
  KeysOf<'callcenter.queue.select'>,
  keyof typeof SELECTED
> {
  return { agent_name: agentName, agent_extension_id: agentExtensionId, agent_call_id: agentCallId };
}

function conversationKeys({
  id,
  type,
  queueId,
  agentCallId,
  userData,
}: Told<'callcenter.conversation.begin' | 'callcenter.conversation.end'>): Filled<
  KeysOf<'callcenter.conversation.begin'>
> {
  return { id, type, queue_id: queueId, agent_call_id: agentCallId, user_data: userData };
}

/** The event as its receivers know it: one flat JSON object. `sequence` is null where it is for the journal alone. */
export function eventJson(notification: Notification, id: EventId, sequence: number | null): string {
  const { event, app } = notification;
  const fill = FILLED[event] as (told: Notification) => object; // The row for `event` takes that event.
  const all = { action: 'event_notify', event, ...fill(notification), event_id: id, app_id: app, sequence };
  return JSON.stringify(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)));
}
