import { openEventStream, type EventStream } from './event-stream';

/** Where an Asterisk's REST interface is, and as which application and user to use it. */
export type AriAddress = {
  readonly port: number;
  readonly app: string;
  readonly user: string;
  readonly password: string;
};

/** What the farm reads in ARI's events; all other fields are left alone. */
export type AriEvent = {
  readonly type: string;
  readonly args?: readonly string[];
  readonly channel?: AriChannel;
  readonly cause?: number;
  readonly cause_txt?: string;
  readonly tech_cause?: number;
  readonly digit?: string;
};

export type AriChannel = {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly caller: { readonly number: string };
  readonly dialplan: { readonly exten: string };
  readonly channelvars?: Readonly<Record<string, string>>;
};

type Query = Readonly<Record<string, string>>;

/** Asterisk refused a request. */
export class AriError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const REQUEST_LIMIT_MS = 10_000;

/** A small client of ARI: requests, and the events of one application. */
export class AriClient {
  private events: EventStream | undefined;

  constructor(private readonly address: AriAddress) {}

  /** Becomes the application: its events go to the listener. `onClose`: the connection was lost. */
  async listen(listener: (event: AriEvent) => void, onClose: (reason: string) => void): Promise<void> {
    const { port, app, user, password } = this.address;
    const path = `/ari/events?${new URLSearchParams({ app }).toString()}`;
    this.events = await openEventStream(
      { port, path, authorization: basicAuthorization(user, password) },
      (text) => listener(JSON.parse(text) as AriEvent),
      onClose,
    );
  }

  /**
   * One request.
   *
   * @throws AriError with the HTTP status when Asterisk refuses it.
   */
  async request<T = undefined>(method: string, path: string, query: Query = {}, body?: unknown): Promise<T> {
    const { port, user, password } = this.address;
    const parameters = new URLSearchParams(query);
    const response = await fetch(`http://127.0.0.1:${port}/ari/${path}?${parameters.toString()}`, {
      method,
      headers: { authorization: basicAuthorization(user, password), 'content-type': 'application/json' },
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new AriError(response.status, `${method} ${path}: ${response.status} ${text.trim()}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Like `request`, for what may be gone already: resolves to undefined then. */
  async requestIfThere<T = undefined>(method: string, path: string, query: Query = {}): Promise<T | undefined> {
    try {
      return await this.request<T>(method, path, query);
    } catch (error) {
      if (error instanceof AriError && [404, 409, 412, 422].includes(error.status)) return undefined;
      throw error;
    }
  }

  close(): void {
    this.events?.close();
  }
}

function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
