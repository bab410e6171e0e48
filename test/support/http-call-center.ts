import { UNRESTRICTED } from './outside-policies';
import type { Text } from '../../src/domain/text';
import type { Conversation } from '../../src/domain/conversation/conversation';
import type {
  AppId,
  CallId,
  ConditionId,
  ConversationId,
  ExtensionId,
  Instant,
  QueueTaskId,
} from '../../src/domain/ids';
import type { Answer, CommandType, Input } from '../../src/domain/input';
import type { Explanation } from '../../src/domain/queue/explanation';
import { emptyWorld, type World } from '../../src/domain/world';
import type { CallCenter, Once, QueuedTask, RoutingQuestion } from '../../src/ports/call-center';
import type { ConversationPage, ConversationQuery } from '../../src/ports/storage';
import { RecordingEvents } from './recording-events';

export const NEW_ID = 'f'.repeat(32);

/** Grants every wish and remembers it. What it should refuse, a test says by `refuseWith`. */
export class RecordingCallCenter implements CallCenter {
  readonly world: World = emptyWorld({
    keepaliveSeconds: 300,
    missPauseSeconds: 10,
    ownRingSeconds: 45,
    outside: UNRESTRICTED,
    trunk: null,
    musicClass: 'default',
  });
  readonly events = new RecordingEvents();
  readonly asked: Input<CommandType>[] = [];
  /** Of each that was asked. */
  readonly onces: (Once | undefined)[] = [];
  readonly queries: ConversationQuery[] = [];
  readonly conversations: Conversation[] = [];
  readonly queued: QueuedTask[] = [];
  readonly questions: RoutingQuestion[] = [];
  explanation: Explanation = { at: 0 as Instant, taskId: null, decisions: [], routes: [] };
  readonly problems: Text[] = [];
  /** Stands between a wish and its answer. */
  beforeAnswer: () => Promise<void> = async () => undefined;

  async ask<Type extends CommandType>(command: Input<Type>, once?: Once): Promise<Answer<Type>> {
    this.asked.push(command as Input<CommandType>);
    this.onces.push(once);
    await this.beforeAnswer();
    return this.answerTo(command as Input<CommandType>) as Answer<Type>;
  }

  async read<Result>(select: (world: World) => Result): Promise<Result> {
    return select(this.world);
  }

  async findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined> {
    return this.conversations.find((each) => each.app === app && each.id === id);
  }

  async listConversations(query: ConversationQuery): Promise<ConversationPage> {
    this.queries.push(query);
    const conversations = this.conversations.filter(({ app }) => app === query.app);
    return { total: conversations.length, conversations };
  }

  async queue(app: AppId): Promise<readonly QueuedTask[]> {
    return this.queued.filter(({ task }) => task.app === app);
  }

  async explain(question: RoutingQuestion): Promise<Explanation> {
    this.questions.push(question);
    await this.beforeAnswer();
    return this.explanation;
  }

  obstacles(): readonly Text[] {
    return this.problems;
  }

  refuseWith(error: Error): void {
    this.beforeAnswer = async () => {
      throw error;
    };
  }

  private answerTo(command: Input<CommandType>): Answer<CommandType> {
    switch (command.type) {
      case 'create-extension':
        return {
          id: NEW_ID as ExtensionId,
          app: command.app,
          line: command.line,
          enabled: command.line.type === '3',
          boundTo: null,
        };
      case 'invite-out':
        return NEW_ID as CallId;
      case 'transfer-out':
        return NEW_ID as CallId;
      case 'invite-agent':
      case 'forward-to-agent':
      case 'transfer-to-agent':
        return NEW_ID as QueueTaskId;
      case 'call-out':
        return { callId: NEW_ID as CallId, conversationId: NEW_ID as ConversationId };
      case 'call-agent':
        return {
          callId: NEW_ID as CallId,
          conversationId: NEW_ID as ConversationId,
          taskId: NEW_ID as QueueTaskId,
        };
      case 'create-condition':
        return NEW_ID as ConditionId;
      case 'delete-extension':
      case 'log-in':
      case 'log-out':
      case 'keep-alive':
      case 'bind-extension':
      case 'set-state':
      case 'set-agent-mode':
      case 'set-call-mode':
      case 'dissolve':
      case 'reject':
      case 'enter':
      case 'coach':
      case 'exit':
      case 'merge':
      case 'set-skills':
      case 'change-condition':
      case 'delete-condition':
      case 'put-plan':
      case 'delete-plan':
      case 'cancel-task':
      case 'set-task-priority':
        return null;
    }
  }
}
