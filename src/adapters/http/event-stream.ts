import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { AppId, EventId } from '../../domain/ids';
import type { EventRecord, Events } from '../../ports/events';

/** Reads so many at once from the store. */
const PAGE = 500;
/** What may wait for a reader; whoever is further behind is cut, and goes on later with the id that it had last. */
const MAX_BUFFERED_BYTES = 1024 * 1024;
const HEARTBEAT_MS = 15_000;
/** So long a reader may take for a page of what it has missed. */
const DRAIN_MS = 30_000;
const RECONNECT_MS = 2_000;

/** Tells a reader, whatever its filters, that it comes too late for some of what it has missed. */
export const EVENTS_LOST = 'callcenter.events.lost';

export type StreamRequest = {
  readonly app: AppId;
  readonly isWanted: (event: EventRecord) => boolean;
  /** The last event that the reader has had; null: it wants only what comes. */
  readonly after: EventId | null;
};

/** The events of an application as server-sent events: what was missed first, then live, without a gap or a repeat. */
export class EventStream {
  readonly body = new PassThrough();
  private cursor: EventId;
  private isLive = false;
  private isBehind = true;
  private isOver = false;
  private readonly unfollow: () => void;
  private readonly heart: NodeJS.Timeout;

  /** `faulted` is told why the stream was given up, if it was our fault. */
  constructor(
    private readonly events: Events,
    private readonly request: StreamRequest,
    private readonly faulted: (error: unknown) => void,
  ) {
    this.cursor = request.after ?? events.last() ?? ('' as EventId);
    this.unfollow = events.follow((told) => {
      if (this.isLive) told.forEach((event) => this.send(event));
      else this.isBehind = true;
    });
    this.heart = setInterval(() => this.write(': \n\n'), HEARTBEAT_MS).unref();
    this.body.once('close', () => this.end());
    this.body.on('error', () => this.end()); // A reader that has gone.
    this.write(`retry: ${RECONNECT_MS}\n\n`);
    void this.catchUp();
  }

  /** Ends it as if all were said: the reader comes back with the id that it had last. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.unfollow();
    clearInterval(this.heart);
    this.body.end();
  }

  private async catchUp(): Promise<void> {
    try {
      while (this.isBehind && !this.isOver) {
        this.isBehind = false;
        const page = await this.events.after(this.request.app, this.cursor, PAGE);
        await this.tellOfLost(); // Now, so that it counts what was forgotten while the page was read.
        page.forEach((event) => this.send(event));
        if (page.length === PAGE) {
          this.isBehind = true;
          await setImmediate(); // A store may answer at once, and a filter leave nothing to write: others have their turn.
        }
        await this.drained();
      }
      this.isLive = true;
    } catch (error) {
      this.faulted(error);
      this.cut();
    }
  }

  /** Goes on behind the last that is forgotten: its reader has to find out otherwise how things were up to there. */
  private async tellOfLost(): Promise<void> {
    const { app } = this.request;
    const forgotten = await this.events.lastForgotten(app);
    if (forgotten === null || forgotten <= this.cursor) return;
    const data = { event: EVENTS_LOST, app_id: app, after: this.cursor, up_to: forgotten };
    this.cursor = forgotten;
    this.tell(forgotten, EVENTS_LOST, JSON.stringify(data));
  }

  private send(event: EventRecord): void {
    const { app, isWanted } = this.request;
    if (event.app !== app || event.id <= this.cursor) return;
    this.cursor = event.id;
    if (isWanted(event)) this.tell(event.id, event.event, event.body);
  }

  private tell(id: EventId, event: string, data: string): void {
    this.write(`id: ${id}\nevent: ${event}\ndata: ${data}\n\n`);
  }

  private write(text: string): void {
    if (this.isOver) return;
    if (this.buffered > MAX_BUFFERED_BYTES) this.cut();
    else this.body.write(text);
  }

  private get buffered(): number {
    return this.body.writableLength + this.body.readableLength;
  }

  /** Nothing more reaches the reader, not even the end. */
  private cut(): void {
    this.end();
    this.body.destroy();
  }

  private async drained(): Promise<void> {
    const { body } = this;
    if (this.isOver || !body.writableNeedDrain) return;
    const isDrained = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), DRAIN_MS);
      const done = (): void => {
        clearTimeout(timer);
        body.off('drain', done).off('close', done);
        resolve(true);
      };
      body.on('drain', done).on('close', done);
    });
    if (!isDrained) this.cut();
  }
}
