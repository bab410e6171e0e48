import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpProblem, malformed } from './http-problem';

const MAX_BYTES = 64 * 1024;
/** So much of a body that nobody wants is let run into the void; then the connection is cut. */
const MAX_IGNORED_BYTES = 1024 * 1024;

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The body of a request, an empty object for none. Existing clients leave the content type out.
 * @throws HttpProblem
 */
export async function readJsonObject(request: IncomingMessage): Promise<JsonObject> {
  const bytes = await readBytes(request);
  if (bytes.length === 0) return {};
  expectJson(request);
  const value = parse(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed({ zh: '请求体应为 JSON 对象', en: 'the body must be a JSON object' });
  }
  return value as JsonObject;
}

/**
 * Takes in what the client still sends of a body that is not read, so that the connection can be used again.
 * To be called when the answer is settled.
 */
export function ignoreBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_IGNORED_BYTES) return;
    request.pause();
    if (response.writableFinished) request.socket.destroy();
    else response.once('finish', () => request.socket.destroy());
  });
  request.resume();
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Left early, the iterator would destroy the request, and nobody could count what is still sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > MAX_BYTES) throw tooLarge();
    }
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw malformed({ zh: '请求体不完整', en: 'the body broke off' });
  }
  return Buffer.concat(chunks);
}

function tooLarge(): HttpProblem {
  return malformed({ zh: '请求体超过 64 KiB', en: 'the body is larger than 64 KiB' }, 413);
}

function expectJson({ headers }: IncomingMessage): void {
  const isPlain = /^(identity)?$/i.test(headers['content-encoding'] ?? '');
  if (isPlain && isJson(headers['content-type'] ?? '')) return;
  throw malformed(
    { zh: '请求体应为 application/json (UTF-8)', en: 'the body must be application/json in UTF-8' },
    415,
  );
}

function isJson(contentType: string): boolean {
  const [type, ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase());
  if (type !== '' && type !== 'application/json') return false;
  const charsets = parameters.filter((parameter) => parameter.startsWith('charset'));
  return charsets.every((charset) => /^charset\s*=\s*"?utf-?8"?$/.test(charset));
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw malformed({ zh: '请求体不是有效的 JSON', en: 'the body is not JSON' });
  }
}
