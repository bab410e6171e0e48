import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { parseExpression } from '../../src/adapters/expression/jsep-expression';
import { startHttpServer, type HttpSurroundings } from '../../src/adapters/http/http-server';
import type { ClientRole } from '../../src/adapters/http/client-role';
import type { Application, HttpSettings, Token } from '../../src/adapters/http/http-settings';
import { systemClock } from '../../src/adapters/system/node-system';
import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import type { AppId } from '../../src/domain/ids';
import type { CallCenter } from '../../src/ports/call-center';
import type { Logger } from '../../src/ports/system';
import { RecordingCallCenter } from './http-call-center';
import { describedAt, undescribed } from './api-document';
import { RecordingSounds } from './recording-sounds';

export const APP = 'default' as AppId;

export function anApplication(given: Partial<Application> = {}): Application {
  return {
    id: APP,
    tokens: [],
    secrets: [],
    certId: null,
    networks: [],
    disabled: false,
    alwaysOk: false,
    sipPrefix: '',
    requestsPerSecond: null,
    ...given,
  };
}

/** What the configuration has of a token. */
export function aToken(token: string, role: ClientRole = 'admin'): Token {
  return { hash: createHash('sha256').update(token).digest('hex'), role };
}

export type LogLine = { readonly level: string; readonly message: string; readonly [field: string]: unknown };

export type Sent = {
  /** Anything but text and bytes is sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Received = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly envelope: { readonly code: string; readonly msg: string; readonly data: unknown };
};

export type TestServer<Behind extends CallCenter = RecordingCallCenter> = {
  readonly port: number;
  readonly callCenter: Behind;
  readonly sounds: RecordingSounds;
  readonly log: readonly LogLine[];
  readonly close: () => Promise<void>;
  readonly send: (method: string, path: string, sent?: Sent) => Promise<Received>;
  /** Below `/v1/callcenter/`. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<Received>;
};

const NO_FIGURES: HttpSurroundings['metrics'] = {
  contentType: 'text/plain',
  text: async () => '',
  answered: () => undefined,
  requestLimited: () => undefined,
};

/** `logger`: takes the place of `log`. */
type Around = Partial<Pick<HttpSurroundings, 'metrics' | 'clock' | 'logger'>>;

/** The real server on a port of its own, in front of a call centre that records what it is asked. */
export async function startTestServer(
  given: Partial<HttpSettings> = {},
  around: Around = {},
): Promise<TestServer> {
  return startTestServerFor(new RecordingCallCenter(), given, around);
}

export async function startTestServerFor<Behind extends CallCenter>(
  callCenter: Behind,
  given: Partial<HttpSettings>,
  { metrics = NO_FIGURES, clock = systemClock, ...around }: Around = {},
): Promise<TestServer<Behind>> {
  const sounds = new RecordingSounds();
  const log: LogLine[] = [];
  const settings: HttpSettings = {
    host: '127.0.0.1',
    port: 0,
    authentication: ['none'],
    applications: [anApplication()],
    trustedProxies: [],
    timeZone: 'Asia/Shanghai',
    signatureWindowSeconds: 300,
    sipRealm: 'parley',
    requestsPerSecond: 0,
    ...given,
  };
  const { logger = loggerInto(log) } = around;
  const server = await startHttpServer(settings, {
    callCenter,
    sounds,
    parseXml,
    parseExpression,
    metrics,
    logger,
    clock,
  });
  const { port } = server;
  const send = async (method: string, path: string, sent: Sent = {}) => {
    const received = await exchange(port, method, path, sent);
    const operation = describedAt(method, path);
    const wrong = operation === undefined ? '' : undescribed(operation, received);
    if (wrong !== '') throw new Error(`${method} ${path}: ${wrong}`);
    return received;
  };
  const call = (method: string, path: string, body?: unknown) =>
    send(method, `/v1/callcenter/${path}`, body === undefined ? {} : { body });
  return { port, callCenter, sounds, log, close: () => server.close(), send, call };
}

export function loggerInto(log: LogLine[]): Logger {
  const at =
    (level: string): Logger['info'] =>
    (message, fields) =>
      log.push({ level, message, ...fields });
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** Not `fetch`: that sends no body with GET, and sets headers of its own. */
function exchange(port: number, method: string, path: string, { body, headers }: Sent): Promise<Received> {
  const bytes = body === undefined ? undefined : asBytes(body);
  const length = bytes && !headers?.['Transfer-Encoding'] ? { 'Content-Length': bytes.length } : {};
  return new Promise((resolve, reject) => {
    const sending = httpRequest(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        headers: { ...length, ...headers },
      },
      (response) => {
        text(response)
          .then((received) => {
            const isJson = response.headers['content-type']?.startsWith('application/json') === true;
            const envelope = JSON.parse(isJson && received !== '' ? received : 'null') as Received['envelope'];
            resolve({ status: response.statusCode!, headers: response.headers, text: received, envelope });
          })
          .catch(reject);
      },
    );
    sending.on('error', reject);
    sending.end(bytes);
  });
}

function asBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Writes these bytes as they are and returns all that comes back until the server closes the connection. */
export function sendRaw(port: number, bytes: string, withinMs = 5_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let received = '';
    socket.setTimeout(withinMs, () => {
      socket.destroy();
      reject(new Error(`still open after ${withinMs} ms: ${JSON.stringify(received)}`));
    });
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('error', () => undefined); // A reset is an end too.
    socket.on('close', () => resolve(received));
    socket.write(bytes);
  });
}
