import type { Conversation } from '../domain/conversation/conversation';
import type { AgentName, AppId, ConversationId, Instant, QueueTaskId } from '../domain/ids';
import type { Answer, CommandType, Input } from '../domain/input';
import type { Enqueue } from '../domain/queue/enqueue';
import type { Explanation } from '../domain/queue/explanation';
import type { QueueTask } from '../domain/queue/queue-task';
import type { Text } from '../domain/text';
import type { World } from '../domain/world';
import type { Events } from './events';
import type { ConversationPage, ConversationQuery } from './storage';

/** Why the service cannot do everything just now, as clients and operators are told. */
export const ASTERISK_AWAY: Text = { zh: 'Asterisk 未连接', en: 'Asterisk is not connected' };
export const COMPARING: Text = {
  zh: '正在与 Asterisk 核对现有呼叫',
  en: 'live calls are being compared with Asterisk',
};
/** What is wrong with it stands in the log. */
export const STORE_AWAY: Text = { zh: '存储无法访问或写入', en: 'the store cannot be reached or written' };

/** What the outside may ask of this service: the driving port. */
export interface CallCenter {
  readonly events: Events;

  /**
   * Settles once what it changed is on record, not when a phone rings. The one exception is
   * `create-extension`, which settles when the account is live, or refused by Asterisk.
   *
   * With `once`, the answer is written in the same transaction as the change. Whoever asks again with the same key within
   * a day gets that answer, across crashes too, and nothing is started again; meanwhile, whoever asks what is under way
   * waits for it. A refusal is not kept: it has started nothing. Such a repeat of `create-extension` does not wait for the account.
   * @throws Refusal
   */
  ask<Type extends CommandType>(command: Input<Type>, once?: Once): Promise<Answer<Type>>;

  /** Settles once all that `select` saw is on record, so nobody is shown what a crash takes back. */
  read<Result>(select: (world: World) => Result): Promise<Result>;

  findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined>;
  listConversations(query: ConversationQuery): Promise<ConversationPage>;

  /** Everything of the application that waits or rings, in the one order. */
  queue(app: AppId): Promise<readonly QueuedTask[]>;

  /** Why who gets which call. @throws Refusal when there is no such task. */
  explain(question: RoutingQuestion): Promise<Explanation>;

  /** Empty: ready for work. Else why not, one sentence each, for an operator. */
  obstacles(): readonly Text[];
}

/** That a command is carried out once, however often it is asked. */
export type Once = {
  /** Chosen by the client, for its application alone. */
  readonly key: string;
  /** Tells one request from another. */
  readonly fingerprint: string;
};

export type QueuedTask = {
  readonly task: QueueTask;
  /** 1: the next to be served among those who wait for the same. Null while it rings. */
  readonly position: number | null;
  /** Of the target by which it comes first; of those that have not timed out, if any. */
  readonly priority: number;
  readonly waitedSeconds: number;
  /** Null: it rings already, or too little is known. */
  readonly estimate: WaitEstimate | null;
};

/** How much longer it will wait, from how fast those before it were served lately. */
export type WaitEstimate = {
  readonly seconds: number;
  /** Eight of ten wait between these. */
  readonly atLeastSeconds: number;
  readonly atMostSeconds: number;
  /** How many were served in the time it is taken from. */
  readonly samples: number;
};

export type RoutingQuestion = {
  readonly app: AppId;
  readonly about:
    | { readonly enqueue: Enqueue }
    /** `at`: as of then; null: now if it is live, else when it was decided who was to have it, or that nobody was. */
    | { readonly taskId: QueueTaskId; readonly at: Instant | null };
  /** Only this agent; null: all. */
  readonly agent: AgentName | null;
};
