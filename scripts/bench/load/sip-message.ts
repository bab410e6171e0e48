import { createHash, randomBytes } from 'node:crypto';

/** A SIP message as a telephone needs it: header names in lower case, several of one name in their order. */
export type SipMessage = {
  /** `INVITE sip:100001@127.0.0.1:5060 SIP/2.0` or `SIP/2.0 200 OK`. */
  readonly startLine: string;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
};

const LINE_END = '\r\n';

export function parseSip(text: string): SipMessage {
  const [head = '', ...rest] = text.split(LINE_END + LINE_END);
  const [startLine = '', ...lines] = head.split(LINE_END);
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const others = headers.get(name);
    if (others === undefined) headers.set(name, [value]);
    else others.push(value);
  }
  return { startLine, headers, body: rest.join(LINE_END + LINE_END) };
}

export function renderSip(
  startLine: string,
  headers: readonly (readonly [name: string, value: string])[],
  body = '',
): string {
  const type = body === '' ? [] : ([['Content-Type', 'application/sdp']] as const);
  const all = [...headers, ...type, ['Content-Length', String(Buffer.byteLength(body))] as const];
  return [startLine, ...all.map(([name, value]) => `${name}: ${value}`), '', body].join(LINE_END);
}

/** @throws Error when the message has no such header. */
export function headerOf(message: SipMessage, name: string): string {
  const value = message.headers.get(name)?.[0];
  if (value === undefined) throw new Error(`${message.startLine}: no ${name}`);
  return value;
}

export function methodOf({ startLine }: SipMessage): string | undefined {
  return startLine.startsWith('SIP/') ? undefined : startLine.slice(0, startLine.indexOf(' '));
}

/** Of a response, 0 for a request. */
export function statusOf({ startLine }: SipMessage): number {
  return startLine.startsWith('SIP/') ? Number(startLine.split(' ')[1]) : 0;
}

/** The user in the address that a request goes to. */
export function calledUser({ startLine }: SipMessage): string {
  return /^\S+ sips?:([^@; ]+)@/.exec(startLine)?.[1] ?? '';
}

/** What stands between the angle brackets of a Contact. */
export function contactUri(message: SipMessage): string {
  return /<([^>]+)>/.exec(headerOf(message, 'contact'))?.[1] ?? headerOf(message, 'contact');
}

export type Credentials = { readonly user: string; readonly password: string };

/** The Authorization for a challenge (RFC 2617, MD5, `qop=auth` if it is offered). */
export function authorization(
  challenge: string,
  method: string,
  uri: string,
  { user, password }: Credentials,
): string {
  const parameter = (name: string): string => new RegExp(`[ ,]${name}="?([^",]+)`, 'i').exec(challenge)?.[1] ?? '';
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const [realm, nonce, opaque] = ['realm', 'nonce', 'opaque'].map(parameter) as [string, string, string];
  const secret = md5(`${user}:${realm}:${password}`);
  const asked = md5(`${method}:${uri}`);
  const base = `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=MD5`;
  const given = opaque === '' ? base : `${base}, opaque="${opaque}"`;
  if (parameter('qop') === '') return `${given}, response="${md5(`${secret}:${nonce}:${asked}`)}"`;
  const cnonce = randomBytes(8).toString('hex');
  const response = md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${asked}`);
  return `${given}, qop=auth, nc=00000001, cnonce="${cnonce}", response="${response}"`;
}

/** An offer, or an answer, of one stream of ulaw to this port. */
export function audioDescription(port: number): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'];
  return [...lines, `m=audio ${port} RTP/AVP 0`, 'a=rtpmap:0 PCMU/8000', 'a=ptime:20', ''].join(LINE_END);
}

/** Where the other side wants its audio. */
export function audioPort({ body }: SipMessage): number | undefined {
  const port = /^m=audio (\d+)/m.exec(body)?.[1];
  return port === undefined ? undefined : Number(port);
}
