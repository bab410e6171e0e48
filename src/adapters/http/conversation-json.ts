import { z } from 'zod';
import {
  type Conversation,
  CONVERSATION_TYPES,
  END_REASONS,
  type Member,
} from '../../domain/conversation/conversation';
import type { Instant } from '../../domain/ids';
import { EXAMPLE, id, time } from './example-values';

export type ConversationJson = z.infer<typeof CONVERSATION>;
type MemberJson = z.infer<typeof MEMBER>;

/** An instant as the text that members' times are told in. */
export type LocalTime = (at: Instant) => string;

const localTimeText = z.string().meta({ examples: [EXAMPLE.localTime] });

export const LISTEN_SPEAK_MODE = z
  .int()
  .min(1)
  .max(4)
  .describe('1 hears and speaks, 2 only hears, 3 only speaks, 4 is held');

const JOINING = {
  call_id: id,
  mode: LISTEN_SPEAK_MODE,
  begin_time: localTimeText.describe('YYYY-MM-DD HH:mm:ss in the configured time zone'),
  end_time: localTimeText.nullable().describe('null while it is in'),
};

export const CONVERSATION_TYPE = z.enum(CONVERSATION_TYPES);
export const END_REASON = z.enum(END_REASONS);

const telnumber = z.string().meta({ examples: [EXAMPLE.telnumber] });

const MEMBER = z
  .union([
    z
      .object({ name: z.string().meta({ examples: [EXAMPLE.agent] }), extension_id: id, ...JOINING })
      .describe('an agent'),
    z.object({ telnumber: telnumber.nullable(), ...JOINING }).describe('an outside party'),
  ])
  .meta({ id: 'Member' });

export const CONVERSATION = z
  .object({
    id,
    type: CONVERSATION_TYPE,
    state: z.enum(['running', 'completed']),
    channel_id: z
      .string()
      .meta({ examples: ['1791443045.17'] })
      .nullable()
      .describe("type queue: Asterisk's unique id of the channel that queued"),
    queue_id: id.nullable().describe('types queue and call_agent: the queue task'),
    condition_id: id.nullable().describe('the condition that matched, where the route was one'),
    begin_time: time,
    end_time: time.nullable().describe('null while it runs'),
    end_reason: END_REASON.nullable().describe('null while it runs'),
    agent_call_id: id.nullable().describe("types call_out and call_agent: the initiating agent's call"),
    members: z.array(MEMBER).describe('every joining, in order'),
  })
  .meta({ id: 'Conversation' });

export function conversationJson(conversation: Conversation, localTime: LocalTime): ConversationJson {
  const { stage } = conversation;
  const ended = stage.at === 'ended' ? stage : null;
  return {
    id: conversation.id,
    type: conversation.type,
    state: ended === null ? 'running' : 'completed',
    channel_id: conversation.channelId,
    queue_id: conversation.queueId,
    condition_id: conversation.conditionId,
    begin_time: conversation.beginTime,
    end_time: ended?.since ?? null,
    end_reason: ended?.reason ?? null,
    agent_call_id: conversation.agentCallId,
    members: conversation.members.map((member) => memberJson(member, localTime)),
  };
}

function memberJson({ party, callId, mode, since, until }: Member, localTime: LocalTime): MemberJson {
  const joining = {
    call_id: callId,
    mode,
    begin_time: localTime(since),
    end_time: until === null ? null : localTime(until),
  };
  return party.kind === 'agent'
    ? { name: party.name, extension_id: party.extensionId, ...joining }
    : { telnumber: party.telnumber, ...joining };
}
