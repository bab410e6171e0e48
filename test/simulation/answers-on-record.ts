import type { Conversation } from '../../src/domain/conversation/conversation';
import type { ConversationId } from '../../src/domain/ids';
import type { Answer, CommandType, Input } from '../../src/domain/input';
import type { Kind } from '../../src/domain/world';
import type { Disk } from '../support/memory-storage/memory-storage';

type Check<Type extends CommandType> = (disk: Disk, command: Input<Type>, answer: Answer<Type>) => boolean;

/** Of the others nothing can be told from what came after. */
const CHECKS: { readonly [Type in CommandType]?: Check<Type> } = {
  'create-extension': (disk, _, { id }) => has(disk, 'extensions', id),
  'delete-extension': (disk, { extensionId }) => row(disk, 'extensions', extensionId)?.live === false,
  'log-in': (disk, { app, name }) => has(disk, 'agents', `${app}/${name}`),
  'invite-out': (disk, _, callId) => has(disk, 'calls', callId),
  'invite-agent': (disk, _, taskId) => has(disk, 'queueTasks', taskId),
  'call-out': (disk, _, { callId }) => has(disk, 'calls', callId),
  'call-agent': (disk, _, { callId }) => has(disk, 'calls', callId),
  'forward-to-agent': (disk, _, taskId) => has(disk, 'queueTasks', taskId),
  'transfer-to-agent': (disk, _, taskId) => has(disk, 'queueTasks', taskId),
  'transfer-out': (disk, _, callId) => has(disk, 'calls', callId),
  merge: (disk, { from }) => hasEnded(disk, from),
  dissolve: (disk, { conversationId }) => hasEnded(disk, conversationId),
};

/** Whether what was answered is on record. */
export function isOnRecord(disk: Disk, command: Input<CommandType>, answer: unknown): boolean {
  const check = CHECKS[command.type] as Check<CommandType> | undefined; // The row for `type` takes that type of command.
  return check?.(disk, command, answer as Answer<CommandType>) ?? true;
}

function row(disk: Disk, kind: Kind, id: string) {
  return disk.aggregates.get(`${kind} ${id}`);
}

function has(disk: Disk, kind: Kind, id: string): boolean {
  return row(disk, kind, id) !== undefined;
}

function hasEnded(disk: Disk, id: ConversationId): boolean {
  const { stage } = JSON.parse(row(disk, 'conversations', id)!.state) as Conversation;
  return stage.at === 'ended';
}
