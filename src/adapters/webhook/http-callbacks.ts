import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { CallbackRefused, type Callback, type CallbackMessage, type Callbacks } from '../../ports/events';
import { isPublic, lookupPublic } from './public-addresses';
import { signatureHeaders } from './webhook-signature';

export type CallbackNetworks = 'any' | 'public';

/** So long a receiver may take for its status; so much of its answer is read, so that the connection can be used again. */
const DEADLINE_MS = 5_000;
const READ_BYTES = 16_384;

const AGENT = { keepAlive: true, maxFreeSockets: 32, timeout: 60_000 };

type Target = { readonly request: typeof httpRequest; readonly options: RequestOptions };

/** Posts events to callback URLs, signed. A redirect is not followed: it is a failure as any status but 2xx. */
export class HttpCallbacks implements Callbacks {
  private readonly http = new HttpAgent(AGENT);
  private readonly https = new HttpsAgent(AGENT);
  private readonly targets = new Map<Callback['url'], Target>();

  /** `networks`: `public` refuses URLs that lead into private networks, by name or by address. */
  constructor(
    private readonly networks: CallbackNetworks,
    private readonly deadlineMs = DEADLINE_MS,
  ) {}

  async post({ url, secrets }: Callback, { id, body }: CallbackMessage): Promise<void> {
    const target = this.targets.get(url) ?? this.targetOf(url);
    const status = await this.send(target, body, {
      'Content-Type': 'application/json; charset=utf-8',
      'User-Agent': 'Parley',
      ...signatureHeaders(secrets, id, Math.floor(Date.now() / 1000), body),
    });
    if (status < 200 || status > 299) throw new CallbackRefused(`HTTP status ${status}`);
  }

  close(): void {
    this.http.destroy();
    this.https.destroy();
  }

  private targetOf(url: string): Target {
    const { protocol, hostname, port, pathname, search } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    if (this.networks === 'public' && isIP(host) !== 0 && !isPublic(host))
      throw new Error(`${host} is not a public address`);
    const isSecure = protocol === 'https:';
    const options = {
      method: 'POST',
      host,
      port,
      path: `${pathname}${search}`,
      agent: isSecure ? this.https : this.http,
      ...(this.networks === 'public' && { lookup: lookupPublic }),
    };
    const target = { request: isSecure ? httpsRequest : httpRequest, options };
    this.targets.set(url, target);
    return target;
  }

  private send(
    { request, options }: Target,
    body: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<number> {
    return new Promise((resolve, reject) => {
      let isAnswered = false;
      const sent = request({ headers, ...options }, (response) => {
        isAnswered = true;
        discard(response);
        resolve(response.statusCode ?? 0);
      });
      const deadline = setTimeout(
        () => sent.destroy(new Error(`no answer within ${this.deadlineMs} ms`)),
        this.deadlineMs,
      );
      sent.on('error', reject); // After the status it changes nothing.
      sent.on('close', () => {
        clearTimeout(deadline);
        // It switched to another protocol, say.
        if (!isAnswered) reject(new Error('the connection was given up without an answer'));
      });
      sent.end(body);
    });
  }
}

function discard(response: IncomingMessage): void {
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > READ_BYTES) response.destroy();
  });
  response.on('error', () => undefined);
}
