import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpProblem, malformed } from './http-problem';
import type { ContentRule } from './operation';

const KIB = 1024;
export const MAX_JSON_BYTES = 64 * KIB;
/** So much of a body that nobody wants is let run into the void; then the connection is cut. */
const MAX_IGNORED_BYTES = 1024 * KIB;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The body of a request, an empty object for none. Existing clients leave the content type out.
 * `sent`: the body, if it has been read already. @throws HttpProblem
 */
export async function readJsonObject(request: IncomingMessage, sent?: Buffer): Promise<JsonObject> {
  const bytes = sent ?? (await readBytes(request, MAX_JSON_BYTES));
  if (bytes.length === 0) return {};
  expectJson(request);
  const value = parse(bytes);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed({ zh: '请求体应为 JSON 对象', en: 'the body must be a JSON object' });
  }
  return value as JsonObject;
}

/**
 * The body of a request as it was sent.
 * `sent`: the body, if it has been read already. @throws HttpProblem
 */
export async function readContent(
  request: IncomingMessage,
  { types, maxBytes }: ContentRule,
  sent?: Buffer,
): Promise<Uint8Array> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  if (!isPlain(request) || (type !== '' && !types.some((each) => isOfType(type, each)))) {
    throw contentOfOtherType(types);
  }
  return sent ?? readBytes(request, maxBytes);
}

export function contentOfOtherType(types: ContentRule['types']): HttpProblem {
  const wanted = types.join(', ');
  return malformed({ zh: `请求体应为 ${wanted}`, en: `the body must be one of ${wanted}` }, 415);
}

function isOfType(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/**
 * Takes in what the client still sends of a body that is not read, so that the connection can be used again: as much
 * as it may well have meant to send. To be called when the answer is settled.
 */
export function ignoreBody(request: IncomingMessage, response: ServerResponse, bodyLimit = MAX_JSON_BYTES): void {
  if (request.complete) return;
  const limit = bodyLimit + MAX_IGNORED_BYTES;
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= limit) return;
    request.pause();
    if (response.writableFinished) request.socket.destroy();
    else response.once('finish', () => request.socket.destroy());
  });
  request.resume();
}

/** @throws HttpProblem for more than so many, or for less than was announced. */
export async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Left early, the iterator would destroy the request, and nobody could count what is still sent.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw tooLarge(maxBytes);
    }
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw malformed({ zh: '请求体不完整', en: 'the body broke off' });
  }
  return Buffer.concat(chunks);
}

export function tooLarge(maxBytes: number): HttpProblem {
  const limit = maxBytes % (KIB * KIB) === 0 ? `${maxBytes / (KIB * KIB)} MiB` : `${maxBytes / KIB} KiB`;
  return malformed({ zh: `请求体超过 ${limit}`, en: `the body is larger than ${limit}` }, 413);
}

function isPlain({ headers }: IncomingMessage): boolean {
  return /^(identity)?$/i.test(headers['content-encoding'] ?? '');
}

function expectJson(request: IncomingMessage): void {
  if (isPlain(request) && isJson(request.headers['content-type'] ?? '')) return;
  throw notJson();
}

export function notJson(): HttpProblem {
  return malformed(
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
