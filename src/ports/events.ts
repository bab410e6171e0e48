import type { AgentName, AppId, ConversationId, EventId, Instant, QueueTaskId } from '../domain/ids';
import type { Notification, NotificationName } from '../domain/notification';
import type { Change } from '../domain/world';

/**
 * What was told, once and for all: callbacks, the live stream and the journal say the same of it. What is no event, see
 * `isEvent`, is kept beside it for the journal.
 */
export type EventRecord = {
  readonly id: EventId;
  readonly app: AppId;
  readonly event: NotificationName;
  readonly at: Instant;
  /** Whom and what it tells of. */
  readonly agent: AgentName | null;
  readonly task: QueueTaskId | null;
  readonly conversation: ConversationId | null;
  /** One flat JSON object: what a receiver gets, to the byte. */
  readonly body: string;
};

/** An event on its way into the store. */
export type ToldEvent = EventRecord & {
  /** Null: it is for the journal alone. */
  readonly numbered: {
    /** The one agent, queue task or conversation that it is numbered by: its kind and id. */
    readonly by: string;
    /** 1, 2, 3, ... for each of them, without a gap. */
    readonly as: number;
  } | null;
  readonly notification: Notification;
};

/** The subjects of which nothing more is told once these changes are on record. An agent may come again. */
export function subjectsOver(
  changes: readonly Change[],
  events: readonly Pick<ToldEvent, 'event' | 'numbered'>[],
): readonly string[] {
  return [
    ...changes
      .filter(({ kind, live }) => !live && (kind === 'conversations' || kind === 'queueTasks'))
      .map(({ kind, value }) => `${kind} ${value.id}`),
    // A task that has failed before there was one is in no change.
    ...events.flatMap(({ event, numbered }) => (event === 'callcenter.queue.fail' && numbered ? numbered.by : [])),
  ];
}

/** Makes the text of an event. */
export type EventText = (notification: Notification, id: EventId, sequence: number | null) => string;

/** That an event has to reach a callback URL of its application. */
export type Delivery = { readonly app: AppId; readonly url: string; readonly event: EventId };

/** `problem`: why it was given up; null: it has arrived. */
export type Settled = Delivery & { readonly problem: string | null; readonly at: Instant };

/** A delivery that was given up: it waits for somebody who asks for it to be tried again. */
export type SetAside = {
  readonly record: EventRecord;
  readonly url: string;
  readonly problem: string;
  readonly since: Instant;
};

export type SetAsidePage = { readonly total: number; readonly deliveries: readonly SetAside[] };

/** What the outside may ask of the events of an application. */
export interface Events {
  /** Calls `listener` with what is told from now on, in order, once it is on record, until the returned function is called. */
  follow(listener: (events: readonly EventRecord[]) => void): () => void;

  /** Events after this one, oldest first. Only these are missing in what `follow` tells. */
  after(app: AppId, event: EventId, limit: number): Promise<readonly EventRecord[]>;

  /** The last event of the application that is forgotten: of those up to it, `after` lacks some. Null: of none. */
  lastForgotten(app: AppId): Promise<EventId | null>;

  /** The last event of any application that is on record; null: there has been none. */
  last(): EventId | null;

  /** The journal of a conversation, oldest first. */
  ofConversation(app: AppId, id: ConversationId): Promise<readonly EventRecord[]>;

  find(app: AppId, id: EventId): Promise<EventRecord | undefined>;

  /** Deliveries that were given up, oldest first. */
  setAside(app: AppId, offset: number, limit: number): Promise<SetAsidePage>;

  /** Delivers it once more, to every callback URL that the application has now; resolves when that is on record. @throws Refusal */
  replay(app: AppId, id: EventId): Promise<void>;

  /** The same for the oldest of those that were given up, where their URL is still one of the application's; resolves with their number. */
  replaySetAside(app: AppId, limit: number): Promise<number>;
}

/** Sends events to callback URLs. */
export interface Callbacks {
  /** Resolves when it has arrived: a 2xx in time. @throws CallbackRefused for another status, else Error that says why it has not. */
  post(callback: Callback, message: CallbackMessage): Promise<void>;
  close(): void;
}

/** The receiver was there and has not taken this event; what of others, is not known. */
export class CallbackRefused extends Error {
  override readonly name = 'CallbackRefused';
}

/** Where an application wants its events. */
export type Callback = {
  readonly app: AppId;
  readonly url: string;
  /** Keys of the signature, one for each that a receiver may verify with. */
  readonly secrets: readonly Buffer[];
};

/** A callback URL as logs and answers show it: without what may be a secret of the receiver, its query before all. */
export function shownUrl(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//');
}

export type CallbackMessage = Pick<EventRecord, 'id' | 'body'>;
