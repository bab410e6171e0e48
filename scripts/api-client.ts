import type { Page } from '../src/adapters/http/page';

/** What the API answers to anything. */
export type Envelope<Data> = {
  readonly status: number;
  readonly code: string;
  readonly msg: string;
  readonly data: Data;
};

/** As many as a page may have. */
const PAGE_SIZE = '1000';

/** The service as one of its clients sees it. Paths are relative to `/v1/callcenter/`. */
export class ApiClient {
  constructor(readonly url: string) {}

  async isReady(): Promise<boolean> {
    return await fetch(`${this.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** @throws Error with code and message of what is refused; so do `post`, `put` and `delete`. */
  async get<Data>(path: string): Promise<Data> {
    return await this.demand<Data>('GET', path);
  }

  /** All that is in a list, page by page. `query`: its other parameters. */
  async list<Item>(path: string, query: Readonly<Record<string, string>> = {}): Promise<readonly Item[]> {
    const found: Item[] = [];
    for (let pageNo = 1; ; pageNo++) {
      const parameters = new URLSearchParams({ ...query, pageNo: String(pageNo), pageSize: PAGE_SIZE });
      const { result, totalPageCount } = await this.get<Page<Item>>(`${path}?${parameters.toString()}`);
      found.push(...result);
      if (pageNo >= totalPageCount) return found;
    }
  }

  async post<Data>(path: string, body: object): Promise<Data> {
    return await this.demand<Data>('POST', path, body);
  }

  /** `body`: an object as JSON, bytes as they are. */
  async put<Data>(path: string, body: object | Uint8Array): Promise<Data> {
    return await this.demand<Data>('PUT', path, body);
  }

  async delete<Data>(path: string): Promise<Data> {
    return await this.demand<Data>('DELETE', path);
  }

  /** Whatever the answer is. */
  async request<Data = unknown>(
    method: string,
    path: string,
    body?: object | Uint8Array,
  ): Promise<Envelope<Data>> {
    const isRaw = body instanceof Uint8Array;
    const response = await fetch(`${this.url}/v1/callcenter/${path}`, {
      method,
      headers: {
        'accept-language': 'en',
        'content-type': isRaw ? 'application/octet-stream' : 'application/json',
      },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    });
    return { status: response.status, ...((await response.json()) as Omit<Envelope<Data>, 'status'>) };
  }

  private async demand<Data>(method: string, path: string, body?: object | Uint8Array): Promise<Data> {
    const { status, code, msg, data } = await this.request<Data>(method, path, body);
    if (code !== '000000') throw new Error(`${method} ${path}: ${status} ${code} ${msg}`);
    return data;
  }
}
