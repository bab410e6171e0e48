import type { Answer, CommandType, Input } from '../domain/input';
import type { ToldEvent } from '../ports/events';
import type { Logger } from '../ports/system';

type Fields = Readonly<Record<string, unknown>>;

/** `of`: whom and what it is about. Nothing secret, and no document. */
type LogLine<Type extends CommandType> = {
  readonly says: string;
  readonly of: (asked: Input<Type>, answer: Answer<Type>) => Fields;
};

/** What the log says of each command that is carried out. Null: nothing, it is heard all the time and changes nothing. */
const LOG_LINES: { readonly [Type in CommandType]: LogLine<Type> | null } = {
  'create-extension': {
    says: 'extension created',
    of: ({ line }, { id }) => ({ extensionId: id, type: line.type }),
  },
  'delete-extension': { says: 'extension deleted', of: ({ extensionId }) => ({ extensionId }) },
  'log-in': {
    says: 'agent logged in',
    of: ({ name, extensionId, state, skills }) => ({ name, extensionId, state, skills }),
  },
  'log-out': { says: 'agent logged out', of: ({ name, force }) => ({ name, force }) },
  'keep-alive': null,
  'bind-extension': {
    says: 'agent extension set',
    of: ({ name, extensionId }) => ({ name, extensionId }),
  },
  'set-state': { says: 'agent state set', of: ({ name, state }) => ({ name, state }) },
  'set-skills': { says: 'agent skills changed', of: ({ name, changes }) => ({ name, changes }) },
  'set-agent-mode': {
    says: 'mode set',
    of: ({ conversationId, name, mode }) => ({ conversationId, name, mode }),
  },
  'set-call-mode': {
    says: 'mode set',
    of: ({ conversationId, callId, mode }) => ({ conversationId, callId, mode }),
  },
  'invite-out': {
    says: 'number invited',
    of: ({ conversationId, to, mode }, callId) => ({ conversationId, to, mode, callId }),
  },
  'invite-agent': {
    says: 'agent invited',
    of: ({ conversationId, mode }, taskId) => ({ conversationId, mode, taskId }),
  },
  dissolve: { says: 'conversation dissolved', of: ({ conversationId }) => ({ conversationId }) },
  reject: { says: 'call rejected', of: ({ name, taskId }) => ({ name, taskId }) },
  'forward-to-agent': {
    says: 'call forwarded',
    of: ({ name, taskId }, next) => ({ name, taskId, next }),
  },
  'call-out': { says: 'agent calls a number', of: ({ name, to }, started) => ({ name, to, ...started }) },
  'call-agent': { says: 'agent calls an agent', of: ({ name }, started) => ({ name, ...started }) },
  'transfer-to-agent': {
    says: 'agent transfers to an agent',
    of: ({ name, conversationId }, taskId) => ({ name, conversationId, taskId }),
  },
  'transfer-out': {
    says: 'agent transfers to a number',
    of: ({ name, conversationId, to }, callId) => ({ name, conversationId, to, callId }),
  },
  enter: {
    says: 'agent enters',
    of: ({ name, conversationId, mode, holding }) => ({ name, conversationId, mode, holding }),
  },
  coach: { says: 'agent coaches', of: ({ name, conversationId, to }) => ({ name, conversationId, to }) },
  exit: { says: 'agent exits', of: ({ name, conversationId }) => ({ name, conversationId }) },
  merge: {
    says: 'conversations merged',
    of: ({ name, into, from, mode }) => ({ name, conversationId: into, from, mode }),
  },
  'create-condition': { says: 'condition created', of: (_, conditionId) => ({ conditionId }) },
  'change-condition': { says: 'condition changed', of: ({ conditionId }) => ({ conditionId }) },
  'delete-condition': { says: 'condition deleted', of: ({ conditionId }) => ({ conditionId }) },
  'put-plan': { says: 'plan put', of: ({ name }) => ({ plan: name }) },
  'delete-plan': { says: 'plan deleted', of: ({ name }) => ({ plan: name }) },
  'cancel-task': { says: 'queue task cancelled', of: ({ taskId }) => ({ taskId }) },
  'set-task-priority': {
    says: 'queue task priority set',
    of: ({ taskId, priority }) => ({ taskId, priority }),
  },
};

/** To be called when it is on record. What comes of it has lines of its own: see `logEvents`. */
export function logDecision<Type extends CommandType>(
  logger: Logger,
  command: Input<Type>,
  answer: Answer<Type>,
): void {
  const line = LOG_LINES[command.type];
  if (line !== null) logger.info(line.says, { app: command.app, ...line.of(command, answer) });
}

/** What has happened, and not `userData`: that is the clients' own, and may say anything of anybody. */
export function logEvents(logger: Logger, events: readonly Pick<ToldEvent, 'notification'>[]): void {
  for (const { notification } of events) {
    const { event, ...told } = notification;
    logger.info(event, Object.fromEntries(Object.entries(told).filter(([name]) => name !== 'userData')));
  }
}
