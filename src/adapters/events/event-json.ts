import type { EventId } from '../../domain/ids';
import type { Notification } from '../../domain/notification';

type Keys = Readonly<Record<string, string | number | null>>;

/** The event as its receivers know it: one flat JSON object; keys without a value are left out. */
export function eventJson(notification: Notification, id: EventId, sequence: number | null): string {
  const { event, app } = notification;
  const ours = { event_id: id, app_id: app, sequence };
  const all: Keys = { action: 'event_notify', event, ...keysOf(notification), ...ours };
  return JSON.stringify(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)));
}

function keysOf(told: Notification): Keys {
  switch (told.event) {
    case 'callcenter.queue.select':
    case 'callcenter.queue.success':
      return { ...taskKeys(told), ...selectedKeys(told) };
    case 'callcenter.queue.fail':
      return { ...taskKeys(told), cause: told.cause, ...(told.selected && selectedKeys(told.selected)) };
    case 'callcenter.agent.state_changed':
      return {
        name: told.name,
        previous_state: told.previousState,
        latest_state: told.latestState,
        current_time: told.currentTime,
      };
    case 'callcenter.agent.conversation_changed':
      return {
        name: told.name,
        type: told.type,
        conversation_id: told.conversationId,
        current_time: told.currentTime,
        user_data: told.userData,
      };
    case 'callcenter.conversation.begin':
      return conversationKeys(told);
    case 'callcenter.conversation.parts_changed':
      return { id: told.id, user_data: told.userData };
    case 'callcenter.conversation.call_failed':
      return {
        id: told.id,
        call_id: told.callId,
        telnumber: told.telnumber,
        cause: told.cause,
        current_time: told.currentTime,
        user_data: told.userData,
      };
    case 'callcenter.conversation.end':
      return {
        ...conversationKeys(told),
        begin_time: told.beginTime,
        end_time: told.endTime,
        end_reason: told.endReason,
      };
  }
}

type OfTask = Extract<Notification, { readonly event: 'callcenter.queue.fail' }>;

function taskKeys(task: Pick<OfTask, 'id' | 'type' | 'conditionId' | 'originCallId' | 'userData'>): Keys {
  return {
    id: task.id,
    type: task.type,
    condition_id: task.conditionId,
    origin_call_id: task.originCallId,
    user_data: task.userData,
  };
}

function selectedKeys({ agentName, agentExtensionId, agentCallId }: NonNullable<OfTask['selected']>): Keys {
  return { agent_name: agentName, agent_extension_id: agentExtensionId, agent_call_id: agentCallId };
}

function conversationKeys(
  conversation: Extract<
    Notification,
    { readonly event: 'callcenter.conversation.begin' | 'callcenter.conversation.end' }
  >,
): Keys {
  const { id, type, queueId, agentCallId, userData } = conversation;
  return { id, type, queue_id: queueId, agent_call_id: agentCallId, user_data: userData };
}
