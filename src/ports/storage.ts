import type { Conversation } from '../domain/conversation/conversation';
import type { Effect } from '../domain/effect';
import type { AgentName, AppId, ConversationId, Instant } from '../domain/ids';
import type { Notification } from '../domain/notification';
import type { Change } from '../domain/world';

/**
 * Where the world is written down. One process writes at a time; the store sees to it.
 * `live` aggregates come back from `open`; the last state of the others stays readable.
 */
export interface Storage {
  /** Makes this process the writer and returns all it needs to go on. */
  open(): Promise<Restored>;

  /**
   * Writes the batch, all of it or nothing. May be repeated: a number already written is not
   * written again, so the caller may retry when it did not learn how an attempt ended.
   * @throws Superseded when another process has called `open` since.
   * @throws StorageUnavailable when it is not known whether the batch was written.
   */
  commit(batch: Batch): Promise<void>;

  /** A conversation of the application, running or over, however long ago. */
  findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined>;

  /** Conversations that have begun, newest first: by `beginTime`, then by id. */
  listConversations(query: ConversationQuery): Promise<ConversationPage>;

  close(): Promise<void>;
}

export type ConversationQuery = {
  readonly app: AppId;
  /** How many to skip and how many to return at most. */
  readonly offset: number;
  readonly limit: number;
  /** Only those for which all that is given here is so. */
  readonly state?: 'running' | 'completed' | undefined;
  readonly type?: Conversation['type'] | undefined;
  /** Somebody of this name or number has been a member. */
  readonly agent?: AgentName | undefined;
  readonly telnumber?: string | undefined;
  /** Bounds of `beginTime`, both inclusive. */
  readonly from?: Instant | undefined;
  readonly to?: Instant | undefined;
};

export type ConversationPage = { readonly total: number; readonly conversations: readonly Conversation[] };

export type Batch = {
  /** One more than the batch before it. */
  readonly number: number;
  readonly changes: readonly Change[];
  readonly effects: readonly LoggedEffect[];
  /** Effects of earlier batches that need not be carried out any more. */
  readonly done: readonly EffectId[];
  readonly notifications: readonly Notification[];
};

/** `batch-position`: the order in which effects were decided. */
export type EffectId = string;
export type LoggedEffect = { readonly id: EffectId; readonly effect: Effect };

export type Restored = {
  readonly lastBatch: number;
  /** In the order in which they came to life. */
  readonly aggregates: readonly Change[];
  /** Decided and not known to be done, in the order they were decided. */
  readonly effects: readonly LoggedEffect[];
};

export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable';
}

export class Superseded extends Error {
  override readonly name = 'Superseded';
}
