import createClient, { type Client } from 'openapi-fetch';
import type { Data, Method, Query, Sent } from './api/api-types';
import type { paths } from './api/parley-api';

/** What the API answers to anything. */
export type Envelope<Answered> = {
  readonly status: number;
  readonly code: string;
  readonly msg: string;
  readonly data: Answered;
};

/** As many as a page may have. */
const PAGE_SIZE = '1000';

type Listed<Path extends string> =
  Data<'get', Path> extends { readonly result: readonly (infer Item)[] } ? Item : never;

/**
 * The service as one of its clients sees it. Paths are relative to `/v1/callcenter/`, filled in; the compiler holds them, what
 * is sent and what is made of answers against the description of the API.
 */
export class ApiClient {
  private readonly client: Client<paths>;

  constructor(readonly url: string) {
    this.client = createClient<paths>({ baseUrl: `${url}/v1`, headers: { 'accept-language': 'en' } });
  }

  async isReady(): Promise<boolean> {
    return await fetch(`${this.url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** @throws Error with code and message of what is refused; so do `post`, `put` and `delete`. */
  async get<Path extends string>(path: Path, ..._: Sent<'get', Path>): Promise<Data<'get', Path>> {
    return (await this.demand('get', path)) as Data<'get', Path>;
  }

  /** All that is in a list, page by page. `query`: its other parameters. */
  async list<Path extends string>(
    path: Path,
    query: Omit<Query<'get', Path>, 'pageNo' | 'pageSize'> = {} as Query<'get', Path>,
  ): Promise<readonly Listed<Path>[]> {
    const found: Listed<Path>[] = [];
    for (let pageNo = 1; ; pageNo++) {
      const parameters = new URLSearchParams({ ...query, pageNo: String(pageNo), pageSize: PAGE_SIZE });
      const page = await this.demand('get', `${path}?${parameters.toString()}`);
      const { result, totalPageCount } = page as { result: readonly Listed<Path>[]; totalPageCount: number };
      found.push(...result);
      if (pageNo >= totalPageCount) return found;
    }
  }

  async post<Path extends string>(path: Path, ...[body]: Sent<'post', Path>): Promise<Data<'post', Path>> {
    return (await this.demand('post', path, body)) as Data<'post', Path>;
  }

  async put<Path extends string>(path: Path, ...[body]: Sent<'put', Path>): Promise<Data<'put', Path>> {
    return (await this.demand('put', path, body)) as Data<'put', Path>;
  }

  async delete<Path extends string>(path: Path, ..._: Sent<'delete', Path>): Promise<Data<'delete', Path>> {
    return (await this.demand('delete', path)) as Data<'delete', Path>;
  }

  /** Whatever the answer is. What is sent need not be right. */
  async request(method: Uppercase<Method>, path: string, body?: unknown): Promise<Envelope<unknown>> {
    const isRaw = body instanceof Uint8Array;
    const sent = {
      body,
      ...(isRaw && { bodySerializer: (bytes: Uint8Array) => bytes }),
      headers: { 'content-type': isRaw ? 'application/octet-stream' : 'application/json' },
    };
    // The path is filled in, which openapi-fetch does not know of; what is right is checked by those who call.
    const { data, error, response } = await this.client.request(
      method.toLowerCase() as 'get',
      `/callcenter/${path}` as never,
      sent as never,
    );
    return { status: response.status, ...((data ?? error) as Omit<Envelope<unknown>, 'status'>) };
  }

  private async demand(method: Method, path: string, body?: unknown): Promise<unknown> {
    const verb = method.toUpperCase() as Uppercase<Method>;
    const { status, code, msg, data } = await this.request(verb, path, body);
    if (code !== '000000') throw new Error(`${verb} ${path}: ${status} ${code} ${msg}`);
    return data;
  }
}
