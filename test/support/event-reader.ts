import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { eventually } from '../../scripts/phone-farm/eventually';

const WITHIN_MS = 4_000;

/** What a stream says once: `data` as it was sent. */
export type Said = { readonly id: string; readonly event: string; readonly data: string };

/** Who reads the live stream of events, over a connection of its own. */
export class EventReader {
  private received = '';

  private constructor(
    readonly response: IncomingMessage,
    readonly leave: () => void,
  ) {
    response.setEncoding('utf8').on('data', (chunk: string) => (this.received += chunk));
    response.on('error', () => undefined); // It was cut.
  }

  static async open(
    port: number,
    query = '',
    headers: Readonly<Record<string, string>> = {},
  ): Promise<EventReader> {
    const request = get({ host: '127.0.0.1', port, path: `/v1/callcenter/events${query}`, headers });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return new EventReader(response, () => void request.destroy());
  }

  get status(): number {
    return this.response.statusCode!;
  }

  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }

  get text(): string {
    return this.received;
  }

  get said(): readonly Said[] {
    // Unlike `.`, this takes a line separator of Unicode for what it is here: a character.
    const parts = this.received.matchAll(/id: ([^\n]*)\nevent: ([^\n]*)\ndata: ([^\n]*)\n\n/g);
    return [...parts].map(([, id, event, data]) => ({ id: id!, event: event!, data: data! }));
  }

  get ids(): readonly string[] {
    return this.said.map(({ id }) => id);
  }

  /** All that it got, as soon as it is so much. */
  async got(count: number): Promise<readonly string[]> {
    await eventually(
      () => this.ids.length >= count,
      WITHIN_MS,
      () => `the reader should get ${count} events, not ${this.ids.length}`,
    );
    return this.ids;
  }
}
