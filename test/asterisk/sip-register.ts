import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export type SipAccount = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
};

/** How long a registrar may take to answer one request, in milliseconds. */
const ANSWER_MS = 5_000;

/**
 * Registers a telephone over UDP, as RFC 3261 has it: the first request is challenged, the second carries the digest.
 * Resolves with the status of the final answer.
 */
export async function register(account: SipAccount, expiresSeconds = 3600): Promise<number> {
  const socket = createSocket('udp4');
  try {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const call = { ...account, expiresSeconds, callId: token(), tag: token(), contactPort: socket.address().port };
    const first = await ask(socket, account, request(call, 1, ''));
    if (first.status !== 401) return first.status;
    const { status } = await ask(socket, account, request(call, 2, authorization(account, first.text)));
    return status;
  } finally {
    socket.close();
  }
}

type Call = SipAccount & {
  readonly expiresSeconds: number;
  readonly callId: string;
  readonly tag: string;
  readonly contactPort: number;
};

function request(call: Call, sequence: number, authorizationHeader: string): string {
  const { host, port, user, contactPort, callId, tag, expiresSeconds } = call;
  return [
    `REGISTER sip:${host}:${port} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${contactPort};branch=z9hG4bK${token()};rport`,
    'Max-Forwards: 70',
    `From: <sip:${user}@${host}>;tag=${tag}`,
    `To: <sip:${user}@${host}>`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} REGISTER`,
    `Contact: <sip:${user}@127.0.0.1:${contactPort}>`,
    `Expires: ${expiresSeconds}`,
    ...(authorizationHeader ? [authorizationHeader] : []),
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}

function authorization({ host, port, user, password }: SipAccount, challenge: string): string {
  const field = (name: string): string => new RegExp(`${name}="?([^",\\r]+)`).exec(challenge)?.[1] ?? '';
  const [realm, nonce, opaque] = [field('realm'), field('nonce'), field('opaque')];
  const [uri, nc, cnonce] = [`sip:${host}:${port}`, '00000001', token()];
  const response = md5(
    `${md5(`${user}:${realm}:${password}`)}:${nonce}:${nc}:${cnonce}:auth:${md5(`REGISTER:${uri}`)}`,
  );
  return (
    `Authorization: Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
    `response="${response}", algorithm=MD5, qop=auth, nc=${nc}, cnonce="${cnonce}", opaque="${opaque}"`
  );
}

async function ask(
  socket: Socket,
  { host, port }: SipAccount,
  text: string,
): Promise<{ status: number; text: string }> {
  socket.send(text, port, host);
  const signal = AbortSignal.timeout(ANSWER_MS);
  for (;;) {
    const [message] = (await once(socket, 'message', { signal })) as [Buffer];
    const status = /^SIP\/2\.0 (\d{3})/.exec(message.toString())?.[1];
    // Asterisk may ask a telephone whether it is there before it answers its registration.
    if (status !== undefined) return { status: Number(status), text: message.toString() };
  }
}

function token(): string {
  return randomBytes(8).toString('hex');
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
