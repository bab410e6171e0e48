import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { AppId, EventId } from '../../domain/ids';
import type { EventRecord, Events } from '../../ports/events';

/** Reads so many at once from the store. */
const PAGE = 500;
/** About twice as much waits here for a reader at most; what comes then is read from the store when that has gone out. */
const BUFFERED_BYTES = 128 * 1024;
const HEARTBEAT_MS = 15_000;
/** Who has taken nothing for so long of what waits is cut, and goes on later with the id that it had last. */
const STALLED_MS = 30_000;
const RECONNECT_MS = 2_000;

/** Tells a reader, whatever its filters, that it comes too late for some of what it has missed. */
export const EVENTS_LOST = 'callcenter.events.lost';

type StreamRequest = {
  readonly app: AppId;
  readonly isWanted: (event: EventRecord) => boolean;
  /** The last event that the reader has had; null: it wants only what comes. */
  readonly after: EventId | null;
};

/** The events of an application as server-sent events: what was missed first, then live, without a gap or a repeat. */
export class EventStream {
  readonly body = new PassThrough({ highWaterMark: BUFFERED_BYTES });
  /** It was found out in the store what the reader has missed, as far as that is read at once. Rejects if that fails. */
  readonly begun: Promise<void>;
  private cursor: EventId;
  /** It has had all that was told. */
  private isLive = false;
  private isBehind = true;
  private isOver = false;
  private readonly unfollow: () => void;
  private readonly heart: NodeJS.Timeout;

  /** `faulted` is told why the stream was given up, if that was not its reader's doing and it had begun. */
  constructor(
    private readonly events: Events,
    private readonly request: StreamRequest,
    private readonly faulted: (error: unknown) => void,
  ) {
    this.cursor = request.after ?? events.last() ?? ('' as EventId);
    this.unfollow = events.follow((told) => this.passOn(told));
    this.heart = setInterval(() => this.isFull || this.write(': \n\n'), HEARTBEAT_MS).unref();
    this.body.once('close', () => this.end());
    this.body.on('error', () => this.end()); // A reader that has gone.
    this.write(`retry: ${RECONNECT_MS}\n\n`);
    this.begun = this.begin();
  }

  /** Ends it as if all were said, once the reader has taken what waits: it comes back with the id that it had last. */
  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.unfollow();
    clearInterval(this.heart);
    this.body.end();
    const tooLate = setTimeout(() => this.body.destroy(), STALLED_MS).unref();
    this.body.once('close', () => clearTimeout(tooLate));
  }

  private async begin(): Promise<void> {
    try {
      const page = await this.nextPage();
      void this.catchUp(page);
    } catch (error) {
      this.cut();
      throw error;
    }
  }

  private passOn(told: readonly EventRecord[]): void {
    for (const event of told) {
      if (this.isLive && this.isFull) {
        this.isLive = false;
        void this.catchUp([]);
      }
      if (this.isLive) this.send(event);
      else this.isBehind = true;
    }
  }

  private async catchUp(page: readonly EventRecord[]): Promise<void> {
    try {
      await this.sendAll(page);
      while (this.isBehind && !this.isOver) await this.sendAll(await this.nextPage());
      this.isLive = true;
    } catch (error) {
      this.faulted(error);
      this.end();
    }
  }

  private async nextPage(): Promise<readonly EventRecord[]> {
    this.isBehind = false;
    const page = await this.events.after(this.request.app, this.cursor, PAGE);
    await this.tellOfLost(); // Now, so that it counts what was forgotten while the page was read.
    if (page.length === PAGE) {
      this.isBehind = true;
      await setImmediate(); // A store may answer at once, and a filter leave nothing to write: others have their turn.
    }
    return page;
  }

  private async sendAll(page: readonly EventRecord[]): Promise<void> {
    for (const event of page) {
      if (this.isFull) await this.drained();
      this.send(event);
    }
    await this.drained();
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
    if (!this.isOver) this.body.write(text);
  }

  private get isFull(): boolean {
    return this.body.writableNeedDrain;
  }

  private get buffered(): number {
    return this.body.writableLength + this.body.readableLength;
  }

  /** Nothing more reaches the reader, not even the end. */
  private cut(): void {
    this.end();
    this.body.destroy();
  }

  /** Its reader has taken what waits, or was cut because it takes nothing. */
  private async drained(): Promise<void> {
    while (!this.isOver && this.isFull) {
      const { buffered } = this;
      await this.drainedOrStalled();
      if (this.isFull && this.buffered >= buffered) this.cut();
    }
  }

  private drainedOrStalled(): Promise<void> {
    const { body } = this;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        body.off('drain', done).off('close', done);
        resolve();
      };
      const timer = setTimeout(done, STALLED_MS);
      body.on('drain', done).on('close', done);
    });
  }
}
