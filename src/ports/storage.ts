import type { Conversation } from '../domain/conversation/conversation';
import type { Effect } from '../domain/effect';
import type { AgentName, AppId, ConversationId, EventId, Instant, QueueTaskId } from '../domain/ids';
import type { QueueTask } from '../domain/queue/queue-task';
import type { Change } from '../domain/world';
import type { Delivery, EventRecord, SetAsidePage, Settled, ToldEvent } from './events';

/**
 * Where the world is written down. One process writes at a time; the store sees to it.
 * `live` aggregates come back from `open`; the last state of the others stays readable until `forgetEnded`.
 *
 * Any method may throw StorageUnavailable: the store cannot be reached, or cannot write, for the moment.
 */
export interface Storage {
  /** How the log names it: a file, or a server and a database. */
  readonly name: string;

  /** Makes this process the writer and returns all it needs to go on. Nothing else is to be asked before. */
  open(): Promise<Restored>;

  /**
   * Writes the batch, all of it or nothing. May be repeated: a number already written is not
   * written again, so the caller may retry when it did not learn how an attempt ended.
   * @throws Superseded when another process has called `open` since.
   * @throws StorageUnavailable when it is not known whether the batch was written.
   */
  commit(batch: Batch): Promise<void>;

  /** False while it is known that a commit would fail with `StorageUnavailable`; it becomes true by itself. */
  isAvailable(): boolean;

  /** A conversation of the application, running or over. */
  findConversation(app: AppId, id: ConversationId): Promise<Conversation | undefined>;

  /** Conversations that have begun, newest first: by `beginTime`, then by id. */
  listConversations(query: ConversationQuery): Promise<ConversationPage>;

  /** A queue task of the application, live or over. */
  findTask(app: AppId, id: QueueTaskId): Promise<QueueTask | undefined>;

  /**
   * What lived in the application just before the moment, of all that `Batch.past` has told: each as the last change
   * with an earlier time left it, by kind, then by id. For moments before the last `forgetBefore` some may be missing.
   */
  asOf(app: AppId, at: Instant): Promise<readonly Change[]>;

  /**
   * Drops states that were over before the moment; what `asOf` says of it and of any later one stays the same.
   * Does so much at once that nobody else waits long, and returns how many it dropped: 0 when there is no more.
   */
  forgetBefore(at: Instant): Promise<number>;

  /**
   * Drops what was over before the moment: conversations, out of the lists too, queue tasks, calls and whatever else had
   * ended, and events that need not be delivered any more. What lives stays, however old. As much at once as `forgetBefore`, and the same answer.
   */
  forgetEnded(before: Instant): Promise<number>;

  /** The answer that is kept under the key in the application, however old. */
  findAnswer(app: AppId, key: string): Promise<KeptAnswer | undefined>;

  /** Drops answers that were given before the moment. As much at once as `forgetBefore`, and the same answer. */
  forgetAnswers(before: Instant): Promise<number>;

  /** Events of the application after this one, oldest first, without what is for the journal alone. */
  eventsAfter(app: AppId, event: EventId, limit: number): Promise<readonly EventRecord[]>;

  /** The last event of the application that `forgetEnded` has dropped: of those up to it, some are missing. Null: none is. */
  lastForgottenEvent(app: AppId): Promise<EventId | null>;

  /** What was told of a conversation, oldest first. */
  eventsOf(app: AppId, id: ConversationId): Promise<readonly EventRecord[]>;

  findEvent(app: AppId, id: EventId): Promise<EventRecord | undefined>;

  /** Events that still have to reach the URL, oldest first; `after`: only later ones, null: all. */
  eventsToDeliver(app: AppId, url: string, after: EventId | null, limit: number): Promise<readonly EventRecord[]>;

  /** Deliveries that were given up, oldest first. */
  deliveriesSetAside(app: AppId, offset: number, limit: number): Promise<SetAsidePage>;

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
  /** The time of its last input. What ends with it is over since then. */
  readonly at: Instant;
  readonly changes: readonly Change[];
  /**
   * What `asOf` is to know later, in order: agents, extensions and conditions, and only changes that matter. Where the
   * clock has gone back, what is given later counts, and what was said of the same thing for a later time is dropped.
   */
  readonly past: readonly PastChange[];
  readonly effects: readonly LoggedEffect[];
  /** Effects of earlier batches that need not be carried out any more. */
  readonly done: readonly EffectId[];
  readonly events: readonly ToldEvent[];
  /** New, or of events that were told earlier: then what was said of them before counts no more. */
  readonly deliveries: readonly Delivery[];
  readonly settled: readonly Settled[];
  /** Each takes the place of one that is kept under the same key. */
  readonly answers: readonly KeptAnswer[];
  /** Answers of earlier batches that are to be kept no longer. */
  readonly withdrawn: readonly AnswerKey[];
};

/** What of a batch is about answers. */
export type AnswerBatch = Pick<Batch, 'answers' | 'withdrawn'>;

/** What of a batch is about events. */
export type EventBatch = Pick<Batch, 'events' | 'changes' | 'deliveries' | 'settled'>;

export type AnswerKey = { readonly app: AppId; readonly key: string };

/** What a request was answered that may be sent again, and when. */
export type KeptAnswer = AnswerKey & {
  /** The same in a repeat, another one in another request. */
  readonly fingerprint: string;
  readonly at: Instant;
  /** What can be stored as JSON. */
  readonly answer: unknown;
};

/** `at`: the time of the input that made it. */
export type PastChange = { readonly at: Instant; readonly change: Change };

/** `batch-position`: the order in which effects were decided. */
export type EffectId = string;
export type LoggedEffect = { readonly id: EffectId; readonly effect: Effect };

export type Restored = {
  readonly lastBatch: number;
  /** In the order in which they came to life. */
  readonly aggregates: readonly Change[];
  /** Decided and not known to be done, in the order they were decided. */
  readonly effects: readonly LoggedEffect[];
  readonly lastEvent: EventId | null;
  /** The last number of each subject of which more may be told. */
  readonly sequences: ReadonlyMap<string, number>;
  /** How many events each URL still has to get. */
  readonly undelivered: readonly Undelivered[];
};

/** What of it is about events. */
export type EventsRestored = Pick<Restored, 'lastEvent' | 'sequences' | 'undelivered'>;

export type Undelivered = { readonly app: AppId; readonly url: string; readonly count: number };

export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable';
}

/** It cannot be opened before somebody has done something about it; the message is one line and says what. */
export class StorageUnusable extends Error {
  override readonly name = 'StorageUnusable';
}

/** It cannot be opened because another process has it open. */
export class StorageInUse extends Error {
  override readonly name = 'StorageInUse';
}

export class Superseded extends Error {
  override readonly name = 'Superseded';
}
