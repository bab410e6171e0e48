import type { Call } from '../call/call';
import { isParty, type Conversation, type EndReason } from '../conversation/conversation';
import type { UnitOfWork } from '../unit-of-work';
import type { QueueFailCause, QueueTask } from './queue-task';

/** How it went for the caller: what the dialplan is told. */
type Result = {
  readonly result: 'success' | QueueFailCause;
  readonly conversation?: Conversation;
  readonly task?: Pick<QueueTask, 'id' | 'userData' | 'rejectedWith' | 'conversationId'>;
  /** Of the task's conversation, if an agent was selected and it has one. */
  readonly endReason?: EndReason;
};

/** Lets a caller go on in the dialplan, which ends its call for us. */
export function release(tx: UnitOfWork, call: Call, result: Result): void {
  tx.calls.retire({ ...call, memberOf: [] });
  const { channelId, placement } = call;
  tx.do({ do: 'release', channelId, from: placement?.bridgeId ?? null, variables: variablesOf(call, result) });
}

/**
 * The variables with which a call comes back; the agent is the first who has talked with it. Those without a value are
 * emptied: a call may queue more than once, and must not bring along what became of it before.
 */
function variablesOf(
  call: Call,
  { result, conversation, task, endReason }: Result,
): Readonly<Record<string, string>> {
  const stage = conversation?.stage;
  const taskEnd = task?.conversationId ? endReason : undefined;
  const agent = conversation?.members.find(({ party, role }) => party.kind === 'agent' && isParty(role))?.party;
  const values = {
    PARLEY_RESULT: result,
    PARLEY_QUEUE_ID: task?.id ?? call.queueId ?? conversation?.queueId,
    PARLEY_CONVERSATION_ID: conversation?.id ?? task?.conversationId,
    PARLEY_END_REASON: stage?.at === 'ended' ? stage.reason : taskEnd,
    PARLEY_AGENT: agent?.kind === 'agent' ? agent.name : undefined,
    PARLEY_USER_DATA:
      task?.rejectedWith ??
      conversation?.rejectedWith ??
      task?.userData ??
      call.userData ??
      conversation?.userData,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? '']));
}
