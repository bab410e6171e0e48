import type { EndReason } from '../../src/domain/conversation/conversation';
import type { CommandType } from '../../src/domain/input';
import type { NotificationName } from '../../src/domain/notification';
import type { Decision } from '../../src/domain/queue/decision';
import type { QueueFailCause } from '../../src/domain/queue/queue-task';

/** Each name once, by type: a new one does not compile until it has a place here. */
function namesOf<Name extends string>(prefix: string, names: Readonly<Record<Name, true>>): readonly string[] {
  return Object.keys(names).map((name) => `${prefix}${name}`);
}

/** What days must bring about between them, as `DayReport.happened` names it. */
export const EVENTS = namesOf<NotificationName>('', {
  'callcenter.queue.select': true,
  'callcenter.queue.success': true,
  'callcenter.queue.fail': true,
  'callcenter.agent.state_changed': true,
  'callcenter.agent.conversation_changed': true,
  'callcenter.conversation.begin': true,
  'callcenter.conversation.parts_changed': true,
  'callcenter.conversation.end': true,
});

export const FAIL_CAUSES = namesOf<QueueFailCause>('fail: ', {
  timeout: true,
  hangup: true,
  cancel: true,
  call_fail: true,
  forward: true,
  error: true,
});

export const END_REASONS = namesOf<EndReason>('end: ', { remove: true, dismiss: true, timeout: true, lost: true });

/** A caller who hung up is told nothing. */
export const CALLER_RESULTS = namesOf<'success' | Exclude<QueueFailCause, 'hangup' | 'forward'>>('result: ', {
  success: true,
  timeout: true,
  cancel: true,
  call_fail: true,
  error: true,
});

export const DECISIONS = namesOf<Decision['did']>('decided: ', {
  wait: true,
  ring: true,
  miss: true,
  overflow: true,
  serve: true,
  fail: true,
});

/** Of the rest, what is easily never reached. */
export const RARITIES = [
  'rung by a condition',
  'announced',
  'ended on hold',
  'went on with another phone',
  'handed on by a phone',
  'rung at type 1',
  'rung at type 2',
  'rung at type 3',
  'listened',
  'coached',
  'whispered',
  'barged in',
];

export const COMMANDS = namesOf<CommandType>('answered: ', {
  'create-extension': true,
  'delete-extension': true,
  'log-in': true,
  'log-out': true,
  'keep-alive': true,
  'bind-extension': true,
  'set-state': true,
  'set-agent-mode': true,
  'set-call-mode': true,
  'invite-out': true,
  'invite-agent': true,
  dissolve: true,
  reject: true,
  'forward-to-agent': true,
  'call-out': true,
  'call-agent': true,
  'transfer-to-agent': true,
  'transfer-out': true,
  enter: true,
  coach: true,
  exit: true,
  merge: true,
  'set-skills': true,
  'create-condition': true,
  'change-condition': true,
  'delete-condition': true,
  'put-plan': true,
  'delete-plan': true,
  'cancel-task': true,
  'set-task-priority': true,
});
