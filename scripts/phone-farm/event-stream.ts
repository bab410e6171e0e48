import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { type Socket } from 'node:net';

export type EventStream = { close(): void };

const OPCODE = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;
const CONNECT_LIMIT_MS = 10_000;

type Frame = {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
  readonly length: number;
};

/**
 * A WebSocket (RFC 6455) that only reads text: all that events need, and Node 20 has none of its own.
 *
 * @throws Error when the server does not agree to it.
 */
export async function openEventStream(
  address: { readonly port: number; readonly path: string; readonly authorization: string },
  onText: (text: string) => void,
  onClose: (reason: string) => void,
): Promise<EventStream> {
  const { socket, head } = await upgrade(address);
  let buffer = head;
  let message: Buffer[] = [];
  let isClosed = false;

  const take = (frame: Frame): void => {
    if (frame.opcode === OPCODE.ping) socket.write(maskedFrame(OPCODE.pong, frame.payload));
    if (frame.opcode === OPCODE.close) socket.end();
    if (frame.opcode !== OPCODE.text && frame.opcode !== OPCODE.continuation) return;
    message.push(frame.payload);
    if (!frame.final) return;
    const text = Buffer.concat(message).toString('utf8');
    message = [];
    onText(text);
  };
  const read = (chunk: Buffer): void => {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    for (let frame = firstFrame(buffer); frame; frame = firstFrame(buffer)) {
      buffer = buffer.subarray(frame.length);
      take(frame);
    }
  };
  const end = (reason: string): void => {
    if (!isClosed) onClose(reason);
    isClosed = true;
  };
  socket.on('data', read);
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => end('the connection was closed'));
  if (buffer.length > 0) read(Buffer.alloc(0));

  return {
    close: () => {
      isClosed = true;
      socket.destroy();
    },
  };
}

function upgrade(address: {
  port: number;
  path: string;
  authorization: string;
}): Promise<{ socket: Socket; head: Buffer }> {
  const asked = request({
    host: '127.0.0.1',
    port: address.port,
    path: address.path,
    timeout: CONNECT_LIMIT_MS,
    headers: {
      authorization: address.authorization,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
  });
  return new Promise((resolve, reject) => {
    asked.on('upgrade', (_response, socket, head) => {
      socket.setTimeout(0);
      resolve({ socket: socket, head });
    });
    asked.on('response', (response) => reject(new Error(`no event stream: HTTP ${response.statusCode}`)));
    asked.on('timeout', () => asked.destroy(new Error('no event stream: the server does not answer')));
    asked.on('error', reject);
    asked.end();
  });
}

/** The first frame in the buffer; undefined as long as a part of it is missing. */
function firstFrame(buffer: Buffer): Frame | undefined {
  if (buffer.length < 2) return undefined;
  const first = buffer.readUInt8(0);
  const short = buffer.readUInt8(1) & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (buffer.length < start) return undefined;
  const size = short === 126 ? buffer.readUInt16BE(2) : short === 127 ? Number(buffer.readBigUInt64BE(2)) : short;
  const length = start + size;
  if (buffer.length < length) return undefined;
  return { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload: buffer.subarray(start, length), length };
}

/** A short frame from client to server, which has to be masked. */
function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const masked = payload.map((byte, index) => byte ^ mask[index % 4]!);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length]), mask, masked]);
}
