import { z } from 'zod';
import type { Conversation, Member } from '../../domain/conversation/conversation';
import type { Instant } from '../../domain/ids';

export type ConversationJson = z.infer<typeof CONVERSATION>;
type MemberJson = z.infer<typeof MEMBER>;

/** An instant as the text that members' times are told in. */
export type LocalTime = (at: Instant) => string;

const JOINING = {
  call_id: z.string(),
  mode: z.int().min(1).max(4),
  begin_time: z.string().describe('YYYY-MM-DD HH:mm:ss in the configured time zone'),
  end_time: z.string().nullable().describe('null while it is in'),
};

const MEMBER = z.union([
  z.object({ name: z.string(), extension_id: z.string(), ...JOINING }).describe('an agent'),
  z.object({ telnumber: z.string().nullable(), ...JOINING }).describe('an outside party'),
]);

export const CONVERSATION = z.object({
  id: z.string(),
  type: z.enum(['queue', 'call_out', 'call_agent']),
  state: z.enum(['running', 'completed']),
  channel_id: z.string().nullable(),
  queue_id: z.string().nullable(),
  condition_id: z.string().nullable(),
  begin_time: z.int().describe('milliseconds since the epoch'),
  end_time: z.int().nullable(),
  end_reason: z.enum(['remove', 'dismiss', 'timeout', 'lost']).nullable(),
  agent_call_id: z.string().nullable(),
  members: z.array(MEMBER).describe('every joining, in order'),
});

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
